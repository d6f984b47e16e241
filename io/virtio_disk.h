/* virtio_disk.h - what virtio-blk and virtio-scsi have in common: requests that the disk performs, and requests that
 * the device answers itself.
 *
 * A request that the disk performs is a disk operation like one of the disk controller's: numbered by the board, data
 * of a write taken at QueueNotify, and given back when its completion is delivered. A request that needs no disk is
 * given back at virtio_finish. Either way the chain is looked at again then, as it is in memory at that time; a device
 * keeps nothing of a request but its number.
 *
 * Every chain in use begins at another descriptor, so requests are kept by their head.
 */
#ifndef US_IO_VIRTIO_DISK_H
#define US_IO_VIRTIO_DISK_H

#include "io/virtio.h"
#include "io/virtio_queue.h"

#define VIRTIO_DISK_LOCAL UINT64_MAX /* in `request`: the device answers it itself */

enum { VIRTIO_DISK_SECTORS_MAX = DISK_COUNT_MAX };

struct virtio_disk_state {
    uint64_t request[VIRTIO_QUEUE_NUM_MAX]; /* by head: 0 none, VIRTIO_DISK_LOCAL, or the disk operation's number */
    uint32_t attention;                     /* virtio-scsi: enum scsi_sense of a unit attention condition */
    uint32_t attention_request;             /* 1 + head of the request that is told it; 0: the next that may be */
};
extern const struct state_table virtio_disk_state_table;

struct virtio_disk;

/* What a chain came to. */
enum virtio_request {
    VIRTIO_REQUEST_BROKEN, /* nothing can be answered */
    VIRTIO_REQUEST_LOCAL,
    VIRTIO_REQUEST_DISK,
};

/* How the two kinds of request differ. */
struct virtio_disk_format {
    unsigned queue;        /* of requests */
    uint32_t read_offset;  /* where a write's data begin in the part of the chain that the device reads */
    uint32_t write_offset; /* where a read's data go in the part that it writes */
    bool retries;          /* the driver issues again what it is told to (virtio-scsi) */
    /* What does CHAIN ask for? VIRTIO_REQUEST_DISK: OP's opcode, block and count are filled in. */
    enum virtio_request (*parse)(struct virtio_disk *disk, const struct virtio_chain *chain, struct disk_operation *op);
    /* Write the answer to CHAIN, into which END's data have been written: END is what the disk said; NULL: the device
     * answers. Returns how many bytes were written without a gap from the first one that the device may write on, for
     * the used ring (2.7.8.2). */
    uint32_t (*answer)(struct virtio_disk *disk, const struct virtio_chain *chain, const struct disk_completion *end);
};

struct virtio_disk {
    struct virtio_disk_state state;
    struct virtio *virtio;
    const struct virtio_disk_format *format;
};

/* The disk that DISK reaches, as disk operations name it, and its size. */
unsigned virtio_disk_device(const struct virtio_disk *disk);
uint32_t virtio_disk_blocks(const struct virtio_disk *disk);

/* Take every request that waits. True if one was issued to the disk. */
bool virtio_disk_take(struct virtio_disk *disk);
/* Give back what the device answers itself. */
void virtio_disk_finish(struct virtio_disk *disk);
/* The end of an operation. One that is no longer outstanding is ignored: the device was reset since. */
void virtio_disk_complete(struct virtio_disk *disk, const struct disk_completion *end);
/* Put the data of a read where they belong, ahead of the rest (a broken assumption: ft/assumption.h). */
void virtio_disk_data(struct virtio_disk *disk, const struct disk_completion *end);
/* A fail-over left the outcome of everything outstanding unknown: the driver is told to issue it again, if its kind
 * knows how. */
void virtio_disk_uncertain(struct virtio_disk *disk);
/* The driver has had everything outstanding cancelled: it is told so, and nothing of it is performed any more. */
void virtio_disk_cancel(struct virtio_disk *disk);
/* Forget everything outstanding, oldest first. */
void virtio_disk_forget(struct virtio_disk *disk);
/* The numbers of the operations outstanding, in order of issue; returns how many. NUMBERS has VIRTIO_QUEUE_NUM_MAX. */
unsigned virtio_disk_outstanding(const struct virtio_disk *disk, uint64_t *numbers);

#endif

/* disk_operation.h - a disk command on its way from a controller to its disk and back.
 *
 * The number is the board's own count of commands to any disk, part of its state: two replicas give the same command
 * the same number. A write carries its data as they were when it was issued (the store to +8, or to QueueNotify).
 */
#ifndef US_IO_DISK_OPERATION_H
#define US_IO_DISK_OPERATION_H

#include <stdint.h>
#include <stdlib.h>

enum { DISK_BLOCK_BYTES = 512, DISK_COUNT_MAX = 2048, DISK_COMMANDS_MAX = 32 };

/* The disks of a board: that of the disk controller, and one for each virtio slot. */
enum { DISK_DEVICE_CONTROLLER = 0, DISK_DEVICE_VIRTIO = 1, DISK_DEVICES = DISK_DEVICE_VIRTIO + 16 };

enum disk_opcode { DISK_CONNECT, DISK_READ, DISK_WRITE, DISK_FLUSH, DISK_DISCONNECT };

enum disk_status { DISK_PENDING, DISK_COMPLETED, DISK_ERROR, DISK_DISCONNECTED };

enum disk_detail {
    DISK_DETAIL_NONE,
    DISK_NOT_CONNECTED,
    DISK_BAD_BLOCK,
    DISK_BAD_ADDRESS,
    DISK_MEDIUM_ERROR,
    DISK_TOO_MANY,
    DISK_CANCELLED, /* of a virtio disk: by task management. No guest reads this number */
};

struct disk_operation {
    uint64_t number;  /* from 1 */
    uint32_t device;  /* which disk: DISK_DEVICE_CONTROLLER, or DISK_DEVICE_VIRTIO + slot */
    uint32_t command; /* physical address of the command block; this, buffer and refused: disk controller only */
    uint32_t opcode, block, count, buffer;
    uint32_t refused; /* enum disk_detail that the controller itself found; 0: the disk decides */
    uint8_t *data;    /* count blocks: what to write, or room for what is read; NULL for the rest. Owned. */
};

struct disk_completion {
    uint64_t number;
    uint32_t device;
    uint32_t command;
    uint32_t opcode, buffer, size_bytes; /* size_bytes of read data, or 0 */
    uint32_t status, detail;
    const uint8_t *data;
};

/* Free the data of END, which are its own. */
static inline void completion_free(const struct disk_completion *end)
{
    union {
        const uint8_t *read_only;
        uint8_t *owned;
    } data = {.read_only = end->data};
    free(data.owned);
}

static inline uint32_t disk_data_bytes(const struct disk_operation *op)
{
    return op->opcode == DISK_READ || op->opcode == DISK_WRITE ? op->count * DISK_BLOCK_BYTES : 0;
}

#endif

/* virtio.h - the transport of a virtio device: virtio 1.x over MMIO, register layout version 2 (docs/virtio.md;
 * "Virtual I/O Device (VIRTIO) Version 1.2", section 4.2).
 *
 * Registers are little-endian 32-bit words; the configuration space is read in 1, 2 or 4 bytes. A device reads its
 * rings at the QueueNotify store and when virtio_finish is called; what it answered itself becomes visible at
 * virtio_finish - at once on a bare board, at the end of the epoch under a VMM - and what the disk answered when the
 * completion is delivered. It never asks the driver not to notify.
 *
 * Whatever a guest writes into its rings, the worst that happens is virtio_break: the status says DEVICE_NEEDS_RESET,
 * a line is logged, and the device does nothing more until it is reset. The state here changes by the guest's stores
 * and by what is delivered only; it has no pointers.
 */
#ifndef US_IO_VIRTIO_H
#define US_IO_VIRTIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/disk_operation.h"
#include "io/irq.h"
#include "mmu/phys.h"
#include "mmu/base/state.h"

#define VIRTIO_BASE UINT32_C(0xFFF90000)
enum {
    VIRTIO_SLOTS = 16,
    VIRTIO_WINDOW_BYTES = 0x1000,
    VIRTIO_QUEUES_MAX = 3,
    VIRTIO_QUEUE_NUM_MAX = 128, /* descriptors; also the most that one chain may have */
    VIRTIO_CONFIG_BYTES_MAX = 64,
};

/* Feature bits that every device here offers (section 6). */
#define VIRTIO_F_INDIRECT_DESC (UINT64_C(1) << 28)
#define VIRTIO_F_VERSION_1     (UINT64_C(1) << 32)

struct virtio_queue_state {
    uint64_t desc, driver, device; /* physical addresses of the descriptor area, the driver area, the device area */
    uint32_t num, ready;
    uint16_t taken; /* chains taken from the available ring so far */
    uint16_t given; /* chains given back in the used ring so far */
};

struct virtio_state {
    uint32_t status, interrupt_status;
    uint32_t device_features_sel, driver_features_sel, queue_sel;
    uint32_t driver_features[2];
    uint32_t pending; /* virtio_finish is wanted */
    struct virtio_queue_state queues[VIRTIO_QUEUES_MAX];
};
extern const struct state_table virtio_state_table;

/* What a kind of device is. DEVICE is its own struct. */
struct virtio_ops {
    const char *name;
    uint32_t device_id; /* section 5 */
    uint64_t features;  /* besides those that every device offers */
    unsigned queues;
    uint32_t config_bytes;
    /* Fill the configuration space, little-endian. NULL: there is none. */
    void (*config)(void *device, uint8_t *bytes);
    /* The driver is about to notify QUEUE. May stall: then nothing has happened. NULL: always ready. */
    enum phys_result (*prepare)(void *device, unsigned queue);
    /* The driver has notified QUEUE. True if an operation was issued whose outcome comes later. */
    bool (*notify)(void *device, unsigned queue);
    /* What waits for virtio_finish becomes visible. NULL: nothing ever does. */
    void (*finish)(void *device);
    /* The driver, or the guest's reset, has reset the device. NULL: nothing to forget. */
    void (*reset)(void *device);
};

/* The world, as the devices need it. */
struct virtio_backend {
    /* A QueueNotify is an output. PHYS_STALL: not yet, and nothing has happened. */
    enum phys_result (*output_ready)(void *arg);
    void (*output_begins)(void *arg);
    void (*output_issued)(void *arg, bool has_outcome);
    /* SLOT has something for virtio_finish. */
    void (*later)(void *arg, unsigned slot);
    void (*terminal_put)(void *arg, const uint8_t *bytes, size_t size);
    void (*input_wanted)(void *arg);
    /* The address of the network device; a frame for the network; it has just begun to take frames. */
    void (*net_mac)(void *arg, uint8_t *bytes);
    void (*frame_put)(void *arg, const uint8_t *bytes, uint32_t size);
    void (*frames_wanted)(void *arg);
    uint64_t (*disk_number)(void *arg); /* the next disk operation's number */
    uint32_t (*disk_blocks)(void *arg, unsigned device);
    void (*disk_issue)(void *arg, const struct disk_operation *op); /* owns op->data from here */
    void (*disk_told)(void *arg, const struct disk_completion *end);
    /* 64 bits that nobody can foresee. PHYS_STALL: not yet. */
    enum phys_result (*entropy)(void *arg, uint64_t *value);
    void (*log)(void *arg, const char *line);
};

struct virtio {
    struct virtio_state state;
    unsigned slot;
    const struct virtio_ops *ops; /* NULL: an empty slot */
    void *device;
    struct phys *phys;
    const struct virtio_backend *backend;
    void *backend_arg;
    struct irq_line irq;
};

extern const struct phys_device_ops virtio_phys_ops;

/* Back to power-on, as the driver's store of 0 to Status does. */
void virtio_reset(struct virtio *virtio);
/* Is the driver ready (DRIVER_OK), and the device not broken? */
bool virtio_live(const struct virtio *virtio);
/* The guest did what no device can make sense of: WHY is a few words for the log. */
void virtio_break(struct virtio *virtio, const char *why);
/* Ask for virtio_finish, and do it. */
void virtio_later(struct virtio *virtio);
void virtio_finish(struct virtio *virtio);
/* Chains were given back: interrupt 8 + slot. */
void virtio_used_interrupt(struct virtio *virtio);

/* Little-endian fields of rings, requests and configuration spaces. */
static inline uint16_t le16_load(const void *at)
{
    const uint8_t *b = at;
    return (uint16_t)(b[0] | b[1] << 8);
}

static inline uint32_t le32_load(const void *at)
{
    const uint8_t *b = at;
    return le16_load(b) | (uint32_t)le16_load(b + 2) << 16;
}

static inline uint64_t le64_load(const void *at)
{
    const uint8_t *b = at;
    return le32_load(b) | (uint64_t)le32_load(b + 4) << 32;
}

static inline void le16_store(void *at, uint16_t v)
{
    uint8_t *b = at;
    b[0] = (uint8_t)v;
    b[1] = (uint8_t)(v >> 8);
}

static inline void le32_store(void *at, uint32_t v)
{
    uint8_t *b = at;
    le16_store(b, (uint16_t)v);
    le16_store(b + 2, (uint16_t)(v >> 16));
}

static inline void le64_store(void *at, uint64_t v)
{
    uint8_t *b = at;
    le32_store(b, (uint32_t)v);
    le32_store(b + 4, (uint32_t)(v >> 32));
}

#endif

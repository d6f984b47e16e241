/* virtio.h - a driver for virtio devices over MMIO (VIRTIO 1.2, sections 2.7 and 4.2), split virtqueues, polled.
 *
 * Registers and rings are little-endian; this computer is not, so every field passes through virtio_le16/32/64.
 * A request is a row of buffers: first those that the device reads, then those that it writes. It is started with
 * virtio_start and comes back from virtio_wait; requests of one queue may come back in any order.
 */
#ifndef UNDERSTUDY_VIRTIO_H
#define UNDERSTUDY_VIRTIO_H

#include <stdbool.h>
#include <stdint.h>

enum { VIRTIO_SLOTS = 16, VIRTIO_QUEUE_NUM = 64, VIRTIO_QUEUES_MAX = 3 };

/* Device identifiers (section 5). */
enum { VIRTIO_ID_NET = 1, VIRTIO_ID_BLK = 2, VIRTIO_ID_CONSOLE = 3, VIRTIO_ID_RNG = 4, VIRTIO_ID_SCSI = 8 };

static inline uint16_t virtio_le16(uint16_t value)
{
    return (uint16_t)(value << 8 | value >> 8);
}

static inline uint32_t virtio_le32(uint32_t value)
{
    return (uint32_t)virtio_le16((uint16_t)value) << 16 | virtio_le16((uint16_t)(value >> 16));
}

static inline uint64_t virtio_le64(uint64_t value)
{
    return (uint64_t)virtio_le32((uint32_t)value) << 32 | virtio_le32((uint32_t)(value >> 32));
}

struct virtio_desc {
    uint64_t address;
    uint32_t size_bytes;
    uint16_t flags, next;
};

struct virtio_used_element {
    uint32_t head, size_bytes;
};

/* A queue, as the device sees it; fields are little-endian. */
struct virtio_queue {
    struct virtio_desc desc[VIRTIO_QUEUE_NUM] __attribute__((aligned(16)));
    struct {
        uint16_t flags;
        volatile uint16_t index;
        uint16_t ring[VIRTIO_QUEUE_NUM];
    } avail __attribute__((aligned(4)));
    struct {
        uint16_t flags;
        volatile uint16_t index;
        volatile struct virtio_used_element ring[VIRTIO_QUEUE_NUM];
    } used __attribute__((aligned(4)));
    /* The driver's own. */
    uint16_t started, seen;
    uint16_t free; /* head of the free descriptors, linked by next */
    unsigned number;
};

struct virtio_device {
    uint32_t base;
    unsigned queues;
    struct virtio_queue *queue; /* queues of them */
};

/* A buffer of a request. */
struct virtio_buffer {
    const volatile void *at;
    uint32_t size_bytes;
    bool written; /* by the device */
};

/* Which device is in SLOT: its identifier, 0 if none. */
uint32_t virtio_id(unsigned slot);
/* Reset the device in SLOT and make it ready with QUEUES queues, whose memory QUEUE is. False: it does not agree. */
bool virtio_open(struct virtio_device *device, unsigned slot, struct virtio_queue *queue, unsigned queues);
/* The same, accepting FEATURES (bits, besides VERSION_1), which the device offers. */
enum { VIRTIO_NET_F_MAC = 5 };
bool virtio_open_with(struct virtio_device *device, unsigned slot, struct virtio_queue *queue, unsigned queues,
                      uint64_t features);
/* SIZE bytes of the configuration space. */
void virtio_config(const struct virtio_device *device, unsigned offset, uint8_t *bytes, unsigned size);
/* A 32-bit word of the configuration space. */
uint32_t virtio_config32(const struct virtio_device *device, unsigned offset);
/* Start a request of COUNT buffers; returns its first descriptor, by which virtio_ended names it, or -1 if there are
 * not enough descriptors free. */
int virtio_start(struct virtio_device *device, unsigned queue, const struct virtio_buffer *buffers, unsigned count);
/* The request that ended next, or -1 if none has; *SIZE_BYTES (if not NULL): how many bytes the device wrote. */
int virtio_ended(struct virtio_device *device, unsigned queue, uint32_t *size_bytes);
/* The same, waiting for it. */
int virtio_wait(struct virtio_device *device, unsigned queue, uint32_t *size_bytes);

#endif

/* virtio_queue.h - split virtqueues (VIRTIO 1.2, section 2.7): chains of descriptors taken from the available ring and
 * given back in the used ring.
 *
 * Rings are the guest's memory and may hold anything. A chain that is handed out here is whole: no loop, at most
 * VIRTIO_QUEUE_NUM_MAX segments, all of them in RAM, those that the device reads before those that it writes, and no
 * more than VIRTIO_CHAIN_BYTES_MAX bytes. Anything else breaks the device (virtio_break).
 */
#ifndef US_IO_VIRTIO_QUEUE_H
#define US_IO_VIRTIO_QUEUE_H

#include "io/virtio.h"

enum { VIRTIO_CHAIN_BYTES_MAX = 4 << 20 };

struct virtio_segment {
    uint32_t address, size_bytes;
};

struct virtio_chain {
    uint16_t head;
    unsigned count, readable; /* segments; the first `readable` of them are read by the device */
    uint32_t read_bytes, write_bytes;
    struct virtio_segment segment[VIRTIO_QUEUE_NUM_MAX];
};

/* Take the next chain of queue QUEUE. False: there is none, or the device is broken now. */
bool virtio_queue_take(struct virtio *virtio, unsigned queue, struct virtio_chain *chain);
/* The chain that begins at descriptor HEAD, which was taken before, as it is now. False: the device is broken now. */
bool virtio_queue_walk(struct virtio *virtio, unsigned queue, uint16_t head, struct virtio_chain *chain);
/* Is there a chain to take? */
bool virtio_queue_waits(struct virtio *virtio, unsigned queue);
/* How many there are, at most as many as the ring has: whether it is broken, virtio_queue_take finds. */
unsigned virtio_queue_waiting(struct virtio *virtio, unsigned queue);
/* Give a chain back, of which WRITTEN_BYTES were written, and interrupt the driver if it wants to be. */
void virtio_queue_give(struct virtio *virtio, unsigned queue, uint16_t head, uint32_t written_bytes);

/* Copy from the part that the device reads, from byte OFFSET of it; into the part that it writes. As much as there is
 * of SIZE bytes; returns how many that were. */
uint32_t virtio_chain_read(struct virtio *virtio, const struct virtio_chain *chain, uint32_t offset, void *to,
                           uint32_t size);
uint32_t virtio_chain_write(struct virtio *virtio, const struct virtio_chain *chain, uint32_t offset, const void *from,
                            uint32_t size);

#endif

/* virtio_queue.c - see virtio_queue.h. */
#include "io/virtio_queue.h"

enum { DESC_NEXT = 1, DESC_WRITE = 2, DESC_INDIRECT = 4, DESC_BYTES = 16, AVAIL_NO_INTERRUPT = 1 };

struct descriptor {
    uint64_t address;
    uint32_t size_bytes;
    uint16_t flags, next;
};

/* A table of descriptors: the queue's, or an indirect one. */
struct table {
    uint32_t address, entries;
};

static uint16_t load16(struct virtio *virtio, uint64_t address)
{
    uint8_t bytes[2] = {0};
    phys_dma_read(virtio->phys, (uint32_t)address, bytes, sizeof bytes); /* the ring is in RAM: QueueReady looked */
    return le16_load(bytes);
}

static bool broken(struct virtio *virtio, const char *why)
{
    virtio_break(virtio, why);
    return false;
}

static bool in_ram(const struct virtio *virtio, uint64_t address, uint32_t size_bytes)
{
    uint32_t ram = phys_ram_bytes(virtio->phys);
    return size_bytes <= ram && address <= ram - size_bytes;
}

static struct descriptor load_descriptor(struct virtio *virtio, const struct table *table, uint32_t index)
{
    uint8_t bytes[DESC_BYTES] = {0};
    phys_dma_read(virtio->phys, table->address + index * DESC_BYTES, bytes, sizeof bytes);
    return (struct descriptor){le64_load(bytes), le32_load(bytes + 8), le16_load(bytes + 12), le16_load(bytes + 14)};
}

static bool add_segment(struct virtio *virtio, struct virtio_chain *chain, const struct descriptor *d)
{
    if (chain->count == VIRTIO_QUEUE_NUM_MAX)
        return broken(virtio, "a chain that is too long, or a loop");
    if (!in_ram(virtio, d->address, d->size_bytes))
        return broken(virtio, "a buffer that is not in memory");
    if (d->size_bytes > VIRTIO_CHAIN_BYTES_MAX - chain->read_bytes - chain->write_bytes)
        return broken(virtio, "a chain of more than 4 MiB");
    if (d->flags & DESC_WRITE) {
        chain->write_bytes += d->size_bytes;
    } else {
        if (chain->readable != chain->count)
            return broken(virtio, "a buffer to read after one to write");
        chain->readable++;
        chain->read_bytes += d->size_bytes;
    }
    chain->segment[chain->count++] = (struct virtio_segment){(uint32_t)d->address, d->size_bytes};
    return true;
}

/* An indirect descriptor is the last of its chain here: the table that it names continues it. */
static bool enter_indirect(struct virtio *virtio, const struct descriptor *d, struct table *table)
{
    if (d->flags & DESC_NEXT)
        return broken(virtio, "an indirect descriptor with a next one");
    if (d->size_bytes == 0 || d->size_bytes % DESC_BYTES || !in_ram(virtio, d->address, d->size_bytes))
        return broken(virtio, "an indirect table of an odd size, or not in memory");
    *table = (struct table){(uint32_t)d->address, d->size_bytes / DESC_BYTES};
    return true;
}

bool virtio_queue_walk(struct virtio *virtio, unsigned queue, uint16_t head, struct virtio_chain *chain)
{
    const struct virtio_queue_state *q = &virtio->state.queues[queue];
    struct table table = {(uint32_t)q->desc, q->num};
    uint32_t index = head;
    bool indirect = false, accepted = virtio->state.driver_features[0] & VIRTIO_F_INDIRECT_DESC;
    chain->head = head;
    chain->count = chain->readable = 0;
    chain->read_bytes = chain->write_bytes = 0;
    if (!q->ready)
        return broken(virtio, "a queue that was taken away while in use");
    for (;;) {
        if (index >= table.entries)
            return broken(virtio, "a descriptor that does not exist");
        struct descriptor d = load_descriptor(virtio, &table, index);
        if (d.flags & DESC_INDIRECT) {
            if (indirect || !accepted)
                return broken(virtio, "an indirect descriptor where there can be none");
            if (!enter_indirect(virtio, &d, &table))
                return false;
            indirect = true;
            index = 0;
            continue;
        }
        if (!add_segment(virtio, chain, &d))
            return false;
        if (!(d.flags & DESC_NEXT))
            return true;
        index = d.next;
    }
}

static uint16_t waiting(struct virtio *virtio, unsigned queue)
{
    const struct virtio_queue_state *q = &virtio->state.queues[queue];
    return (uint16_t)(load16(virtio, q->driver + 2) - q->taken);
}

bool virtio_queue_waits(struct virtio *virtio, unsigned queue)
{
    return virtio_live(virtio) && virtio->state.queues[queue].ready && waiting(virtio, queue) != 0;
}

unsigned virtio_queue_waiting(struct virtio *virtio, unsigned queue)
{
    unsigned count = virtio_queue_waits(virtio, queue) ? waiting(virtio, queue) : 0,
             num = virtio->state.queues[queue].num;
    return count < num ? count : num;
}

bool virtio_queue_take(struct virtio *virtio, unsigned queue, struct virtio_chain *chain)
{
    struct virtio_queue_state *q = &virtio->state.queues[queue];
    if (!virtio_queue_waits(virtio, queue))
        return false;
    if (waiting(virtio, queue) > q->num)
        return broken(virtio, "an available ring with more entries than it has");
    uint16_t head = load16(virtio, q->driver + 4 + 2 * (q->taken % q->num));
    q->taken++;
    return virtio_queue_walk(virtio, queue, head, chain);
}

void virtio_queue_give(struct virtio *virtio, unsigned queue, uint16_t head, uint32_t written_bytes)
{
    struct virtio_queue_state *q = &virtio->state.queues[queue];
    uint8_t element[8], index[2];
    le32_store(element, head);
    le32_store(element + 4, written_bytes);
    phys_dma_write(virtio->phys, (uint32_t)q->device + 4 + 8 * (q->given % q->num), element, sizeof element);
    le16_store(index, ++q->given);
    phys_dma_write(virtio->phys, (uint32_t)q->device + 2, index, sizeof index);
    if (!(load16(virtio, q->driver) & AVAIL_NO_INTERRUPT))
        virtio_used_interrupt(virtio);
}

/* The piece of segment SEGMENT that lies in bytes [offset, offset + size) of its part, whose earlier segments have
 * *BEFORE bytes. */
static bool piece(const struct virtio_segment *segment, uint32_t *before, uint32_t offset, uint32_t size,
                  struct virtio_segment *out, uint32_t *at)
{
    uint32_t begin = *before, end = begin + segment->size_bytes;
    uint32_t from = offset > begin ? offset : begin, to = offset + size < end ? offset + size : end;
    *before = end;
    if (from >= to)
        return false;
    *out = (struct virtio_segment){segment->address + (from - begin), to - from};
    *at = from - offset;
    return true;
}

uint32_t virtio_chain_read(struct virtio *virtio, const struct virtio_chain *chain, uint32_t offset, void *to,
                           uint32_t size)
{
    uint32_t before = 0, at, moved = 0;
    struct virtio_segment part;
    for (unsigned i = 0; i < chain->readable; i++)
        if (piece(&chain->segment[i], &before, offset, size, &part, &at)) {
            phys_dma_read(virtio->phys, part.address, (uint8_t *)to + at, part.size_bytes);
            moved += part.size_bytes;
        }
    return moved;
}

uint32_t virtio_chain_write(struct virtio *virtio, const struct virtio_chain *chain, uint32_t offset, const void *from,
                            uint32_t size)
{
    uint32_t before = 0, at, moved = 0;
    struct virtio_segment part;
    for (unsigned i = chain->readable; i < chain->count; i++)
        if (piece(&chain->segment[i], &before, offset, size, &part, &at)) {
            phys_dma_write(virtio->phys, part.address, (const uint8_t *)from + at, part.size_bytes);
            moved += part.size_bytes;
        }
    return moved;
}

/* virtio_disk.c - see virtio_disk.h. */
#include "io/virtio_disk.h"

#include <stdlib.h>
#include <string.h>

#include "mmu/base/memory.h"

static const struct state_field disk_fields[] = {
    STATE_ARRAY(struct virtio_disk_state, request, "operation of the request at this descriptor; 0: none"),
    STATE_SCALAR(struct virtio_disk_state, attention, "unit attention condition"),
    STATE_SCALAR_BELOW(struct virtio_disk_state, attention_request, VIRTIO_QUEUE_NUM_MAX + 1,
                       "1 + descriptor of the request that is told it"),
};
const struct state_table virtio_disk_state_table = {"virtio disk", disk_fields,
                                                    sizeof disk_fields / sizeof disk_fields[0]};

unsigned virtio_disk_device(const struct virtio_disk *disk)
{
    return DISK_DEVICE_VIRTIO + disk->virtio->slot;
}

uint32_t virtio_disk_blocks(const struct virtio_disk *disk)
{
    return disk->virtio->backend->disk_blocks(disk->virtio->backend_arg, virtio_disk_device(disk));
}

/* ---- taking ---- */

static void take_data(struct virtio_disk *disk, const struct virtio_chain *chain, struct disk_operation *op)
{
    uint32_t size = disk_data_bytes(op);
    if (!size)
        return;
    op->data = calloc(1, size);
    memory_need(op->data);
    if (op->opcode == DISK_WRITE)
        virtio_chain_read(disk->virtio, chain, disk->format->read_offset, op->data, size);
}

static void issue(struct virtio_disk *disk, const struct virtio_chain *chain, struct disk_operation *op)
{
    struct virtio *virtio = disk->virtio;
    op->device = virtio_disk_device(disk);
    op->number = virtio->backend->disk_number(virtio->backend_arg);
    take_data(disk, chain, op);
    disk->state.request[chain->head] = op->number;
    virtio->backend->disk_issue(virtio->backend_arg, op);
}

bool virtio_disk_take(struct virtio_disk *disk)
{
    struct virtio_chain chain;
    bool issued = false;
    while (virtio_queue_take(disk->virtio, disk->format->queue, &chain)) {
        struct disk_operation op = {0};
        if (disk->state.request[chain.head]) {
            virtio_break(disk->virtio, "a chain that is in use is offered again");
            break;
        }
        switch (disk->format->parse(disk, &chain, &op)) {
        case VIRTIO_REQUEST_BROKEN:
            virtio_break(disk->virtio, "a request that has no room for its answer");
            break;
        case VIRTIO_REQUEST_LOCAL:
            disk->state.request[chain.head] = VIRTIO_DISK_LOCAL;
            virtio_later(disk->virtio);
            break;
        case VIRTIO_REQUEST_DISK:
            issue(disk, &chain, &op);
            issued = true;
            break;
        }
    }
    return issued;
}

/* ---- giving back ---- */

/* Answer the request at HEAD, and forget it. */
static void give(struct virtio_disk *disk, uint16_t head, const struct disk_completion *end)
{
    struct virtio *virtio = disk->virtio;
    struct virtio_chain chain;
    disk->state.request[head] = 0;
    if (!virtio_queue_walk(virtio, disk->format->queue, head, &chain))
        return;
    if (end && end->size_bytes)
        virtio_chain_write(virtio, &chain, disk->format->write_offset, end->data, end->size_bytes);
    virtio_queue_give(virtio, disk->format->queue, head, disk->format->answer(disk, &chain, end));
}

void virtio_disk_finish(struct virtio_disk *disk)
{
    for (uint16_t head = 0; head < VIRTIO_QUEUE_NUM_MAX && virtio_live(disk->virtio); head++)
        if (disk->state.request[head] == VIRTIO_DISK_LOCAL)
            give(disk, head, NULL);
}

static int head_of(const struct virtio_disk *disk, uint64_t number)
{
    for (int head = 0; head < VIRTIO_QUEUE_NUM_MAX; head++)
        if (disk->state.request[head] == number)
            return head;
    return -1;
}

void virtio_disk_complete(struct virtio_disk *disk, const struct disk_completion *end)
{
    int head = head_of(disk, end->number);
    if (head < 0 || !virtio_live(disk->virtio))
        return;
    give(disk, (uint16_t)head, end);
    disk->virtio->backend->disk_told(disk->virtio->backend_arg, end);
}

void virtio_disk_data(struct virtio_disk *disk, const struct disk_completion *end)
{
    struct virtio_chain chain;
    int head = head_of(disk, end->number);
    if (head >= 0 && virtio_live(disk->virtio) &&
        virtio_queue_walk(disk->virtio, disk->format->queue, (uint16_t)head, &chain))
        virtio_chain_write(disk->virtio, &chain, disk->format->write_offset, end->data, end->size_bytes);
}

/* ---- without an outcome ---- */

static int by_value(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return left < right ? -1 : left > right;
}

unsigned virtio_disk_outstanding(const struct virtio_disk *disk, uint64_t *numbers)
{
    unsigned count = 0;
    for (unsigned head = 0; head < VIRTIO_QUEUE_NUM_MAX; head++)
        if (disk->state.request[head] && disk->state.request[head] != VIRTIO_DISK_LOCAL)
            numbers[count++] = disk->state.request[head];
    qsort(numbers, count, sizeof numbers[0], by_value);
    return count;
}

static struct disk_completion unknown(const struct virtio_disk *disk, uint64_t number)
{
    return (struct disk_completion){.number = number, .device = virtio_disk_device(disk), .status = DISK_DISCONNECTED};
}

static void end_all(struct virtio_disk *disk, enum disk_detail detail)
{
    uint64_t numbers[VIRTIO_QUEUE_NUM_MAX] = {0};
    unsigned count = virtio_disk_outstanding(disk, numbers);
    for (unsigned i = 0; i < count; i++) {
        struct disk_completion end = unknown(disk, numbers[i]);
        end.detail = detail;
        virtio_disk_complete(disk, &end);
    }
}

void virtio_disk_uncertain(struct virtio_disk *disk)
{
    if (disk->format->retries)
        end_all(disk, DISK_DETAIL_NONE);
}

void virtio_disk_cancel(struct virtio_disk *disk)
{
    end_all(disk, DISK_CANCELLED);
}

void virtio_disk_forget(struct virtio_disk *disk)
{
    uint64_t numbers[VIRTIO_QUEUE_NUM_MAX] = {0};
    unsigned count = virtio_disk_outstanding(disk, numbers);
    memset(&disk->state, 0, sizeof disk->state);
    for (unsigned i = 0; i < count; i++) {
        struct disk_completion end = unknown(disk, numbers[i]);
        disk->virtio->backend->disk_told(disk->virtio->backend_arg, &end);
    }
}

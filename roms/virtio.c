/* virtio.c - see virtio.h. */
#include <understudy.h>
#include <virtio.h>

#define VIRTIO_BASE 0xFFF90000
enum {
    SLOT_BYTES = 0x1000,
    MAGIC_VALUE = 0x000,
    VERSION = 0x004,
    DEVICE_ID = 0x008,
    DRIVER_FEATURES = 0x020,
    DRIVER_FEATURES_SEL = 0x024,
    QUEUE_SEL = 0x030,
    QUEUE_NUM_MAX = 0x034,
    QUEUE_NUM = 0x038,
    QUEUE_READY = 0x044,
    QUEUE_NOTIFY = 0x050,
    INTERRUPT_STATUS = 0x060,
    INTERRUPT_ACK = 0x064,
    STATUS = 0x070,
    QUEUE_DESC = 0x080,
    QUEUE_DRIVER = 0x090,
    QUEUE_DEVICE = 0x0A0,
    CONFIG = 0x100,
};
enum { ACKNOWLEDGE = 1, DRIVER = 2, DRIVER_OK = 4, FEATURES_OK = 8 };
enum { DESC_NEXT = 1, DESC_WRITE = 2 };
#define MAGIC 0x74726976

static uint32_t load(uint32_t base, unsigned offset)
{
    return virtio_le32(load32(base + offset));
}

static void store(uint32_t base, unsigned offset, uint32_t value)
{
    store32(base + offset, virtio_le32(value));
}

static uint32_t slot_base(unsigned slot)
{
    return VIRTIO_BASE + slot * SLOT_BYTES;
}

uint32_t virtio_id(unsigned slot)
{
    uint32_t base = slot_base(slot);
    return load(base, MAGIC_VALUE) == MAGIC && load(base, VERSION) == 2 ? load(base, DEVICE_ID) : 0;
}

static bool open_queue(uint32_t base, unsigned number, struct virtio_queue *queue)
{
    memset(queue, 0, sizeof *queue);
    queue->number = number;
    for (unsigned i = 0; i < VIRTIO_QUEUE_NUM; i++)
        queue->desc[i].next = virtio_le16((uint16_t)(i + 1));
    store(base, QUEUE_SEL, number);
    if (load(base, QUEUE_READY) || load(base, QUEUE_NUM_MAX) < VIRTIO_QUEUE_NUM)
        return false;
    store(base, QUEUE_NUM, VIRTIO_QUEUE_NUM);
    store(base, QUEUE_DESC, (uint32_t)queue->desc);
    store(base, QUEUE_DRIVER, (uint32_t)&queue->avail);
    store(base, QUEUE_DEVICE, (uint32_t)&queue->used);
    store(base, QUEUE_READY, 1);
    return load(base, QUEUE_READY) == 1;
}

bool virtio_open_with(struct virtio_device *device, unsigned slot, struct virtio_queue *queue, unsigned queues,
                      uint64_t features)
{
    uint32_t base = slot_base(slot);
    *device = (struct virtio_device){base, queues, queue};
    store(base, STATUS, 0);
    store(base, STATUS, ACKNOWLEDGE | DRIVER);
    store(base, DRIVER_FEATURES_SEL, 0);
    store(base, DRIVER_FEATURES, (uint32_t)features);
    store(base, DRIVER_FEATURES_SEL, 1);
    store(base, DRIVER_FEATURES, 1 | (uint32_t)(features >> 32)); /* VERSION_1 */
    store(base, STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK);
    if (!(load(base, STATUS) & FEATURES_OK))
        return false;
    for (unsigned i = 0; i < queues; i++)
        if (!open_queue(base, i, &queue[i]))
            return false;
    store(base, STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
    return true;
}

bool virtio_open(struct virtio_device *device, unsigned slot, struct virtio_queue *queue, unsigned queues)
{
    return virtio_open_with(device, slot, queue, queues, 0);
}

void virtio_config(const struct virtio_device *device, unsigned offset, uint8_t *bytes, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        bytes[i] = load8(device->base + CONFIG + offset + i);
}

uint32_t virtio_config32(const struct virtio_device *device, unsigned offset)
{
    return load(device->base, CONFIG + offset);
}

int virtio_start(struct virtio_device *device, unsigned queue, const struct virtio_buffer *buffers, unsigned count)
{
    struct virtio_queue *q = &device->queue[queue];
    uint16_t head = q->free, index = head;
    for (unsigned i = 0; i < count; i++) {
        if (index == VIRTIO_QUEUE_NUM)
            return -1;
        struct virtio_desc *desc = &q->desc[index];
        desc->address = virtio_le64((uint32_t)buffers[i].at);
        desc->size_bytes = virtio_le32(buffers[i].size_bytes);
        desc->flags = virtio_le16((uint16_t)((buffers[i].written ? DESC_WRITE : 0) | (i + 1 < count ? DESC_NEXT : 0)));
        index = virtio_le16(desc->next);
    }
    q->free = index;
    q->avail.ring[q->started % VIRTIO_QUEUE_NUM] = virtio_le16(head);
    __asm__ volatile("" : : : "memory"); /* the ring before its index, that before the notification */
    q->avail.index = virtio_le16(++q->started);
    store(device->base, QUEUE_NOTIFY, queue);
    return head;
}

/* The descriptors of a request are free again. */
static void release(struct virtio_queue *q, uint16_t head)
{
    uint16_t last = head;
    while (virtio_le16(q->desc[last].flags) & DESC_NEXT)
        last = virtio_le16(q->desc[last].next);
    q->desc[last].next = virtio_le16(q->free);
    q->free = head;
}

int virtio_ended(struct virtio_device *device, unsigned queue, uint32_t *size_bytes)
{
    struct virtio_queue *q = &device->queue[queue];
    if (virtio_le16(q->used.index) == q->seen)
        return -1;
    volatile struct virtio_used_element *element = &q->used.ring[q->seen++ % VIRTIO_QUEUE_NUM];
    uint16_t head = (uint16_t)virtio_le32(element->head);
    if (size_bytes)
        *size_bytes = virtio_le32(element->size_bytes);
    store(device->base, INTERRUPT_ACK, load(device->base, INTERRUPT_STATUS));
    release(q, head);
    return head;
}

int virtio_wait(struct virtio_device *device, unsigned queue, uint32_t *size_bytes)
{
    int head;
    while ((head = virtio_ended(device, queue, size_bytes)) < 0)
        idle();
    return head;
}

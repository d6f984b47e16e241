/* virtio.c - see virtio.h. Register names are those of section 4.2.2 of the standard. */
#include "io/virtio.h"

#include <stdio.h>
#include <string.h>

enum {
    MAGIC_VALUE = 0x000,
    VERSION = 0x004,
    DEVICE_ID = 0x008,
    VENDOR_ID = 0x00C,
    DEVICE_FEATURES = 0x010,
    DEVICE_FEATURES_SEL = 0x014,
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
    QUEUE_DESC_LOW = 0x080,
    QUEUE_DESC_HIGH = 0x084,
    QUEUE_DRIVER_LOW = 0x090,
    QUEUE_DRIVER_HIGH = 0x094,
    QUEUE_DEVICE_LOW = 0x0A0,
    QUEUE_DEVICE_HIGH = 0x0A4,
    SHM_LEN_LOW = 0x0B0,
    SHM_BASE_HIGH = 0x0BC,
    CONFIG = 0x100,
};

enum {
    STATUS_DRIVER_OK = 4,
    STATUS_FEATURES_OK = 8,
    STATUS_DEVICE_NEEDS_RESET = 64,
    INTERRUPT_USED_BUFFER = 1,
    INTERRUPT_CONFIGURATION = 2,
};

#define MAGIC  UINT32_C(0x74726976) /* "virt" */
#define VENDOR UINT32_C(0x54445355) /* "USDT" */

#define FIELD(member, title) STATE_SCALAR(struct virtio_state, member, title)
#define QUEUE(member, title) STATE_MEMBERS(struct virtio_state, queues, member, title)
static const struct state_field virtio_fields[] = {
    FIELD(status, "device status"),
    FIELD(interrupt_status, "interrupt status"),
    FIELD(device_features_sel, "which word of the device's features is shown"),
    FIELD(driver_features_sel, "which word of the driver's features is stored to"),
    FIELD(queue_sel, "the queue that the queue registers mean"),
    STATE_ARRAY(struct virtio_state, driver_features, "features that the driver accepted"),
    FIELD(pending, "1: an answer becomes visible at the end of the epoch"),
    QUEUE(desc, "address of the descriptor area"),
    QUEUE(driver, "address of the available ring"),
    QUEUE(device, "address of the used ring"),
    STATE_MEMBERS_BELOW(struct virtio_state, queues, num, VIRTIO_QUEUE_NUM_MAX + 1, "descriptors"),
    QUEUE(ready, "1: in use"),
    QUEUE(taken, "chains taken so far"),
    QUEUE(given, "chains given back so far"),
};
const struct state_table virtio_state_table = {"virtio", virtio_fields, sizeof virtio_fields / sizeof virtio_fields[0]};

void virtio_reset(struct virtio *virtio)
{
    if (virtio->ops && virtio->ops->reset)
        virtio->ops->reset(virtio->device);
    memset(&virtio->state, 0, sizeof virtio->state);
}

bool virtio_live(const struct virtio *virtio)
{
    return (virtio->state.status & (STATUS_DRIVER_OK | STATUS_DEVICE_NEEDS_RESET)) == STATUS_DRIVER_OK;
}

static void interrupt(struct virtio *virtio, uint32_t cause)
{
    virtio->state.interrupt_status |= cause;
    irq_post(&virtio->irq, IRQ_VIRTIO + virtio->slot);
}

void virtio_used_interrupt(struct virtio *virtio)
{
    interrupt(virtio, INTERRUPT_USED_BUFFER);
}

void virtio_break(struct virtio *virtio, const char *why)
{
    char line[160];
    if (virtio->state.status & STATUS_DEVICE_NEEDS_RESET)
        return;
    snprintf(line, sizeof line, "virtio slot %u (%s): %s: the device needs a reset", virtio->slot, virtio->ops->name,
             why);
    virtio->backend->log(virtio->backend_arg, line);
    virtio->state.status |= STATUS_DEVICE_NEEDS_RESET;
    if (virtio->state.status & STATUS_DRIVER_OK)
        interrupt(virtio, INTERRUPT_CONFIGURATION);
}

void virtio_later(struct virtio *virtio)
{
    if (virtio->state.pending)
        return;
    virtio->state.pending = 1;
    virtio->backend->later(virtio->backend_arg, virtio->slot);
}

void virtio_finish(struct virtio *virtio)
{
    if (!virtio->state.pending)
        return;
    virtio->state.pending = 0;
    if (virtio_live(virtio))
        virtio->ops->finish(virtio->device);
}

/* ---- registers ---- */

static uint64_t features(const struct virtio *virtio)
{
    return virtio->ops->features | VIRTIO_F_INDIRECT_DESC | VIRTIO_F_VERSION_1;
}

static struct virtio_queue_state *selected(struct virtio *virtio)
{
    return virtio->state.queue_sel < virtio->ops->queues ? &virtio->state.queues[virtio->state.queue_sel] : NULL;
}

static uint32_t load_register(struct virtio *virtio, uint32_t offset)
{
    const struct virtio_state *s = &virtio->state;
    const struct virtio_queue_state *queue = selected(virtio);
    switch (offset) {
    case DEVICE_FEATURES:
        return s->device_features_sel < 2 ? (uint32_t)(features(virtio) >> 32 * s->device_features_sel) : 0;
    case QUEUE_NUM_MAX:
        return queue ? VIRTIO_QUEUE_NUM_MAX : 0;
    case QUEUE_READY:
        return queue ? queue->ready : 0;
    case INTERRUPT_STATUS:
        return s->interrupt_status;
    case STATUS:
        return s->status;
    default:
        /* There is no shared memory: its length and base read as all ones. The rest is only stored to, or 0. */
        return offset >= SHM_LEN_LOW && offset <= SHM_BASE_HIGH ? UINT32_MAX : 0;
    }
}

/* The configuration space; beyond it, and where there is none, 0. */
static uint32_t load_config(struct virtio *virtio, uint32_t offset, unsigned size_bytes)
{
    uint8_t bytes[VIRTIO_CONFIG_BYTES_MAX] = {0};
    uint32_t value = 0;
    if (!virtio->ops->config || offset >= virtio->ops->config_bytes)
        return 0;
    virtio->ops->config(virtio->device, bytes);
    for (unsigned i = 0; i < size_bytes; i++) /* in the order of addresses, as the bus is big-endian */
        value = value << 8 | bytes[offset + i];
    return value;
}

static enum phys_result virtio_load(void *device, uint32_t offset, unsigned size_bytes, uint32_t *value)
{
    struct virtio *virtio = device;
    if (offset >= CONFIG) {
        *value = virtio->ops ? load_config(virtio, offset - CONFIG, size_bytes) : 0;
        return PHYS_OK;
    }
    if (size_bytes != 4)
        return PHYS_NOTHING;
    uint32_t word = offset == MAGIC_VALUE ? MAGIC
                    : offset == VERSION   ? 2
                    : offset == VENDOR_ID ? VENDOR
                    : !virtio->ops        ? 0
                    : offset == DEVICE_ID ? virtio->ops->device_id
                                          : load_register(virtio, offset);
    *value = __builtin_bswap32(word);
    return PHYS_OK;
}

static void store_status(struct virtio *virtio, uint32_t value)
{
    struct virtio_state *s = &virtio->state;
    uint64_t accepted = s->driver_features[0] | (uint64_t)s->driver_features[1] << 32;
    if (value == 0) {
        virtio_reset(virtio);
        return;
    }
    value &= 0xFF & ~(uint32_t)STATUS_DEVICE_NEEDS_RESET;
    bool agreed = (accepted & ~features(virtio)) == 0 && (accepted & VIRTIO_F_VERSION_1);
    if (!(s->status & STATUS_FEATURES_OK) && !agreed)
        value &= ~(uint32_t)STATUS_FEATURES_OK;
    s->status = value | (s->status & STATUS_DEVICE_NEEDS_RESET);
}

static bool area_good(struct virtio *virtio, uint64_t address, uint32_t size_bytes, uint32_t align)
{
    return address % align == 0 && address <= UINT32_MAX && size_bytes <= phys_ram_bytes(virtio->phys) &&
           address <= phys_ram_bytes(virtio->phys) - size_bytes;
}

/* Sizes and alignments: section 2.7. */
static void store_ready(struct virtio *virtio, struct virtio_queue_state *queue, uint32_t value)
{
    uint32_t num = queue->num;
    if (!(value & 1)) {
        queue->ready = 0;
        return;
    }
    if (num == 0 || num > VIRTIO_QUEUE_NUM_MAX || (num & (num - 1)))
        virtio_break(virtio, "a queue whose size is not a power of two up to 128");
    else if (!area_good(virtio, queue->desc, 16 * num, 16) || !area_good(virtio, queue->driver, 6 + 2 * num, 2) ||
             !area_good(virtio, queue->device, 6 + 8 * num, 4))
        virtio_break(virtio, "a queue that is not in memory, or not aligned");
    else
        queue->ready = 1;
}

static enum phys_result store_notify(struct virtio *virtio, uint32_t queue)
{
    if (!virtio_live(virtio) || queue >= virtio->ops->queues || !virtio->state.queues[queue].ready)
        return PHYS_OK;
    enum phys_result ready = virtio->backend->output_ready(virtio->backend_arg);
    if (ready == PHYS_OK && virtio->ops->prepare)
        ready = virtio->ops->prepare(virtio->device, queue);
    if (ready != PHYS_OK)
        return ready;
    virtio->backend->output_begins(virtio->backend_arg);
    bool has_outcome = virtio->ops->notify(virtio->device, queue);
    virtio->backend->output_issued(virtio->backend_arg, has_outcome);
    return PHYS_OK;
}

static void store_half(uint64_t *address, bool high, uint32_t value)
{
    *address = high ? (*address & UINT32_MAX) | (uint64_t)value << 32 : (*address & ~(uint64_t)UINT32_MAX) | value;
}

/* Registers of the selected queue. They do not change while it is in use. */
static void store_queue(struct virtio *virtio, uint32_t offset, uint32_t value)
{
    struct virtio_queue_state *queue = selected(virtio);
    if (!queue)
        return;
    if (offset == QUEUE_READY)
        store_ready(virtio, queue, value);
    if (queue->ready)
        return;
    switch (offset) {
    case QUEUE_NUM:
        queue->num = value;
        break;
    case QUEUE_DESC_LOW:
    case QUEUE_DESC_HIGH:
        store_half(&queue->desc, offset == QUEUE_DESC_HIGH, value);
        break;
    case QUEUE_DRIVER_LOW:
    case QUEUE_DRIVER_HIGH:
        store_half(&queue->driver, offset == QUEUE_DRIVER_HIGH, value);
        break;
    case QUEUE_DEVICE_LOW:
    case QUEUE_DEVICE_HIGH:
        store_half(&queue->device, offset == QUEUE_DEVICE_HIGH, value);
        break;
    }
}

static enum phys_result store_register(struct virtio *virtio, uint32_t offset, uint32_t value)
{
    struct virtio_state *s = &virtio->state;
    switch (offset) {
    case DEVICE_FEATURES_SEL:
        s->device_features_sel = value;
        break;
    case DRIVER_FEATURES_SEL:
        s->driver_features_sel = value;
        break;
    case DRIVER_FEATURES:
        if (s->driver_features_sel < 2 && !(s->status & STATUS_FEATURES_OK))
            s->driver_features[s->driver_features_sel] = value;
        break;
    case QUEUE_SEL:
        s->queue_sel = value;
        break;
    case QUEUE_NOTIFY:
        return store_notify(virtio, value);
    case INTERRUPT_ACK:
        s->interrupt_status &= ~value;
        break;
    case STATUS:
        store_status(virtio, value);
        break;
    default:
        store_queue(virtio, offset, value);
        break;
    }
    return PHYS_OK;
}

static enum phys_result virtio_store(void *device, uint32_t offset, unsigned size_bytes, uint32_t value)
{
    struct virtio *virtio = device;
    if (offset >= CONFIG)
        return PHYS_OK; /* no device here has a configuration that can be written */
    if (size_bytes != 4)
        return PHYS_NOTHING;
    return virtio->ops ? store_register(virtio, offset, __builtin_bswap32(value)) : PHYS_OK;
}

const struct phys_device_ops virtio_phys_ops = {virtio_load, virtio_store};

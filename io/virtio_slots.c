/* virtio_slots.c - see virtio_slots.h. */
#include "io/virtio_slots.h"

#include <string.h>

#include "io/virtio_blk.h"
#include "io/virtio_scsi.h"

/* One row a kind. */
struct kind_row {
    const struct virtio_ops *ops;
    const struct virtio_disk_format *format; /* of those that have a disk */
    const struct state_table *table;
};

static const struct kind_row rows[VIRTIO_KINDS] = {
    [VIRTIO_CONSOLE] = {&virtio_console_ops, NULL, &virtio_console_state_table},
    [VIRTIO_SCSI] = {&virtio_scsi_ops, &virtio_scsi_format, &virtio_disk_state_table},
    [VIRTIO_BLK] = {&virtio_blk_ops, &virtio_blk_format, &virtio_disk_state_table},
    [VIRTIO_RNG] = {&virtio_rng_ops, NULL, &virtio_rng_state_table},
    [VIRTIO_NET] = {&virtio_net_ops, NULL, &virtio_net_state_table},
};

const char *virtio_kind_name(enum virtio_kind kind)
{
    return rows[kind].ops ? rows[kind].ops->name : NULL;
}

enum virtio_kind virtio_kind_find(const char *name, size_t size)
{
    for (enum virtio_kind kind = VIRTIO_EMPTY + 1; kind < VIRTIO_KINDS; kind++)
        if (strlen(rows[kind].ops->name) == size && !strncmp(rows[kind].ops->name, name, size))
            return kind;
    return VIRTIO_EMPTY;
}

bool virtio_kind_has_disk(enum virtio_kind kind)
{
    return rows[kind].format != NULL;
}

static void *device_of(struct virtio_slot *slot)
{
    switch (slot->kind) {
    case VIRTIO_CONSOLE:
        slot->console.virtio = &slot->virtio;
        return &slot->console;
    case VIRTIO_RNG:
        slot->rng.virtio = &slot->virtio;
        return &slot->rng;
    case VIRTIO_NET:
        slot->net.virtio = &slot->virtio;
        return &slot->net;
    default:
        slot->disk.virtio = &slot->virtio;
        slot->disk.format = rows[slot->kind].format;
        return &slot->disk;
    }
}

void virtio_slots_init(struct virtio_slots *slots, const enum virtio_kind *kinds, struct phys *phys,
                       const struct virtio_backend *backend, void *backend_arg, struct irq_line irq)
{
    memset(slots, 0, sizeof *slots);
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++) {
        struct virtio_slot *slot = &slots->slot[i];
        slot->kind = kinds[i];
        slot->virtio = (struct virtio){.slot = i,
                                       .ops = rows[kinds[i]].ops,
                                       .device = device_of(slot),
                                       .phys = phys,
                                       .backend = backend,
                                       .backend_arg = backend_arg,
                                       .irq = irq};
        phys_add_window(phys, VIRTIO_BASE + i * VIRTIO_WINDOW_BYTES, VIRTIO_WINDOW_BYTES, &virtio_phys_ops,
                        &slot->virtio);
    }
}

void virtio_slots_reset(struct virtio_slots *slots)
{
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++)
        virtio_reset(&slots->slot[i].virtio);
}

unsigned virtio_slot_tables(struct virtio_slots *slots, unsigned number, const struct state_table **tables, void **at)
{
    struct virtio_slot *slot = &slots->slot[number];
    if (slot->kind == VIRTIO_EMPTY)
        return 0;
    tables[0] = &virtio_state_table;
    at[0] = &slot->virtio.state;
    tables[1] = rows[slot->kind].table;
    at[1] = slot->virtio.device; /* each device's struct begins with its state */
    return 2;
}

void virtio_slots_finish(struct virtio_slots *slots)
{
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++)
        virtio_finish(&slots->slot[i].virtio);
}

uint32_t virtio_slots_waiting(const struct virtio_slots *slots)
{
    uint32_t waiting = 0;
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++)
        waiting |= slots->slot[i].virtio.state.pending ? UINT32_C(1) << i : 0;
    return waiting;
}

bool virtio_slots_wait(const struct virtio_slots *slots)
{
    return virtio_slots_waiting(slots) != 0;
}

struct virtio_console *virtio_slots_console(struct virtio_slots *slots)
{
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++)
        if (slots->slot[i].kind == VIRTIO_CONSOLE && virtio_console_listening(&slots->slot[i].console))
            return &slots->slot[i].console;
    return NULL;
}

struct virtio_net *virtio_slots_net(struct virtio_slots *slots)
{
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++)
        if (slots->slot[i].kind == VIRTIO_NET)
            return &slots->slot[i].net;
    return NULL;
}

struct virtio_disk *virtio_slots_disk(struct virtio_slots *slots, unsigned device)
{
    unsigned number = device - DISK_DEVICE_VIRTIO;
    return number < VIRTIO_SLOTS && virtio_kind_has_disk(slots->slot[number].kind) ? &slots->slot[number].disk : NULL;
}

void virtio_slots_uncertain(struct virtio_slots *slots)
{
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++)
        if (virtio_kind_has_disk(slots->slot[i].kind))
            virtio_disk_uncertain(&slots->slot[i].disk);
}

_Static_assert(offsetof(struct virtio_console, state) == 0 && offsetof(struct virtio_disk, state) == 0 &&
                   offsetof(struct virtio_rng, state) == 0 && offsetof(struct virtio_net, state) == 0,
               "virtio_slot_tables");

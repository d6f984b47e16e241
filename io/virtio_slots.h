/* virtio_slots.h - the board's sixteen virtio-mmio slots: which kind of device is in each (docs/virtio.md), and the
 * ways by which the world reaches them.
 */
#ifndef US_IO_VIRTIO_SLOTS_H
#define US_IO_VIRTIO_SLOTS_H

#include "io/virtio_console.h"
#include "io/virtio_disk.h"
#include "io/virtio_net.h"
#include "io/virtio_rng.h"

enum virtio_kind { VIRTIO_EMPTY, VIRTIO_CONSOLE, VIRTIO_SCSI, VIRTIO_BLK, VIRTIO_RNG, VIRTIO_NET, VIRTIO_KINDS };

/* "console", "scsi", ...; NULL for an empty slot. */
const char *virtio_kind_name(enum virtio_kind kind);
/* The kind whose name is the first SIZE characters of NAME; VIRTIO_EMPTY: none. */
enum virtio_kind virtio_kind_find(const char *name, size_t size);
/* Does a device of this kind have a disk? */
bool virtio_kind_has_disk(enum virtio_kind kind);

struct virtio_slot {
    enum virtio_kind kind;
    struct virtio virtio;
    union {
        struct virtio_console console;
        struct virtio_disk disk;
        struct virtio_rng rng;
        struct virtio_net net;
    };
};

struct virtio_slots {
    struct virtio_slot slot[VIRTIO_SLOTS];
};

/* Put a device of kind KINDS[n] into each slot n, and a window for each into PHYS. */
void virtio_slots_init(struct virtio_slots *slots, const enum virtio_kind *kinds, struct phys *phys,
                       const struct virtio_backend *backend, void *backend_arg, struct irq_line irq);
/* The guest's reset. */
void virtio_slots_reset(struct virtio_slots *slots);

/* The state structs of slot NUMBER and their tables: at most two; returns how many. */
unsigned virtio_slot_tables(struct virtio_slots *slots, unsigned number, const struct state_table **tables, void **at);

/* What the devices answered themselves becomes visible. */
void virtio_slots_finish(struct virtio_slots *slots);
/* Does something wait for that? */
bool virtio_slots_wait(const struct virtio_slots *slots);
/* In which slots: bit n, 0 the least significant, is slot n. */
uint32_t virtio_slots_waiting(const struct virtio_slots *slots);
/* The console that takes what is typed; NULL: none does. */
struct virtio_console *virtio_slots_console(struct virtio_slots *slots);
/* The network device; NULL: there is none. A board has at most one. */
struct virtio_net *virtio_slots_net(struct virtio_slots *slots);
/* The disk that disk operations name DEVICE; NULL: there is none. */
struct virtio_disk *virtio_slots_disk(struct virtio_slots *slots, unsigned device);
/* After a fail-over: virtio_disk_uncertain for each. */
void virtio_slots_uncertain(struct virtio_slots *slots);

#endif

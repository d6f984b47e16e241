/* virtio_rig.h - virtio devices on a bench: a physical address space, sixteen slots, and a world that a test holds in
 * its hands. The rig's own driver puts one chain at a time into a queue; a test may as well write the rings itself.
 */
#ifndef US_TESTS_IO_VIRTIO_RIG_H
#define US_TESTS_IO_VIRTIO_RIG_H

#include "io/network.h"
#include "io/virtio_slots.h"
#include "mmu/phys.h"

enum {
    RIG_RAM = PHYS_RAM_BYTES_MIN,
    RIG_BLOCKS = 64,
    RIG_NUM = 16,          /* descriptors of a queue */
    RIG_DATA = 0x00200000, /* from here on memory is the test's */
    RIG_KEPT_MAX = 256,
};

struct virtio_rig {
    struct phys *phys;
    struct virtio_slots slots;
    enum phys_result ready, entropy_ready; /* what the backend answers */
    unsigned posts[32];
    unsigned outputs, issued, with_outcome, laters, wanted, logs;
    char log[256]; /* the last line */
    uint8_t shown[512];
    size_t shown_bytes; /* modulo the size of `shown` */
    unsigned frames, frames_wanted;
    uint8_t frame[NETWORK_FRAME_MAX]; /* the last one that was sent */
    uint32_t frame_bytes;
    uint64_t numbers, random;
    struct disk_operation kept[RIG_KEPT_MAX]; /* issued and not ended */
    unsigned kept_count;
    struct disk_completion told[RIG_KEPT_MAX];
    unsigned tolds;
    uint8_t disk[RIG_BLOCKS * DISK_BLOCK_BYTES];
};

struct virtio_rig *virtio_rig_new(const enum virtio_kind kinds[VIRTIO_SLOTS]);
void virtio_rig_free(struct virtio_rig *rig);

/* A little-endian register of SLOT. */
uint32_t rig_reg(struct virtio_rig *rig, unsigned slot, uint32_t offset);
enum phys_result rig_set(struct virtio_rig *rig, unsigned slot, uint32_t offset, uint32_t value);
/* Reset, negotiate VERSION_1 and INDIRECT_DESC, set up the device's first QUEUES queues, DRIVER_OK. */
void rig_open(struct virtio_rig *rig, unsigned slot, unsigned queues);
/* Where the parts of a queue are. */
uint32_t rig_desc(unsigned slot, unsigned queue);
uint32_t rig_avail(unsigned slot, unsigned queue);
uint32_t rig_used(unsigned slot, unsigned queue);

void rig_put16(struct virtio_rig *rig, uint32_t address, uint16_t value);
void rig_put32(struct virtio_rig *rig, uint32_t address, uint32_t value);
void rig_put64(struct virtio_rig *rig, uint32_t address, uint64_t value);
uint16_t rig_get16(struct virtio_rig *rig, uint32_t address);
uint32_t rig_get32(struct virtio_rig *rig, uint32_t address);
uint8_t rig_get8(struct virtio_rig *rig, uint32_t address);

enum { RIG_NEXT = 1, RIG_WRITE = 2, RIG_INDIRECT = 4 };

/* Descriptor INDEX of the table at TABLE. */
void rig_descriptor(struct virtio_rig *rig, uint32_t table, unsigned index, uint64_t address, uint32_t size,
                    uint16_t flags, uint16_t next);
/* Put the chain that begins at HEAD into the available ring, and notify. */
enum phys_result rig_offer(struct virtio_rig *rig, unsigned slot, unsigned queue, uint16_t head);
/* Chains given back so far; the length of the last one. */
unsigned rig_given(struct virtio_rig *rig, unsigned slot, unsigned queue);
uint32_t rig_written(struct virtio_rig *rig, unsigned slot, unsigned queue);
/* The end of an epoch. */
void rig_finish(struct virtio_rig *rig);
/* The disk performs everything that is kept, in order, and the ends are delivered with STATUS (enum disk_status). */
void rig_perform(struct virtio_rig *rig, uint32_t status);
bool rig_broken(struct virtio_rig *rig, unsigned slot);

#endif

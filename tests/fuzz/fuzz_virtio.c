/* fuzz_virtio.c - a driver that writes what it likes into its rings and buffers: the device answers, or breaks and says
 * so, and touches nothing but memory.
 *
 * An input: the kind of device, then steps of 4 bytes - what, where, value - that change a small piece of memory in
 * which queues, tables, headers and buffers overlap, notify, end an epoch, end operations, reset.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/io/virtio_rig.h"

enum { STEP_BYTES = 4, STEPS_MAX = 256 };

static const enum virtio_kind kind_of[5] = {VIRTIO_CONSOLE, VIRTIO_BLK, VIRTIO_SCSI, VIRTIO_RNG, VIRTIO_NET};

static unsigned queues_of(enum virtio_kind kind)
{
    return kind == VIRTIO_SCSI ? 3 : kind == VIRTIO_CONSOLE || kind == VIRTIO_NET ? 2 : 1;
}

static void step(struct virtio_rig *rig, unsigned queues, const uint8_t *at)
{
    unsigned queue = at[1] % queues;
    struct virtio_console *console = virtio_slots_console(&rig->slots);
    struct virtio_net *net = virtio_slots_net(&rig->slots);
    static const uint8_t frame[NETWORK_FRAME_MAX];
    switch (at[0] % 12) {
    case 0: /* a byte of a descriptor, of the ring, of a header */
        phys_dma_write(rig->phys, rig_desc(0, queue) + at[2], at + 3, 1);
        break;
    case 1:
        phys_dma_write(rig->phys, rig_avail(0, queue) + at[2] % 64, at + 3, 1);
        break;
    case 2:
        phys_dma_write(rig->phys, RIG_DATA + (at[1] * 256u + at[2]) % 4096, at + 3, 1);
        break;
    case 3: /* a descriptor that may be good */
        rig_descriptor(rig, rig_desc(0, queue), at[2] % RIG_NUM, RIG_DATA + at[3] * 8u, 1 + at[3] * 4u, at[2] >> 4 & 7,
                       (at[3] + 1) % RIG_NUM);
        break;
    case 4:
    case 5:
        rig_offer(rig, 0, queue, at[2] % (RIG_NUM + 1));
        break;
    case 6:
        rig_set(rig, 0, 0x50, at[2]);
        break;
    case 7:
        rig_finish(rig);
        break;
    case 8:
        rig_perform(rig, at[2] % 2 ? DISK_COMPLETED : DISK_ERROR);
        break;
    case 9:
        virtio_slots_uncertain(&rig->slots);
        break;
    case 10:
        if (console && virtio_console_room(console))
            virtio_console_receive(console, at[3]);
        if (net && virtio_net_room(net))
            virtio_net_receive(net, frame, NETWORK_FRAME_MIN + at[3] * 5u);
        break;
    case 11: /* a register; often the way back to a good state */
        if (at[2] % 4)
            rig_open(rig, 0, queues);
        else
            rig_set(rig, 0, at[2] & 0xFCu, at[3]);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 1)
        return 0;
    const enum virtio_kind kinds[VIRTIO_SLOTS] = {kind_of[bytes[0] % 5]};
    struct virtio_rig *rig = virtio_rig_new(kinds);
    unsigned queues = queues_of(kinds[0]);
    rig_open(rig, 0, queues);
    for (size_t at = 1, steps = 0; at + STEP_BYTES <= size && steps < STEPS_MAX; at += STEP_BYTES, steps++)
        step(rig, queues, bytes + at);
    assert(rig->outputs == rig->issued);
    assert(!rig_broken(rig, 0) || rig->logs);
    virtio_rig_free(rig);
    return 0;
}

size_t fuzz_make(struct insn_random *random, uint8_t *bytes)
{
    size_t size = 1 + (size_t)STEP_BYTES * (8 + insn_random_below(random, STEPS_MAX - 8));
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)insn_random_bits(random);
    return size;
}

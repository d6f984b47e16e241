/* tape.c - see tape.h. */
#include "ft/vmm/tape.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "ft/vmm/state_digest.h"
#include "ft/recording.h"
#include "ft/vmm/replay.h"
#include "ft/world/world.h"

/* ---- the log ---- */

static void add(struct vmm *vmm, struct message message)
{
    message.epoch = vmm->epoch;
    if (vmm->recording)
        recording_add(vmm->recording, &message);
}

/* A property of the machine and not of the log: when its delayed traps surface (visible to a guest only with drain-priv
 * 0, or in the trap buffer of a VP that was stopped inside an epoch). */
static void add_hardware(struct vmm *vmm)
{
    add(vmm, (struct message){.message_class = MESSAGE_HARDWARE, .value = vmm->computer->trap_rng.state});
}

void record_begin(struct vmm *vmm)
{
    if (!vmm->computer->system->config.record)
        return;
    vmm->recording = calloc(1, sizeof *vmm->recording);
    assert(vmm->recording);
    add_hardware(vmm);
}

void record_join(struct vmm *vmm, const struct vmm *survivor)
{
    if (!vmm->recording)
        return;
    recording_copy(vmm->recording, survivor->recording);
    add_hardware(vmm);
}

static uint64_t epoch_index(const struct vmm *vmm)
{
    return computer_insns(vmm->computer) - vmm->epoch_start_insns;
}

void record_value(struct vmm *vmm, enum value_kind kind, uint64_t value)
{
    if (vmm->recording)
        add(vmm, (struct message){
                     .message_class = MESSAGE_VALUE, .value_kind = kind, .index = epoch_index(vmm), .value = value});
}

void record_epoch_end(struct vmm *vmm)
{
    if (vmm->recording && vmm->epoch != vmm->start_epoch)
        add(vmm, (struct message){.message_class = MESSAGE_END, .index = epoch_index(vmm), .value = vmm->end_clock_ps});
}

void record_delivery(struct vmm *vmm, const struct interrupt *interrupt)
{
    struct message message = {.message_class = MESSAGE_INTERRUPT, .index = interrupt->number};
    if (!vmm->recording)
        return;
    switch (interrupt->kind) {
    case INTERRUPT_DISK:
        message.device = DEVICE_DISK;
        message.index = interrupt->disk.number;
        message.disk = interrupt->disk;
        break;
    case INTERRUPT_CONSOLE:
        message.device = DEVICE_CONSOLE;
        message.value = interrupt->byte;
        break;
    case INTERRUPT_LOST:
        message.device = DEVICE_LOST;
        break;
    case INTERRUPT_UNCERTAIN:
        message.device = DEVICE_UNCERTAIN;
        break;
    case INTERRUPT_REFUSED: /* made again by the virtual controller, and by the clock of the epoch's end */
    case INTERRUPT_TIMER:
        return;
    }
    add(vmm, message);
}

void record_off(struct vmm *vmm, uint8_t status)
{
    add(vmm, (struct message){.message_class = MESSAGE_OFF, .index = epoch_index(vmm), .value = status});
}

void record_free(struct vmm *vmm)
{
    past_free(vmm->past);
    QUEUE_FREE(&vmm->digests);
    if (vmm->recording)
        recording_free(vmm->recording);
    free(vmm->recording);
}

bool system_recording(struct system *system, uint8_t **bytes, size_t *size)
{
    struct computer *acting = system->computer[system_acting(system)];
    if (!acting->vmm || !acting->vmm->recording)
        return false;
    struct recording_about about = {
        .ram_bytes = system->config.ram_bytes,
        .epoch_insns = system->config.epoch_insns,
        .settings = system->config.settings,
        .image_name = system->image_name,
        .image = system->image,
        .image_bytes = system->image_bytes,
    };
    for (unsigned i = 0; i < DISK_DEVICES; i++)
        about.disk_blocks[i] = shared_disk_blocks(system->disks[i]);
    memcpy(about.virtio, system->virtio, sizeof about.virtio);
    struct recording_end end = {
        .end = system->end == END_NONE ? END_STOPPED : system->end,
        .status = (uint32_t)system->status & 0xFF,
        .insns = computer_insns(acting),
        .epoch = acting->vmm->epoch,
        .ran = !acting->vmm->in_epoch,
        .digest = board_digest(acting->board),
    };
    recording_write(acting->vmm->recording, &about, &end, bytes, size);
    return true;
}

/* ---- digests ---- */

uint64_t vmm_digest(struct vmm *vmm)
{
    const uint64_t all[5] = {board_digest(vmm->computer->board), vmm->v1[0], vmm->v1[1], vmm->v2,
                             vmm->timer_seen_ticks};
    return XXH3_64bits(all, sizeof all);
}

/* The backup's: is DIGEST what the primary sent for this epoch? A failover epoch is not compared: the primary did not
 * end it, and what is delivered at its end is not what the primary would have delivered. */
static void compare_digest(struct vmm *vmm, uint64_t digest, uint64_t beside)
{
    struct computer *computer = vmm->computer;
    while (QUEUE_COUNT(&vmm->digests) && QUEUE_FRONT(&vmm->digests)->epoch < vmm->epoch)
        QUEUE_POP(&vmm->digests);
    if (!QUEUE_COUNT(&vmm->digests) || QUEUE_FRONT(&vmm->digests)->epoch != vmm->epoch || vmm->failing_over)
        return;
    if (QUEUE_FRONT(&vmm->digests)->index != beside)
        system_diverged(computer, "a virtual processor beside them is in another state");
    if (QUEUE_FRONT(&vmm->digests)->clock_ps == digest)
        return;
    computer->system->differing = (int)computer->index;
    system_diverged(computer, "their state digests at the end of the epoch are not equal");
}

void vmm_digest_due(struct vmm *vmm)
{
    uint64_t every = vmm->computer->system->config.settings.digest_epochs;
    bool backup = vmm->computer->role == ROLE_BACKUP;
    if (vmm->replay) {
        replay_digest(vmm);
        return;
    }
    if (!every || vmm->epoch % every || vmm->epoch == vmm->start_epoch || (!vmm->linked && !backup && !vmm->recording))
        return;
    struct message message = {.message_class = MESSAGE_DIGEST, .epoch = vmm->epoch, .value = vmm_digest(vmm)};
    add(vmm, message);
    message.index = besides_digest(vmm->computer); /* a recording is of the first one alone */
    if (backup) {
        compare_digest(vmm, message.value, message.index);
    } else if (vmm->linked) {
        if (!vmm->past)
            vmm->past = past_new(vmm->computer->board);
        past_note(vmm->past, vmm->epoch, atomic_load(&system_peer(vmm->computer)->published_epoch));
        vmm_send(vmm, &message);
    }
}

bool vmm_digest_waits(struct vmm *vmm, const struct computer *peer)
{
    const struct settings *settings = &vmm->computer->system->config.settings;
    uint64_t every = settings->digest_epochs;
    if (!every || vmm->epoch <= every || vmm->computer->system->stepping)
        return false;
    /* On a channel that loses, a message is certain only when its sender has lived on: the sender cannot wait for it.
     */
    uint64_t last = (vmm->epoch - 1) / every * every;
    bool certain = !settings->channel_crash && !broken(vmm->computer->system, ASSUMPTION_DETECTION);
    return certain && atomic_load(&peer->published_epoch) < last;
}

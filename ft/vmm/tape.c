/* tape.c - see tape.h. */
#include "ft/vmm/tape.h"

#include "ft/recording.h"
#include "ft/vmm/replay.h"
#include "mmu/base/memory.h"

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

void tape_begin(struct vmm *vmm)
{
    if (!vmm->computer->world->config.record)
        return;
    vmm->recording = calloc(1, sizeof *vmm->recording);
    memory_need(vmm->recording);
    add_hardware(vmm);
}

void tape_join(struct vmm *vmm, const struct vmm *survivor)
{
    if (!vmm->recording)
        return;
    recording_copy(vmm->recording, survivor->recording);
    if (!vmm->checkpoint.used) /* else the VP comes when it takes over */
        add_hardware(vmm);
}

void tape_take_over(struct vmm *vmm)
{
    if (vmm->checkpoint.used)
        add_hardware(vmm);
}

static uint64_t epoch_index(const struct vmm *vmm)
{
    return computer_insns(vmm->computer) - vmm->epoch_start_insns;
}

void tape_value(struct vmm *vmm, enum value_kind kind, uint64_t value)
{
    if (vmm->recording)
        add(vmm, (struct message){
                     .message_class = MESSAGE_VALUE, .value_kind = kind, .index = epoch_index(vmm), .value = value});
}

void tape_epoch_end(struct vmm *vmm)
{
    if (vmm->recording && vmm->epoch != vmm->start_epoch)
        add(vmm, (struct message){.message_class = MESSAGE_END,
                                  .index = epoch_index(vmm),
                                  .value = vmm->end_clock_ps,
                                  .point = vmm->points.last});
}

void tape_delivery(struct vmm *vmm, const struct interrupt *interrupt)
{
    if (vmm->recording && interrupt_input(interrupt)->device) /* what has none is made again */
        add(vmm, interrupt_to_message(interrupt));
}

void tape_digest(struct vmm *vmm, const struct message *message)
{
    add(vmm, *message);
}

void tape_reset(struct vmm *vmm)
{
    add(vmm, (struct message){.message_class = MESSAGE_RESET, .index = vmm->in_epoch ? epoch_index(vmm) : 0});
}

void tape_off(struct vmm *vmm, uint8_t status)
{
    add(vmm, (struct message){.message_class = MESSAGE_OFF, .index = epoch_index(vmm), .value = status});
}

void tape_free(struct vmm *vmm)
{
    if (vmm->recording)
        recording_free(vmm->recording);
    free(vmm->recording);
}

/* transfer.c - see transfer.h. */
#include "ft/vmm/transfer.h"

/* What goes along of the VMM (docs/faults.md, "Repair": V1/V2, terminal numbers, clock, epoch, generation). */
struct vmm_part {
    uint64_t epoch, last_clock_ps, end_clock_ps, timer_seen_ticks, frames_seen, input_next[INPUT_STREAMS];
    struct traps traps;
    struct timer_thinning thinning;
    uint32_t generation, outstanding;
};

static void visit_part(struct vmm_part *part, struct visit *visit)
{
    visit_begin(visit, "joining");
    VISIT(visit, part->epoch);
    VISIT(visit, part->last_clock_ps);
    VISIT(visit, part->end_clock_ps);
    VISIT(visit, part->timer_seen_ticks);
    VISIT(visit, part->frames_seen);
    VISIT(visit, part->input_next);
    VISIT(visit, part->traps.v1);
    VISIT(visit, part->traps.v2);
    timer_thinning_visit(&part->thinning, visit);
    VISIT(visit, part->generation);
    VISIT(visit, part->outstanding);
    visit_end(visit);
}

void transfer_write(struct vmm *vmm, uint64_t epoch, struct visit *visit)
{
    struct computer *computer = vmm->computer;
    struct vmm_part part = {.epoch = epoch,
                            .last_clock_ps = vmm->last_clock_ps,
                            .end_clock_ps = vmm->end_clock_ps,
                            .timer_seen_ticks = vmm->timer_seen_ticks,
                            .frames_seen = vmm->frames_seen,
                            .traps = vmm->traps,
                            .thinning = vmm->thinning,
                            .generation = computer->generation,
                            .outstanding = (uint32_t)computer->in_flight.count};
    for (unsigned i = 0; i < INPUT_STREAMS; i++)
        part.input_next[i] = vmm->input[i].next;
    visit_part(&part, visit);
    board_visit_devices(computer->board, visit);
    for (size_t i = 0; i < computer->in_flight.count; i++)
        disk_operation_visit(&computer->in_flight.at[i].op, visit);
}

void transfer_outstanding(struct vmm *vmm, const struct disk_operation *op)
{
    (void)VEC_PUSH(&vmm->unperformed);
    size_t at = vmm->unperformed.count - 1;
    for (; at > 0 && vmm->unperformed.at[at - 1].number > op->number; at--)
        vmm->unperformed.at[at] = vmm->unperformed.at[at - 1];
    vmm->unperformed.at[at] = *op;
}

bool transfer_read(struct vmm *vmm, struct visit *visit, uint64_t arrival_ps)
{
    struct computer *computer = vmm->computer;
    struct vmm_part part = {0};
    uint64_t insns = computer_insns(computer), outputs = computer->board->state.outputs, epoch = vmm->epoch;
    /* The instruction count comes with the processor: the clock goes on from here. */
    computer_sleep_until(computer, 0);
    vmm_forget_unperformed(vmm);
    visit_part(&part, visit);
    board_visit_devices(computer->board, visit);
    computer->base_insns = computer_insns(computer);
    for (uint32_t i = 0; i < part.outstanding && visit->good; i++) {
        struct disk_operation op = {0};
        disk_operation_visit(&op, visit);
        transfer_outstanding(vmm, &op);
    }
    if (!visit->good)
        return false;
    vmm->epoch = vmm->start_epoch = computer->executed = part.epoch;
    /* The processor that it is on has executed nothing of it. */
    computer->seat.insns -= computer_insns(computer) - insns;
    computer->seat.outputs -= computer->board->state.outputs - outputs;
    computer->seat.slices -= vmm->epoch - epoch;
    vmm->last_clock_ps = vmm->seen_clock_ps = part.last_clock_ps;
    vmm->seen_at_ps = arrival_ps;
    vmm->end_clock_ps = part.end_clock_ps;
    vmm->timer_seen_ticks = part.timer_seen_ticks;
    vmm->frames_seen = part.frames_seen;
    for (unsigned i = 0; i < INPUT_STREAMS; i++)
        vmm->input[i].next = part.input_next[i];
    vmm->traps = part.traps;
    vmm->thinning = part.thinning;
    vmm->rate_logged = part.thinning.rate;
    computer->generation = part.generation;
    return true;
}

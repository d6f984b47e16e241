/* vmm_visit.c - the description of a VMM's state (mmu/base/visit.h): its place in the protocol's program, its clock,
 * what it has buffered, and what the channel brought.
 */
#include "ft/vmm/vmm.h"

#include "ft/vmm/follower.h"
#include "ft/vmm/past.h"
#include "ft/recording.h"
#include "ft/vmm/replay.h"

static void visit_logged(struct visit *visit, struct logged_value *value)
{
    VISIT(visit, value->epoch);
    VISIT(visit, value->index);
    VISIT(visit, value->value);
    VISIT_BELOW(visit, value->kind, VALUE_KINDS);
}

static void visit_operation(struct visit *visit, struct disk_operation *op)
{
    disk_operation_visit(op, visit);
}

/* The programs that a VMM can be in: what is saved is a number. */
enum { PROGRAMS = 6 };

static void visit_program(struct vmm *vmm, struct visit *visit)
{
    const enum action *const programs[PROGRAMS] = {vmm->protocol->primary,  vmm->protocol->backup,
                                                   vmm->protocol->failover, join_program,
                                                   replay_program,          stand_program};
    uint32_t program = 0;
    while (program < PROGRAMS && programs[program] != vmm->program)
        program++;
    VISIT(visit, program);
    VISIT(visit, vmm->at);
    if (program >= PROGRAMS) {
        visit_refuse(visit);
        return;
    }
    vmm->program = programs[program];
    for (unsigned i = 0; i < vmm->at && visit->reading; i++)
        if (vmm->program[i] == ACTION_LOOP) { /* a program ends there */
            vmm->at = i;
            visit_refuse(visit);
        }
}

static void visit_epoch(struct vmm *vmm, struct visit *visit)
{
    VISIT_MOMENT(visit, vmm->epoch);
    VISIT_MOMENT(visit, vmm->epoch_start_insns);
    VISIT_MOMENT(visit, vmm->epoch_start_references);
    VISIT(visit, vmm->in_epoch);
    VISIT(visit, vmm->delivered);
    VISIT(visit, vmm->epoch_over);
    VISIT(visit, vmm->idle);
    VISIT(visit, vmm->resetting);
    VISIT(visit, vmm->suppressed);
    VISIT(visit, vmm->linked);
    VISIT(visit, vmm->alone);
    VISIT(visit, vmm->failing_over);
    VISIT_BELOW(visit, vmm->stall, STALL_LEADER + 1);
    VISIT_MOMENT(visit, vmm->output_since_ps);
    VISIT_MOMENT(visit, vmm->wake_ps);
    VISIT(visit, vmm->slept);
    VISIT_MOMENT(visit, vmm->epoch_start_ps);
    VISIT_MOMENT(visit, vmm->slow_until_ps);
    VISIT_MOMENT(visit, vmm->start_epoch);
    VISIT(visit, vmm->joined);
    VISIT(visit, vmm->clock_offset_ps);
    VISIT_MOMENT(visit, vmm->last_clock_ps);
    VISIT_MOMENT(visit, vmm->end_clock_ps);
    VISIT_MOMENT(visit, vmm->timer_seen_ticks);
    VISIT_MOMENT(visit, vmm->frames_seen);
    VISIT_MOMENT(visit, vmm->simulated_seen);
    VISIT_MOMENT(visit, vmm->busy_until_ps);
}

static void visit_log(struct vmm *vmm, struct visit *visit)
{
    if (visit->reading)
        vmm_drop_buffers(vmm);
    VISIT_QUEUE(visit, &vmm->buffered, interrupt_visit);
    VISIT(visit, vmm->input);
    VISIT(visit, vmm->traps.v1);
    VISIT(visit, vmm->traps.v2);
    VISIT_QUEUE(visit, &vmm->values, visit_logged);
    VISIT_QUEUE(visit, &vmm->clocks, visit_logged);
    VISIT_MOMENT(visit, vmm->ended_epoch);
    VISIT(visit, vmm->off_known);
    VISIT(visit, vmm->peer_lost);
    VISIT(visit, vmm->differs);
    VISIT_TEXT(visit, vmm->how);
    VISIT(visit, vmm->by_digest);
    VISIT_ROW(visit, &vmm->waiting_values, visit_logged);
    VISIT_MOMENT(visit, vmm->seen_clock_ps);
    VISIT_MOMENT(visit, vmm->seen_at_ps);
    VISIT_QUEUE(visit, &vmm->digests, visit_logged);
    VISIT_ROW(visit, &vmm->unperformed, visit_operation);
    VISIT_MOMENT(visit, vmm->performed_out);
    VISIT_QUEUE(visit, &vmm->held, held_output_visit);
    VISIT_MOMENT(visit, vmm->performed_frames);
    if (visit->reading)
        held_frames_performed(&vmm->held_frames, UINT64_MAX);
    VISIT_QUEUE(visit, &vmm->held_frames, held_frame_visit);
    VISIT_MOMENT(visit, vmm->frames_told);
}

void vmm_visit(struct vmm *vmm, struct visit *visit)
{
    visit_begin(visit, "monitor");
    visit_program(vmm, visit);
    visit_epoch(vmm, visit);
    visit_log(vmm, visit);
    points_visit(&vmm->points, visit);
    following_visit(&vmm->following, visit);
    timer_thinning_visit(&vmm->thinning, visit);
    VISIT(visit, vmm->rate_logged);
    gathering_visit(&vmm->gathering, visit);
    hold_visit(&vmm->hold, visit);
    checkpoint_visit(vmm, visit);
    if (!visit->future || vmm->linked)
        peer_visit(&vmm->peer, visit);
    if (vmm->recording)
        recording_visit(vmm->recording, visit);
    if (vmm->replay)
        replay_visit(vmm, visit);
    visit_end(visit);
    join_visit(vmm, visit);
    if (visit->reading) {
        past_free(vmm->past); /* only for the sentence that says where a difference is: it begins again */
        vmm->past = NULL;
    }
}

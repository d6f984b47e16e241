/* points.c - see points.h. */
#include "ft/vmm/points.h"

#include <inttypes.h>
#include <stdio.h>

#include "ft/vmm/actions.h"
#include "ft/vmm/replay.h"
#include "mmu/base/vtime.h"

static uint64_t epoch_insns(const struct vmm *vmm)
{
    return computer_insns(vmm->computer) - vmm->epoch_start_insns;
}

static struct position position_of(const struct vmm *vmm)
{
    return cpu_position(vmm->computer->board->cpu);
}

void points_free(struct points *points)
{
    QUEUE_FREE(&points->sent);
}

static void visit_point(struct visit *visit, struct sync_point *point)
{
    VISIT_BELOW(visit, point->reason, POINT_REASONS);
    VISIT(visit, point->position.branches);
    VISIT(visit, point->position.front_space);
    VISIT(visit, point->position.front);
    VISIT(visit, point->position.back_space);
    VISIT(visit, point->position.back);
    VISIT(visit, point->theory_ps);
}

static void visit_sent(struct visit *visit, struct sent_point *sent)
{
    VISIT(visit, sent->epoch);
    VISIT(visit, sent->insns);
    visit_point(visit, &sent->point);
}

void points_visit(struct points *points, struct visit *visit)
{
    VISIT_BELOW(visit, points->why, POINT_REASONS);
    VISIT(visit, points->waits);
    VISIT_MOMENT(visit, points->waits_since_insns);
    VISIT(visit, points->waiting);
    VISIT(visit, points->external_bits);
    VISIT(visit, points->left);
    visit_point(visit, &points->last);
    VISIT(visit, points->last_insns);
    VISIT_QUEUE(visit, &points->sent, visit_sent);
    VISIT_BELOW(visit, points->approach, APPROACH_CLOSING + 1);
    VISIT_MOMENT(visit, points->enters_insns);
    VISIT_MOMENT(visit, points->turn_insns);
}

void points_begin(struct vmm *vmm)
{
    struct points *points = &vmm->points;
    if (!points->used)
        return;
    cpu_branches_clear(vmm->computer->board->cpu);
    points->why = POINT_NONE;
    if (!points_at_output(vmm)) { /* which has given nothing: what waits waits on */
        points->waits = false;
        points->waiting = points->external_bits = 0;
    }
    points->approach = APPROACH_ARMED;
    if (vmm->suppressed && !vmm->replay && !vmm->failing_over)
        computer_step_taken(vmm->computer, PROTOCOL_STEP_B_ARMED);
}

/* ---- at a VP that is live: where its epoch ends ---- */

bool points_at_output(const struct vmm *vmm)
{
    return vmm->points.used && vmm->points.last.reason == POINT_OUTPUT;
}

/* Is the next instruction the output before which the last epoch ended? */
static bool before_output(const struct vmm *vmm)
{
    return points_at_output(vmm) && epoch_insns(vmm) == 0;
}

bool points_end_before_output(const struct vmm *vmm)
{
    return vmm->points.used && vmm->linked && !vmm->suppressed && vmm_output_commit(vmm) && !before_output(vmm);
}

/* The interval timer is looked at: a match is logged, like what a device does. */
static void log_match(struct vmm *vmm, uint64_t clock_ps, bool end)
{
    struct interrupt match;
    if (adjust_timer_due(vmm, clock_ps, end, &match))
        vmm_interrupt(vmm, &match);
}

/* What the clock has made due is looked at. Does a frame begin of which the guest wants to know? */
static bool look_at_clock(struct vmm *vmm)
{
    if (vmm_clock_due_ps(vmm) > computer_now(vmm->computer))
        return false;
    uint64_t clock = vmm_clock(vmm);
    log_match(vmm, clock, false);
    return display_frame_due_ps(&vmm->computer->board->display, vmm->frames_seen) <= clock;
}

/* The external interrupts that the guest will have of what waits, as bits of EIRR. Asked when more waits than before,
 * and at no other time: what devices are set to may change meanwhile, but the host decides when one looks. */
static uint32_t external_bits(const struct vmm *vmm, uint32_t virtio, bool frame)
{
    uint32_t bits = frame ? PA_BIT(IRQ_INPUT) : 0;
    for (unsigned slot = 0; slot < VIRTIO_SLOTS; slot++)
        bits |= virtio >> slot & 1 ? PA_BIT(IRQ_VIRTIO + slot) : 0;
    for (size_t i = vmm->buffered.first; i < vmm->buffered.items.count; i++)
        bits |= deliver_external_bits(vmm, &vmm->buffered.items.at[i]);
    return bits;
}

/* Does something wait to be given to the guest? Then from now on the processor comes out where the guest can take it.
 * What is given elsewhere than at the place where it became known has moved; it moves critical-max instructions at
 * most.
 */
static bool something_waits(struct vmm *vmm)
{
    struct points *points = &vmm->points;
    struct board *board = vmm->computer->board;
    bool frame = look_at_clock(vmm);
    uint32_t virtio = virtio_slots_waiting(&board->virtio);
    uint32_t waiting = (uint32_t)QUEUE_COUNT(&vmm->buffered) + frame + (uint32_t)__builtin_popcount(virtio);
    if (waiting && !points->waits)
        points->waits_since_insns = computer_insns(vmm->computer);
    if (waiting != points->waiting)
        points->external_bits = external_bits(vmm, virtio, frame);
    points->waiting = waiting;
    points->waits = waiting != 0;
    cpu_await_external(board->cpu, before_output(vmm) ? 0 : points->external_bits);
    return points->waits;
}

uint64_t points_due_ps(struct vmm *vmm)
{
    if (!vmm->points.used || vmm->suppressed)
        return TIME_NEVER;
    uint64_t due = vmm_clock_due_ps(vmm);
    return due > computer_now(vmm->computer) ? due : TIME_NEVER;
}

uint64_t points_until_clock(struct vmm *vmm)
{
    uint64_t due = computer_insns_until(vmm->computer, vmm_clock_due_ps(vmm));
    return vmm->suppressed ? UINT64_MAX : due ? due : 1;
}

static uint64_t live_left(struct vmm *vmm)
{
    const struct computer *computer = vmm->computer;
    const struct system_config *config = &computer->world->config;
    struct points *points = &vmm->points;
    uint64_t insns = computer_insns(computer), done = epoch_insns(vmm);
    bool waits = something_waits(vmm);
    if (vmm->epoch_over)
        return 0;
    if (before_output(vmm))
        return 1; /* whatever waits: the output is next */
    if (done >= config->epoch_insns) {
        points_end_here(vmm, POINT_LENGTH);
        return 0;
    }
    uint64_t left = config->epoch_insns - done;
    uint64_t moves = insns - points->waits_since_insns, most = config->settings.critical_max;
    if (waits && moves >= most) {
        points_end_here(vmm, POINT_INTERRUPT);
        return 0;
    }
    if (waits)
        left = smallest(left, most - moves);
    return smallest(left, points_until_clock(vmm));
}

void points_end_here(struct vmm *vmm, enum point_reason reason)
{
    vmm->epoch_over = true;
    vmm->points.why = reason;
}

/* Why the epoch of a VP that is live ends. */
static enum point_reason reason_of(const struct vmm *vmm)
{
    if (vmm->resetting)
        return POINT_OFF;
    if (vmm->idle)
        return POINT_IDLE;
    return vmm->points.why ? vmm->points.why : POINT_LENGTH;
}

static void count_point(struct vmm *vmm)
{
    struct points *points = &vmm->points;
    struct point_counts *counts = &vmm->computer->points;
    uint64_t moved = computer_insns(vmm->computer) - points->waits_since_insns;
    counts->of[points->last.reason]++;
    if (points->last.reason == POINT_OUTPUT || !points->waits || !moved)
        return;
    counts->moved++;
    counts->longest_move = moved > counts->longest_move ? moved : counts->longest_move;
}

/* ---- at a backup: to the place that was sent ---- */

void points_received(struct vmm *vmm, const struct message *message)
{
    *QUEUE_PUSH(&vmm->points.sent) = (struct sent_point){message->epoch, message->index, message->point};
}

/* What was sent of the present epoch; NULL: it ends with the power-off. */
static const struct sent_point *sent_of(struct vmm *vmm)
{
    struct points *points = &vmm->points;
    while (QUEUE_COUNT(&points->sent) && QUEUE_FRONT(&points->sent)->epoch < vmm->epoch)
        QUEUE_POP(&points->sent);
    if (!QUEUE_COUNT(&points->sent) || QUEUE_FRONT(&points->sent)->epoch != vmm->epoch)
        return NULL;
    return QUEUE_FRONT(&points->sent);
}

/* Can it be seen how the backup comes to the place? */
static bool by_rule(const struct vmm *vmm)
{
    const struct world *world = vmm->computer->world;
    const struct settings *settings = &world->config.settings;
    bool differ = world->config.broken || world->flipped;
    for (size_t i = 0; i < world->faults.count && !differ; i++)
        differ = world->faults.at[i].fault.kind == FAULT_FLIP;
    return differ || settings_skid_margin(settings) < settings->counter_skid;
}

static uint64_t late(struct vmm *vmm)
{
    uint64_t skid = vmm->computer->world->config.settings.counter_skid;
    return skid ? rng_upto(&vmm->computer->skid_rng, skid) : 0;
}

/* US 9,400,666, claim 1: branch B + 1 is completed and the place was not there. */
static void overshoot(struct vmm *vmm, const struct position *wanted)
{
    char text[200];
    computer_step_taken(vmm->computer, PROTOCOL_STEP_B_OVERSHOOT);
    snprintf(text, sizeof text,
             "backup: overshoot in epoch %" PRIu64 ": branch %" PRIu64 " completed, position 0x%08" PRIx32
             "/0x%08" PRIx32 " (branch %" PRIu64 ") not reached",
             vmm->epoch, wanted->branches + 1, wanted->front, wanted->back, wanted->branches);
    vmm_stands(vmm, text);
}

static void suspended(struct vmm *vmm)
{
    if (vmm->points.approach != APPROACH_CLOSING)
        computer_step_taken(vmm->computer, PROTOCOL_STEP_B_CLOSING);
    vmm->points.approach = APPROACH_CLOSING;
    computer_step_taken(vmm->computer, PROTOCOL_STEP_B_SUSPENDED);
}

/* By the number of instructions; the rest is checked. */
static uint64_t left_by_count(struct vmm *vmm, const struct sent_point *sent)
{
    uint64_t done = epoch_insns(vmm);
    struct position here = position_of(vmm);
    const struct position *wanted = &sent->point.position;
    char text[256];
    if (done < sent->insns)
        return sent->insns - done;
    if (position_is(&here, wanted)) {
        suspended(vmm);
        return 0;
    }
    snprintf(text, sizeof text,
             "backup: after %" PRIu64 " instructions of epoch %" PRIu64 " the position is 0x%08" PRIx32 "/0x%08" PRIx32
             " (branch %" PRIu64 "), and not 0x%08" PRIx32 "/0x%08" PRIx32 " (branch %" PRIu64 ")",
             done, vmm->epoch, here.front, here.back, here.branches, wanted->front, wanted->back, wanted->branches);
    vmm_stands(vmm, text);
    return 0;
}

/* timing=instructions: it is suspended where its counter interrupts, wherever that is. */
static uint64_t left_by_instructions(struct vmm *vmm, const struct sent_point *sent)
{
    struct points *points = &vmm->points;
    if (points->approach == APPROACH_ARMED) {
        points->enters_insns = vmm->epoch_start_insns + sent->insns + late(vmm);
        points->approach = APPROACH_ENTERING;
    }
    uint64_t insns = computer_insns(vmm->computer);
    if (insns < points->enters_insns)
        return points->enters_insns - insns;
    suspended(vmm);
    return 0;
}

/* The rule: the counter is armed a margin before B; when it has come into the monitor, one instruction at a time until
 * the place is there for the first time. An instruction is at most one branch, so as many instructions as branches are
 * missing may run at once. */
static uint64_t left_by_rule(struct vmm *vmm, const struct position *wanted)
{
    struct points *points = &vmm->points;
    uint64_t insns = computer_insns(vmm->computer);
    uint64_t margin = settings_skid_margin(&vmm->computer->world->config.settings);
    struct position here = position_of(vmm);
    if (points->approach == APPROACH_ARMED) {
        bool at_once = wanted->branches <= margin;
        if (!at_once && here.branches < wanted->branches - margin)
            return wanted->branches - margin - here.branches;
        points->enters_insns = insns + (at_once ? 0 : late(vmm));
        points->approach = APPROACH_ENTERING;
    }
    if (insns < points->enters_insns)
        return points->enters_insns - insns;
    if (points->approach == APPROACH_ENTERING) {
        points->approach = APPROACH_CLOSING;
        computer_step_taken(vmm->computer, PROTOCOL_STEP_B_CLOSING);
    }
    if (here.branches > wanted->branches) {
        overshoot(vmm, wanted);
        return 0;
    }
    if (here.branches < wanted->branches)
        return wanted->branches - here.branches;
    if (!position_is(&here, wanted))
        return 1;
    suspended(vmm);
    return 0;
}

static uint64_t backup_left(struct vmm *vmm)
{
    const struct sent_point *sent = sent_of(vmm);
    if (vmm->differs)
        return 0;
    if (!sent && vmm->off_known && vmm->epoch == vmm->ended_epoch) /* [off, E]: it turns itself off */
        return UINT64_MAX;
    if (!sent) { /* only a channel that does not keep the order (FIFO) lets a later end come before this one */
        vmm_differs(vmm, "a later epoch's end has come, and the place where this one ends has not");
        return 0;
    }
    if (vmm->computer->world->config.settings.timing == TIMING_INSTRUCTIONS)
        return left_by_instructions(vmm, sent);
    return by_rule(vmm) ? left_by_rule(vmm, &sent->point.position) : left_by_count(vmm, sent);
}

/* ---- ends by length that a run passes (quiet.h) ---- */

bool points_by_length(struct vmm *vmm)
{
    const struct points *points = &vmm->points;
    const struct system_config *config = &vmm->computer->world->config;
    if (points->waits || points->why || points_at_output(vmm) ||
        computer_insns(vmm->computer) >= vmm->epoch_start_insns + config->epoch_insns)
        return false;
    if (!vmm->suppressed)
        return true;
    const struct sent_point *sent = sent_of(vmm);
    return sent && sent->point.reason == POINT_LENGTH && sent->insns == config->epoch_insns &&
           config->settings.timing == TIMING_BRANCHES && !by_rule(vmm);
}

struct position points_wanted(struct vmm *vmm)
{
    return sent_of(vmm)->point.position;
}

static struct sync_point by_length(const struct vmm *vmm, const struct position *place)
{
    uint64_t insns = vmm->computer->world->config.epoch_insns;
    return (struct sync_point){POINT_LENGTH, *place, insns * vmm->computer->insn_ps};
}

void points_settle(struct vmm *vmm, uint64_t times, const struct position *place)
{
    struct points *points = &vmm->points;
    points->last = by_length(vmm, place);
    points->last_insns = vmm->computer->world->config.epoch_insns;
    if (!vmm->suppressed)
        vmm->computer->points.of[POINT_LENGTH] += times;
}

void points_ends_at(struct vmm *vmm, uint64_t epoch, const struct position *place)
{
    *QUEUE_PUSH(&vmm->points.sent) =
        (struct sent_point){epoch, vmm->computer->world->config.epoch_insns, by_length(vmm, place)};
}

/* ---- all of them ---- */

bool points_look(struct vmm *vmm)
{
    struct points *points = &vmm->points;
    if (vmm->failing_over) /* ACTION_RUN_ONE */
        points->left = vmm->epoch_over || epoch_insns(vmm) ? 0 : 1;
    else if (vmm->replay)
        points->left = replay_epoch_left(vmm);
    else
        points->left = vmm->suppressed ? backup_left(vmm) : live_left(vmm);
    return !vmm->computer->dying && !vmm->differs;
}

bool points_ended(struct vmm *vmm)
{
    struct points *points = &vmm->points;
    const struct sent_point *sent = vmm->suppressed && !vmm->failing_over && !vmm->replay ? sent_of(vmm) : NULL;
    if (!points->used)
        return true;
    points->last_insns = epoch_insns(vmm);
    points->last.position = position_of(vmm);
    points->last.theory_ps = points->last_insns * vmm->computer->insn_ps;
    points->last.reason = sent ? sent->point.reason : vmm->replay ? replay_reason(vmm) : reason_of(vmm);
    if (vmm->suppressed)
        return true;
    cpu_await_external(vmm->computer->board->cpu, 0);
    count_point(vmm);
    return !computer_step_taken(vmm->computer, PROTOCOL_STEP_POINT_CHOSEN);
}

void points_take_clock(struct vmm *vmm, bool sent)
{
    struct board *board = vmm->computer->board;
    if (!vmm->points.used || (!sent && vmm->failing_over))
        return;
    if (sent)
        adjust_timer_follow(vmm, vmm->end_clock_ps);
    else
        log_match(vmm, vmm->end_clock_ps, true);
    if (display_frame_due(&board->display, vmm->end_clock_ps, &vmm->frames_seen))
        vmm_buffer(vmm, &(struct interrupt){.epoch = vmm->epoch, .kind = INTERRUPT_FRAME});
}

void points_add_due(struct vmm *vmm)
{
    struct board *board = vmm->computer->board;
    struct interrupt match;
    if (adjust_timer_due(vmm, vmm->end_clock_ps, true, &match))
        vmm_buffer(vmm, &match);
    if (display_frame_due(&board->display, vmm->end_clock_ps, &vmm->frames_seen))
        vmm_buffer(vmm, &(struct interrupt){.epoch = vmm->epoch, .kind = INTERRUPT_FRAME});
}

bool points_turn(const struct vmm *vmm, uint64_t *turn_insns)
{
    uint64_t insns = computer_insns(vmm->computer);
    if (!vmm->points.used)
        return true;
    if (points_at_output(vmm) || insns - *turn_insns < vmm->computer->world->config.epoch_insns)
        return false;
    *turn_insns = insns;
    return true;
}

/* actions_epoch.c - what happens at an epoch's end: at both computers, at the primary, at the backup.
 */
#include "ft/vmm/actions.h"

#include "ft/computer/crash_trail.h"
#include "ft/computer/timeline_ring.h"
#include "ft/vmm/follower.h"
#include "ft/vmm/state_digest.h"
#include "ft/vmm/tape.h"
#include "ft/world/image.h"

/* ---- at both ---- */

enum outcome act_take_clock(struct vmm *vmm)
{
    if (!follower_may_run(vmm))
        return OUTCOME_BLOCKED;
    if (vmm->epoch == vmm->start_epoch)
        return OUTCOME_DONE; /* a new backup's VP has come with the clock of that epoch's end */
    while (QUEUE_COUNT(&vmm->clocks) && QUEUE_FRONT(&vmm->clocks)->epoch < vmm->epoch)
        QUEUE_POP(&vmm->clocks);
    bool sent = QUEUE_COUNT(&vmm->clocks) && QUEUE_FRONT(&vmm->clocks)->epoch == vmm->epoch;
    if (sent) {
        vmm->end_clock_ps = QUEUE_FRONT(&vmm->clocks)->value;
        if (vmm->end_clock_ps > vmm->last_clock_ps)
            vmm->last_clock_ps = vmm->end_clock_ps;
    } else {
        vmm->end_clock_ps = vmm_clock(vmm); /* the primary's own; P7: the new primary's, if none was sent */
    }
    points_take_clock(vmm, sent);
    return OUTCOME_DONE;
}

enum outcome act_add_due(struct vmm *vmm)
{
    if (vmm->points.used) {
        points_add_due(vmm);
        return OUTCOME_DONE;
    }
    struct interrupt match;
    if (adjust_timer_due(vmm, vmm->end_clock_ps, true, &match))
        vmm_buffer(vmm, &(struct interrupt){.epoch = vmm->epoch, .kind = INTERRUPT_TIMER});
    if (display_frame_due(&vmm->computer->board->display, vmm->end_clock_ps, &vmm->frames_seen))
        vmm_buffer(vmm, &(struct interrupt){.epoch = vmm->epoch, .kind = INTERRUPT_FRAME});
    return OUTCOME_DONE;
}

static void reset_guest(struct vmm *vmm)
{
    struct error error;
    vmm->resetting = false;
    adjust_forget(vmm);
    computer_disk_forget(vmm->computer);
    vmm_forget_unperformed(vmm);
    world_enter_image(vmm->computer->world, vmm->computer->board, &error);
}

/* What is buffered for the end of this epoch, and what the devices have answered. */
static void deliver_all(struct vmm *vmm)
{
    vmm_deliver(vmm); /* ends of disk operations, what a person did, the timer: deliver.c */
    virtio_slots_finish(&vmm->computer->board->virtio);
    traps_give(&vmm->traps, vmm->computer->board->cpu);
    vmm->delivered = true;
    if (vmm->resetting)
        reset_guest(vmm);
}

enum outcome act_deliver(struct vmm *vmm)
{
    tape_epoch_end(vmm);
    if (!points_at_output(vmm)) /* else it waits, and the VP's next step is the output */
        deliver_all(vmm);
    chronicle_epoch(vmm->computer, CHRONICLE_DELIVERED, vmm->epoch);
    vmm_digest_due(vmm);
    return vmm_step_done(vmm, vmm_is_backup(vmm) ? PROTOCOL_STEP_B_DELIVERED : PROTOCOL_STEP_DELIVERED);
}

/* A primary's: may its host thread go on? The other's may be only so far behind, in epochs and in digests. Virtual time
 * does not notice, and it is lifted while the other waits for this one. */
static bool host_may_go_on(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    const struct settings *settings = &computer->world->config.settings;
    uint64_t every = settings->digest_epochs;
    uint64_t least = vmm->epoch > settings->lag_epochs ? vmm->epoch - settings->lag_epochs : 0;
    uint64_t digest = every && vmm->epoch > every ? (vmm->epoch - 1) / every * every : 0;
    if (computer->world->stepping || vmm->join)
        return true;
    bool waits = computer_waits_for_other(computer, least > digest ? least : digest);
    if (waits)
        computer->sleep = SLEEP_AHEAD;
    return !waits;
}

uint64_t vmm_lag_max_ps(const struct vmm *vmm)
{
    const struct system_config *config = &vmm->computer->world->config;
    uint64_t epoch_us = (config->epoch_insns * vmm->computer->insn_ps + PS_PER_US - 1) / PS_PER_US;
    if (broken(vmm->computer->world, ASSUMPTION_EQUALIZE))
        return UINT64_MAX; /* nobody waits */
    uint64_t most_us = settings_lag_max_us(&config->settings, epoch_us);
    return most_us ? most_us * PS_PER_US : UINT64_MAX;
}

/* How long will a backup in another process take to come to where the VP is, at the speed that it says is its own? Its
 * lag says it too late: what it was sent in a tenth of a second may be work for a minute. In one process the VP goes at
 * the backup's speed, and this is 0. */
static uint64_t behind_ps(const struct vmm *vmm)
{
    uint64_t insns = computer_insns(vmm->computer), executed = vmm->peer.executed_insns;
    return executed && insns > executed ? (insns - executed) * vmm->peer.perf.insn_ps : 0;
}

bool vmm_keeps_up(const struct vmm *vmm)
{
    uint64_t most = vmm_lag_max_ps(vmm);
    return most == UINT64_MAX || (join_all_sent(vmm) && vmm->peer.lag_ps <= most && behind_ps(vmm) <= most);
}

/* Does the backup lag by more than it may? Only what it reported since it had the whole VP counts. */
static bool lags(const struct vmm *vmm)
{
    return join_all_sent(vmm) && !vmm_keeps_up(vmm);
}

/* How long does the VP of a primary whose backup lags wait, after an epoch that took so long? As long again: then it
 * goes at half its speed. If that is faster than the backup says it can, so long as the epoch takes the backup. */
static uint64_t wait_of(const struct vmm *vmm, uint64_t took_ps)
{
    uint64_t insns = computer_insns(vmm->computer) - vmm->epoch_start_insns;
    uint64_t takes_ps = insns * vmm->peer.perf.insn_ps;
    return takes_ps > took_ps ? takes_ps : took_ps;
}

/* The VP of a primary whose backup lags is slowed: it waits at the end of each epoch. Its next epoch has been counted
 * before: [end] of the last one is sent, so what becomes known meanwhile cannot be of that. */
static bool slowed(struct vmm *vmm)
{
    /* What a backup in another process says can come at any time, and may be that it keeps up. */
    bool over = computer_now(vmm->computer) >= vmm->slow_until_ps || (vmm->peer.executed_insns && vmm_keeps_up(vmm));
    if (!vmm->linked || over) {
        vmm->slow_until_ps = 0;
        return false;
    }
    vmm->wake_ps = vmm->slow_until_ps;
    return true;
}

/* What a primary that has a backup looks at when an epoch is over. OUTCOME_DONE: it goes on. */
static enum outcome look_at_backup(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    if (vmm->peer.differs) {
        if (!computer_may_act(computer))
            return OUTCOME_BLOCKED;
        computer_end(computer, END_STOPPED, 0, NULL);
        return OUTCOME_AGAIN;
    }
    if (!host_may_go_on(vmm))
        return OUTCOME_BLOCKED;
    uint64_t now = computer_now(computer);
    vmm->slow_until_ps = lags(vmm) ? now + wait_of(vmm, now - vmm->epoch_start_ps) : 0;
    return OUTCOME_DONE;
}

/* The epoch boundary costs what the settings say; then E := E + 1. */
static enum outcome count_epoch(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    const struct settings *settings = &computer->world->config.settings;
    enum outcome outcome = vmm->linked && !vmm->suppressed ? look_at_backup(vmm) : OUTCOME_DONE;
    if (outcome != OUTCOME_DONE)
        return outcome;
    uint64_t cost = settings->cost_epoch_ns * 1000 + vmm_take_simulated_ps(vmm);
    cost += vmm->epoch == 1 ? settings->cost_other_ns * 1000 : 0;
    cost += vmm->checkpoint.copied_pages * settings->cost_page_ns * 1000;
    vmm->checkpoint.copied_pages = 0;
    uint64_t end = computer_now(computer) + cost, room = peer_room_ps(&vmm->peer);
    if (cost || room > end) /* an epoch whose messages find the channel full ends when they do not */
        computer_sleep_until(computer, room > end ? room : end);
    computer->executed = vmm->epoch;
    vmm->epoch++;
    vmm->delivered = false;
    if (!vmm->suppressed)
        vmm_send_late(vmm);
    return OUTCOME_DONE;
}

/* What becomes known while it is slowed, or during its followers' turns, belongs to the next epoch already. */
enum outcome act_next_epoch(struct vmm *vmm)
{
    enum outcome outcome = vmm->slow_until_ps ? OUTCOME_DONE : count_epoch(vmm);
    if (outcome == OUTCOME_DONE && slowed(vmm))
        return OUTCOME_SLEEP;
    /* A backup has epoch 0, at whose end it waits for [end, 1]; the primary has none. */
    bool turn = outcome == OUTCOME_DONE && vmm->following.followers.count && vmm->epoch > 1;
    if (turn && points_turn(vmm, &vmm->points.turn_insns))
        followers_give_turn(vmm);
    return outcome;
}

/* ---- at the primary ---- */

enum outcome act_send_time(struct vmm *vmm)
{
    struct message message = {.message_class = MESSAGE_TIME, .epoch = vmm->epoch, .value = vmm->end_clock_ps};
    vmm_send(vmm, &message);
    return vmm_step_done(vmm, PROTOCOL_STEP_TIME_SENT);
}

enum outcome act_await_acks(struct vmm *vmm)
{
    enum outcome outcome = vmm_await_acks(vmm);
    if (outcome != OUTCOME_DONE)
        return outcome;
    vmm->peer.await_arrival_ps = 0;
    trail_asked(vmm->computer);
    return vmm_step_done(vmm, PROTOCOL_STEP_ACKS_AWAITED);
}

/* [E, Net]: what the network has of the VP's frames, if that is news. */
static void send_performed(struct vmm *vmm)
{
    bool held = vmm->protocol->output == OUTPUT_HOLD;
    uint64_t performed = held ? vmm->performed_frames : computer_frames_performed(vmm->computer);
    if (performed == vmm->frames_told)
        return;
    vmm->frames_told = performed;
    vmm_send(vmm, &(struct message){.message_class = MESSAGE_PERFORMED, .epoch = vmm->epoch, .index = performed});
}

enum outcome act_send_end(struct vmm *vmm)
{
    send_performed(vmm);
    bool point = vmm->points.used;
    struct message message = {.message_class = MESSAGE_END,
                              .epoch = vmm->epoch,
                              .index = point ? vmm->points.last_insns : computer_terminal_performed(vmm->computer),
                              .value = vmm->end_clock_ps,
                              .point = vmm->points.last};
    vmm_send(vmm, &message);
    return vmm_step_done(vmm, PROTOCOL_STEP_END_SENT);
}

/* ---- at the backup ---- */

static bool time_is_here(const struct vmm *vmm)
{
    const struct logged_value *clocks = vmm->clocks.items.at;
    return vmm->off_known || (QUEUE_COUNT(&vmm->clocks) && clocks[vmm->clocks.items.count - 1].epoch >= vmm->epoch);
}

static bool end_is_here(const struct vmm *vmm)
{
    return vmm->ended_epoch > vmm->epoch;
}

enum outcome act_await_time(struct vmm *vmm)
{
    enum outcome outcome = vmm_await(vmm, time_is_here);
    return outcome == OUTCOME_DONE ? vmm_step_done(vmm, PROTOCOL_STEP_B_TIME_AWAITED) : outcome;
}

enum outcome act_await_end(struct vmm *vmm)
{
    enum outcome outcome = vmm_await(vmm, end_is_here);
    return outcome == OUTCOME_DONE ? vmm_step_done(vmm, PROTOCOL_STEP_B_END_AWAITED) : outcome;
}

static bool never(const struct vmm *vmm)
{
    return false;
}

enum outcome act_stand(struct vmm *vmm)
{
    return vmm_await(vmm, never);
}

/* The VP is on its way here from the survivor (join.c); then this is a backup like any other. */
static bool vp_is_here(const struct vmm *vmm)
{
    return vmm->joined;
}

enum outcome act_join(struct vmm *vmm)
{
    enum outcome outcome = vmm_await(vmm, vp_is_here);
    if (outcome != OUTCOME_DONE)
        return outcome;
    vmm->program = vmm->protocol->backup;
    vmm->at = protocol_backup_start(vmm->protocol);
    return OUTCOME_SWITCH;
}

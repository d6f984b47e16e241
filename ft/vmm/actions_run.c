/* actions_run.c - the VP executes its epoch: what lets it run, for how long, and what it comes back with (ACTION_RUN).
 */
#include "ft/vmm/actions.h"

#include "ft/computer/crash_trail.h"
#include "ft/computer/timeline_ring.h"
#include "ft/vmm/follower.h"
#include "ft/vmm/quiet.h"
#include "ft/vmm/replay.h"
#include "mmu/base/vtime.h"

uint64_t vmm_horizon_ps(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    if (vmm->suppressed) /* executing a suppressed VP touches nothing */
        return vmm_receives_on_arrival(vmm) ? vmm_next_arrival_ps(vmm) : TIME_NEVER;
    if (!vmm->linked)
        return computer_run_bound(computer);
    uint64_t foreseen_lag = quiet_foreseen_lag_ps(vmm);
    computer->ahead_ps = foreseen_lag;
    return smallest(peer_horizon_ps(&vmm->peer, foreseen_lag), computer_run_bound(computer));
}

bool vmm_at_horizon(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    if (computer_now(computer) < vmm_horizon_ps(vmm))
        return false;
    bool only_ahead = vmm->linked && !vmm->suppressed && computer->ahead_ps; /* it awaits no report */
    if (only_ahead && computer_now(computer) < computer_run_bound(computer))
        computer->sleep = SLEEP_AHEAD;
    return true;
}

uint64_t vmm_due_ps(const struct vmm *vmm)
{
    bool reported = vmm->linked && !vmm->suppressed; /* from then on it may have another speed */
    uint64_t now = computer_now(vmm->computer);
    uint64_t due = smallest(events_next_time(&vmm->computer->events), hold_due_ps(vmm));
    return reported ? smallest(due, peer_report_due_ps(&vmm->peer, now)) : due;
}

/* The recovery register counts instructions or, in the alternate embodiment, memory references; a program that makes
 * none for long has its epoch ended by its instructions. */
enum { INSNS_A_REFERENCE_MAX = 64 };
/* However long an epoch is, whoever wants to interrupt the run is looked for after so many instructions. */
enum { SLICE_INSNS = 4000000 };

static uint64_t epoch_insns_max(const struct system_config *config)
{
    return config->epoch_insns * (config->settings.epoch_counts ? INSNS_A_REFERENCE_MAX : 1);
}

static void load_recovery_register(struct vmm *vmm)
{
    struct cpu *cpu = vmm->computer->board->cpu;
    const struct system_config *config = &vmm->computer->world->config;
    vmm->epoch_start_insns = computer_insns(vmm->computer);
    vmm->epoch_start_references = cpu_references(cpu);
    if (config->settings.epoch_counts)
        cpu_limit_references(cpu, config->epoch_insns);
    points_begin(vmm);
}

static bool recovery_register_is_zero(const struct vmm *vmm)
{
    const struct computer *computer = vmm->computer;
    const struct system_config *config = &computer->world->config;
    return computer_insns(computer) - vmm->epoch_start_insns >= epoch_insns_max(config) ||
           (config->settings.epoch_counts &&
            cpu_references(computer->board->cpu) - vmm->epoch_start_references >= config->epoch_insns);
}

/* The VP runs as far as nobody else can be noticed; and where it matters how often a value has been sent, which it does
 * in the midst of running, only while nobody else can send one before. */
static uint64_t running_horizon_ps(struct vmm *vmm)
{
    const struct computer *computer = vmm->computer;
    uint64_t horizon = vmm_horizon_ps(vmm);
    if (computer->crowded)
        return 0;
    return vmm->suppressed || !computer_counts_step(computer, PROTOCOL_STEP_VALUE_SENT)
               ? horizon
               : smallest(horizon, computer_act_bound(computer));
}

/* How many instructions the VP may run before something must be looked at; 0: now. */
static uint64_t run_limit(struct vmm *vmm)
{
    const struct computer *computer = vmm->computer;
    const struct system_config *config = &computer->world->config;
    uint64_t insns = computer_insns(computer);
    uint64_t horizon = running_horizon_ps(vmm); /* before it is looked what has come by then */
    bool quiet = quiet_begin(vmm);
    uint64_t limit = vmm->epoch_start_insns + epoch_insns_max(config) - insns + quiet_insns(vmm);
    if (vmm->points.used) /* which looks at the clock where that makes something due, in the midst of an epoch too */
        limit = vmm->quiet_ends ? smallest(limit, points_until_clock(vmm)) : vmm->points.left;
    limit = smallest(limit, smallest(SLICE_INSNS, computer->turn_insns));
    limit = smallest(limit, computer_insns_until(computer, quiet ? quiet_due_ps(vmm) : vmm_due_ps(vmm)));
    limit = smallest(limit, computer_insns_until(computer, horizon));
    limit = smallest(limit, computer_insns_until_fault(computer));
    if (vmm->replay)
        limit = smallest(limit, replay_limit(vmm));
    if (config->timeout_insns)
        limit = smallest(limit, config->timeout_insns - insns);
    return computer_stop_insns(computer, limit);
}

enum outcome vmm_after_stall(struct vmm *vmm)
{
    enum outcome outcome;
    if (vmm->computer->dying || vmm->computer->over || vmm->differs || computer_stands(vmm->computer))
        return OUTCOME_AGAIN; /* whatever it stalled for before */
    switch (vmm->stall) {
    case STALL_COMMIT:
        outcome = vmm->following.leader ? follower_await_acks(vmm) : vmm_await_acks(vmm);
        return outcome == OUTCOME_DONE ? OUTCOME_AGAIN : outcome;
    case STALL_BUSY:
        vmm->wake_ps = vmm->busy_until_ps;
        return vmm->wake_ps > computer_now(vmm->computer) ? OUTCOME_SLEEP : OUTCOME_AGAIN;
    case STALL_ROOM:
        if (hold_is_open(vmm)) { /* there is none before the checkpoint */
            vmm->epoch_over = true;
            return OUTCOME_AGAIN;
        }
        vmm->wake_ps = hold_due_ps(vmm);
        return vmm->wake_ps > computer_now(vmm->computer) ? OUTCOME_SLEEP : OUTCOME_AGAIN;
    case STALL_POINT:
        points_end_here(vmm, POINT_OUTPUT);
        return OUTCOME_AGAIN;
    case STALL_OFF:
        /* [off, E] lets E run, as [end, E] does: only a failover epoch, or a replay, runs without. */
        if (!vmm->failing_over && !vmm->replay)
            vmm_differs(vmm, "the backup turns itself off where the primary did not");
        vmm->epoch_over = true;
        return OUTCOME_AGAIN;
    case STALL_OTHER:
    case STALL_LEADER:
        return OUTCOME_BLOCKED;
    case STALL_PERSON:
        return OUTCOME_REACHED;
    default:
        return OUTCOME_AGAIN;
    }
}

/* The run is over: that is a touch of the world. One that has been fenced off ends nothing: it halts. */
static enum outcome ends(struct vmm *vmm, enum system_end end, const char *why)
{
    struct computer *computer = vmm->computer;
    if (vmm->suppressed && !vmm->failing_over && computer->world->config.mode == MODE_PAIR) {
        vmm_differs(vmm, "the backup comes to an end where the primary did not");
        return OUTCOME_AGAIN;
    }
    if (!computer_may_act(computer))
        return OUTCOME_BLOCKED;
    if (computer_fenced(computer))
        computer_lose(computer);
    else
        computer_end(computer, end, 0, why);
    return OUTCOME_AGAIN;
}

static enum outcome after_run(struct vmm *vmm, enum cpu_stop stop)
{
    struct computer *computer = vmm->computer;
    switch (stop) {
    case CPU_STOP_IDLE:
        if (vmm->points.used && vmm->suppressed)
            return OUTCOME_AGAIN; /* the primary says where an epoch ends */
        if (computer->world->config.settings.epoch_on_idle && !cpu_interrupt_pending(computer->board->cpu))
            vmm->epoch_over = vmm->idle = true;
        return OUTCOME_AGAIN;
    case CPU_STOP_STALL:
        return vmm_after_stall(vmm);
    case CPU_STOP_BREAKPOINT:
    case CPU_STOP_WATCH:
    case CPU_STOP_REFERENCE:
    case CPU_STOP_TRAP:
        stops_processor(computer, stop);
        return OUTCOME_REACHED;
    case CPU_STOP_AWAITED:
        points_end_here(vmm, POINT_INTERRUPT);
        return OUTCOME_AGAIN;
    case CPU_STOP_HALTED:
        if (!hold_room(vmm, true)) { /* what it has put out comes first */
            vmm->stall = STALL_ROOM;
            return vmm_after_stall(vmm);
        }
        return ends(vmm, END_HALTED, cpu_halt_reason(computer->board->cpu));
    default:
        return OUTCOME_AGAIN;
    }
}

/* The same by its own clock. */
static uint64_t own_clock_due_ps(const struct vmm *vmm)
{
    const struct board *board = vmm->computer->board;
    return smallest(ticks_to_time(adjust_timer_due_ticks(vmm), board->clock_hz),
                    display_frame_due_ps(&board->display, vmm->frames_seen));
}

uint64_t vmm_clock_due_ps(struct vmm *vmm)
{
    int64_t hardware = (int64_t)own_clock_due_ps(vmm) - vmm->clock_offset_ps;
    return hardware > 0 ? computer_clock_to_time(vmm->computer, (uint64_t)hardware) : 0;
}

bool vmm_sleeps(struct vmm *vmm)
{
    bool follows = vmm->following.leader; /* then it sleeps at a backup, too, by the clock of its turn */
    if (!vmm->in_epoch || !vmm->idle || (vmm->suppressed && !follows) || QUEUE_COUNT(&vmm->buffered) ||
        virtio_slots_wait(&vmm->computer->board->virtio) || checkpoint_wanted(vmm))
        return false;
    if (follows)
        return own_clock_due_ps(vmm) > follower_clock(vmm);
    vmm->wake_ps = vmm_clock_due_ps(vmm);
    return vmm->wake_ps > computer_now(vmm->computer);
}

/* An epoch that a VP has nothing more to do in goes on until something is due. */
static enum outcome sleep(struct vmm *vmm)
{
    if (!vmm->following.leader)
        return OUTCOME_SLEEP;
    follower_end_turn(vmm, true);
    return OUTCOME_BLOCKED;
}

/* The epoch is over. If the VP had nothing to do, virtual time goes on to the next event that gives it something. */
static enum outcome end_of_run(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    if (vmm_sleeps(vmm))
        return sleep(vmm);
    if (!points_ended(vmm))
        return OUTCOME_AGAIN;
    vmm->in_epoch = vmm->epoch_over = vmm->idle = false;
    chronicle_epoch(computer, CHRONICLE_ENDS, vmm->epoch);
    if (!vmm->linked)
        trail_paced(computer);
    if (vmm->following.leader)
        follower_end_turn(vmm, false);
    else if (vmm->suppressed)
        peer_executed(&vmm->peer, vmm->epoch, computer_now(computer));
    cpu_dtu_flush(computer->board->cpu); /* entering the monitor delivers what the hardware holds */
    return vmm_is_backup(vmm) ? OUTCOME_DONE : vmm_step_done(vmm, PROTOCOL_STEP_RUN);
}

/* The new primary is about to execute its first instruction. */
static void note_failover(struct computer *computer)
{
    double seconds = host_thread_seconds() - computer->detected_seconds;
    computer->detected_seconds = 0;
    if (seconds > computer->failover_seconds)
        computer->failover_seconds = seconds;
}

static bool is_over(const struct vmm *vmm)
{
    return vmm->points.used ? !vmm->points.left : vmm->epoch_over || recovery_register_is_zero(vmm);
}

enum outcome act_run(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    const struct system_config *config = &computer->world->config;
    uint64_t insns = computer_insns(computer);
    if (vmm->replay && replay_over(vmm))
        return OUTCOME_AGAIN;
    if (!follower_may_run(vmm))
        return OUTCOME_BLOCKED;
    if (!vmm->in_epoch) {
        bool joins = !vmm_is_backup(vmm) && !points_at_output(vmm); /* an output comes first */
        if (joins && !vmm->join_if_due(vmm))
            return OUTCOME_BLOCKED;
        if (joins)
            join_complete(vmm);
        if ((computer->stop_epoch && vmm->epoch >= computer->stop_epoch) || stops_at_epoch(computer, vmm->epoch))
            return OUTCOME_REACHED;
        vmm->in_epoch = true;
        vmm->delivered = false;
        vmm->epoch_start_ps = computer_now(computer);
        checkpoint_epoch_begins(vmm);
        load_recovery_register(vmm);
        if (!vmm->suppressed && !vmm->following.leader)
            adjust_log_rate(vmm);
        chronicle_epoch(computer, CHRONICLE_BEGINS, vmm->epoch);
    }
    if (vmm->replay && replay_reset(vmm) && replay_over(vmm))
        return OUTCOME_AGAIN;
    if (computer_fault_due(computer, insns, vmm->epoch) || computer_stands(computer))
        return OUTCOME_AGAIN;
    if ((config->timeout_insns && insns >= config->timeout_insns) ||
        (config->timeout_ps && vmm->epoch_start_ps >= config->timeout_ps))
        return ends(vmm, END_TIMEOUT, NULL);
    if (vmm->points.used && !points_look(vmm))
        return OUTCOME_AGAIN;
    if (is_over(vmm))
        return end_of_run(vmm);
    if ((computer->stop_insns && insns >= computer->stop_insns) || computer_at_moment(computer))
        return OUTCOME_REACHED;
    uint64_t limit = run_limit(vmm);
    if (limit && computer->detected_seconds > 0 && !vmm->suppressed)
        note_failover(computer);
    if (limit) {
        enum cpu_stop stop = quiet_run(vmm, limit);
        quiet_settle(vmm, false);
        return after_run(vmm, stop);
    }
    vmm->quiet_ends = vmm->quiet_beats = 0;
    if (vmm->replay && !replay_limit(vmm))
        replay_beyond(vmm); /* else this would go on without end */
    return vmm_at_horizon(vmm) || computer_now(computer) >= running_horizon_ps(vmm) ? OUTCOME_BLOCKED : OUTCOME_AGAIN;
}

enum outcome act_run_one(struct vmm *vmm)
{
    if (vmm->epoch <= vmm->ended_epoch) {
        if (!points_at_output(vmm))
            return OUTCOME_DONE;
        act_deliver(vmm); /* the end of X, which gives nothing */
        vmm->computer->executed = vmm->epoch++;
    }
    return act_run(vmm);
}

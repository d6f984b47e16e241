/* actions.c - the mechanisms that protocols are made of, one function an action (protocol.h).
 *
 * An action is called until it is done; whatever it needs to remember meanwhile is in struct vmm.
 */
#include "ft/chronicle.h"
#include "ft/vmm.h"

#include <inttypes.h>

#include "ft/record.h"
#include "ft/replay.h"
#include "ft/system_private.h"
#include "mmu/base/vtime.h"

static bool is_backup(const struct vmm *vmm)
{
    return vmm->computer->role == ROLE_BACKUP;
}

static enum outcome done(struct vmm *vmm, enum protocol_step step)
{
    computer_step_taken(vmm->computer, step);
    return OUTCOME_DONE;
}

/* ---- run ---- */

static uint64_t smallest(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

uint64_t vmm_look_ahead_ps(const struct vmm *vmm)
{
    const struct computer *computer = vmm->computer;
    const struct system *system = computer->system;
    struct computer *peer = system_peer(computer);
    if (is_backup(vmm) || !peer || atomic_load(&peer->published_dead))
        return TIME_NEVER;
    uint64_t ahead = atomic_load(&system->primary_faults) ? computer_act_bound(computer) : TIME_NEVER;
    uint64_t published = atomic_load(&peer->published_ps);
    if (!vmm->linked || !atomic_load(&system->backup_faults) || published == TIME_NEVER)
        return ahead;
    return smallest(ahead, published + computer->channel.latency_ps);
}

/* The recovery register counts instructions or, in the alternate embodiment, memory references; a program that makes
 * none for long has its epoch ended by its instructions. */
enum { INSNS_A_REFERENCE_MAX = 64 };

static uint64_t epoch_insns_max(const struct system_config *config)
{
    return config->epoch_insns * (config->settings.epoch_counts ? INSNS_A_REFERENCE_MAX : 1);
}

static void load_recovery_register(struct vmm *vmm)
{
    struct cpu *cpu = vmm->computer->board->cpu;
    const struct system_config *config = &vmm->computer->system->config;
    vmm->epoch_start_insns = computer_insns(vmm->computer);
    vmm->epoch_start_references = cpu_references(cpu);
    if (config->settings.epoch_counts)
        cpu_limit_references(cpu, config->epoch_insns);
}

static bool recovery_register_is_zero(const struct vmm *vmm)
{
    const struct computer *computer = vmm->computer;
    const struct system_config *config = &computer->system->config;
    return computer_insns(computer) - vmm->epoch_start_insns >= epoch_insns_max(config) ||
           (config->settings.epoch_counts &&
            cpu_references(computer->board->cpu) - vmm->epoch_start_references >= config->epoch_insns);
}

/* How many instructions the VP may run before something must be looked at; 0: now. */
static uint64_t run_limit(const struct vmm *vmm)
{
    const struct computer *computer = vmm->computer;
    const struct system_config *config = &computer->system->config;
    uint64_t insns = computer_insns(computer);
    uint64_t limit = vmm->epoch_start_insns + epoch_insns_max(config) - insns;
    limit = smallest(limit, computer_insns_until(computer, events_next_time(&computer->events)));
    limit = smallest(limit, computer_insns_until(computer, vmm_look_ahead_ps(vmm)));
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
    switch (vmm->stall) {
    case STALL_COMMIT:
        outcome = vmm_await_acks(vmm);
        return outcome == OUTCOME_DONE ? OUTCOME_AGAIN : outcome;
    case STALL_OFF:
        /* [off, E] lets E run, as [end, E] does: only a failover epoch, or a replay, runs without. */
        if (!vmm->failing_over && !vmm->replay)
            system_diverged(vmm->computer, "the backup turns itself off where the primary did not");
        vmm->epoch_over = true;
        return OUTCOME_AGAIN;
    case STALL_OTHER:
        return OUTCOME_BLOCKED;
    case STALL_PERSON:
        return OUTCOME_REACHED;
    default:
        return OUTCOME_AGAIN; /* dying, or the computers differ */
    }
}

static enum outcome after_run(struct vmm *vmm, enum cpu_stop stop)
{
    struct computer *computer = vmm->computer;
    switch (stop) {
    case CPU_STOP_IDLE:
        if (computer->system->config.settings.epoch_on_idle && !cpu_interrupt_pending(computer->board->cpu))
            vmm->epoch_over = vmm->idle = true;
        return OUTCOME_AGAIN;
    case CPU_STOP_STALL:
        return vmm_after_stall(vmm);
    case CPU_STOP_BREAKPOINT:
    case CPU_STOP_WATCH:
    case CPU_STOP_TRAP:
        stops_processor(computer, stop);
        return OUTCOME_REACHED;
    case CPU_STOP_HALTED:
        system_end(computer, END_HALTED, 0, cpu_halt_reason(computer->board->cpu));
        return OUTCOME_AGAIN;
    default:
        return OUTCOME_AGAIN;
    }
}

/* When the VP's interval timer will match, in virtual time. */
static uint64_t timer_due_ps(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    uint64_t hz = computer->board->clock_hz;
    uint32_t distance = cpu_state(computer->board->cpu)->cr[CR_ITMR] - (uint32_t)vmm->timer_seen_ticks;
    uint64_t match = vmm->timer_seen_ticks + (distance ? distance : UINT64_C(1) << 32);
    int64_t hardware = (int64_t)ticks_to_time(match, hz) - vmm->clock_offset_ps;
    return hardware > 0 ? computer_clock_to_time(computer, (uint64_t)hardware) : 0;
}

/* Has the VP nothing to do before vmm->wake_ps, which is later than now? */
static bool sleeps(struct vmm *vmm)
{
    if (!vmm->in_epoch || !vmm->idle || vmm->suppressed || QUEUE_COUNT(&vmm->buffered) ||
        virtio_slots_wait(&vmm->computer->board->virtio))
        return false;
    vmm->wake_ps = timer_due_ps(vmm);
    return vmm->wake_ps > computer_now(vmm->computer);
}

/* The epoch is over. If the VP had nothing to do, virtual time goes on to the next event that gives it something. */
static enum outcome end_of_run(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    if (sleeps(vmm))
        return OUTCOME_SLEEP;
    vmm->in_epoch = vmm->epoch_over = vmm->idle = false;
    chronicle_epoch(computer, CHRONICLE_ENDS, vmm->epoch);
    cpu_dtu_flush(computer->board->cpu); /* entering the monitor delivers what the hardware holds */
    return is_backup(vmm) ? OUTCOME_DONE : done(vmm, PROTOCOL_STEP_RUN);
}

/* The new primary is about to execute its first instruction. */
static void note_failover(struct computer *computer)
{
    double seconds = system_thread_clock() - computer->detected_seconds;
    computer->detected_seconds = 0;
    if (seconds > computer->system->failover_seconds)
        computer->system->failover_seconds = seconds;
}

static enum outcome act_run(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    const struct system_config *config = &computer->system->config;
    uint64_t insns = computer_insns(computer);
    if (vmm->replay && replay_over(vmm))
        return OUTCOME_AGAIN;
    if (!computer_may_fail(computer))
        return sleeps(vmm) ? OUTCOME_SLEEP : OUTCOME_BLOCKED;
    if (!vmm->in_epoch) {
        if (!is_backup(vmm) && !join_if_due(vmm))
            return OUTCOME_BLOCKED;
        if ((computer->stop_epoch && vmm->epoch >= computer->stop_epoch) || stops_at_epoch(computer, vmm->epoch))
            return OUTCOME_REACHED;
        vmm->in_epoch = true;
        load_recovery_register(vmm);
        chronicle_epoch(computer, CHRONICLE_BEGINS, vmm->epoch);
    }
    if (computer_fault_due(computer, insns, vmm->epoch))
        return OUTCOME_AGAIN;
    if (config->timeout_insns && insns >= config->timeout_insns) {
        system_end(computer, END_TIMEOUT, 0, NULL);
        return OUTCOME_AGAIN;
    }
    if (vmm->epoch_over || recovery_register_is_zero(vmm))
        return end_of_run(vmm);
    if ((computer->stop_insns && insns >= computer->stop_insns) || computer_at_moment(computer))
        return OUTCOME_REACHED;
    uint64_t limit = run_limit(vmm);
    if (limit && computer->detected_seconds > 0 && !vmm->suppressed)
        note_failover(computer);
    if (limit)
        return after_run(vmm, cpu_run(computer->board->cpu, limit));
    return computer_now(computer) >= vmm_look_ahead_ps(vmm) ? OUTCOME_BLOCKED : OUTCOME_AGAIN;
}

/* ---- the end of an epoch ---- */

static enum outcome act_take_clock(struct vmm *vmm)
{
    if (vmm->epoch == vmm->start_epoch)
        return OUTCOME_DONE; /* a new backup's VP has come with the clock of that epoch's end */
    while (QUEUE_COUNT(&vmm->clocks) && QUEUE_FRONT(&vmm->clocks)->epoch < vmm->epoch)
        QUEUE_POP(&vmm->clocks);
    if (QUEUE_COUNT(&vmm->clocks) && QUEUE_FRONT(&vmm->clocks)->epoch == vmm->epoch) {
        vmm->end_clock_ps = QUEUE_FRONT(&vmm->clocks)->clock_ps;
        if (vmm->end_clock_ps > vmm->last_clock_ps)
            vmm->last_clock_ps = vmm->end_clock_ps;
    } else {
        vmm->end_clock_ps = vmm_clock(vmm); /* the primary's own; P7: the new primary's, if none was sent */
    }
    return OUTCOME_DONE;
}

static enum outcome act_add_due(struct vmm *vmm)
{
    if (board_timer_due(vmm->computer->board, vmm->end_clock_ps, &vmm->timer_seen_ticks))
        vmm_buffer(vmm, &(struct interrupt){.epoch = vmm->epoch, .kind = INTERRUPT_TIMER});
    return OUTCOME_DONE;
}

/* Is a completion that came out of a log of an operation that this VP has issued? */
static bool is_of_issued(const struct vmm *vmm, const struct disk_completion *end)
{
    const struct history *history = &vmm->computer->history;
    if (!end->number || end->number > history->operations.count)
        return false;
    const struct history_operation *op = &history->operations.at[end->number - 1];
    bool data = end->opcode == DISK_READ && end->status == DISK_COMPLETED;
    return op->opcode == end->opcode && end->size_bytes == (data ? op->count * DISK_BLOCK_BYTES : 0);
}

static void deliver_one(struct vmm *vmm, const struct interrupt *interrupt)
{
    struct computer *computer = vmm->computer;
    struct board *board = computer->board;
    switch (interrupt->kind) {
    case INTERRUPT_DISK:
        if (!is_of_issued(vmm, &interrupt->disk)) {
            system_diverged(computer, "a disk's interrupt in the log is of no operation that the guest has issued");
            break;
        }
        board_disk_complete(board, &interrupt->disk);
        break;
    case INTERRUPT_REFUSED:
        board_disk_complete(board, &interrupt->disk);
        break;
    case INTERRUPT_CONSOLE:
        if (vmm->console_buffered)
            vmm->console_buffered--;
        history_input(&computer->history, interrupt->byte,
                      (struct history_place){vmm->epoch, computer_insns(computer)});
        board_receive(board, interrupt->byte);
        break;
    case INTERRUPT_TIMER:
        cpu_post_external(board->cpu, IRQ_TIMER);
        break;
    case INTERRUPT_LOST:
        board_lose(board);
        break;
    case INTERRUPT_UNCERTAIN:
        board_uncertain(board);
        break;
    }
}

void vmm_deliver(struct vmm *vmm, struct interrupt *interrupt)
{
    record_delivery(vmm, interrupt);
    deliver_one(vmm, interrupt);
    interrupt_free(interrupt);
}

static void forget_unperformed(struct vmm *vmm)
{
    for (size_t i = 0; i < vmm->unperformed.count; i++)
        free(vmm->unperformed.at[i].data);
    vmm->unperformed.count = 0;
}

static void reset_guest(struct vmm *vmm)
{
    struct error error;
    vmm->resetting = false;
    computer_disk_forget(vmm->computer);
    forget_unperformed(vmm);
    system_enter_image(vmm->computer->system, vmm->computer->board, &error);
}

static enum outcome act_deliver(struct vmm *vmm)
{
    record_epoch_end(vmm);
    while (QUEUE_COUNT(&vmm->buffered) && QUEUE_FRONT(&vmm->buffered)->epoch <= vmm->epoch) {
        struct interrupt interrupt = *QUEUE_FRONT(&vmm->buffered);
        QUEUE_POP(&vmm->buffered);
        vmm_deliver(vmm, &interrupt);
    }
    virtio_slots_finish(&vmm->computer->board->virtio);
    vmm_give_traps(vmm);
    if (vmm->resetting)
        reset_guest(vmm);
    chronicle_epoch(vmm->computer, CHRONICLE_DELIVERED, vmm->epoch);
    vmm_digest_due(vmm);
    return done(vmm, is_backup(vmm) ? PROTOCOL_STEP_B_DELIVERED : PROTOCOL_STEP_DELIVERED);
}

/* Is a backup that has executed DONE epochs too far behind? Where a message is certain only when its sender has lived
 * on, the backup cannot take what it needs before the primary's clock has reached its arrival: until then it is not. */
static bool lags(struct vmm *vmm, uint64_t done)
{
    const struct computer *computer = vmm->computer;
    const struct settings *settings = &computer->system->config.settings;
    if (vmm->epoch <= done + settings->lag_epochs)
        return false;
    if (!settings->channel_crash && !broken(computer->system, ASSUMPTION_DETECTION))
        return true;
    if (vmm->lag_done != done || !vmm->lag_until_ps) {
        vmm->lag_done = done;
        vmm->lag_until_ps = computer->channel.last_arrival_ps;
    }
    return computer_now(computer) >= vmm->lag_until_ps;
}

/* Is PEER too far behind? What was seen of it last is looked at first: its own word is in the cache of another core. */
static bool peer_lags(struct vmm *vmm, const struct computer *peer)
{
    if (vmm->peer_executed > vmm->epoch || lags(vmm, vmm->peer_executed))
        vmm->peer_executed = atomic_load(&peer->published_epoch);
    return lags(vmm, vmm->peer_executed);
}

/* The epoch boundary costs what the settings say; then E := E + 1. */
static enum outcome count_epoch(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    const struct settings *settings = &computer->system->config.settings;
    struct computer *peer = system_peer(computer);
    /* The backup's host thread may be only so far behind (protocol.md section 2, c). Virtual time does not notice. */
    if (peer && !is_backup(vmm) && vmm->linked && !vmm->join && !computer->system->stepping &&
        !atomic_load(&peer->published_dead) && (peer_lags(vmm, peer) || vmm_digest_waits(vmm, peer)))
        return OUTCOME_BLOCKED;
    uint64_t simulated = cpu_simulated(computer->board->cpu);
    uint64_t cost =
        settings->cost_epoch_ns * 1000 + (simulated - vmm->simulated_seen) * settings->cost_simulate_ns * 1000;
    vmm->simulated_seen = simulated;
    if (cost)
        computer_sleep_until(computer, computer_now(computer) + cost);
    if (!is_backup(vmm))
        join_complete(vmm);
    atomic_store_explicit(&computer->published_epoch, vmm->epoch, memory_order_release);
    vmm->epoch++;
    return OUTCOME_DONE;
}

/* What becomes known during the turns after an epoch belongs to the next one already. */
static enum outcome act_next_epoch(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    enum outcome outcome = computer->turns ? OUTCOME_DONE : count_epoch(vmm);
    /* A backup has epoch 0, at whose end it waits for [end, 1]; the primary has none. */
    if (outcome != OUTCOME_DONE || !computer->besides.count || vmm->epoch == 1)
        return outcome;
    computer->turns = true;
    if (computer_fault_due(computer, computer_insns(computer), 0))
        return OUTCOME_AGAIN;
    outcome = besides_run(vmm);
    computer->turns = outcome != OUTCOME_DONE;
    return outcome;
}

/* ---- at the primary ---- */

static enum outcome act_send_time(struct vmm *vmm)
{
    struct message message = {.message_class = MESSAGE_TIME, .epoch = vmm->epoch, .value = vmm->end_clock_ps};
    vmm_send(vmm, &message);
    return done(vmm, PROTOCOL_STEP_TIME_SENT);
}

static enum outcome act_await_acks(struct vmm *vmm)
{
    enum outcome outcome = vmm_await_acks(vmm);
    if (outcome != OUTCOME_DONE)
        return outcome;
    vmm->await_arrival_ps = 0;
    return done(vmm, PROTOCOL_STEP_ACKS_AWAITED);
}

static enum outcome act_send_end(struct vmm *vmm)
{
    struct message message = {.message_class = MESSAGE_END, .epoch = vmm->epoch, .value = vmm->end_clock_ps};
    vmm_send(vmm, &message);
    return done(vmm, PROTOCOL_STEP_END_SENT);
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

static enum outcome act_await_time(struct vmm *vmm)
{
    enum outcome outcome = vmm_await(vmm, time_is_here);
    return outcome == OUTCOME_DONE ? done(vmm, PROTOCOL_STEP_B_TIME_AWAITED) : outcome;
}

static enum outcome act_await_end(struct vmm *vmm)
{
    enum outcome outcome = vmm_await(vmm, end_is_here);
    return outcome == OUTCOME_DONE ? done(vmm, PROTOCOL_STEP_B_END_AWAITED) : outcome;
}

/* The VP is on its way here from the survivor (join.c); then this is a backup like any other. */
static bool vp_is_here(const struct vmm *vmm)
{
    return vmm->joined;
}

static enum outcome act_join(struct vmm *vmm)
{
    enum outcome outcome = vmm_await(vmm, vp_is_here);
    if (outcome != OUTCOME_DONE)
        return outcome;
    vmm->program = vmm->protocol->backup;
    vmm->at = vmm->protocol->backup_start;
    return OUTCOME_SWITCH;
}

/* ---- fail-over ---- */

static enum outcome act_ask_arbiter(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    if (!computer_may_act(computer))
        return OUTCOME_BLOCKED;
    if (!system_arbitrate(computer)) {
        system_tell(computer, "another computer was first at the arbiter: this one halts");
        computer->dying = true;
        return OUTCOME_AGAIN;
    }
    return done(vmm, PROTOCOL_STEP_ARBITER_ASKED);
}

static enum outcome act_fence(struct vmm *vmm)
{
    system_fence(vmm->computer);
    return done(vmm, PROTOCOL_STEP_FENCED);
}

static enum outcome act_tell_operator(struct vmm *vmm)
{
    uint64_t numbers[BOARD_OUTSTANDING_MAX];
    unsigned outstanding = board_outstanding(vmm->computer->board, numbers);
    system_tell(vmm->computer,
                "the primary is declared failed: last end of epoch received %" PRIu64 ", last message at %.6f s; "
                "%u disk command%s outstanding at the end of epoch %" PRIu64,
                vmm->ended_epoch, (double)vmm->received_ps / (double)PS_PER_S, outstanding, outstanding == 1 ? "" : "s",
                vmm->epoch);
    return OUTCOME_DONE;
}

/* Figure 7, step 312: what was logged in X+1 is deleted; that epoch will be another instruction stream. Input is not
 * lost by it: the terminal repeats what no live VP's log has. */
static enum outcome act_discard(struct vmm *vmm)
{
    size_t kept = vmm->buffered.first;
    for (size_t i = vmm->buffered.first; i < vmm->buffered.items.count; i++) {
        struct interrupt *interrupt = &vmm->buffered.items.at[i];
        if (interrupt->epoch <= vmm->epoch) {
            vmm->buffered.items.at[kept++] = *interrupt;
            continue;
        }
        if (interrupt->kind == INTERRUPT_CONSOLE) {
            vmm->console_buffered--;
            if (interrupt->number < vmm->input_number)
                vmm->input_number = interrupt->number;
        }
        interrupt_free(interrupt);
    }
    vmm->buffered.items.count = kept;
    if (kept == vmm->buffered.first)
        vmm->buffered.items.count = vmm->buffered.first = 0;
    QUEUE_FREE(&vmm->values);
    vmm->values.first = 0;
    return OUTCOME_DONE;
}

static enum outcome act_connect(struct vmm *vmm)
{
    /* The disk is reached with the new generation from here on; the connection that the VP has is now this computer's.
     */
    return done(vmm, PROTOCOL_STEP_CONNECTED);
}

/* For the operator: what the guest will be told of outstanding command NUMBER. */
static void tell_outcome(struct vmm *vmm, uint64_t number)
{
    const struct history_operation *op = &vmm->computer->history.operations.at[number - 1];
    char name[DISK_NAME_BYTES];
    bool completed = false;
    for (size_t i = vmm->buffered.first; i < vmm->buffered.items.count; i++)
        completed |=
            vmm->buffered.items.at[i].kind == INTERRUPT_DISK && vmm->buffered.items.at[i].disk.number == number;
    bool again = vmm->policy == FAILOVER_REISSUE || !board_retries(vmm->computer->board, op->device);
    disk_describe(op, name);
    system_tell(vmm->computer, "%s: %s", name,
                completed ? "its completion was received before the failure: told completed"
                : again   ? "outcome unknown: the VMM issues it again"
                : op->device == DISK_DEVICE_CONTROLLER ? "outcome unknown: the guest is told disconnected"
                                                       : "outcome unknown: the guest is told to issue it again");
}

static enum outcome act_tell_outstanding(struct vmm *vmm)
{
    struct board *board = vmm->computer->board;
    uint64_t numbers[BOARD_OUTSTANDING_MAX];
    unsigned outstanding = board_outstanding(board, numbers);
    bool open = board->disk.state.connected || outstanding;
    for (unsigned i = 0; i < outstanding; i++)
        tell_outcome(vmm, numbers[i]);
    if (vmm->policy == FAILOVER_DISCONNECT && open)
        vmm_buffer(vmm, &(struct interrupt){.epoch = vmm->epoch, .kind = INTERRUPT_LOST});
    else if (vmm->policy == FAILOVER_UNCERTAIN)
        vmm_buffer(vmm, &(struct interrupt){.epoch = vmm->epoch, .kind = INTERRUPT_UNCERTAIN});
    return done(vmm, PROTOCOL_STEP_OUTSTANDING_TOLD);
}

/* The VMM issues again, in order of issue, what is outstanding, and the guest learns nothing: everything with policy
 * reissue, else what its guest has no way to be told of (virtio-blk). Returns how many. */
static unsigned reissue(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    unsigned again = 0;
    for (size_t i = 0; i < vmm->unperformed.count; i++) {
        struct disk_operation *op = &vmm->unperformed.at[i];
        if (vmm->policy != FAILOVER_REISSUE && board_retries(computer->board, op->device))
            continue;
        computer->history.operations.at[op->number - 1].reissued = true;
        computer_disk_issue(computer, op, 0);
        op->data = NULL;
        again++;
    }
    forget_unperformed(vmm);
    return again;
}

/* Issue the suppressed output whose epoch has not ended, with its numbers. */
static void issue_held(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    if (!QUEUE_COUNT(&vmm->held))
        return;
    *VEC_PUSH(&computer->history.repetitions) =
        (struct history_repetition){computer->generation, QUEUE_FRONT(&vmm->held)->number, vmm->ended_epoch + 1};
    for (; QUEUE_COUNT(&vmm->held); QUEUE_POP(&vmm->held))
        computer_terminal_put(computer, QUEUE_FRONT(&vmm->held)->number, &QUEUE_FRONT(&vmm->held)->byte, 1);
}

static enum outcome act_promote(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    unsigned again = (unsigned)QUEUE_COUNT(&vmm->held);
    vmm->suppressed = vmm->failing_over = vmm->linked = false;
    vmm->alone = true;
    if (computer_step_taken(computer, PROTOCOL_STEP_PROMOTED))
        return OUTCOME_AGAIN;
    computer->role = ROLE_PRIMARY; /* Processor_Type, figure 7 step 308 */
    computer->system->failovers++;
    again += reissue(vmm);
    issue_held(vmm);
    besides_promote(computer);
    vmm_expect_input(vmm);
    system_tell(computer,
                "promoted: live from epoch %" PRIu64 ", instruction %" PRIu64 "; policy %s, the VMM issued %u output%s "
                "again",
                vmm->epoch, computer_insns(computer), failover_policy_name(vmm->policy), again, again == 1 ? "" : "s");
    vmm->program = vmm->protocol->primary;
    vmm->at = 0;
    return OUTCOME_SWITCH;
}

static enum outcome act_loop(struct vmm *vmm)
{
    vmm->at = 0;
    return OUTCOME_SWITCH;
}

typedef enum outcome act(struct vmm *vmm);

static act *const actions[ACTION_COUNT] = {
    [ACTION_LOOP] = act_loop,
    [ACTION_RUN] = act_run,
    [ACTION_TAKE_CLOCK] = act_take_clock,
    [ACTION_ADD_DUE] = act_add_due,
    [ACTION_DELIVER] = act_deliver,
    [ACTION_NEXT_EPOCH] = act_next_epoch,
    [ACTION_SEND_TIME] = act_send_time,
    [ACTION_AWAIT_ACKS] = act_await_acks,
    [ACTION_SEND_END] = act_send_end,
    [ACTION_AWAIT_TIME] = act_await_time,
    [ACTION_AWAIT_END] = act_await_end,
    [ACTION_JOIN] = act_join,
    [ACTION_ASK_ARBITER] = act_ask_arbiter,
    [ACTION_FENCE] = act_fence,
    [ACTION_TELL_OPERATOR] = act_tell_operator,
    [ACTION_DISCARD] = act_discard,
    [ACTION_CONNECT] = act_connect,
    [ACTION_TELL_OUTSTANDING] = act_tell_outstanding,
    [ACTION_PROMOTE] = act_promote,
    [ACTION_FOLLOW] = replay_follow,
    [ACTION_FOLLOW_LATE] = replay_follow_late,
};

enum outcome vmm_act(struct vmm *vmm, enum action action)
{
    return actions[action](vmm);
}

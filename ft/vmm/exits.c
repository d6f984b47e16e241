/* exits.c - what lies below a virtual processor's board: the VMM's side of its environment instructions and of its I/O.
 *
 * At a primary an environment value is made, logged and sent (P0); at a backup it is taken from the log (P6). An output
 * of a suppressed VP is a no-op that is kept as outstanding; a live one is issued, after the acknowledgements that the
 * protocol wants.
 */
#include "ft/computer/crash_trail.h"
#include "ft/computer/timeline_ring.h"
#include "ft/vmm/vmm.h"

#include <inttypes.h>
#include <string.h>

#include "ft/vmm/follower.h"
#include "ft/vmm/quiet.h"
#include "ft/vmm/tape.h"
#include "ft/recording.h"
#include "ft/vmm/replay.h"
#include "mmu/base/vtime.h"

/* The VP has come out to its monitor. The ends of epochs that it has passed are over first. */
static struct vmm *vmm_of(void *arg)
{
    struct vmm *vmm = ((struct computer *)arg)->vmm;
    quiet_settle(vmm, true);
    return vmm;
}

static uint64_t epoch_index(const struct vmm *vmm)
{
    return computer_insns(vmm->computer) - vmm->epoch_start_insns;
}

/* ---- environment instructions ---- */

static enum phys_result stall(struct vmm *vmm, enum stall why)
{
    vmm->stall = why;
    return PHYS_STALL;
}

/* The value that the primary sent for this instruction, if it is in the log. */
static bool logged_value(struct vmm *vmm, enum value_kind kind, uint64_t *number)
{
    if (!QUEUE_COUNT(&vmm->values) || QUEUE_FRONT(&vmm->values)->epoch != vmm->epoch)
        return false;
    const struct logged_value *value = QUEUE_FRONT(&vmm->values);
    if (value->index != epoch_index(vmm) || value->kind != kind)
        return false;
    *number = value->value;
    QUEUE_POP(&vmm->values);
    return true;
}

static enum phys_result suppressed_clock(struct vmm *vmm, uint64_t *clock_ps)
{
    if (broken(vmm->computer->world, ASSUMPTION_CLOCK) || vmm->following.leader) {
        *clock_ps = vmm_clock(vmm);
        return PHYS_OK;
    }
    if (logged_value(vmm, VALUE_CLOCK, clock_ps)) {
        if (*clock_ps > vmm->last_clock_ps)
            vmm->last_clock_ps = *clock_ps;
        return PHYS_OK;
    }
    if (!vmm->failing_over) {
        vmm_differs(vmm, "an environment instruction has no value in the log");
        return stall(vmm, STALL_NONE);
    }
    *clock_ps = vmm_clock(vmm); /* after the last value that arrived, the new primary's own */
    return PHYS_OK;
}

/* P0: send [E, Val]. */
static enum phys_result send_value(struct vmm *vmm, enum value_kind kind, uint64_t value)
{
    if (!vmm->linked)
        return PHYS_OK;
    if (vmm->checkpoint.used) { /* nobody is told */
        trail_paced(vmm->computer);
        return PHYS_OK;
    }
    vmm_send_value(vmm, &(struct logged_value){vmm->epoch, epoch_index(vmm), value, kind});
    return computer_step_taken(vmm->computer, PROTOCOL_STEP_VALUE_SENT) ? PHYS_STALL : PHYS_OK;
}

static enum phys_result live_clock(struct vmm *vmm, uint64_t *clock_ps)
{
    *clock_ps = vmm_clock(vmm);
    if (!vmm->linked)
        trail_paced(vmm->computer);
    return send_value(vmm, VALUE_CLOCK, *clock_ps);
}

static enum phys_result clock_read(void *arg, uint64_t *clock_ps)
{
    struct vmm *vmm = vmm_of(arg);
    enum phys_result result = vmm->replay       ? replay_value(vmm, VALUE_CLOCK, clock_ps)
                              : vmm->suppressed ? suppressed_clock(vmm, clock_ps)
                                                : live_clock(vmm, clock_ps);
    if (result == PHYS_OK)
        tape_value(vmm, VALUE_CLOCK, *clock_ps);
    return result;
}

/* Random bits: the computer's own, or those that the log has. */
static enum phys_result suppressed_entropy(struct vmm *vmm, uint64_t *value)
{
    if (logged_value(vmm, VALUE_ENTROPY, value))
        return PHYS_OK;
    if (!vmm->failing_over) {
        vmm_differs(vmm, "a request for random bits has no value in the log");
        return stall(vmm, STALL_NONE);
    }
    *value = rng_next(&vmm->computer->entropy_rng);
    return PHYS_OK;
}

static enum phys_result live_entropy(struct vmm *vmm, uint64_t *value)
{
    *value = rng_next(&vmm->computer->entropy_rng);
    return send_value(vmm, VALUE_ENTROPY, *value);
}

static enum phys_result entropy(void *arg, uint64_t *value)
{
    struct vmm *vmm = vmm_of(arg);
    enum phys_result result = vmm->replay       ? replay_value(vmm, VALUE_ENTROPY, value)
                              : vmm->suppressed ? suppressed_entropy(vmm, value)
                                                : live_entropy(vmm, value);
    if (result == PHYS_OK)
        tape_value(vmm, VALUE_ENTROPY, *value);
    return result;
}

/* Something may be due earlier, or wait, of which the present run does not know. */
static void look_again(struct vmm *vmm)
{
    if (vmm->points.used)
        board_request_stop(vmm->computer->board);
}

static void timer_set(void *arg, unsigned processor)
{
    struct vmm *vmm = vmm_of(arg);
    look_again(vmm);
    if (vmm->points.used && !vmm->suppressed)
        adjust_timer_set(vmm);
    /* A virtual processor's interval timer is looked at when an epoch ends (ACTION_ADD_DUE), if that has a length. */
}

/* ---- outputs ---- */

bool vmm_output_commit(const struct vmm *vmm)
{
    return vmm->protocol->output != OUTPUT_AT_ONCE && !broken(vmm->computer->world, ASSUMPTION_OUTPUT_COMMIT);
}

uint64_t vmm_output_since(const struct vmm *vmm)
{
    return vmm->output_since_ps ? vmm->output_since_ps : computer_now(vmm->computer);
}

enum phys_result vmm_output_ready(struct vmm *vmm, bool commit)
{
    struct computer *computer = vmm->computer;
    vmm_send_waiting(vmm); /* what the output may depend on is on its way before it */
    if (commit && !vmm->alone && vmm_await_acks(vmm) != OUTCOME_DONE)
        return stall(vmm, STALL_COMMIT);
    if (!computer_may_act(computer))
        return stall(vmm, STALL_OTHER);
    if (!computer_fenced(computer))
        return PHYS_OK;
    computer_lose(computer); /* another went live: the loser halts before its next output */
    return stall(vmm, STALL_NONE);
}

uint64_t vmm_take_simulated_ps(struct vmm *vmm)
{
    const struct settings *settings = &vmm->computer->world->config.settings;
    uint64_t simulated = cpu_simulated(vmm->computer->board->cpu), seen = vmm->simulated_seen;
    vmm->simulated_seen = simulated;
    return (simulated - seen) * settings->cost_simulate_ns * 1000;
}

/* What the monitor simulates takes its time when it does so. That can be noticed from outside at an epoch's end, where
 * it is counted, and at an output, which comes after it. */
static bool is_busy(struct vmm *vmm)
{
    uint64_t now = computer_now(vmm->computer), cost = vmm_take_simulated_ps(vmm);
    if (cost)
        vmm->busy_until_ps = now + cost;
    return now < vmm->busy_until_ps;
}

static enum phys_result live_output_ready(struct vmm *vmm, enum output_kind kind)
{
    struct computer *computer = vmm->computer;
    bool last = kind == OUTPUT_POWER || kind == OUTPUT_RESET;
    if (is_busy(vmm)) {
        vmm->output_since_ps = 0; /* not yet */
        return stall(vmm, STALL_BUSY);
    }
    if (!hold_room(vmm, last))
        return stall(vmm, STALL_ROOM);
    if (!computer_in_order(computer))
        return stall(vmm, STALL_OTHER);
    if (computer_fault_at(computer, computer->board->state.outputs + 1, OPERATION_BEFORE, NULL) ||
        computer_stands(computer))
        return PHYS_STALL;
    if (!last && hold_wanted(vmm))
        return PHYS_OK; /* it is held */
    enum phys_result ready = vmm->following.leader ? follower_output_ready(vmm, last)
                                                   : vmm_output_ready(vmm, vmm_output_commit(vmm) || last);
    if (ready != PHYS_OK)
        return ready;
    trail_asked(computer);
    if (vmm_output_commit(vmm) && !vmm->alone && computer_step_taken(computer, PROTOCOL_STEP_COMMIT_AWAITED))
        return PHYS_STALL;
    vmm->peer.await_arrival_ps = 0;
    return PHYS_OK;
}

static enum phys_result output_ready(void *arg, enum output_kind kind)
{
    struct vmm *vmm = vmm_of(arg);
    if (!vmm->suppressed)
        vmm->output_since_ps = vmm_output_since(vmm);
    if (points_end_before_output(vmm))
        return stall(vmm, STALL_POINT);
    if (stops_at_output(arg))
        return stall(vmm, STALL_PERSON);
    if (!vmm->suppressed)
        return live_output_ready(vmm, kind);
    if (kind == OUTPUT_POWER && vmm->replay)
        return replay_off_ready(vmm);
    if (kind == OUTPUT_POWER && !vmm->off_known && !vmm->following.leader)
        return stall(vmm, STALL_OFF);
    return PHYS_OK;
}

/* May what is put out now at a suppressed VP have to be issued at a promotion? *EPOCH: it is of that. */
static bool holds(const struct vmm *vmm, uint64_t *epoch)
{
    *epoch = vmm->epoch;
    if (vmm->following.leader)
        return vmm->suppressed && follower_holds(vmm, epoch);
    return vmm->suppressed &&
           (!vmm->points.used || vmm->protocol->output == OUTPUT_HOLD || vmm->epoch > vmm->ended_epoch);
}

static void terminal_put(void *arg, uint64_t first_number, const uint8_t *bytes, size_t size)
{
    struct computer *computer = arg;
    struct vmm *vmm = vmm_of(arg);
    for (size_t i = 0; i < size; i++)
        history_output(&computer->history, bytes[i], (struct history_place){vmm->epoch, computer_insns(computer)});
    if (hold_wanted(vmm)) {
        hold_bytes(vmm, first_number, bytes, size);
        return;
    }
    if (!vmm->suppressed || vmm->replay)
        computer_terminal_put(computer, first_number, bytes, size);
    if (!vmm->suppressed)
        vmm->performed_out = first_number + size - 1;
    if (vmm->suppressed)
        computer->operations.suppressed++;
    else
        computer->operations.issued++;
    if (vmm->suppressed)
        chronicle_terminal(computer, CHRONICLE_HELD, first_number + size - 1, (uint32_t)size);
    uint64_t epoch;
    for (size_t i = 0; holds(vmm, &epoch) && i < size; i++)
        if (first_number + i > vmm->performed_out)
            *QUEUE_PUSH(&vmm->held) = (struct held_output){epoch, first_number + i, bytes[i]};
}

static void frame_put(void *arg, uint64_t number, const uint8_t *bytes, uint32_t size)
{
    struct computer *computer = arg;
    struct vmm *vmm = vmm_of(arg);
    history_send(&computer->history,
                 &(struct history_frame){number, network_content(bytes, size), {vmm->epoch, computer_insns(computer)}});
    if (hold_wanted(vmm)) {
        hold_frame(vmm, number, bytes, size);
        return;
    }
    if (!vmm->suppressed) {
        computer_frame_put(computer, number, bytes, size);
        vmm->performed_frames = number;
    } else if (!vmm->replay && number > vmm->performed_frames) {
        held_frame_add(&vmm->held_frames, vmm->epoch, number, bytes, size);
    }
    if (vmm->suppressed)
        computer->operations.suppressed++;
    else
        computer->operations.issued++;
}

static void disk_issue(void *arg, const struct disk_operation *op)
{
    struct computer *computer = arg;
    struct vmm *vmm = vmm_of(arg);
    uint64_t before = history_issue(&computer->history, op, vmm->epoch, computer_insns(computer));
    if (before && !vmm->suppressed) {
        char name[DISK_NAME_BYTES];
        disk_describe(history_operation(&computer->history, before), name);
        computer_tell_rule(computer, vmm->policy == FAILOVER_DISCONNECT ? RULE_STEP_320 : RULE_P8,
                           "the guest issues %s again, as %" PRIu64, name, op->number);
    }
    if (op->refused) {
        struct disk_completion end = {.number = op->number,
                                      .command = op->command,
                                      .opcode = op->opcode,
                                      .status = DISK_ERROR,
                                      .detail = op->refused};
        vmm_buffer(vmm, &(struct interrupt){.epoch = vmm->epoch, .kind = INTERRUPT_REFUSED, .disk = end});
        look_again(vmm);
    } else if (vmm->suppressed) {
        computer->operations.suppressed++;
        chronicle_disk(computer, CHRONICLE_SUPPRESSED, op->number);
        *VEC_PUSH(&vmm->unperformed) = *op;
    } else if (hold_wanted(vmm)) {
        hold_disk(vmm, op);
    } else {
        computer_disk_issue(computer, op, computer->board->state.outputs);
    }
}

static void output_issued(void *arg, bool has_outcome)
{
    struct computer *computer = arg;
    struct vmm *vmm = vmm_of(arg);
    if (hold_wanted(vmm))
        hold_made(vmm);
    if (hold_wanted(vmm) || vmm->suppressed)
        return;
    lags_add(&computer->delays, computer_now(computer) - vmm_output_since(vmm));
    vmm->output_since_ps = 0;
    computer_output_issued(computer, computer->board->state.outputs, has_outcome);
    if (!computer->dying)
        hold_tell(vmm, computer->board->state.outputs);
}

static void power_off(void *arg, uint8_t status)
{
    struct computer *computer = arg;
    struct vmm *vmm = vmm_of(arg);
    cpu_request_stop(computer->board->cpu);
    tape_off(vmm, status);
    if (vmm->replay) {
        replay_off(vmm, status);
        return;
    }
    if (vmm->suppressed && !vmm->following.leader) {
        computer->over = computer->followed = true; /* [off, E] has come: the primary has done it */
        return;
    }
    struct message message = {.message_class = MESSAGE_OFF, .epoch = vmm->epoch, .value = status};
    vmm_send(vmm, &message);
    computer_end(computer, END_EXIT, status, NULL);
}

static void reset(void *arg)
{
    struct computer *computer = arg;
    struct vmm *vmm = vmm_of(arg);
    vmm->resetting = vmm->epoch_over = true;
    cpu_request_stop(computer->board->cpu);
}

/* ---- what the guest is told, and the rest ---- */

static void forget_one(struct vmm *vmm, uint64_t number)
{
    for (size_t i = 0; i < vmm->unperformed.count; i++) {
        if (vmm->unperformed.at[i].number != number)
            continue;
        free(vmm->unperformed.at[i].data);
        for (vmm->unperformed.count--; i < vmm->unperformed.count; i++) /* they stay in order of issue */
            vmm->unperformed.at[i] = vmm->unperformed.at[i + 1];
    }
}

static void disk_told(void *arg, const struct disk_completion *end)
{
    struct computer *computer = arg;
    forget_one(vmm_of(arg), end->number);
    history_told(&computer->history, end);
    if (end->status != DISK_DISCONNECTED)
        return;
    computer_disk_forget_one(computer, end->number);
    hold_forget_one(computer->vmm, end->number);
}

static void input_wanted(void *arg)
{
    struct vmm *vmm = vmm_of(arg);
    if (!vmm->suppressed)
        computer_expect_input(arg);
}

static void display_wanted(void *arg)
{
    struct vmm *vmm = vmm_of(arg);
    look_again(vmm);
    if (!vmm->suppressed)
        computer_expect_events(arg);
}

static void net_mac(void *arg, uint8_t *bytes)
{
    const struct computer *computer = arg;
    memcpy(bytes, computer->world->config.network.mac, NETWORK_MAC_BYTES);
}

static void frames_wanted(void *arg)
{
    struct vmm *vmm = vmm_of(arg);
    if (!vmm->suppressed)
        computer_expect_frames(arg);
}

static uint32_t disk_blocks(void *arg, unsigned device)
{
    const struct computer *computer = arg;
    const struct recording_file *replay = computer->world->config.replay;
    return replay ? replay->about.disk_blocks[device] : computer_disk_blocks(computer, device);
}

static void later(void *arg, unsigned slot)
{
    look_again(vmm_of(arg));
    /* At the end of the epoch (ACTION_DELIVER), as the device's own state says. */
}

static uint32_t trap_delay(void *arg)
{
    struct computer *computer = arg;
    vmm_of(arg); /* the pair is delivered when its epoch ends, at the latest */
    return (uint32_t)rng_upto(&computer->trap_rng, computer->world->config.settings.trap_delay);
}

/* Figure 5: hardware delivers a trap to the VMM, which adds it to its copies of V1 and V2. */
static void trap_delivered(void *arg, unsigned destination, unsigned trap_class)
{
    traps_add(&vmm_of(arg)->traps, destination, trap_class);
}

static void traps_due(void *arg)
{
    struct vmm *vmm = ((struct computer *)arg)->vmm; /* at every interruption: what is held has been settled with */
    traps_give(&vmm->traps, vmm->computer->board->cpu);
}

/* Figure 6, steps 256 to 260: the drain entered the monitor and the hardware's buffer was flushed to us. */
static enum phys_result drain(void *arg)
{
    struct vmm *vmm = vmm_of(arg);
    traps_due(arg);
    if (vmm->computer->world->config.settings.epoch_on_drain) {
        vmm->epoch_over = true;
        cpu_request_stop(vmm->computer->board->cpu);
    }
    return PHYS_OK;
}

static void log_line(void *arg, const char *line)
{
    if (!vmm_of(arg)->suppressed)
        computer_tell(arg, "%s", line);
}

const struct host vmm_host = {
    .clock_read = clock_read,
    .entropy = entropy,
    .timer_set = timer_set,
    .output_ready = output_ready,
    .terminal_put = terminal_put,
    .disk_issue = disk_issue,
    .output_issued = output_issued,
    .power_off = power_off,
    .reset = reset,
    .disk_told = disk_told,
    .input_wanted = input_wanted,
    .display_wanted = display_wanted,
    .disk_blocks = disk_blocks,
    .net_mac = net_mac,
    .frame_put = frame_put,
    .frames_wanted = frames_wanted,
    .virtio_later = later,
    .trap_delay = trap_delay,
    .trap_delivered = trap_delivered,
    .traps_due = traps_due,
    .drain = drain,
    .log = log_line,
};

/* actions_epoch.c - what happens at an epoch's end: at both computers, at the primary, at the backup.
 */
#include "ft/vmm/actions.h"

#include "ft/computer/timeline_ring.h"
#include "ft/vmm/companion.h"
#include "ft/vmm/state_digest.h"
#include "ft/vmm/tape.h"
#include "ft/world/image.h"

/* ---- at both ---- */

enum outcome act_take_clock(struct vmm *vmm)
{
    if (vmm->epoch == vmm->start_epoch)
        return OUTCOME_DONE; /* a new backup's VP has come with the clock of that epoch's end */
    while (QUEUE_COUNT(&vmm->clocks) && QUEUE_FRONT(&vmm->clocks)->epoch < vmm->epoch)
        QUEUE_POP(&vmm->clocks);
    if (QUEUE_COUNT(&vmm->clocks) && QUEUE_FRONT(&vmm->clocks)->epoch == vmm->epoch) {
        vmm->end_clock_ps = QUEUE_FRONT(&vmm->clocks)->value;
        if (vmm->end_clock_ps > vmm->last_clock_ps)
            vmm->last_clock_ps = vmm->end_clock_ps;
    } else {
        vmm->end_clock_ps = vmm_clock(vmm); /* the primary's own; P7: the new primary's, if none was sent */
    }
    return OUTCOME_DONE;
}

enum outcome act_add_due(struct vmm *vmm)
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
            computer_diverged(computer, "a disk's interrupt in the log is of no operation that the guest has issued");
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
    tape_delivery(vmm, interrupt);
    deliver_one(vmm, interrupt);
    interrupt_free(interrupt);
}

static void reset_guest(struct vmm *vmm)
{
    struct error error;
    vmm->resetting = false;
    computer_disk_forget(vmm->computer);
    vmm_forget_unperformed(vmm);
    world_enter_image(vmm->computer->world, vmm->computer->board, &error);
}

enum outcome act_deliver(struct vmm *vmm)
{
    tape_epoch_end(vmm);
    while (QUEUE_COUNT(&vmm->buffered) && QUEUE_FRONT(&vmm->buffered)->epoch <= vmm->epoch) {
        struct interrupt interrupt = *QUEUE_FRONT(&vmm->buffered);
        QUEUE_POP(&vmm->buffered);
        vmm_deliver(vmm, &interrupt);
    }
    virtio_slots_finish(&vmm->computer->board->virtio);
    traps_give(&vmm->traps, vmm->computer->board->cpu);
    if (vmm->resetting)
        reset_guest(vmm);
    chronicle_epoch(vmm->computer, CHRONICLE_DELIVERED, vmm->epoch);
    vmm_digest_due(vmm);
    return vmm_step_done(vmm, vmm_is_backup(vmm) ? PROTOCOL_STEP_B_DELIVERED : PROTOCOL_STEP_DELIVERED);
}

/* Is a backup that has executed DONE epochs too far behind? Where a message is certain only when its sender has lived
 * on, the backup cannot take what it needs before the primary's clock has reached its arrival: until then it is not. */
static bool lags(struct vmm *vmm, uint64_t done)
{
    const struct computer *computer = vmm->computer;
    const struct settings *settings = &computer->world->config.settings;
    if (vmm->epoch <= done + settings->lag_epochs)
        return false;
    if (!settings->channel_crash && !broken(computer->world, ASSUMPTION_DETECTION))
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
    const struct settings *settings = &computer->world->config.settings;
    struct computer *peer = computer_peer(computer);
    /* The backup's host thread may be only so far behind (docs/time.md). Virtual time does not notice. */
    if (peer && !vmm_is_backup(vmm) && vmm->linked && !vmm->join && !computer->world->stepping &&
        !atomic_load(&peer->published_dead) && (peer_lags(vmm, peer) || vmm_digest_waits(vmm, peer)))
        return OUTCOME_BLOCKED;
    uint64_t simulated = cpu_simulated(computer->board->cpu);
    uint64_t cost =
        settings->cost_epoch_ns * 1000 + (simulated - vmm->simulated_seen) * settings->cost_simulate_ns * 1000;
    vmm->simulated_seen = simulated;
    uint64_t end = computer_now(computer) + cost, room = channel_room_ps(&computer->channel);
    if (cost || room > end) /* an epoch whose messages find the channel full ends when they do not */
        computer_sleep_until(computer, room > end ? room : end);
    if (!vmm_is_backup(vmm))
        join_complete(vmm);
    atomic_store_explicit(&computer->published_epoch, vmm->epoch, memory_order_release);
    vmm->epoch++;
    return OUTCOME_DONE;
}

/* What becomes known during the turns after an epoch belongs to the next one already. */
enum outcome act_next_epoch(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    enum outcome outcome = computer->companions->running ? OUTCOME_DONE : count_epoch(vmm);
    /* A backup has epoch 0, at whose end it waits for [end, 1]; the primary has none. */
    if (outcome != OUTCOME_DONE || !companions_count(computer) || vmm->epoch == 1)
        return outcome;
    computer->companions->running = true;
    if (computer_fault_due(computer, computer_insns(computer), 0))
        return OUTCOME_AGAIN;
    outcome = companions_run(vmm);
    computer->companions->running = outcome != OUTCOME_DONE;
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
    vmm->await_arrival_ps = 0;
    return vmm_step_done(vmm, PROTOCOL_STEP_ACKS_AWAITED);
}

enum outcome act_send_end(struct vmm *vmm)
{
    struct message message = {.message_class = MESSAGE_END, .epoch = vmm->epoch, .value = vmm->end_clock_ps};
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
    vmm->at = vmm->protocol->backup_start;
    return OUTCOME_SWITCH;
}

/* actions_failover.c - what a backup does whose primary has failed: figure 7, P7 and P8 (protocol.h has the order).
 */
#include "ft/vmm/actions.h"

#include <inttypes.h>

#include "ft/config/config.h"
#include "ft/vmm/follower.h"
#include "mmu/base/vtime.h"

enum outcome act_ask_arbiter(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    if (!computer_may_act(computer))
        return OUTCOME_BLOCKED;
    enum arbiter_answer answer = computer_arbitrate(computer);
    if (answer == ARBITER_NOT_YET)
        return OUTCOME_BLOCKED;
    if (answer == ARBITER_LOST) {
        computer_tell(computer, "another computer was first at the arbiter: this one halts");
        computer_lose(computer);
        return OUTCOME_AGAIN;
    }
    return vmm_step_done(vmm, PROTOCOL_STEP_ARBITER_ASKED);
}

enum outcome act_fence(struct vmm *vmm)
{
    computer_fence(vmm->computer);
    return vmm_step_done(vmm, PROTOCOL_STEP_FENCED);
}

enum rule vmm_failover_rule(const struct vmm *vmm, enum rule discards, enum rule runs_on)
{
    if (vmm->points.used)
        return RULE_POINTS;
    if (vmm->checkpoint.used)
        return RULE_CHECKPOINT;
    for (unsigned i = 0; i < PROGRAM_ACTIONS_MAX; i++)
        if (vmm->protocol->failover[i] == ACTION_DISCARD)
            return discards;
    return runs_on;
}

enum outcome act_tell_operator(struct vmm *vmm)
{
    uint64_t numbers[BOARD_OUTSTANDING_MAX];
    unsigned outstanding = board_outstanding(vmm->computer->board, numbers);
    computer_tell_rule(vmm->computer, vmm_failover_rule(vmm, RULE_STEP_310, RULE_P7),
                       "the primary is declared failed: last %s received %" PRIu64 ", last message at %.6f s; "
                       "%u disk command%s outstanding at the end of epoch %" PRIu64,
                       vmm->checkpoint.used ? "checkpoint" : "end of epoch", vmm->ended_epoch,
                       (double)vmm->peer.received_ps / (double)PS_PER_S, outstanding, outstanding == 1 ? "" : "s",
                       vmm->epoch);
    return OUTCOME_DONE;
}

/* Figure 7, step 312: what was logged in X+1 is deleted; that epoch will be another instruction stream. So it is of a
 * checkpoint of which only a part has come. */
enum outcome act_discard(struct vmm *vmm)
{
    if (vmm->checkpoint.used) { /* what is buffered is in C_X */
        checkpoint_drop_partial(vmm);
        return OUTCOME_DONE;
    }
    vmm_discard(vmm);
    QUEUE_FREE(&vmm->values);
    vmm->values.first = 0;
    return OUTCOME_DONE;
}

enum outcome act_connect(struct vmm *vmm)
{
    /* The disk is reached with the new generation from here on; the connection that the VP has is now this computer's.
     */
    return vmm_step_done(vmm, PROTOCOL_STEP_CONNECTED);
}

static enum rule policy_rule(enum failover_policy policy)
{
    return policy == FAILOVER_DISCONNECT ? RULE_STEP_314 : policy == FAILOVER_UNCERTAIN ? RULE_P8 : RULE_REISSUE;
}

/* For the operator: what the guest will be told of outstanding command NUMBER. */
static void tell_outcome(struct vmm *vmm, uint64_t number)
{
    const struct history_operation *op = history_operation(&vmm->computer->history, number);
    char name[DISK_NAME_BYTES];
    bool again = vmm->policy == FAILOVER_REISSUE || !board_retries(vmm->computer->board, op->device);
    bool known = vmm_knows_end(vmm, number);
    disk_describe(op, name);
    computer_tell_rule(vmm->computer,
                       known   ? RULE_P4
                       : again ? RULE_REISSUE
                               : policy_rule(vmm->policy),
                       "%s: %s", name,
                       known   ? "its completion was received before the failure: told completed"
                       : again ? "outcome unknown: the VMM issues it again"
                       : op->device == DISK_DEVICE_CONTROLLER ? "outcome unknown: the guest is told disconnected"
                                                              : "outcome unknown: the guest is told to issue it again");
}

/* P8 (policy uncertain), step 314 (disconnect), or the commands once more (reissue). */
enum outcome act_tell_outstanding(struct vmm *vmm)
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
    return vmm_step_done(vmm, PROTOCOL_STEP_OUTSTANDING_TOLD);
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
        history_reissue(&computer->history, op->number);
        computer_disk_issue(computer, op, 0);
        op->data = NULL;
        again++;
    }
    vmm_forget_unperformed(vmm);
    return again;
}

/* Of the output that is issued again: in which epoch it was made. Where outputs wait, that may be an older one than
 * that of the failure. */
static uint64_t first_held_epoch(const struct vmm *vmm)
{
    uint64_t epoch = vmm->ended_epoch + 1;
    if (vmm->protocol->output != OUTPUT_HOLD)
        return epoch;
    if (QUEUE_COUNT(&vmm->held))
        epoch = smallest(epoch, vmm->held.items.at[vmm->held.first].epoch);
    if (QUEUE_COUNT(&vmm->held_frames))
        epoch = smallest(epoch, vmm->held_frames.items.at[vmm->held_frames.first].epoch);
    return epoch;
}

void vmm_issue_held(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    if (!QUEUE_COUNT(&vmm->held) && !QUEUE_COUNT(&vmm->held_frames))
        return;
    history_repeat(&computer->history,
                   &(struct history_repetition){
                       .generation = computer->generation,
                       .from = QUEUE_COUNT(&vmm->held) ? QUEUE_FRONT(&vmm->held)->number : 0,
                       .frames_from = QUEUE_COUNT(&vmm->held_frames) ? QUEUE_FRONT(&vmm->held_frames)->number : 0,
                       .epoch = first_held_epoch(vmm)});
    for (; QUEUE_COUNT(&vmm->held); QUEUE_POP(&vmm->held))
        computer_terminal_put(computer, QUEUE_FRONT(&vmm->held)->number, &QUEUE_FRONT(&vmm->held)->byte, 1);
    while (QUEUE_COUNT(&vmm->held_frames)) {
        const struct held_frame *held = QUEUE_FRONT(&vmm->held_frames);
        computer_frame_put(computer, held->number, held->bytes, held->size_bytes);
        held_frames_performed(&vmm->held_frames, held->number);
    }
}

/* How long was nobody there, as far as this computer can know? */
static uint64_t silence_ps(const struct vmm *vmm)
{
    uint64_t now = computer_now(vmm->computer);
    return now > vmm->peer.received_ps ? now - vmm->peer.received_ps : 0;
}

enum outcome act_promote(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    unsigned again = (unsigned)(QUEUE_COUNT(&vmm->held) + QUEUE_COUNT(&vmm->held_frames));
    if (!computer_may_act(computer))
        return OUTCOME_BLOCKED;
    vmm->suppressed = vmm->failing_over = false;
    vmm->rate_logged = vmm->thinning.rate; /* what was logged of it and not delivered is discarded */
    vmm_link(vmm, false);
    vmm->alone = true;
    if (computer_step_taken(computer, PROTOCOL_STEP_PROMOTED))
        return OUTCOME_AGAIN;
    computer->role = ROLE_PRIMARY; /* Processor_Type, figure 7 step 308 */
    computer->live_from_insns = computer_insns(computer);
    computer->world->failovers++;
    if (silence_ps(vmm) > computer->world->downtime_ps)
        computer->world->downtime_ps = silence_ps(vmm);
    again += reissue(vmm);
    vmm_issue_held(vmm);
    for (enum gathered_kind kind = GATHERED_BYTES; kind < GATHERED_KINDS; kind++)
        adjust_gathered(vmm, kind); /* of C_X; nobody else has it */
    followers_promote(vmm);
    computer_expect_input(computer);
    computer_expect_events(computer);
    computer_expect_frames(computer);
    computer_tell_rule(
        computer, vmm_failover_rule(vmm, RULE_STEP_318, RULE_P7),
        "promoted: live from epoch %" PRIu64 ", instruction %" PRIu64 "; policy %s, the VMM issued %u output%s "
        "again",
        vmm->epoch, computer_insns(computer), failover_policy_name(vmm->policy), again, again == 1 ? "" : "s");
    vmm->program = vmm->protocol->primary;
    vmm->at = 0;
    return OUTCOME_SWITCH;
}

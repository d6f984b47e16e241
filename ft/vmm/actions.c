/* actions.c - the mechanisms that protocols are made of, one function an action (protocol.h): the table of them. */
#include "ft/vmm/actions.h"

#include "ft/vmm/replay.h"

static enum outcome act_loop(struct vmm *vmm)
{
    vmm->at = 0;
    return OUTCOME_SWITCH;
}

typedef enum outcome act(struct vmm *vmm);

static act *const actions[ACTION_COUNT] = {
    [ACTION_LOOP] = act_loop,
    [ACTION_RUN] = act_run,
    [ACTION_RUN_TO_EVENT] = act_run,
    [ACTION_RUN_TO_POSITION] = act_run,
    [ACTION_RUN_ONE] = act_run_one,
    [ACTION_TAKE_CLOCK] = act_take_clock,
    [ACTION_ADD_DUE] = act_add_due,
    [ACTION_DELIVER] = act_deliver,
    [ACTION_NEXT_EPOCH] = act_next_epoch,
    [ACTION_SEND_TIME] = act_send_time,
    [ACTION_AWAIT_ACKS] = act_await_acks,
    [ACTION_SEND_END] = act_send_end,
    [ACTION_SEND_CHECKPOINT] = act_send_checkpoint,
    [ACTION_AWAIT_CHECKPOINT] = act_await_checkpoint,
    [ACTION_APPLY_CHECKPOINT] = act_apply_checkpoint,
    [ACTION_AWAIT_TIME] = act_await_time,
    [ACTION_AWAIT_END] = act_await_end,
    [ACTION_JOIN] = act_join,
    [ACTION_STAND] = act_stand,
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

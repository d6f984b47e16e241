/* remus.c - Cully, Lefebvre, Meyer, Feeley, Hutchinson and Warfield, "Remus: High Availability via Asynchronous Virtual
 * Machine Replication" (NSDI 2008): the backup executes nothing. At the end of each epoch the primary sends what has
 * changed of its virtual processor's state, and goes on; outputs wait until that has been acknowledged; a backup whose
 * primary fails goes on from the last checkpoint that has come as a whole (checkpoint.h in ft/vmm/ says what of it is
 * theirs).
 */
#include "ft/protocol/list.h"

const struct protocol protocol_remus = {
    .name = "remus",
    .title = "Cully and others: checkpoints; the backup executes nothing",
    /* An epoch is executed while the checkpoint before it is on its way: that must have been acknowledged. */
    .primary =
        {
            ACTION_RUN,
            ACTION_AWAIT_ACKS,
            ACTION_TAKE_CLOCK,
            ACTION_ADD_DUE,
            ACTION_DELIVER,
            ACTION_SEND_CHECKPOINT,
            ACTION_NEXT_EPOCH,
            ACTION_LOOP,
        },
    .backup =
        {
            ACTION_AWAIT_CHECKPOINT,
            ACTION_NEXT_EPOCH,
            ACTION_APPLY_CHECKPOINT,
            ACTION_LOOP,
        },
    /* What was under way in C_X is issued again; a guest that is told of it instead is told at the end of X. */
    .failover =
        {
            ACTION_ASK_ARBITER,
            ACTION_FENCE,
            ACTION_TELL_OPERATOR,
            ACTION_DISCARD,
            ACTION_CONNECT,
            ACTION_TELL_OUTSTANDING,
            ACTION_DELIVER,
            ACTION_NEXT_EPOCH,
            ACTION_PROMOTE,
        },
    .output = OUTPUT_HOLD,
    .policy = FAILOVER_REISSUE,
};

/* dec.c - the protocol of WO 93/09494 (Schneider, Lampson, Balkovich, Thiel), figures 3 and 7.
 *
 * The primary never waits. [end, X] lets the backup execute epoch X. If the primary fails in X+1, all that was logged
 * in X+1 is discarded (step 312), "disconnected" is added for every open connection to what is delivered at the end of
 * X (step 314), and the backup is live in X+1. An output that the primary performed in X+1 is thus forgotten: that this
 * can be seen is the protocol's own design (docs/protocols.md).
 */
#include "ft/protocol/list.h"

const struct protocol protocol_dec = {
    .name = "dec",
    .title = "WO 93/09494: no waiting; a fail-over looks like lost connections",
    /* Figure 3: execute the epoch (202), buffering and sending (204); deliver (206), then send the epoch's number. */
    .primary =
        {
            ACTION_RUN,
            ACTION_TAKE_CLOCK,
            ACTION_ADD_DUE,
            ACTION_DELIVER,
            ACTION_SEND_END,
            ACTION_NEXT_EPOCH,
            ACTION_LOOP,
        },
    /* Figure 3 at the backup: deliver what was tagged E, and run E+1 when [end, E+1] has come. It is awaited before the
     * delivery, because step 314 may have to add to it. */
    .backup =
        {
            ACTION_RUN,
            ACTION_AWAIT_END,
            ACTION_TAKE_CLOCK,
            ACTION_ADD_DUE,
            ACTION_DELIVER,
            ACTION_NEXT_EPOCH,
            ACTION_LOOP,
        },
    /* Figure 7, steps 304 to 320. */
    .failover =
        {
            ACTION_ASK_ARBITER,
            ACTION_FENCE,
            ACTION_TELL_OPERATOR,
            ACTION_DISCARD,
            ACTION_CONNECT,
            ACTION_TELL_OUTSTANDING,
            ACTION_TAKE_CLOCK,
            ACTION_ADD_DUE,
            ACTION_DELIVER,
            ACTION_NEXT_EPOCH,
            ACTION_PROMOTE,
        },
    .output = OUTPUT_AT_ONCE,
    .policy = FAILOVER_DISCONNECT,
    /* What was put out in X+1, which is run anew; nothing is awaited, so on a losing channel it may be several epochs.
     */
    .expected = {.last_epoch = RULE_DISK | RULE_ORDER | RULE_TERMINAL | RULE_NETWORK,
                 .anywhere_losing = RULE_DISK | RULE_ORDER | RULE_TERMINAL | RULE_NETWORK},
};

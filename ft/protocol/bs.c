/* bs.c - the original protocol of Bressoud & Schneider ("Hypervisor-Based Fault-Tolerance", SOSP '95, section
 * 2): at the end of every epoch the primary awaits the acknowledgement of every message that it has sent. P5,
 * P7 and P8 are in bs_common.h; bs_revised.c names the rules that are in the shared mechanisms.
 */
#include "ft/protocol/bs_common.h"
#include "ft/protocol/list.h"

const struct protocol protocol_bs = {
    .name = "bs",
    .title = "Bressoud & Schneider, original: acknowledgements awaited at every epoch's end",
    /* P2: send [E, Tme]; await the acknowledgements of all messages; add what the clock makes due; deliver; send [end,
     * E].
     */
    .primary =
        {
            ACTION_RUN,
            ACTION_TAKE_CLOCK,
            ACTION_SEND_TIME,
            ACTION_AWAIT_ACKS,
            ACTION_ADD_DUE,
            ACTION_DELIVER,
            ACTION_SEND_END,
            ACTION_NEXT_EPOCH,
            ACTION_LOOP,
        },
    .backup = BS_BACKUP,
    .failover = BS_FAILOVER,
    .output = OUTPUT_AT_ONCE,
    .policy = FAILOVER_UNCERTAIN,
    /* What was put out in an epoch whose end was not awaited yet. */
    .expected = {.last_epoch_losing = RULE_DISK | RULE_ORDER | RULE_TERMINAL | RULE_NETWORK},
};

/* bs_revised.c - the revised protocol of Bressoud & Schneider ("Hypervisor-Based Fault-Tolerance", SOSP '95,
 * section 4.3 there): P2 does not wait for acknowledgements at an epoch's end; instead the primary awaits them before
 * an output. So what the world has seen was known to the backup. Rules P1 and P0 (send interrupts and environment
 * values when they happen), P3 (the backup ignores its own devices), P4 and P6 (it buffers and uses what it is sent)
 * are in the shared mechanisms.
 */
#include "ft/protocol/bs_common.h"
#include "ft/protocol/list.h"

const struct protocol protocol_bs_revised = {
    .name = "bs-revised",
    .title = "Bressoud & Schneider, revised: acknowledgements awaited before an output",
    /* P2: send [E, Tme]; add what the clock makes due; deliver; send [end, E]. */
    .primary =
        {
            ACTION_RUN,
            ACTION_TAKE_CLOCK,
            ACTION_SEND_TIME,
            ACTION_ADD_DUE,
            ACTION_DELIVER,
            ACTION_SEND_END,
            ACTION_NEXT_EPOCH,
            ACTION_LOOP,
        },
    .backup = BS_BACKUP,
    .failover = BS_FAILOVER,
    .output = OUTPUT_AWAIT,
    .policy = FAILOVER_UNCERTAIN,
};

/* bs_revised.c - the revised protocol of Bressoud & Schneider ("Hypervisor-Based Fault-Tolerance", SOSP '95,
 * section 4.3 there): P2 does not wait for acknowledgements at an epoch's end; instead the primary awaits them before
 * an output. So what the world has seen was known to the backup. Rules P1 and P0 (send interrupts and environment
 * values when they happen), P3 (the backup ignores its own devices), P4 and P6 (it buffers and uses what it is sent)
 * are in the shared mechanisms.
 */
#include "ft/protocol/list.h"

/* P2: send [E, Tme]; add what the clock makes due; deliver; send [end, E]. */
static const enum action primary[] = {
    ACTION_RUN,     ACTION_TAKE_CLOCK, ACTION_SEND_TIME,  ACTION_ADD_DUE,
    ACTION_DELIVER, ACTION_SEND_END,   ACTION_NEXT_EPOCH, ACTION_LOOP,
};

/* P5: await [E, Tme], take the clock; await [end, E+1]; add what the clock makes due; deliver. */
static const enum action backup[] = {
    ACTION_RUN,     ACTION_AWAIT_TIME, ACTION_TAKE_CLOCK, ACTION_AWAIT_END,
    ACTION_ADD_DUE, ACTION_DELIVER,    ACTION_NEXT_EPOCH, ACTION_LOOP,
};

/* P7: run X+1, still suppressed, with what arrived of it; P8: at its end every outstanding operation is uncertain; live
 * from X+2 on. */
static const enum action failover[] = {
    ACTION_ASK_ARBITER, ACTION_FENCE,      ACTION_TELL_OPERATOR, ACTION_CONNECT,    ACTION_ADD_DUE,
    ACTION_DELIVER,     ACTION_NEXT_EPOCH, ACTION_RUN,           ACTION_TAKE_CLOCK, ACTION_TELL_OUTSTANDING,
    ACTION_ADD_DUE,     ACTION_DELIVER,    ACTION_NEXT_EPOCH,    ACTION_PROMOTE,
};

const struct protocol protocol_bs_revised = {
    .name = "bs-revised",
    .title = "Bressoud & Schneider, revised: acknowledgements awaited before an output",
    .primary = primary,
    .backup = backup,
    .backup_start = 3,
    .failover = failover,
    .output_commit = true,
    .policy = FAILOVER_UNCERTAIN,
};

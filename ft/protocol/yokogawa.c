/* yokogawa.c - "CPU instruction synchronization mode" of US 9,465,634 (paragraph [0117]), with the execution
 * suspension position of US 9,400,666 (claim 1): the primary ends an epoch where a virtual interrupt can be given, and
 * tells the secondary where that is; the secondary is suspended there and is given the same.
 *
 * What is theirs: the interrupt goes with timing information; that is a count of branches and a place; a count alone
 * does not do. What is ours, because we could not read it there, or it is not there: that an epoch ends before an
 * output, which awaits the acknowledgement of everything sent (Bressoud & Schneider's output commit, at the place where
 * it matters), that one has a largest length, and all of the fail-over: the secondary knows of an output only that it
 * was the next instruction, and nothing that the primary did after that one was seen by the world. So what was logged
 * in X+1 is discarded; that one instruction is executed suppressed, and its outcome is uncertain.
 */
#include "ft/protocol/list.h"
#include "ft/protocol/points_common.h"

const struct protocol protocol_yokogawa = {
    .name = "yokogawa",
    .title = "US 9,465,634: epochs end where the primary says, at an interrupt or before an output",
    .primary = POINTS_PRIMARY,
    .backup = POINTS_BACKUP,
    .failover = POINTS_FAILOVER,
    .output = OUTPUT_END_EPOCH,
    .policy = FAILOVER_UNCERTAIN,
};

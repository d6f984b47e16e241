/* vmware.c - Scales, Nelson and Venkitachalam, "The Design of a Practical System for Fault-Tolerant Virtual Machines"
 * (ACM SIGOPS Operating Systems Review, 2010): epochs end where the primary says, as in yokogawa.c, and an output waits
 * for the acknowledgement of what was sent before it while the virtual processor goes on ("Output Rule"; hold.h in
 * ft/vmm/). What was outstanding at a fail-over the monitor issues again, and the guest learns nothing.
 */
#include "ft/protocol/list.h"
#include "ft/protocol/points_common.h"

const struct protocol protocol_vmware = {
    .name = "vmware",
    .title = "Scales, Nelson & Venkitachalam: outputs wait for acknowledgements, the guest does not",
    .primary = POINTS_PRIMARY,
    .backup = POINTS_BACKUP,
    .failover = POINTS_FAILOVER,
    .output = OUTPUT_HOLD,
    .policy = FAILOVER_REISSUE,
};

/* vmware.c - Scales, Nelson and Venkitachalam, "The Design of a Practical System for Fault-Tolerant Virtual Machines"
 * (ACM SIGOPS Operating Systems Review, 2010): epochs end where the primary says, as in yokogawa.c, and an output waits
 * for the acknowledgement of what was sent before it while the virtual processor goes on ("Output Rule"; hold.h in
 * ft/vmm/). What was outstanding at a fail-over the monitor issues again, and the guest learns nothing.
 */
#include "ft/protocol/list.h"

const struct protocol protocol_vmware = {
    .name = "vmware",
    .title = "Scales, Nelson & Venkitachalam: outputs wait for acknowledgements, the guest does not",
    .primary =
        {
            ACTION_RUN_TO_EVENT,
            ACTION_TAKE_CLOCK,
            ACTION_SEND_END,
            ACTION_DELIVER,
            ACTION_NEXT_EPOCH,
            ACTION_LOOP,
        },
    .backup =
        {
            ACTION_RUN_TO_POSITION,
            ACTION_AWAIT_END,
            ACTION_TAKE_CLOCK,
            ACTION_DELIVER,
            ACTION_NEXT_EPOCH,
            ACTION_LOOP,
        },
    .failover =
        {
            ACTION_ASK_ARBITER,
            ACTION_FENCE,
            ACTION_TELL_OPERATOR,
            ACTION_DISCARD,
            ACTION_CONNECT,
            ACTION_TAKE_CLOCK,
            ACTION_RUN_ONE,
            ACTION_TELL_OUTSTANDING,
            ACTION_TAKE_CLOCK,
            ACTION_ADD_DUE,
            ACTION_DELIVER,
            ACTION_NEXT_EPOCH,
            ACTION_PROMOTE,
        },
    .output = OUTPUT_HOLD,
    .policy = FAILOVER_REISSUE,
};

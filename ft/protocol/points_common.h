/* points_common.h - what the two protocols whose primary chooses the ends of epochs have in common: both computers'
 * epochs and the fail-over. They differ only in what an output does (yokogawa.c, vmware.c).
 */
#ifndef US_FT_PROTOCOL_POINTS_COMMON_H
#define US_FT_PROTOCOL_POINTS_COMMON_H

/* Run to where something can be given, or an output is next; say where that is; give. */
#define POINTS_PRIMARY                                                                                                 \
    {                                                                                                                  \
        ACTION_RUN_TO_EVENT, ACTION_TAKE_CLOCK, ACTION_SEND_END, ACTION_DELIVER, ACTION_NEXT_EPOCH, ACTION_LOOP,       \
    }

/* Be suspended there, and be given the same. */
#define POINTS_BACKUP                                                                                                  \
    {                                                                                                                  \
        ACTION_RUN_TO_POSITION, ACTION_AWAIT_END, ACTION_TAKE_CLOCK, ACTION_DELIVER, ACTION_NEXT_EPOCH, ACTION_LOOP,   \
    }

/* Ours: what was logged in X+1 is discarded; of it one instruction is executed, suppressed, which may be the output
 * that was next; then live. */
#define POINTS_FAILOVER                                                                                                \
    {                                                                                                                  \
        ACTION_ASK_ARBITER, ACTION_FENCE, ACTION_TELL_OPERATOR, ACTION_DISCARD, ACTION_CONNECT, ACTION_TAKE_CLOCK,     \
            ACTION_RUN_ONE, ACTION_TELL_OUTSTANDING, ACTION_TAKE_CLOCK, ACTION_ADD_DUE, ACTION_DELIVER,                \
            ACTION_NEXT_EPOCH, ACTION_PROMOTE,                                                                         \
    }

#endif

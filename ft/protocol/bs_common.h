/* bs_common.h - what the two protocols of Bressoud & Schneider have in common: the backup's epoch and the fail-over.
 * They differ only in what the primary awaits (bs.c, bs_revised.c).
 */
#ifndef US_FT_PROTOCOL_BS_COMMON_H
#define US_FT_PROTOCOL_BS_COMMON_H

/* P5: await [E, Tme], take the clock; await [end, E+1]; add what the clock makes due; deliver. */
#define BS_BACKUP                                                                                                      \
    {                                                                                                                  \
        ACTION_RUN, ACTION_AWAIT_TIME, ACTION_TAKE_CLOCK, ACTION_AWAIT_END, ACTION_ADD_DUE, ACTION_DELIVER,            \
            ACTION_NEXT_EPOCH, ACTION_LOOP,                                                                            \
    }

/* P7: run X+1, still suppressed, with what arrived of it; P8: at its end every outstanding operation is uncertain; live
 * from X+2 on. */
#define BS_FAILOVER                                                                                                    \
    {                                                                                                                  \
        ACTION_ASK_ARBITER, ACTION_FENCE, ACTION_TELL_OPERATOR, ACTION_CONNECT, ACTION_ADD_DUE, ACTION_DELIVER,        \
            ACTION_NEXT_EPOCH, ACTION_RUN, ACTION_TAKE_CLOCK, ACTION_TELL_OUTSTANDING, ACTION_ADD_DUE, ACTION_DELIVER, \
            ACTION_NEXT_EPOCH, ACTION_PROMOTE,                                                                         \
    }

#endif

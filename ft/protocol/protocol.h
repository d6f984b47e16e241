/* protocol.h - what a protocol is: three short programs of actions, and two choices.
 *
 * The actions are mechanisms that all protocols share (ft/vmm/actions.c): run, buffer, send, await, deliver, suppress,
 * promote, make uncertain. A protocol is a table of them, readable beside its paper; protocol_*.c are the ones we have.
 * Between two actions lies a protocol step, where a computer can be made to fail.
 */
#ifndef US_FT_PROTOCOL_PROTOCOL_H
#define US_FT_PROTOCOL_PROTOCOL_H

#include <stdbool.h>

#include "ft/system.h"

enum action {
    ACTION_LOOP, /* the program begins again; 0, so that a table ends with it by itself */
    /* at both */
    ACTION_RUN,        /* the VP executes the epoch */
    ACTION_TAKE_CLOCK, /* the clock of the epoch's end: the VP's own, or at a backup the primary's if it was sent */
    ACTION_ADD_DUE,    /* buffer the interrupts that this clock makes due */
    ACTION_DELIVER,    /* deliver what is buffered for the end of this epoch */
    ACTION_NEXT_EPOCH, /* E := E + 1 */
    /* at the primary */
    ACTION_SEND_TIME,  /* [E, Tme] */
    ACTION_AWAIT_ACKS, /* of every message sent so far */
    ACTION_SEND_END,   /* [end, E] */
    /* at the backup; if the primary fails meanwhile, the failover program takes over */
    ACTION_AWAIT_TIME, /* [E, Tme] */
    ACTION_AWAIT_END,  /* [end, E+1] */
    ACTION_JOIN,       /* a repaired computer: the VP itself */
    /* at a backup whose primary has failed */
    ACTION_ASK_ARBITER,      /* and be fenced off if another was first */
    ACTION_FENCE,            /* older generations are refused from now on */
    ACTION_TELL_OPERATOR,    /* figure 7, step 310 */
    ACTION_DISCARD,          /* figure 7, step 312: what was logged for an epoch that has not ended */
    ACTION_CONNECT,          /* to the devices, in the VP's place */
    ACTION_TELL_OUTSTANDING, /* figure 7, step 314 or P8: buffer what the fail-over policy says */
    ACTION_PROMOTE,          /* I/O is live; the primary's program goes on */
    /* at a VP that follows a recording */
    ACTION_FOLLOW,      /* take what ends this epoch from the recording (replay.h) */
    ACTION_FOLLOW_LATE, /* and what a fail-over added to an end that the VP had come with */
    ACTION_COUNT
};

struct protocol {
    const char *name, *title;
    const enum action *primary;  /* one epoch, begins with the first instruction of it */
    const enum action *backup;   /* one epoch likewise */
    unsigned backup_start;       /* where in `backup` a new backup begins, in epoch 0 */
    const enum action *failover; /* at the end of epoch X, when [end, X+1] will not come */
    bool output_commit;          /* before an output, await the acknowledgement of everything sent */
    enum failover_policy policy; /* its own */
};

#endif

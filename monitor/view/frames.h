/* frames.h - the frames of the program that the focused processor executes, by the PA-RISC 32-bit run-time conventions:
 * the stack grows upwards, the caller's frame marker keeps the return pointer (RP) at its stack pointer - 20.
 *
 * Who called whom is found from the image's unwind table, from the instructions at a function's beginning, and from the
 * symbols. Nothing here trusts the guest: where memory makes no sense the frames end.
 */
#ifndef US_MONITOR_VIEW_FRAMES_H
#define US_MONITOR_VIEW_FRAMES_H

#include "monitor/session/monitor.h"

struct frame {
    unsigned level;   /* 0: the innermost, which executes */
    uint32_t pc;      /* the next instruction here: in an outer frame, where the call returns to */
    uint32_t sp, r3;  /* as they are, or will be when the calls have returned */
    bool exact;       /* this very instruction comes next, and not after a return: innermost, or interrupted there */
    uint32_t r1;      /* then */
    bool rp_live;     /* RP is as it was here: nothing further in has changed it (millicode does not) */
    uint32_t rp, mrp; /* then: RP and millicode's */
    /* Found out by frame_caller. */
    uint32_t entry_sp; /* the stack pointer when this function was called */
    uint32_t return_address;
    bool interrupts; /* nobody called it: an interruption led here from the outer frame */
    unsigned vector; /* of that; 0: not known */
};

/* The innermost frame: where the processor is. */
struct frame frame_innermost(const struct monitor *monitor);
/* Find where FRAME returns to, and make CALLER the frame there: the caller's, or the one that was interrupted (by what
 * the guest's runtime keeps of it, or IIAOQ). False with the reason in ERROR: nobody knows, or what
 * is known makes no sense. */
bool frame_caller(const struct monitor *monitor, struct frame *frame, struct frame *caller, struct error *error);

/* "#1  0x00010880 <_start+0x80>  sp 0x00015040  start.S:44" on the monitor's output, without what nobody knows. */
void frame_print(const struct monitor *monitor, const struct frame *frame);
/* All frames, COUNT of them at most, from the innermost, interruptions between them. */
void frames_print(const struct monitor *monitor, uint64_t count);

/* Has the program been interrupted, somewhere in its frames? */
bool frames_are_interrupted(const struct monitor *monitor);

/* ---- frames_interrupted.c ---- */

/* The frame that an interruption led from to FRAME, in CALLER; false: FRAME was called. */
bool frame_interrupted(const struct monitor *monitor, struct frame *frame, struct frame *caller);

#endif

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
    unsigned level;  /* 0: the innermost, which executes */
    uint32_t pc;     /* the next instruction here: in an outer frame, where the call returns to */
    uint32_t sp, r3; /* as they are, or will be when the calls have returned */
    bool rp_live;    /* RP is as it was here: nothing further in has changed it (millicode does not) */
    /* Found out by frame_caller. */
    uint32_t entry_sp; /* the stack pointer when this function was called */
    uint32_t return_address;
};

/* The innermost frame: where the processor is. */
struct frame frame_innermost(const struct monitor *monitor);
/* Find where FRAME returns to, and make CALLER the frame there. False with the reason in ERROR: nobody knows, or what
 * is known makes no sense. */
bool frame_caller(const struct monitor *monitor, struct frame *frame, struct frame *caller, struct error *error);

/* "#1  0x00010880 <_start+0x80>  sp 0x00015040" on the monitor's output. */
void frame_print(const struct monitor *monitor, const struct frame *frame);

#endif

/* drive.h - a guest that runs under the monitor: to a point or a breakpoint, and what is said when it stops. */
#ifndef US_MONITOR_SESSION_DRIVE_H
#define US_MONITOR_SESSION_DRIVE_H

#include "monitor/session/monitor.h"

/* Is there a guest that can run? False with what to do about it in ERROR. */
bool drive_can(struct monitor *monitor, struct error *error);
/* Run the focused computer to UNTIL (whose computer and points are filled in) or a breakpoint. One that it stands at is
 * passed first. Ctrl-C is listened to meanwhile. */
enum stop_kind drive_to(struct monitor *monitor, struct system_until until);
/* Run on to the end or a breakpoint, at whichever computer lives; a person's keys are the guest's, if they are raw. */
enum stop_kind drive_on(struct monitor *monitor);
/* A place in the program: before the instruction at `address`, and unless `any_frame`, in a frame whose stack pointer
 * is not above `sp_max` (stacks grow upwards): a deeper call of the same function does not count. */
struct drive_goal {
    uint32_t address, sp_max;
    bool any_frame;
};
/* The same, to GOAL as well: that is STOP_REACHED, too. */
enum stop_kind drive_to_goal(struct monitor *monitor, struct system_until until, const struct drive_goal *goal);
/* Back to the last breakpoint before here, or to the start; what is to be said is in monitor->stop_text. */
enum travel_result drive_back(struct monitor *monitor);
/* For travel_told: PROGRESS is a struct progress. */
void drive_tell(void *progress, uint64_t done, uint64_t of);
/* Say so if something that was done since the last run has begun another future. */
void drive_note_deeds(struct monitor *monitor);
/* The system was taken back: what the session remembers of the future is no longer there; the guest lives, and has
 * shown less. */
void drive_forget_future(struct monitor *monitor);
/* If the computer looked at has failed and the other has not, look at the other and say so. False: there is none. */
bool drive_follow(struct monitor *monitor);
/* For a person at the prompt: what is said next begins a line, also where the guest is in the middle of one. */
void drive_begin_line(struct monitor *monitor);
/* Say why the run stopped, and where. */
void drive_say(struct monitor *monitor, enum stop_kind stop);

#endif

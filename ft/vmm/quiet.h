/* quiet.h - the ends of epochs at which nothing happens but that they are counted: the VP runs on over them, and what
 * they are is made good afterwards.
 *
 * An end is quiet if nothing is buffered for it, no timer is due, and nobody counts protocol steps, records, compares
 * or wants to stop there; at a primary, if its protocol neither awaits nor asks anything there, and the line is free;
 * at a backup, if what the primary has sent for it has come, and comes in time. Then everything about it is a function
 * of the instruction count: its time, its clock, its messages and when these arrive. So a run may pass some of them at
 * once, and heartbeats too, beyond reports of the backup that say that all is as it was. Whatever leaves the processor
 * for its monitor settles them first. What always holds: nobody can tell an end or a heartbeat that was passed from one
 * that was not, but by a stopwatch. Private to ft/vmm/.
 */
#ifndef US_FT_VMM_QUIET_H
#define US_FT_VMM_QUIET_H

#include "ft/vmm/vmm.h"

/* The VP is about to run, in an epoch: how many of the ends and heartbeats to come are quiet? They are vmm->quiet_ends
 * and vmm->quiet_beats now, until quiet_settle. False: none. */
bool quiet_begin(struct vmm *vmm);
/* So many instructions beyond the present epoch such a run may execute. */
uint64_t quiet_insns(const struct vmm *vmm);
/* What is due first of all that such a run does not pass; in virtual time. */
uint64_t quiet_due_ps(const struct vmm *vmm);
/* For a primary: its backup's reports that can say so large a lag at most, it need not await, because they can say
 * nothing else, and it would do the same whatever they say; 0: it awaits them all. */
uint64_t quiet_foreseen_lag_ps(const struct vmm *vmm);
/* Run the VP for at most LIMIT instructions, as cpu_run does; where the primary says where epochs end, the processor
 * notes the places of the quiet ends on the way, and a backup comes out at one that is not where it was sent to. */
enum cpu_stop quiet_run(struct vmm *vmm, uint64_t limit);
/* The run is over, or (UNDER_WAY) an instruction has left the processor: the ends that have been passed are over, and
 * there are no more in this run. One that the run has just come to is left to the protocol's program, and a heartbeat
 * to the loop. */
void quiet_settle(struct vmm *vmm, bool under_way);
/* Does the VP stand at such an end? Then the turn is not over: as far as the backup's reports say, it has not executed
 * the epoch yet. */
bool quiet_at_end(const struct vmm *vmm);

#endif

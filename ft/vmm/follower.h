/* follower.h - fault-tolerant virtual machines beside the first, on both computers (docs/beside.md).
 *
 * Each is dispatched by its host like any other (ft/host/), under a monitor of its own. What makes it fault tolerant is
 * that it follows the first one's log, to which nothing is added: after an epoch of the first, its LEADER, it has a
 * TURN, one epoch of its own, on whichever processor it is, and the leader goes on when all of them have had theirs.
 * Without input and without a disk the clock is all that could differ on the two computers, and a follower's clock is
 * that of the end of the leader's epoch, which both have. So the turn after epoch E is a function of the follower's
 * state and of what the log says of E.
 *
 * At a backup its output is suppressed, and held as the leader's is: [end, E+1] says that the primary has finished the
 * turn after E. Its terminal is one for both computers, has numbers, and is fenced.
 *
 * Followers are ours: the patent and the papers have one virtual processor. Private to ft/vmm/, but for the host's.
 */
#ifndef US_FT_VMM_FOLLOWER_H
#define US_FT_VMM_FOLLOWER_H

#include "ft/vmm/vmm.h"

/* VMM, of a virtual machine that has executed nothing, follows LEADER from now on. */
void follower_follow(struct vmm *vmm, struct vmm *leader);

/* ---- turns ---- */

/* LEADER's epoch is over: its followers that have something to do have their turns. */
void followers_give_turn(struct vmm *leader);
/* Has one of them its turn now? Then their leader waits. */
bool followers_in_turn(const struct vmm *leader);
/* May the follower VMM go on? A virtual machine that follows nobody may. */
bool follower_may_run(const struct vmm *vmm);
/* Its epoch is over, or, if it SLEEPS, there is nothing to do in it until something is due: so is its turn. */
void follower_end_turn(struct vmm *vmm, bool sleeps);

/* ---- its clock, and its output ---- */

/* The clock in its turn, picoseconds. */
uint64_t follower_clock(const struct vmm *vmm);
/* As vmm_output_ready, of its leader's monitor, which is attended at this time for that: else its host is asked to do
 * so. LAST: it turns itself off, and what was sent is awaited in any case. */
enum phys_result follower_output_ready(struct vmm *vmm, bool last);
/* Does an output of it wait for its leader's monitor to be attended at this time? It has been. */
bool follower_wants_leader(const struct vmm *vmm);
void follower_attended(struct vmm *vmm);
/* As vmm_await_acks, of what its leader has sent. */
enum outcome follower_await_acks(struct vmm *vmm);
/* The epoch for which an output of now is held at a backup; false: it is known to be performed. */
bool follower_holds(const struct vmm *vmm, uint64_t *epoch);
/* A backup's: [end, EPOCH] has come to LEADER. */
void followers_epoch_ended(struct vmm *leader, uint64_t epoch);
/* LEADER is promoted, and its followers with it: what is held is issued, with its numbers. */
void followers_promote(struct vmm *leader);

/* Hash of the states of those that LEADER leads; 0 if there are none. */
uint64_t followers_digest(const struct vmm *leader);
/* Between runs: its place among them. */
void following_visit(struct following *following, struct visit *visit);

#endif

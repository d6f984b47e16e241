/* first_difference.h - the first instruction after which two replicas differ (protocol.md section 8).
 *
 * When a difference is seen, at an epoch's end or at the end of the run, it is already old. The state at that epoch's
 * end says which register or byte; which instruction is found by running the same system again, which is deterministic,
 * up to the same instruction at either computer, nearer and nearer. Whatever a person did to the computers by hand is
 * not in it: then the end of the epoch is all that can be said. Private to ft/.
 */
#ifndef US_FT_SEARCH_FIRST_DIFFERENCE_H
#define US_FT_SEARCH_FIRST_DIFFERENCE_H

struct system;

/* Both computers have stopped, and system->digests_differ: say where in system->divergence, once. */
void system_locate(struct system *system);

#endif

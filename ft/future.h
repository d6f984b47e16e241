/* future.h - what the rest of a run depends on, so that a run can end where another one has been (ft/search/endings.h).
 */
#ifndef US_FT_FUTURE_H
#define US_FT_FUTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "ft/system.h"

/* A hash of 128 bits. */
struct future {
    uint64_t high, low;
};

/* SYSTEM is as between two runs. If nothing planned is still to come, and nobody is failing over or joining, *FUTURE
 * stands for all on which the rest of its run depends, H, D and what the terminal has shown included: of two systems of
 * one configuration that have the same, the runs have the same end, and what a judge says of them is the same if he
 * finds nothing wrong. Left out is only what nobody looks at any more: the plan and its counts, a computer that is dead
 * and will not be repaired, what a survivor that is alone knows of it and has sent it, and the operator's account.
 * False: nothing is said of it. */
bool system_future(struct system *system, struct future *future);

#endif

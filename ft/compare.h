/* compare.h - are the two virtual processors of a pair the same? At one instruction (`compare`), and if not, since
 * when. */
#ifndef US_FT_COMPARE_H
#define US_FT_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/base/error.h"

struct system;

struct replicas_verdict {
    bool equal;
    uint64_t insns; /* before which instruction */
    char text[240]; /* the first difference in words */
};

/* Compare the two at the instruction that the one which is ahead comes to next. The other is let run up to it, and then
 * everything is put back: nothing has happened, and nobody was told of anything. False with one line in ERROR: there
 * are not two, or the other one does not come there. */
bool system_compare(struct system *system, struct replicas_verdict *verdict, struct error *error);

/* The run is over: if its replicas differ, find the first instruction after which they did (docs/log.md, "Digests"),
 * for system_result to say. Does nothing in other cases, and the second time.
 *
 * When a difference is seen, at an epoch's end or at the end of the run, it is already old. The state at that epoch's
 * end says which register or byte; which instruction is found by running the same system again, which is deterministic,
 * up to the same instruction at either computer, nearer and nearer. Whatever a person did to the computers by hand is
 * not in it: then the end of the epoch is all that can be said. */
void system_locate(struct system *system);

#endif

/* replicas.h - are the two virtual processors of a pair the same at one instruction? (`compare`) */
#ifndef US_FT_REPLICAS_H
#define US_FT_REPLICAS_H

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

#endif

/* endings.h - what runs have come to, by the states that they went through: a run that comes to one of them comes to
 * the same end, and need not be run to it (ft/future.h). For several threads. Private to ft/search/.
 */
#ifndef US_FT_SEARCH_ENDINGS_H
#define US_FT_SEARCH_ENDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "ft/future.h"

/* Of one run: where it was looked at. */
enum { ENDINGS_LOOKS_MAX = 6 };
struct path {
    struct future at[ENDINGS_LOOKS_MAX];
    unsigned count;
};

struct endings;

/* Endings of OUTCOME_BYTES each. */
struct endings *endings_new(size_t outcome_bytes);
void endings_free(struct endings *endings);
/* Has a run that was at FUTURE ended? Then *OUTCOME is what it came to. */
bool endings_find(struct endings *endings, const struct future *future, void *outcome);
/* A run that went over PATH came to OUTCOME. */
void endings_add(struct endings *endings, const struct path *path, const void *outcome);

#endif

/* breakpoint.h - the places where a person wants the guest to stop: a numbered list, each with a stop point
 * (ft/stop.h), a condition, and how often it is to be passed before it stops.
 *
 * Breakpoints belong to the session: they are given to the system for each run, at the computer that is looked at then.
 */
#ifndef US_MONITOR_SESSION_BREAKPOINT_H
#define US_MONITOR_SESSION_BREAKPOINT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "ft/stop.h"
#include "mmu/base/vec.h"
#include "mmu/base/error.h"

struct monitor;

struct breakpoint {
    unsigned number;
    struct stop_point point;
    bool disabled, temporary;
    char *condition;       /* an expression; NULL: none */
    uint64_t ignore, hits; /* how often to pass it from now on; how often it was come to */
    uint64_t was;          /* STOP_AT_ACCESS: what was there when the run began, if it fits */
    bool was_known;
};

struct breakpoints {
    VEC(struct breakpoint) rows; /* by number */
    unsigned last;               /* the highest number given so far */
};

void breakpoints_free(struct breakpoints *breakpoints);

/* Add a breakpoint at POINT and return it. NULL with one line in ERROR: there is one already, or there are too many. */
struct breakpoint *breakpoint_add(struct monitor *monitor, const struct stop_point *point, struct error *error);
/* The breakpoint with the number in TEXT; NULL with one line in ERROR. */
struct breakpoint *breakpoint_find(struct monitor *monitor, const char *text, struct error *error);
void breakpoint_delete(struct monitor *monitor, struct breakpoint *breakpoint);
/* "0x00010b5c <main>", "epoch 5", ... */
void breakpoint_describe(const struct monitor *monitor, const struct stop_point *point, char *text, size_t size);

/* The stop points of all that are enabled, into POINTS, which has room for BREAKPOINTS_MAX; returns how many. Those of
 * watched memory remember what is there now. */
enum { BREAKPOINTS_MAX = 64 };
unsigned breakpoints_collect(struct monitor *monitor, struct stop_point *points);
/* The run has come to HIT: does a breakpoint stop it there? Looks at conditions, and writes what is to be said
 * ("breakpoint 1, ", of each one) to TEXT. COUNTS (a run forward): counts and ignores hits, and deletes what was
 * temporary. */
bool breakpoints_stop(struct monitor *monitor, const struct stop_hit *hit, bool counts, char *text, size_t size);

#endif

/* bench_failover.h - what a fail-over and a re-integration cost, in processor time of the host. */
#ifndef US_MONITOR_PROGRAM_BENCH_FAILOVER_H
#define US_MONITOR_PROGRAM_BENCH_FAILOVER_H

#include <stdbool.h>

#include "mmu/base/error.h"
#include "monitor/program/bench_watch.h"

enum { BENCH_FAILOVER_RAM_BYTES = 64 << 20 };

struct failover_figures {
    double failover_seconds; /* from the detection to the first instruction of the new primary */
    double join_seconds;     /* the survivor stands still so long when the repaired computer begins to join */
};

/* Run IMAGE as a pair with that RAM, no page of it zero; its primary dies, is repaired and joins, RUNS times. The
 * medians; zeros if IMAGE ends before, or Ctrl-C comes. False with one line in ERROR. */
bool bench_failover(const char *image, unsigned runs, struct bench_watch *watch, struct failover_figures *figures,
                    struct error *error);

#endif

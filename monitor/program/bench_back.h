/* bench_back.h - what going back in time costs, for `understudy bench`. */
#ifndef US_MONITOR_PROGRAM_BENCH_BACK_H
#define US_MONITOR_PROGRAM_BENCH_BACK_H

#include "ft/system.h"
#include "monitor/program/bench_watch.h"

/* Of a run to `insns`: its host seconds with snapshots on the way; then milliseconds of a hundred times reverse-step,
 * and of as many ways back of up to 100,000 instructions; and what the snapshots take. */
struct back_figures {
    uint64_t insns, bytes;
    unsigned snapshots;
    double forward_seconds, step_ms, step_ms_max, far_ms, far_ms_max;
};

/* IMAGE in MODE, run to INSNS instructions (of the backup, if FAILOVER: the primary fails shortly before), and back.
 * After Ctrl-C FIGURES is worth nothing. False with one line in ERROR. */
bool bench_back(const char *image, enum system_mode mode, bool failover, uint64_t insns, struct bench_watch *watch,
                struct back_figures *figures, struct error *error);

#endif

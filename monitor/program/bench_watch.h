/* bench_watch.h - how far a benchmark is, and whether Ctrl-C has ended it: what is measured by then is printed.
 *
 * From bench_begin on a Ctrl-C ends the run that is measured, and no other begins.
 */
#ifndef US_MONITOR_PROGRAM_BENCH_WATCH_H
#define US_MONITOR_PROGRAM_BENCH_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "ft/system.h"
#include "monitor/base/progress.h"

struct bench_watch {
    struct progress progress;
    uint64_t done, of;
    bool stopped; /* what was being measured then is worth nothing */
};

/* There will be OF measurements, which are called WHAT ("runs"; outlives it). Until bench_end they are counted, and
 * shown to a person who waits. */
void bench_begin(struct bench_watch *watch, uint64_t of, const char *what);
void bench_end(struct bench_watch *watch);

/* Run SYSTEM to its end, or to a Ctrl-C: `stopped`. False with a line in ERROR: as system_run. */
bool bench_run(struct bench_watch *watch, struct system *system, struct error *error);
/* Is there to be another measurement? Looks for a Ctrl-C that came between two of them. */
bool bench_goes_on(struct bench_watch *watch);
/* One more is done, unless it was stopped. */
void bench_did(struct bench_watch *watch);
/* Say on stderr behind how many measurements it was stopped; nothing if it was not. */
void bench_say_stopped(const struct bench_watch *watch);

#endif

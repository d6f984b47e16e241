/* bench_thin.h - `understudy bench --thin`: what fewer interrupts buy (docs/yokogawa.md). */
#ifndef US_MONITOR_PROGRAM_BENCH_THIN_H
#define US_MONITOR_PROGRAM_BENCH_THIN_H

#include <stdbool.h>

#include "mmu/base/error.h"
#include "monitor/program/bench_watch.h"

/* Run the guest IMAGE bare, and as a pair under protocol yokogawa with setting thin-timer at 1, 2, 4, 8 and 16 and the
 * costs of Bressoud and Schneider's paper; print a table, or JSON. All of it is virtual time: two runs say the same.
 * WATCH is begun here: after Ctrl-C the table has the rates that were measured. False with one line in ERROR: IMAGE
 * cannot be measured, or nothing was. */
bool bench_thin(const char *image, bool json, struct bench_watch *watch, struct error *error);

#endif

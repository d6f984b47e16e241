/* bench_engines.h - `understudy bench --engines`: how fast the two engines are, beside each other and beside
 * qemu-system-hppa without and with -icount, where it is installed.
 *
 * Some guests, each of another kind, run on all of them in turn, RUNS rounds; compared are processor seconds, in one
 * round, and reported are medians over the rounds. Each must come to the same.
 */
#ifndef US_MONITOR_PROGRAM_BENCH_ENGINES_H
#define US_MONITOR_PROGRAM_BENCH_ENGINES_H

#include <stdbool.h>

#include "mmu/base/error.h"
#include "monitor/program/bench_watch.h"

/* The guests are FOLDER/engine_....elf. Prints a table, or one JSON object, and draws PLOT_PATH (NULL: no drawing).
 * WATCH is begun here: after Ctrl-C the rounds that are whole count. False with a line in ERROR. */
bool bench_engines(const char *folder, unsigned runs, bool json, const char *plot_path, struct bench_watch *watch,
                   struct error *error);

#endif

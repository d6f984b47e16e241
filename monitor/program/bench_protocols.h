/* bench_protocols.h - `understudy bench --protocols`: the same guest, the same crash and the same costs under each
 * protocol (docs/measurements.md, "The protocols").
 */
#ifndef US_MONITOR_PROGRAM_BENCH_PROTOCOLS_H
#define US_MONITOR_PROGRAM_BENCH_PROTOCOLS_H

#include <stdbool.h>

#include "mmu/base/error.h"
#include "monitor/program/bench_watch.h"

/* Run the guest IMAGE bare, and under each protocol with each of some lengths of an epoch as a pair: once undisturbed,
 * and once with a crash of the primary at the guest's middle output. Print a table, or JSON. All of it is virtual time:
 * two runs say the same. WATCH is begun here: after Ctrl-C the table has the rows that were measured. False with one
 * line in ERROR: IMAGE cannot be measured, or nothing was. */
bool bench_protocols(const char *image, bool json, struct bench_watch *watch, struct error *error);

#endif

/* result.h - the JSON object that tells what came of a run (docs/command-line.md, "JSON"). */
#ifndef US_MONITOR_PROGRAM_RESULT_H
#define US_MONITOR_PROGRAM_RESULT_H

#include <stdbool.h>

#include "ft/system.h"
#include "mmu/base/error.h"

/* Write RESULT, of SYSTEM (NULL: of other processes), to PATH. STATUS is what we exit with, shown if the guest has no
 * status of its own. False with one line in ERROR: the file could not be written. */
bool result_save(const char *path, struct system *system, const struct system_result *result, int status,
                 struct error *error);

/* The exit status that RESULT asks for, and the line that goes with it, in ERROR; IMAGE is what was run. */
int result_status(const struct system_result *result, const char *image, struct error *error);

#endif

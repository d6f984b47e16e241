/* sweep_report.h - what a sweep says: on the terminal, as JSON, as CSV, as a picture. */
#ifndef US_MONITOR_PROGRAM_SWEEP_REPORT_H
#define US_MONITOR_PROGRAM_SWEEP_REPORT_H

#include "monitor/program/sweep_rows.h"

/* Where it is written, each NULL: nowhere. */
struct sweep_files {
    const char *json, *csv, *svg;
};

/* Could they be written? False with one line in ERROR. Asked before a long run. */
bool sweep_files_writable(const struct sweep_files *files, struct error *error);
/* Say what ROWS are about on standard output, and write FILES. *STATUS: 0 all held, 1 something did not. False with one
 * line in ERROR: a file could not be written. */
bool sweep_report(const struct sweep_rows *rows, const struct sweep_files *files, double host_seconds, int *status,
                  struct error *error);
/* ROWS as a picture: time along, kinds down. */
void sweep_draw(FILE *out, const struct sweep_rows *rows);

#endif

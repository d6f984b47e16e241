/* bench_paper_run.h - a cell of Bressoud's and Schneider's measurements, and its run on this machine. Private to
 * bench_paper.c and bench_paper_causes.c.
 */
#ifndef US_MONITOR_PROGRAM_BENCH_PAPER_RUN_H
#define US_MONITOR_PROGRAM_BENCH_PAPER_RUN_H

#include "monitor/program/bench_paper.h"

enum paper_kind { PAPER_COMPUTES, PAPER_WRITES, PAPER_READS, PAPER_KINDS };
enum paper_protocol { PAPER_OLD, PAPER_REVISED };

/* Table 1, which they measured, or what they predicted. */
struct paper_cell {
    enum paper_kind kind;
    enum paper_protocol protocol;
    uint32_t epoch_insns;
    bool atm, predicted;
    double paper;
    const char *cause; /* of a difference; NULL: none is expected */
};

/* "computes", "bs". */
const char *paper_kind_name(enum paper_kind kind);
const char *paper_protocol_name(enum paper_protocol protocol);
/* Their formula for CELL, with K = 1,000; 0 where it says nothing. */
double paper_model(const struct paper_cell *cell);
/* The virtual seconds of CELL's guest, of FOLDER, on a pair with CHANGES, or on a bare computer; nothing is said of
 * them if WATCH was stopped. False with one line in ERROR: the guest cannot be run so. */
bool paper_run(const char *folder, const struct paper_cell *cell, bool pair, const struct paper_changes *changes,
               struct bench_watch *watch, double *seconds, struct error *error);

#endif

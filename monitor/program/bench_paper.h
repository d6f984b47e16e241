/* bench_paper.h - the measurements of Bressoud and Schneider ("Hypervisor-Based Fault-Tolerance", SOSP '95, sections 4
 * and 5), made on this machine with their costs: the virtual time of a pair to that of a bare computer.
 */
#ifndef US_MONITOR_PROGRAM_BENCH_PAPER_H
#define US_MONITOR_PROGRAM_BENCH_PAPER_H

#include <stdbool.h>

#include "mmu/base/error.h"
#include "monitor/program/bench_watch.h"

/* Settings of a pair that are others than the paper's: each NAME=VALUE, words that outlive this. */
enum { PAPER_CHANGES_MAX = 8 };
struct paper_changes {
    const char *words[PAPER_CHANGES_MAX];
    unsigned count;
};

/* One more, WORD; NULL: it is missing. False with one line in ERROR: there is no such setting or value. */
bool paper_change(struct paper_changes *changes, const char *word, struct error *error);

/* Run the guests paper_computes, paper_writes and paper_reads of FOLDER, and print each cell of the paper's Table 1 and
 * its predictions beside what is measured here; as one JSON object if JSON. *HOLDS: what the old protocol costs a
 * guest that computes is within 1 % of what they measured and predicted, and the revised one is nowhere slower. WATCH
 * is begun here: after Ctrl-C the cells that were measured are printed, and nothing is judged. False with one line in
 * ERROR: a guest cannot be run, or nothing was measured. */
bool bench_paper(const char *folder, const struct paper_changes *changes, bool json, bool *holds,
                 struct bench_watch *watch, struct error *error);

#endif

/* bench_paper_causes.h - experiments that isolate why a cell differs from the paper's: one thing is changed, everything
 * else is as it was, and the row of four cells is run again. Private to bench_paper.c.
 */
#ifndef US_MONITOR_PROGRAM_BENCH_PAPER_CAUSES_H
#define US_MONITOR_PROGRAM_BENCH_PAPER_CAUSES_H

#include "monitor/base/json.h"
#include "monitor/program/bench_paper_run.h"

enum { PAPER_LENGTHS = 4, PAPER_EXPERIMENTS = 10 };
extern const uint32_t paper_lengths[PAPER_LENGTHS]; /* of epochs, in Table 1 */

/* Table 1: theirs, and what was measured here. */
struct paper_table {
    double paper[PAPER_KINDS][2][PAPER_LENGTHS], ours[PAPER_KINDS][2][PAPER_LENGTHS];
    double bare_seconds[PAPER_KINDS];
};

struct paper_experiments {
    unsigned count; /* of those that were made */
    double ours[PAPER_EXPERIMENTS][PAPER_LENGTHS];
    bool came_so[PAPER_EXPERIMENTS]; /* as it is said of it */
    bool hold;                       /* each one */
};

/* Make them, until WATCH is stopped; PAPER_LENGTHS * PAPER_EXPERIMENTS measurements. False with one line in ERROR. */
bool paper_experiments_run(const char *folder, const struct paper_table *table, struct bench_watch *watch,
                           struct paper_experiments *made, struct error *error);
void paper_experiments_print(const struct paper_table *table, const struct paper_experiments *made);
/* As the key `experiments` of an object. */
void paper_experiments_json(const struct paper_table *table, const struct paper_experiments *made, struct json *json);

#endif

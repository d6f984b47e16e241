/* sweep_rows.h - the classes of a sweep as rows of text, which is all that a report needs: from the atlas (ft/atlas.h),
 * or from the CSV files of shards. A shard's file has what the whole's would have of its classes, so that rows put
 * together are the bytes of the whole.
 */
#ifndef US_MONITOR_PROGRAM_SWEEP_ROWS_H
#define US_MONITOR_PROGRAM_SWEEP_ROWS_H

#include "ft/atlas.h"
#include "monitor/session/options.h"

struct sweep_row {
    uint64_t number;  /* of the class, in the order of time */
    uint64_t time_ns; /* virtual, of the undisturbed run */
    uint64_t members, repeated, lost, downtime_us;
    bool probed;         /* a second point was run, too */
    unsigned rule;       /* of explainability, that is broken; 0: none */
    const char *outcome; /* "held", "expected", "violated" */
    char *kind, *place, *end, *sentence, *command;
};

struct sweep_rows {
    VEC(struct sweep_row) rows;
    uint64_t shard, shards; /* 1 of 1: whole */
    uint64_t classes;       /* that the whole has */
    bool stopped;           /* by a person: some of them are not there */
    char *about;            /* a hash of what was swept, the same for all shards */
};

/* The rows of ATLAS, swept as OPTIONS say, out of the COUNT words at WORDS. */
void sweep_rows_take(struct sweep_rows *rows, const struct atlas *atlas, const struct options *options, unsigned count,
                     char *const *words);
void sweep_rows_free(struct sweep_rows *rows);

/* ROWS as CSV: a line about the sweep, the columns' names, a line a row. */
void sweep_rows_write(FILE *out, const struct sweep_rows *rows);
/* Add what is in the SIZE bytes at TEXT, a CSV file called NAME, to ROWS. False with one line in ERROR: no such file,
 * of another sweep, there already. */
bool sweep_rows_read(struct sweep_rows *rows, const char *text, size_t size, const char *name, struct error *error);
/* All shards are there: bring the rows in order. False with one line in ERROR that names the first that is not. */
bool sweep_rows_join(struct sweep_rows *rows, struct error *error);

/* "understudy run ..." with what CLASS does, from the words of a sweep; CONFIG has the host's time if that was asked
 * for. To be freed. */
char *sweep_command(unsigned count, char *const *words, const struct system_config *config,
                    const struct atlas_class *class);

#endif

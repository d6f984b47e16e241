/* timeline.h - what the two computers did lately, on one time line (ft/timeline_ring.h): as text, and as a drawing.
 *
 * Everything is computed with whole numbers, so the same run gives the same bytes.
 */
#ifndef US_MONITOR_VIEW_TIMELINE_H
#define US_MONITOR_VIEW_TIMELINE_H

#include <stdio.h>

#include "ft/timeline_ring.h"
#include "mmu/base/vec.h"
#include "monitor/session/monitor.h"

enum timeline_kind {
    TIMELINE_DID,   /* `row` of a computer's chronicle */
    TIMELINE_COMES, /* the message that `row` sent comes in at the other computer */
    TIMELINE_TOLD,  /* the operator's console was told `text` */
};

struct timeline_event {
    uint64_t time_ps;
    enum timeline_kind kind;
    unsigned computer;
    const struct chronicle_row *row;
    uint64_t arrival_ps; /* of a message: UINT64_MAX: not known, or it never arrived */
    bool lost;
    const char *text; /* `size` characters */
    size_t order;     /* in which it was found */
    size_t size;
};

struct timeline {
    uint64_t begin_ps, end_ps;
    uint64_t to_ps;                    /* nothing later is on it */
    VEC(struct timeline_event) events; /* in the order of time */
};

/* What is wanted on it: the last `epochs` of the computer that serves, or epochs `from` to `to`. */
struct timeline_range {
    uint64_t epochs, from, to; /* epochs 0: from and to */
};
/* Around the fail-over NUMBER of those that there were, from 1 (0: the last). False with one line in ERROR. */
bool timeline_around(const struct monitor *monitor, uint64_t number, struct timeline_range *range, struct error *error);
/* The epochs of RANGE, and what was told to the operator meanwhile. HEARTBEATS: are they wanted? */
void timeline_take(struct timeline *timeline, const struct monitor *monitor, const struct timeline_range *range,
                   bool heartbeats);
void timeline_free(struct timeline *timeline);

/* "[37, Int] disk 12", as in the papers. */
void message_name(const struct chronicle_row *row, char *text, size_t size);

void timeline_print(FILE *out, const struct timeline *timeline, const struct monitor *monitor);
/* What happened, in words, "epoch 5 begins", into TEXT. EVENT is not told to the operator. */
void timeline_describe(const struct monitor *monitor, const struct timeline_event *event, char *text, size_t size);
/* Does COMPUTER serve at TIME_PS, as far as the operator was told? */
bool timeline_serves(const struct monitor *monitor, unsigned computer, uint64_t time_ps);
/* One JSON object. */
void timeline_json(FILE *out, const struct timeline *timeline, const struct monitor *monitor);
/* An SVG 1.1 document. */
void timeline_draw(FILE *out, const struct timeline *timeline, const struct monitor *monitor);

#endif

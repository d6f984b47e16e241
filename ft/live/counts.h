/* counts.h - what a node has counted: it tells the world at its end, for the JSON of the run, and writes its own.
 * Private to ft/live/.
 */
#ifndef US_FT_LIVE_COUNTS_H
#define US_FT_LIVE_COUNTS_H

#include "ft/channel/peer.h"
#include "ft/live/frame.h"
#include "ft/system.h"

struct node;

struct node_counts {
    uint64_t messages, bytes;    /* that it has sent to its backups */
    uint64_t issued, suppressed; /* outputs: of the guest, as it knows itself; kept back here */
    uint64_t processor_ns;       /* of a host's processor, that its process has taken */
    struct lags lags;            /* of its backups */
    struct interrupt_counts interrupts[INTERRUPT_CLASSES];
    struct point_counts points;
};

/* Of NODE, which has a computer. */
struct node_counts node_counts_of(const struct node *node);
/* Into a frame, and out of it. */
void node_counts_say(const struct node_counts *counts, struct frame_writer *writer);
void node_counts_take(struct node_counts *counts, struct frame_reader *frame);
/* Add COUNTS, of a node that was ROLE at its end, to RESULT: all but `issued`, which only one can know. */
void node_counts_add(const struct node_counts *counts, enum role role, struct system_result *result);

/* What came of NODE's part of the run. Nothing is judged: that is the world's. */
void node_result(struct node *node, struct system_result *result);

#endif

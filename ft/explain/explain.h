/* explain.h - explainability, the definition of correct (docs/explainability.md): what the shared devices performed
 * must be producible by ONE computer that executed the surviving VP's history and met I/O faults allowed by Rules 0-3.
 */
#ifndef US_FT_EXPLAIN_EXPLAIN_H
#define US_FT_EXPLAIN_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ft/log/operations.h"
#include "io/network.h"
#include "io/seat.h"
#include "io/shared_disk.h"
#include "io/terminal.h"

/* From here on the devices served GENERATION: the terminal had shown so many bytes, the network had so many frames. */
struct explain_fence {
    uint32_t generation;
    uint64_t shown, sent;
};

struct explain_input {
    const struct history *history;    /* H: of the surviving VP */
    const struct history *issuers[2]; /* of every computer, by index: to say where an operation came from */
    const struct shared_disk *disks[DISK_DEVICES]; /* hold D; NULL: no disk */
    const struct terminal *terminal;
    const struct seat *seat;
    const struct network *network;
    bool plain;                         /* the terminal has no output numbers */
    bool complete;                      /* the run has ended: every output of H must have been shown */
    const struct explain_fence *fences; /* in the order of time */
    size_t fence_count;
};

struct explain_verdict {
    bool explainable;
    char sentence[320]; /* the violation: rule, epoch, instruction, device, operation */
    unsigned rule;      /* the rule that is violated; 0: none */
    uint64_t epoch;     /* in which it was put out, as who failed counts; else as the survivor does; 0: not known */
    uint64_t lost;      /* operations told disconnected that no disk has performed */
    uint64_t repeated;  /* performances that repeat one whose outcome was left open */
};

void explain(const struct explain_input *input, struct explain_verdict *verdict);
/* Do H's operations up to number LAST, all of them told, explain the COUNT RECORDS, which are all of theirs, by rules 1
 * to 4? *REPEATED as in the verdict. A run that goes on is judged so in pieces. */
bool explain_operations(const struct history *history, uint64_t last, const struct disk_record *records, size_t count,
                        uint64_t *repeated);

/* ---- between explain.c and explain_search.c ---- */

/* Is RECORD a performance of an operation like OP: not refused, same kind, place and content? */
bool explain_same(const struct history_operation *op, const struct disk_record *record);
/* Is there a matching of the COUNT RECORDS with H that satisfies rules 1 to 4? Looks at all of them, if it must. */
bool explain_search(const struct history *history, const struct disk_record *records, size_t count);

#endif

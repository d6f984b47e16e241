/* progress.h - how far it is, for a person who waits at a terminal: a line on stderr that is written over and at the
 * end taken away. Nothing in the first second, and nothing where stderr is no terminal.
 */
#ifndef US_MONITOR_BASE_PROGRESS_H
#define US_MONITOR_BASE_PROGRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct progress {
    const char *what; /* "classes": DONE of OF what */
    double begin;     /* in seconds of the host */
    atomic_uint told; /* in which quarter of a second, the last time */
    atomic_bool shown;
    bool wanted;
};

/* WHAT outlives it; NULL: only the share is said. */
void progress_begin(struct progress *progress, const char *what);
/* DONE of OF is done: shown four times a second at most. On any thread. */
void progress_tell(struct progress *progress, uint64_t done, uint64_t of);
/* Take the line away. */
void progress_end(struct progress *progress);

#endif

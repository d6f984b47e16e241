/* wake.h - host threads: one that can do nothing sleeps until another has changed something; and how long things took
 * on the host, which reaches no guest.
 */
#ifndef US_FT_WORLD_WAKE_H
#define US_FT_WORLD_WAKE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct world;

/* Of one computer's host thread. */
struct sleeper {
    _Atomic bool asleep; /* it has nothing to do; count up `wakings` to wake it */
    _Atomic uint64_t wakings;
};

/* SLEEPER's host thread sleeps until something changes: something has. */
void world_wake(struct world *world, struct sleeper *sleeper);
/* Sleep until another has woken SLEEPER since SEEN. The sleeper has said that it sleeps, and has looked once more after
 * that: what was published before it said so is not missed. */
void world_sleep(struct world *world, struct sleeper *sleeper, uint64_t seen);

/* Seconds of the host's clock; processor seconds of the calling host thread. */
double host_seconds(void);
double host_thread_seconds(void);

#endif

/* host.h - what a live process takes from its host: time, and a key that nobody can guess. Time reaches a guest only as
 * a value in its log (docs/live.md); the key reaches no guest.
 */
#ifndef US_FT_LIVE_HOST_H
#define US_FT_LIVE_HOST_H

#include <stdbool.h>
#include <stdint.h>

enum { HOST_KEY_MAX = 40 };

/* The host's monotonic clock, in picoseconds. */
uint64_t host_clock_ps(void);
/* A key for a session, as text. False: the host has none. */
bool host_key(char key[HOST_KEY_MAX]);

#endif

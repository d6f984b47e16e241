/* pace.h - a person at the terminal: while the guest has nothing to do, virtual time goes no faster than the host's,
 * and the host sleeps. Only then (system_config.paced); what a person types is stamped with the virtual time at which
 * it was taken, so that nothing of the host's time shows in a recording or its replay.
 */
#ifndef US_FT_COMPUTER_PACE_H
#define US_FT_COMPUTER_PACE_H

#include <stdint.h>

struct computer;

/* One computer's idle time since it last waited for the host. */
struct pace {
    uint64_t idle_ps;    /* that virtual time went on while the guest had nothing to do */
    uint64_t virtual_ps; /* now, when it last waited; */
    uint64_t host_ps;    /* and the host's time then */
};

/* COMPUTER's guest has nothing to do before UNTIL_PS: up to where virtual time may go on at once. */
uint64_t pace_limit(const struct computer *computer, uint64_t until_ps);
/* Virtual time has gone on from BEFORE_PS to now: wait until the host's has too, or somebody types. */
void pace_idle(struct computer *computer, uint64_t before_ps);

#endif

/* draw.h - whole commands by seed: guest, protocol, policy, channel, faults of all kinds and places, repairs. */
#ifndef US_TESTS_PERTURB_DRAW_H
#define US_TESTS_PERTURB_DRAW_H

#include "tests/perturb/command.h"

/* Command number INDEX of SEED. None is refused, and none runs for long. */
void draw_command(uint64_t seed, uint64_t index, struct command *command);

/* The name of guest NUMBER, from 0, of those that drawn commands run; NULL: there are no more. */
const char *draw_guest(unsigned number);

#endif

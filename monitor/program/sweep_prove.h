/* sweep_prove.h - `understudy sweep --protocol FILE`, without an image: is a protocol right? A fixed list of sweeps,
 * the cheapest and those of the fewest faults first, to the first run that is wrong (docs/sweep.md, "A protocol
 * proved").
 */
#ifndef US_MONITOR_PROGRAM_SWEEP_PROVE_H
#define US_MONITOR_PROGRAM_SWEEP_PROVE_H

#include "monitor/session/options.h"

/* Prove the protocol of OPTIONS. Returns the exit status: 0 it holds on what was tried, 1 it is wrong, 2 it could not
 * be judged, with one line in ERROR. */
int sweep_prove(struct options *options, struct error *error);

#endif

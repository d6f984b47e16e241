/* other_faults.h - faults other than a crash (docs/faults.md, "Faults"): the channel cut, healed or slow,
 * acknowledgements lost, a block of the disk that fails, a bit that flips in one computer.
 */
#ifndef US_FT_COMPUTER_OTHER_FAULTS_H
#define US_FT_COMPUTER_OTHER_FAULTS_H

#include "ft/computer/computer.h"

/* FAULT, which is no crash, happens now, at COMPUTER. */
void strike(struct computer *computer, const struct fault *fault);

#endif

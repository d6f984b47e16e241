/* turns.h - on one host thread the computers take turns: how long is one? Nothing of a run may depend on it, so a build
 * that draws it (tests/perturb) puts another function in place of this one. */
#ifndef US_FT_SYSTEM_TURNS_H
#define US_FT_SYSTEM_TURNS_H

/* So many times at most is COMPUTER advanced before it is another's turn. 0: not at all in this round. */
unsigned turn_length(unsigned computer);

#endif

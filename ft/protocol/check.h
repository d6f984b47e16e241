/* check.h - does a protocol's table make sense? What is wrong with a new one is said before anything runs. */
#ifndef US_FT_PROTOCOL_CHECK_H
#define US_FT_PROTOCOL_CHECK_H

#include "ft/protocol/protocol.h"

/* False with a line in ERROR: a program does not end, an action does not fit its program, an epoch is not run and
 * delivered exactly once, what is awaited is never sent, a fail-over is not decided before it is done. */
bool protocol_check(const struct protocol *protocol, struct error *error);

#endif

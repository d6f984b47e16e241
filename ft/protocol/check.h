/* check.h - does a protocol's table make sense? What is wrong with a new one is said before anything runs. */
#ifndef US_FT_PROTOCOL_CHECK_H
#define US_FT_PROTOCOL_CHECK_H

#include "ft/protocol/protocol.h"

/* False with a line in ERROR: a program does not end, an action does not fit its program, an epoch is not run and
 * delivered exactly once, what is awaited is never sent, a fail-over is not decided before it is done. */
bool protocol_check(const struct protocol *protocol, struct error *error);

/* The same of its programs, for who knows where each of them is written. */
enum protocol_part { PROTOCOL_PRIMARY, PROTOCOL_BACKUP, PROTOCOL_FAILOVER, PROTOCOL_PARTS };
struct protocol_complaint {
    enum protocol_part part; /* the program that is wrong */
    char text[320];
};
bool protocol_check_parts(const struct protocol *protocol, struct protocol_complaint *complaint);

/* The word that a file has for ACTION, and the programs that it may stand in (IN_PRIMARY, ...). */
const char *action_word(enum action action);
unsigned action_programs(enum action action);

#endif

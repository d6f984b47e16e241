/* keys.h - a person's keys while a guest has the terminal: raw, so that every key is the guest's, Ctrl-C too, except
 * Ctrl-A, which leads out.
 *
 * Keys are looked for while the session runs the guest (travel_watch), 60 times a second of virtual time. What is typed
 * is one of the deeds that are kept for going back, as after `send`.
 */
#ifndef US_MONITOR_SESSION_KEYS_H
#define US_MONITOR_SESSION_KEYS_H

#include <stdbool.h>
#include <termios.h>

#include "ft/travel.h"
#include "monitor/session/options.h"

struct monitor;

struct keys {
    bool attended; /* a person is at the terminal, and what the session runs by `continue` gets the keys */
    bool raw;      /* the guest has them now */
    bool told;     /* how to get out has been said */
    bool escaped;  /* Ctrl-A was the last key */
    bool left;     /* Ctrl-A x: the program is to end */
    bool stopped;  /* Ctrl-A c: back to the prompt */
    bool ended;    /* nobody types any more */
    struct termios before;
};

/* Do the keys of a person at the terminal go to the guest of OPTIONS as they are? */
bool keys_are_raw(const struct options *options);

/* The guest of MONITOR, whose keys are raw, has the terminal from now on, if a person is there. Says how to get out
 * when it is the first time. */
void keys_begin(struct monitor *monitor);
void keys_end(struct monitor *monitor);
/* What was typed since: it goes to the guest, or leads out. */
enum travel_look keys_look(struct monitor *monitor);

#endif

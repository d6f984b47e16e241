/* keys.h - what a key or button of the window does: one row each, and each is a command of the monitor. */
#ifndef US_MONITOR_WINDOW_KEYS_H
#define US_MONITOR_WINDOW_KEYS_H

#include <stdbool.h>
#include <stdint.h>

enum { KEYS = 17 };

struct window_key {
    char key;            /* as it is typed */
    const char *label;   /* on the button */
    const char *command; /* NULL: the window's own affair: to whom the keyboard speaks */
    const char *instead; /* what there is instead at a node of a live pair; NULL: a node knows the command */
};

extern const struct window_key window_keys[KEYS];

/* Why there is no way back in time at a node of a live pair, and where there is one: a sentence. */
extern const char window_no_way_back[];

/* Can button INDEX be pressed, at a node of a live pair (REMOTE) or elsewhere? */
bool window_key_works(int index, bool remote);
/* Which row has KEY; -1: none. */
int window_key_find(char key);

#endif

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
    bool live;           /* a node of a live pair knows it */
};

extern const struct window_key window_keys[KEYS];

/* Has row INDEX a button, at a node of a live pair (REMOTE) or elsewhere? */
bool window_key_shown(int index, bool remote);
/* Which row has KEY; -1: none. */
int window_key_find(char key);

#endif

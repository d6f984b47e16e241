/* keys.c - see keys.h. */
#include "monitor/window/keys.h"

#include <stddef.h>

#define REPLAY "in the recording of the run, which 'replay LOG' in the monitor ('understudy') opens"

const char window_no_way_back[] =
    "No stepping and no way back in a live run: record it (--record LOG), then 'understudy' "
    "and 'replay LOG' step through it.";

const struct window_key window_keys[KEYS] = {
    {' ', "run", "continue", REPLAY},
    {'s', "step", "step", REPLAY},
    {'S', "step back", "reverse-step", REPLAY},
    {'e', "epoch", "epoch", REPLAY},
    {'E', "epoch back", "reverse-epoch", REPLAY},
    {'1', "crash primary", "crash primary", NULL},
    {'2', "crash backup", "crash backup", NULL},
    {'r', "repair", "repair", "another 'understudy node' joins the survivor"},
    {'c', "cut", "cut", NULL},
    {'h', "heal", "heal", NULL},
    {'n', "next fail-over", "expect operator \"promoted: live\"", REPLAY},
    {'p', "picture", "screenshot understudy.png", NULL},
    {'d', "describe", "window describe", NULL},
    {'l', "light", "window light", NULL},
    {'k', "dark", "window dark", NULL},
    {'?', "help", "help window", NULL},
    {'g', "guest's keys", NULL, NULL},
};

bool window_key_works(int index, bool remote)
{
    return !remote || !window_keys[index].instead;
}

int window_key_find(char key)
{
    for (int i = 0; i < KEYS; i++)
        if (window_keys[i].key == key)
            return i;
    return -1;
}

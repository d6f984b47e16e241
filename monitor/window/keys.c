/* keys.c - see keys.h. */
#include "monitor/window/keys.h"

#include <stddef.h>

const struct window_key window_keys[KEYS] = {
    {' ', "run", "continue", false},
    {'s', "step", "step", false},
    {'S', "step back", "reverse-step", false},
    {'e', "epoch", "epoch", false},
    {'E', "epoch back", "reverse-epoch", false},
    {'1', "crash primary", "crash primary", true},
    {'2', "crash backup", "crash backup", true},
    {'r', "repair", "repair", false},
    {'c', "cut", "cut", true},
    {'h', "heal", "heal", true},
    {'n', "next fail-over", "expect operator \"promoted: live\"", false},
    {'p', "picture", "screenshot understudy.png", true},
    {'d', "describe", "window describe", true},
    {'l', "light", "window light", true},
    {'k', "dark", "window dark", true},
    {'?', "help", "help window", true},
    {'g', "guest's keys", NULL, true},
};

bool window_key_shown(int index, bool remote)
{
    return !remote || window_keys[index].live;
}

int window_key_find(char key)
{
    for (int i = 0; i < KEYS; i++)
        if (window_keys[i].key == key)
            return i;
    return -1;
}

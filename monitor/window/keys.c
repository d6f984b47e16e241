/* keys.c - see keys.h. */
#include "monitor/window/keys.h"

const struct window_key window_keys[KEYS] = {
    {' ', "run", "continue"},
    {'s', "step", "step"},
    {'S', "step back", "reverse-step"},
    {'e', "epoch", "epoch"},
    {'E', "epoch back", "reverse-epoch"},
    {'1', "crash primary", "crash primary"},
    {'2', "crash backup", "crash backup"},
    {'r', "repair", "repair"},
    {'c', "cut", "cut"},
    {'h', "heal", "heal"},
    {'n', "next fail-over", "expect operator \"promoted: live\""},
    {'p', "picture", "screenshot understudy.png"},
    {'d', "describe", "window describe"},
    {'l', "light", "window light"},
    {'k', "dark", "window dark"},
    {'?', "help", "help window"},
    {'g', "guest's keys", 0},
};

int window_key_find(char key)
{
    for (int i = 0; i < KEYS; i++)
        if (window_keys[i].key == key)
            return i;
    return -1;
}

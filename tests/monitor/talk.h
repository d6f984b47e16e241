/* talk.h - a person at a pseudo-terminal, for tests.
 *
 * What is typed next waits for what the program prints, never for a time; a program that prints nothing more ends the
 * test when its output ends or ctest gives up on it.
 */
#ifndef US_TESTS_MONITOR_TALK_H
#define US_TESTS_MONITOR_TALK_H

#include <sys/types.h>

#include "support.h"

struct talk {
    struct bench_of_tests *tests;
    int terminal;
    pid_t child;
    char seen[1 << 16]; /* since the last answer */
    size_t count;
};

/* Type, await. */
struct turn {
    const char *typed, *awaited;
};

/* Read until TEXT comes, and forget what came up to it. */
bool talk_await(struct talk *talk, const char *text);
/* Read until TEXT comes behind a number of LEAST or more. */
bool talk_await_count(struct talk *talk, unsigned long least, const char *text);
/* The same as talk_await, and WITHOUT is not among what came. */
bool talk_await_without(struct talk *talk, const char *text, const char *without);
void talk_type(struct talk *talk, const char *text);
/* COUNT of them, each said, so that a test that waits for ever tells where. False: one was not answered. */
bool talk_turns(struct talk *talk, const struct turn *turns, size_t count);

/* The program with WORDS (NULL at the end, or NULL: none); TALKING types and awaits. STATE_HOME: $XDG_STATE_HOME, or
 * NULL. Returns the exit status, or 1000 + signal. */
int talk_session(struct bench_of_tests *tests, struct talk *talk, const char *const *words, const char *state_home,
                 void (*talking)(struct talk *talk));

#endif

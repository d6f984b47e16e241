/* talk.c - see talk.h. */
#include "talk.h"

#include <ctype.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What was seen before END is dealt with. */
static void forget(struct talk *talk, const char *end)
{
    talk->count -= (size_t)(end - talk->seen);
    memmove(talk->seen, end, talk->count);
}

/* Read on. False, and a failure: TEXT has not come. */
static bool more(struct talk *talk, const char *text)
{
    ssize_t got = read(talk->terminal, talk->seen + talk->count, sizeof talk->seen - talk->count);
    if (got <= 0)
        return expect(talk->tests, false, "talk", NULL, "'%s' did not come, but '%.*s'", text, (int)talk->count,
                      talk->seen);
    talk->count += (size_t)got;
    return true;
}

bool talk_await(struct talk *talk, const char *text)
{
    return talk_await_without(talk, text, NULL);
}

/* The number that ends at END, in what begins at FIRST. */
static unsigned long number_before(const char *first, const char *end)
{
    const char *digits = end;
    while (digits > first && isdigit((unsigned char)digits[-1]))
        digits--;
    return digits < end ? strtoul(digits, NULL, 10) : 0;
}

bool talk_await_count(struct talk *talk, unsigned long least, const char *text)
{
    for (;;) {
        char *at = memmem(talk->seen, talk->count, text, strlen(text));
        if (!at && !more(talk, text))
            return false;
        if (!at)
            continue;
        unsigned long count = number_before(talk->seen, at);
        forget(talk, at + strlen(text));
        if (count >= least)
            return true;
    }
}

bool talk_await_without(struct talk *talk, const char *text, const char *without)
{
    for (;;) {
        char *at = memmem(talk->seen, talk->count, text, strlen(text));
        if (at) {
            size_t used = (size_t)(at - talk->seen) + strlen(text);
            expect(talk->tests, !without || !memmem(talk->seen, used, without, strlen(without)), "talk", NULL,
                   "'%s' came before '%s'", without ? without : "", text);
            forget(talk, talk->seen + used);
            return true;
        }
        if (!more(talk, text))
            return false;
    }
}

void talk_type(struct talk *talk, const char *text)
{
    size_t size = strlen(text);
    expect(talk->tests, write(talk->terminal, text, size) == (ssize_t)size, "talk", NULL, "cannot type");
}

bool talk_turns(struct talk *talk, const struct turn *turns, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        printf("turn %zu\n", i);
        talk_type(talk, turns[i].typed);
        if (!talk_await(talk, turns[i].awaited))
            return false;
    }
    return true;
}

int talk_session(struct bench_of_tests *tests, struct talk *talk, const char *const *words, const char *state_home,
                 void (*talking)(struct talk *talk))
{
    enum { WORDS_MOST = 16 };
    struct winsize size = {.ws_row = 50, .ws_col = 200};
    *talk = (struct talk){.tests = tests};
    pid_t child = forkpty(&talk->terminal, NULL, NULL, &size);
    if (child == 0) {
        char *all[WORDS_MOST + 2] = {strdup(tests->program)};
        for (unsigned i = 0; words && words[i] && i < WORDS_MOST; i++)
            all[i + 1] = strdup(words[i]);
        setenv("HOME", tests->folder, 1);
        setenv("TERM", "dumb", 1);
        unsetenv("XDG_STATE_HOME");
        if (state_home)
            setenv("XDG_STATE_HOME", state_home, 1);
        setenv("INPUTRC", "/dev/null", 1);
        execv(tests->program, all);
        _exit(127);
    }
    talk->child = child;
    talking(talk);
    while (read(talk->terminal, talk->seen, sizeof talk->seen) > 0)
        continue;
    close(talk->terminal);
    int state;
    waitpid(child, &state, 0);
    return WIFEXITED(state) ? WEXITSTATUS(state) : 1000 + WTERMSIG(state);
}

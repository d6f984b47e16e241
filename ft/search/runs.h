/* runs.h - runs on several host threads that somebody may stop. Private to ft/search/. */
#ifndef US_FT_SEARCH_RUNS_H
#define US_FT_SEARCH_RUNS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "ft/system.h"

enum { RUNS_MAX = 64 };

struct runs {
    pthread_mutex_t lock;
    int left;                           /* an eventfd: a thread is through */
    struct system *under_way[RUNS_MAX]; /* NULL: a free place */
    atomic_bool stopped;
    void (*work)(void *arg);
    void *arg;
};

void runs_begin(struct runs *runs);
void runs_end(struct runs *runs);

/* Call WORK(ARG) on COUNT threads, at most RUNS_MAX, or on as many as the host has. While they work ASKED(ASKED_ARG) is
 * asked on this thread, if it is not NULL: true stops every run that is under way and those to come. */
void runs_work(struct runs *runs, unsigned count, void (*work)(void *arg), void *arg, bool (*asked)(void *arg),
               void *asked_arg);
/* Has somebody asked to stop? What a run came to that was under way then is worth nothing. */
bool runs_stopped(struct runs *runs);
/* system_run, of a run that may be stopped. */
bool runs_run(struct runs *runs, struct system *system, struct error *error);

#endif

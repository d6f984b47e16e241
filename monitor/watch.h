/* watch.h - Ctrl-C while a guest runs.
 *
 * The signals are blocked in every thread, and one thread waits for them while a system runs and hands them on through
 * system_interrupt. So there is no signal handler, and nothing global for one to reach.
 */
#ifndef US_MONITOR_WATCH_H
#define US_MONITOR_WATCH_H

#include <pthread.h>
#include <stdbool.h>

#include "ft/system.h"

struct watch {
    pthread_t thread;
    struct system *system;
    bool terminate; /* SIGTERM is watched, too */
    int fd;         /* input there ends the run, too; -1: none */
    bool working;   /* false: there is no thread (the host refused); signals wait until later */
};

/* Block what is watched, before any thread is made. TERMINATE: SIGTERM as well as SIGINT. */
void watch_block(bool terminate);
/* Forget a Ctrl-C that has not been handled. True if there was one. */
bool watch_forget(void);

/* Has a Ctrl-C (or, where it is blocked, SIGTERM) come since? Takes it, and does not wait. */
bool watch_asked(void);

/* From now until watch_end, a signal interrupts SYSTEM. */
void watch_begin(struct watch *watch, struct system *system, bool terminate);
/* Input at FD (-1: none) does so, too, once. */
void watch_begin_input(struct watch *watch, struct system *system, bool terminate, int fd);
void watch_end(struct watch *watch);

#endif

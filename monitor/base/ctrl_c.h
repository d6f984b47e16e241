/* ctrl_c.h - Ctrl-C while a guest runs.
 *
 * The signals are blocked in every thread, and one thread waits for them while a system runs and hands them on through
 * system_interrupt. So there is no signal handler, and nothing global for one to reach.
 */
#ifndef US_MONITOR_BASE_CTRL_C_H
#define US_MONITOR_BASE_CTRL_C_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>

#include "ft/system.h"

struct ctrl_c {
    pthread_t thread;
    struct system *system;
    int fd;                  /* a Ctrl-C there (gdb's 0x03), or its end, ends the run, too; -1: none */
    bool signalled;          /* by a signal, as is known after ctrl_c_end */
    bool working;            /* false: there is no thread (the host refused) */
    void (*tick)(void *arg); /* NULL: none */
    void *arg;
    sigset_t left; /* these signals then do until ctrl_c_end what they do by themselves */
};

/* Block what is watched, before any thread is made. TERMINATE: SIGTERM and SIGHUP (unless that is ignored) as well as
 * SIGINT. */
void ctrl_c_block(bool terminate);
/* Forget a Ctrl-C that has not been handled. True if there was one. */
bool ctrl_c_forget(void);

/* Has a Ctrl-C (or, where they are blocked, SIGTERM or SIGHUP) come since? Takes a Ctrl-C, and does not wait. */
bool ctrl_c_asked(void);
/* Has SIGUSR1 come since, which is blocked with them? Takes it; not while a system is between ctrl_c_begin and _end. */
bool ctrl_c_other(void);
/* Has SIGTERM or SIGHUP come, where they are blocked? Then the program is to end. */
bool ctrl_c_ended(void);

/* From now until ctrl_c_end, a signal interrupts SYSTEM. */
void ctrl_c_begin(struct ctrl_c *ctrl_c, struct system *system);
/* Besides, TICK(ARG) now and then, on another thread. */
void ctrl_c_begin_ticking(struct ctrl_c *ctrl_c, struct system *system, void (*tick)(void *arg), void *arg);
/* A byte 0x03 in what the socket FD (-1: none) has to be read, or its end, does so, too, once, also if it is there
 * already; it stays there for whoever reads it. */
void ctrl_c_begin_input(struct ctrl_c *ctrl_c, struct system *system, int fd);
/* What came too late for the run does not interrupt the next one. */
void ctrl_c_end(struct ctrl_c *ctrl_c);

#endif

/* watch.c - see watch.h. SIGUSR1, sent to the watching thread alone, ends it. */
#include "monitor/watch.h"

#include <poll.h>
#include <signal.h>
#include <time.h>

enum { LOOK_NS = 50000000 };

static void watched(sigset_t *set, bool terminate)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    if (terminate)
        sigaddset(set, SIGTERM);
}

void watch_block(bool terminate)
{
    sigset_t set;
    watched(&set, terminate);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

bool watch_forget(void)
{
    sigset_t set;
    bool any = false;
    watched(&set, false);
    while (sigtimedwait(&set, NULL, &(struct timespec){0}) > 0)
        any = true;
    return any;
}

bool watch_asked(void)
{
    sigset_t set;
    watched(&set, true);
    return sigtimedwait(&set, NULL, &(struct timespec){0}) > 0;
}

static void *watch_main(void *arg)
{
    const struct watch *watch = arg;
    sigset_t set;
    watched(&set, watch->terminate);
    sigaddset(&set, SIGUSR1);
    for (int fd = watch->fd;;) {
        struct pollfd input = {.fd = fd, .events = POLLIN};
        int number =
            fd < 0 ? sigwaitinfo(&set, NULL) : sigtimedwait(&set, NULL, &(struct timespec){.tv_nsec = LOOK_NS});
        if (number == SIGUSR1)
            return NULL;
        bool came = fd >= 0 && poll(&input, 1, 0) > 0;
        if (number > 0 || came)
            system_interrupt(watch->system);
        if (came)
            fd = -1; /* it stays there for whoever reads it */
    }
}

void watch_begin(struct watch *watch, struct system *system, bool terminate)
{
    watch_begin_input(watch, system, terminate, -1);
}

void watch_begin_input(struct watch *watch, struct system *system, bool terminate, int fd)
{
    *watch = (struct watch){.system = system, .terminate = terminate, .fd = fd};
    watch->working = pthread_create(&watch->thread, NULL, watch_main, watch) == 0;
}

void watch_end(struct watch *watch)
{
    if (!watch->working)
        return;
    pthread_kill(watch->thread, SIGUSR1);
    pthread_join(watch->thread, NULL);
    watch->working = false;
}

/* runs.c - see runs.h. */
#include "ft/search/runs.h"

#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { LOOK_MS = 50 };

void runs_begin(struct runs *runs)
{
    memset(runs, 0, sizeof *runs);
    pthread_mutex_init(&runs->lock, NULL);
    runs->left = eventfd(0, EFD_CLOEXEC);
}

void runs_end(struct runs *runs)
{
    if (runs->left >= 0)
        close(runs->left);
    pthread_mutex_destroy(&runs->lock);
}

bool runs_stopped(struct runs *runs)
{
    return atomic_load(&runs->stopped);
}

bool runs_run(struct runs *runs, struct system *system, struct error *error)
{
    unsigned place = 0;
    pthread_mutex_lock(&runs->lock);
    while (place < RUNS_MAX && runs->under_way[place])
        place++;
    if (place < RUNS_MAX)
        runs->under_way[place] = system;
    if (runs_stopped(runs))
        system_interrupt(system);
    pthread_mutex_unlock(&runs->lock);
    bool good = system_run(system, error);
    pthread_mutex_lock(&runs->lock);
    if (place < RUNS_MAX)
        runs->under_way[place] = NULL;
    pthread_mutex_unlock(&runs->lock);
    return good;
}

static void *thread_main(void *arg)
{
    struct runs *runs = arg;
    runs->work(runs->arg);
    eventfd_write(runs->left, 1);
    return NULL;
}

static void stop(struct runs *runs)
{
    pthread_mutex_lock(&runs->lock);
    atomic_store(&runs->stopped, true);
    for (unsigned i = 0; i < RUNS_MAX; i++)
        if (runs->under_way[i])
            system_interrupt(runs->under_way[i]);
    pthread_mutex_unlock(&runs->lock);
}

/* Until COUNT threads are through. */
static void watch(struct runs *runs, unsigned count, bool (*asked)(void *arg), void *asked_arg)
{
    struct pollfd left = {.fd = runs->left, .events = POLLIN};
    for (eventfd_t through = 0; count;) {
        if (poll(&left, 1, LOOK_MS) > 0 && eventfd_read(runs->left, &through) == 0)
            count -= (unsigned)through;
        if (count && !runs_stopped(runs) && asked(asked_arg))
            stop(runs);
    }
}

void runs_work(struct runs *runs, unsigned count, void (*work)(void *arg), void *arg, bool (*asked)(void *arg),
               void *asked_arg)
{
    pthread_t threads[RUNS_MAX];
    bool watched = asked && runs->left >= 0;
    unsigned started = 0, wanted = watched ? count : count - 1;
    runs->work = work;
    runs->arg = arg;
    while (started < wanted && started < RUNS_MAX && !pthread_create(&threads[started], NULL, thread_main, runs))
        started++;
    if (!watched || !started)
        work(arg);
    else
        watch(runs, started, asked, asked_arg);
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}

/* wake.c - see wake.h. */
#include "ft/world/wake.h"

#include <time.h>

#include "ft/world/world.h"

void world_wake(struct world *world, struct sleeper *sleeper)
{
    if (!atomic_load(&sleeper->asleep))
        return;
    pthread_mutex_lock(&world->sleep_lock);
    atomic_fetch_add(&sleeper->wakings, 1);
    pthread_cond_broadcast(&world->wake);
    pthread_mutex_unlock(&world->sleep_lock);
}

void world_sleep(struct world *world, struct sleeper *sleeper, uint64_t seen)
{
    pthread_mutex_lock(&world->sleep_lock);
    while (atomic_load(&sleeper->wakings) == seen && !atomic_load(&world->interrupted)) {
        struct timespec until; /* a signal handler cannot wake us: look again now and then */
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += 50000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&world->wake, &world->sleep_lock, &until);
    }
    pthread_mutex_unlock(&world->sleep_lock);
}

static double clock_seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

double host_seconds(void)
{
    return clock_seconds(CLOCK_MONOTONIC);
}

double host_thread_seconds(void)
{
    return clock_seconds(CLOCK_THREAD_CPUTIME_ID);
}

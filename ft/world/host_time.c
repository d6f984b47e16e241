/* host_time.c - see host_time.h. */
#include "ft/world/host_time.h"

#include <time.h>

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

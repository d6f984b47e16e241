/* host.c - see host.h. */
#include "ft/live/host.h"

#include <stdio.h>
#include <sys/random.h>
#include <time.h>

#include "mmu/base/vtime.h"

uint64_t host_clock_ps(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * PS_PER_S + (uint64_t)now.tv_nsec * 1000;
}

bool host_key(char key[HOST_KEY_MAX])
{
    uint8_t bytes[16];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return false;
    for (unsigned i = 0; i < sizeof bytes; i++)
        snprintf(key + (size_t)2 * i, 3, "%02x", bytes[i]);
    return true;
}

/* pace.c - see pace.h. The host's time is looked at once in a grain of virtual time: shorter waits would cost more than
 * they save, and nobody at a keyboard notices longer ones.
 */
#include "ft/computer/pace.h"

#include <time.h>

#include "ft/computer/computer.h"
#include "mmu/base/vtime.h"

#define GRAIN_PS  (PS_PER_S / 100)
#define PS_PER_MS (PS_PER_S / 1000)

uint64_t pace_limit(const struct computer *computer, uint64_t until_ps)
{
    uint64_t limit = computer_now(computer) + GRAIN_PS;
    return computer->world->config.paced && until_ps > limit ? limit : until_ps;
}

static uint64_t host_now_ps(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * PS_PER_S + (uint64_t)now.tv_nsec * 1000;
}

static void wait_for_host(struct computer *computer, unsigned milliseconds)
{
    struct world *world = computer->world;
    computer_publish(computer, ADVANCE_BLOCKED); /* the other goes on: what it has not executed is not shown */
    if (!terminal_wait(world->terminal, milliseconds))
        return;
    /* Whether the guest reads it or not: what is left there would wake us again and again. */
    pthread_mutex_lock(&world->lock);
    terminal_take(world->terminal);
    pthread_mutex_unlock(&world->lock);
}

void pace_idle(struct computer *computer, uint64_t before_ps)
{
    struct pace *pace = &computer->pace;
    uint64_t now = computer_now(computer);
    if (!computer->world->config.paced)
        return;
    pace->idle_ps += now - before_ps;
    if (pace->idle_ps < GRAIN_PS)
        return;
    /* While the guest works it may run ahead of the host: what is waited for is idle time only. */
    uint64_t host = host_now_ps(), passed = host - pace->host_ps, went = now - pace->virtual_ps;
    uint64_t ahead = went > passed ? went - passed : 0;
    uint64_t wait = ahead < pace->idle_ps ? ahead : pace->idle_ps;
    if (wait >= PS_PER_MS)
        wait_for_host(computer, (unsigned)(wait / PS_PER_MS));
    *pace = (struct pace){0, now, host_now_ps()};
}

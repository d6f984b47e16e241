/* wait.c - see process.h: host threads that sleep until another has gone on. They share what is the host's only. */
#include "ft/order/process.h"

#include <time.h>

/* A signal handler cannot wake a sleeper: it looks whether it was interrupted now and then. The first nap is about as
 * long as the host needs to come out of one, each other twice the one before: the work is soon there, or the other
 * thread has no processor, and then looking would take one from it. */
enum { LOOK_AGAIN_NS = 50000000, NAP_NS = 50000, NAPS = 5, NS_PER_S = 1000000000 };

void order_wake(struct order *order, unsigned number)
{
    struct process *process = &order->process[number];
    if (!atomic_load(&process->asleep))
        return;
    pthread_mutex_lock(&order->lock);
    atomic_fetch_add(&process->wakings, 1);
    pthread_cond_broadcast(&order->woken);
    pthread_mutex_unlock(&order->lock);
}

/* Is what NUMBER has done worth waking OTHER, who sleeps as SLEEP says? */
static bool worth_waking(const struct order *order, unsigned number, unsigned other, enum sleep sleep, bool news,
                         uint64_t epochs)
{
    uint64_t mine = atomic_load_explicit(&order->process[number].executed, memory_order_relaxed);
    uint64_t its = atomic_load_explicit(&order->process[other].executed, memory_order_relaxed);
    uint64_t wanted = atomic_load_explicit(&order->process[other].wanted, memory_order_relaxed);
    switch (sleep) {
    case SLEEP_NOT:
    case SLEEP_NAP:
        return false;
    case SLEEP_LIGHT:
        return news && mine >= wanted;
    case SLEEP_DEEP:
        return mine >= its + epochs;
    case SLEEP_AHEAD:
        return mine >= wanted;
    }
    return true;
}

void order_publish_wake(struct order *order, unsigned number, bool news, bool last, uint64_t epochs)
{
    /* Who comes to wait hereafter has seen what was published, or is seen to wait: both sides write before they look.
     * Before its last word one may miss a sleeper; the next time finds it. */
    if (last)
        atomic_fetch_add(&order->process[number].published, 1);
    for (unsigned i = 0; i < order->count; i++) {
        if (i == number)
            continue;
        enum sleep sleep = last ? atomic_load(&order->process[i].asleep)
                                : atomic_load_explicit(&order->process[i].asleep, memory_order_relaxed);
        if (sleep != SLEEP_NOT && (last || worth_waking(order, number, i, sleep, news, epochs)))
            order_wake(order, i);
    }
}

/* One that is ahead, and would soon be so again, is woken when half of it is caught up: waking costs as much as epochs
 * do. Whoever is behind comes to a stop of its own at the latest, and that wakes everybody. */
static uint64_t half_way(const struct order *order, unsigned number)
{
    uint64_t mine = order_executed(order, number), its = UINT64_MAX;
    for (unsigned i = 0; i < order->count; i++)
        if (i != number && order_executed(order, i) < its)
            its = order_executed(order, i);
    return its < mine ? its + (mine - its) / 2 : 0;
}

uint64_t order_doze(struct order *order, unsigned number, enum sleep sleep, uint64_t epochs)
{
    struct process *process = &order->process[number];
    uint64_t seen = atomic_load(&process->wakings);
    atomic_store_explicit(&process->wanted, half_way(order, number), memory_order_relaxed);
    process->after_naps = sleep;
    process->epochs = epochs;
    bool naps = epochs && (sleep == SLEEP_DEEP || sleep == SLEEP_AHEAD);
    atomic_exchange(&process->asleep, naps ? SLEEP_NAP : sleep);
    return seen;
}

/* After a nap: has another done what NUMBER waits for? */
static bool work_is_there(const struct order *order, unsigned number)
{
    const struct process *process = &order->process[number];
    for (unsigned i = 0; i < order->count; i++)
        if (i != number && worth_waking(order, i, number, process->after_naps, false, process->epochs))
            return true;
    return false;
}

static void wait_for(struct order *order, long ns)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += ns;
    until.tv_sec += until.tv_nsec / NS_PER_S;
    until.tv_nsec %= NS_PER_S;
    pthread_cond_timedwait(&order->woken, &order->lock, &until);
}

void order_sleep(struct order *order, unsigned number, uint64_t seen, const _Atomic bool *interrupted)
{
    struct process *process = &order->process[number];
    unsigned naps = atomic_load(&process->asleep) == SLEEP_NAP ? NAPS : 0;
    pthread_mutex_lock(&order->lock);
    while (atomic_load(&process->wakings) == seen && !atomic_load(interrupted)) {
        bool nap = naps > 0;
        wait_for(order, nap ? NAP_NS << (NAPS - naps) : LOOK_AGAIN_NS);
        if (nap && --naps == 0) /* what was done before that it sees now, and for what is done after it is woken */
            atomic_store(&process->asleep, process->after_naps);
        if (nap && work_is_there(order, number))
            break;
    }
    pthread_mutex_unlock(&order->lock);
}

void order_awake(struct order *order, unsigned number)
{
    atomic_store(&order->process[number].asleep, SLEEP_NOT);
}

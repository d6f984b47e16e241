/* process.c - see process.h: promises. */
#include "ft/order/process.h"

#include <string.h>

bool order_init(struct order *order, unsigned count, struct error *error)
{
    memset(order, 0, sizeof *order);
    order->count = count;
    if (pthread_mutex_init(&order->lock, NULL))
        return error_set(error, "the host has no memory for a lock");
    if (pthread_cond_init(&order->woken, NULL)) {
        pthread_mutex_destroy(&order->lock);
        return error_set(error, "the host has no memory for a lock");
    }
    return true;
}

void order_free(struct order *order)
{
    pthread_cond_destroy(&order->woken);
    pthread_mutex_destroy(&order->lock);
}

void order_begin(struct order *order, unsigned number, uint64_t time_ps)
{
    struct process *process = &order->process[number];
    atomic_store(&process->to_peer_ps, time_ps);
    atomic_store(&process->to_world_ps, time_ps);
    atomic_store(&process->passed_ps, time_ps);
    atomic_store(&process->waits, false);
}

/* The word's only writer raises it. */
static bool raise_to(_Atomic uint64_t *promise, uint64_t time_ps)
{
    bool more = time_ps > atomic_load_explicit(promise, memory_order_relaxed);
    if (more)
        atomic_store_explicit(promise, time_ps, memory_order_release);
    return more;
}

bool order_promise(struct order *order, unsigned number, uint64_t to_peer_ps, uint64_t to_world_ps)
{
    struct process *process = &order->process[number];
    bool more = raise_to(&process->to_peer_ps, to_peer_ps);
    return raise_to(&process->to_world_ps, to_world_ps) || more;
}

uint64_t order_bound(const struct order *order, unsigned number, uint64_t known_ps)
{
    uint64_t bound = TIME_NEVER;
    for (unsigned i = 0; i < order->count; i++) {
        if (i == number)
            continue;
        uint64_t promise = atomic_load_explicit(&order->process[i].to_world_ps, memory_order_acquire);
        promise = known_ps > promise ? known_ps : promise;
        if (promise == TIME_NEVER)
            continue;
        /* At one time the lower number acts first: what a higher one may do then comes after. */
        uint64_t before = i < number ? promise : promise + 1;
        if (before < bound)
            bound = before;
    }
    return bound;
}

void order_is_silent(struct order *order, unsigned number)
{
    atomic_store(&order->process[number].passed_ps, TIME_NEVER);
}

uint64_t order_passed(const struct order *order)
{
    uint64_t passed = TIME_NEVER;
    for (unsigned i = 0; i < order->count; i++) {
        uint64_t at = atomic_load_explicit(&order->process[i].passed_ps, memory_order_acquire);
        passed = at < passed ? at : passed;
    }
    return passed;
}

uint64_t order_touched(const struct order *order)
{
    uint64_t touched = TIME_NEVER;
    for (unsigned i = 0; i < order->count; i++) {
        uint64_t at = atomic_load_explicit(&order->process[i].to_world_ps, memory_order_acquire);
        touched = at < touched ? at : touched;
    }
    return touched;
}

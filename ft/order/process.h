/* process.h - the one rule by which the computers of a system keep virtual time on several host threads: each is a
 * logical process, which says by promises what it will not do any more, and acts on what is shared only when no other
 * can still act before (conservative synchronization with look-ahead: Bryant 1977, Chandy and Misra 1979).
 *
 * docs/time.md has the rule, and why it cannot deadlock. What always holds: a promise never goes back while its
 * incarnation lives; what is promised is in its place (the queue, the world) before the promise is; nothing but the two
 * promises decides anything in virtual time. It may use mmu/base/ only, and knows no computer.
 */
#ifndef US_FT_ORDER_PROCESS_H
#define US_FT_ORDER_PROCESS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "mmu/base/error.h"
#include "mmu/base/vtime.h"

enum { PROCESSES_MAX = 2, ORDER_LINE_BYTES = 64 };

/* A promise to the peer of one that sends nothing any more but reports, which the peer knows when to expect. */
#define TIME_REPORTED (TIME_NEVER - 1)

/* How a host thread sleeps that can do nothing. To wake one costs who does it as much as epochs do: who waits for work
 * that will be there soon naps first, and looks for itself. */
enum sleep {
    SLEEP_NOT,
    SLEEP_NAP,   /* SLEEP_DEEP or SLEEP_AHEAD begins so: only who can do nothing itself wakes it */
    SLEEP_LIGHT, /* it waits for a promise: every new one wakes it, when the other has caught up by half at least */
    SLEEP_DEEP,  /* it has executed all that it was sent: a few epochs at once are worth waking it */
    SLEEP_AHEAD, /* it is ahead by as much as its host thread may be: wake it when the other has caught up by half */
};

/* One computer, as the others may see it. Groups that change at different times lie in cache lines of their own. */
struct process {
    char apart_before[ORDER_LINE_BYTES];
    _Atomic uint64_t to_peer_ps;  /* nothing more will reach its peer before this time; TIME_NEVER: nothing ever */
    _Atomic uint64_t to_world_ps; /* it will touch nothing that is shared before this time; TIME_NEVER: not any more */
    /* The host's, which decide nothing in virtual time: up to when everything that it shows has been said; epochs that
     * its VP has executed; how its host thread sleeps (count up `wakings` to wake it). */
    char apart_passed[ORDER_LINE_BYTES];
    _Atomic uint64_t passed_ps, executed;
    char apart_sleep[ORDER_LINE_BYTES];
    _Atomic int asleep;      /* enum sleep */
    _Atomic uint64_t wanted; /* SLEEP_LIGHT, SLEEP_AHEAD: not before another has executed so many epochs, if that does
                                not stop */
    _Atomic bool waits;      /* it came back from its last turn because it can do nothing until another has gone on */
    _Atomic uint64_t wakings, published;
    enum sleep after_naps; /* its own: how it sleeps, and so many epochs of another are worth waking for */
    uint64_t epochs;
    char apart_after[ORDER_LINE_BYTES];
};

struct order {
    struct process process[PROCESSES_MAX]; /* the number of a process is its index here */
    unsigned count;
    pthread_mutex_t lock;
    pthread_cond_t woken;
};

/* An order of COUNT processes that have promised nothing yet. False with a line in ERROR if the host cannot. */
bool order_init(struct order *order, unsigned count, struct error *error);
void order_free(struct order *order);

/* ---- promises ---- */

/* Process NUMBER begins to promise at TIME_PS, in a new run or as a new incarnation: no other reads its promises now,
 * or only the one that calls this for it. */
void order_begin(struct order *order, unsigned number, uint64_t time_ps);
/* Process NUMBER promises; what it promises is in its place already. A promise that says less than the one before
 * changes nothing. True if either says more. */
bool order_promise(struct order *order, unsigned number, uint64_t to_peer_ps, uint64_t to_world_ps);
/* The promise of process NUMBER to its peer. What was in the queue when it was made is seen by whoever has seen it. */
static inline uint64_t order_to_peer(const struct order *order, unsigned number)
{
    return atomic_load_explicit(&order->process[number].to_peer_ps, memory_order_acquire);
}
/* Is process NUMBER dead, or has the run ended for it: has it promised never to touch anything any more? */
static inline bool order_has_ended(const struct order *order, unsigned number)
{
    return atomic_load_explicit(&order->process[number].to_world_ps, memory_order_acquire) == TIME_NEVER;
}
/* The order is (time, process): the first time at which another process may still act before process NUMBER, so that
 * NUMBER may act at any time before it, exclusive. It is known otherwise that none acts before KNOWN_PS (0: nothing is
 * known). */
uint64_t order_bound(const struct order *order, unsigned number, uint64_t known_ps);
/* Process NUMBER says nothing any more. */
void order_is_silent(struct order *order, unsigned number);
/* The time that every process has passed: nothing with an earlier time will be said any more. */
uint64_t order_passed(const struct order *order);
/* The time before which nobody touches what is shared any more. */
uint64_t order_touched(const struct order *order);

/* ---- host threads ---- */

/* How many epochs the VP of process NUMBER has executed, at least. */
static inline uint64_t order_executed(const struct order *order, unsigned number)
{
    return atomic_load_explicit(&order->process[number].executed, memory_order_acquire);
}

/* Process NUMBER has published. Wake those who wait for its promises if there are NEWS; those who wait for EPOCHS of
 * work when these are there; those who are ahead of it when it has caught up by half; and all, who nap too, if it is at
 * an end of its own (LAST), because nothing may come after that for long. */
void order_publish_wake(struct order *order, unsigned number, bool news, bool last, uint64_t epochs);
/* The host thread of process NUMBER can do nothing. It says so (order_doze: if it waits for work, EPOCHS of it are
 * enough, and more than is done within a nap; 0: it takes none), looks once more, and then sleeps until it is woken
 * (order_sleep with what order_doze returned), or has seen after a nap that the work is there, or *INTERRUPTED; at the
 * end it says that it is awake. What was published before it said that it sleeps, it sees when it looks once more; what
 * is published after that wakes it, or is seen after a nap. */
uint64_t order_doze(struct order *order, unsigned number, enum sleep sleep, uint64_t epochs);
void order_sleep(struct order *order, unsigned number, uint64_t seen, const _Atomic bool *interrupted);
void order_awake(struct order *order, unsigned number);
/* Wake process NUMBER, if it sleeps. */
void order_wake(struct order *order, unsigned number);

#endif

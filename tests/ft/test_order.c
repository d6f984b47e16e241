/* test_order.c - promises, the order of two processes, and host threads that sleep until another has gone on.
 *
 *   test_ft_order [--seed N]
 */
#include "ft/order/process.h"

#include <pthread.h>
#include <time.h>

#include "mmu/base/rng.h"
#include "tests/check.h"

enum { DRAWN = 20000, ROUNDS = 4000, HANG_SECONDS = 60 };

static void start(struct check *t, struct order *order)
{
    struct error error;
    CHECK(order_init(order, PROCESSES_MAX, &error));
}

static void test_promises(struct check *t)
{
    struct order order;
    struct rng rng = rng_new(t->seed, 1);
    uint64_t to_peer = 0, to_world = 0;
    start(t, &order);
    for (unsigned i = 0; i < DRAWN; i++) {
        uint64_t peer = i + rng_upto(&rng, 2000), world = i + rng_upto(&rng, 2000);
        bool more = peer > to_peer || world > to_world;
        CHECK_EQ(order_promise(&order, 1, peer, world), more);
        to_peer = peer > to_peer ? peer : to_peer;
        to_world = world > to_world ? world : to_world;
        CHECK_EQ(order_to_peer(&order, 1), to_peer);
        CHECK_EQ(atomic_load(&order.process[1].to_world_ps), to_world);
        CHECK_EQ(order_bound(&order, 0, 0), to_world + 1);
    }
    CHECK_EQ(order_to_peer(&order, 0), 0); /* nobody else's */
    CHECK(!order_has_ended(&order, 1));
    CHECK(order_promise(&order, 1, TIME_REPORTED, to_world));
    CHECK(!order_has_ended(&order, 1));
    CHECK(order_promise(&order, 1, TIME_NEVER, TIME_NEVER));
    CHECK(order_has_ended(&order, 1) && !order_has_ended(&order, 0));
    CHECK(!order_promise(&order, 1, TIME_NEVER, TIME_NEVER));
    CHECK(!order_promise(&order, 1, 5, 5));
    CHECK_EQ(order_to_peer(&order, 1), TIME_NEVER);

    /* A new incarnation, and it alone, begins anew, at the survivor's time. */
    order_promise(&order, 0, 300, 200);
    order_begin(&order, 1, 100);
    CHECK_EQ(order_to_peer(&order, 1), 100);
    CHECK(!order_has_ended(&order, 1));
    CHECK_EQ(order_bound(&order, 0, 0), 101);
    CHECK_EQ(order_bound(&order, 1, 0), 200);
    CHECK(!order_promise(&order, 1, 99, 100));
    CHECK(order_promise(&order, 1, 101, 100));
    order_free(&order);
}

/* (time, process): of two that may act at one time the lower number does. */
static void test_bound(struct check *t)
{
    struct order order;
    start(t, &order);
    order_promise(&order, 0, 0, 1000);
    order_promise(&order, 1, 0, 1000);
    /* Exclusive: process 0 may act at 1000, process 1 not. */
    CHECK_EQ(order_bound(&order, 0, 0), 1001);
    CHECK_EQ(order_bound(&order, 1, 0), 1000);
    order_promise(&order, 0, 0, 1001);
    CHECK_EQ(order_bound(&order, 1, 0), 1001);

    /* What is known otherwise counts where it says more, with the same ties. */
    CHECK_EQ(order_bound(&order, 0, 999), 1001);
    CHECK_EQ(order_bound(&order, 0, 5000), 5001);
    CHECK_EQ(order_bound(&order, 1, 5000), 5000);

    /* Who has ended binds nobody, whatever is known. */
    order_promise(&order, 1, TIME_NEVER, TIME_NEVER);
    CHECK_EQ(order_bound(&order, 0, 0), TIME_NEVER);
    CHECK_EQ(order_bound(&order, 0, 5000), TIME_NEVER);
    CHECK_EQ(order_bound(&order, 1, 0), 1001); /* and is bound itself */
    order_free(&order);

    struct error error;
    CHECK(order_init(&order, 1, &error)); /* alone */
    CHECK_EQ(order_bound(&order, 0, 0), TIME_NEVER);
    order_free(&order);
}

/* Of any two times just one process may go, and it is the one that a sort by (time, process) puts first. */
static void test_one_goes(struct check *t)
{
    struct rng rng = rng_new(t->seed, 2);
    for (unsigned i = 0; i < DRAWN; i++) {
        struct order order;
        uint64_t at[2];
        start(t, &order);
        for (unsigned number = 0; number < 2; number++) {
            at[number] = rng_upto(&rng, 3);
            order_promise(&order, number, 0, at[number]);
        }
        CHECK_EQ(at[0] < order_bound(&order, 0, 0), at[0] <= at[1]);
        CHECK_EQ(at[1] < order_bound(&order, 1, 0), at[1] < at[0]);
        order_free(&order);
    }
}

static void test_passed(struct check *t)
{
    struct order order;
    start(t, &order);
    order_begin(&order, 0, 40);
    order_begin(&order, 1, 30);
    CHECK_EQ(order_passed(&order), 30);
    CHECK_EQ(order_touched(&order), 30);
    order_promise(&order, 1, 0, 90); /* what it will not touch, it may still have to show */
    CHECK_EQ(order_passed(&order), 30);
    CHECK_EQ(order_touched(&order), 40);
    atomic_store(&order.process[1].passed_ps, 50);
    CHECK_EQ(order_passed(&order), 40);
    atomic_store(&order.process[0].passed_ps, TIME_NEVER);
    CHECK_EQ(order_passed(&order), 50);
    order_promise(&order, 0, TIME_NEVER, TIME_NEVER);
    CHECK_EQ(order_touched(&order), 90);
    order_promise(&order, 1, TIME_NEVER, TIME_NEVER);
    CHECK_EQ(order_touched(&order), TIME_NEVER);
    order_free(&order);
}

/* Who is woken by what: process 0 publishes, process 1 sleeps. */
static bool wakes(struct check *t, enum sleep sleep, uint64_t executed, uint64_t by, bool news, bool last)
{
    struct order order;
    start(t, &order);
    atomic_store(&order.process[0].executed, executed);
    atomic_store(&order.process[1].executed, by);
    uint64_t seen = order_doze(&order, 1, sleep);
    order_publish_wake(&order, 0, news, last, 4);
    bool woken = atomic_load(&order.process[1].wakings) != seen;
    order_awake(&order, 1);
    order_publish_wake(&order, 0, true, true, 4); /* nobody sleeps */
    CHECK_EQ(atomic_load(&order.process[1].wakings), seen + woken);
    CHECK_EQ(atomic_load(&order.process[0].wakings), 0);
    order_free(&order);
    return woken;
}

static void test_worth_waking(struct check *t)
{
    CHECK(!wakes(t, SLEEP_LIGHT, 9, 0, false, false));
    CHECK(wakes(t, SLEEP_LIGHT, 0, 0, true, false));
    CHECK(!wakes(t, SLEEP_DEEP, 13, 10, true, false)); /* four epochs' work */
    CHECK(wakes(t, SLEEP_DEEP, 14, 10, false, false));
    CHECK(!wakes(t, SLEEP_AHEAD, 10, 15, true, false)); /* has come up to four */
    CHECK(wakes(t, SLEEP_AHEAD, 11, 15, false, false));
    CHECK(wakes(t, SLEEP_LIGHT, 0, 0, false, true)); /* its last word for long wakes all */
    CHECK(wakes(t, SLEEP_DEEP, 0, 9, false, true));
    CHECK(wakes(t, SLEEP_AHEAD, 0, 9, false, true));
    CHECK(!wakes(t, SLEEP_NOT, 9, 0, true, true));
}

/* Two host threads that wait for each other's promise, turn by turn: each sleeps until the other has promised more. */
struct pair {
    struct order order;
    _Atomic bool interrupted;
};

struct half {
    struct pair *pair;
    unsigned number;
    uint64_t looks;
};

static void *take_turns(void *arg)
{
    struct half *half = arg;
    struct order *order = &half->pair->order;
    unsigned me = half->number, other = 1 - me;
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        /* Process 0 goes first in each round, process 1 when 0 has promised this round. */
        uint64_t wanted = me ? round : round - 1;
        while (order_to_peer(order, other) < wanted && !atomic_load(&half->pair->interrupted)) {
            uint64_t seen = order_doze(order, me, SLEEP_LIGHT);
            if (order_to_peer(order, other) < wanted)
                order_sleep(order, me, seen, &half->pair->interrupted);
            order_awake(order, me);
            half->looks++;
        }
        bool news = order_promise(order, me, round, round);
        /* Whatever it does next is to wait: the last word for a while. */
        order_publish_wake(order, me, news, true, 1);
    }
    return NULL;
}

/* No wake-up is lost. One that is leaves both asleep for ever: the watchdog then interrupts them, and their last
 * promises are not those of the last round. */
static void test_two_threads(struct check *t)
{
    static struct pair pair;
    struct half half[2] = {{.pair = &pair, .number = 0}, {.pair = &pair, .number = 1}};
    pthread_t thread[2];
    start(t, &pair.order);
    for (unsigned i = 0; i < 2; i++)
        if (pthread_create(&thread[i], NULL, take_turns, &half[i]))
            abort();
    for (unsigned i = 0; i < HANG_SECONDS * 1000 && order_touched(&pair.order) < ROUNDS; i++)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    CHECK_EQ(order_touched(&pair.order), ROUNDS);
    atomic_store(&pair.interrupted, true);
    for (unsigned i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    CHECK(half[0].looks + half[1].looks > 0);
    order_free(&pair.order);
}

int main(int argc, char **argv)
{
    struct check t = check_begin("ft.order", argc, argv);
    test_promises(&t);
    test_bound(&t);
    test_one_goes(&t);
    test_passed(&t);
    test_worth_waking(&t);
    test_two_threads(&t);
    return check_end(&t);
}

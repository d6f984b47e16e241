/* test_order.c - promises, the order of two processes, and host threads that sleep until another has gone on.
 *
 *   test_ft_order [--seed N]
 */
#include "ft/order/process.h"

#include <pthread.h>
#include <string.h>
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

/* Who is woken by what: process 0, which has executed BEFORE epochs when process 1 comes to sleep, and NOW when it
 * publishes. With NAPS, process 1 looks for itself at first. */
struct waking {
    enum sleep sleep;
    uint64_t before, now, own; /* epochs: of process 0, and of process 1 */
    bool naps, news, last;
};

static bool wakes(struct check *t, struct waking waking)
{
    struct order order;
    start(t, &order);
    atomic_store(&order.process[0].executed, waking.before);
    atomic_store(&order.process[1].executed, waking.own);
    uint64_t seen = order_doze(&order, 1, waking.sleep, waking.naps ? 4 : 0);
    atomic_store(&order.process[0].executed, waking.now);
    order_publish_wake(&order, 0, waking.news, waking.last, 4);
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
    CHECK(!wakes(t, (struct waking){SLEEP_LIGHT, 9, 9, 0, .news = false}));
    CHECK(wakes(t, (struct waking){SLEEP_LIGHT, 0, 0, 0, .news = true}));
    CHECK(!wakes(t, (struct waking){SLEEP_LIGHT, 10, 11, 14, .news = true})); /* half of four behind */
    CHECK(wakes(t, (struct waking){SLEEP_LIGHT, 10, 12, 14, .news = true}));
    CHECK(!wakes(t, (struct waking){SLEEP_DEEP, 10, 13, 10, .news = true})); /* four epochs' work */
    CHECK(wakes(t, (struct waking){SLEEP_DEEP, 10, 14, 10, .news = false}));
    CHECK(!wakes(t, (struct waking){SLEEP_AHEAD, 10, 11, 14, .news = true}));
    CHECK(wakes(t, (struct waking){SLEEP_AHEAD, 10, 12, 14, .news = false}));
    CHECK(wakes(t, (struct waking){SLEEP_LIGHT, 0, 0, 0, .last = true})); /* its last word for long wakes all */
    CHECK(wakes(t, (struct waking){SLEEP_DEEP, 0, 0, 9, .last = true}));
    CHECK(wakes(t, (struct waking){SLEEP_AHEAD, 0, 0, 9, .last = true}));
    CHECK(!wakes(t, (struct waking){SLEEP_NOT, 9, 9, 0, .news = true, .last = true}));
    /* Who naps is woken by nothing less than that; who waits for a promise does not nap. */
    CHECK(!wakes(t, (struct waking){SLEEP_DEEP, 10, 99, 10, .naps = true, .news = true}));
    CHECK(!wakes(t, (struct waking){SLEEP_AHEAD, 10, 99, 14, .naps = true, .news = true}));
    CHECK(wakes(t, (struct waking){SLEEP_DEEP, 0, 0, 9, .naps = true, .last = true}));
    CHECK(wakes(t, (struct waking){SLEEP_AHEAD, 0, 0, 9, .naps = true, .last = true}));
    CHECK(wakes(t, (struct waking){SLEEP_LIGHT, 0, 0, 0, .naps = true, .news = true}));
}

/* Process 1 sleeps, as SLEEP says, until process 0 has done what it waits for. */
struct napper {
    struct order order;
    enum sleep sleep;
    _Atomic bool interrupted, over;
};

static void *nap(void *arg)
{
    struct napper *napper = arg;
    uint64_t seen = order_doze(&napper->order, 1, napper->sleep, 4);
    order_sleep(&napper->order, 1, seen, &napper->interrupted);
    order_awake(&napper->order, 1);
    atomic_store(&napper->over, true);
    return NULL;
}

static bool is_over(const struct napper *napper)
{
    return atomic_load(&napper->over);
}

static bool naps(const struct napper *napper)
{
    return atomic_load(&napper->order.process[1].asleep) == SLEEP_NAP;
}

static bool naps_no_more(const struct napper *napper)
{
    return atomic_load(&napper->order.process[1].asleep) == (int)napper->sleep;
}

static bool comes_to(const struct napper *napper, bool (*state)(const struct napper *))
{
    for (unsigned i = 0; i < HANG_SECONDS * 1000 && !state(napper); i++)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    return state(napper);
}

/* One that naps sees the work for itself, though nobody wakes it; and one to which nobody comes for long does nap no
 * more, and is woken. */
static void test_naps(struct check *t, enum sleep sleep, bool at_once)
{
    static struct napper napper;
    pthread_t thread;
    memset(&napper, 0, sizeof napper);
    start(t, &napper.order);
    napper.sleep = sleep;
    atomic_store(&napper.order.process[1].executed, sleep == SLEEP_AHEAD ? 8 : 0);
    if (pthread_create(&thread, NULL, nap, &napper))
        abort();
    CHECK(comes_to(&napper, at_once ? naps : naps_no_more));
    CHECK(!is_over(&napper));
    atomic_store(&napper.order.process[0].executed, 4);
    if (!at_once)
        order_publish_wake(&napper.order, 0, false, false, 4);
    CHECK(comes_to(&napper, is_over));
    CHECK_EQ(atomic_load(&napper.order.process[1].wakings), !at_once);
    atomic_store(&napper.interrupted, true);
    pthread_join(thread, NULL);
    order_free(&napper.order);
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
            uint64_t seen = order_doze(order, me, SLEEP_LIGHT, 0);
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
    for (enum sleep sleep = SLEEP_DEEP; sleep <= SLEEP_AHEAD; sleep++) {
        test_naps(&t, sleep, true);
        test_naps(&t, sleep, false);
    }
    test_two_threads(&t);
    return check_end(&t);
}

/* perturb.c - see perturb.h. The runtime of a perturbing build.
 *
 * UNDERSTUDY_PERTURB=SEED in the environment draws a plan for each thread: which places act, how often, what a thread
 * does there and for how long, and one place at which one thread stops for 20 ms. Without it nothing happens. Threads
 * are told apart by the order in which their creator made them. All state is the thread's own; only the host's time is
 * spent, so a right program gives the same run.
 */
#include "tests/perturb/runtime/perturb.h"

#include <assert.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "ft/system/turns.h"

enum { STOP_NS = 20000000, BUDGET_NS = 60000000 };

struct plan {
    bool begun, active;
    unsigned thread, created; /* this thread's number, and how many it has created */
    uint64_t seed, state;
    uint64_t places;              /* of 256, this many act */
    uint64_t chance;              /* 1 in so many times */
    uint64_t longest_ns, left_ns; /* of a delay, and of all that are to come */
    bool perturbed;               /* this thread is one that is perturbed */
    uint64_t stop_in;             /* it stops when it has come to its stopping place this many times; 0: never */
    bool turns_drawn;
};

static _Thread_local struct plan plan;

static uint64_t mix(uint64_t value)
{
    value = (value ^ (value >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94D049BB133111EB);
    return value ^ (value >> 31);
}

static uint64_t draw(uint64_t below)
{
    plan.state += UINT64_C(0x9E3779B97F4A7C15);
    return mix(plan.state) % below;
}

/* A length or a count: every order of magnitude, in bits, is as likely as another. */
static uint64_t draw_magnitude(unsigned bits_min, unsigned bits_max)
{
    uint64_t power = UINT64_C(1) << (bits_min + draw(bits_max - bits_min + 1));
    return power + draw(power);
}

static void begin(void)
{
    const char *seed = getenv("UNDERSTUDY_PERTURB");
    plan.begun = true;
    plan.active = seed && *seed;
    if (!plan.active)
        return;
    plan.seed = strtoull(seed, NULL, 0);
    plan.state = mix(plan.seed + 1);
    /* The same for all threads: */
    plan.places = UINT64_C(4) << (2 * draw(4)); /* 4, 16, 64, all */
    plan.chance = UINT64_C(1) << (1 + 2 * draw(5));
    plan.longest_ns = draw_magnitude(8, 19);
    uint64_t whom = draw(6);
    plan.perturbed = whom >= 3 || whom == plan.thread % 3;
    bool stops = draw(4) != 0 && draw(3) == plan.thread % 3;
    plan.stop_in = draw_magnitude(0, 12);
    plan.turns_drawn = draw(4) != 0;
    if (!stops)
        plan.stop_in = 0;
    /* And from here on its own: */
    plan.state = mix(plan.state + plan.thread);
    plan.left_ns = BUDGET_NS;
    prctl(PR_SET_TIMERSLACK, 1);
}

static void sleep_ns(uint64_t ns)
{
    struct timespec length = {(time_t)(ns / 1000000000), (long)(ns % 1000000000)};
    nanosleep(&length, NULL);
}

/* Busy for about that long: too short for a sleep. */
static void spin_ns(uint64_t ns)
{
    for (uint64_t i = 0; i < ns; i += 4)
        __asm__ volatile("" ::: "memory");
}

static void delay(void)
{
    enum { SLEEPS_FROM_NS = 20000 };
    uint64_t ns = 1 + draw(plan.longest_ns);
    if (draw(4) == 0 || ns > plan.left_ns) {
        (sched_yield)();
        return;
    }
    plan.left_ns -= ns;
    if (ns < SLEEPS_FROM_NS)
        spin_ns(ns);
    else
        sleep_ns(ns);
}

static uint64_t hash_place(const char *file, unsigned line)
{
    uint64_t hash = plan.seed * 2 + line;
    for (const char *end = strrchr(file, '/'), *c = end ? end : file; *c; c++)
        hash = hash * 31 + (unsigned char)*c;
    return mix(hash);
}

void perturb_here(const char *file, unsigned line)
{
    if (!plan.begun)
        begin();
    if (!plan.active)
        return;
    uint64_t hash = hash_place(file, line);
    if (plan.stop_in && (hash >> 8) % 8 == 0 && --plan.stop_in == 0)
        sleep_ns(STOP_NS);
    if (plan.perturbed && hash % 256 < plan.places && draw(plan.chance) == 0)
        delay();
}

bool perturb_wakes_for_nothing(const char *file, unsigned line)
{
    if (!plan.begun)
        begin();
    return plan.active && plan.perturbed && hash_place(file, line) % 2 && draw(8) == 0;
}

unsigned turn_length(unsigned computer)
{
    if (!plan.begun)
        begin();
    if (!plan.active || !plan.turns_drawn)
        return UINT_MAX;
    return draw(4) ? (unsigned)draw_magnitude(0, 8) : 0;
}

/* ---- threads ---- */

struct beginning {
    void *(*start)(void *);
    void *arg;
    unsigned thread;
};

static void *begin_thread(void *arg)
{
    struct beginning beginning = *(struct beginning *)arg;
    free(arg);
    plan.thread = beginning.thread;
    return beginning.start(beginning.arg);
}

int perturb_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *arg)
{
    struct beginning *beginning = malloc(sizeof *beginning);
    assert(beginning);
    *beginning = (struct beginning){start, arg, plan.thread + ++plan.created};
    int failed = (pthread_create)(thread, attributes, begin_thread, beginning);
    if (failed)
        free(beginning);
    return failed;
}

/* test_runtime.c - a perturbing build finds what it is there to find: two threads that each add a little to a counter,
 * by loads and stores. The first has ended before the second begins, as good as always; perturbed, by many seeds, it
 * has not. The same program with indivisible additions is right by every seed.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "tests/check.h"

enum { SEEDS = 300, TIMES = 50 };

struct counter {
    _Atomic unsigned value;
    bool divisible;
};

static void *add(void *arg)
{
    struct counter *counter = arg;
    for (unsigned i = 0; i < TIMES; i++)
        if (counter->divisible)
            atomic_store(&counter->value, atomic_load(&counter->value) + 1);
        else
            atomic_fetch_add(&counter->value, 1);
    return NULL;
}

/* By how many seeds is the counter wrong in the end? */
static unsigned wrong(struct check *t, bool divisible)
{
    unsigned found = 0;
    for (unsigned seed = 1; seed <= SEEDS; seed++) {
        struct counter counter = {0, divisible};
        char text[16];
        pthread_t threads[2];
        snprintf(text, sizeof text, "%" PRIu64, t->seed * SEEDS + seed);
        setenv("UNDERSTUDY_PERTURB", text, 1); /* the threads look for themselves */
        for (unsigned i = 0; i < 2; i++)
            CHECK_EQ(pthread_create(&threads[i], NULL, add, &counter), 0);
        for (unsigned i = 0; i < 2; i++)
            CHECK_EQ(pthread_join(threads[i], NULL), 0);
        found += atomic_load(&counter.value) != 2 * TIMES;
    }
    printf("%s: wrong by %u of %u seeds\n", divisible ? "loads and stores" : "additions", found, (unsigned)SEEDS);
    return found;
}

int main(int count, char **words)
{
    struct check checks = check_begin("test_runtime", count, words), *t = &checks;
    CHECK(wrong(t, true) > 0);
    CHECK_EQ(wrong(t, false), 0);
    return check_end(t);
}

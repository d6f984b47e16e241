/* drawn.h - the main function of a test that draws runs of guests by a seed. */
#ifndef US_TESTS_TIME_DRAWN_H
#define US_TESTS_TIME_DRAWN_H

#include <stdlib.h>

#include "tests/check.h"

/* One run of one of COUNT GUESTS, drawn by SEED. */
typedef void drawn_run(struct check *t, uint64_t seed, char *const *guests, unsigned count);

/* `NAME [--runs N] [--seed S] GUEST...`: RUNS of them where --runs says nothing, each with a seed of its own. The exit
 * status; 2 without a guest. */
static inline int drawn_runs(const char *name, int argc, char **argv, uint64_t runs, drawn_run *run)
{
    struct check begun = check_begin(name, argc, argv), *t = &begun;
    char *guests[64];
    unsigned count = 0;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--seed"))
            i++;
        else if (!strcmp(argv[i], "--runs"))
            runs = strtoull(argv[++i], NULL, 0);
        else if (count < sizeof guests / sizeof guests[0])
            guests[count++] = argv[i];
    }
    if (!count) {
        printf("%s [--runs N] [--seed S] GUEST...\n", name);
        return 2;
    }
    for (uint64_t i = 0; i < runs; i++) {
        uint64_t failures = t->failures;
        run(t, t->seed + i, guests, count);
        if (t->failures != failures)
            printf("  --runs 1 --seed %" PRIu64 "\n", t->seed + i);
    }
    return check_end(t);
}

#endif

/* test.h - scripted regression, `understudy test`: each script in a process of its own, so that one that breaks, hangs
 * up or leaves something behind is nobody else's trouble; results in the order of the scripts' names, whoever was
 * first.
 */
#ifndef US_MONITOR_PROGRAM_TEST_H
#define US_MONITOR_PROGRAM_TEST_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "mmu/base/vec.h"
#include "monitor/base/claims.h"
#include "mmu/base/error.h"

enum test_state {
    TEST_BROKEN, /* could not be judged: its process died; the state that a process begins with */
    TEST_MALFORMED,
    TEST_FAILED,
    TEST_HELD,
};

/* What a script's process leaves behind, in memory that it shares with ours. */
struct test_result {
    enum test_state state;
    unsigned line;      /* that failed; 0: none in particular */
    uint64_t seed;      /* of the system that there was */
    bool saved;         /* its state is in the test's save_path */
    char sentence[512]; /* what was wrong */
};

struct test {
    char *name;      /* as it was found: the path from the current folder */
    char *path;      /* the same for a process in any folder */
    char *save_path; /* where the state of a failure goes */
    char *output;    /* the end of what it printed; NULL: nothing */
    bool over;
    struct test_result result;
};

struct test_options {
    unsigned processes;
    uint64_t limit_insns;   /* of a run that has no --timeout of its own */
    const char *folder;     /* -C: where the scripts run; NULL: here */
    const char *save_dir;   /* NULL: beside the scripts */
    const char *junit_path; /* NULL: none */
    struct claims claims;   /* the scripts, and that file */
    bool sandbox;           /* scripts use files below their folders only (reach.h) */
    bool help;
    VEC(const char *) paths;
};

typedef VEC(struct test) test_list;

enum tests_end {
    TESTS_RUN,
    TESTS_REFUSED, /* the host has no processes */
    TESTS_STOPPED, /* Ctrl-C */
    TESTS_INSIDE,  /* this is a script's process, which has judged it: nothing is left to do but to end */
};

/* Run all of TESTS, and call TOLD for each, in their order, as soon as it and those before it are over. */
enum tests_end tests_run(test_list *tests, const struct test_options *options,
                         void (*told)(void *arg, const struct test *test), void *arg, struct error *error);

/* TAP 14: the first line and the plan, one result, the end. */
void tap_begin(FILE *out, size_t count);
void tap_result(FILE *out, size_t number, const struct test *test);
/* The JUnit XML document that continuous-integration servers read. */
void junit_write(FILE *out, const test_list *tests);

#endif

/* test.h - scripted regression, `understudy test`: each script in a process of its own, so that one that breaks, hangs
 * up or leaves something behind is nobody else's trouble; results in the order of the scripts' names, whoever was
 * first. With -D a script is several tests, one for each combination of values.
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
#include "monitor/session/monitor.h"

enum test_state {
    TEST_BROKEN,   /* could not be judged: its process died, or took too long; the state that a process begins with */
    TEST_IN_ERROR, /* nor this: the script itself is wrong (an unknown command, a refused argument, a missing file) */
    TEST_FAILED,   /* what it judges does not hold */
    TEST_HELD,
};

enum { TEST_PROCESSES_MAX = 64, TEST_LINES_MAX = 1000000 /* that a script may run */ };

/* What our own outputs are to whoever claims a file. */
#define CLAIM_JUNIT "the JUnit XML"
#define CLAIM_JSON  "the JSON object"
#define CLAIM_PAGE  "the page"

enum { TEST_BACKTRACE_BYTES = 4096, TEST_TERMINAL_BYTES = 2048 };

/* What a script's process leaves behind, in memory that it shares with ours. */
struct test_result {
    enum test_state state;
    unsigned line; /* that failed; 0: none in particular */
    uint64_t seed; /* of the system that there was */
    uint64_t instructions;
    unsigned asked, right; /* questions of the script (ask), and answers to them */
    bool saved;            /* its state is in the test's save_path */
    bool recorded;         /* its recording is in the test's record_path */
    bool limited;          /* it failed at the limit of instructions */
    bool endless;          /* or at that of lines, TEST_LINES_MAX */
    bool reads_results;    /* it was refused a file that is to be written as our results */
    char unkept[512];      /* why what was to be kept of a failure was not; "": it was, or nothing was to be */
    char sentence[512];    /* what was wrong */
    char place[256];       /* where the computer looked at was then; "": there was none */
    char backtrace[TEST_BACKTRACE_BYTES], terminal[TEST_TERMINAL_BYTES]; /* lines; the last that was shown */
};

/* One variable that -D gives, and its values. */
struct definition {
    char *name;
    VEC(char *) values;
};

typedef VEC(struct definition) definition_list;

struct test {
    char *name;                    /* as it was found: the path from the current folder */
    char *path;                    /* the same for a process in any folder */
    char *title;                   /* of its line "# title: ..."; NULL: it has none */
    char *label;                   /* the name, and in brackets what is defined: "a.us [seed=3 protocol=dec]" */
    size_t *values;                /* for each definition which of its values; NULL without definitions */
    char *save_path, *record_path; /* where state or recording of a failure go; NULL: nowhere */
    char *command;                 /* that shows a failure again, in the monitor; NULL until it has failed */
    char *output;                  /* the end of what it printed; NULL: nothing */
    unsigned points;               /* of its line "# points: N"; 0: it has none */
    char *section;                 /* of its page: transcript and what came of it, HTML; NULL: no page is wanted */
    int lines_fd, parts_fd;        /* while its process runs: what goes into the page; -1: nothing */
    bool over;
    double host_seconds;
    struct test_result result;
};

struct test_options {
    unsigned processes;
    uint64_t limit_insns;    /* of a run that has no --timeout of its own */
    unsigned limit_seconds;  /* of the host, for one script */
    const char *folder;      /* -C: where the scripts run; NULL: here */
    const char *save_dir;    /* NULL: nothing is kept of failures */
    const char *junit_path;  /* NULL: none */
    const char *json_path;   /* NULL: none */
    const char *html_path;   /* a folder for pages, or FILE.html for all in one; NULL: none */
    struct claims claims;    /* the scripts, and those files */
    bool sandbox;            /* scripts use files below their folders only (reach.h) */
    definition_list defined; /* -D, in the order in which they were given */
    VEC(const char *) paths;
};

typedef VEC(struct test) test_list;

/* ---- test_find.c ---- */

/* Take TEXT, "NAME=VALUE,VALUE" or "NAME=LOW..HIGH", into DEFINED. False with one line in ERROR. */
bool definition_add(definition_list *defined, const char *text, struct error *error);
void definitions_free(definition_list *defined);
/* All tests of OPTIONS->paths. False with one line in ERROR. */
bool tests_find(test_list *tests, const struct test_options *options, struct error *error);
void tests_free(test_list *tests);
/* The command that shows TEST again in the monitor, to be freed. */
char *test_command(const struct test *test, const struct test_options *options);

/* ---- test_judge.c: inside the script's process ---- */

/* Run the script of TEST and judge it. RESULT->state is written last. */
void test_judge(const struct test *test, const struct test_options *options, struct test_result *result);

/* ---- test_page.c: there as well ---- */

/* What is to be seen of the run of MONITOR when the script is over: how it ended, explainability, what the operator was
 * told, why, time line. Whole elements of HTML. */
void test_page_parts(struct monitor *monitor, FILE *out);

/* ---- test_run.c ---- */

enum tests_end {
    TESTS_RUN,
    TESTS_REFUSED, /* the host has no processes */
    TESTS_STOPPED, /* Ctrl-C */
    TESTS_INSIDE,  /* this is a script's process, which has judged it: nothing is left to do but to end */
};

/* Run all of TESTS, and call TOLD for each, in their order, as soon as it and those before it are over. */
enum tests_end tests_run(test_list *tests, const struct test_options *options,
                         void (*told)(void *arg, const struct test *test), void *arg, struct error *error);

/* ---- test_report.c ---- */

struct test_counts {
    size_t held, failed, errors;
};
struct test_counts tests_count(const test_list *tests);
/* The points that TEST has got, of MOST: all or none of those that its script names, else one for each answer. A script
 * that is wrong itself has none to give. */
unsigned test_points(const struct test *test, unsigned *most);

/* TAP 14: the first line and the plan, one result, the end. */
void tap_begin(FILE *out, size_t count);
void tap_result(FILE *out, size_t number, const struct test *test);
/* The JUnit XML document that continuous-integration servers read. */
void junit_write(FILE *out, const test_list *tests);
/* One JSON object. */
void tests_json_write(FILE *out, const test_list *tests, const definition_list *defined);

/* ---- test_html.c ---- */

/* The body of a test's section, made of what is in three files: what its process printed, its script's commands
 * (monitor->lines) and test_page_parts. To be freed. */
char *test_page_section(int printed_fd, int lines_fd, int parts_fd);
/* The name of the file with the page of TEST, the NUMBER-th: letters, digits and . - = _ only. */
void test_page_name(const struct test *test, size_t number, char *name, size_t size);
/* Can PATH (or NULL) be written? A folder is made. False with one line in ERROR. */
bool pages_prepare(const char *path, struct error *error);
/* Claim what is written to PATH (or NULL) of TESTS. False with one line in ERROR. */
bool pages_claim(const char *path, const test_list *tests, struct claims *claims, struct error *error);
/* Write the pages of TESTS to PATH (or NULL: nowhere). False with one line in ERROR. */
bool pages_write(const char *path, const test_list *tests, struct error *error);

#endif

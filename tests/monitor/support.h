/* support.h - what the monitor's tests share: running the program, a folder of their own, and counting failures. */
#ifndef US_TESTS_MONITOR_SUPPORT_H
#define US_TESTS_MONITOR_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>

/* What a run of the program came to. The texts end with a NUL. */
struct outcome {
    int status; /* exit status, or 1000 + signal */
    char *out, *err;
};

struct bench_of_tests {
    char *program;    /* understudy */
    char *guests;     /* the folder of the guests */
    char folder[256]; /* our own, the current folder, removed at the end */
    unsigned failed;
};

/* Run the program with WORDS (NULL at the end), INPUT on stdin. */
struct outcome run_program(const struct bench_of_tests *tests, const char *const *words, const char *input);
void outcome_free(struct outcome *outcome);

/* Count a failure and say it, with what the program printed, unless GOOD. Returns GOOD. */
bool expect(struct bench_of_tests *tests, bool good, const char *name, const struct outcome *outcome,
            const char *format, ...) __attribute__((format(printf, 5, 6)));

/* How many lines TEXT has. */
unsigned line_count(const char *text);
/* Are all lines of the newline-separated WANTED in TEXT, in that order? If not, *MISSING is the first that is not. */
bool has_in_order(const char *text, const char *wanted, char *missing, size_t size);

char *read_text(const char *path); /* to be freed; NULL: not there */
void write_bytes(const char *path, const void *bytes, size_t size);
void write_text(const char *path, const char *text);
/* How many entries the current folder has. */
unsigned folder_entries(void);

/* The groups of cases. Each returns after counting its failures. */
void test_refusals(struct bench_of_tests *tests);
void test_results(struct bench_of_tests *tests);
void test_sessions(struct bench_of_tests *tests);
void test_trace(struct bench_of_tests *tests);
void test_frames(struct bench_of_tests *tests);
void test_prompt(struct bench_of_tests *tests);
void test_keys(struct bench_of_tests *tests);
void test_keys_linux(struct bench_of_tests *tests); /* its guests: a folder with a kernel */
void test_script(struct bench_of_tests *tests, const char *path);

#endif

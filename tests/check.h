/* check.h - a test program's checks: what failed, where, with which values, and how many were made.
 *
 * A test program is `int main` with a `struct check` that it passes to its test functions under the name `t`; the
 * macros below use that name. A check that fails prints one line and the test goes on; check_end gives main's result,
 * which is a failure too if no check was made at all. Random tests draw from `t->seed`, printed by check_begin and
 * taken as `--seed N`.
 */
#ifndef US_TESTS_CHECK_H
#define US_TESTS_CHECK_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHECK_FAILURES_SHOWN = 12 }; /* a loop that fails everywhere need not fill the log */

struct check {
    const char *name;
    uint64_t seed;
    uint64_t checks, failures;
};

/* Start the program NAME: takes `--seed N` (else 1) from the command line and prints it. */
static inline struct check check_begin(const char *name, int argc, char **argv)
{
    struct check t = {.name = name, .seed = 1};
    for (int i = 1; i + 1 < argc; i++)
        if (!strcmp(argv[i], "--seed"))
            t.seed = strtoull(argv[i + 1], NULL, 0);
    printf("%s: seed %" PRIu64 "\n", name, t.seed);
    return t;
}

/* Is file NAME, which the whole program needs, in FOLDER (NULL: nobody said)? If not, a line on standard error says so,
 * and main returns 2: no check says anything without it.
 */
static inline bool check_needs(const struct check *t, const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder ? folder : "FOLDER", name);
    if (folder && !access(path, R_OK))
        return true;
    fprintf(stderr, "%s: %s is needed and cannot be read\n", t->name, path);
    return false;
}

/* What main returns: 0 if every check held and there was one. */
static inline int check_end(const struct check *t)
{
    printf("%s: %" PRIu64 " checks, %" PRIu64 " failures\n", t->name, t->checks, t->failures);
    return t->failures || !t->checks ? 1 : 0;
}

/* Count a check; true if its failure is to be printed. */
static inline bool check_failed(struct check *t, bool holds)
{
    t->checks++;
    if (holds)
        return false;
    return ++t->failures <= CHECK_FAILURES_SHOWN;
}

static inline void check_true(struct check *t, bool holds, const char *file, int line, const char *text)
{
    if (check_failed(t, holds))
        printf("%s:%d: does not hold: %s\n", file, line, text);
}

static inline void check_equal(struct check *t, uint64_t is, uint64_t wanted, const char *file, int line,
                               const char *text)
{
    if (check_failed(t, is == wanted))
        printf("%s:%d: %s is %" PRIu64 " (0x%" PRIx64 "), wanted %" PRIu64 " (0x%" PRIx64 ")\n", file, line, text, is,
               is, wanted, wanted);
}

static inline void check_string(struct check *t, const char *is, const char *wanted, bool whole, const char *file,
                                int line)
{
    if (check_failed(t, is && (whole ? !strcmp(is, wanted) : strstr(is, wanted) != NULL)))
        printf("%s:%d: '%s' is not %s'%s'\n", file, line, is ? is : "(none)", whole ? "" : "a text with ", wanted);
}

/* One line for a person: not empty, no newline. */
static inline void check_line(struct check *t, const char *is, const char *file, int line)
{
    if (check_failed(t, is[0] && !strpbrk(is, "\r\n")))
        printf("%s:%d: '%s' is not one line of text\n", file, line, is);
}

#define CHECK(condition)       check_true(t, (condition), __FILE__, __LINE__, #condition)
#define CHECK_EQ(is, wanted)   check_equal(t, (uint64_t)(is), (uint64_t)(wanted), __FILE__, __LINE__, #is)
#define CHECK_TEXT(is, wanted) check_string(t, (is), (wanted), true, __FILE__, __LINE__)
#define CHECK_HAS(is, part)    check_string(t, (is), (part), false, __FILE__, __LINE__)
#define CHECK_ONE_LINE(is)     check_line(t, (is), __FILE__, __LINE__)

#endif

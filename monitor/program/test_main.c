/* test_main.c - `understudy test [OPTIONS] PATH...`: every .us script, judged (test.h). */
#include "monitor/program/test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "monitor/base/file.h"
#include "monitor/program/flags.h"
#include "monitor/program/subcommand.h"
#include "monitor/base/text.h"

enum { FAILED = 1, HOST_SECONDS_USUAL = 60, HOST_SECONDS_MAX = 86400 };
static const uint64_t limit_usual_insns = 1000000000;

/* ---- the command line ---- */

static bool take_processes(void *to, const char *name, const char *value, struct error *error)
{
    struct test_options *options = to;
    uint64_t number;
    if (!text_number(value, &number) || number < 1 || number > TEST_PROCESSES_MAX)
        return error_set(error, "%s cannot be '%s': a number from 1 to %d is wanted", name, value, TEST_PROCESSES_MAX);
    options->processes = (unsigned)number;
    return true;
}

static bool take_timeout(void *to, const char *name, const char *value, struct error *error)
{
    struct test_options *options = to;
    return (text_number(value, &options->limit_insns) && options->limit_insns) ||
           error_set(error, "%s cannot be '%s': a number of instructions from 1 is wanted", name, value);
}

static bool take_host_timeout(void *to, const char *name, const char *value, struct error *error)
{
    struct test_options *options = to;
    uint64_t number;
    if (!text_number(value, &number) || number < 1 || number > HOST_SECONDS_MAX)
        return error_set(error, "%s cannot be '%s': a number of seconds from 1 to %d is wanted", name, value,
                         HOST_SECONDS_MAX);
    options->limit_seconds = (unsigned)number;
    return true;
}

static bool take_definition(void *to, const char *name, const char *value, struct error *error)
{
    return definition_add(&((struct test_options *)to)->defined, value, error);
}

static bool take_folder(void *to, const char *name, const char *value, struct error *error)
{
    ((struct test_options *)to)->folder = value;
    return true;
}

static bool take_save_dir(void *to, const char *name, const char *value, struct error *error)
{
    ((struct test_options *)to)->save_dir = value;
    return true;
}

static bool take_junit(void *to, const char *name, const char *value, struct error *error)
{
    ((struct test_options *)to)->junit_path = value;
    return true;
}

static bool take_json(void *to, const char *name, const char *value, struct error *error)
{
    ((struct test_options *)to)->json_path = value;
    return true;
}

static bool take_html(void *to, const char *name, const char *value, struct error *error)
{
    ((struct test_options *)to)->html_path = value;
    return true;
}

static bool take_sandbox(void *to, const char *name, const char *value, struct error *error)
{
    ((struct test_options *)to)->sandbox = true;
    return true;
}

const struct flag test_flags[] = {
    {"-j", "N", "processes at a time, 1 to 64 (as many as the host has processors)", take_processes, NULL},
    {"-D", "NAME=VALUES",
     "run each script once for each value of $NAME: A,B,C or LOW..HIGH; given\n"
     "again: for each combination. Commands take it as a number, options of\n"
     "'system' and names of files also as a word: system --protocol $NAME",
     take_definition, NULL},
    {"-C", "FOLDER", "where the scripts run: what `load` and the others name is looked for there (here)", take_folder,
     NULL},
    {"--sandbox", NULL,
     "scripts of strangers: they use files below their own folder (and -C) only, where\n"
     "they run unless there is a -C; their disks are snapshots",
     take_sandbox, NULL},
    {"--timeout", "INSTRUCTIONS", "of a run that has none of its own (1000000000); then the script has failed",
     take_timeout, NULL},
    {"--host-timeout", "SECONDS", "of a script (60); then it could not be judged", take_host_timeout, NULL},
    {"--save-dir", "FOLDER",
     "where a recording of each system that failed goes, or its state where there is\n"
     "none (nothing is kept)",
     take_save_dir, NULL},
    {"--junit", "FILE", "write the results as JUnit's XML, too", take_junit, NULL},
    {"--json", "FILE", "write the results as one JSON object, too", take_json, NULL},
    {"--html", "DIR",
     "write a page for each run there, and index.html: result, transcript, time line,\n"
     "explainability; FILE.html: all in one page",
     take_html, NULL},
    {0},
};

static bool take_path(void *to, const char *word, struct error *error)
{
    *VEC_PUSH(&((struct test_options *)to)->paths) = word;
    return true;
}

/* ---- the whole ---- */

static void tell(void *arg, const struct test *test)
{
    size_t *number = arg;
    tap_result(stdout, ++*number, test);
}

/* What is written in a file when all is over. */
struct judged {
    const test_list *tests;
    const struct test_options *options;
};

static void print_junit(FILE *out, const void *what)
{
    junit_write(out, ((const struct judged *)what)->tests);
}

static void print_json(FILE *out, const void *what)
{
    const struct judged *judged = what;
    tests_json_write(out, judged->tests, &judged->options->defined);
}

static bool claim(const test_list *tests, struct test_options *options, struct error *error)
{
    for (size_t i = 0; i < tests->count; i++)
        if (!claims_read(&options->claims, tests->at[i].path, "a script", error))
            return false;
    return claims_write(&options->claims, options->junit_path, CLAIM_JUNIT, error) &&
           claims_write(&options->claims, options->json_path, CLAIM_JSON, error) &&
           pages_claim(options->html_path, tests, &options->claims, error);
}

static bool is_folder(const char *name, const char *path, struct error *error)
{
    struct stat info;
    return !path || (stat(path, &info) == 0 && S_ISDIR(info.st_mode)) ||
           error_set(error, "%s cannot be '%s': a folder is wanted", name, path);
}

/* Of those that Ctrl-C came before, the reports say so. */
static void say_not_run(test_list *tests)
{
    for (size_t i = 0; i < tests->count; i++)
        if (!tests->at[i].over)
            snprintf(tests->at[i].result.sentence, sizeof tests->at[i].result.sentence,
                     "%s: not run, because of Ctrl-C", tests->at[i].name);
}

static int run(test_list *tests, struct test_options *options, struct error *error)
{
    size_t number = 0;
    if (!options->paths.count)
        return error_set(error, "no script is given: 'understudy test [OPTIONS] PATH...' is wanted"), EXIT_REFUSED;
    if (!is_folder("-C", options->folder, error) || !is_folder("--save-dir", options->save_dir, error) ||
        (options->junit_path && !file_writable(options->junit_path, error)) ||
        (options->json_path && !file_writable(options->json_path, error)) ||
        !pages_prepare(options->html_path, error) || !tests_find(tests, options, error) ||
        !claim(tests, options, error))
        return EXIT_REFUSED;
    tap_begin(stdout, tests->count);
    enum tests_end end = tests_run(tests, options, tell, &number, error);
    if (end != TESTS_RUN && end != TESTS_STOPPED)
        return end == TESTS_INSIDE ? 0 : EXIT_REFUSED;
    if (end == TESTS_STOPPED)
        say_not_run(tests);
    struct test_counts counts = tests_count(tests);
    printf("# %zu of %zu held\n", counts.held, tests->count);
    struct judged judged = {tests, options};
    for (size_t i = 0; i < tests->count; i++)
        if (tests->at[i].result.reads_results)
            return error_set(error, "no results are written to a file: %s", tests->at[i].result.sentence), EXIT_REFUSED;
    if (!file_print_whole(options->junit_path, print_junit, &judged, error) ||
        !file_print_whole(options->json_path, print_json, &judged, error) ||
        !pages_write(options->html_path, tests, error))
        return EXIT_REFUSED;
    for (size_t i = 0; i < tests->count; i++)
        if (*tests->at[i].result.unkept && !tests->at[i].result.recorded && !tests->at[i].result.saved)
            return error_set(error, "nothing is kept of %s: %s", tests->at[i].name, tests->at[i].result.unkept),
                   EXIT_REFUSED;
    if (end == TESTS_STOPPED)
        return error_set(error, "interrupted: not all scripts have been run"), EXIT_STOPPED;
    return counts.errors ? EXIT_REFUSED : counts.failed ? FAILED : 0;
}

static void print_help(void)
{
    printf(
        "understudy test [OPTIONS] PATH...\n\n"
        "Run every script PATH, and every .us file below a folder PATH; print TAP, version 14, in the order of names.\n"
        "The exit status is 0 if all held, 1 if one did not, 2 if one could not be judged: it has an error itself.\n\n"
        "Options (default):\n");
    flags_help(stdout, test_flags);
}

int test_main(unsigned count, char *const *words, struct error *error)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    struct test_options options = {
        .processes = processors < 1                    ? 1
                     : processors > TEST_PROCESSES_MAX ? TEST_PROCESSES_MAX
                                                       : (unsigned)processors,
        .limit_insns = limit_usual_insns,
        .limit_seconds = HOST_SECONDS_USUAL,
    };
    test_list tests = {0};
    bool help = false;
    int status = EXIT_REFUSED;
    claims_begin(&options.claims);
    if (flags_parse(test_flags, "test", count, words, &options, take_path, &help, error)) {
        if (help)
            print_help();
        status = help ? 0 : run(&tests, &options, error);
    }
    tests_free(&tests);
    definitions_free(&options.defined);
    claims_free(&options.claims);
    VEC_FREE(&options.paths);
    return status;
}

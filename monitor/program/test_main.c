/* test_main.c - `understudy test [OPTIONS] PATH...`: every .us script, judged (test.h). */
#include "monitor/program/test.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mmu/base/memory.h"
#include "monitor/base/file.h"
#include "monitor/program/subcommand.h"
#include "monitor/base/text.h"

enum { FAILED = 1, PROCESSES_MAX = 64 };
static const uint64_t limit_usual_insns = 1000000000;

/* ---- the command line ---- */

static bool take(struct test_options *options, const char *name, const char *value, struct error *error)
{
    uint64_t number = 0;
    if (strcmp(name, "-j") == 0) {
        if (!text_number(value, &number) || number < 1 || number > PROCESSES_MAX)
            return error_set(error, "-j cannot be '%s': a number from 1 to %d is wanted", value, PROCESSES_MAX);
        options->processes = (unsigned)number;
    } else if (strcmp(name, "--timeout") == 0) {
        if (!text_number(value, &options->limit_insns) || !options->limit_insns)
            return error_set(error, "--timeout cannot be '%s': a number of instructions from 1 is wanted", value);
    } else if (strcmp(name, "-C") == 0) {
        options->folder = value;
    } else if (strcmp(name, "--save-dir") == 0) {
        options->save_dir = value;
    } else {
        options->junit_path = value;
    }
    return true;
}

static bool parse(struct test_options *options, unsigned count, char *const *words, struct error *error)
{
    static const char *const names[] = {"-j", "--timeout", "-C", "--save-dir", "--junit"};
    for (unsigned i = 0; i < count; i++) {
        const char *word = words[i], *equals = strchr(word, '=');
        size_t length = word[0] == '-' && word[1] == '-' && equals ? (size_t)(equals - word) : strlen(word);
        const char *name = NULL;
        for (unsigned k = 0; k < sizeof names / sizeof names[0]; k++)
            if (strlen(names[k]) == length && strncmp(names[k], word, length) == 0)
                name = names[k];
        if (strcmp(word, "--help") == 0) {
            options->help = true;
            return true;
        }
        if (strcmp(word, "--sandbox") == 0) {
            options->sandbox = true;
            continue;
        }
        if (!name && word[0] == '-')
            return error_set(error, "unknown option '%s': 'understudy test --help' lists the options", word);
        if (!name) {
            *VEC_PUSH(&options->paths) = word;
            continue;
        }
        bool inside = word[length] == '=';
        if (!inside && i + 1 == count)
            return error_set(error, "%s needs a value: 'understudy test --help' says which", name);
        if (!take(options, name, inside ? equals + 1 : words[++i], error))
            return false;
    }
    return options->paths.count ||
           error_set(error, "no script is given: 'understudy test [OPTIONS] PATH...' is wanted");
}

/* ---- the scripts ---- */

static char *text_of(const char *format, ...) __attribute__((format(printf, 1, 2)));
static char *text_of(const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    assert(length >= 0);
    return text;
}

/* Where the state of the test NAME, whose file is PATH, goes if it fails. */
static char *save_path_of(const struct test_options *options, const char *name, const char *path)
{
    if (!options->save_dir)
        return text_of("%s.save", path);
    char folder[PATH_MAX];
    char *flat = text_of("%s", name);
    for (char *at = flat; *at; at++)
        if (*at == '/')
            *at = '_';
    char *whole = text_of("%s/%s.save", realpath(options->save_dir, folder) ? folder : options->save_dir, flat);
    free(flat);
    return whole;
}

static bool add_script(test_list *tests, const struct test_options *options, const char *name, struct error *error)
{
    char path[PATH_MAX];
    if (!realpath(name, path))
        return error_set(error, "'%s' cannot be read: %s", name, strerror(errno));
    *VEC_PUSH(tests) = (struct test){
        .name = text_of("%s", name), .path = text_of("%s", path), .save_path = save_path_of(options, name, path)};
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct test *)a)->name, ((const struct test *)b)->name);
}

/* Every .us file below the folder NAME; what begins with a dot is not looked at. */
static bool add_folder(test_list *tests, const struct test_options *options, const char *name, struct error *error)
{
    DIR *folder = opendir(name);
    if (!folder)
        return error_set(error, "'%s' cannot be read: %s", name, strerror(errno));
    bool good = true;
    for (const struct dirent *entry; good && (entry = readdir(folder));) {
        struct stat info;
        size_t length = strlen(entry->d_name);
        if (entry->d_name[0] == '.')
            continue;
        char *path = text_of("%s%s%s", name, name[strlen(name) - 1] == '/' ? "" : "/", entry->d_name);
        if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
            good = add_folder(tests, options, path, error);
        else if (length > 3 && strcmp(entry->d_name + length - 3, ".us") == 0)
            good = add_script(tests, options, path, error);
        free(path);
    }
    closedir(folder);
    return good;
}

static bool find(test_list *tests, const struct test_options *options, struct error *error)
{
    for (size_t i = 0; i < options->paths.count; i++) {
        struct stat info;
        const char *path = options->paths.at[i];
        size_t before = tests->count;
        if (stat(path, &info))
            return error_set(error, "'%s' cannot be read: %s", path, strerror(errno));
        if (!S_ISDIR(info.st_mode)) {
            if (!add_script(tests, options, path, error))
                return false;
            continue;
        }
        if (!add_folder(tests, options, path, error))
            return false;
        if (tests->count == before)
            return error_set(error, "there is no .us script below '%s'", path);
        qsort(tests->at + before, tests->count - before, sizeof *tests->at, by_name);
    }
    return true;
}

static void free_tests(test_list *tests)
{
    for (size_t i = 0; i < tests->count; i++) {
        free(tests->at[i].name);
        free(tests->at[i].path);
        free(tests->at[i].save_path);
        free(tests->at[i].output);
    }
    VEC_FREE(tests);
}

/* ---- the whole ---- */

static void tell(void *arg, const struct test *test)
{
    size_t *number = arg;
    tap_result(stdout, ++*number, test);
}

static bool save_junit(const char *path, const test_list *tests, struct error *error)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    memory_need(out);
    junit_write(out, tests);
    fclose(out);
    bool good = file_write_whole(path, text, size, error);
    free(text);
    return good;
}

static bool claim(const test_list *tests, struct test_options *options, struct error *error)
{
    for (size_t i = 0; i < tests->count; i++)
        if (!claims_read(&options->claims, tests->at[i].path, "a script", error))
            return false;
    return claims_write(&options->claims, options->junit_path, "the JUnit XML", error);
}

static int run(test_list *tests, struct test_options *options, struct error *error)
{
    size_t number = 0, held = 0, broken = 0;
    struct stat info;
    if (options->folder && (stat(options->folder, &info) || !S_ISDIR(info.st_mode)))
        return error_set(error, "-C cannot be '%s': a folder is wanted", options->folder), EXIT_REFUSED;
    if (options->save_dir && (stat(options->save_dir, &info) || !S_ISDIR(info.st_mode)))
        return error_set(error, "--save-dir cannot be '%s': a folder is wanted", options->save_dir), EXIT_REFUSED;
    if ((options->junit_path && !file_writable(options->junit_path, error)) || !find(tests, options, error) ||
        !claim(tests, options, error))
        return EXIT_REFUSED;
    tap_begin(stdout, tests->count);
    enum tests_end end = tests_run(tests, options, tell, &number, error);
    if (end == TESTS_STOPPED)
        error_set(error, "interrupted: not all scripts have been run");
    if (end != TESTS_RUN)
        return end == TESTS_INSIDE ? 0 : end == TESTS_STOPPED ? EXIT_STOPPED : EXIT_REFUSED;
    for (size_t i = 0; i < tests->count; i++) {
        held += tests->at[i].result.state == TEST_HELD;
        broken += tests->at[i].result.state < TEST_FAILED;
    }
    printf("# %zu of %zu held\n", held, tests->count);
    if (options->junit_path && !save_junit(options->junit_path, tests, error))
        return EXIT_REFUSED;
    return broken ? EXIT_REFUSED : held < tests->count ? FAILED : 0;
}

static void print_help(void)
{
    printf(
        "understudy test [OPTIONS] PATH...\n\n"
        "Run every script PATH, and every .us file below a folder PATH; print TAP, version 14, in the order of names.\n"
        "The exit status is 0 if all held, 1 if one did not, 2 if one could not be judged.\n\nOptions (default):\n"
        "  -j N                    processes at a time, 1 to %d (as many as the host has processors)\n"
        "  -C FOLDER               where the scripts run: what `load` and the others name is looked for there (here)\n"
        "  --sandbox               scripts of strangers: they use files below their own folder (and -C) only, where\n"
        "                          they run unless there is a -C; their disks are snapshots\n"
        "  --timeout INSTRUCTIONS  of a run that has none of its own (%llu)\n"
        "  --save-dir FOLDER       where the state of a system that failed goes (beside the script, as NAME.us.save)\n"
        "  --junit FILE            write the results as JUnit's XML, too\n",
        PROCESSES_MAX, (unsigned long long)limit_usual_insns);
}

int test_main(unsigned count, char *const *words, struct error *error)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    struct test_options options = {
        .processes = processors < 1               ? 1
                     : processors > PROCESSES_MAX ? PROCESSES_MAX
                                                  : (unsigned)processors,
        .limit_insns = limit_usual_insns,
    };
    test_list tests = {0};
    int status = EXIT_REFUSED;
    claims_begin(&options.claims);
    if (parse(&options, count, words, error)) {
        if (options.help) {
            print_help();
            status = 0;
        } else {
            status = run(&tests, &options, error);
        }
    }
    free_tests(&tests);
    claims_free(&options.claims);
    VEC_FREE(&options.paths);
    return status;
}

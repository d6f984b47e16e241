/* test_find.c - see test.h: the scripts that are there, and what -D makes of each. */
#include "monitor/program/test.h"

#include <assert.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "mmu/base/memory.h"
#include "monitor/base/shell.h"
#include "monitor/base/text.h"
#include "monitor/script/script.h"
#include "monitor/session/variables.h"

enum { TESTS_MAX = 1000000 };

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

/* ---- definitions ---- */

/* LOW..HIGH, into DEFINITION. *IS: it is one. */
static bool add_range(struct definition *definition, const char *part, bool *is, struct error *error)
{
    const char *dots = strstr(part, "..");
    uint64_t low = 0, high = 0;
    char *first = strndup(part, dots ? (size_t)(dots - part) : 0);
    memory_need(first);
    *is = dots && text_number(first, &low) && text_number(dots + 2, &high);
    free(first);
    if (*is && (low > high || high - low >= TESTS_MAX))
        return error_set(error, "-D cannot have '%s': LOW..HIGH with at most %d numbers is wanted", part, TESTS_MAX);
    for (uint64_t i = 0; *is && i <= high - low; i++)
        *VEC_PUSH(&definition->values) = text_of("%" PRIu64, low + i);
    return true;
}

bool definition_add(definition_list *defined, const char *text, struct error *error)
{
    const char *equals = strchr(text, '=');
    if (!equals || !equals[1])
        return error_set(error, "-D cannot be '%s': NAME=VALUE,VALUE or NAME=LOW..HIGH is wanted", text);
    struct definition *definition = VEC_PUSH(defined);
    *definition = (struct definition){.name = strndup(text, (size_t)(equals - text))};
    memory_need(definition->name);
    if (!variable_may_be_set(definition->name, error))
        return false;
    for (size_t i = 0; i + 1 < defined->count; i++)
        if (strcmp(defined->at[i].name, definition->name) == 0)
            return error_set(error, "-D defines '%s' twice: all its values in one are wanted", definition->name);
    char *copy = strdup(equals + 1), *rest = copy, *part;
    bool good = true;
    memory_need(copy);
    while (good && (part = strsep(&rest, ","))) {
        bool range = false;
        good = *part ? add_range(definition, part, &range, error)
                     : error_set(error, "-D cannot be '%s': a value is empty", text);
        if (good && !range) {
            *VEC_PUSH(&definition->values) = text_of("%s", part);
        }
    }
    free(copy);
    return good;
}

void definitions_free(definition_list *defined)
{
    for (size_t i = 0; i < defined->count; i++) {
        for (size_t k = 0; k < defined->at[i].values.count; k++)
            free(defined->at[i].values.at[k]);
        VEC_FREE(&defined->at[i].values);
        free(defined->at[i].name);
    }
    VEC_FREE(defined);
}

/* ---- one test ---- */

/* The text behind "# NAME:" in the comments at the beginning of the file PATH; NULL: there is none. */
static char *comment_of(const char *path, const char *name)
{
    struct stat info;
    FILE *file = stat(path, &info) == 0 && S_ISREG(info.st_mode) ? fopen(path, "re") : NULL;
    struct script_source source = {.file = file};
    const char *line = NULL;
    char *found = NULL, *mark = text_of("# %s:", name);
    while (file && !found && script_source_next(&source, &line, NULL) && line &&
           (*line == '#' || strspn(line, " \t\r\n") == strlen(line))) {
        if (strncmp(line, mark, strlen(mark)) != 0)
            continue;
        const char *text = line + strlen(mark);
        text += strspn(text, " \t");
        size_t length = strcspn(text, "\r\n");
        found = length ? text_of("%.*s", (int)length, text) : NULL;
    }
    script_source_free(&source);
    free(mark);
    if (file)
        fclose(file);
    return found;
}

/* What the script PATH is worth to whoever grades by it; 0: it does not say. */
static unsigned points_of(const char *path)
{
    enum { POINTS_MOST = 1000000 };
    uint64_t points = 0;
    char *text = comment_of(path, "points");
    if (text)
        text[strcspn(text, " \t")] = '\0';
    bool good = text && text_number(text, &points) && points <= POINTS_MOST;
    free(text);
    return good ? (unsigned)points : 0;
}

/* NAME, and in brackets what is defined for number INDEX of its combinations, whose VALUES are filled in. */
static char *label_of(const char *name, const definition_list *defined, size_t index, size_t *values)
{
    for (size_t i = defined->count; i-- > 0;) {
        values[i] = index % defined->at[i].values.count;
        index /= defined->at[i].values.count;
    }
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    memory_need(out);
    fputs(name, out);
    for (size_t i = 0; i < defined->count; i++)
        fprintf(out, "%s%s=%s", i ? " " : " [", defined->at[i].name, defined->at[i].values.at[values[i]]);
    fputs(defined->count ? "]" : "", out);
    fclose(out);
    return text;
}

/* Where what is kept of the test LABEL goes if it fails. */
static char *kept_path(const struct test_options *options, const char *label, const char *ending)
{
    char folder[PATH_MAX];
    if (!options->save_dir)
        return NULL;
    char *flat = text_of("%s", label);
    for (char *at = flat; *at; at++)
        if (strchr("/ []", *at))
            *at = '_';
    char *whole = text_of("%s/%s%s", realpath(options->save_dir, folder) ? folder : options->save_dir, flat, ending);
    free(flat);
    return whole;
}

static bool add_script(test_list *tests, const struct test_options *options, const char *name, struct error *error)
{
    char path[PATH_MAX];
    size_t combinations = 1;
    if (!realpath(name, path))
        return error_set(error, "'%s' cannot be read: %s", name, strerror(errno));
    for (size_t i = 0; i < options->defined.count && combinations <= TESTS_MAX; i++)
        combinations *= options->defined.at[i].values.count;
    if (combinations + tests->count > TESTS_MAX)
        return error_set(error, "-D makes more than %d tests: fewer values are wanted", TESTS_MAX);
    for (size_t i = 0; i < combinations; i++) {
        size_t *values = calloc(options->defined.count + 1, sizeof *values);
        memory_need(values);
        char *label = label_of(name, &options->defined, i, values);
        *VEC_PUSH(tests) = (struct test){.name = text_of("%s", name),
                                         .path = text_of("%s", path),
                                         .title = comment_of(path, "title"),
                                         .points = points_of(path),
                                         .label = label,
                                         .values = values,
                                         .save_path = kept_path(options, label, ".save"),
                                         .record_path = kept_path(options, label, ".log")};
    }
    return true;
}

void tests_free(test_list *tests)
{
    for (size_t i = 0; i < tests->count; i++) {
        struct test *test = &tests->at[i];
        char *texts[] = {test->name,        test->path,    test->title,  test->label,  test->save_path,
                         test->record_path, test->command, test->output, test->section};
        for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++)
            free(texts[k]);
        free(test->values);
    }
    VEC_FREE(tests);
}

char *test_command(const struct test *test, const struct test_options *options)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    memory_need(out);
    fprintf(out, "understudy -i");
    if (options->folder) {
        fprintf(out, " -C ");
        shell_put_word(out, options->folder);
    }
    if (test->result.limited)
        fprintf(out, " --timeout %" PRIu64, options->limit_insns);
    if (test->result.endless)
        fprintf(out, " --lines %d", TEST_LINES_MAX);
    for (size_t i = 0; i < options->defined.count; i++) {
        const struct definition *definition = &options->defined.at[i];
        char *defined = text_of("%s=%s", definition->name, definition->values.at[test->values[i]]);
        fprintf(out, " -D ");
        shell_put_word(out, defined);
        free(defined);
    }
    fputc(' ', out);
    if (*test->name == '-')
        fprintf(out, "./");
    shell_put_word(out, test->name);
    fclose(out);
    return text;
}

/* ---- all of them ---- */

static int by_name(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

typedef VEC(char *) name_list;

/* A folder that is being looked through, and the one it was found in. */
struct inside {
    dev_t device;
    ino_t inode;
    const struct inside *outer;
};

static bool is_inside(const struct inside *outer, const struct stat *info)
{
    for (; outer; outer = outer->outer)
        if (outer->device == info->st_dev && outer->inode == info->st_ino)
            return true;
    return false;
}

/* Every .us file below the folder NAME; what begins with a dot is not looked at, nor a link back to where we are. */
static bool add_folder(name_list *names, const char *name, const struct inside *outer, struct error *error)
{
    DIR *folder = opendir(name);
    if (!folder)
        return error_set(error, "'%s' cannot be read: %s", name, strerror(errno));
    struct stat own;
    bool good = fstat(dirfd(folder), &own) == 0 && !is_inside(outer, &own);
    const struct inside inside = {own.st_dev, own.st_ino, outer};
    if (!good) {
        closedir(folder);
        return true;
    }
    for (const struct dirent *entry; good && (entry = readdir(folder));) {
        struct stat info;
        size_t length = strlen(entry->d_name);
        if (entry->d_name[0] == '.')
            continue;
        char *path = text_of("%s%s%s", name, name[strlen(name) - 1] == '/' ? "" : "/", entry->d_name);
        bool script = length > 3 && strcmp(entry->d_name + length - 3, ".us") == 0;
        if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
            good = add_folder(names, path, &inside, error);
        else if (script)
            *VEC_PUSH(names) = text_of("%s", path);
        free(path);
    }
    closedir(folder);
    return good;
}

/* The scripts below the folder PATH, in the order of their names. */
static bool find_below(test_list *tests, const struct test_options *options, const char *path, struct error *error)
{
    name_list names = {0};
    bool good = add_folder(&names, path, NULL, error);
    if (good && !names.count)
        good = error_set(error, "there is no .us script below '%s'", path);
    if (names.count)
        qsort(names.at, names.count, sizeof *names.at, by_name);
    for (size_t i = 0; good && i < names.count; i++)
        good = add_script(tests, options, names.at[i], error);
    for (size_t i = 0; i < names.count; i++)
        free(names.at[i]);
    VEC_FREE(&names);
    return good;
}

bool tests_find(test_list *tests, const struct test_options *options, struct error *error)
{
    for (size_t i = 0; i < options->paths.count; i++) {
        struct stat info;
        const char *path = options->paths.at[i];
        if (stat(path, &info))
            return error_set(error, "'%s' cannot be read: %s", path, strerror(errno));
        if (S_ISDIR(info.st_mode) ? !find_below(tests, options, path, error) : !add_script(tests, options, path, error))
            return false;
    }
    return true;
}

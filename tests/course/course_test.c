/* course_test.c - the pages of the course, run: every command of a page, in its order, and what the page says is seen.
 *
 *   course_test PROGRAM LESSONS PAGE [PAGE]...
 *   course_test --fill PROGRAM LESSONS PAGE      puts what is seen into the page where it says something else
 *   course_test --self
 *
 * A page is done in a new folder with a copy of LESSONS, the students' folder, where a student begins. Numbers that
 * depend on the compiler of the guests are compared where that is the one that the pages were written with. Exit status
 * 0: all as the pages say.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/course/page.h"
#include "tests/monitor/support.h"

static const char *const compiler_of_pages = "12"; /* hppa-linux-gnu-gcc -dumpversion */
enum { SECONDS_MAX = 60 }; /* of a processor, for one command: a guard for one that would never end */
static const char *const mark = "course_test: the output of line ";

struct course {
    struct bench_of_tests tests; /* the program is the shell */
    bool loosely, fills;
    unsigned commands;
};

/* What is given to the program that the command at FIRST starts: what is typed, each behind a line that says which. */
static char *typed_at(const struct page *page, size_t first)
{
    char *text = strdup("");
    for (size_t i = first + 1; i < page->commands.count && page->commands.at[i].typed; i++) {
        char *more = NULL;
        int size =
            asprintf(&more, "%secho %s%u\n%s\n", text, mark, page->commands.at[i].line, page->commands.at[i].text);
        assert(size >= 0);
        free(text);
        text = more;
    }
    return text;
}

/* The part of OUTPUT that COMMAND has printed, to be freed; NULL: it was not come to. */
static char *output_of(const struct page_command *command, const char *output)
{
    char own[80];
    const char *begin = output;
    if (command->typed) {
        snprintf(own, sizeof own, "%s%u\n", mark, command->line);
        begin = strstr(output, own);
        begin = begin ? begin + strlen(own) : NULL;
    }
    const char *end = begin ? strstr(begin, mark) : NULL;
    return begin ? strndup(begin, end ? (size_t)(end - begin) : strlen(begin)) : NULL;
}

static void compare(struct course *course, const char *name, struct page_command *command, const char *output)
{
    char *printed = output_of(command, output);
    const char *where = NULL;
    course->commands++;
    if (course->fills) {
        command->fill = printed && !page_is_seen(command->seen, printed, false, &where) ? printed : NULL;
        if (!command->fill)
            free(printed);
        return;
    }
    bool is = printed && page_is_seen(command->seen, printed, course->loosely, &where);
    if (expect(&course->tests, printed != NULL, name, NULL, "line %u: '%s' was not come to:\n%s", command->line,
               command->text, output))
        expect(&course->tests, is, name, NULL, "line %u: '%s' does not show '%.*s', but:\n%s", command->line,
               command->text, where ? (int)strcspn(where, "\n") : 0, where, printed);
    free(printed);
}

/* The command at FIRST of the shell, and what is typed at the program that it starts. Returns the next one. */
static size_t run_from(struct course *course, const char *name, struct page *page, size_t first)
{
    const struct page_command *command = &page->commands.at[first];
    char *line = NULL, *typed = typed_at(page, first);
    int size = asprintf(&line, "exec 2>&1; ulimit -t %u; %s", SECONDS_MAX, command->text);
    assert(size >= 0);
    const char *words[] = {"-c", line, NULL};
    struct outcome outcome = run_program(&course->tests, words, typed);
    size_t next = first;
    do
        compare(course, name, &page->commands.at[next++], outcome.out);
    while (next < page->commands.count && page->commands.at[next].typed);
    outcome_free(&outcome);
    free(line);
    free(typed);
    return next;
}

static void run_page(struct course *course, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    struct page page = {0};
    char *text = read_text(path);
    unsigned before = course->commands;
    if (!expect(&course->tests, text != NULL, name, NULL, "it cannot be read"))
        return;
    page_read(&page, text);
    expect(&course->tests, page.commands.count && !page.commands.at[0].typed, name, NULL,
           "no command '$ ...' is in it, or '> ...' comes first");
    for (size_t i = 0; i < page.commands.count && !page.commands.at[0].typed;)
        i = run_from(course, name, &page, i);
    printf("%s: %u commands\n", name, course->commands - before);
    if (course->fills) {
        char *filled = page_filled(&page, text);
        write_text(path, filled);
        free(filled);
    }
    page_free(&page);
    free(text);
}

/* A folder with a copy of LESSONS, in which we are then. */
static bool enter(struct course *course, const char *lessons)
{
    char command[1024];
    snprintf(course->tests.folder, sizeof course->tests.folder, "/tmp/understudy-course-XXXXXX");
    if (!mkdtemp(course->tests.folder) || chdir(course->tests.folder))
        return false;
    snprintf(command, sizeof command, "cp -r '%s/.' .", lessons);
    return system(command) == 0;
}

static void leave(struct course *course)
{
    char command[512];
    snprintf(command, sizeof command, "rm -rf '%s'", course->tests.folder);
    if (chdir("/") || system(command))
        printf("%s stays behind\n", course->tests.folder);
}

static bool is_compiler_of_pages(void)
{
    char version[32] = "";
    FILE *pipe = popen("hppa-linux-gnu-gcc -dumpversion", "r");
    if (pipe && fgets(version, sizeof version, pipe))
        version[strcspn(version, "\n")] = '\0';
    if (pipe)
        pclose(pipe);
    return strcmp(version, compiler_of_pages) == 0;
}

/* ---- can this test fail? ---- */

static unsigned self_test(void)
{
    static const struct {
        const char *seen, *printed;
        bool loosely, is;
    } rows[] = {
        {"", "what it likes\n", false, true},
        {"a\nb\n", "a\nb\n", false, true},
        {"a\n", "a  \n", false, true},
        {"a\n", "a\nb\n", false, false},
        {"a\nb\n", "a\n", false, false},
        {"a\n...\n", "a\nb\nc\n", false, true},
        {"...\nc\n", "a\nb\nc\n", false, true},
        {"...\nc\n", "a\nb\nc\nd\n", false, false},
        {"a\n...\nc\n...\n", "a\nc\n", false, true},
        {"a ... c\n", "a b b c\n", false, true},
        {"a ... c\n", "a b b d\n", false, false},
        {"a...\n", "a\n", false, true},
        {"epoch 12\n", "epoch 13\n", false, false},
        {"epoch 12\n", "epoch 1356\n", true, true},
        {"epoch 12 ends\n", "epoch 1356 begins\n", true, false},
        {"at 0x1080a\n", "at 0x2f\n", true, true},
    };
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *where;
        if (page_is_seen(rows[i].seen, rows[i].printed, rows[i].loosely, &where) == rows[i].is)
            continue;
        printf("FAILED row %zu of the self-test\n", i);
        wrong++;
    }
    struct page page = {0};
    page_read(&page, "text\n    not a command\n\n    $ one\n    seen\n    > two\n\n    not seen\n    > three\n");
    if (page.commands.count != 3 || strcmp(page.commands.at[0].seen, "seen\n") || page.commands.at[0].typed ||
        !page.commands.at[2].typed || page.commands.at[2].line != 9 || *page.commands.at[1].seen) {
        printf("FAILED a page is read wrongly\n");
        wrong++;
    }
    page_free(&page);
    return wrong;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--self") == 0)
        return self_test() != 0;
    bool fills = argc > 1 && strcmp(argv[1], "--fill") == 0;
    argv += fills;
    argc -= fills;
    if (argc < 4) {
        fprintf(stderr, "course_test [--fill] PROGRAM LESSONS PAGE...\n");
        return 2;
    }
    char *program = realpath(argv[1], NULL), *lessons = realpath(argv[2], NULL), path[4096];
    if (!program || !lessons) {
        fprintf(stderr, "'%s' or '%s' is not there\n", argv[1], argv[2]);
        return 2;
    }
    struct course course = {
        .tests = {.program = strdup("/bin/sh")}, .loosely = !is_compiler_of_pages(), .fills = fills};
    snprintf(path, sizeof path, "%.*s:%s", (int)(strrchr(program, '/') - program), program, getenv("PATH"));
    setenv("PATH", path, 1);
    setenv("UNDERSTUDY", program, 1);
    for (int i = 3; i < argc; i++) {
        char *page = realpath(argv[i], NULL);
        if (expect(&course.tests, page && enter(&course, lessons), argv[i], NULL, "no page, or no folder for it"))
            run_page(&course, page);
        leave(&course);
        free(page);
    }
    printf("%u commands, %u failed%s\n", course.commands, course.tests.failed,
           course.loosely ? " (numbers not compared: another compiler)" : "");
    free(course.tests.program);
    free(program);
    free(lessons);
    return course.tests.failed != 0;
}

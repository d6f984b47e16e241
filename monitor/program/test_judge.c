/* test_judge.c - see test.h: a script in its own process, and what is kept of one that fails. */
#include "monitor/program/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mmu/base/memory.h"
#include "monitor/command/command.h"
#include "monitor/script/script.h"
#include "monitor/session/plan.h"
#include "monitor/session/recorder.h"

enum { TERMINAL_LINES = 10 };

/* Where a script of a stranger runs and what it may use: its own folder, OWN, and that of -C. */
static void confine(struct monitor *monitor, const struct test_options *options, const char *own, char *other)
{
    monitor->reach = (struct reach){.kind = REACH_BELOW, .folders = {own}};
    if (options->folder && realpath(".", other))
        monitor->reach.folders[1] = other;
}

/* Give MONITOR what TEST has defined. The names were looked at when they were given. */
static void define(struct monitor *monitor, const struct test *test, const struct test_options *options)
{
    for (size_t i = 0; i < options->defined.count; i++) {
        const struct definition *definition = &options->defined.at[i];
        variable_define(monitor, definition->name, definition->values.at[test->values[i]], NULL);
    }
}

/* Run SCRIPT in MONITOR. False with its place and the reason in ERROR; monitor->fell says of which kind. */
static bool run(struct monitor *monitor, struct script *script, struct error *error)
{
    char missed[400];
    if (!script_run(script, monitor, error))
        return false;
    script->failed_line = 0;
    const struct quiz *quiz = &monitor->quiz;
    monitor->fell = quiz->right < quiz->asked;
    if (monitor->fell)
        return error_set(error, "%.100s: %u of %u answers are right; %s", script->place, quiz->right, quiz->asked,
                         quiz->wrong);
    if (!monitor->system || !plan_missed(monitor->system, missed, sizeof missed))
        snprintf(missed, sizeof missed, "%.399s", monitor->missed);
    monitor->fell = *missed;
    return !*missed || error_set(error, "%.100s: %s ('delete fault' takes one off)", script->place, missed);
}

/* ---- what is said and kept of a failure ---- */

/* Where the computer looked at is, or what the command LINE prints, into TEXT. */
static void say(struct monitor *monitor, const char *line, char *text, size_t size)
{
    char *said = NULL;
    size_t length;
    FILE *usual = monitor->out;
    monitor->out = open_memstream(&said, &length);
    memory_need(monitor->out);
    bool good = !line || monitor_execute(monitor, line, NULL);
    if (!line)
        monitor_print_where(monitor);
    fclose(monitor->out);
    monitor->out = usual;
    snprintf(text, size, "%s", good ? said : "");
    free(said);
}

/* The last lines that the terminal has shown; NULs, which cannot be in a text, are shown as ?. */
static void terminal_end(const struct monitor *monitor, char *text)
{
    uint64_t size;
    const uint8_t *shown = system_terminal_output(monitor->system, &size);
    uint64_t begin = size;
    unsigned lines = 0;
    while (begin && size - begin < TEST_TERMINAL_BYTES - 1) {
        if (shown[begin - 1] == '\n' && begin < size && ++lines == TERMINAL_LINES)
            break;
        begin--;
    }
    for (uint64_t i = begin; i < size; i++)
        text[i - begin] = shown[i] ? (char)shown[i] : '?';
    text[size - begin] = '\0';
}

static void tell(struct monitor *monitor, struct test_result *result)
{
    if (!monitor->system || !monitor->image_path)
        return;
    say(monitor, NULL, result->place, sizeof result->place);
    say(monitor, "backtrace 20", result->backtrace, sizeof result->backtrace);
    terminal_end(monitor, result->terminal);
    result->place[strcspn(result->place, "\n")] = '\0';
}

/* Keep the state of the system that failed, for a person to look at. */
static void save_state(struct monitor *monitor, const struct test *test, struct test_result *result)
{
    char *const words[] = {test->save_path};
    const struct arguments arguments = {.rest = "", .count = 1, .at = words};
    if (!test->save_path || !monitor->system || !monitor->image_path)
        return;
    monitor->reach = (struct reach){REACH_ALL, {NULL}}; /* its name is ours */
    struct error error = {""};
    result->saved = command_save(monitor, &arguments, &error);
    snprintf(result->unkept, sizeof result->unkept, "%s", error.text);
}

/* Run SCRIPT, which failed with SENTENCE, once more in MONITOR, new and with nothing to be seen of it, and keep the
 * recording in the place of the state: the same run, but for what a recorded one refuses. */
static void record(struct monitor *monitor, const struct test *test, struct script *script, const char *sentence,
                   struct test_result *result)
{
    struct error error = {""}, unkept = {""};
    int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    fflush(stdout);
    dup2(nothing, STDOUT_FILENO);
    dup2(nothing, STDERR_FILENO);
    close(nothing);
    monitor->records = true;
    bool same = !run(monitor, script, &error) && strcmp(error.text, sentence) == 0;
    result->recorded = same && monitor->system && monitor->image_path && monitor_records(monitor) &&
                       claims_write(&monitor->claims, test->record_path, "a recording", &unkept) &&
                       recorder_write(monitor->system, test->record_path, &unkept);
    if (*unkept.text)
        snprintf(result->unkept, sizeof result->unkept, "%s", unkept.text);
    if (result->recorded && result->saved)
        result->saved = unlink(test->save_path) != 0;
}

/* ---- what goes into the page ---- */

/* A stream into DESCRIPTOR, or NULL if that is -1. */
static FILE *stream_to(int descriptor)
{
    int copy = descriptor < 0 ? -1 : dup(descriptor);
    FILE *out = copy < 0 ? NULL : fdopen(copy, "w");
    if (copy >= 0)
        memory_need(out);
    return out;
}

static void write_parts(struct monitor *monitor, const struct test *test)
{
    FILE *out = stream_to(test->parts_fd);
    if (!out)
        return;
    test_page_parts(monitor, out);
    fclose(out);
}

/* ---- the whole ---- */

static void begin(struct monitor *monitor, const struct test *test, const struct test_options *options, const char *own,
                  char *other)
{
    monitor_init(monitor, &command_table, stdout);
    claims_copy(&monitor->claims, &options->claims); /* what the process that reports does, all of them do */
    if (options->sandbox)
        confine(monitor, options, own, other);
    monitor->limit_insns = options->limit_insns;
    monitor->script_steps_max = TEST_LINES_MAX;
    define(monitor, test, options);
}

static enum test_state run_script(struct script *script, const struct test *test, const struct test_options *options,
                                  const char *own, struct test_result *result, struct error *error)
{
    struct monitor monitor;
    char other[PATH_MAX];
    begin(&monitor, test, options, own, other);
    monitor.lines = stream_to(test->lines_fd);
    bool good = run(&monitor, script, error), fell = monitor.fell, recordable = monitor_records(&monitor);
    result->reads_results = claims_refused(&monitor.claims, CLAIM_JUNIT) ||
                            claims_refused(&monitor.claims, CLAIM_JSON) || claims_refused(&monitor.claims, CLAIM_PAGE);
    result->seed = monitor.options.config.seed;
    result->line = script->failed_line;
    result->limited = monitor.limited;
    result->endless = monitor.script_steps > monitor.script_steps_max;
    result->asked = monitor.quiz.asked;
    result->right = monitor.quiz.right;
    if (monitor.system)
        result->instructions = monitor_cpu_state(&monitor)->insns;
    if (!good) {
        tell(&monitor, result);
        save_state(&monitor, test, result);
    }
    write_parts(&monitor, test);
    if (monitor.lines)
        fclose(monitor.lines);
    monitor_free(&monitor);
    if (!good && recordable && test->record_path) {
        begin(&monitor, test, options, own, other);
        record(&monitor, test, script, error->text, result);
        monitor_free(&monitor);
    }
    return good ? TEST_HELD : fell ? TEST_FAILED : TEST_IN_ERROR;
}

/* A pipe would be waited for. */
static bool is_file(const char *path, struct error *error)
{
    struct stat info;
    return stat(path, &info) || S_ISREG(info.st_mode) || error_set(error, "'%s' is not a regular file", path);
}

void test_judge(const struct test *test, const struct test_options *options, struct test_result *result)
{
    struct error error = {""};
    struct script script;
    char own[PATH_MAX];
    enum test_state state = TEST_IN_ERROR;
    script_init(&script, test->name);
    script.folder_of = test->path;
    bool whole = is_file(test->path, &error) && script_read(&script, test->path, &error);
    snprintf(own, sizeof own, "%.*s", (int)(strrchr(test->path, '/') - test->path), test->path);
    const char *folder = options->folder || !options->sandbox ? options->folder : own;
    result->line = script.failed_line;
    if (whole && folder && chdir(folder))
        error_set(&error, "folder '%s' cannot be entered: %s", folder, strerror(errno));
    else if (whole)
        state = run_script(&script, test, options, own, result, &error);
    snprintf(result->sentence, sizeof result->sentence, "%s", error.text);
    fflush(stdout);
    /* The last thing: whatever ends this process before, the test is broken. */
    result->state = state;
    script_free(&script);
}

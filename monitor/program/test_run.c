/* test_run.c - see test.h: the scripts' processes. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "monitor/command/command.h"
#include "mmu/base/memory.h"
#include "monitor/script/script.h"
#include "monitor/program/test.h"
#include "monitor/base/ctrl_c.h"

enum {
    OUTPUT_KEPT_BYTES = 2000, /* of the end of what a script printed */
    OUTPUT_KEPT_LINES = 16,
    STEPS_MAX = 1000000, /* lines that a script may run */
};

/* A process that is under way. */
struct worker {
    pid_t pid;
    size_t test;
    int output;
};

/* ---- inside the script's process ---- */

/* Keep the state of the system that failed, for a person to look at. */
static void save_state(struct monitor *monitor, const struct test *test, struct test_result *result)
{
    char *const words[] = {test->save_path};
    const struct arguments arguments = {.rest = "", .count = 1, .at = words};
    if (!monitor->system || !monitor->image_path)
        return;
    monitor->reach = (struct reach){REACH_ALL, {NULL}}; /* its name is ours */
    result->saved = command_save(monitor, &arguments, NULL);
}

/* Where a script of a stranger runs and what it may use: its own folder, OWN, and that of -C. */
static void confine(struct monitor *monitor, const struct test_options *options, const char *own, char *other)
{
    monitor->reach = (struct reach){.kind = REACH_BELOW, .folders = {own}};
    if (options->folder && realpath(".", other))
        monitor->reach.folders[1] = other;
}

static void judge(const struct test *test, const struct test_options *options, struct test_result *result)
{
    struct error error = {""};
    struct script script;
    struct monitor monitor;
    script_init(&script, test->name);
    script.folder_of = test->path;
    bool whole = script_read(&script, test->path, &error), good = false;
    char own[PATH_MAX], other[PATH_MAX];
    snprintf(own, sizeof own, "%.*s", (int)(strrchr(test->path, '/') - test->path), test->path);
    const char *folder = options->folder || !options->sandbox ? options->folder : own;
    if (whole && folder && chdir(folder))
        good = error_set(&error, "folder '%s' cannot be entered: %s", folder, strerror(errno));
    else if (whole) {
        monitor_init(&monitor, &command_table, stdout);
        for (size_t i = 0; i < options->claims.rows.count; i++) /* what this process does, all of them do */
            claims_read(&monitor.claims, options->claims.rows.at[i].path, "a script", NULL);
        if (options->sandbox)
            confine(&monitor, options, own, other);
        monitor.limit_insns = options->limit_insns;
        monitor.script_steps_max = STEPS_MAX;
        good = script_run(&script, &monitor, &error);
        result->seed = monitor.options.config.seed;
        if (!good)
            save_state(&monitor, test, result);
        monitor_free(&monitor);
    }
    result->line = script.failed_line;
    snprintf(result->sentence, sizeof result->sentence, "%s", error.text);
    fflush(stdout);
    /* The last thing: whatever ends this process before, the test is broken. */
    result->state = good ? TEST_HELD : whole ? TEST_FAILED : TEST_MALFORMED;
    script_free(&script);
}

/* ---- outside ---- */

static enum tests_end start(struct worker *worker, const struct test *test, const struct test_options *options,
                            struct test_result *result, struct error *error)
{
    worker->output = memfd_create("output", MFD_CLOEXEC);
    worker->pid = worker->output < 0 ? -1 : fork();
    if (worker->pid < 0) {
        error_set(error, "a script's process cannot be made: %s", strerror(errno));
        if (worker->output >= 0)
            close(worker->output);
        return TESTS_REFUSED;
    }
    if (worker->pid)
        return TESTS_RUN;
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(nothing, STDIN_FILENO);
    dup2(worker->output, STDOUT_FILENO);
    dup2(worker->output, STDERR_FILENO);
    close(nothing);
    judge(test, options, result);
    return TESTS_INSIDE;
}

/* The end of what went into DESCRIPTOR, from the beginning of a line on; NULL: nothing. To be freed. */
static char *end_of_output(int descriptor)
{
    off_t size = lseek(descriptor, 0, SEEK_END);
    size_t kept = size > OUTPUT_KEPT_BYTES ? OUTPUT_KEPT_BYTES : size > 0 ? (size_t)size : 0;
    char *text = malloc(kept + 1);
    memory_need(text);
    ssize_t got = kept ? pread(descriptor, text, kept, size - (off_t)kept) : 0;
    if (got <= 0) {
        free(text);
        return NULL;
    }
    for (ssize_t i = 0; i < got; i++)
        if (!text[i])
            text[i] = '?';
    text[got] = '\0';
    char *first = (size_t)size > kept ? strchr(text, '\n') : NULL;
    first = first ? first + 1 : text;
    unsigned lines = 0;
    for (char *at = text + got - 1; at > first && lines < OUTPUT_KEPT_LINES; at--)
        if (at[-1] == '\n' && ++lines == OUTPUT_KEPT_LINES)
            first = at;
    memmove(text, first, strlen(first) + 1);
    return text;
}

static void finish(struct test *test, const struct worker *worker, const struct test_result *result, int status)
{
    test->result = *result;
    test->over = true;
    if (test->result.state != TEST_HELD)
        test->output = end_of_output(worker->output);
    close(worker->output);
    if (test->result.state != TEST_BROKEN)
        return;
    if (WIFSIGNALED(status))
        snprintf(test->result.sentence, sizeof test->result.sentence,
                 "its process died of signal %d (%s): a fault of understudy, not of the script", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    else
        snprintf(test->result.sentence, sizeof test->result.sentence, "its process ended with status %d",
                 WEXITSTATUS(status));
}

/* Wait for the next process to end; then its place in WORKERS is free. */
static void reap(struct worker *workers, unsigned *busy, test_list *tests, const struct test_result *results)
{
    int status;
    pid_t pid = waitpid(-1, &status, 0);
    for (unsigned i = 0; i < *busy; i++) {
        if (workers[i].pid != pid)
            continue;
        finish(&tests->at[workers[i].test], &workers[i], &results[workers[i].test], status);
        workers[i] = workers[--*busy];
        return;
    }
}

enum tests_end tests_run(test_list *tests, const struct test_options *options,
                         void (*told)(void *arg, const struct test *test), void *arg, struct error *error)
{
    size_t bytes = (tests->count + 1) * sizeof(struct test_result), next = 0, said = 0;
    struct test_result *results = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct worker *workers = calloc(options->processes, sizeof *workers);
    unsigned busy = 0;
    enum tests_end end = TESTS_RUN;
    memory_need(results != MAP_FAILED && workers);
    ctrl_c_block(false);
    fflush(stdout); /* or the processes would print it as well */
    while (end != TESTS_INSIDE && (busy || (end == TESTS_RUN && next < tests->count))) {
        if (end == TESTS_RUN && next < tests->count && busy < options->processes) {
            workers[busy].test = next;
            end = start(&workers[busy], &tests->at[next], options, &results[next], error);
            busy += end == TESTS_RUN;
            next++;
            continue;
        }
        reap(workers, &busy, tests, results);
        if (ctrl_c_forget()) {
            end = TESTS_STOPPED;
            /* The terminal has interrupted the scripts' processes as well, but perhaps not one that was just made. */
            for (unsigned i = 0; i < busy; i++)
                kill(workers[i].pid, SIGINT);
        }
        for (; said < tests->count && tests->at[said].over; said++)
            told(arg, &tests->at[said]);
    }
    free(workers);
    munmap(results, bytes);
    return end;
}

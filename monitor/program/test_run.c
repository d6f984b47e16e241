/* test_run.c - see test.h: the scripts' processes. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "mmu/base/memory.h"
#include "monitor/program/test.h"
#include "monitor/base/ctrl_c.h"

enum {
    OUTPUT_KEPT_BYTES = 2000, /* of the end of what a script printed */
    OUTPUT_KEPT_LINES = 16,
};

/* A process that is under way. */
struct worker {
    pid_t pid;
    int pidfd;
    size_t test;
    int output;
    double begin; /* in seconds of the host */
    bool late;    /* it has taken too long, and was ended */
};

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* What the test's process has for its page. */
static void open_page_ends(struct test *test, const struct test_options *options)
{
    test->lines_fd = options->html_path ? memfd_create("lines", MFD_CLOEXEC) : -1;
    test->parts_fd = options->html_path ? memfd_create("parts", MFD_CLOEXEC) : -1;
}

static void close_page_ends(struct test *test)
{
    if (test->lines_fd >= 0)
        close(test->lines_fd);
    if (test->parts_fd >= 0)
        close(test->parts_fd);
    test->lines_fd = test->parts_fd = -1;
}

static enum tests_end start(struct worker *worker, struct test *test, const struct test_options *options,
                            struct test_result *result, struct error *error)
{
    worker->begin = seconds_now();
    worker->late = false;
    worker->output = memfd_create("output", MFD_CLOEXEC);
    open_page_ends(test, options);
    pid_t parent = getpid();
    worker->pid = worker->output < 0 ? -1 : fork();
    worker->pidfd = worker->pid > 0 ? pidfd_open(worker->pid, 0) : -1;
    if (worker->pid < 0 || (worker->pid && worker->pidfd < 0)) {
        error_set(error, "a script's process cannot be made: %s", strerror(errno));
        if (worker->output >= 0)
            close(worker->output);
        close_page_ends(test);
        if (worker->pid > 0) {
            kill(worker->pid, SIGKILL);
            waitpid(worker->pid, NULL, 0);
        }
        return TESTS_REFUSED;
    }
    if (worker->pid)
        return TESTS_RUN;
    /* Whatever ends us ends it: nobody else would, however long its script runs. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
        kill(getpid(), SIGKILL);
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(nothing, STDIN_FILENO);
    dup2(worker->output, STDOUT_FILENO);
    dup2(worker->output, STDERR_FILENO);
    close(nothing);
    test_judge(test, options, result);
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

static void finish(struct test *test, const struct worker *worker, const struct test_options *options,
                   const struct test_result *result, int status)
{
    test->result = *result;
    test->over = true;
    test->host_seconds = seconds_now() - worker->begin;
    if (test->result.state != TEST_HELD) {
        test->output = end_of_output(worker->output);
        test->command = test_command(test, options);
    }
    if (test->lines_fd >= 0 && test->parts_fd >= 0)
        test->section = test_page_section(worker->output, test->lines_fd, test->parts_fd);
    close_page_ends(test);
    close(worker->output);
    close(worker->pidfd);
    if (test->result.state != TEST_BROKEN)
        return;
    char *sentence = test->result.sentence;
    if (worker->late)
        snprintf(sentence, sizeof test->result.sentence, "%s: not over after %u s of the host's time (--host-timeout)",
                 test->name, options->limit_seconds);
    else if (WIFSIGNALED(status))
        snprintf(sentence, sizeof test->result.sentence,
                 "its process died of signal %d (%s): a fault of understudy, not of the script", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    else
        snprintf(sentence, sizeof test->result.sentence, "its process ended with status %d", WEXITSTATUS(status));
}

/* Wait until a process has ended, or has taken too long. */
static void wait_for_one(struct worker *workers, unsigned busy, const struct test_options *options)
{
    struct pollfd ends[TEST_PROCESSES_MAX];
    double now = seconds_now(), left = options->limit_seconds;
    for (unsigned i = 0; i < busy; i++) {
        double own = workers[i].begin + options->limit_seconds - now;
        ends[i] = (struct pollfd){workers[i].pidfd, POLLIN, 0};
        left = !workers[i].late && own < left ? own : left;
    }
    poll(ends, busy, left <= 0 ? 0 : (int)(left * 1000) + 1);
    now = seconds_now();
    for (unsigned i = 0; i < busy; i++) {
        if (workers[i].late || now < workers[i].begin + options->limit_seconds)
            continue;
        workers[i].late = true;
        kill(workers[i].pid, SIGKILL);
    }
}

/* The processes that have ended: their places in WORKERS are free. */
static void reap(struct worker *workers, unsigned *busy, const struct test_options *options, test_list *tests,
                 const struct test_result *results)
{
    int status;
    wait_for_one(workers, *busy, options);
    for (unsigned i = 0; i < *busy;) {
        if (waitpid(workers[i].pid, &status, WNOHANG) <= 0) {
            i++;
            continue;
        }
        finish(&tests->at[workers[i].test], &workers[i], options, &results[workers[i].test], status);
        workers[i] = workers[--*busy];
    }
}

enum tests_end tests_run(test_list *tests, const struct test_options *options,
                         void (*told)(void *arg, const struct test *test), void *arg, struct error *error)
{
    size_t bytes = (tests->count + 1) * sizeof(struct test_result), next = 0, said = 0;
    struct test_result *results =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
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
        reap(workers, &busy, options, tests, results);
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

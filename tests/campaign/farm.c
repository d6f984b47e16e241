/* farm.c - see farm.h. */
#include "tests/campaign/farm.h"

#include <assert.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

void *farm_memory(size_t size)
{
    void *memory = mmap(NULL, size + 1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert(memory != MAP_FAILED);
    return memory;
}

enum { JOB_SECONDS_MAX = 120 }; /* one that hangs has failed */

/* What the processes share. */
struct shared {
    _Atomic size_t next, done;
};

static void interruptible(bool blocked)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigprocmask(blocked ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

bool farm_interrupted(void)
{
    sigset_t set;
    return sigpending(&set) == 0 && sigismember(&set, SIGINT) == 1;
}

static void show(size_t done, size_t count)
{
    fprintf(stderr, "\r%3zu %% of %zu runs; Ctrl-C stops ", done * 100 / count, count);
}

static pid_t start(struct shared *shared, size_t count, void (*job)(void *arg, size_t index), void *arg)
{
    pid_t child = fork();
    assert(child >= 0);
    if (child)
        return child;
    interruptible(false);
    bool shown = isatty(STDERR_FILENO);
    for (size_t i; (i = atomic_fetch_add(&shared->next, 1)) < count;) {
        alarm(JOB_SECONDS_MAX);
        job(arg, i);
        size_t done = atomic_fetch_add(&shared->done, 1) + 1;
        if (shown && done * 100 / count != (done - 1) * 100 / count)
            show(done, count);
    }
    _exit(0);
}

size_t farm_run(unsigned workers, size_t count, void (*job)(void *arg, size_t index), void *arg)
{
    struct shared *shared = farm_memory(sizeof *shared);
    size_t failed = 0;
    fflush(stdout);
    interruptible(true);
    for (unsigned w = 0; w < workers; w++)
        start(shared, count, job, arg);
    for (int status; wait(&status) > 0;)
        if (status && !farm_interrupted()) {
            failed++;
            start(shared, count, job, arg);
        }
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r%40s\r", "");
    munmap(shared, sizeof *shared + 1);
    return failed;
}

/* farm.c - see farm.h. */
#include "tests/campaign/farm.h"

#include <assert.h>
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

static pid_t start(_Atomic size_t *next, size_t count, void (*job)(void *arg, size_t index), void *arg)
{
    pid_t child = fork();
    assert(child >= 0);
    if (child)
        return child;
    for (size_t i; (i = atomic_fetch_add(next, 1)) < count;) {
        alarm(JOB_SECONDS_MAX);
        job(arg, i);
    }
    _exit(0);
}

size_t farm_run(unsigned workers, size_t count, void (*job)(void *arg, size_t index), void *arg)
{
    void *shared = farm_memory(sizeof(size_t));
    size_t failed = 0;
    fflush(stdout);
    for (unsigned w = 0; w < workers; w++)
        start(shared, count, job, arg);
    for (int status; wait(&status) > 0;)
        if (status) {
            failed++;
            start(shared, count, job, arg);
        }
    munmap(shared, sizeof(size_t) + 1);
    return failed;
}

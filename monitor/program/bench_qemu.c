/* bench_qemu.c - see bench_qemu.h. */
#include "monitor/program/bench_qemu.h"

#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROGRAM "qemu-system-hppa"
enum { SILENCE_MS = 120000, SHOWN_BYTES = 4096 };

/* What it has shown on its serial port. */
struct shown {
    int fd;
    size_t count;
    char text[SHOWN_BYTES];
};

bool bench_qemu_installed(void)
{
    const char *path = getenv("PATH");
    char name[4096];
    while (path && *path) {
        size_t length = strcspn(path, ":");
        snprintf(name, sizeof name, "%.*s/" PROGRAM, (int)length, path);
        if (access(name, X_OK) == 0)
            return true;
        path += length + (path[length] == ':');
    }
    return false;
}

static double processor_seconds(clockid_t clock)
{
    struct timespec now = {0};
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Wait for WORD and a whole line behind it: the rest of that line. NULL: it has ended, or said nothing for long. */
static const char *wait_for(struct shown *shown, const char *word)
{
    for (;;) {
        char *at = strstr(shown->text, word);
        if (at && strchr(at, '\n'))
            return at + strlen(word);
        struct pollfd poll_fd = {.fd = shown->fd, .events = POLLIN};
        if (poll(&poll_fd, 1, SILENCE_MS) <= 0)
            return NULL;
        ssize_t got = read(shown->fd, shown->text + shown->count, SHOWN_BYTES - 1 - shown->count);
        if (got <= 0)
            return NULL;
        shown->count += (size_t)got;
        shown->text[shown->count] = '\0';
    }
}

static bool start(const char *image, bool counted, pid_t *child, int *fd, struct error *error)
{
    extern char **environ;
    char program[] = PROGRAM, kernel[] = "-kernel", count[] = "-icount", how[] = "shift=0,sleep=off";
    char serial[] = "-serial", stdio[] = "stdio", none[] = "none", display[] = "-display", monitor[] = "-monitor",
         nic[] = "-nic", memory[] = "-m", megabytes[] = "64", *copy = strdup(image);
    char *words[] = {program, display,   none,   monitor, none,   nic,  none,
                     memory,  megabytes, serial, stdio,   kernel, copy, counted ? count : NULL,
                     how,     NULL};
    posix_spawn_file_actions_t actions;
    int ends[2];
    if (!copy || pipe(ends)) {
        free(copy);
        return error_set(error, "the host has no memory for " PROGRAM);
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", 0, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", 1, 0);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    int failed = posix_spawnp(child, program, &actions, NULL, words, environ);
    posix_spawn_file_actions_destroy(&actions);
    free(copy);
    close(ends[1]);
    if (!failed) {
        *fd = ends[0];
        return true;
    }
    close(ends[0]);
    return error_set(error, PROGRAM " cannot be started: %s", strerror(failed));
}

bool bench_qemu(const char *image, bool counted, double *seconds, uint32_t *sum, struct error *error)
{
    struct shown shown = {0};
    pid_t child;
    clockid_t clock;
    if (!start(image, counted, &child, &shown.fd, error))
        return false;
    const char *end = NULL;
    if (clock_getcpuclockid(child, &clock) == 0 && wait_for(&shown, "begin")) {
        double begin = processor_seconds(clock);
        end = wait_for(&shown, "end ");
        *seconds = processor_seconds(clock) - begin;
    }
    *sum = end ? (uint32_t)strtoul(end, NULL, 16) : 0;
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(shown.fd);
    return end || error_set(error, PROGRAM " does not come to the end of '%s'", image);
}

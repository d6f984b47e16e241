/* bench_qemu.c - see bench_qemu.h. */
#include "monitor/program/bench_qemu.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
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

/* In the child: become WORDS, which write to OUTPUT, or end. Whatever ends PARENT ends it: it would run for ever. */
static void become(char *const *words, int output, pid_t parent)
{
    int nothing = open("/dev/null", O_RDWR);
    if (nothing >= 0 && dup2(nothing, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0 &&
        dup2(nothing, STDERR_FILENO) >= 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent)
        execvp(words[0], words);
    kill(getpid(), SIGKILL);
}

static bool start(const char *image, bool counted, pid_t *child, int *fd, struct error *error)
{
    char program[] = PROGRAM, kernel[] = "-kernel", count[] = "-icount", how[] = "shift=0,sleep=off";
    char serial[] = "-serial", stdio[] = "stdio", none[] = "none", display[] = "-display", monitor[] = "-monitor",
         nic[] = "-nic", memory[] = "-m", megabytes[] = "64", *copy = strdup(image);
    char *words[] = {program, display,   none,   monitor, none,   nic,  none,
                     memory,  megabytes, serial, stdio,   kernel, copy, counted ? count : NULL,
                     how,     NULL};
    int ends[2];
    pid_t parent = getpid();
    if (!copy || pipe2(ends, O_CLOEXEC)) {
        free(copy);
        return error_set(error, "the host has no memory for " PROGRAM);
    }
    *child = fork();
    if (*child == 0)
        become(words, ends[1], parent);
    free(copy);
    close(ends[1]);
    if (*child > 0) {
        *fd = ends[0];
        return true;
    }
    close(ends[0]);
    return error_set(error, PROGRAM " cannot be started: %s", strerror(errno));
}

bool bench_qemu(const char *image, bool counted, double *seconds, uint32_t *sum, struct error *error)
{
    struct shown shown = {0};
    pid_t child = -1;
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

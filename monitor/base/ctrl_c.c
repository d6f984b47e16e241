/* ctrl_c.c - see ctrl_c.h. SIGUSR1, sent to the watching thread alone, ends it. */
#include "monitor/base/ctrl_c.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { LOOK_NS = 50000000, CTRL_C = 0x03, INPUT_MAX = 4096 };

static void ctrl_c_set(sigset_t *set, bool terminate)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    if (terminate)
        sigaddset(set, SIGTERM);
}

void ctrl_c_block(bool terminate)
{
    sigset_t set;
    ctrl_c_set(&set, terminate);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

bool ctrl_c_forget(void)
{
    sigset_t set;
    bool any = false;
    ctrl_c_set(&set, false);
    while (sigtimedwait(&set, NULL, &(struct timespec){0}) > 0)
        any = true;
    return any;
}

bool ctrl_c_asked(void)
{
    sigset_t set;
    ctrl_c_set(&set, true);
    return sigtimedwait(&set, NULL, &(struct timespec){0}) > 0;
}

/* Is there a Ctrl-C in what FD has for its reader, or nobody at its other end? */
static bool came_at(int fd)
{
    char input[INPUT_MAX];
    ssize_t got = recv(fd, input, sizeof input, MSG_PEEK | MSG_DONTWAIT);
    return got == 0 || (got > 0 && memchr(input, CTRL_C, (size_t)got));
}

static void *ctrl_c_main(void *arg)
{
    struct ctrl_c *ctrl_c = arg;
    sigset_t set;
    ctrl_c_set(&set, ctrl_c->terminate);
    sigaddset(&set, SIGUSR1);
    for (int fd = ctrl_c->fd;;) {
        int number =
            fd < 0 ? sigwaitinfo(&set, NULL) : sigtimedwait(&set, NULL, &(struct timespec){.tv_nsec = LOOK_NS});
        if (number == SIGUSR1)
            return NULL;
        bool came = fd >= 0 && came_at(fd);
        ctrl_c->signalled |= number > 0;
        if (number > 0 || came)
            system_interrupt(ctrl_c->system);
        if (came)
            fd = -1;
    }
}

void ctrl_c_begin(struct ctrl_c *ctrl_c, struct system *system, bool terminate)
{
    ctrl_c_begin_input(ctrl_c, system, terminate, -1);
}

void ctrl_c_begin_input(struct ctrl_c *ctrl_c, struct system *system, bool terminate, int fd)
{
    *ctrl_c = (struct ctrl_c){.system = system, .terminate = terminate, .fd = fd};
    if (fd >= 0 && came_at(fd)) {
        system_interrupt(system);
        ctrl_c->fd = -1;
    }
    ctrl_c->working = pthread_create(&ctrl_c->thread, NULL, ctrl_c_main, ctrl_c) == 0;
}

void ctrl_c_end(struct ctrl_c *ctrl_c)
{
    if (!ctrl_c->working)
        return;
    pthread_kill(ctrl_c->thread, SIGUSR1);
    pthread_join(ctrl_c->thread, NULL);
    ctrl_c->working = false;
    system_interrupt_forget(ctrl_c->system);
}

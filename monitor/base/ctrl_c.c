/* ctrl_c.c - see ctrl_c.h. SIGUSR1, sent to the watching thread alone, ends it. */
#include "monitor/base/ctrl_c.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_NS = 50000000, CTRL_C = 0x03, INPUT_MAX = 4096 };

/* Signals that want an end of the program, and not only of what runs now. */
static bool ends(int number)
{
    return number == SIGTERM || number == SIGHUP;
}

/* What is watched: of these, those that are blocked here. */
static void watched(sigset_t *set)
{
    static const int candidates[] = {SIGINT, SIGTERM, SIGHUP};
    sigset_t blocked;
    pthread_sigmask(SIG_BLOCK, NULL, &blocked);
    sigemptyset(set);
    for (unsigned i = 0; i < sizeof candidates / sizeof candidates[0]; i++)
        if (sigismember(&blocked, candidates[i]))
            sigaddset(set, candidates[i]);
}

/* NUMBER has been taken. The wish for an end stays until there is one. */
static void took(int number)
{
    if (ends(number))
        kill(getpid(), number);
}

void ctrl_c_block(bool terminate)
{
    sigset_t set;
    struct sigaction hang_up;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGUSR1);
    if (terminate)
        sigaddset(&set, SIGTERM);
    if (terminate && sigaction(SIGHUP, NULL, &hang_up) == 0 && hang_up.sa_handler != SIG_IGN) /* or else nohup */
        sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

bool ctrl_c_forget(void)
{
    sigset_t set;
    bool any = false;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    while (sigtimedwait(&set, NULL, &(struct timespec){0}) > 0)
        any = true;
    return any;
}

bool ctrl_c_asked(void)
{
    sigset_t set;
    watched(&set);
    int number = sigtimedwait(&set, NULL, &(struct timespec){0});
    took(number);
    return number > 0;
}

bool ctrl_c_other(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    return sigtimedwait(&set, NULL, &(struct timespec){0}) > 0;
}

bool ctrl_c_ended(void)
{
    sigset_t set;
    return sigpending(&set) == 0 && (sigismember(&set, SIGTERM) == 1 || sigismember(&set, SIGHUP) == 1);
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
    watched(&set);
    sigaddset(&set, SIGUSR1);
    for (int fd = ctrl_c->fd;;) {
        bool looks = fd >= 0 || ctrl_c->tick;
        int number = looks ? sigtimedwait(&set, NULL, &(struct timespec){.tv_nsec = LOOK_NS}) : sigwaitinfo(&set, NULL);
        if (number == SIGUSR1)
            return NULL;
        if (ctrl_c->tick)
            ctrl_c->tick(ctrl_c->arg);
        bool came = fd >= 0 && came_at(fd);
        ctrl_c->signalled |= number > 0;
        if (number > 0 || came)
            system_interrupt(ctrl_c->system);
        if (came)
            fd = -1;
        took(number);
        if (ends(number))
            sigdelset(&set, number); /* once is enough */
    }
}

static void begin(struct ctrl_c *ctrl_c)
{
    ctrl_c->working = pthread_create(&ctrl_c->thread, NULL, ctrl_c_main, ctrl_c) == 0;
    if (!ctrl_c->working) { /* a run that cannot be interrupted can still be ended */
        watched(&ctrl_c->left);
        pthread_sigmask(SIG_UNBLOCK, &ctrl_c->left, NULL);
    }
}

void ctrl_c_begin(struct ctrl_c *ctrl_c, struct system *system)
{
    ctrl_c_begin_ticking(ctrl_c, system, NULL, NULL);
}

void ctrl_c_begin_ticking(struct ctrl_c *ctrl_c, struct system *system, void (*tick)(void *arg), void *arg)
{
    *ctrl_c = (struct ctrl_c){.system = system, .fd = -1, .tick = tick, .arg = arg};
    begin(ctrl_c);
}

void ctrl_c_begin_input(struct ctrl_c *ctrl_c, struct system *system, int fd)
{
    *ctrl_c = (struct ctrl_c){.system = system, .fd = fd};
    if (fd >= 0 && came_at(fd)) {
        system_interrupt(system);
        ctrl_c->fd = -1;
    }
    begin(ctrl_c);
}

void ctrl_c_end(struct ctrl_c *ctrl_c)
{
    if (ctrl_c->working) {
        pthread_kill(ctrl_c->thread, SIGUSR1);
        pthread_join(ctrl_c->thread, NULL);
    } else {
        pthread_sigmask(SIG_BLOCK, &ctrl_c->left, NULL);
    }
    ctrl_c->working = false;
    system_interrupt_forget(ctrl_c->system);
}

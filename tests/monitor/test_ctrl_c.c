/* test_ctrl_c.c - Ctrl-C on a host that has no thread to wait for it: while a system runs it ends the program, as it
 * ends any other; before and after, it waits until it is asked for.
 */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "monitor/base/ctrl_c.h"
#include "tests/check.h"

/* This program's host has one thread. */
int (pthread_create)(pthread_t *thread, const pthread_attr_t *attributes, void *(*function)(void *), void *argument)
{
    return EAGAIN;
}

/* The signal that ends a process that gets NUMBER while a system runs, TERMINATE blocked as well or not; 0: it goes on.
 */
static int ended_by(struct system *system, int number, bool terminate)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        struct ctrl_c ctrl_c;
        signal(SIGTERM, terminate ? SIG_DFL : SIG_IGN);
        ctrl_c_block(terminate);
        ctrl_c_begin(&ctrl_c, system);
        raise(number);
        _exit(0);
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

int main(int argc, char **argv)
{
    struct check check = check_begin("monitor.ctrl_c", argc, argv), *t = &check;
    struct ctrl_c ctrl_c;
    struct system_config config;
    struct error error = {{0}};
    system_config_defaults(&config);
    struct system *system = system_new(&config, &error);
    CHECK_EQ(ended_by(system, SIGINT, false), SIGINT);
    CHECK_EQ(ended_by(system, SIGINT, true), SIGINT);
    CHECK_EQ(ended_by(system, SIGTERM, true), SIGTERM);
    CHECK_EQ(ended_by(system, SIGTERM, false), 0);
    ctrl_c_block(true);
    ctrl_c_begin(&ctrl_c, system);
    ctrl_c_end(&ctrl_c);
    raise(SIGINT);
    CHECK(ctrl_c_forget());
    CHECK(!ctrl_c_forget());
    system_free(system);
    return check_end(t);
}

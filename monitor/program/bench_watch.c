/* bench_watch.c - see bench_watch.h. */
#include "monitor/program/bench_watch.h"

#include <inttypes.h>
#include <stdio.h>

#include "monitor/base/ctrl_c.h"

void bench_begin(struct bench_watch *watch, uint64_t of, const char *what)
{
    *watch = (struct bench_watch){.of = of};
    ctrl_c_block(false);
    progress_begin(&watch->progress, what);
}

void bench_end(struct bench_watch *watch)
{
    progress_end(&watch->progress);
}

/* Who waits for the first measurement sees that something is done. */
static void tick(void *arg)
{
    struct bench_watch *watch = arg;
    progress_tell(&watch->progress, watch->done, watch->of);
}

bool bench_run(struct bench_watch *watch, struct system *system, struct error *error)
{
    struct ctrl_c ctrl_c;
    ctrl_c_begin_ticking(&ctrl_c, system, tick, watch);
    bool good = system_run(system, error);
    ctrl_c_end(&ctrl_c);
    watch->stopped |= ctrl_c.signalled;
    return good;
}

bool bench_goes_on(struct bench_watch *watch)
{
    watch->stopped |= ctrl_c_asked();
    return !watch->stopped;
}

void bench_did(struct bench_watch *watch)
{
    if (!watch->stopped)
        progress_tell(&watch->progress, ++watch->done, watch->of);
}

void bench_say_stopped(const struct bench_watch *watch)
{
    if (watch->stopped)
        fprintf(stderr, "understudy: stopped after %" PRIu64 " of %" PRIu64 " %s\n", watch->done, watch->of,
                watch->progress.what);
}

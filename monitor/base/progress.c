/* progress.c - see progress.h. */
#include "monitor/base/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { SILENT_SECONDS = 1, COLUMNS = 72 };

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void progress_begin(struct progress *progress, const char *what)
{
    *progress = (struct progress){.what = what, .begin = seconds_now(), .wanted = isatty(STDERR_FILENO) == 1};
}

void progress_tell(struct progress *progress, uint64_t done, uint64_t of)
{
    if (!progress->wanted || !of || !done)
        return;
    unsigned told = (unsigned)(done * 1000 / of), before = atomic_load(&progress->told);
    double gone = seconds_now() - progress->begin;
    /* Who loses the race says nothing. */
    if (gone < SILENT_SECONDS || told <= before || !atomic_compare_exchange_strong(&progress->told, &before, told))
        return;
    atomic_store(&progress->shown, true);
    fprintf(stderr, "\r%3u %%", told / 10);
    if (progress->what)
        fprintf(stderr, " of %" PRIu64 " %s", of, progress->what);
    fprintf(stderr, ", about %.0f s left; Ctrl-C stops  ", gone * (double)(of - done) / (double)done);
}

void progress_end(struct progress *progress)
{
    if (atomic_exchange(&progress->shown, false))
        fprintf(stderr, "\r%*s\r", COLUMNS, "");
    progress->wanted = false;
}

/* progress.c - see progress.h. */
#include "monitor/base/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { SILENT_SECONDS = 1, TICKS_PER_S = 4, COLUMNS = 72 };

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
    if (!progress->wanted || !of)
        return;
    double gone = seconds_now() - progress->begin, left = done ? gone * (double)(of - done) / (double)done : 0;
    unsigned tick = (unsigned)(gone * TICKS_PER_S), before = atomic_load(&progress->told);
    /* Who loses the race says nothing. */
    if (gone < SILENT_SECONDS || tick <= before || !atomic_compare_exchange_strong(&progress->told, &before, tick))
        return;
    atomic_store(&progress->shown, true);
    char line[COLUMNS + 1], rest[32] = "";
    if (done)
        snprintf(rest, sizeof rest, ", about %.0f %s left", left < 2 * 60 ? left : left / 60,
                 left < 2 * 60 ? "s" : "min");
    int size = snprintf(line, sizeof line, "%3u %%", (unsigned)((double)done / (double)of * 100));
    if (progress->what && done)
        size += snprintf(line + size, sizeof line - (size_t)size, " of %" PRIu64 " %s", of, progress->what);
    snprintf(line + size, sizeof line - (size_t)size, "%s; Ctrl-C stops", rest);
    fprintf(stderr, "\r%-*s", COLUMNS, line);
    fflush(stderr); /* which keeps the beginnings of lines (main.c) */
}

void progress_end(struct progress *progress)
{
    if (atomic_exchange(&progress->shown, false))
        fprintf(stderr, "\r%*s\r", COLUMNS, "");
    fflush(stderr);
    progress->wanted = false;
}

/* bench_paper.c - see bench_paper.h: the paper's cells, beside what is measured here (bench_paper_run.h), and with the
 * experiments that isolate the causes of what differs (bench_paper_causes.h).
 */
#include "monitor/program/bench_paper.h"

#include <math.h>
#include <stdio.h>

#include "monitor/base/json.h"
#include "monitor/program/bench_paper_causes.h"
#include "monitor/program/bench_paper_run.h"

#define BOUNDARY   "what a boundary costs at this length, and nothing else: experiments 2 to 5, and 8 to 10"
#define PROPORTION "their row is not in proportion to the number of boundaries: experiment 6"
#define PHASE      "half of it is the phase between our disk, which has no spread, and the epochs: experiment 7"

static const struct paper_cell cells[] = {
    {PAPER_COMPUTES, PAPER_OLD, 1000, false, false, 22.24, NULL},
    {PAPER_COMPUTES, PAPER_OLD, 2000, false, false, 11.83, NULL},
    {PAPER_COMPUTES, PAPER_OLD, 4000, false, false, 6.50, NULL},
    {PAPER_COMPUTES, PAPER_OLD, 8000, false, false, 3.83, NULL},
    {PAPER_COMPUTES, PAPER_OLD, 32000, false, true, 1.84, NULL},
    {PAPER_COMPUTES, PAPER_OLD, 385000, false, true, 1.24, NULL},
    {PAPER_COMPUTES, PAPER_OLD, 32000, true, true, 1.66, NULL},
    {PAPER_COMPUTES, PAPER_REVISED, 1000, false, false, 11.67, BOUNDARY},
    {PAPER_COMPUTES, PAPER_REVISED, 2000, false, false, 4.49, BOUNDARY},
    {PAPER_COMPUTES, PAPER_REVISED, 4000, false, false, 3.21, NULL},
    {PAPER_COMPUTES, PAPER_REVISED, 8000, false, false, 2.20, NULL},
    {PAPER_WRITES, PAPER_OLD, 1000, false, false, 1.87, NULL},
    {PAPER_WRITES, PAPER_OLD, 2000, false, false, 1.71, PROPORTION},
    {PAPER_WRITES, PAPER_OLD, 4000, false, false, 1.67, NULL},
    {PAPER_WRITES, PAPER_OLD, 8000, false, false, 1.64, NULL},
    {PAPER_WRITES, PAPER_REVISED, 1000, false, false, 1.70, NULL},
    {PAPER_WRITES, PAPER_REVISED, 2000, false, false, 1.66, NULL},
    {PAPER_WRITES, PAPER_REVISED, 4000, false, false, 1.66, PHASE},
    {PAPER_WRITES, PAPER_REVISED, 8000, false, false, 1.64, NULL},
    {PAPER_READS, PAPER_OLD, 1000, false, false, 2.32, NULL},
    {PAPER_READS, PAPER_OLD, 2000, false, false, 2.10, NULL},
    {PAPER_READS, PAPER_OLD, 4000, false, false, 2.03, NULL},
    {PAPER_READS, PAPER_OLD, 8000, false, false, 1.98, NULL},
    {PAPER_READS, PAPER_REVISED, 1000, false, false, 1.92, BOUNDARY},
    {PAPER_READS, PAPER_REVISED, 2000, false, false, 1.76, NULL},
    {PAPER_READS, PAPER_REVISED, 4000, false, false, 1.72, NULL},
    {PAPER_READS, PAPER_REVISED, 8000, false, false, 1.70, NULL},
};
enum { CELLS = sizeof cells / sizeof cells[0] };

/* ---- what is said ---- */

struct figures {
    unsigned count; /* that were measured */
    double ours[CELLS];
    struct paper_table table;
    bool changed; /* their settings: then nothing is judged, and no experiment made */
    struct paper_experiments experiments;
    bool within, revised_no_worse, caused;
};

static double percent(double ours, double theirs)
{
    return (ours / theirs - 1) * 100;
}

/* Is everything measured, as they did it? */
static bool whole(const struct figures *figures)
{
    return !figures->changed && figures->count == CELLS && figures->experiments.count == PAPER_EXPERIMENTS;
}

static void judge(struct figures *figures)
{
    figures->within = figures->revised_no_worse = figures->caused = true;
    for (unsigned i = 0; i < CELLS; i++) {
        bool exact = cells[i].kind == PAPER_COMPUTES;
        figures->caused &= cells[i].cause || fabs(percent(figures->ours[i], cells[i].paper)) <= (exact ? 1 : 3);
        if (cells[i].kind == PAPER_COMPUTES && cells[i].protocol == PAPER_OLD)
            figures->within &= fabs(percent(figures->ours[i], cells[i].paper)) <= 1;
        for (unsigned k = 0; k < CELLS; k++)
            if (cells[i].protocol == PAPER_OLD && cells[k].protocol == PAPER_REVISED &&
                cells[i].kind == cells[k].kind && cells[i].epoch_insns == cells[k].epoch_insns && !cells[i].atm)
                figures->revised_no_worse &= figures->ours[k] <= figures->ours[i];
    }
}

static void print_text(const struct figures *figures)
{
    printf("Bressoud & Schneider, SOSP '95: virtual time of a pair to a bare computer's\n"
           "%-9s %-11s %8s %9s %8s %8s %8s  %s\n",
           "guest", "protocol", "epoch", "paper", "formula", "here", "differs", "cause");
    for (unsigned i = 0; i < figures->count; i++) {
        const struct paper_cell *cell = &cells[i];
        char formula[16] = "-";
        if (paper_model(cell) > 0)
            snprintf(formula, sizeof formula, "%.3f", paper_model(cell));
        printf("%-9s %-11s %8u %8.2f%s %8s %8.3f %+7.1f%%  %s%s\n", paper_kind_name(cell->kind),
               paper_protocol_name(cell->protocol), cell->epoch_insns, cell->paper, cell->predicted ? "p" : "m",
               formula, figures->ours[i], percent(figures->ours[i], cell->paper), cell->atm ? "at 155 Mbit/s " : "",
               cell->cause ? cell->cause : "");
    }
    const char *fits =
        "m: they measured it; p: they predicted it. formula: theirs, K = 1,000; revised: with our 170 us.\n"
        "theirs: 4.2e8 instructions in 8.8 s, 104,800 simulated at 15.12 us, 442.59 us a boundary, 41 ms beside.\n"
        "our fit: of a boundary 170 us is processing and 140.2 us the way there and back, 132.4 us are 1,324 bits;\n"
        "a transfer of 8 KiB takes 26 ms bare and 27.8 ms (write), 24.2 and 33.4 ms (read), and 16,000 (write)\n"
        "or 18,000 instructions (read) with 900 simulated. A tenth of their run is computed, 64 transfers are made.\n";
    printf("%s", fits);
    if (!figures->changed)
        paper_experiments_print(&figures->table, &figures->experiments);
    if (!whole(figures))
        return;
    printf("\nthe old protocol's computing cells and predictions %s within 1%% of the paper's; the revised one is %s\n",
           figures->within ? "are" : "are NOT",
           figures->revised_no_worse ? "nowhere slower" : "slower SOMEWHERE, which it may not be");
    printf("%s cell that has no cause differs by more than 1%% (computes) or 3%%; the experiments %s so\n",
           figures->caused ? "no" : "SOME", figures->experiments.hold ? "all came" : "did NOT all come");
}

static void print_json(const struct figures *figures)
{
    struct json json;
    json_begin(&json, stdout);
    json_open(&json, NULL, '{');
    json_open(&json, "cells", '[');
    for (unsigned i = 0; i < figures->count; i++) {
        const struct paper_cell *cell = &cells[i];
        json_open(&json, NULL, '{');
        json_string(&json, "guest", paper_kind_name(cell->kind));
        json_string(&json, "protocol", paper_protocol_name(cell->protocol));
        json_unsigned(&json, "epoch_insns", cell->epoch_insns);
        json_bool(&json, "atm", cell->atm);
        json_bool(&json, "predicted", cell->predicted);
        json_seconds(&json, "paper", cell->paper);
        json_seconds(&json, "formula", paper_model(cell));
        json_seconds(&json, "here", figures->ours[i]);
        json_string(&json, "cause", cell->cause);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    if (!figures->changed)
        paper_experiments_json(&figures->table, &figures->experiments, &json);
    if (whole(figures)) {
        json_bool(&json, "within", figures->within);
        json_bool(&json, "revised_no_worse", figures->revised_no_worse);
        json_bool(&json, "caused", figures->caused);
        json_bool(&json, "experiments_hold", figures->experiments.hold);
    }
    json_close(&json, '}');
}

/* CELL is one of Table 1's. */
static void take(struct paper_table *table, const struct paper_cell *cell, double ours)
{
    for (unsigned i = 0; i < PAPER_LENGTHS; i++)
        if (paper_lengths[i] == cell->epoch_insns && !cell->predicted) {
            table->paper[cell->kind][cell->protocol][i] = cell->paper;
            table->ours[cell->kind][cell->protocol][i] = ours;
        }
}

/* Every cell, with the bare run of its kind before the first. */
static bool run_all(const char *folder, const struct paper_changes *changes, struct bench_watch *watch,
                    struct figures *figures, struct error *error)
{
    for (unsigned i = 0; i < CELLS && bench_goes_on(watch); i++) {
        double *bare = &figures->table.bare_seconds[cells[i].kind], pair = 0;
        if (*bare <= 0 && !paper_run(folder, &cells[i], false, changes, watch, bare, error))
            return false;
        if (bench_goes_on(watch) && !paper_run(folder, &cells[i], true, changes, watch, &pair, error))
            return false;
        bench_did(watch);
        figures->ours[i] = pair / *bare;
        take(&figures->table, &cells[i], figures->ours[i]);
    }
    figures->count = (unsigned)watch->done;
    return figures->count || error_set(error, "stopped: nothing is measured yet");
}

bool bench_paper(const char *folder, const struct paper_changes *changes, bool json, bool *holds,
                 struct bench_watch *watch, struct error *error)
{
    struct figures figures = {.changed = changes->count > 0};
    bench_begin(watch, CELLS + (figures.changed ? 0 : PAPER_LENGTHS * PAPER_EXPERIMENTS), "cells");
    bool good = run_all(folder, changes, watch, &figures, error) &&
                (figures.changed || paper_experiments_run(folder, &figures.table, watch, &figures.experiments, error));
    bench_end(watch);
    if (!good)
        return false;
    bench_say_stopped(watch);
    judge(&figures);
    if (json)
        print_json(&figures);
    else
        print_text(&figures);
    *holds =
        !whole(&figures) || (figures.within && figures.revised_no_worse && figures.caused && figures.experiments.hold);
    return true;
}

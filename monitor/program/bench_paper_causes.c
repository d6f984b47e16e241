/* bench_paper_causes.c - see bench_paper_causes.h. */
#include "monitor/program/bench_paper_causes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const uint32_t paper_lengths[PAPER_LENGTHS] = {1000, 2000, 4000, 8000};

#define NO_CHANNEL                                                                                                     \
    {                                                                                                                  \
        "channel-latency-us=1", "channel-bits-per-s=1000000000000"                                                     \
    }

/* How the row of an experiment is to come out. */
enum outcome_wanted {
    REACHES,    /* the paper's figure, at one length, within 1 % */
    COMES_NEAR, /* nearer to it there than without */
    STAYS,      /* nothing changes by more than 1 % */
    AS_REVISED, /* the row becomes that of the revised protocol, within 2 % */
};

static const struct experiment {
    enum paper_kind kind;
    enum paper_protocol protocol;
    const char *settings[2]; /* that are changed */
    enum outcome_wanted wanted;
    unsigned length; /* of paper_lengths */
    const char *says;
} experiments[] = {
    {PAPER_COMPUTES, PAPER_OLD, NO_CHANNEL, AS_REVISED, 0,
     "no channel: what the old protocol costs beyond the revised one is P2's wait, and no more"},
    {PAPER_COMPUTES,
     PAPER_REVISED,
     {"cost-epoch-us=219.7"},
     REACHES,
     0,
     "a dearer boundary: the cell of 1,000, and no other"},
    {PAPER_COMPUTES,
     PAPER_REVISED,
     {"cost-epoch-us=138.5"},
     REACHES,
     1,
     "a cheaper boundary: the cell of 2,000, and no other"},
    {PAPER_COMPUTES,
     PAPER_REVISED,
     {"cost-simulate-us=214.2"},
     REACHES,
     0,
     "dearer simulation: the cell of 1,000, but all others twice what they are; 2,000 would want less than nothing"},
    {PAPER_COMPUTES, PAPER_REVISED, NO_CHANNEL, STAYS, 0, "no channel: nothing of it is the channel's"},
    {PAPER_WRITES,
     PAPER_OLD,
     {"cost-epoch-us=80"},
     COMES_NEAR,
     1,
     "a cheaper boundary: 2,000, but then 1,000 is too low"},
    {PAPER_WRITES,
     PAPER_REVISED,
     {"disk-latency-us=24800", "disk-spread-us=6000"},
     COMES_NEAR,
     2,
     "a disk that takes 27.8 ms in the mean only: the row is smoother"},
    {PAPER_READS,
     PAPER_REVISED,
     {"cost-epoch-us=219.7"},
     COMES_NEAR,
     0,
     "the boundary that computing at 1,000 implies: half of what this cell lacks"},
    {PAPER_READS,
     PAPER_REVISED,
     {"cost-epoch-us=300"},
     COMES_NEAR,
     0,
     "a boundary of 300 us: this cell, but then 2,000 and 4,000 are too high"},
    {PAPER_READS, PAPER_REVISED, NO_CHANNEL, STAYS, 0, "no channel: nothing of it is the channel's"},
};
_Static_assert(sizeof experiments / sizeof experiments[0] == PAPER_EXPERIMENTS, "as many as are said to be");

static double off(double ours, double theirs)
{
    return fabs(ours / theirs - 1);
}

static bool came_so(const struct experiment *experiment, const struct paper_table *table, const double *ours)
{
    const double *paper = table->paper[experiment->kind][experiment->protocol];
    const double *before = table->ours[experiment->kind][experiment->protocol];
    const double *revised = table->ours[experiment->kind][PAPER_REVISED];
    unsigned at = experiment->length;
    bool all = true;
    switch (experiment->wanted) {
    case REACHES:
        return off(ours[at], paper[at]) <= 0.01;
    case COMES_NEAR:
        return off(ours[at], paper[at]) < off(before[at], paper[at]);
    case STAYS:
        for (unsigned i = 0; i < PAPER_LENGTHS; i++)
            all &= off(ours[i], before[i]) <= 0.01;
        return all;
    case AS_REVISED:
        for (unsigned i = 0; i < PAPER_LENGTHS; i++)
            all &= off(ours[i], revised[i]) <= 0.02;
        return all;
    }
    return false;
}

static bool make(const char *folder, const struct experiment *experiment, const struct paper_table *table,
                 struct bench_watch *watch, double *ours, struct error *error)
{
    struct paper_changes changes = {0};
    for (unsigned i = 0; i < 2 && experiment->settings[i]; i++)
        changes.words[changes.count++] = experiment->settings[i];
    for (unsigned i = 0; i < PAPER_LENGTHS && bench_goes_on(watch); i++) {
        struct paper_cell cell = {
            .kind = experiment->kind, .protocol = experiment->protocol, .epoch_insns = paper_lengths[i]};
        double seconds = 0;
        if (!paper_run(folder, &cell, true, &changes, watch, &seconds, error))
            return false;
        bench_did(watch);
        ours[i] = seconds / table->bare_seconds[experiment->kind];
    }
    return true;
}

bool paper_experiments_run(const char *folder, const struct paper_table *table, struct bench_watch *watch,
                           struct paper_experiments *made, struct error *error)
{
    made->hold = true;
    for (unsigned i = 0; i < PAPER_EXPERIMENTS && bench_goes_on(watch); i++) {
        if (!make(folder, &experiments[i], table, watch, made->ours[i], error))
            return false;
        if (watch->stopped)
            break;
        made->came_so[i] = came_so(&experiments[i], table, made->ours[i]);
        made->hold &= made->came_so[i];
        made->count++;
    }
    return true;
}

/* ---- what is said ---- */

static void print_row(const char *name, const double *values, unsigned decimals)
{
    printf("  %-24s", name);
    for (unsigned i = 0; i < PAPER_LENGTHS; i++)
        printf(" %8.*f", (int)decimals, values[i]);
}

void paper_experiments_print(const struct paper_table *table, const struct paper_experiments *made)
{
    printf("\nWhat isolates the causes: a row of the table (epochs of 1,000, 2,000, 4,000, 8,000) with one thing "
           "changed.\n'understudy bench --paper --set NAME=VALUE' runs all rows so.\n");
    for (unsigned i = 0; i < made->count; i++) {
        const struct experiment *experiment = &experiments[i], *before = i ? &experiments[i - 1] : NULL;
        if (!before || before->kind != experiment->kind || before->protocol != experiment->protocol) {
            printf("%s, %s\n", paper_kind_name(experiment->kind), paper_protocol_name(experiment->protocol));
            print_row("paper", table->paper[experiment->kind][experiment->protocol], 2);
            printf("\n");
            print_row("here", table->ours[experiment->kind][experiment->protocol], 3);
            printf("\n");
        }
        print_row(experiment->settings[0], made->ours[i], 3);
        printf("  %u. %s%s\n", i + 1, made->came_so[i] ? "" : "NOT SO: ", experiment->says);
        if (experiment->settings[1])
            printf("  %s\n", experiment->settings[1]);
    }
}

void paper_experiments_json(const struct paper_table *table, const struct paper_experiments *made, struct json *json)
{
    json_open(json, "experiments", '[');
    for (unsigned i = 0; i < made->count; i++) {
        const struct experiment *experiment = &experiments[i];
        json_open(json, NULL, '{');
        json_string(json, "guest", paper_kind_name(experiment->kind));
        json_string(json, "protocol", paper_protocol_name(experiment->protocol));
        json_open(json, "settings", '[');
        for (unsigned k = 0; k < 2 && experiment->settings[k]; k++)
            json_string(json, NULL, experiment->settings[k]);
        json_close(json, ']');
        json_string(json, "says", experiment->says);
        json_bool(json, "came_so", made->came_so[i]);
        json_open(json, "cells", '[');
        for (unsigned k = 0; k < PAPER_LENGTHS; k++) {
            json_open(json, NULL, '{');
            json_unsigned(json, "epoch_insns", paper_lengths[k]);
            json_seconds(json, "paper", table->paper[experiment->kind][experiment->protocol][k]);
            json_seconds(json, "before", table->ours[experiment->kind][experiment->protocol][k]);
            json_seconds(json, "here", made->ours[i][k]);
            json_close(json, '}');
        }
        json_close(json, ']');
        json_close(json, '}');
    }
    json_close(json, ']');
}

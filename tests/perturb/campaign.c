/* campaign.c - the same command gives the same run, to the byte, whatever the host's threads do.
 *
 *   campaign_perturb [--program UNDERSTUDY] [--case NAME|all] [--commands N] [--first N] [--seed S] [--runs N] [-j N]
 *                    [--hang SECONDS] [--minimize] GUESTS
 *
 * A command is one of the fixed cases (cases.h) or drawn by seed (draw.h). It is run on one host thread, in turn as
 * ever; that run is right. Then it is run N times on two host threads and once more on one, with the places where
 * threads meet slowed down by seeds (runtime/perturb.h; UNDERSTUDY must be of a perturbing build), and all that can be
 * seen of each run (command.h) is held against the right one. A run that takes SECONDS hangs. The computers of a right
 * run do not differ, unless a bit flips or an assumption is broken. Without --case: all fixed
 * cases if no --commands are wanted.
 *
 * A failure is one line with the command that may show it again, and the one that is right; threads do not always meet
 * in the same way, so take many seeds: `--first INDEX --commands 1 --runs 100`, or `--case NAME --runs 100`. --minimize
 * leaves out the options that a failure does not need. What is not right is said to standard error as soon as it is
 * seen (a long campaign may be cut off), and in order at the end. The last line counts.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/campaign/farm.h"
#include "tests/perturb/cases.h"
#include "tests/perturb/draw.h"

enum { TOLD_MAX = 30, TEXT_MAX = 8192 };

struct outcome {
    bool done, refused;
    unsigned runs, different, hung;
    unsigned threads; /* of the first run that was not the right one */
    uint64_t perturb; /* and its seed */
    char what[400];
    struct command least; /* minimized */
};

struct campaign {
    struct bench bench;
    const char *only;
    uint64_t commands, first, seed;
    unsigned runs, workers;
    bool minimizes;
    bool fixed; /* what runs now is the table of fixed cases */
    struct outcome *outcomes;
};

static void command_of(const struct campaign *campaign, size_t index, struct command *command)
{
    if (campaign->fixed)
        fixed_case_command(&fixed_cases[index], command);
    else
        draw_command(campaign->seed, campaign->first + index, command);
}

/* Run number RUN is perturbed by a seed of its own, never 0. The last one is on one host thread. */
static uint64_t perturb_seed(const struct campaign *campaign, size_t index, unsigned run)
{
    return 1 + campaign->seed * 1000003 + (campaign->first + index) * 1009 + run;
}

static void note(struct outcome *outcome, const struct seen *seen, unsigned threads, uint64_t perturb, const char *what)
{
    outcome->hung += seen->hung;
    outcome->different += !seen->hung;
    if (outcome->what[0])
        return;
    outcome->threads = threads;
    outcome->perturb = perturb;
    snprintf(outcome->what, sizeof outcome->what, "%s", what);
}

/* Hold the runs of COMMAND against each other; no further than the first failure if ONE is enough. */
static void hold(const struct campaign *campaign, const struct command *command, size_t index, bool one,
                 struct outcome *outcome)
{
    struct seen right, seen;
    char what[sizeof outcome->what];
    bench_run(&campaign->bench, command, 1, 0, &right);
    outcome->runs++;
    outcome->refused = right.status == 2 && !right.parts[PART_JSON].size; /* a guest may end with 2, too */
    if (right.hung || right.status < 0 || outcome->refused) {
        char last[200];
        seen_last_error(&right, last, sizeof last);
        snprintf(what, sizeof what, "the run that is to be right: %s, status %d: %s", right.hung ? "hung" : "no result",
                 right.status, last);
        note(outcome, &right, 1, 0, what);
        seen_free(&right);
        return;
    }
    if (seen_computers_differ(&right) && !command_may_differ(command))
        note(outcome, &right, 1, 0, "the computers differ, and nothing makes them");
    for (unsigned run = 0; run <= campaign->runs && !(one && outcome->what[0]); run++) {
        unsigned threads = run < campaign->runs ? 2 : 1;
        uint64_t perturb = perturb_seed(campaign, index, run);
        bench_run(&campaign->bench, command, threads, perturb, &seen);
        outcome->runs++;
        if (seen_differ(&right, &seen, what, sizeof what))
            note(outcome, &seen, threads, perturb, what);
        seen_free(&seen);
    }
    seen_free(&right);
}

/* Leave out whatever the failure does not need, one option after the other. */
static void minimize(const struct campaign *campaign, size_t index, struct outcome *outcome)
{
    struct campaign patient = *campaign;
    patient.runs = 4 * campaign->runs + 20;
    for (unsigned i = outcome->least.count; i-- > 0;) {
        struct command without = outcome->least;
        struct outcome found = {.runs = 0};
        memmove(without.options[i], without.options[i + 1], (without.count - 1 - i) * OPTION_BYTES);
        without.count--;
        hold(&patient, &without, index, true, &found);
        if (!found.what[0] || found.refused)
            continue;
        outcome->least = without;
        outcome->threads = found.threads;
        outcome->perturb = found.perturb;
        memcpy(outcome->what, found.what, sizeof outcome->what);
    }
}

static void run_job(void *arg, size_t index)
{
    struct campaign *campaign = arg;
    struct outcome *outcome = &campaign->outcomes[index];
    if (campaign->fixed && campaign->only && strcmp(campaign->only, "all") != 0 &&
        strcmp(campaign->only, fixed_cases[index].name) != 0)
        return;
    alarm(0); /* this job has a watchdog of its own */
    bench_open(&campaign->bench);
    command_of(campaign, index, &outcome->least);
    hold(campaign, &outcome->least, index, false, outcome);
    if (outcome->what[0])
        fprintf(stderr, "command %zu: %s\n", (size_t)campaign->first + index, outcome->what);
    if (outcome->what[0] && campaign->minimizes && !outcome->refused)
        minimize(campaign, index, outcome);
    bench_close(&campaign->bench);
    outcome->done = true;
}

static void tell(const struct campaign *campaign, size_t index)
{
    static char text[TEXT_MAX];
    const struct outcome *outcome = &campaign->outcomes[index];
    const struct bench *bench = &campaign->bench;
    printf("not ok: command %zu: %s\n", (size_t)campaign->first + index, outcome->what);
    command_format(&outcome->least, bench->program, bench->guests, outcome->threads, outcome->perturb, text,
                   sizeof text);
    printf("    %s\n", text);
    if (!outcome->perturb)
        return;
    command_format(&outcome->least, bench->program, bench->guests, 1, 0, text, sizeof text);
    printf("    is not %s\n", text);
}

/* Run the fixed cases, or the drawn commands. True if all runs were right. */
static bool run_all(struct campaign *campaign, bool fixed)
{
    size_t count = fixed ? fixed_case_count : campaign->commands, wrong = 0;
    unsigned runs = 0, different = 0, hung = 0, known = 0;
    campaign->fixed = fixed;
    campaign->outcomes = farm_memory(count * sizeof *campaign->outcomes);
    size_t failed = farm_run(campaign->workers, count, run_job, campaign);
    for (size_t i = 0; i < count; i++) {
        const struct outcome *outcome = &campaign->outcomes[i];
        runs += outcome->runs;
        different += outcome->different;
        hung += outcome->hung;
        known += outcome->done;
        if (outcome->what[0] && wrong++ < TOLD_MAX)
            tell(campaign, i);
        if (fixed && outcome->done)
            printf("case %s: %u runs, %u different, %u hung\n", fixed_cases[i].name, outcome->runs, outcome->different,
                   outcome->hung);
    }
    printf("%s: seed %" PRIu64 ", %u commands, %u runs, %u different, %u hung; %zu commands are not right%s\n",
           fixed ? "fixed cases" : "drawn commands", campaign->seed, known, runs, different, hung, wrong,
           farm_interrupted() ? "; interrupted" : "");
    return !wrong && !failed && known && (known == count || fixed);
}

/* The whole path of something there, in PATH; NULL, and a line that says why: it is not. */
static const char *path_of(const char *name, char path[PATH_MAX])
{
    if (!realpath(name, path)) {
        fprintf(stderr, "campaign_perturb: %s: %s\n", name, strerror(errno));
        return NULL;
    }
    return path;
}

/* Guests of another build may not be there, or not all of them: without this each command would say so. */
static bool has_guest(const char *guests, const char *name)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s.elf", guests, name);
    if (!access(path, R_OK))
        return true;
    fprintf(stderr, "campaign_perturb: no guest %s: %s\n", path, strerror(errno));
    return false;
}

static bool has_guests(const char *guests)
{
    for (unsigned i = 0; i < fixed_case_count; i++)
        if (!has_guest(guests, fixed_cases[i].guest))
            return false;
    for (unsigned i = 0; draw_guest(i); i++)
        if (!has_guest(guests, draw_guest(i)))
            return false;
    return true;
}

static bool parse(struct campaign *campaign, int count, char **words)
{
    for (int i = 1; i < count; i++) {
        const char *value = i + 1 < count ? words[i + 1] : "", *word = words[i];
        if (word[0] != '-') {
            campaign->bench.guests = word;
            continue;
        }
        if (!strcmp(word, "--minimize")) {
            campaign->minimizes = true;
            continue;
        }
        i++;
        if (!strcmp(word, "--program"))
            campaign->bench.program = value;
        else if (!strcmp(word, "--case"))
            campaign->only = value;
        else if (!strcmp(word, "--commands"))
            campaign->commands = strtoull(value, NULL, 0);
        else if (!strcmp(word, "--first"))
            campaign->first = strtoull(value, NULL, 0);
        else if (!strcmp(word, "--seed"))
            campaign->seed = strtoull(value, NULL, 0);
        else if (!strcmp(word, "--runs"))
            campaign->runs = (unsigned)strtoul(value, NULL, 0);
        else if (!strcmp(word, "-j"))
            campaign->workers = (unsigned)strtoul(value, NULL, 0);
        else if (!strcmp(word, "--hang"))
            campaign->bench.hang_seconds = (unsigned)strtoul(value, NULL, 0);
        else
            return false;
    }
    return campaign->bench.guests && campaign->bench.program && campaign->runs && campaign->workers &&
           campaign->bench.hang_seconds;
}

int main(int count, char **words)
{
    struct campaign campaign = {.bench = {.hang_seconds = 20}, .seed = 1, .runs = 2, .workers = 2};
    if (!parse(&campaign, count, words)) {
        fprintf(stderr, "usage: campaign_perturb --program UNDERSTUDY [--case NAME|all] [--commands N] [--first N] "
                        "[--seed S] [--runs N] [-j N] [--hang SECONDS] [--minimize] GUESTS\n");
        return 2;
    }
    struct bench *bench = &campaign.bench;
    char program[PATH_MAX], guests[PATH_MAX];
    if (!(bench->program = path_of(bench->program, program)) || !(bench->guests = path_of(bench->guests, guests)) ||
        !has_guests(bench->guests))
        return 2;
    bool good = true;
    if (campaign.only || !campaign.commands)
        good &= run_all(&campaign, true);
    if (campaign.commands && !farm_interrupted())
        good &= run_all(&campaign, false);
    if (farm_interrupted())
        return 130;
    return good ? 0 : 1;
}

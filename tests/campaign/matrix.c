/* matrix.c - every protocol with every fail-over policy, on a channel that loses nothing and on one that loses: the
 * primary dies at every protocol step and at many seeded instructions, the backup at every one of its steps.
 *
 *   campaign_matrix [--seed S] [--points N] [--steps K] [-j N] [--guests NAME,...] [--expect FILE [--compiler V]]
 *                   [--break output-commit] GUEST_FOLDER
 *
 * What is expected (protocol documents, docs/explainability.md): every run is explainable, the guest ends well and
 * leaves the terminal and the disk of an undisturbed run (not `deadline`, whose decisions depend on when it runs).
 * Except: dec, and on a channel that loses bs, too, when the failed primary had performed an operation or output in an
 * epoch whose end its backup never heard of; and with --break output-commit, which the others stand on, those, too:
 * bs-revised as bs, yokogawa, vmware and remus as dec. Such a run may be explainable all the same; nothing else may
 * fail. One row of the table for each guest, protocol, policy and channel: runs, those where something was performed
 * so, those unexplainable. With --expect, the rows must be those of FILE: the run is deterministic. A run that is wrong
 * and not expected is told with the command that shows it again.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ft/protocols.h"
#include "mmu/base/rng.h"
#include "tests/campaign/experiment.h"
#include "tests/campaign/farm.h"

enum {
    GUESTS_MAX = 8,
    PROTOCOLS_MAX = 8,
    POLICIES = 3,
    CHANNELS = 2,
    ROWS_MAX = GUESTS_MAX * PROTOCOLS_MAX * POLICIES * 2
};

static const char *const channels[CHANNELS] = {"keeps", "loses"};

/* Guest, protocol, policy and channel. */
struct row {
    struct experiment experiment;
    char image[512];
    const char *guest, *protocol, *channel;
    uint64_t instructions, steps[PROTOCOL_STEP_COUNT]; /* of the undisturbed run */
    struct shown undisturbed;
    uint64_t runs, unlogged, unexplained, wrong;
};

struct job {
    struct row *row;
    struct fault fault;
};

enum { TOLD_MAX = 20 };

enum verdict { VERDICT_GOOD = 1, VERDICT_UNEXPLAINED, VERDICT_WRONG };

struct outcome {
    unsigned char verdict;
    bool unlogged;
    char sentence[320];
};

struct matrix {
    uint64_t seed, points, steps;
    unsigned workers;
    uint32_t broken; /* bit i: assumption i */
    const char *folder, *expect, *compiler; /* of the guests; "": no one version */
    char guests[256];
    struct row rows[ROWS_MAX];
    size_t row_count;
    struct job *jobs;
    size_t job_count;
    struct outcome *outcomes; /* shared with the workers */
    unsigned told;            /* wrong runs */
};

/* ---- rows ---- */

static void add_row(struct matrix *matrix, const char *guest, unsigned protocol, enum failover_policy policy,
                    unsigned channel)
{
    struct row *row = &matrix->rows[matrix->row_count++];
    struct fault never = {.place = FAULT_STEP, .number = UINT64_MAX}; /* so that steps are counted */
    *row = (struct row){.guest = guest, .protocol = protocol_name(protocol), .channel = channels[channel]};
    snprintf(row->image, sizeof row->image, "%s/%s.elf", matrix->folder, guest);
    experiment_defaults(&row->experiment);
    row->experiment.image = row->image;
    row->experiment.protocol = row->protocol;
    row->experiment.failover = policy;
    row->experiment.lossy = channel;
    row->experiment.seed = matrix->seed;
    row->experiment.broken = matrix->broken;
    struct experiment undisturbed = row->experiment;
    undisturbed.faults = &never;
    undisturbed.fault_count = 1;
    experiment_run(&undisturbed, &row->undisturbed);
    row->instructions = row->undisturbed.result.instructions;
    memcpy(row->steps, row->undisturbed.steps, sizeof row->steps);
}

static void add_rows(struct matrix *matrix)
{
    char *rest = matrix->guests;
    for (char *guest; (guest = strsep(&rest, ",")) && matrix->row_count + PROTOCOLS_MAX * POLICIES * 2 <= ROWS_MAX;)
        for (unsigned channel = 0; channel < CHANNELS; channel++)
            for (unsigned protocol = 0; protocol_name(protocol); protocol++)
                for (unsigned policy = FAILOVER_DISCONNECT; policy <= FAILOVER_REISSUE; policy++)
                    add_row(matrix, guest, protocol, policy, channel);
}

/* ---- jobs ---- */

static void add_jobs(struct matrix *matrix, struct row *row)
{
    struct rng rng = rng_new(matrix->seed, 97); /* the same points in every row */
    uint64_t points = row->experiment.lossy ? matrix->points / 4 : matrix->points;
    uint64_t part = points ? row->instructions / points : 0;
    for (uint64_t i = 0; part && i < points; i++)
        matrix->jobs[matrix->job_count++] = (struct job){
            row, {.role = ROLE_PRIMARY, .place = FAULT_INSTRUCTION, .number = i * part + rng_upto(&rng, part - 1)}};
    for (enum protocol_step step = 0; step < PROTOCOL_STEP_DETECTED; step++)
        for (uint64_t k = 1; k <= matrix->steps && k <= row->steps[step]; k++) {
            enum role role = step < PROTOCOL_STEP_B_MESSAGE_RECEIVED ? ROLE_PRIMARY : ROLE_BACKUP;
            matrix->jobs[matrix->job_count++] =
                (struct job){row, {.role = role, .place = FAULT_STEP, .step = step, .number = k}};
        }
}

/* NULL: the run is as the undisturbed one. */
static const char *wrong(const struct job *job, const struct shown *shown)
{
    uint64_t failovers = job->fault.role == ROLE_PRIMARY;
    if (shown->result.end != END_EXIT)
        return shown->why;
    if (shown->result.status != 0)
        return "the guest's status is not 0";
    if (shown->result.failovers != failovers)
        return "the fault did not strike, or struck another";
    if (!strcmp(job->row->guest, "deadline"))
        return NULL;
    if (!shown_same_terminal(shown, &job->row->undisturbed))
        return "the terminal shows other bytes than undisturbed";
    if (shown->disk != job->row->undisturbed.disk)
        return "the disk holds other bytes than undisturbed";
    return NULL;
}

/* May a run be unexplained if something was performed in an epoch that the backup does not know the end of? */
static bool may_differ(const struct experiment *experiment)
{
    const char *protocol = experiment->protocol;
    if (!strncmp(protocol, "bs", 2)) /* which go on in that epoch with what has arrived of it */
        return experiment->lossy && (experiment->broken || !strcmp(protocol, "bs"));
    return experiment->broken || !strcmp(protocol, "dec");
}

static void run_job(void *arg, size_t index)
{
    struct matrix *matrix = arg;
    const struct job *job = &matrix->jobs[index];
    struct outcome *outcome = &matrix->outcomes[index];
    struct experiment experiment = job->row->experiment;
    struct shown shown;
    experiment.faults = &job->fault;
    experiment.fault_count = 1;
    experiment_run(&experiment, &shown);
    bool may = shown.unlogged && may_differ(&experiment);
    const char *what = shown.result.explainable ? wrong(job, &shown) : shown.violation;
    outcome->unlogged = shown.unlogged;
    if (!shown.result.explainable)
        outcome->verdict = may ? VERDICT_UNEXPLAINED : VERDICT_WRONG;
    else
        outcome->verdict = what ? VERDICT_WRONG : VERDICT_GOOD;
    if (what)
        snprintf(outcome->sentence, sizeof outcome->sentence, "%s", what);
    shown_free(&shown);
}

/* ---- what came of it ---- */

static void count_all(struct matrix *matrix)
{
    for (size_t i = 0; i < matrix->job_count; i++) {
        const struct outcome *outcome = &matrix->outcomes[i];
        struct row *row = matrix->jobs[i].row;
        if (!outcome->verdict && farm_interrupted())
            continue; /* it was not run */
        row->runs++;
        row->unlogged += outcome->unlogged;
        row->unexplained += outcome->verdict == VERDICT_UNEXPLAINED;
        if (outcome->verdict == VERDICT_GOOD || outcome->verdict == VERDICT_UNEXPLAINED)
            continue;
        struct experiment experiment = row->experiment;
        char text[1024];
        experiment.faults = &matrix->jobs[i].fault;
        experiment.fault_count = 1;
        experiment_command(&experiment, text, sizeof text);
        if (matrix->told++ < TOLD_MAX)
            printf("not ok: %s: %s\n", outcome->verdict ? outcome->sentence : "the emulator failed", text);
        row->wrong++;
    }
}

/* The next row of FILE, as the guests of COMPILER have it. A row that is another with some version of it stands before
 * that of all others, behind the version: "14: ...". */
static void next_expected(FILE *file, const char *compiler, char *wanted, size_t size)
{
    char line[256];
    wanted[0] = '\0';
    while (fgets(line, sizeof line, file)) {
        size_t version = strspn(line, "0123456789");
        bool of_one = version && line[version] == ':';
        if (line[0] == '#')
            continue;
        if (of_one && strlen(compiler) == version && strncmp(line, compiler, version) == 0)
            snprintf(wanted, size, "%s", line + version + strspn(line + version, ": "));
        else if (!of_one && !wanted[0])
            snprintf(wanted, size, "%s", line);
        if (!of_one)
            return;
    }
}

/* Print the table; compare it with the expected one. Returns how many rows are wrong. */
static unsigned report(struct matrix *matrix)
{
    unsigned bad = 0;
    FILE *file = matrix->expect ? fopen(matrix->expect, "r") : NULL;
    char wanted[256] = "", line[256];
    if (matrix->expect && !file) {
        fprintf(stderr, "campaign_matrix: '%s' cannot be read\n", matrix->expect);
        exit(2);
    }
    printf("# guest protocol policy channel runs performed-in-X+1 unexplained\n");
    for (size_t i = 0; i < matrix->row_count; i++) {
        const struct row *row = &matrix->rows[i];
        snprintf(line, sizeof line, "%s %s %s %s %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", row->guest, row->protocol,
                 experiment_policy_name(row->experiment.failover), row->channel, row->runs, row->unlogged,
                 row->unexplained);
        printf("%s", line);
        bad += row->wrong != 0;
        if (file)
            next_expected(file, matrix->compiler, wanted, sizeof wanted);
        if (file && strcmp(wanted, line)) {
            printf("not ok: expected: %s", wanted);
            bad++;
        }
    }
    if (file)
        fclose(file);
    return bad;
}

static bool parse(struct matrix *matrix, int count, char **words)
{
    for (int i = 1; i < count; i++) {
        const char *value = i + 1 < count ? words[i + 1] : "";
        if (words[i][0] != '-') {
            matrix->folder = words[i];
            continue;
        }
        i++;
        if (!strcmp(words[i - 1], "--seed"))
            matrix->seed = strtoull(value, NULL, 0);
        else if (!strcmp(words[i - 1], "--points"))
            matrix->points = strtoull(value, NULL, 0);
        else if (!strcmp(words[i - 1], "--steps"))
            matrix->steps = strtoull(value, NULL, 0);
        else if (!strcmp(words[i - 1], "-j"))
            matrix->workers = (unsigned)strtoul(value, NULL, 0);
        else if (!strcmp(words[i - 1], "--guests"))
            snprintf(matrix->guests, sizeof matrix->guests, "%s", value);
        else if (!strcmp(words[i - 1], "--break") && !strcmp(value, assumption_name(ASSUMPTION_OUTPUT_COMMIT)))
            matrix->broken = UINT32_C(1) << ASSUMPTION_OUTPUT_COMMIT;
        else if (!strcmp(words[i - 1], "--expect"))
            matrix->expect = value;
        else if (!strcmp(words[i - 1], "--compiler"))
            matrix->compiler = value;
        else
            return false;
    }
    return matrix->folder != NULL;
}

int main(int count, char **words)
{
    struct matrix *matrix = calloc(1, sizeof *matrix);
    struct timespec begin, end;
    if (!matrix)
        return 2;
    *matrix = (struct matrix){.seed = 1, .points = 2000, .steps = 20, .workers = 1, .compiler = ""};
    snprintf(matrix->guests, sizeof matrix->guests, "ledger,eight,ticker,overflow,kernel,deadline");
    if (!parse(matrix, count, words)) {
        fprintf(stderr, "usage: campaign_matrix [--seed S] [--points N] [--steps K] [-j N] [--guests NAME,...] "
                        "[--expect FILE [--compiler VERSION]] [--break output-commit] GUEST_FOLDER\n");
        return 2;
    }
    clock_gettime(CLOCK_MONOTONIC, &begin);
    add_rows(matrix);
    size_t jobs_max = matrix->row_count * (matrix->points + PROTOCOL_STEP_COUNT * matrix->steps);
    matrix->jobs = calloc(jobs_max + 1, sizeof *matrix->jobs);
    matrix->outcomes = farm_memory((jobs_max + 1) * sizeof *matrix->outcomes);
    for (size_t i = 0; i < matrix->row_count; i++)
        add_jobs(matrix, &matrix->rows[i]);
    farm_run(matrix->workers, matrix->job_count, run_job, matrix);
    count_all(matrix);
    unsigned bad = report(matrix);
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("seed %" PRIu64 ": %zu runs, %u rows wrong, %.0f s%s\n", matrix->seed, matrix->job_count, bad,
           (double)(end.tv_sec - begin.tv_sec), farm_interrupted() ? "; interrupted, not all of them were made" : "");
    for (size_t i = 0; i < matrix->row_count; i++)
        shown_free(&matrix->rows[i].undisturbed);
    free(matrix->jobs);
    free(matrix);
    return farm_interrupted() ? 130 : bad != 0;
}

/* alternate.c - the alternate embodiment (examples/alternate) under failures: two bare computers, one of which fails.
 *
 *   campaign_alternate [--runs N] [--operations STEP] [--seed S] IMAGE
 *
 * The primary, then the backup, dies before each of N instructions chosen by the seed; the primary dies at every phase
 * of every STEP-th output; and the primary's line is cut at N / 4 times, so that it lives and must be fenced off. There
 * is no monitor's history to explain anything with, so each run is held against the undisturbed one, and that against
 * a run on a single bare computer: status 0 - which says, too, that program and kernel saw the same on both computers
 * at the end of every epoch -, the same bytes on the terminal, the same disk. A failure says how to see it again.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/base/rng.h"
#include "tests/campaign/experiment.h"

struct campaign {
    struct experiment usual;
    struct shown undisturbed;
    uint64_t runs, step;
    unsigned ran, failovers, fenced, failed;
};

static const char *wrong(const struct campaign *campaign, const struct shown *shown)
{
    if (shown->result.end != END_EXIT)
        return shown->why;
    if (shown->result.status != 0)
        return "the guest's status is not 0";
    if (!shown->result.explainable)
        return shown->violation;
    if (!shown_same_terminal(shown, &campaign->undisturbed))
        return "the terminal shows other bytes than undisturbed";
    if (shown->disk != campaign->undisturbed.disk)
        return "the disk holds other bytes than undisturbed";
    return NULL;
}

static void judge(struct campaign *campaign, const struct experiment *experiment, const struct shown *shown,
                  const char *what)
{
    char text[1024];
    campaign->ran++;
    campaign->failovers += (unsigned)shown->result.failovers;
    what = what ? what : wrong(campaign, shown);
    if (!what)
        return;
    experiment_command(experiment, text, sizeof text);
    printf("not ok: %s: %s\n", what, text);
    campaign->failed++;
}

static void fail_at(struct campaign *campaign, const struct fault *fault)
{
    struct experiment experiment = campaign->usual;
    struct shown shown;
    experiment.faults = fault;
    experiment.fault_count = 1;
    experiment_run(&experiment, &shown);
    campaign->fenced += fault->kind == FAULT_CUT && shown.alive == 1;
    judge(campaign, &experiment, &shown, NULL);
    shown_free(&shown);
}

static void at_instructions(struct campaign *campaign, enum role role, uint64_t seed)
{
    struct rng rng = rng_new(seed, 97 + (uint64_t)role);
    uint64_t part = campaign->undisturbed.result.instructions / (campaign->runs + 1);
    for (uint64_t i = 0; i < campaign->runs; i++) {
        struct fault fault = {.role = role, .place = FAULT_INSTRUCTION, .number = i * part + rng_upto(&rng, part - 1)};
        fail_at(campaign, &fault);
    }
}

static void at_operations(struct campaign *campaign)
{
    uint64_t outputs = campaign->undisturbed.terminal_bytes + campaign->undisturbed.result.operations.performed;
    for (uint64_t output = 1; campaign->step && output <= outputs; output += campaign->step) {
        for (enum operation_phase phase = OPERATION_BEFORE; phase <= OPERATION_COMPLETED; phase++) {
            struct fault fault = {.place = FAULT_OPERATION, .number = output, .phase = phase, .mask = 5};
            fail_at(campaign, &fault);
        }
    }
}

static void cut_off(struct campaign *campaign)
{
    /* One tick an instruction at 50 MHz, and more while nothing is executed. */
    uint64_t span_ps = campaign->undisturbed.result.instructions * 20000, cuts = campaign->runs / 4;
    for (uint64_t i = 0; i < cuts; i++) {
        struct fault fault = {.kind = FAULT_CUT, .place = FAULT_TIME, .number = span_ps / cuts * i};
        fail_at(campaign, &fault);
    }
}

/* Undisturbed: on a single computer, and on two. */
static void undisturbed(struct campaign *campaign)
{
    struct experiment experiment = campaign->usual;
    struct shown shown;
    experiment.computers = 1;
    experiment_run(&experiment, &campaign->undisturbed);
    judge(campaign, &experiment, &campaign->undisturbed, NULL);
    experiment_run(&campaign->usual, &shown);
    judge(campaign, &campaign->usual, &shown, shown.result.failovers ? "a take-over without a failure" : NULL);
    shown_free(&campaign->undisturbed);
    campaign->undisturbed = shown;
}

static bool parse(struct campaign *campaign, int count, char **words)
{
    for (int i = 1; i < count; i++) {
        uint64_t value = i + 1 < count ? strtoull(words[i + 1], NULL, 0) : 0;
        if (words[i][0] != '-')
            campaign->usual.image = words[i];
        else if (!strcmp(words[i], "--runs"))
            campaign->runs = value;
        else if (!strcmp(words[i], "--operations"))
            campaign->step = value;
        else if (!strcmp(words[i], "--seed"))
            campaign->usual.seed = value;
        else
            return false;
        i += words[i][0] == '-';
    }
    return campaign->usual.image && campaign->runs >= 4;
}

int main(int count, char **words)
{
    struct campaign campaign = {.runs = 40, .step = 9};
    experiment_defaults(&campaign.usual);
    campaign.usual.mode = MODE_BARE;
    campaign.usual.computers = 2;
    campaign.usual.typed = "Ada\n";
    if (!parse(&campaign, count, words)) {
        fprintf(stderr, "usage: campaign_alternate [--runs N] [--operations STEP] [--seed S] IMAGE; N is at least 4\n");
        return 2;
    }
    undisturbed(&campaign);
    at_instructions(&campaign, ROLE_PRIMARY, campaign.usual.seed);
    at_instructions(&campaign, ROLE_BACKUP, campaign.usual.seed);
    at_operations(&campaign);
    cut_off(&campaign);
    if (!campaign.failovers || !campaign.fenced)
        printf("not ok: nothing has taken over, or nobody was fenced off\n");
    printf("seed %" PRIu64 ": %" PRIu64 " instructions undisturbed, %u runs, %u fail-overs, %u fenced off, %u failed\n",
           campaign.usual.seed, campaign.undisturbed.result.instructions, campaign.ran, campaign.failovers,
           campaign.fenced, campaign.failed);
    shown_free(&campaign.undisturbed);
    return campaign.failed || !campaign.failovers || !campaign.fenced;
}

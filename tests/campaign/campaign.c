/* campaign.c - crash a guest's primary at many instructions, chosen by a seed, and hold every run against what must be.
 *
 *   campaign [--runs N] [--seed S] [--protocol P] [--failover F] [--epoch N] [--outcome same|any] IMAGE
 *   campaign --failures N ... IMAGE
 *
 * First the guest runs undisturbed, bare and on a pair. Then, for each crash point, on a pair whose primary dies before
 * that instruction; every tenth point also on one host thread, which must give the same bytes. Every run must end with
 * the guest's status 0 and be explainable; with `--outcome same` (the usual) its terminal bytes and its disk must be
 * those of the undisturbed run. With --failures it is one run in which N primaries die one after the other, at places
 * chosen by the seed, each repaired before the next one dies; its log, run again by itself, must come to the same
 * state. A line for each failure says how to see it again; the last line counts.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ft/recording.h"
#include "mmu/base/rng.h"
#include "tests/campaign/experiment.h"

struct campaign {
    struct experiment usual;
    uint64_t runs, failures;
    bool same;
    unsigned failed;
};

static const char *wrong(const struct campaign *campaign, const struct shown *shown, const struct shown *undisturbed)
{
    if (shown->result.end != END_EXIT)
        return shown->why;
    if (shown->result.status != 0)
        return "the guest's status is not 0";
    if (!shown->result.explainable)
        return shown->violation;
    if (campaign->same && !shown_same_terminal(shown, undisturbed))
        return "the terminal shows other bytes than undisturbed";
    if (campaign->same && shown->disk != undisturbed->disk)
        return "the disk holds other bytes than undisturbed";
    return NULL;
}

static void complain(struct campaign *campaign, const struct experiment *experiment, const char *what)
{
    char text[1024];
    experiment_command(experiment, text, sizeof text);
    printf("not ok: %s: %s\n", what, text);
    campaign->failed++;
}

static void crash_at(struct campaign *campaign, uint64_t insns, bool both_ways, const struct shown *undisturbed)
{
    struct fault fault = {.role = ROLE_PRIMARY, .place = FAULT_INSTRUCTION, .number = insns};
    struct experiment experiment = campaign->usual;
    struct shown shown, again;
    experiment.faults = &fault;
    experiment.fault_count = 1;
    experiment.threads = 2;
    experiment_run(&experiment, &shown);
    const char *what = wrong(campaign, &shown, undisturbed);
    if (!what && shown.result.failovers != 1)
        what = "there was no fail-over";
    if (what)
        complain(campaign, &experiment, what);
    if (both_ways) {
        experiment.threads = 1;
        experiment_run(&experiment, &again);
        if (again.result.digest != shown.result.digest || again.disk != shown.disk ||
            !shown_same_terminal(&again, &shown) || again.result.instructions != shown.result.instructions ||
            again.result.messages != shown.result.messages)
            complain(campaign, &experiment, "one host thread and two give different runs");
        shown_free(&again);
    }
    shown_free(&shown);
}

/* The survivor's log, followed by one VP by itself: the same state, and the same bytes on the terminal. */
static const char *wrong_replay(const struct campaign *campaign, const struct shown *recorded)
{
    struct recording_file file;
    struct error error;
    struct shown shown;
    if (!recording_open(&file, recorded->recording, recorded->recording_bytes, "log", &error)) {
        recording_close(&file);
        return "the recording cannot be read";
    }
    struct experiment experiment = campaign->usual;
    experiment.mode = MODE_SOLO;
    experiment.replay = &file;
    experiment_run(&experiment, &shown);
    const char *what = NULL;
    if (shown.result.digests_differ || shown.result.digest != recorded->result.digest)
        what = "the survivor's log, run again, comes to another state";
    else if (shown.result.instructions != recorded->result.instructions || !shown_same_terminal(&shown, recorded))
        what = "the survivor's log, run again, is another run";
    shown_free(&shown);
    recording_close(&file);
    return what;
}

/* One run, many failures: crash at a seeded place in the first quarter of each part, repair in its third quarter. */
static void fail_often(struct campaign *campaign, const struct shown *undisturbed)
{
    uint64_t count = campaign->failures, part = undisturbed->result.instructions / (count + 1);
    struct fault *faults = calloc(count * 2, sizeof *faults);
    struct rng rng = rng_new(campaign->usual.seed, 98);
    for (uint64_t i = 0; i < count; i++) {
        faults[i] = (struct fault){.place = FAULT_INSTRUCTION, .number = i * part + rng_upto(&rng, part / 4)};
        faults[count + i] =
            (struct fault){.place = FAULT_INSTRUCTION, .number = i * part + part / 2 + rng_upto(&rng, part / 8)};
    }
    struct experiment experiment = campaign->usual;
    struct shown shown;
    experiment.faults = faults;
    experiment.repairs = faults + count;
    experiment.fault_count = experiment.repair_count = (unsigned)count;
    experiment.threads = 2;
    experiment.record = true;
    experiment_run(&experiment, &shown);
    const char *what = wrong(campaign, &shown, undisturbed);
    if (!what && shown.result.failovers != count)
        what = "not every failure was survived";
    if (!what)
        what = wrong_replay(campaign, &shown);
    if (what)
        complain(campaign, &experiment, what);
    printf("seed %" PRIu64 ": %" PRIu64 " fail-overs in %" PRIu64 " instructions, %.1f s; log of %zu bytes run again\n",
           experiment.seed, shown.result.failovers, shown.result.instructions, shown.result.host_seconds,
           shown.recording_bytes);
    shown_free(&shown);
    free(faults);
}

static bool parse(struct campaign *campaign, int count, char **words)
{
    struct experiment *usual = &campaign->usual;
    for (int i = 1; i < count; i++) {
        const char *value = i + 1 < count ? words[i + 1] : "";
        if (words[i][0] != '-') {
            usual->image = words[i];
            continue;
        }
        i++;
        if (!strcmp(words[i - 1], "--runs"))
            campaign->runs = strtoull(value, NULL, 0);
        else if (!strcmp(words[i - 1], "--failures"))
            campaign->failures = strtoull(value, NULL, 0);
        else if (!strcmp(words[i - 1], "--seed"))
            usual->seed = strtoull(value, NULL, 0);
        else if (!strcmp(words[i - 1], "--epoch"))
            usual->epoch = strtoull(value, NULL, 0);
        else if (!strcmp(words[i - 1], "--protocol"))
            usual->protocol = value;
        else if (!strcmp(words[i - 1], "--outcome"))
            campaign->same = !strcmp(value, "same");
        else if (!strcmp(words[i - 1], "--failover"))
            usual->failover = experiment_policy(value);
        else
            return false;
    }
    usual->hurry = campaign->failures != 0;
    return usual->image != NULL;
}

int main(int count, char **words)
{
    struct campaign campaign = {.runs = 100, .same = true};
    experiment_defaults(&campaign.usual);
    if (!parse(&campaign, count, words)) {
        fprintf(stderr, "usage: campaign [--runs N] [--failures N] [--seed S] [--protocol P] [--failover F] "
                        "[--epoch N] [--outcome same|any] IMAGE\n");
        return 2;
    }
    struct experiment bare_computer = campaign.usual;
    struct shown bare, pair;
    bare_computer.mode = MODE_BARE;
    experiment_run(&bare_computer, &bare);
    campaign.usual.threads = 2;
    experiment_run(&campaign.usual, &pair);
    const char *what = wrong(&campaign, &pair, &bare);
    if (what)
        complain(&campaign, &campaign.usual, what);
    struct rng rng = rng_new(campaign.usual.seed, 99);
    if (campaign.failures) {
        fail_often(&campaign, &pair);
        campaign.runs = 0;
    }
    for (uint64_t i = 0; i < campaign.runs; i++) {
        /* One point in each of `runs` equal parts, so that they are spread over the whole run. */
        uint64_t part = pair.result.instructions / campaign.runs;
        crash_at(&campaign, i * part + rng_upto(&rng, part - 1), i % 10 == 0, &pair);
    }
    printf("seed %" PRIu64 ": %" PRIu64 " instructions undisturbed, %" PRIu64 " crash points, %u failed\n",
           campaign.usual.seed, pair.result.instructions, campaign.runs, campaign.failed);
    shown_free(&bare);
    shown_free(&pair);
    return campaign.failed != 0;
}

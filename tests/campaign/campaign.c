/* campaign.c - crash a guest's primary at many instructions, chosen by a seed, and hold every run against what must be.
 *
 *   campaign [--runs N] [--seed S] [--protocol P] [--failover F] [--epoch N] [--outcome same|any] IMAGE
 *   campaign --failures N ... IMAGE
 *
 * First the guest runs undisturbed, bare and on a pair. Then, for each crash point, on a pair whose primary dies before
 * that instruction; every tenth point also on one host thread, which must give the same bytes. Every run must end with
 * the guest's status 0 and be explainable; with `--outcome same` (the usual) its terminal bytes and its disk must be
 * those of the undisturbed run. With --failures it is one run in which N primaries die one after the other, at places
 * chosen by the seed, each repaired before the next one dies. A line for each failure says how to see it again; the
 * last line counts.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ft/rng.h"
#include "ft/system.h"

struct campaign {
    const char *image, *protocol;
    enum failover_policy failover;
    uint64_t runs, failures, seed, epoch;
    bool same;
    char disk[64];
    unsigned failed;
};

/* What a run showed. */
struct shown {
    struct system_result result;
    char violation[320];
    uint64_t disk, terminal_bytes;
    uint8_t *terminal;
};

static void shown_free(struct shown *shown)
{
    free(shown->terminal);
    shown->terminal = NULL;
}

/* A fast fault monitor and channel, so that many failures fit into a short run. */
static void hurry(struct settings *settings)
{
    settings->channel_latency_us = 2;
    settings->channel_bits_per_s = UINT64_C(100000000000);
    settings->heartbeat_us = 10;
    settings->timeout_us = 30;
    settings->disk_latency_us = 20;
    settings->disk_spread_us = 4;
}

static void config_of(const struct campaign *campaign, enum system_mode mode, const struct fault *fault,
                      unsigned threads, struct system_config *config)
{
    system_config_defaults(config);
    config->mode = mode;
    config->protocol = campaign->protocol;
    config->failover = campaign->failover;
    config->epoch_insns = campaign->epoch;
    config->ram_bytes = 4 << 20;
    config->disk_path = campaign->disk;
    config->disk_create_bytes = 1 << 20;
    config->disk_overlay = true;
    config->seed = campaign->seed;
    config->timeout_insns = UINT64_C(2000000000);
    config->threads = threads;
    config->faults = fault;
    config->fault_count = fault ? 1 : 0;
    if (campaign->failures) {
        config->fault_count = config->repair_count = fault ? (unsigned)campaign->failures : 0;
        config->repairs = fault ? fault + campaign->failures : NULL;
        hurry(&config->settings);
    }
}

static void run(const struct campaign *campaign, enum system_mode mode, const struct fault *fault, unsigned threads,
                struct shown *shown)
{
    struct system_config config;
    struct error error;
    config_of(campaign, mode, fault, threads, &config);
    struct system *system = system_new(&config, &error);
    if (!system || !system_load(system, campaign->image, &error) || !system_run(system, &error)) {
        fprintf(stderr, "campaign: %s\n", error.text);
        exit(2);
    }
    memset(shown, 0, sizeof *shown);
    system_result(system, &shown->result);
    snprintf(shown->violation, sizeof shown->violation, "%s", shown->result.violation ? shown->result.violation : "");
    shown->disk = system_disk_digest(system);
    const uint8_t *bytes = system_terminal_output(system, &shown->terminal_bytes);
    shown->terminal = malloc(shown->terminal_bytes + 1);
    memcpy(shown->terminal, bytes ? bytes : (const uint8_t *)"", shown->terminal_bytes);
    system_free(system);
}

static bool same_terminal(const struct shown *a, const struct shown *b)
{
    return a->terminal_bytes == b->terminal_bytes && !memcmp(a->terminal, b->terminal, a->terminal_bytes);
}

static const char *wrong(const struct campaign *campaign, const struct shown *shown, const struct shown *undisturbed)
{
    if (shown->result.end != END_EXIT)
        return shown->result.why ? shown->result.why : "it did not end by itself";
    if (shown->result.status != 0)
        return "the guest's status is not 0";
    if (!shown->result.explainable)
        return shown->violation;
    if (campaign->same && !same_terminal(shown, undisturbed))
        return "the terminal shows other bytes than undisturbed";
    if (campaign->same && shown->disk != undisturbed->disk)
        return "the disk holds other bytes than undisturbed";
    return NULL;
}

static void complain(struct campaign *campaign, const struct fault *fault, const char *what)
{
    char text[128] = "";
    if (fault)
        fault_format(fault, text, sizeof text);
    printf("not ok: %s: understudy run --mode pair --protocol %s --epoch %" PRIu64 " --ram 4M --seed %" PRIu64
           "%s%s --disk disk.img,create=1M %s\n",
           what, campaign->protocol, campaign->epoch, campaign->seed, fault ? " --crash " : "", text, campaign->image);
    campaign->failed++;
}

static void crash_at(struct campaign *campaign, uint64_t insns, bool both_ways, const struct shown *undisturbed)
{
    struct fault fault = {.role = ROLE_PRIMARY, .place = FAULT_INSTRUCTION, .number = insns};
    struct shown shown, again;
    run(campaign, MODE_PAIR, &fault, 2, &shown);
    const char *what = wrong(campaign, &shown, undisturbed);
    if (!what && shown.result.failovers != 1)
        what = "there was no fail-over";
    if (what)
        complain(campaign, &fault, what);
    if (both_ways) {
        run(campaign, MODE_PAIR, &fault, 1, &again);
        if (again.result.digest != shown.result.digest || again.disk != shown.disk || !same_terminal(&again, &shown) ||
            again.result.instructions != shown.result.instructions || again.result.messages != shown.result.messages)
            complain(campaign, &fault, "one host thread and two give different runs");
        shown_free(&again);
    }
    shown_free(&shown);
}

/* One run, many failures: crash at a seeded place in the first quarter of each part, repair in its third quarter. */
static void fail_often(struct campaign *campaign, const struct shown *undisturbed)
{
    uint64_t count = campaign->failures, part = undisturbed->result.instructions / (count + 1);
    struct fault *faults = calloc(count * 2, sizeof *faults);
    struct rng rng = rng_new(campaign->seed, 98);
    for (uint64_t i = 0; i < count; i++) {
        faults[i] = (struct fault){.place = FAULT_INSTRUCTION, .number = i * part + rng_upto(&rng, part / 4)};
        faults[count + i] =
            (struct fault){.place = FAULT_INSTRUCTION, .number = i * part + part / 2 + rng_upto(&rng, part / 8)};
    }
    struct shown shown;
    run(campaign, MODE_PAIR, faults, 2, &shown);
    const char *what = wrong(campaign, &shown, undisturbed);
    if (what || shown.result.failovers != count)
        complain(campaign, NULL, what ? what : "not every failure was survived");
    printf("seed %" PRIu64 ": %" PRIu64 " fail-overs in %" PRIu64 " instructions\n", campaign->seed,
           shown.result.failovers, shown.result.instructions);
    shown_free(&shown);
    free(faults);
}

static bool parse(struct campaign *campaign, int count, char **words)
{
    static const char *const policies[] = {"", "disconnect", "uncertain", "reissue"};
    for (int i = 1; i < count; i++) {
        const char *value = i + 1 < count ? words[i + 1] : "";
        if (words[i][0] != '-') {
            campaign->image = words[i];
            continue;
        }
        i++;
        if (!strcmp(words[i - 1], "--runs"))
            campaign->runs = strtoull(value, NULL, 0);
        else if (!strcmp(words[i - 1], "--failures"))
            campaign->failures = strtoull(value, NULL, 0);
        else if (!strcmp(words[i - 1], "--seed"))
            campaign->seed = strtoull(value, NULL, 0);
        else if (!strcmp(words[i - 1], "--epoch"))
            campaign->epoch = strtoull(value, NULL, 0);
        else if (!strcmp(words[i - 1], "--protocol"))
            campaign->protocol = value;
        else if (!strcmp(words[i - 1], "--outcome"))
            campaign->same = !strcmp(value, "same");
        else if (!strcmp(words[i - 1], "--failover"))
            for (unsigned p = 1; p < 4; p++)
                campaign->failover = strcmp(policies[p], value) ? campaign->failover : (enum failover_policy)p;
        else
            return false;
    }
    return campaign->image != NULL;
}

int main(int count, char **words)
{
    struct campaign campaign = {.protocol = "bs-revised", .runs = 100, .seed = 1, .epoch = 4096, .same = true};
    if (!parse(&campaign, count, words)) {
        fprintf(stderr, "usage: campaign [--runs N] [--seed S] [--protocol P] [--failover F] [--epoch N] "
                        "[--outcome same|any] IMAGE\n");
        return 2;
    }
    snprintf(campaign.disk, sizeof campaign.disk, "/tmp/understudy-campaign-%d.img", (int)getpid());
    struct shown bare, pair;
    run(&campaign, MODE_BARE, NULL, 1, &bare);
    run(&campaign, MODE_PAIR, NULL, 2, &pair);
    const char *what = wrong(&campaign, &pair, &bare);
    if (what)
        complain(&campaign, NULL, what);
    struct rng rng = rng_new(campaign.seed, 99);
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
           campaign.seed, pair.result.instructions, campaign.runs, campaign.failed);
    shown_free(&bare);
    shown_free(&pair);
    return campaign.failed != 0;
}

/* swarm.c - everything at once: each run draws its guest, protocol, policy, settings, channel, faults and repairs from
 * one seed, and then things heal: the channel, the speed of a computer, and whoever is dead is repaired.
 *
 *   campaign_swarm [--runs N] [--seed S] [-j N] GUEST_FOLDER
 *
 * Whatever was drawn, the system comes to rest and is explained: the guest ends by itself with status 0 and has no
 * operation outstanding; one computer serves at the end; replicas that were compared agreed; the run is explainable,
 * or breaks a rule that the protocol's author expects to be broken; and the terminal shows what it shows undisturbed,
 * where a guest's output does not depend on time. The system may be lost only if crashes and what makes a living
 * computer halt took away two, and one more for each that had joined. Every eighth run is made on two host threads as
 * well, which must give the same. Run number K of seed S is run 0 of seed S + K.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ft/protocol/protocol.h"
#include "ft/protocols.h"
#include "mmu/base/rng.h"
#include "mmu/base/vtime.h"
#include "tests/campaign/experiment.h"
#include "tests/campaign/farm.h"

enum {
    TIMES = 4,
    DRAWN_FAULTS = 2 * TIMES + 3,
    DRAWN_REPAIRS = TIMES,
    TOLD_MAX = 10,
    PATH_BYTES = 512,
    THREADS_EVERY = 8
};

static const struct guest {
    const char *name, *typed;
    bool timed; /* what it shows depends on when it runs */
} guests[] = {
    {"hello", NULL, false},     {"overflow", NULL, false}, {"ticker", NULL, true},
    {"eight", NULL, false},     {"ledger", NULL, false},   {"kernel", NULL, false},
    {"increment", NULL, false}, {"proof", "swarm", true},  {"proof", "understudy", true},
};
enum { GUESTS = sizeof guests / sizeof guests[0] };

struct measured {
    char image[PATH_BYTES];
    struct shown undisturbed;
};

/* What was drawn from one seed. */
struct drawn {
    struct experiment experiment;
    struct settings settings;
    const struct guest *guest;
    const struct measured *measured;
    struct fault faults[DRAWN_FAULTS], repairs[DRAWN_REPAIRS];
    bool medium, losing;
};

struct outcome {
    bool done, lost, expected;
    uint64_t failovers, joins;
    char wrong[320];
};

struct swarm {
    uint64_t runs, seed;
    unsigned workers;
    const char *folder;
    struct measured measured[GUESTS];
    struct outcome *outcomes;
};

/* ---- what is drawn ---- */

/* One of COUNT values. */
static uint64_t one_of(struct rng *rng, const uint64_t *values, unsigned count)
{
    return values[rng_upto(rng, count - 1)];
}
#define ONE_OF(rng, ...)                                                                                               \
    one_of(rng, (const uint64_t[]){__VA_ARGS__}, sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

static bool chance(struct rng *rng, uint64_t of)
{
    return rng_upto(rng, of - 1) == 0;
}

/* A healthy channel is heard: the time-out is longer than anything that keeps a heartbeat. */
static void draw_channel(struct rng *rng, struct settings *settings)
{
    settings->timeout_us = ONE_OF(rng, 400, 1000, 5000, 20000);
    settings->heartbeat_us = settings->timeout_us / ONE_OF(rng, 5, 10);
    settings->channel_latency_us = 1 + rng_upto(rng, settings->timeout_us / 5);
    settings->channel_bits_per_s = ONE_OF(rng, 1000000000, 10000000000, 100000000000);
    settings->channel_crash = chance(rng, 2);
    settings->lag_report_us = ONE_OF(rng, 100, 6000);
}

static void draw_settings(struct rng *rng, struct settings *settings)
{
    settings_defaults(settings);
    draw_channel(rng, settings);
    settings->disk_latency_us = ONE_OF(rng, 0, 20, 200, 2000);
    settings->disk_spread_us = ONE_OF(rng, 0, 40, 3000);
    settings->drift_ppm = ONE_OF(rng, 0, 20, 1000);
    settings->trap_delay = ONE_OF(rng, 0, 20, 200);
    settings->tlb_entries = ONE_OF(rng, 4, 256);
    settings->digest_epochs = ONE_OF(rng, 0, 1, 8);
    settings->epoch_on_idle = !chance(rng, 4);
    settings->counter_skid = ONE_OF(rng, 0, 0, 30);
    settings->critical_max = ONE_OF(rng, 0, 1024);
    settings->gather_us = ONE_OF(rng, 0, 0, 50);
    settings->thin_timer = ONE_OF(rng, 1, 1, 3);
    settings->cost_epoch_ns = ONE_OF(rng, 0, 0, 10000);
}

static struct fault draw_place(struct rng *rng, const struct drawn *drawn, enum role role)
{
    const struct shown *undisturbed = &drawn->measured->undisturbed;
    struct fault fault = {.role = role};
    switch (rng_upto(rng, 3)) {
    case 0:
        fault.place = FAULT_TIME;
        fault.number = rng_upto(rng, undisturbed->time_ps);
        break;
    case 1:
        fault.place = FAULT_STEP;
        fault.step = (enum protocol_step)rng_upto(rng, PROTOCOL_STEP_JOIN_DONE);
        fault.number = 1 + rng_upto(rng, chance(rng, 2) ? 2 : 50);
        break;
    case 2:
        fault.place = FAULT_EPOCH;
        fault.number = 1 + rng_upto(rng, 30);
        break;
    default:
        fault.place = FAULT_INSTRUCTION;
        fault.number = rng_upto(rng, undisturbed->result.instructions);
    }
    return fault;
}

static void add(struct drawn *drawn, struct fault fault)
{
    drawn->faults[drawn->experiment.fault_count++] = fault;
}

static void draw_fault(struct rng *rng, struct drawn *drawn)
{
    struct fault fault = draw_place(rng, drawn, chance(rng, 2) ? ROLE_PRIMARY : ROLE_BACKUP);
    switch (rng_upto(rng, 9)) {
    case 0:
        fault.kind = FAULT_CUT;
        break;
    case 1:
        fault.kind = FAULT_DELAY;
        fault.argument = rng_upto(rng, 2 * drawn->settings.timeout_us);
        break;
    case 2:
        fault.kind = FAULT_ACK_LOSS;
        break;
    case 3:
        fault.kind = FAULT_SLOW;
        fault.argument = 10 + rng_upto(rng, 90);
        break;
    case 4:
        if (chance(rng, 4)) {
            fault.kind = FAULT_MEDIUM;
            fault.argument = rng_upto(rng, 8);
            drawn->medium = true;
        }
        break;
    default:
        break;
    }
    if (fault.kind != FAULT_CRASH && fault.kind != FAULT_SLOW)
        fault.role = ROLE_PRIMARY;
    add(drawn, fault);
}

/* The channel is as it was, and so is the speed. */
static void heal(struct rng *rng, struct drawn *drawn)
{
    uint64_t after = drawn->measured->undisturbed.time_ps + rng_upto(rng, 3 * drawn->settings.timeout_us * PS_PER_US);
    struct fault fault = {.place = FAULT_TIME, .number = after};
    for (unsigned i = 0, count = drawn->experiment.fault_count; i < count; i++) {
        if (drawn->faults[i].kind == FAULT_CUT)
            fault.kind = FAULT_HEAL;
        else if (drawn->faults[i].kind == FAULT_DELAY)
            fault.kind = FAULT_DELAY;
        else if (drawn->faults[i].kind == FAULT_SLOW)
            fault = (struct fault){.kind = FAULT_SLOW,
                                   .role = drawn->faults[i].role,
                                   .argument = 100,
                                   .place = FAULT_TIME,
                                   .number = after};
        else
            continue;
        add(drawn, fault);
        fault = (struct fault){.place = FAULT_TIME, .number = after};
    }
}

static void draw(const struct swarm *swarm, uint64_t seed, struct drawn *drawn)
{
    static const enum failover_policy policies[] = {FAILOVER_PROTOCOL, FAILOVER_DISCONNECT, FAILOVER_UNCERTAIN,
                                                    FAILOVER_REISSUE};
    struct rng rng = rng_new(seed, 18);
    unsigned protocols = 0, which = (unsigned)rng_upto(&rng, GUESTS - 1);
    struct experiment *experiment = &drawn->experiment;
    while (protocol_name(protocols))
        protocols++;
    memset(drawn, 0, sizeof *drawn);
    experiment_defaults(experiment);
    drawn->guest = &guests[which];
    drawn->measured = &swarm->measured[which];
    draw_settings(&rng, &drawn->settings);
    drawn->losing = drawn->settings.channel_crash;
    experiment->image = drawn->measured->image;
    experiment->typed = drawn->guest->typed;
    experiment->settings = &drawn->settings;
    experiment->seed = seed;
    experiment->protocol = protocol_name((unsigned)rng_upto(&rng, protocols - 1));
    experiment->failover = policies[rng_upto(&rng, 3)];
    experiment->epoch = ONE_OF(&rng, 40, 250, 2000, 4096, 20000);
    /* Where each epoch's end waits for two latencies, the timer of a guest comes again and again before it gets on. */
    struct error error;
    if (protocol_awaits_acks(protocol_find(experiment->protocol, &error)) && experiment->epoch < 2000)
        experiment->epoch = 2000;
    experiment->plain = chance(&rng, 8);
    experiment->faults = drawn->faults;
    experiment->repairs = drawn->repairs;
    for (uint64_t i = 1 + rng_upto(&rng, TIMES - 1); i > 0; i--)
        draw_fault(&rng, drawn);
    heal(&rng, drawn);
    for (uint64_t i = rng_upto(&rng, DRAWN_REPAIRS); i > 0; i--)
        drawn->repairs[experiment->repair_count++] = draw_place(&rng, drawn, ROLE_PRIMARY);
}

/* ---- what is demanded ---- */

/* How many computers its faults may take away: who is not heard may be declared failed, and then it halts. */
static uint64_t failures_in(const struct drawn *drawn)
{
    uint64_t failures = 0;
    for (unsigned i = 0; i < drawn->experiment.fault_count; i++)
        failures += drawn->faults[i].kind == FAULT_CRASH || drawn->faults[i].kind == FAULT_CUT ||
                    drawn->faults[i].kind == FAULT_DELAY;
    return failures;
}

/* May what was sent never be received? */
static bool loses(const struct drawn *drawn)
{
    bool loses = drawn->losing;
    for (unsigned i = 0; i < drawn->experiment.fault_count; i++)
        loses |= drawn->faults[i].kind == FAULT_CUT || drawn->faults[i].kind == FAULT_DELAY;
    return loses;
}

static bool is_expected(const struct drawn *drawn, const struct shown *shown)
{
    const struct protocol *protocol = protocol_find(drawn->experiment.protocol, NULL);
    return shown->result.rule &&
           protocol_expects(protocol, shown->result.rule, loses(drawn), shown->result.failovers || shown->alive < 2);
}

/* Does SHOWN have the bytes of the undisturbed run? A plain terminal may have some of them more than once. */
static bool same_bytes(const struct drawn *drawn, const struct shown *shown)
{
    const struct shown *undisturbed = &drawn->measured->undisturbed;
    return drawn->guest->timed || shown_same_terminal(shown, undisturbed) ||
           (drawn->experiment.plain && shown->terminal_bytes > undisturbed->terminal_bytes);
}

/* NULL: it came to rest and is explained. */
static const char *wrong(const struct drawn *drawn, const struct shown *shown)
{
    const struct system_result *result = &shown->result;
    if (result->end == END_LOST)
        return !result->explainable && !is_expected(drawn, shown) ? shown->violation
               : failures_in(drawn) > 1 + result->joins           ? NULL
                                                        : "the system is lost, and its faults do not make it so";
    if (result->digests_differ)
        return "the replicas differ";
    if (!result->explainable)
        return is_expected(drawn, shown) ? NULL : shown->violation;
    if (result->end != END_EXIT)
        return shown->why;
    if (shown->allowed != 1)
        return "not one computer serves at the end";
    if (drawn->medium)
        return NULL; /* what a guest does about a bad block is its own business */
    if (result->status != 0)
        return "the guest's status is not 0";
    if (shown->outstanding)
        return "an operation is outstanding at the end";
    return same_bytes(drawn, shown) ? NULL : "the terminal shows other bytes than undisturbed";
}

static bool same_run(const struct shown *a, const struct shown *b)
{
    return a->result.digest == b->result.digest && a->result.instructions == b->result.instructions &&
           a->disk == b->disk && a->time_ps == b->time_ps && a->result.messages == b->result.messages &&
           shown_same_terminal(a, b);
}

static void run_job(void *arg, size_t index)
{
    struct swarm *swarm = arg;
    struct outcome *outcome = &swarm->outcomes[index];
    struct drawn drawn;
    struct shown shown, again;
    draw(swarm, swarm->seed + index, &drawn);
    experiment_run(&drawn.experiment, &shown);
    const char *what = wrong(&drawn, &shown);
    if (!what && (swarm->seed + index) % THREADS_EVERY == 0) {
        drawn.experiment.threads = 2;
        experiment_run(&drawn.experiment, &again);
        what = same_run(&shown, &again) ? NULL : "one host thread and two give different runs";
        shown_free(&again);
    }
    snprintf(outcome->wrong, sizeof outcome->wrong, "%s", what ? what : "");
    outcome->lost = shown.result.end == END_LOST;
    outcome->expected = !shown.result.explainable;
    outcome->failovers = shown.result.failovers;
    outcome->joins = shown.result.joins;
    outcome->done = true;
    shown_free(&shown);
}

/* ---- all of them ---- */

static void measure(struct swarm *swarm)
{
    for (unsigned i = 0; i < GUESTS; i++) {
        struct measured *measured = &swarm->measured[i];
        struct experiment undisturbed;
        snprintf(measured->image, sizeof measured->image, "%s/%s.elf", swarm->folder, guests[i].name);
        experiment_defaults(&undisturbed);
        undisturbed.image = measured->image;
        undisturbed.typed = guests[i].typed;
        experiment_run(&undisturbed, &measured->undisturbed);
    }
}

static void tell(const struct swarm *swarm, size_t index)
{
    char text[2048];
    struct drawn drawn;
    const struct outcome *outcome = &swarm->outcomes[index];
    draw(swarm, swarm->seed + index, &drawn);
    experiment_command(&drawn.experiment, text, sizeof text);
    printf("not ok: seed %" PRIu64 ": %s: %s%s%s%s\n", swarm->seed + index,
           outcome->done ? outcome->wrong : "the emulator failed", drawn.guest->typed ? "printf " : "",
           drawn.guest->typed ? drawn.guest->typed : "", drawn.guest->typed ? " | " : "", text);
}

/* Returns how many are wrong. */
static uint64_t sum_up(const struct swarm *swarm)
{
    uint64_t made = 0, failovers = 0, joins = 0, lost = 0, expected = 0, bad = 0;
    for (size_t i = 0; i < swarm->runs; i++) {
        const struct outcome *outcome = &swarm->outcomes[i];
        if (!outcome->done && farm_interrupted())
            continue; /* it was not run */
        made++;
        failovers += outcome->failovers;
        joins += outcome->joins;
        lost += outcome->lost;
        expected += outcome->expected && !outcome->wrong[0];
        if ((!outcome->done || outcome->wrong[0]) && bad++ < TOLD_MAX)
            tell(swarm, i);
    }
    printf("seed %" PRIu64 ": %" PRIu64 " runs, %" PRIu64 " fail-overs, %" PRIu64 " joins, %" PRIu64 " lost, %" PRIu64
           " unexplained as their protocol's author expects, %" PRIu64 " wrong%s\n",
           swarm->seed, made, failovers, joins, lost, expected, bad,
           farm_interrupted() ? "; interrupted, not all of them were made" : "");
    return bad + !made;
}

static bool parse(struct swarm *swarm, int count, char **words)
{
    for (int i = 1; i < count; i++) {
        const char *value = i + 1 < count ? words[i + 1] : "";
        if (words[i][0] != '-')
            swarm->folder = words[i];
        else if (!strcmp(words[i], "--runs"))
            swarm->runs = strtoull(value, NULL, 0);
        else if (!strcmp(words[i], "--seed"))
            swarm->seed = strtoull(value, NULL, 0);
        else if (!strcmp(words[i], "-j"))
            swarm->workers = (unsigned)strtoul(value, NULL, 0);
        else
            return false;
        i += words[i][0] == '-';
    }
    return swarm->folder && swarm->runs && swarm->workers;
}

int main(int count, char **words)
{
    struct swarm swarm = {.runs = 1000, .seed = 1, .workers = 1};
    if (!parse(&swarm, count, words)) {
        fprintf(stderr, "usage: campaign_swarm [--runs N] [--seed S] [-j N] GUEST_FOLDER\n");
        return 2;
    }
    measure(&swarm);
    swarm.outcomes = farm_memory(swarm.runs * sizeof *swarm.outcomes);
    farm_run(swarm.workers, swarm.runs, run_job, &swarm);
    uint64_t bad = sum_up(&swarm);
    for (unsigned i = 0; i < GUESTS; i++)
        shown_free(&swarm.measured[i].undisturbed);
    if (farm_interrupted())
        return 130;
    return bad != 0;
}

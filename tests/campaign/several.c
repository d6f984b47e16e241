/* several.c - several faults in one run, in seeded interleavings: whatever happens, exactly one computer goes on.
 *
 *   campaign_several [--runs N] [--seed S] [-j N] [--family NAME] [--arbiter off] [--console plain] IMAGE
 *
 * A run is drawn from a family of faults (below). Always, with protocol bs-revised: the run is explainable; the guest
 * ends with status 0 and leaves the terminal and the disk of an undisturbed run, unless the system is lost, which needs
 * a computer that was made to crash; at the end one computer serves, none if the system is lost; and what the disk
 * performed, it performed for one generation after the other. A plain terminal may show again what failing epochs
 * issued. Every tenth run is made on two host threads as well, which must give the same. With `--arbiter off` everyone
 * who asks the arbiter wins, and what is counted is the harm. One line for each family; the last line counts.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ft/assumption.h"
#include "mmu/base/rng.h"
#include "mmu/base/vtime.h"
#include "tests/campaign/experiment.h"
#include "tests/campaign/farm.h"

enum { FAULTS_HERE = 8, TOLD_MAX = 10 };

struct drawn {
    struct fault faults[FAULTS_HERE], repairs[FAULTS_HERE];
    unsigned fault_count, repair_count;
};

/* How long the guest runs, undisturbed, and how often each step is taken. */
struct extent {
    uint64_t timeout_us, insns, time_ps, steps[PROTOCOL_STEP_COUNT];
};

struct outcome {
    bool done, lost, two_serve, unexplained;
    uint64_t failovers, terminal_bytes;
    unsigned alive;
    char wrong[320];
};

struct several {
    struct experiment usual;
    uint64_t runs, seed;
    unsigned workers;
    const char *only;
    bool arbiter_off;
    struct extent extent;
    struct shown undisturbed;
    const struct family *family;
    struct outcome *outcomes;
    unsigned wrong;
};

/* ---- places ---- */

static struct fault at_instruction(struct rng *rng, const struct extent *extent, enum role role)
{
    return (struct fault){.role = role, .place = FAULT_INSTRUCTION, .number = rng_upto(rng, extent->insns - 1)};
}

static struct fault at_time(struct rng *rng, const struct extent *extent, enum role role)
{
    return (struct fault){.role = role, .place = FAULT_TIME, .number = rng_upto(rng, extent->time_ps)};
}

static struct fault at_step(struct rng *rng, const struct extent *extent, enum role role)
{
    enum protocol_step first = role == ROLE_PRIMARY ? PROTOCOL_STEP_RUN : PROTOCOL_STEP_B_MESSAGE_RECEIVED;
    enum protocol_step last = role == ROLE_PRIMARY ? PROTOCOL_STEP_OPERATION_ISSUED : PROTOCOL_STEP_B_DELIVERED;
    enum protocol_step step = first + (enum protocol_step)rng_upto(rng, last - first);
    uint64_t times = extent->steps[step] ? extent->steps[step] : 1;
    return (struct fault){.role = role, .place = FAULT_STEP, .step = step, .number = 1 + rng_upto(rng, times - 1)};
}

static struct fault anywhere(struct rng *rng, const struct extent *extent, enum role role)
{
    switch (rng_upto(rng, 2)) {
    case 0:
        return at_instruction(rng, extent, role);
    case 1:
        return at_time(rng, extent, role);
    default:
        return at_step(rng, extent, role);
    }
}

static void add_fault(struct drawn *drawn, struct fault fault)
{
    drawn->faults[drawn->fault_count++] = fault;
}

static void add_repair(struct drawn *drawn, struct fault place)
{
    drawn->repairs[drawn->repair_count++] = place;
}

/* ---- families ---- */

static void draw_backup(struct rng *rng, const struct extent *extent, struct drawn *drawn)
{
    add_fault(drawn, anywhere(rng, extent, ROLE_BACKUP));
}

/* The primary, and then its successor; between them perhaps a repair. */
static void draw_both(struct rng *rng, const struct extent *extent, struct drawn *drawn)
{
    struct fault first = at_instruction(rng, extent, ROLE_PRIMARY), second = first;
    second.number += 1 + rng_upto(rng, rng_upto(rng, 1) ? 20000 : extent->insns);
    if (rng_upto(rng, 1))
        first.role = ROLE_BACKUP;
    add_fault(drawn, first);
    add_fault(drawn, second);
    if (rng_upto(rng, 1)) {
        first.number += rng_upto(rng, second.number - first.number);
        add_repair(drawn, first);
    }
}

/* The backup dies while it takes over. */
static void draw_failover(struct rng *rng, const struct extent *extent, struct drawn *drawn)
{
    enum protocol_step step =
        PROTOCOL_STEP_DETECTED + (enum protocol_step)rng_upto(rng, PROTOCOL_STEP_PROMOTED - PROTOCOL_STEP_DETECTED);
    add_fault(drawn, anywhere(rng, extent, ROLE_PRIMARY));
    add_fault(drawn, (struct fault){.role = ROLE_BACKUP, .place = FAULT_STEP, .step = step, .number = 1});
}

/* A computer joins, and the survivor or the joining one dies meanwhile, or just after. */
static void draw_join(struct rng *rng, const struct extent *extent, struct drawn *drawn)
{
    enum role dies = rng_upto(rng, 1) ? ROLE_PRIMARY : ROLE_BACKUP;
    struct fault first = at_instruction(rng, extent, rng_upto(rng, 1) ? ROLE_PRIMARY : ROLE_BACKUP), repair = first;
    enum protocol_step step = PROTOCOL_STEP_JOIN_STARTED +
                              (enum protocol_step)rng_upto(rng, PROTOCOL_STEP_JOIN_DONE - PROTOCOL_STEP_JOIN_STARTED);
    first.number /= 2;
    repair.number = first.number + rng_upto(rng, 10000);
    add_fault(drawn, first);
    add_repair(drawn, repair);
    if (dies == ROLE_PRIMARY) {
        uint64_t times = step == PROTOCOL_STEP_JOIN_PAGE ? 1 + rng_upto(rng, 50) : 1;
        add_fault(drawn, (struct fault){.role = dies, .place = FAULT_STEP, .step = step, .number = times});
    } else {
        repair.role = dies;
        repair.number += rng_upto(rng, 30000);
        add_fault(drawn, repair);
    }
}

/* Nobody crashes: the channel is slow or cut or both, perhaps healed, and both are alive when one is declared failed.
 */
static void draw_false(struct rng *rng, const struct extent *extent, struct drawn *drawn)
{
    struct fault delay = at_time(rng, extent, ROLE_PRIMARY), cut = delay, heal = delay;
    uint64_t which = 1 + rng_upto(rng, 2);
    delay.kind = FAULT_DELAY;
    delay.argument =
        1 + rng_upto(rng, 2 * extent->timeout_us); /* more than the time-out: by itself, less: with a cut */
    cut.kind = FAULT_CUT;
    cut.number += which & 1 ? rng_upto(rng, 2 * extent->timeout_us * PS_PER_US) : 0;
    heal.kind = FAULT_HEAL;
    heal.number = cut.number + rng_upto(rng, 4 * extent->timeout_us * PS_PER_US);
    if (which & 1)
        add_fault(drawn, delay);
    if (which & 2)
        add_fault(drawn, cut);
    if (which & 2 && rng_upto(rng, 1))
        add_fault(drawn, heal);
    if (rng_upto(rng, 1))
        add_repair(drawn, at_instruction(rng, extent, ROLE_PRIMARY));
}

/* All of it. */
static void draw_any(struct rng *rng, const struct extent *extent, struct drawn *drawn)
{
    uint64_t more = 2 + rng_upto(rng, 3);
    if (!rng_upto(rng, 2))
        draw_false(rng, extent, drawn);
    for (uint64_t i = 0; i < more; i++) {
        struct fault fault = anywhere(rng, extent, rng_upto(rng, 1) ? ROLE_PRIMARY : ROLE_BACKUP);
        if (!rng_upto(rng, 4)) {
            fault.role = ROLE_PRIMARY;
            fault.kind = FAULT_ACK_LOSS;
        }
        add_fault(drawn, fault);
        add_repair(drawn, at_instruction(rng, extent, ROLE_PRIMARY));
    }
}

struct family {
    const char *name;
    void (*draw)(struct rng *rng, const struct extent *extent, struct drawn *drawn);
    bool crashes; /* somebody is made to crash; else nobody may be lost */
};

static const struct family families[] = {
    {"backup", draw_backup, true}, {"both", draw_both, true},    {"fail-over", draw_failover, true},
    {"join", draw_join, true},     {"false", draw_false, false}, {"any", draw_any, true},
};
enum { FAMILIES = sizeof families / sizeof families[0] };

/* ---- one run ---- */

static struct experiment draw(const struct several *several, size_t index, struct drawn *drawn)
{
    struct rng rng = rng_new(several->seed, 1000 * (uint64_t)(several->family - families) + index);
    struct experiment experiment = several->usual;
    memset(drawn, 0, sizeof *drawn);
    several->family->draw(&rng, &several->extent, drawn);
    experiment.faults = drawn->faults;
    experiment.fault_count = drawn->fault_count;
    experiment.repairs = drawn->repairs;
    experiment.repair_count = drawn->repair_count;
    return experiment;
}

/* NULL: the run is as it must be. */
static const char *wrong(const struct several *several, const struct shown *shown)
{
    if (!shown->result.explainable)
        return shown->violation;
    if (shown->generations_mixed)
        return "the disk performed something for an older generation after a newer one";
    if (shown->result.end == END_LOST)
        return !several->family->crashes ? "lost, although nobody was made to crash"
               : shown->alive            ? "lost, although a computer lives"
                                         : NULL;
    if (shown->result.end != END_EXIT)
        return shown->why;
    if (shown->acting != 1)
        return "at the end there is not exactly one computer that serves";
    if (shown->result.status != 0)
        return "the guest's status is not 0";
    if (!several->usual.plain && !shown_same_terminal(shown, &several->undisturbed))
        return "the terminal shows other bytes than undisturbed";
    if (shown->disk != several->undisturbed.disk)
        return "the disk holds other bytes than undisturbed";
    return NULL;
}

static bool same_run(const struct shown *a, const struct shown *b)
{
    return a->result.end == b->result.end && a->result.digest == b->result.digest && a->disk == b->disk &&
           a->result.instructions == b->result.instructions && a->result.messages == b->result.messages &&
           a->result.failovers == b->result.failovers && shown_same_terminal(a, b);
}

static void run_job(void *arg, size_t index)
{
    struct several *several = arg;
    struct outcome *outcome = &several->outcomes[index];
    struct drawn drawn;
    struct shown shown, again;
    struct experiment experiment = draw(several, index, &drawn);
    experiment_run(&experiment, &shown);
    const char *what = several->arbiter_off ? NULL : wrong(several, &shown);
    if (!what && index % 10 == 0) {
        experiment.threads = 2;
        experiment_run(&experiment, &again);
        what = same_run(&shown, &again) ? NULL : "one host thread and two give different runs";
        shown_free(&again);
    }
    snprintf(outcome->wrong, sizeof outcome->wrong, "%s", what ? what : "");
    outcome->lost = shown.result.end == END_LOST;
    outcome->two_serve = shown.acting > 1;
    outcome->unexplained = !shown.result.explainable;
    outcome->failovers = shown.result.failovers;
    outcome->alive = shown.alive;
    outcome->terminal_bytes = shown.terminal_bytes;
    outcome->done = true;
    shown_free(&shown);
}

static void tell(struct several *several, size_t index)
{
    char text[1024];
    struct drawn drawn;
    struct experiment experiment = draw(several, index, &drawn);
    const struct outcome *outcome = &several->outcomes[index];
    experiment_command(&experiment, text, sizeof text);
    if (several->wrong++ < TOLD_MAX)
        printf("not ok: %s, run %zu of family %s: %s\n", outcome->done ? outcome->wrong : "the emulator failed", index,
               several->family->name, text);
}

/* Run one family. Returns how many of its runs did harm. */
static uint64_t run_family(struct several *several, const struct family *family)
{
    uint64_t lost = 0, failovers = 0, halted = 0, harm = 0, longer = 0, made = 0;
    several->family = family;
    memset(several->outcomes, 0, several->runs * sizeof *several->outcomes);
    farm_run(several->workers, several->runs, run_job, several);
    for (size_t i = 0; i < several->runs; i++) {
        const struct outcome *outcome = &several->outcomes[i];
        if (!outcome->done && farm_interrupted())
            continue; /* it was not run */
        made++;
        lost += outcome->lost;
        failovers += outcome->failovers;
        longer += outcome->terminal_bytes > several->undisturbed.terminal_bytes;
        halted += !family->crashes && outcome->alive == 1;
        harm += outcome->unexplained || outcome->two_serve;
        if (!outcome->done || outcome->wrong[0])
            tell(several, i);
    }
    printf("%-10s %" PRIu64 " runs, %" PRIu64 " fail-overs, %" PRIu64 " lost, %" PRIu64
           " with a loser that halted, %" PRIu64 " with output repeated, %" PRIu64 " with harm\n",
           family->name, made, failovers, lost, halted, longer, harm);
    return harm;
}

static void measure(struct several *several)
{
    struct fault never = {.place = FAULT_STEP, .number = UINT64_MAX}; /* so that steps are counted */
    struct experiment undisturbed = several->usual;
    undisturbed.broken = 0;
    undisturbed.faults = &never;
    undisturbed.fault_count = 1;
    experiment_run(&undisturbed, &several->undisturbed);
    several->extent.timeout_us = several->undisturbed.timeout_us;
    several->extent.insns = several->undisturbed.result.instructions;
    several->extent.time_ps = several->undisturbed.time_ps;
    memcpy(several->extent.steps, several->undisturbed.steps, sizeof several->extent.steps);
}

static bool parse(struct several *several, int count, char **words)
{
    for (int i = 1; i < count; i++) {
        const char *value = i + 1 < count ? words[i + 1] : "";
        if (words[i][0] != '-') {
            several->usual.image = words[i];
            continue;
        }
        i++;
        if (!strcmp(words[i - 1], "--runs"))
            several->runs = strtoull(value, NULL, 0);
        else if (!strcmp(words[i - 1], "--seed"))
            several->seed = several->usual.seed = strtoull(value, NULL, 0);
        else if (!strcmp(words[i - 1], "-j"))
            several->workers = (unsigned)strtoul(value, NULL, 0);
        else if (!strcmp(words[i - 1], "--family"))
            several->only = value;
        else if (!strcmp(words[i - 1], "--console"))
            several->usual.plain = !strcmp(value, "plain");
        else if (!strcmp(words[i - 1], "--arbiter"))
            several->arbiter_off = !strcmp(value, "off");
        else
            return false;
    }
    several->usual.hurry = !several->arbiter_off; /* with a slow fault monitor there is more time for harm */
    if (several->arbiter_off)
        several->usual.broken = 1u << ASSUMPTION_ARBITER;
    return several->usual.image != NULL && several->runs > 0;
}

int main(int count, char **words)
{
    struct several several = {.runs = 200, .seed = 1, .workers = 1};
    uint64_t harm = 0, runs = 0;
    experiment_defaults(&several.usual);
    if (!parse(&several, count, words)) {
        fprintf(stderr, "usage: campaign_several [--runs N] [--seed S] [-j N] [--family NAME] [--arbiter off] "
                        "[--console plain] IMAGE\n");
        return 2;
    }
    several.outcomes = farm_memory(several.runs * sizeof *several.outcomes);
    measure(&several);
    for (unsigned i = 0; i < FAMILIES; i++)
        if (!farm_interrupted() && (!several.only || !strcmp(several.only, families[i].name))) {
            harm += run_family(&several, &families[i]);
            runs += several.runs;
        }
    printf("seed %" PRIu64 ": %" PRIu64 " runs, %u wrong%s\n", several.seed, runs, several.wrong,
           farm_interrupted() ? "; interrupted, not all of them were made" : "");
    shown_free(&several.undisturbed);
    if (several.arbiter_off && !harm)
        printf("not ok: without the arbiter nothing was harmed\n");
    if (farm_interrupted())
        return 130;
    return several.wrong || !runs || (several.arbiter_off && !harm);
}

/* atlas.c - see atlas.h: each class is run, on several host threads, and judged. */
#include "ft/atlas.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "ft/compare.h"
#include "ft/config/config.h"
#include "ft/protocols.h"
#include "ft/search/crash_classes.h"
#include "ft/search/endings.h"
#include "ft/search/fork.h"
#include "ft/search/runs.h"
#include "mmu/base/memory.h"
#include "mmu/base/rng.h"
#include "mmu/base/vtime.h"

/* What of a run must be the same for two crashes of one class. */
struct outcome_of_run {
    uint64_t digest, disk, terminal, instructions;
    enum system_end end;
    int status;
    bool explainable, digests_differ, struck; /* the first fault of its class */
    /* And what a row of the atlas says beside. */
    const char *end_name;
    uint64_t repeated, lost, downtime_ps, joins;
    unsigned rule;
    bool last_epoch; /* the rule was broken by what a primary did in the epoch in which it died */
    char sentence[ATLAS_SENTENCE_BYTES];
};

/* ---- what came of a run ---- */

/* Was EPOCH the last one of a computer that has failed, or was declared failed? */
static bool failed_in(const struct system *system, uint64_t epoch, uint64_t failovers)
{
    for (unsigned i = 0; i < system_computers(system); i++)
        if (computer_epoch(system, i) == epoch &&
            (!computer_alive(system, i) || (failovers && i != system_acting(system))))
            return true;
    return false;
}

static void take_outcome(struct system *system, struct outcome_of_run *outcome)
{
    struct system_result result;
    uint64_t bytes = 0;
    system_result(system, &result);
    const uint8_t *shown = system_terminal_output(system, &bytes);
    *outcome =
        (struct outcome_of_run){.digest = result.digest,
                                .disk = system_disk_digest(system),
                                .terminal = XXH3_64bits(shown, bytes),
                                .instructions = result.instructions,
                                .end = result.end,
                                .status = result.status,
                                .explainable = result.explainable,
                                .digests_differ = result.digests_differ,
                                .end_name = result.end_name,
                                .repeated = result.operations.repeated,
                                .lost = result.operations.lost,
                                .downtime_ps = result.downtime_ps,
                                .joins = result.joins,
                                .rule = result.rule,
                                .last_epoch = result.rule && failed_in(system, result.rule_epoch, result.failovers)};
    if (!result.explainable)
        snprintf(outcome->sentence, sizeof outcome->sentence, "%s", result.violation);
    else if (result.digests_differ)
        snprintf(outcome->sentence, sizeof outcome->sentence, "the replicas differ: %s", result.why ? result.why : "");
    else if (result.end != END_EXIT)
        snprintf(outcome->sentence, sizeof outcome->sentence, "the run ends as %s%s%s", result.end_name,
                 result.why ? ": " : "", result.why ? result.why : "");
}

/* ---- all of them ---- */

struct sweep {
    const struct atlas_config *config; /* of the runs with a crash: `bounded`, when it is known how long a run is */
    struct atlas_config bounded;
    struct system_config bounded_system;
    const struct protocol *protocol;
    crash_classes list;
    struct outcome_of_run undisturbed;
    uint64_t undisturbed_ps;
    atomic_bool *happened;          /* which of the system's own faults and repairs did, in any run */
    uint64_t all, wanted;           /* classes that are to be run, of all shards and of this one */
    atomic_size_t next, done, last; /* nothing behind `last` is wanted any more */
    struct runs runs;
    struct endings *endings; /* of runs in which nothing was wrong; NULL: each run is run to its end */
    atomic_bool failing;
    bool failed; /* the host did; whoever set the flag says how */
    struct error error;
};

static unsigned planned(const struct sweep *sweep)
{
    return sweep->config->system->fault_count + sweep->config->system->repair_count;
}

/* A run, to be looked at on its way and when it is over. */
struct look {
    struct sweep *sweep;
    struct outcome_of_run *outcome;
    struct path path;
};

/* What of the plan has happened. */
static void look_at_plan(struct system *system, const struct look *look)
{
    struct system_plan plan;
    for (unsigned i = 0; i < planned(look->sweep) && system_plan(system, i + 1, &plan); i++)
        if (plan.happened)
            atomic_store(&look->sweep->happened[i], true);
    look->outcome->struck = system_plan(system, planned(look->sweep) + 1, &plan) && plan.happened;
}

static void look_at(struct system *system, void *arg)
{
    const struct look *look = arg;
    take_outcome(system, look->outcome);
    look_at_plan(system, look);
}

/* Was another run here? */
static bool is_known(struct system *system, const struct future *future, void *arg)
{
    struct look *look = arg;
    if (!endings_find(look->sweep->endings, future, look->outcome)) {
        look->path.at[look->path.count++] = *future;
        return false;
    }
    look_at_plan(system, look);
    return true;
}

/* Nothing is wrong with OUTCOME: then what is said of it depends on nothing that a future leaves out. */
static bool is_clean(const struct outcome_of_run *outcome)
{
    return outcome->end == END_EXIT && outcome->explainable && !outcome->digests_differ && !outcome->rule &&
           !outcome->sentence[0];
}

/* Run without a fault more; the trails are kept. */
static bool run_undisturbed(struct sweep *sweep, struct trail *trails, struct error *error)
{
    struct system *system = fork_system(sweep->config, trails, error);
    bool good = system && runs_run(&sweep->runs, system, error);
    if (good && !runs_stopped(&sweep->runs)) {
        system_locate(system);
        look_at(system, &(struct look){.sweep = sweep, .outcome = &sweep->undisturbed});
        sweep->undisturbed_ps = computer_time_ps(system, system_acting(system));
    }
    system_free(system);
    return good;
}

/* A guest may run, or wait, for ever when one of its bits has flipped: no run is much longer than the one without a
 * crash, unless it is said how many instructions one may have. */
static void bound(struct sweep *sweep)
{
    enum { TIMES = 16, MORE_INSNS = 20000000, MORE_S = 60 };
    struct system_config *system = &sweep->bounded_system;
    sweep->bounded = *sweep->config;
    *system = *sweep->config->system;
    if (!system->timeout_insns)
        system->timeout_insns = sweep->undisturbed.instructions * TIMES + MORE_INSNS;
    system->timeout_ps =
        (sweep->undisturbed_ps + system->settings.timeout_us * PS_PER_US) * TIMES + MORE_S * (uint64_t)PS_PER_S;
    sweep->bounded.system = system;
    sweep->config = &sweep->bounded;
}

/* One of LEFT, of which NEEDED are still to be taken (selection sampling): each subset alike. */
static bool draw(struct rng *rng, uint64_t left, uint64_t *needed)
{
    bool taken = rng_upto(rng, left - 1) < *needed;
    *needed -= taken;
    return taken;
}

/* Choose what is run, and of which classes a second point: of all shards alike, whichever this one is. */
static void choose(struct sweep *sweep)
{
    const struct atlas_config *config = sweep->config;
    crash_classes *list = &sweep->list;
    struct rng rng = rng_new(config->system->seed, 97);
    uint64_t needed = config->sample && config->sample < list->count ? config->sample : list->count;
    uint64_t eligible = 0, probes = config->probes, points = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct crash_class *at = &list->at[i];
        at->run = draw(&rng, list->count - i, &needed) && (!config->points_max || points < config->points_max);
        points += at->run ? at->about.members : 0;
        eligible += at->run && at->has_second;
    }
    for (size_t i = 0; i < list->count; i++) {
        struct crash_class *at = &list->at[i];
        if (at->run && at->has_second) {
            at->about.probed = draw(&rng, eligible--, &probes);
            at->second += rng_upto(&rng, at->about.members - 2);
        }
        sweep->all += at->run;
        at->run &= config->shards < 2 || at->about.number % config->shards == config->shard;
        sweep->wanted += at->run;
    }
}

/* Do the points of CLASS leave equal states behind? Where nobody is left, the state is that of who died last. A virtual
 * processor that is lost with its processor in one of two computers is missed by what its computer says of it, which
 * leaves when it happens; so the successor's clock goes on from another value at each point. */
static bool states_equal(const struct sweep *sweep, const struct atlas_class *class, const struct outcome_of_run *a)
{
    bool told = sweep->config->system->mode == MODE_PAIR && a->downtime_ps &&
                (class->kind == ATLAS_HARD || class->kind == ATLAS_DAMAGE);
    return a->end != END_LOST && !told;
}

static bool same_outcome(const struct sweep *sweep, const struct atlas_class *class, const struct outcome_of_run *a,
                         const struct outcome_of_run *b)
{
    bool same_state = a->digest == b->digest && a->instructions == b->instructions;
    return a->disk == b->disk && a->terminal == b->terminal && a->end == b->end && a->status == b->status &&
           (same_state || !states_equal(sweep, class, a)) && a->explainable == b->explainable &&
           a->digests_differ == b->digests_differ;
}

/* May what was sent never be received? A channel that is cut, or slower than the time-out, loses as well as one that
 * loses in a crash. */
static bool loses(const struct fault *faults, unsigned count, const struct settings *settings)
{
    bool loses = settings->channel_crash != 0;
    for (unsigned i = 0; i < count; i++)
        loses |= faults[i].kind == FAULT_CUT ||
                 (faults[i].kind == FAULT_DELAY && faults[i].argument >= settings->timeout_us);
    return loses;
}

/* How many computers FAULTS may take away: who is not heard may be declared failed, and then it halts. */
static unsigned failures_in(const struct fault *faults, unsigned count, const struct settings *settings)
{
    unsigned failures = 0;
    for (unsigned i = 0; i < count; i++)
        failures += faults[i].kind == FAULT_CRASH || faults[i].kind == FAULT_CUT ||
                    (faults[i].kind == FAULT_DELAY && faults[i].argument >= settings->timeout_us);
    return failures;
}

/* One computer, whose processor fails: may the virtual machine end with it? It may if nothing of it is to be recovered,
 * or its state is lost and it is not to begin again. */
static bool may_end(const struct system_config *system, enum atlas_fault kind)
{
    const struct vm_config *first = vm_first(system);
    struct vm_attributes attributes;
    vm_attributes_defaults(&attributes);
    if (first)
        attributes = first->attributes;
    return system->mode == MODE_SOLO && (ATLAS_OF_PROCESSORS >> kind & 1) &&
           (attributes.recovery == VM_RECOVERY_NONE || (kind == ATLAS_DAMAGE && attributes.unsaved == VM_UNSAVED_END));
}

/* Is OUTCOME the end that a run with the faults of CLASS may have? Nobody is left where two computers crash, or one
 * more for each that has joined, and where a processor does of which nothing is recovered; what a guest does about a
 * bad block, or that begins again on the disk as it is, is its own business; and a bit that flips in one computer is to
 * be noticed. */
static bool right_end(const struct sweep *sweep, const struct atlas_class *class, struct outcome_of_run *outcome)
{
    const struct system_config *system = sweep->config->system;
    bool begins_again = class->kind == ATLAS_DAMAGE && system->mode == MODE_SOLO;
    unsigned failures = failures_in(class->faults, class->fault_count, &system->settings) +
                        failures_in(system->faults, system->fault_count, &system->settings);
    if (outcome->end == END_LOST && outcome->explainable &&
        (failures > 1 + outcome->joins || may_end(system, class->kind)))
        return true;
    if (class->kind == ATLAS_FLIP && outcome->digests_differ)
        return true; /* noticed, and both computers stand */
    if (outcome->sentence[0])
        return false;
    int wanted = sweep->config->must_succeed ? 0 : sweep->undisturbed.status;
    if (outcome->status == wanted || class->kind == ATLAS_MEDIUM || begins_again)
        return true;
    snprintf(outcome->sentence, sizeof outcome->sentence, "the guest ends with status %d; %s with %d", outcome->status,
             sweep->config->must_succeed ? "if all is well" : "undisturbed", wanted);
    return false;
}

static void note(const struct sweep *sweep, struct atlas_class *class, struct outcome_of_run *outcome)
{
    const struct system_config *system = sweep->config->system;
    bool losing = loses(class->faults, class->fault_count, &system->settings) ||
                  loses(system->faults, system->fault_count, &system->settings);
    /* In which epoch a computer died that was made new nobody knows any more. */
    bool last_epoch = outcome->last_epoch || class->repaired || system->repair_count;
    class->held = right_end(sweep, class, outcome);
    if (class->fault_count && !outcome->struck) { /* then the run says nothing of it */
        class->held = false;
        snprintf(outcome->sentence, sizeof outcome->sentence, "what was planned did not happen");
    }
    class->end = outcome->end_name;
    class->repeated = outcome->repeated;
    class->lost = outcome->lost;
    class->downtime_ps = outcome->downtime_ps;
    class->rule = outcome->rule;
    class->expected = !class->held && class->rule && protocol_expects(sweep->protocol, class->rule, losing, last_epoch);
    if (!class->held)
        memcpy(class->sentence, outcome->sentence, sizeof class->sentence);
}

/* Run a class, and if it is to be probed a second point of it, from the start to the end: that the first was forked
 * off, and perhaps not run to its end, must not show either. */
static bool judge(struct sweep *sweep, struct fork *fork, struct crash_class *at, struct error *error)
{
    struct outcome_of_run outcome, second;
    struct atlas_class *class = &at->about;
    struct look look = {.sweep = sweep, .outcome = &outcome}, look_second = {.sweep = sweep, .outcome = &second};
    struct fork_looks looks = {sweep->endings ? is_known : NULL, look_at, &look};
    if (!fork_run(fork, sweep->config, &sweep->runs, class->faults, class->fault_count, class->repaired, at->from_ps,
                  &looks, error))
        return false;
    if (runs_stopped(&sweep->runs))
        return true;
    if (look.path.count && is_clean(&outcome))
        endings_add(sweep->endings, &look.path, &outcome);
    note(sweep, class, &outcome);
    if (!class->probed)
        return true;
    struct fault faults[ATLAS_CLASS_FAULTS];
    struct fork whole = {0};
    memcpy(faults, class->faults, sizeof faults);
    faults[0].number = at->second;
    bool good = fork_run(&whole, sweep->config, &sweep->runs, faults, class->fault_count, class->repaired, 0,
                         &(struct fork_looks){NULL, look_at, &look_second}, error);
    fork_free(&whole);
    if (!good)
        return false;
    if (!runs_stopped(&sweep->runs) && !same_outcome(sweep, class, &outcome, &second)) {
        class->held = class->expected = false;
        snprintf(class->sentence, sizeof class->sentence,
                 "%s before instruction %" PRIu64 " should leave the same behind, and does not",
                 atlas_fault_text(class->kind), at->second);
    }
    return true;
}

static void fail(struct sweep *sweep, const struct error *error)
{
    if (!atomic_exchange(&sweep->failing, true)) {
        sweep->error = *error;
        sweep->failed = true;
    }
    atomic_store(&sweep->next, sweep->list.count);
}

/* Class INDEX does not hold: nothing behind it is wanted. */
static void end_at(struct sweep *sweep, size_t index)
{
    size_t last = atomic_load(&sweep->last);
    while (index < last && !atomic_compare_exchange_weak(&sweep->last, &last, index))
        ;
}

static void work(void *arg)
{
    struct sweep *sweep = arg;
    const struct atlas_config *config = sweep->config;
    struct error error;
    struct fork fork = {0};
    for (size_t i; (i = atomic_fetch_add(&sweep->next, 1)) < sweep->list.count;) {
        struct crash_class *at = &sweep->list.at[i];
        if (!at->run || i > atomic_load(&sweep->last))
            continue;
        if (!judge(sweep, &fork, at, &error)) {
            fail(sweep, &error);
            break;
        }
        if (runs_stopped(&sweep->runs))
            break;
        at->judged = true;
        if (config->to_first && !at->about.held && !at->about.expected)
            end_at(sweep, i);
        uint64_t done = atomic_fetch_add(&sweep->done, 1) + 1;
        if (config->progress)
            config->progress(config->arg, done, sweep->wanted);
    }
    fork_free(&fork);
}

/* The run without a crash does not hold. That is the first class that does not, if that is asked for, unless its faults
 * make that expected; else nothing can be judged. */
static bool note_undisturbed(struct sweep *sweep, bool *goes_on, struct error *error)
{
    struct crash_class class = {.run = true, .judged = true, .about = {.members = 1}};
    note(sweep, &class.about, &sweep->undisturbed);
    *goes_on = class.about.held || class.about.expected;
    if (*goes_on)
        return true;
    if (!sweep->config->to_first)
        return error_set(error, "nothing can be judged: without a crash, %s", sweep->undisturbed.sentence);
    *VEC_PUSH(&sweep->list) = class;
    return true;
}

/* The run without a crash, for runs_work. */
struct first_run {
    struct sweep *sweep;
    struct trail trails[2];
    bool good;
    struct error error;
};

static void run_first(void *arg)
{
    struct first_run *first = arg;
    struct sweep *sweep = first->sweep;
    first->good = run_undisturbed(sweep, first->trails, &first->error);
}

/* The run without a crash: it must hold, and its trails give the classes. */
static bool find_classes(struct sweep *sweep, struct error *error)
{
    const struct atlas_config *config = sweep->config;
    struct first_run first = {.sweep = sweep};
    runs_work(&sweep->runs, 1, run_first, &first, config->asked, config->arg);
    bool good = first.good, goes_on = good;
    if (!good)
        *error = first.error;
    else if (runs_stopped(&sweep->runs))
        good = error_set(error, "interrupted in the run without a crash: nothing can be judged yet");
    else if (sweep->undisturbed.sentence[0] || (config->must_succeed && sweep->undisturbed.status))
        good = note_undisturbed(sweep, &goes_on, error);
    if (good && goes_on)
        crash_classes_find(first.trails, config->faults ? config->faults : ATLAS_CRASHES, config->system, &sweep->list);
    for (unsigned i = 0; i < 2; i++)
        trail_free(&first.trails[i]);
    return good;
}

void atlas_sum_up(struct atlas *atlas)
{
    atlas->crash_points = atlas->explained = atlas->violations = atlas->expected = 0;
    for (size_t i = 0; i < atlas->classes.count; i++) {
        const struct atlas_class *class = &atlas->classes.at[i];
        atlas->crash_points += class->members;
        atlas->explained += class->held ? class->members : 0;
        atlas->violations += !class->held;
        atlas->expected += class->expected;
    }
}

/* The plan is numbered as the system's configuration has it: faults, then repairs. */
static void take_missed(const struct sweep *sweep, struct atlas *atlas)
{
    const struct system_config *system = sweep->config->system;
    for (unsigned i = 0; i < planned(sweep); i++) {
        bool repair = i >= system->fault_count;
        if (!atomic_load(&sweep->happened[i]))
            *VEC_PUSH(&atlas->missed) = (struct system_plan){
                .fault = repair ? system->repairs[i - system->fault_count] : system->faults[i], .repair = repair};
    }
}

bool atlas_sweep(const struct atlas_config *config, struct atlas *atlas, struct error *error)
{
    struct sweep *sweep = calloc(1, sizeof *sweep);
    memory_need(sweep);
    sweep->config = config;
    sweep->happened = calloc(planned(sweep) + 1, sizeof *sweep->happened);
    memory_need(sweep->happened);
    runs_begin(&sweep->runs);
    sweep->endings = config->to_the_end ? NULL : endings_new(sizeof(struct outcome_of_run));
    atomic_store(&sweep->failing, false);
    memset(atlas, 0, sizeof *atlas);
    sweep->protocol =
        config->system->written ? config->system->written : protocol_find(config->system->protocol, error);
    bool good = sweep->protocol && find_classes(sweep, error);
    if (good) {
        bound(sweep);
        choose(sweep);
        atomic_store(&sweep->last, SIZE_MAX);
        runs_work(&sweep->runs, config->jobs, work, sweep, config->asked, config->arg);
        good = !sweep->failed;
        for (size_t i = 0; good && i < sweep->list.count && i <= sweep->last; i++)
            if (sweep->list.at[i].judged)
                *VEC_PUSH(&atlas->classes) = sweep->list.at[i].about;
        take_missed(sweep, atlas);
        atlas->wanted = sweep->all;
        atlas_sum_up(atlas);
        if (!good)
            *error = sweep->error;
    }
    atlas->stopped = runs_stopped(&sweep->runs);
    runs_end(&sweep->runs);
    if (sweep->endings)
        endings_free(sweep->endings);
    VEC_FREE(&sweep->list);
    free(sweep->happened);
    free(sweep);
    return good;
}

void atlas_free(struct atlas *atlas)
{
    VEC_FREE(&atlas->classes);
    VEC_FREE(&atlas->missed);
}

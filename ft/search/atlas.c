/* atlas.c - see atlas.h. */
#include "ft/atlas.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "mmu/base/memory.h"
#include "mmu/base/rng.h"
#include "ft/compare.h"
#include "ft/computer/crash_trail.h"

enum { MASKS_MAX = 6 }; /* partial performances of one write that are tried */

/* Crash points that leave the same behind. */
struct crash_class {
    struct fault fault; /* the one that is run */
    struct trail_key key;
    uint64_t points;
    uint64_t second; /* another instruction of the class, if it has two */
    bool has_second, probed;
    /* What came of it. */
    bool run, held;
    char sentence[sizeof(((struct atlas_violation *)0)->sentence)];
};

typedef VEC(struct crash_class) classes;

/* What of a run must be the same for two crashes of one class. */
struct outcome_of_run {
    uint64_t digest, disk, terminal, instructions;
    enum system_end end;
    int status;
    bool explainable, digests_differ;
    char sentence[sizeof(((struct atlas_violation *)0)->sentence)];
};

/* ---- one run ---- */

static void take_outcome(struct system *system, struct outcome_of_run *outcome)
{
    struct system_result result;
    uint64_t bytes = 0;
    system_result(system, &result);
    const uint8_t *shown = system_terminal_output(system, &bytes);
    *outcome = (struct outcome_of_run){.digest = result.digest,
                                       .disk = system_disk_digest(system),
                                       .terminal = XXH3_64bits(shown, bytes),
                                       .instructions = result.instructions,
                                       .end = result.end,
                                       .status = result.status,
                                       .explainable = result.explainable,
                                       .digests_differ = result.digests_differ};
    if (!result.explainable)
        snprintf(outcome->sentence, sizeof outcome->sentence, "%s", result.violation);
    else if (result.digests_differ)
        snprintf(outcome->sentence, sizeof outcome->sentence, "the replicas differ: %s", result.why ? result.why : "");
    else if (result.end != END_EXIT)
        snprintf(outcome->sentence, sizeof outcome->sentence, "the run ends as %s%s%s", result.end_name,
                 result.why ? ": " : "", result.why ? result.why : "");
}

/* Run with FAULT (NULL: undisturbed) on this thread; the trails are kept if TRAILS is not NULL. */
static bool run_once(const struct atlas_config *config, const struct fault *fault, struct trail *trails,
                     struct outcome_of_run *outcome, struct error *error)
{
    struct system_config one = *config->system;
    unsigned count = one.fault_count + (fault ? 1 : 0);
    struct fault *faults = calloc(count ? count : 1, sizeof *faults);
    memory_need(faults);
    if (one.fault_count)
        memcpy(faults, one.faults, one.fault_count * sizeof *faults);
    if (fault)
        faults[one.fault_count] = *fault;
    one.faults = faults;
    one.fault_count = count;
    one.threads = 1;
    system_config_snapshot(&one);
    one.input_fd = one.output_fd = one.operator_fd = -1;
    one.trails = trails;
    struct system *system = system_new(&one, error);
    bool good = system && system_load_files(system, config->files, error) && system_run(system, error);
    if (good) {
        system_locate(system);
        take_outcome(system, outcome);
    }
    system_free(system);
    free(faults);
    return good;
}

/* ---- the classes ---- */

static bool same_key(const struct trail_key *a, const struct trail_key *b)
{
    return a->effects == b->effects && a->due == b->due;
}

/* Steps and operations at KEY are one more point of the last class if nothing happened since. */
static void add_point(classes *list, const struct fault *fault, const struct trail_key *key)
{
    struct crash_class *last = list->count ? &list->at[list->count - 1] : NULL;
    if (last && same_key(&last->key, key) && last->fault.role == fault->role &&
        !(last->fault.place == FAULT_OPERATION && last->fault.phase == OPERATION_PARTIAL))
        last->points++;
    else
        *VEC_PUSH(list) = (struct crash_class){.fault = *fault, .key = *key, .points = 1};
}

/* Instructions FROM to TO, exclusive. */
static void add_instructions(classes *list, enum role role, const struct trail_key *key, uint64_t from, uint64_t to)
{
    struct fault fault = {.role = role, .place = FAULT_INSTRUCTION, .number = to - 1};
    *VEC_PUSH(list) = (struct crash_class){
        .fault = fault, .key = *key, .points = to - from, .second = from, .has_second = to - from > 1};
}

/* Subsets of the blocks of a write: none but the first or the last, the halves, every other one. */
static void add_partial(classes *list, const struct trail_point *point)
{
    uint64_t all = point->blocks >= 64 ? UINT64_MAX : (UINT64_C(1) << point->blocks) - 1;
    uint64_t half = (UINT64_C(1) << (point->blocks >= 64 ? 32 : point->blocks / 2)) - 1;
    const uint64_t masks[MASKS_MAX] = {1,
                                       all & ~(all >> 1),
                                       half,
                                       all & ~half,
                                       all & UINT64_C(0x5555555555555555),
                                       all & UINT64_C(0xaaaaaaaaaaaaaaaa)};
    for (unsigned i = 0; i < MASKS_MAX; i++) {
        bool seen = masks[i] == 0 || masks[i] == all;
        for (unsigned j = 0; j < i; j++)
            seen |= masks[j] == masks[i];
        if (seen)
            continue;
        struct fault fault = point->fault;
        fault.mask = masks[i];
        *VEC_PUSH(list) = (struct crash_class){.fault = fault, .key = point->key, .points = 1};
    }
}

static void classes_of(const struct trail *trail, enum role role, classes *list)
{
    uint64_t *changes, count = trail_changes(trail, &changes), from = 0;
    for (uint64_t i = 0; i < count; i++) {
        struct trail_key key = trail_key_at(trail, changes[i]);
        uint64_t to = i + 1 < count ? changes[i + 1] : trail->insns;
        struct trail_key next = trail_key_at(trail, to);
        if (i + 1 < count && same_key(&key, &next))
            continue;
        add_instructions(list, role, &key, from, to);
        from = to;
    }
    free(changes);
    for (size_t i = 0; i < trail->points.count; i++) {
        const struct trail_point *point = &trail->points.at[i];
        if (point->blocks)
            add_partial(list, point);
        else
            add_point(list, &point->fault, &point->key);
    }
}

/* One of LEFT, of which NEEDED are still to be taken (selection sampling): each subset alike. */
static bool draw(struct rng *rng, uint64_t left, uint64_t *needed)
{
    bool taken = rng_upto(rng, left - 1) < *needed;
    *needed -= taken;
    return taken;
}

/* Choose what is run, and of which classes a second point. */
static void choose(const struct atlas_config *config, classes *list)
{
    struct rng rng = rng_new(config->system->seed, 97);
    uint64_t needed = config->sample && config->sample < list->count ? config->sample : list->count;
    uint64_t eligible = 0, probes = config->probes;
    for (size_t i = 0; i < list->count; i++) {
        list->at[i].run = draw(&rng, list->count - i, &needed);
        eligible += list->at[i].run && list->at[i].has_second;
    }
    for (size_t i = 0; i < list->count; i++) {
        struct crash_class *at = &list->at[i];
        if (!at->run || !at->has_second)
            continue;
        at->probed = draw(&rng, eligible--, &probes);
        at->second += rng_upto(&rng, at->points - 2);
    }
}

/* ---- all of them ---- */

struct sweep {
    const struct atlas_config *config;
    classes list;
    struct outcome_of_run undisturbed;
    atomic_size_t next;
    pthread_mutex_t lock;
    bool failed; /* the host did; under the lock */
    struct error error;
};

static bool same_outcome(const struct outcome_of_run *a, const struct outcome_of_run *b)
{
    return a->digest == b->digest && a->disk == b->disk && a->terminal == b->terminal &&
           a->instructions == b->instructions && a->end == b->end && a->status == b->status &&
           a->explainable == b->explainable && a->digests_differ == b->digests_differ;
}

static bool judge(struct sweep *sweep, struct crash_class *at, struct error *error)
{
    struct outcome_of_run outcome, second;
    if (!run_once(sweep->config, &at->fault, NULL, &outcome, error))
        return false;
    memcpy(at->sentence, outcome.sentence, sizeof at->sentence);
    if (!at->sentence[0] && outcome.status != sweep->undisturbed.status)
        snprintf(at->sentence, sizeof at->sentence, "the guest ends with status %d; undisturbed with %d",
                 outcome.status, sweep->undisturbed.status);
    at->held = !at->sentence[0];
    if (!at->probed)
        return true;
    struct fault fault = at->fault;
    fault.number = at->second;
    if (!run_once(sweep->config, &fault, NULL, &second, error))
        return false;
    if (!same_outcome(&outcome, &second)) {
        at->held = false;
        snprintf(at->sentence, sizeof at->sentence,
                 "a crash before instruction %" PRIu64 " should leave the same behind, and does not", at->second);
    }
    return true;
}

static void *work(void *arg)
{
    struct sweep *sweep = arg;
    struct error error;
    for (size_t i; (i = atomic_fetch_add(&sweep->next, 1)) < sweep->list.count;) {
        if (!sweep->list.at[i].run || judge(sweep, &sweep->list.at[i], &error))
            continue;
        pthread_mutex_lock(&sweep->lock);
        sweep->failed = true;
        sweep->error = error;
        pthread_mutex_unlock(&sweep->lock);
        atomic_store(&sweep->next, sweep->list.count);
    }
    return NULL;
}

static void work_together(struct sweep *sweep)
{
    enum { JOBS_MAX = 64 };
    pthread_t threads[JOBS_MAX];
    unsigned started = 0;
    while (started + 1 < sweep->config->jobs && started < JOBS_MAX &&
           !pthread_create(&threads[started], NULL, work, sweep))
        started++;
    work(sweep);
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}

/* The run without a crash: it must hold, and its trails give the classes. */
static bool find_classes(struct sweep *sweep, struct error *error)
{
    struct trail trails[2];
    memset(trails, 0, sizeof trails);
    bool good = run_once(sweep->config, NULL, trails, &sweep->undisturbed, error);
    if (good && sweep->undisturbed.sentence[0])
        good = error_set(error, "nothing can be judged: without a crash, %s", sweep->undisturbed.sentence);
    for (unsigned i = 0; i < 2; i++) {
        trail_settle(&trails[i]);
        if (good)
            classes_of(&trails[i], i ? ROLE_BACKUP : ROLE_PRIMARY, &sweep->list);
        trail_free(&trails[i]);
    }
    return good;
}

static void sum_up(const struct sweep *sweep, struct atlas *atlas)
{
    for (size_t i = 0; i < sweep->list.count; i++) {
        const struct crash_class *at = &sweep->list.at[i];
        if (!at->run)
            continue;
        atlas->classes++;
        atlas->crash_points += at->points;
        *VEC_PUSH(&atlas->rows) =
            (struct atlas_class){at->fault, at->points, at->probed, at->held ? SIZE_MAX : atlas->violations.count};
        if (at->held) {
            atlas->explained += at->points;
            continue;
        }
        struct atlas_violation *violation = VEC_PUSH(&atlas->violations);
        violation->fault = at->fault;
        memcpy(violation->sentence, at->sentence, sizeof violation->sentence);
    }
}

bool atlas_sweep(const struct atlas_config *config, struct atlas *atlas, struct error *error)
{
    struct sweep *sweep = calloc(1, sizeof *sweep);
    memory_need(sweep);
    sweep->config = config;
    pthread_mutex_init(&sweep->lock, NULL);
    memset(atlas, 0, sizeof *atlas);
    bool good = find_classes(sweep, error);
    if (good) {
        choose(config, &sweep->list);
        work_together(sweep);
        good = !sweep->failed;
        if (good)
            sum_up(sweep, atlas);
        else
            *error = sweep->error;
    }
    pthread_mutex_destroy(&sweep->lock);
    VEC_FREE(&sweep->list);
    free(sweep);
    return good;
}

void atlas_free(struct atlas *atlas)
{
    VEC_FREE(&atlas->violations);
    VEC_FREE(&atlas->rows);
}

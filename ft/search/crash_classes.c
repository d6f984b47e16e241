/* crash_classes.c - see crash_classes.h. */
#include "ft/search/crash_classes.h"

#include <stdlib.h>
#include <string.h>

enum {
    MASKS_MAX = 6, /* partial performances of one write that are tried */
    REGISTERS = 32,
    BITS = 32,
};

static const struct {
    const char *name, *text;
} kinds[ATLAS_FAULT_COUNT] = {
#define KIND(id, name, text) {name, text},
    ATLAS_FAULTS(KIND)
#undef KIND
};

const char *atlas_fault_name(enum atlas_fault kind)
{
    return (unsigned)kind < ATLAS_FAULT_COUNT ? kinds[kind].name : NULL;
}

const char *atlas_fault_text(enum atlas_fault kind)
{
    return (unsigned)kind < ATLAS_FAULT_COUNT ? kinds[kind].text : NULL;
}

/* ---- the places of one trail ---- */

static bool same_key(const struct trail_key *a, const struct trail_key *b)
{
    return a->effects == b->effects && a->due == b->due;
}

static struct crash_class place(const struct fault *fault, const struct trail_key *key, uint64_t time_ps)
{
    return (struct crash_class){.about = {.faults = {*fault}, .fault_count = 1, .time_ps = time_ps, .members = 1},
                                .key = *key,
                                .from_ps = time_ps};
}

/* Steps and operations at KEY are one more point of the last class if nothing happened since. */
static void add_point(crash_classes *list, const struct trail_point *point)
{
    struct crash_class *last = list->count ? &list->at[list->count - 1] : NULL;
    if (last && same_key(&last->key, &point->key) && last->about.kind != ATLAS_PARTIAL)
        last->about.members++;
    else
        *VEC_PUSH(list) = place(&point->fault, &point->key, point->time_ps);
}

/* Instructions FROM to TO, exclusive. */
static void add_instructions(crash_classes *list, const struct trail *trail, const struct trail_key *key, uint64_t from,
                             uint64_t to)
{
    struct fault fault = {.role = trail_role_at(trail, to - 1), .place = FAULT_INSTRUCTION, .number = to - 1};
    struct crash_class added = place(&fault, key, trail_time_at(trail, to - 1));
    added.about.members = to - from;
    added.second = from;
    added.from_ps = trail_first_time_at(trail, from);
    added.has_second = to - from > 1;
    *VEC_PUSH(list) = added;
}

/* Subsets of the blocks of a write: none but the first or the last, the halves, every other one. */
static void add_partial(crash_classes *list, const struct trail_point *point)
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
        struct crash_class added = place(&point->fault, &point->key, point->time_ps);
        added.about.kind = ATLAS_PARTIAL;
        added.about.faults[0].mask = masks[i];
        *VEC_PUSH(list) = added;
    }
}

/* Were two computers in one role, or one in two? Then a fault may strike before the time of its place, at the other. */
static bool roles_change(const struct trail trails[2])
{
    for (unsigned t = 0; t < 2; t++)
        for (size_t i = 0; i < trails[t].marks.count; i++)
            if (trails[t].marks.at[i].role != (t ? ROLE_BACKUP : ROLE_PRIMARY))
                return true;
    return false;
}

static void places_of(const struct trail *trail, crash_classes *list)
{
    uint64_t *changes, count = trail_changes(trail, &changes), from = 0;
    for (uint64_t i = 0; i < count; i++) {
        struct trail_key key = trail_key_at(trail, changes[i]);
        uint64_t to = i + 1 < count ? changes[i + 1] : trail->insns;
        struct trail_key next = trail_key_at(trail, to);
        bool same_role = trail_role_at(trail, from) == trail_role_at(trail, to);
        if (i + 1 < count && same_key(&key, &next) && same_role)
            continue;
        add_instructions(list, trail, &key, from, to);
        from = to;
    }
    free(changes);
    size_t instructions = list->count;
    for (size_t i = 0; i < trail->points.count; i++) {
        const struct trail_point *point = &trail->points.at[i];
        if (point->blocks)
            add_partial(list, point);
        else if (list->count > instructions)
            add_point(list, point);
        else
            *VEC_PUSH(list) = place(&point->fault, &point->key, point->time_ps);
    }
}

/* ---- what is done there ---- */

/* After the crash of a primary: its successor's, at each step of its fail-over, or of a join to it. */
static const struct second_crash {
    enum atlas_fault kind;
    enum role role;
    enum protocol_step step;
} second_crashes[] = {
    {ATLAS_BOTH, ROLE_BACKUP, PROTOCOL_STEP_DETECTED},         {ATLAS_BOTH, ROLE_BACKUP, PROTOCOL_STEP_ARBITER_ASKED},
    {ATLAS_BOTH, ROLE_BACKUP, PROTOCOL_STEP_FENCED},           {ATLAS_BOTH, ROLE_BACKUP, PROTOCOL_STEP_CONNECTED},
    {ATLAS_BOTH, ROLE_BACKUP, PROTOCOL_STEP_OUTSTANDING_TOLD}, {ATLAS_BOTH, ROLE_BACKUP, PROTOCOL_STEP_PROMOTED},
    {ATLAS_JOIN, ROLE_PRIMARY, PROTOCOL_STEP_JOIN_STARTED},    {ATLAS_JOIN, ROLE_PRIMARY, PROTOCOL_STEP_JOIN_PAGE},
    {ATLAS_JOIN, ROLE_PRIMARY, PROTOCOL_STEP_JOIN_DONE},
};

/* The crash of a primary; its successor is joined, and nothing more happens. */
static void add_repair(crash_classes *list, const struct crash_class *at)
{
    struct crash_class added = *at;
    added.about.kind = ATLAS_REPAIR;
    added.about.repaired = true;
    *VEC_PUSH(list) = added;
}

static void add_second(crash_classes *list, const struct crash_class *at, unsigned faults)
{
    for (unsigned i = 0; i < sizeof second_crashes / sizeof second_crashes[0]; i++) {
        const struct second_crash *second = &second_crashes[i];
        if (!(faults >> second->kind & 1))
            continue;
        struct crash_class added = *at;
        added.about.kind = second->kind;
        added.about.repaired = second->kind == ATLAS_JOIN;
        added.about.faults[added.about.fault_count++] =
            (struct fault){.role = second->role, .place = FAULT_STEP, .number = 1, .step = second->step};
        *VEC_PUSH(list) = added;
    }
}

/* Registers hold something else at each instruction: one place stands for itself only. Which bit, its number says. */
static void add_flip(crash_classes *list, const struct crash_class *at)
{
    struct crash_class added = *at;
    uint64_t number = at->about.faults[0].number;
    added.about.kind = ATLAS_FLIP;
    added.about.members = 1;
    added.has_second = false;
    added.about.faults[0].kind = FAULT_FLIP;
    added.about.faults[0].argument = 1 + number % (REGISTERS - 1); /* gr0 is always 0 */
    ;
    added.about.faults[0].bit = (uint8_t)(number / (REGISTERS - 1) % BITS);
    *VEC_PUSH(list) = added;
}

/* The processor on which the first virtual machine is there. */
static void add_processor(crash_classes *list, const struct crash_class *at, enum atlas_fault kind,
                          const struct system_config *config)
{
    struct crash_class added = *at;
    struct fault *fault = &added.about.faults[0];
    added.about.kind = kind;
    if (kind == ATLAS_DAMAGE && config->mode == MODE_SOLO) { /* how far it came is what is left behind */
        added.about.members = 1;
        added.has_second = false;
    }
    fault->kind = kind == ATLAS_HARD ? FAULT_HARD : FAULT_DAMAGE;
    fault->who = FAULT_OF_VM;
    memcpy(fault->vm, VM_FIRST, sizeof VM_FIRST);
    *VEC_PUSH(list) = added;
}

/* What else can happen at a place of the primary, by kind. */
static struct fault other_fault(enum atlas_fault kind, const struct fault *where, const struct settings *settings)
{
    struct fault fault = *where;
    switch (kind) {
    case ATLAS_CUT:
        fault.kind = FAULT_CUT;
        break;
    case ATLAS_DELAY:
        fault.kind = FAULT_DELAY;
        fault.argument = settings->timeout_us / 2;
        break;
    case ATLAS_FALSE:
        fault.kind = FAULT_DELAY;
        fault.argument = settings->timeout_us * 2;
        break;
    case ATLAS_ACKS:
        fault.kind = FAULT_ACK_LOSS;
        break;
    default:
        fault.kind = FAULT_MEDIUM;
        break;
    }
    return fault;
}

static void add_kinds(crash_classes *list, const struct crash_class *at, unsigned faults,
                      const struct system_config *config)
{
    const struct fault *where = &at->about.faults[0];
    if (at->about.kind == ATLAS_PARTIAL) {
        if (faults >> ATLAS_PARTIAL & 1)
            *VEC_PUSH(list) = *at;
        return;
    }
    enum atlas_fault crash = where->role == ROLE_BACKUP ? ATLAS_BACKUP : ATLAS_PRIMARY;
    if (faults >> crash & 1) {
        *VEC_PUSH(list) = *at;
        list->at[list->count - 1].about.kind = crash;
    }
    if (where->role == ROLE_BACKUP)
        return;
    if (faults >> ATLAS_REPAIR & 1)
        add_repair(list, at);
    add_second(list, at, faults);
    if (faults >> ATLAS_FLIP & 1)
        add_flip(list, at);
    for (enum atlas_fault kind = ATLAS_HARD; kind <= ATLAS_DAMAGE; kind++)
        if (faults >> kind & 1)
            add_processor(list, at, kind, config);
    for (enum atlas_fault kind = ATLAS_CUT; kind <= ATLAS_MEDIUM; kind++) {
        if (!(faults >> kind & 1))
            continue;
        struct crash_class added = *at;
        added.about.kind = kind;
        added.about.faults[0] = other_fault(kind, where, &config->settings);
        *VEC_PUSH(list) = added;
    }
}

static int by_time(const void *a, const void *b)
{
    const struct crash_class *x = a, *y = b;
    if (x->about.time_ps != y->about.time_ps)
        return x->about.time_ps < y->about.time_ps ? -1 : 1;
    return x->about.number < y->about.number ? -1 : 1;
}

/* The classes of FAULTS as the trails are settled now. */
static void find(const struct trail trails[2], unsigned faults, const struct system_config *config, crash_classes *list)
{
    crash_classes places = {0};
    if (!faults)
        return;
    for (unsigned i = 0; i < 2; i++)
        if (trails[i].marks.count) /* else there is no such computer */
            places_of(&trails[i], &places);
    for (size_t i = 0; i < places.count && roles_change(trails); i++)
        places.at[i].from_ps = 0;
    for (size_t i = 0; i < places.count; i++)
        add_kinds(list, &places.at[i], faults, config);
    VEC_FREE(&places);
}

/* A class of the first part of a run shares little with the others, less than a snapshot there costs. LIST is in the
 * order of time. */
static void share_what_pays(crash_classes *list)
{
    enum { PARTS = 8 };
    uint64_t early_ps = list->count ? list->at[list->count - 1].from_ps / PARTS : 0;
    for (size_t i = 0; i < list->count && list->at[i].from_ps < early_ps; i++)
        list->at[i].from_ps = 0;
}

void crash_classes_find(struct trail trails[2], unsigned faults, const struct system_config *config,
                        crash_classes *list)
{
    const unsigned acks = 1 << ATLAS_CUT | 1 << ATLAS_ACKS; /* who live on have acknowledgements under way */
    for (unsigned i = 0; i < 2; i++)
        trail_settle(&trails[i]);
    find(trails, faults & ~acks & ~(unsigned)ATLAS_OF_PROCESSORS, config, list);
    for (unsigned i = 0; i < 2; i++)
        trail_mind_acks(&trails[i]);
    find(trails, faults & acks, config, list);
    for (unsigned i = 0; i < 2; i++)
        trail_mind_pace(&trails[i]);
    find(trails, faults & ATLAS_OF_PROCESSORS, config, list);
    for (size_t i = 0; i < list->count; i++)
        list->at[i].about.number = i;
    if (list->count)
        qsort(list->at, list->count, sizeof *list->at, by_time);
    share_what_pays(list);
    for (size_t i = 0; i < list->count; i++)
        list->at[i].about.number = i;
}

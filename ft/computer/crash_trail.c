/* crash_trail.c - see crash_trail.h. */
#include "ft/computer/crash_trail.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ft/computer/computer.h"
#include "ft/world/world.h"
#include "mmu/base/memory.h"

void trail_free(struct trail *trail)
{
    VEC_FREE(&trail->effects);
    VEC_FREE(&trail->due_ps);
    VEC_FREE(&trail->acks_ps);
    VEC_FREE(&trail->asked);
    VEC_FREE(&trail->paced);
    VEC_FREE(&trail->marks);
    VEC_FREE(&trail->points);
    memset(trail, 0, sizeof *trail);
}

static struct trail *trail_of(const struct computer *computer)
{
    struct trail *trails = computer->world->config.trails;
    return trails ? &trails[computer->index] : NULL;
}

void trail_effect(struct computer *computer)
{
    struct trail *trail = trail_of(computer);
    if (trail)
        *VEC_PUSH(&trail->effects) = computer_insns(computer);
}

void trail_due(struct computer *computer, uint64_t time_ps)
{
    struct trail *trail = trail_of(computer);
    if (trail)
        *VEC_PUSH(&trail->due_ps) = time_ps;
}

void trail_ack(struct computer *computer, uint64_t time_ps)
{
    struct trail *trail = trail_of(computer);
    if (trail)
        *VEC_PUSH(&trail->acks_ps) = time_ps;
}

void trail_asked(struct computer *computer)
{
    struct trail *trail = trail_of(computer);
    if (trail)
        *VEC_PUSH(&trail->asked) = computer_insns(computer);
}

void trail_paced(struct computer *computer)
{
    struct trail *trail = trail_of(computer);
    if (trail)
        *VEC_PUSH(&trail->paced) = computer_insns(computer);
}

void trail_came(struct computer *computer)
{
    struct trail *trail = trail_of(computer);
    if (trail)
        trail->comes = true;
}

void trail_mark(struct computer *computer)
{
    struct trail *trail = trail_of(computer);
    if (!trail)
        return;
    uint64_t insns = computer_insns(computer), now = computer_now(computer);
    struct trail_mark *last = trail->marks.count ? &trail->marks.at[trail->marks.count - 1] : NULL;
    if (last && last->insns > insns)
        return; /* it is being repaired, and has no virtual processor yet */
    trail->insns = insns;
    trail->insn_ps = computer->insn_ps;
    if (last && last->insns == insns && last->role == computer->role)
        last->last_ps = now;
    else
        *VEC_PUSH(&trail->marks) = (struct trail_mark){
            insns,          now,         now, trail->effects.count, trail->asked.count, trail->paced.count,
            computer->role, trail->comes};
    trail->comes = false;
}

void trail_end(struct computer *computer)
{
    struct trail *trail = trail_of(computer);
    if (trail && computer_insns(computer) > trail->insns)
        trail->insns = computer_insns(computer);
}

void trail_point(struct computer *computer, const struct fault *fault, uint32_t blocks)
{
    struct trail *trail = trail_of(computer);
    if (!trail)
        return;
    if (fault->place == FAULT_OPERATION && fault->phase == OPERATION_BEFORE) {
        if (fault->number <= trail->outputs_tried)
            return;
        trail->outputs_tried = fault->number;
    }
    *VEC_PUSH(&trail->points) = (struct trail_point){.fault = *fault,
                                                     .key = {.effects = trail->effects.count},
                                                     .time_ps = computer_now(computer),
                                                     .asked = trail->asked.count,
                                                     .paced = trail->paced.count,
                                                     .blocks = blocks};
}

static int compare_numbers(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* How many of LIST[0..COUNT), which is in order, are less than VALUE. */
static uint64_t count_less(const uint64_t *list, uint64_t count, uint64_t value)
{
    uint64_t low = 0;
    while (low < count) {
        uint64_t middle = low + (count - low) / 2;
        if (list[middle] < value)
            low = middle + 1;
        else
            count = middle;
    }
    return low;
}

static uint64_t due_before(const struct trail *trail, uint64_t time_ps)
{
    return count_less(trail->due_ps.at, trail->due_ps.count, time_ps + 1);
}

void trail_settle(struct trail *trail)
{
    if (trail->due_ps.count)
        qsort(trail->due_ps.at, trail->due_ps.count, sizeof *trail->due_ps.at, compare_numbers);
    for (size_t i = 0; i < trail->points.count; i++)
        trail->points.at[i].key.due = due_before(trail, trail->points.at[i].time_ps);
}

static void put_in_order(struct trail *trail)
{
    if (trail->effects.count)
        qsort(trail->effects.at, trail->effects.count, sizeof *trail->effects.at, compare_numbers);
    trail_settle(trail);
}

void trail_mind_acks(struct trail *trail)
{
    for (size_t i = 0; i < trail->acks_ps.count; i++)
        *VEC_PUSH(&trail->due_ps) = trail->acks_ps.at[i];
    trail->acks_ps.count = 0;
    for (size_t i = 0; i < trail->points.count; i++)
        trail->points.at[i].key.effects += trail->points.at[i].asked;
    for (size_t i = 0; i < trail->marks.count; i++)
        trail->marks.at[i].effects += trail->marks.at[i].asked;
    for (size_t i = 0; i < trail->asked.count; i++)
        *VEC_PUSH(&trail->effects) = trail->asked.at[i];
    trail->asked.count = 0;
    put_in_order(trail);
}

void trail_mind_pace(struct trail *trail)
{
    for (size_t i = 0; i < trail->points.count; i++)
        trail->points.at[i].key.effects += trail->points.at[i].paced;
    for (size_t i = 0; i < trail->marks.count; i++)
        trail->marks.at[i].effects += trail->marks.at[i].paced;
    for (size_t i = 0; i < trail->paced.count; i++)
        *VEC_PUSH(&trail->effects) = trail->paced.at[i];
    trail->paced.count = 0;
    put_in_order(trail);
}

/* The last mark whose instruction count, or whose time if BY_TIME, is at most LIMIT; there is one, at 0. */
static const struct trail_mark *mark_before(const struct trail *trail, bool by_time, uint64_t limit)
{
    size_t low = 0, high = trail->marks.count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        const struct trail_mark *mark = &trail->marks.at[middle];
        if ((by_time ? mark->first_ps : mark->insns) <= limit)
            low = middle;
        else
            high = middle;
    }
    return &trail->marks.at[low];
}

/* The mark at which a crash before instruction INSNS happens, if it is behind MARK and no instruction is executed here
 * between; else MARK. */
static const struct trail_mark *mark_of(const struct trail *trail, const struct trail_mark *mark, uint64_t insns)
{
    bool between = mark->insns < insns && mark + 1 < trail->marks.at + trail->marks.count && mark[1].came;
    return between ? mark + 1 : mark;
}

struct trail_key trail_key_at(const struct trail *trail, uint64_t insns)
{
    const struct trail_mark *mark = mark_before(trail, false, insns), *at = mark_of(trail, mark, insns);
    if (at != mark)
        return (struct trail_key){at->effects, due_before(trail, at->first_ps)};
    if (mark->insns == insns)
        return (struct trail_key){mark->effects, due_before(trail, mark->first_ps)};
    /* Between two marks only instructions have effects: those before this one. */
    uint64_t time_ps = mark->last_ps + (insns - mark->insns) * trail->insn_ps;
    return (struct trail_key){count_less(trail->effects.at, trail->effects.count, insns), due_before(trail, time_ps)};
}

uint64_t trail_time_at(const struct trail *trail, uint64_t insns)
{
    const struct trail_mark *mark = mark_before(trail, false, insns), *at = mark_of(trail, mark, insns);
    if (at != mark)
        return at->first_ps;
    return mark->last_ps + (insns - mark->insns) * trail->insn_ps;
}

uint64_t trail_first_time_at(const struct trail *trail, uint64_t insns)
{
    const struct trail_mark *mark = mark_before(trail, false, insns);
    return mark->insns == insns ? mark->first_ps : trail_time_at(trail, insns);
}

enum role trail_role_at(const struct trail *trail, uint64_t insns)
{
    return mark_before(trail, false, insns)->role;
}

/* The first instruction before which what falls due at TIME_PS has fallen due. */
static uint64_t insns_of_time(const struct trail *trail, uint64_t time_ps)
{
    const struct trail_mark *mark = mark_before(trail, true, time_ps);
    if (time_ps <= mark->first_ps)
        return mark->insns;
    if (time_ps <= mark->last_ps || mark_of(trail, mark, UINT64_MAX) != mark)
        return mark->insns + 1;
    return mark->insns + (time_ps - mark->last_ps + trail->insn_ps - 1) / trail->insn_ps;
}

uint64_t trail_changes(const struct trail *trail, uint64_t **list)
{
    uint64_t count = 0, kept = 0;
    uint64_t *at = malloc((1 + trail->effects.count + trail->due_ps.count + 2 * trail->marks.count) * sizeof *at);
    memory_need(at);
    at[count++] = 0;
    for (size_t i = 0; i < trail->effects.count; i++)
        at[count++] = trail->effects.at[i] + 1;
    for (size_t i = 0; i < trail->due_ps.count; i++)
        at[count++] = insns_of_time(trail, trail->due_ps.at[i]);
    for (size_t i = 0; i < trail->marks.count; i++) {
        at[count++] = trail->marks.at[i].insns;
        at[count++] = trail->marks.at[i].insns + 1;
    }
    qsort(at, count, sizeof *at, compare_numbers);
    for (uint64_t i = 0; i < count; i++)
        if (at[i] < trail->insns && (!kept || at[i] != at[kept - 1]))
            at[kept++] = at[i];
    *list = at;
    return kept;
}

/* snapshot.c - see snapshot.h: the description of a system's state (mmu/base/visit.h), and snapshots of it. */
#include "ft/timeline_ring.h"
#include "ft/snapshot.h"

#include <string.h>

#include "ft/recording.h"
#include "ft/world/world.h"
#include "ft/vmm/vmm.h"

struct snapshot {
    uint8_t *bytes;
    size_t size;
    struct page_map *maps;
    unsigned map_count;
    size_t *lengths;
    size_t length_count;
    size_t *base;                 /* of a patch; NULL: none */
    uint64_t chronicle_counts[2]; /* rows that each computer's chronicle had (timeline_ring.h) */
};

/* ---- a computer ---- */

static void visit_flight(struct visit *visit, struct in_flight *flight)
{
    disk_operation_visit(&flight->op, visit);
    VISIT(visit, flight->output);
    VISIT(visit, flight->start_ps);
    VISIT(visit, flight->end_ps);
}

static void visit_published(struct computer *computer, struct visit *visit)
{
    VISIT_ATOMIC(visit, uint64_t, computer->published_ps);
    VISIT_ATOMIC(visit, uint64_t, computer->published_epoch);
    VISIT_ATOMIC(visit, bool, computer->published_dead);
}

void computer_visit(struct computer *computer, struct visit *visit)
{
    visit_begin(visit, "computer");
    VISIT(visit, computer->role);
    VISIT(visit, computer->alive);
    VISIT(visit, computer->over);
    VISIT(visit, computer->followed);
    VISIT(visit, computer->resetting);
    VISIT(visit, computer->dying);
    VISIT(visit, computer->died_ps);
    VISIT(visit, computer->clock_ps);
    VISIT(visit, computer->base_insns);
    VISIT(visit, computer->generation);
    VISIT(visit, computer->disk_rng);
    VISIT(visit, computer->trap_rng);
    VISIT(visit, computer->crash_rng);
    VISIT(visit, computer->entropy_rng);
    VISIT(visit, computer->operations);
    VISIT(visit, computer->idle);
    link_visit(&computer->link, visit);
    visit_published(computer, visit);
    for (size_t i = 0; i < computer->in_flight.count && visit->reading; i++)
        free(computer->in_flight.at[i].op.data);
    VISIT_ROW(visit, &computer->in_flight, visit_flight);
    visit_end(visit);
    events_visit(&computer->events, visit);
    history_visit(&computer->history, visit);
    channel_visit(&computer->channel, visit);
    board_visit(computer->board, visit);
    besides_visit(computer, visit);
    if (computer->vmm)
        vmm_visit(computer->vmm, visit);
}

/* ---- what the computers share ---- */

static void visit_planned(struct visit *visit, struct planned_fault *planned)
{
    struct fault *fault = &planned->fault;
    VISIT(visit, fault->role);
    VISIT(visit, fault->kind);
    VISIT(visit, fault->argument);
    VISIT(visit, fault->bit);
    VISIT(visit, fault->memory);
    VISIT(visit, fault->place);
    VISIT(visit, fault->number);
    VISIT(visit, fault->step);
    VISIT(visit, fault->phase);
    VISIT(visit, fault->mask);
    VISIT(visit, planned->struck);
}

static void visit_fence(struct visit *visit, struct explain_fence *fence)
{
    VISIT(visit, fence->generation);
    VISIT(visit, fence->shown);
}

static void visit_line(struct visit *visit, struct account_line *line)
{
    size_t length = visit_count(visit, line->text ? strlen(line->text) : 0, 1);
    VISIT(visit, line->time_ps);
    if (visit->reading) {
        line->text = calloc(1, length + 1);
        assert(line->text);
    }
    visit_bytes(visit, "text", line->text, length);
}

/* The operator's account only grows; its lines own their texts. */
static void visit_account(struct system *system, struct visit *visit)
{
    size_t first, had = system->account.count, count = visit_length(visit, had, &first);
    for (size_t i = first; i < had && visit->reading; i++)
        free(system->account.at[i].text);
    if (visit->reading)
        for (system->account.count = first; system->account.count < count;)
            *VEC_PUSH(&system->account) = (struct account_line){0};
    for (size_t i = first; i < count; i++)
        visit_line(visit, &system->account.at[i]);
    if (visit->reading && visit->whole)
        system->account_flushed = count; /* another process has told them */
}

static void visit_end_of_run(struct system *system, struct visit *visit)
{
    VISIT(visit, system->end);
    VISIT(visit, system->status);
    VISIT(visit, system->why);
    VISIT(visit, system->end_ps);
    VISIT(visit, system->failovers);
    VISIT(visit, system->digests_differ);
    VISIT(visit, system->located);
    VISIT(visit, system->differing);
    VISIT(visit, system->divergence);
    VISIT_ATOMIC(visit, bool, system->ended);
    VISIT_ATOMIC(visit, bool, system->finished);
}

static void visit_world(struct system *system, struct visit *visit)
{
    visit_begin(visit, "system");
    VISIT(visit, system->config.settings); /* some may change while it runs */
    VISIT(visit, system->config.broken);   /* system_assume */
    VISIT(visit, system->generation);
    VISIT(visit, system->step_count);
    VISIT_GROWING(visit, &system->fences, visit_fence);
    VISIT_ROW(visit, &system->faults, visit_planned);
    VISIT_ROW(visit, &system->repairs, visit_planned);
    VISIT_ATOMIC(visit, unsigned, system->repairs_left);
    VISIT_ATOMIC(visit, unsigned, system->backup_faults);
    VISIT_ATOMIC(visit, unsigned, system->primary_faults);
    visit_account(system, visit);
    visit_end_of_run(system, visit);
    visit_end(visit);
    terminal_visit(system->terminal, visit);
    for (unsigned i = 0; i < DISK_DEVICES; i++) {
        if (i != DISK_DEVICE_CONTROLLER && !shared_disk_blocks(system->disks[i]))
            continue; /* a slot without a disk: nothing is ever asked of it */
        shared_disk_visit(system->disks[i], visit);
        if (system->second_disks[i])
            shared_disk_visit(system->second_disks[i], visit);
    }
}

/* ---- computers that have been repaired since ---- */

void former_free(struct former *former)
{
    history_free(&former->history);
    if (former->recording)
        recording_free(former->recording);
    free(former->recording);
}

/* Before the lengths of rows are read: the rows must be those that were there then. */
static void visit_formers(struct system *system, struct visit *visit)
{
    size_t count = system->formers.count;
    VISIT(visit, count);
    while (system->formers.count > count) {
        struct former *former = &system->formers.at[--system->formers.count];
        struct computer *computer = system->computer[former->computer];
        struct former now = {former->computer, computer->history, computer->vmm->recording};
        computer->history = former->history;
        computer->vmm->recording = former->recording;
        former_free(&now);
    }
}

void system_visit(struct system *system, struct visit *visit)
{
    if (!visit->whole)
        visit_formers(system, visit);
    visit_world(system, visit);
    for (unsigned i = 0; i < system->computers; i++)
        computer_visit(system->computer[i], visit);
    if (visit->reading) { /* the host may have something to hear of it */
        atomic_store(&system->clock_wanted, false);
        atomic_store(&system->output_waits, true);
    }
}

void system_forget_future(struct system *system)
{
    terminal_forget_future(system->terminal);
    if (system->account_flushed > system->account.count)
        system->account_flushed = system->account.count;
}

/* ---- snapshots ---- */

static struct snapshot *take(struct system *system, const struct snapshot *base)
{
    struct visit visit;
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);
    assert(snapshot);
    system->has_snapshots = true;
    visit_write(&visit, false);
    if (base) {
        snapshot->base = calloc(base->length_count, sizeof snapshot->base[0]);
        assert(snapshot->base);
        memcpy(snapshot->base, base->lengths, base->length_count * sizeof snapshot->base[0]);
        visit_patch(&visit, snapshot->base, base->length_count);
    }
    system_visit(system, &visit);
    snapshot->bytes = realloc(visit.bytes, visit.count);
    assert(snapshot->bytes);
    snapshot->size = visit.count;
    snapshot->maps = visit.maps;
    snapshot->map_count = visit.map_count;
    snapshot->lengths = visit.lengths;
    snapshot->length_count = visit.length_count;
    for (unsigned i = 0; i < system->computers; i++)
        if (system->computer[i]->chronicle)
            snapshot->chronicle_counts[i] = system->computer[i]->chronicle->count;
    return snapshot;
}

struct snapshot *system_snapshot(struct system *system)
{
    return take(system, NULL);
}

struct snapshot *system_patch(struct system *system, const struct snapshot *base)
{
    return take(system, base);
}

void system_restore(struct system *system, const struct snapshot *snapshot)
{
    struct visit visit;
    visit_read(&visit, false, snapshot->bytes, snapshot->size, snapshot->maps, snapshot->map_count);
    if (snapshot->base)
        visit_patch(&visit, snapshot->base, snapshot->length_count);
    system_visit(system, &visit);
    assert((visit.good && visit.at == visit.count) || !"a snapshot of another system");
    for (unsigned i = 0; i < system->computers; i++)
        chronicle_forget(system->computer[i]->chronicle, snapshot->chronicle_counts[i]);
}

void snapshot_free(struct snapshot *snapshot)
{
    if (!snapshot)
        return;
    for (unsigned i = 0; i < snapshot->map_count; i++)
        page_map_free(&snapshot->maps[i]);
    free(snapshot->maps);
    free(snapshot->bytes);
    free(snapshot->lengths);
    free(snapshot->base);
    free(snapshot);
}

static void note_difference(void *arg, uint32_t index)
{
    *(bool *)arg = true;
}

bool snapshot_equal(const struct snapshot *a, const struct snapshot *b)
{
    bool differ = a->size != b->size || a->map_count != b->map_count || memcmp(a->bytes, b->bytes, a->size) != 0;
    for (unsigned i = 0; i < a->map_count && !differ; i++)
        page_map_compare(&a->maps[i], &b->maps[i], note_difference, &differ);
    return !differ;
}

uint64_t snapshot_bytes(const struct snapshot *snapshot)
{
    return sizeof *snapshot + snapshot->size + snapshot->map_count * sizeof snapshot->maps[0] +
           (snapshot->base ? 2 : 1) * snapshot->length_count * sizeof snapshot->lengths[0];
}

uint64_t system_pages_bytes(const struct system *system)
{
    uint64_t bytes = page_store_bytes(system->pages);
    for (unsigned i = 0; i < DISK_DEVICES; i++)
        bytes += shared_disk_overlay_bytes(system->disks[i]) +
                 (system->second_disks[i] ? shared_disk_overlay_bytes(system->second_disks[i]) : 0);
    return bytes;
}

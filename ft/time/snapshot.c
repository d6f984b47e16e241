/* snapshot.c - see snapshot.h: the description of a system's state (mmu/base/visit.h), and snapshots of it. */
#include "ft/snapshot.h"

#include <assert.h>
#include <string.h>

#include "ft/recording.h"
#include "ft/computer/timeline_ring.h"
#include "ft/system/network_peer.h"
#include "ft/system/system.h"
#include "ft/vmm/vmm.h"
#include "mmu/base/memory.h"

struct snapshot {
    uint8_t *bytes;
    size_t size;
    struct page_map *maps;
    unsigned map_count;
    size_t *lengths;
    size_t length_count;
    size_t *base;                        /* of a patch; NULL: none */
    struct chronicle_mark chronicles[2]; /* how far each computer's had come */
};

/* ---- computers that have been repaired since ---- */

/* Before the lengths of rows are read: the rows must be those that were there then. */
static void visit_formers(struct system *system, struct visit *visit)
{
    size_t count = system->world.formers.count;
    VISIT(visit, count);
    while (system->world.formers.count > count) {
        struct former *former = &system->world.formers.at[--system->world.formers.count];
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
    world_visit(&system->world, visit);
    VISIT(visit, system->located);
    for (unsigned i = 0; i < system->world.computers; i++) {
        if (visit->future && !system->computer[i]->alive)
            continue;
        computer_visit(system->computer[i], visit);
        if (system->host[i])
            host_visit(system->host[i], visit);
    }
    for (unsigned i = 0; i < system->vms; i++)
        system_visit(system->vm[i], visit);
    if (system->network_peer)
        network_peer_visit(system->network_peer, visit);
    if (visit->reading) { /* the host may have something to hear of it */
        atomic_store(&system->world.output_waits, true);
    }
}

void system_forget_future(struct system *system)
{
    terminal_forget_future(system->world.terminal);
    for (unsigned i = 0; i < system->vms; i++)
        terminal_forget_future(system->vm[i]->world.terminal);
    for (unsigned i = 0; i < system->world.computers; i++)
        if (system->world.account_flushed[i] > system->world.account[i].count)
            system->world.account_flushed[i] = system->world.account[i].count;
    network_forget_future(&system->world.network);
    if (system->network_peer)
        network_peer_forget_future(system->network_peer);
}

/* ---- snapshots ---- */

static struct snapshot *take(struct system *system, const struct snapshot *base)
{
    struct visit visit;
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);
    memory_need(snapshot);
    system->world.has_snapshots = true;
    visit_write(&visit, false);
    if (base) {
        snapshot->base = calloc(base->length_count, sizeof snapshot->base[0]);
        memory_need(snapshot->base);
        memcpy(snapshot->base, base->lengths, base->length_count * sizeof snapshot->base[0]);
        visit_patch(&visit, snapshot->base, base->length_count);
    }
    system_visit(system, &visit);
    snapshot->bytes = realloc(visit.bytes, visit.count);
    memory_need(snapshot->bytes);
    snapshot->size = visit.count;
    snapshot->maps = visit.maps;
    snapshot->map_count = visit.map_count;
    snapshot->lengths = visit.lengths;
    snapshot->length_count = visit.length_count;
    for (unsigned i = 0; i < system->world.computers; i++)
        snapshot->chronicles[i] = chronicle_mark(system->computer[i]->chronicle);
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
    for (unsigned i = 0; i < system->world.computers; i++)
        chronicle_forget(system->computer[i]->chronicle, &snapshot->chronicles[i]);
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

/* Of one system, without its network's other computer. */
static uint64_t own_pages_bytes(const struct system *system)
{
    uint64_t bytes = page_store_bytes(system->world.pages);
    for (unsigned i = 0; i < DISK_DEVICES; i++)
        bytes += shared_disk_overlay_bytes(system->world.disks[i]) +
                 (system->world.second_disks[i] ? shared_disk_overlay_bytes(system->world.second_disks[i]) : 0);
    return bytes;
}

uint64_t system_pages_bytes(const struct system *system)
{
    return own_pages_bytes(system) + (system->network_peer ? network_peer_pages_bytes(system->network_peer) : 0);
}

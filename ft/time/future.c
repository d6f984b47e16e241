/* future.c - see future.h. */
#include "ft/future.h"

#include <xxhash.h>

#include "ft/system/system.h"
#include "ft/vmm/vmm.h"

/* A pair as most are: hosts, neighbours and recordings have more of a past. */
static bool is_plain(const struct system *system)
{
    const struct world *world = &system->world;
    bool plain = world->config.mode == MODE_PAIR && world->computers == 2 && !system->vms && !system->network_peer &&
                 !world->config.trails && !world->config.record && !world->config.chronicle_rows &&
                 !world->config.broken && world->config.settings.processors == 1;
    for (unsigned i = 0; plain && i < world->computers; i++)
        plain = system->computer[i]->vmm;
    return plain;
}

static bool all_happened(const struct world *world)
{
    bool all = !atomic_load(&world->ended) && !atomic_load(&world->repairs_left);
    for (size_t i = 0; i < world->faults.count; i++)
        all &= world->faults.at[i].struck;
    return all;
}

/* Either both are there and linked, or one is alone, and then it sends nothing and hears of nobody: it looks at its
 * channel only to find room in it. */
static bool is_settled(const struct system *system)
{
    const struct computer *first = system->computer[0], *second = system->computer[1];
    if (first->alive && second->alive)
        return first->vmm->linked && second->vmm->linked && !first->vmm->failing_over && !second->vmm->failing_over &&
               !first->vmm->join && !second->vmm->join;
    const struct computer *survivor = first->alive ? first : second;
    const struct vmm *vmm = survivor->vmm;
    return survivor->alive && vmm->alone && !vmm->linked && !vmm->suppressed && !vmm->failing_over && !vmm->join &&
           !QUEUE_COUNT(&vmm->hold.row) && peer_room_ps(&vmm->peer) <= computer_now(survivor);
}

bool system_future(struct system *system, struct future *future)
{
    if (!is_plain(system) || !all_happened(&system->world) || !is_settled(system))
        return false;
    struct visit visit;
    visit_write_future(&visit);
    system_visit(system, &visit);
    XXH128_hash_t hash = XXH3_128bits(visit.bytes, visit.count);
    visit_free(&visit);
    *future = (struct future){hash.high64, hash.low64};
    return true;
}

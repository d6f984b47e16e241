/* plan.c - the plan of faults and repairs, as a person looks at it (system.h). Between runs only. */
#include "ft/system/system.h"

/* Number NUMBER of WORLD's plan; NULL: there is none. *REPAIR: it is a repair. */
static struct planned_fault *find(const struct world *world, unsigned number, bool *repair)
{
    *repair = false;
    for (size_t i = 0; i < world->faults.count; i++)
        if (world->faults.at[i].number == number)
            return &world->faults.at[i];
    *repair = true;
    for (size_t i = 0; i < world->repairs.count; i++)
        if (world->repairs.at[i].number == number)
            return &world->repairs.at[i];
    return NULL;
}

bool system_plan(const struct system *system, unsigned number, struct system_plan *plan)
{
    bool repair = false;
    const struct planned_fault *planned = find(&system->world, number, &repair);
    if (planned)
        *plan =
            (struct system_plan){planned->fault, repair, planned->struck && !planned->cancelled, planned->cancelled};
    return planned != NULL;
}

unsigned system_plan_pending(const struct system *system)
{
    struct system_plan plan;
    unsigned pending = 0;
    for (unsigned number = 1; system_plan(system, number, &plan); number++)
        pending += !plan.happened && !plan.cancelled;
    return pending;
}

bool system_plan_cancel(struct system *system, unsigned number)
{
    struct world *world = &system->world;
    bool repair = false;
    struct planned_fault *planned = find(world, number, &repair);
    if (!planned || planned->struck)
        return false;
    planned->struck = planned->cancelled = true;
    if (repair)
        atomic_fetch_sub(&world->repairs_left, 1);
    else
        world_count_fault(world, planned, false);
    return true;
}

/* tables.c - the dispatching tables: which processor a virtual machine is on, and the normal processor that its
 * recovery attribute chooses when its own has failed (JP 8-263454: allocation of virtual processors on the normal
 * processor).
 *
 * The values of the attributes are ours, each after a real machine (docs/hitachi.md). Among processors the lowest
 * number is chosen; among virtual machines the lowest priority, then the last in the options.
 */
#include "ft/host/private.h"

#include "mmu/base/vtime.h"

bool host_in_pool(const struct vm_host *host, unsigned number)
{
    return host->processor[number].state == PROCESSOR_WORKING && host->processor[number].pool;
}

unsigned host_pool_size(const struct vm_host *host)
{
    unsigned size = 0;
    for (unsigned n = 0; n < host->processors; n++)
        size += host_in_pool(host, n);
    return size;
}

unsigned host_working(const struct vm_host *host)
{
    unsigned working = 0;
    for (unsigned n = 0; n < host->processors; n++)
        working += host->processor[n].state == PROCESSOR_WORKING || host->processor[n].state == PROCESSOR_SPARE;
    return working;
}

int host_lowest_working(const struct vm_host *host)
{
    for (unsigned n = 0; n < host->processors; n++)
        if (host->processor[n].state == PROCESSOR_WORKING || host->processor[n].state == PROCESSOR_SPARE)
            return (int)n;
    return HOST_NONE;
}

static bool is_there(const struct vm *vm)
{
    return vm->state != VM_OVER;
}

uint32_t host_of_processor(const struct vm_host *host, unsigned number)
{
    uint32_t which = 0;
    for (unsigned i = 0; i < host->vms; i++) {
        const struct vm *vm = &host->vm[i];
        bool lost_there = vm->state == VM_LOST && vm->last == (int)number;
        if (is_there(vm) && vm->state != VM_WAITING &&
            (vm->on == (int)number || vm->processor == (int)number || lost_there))
            which |= UINT32_C(1) << i;
    }
    return which;
}

uint32_t host_of_empty_pool(const struct vm_host *host)
{
    uint32_t which = 0;
    if (host_pool_size(host))
        return 0;
    for (unsigned i = 0; i < host->vms; i++)
        if (host->vm[i].state == VM_READY && host->vm[i].on == VM_SHARED && host->vm[i].processor < 0)
            which |= UINT32_C(1) << i;
    return which;
}

bool host_is_fault_tolerant(const struct vm_host *host, unsigned vm)
{
    const struct computer *first = host->computer;
    return vm ? host->vm[vm].computer->vmm->following.leader != NULL : first->world->config.mode == MODE_PAIR;
}

/* ---- the choice ---- */

/* For VM: one that has TAKEN the failed one's place already, if that is a place for it, in the pool or dedicated; else
 * the lowest spare. */
static int a_spare(const struct vm_host *host, unsigned vm, int taken)
{
    bool shared = host->vm[vm].on == VM_SHARED;
    if (taken >= 0 && host->processor[taken].state == PROCESSOR_WORKING && host->processor[taken].pool == shared)
        return taken;
    for (unsigned n = 0; n < host->processors; n++)
        if (host->processor[n].state == PROCESSOR_SPARE)
            return (int)n;
    return CHOICE_WAIT;
}

/* A processor of the pool, if one remains for that, or all its virtual machines are less important than VM. */
static int one_of_pool(const struct vm_host *host, unsigned vm)
{
    bool may = host_pool_size(host) > 1;
    bool all_lower = true;
    for (unsigned i = 0; i < host->vms; i++)
        if (i != vm && is_there(&host->vm[i]) && host->vm[i].on == VM_SHARED)
            all_lower &= host->vm[i].attributes.priority < host->vm[vm].attributes.priority;
    for (unsigned n = 0; n < host->processors; n++)
        if (host_in_pool(host, n) && (may || all_lower))
            return (int)n;
    return CHOICE_WAIT;
}

/* The virtual machine of lowest priority, lower than VM's, that has a working processor dedicated to it. */
static int less_important(const struct vm_host *host, unsigned vm)
{
    int found = HOST_NONE;
    for (unsigned i = 0; i < host->vms; i++) {
        const struct vm *other = &host->vm[i];
        if (i == vm || other->state != VM_READY || other->on < 0 ||
            host->processor[other->on].state != PROCESSOR_WORKING ||
            other->attributes.priority >= host->vm[vm].attributes.priority)
            continue;
        if (found < 0 || other->attributes.priority <= host->vm[found].attributes.priority)
            found = (int)i;
    }
    return found;
}

static int take(const struct vm_host *host, unsigned vm, int spare)
{
    int choice = a_spare(host, vm, spare);
    if (choice == CHOICE_WAIT)
        choice = one_of_pool(host, vm);
    if (choice != CHOICE_WAIT)
        return choice;
    int other = less_important(host, vm);
    return other >= 0 ? host->vm[other].on : CHOICE_WAIT;
}

int host_choose(const struct vm_host *host, unsigned vm, int spare)
{
    switch (host->vm[vm].attributes.recovery) {
    case VM_RECOVERY_SPARE:
        return a_spare(host, vm, spare);
    case VM_RECOVERY_SHARE:
        return host_pool_size(host) ? VM_SHARED : a_spare(host, vm, spare);
    case VM_RECOVERY_TAKE:
        return take(host, vm, spare);
    case VM_RECOVERY_NONE:
    case VM_RECOVERY_FAILOVER:
        break;
    }
    return CHOICE_END;
}

/* ---- the change ---- */

/* Processor NUMBER, a spare, is used from TIME_PS on. */
static void use_spare(struct vm_host *host, unsigned number, bool pool, uint64_t time_ps)
{
    struct processor *processor = &host->processor[number];
    processor->state = PROCESSOR_WORKING;
    processor->pool = pool;
    if (processor->clock_ps < time_ps)
        processor->clock_ps = time_ps;
}

/* Processor NUMBER is taken for another: whoever is in a slice there is interrupted, as at the end of it. */
static void clear(struct vm_host *host, unsigned number)
{
    if (host->processor[number].vm >= 0)
        host_take_off(host, (unsigned)host->processor[number].vm);
}

int host_reassign(struct vm_host *host, unsigned vm, int choice, uint64_t time_ps)
{
    struct vm *moved = &host->vm[vm];
    int displaced = HOST_NONE;
    moved->first_at = HOST_NONE;
    moved->state = choice == CHOICE_WAIT ? VM_WAITING : VM_READY;
    if (moved->ready_ps < time_ps || !moved->asleep)
        moved->ready_ps = time_ps;
    if (choice == CHOICE_WAIT)
        return HOST_NONE;
    if (choice == VM_SHARED) {
        moved->on = VM_SHARED;
    } else if (host->processor[choice].state == PROCESSOR_SPARE) {
        use_spare(host, (unsigned)choice, moved->on == VM_SHARED, time_ps);
        if (moved->on == VM_SHARED)
            moved->first_at = choice;
        else
            moved->on = choice;
    } else if (host->processor[choice].pool && choice != host->recovering.spare) {
        host->processor[choice].pool = false;
        moved->on = choice;
        clear(host, (unsigned)choice);
    } else if (choice != host->recovering.spare) {
        displaced = less_important(host, vm);
        moved->on = choice;
        clear(host, (unsigned)choice);
    } else if (moved->on != VM_SHARED) {
        moved->on = choice;
    }
    moved->moves++;
    return displaced;
}

/* The most important of those that wait in WHICH; the first of equals. */
static unsigned most_important(const struct vm_host *host, uint32_t which)
{
    int found = HOST_NONE;
    for (unsigned i = 0; i < host->vms; i++)
        if (which >> i & 1 && (found < 0 || host->vm[i].attributes.priority > host->vm[found].attributes.priority))
            found = (int)i;
    return (unsigned)found;
}

void host_serve_waiting(struct vm_host *host, uint64_t time_ps)
{
    uint32_t waiting = 0;
    for (unsigned i = 0; i < host->vms; i++)
        if (host->vm[i].state == VM_WAITING)
            waiting |= UINT32_C(1) << i;
    while (waiting) {
        unsigned vm = most_important(host, waiting);
        waiting &= ~(UINT32_C(1) << vm);
        /* One of the pool waits for any processor of the pool; another gets what it would take without harm. */
        int choice = host->vm[vm].on == VM_SHARED && host_pool_size(host) ? VM_SHARED : a_spare(host, vm, HOST_NONE);
        if (choice == CHOICE_WAIT && host->vm[vm].attributes.recovery == VM_RECOVERY_SHARE && host_pool_size(host))
            choice = VM_SHARED;
        if (choice == CHOICE_WAIT)
            continue;
        host_reassign(host, vm, choice, time_ps);
    }
}

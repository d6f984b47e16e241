/* host.c - see host.h: its life, and what a person does with it. */
#include "ft/host/private.h"

#include <string.h>

#include "ft/config/config.h"
#include "mmu/base/memory.h"
#include "mmu/base/vtime.h"

/* Which processors are whose, from the options. */
static void make_tables(struct vm_host *host)
{
    const struct system_config *config = &host->computer->world->config;
    const struct settings *settings = &config->settings;
    host->processors = (unsigned)settings->processors;
    for (unsigned n = 0; n < host->processors; n++) {
        bool spare = n + settings->spares >= settings->processors;
        host->processor[n] = (struct processor){.state = spare ? PROCESSOR_SPARE : PROCESSOR_WORKING,
                                                .pool = !spare,
                                                .vm = HOST_NONE,
                                                .turn = HOST_NONE,
                                                .struck = HOST_NONE};
    }
}

static void add(struct vm_host *host, struct computer *computer, int on, const struct vm_attributes *attributes)
{
    unsigned number = host->vms++;
    computer->vm = number;
    host->vm[number] = (struct vm){.computer = computer,
                                   .on = on,
                                   .processor = HOST_NONE,
                                   .last = HOST_NONE,
                                   .first_at = HOST_NONE,
                                   .attributes = *attributes,
                                   .recovery = HOST_NONE};
    if (on >= 0)
        host->processor[on].pool = false;
}

struct vm_host *host_new(struct computer *computer)
{
    const struct system_config *config = &computer->world->config;
    const struct vm_config *first = vm_first(config);
    struct vm_host *host = calloc(1, sizeof *host);
    struct vm_attributes attributes;
    memory_need(host);
    host->computer = computer;
    host->recovering.healer = host->recovering.vm = host->recovering.spare = HOST_NONE;
    vm_attributes_defaults(&attributes);
    make_tables(host);
    add(host, computer, vm_first_on(config), first ? &first->attributes : &attributes);
    if (host->processors == 1) /* it is the pool, and there is nothing else */
        host->processor[0].pool = host->vm[0].on == VM_SHARED;
    return host;
}

void host_add(struct vm_host *host, struct computer *computer, const char *name, const struct vm_config *config)
{
    computer->vm_name = name;
    computer->carrier = host->computer;
    add(host, computer, vm_on(&host->computer->world->config, config), &config->attributes);
}

void host_free(struct vm_host *host)
{
    if (host)
        VEC_FREE(&host->recoveries);
    free(host);
}

bool host_is_plain(const struct vm_host *host)
{
    const struct world *world = host->computer->world;
    return host->vms == 1 && host->processors == 1 && !world->processor_faults;
}

const char *host_vm_name(const struct vm_host *host, unsigned vm)
{
    return vm ? host->vm[vm].computer->vm_name : VM_FIRST;
}

int host_find(const struct vm_host *host, const char *name)
{
    for (unsigned i = 0; i < host->vms; i++)
        if (strcmp(host_vm_name(host, i), name) == 0)
            return (int)i;
    return HOST_NONE;
}

bool host_waits(const struct vm_host *host, const struct computer *computer)
{
    return host->vm[computer->vm].state == VM_WAITING;
}

struct computer *host_vm(const struct vm_host *host, const char *name)
{
    int number = host_find(host, name);
    return number < 0 ? NULL : host->vm[number].computer;
}

void host_die(struct vm_host *host)
{
    host->failed = true;
    atomic_store(&host->computer->rejoins, false); /* on which processor? */
    host->recovering.active = false;
    host->recovering.healer = HOST_NONE;
    for (unsigned i = 0; i < host->vms; i++) {
        struct vm *vm = &host->vm[i];
        if (vm->state == VM_OVER)
            continue;
        host_take_off(host, i);
        vm->state = VM_OVER;
        if (i)
            computer_end(vm->computer, END_LOST, 0, "its computer has failed");
    }
}

/* Where the first goes on that its computer, which is there again, has joined with. */
static int place_of_first(const struct vm_host *host)
{
    int on = host->vm[0].on;
    if (on >= 0 && host->processor[on].state == PROCESSOR_WORKING)
        return on;
    return host_pool_size(host) ? VM_SHARED : host_lowest_working(host);
}

void host_takes_role(struct vm_host *host)
{
    host->computer->planned_role = host->computer->role;
    host->role_ps = computer_now(host->computer);
}

void host_revive(struct vm_host *host)
{
    struct vm *first = &host->vm[0];
    host_takes_role(host);
    atomic_store(&host->computer->rejoins, false); /* not before: until then its host thread waits because of it */
    if (host->failed) {                            /* repaired: as at power-on, but for the others, which are gone */
        make_tables(host);
        first->on = vm_first_on(&host->computer->world->config);
        if (first->on >= 0)
            host->processor[first->on].pool = false;
        for (unsigned n = 0; n < host->processors; n++)
            host->processor[n].clock_ps = computer_now(host->computer);
    } else {
        first->on = place_of_first(host);
        if (first->on >= 0 && host->processor[first->on].state == PROCESSOR_SPARE)
            host->processor[first->on].state = PROCESSOR_WORKING;
    }
    host->failed = false;
    first->state = VM_READY;
    first->processor = first->first_at = first->recovery = HOST_NONE;
    first->asleep = false;
    first->ready_ps = computer_now(host->computer);
}

/* ---- what a person does ---- */

bool host_fault_now(struct vm_host *host, const struct fault *fault, struct error *error)
{
    unsigned number = fault->processor;
    if (fault->who == FAULT_OF_VM) {
        int vm = host_find(host, fault->vm);
        if (vm < 0)
            return error_set(error, "there is no VM '%s'", fault->vm);
        int on = host->vm[vm].processor >= 0 ? host->vm[vm].processor : host->vm[vm].on;
        if (on < 0)
            return error_set(error, "VM '%s' is on no processor now", fault->vm);
        number = (unsigned)on;
    }
    if (number >= host->processors)
        return error_set(error, "there is no processor %u: processors=%u", number, host->processors);
    struct processor *processor = &host->processor[number];
    if (processor->state == PROCESSOR_OFF || processor->state == PROCESSOR_FAILED)
        return error_set(error, "processor %u has failed", number);
    host->computer->world->processor_faults = true;
    host_strike(host, number, fault->kind, processor->vm >= 0 ? processor->clock_ps : host_now(host));
    return true;
}

bool host_repair(struct vm_host *host, unsigned number, struct error *error)
{
    if (number >= host->processors)
        return error_set(error, "there is no processor %u: processors=%u", number, host->processors);
    struct processor *processor = &host->processor[number];
    if (processor->state != PROCESSOR_OFF)
        return error_set(error, "processor %u is not configured off: it needs no repair", number);
    processor->state = PROCESSOR_SPARE;
    processor->pool = false;
    processor->fault = FAULT_CRASH;
    processor->soft = 0;
    processor->clock_ps = host_now(host);
    processor->areas = (struct save_areas){{0}, {0}};
    host_tell(host, processor->clock_ps, "processor %u has been repaired: it is a spare", number);
    host_serve_waiting(host, processor->clock_ps);
    return true;
}

/* ---- between runs ---- */

static void visit_processor(struct processor *processor, struct visit *visit)
{
    VISIT_BELOW(visit, processor->state, PROCESSOR_OFF + 1);
    VISIT(visit, processor->pool);
    VISIT_MOMENT(visit, processor->clock_ps);
    VISIT(visit, processor->vm);
    VISIT(visit, processor->turn);
    VISIT(visit, processor->insns);
    VISIT(visit, processor->outputs);
    VISIT(visit, processor->slices);
    VISIT(visit, processor->soft);
    VISIT(visit, processor->busy_ps);
    VISIT_MOMENT(visit, processor->failed_ps);
    VISIT_BELOW(visit, processor->fault, FAULT_HANG + 1);
    VISIT(visit, processor->struck);
    VISIT(visit, processor->areas.real);
    VISIT(visit, processor->areas.vm);
}

static void visit_vm(struct vm *vm, struct visit *visit)
{
    VISIT_BELOW(visit, vm->state, VM_OVER + 1);
    VISIT(visit, vm->on);
    VISIT(visit, vm->processor);
    VISIT(visit, vm->last);
    VISIT(visit, vm->first_at);
    VISIT(visit, vm->asleep);
    VISIT_MOMENT(visit, vm->ready_ps);
    VISIT(visit, vm->turn_insns);
    VISIT_BELOW(visit, vm->attributes.recovery, VM_RECOVERY_FAILOVER + 1);
    VISIT_BELOW(visit, vm->attributes.unsaved, VM_UNSAVED_RESTART + 1);
    VISIT_BELOW(visit, vm->attributes.priority, VM_PRIORITY_MAX + 1);
    VISIT(visit, vm->moves);
    VISIT(visit, vm->restarts);
    VISIT(visit, vm->waited_ps);
    VISIT(visit, vm->recovery);
    VISIT(visit, vm->gone);
    visit_table(visit, &cpu_state_table, &vm->was);
}

static void visit_recovery(struct visit *visit, struct host_recovery *recovery)
{
    VISIT_BELOW(visit, recovery->kind, FAULT_HANG + 1);
    VISIT_BELOW(visit, recovery->processor, BOARD_PROCESSORS_MAX);
    VISIT(visit, recovery->vm);
    VISIT(visit, recovery->valid);
    VISIT_BELOW(visit, recovery->attribute, VM_RECOVERY_FAILOVER + 1);
    VISIT(visit, recovery->to);
    VISIT_MOMENT(visit, recovery->begin_ps);
    VISIT_MOMENT(visit, recovery->end_ps);
}

/* Is NUMBER one of COUNT, or one of the words from LEAST to -1 that stand instead? */
static bool is_among(int number, int least, unsigned count)
{
    return number >= least && number < (int)count;
}

/* What was read, as a whole: every number is of something that there is. */
static void check_read(const struct vm_host *host, struct visit *visit)
{
    bool good = true;
    for (unsigned n = 0; n < host->processors; n++) {
        const struct processor *processor = &host->processor[n];
        good &= is_among(processor->vm, HOST_NONE, host->vms) && is_among(processor->turn, HOST_NONE, host->vms) &&
                is_among(processor->struck, HOST_NONE, host->vms);
        good &= processor->vm < 0 || host->vm[processor->vm].processor == (int)n;
    }
    for (unsigned i = 0; i < host->vms; i++) {
        const struct vm *vm = &host->vm[i];
        good &= is_among(vm->on, VM_SHARED, host->processors) && is_among(vm->last, HOST_NONE, host->processors) &&
                is_among(vm->first_at, HOST_NONE, host->processors) &&
                is_among(vm->processor, HOST_NONE, host->processors) &&
                is_among(vm->recovery, HOST_NONE, (unsigned)host->recoveries.count);
        good &= vm->processor < 0 || host->processor[vm->processor].vm == (int)i;
    }
    for (size_t i = 0; i < host->recoveries.count; i++)
        good &= is_among(host->recoveries.at[i].vm, HOST_NONE, host->vms) &&
                is_among(host->recoveries.at[i].to, HOST_NONE, host->processors);
    const struct recovering *recovering = &host->recovering;
    good &= is_among(recovering->healer, HOST_NONE, host->processors) && recovering->failed < host->processors &&
            is_among(recovering->vm, HOST_NONE, host->vms) &&
            is_among(recovering->spare, HOST_NONE, host->processors) &&
            is_among(recovering->choice, CHOICE_END, host->processors) && !(recovering->left >> host->vms);
    if (!good)
        visit_refuse(visit);
}

void host_visit(struct vm_host *host, struct visit *visit)
{
    struct recovering *recovering = &host->recovering;
    visit_begin(visit, "host");
    for (unsigned n = 0; n < host->processors; n++)
        visit_processor(&host->processor[n], visit);
    for (unsigned i = 0; i < host->vms; i++)
        visit_vm(&host->vm[i], visit);
    VISIT(visit, recovering->active);
    VISIT_BELOW(visit, recovering->step, PROTOCOL_STEP_COUNT);
    VISIT_BELOW(visit, recovering->failed, BOARD_PROCESSORS_MAX);
    VISIT(visit, recovering->healer);
    VISIT_MOMENT(visit, recovering->due_ps);
    VISIT_MOMENT(visit, recovering->free_ps);
    VISIT(visit, recovering->vm);
    VISIT(visit, recovering->in_host);
    VISIT(visit, recovering->of_slice);
    VISIT(visit, recovering->left);
    VISIT(visit, recovering->choice);
    VISIT(visit, recovering->spare);
    VISIT(visit, recovering->noted);
    VISIT(visit, host->failed);
    VISIT_BELOW(visit, host->computer->planned_role, ROLE_BACKUP + 1);
    VISIT_MOMENT(visit, host->role_ps);
    VISIT_ROW(visit, &host->recoveries, visit_recovery);
    visit_end(visit);
    if (visit->reading && visit->whole)
        check_read(host, visit);
}

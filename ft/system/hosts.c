/* hosts.c - see ft/hosts.h. */
#include "ft/hosts.h"

#include <string.h>

#include "ft/system/system.h"
#include "mmu/base/vtime.h"

bool system_has_hosts(const struct system *system)
{
    bool more = false;
    for (unsigned i = 0; i < 2; i++)
        more |= system->host[i] && !host_is_plain(system->host[i]);
    return more;
}

static const struct vm_host *host_of(const struct system *system, unsigned computer)
{
    return computer < system->world.computers ? system->host[computer] : NULL;
}

bool system_processor(const struct system *system, unsigned computer, unsigned number, struct host_processor *processor)
{
    static const char *const states[] = {"working", "spare", "failed", "off"};
    const struct vm_host *host = host_of(system, computer);
    if (!host || number >= host->processors)
        return false;
    const struct processor *at = &host->processor[number];
    bool failed = at->state == PROCESSOR_FAILED || at->state == PROCESSOR_OFF;
    *processor = (struct host_processor){.state = states[at->state],
                                         .pool = at->pool && !failed,
                                         .vm = at->vm >= 0 ? host_vm_name(host, (unsigned)at->vm) : NULL,
                                         .slices = at->slices,
                                         .soft = at->soft,
                                         .insns = at->insns,
                                         .failed_us = failed ? at->failed_ps / PS_PER_US : UINT64_MAX};
    return true;
}

/* The system whose result is that of virtual machine NUMBER of HOST. */
static struct system *system_of(struct system *system, const struct vm_host *host, unsigned number)
{
    for (unsigned i = 0; i < system->vms; i++)
        if (system->vm[i]->computer[0] == host->vm[number].computer)
            return system->vm[i];
    return system;
}

static const char *state_of(const struct vm *vm)
{
    if (vm->computer->over || vm->state == VM_OVER)
        return "over";
    if (vm->state != VM_READY)
        return "waiting";
    return vm->processor >= 0 ? "running" : vm->asleep ? "asleep" : "ready";
}

const char *system_vm_name(const struct system *system, unsigned computer, unsigned number)
{
    const struct vm_host *host = host_of(system, computer);
    return host && number < host->vms ? host_vm_name(host, number) : NULL;
}

bool system_vm_result(struct system *system, unsigned computer, unsigned number, struct system_result *result)
{
    const struct vm_host *host = host_of(system, computer);
    if (!host || number >= host->vms)
        return false;
    system_result(system_of(system, host, number), result);
    if (result->end == END_NONE && system->world.end != END_NONE) {
        result->end = END_STOPPED;
        result->end_name = system_end_name(END_STOPPED);
    }
    return true;
}

bool system_vm(const struct system *system, unsigned computer, unsigned number, struct host_vm *vm)
{
    const struct vm_host *host = host_of(system, computer);
    if (!host || number >= host->vms)
        return false;
    const struct vm *at = &host->vm[number];
    *vm = (struct host_vm){.name = host_vm_name(host, number),
                           .on_both = number && host_is_fault_tolerant(host, number),
                           .instructions = computer_insns(at->computer),
                           .moves = at->moves,
                           .restarts = at->restarts,
                           .waited_us = at->waited_ps / PS_PER_US,
                           .state = state_of(at),
                           .processor = at->processor >= 0 ? at->processor : at->last,
                           .on = at->on,
                           .attributes = at->attributes};
    return true;
}

bool system_look(struct system *system, unsigned computer, const char *name, struct error *error)
{
    if (!name || strcmp(name, VM_FIRST) == 0) {
        system->looked = 0;
        return true;
    }
    for (unsigned i = 0; i < system->vms; i++)
        if (strcmp(system->vm[i]->name, name) == 0 &&
            system->vm[i]->computer[0]->carrier == system->computer[computer]) {
            system->looked = i + 1;
            return true;
        }
    return error_set(error, "there is no VM '%s' here", name);
}

const char *system_looks_at(const struct system *system)
{
    return system->looked ? system->vm[system->looked - 1]->name : VM_FIRST;
}

bool system_waits(const struct system *system, unsigned computer)
{
    const struct vm_host *host = system->host[computer];
    return host && host_waits(host, system_looked(system, computer));
}

bool system_vm_recording(struct system *system, unsigned index, const char **name, uint8_t **bytes, size_t *size)
{
    for (unsigned i = 0; i < system->vms; i++) {
        if (!vms_shown(system, i) || index--)
            continue;
        *name = system->vm[i]->name;
        return system_recording(system->vm[i], bytes, size);
    }
    return false;
}

bool system_vm_set(struct system *system, const char *name, const char *key, const char *text, struct error *error)
{
    for (unsigned i = 0; i < system->world.computers; i++) {
        int number = system->host[i] ? host_find(system->host[i], name) : HOST_NONE;
        bool known;
        if (number < 0)
            continue;
        struct vm_attributes attributes = system->host[i]->vm[number].attributes;
        if (!vm_attribute_set(&attributes, name, key, text, &known, error))
            return false;
        if (!known)
            return error_set(error, "a VM has no attribute '%s': recovery, unsaved or priority is wanted", key);
        if (attributes.recovery == VM_RECOVERY_FAILOVER && !host_is_fault_tolerant(system->host[i], (unsigned)number))
            return error_set(error, "VM '%s' cannot have recovery=failover: it has no other computer", name);
        system->host[i]->vm[number].attributes = attributes;
        if (number && !host_is_fault_tolerant(system->host[i], (unsigned)number)) /* else it is on both */
            return true;
    }
    return (system->host[0] && host_find(system->host[0], name) >= 0) || error_set(error, "there is no VM '%s'", name);
}

bool system_recovered(const struct system *system, unsigned computer, unsigned index, struct host_recovered *recovered)
{
    static const char *const kinds[] = {"soft", "hard", "damage", "hang"};
    const struct vm_host *host = host_of(system, computer);
    if (!host || index >= host->recoveries.count)
        return false;
    const struct host_recovery *at = &host->recoveries.at[index];
    *recovered = (struct host_recovered){.kind = kinds[at->kind - FAULT_SOFT],
                                         .processor = at->processor,
                                         .vm = at->vm >= 0 ? host_vm_name(host, (unsigned)at->vm) : NULL,
                                         .valid = at->valid,
                                         .attribute = at->vm >= 0 ? vm_recovery_name(at->attribute) : NULL,
                                         .to = at->to,
                                         .us = at->end_ps ? (at->end_ps - at->begin_ps) / PS_PER_US : UINT64_MAX};
    return true;
}

const uint8_t *system_save_area(const struct system *system, unsigned computer, unsigned number, bool vm,
                                unsigned *size)
{
    const struct vm_host *host = host_of(system, computer);
    *size = SAVE_AREA_BYTES;
    if (!host || number >= host->processors)
        return NULL;
    return vm ? host->processor[number].areas.vm : host->processor[number].areas.real;
}

bool system_processor_repair(struct system *system, unsigned computer, unsigned number, struct error *error)
{
    struct vm_host *host = computer < system->world.computers ? system->host[computer] : NULL;
    return host ? host_repair(host, number, error) : error_set(error, "a bare computer has no host");
}

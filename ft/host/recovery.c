/* recovery.c - a real processor has failed: what hardware, fault recovery circuit and host do, step by step.
 *
 * Beside the abstract of US 5,805,790, the steps by their names (struct row `steps`, below):
 *
 *   "a fault occurring in one of the processors is detected"                              fault-detected, retried
 *   "storing ... data and status information of virtual machines assigned to the processor and status information of
 *    the processor respectively in a virtual machine save area and a real machine save area"    vm-saved, real-saved
 *   "storing fault information of the processor in the main storage by a fault recovery circuit"        info-stored
 *   (the working processors hear of it: System/370's malfunction alert)                                     alerted
 *   "... which are obtained from the main storage"                                                       areas-read
 *   "restarting an interrupted process"                                                                   restarted
 *   "and causing an interruption according to the status information"                                   interrupted
 *   "retrieving, when the interruption is received, one of the virtual machines assigned to the processor according to
 *    the processor status information in the real machine save area"                                   vm-retrieved
 *   (JP 8-263454: the valid flag)                                                         valid-tested, vm-restored
 *   "then assigning the plural virtual machines to the plural processors for operation thereof according to the
 *    recovery attributes for failure set to the retrieved virtual machine"  attribute-read, processor-chosen,
 * reassigned
 *
 * configured-off and resumed are ours, and so are all times, and what each value of the attributes means (tables.c).
 * Every step can be repeated: if the processor that recovers fails, the next one begins again at areas-read.
 */
#include "ft/host/private.h"

#include <inttypes.h>
#include <stdio.h>

#include "ft/computer/kind.h"
#include "ft/computer/timeline_ring.h"
#include "mmu/base/vtime.h"

enum { RETRIES = 8 };
#define PULSE_PS (100 * PS_PER_US) /* without its pulse for so long, a processor has failed */
#define SAVE_PS  (20 * PS_PER_US)  /* for saving */
#define HOST_PS  (200 * PS_PER_US) /* for the host's part */

static struct processor *failed_of(struct vm_host *host)
{
    return &host->processor[host->recovering.failed];
}

static const char *kind_name(enum fault_kind kind)
{
    static const char *const names[] = {"soft", "hard", "damage", "hang"};
    return names[kind - FAULT_SOFT];
}

/* ---- the failing processor, and the circuit ---- */

static bool fault_detected(struct vm_host *host)
{
    struct processor *failed = failed_of(host);
    const struct recovering *recovering = &host->recovering;
    uint64_t told_ps = recovering->due_ps > recovering->free_ps ? recovering->due_ps : recovering->free_ps;
    host_tell(host, told_ps, "processor %u has failed (%s)", recovering->failed, kind_name(failed->fault));
    return true;
}

/* Eight times, with the same outcome: the instruction is backed out. */
static bool retried(struct vm_host *host)
{
    return failed_of(host)->fault == FAULT_HARD;
}

/* The registers of the virtual machine that it executed, if the hardware can: as before that instruction. What is left
 * in the processor is lost. The rest of the recovery register belongs to the slice that is under way. */
static bool vm_saved(struct vm_host *host)
{
    struct processor *failed = failed_of(host);
    bool saved = failed->struck >= 0 && failed->fault == FAULT_HARD;
    if (failed->struck < 0)
        return false;
    struct vm *vm = &host->vm[failed->struck];
    struct vmm *vmm = vm->computer->vmm;
    struct cpu *cpu = vm->computer->board->cpu;
    uint64_t done = computer_insns(vm->computer) - vmm->epoch_start_insns;
    if (saved)
        save_area_store(failed->areas.vm, cpu_state(cpu), computer_now(vm->computer),
                        (uint32_t)(vm->computer->world->config.epoch_insns - done));
    area_set(failed->areas.vm, AREA_VALID, saved);
    area_set(failed->areas.vm, AREA_VM, (uint32_t)failed->struck + 1);
    area_set(failed->areas.vm, AREA_PROCESSOR, host->recovering.failed);
    area_set(failed->areas.vm, AREA_RETRIES, saved ? RETRIES : 0);
    if (saved)
        chronicle_host(host->computer, &(struct chronicle_row){.kind = CHRONICLE_SAVED,
                                                               .time_ps = host->recovering.due_ps,
                                                               .processor = (int)host->recovering.failed,
                                                               .vm = failed->struck});
    vm->was = *cpu_state(cpu);
    vm->gone = true;
    save_area_scramble(cpu_state(cpu));
    cpu_state_changed(cpu);
    return saved;
}

/* By the circuit: which processor, and what it was doing. */
static bool real_saved(struct vm_host *host)
{
    struct processor *failed = failed_of(host);
    uint8_t *area = failed->areas.real;
    area_set(area, AREA_PROCESSOR, host->recovering.failed);
    area_set(area, AREA_VM, (uint32_t)(failed->struck + 1));
    area_set(area, AREA_RETRIES, failed->fault == FAULT_HARD ? RETRIES : 0);
    area_set(area, AREA_CPU_STATE, failed->fault != FAULT_HANG);
    be64_store(area + AREA_INSNS, failed->struck < 0 ? 0 : computer_insns(host->vm[failed->struck].computer));
    be64_store(area + AREA_TIME, failed->failed_ps);
    return true;
}

static bool info_stored(struct vm_host *host)
{
    struct processor *failed = failed_of(host);
    uint32_t information = (uint32_t)(failed->fault - FAULT_SOFT) + 1;
    area_set(failed->areas.real, AREA_FAULT, information);
    area_set(failed->areas.vm, AREA_FAULT, information);
    host->recovering.due_ps += SAVE_PS;
    return true;
}

/* ---- the host, on a processor that works ---- */

/* The processor HEALER is in the host from now on, for the host's part; its own virtual machine loses that time. */
static void occupy(struct vm_host *host, int healer)
{
    struct recovering *recovering = &host->recovering;
    struct processor *processor = &host->processor[healer];
    recovering->healer = healer;
    if (processor->clock_ps > recovering->due_ps)
        recovering->due_ps = processor->clock_ps;
    recovering->due_ps += HOST_PS;
    processor->clock_ps = recovering->due_ps;
}

static bool alerted(struct vm_host *host)
{
    occupy(host, host_lowest_working(host));
    return true;
}

static bool areas_read(struct vm_host *host)
{
    struct recovering *recovering = &host->recovering;
    const uint8_t *area = failed_of(host)->areas.real;
    recovering->in_host = !area_word(area, AREA_VM);
    recovering->left = host_of_processor(host, area_word(area, AREA_PROCESSOR));
    return true;
}

/* A dispatch or a delivery that the processor had begun is finished by whoever executes the virtual machine next: its
 * monitor's program stands where it stood. Nothing is half done. */
static bool restarted(struct vm_host *host)
{
    return true;
}

static bool interrupted(struct vm_host *host)
{
    return true;
}

static bool vm_retrieved(struct vm_host *host)
{
    struct recovering *recovering = &host->recovering;
    recovering->vm = recovering->in_host ? HOST_NONE : (int)area_word(failed_of(host)->areas.real, AREA_VM) - 1;
    return recovering->vm >= 0;
}

static bool is_valid(struct vm_host *host)
{
    return area_word(failed_of(host)->areas.vm, AREA_VALID) == 1;
}

void recovery_give_back(struct vm *vm)
{
    struct cpu *cpu = vm->computer->board->cpu;
    if (!vm->gone)
        return;
    *cpu_state(cpu) = vm->was;
    cpu_state_changed(cpu);
    vm->gone = false;
}

/* It is gone: neither is its state here, nor may it wait. */
static bool is_lost(struct vm_host *host, unsigned vm)
{
    const struct recovering *recovering = &host->recovering;
    if (!host_is_fault_tolerant(host, vm))
        return false;
    bool unsaved =
        failed_of(host)->struck == (int)vm && !is_valid(host) && !broken(host->computer->world, ASSUMPTION_VALID_FLAG);
    return unsaved || recovering->choice == CHOICE_END || recovering->choice == CHOICE_WAIT;
}

/* A row for a person: of VM, or HOST_NONE. */
static void note(struct vm_host *host, int vm)
{
    const struct processor *failed = failed_of(host);
    struct recovering *recovering = &host->recovering;
    bool saved = vm >= 0 && (failed->struck != vm || is_valid(host));
    if (vm >= 0)
        host->vm[vm].recovery = (int)host->recoveries.count;
    recovering->noted = true;
    *VEC_PUSH(&host->recoveries) =
        (struct host_recovery){.kind = recovering->of_slice ? FAULT_SOFT : failed->fault,
                               .processor = recovering->failed,
                               .vm = vm,
                               .valid = saved,
                               .attribute = vm >= 0 ? host->vm[vm].attributes.recovery : VM_RECOVERY_NONE,
                               .to = HOST_NONE,
                               .begin_ps = failed->failed_ps};
}

static bool valid_tested(struct vm_host *host)
{
    struct recovering *recovering = &host->recovering;
    struct vm *vm = recovering->vm >= 0 ? &host->vm[recovering->vm] : NULL;
    if (!vm)
        return false;
    if (is_valid(host) || broken(host->computer->world, ASSUMPTION_VALID_FLAG) || vm->state == VM_OVER)
        return true;
    if (!vm->gone) /* it was restarted, by a processor that has failed since */
        return true;
    if (host_is_fault_tolerant(host, (unsigned)recovering->vm)) /* the other computer's has what is lost here */
        return true;
    if (vm->attributes.unsaved == VM_UNSAVED_END) {
        host_tell(host, recovering->due_ps, "VM %s ends: its state was not saved (unsaved=end)",
                  host_vm_name(host, (unsigned)recovering->vm));
        note(host, recovering->vm);
        computer_end(vm->computer, END_LOST, 0, "its processor failed, and its state was not saved");
        vm->state = VM_OVER;
        recovery_give_back(vm);
    } else {
        host_tell(host, recovering->due_ps, "VM %s is restarted: its state was not saved (unsaved=restart)",
                  host_vm_name(host, (unsigned)recovering->vm));
        vm->restarts++;
        vm->computer->kind->reset(vm->computer);
        recovery_give_back(vm); /* the guest sees none of them before its reset, and a log that ends first has them */
    }
    return true;
}

/* The flag is 0, and it is resumed anyhow: for a person, what is wrong then. */
static void tell_wrong(struct vm_host *host, const struct cpu_state *is, const struct cpu_state *was)
{
    char text[160];
    if (save_area_difference(is, was, text, sizeof text))
        host_tell(host, host->recovering.due_ps,
                  "VM %s is resumed from a save area whose valid flag is 0: the first wrong register: %s",
                  host_vm_name(host, (unsigned)host->recovering.vm), text);
}

/* Once: if the processor that recovers fails, the virtual machine may have gone on since. */
static bool vm_restored(struct vm_host *host)
{
    struct recovering *recovering = &host->recovering;
    struct vm *vm = recovering->vm >= 0 ? &host->vm[recovering->vm] : NULL;
    bool saved = is_valid(host) || broken(host->computer->world, ASSUMPTION_VALID_FLAG);
    if (!vm || !saved || !vm->gone || vm->state == VM_OVER)
        return false;
    struct cpu *cpu = vm->computer->board->cpu;
    struct cpu_state *state = cpu_state(cpu);
    uint64_t insns = state->insns;
    save_area_load(failed_of(host)->areas.vm, state);
    state->insns = insns; /* of a valid area the same */
    vm->gone = false;
    if (!is_valid(host))
        tell_wrong(host, state, &vm->was);
    cpu_state_changed(cpu);
    return true;
}

/* Whose turn it is: the retrieved one first, then the others of that processor, then those whose pool is empty now. */
static bool attribute_read(struct vm_host *host)
{
    struct recovering *recovering = &host->recovering;
    for (unsigned i = 0; i < host->vms; i++)
        if (host->vm[i].state == VM_OVER)
            recovering->left &= ~(UINT32_C(1) << i);
    if (recovering->vm < 0 || !(recovering->left >> recovering->vm & 1))
        for (recovering->vm = 0; recovering->left && !(recovering->left >> recovering->vm & 1);)
            recovering->vm++;
    if (!recovering->left)
        recovering->vm = HOST_NONE;
    return recovering->vm >= 0;
}

static bool processor_chosen(struct vm_host *host)
{
    struct recovering *recovering = &host->recovering;
    if (recovering->vm < 0)
        return false;
    const struct vm *vm = &host->vm[recovering->vm];
    bool waits = vm->state == VM_READY && vm->on == VM_SHARED; /* it was on no processor: its pool is empty */
    recovering->choice = host_choose(host, (unsigned)recovering->vm, recovering->spare);
    if (waits && recovering->choice == CHOICE_END)
        recovering->choice = CHOICE_WAIT;
    return true;
}

static void tell_choice(struct vm_host *host, unsigned vm, int choice)
{
    const char *name = host_vm_name(host, vm), *attribute = vm_recovery_name(host->vm[vm].attributes.recovery);
    uint64_t now = host->recovering.due_ps;
    if (choice == CHOICE_END)
        host_tell(host, now, "VM %s ends with its processor (recovery=%s)", name, attribute);
    else if (choice == CHOICE_WAIT)
        host_tell(host, now, "VM %s waits for a processor (recovery=%s)", name, attribute);
    else if (choice == VM_SHARED)
        host_tell(host, now, "VM %s goes on in the pool (recovery=%s)", name, attribute);
    else
        host_tell(host, now, "VM %s goes on at processor %d (recovery=%s)", name, choice, attribute);
}

/* LOST, which is fault tolerant, is lost, and with it all of this computer that are: the other computer goes on with
 * them. The first one's monitor, on the processor that recovers, says [lost]. It does not come again where others
 * followed it: a computer that joins is sent the first one's state only. */
static void lose_all(struct vm_host *host, unsigned lost)
{
    struct computer *first = host->computer;
    bool alone = !first->vmm->following.followers.count;
    if (lost)
        host_tell(host, host->recovering.due_ps, "VM %s, which follows the first, is lost, and that one with it",
                  host_vm_name(host, lost));
    computer_sleep_until(first, host->recovering.due_ps);
    for (unsigned i = 0; i < host->vms; i++) {
        struct vm *vm = &host->vm[i];
        if (!host_is_fault_tolerant(host, i) || vm->state == VM_OVER)
            continue;
        recovery_give_back(vm);
        host_take_off(host, i);
        vm->state = VM_OVER;
        if (i)
            computer_end(vm->computer, END_LOST, 0, "its computer has lost who is fault tolerant");
    }
    vmm_lose_vp(first->vmm, alone);
}

/* A spare has come into the pool: those of it that wait already have their turns there. */
static void serve_pool(struct vm_host *host)
{
    for (unsigned i = 0; i < host->vms && host_pool_size(host); i++) {
        if (host->vm[i].state != VM_WAITING || host->vm[i].on != VM_SHARED)
            continue;
        tell_choice(host, i, VM_SHARED);
        host_reassign(host, i, VM_SHARED, host->recovering.due_ps);
    }
}

static bool reassigned(struct vm_host *host)
{
    struct recovering *recovering = &host->recovering;
    if (recovering->vm < 0)
        return false;
    unsigned number = (unsigned)recovering->vm;
    struct vm *vm = &host->vm[number];
    int choice = recovering->choice, displaced = HOST_NONE;
    bool spare = choice >= 0 && host->processor[choice].state == PROCESSOR_SPARE;
    bool lost = is_lost(host, number);
    note(host, (int)number);
    if (!lost)
        tell_choice(host, number, choice);
    if (vm->processor >= 0) /* another takes its processor: it is interrupted, as at the end of a slice */
        host_take_off(host, number);
    if (lost) {
        lose_all(host, number);
    } else if (choice == CHOICE_END) {
        vm->state = VM_OVER;
        computer_end(vm->computer, END_LOST, 0, "its processor failed (recovery=none)");
    } else {
        displaced = host_reassign(host, number, choice, recovering->due_ps);
        serve_pool(host);
    }
    recovering->left &= ~(UINT32_C(1) << number);
    if (spare && !lost)
        recovering->spare = choice;
    if (displaced >= 0)
        recovering->left |= UINT32_C(1) << displaced;
    return true;
}

/* Where a recovery goes on when one of its virtual machines has its processor: with the next of them. */
static bool has_more(struct vm_host *host)
{
    struct recovering *recovering = &host->recovering;
    recovering->vm = HOST_NONE;
    if (!recovering->left && failed_of(host)->state == PROCESSOR_FAILED)
        recovering->left = host_of_empty_pool(host);
    return recovering->left != 0;
}

static bool configured_off(struct vm_host *host)
{
    struct processor *failed = failed_of(host);
    if (!host->recovering.noted)
        note(host, HOST_NONE);
    failed->state = PROCESSOR_OFF;
    failed->pool = false;
    host_tell(host, host->recovering.due_ps, "processor %u is configured off", host->recovering.failed);
    return true;
}

/* ---- the steps, in order ---- */

/* False: the step was not needed, and counts for nothing. */
typedef bool take(struct vm_host *host);

static const struct {
    enum protocol_step step;
    take *take;
} steps[] = {
    {PROTOCOL_STEP_FAULT_DETECTED, fault_detected},
    {PROTOCOL_STEP_RETRIED, retried},
    {PROTOCOL_STEP_VM_SAVED, vm_saved},
    {PROTOCOL_STEP_REAL_SAVED, real_saved},
    {PROTOCOL_STEP_INFO_STORED, info_stored},
    {PROTOCOL_STEP_ALERTED, alerted},
    {PROTOCOL_STEP_AREAS_READ, areas_read},
    {PROTOCOL_STEP_RESTARTED, restarted},
    {PROTOCOL_STEP_INTERRUPTED, interrupted},
    {PROTOCOL_STEP_VM_RETRIEVED, vm_retrieved},
    {PROTOCOL_STEP_VALID_TESTED, valid_tested},
    {PROTOCOL_STEP_VM_RESTORED, vm_restored},
    {PROTOCOL_STEP_ATTRIBUTE_READ, attribute_read},
    {PROTOCOL_STEP_PROCESSOR_CHOSEN, processor_chosen},
    {PROTOCOL_STEP_REASSIGNED, reassigned},
    {PROTOCOL_STEP_CONFIGURED_OFF, configured_off},
};

enum { STEPS = sizeof steps / sizeof steps[0] };

static unsigned step_of(enum protocol_step step)
{
    unsigned i = 0;
    while (i < STEPS - 1 && steps[i].step != step)
        i++;
    return i;
}

void recovery_begin(struct vm_host *host, unsigned failed, bool of_slice)
{
    struct processor *processor = &host->processor[failed];
    struct recovering *recovering = &host->recovering;
    uint64_t free_ps = recovering->due_ps;
    *recovering = (struct recovering){.active = true,
                                      .free_ps = free_ps,
                                      .failed = failed,
                                      .healer = HOST_NONE,
                                      .vm = HOST_NONE,
                                      .spare = HOST_NONE,
                                      .of_slice = of_slice,
                                      .due_ps = of_slice ? processor->clock_ps : processor->failed_ps};
    if (!of_slice) {
        recovering->due_ps += processor->fault == FAULT_HANG ? PULSE_PS : 0;
        return;
    }
    /* Nothing is lost: all are in their blocks. */
    processor->state = PROCESSOR_FAILED;
    processor->fault = FAULT_SOFT;
    processor->failed_ps = processor->clock_ps;
    processor->struck = HOST_NONE;
    recovering->left = host_of_processor(host, failed);
    recovering->step = step_of(PROTOCOL_STEP_ATTRIBUTE_READ);
    host_tell(host, recovering->due_ps, "processor %u has had %u soft faults: it is deconfigured", failed,
              (unsigned)processor->soft);
}

uint64_t recovery_ends_first_ps(struct vm_host *host)
{
    const struct recovering *recovering = &host->recovering;
    uint64_t failed_ps = 0;
    if (!host_is_fault_tolerant(host, 0) || host->vm[0].state == VM_OVER)
        return TIME_NEVER;
    if (host_lowest_working(host) >= 0) {
        bool loses = steps[recovering->step].step == PROTOCOL_STEP_REASSIGNED && recovering->vm >= 0 &&
                     is_lost(host, (unsigned)recovering->vm);
        return loses ? recovering->due_ps : TIME_NEVER;
    }
    for (unsigned n = 0; n < host->processors; n++)
        if (host->processor[n].state == PROCESSOR_FAILED && host->processor[n].failed_ps > failed_ps)
            failed_ps = host->processor[n].failed_ps;
    return failed_ps;
}

/* The processor that recovers has failed, too: the next one begins again. Every processor: the computer has failed. */
static bool has_healer(struct vm_host *host)
{
    struct recovering *recovering = &host->recovering;
    int lowest = host_lowest_working(host);
    if (lowest < 0) {
        if (host->computer->world->config.mode == MODE_PAIR) /* silently, as a computer fails */
            computer_die(host->computer);
        else if (host->vm[0].state != VM_OVER)
            computer_end(host->computer, END_LOST, 0, "every processor has failed");
        host_die(host);
        return false;
    }
    if (recovering->healer < 0 || host->processor[recovering->healer].state == PROCESSOR_WORKING ||
        host->processor[recovering->healer].state == PROCESSOR_SPARE)
        return true;
    recovering->due_ps += SAVE_PS;
    recovering->spare = recovering->vm = HOST_NONE;
    recovering->step = step_of(PROTOCOL_STEP_AREAS_READ);
    occupy(host, lowest);
    return false;
}

void recovery_step(struct vm_host *host)
{
    struct recovering *recovering = &host->recovering;
    if (!has_healer(host))
        return;
    enum protocol_step step = steps[recovering->step].step;
    bool taken = steps[recovering->step].take(host);
    uint64_t now = recovering->due_ps;
    recovering->step++;
    if (step == PROTOCOL_STEP_REASSIGNED && has_more(host))
        recovering->step = step_of(PROTOCOL_STEP_ATTRIBUTE_READ);
    if (recovering->step == STEPS) {
        recovering->active = false;
        recovering->healer = HOST_NONE;
    }
    if (taken)
        host_step(host, step, now);
}

void recovery_resumed(struct vm_host *host, unsigned vm, unsigned processor, uint64_t time_ps)
{
    struct host_recovery *recovery = &host->recoveries.at[host->vm[vm].recovery];
    host->vm[vm].recovery = HOST_NONE;
    recovery->to = (int)processor;
    recovery->end_ps = time_ps;
    chronicle_host(host->computer, &(struct chronicle_row){.kind = CHRONICLE_MOVED,
                                                           .time_ps = time_ps,
                                                           .number = recovery->processor,
                                                           .processor = (int)processor,
                                                           .vm = (int)vm});
    host_step(host, PROTOCOL_STEP_RESUMED, time_ps);
}

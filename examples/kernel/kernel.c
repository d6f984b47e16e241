/* kernel.c - processes: system calls, preemption, faults; and what came of it all, at the end and in order.
 *
 * Four processes. Two compute and must exit with status 0; two do what they may not, and must be killed for just that
 * while the others go on. Nothing that is printed depends on when the timer interrupted whom. Status 0 if every process
 * ended as it should and the computing ones were preempted; 1 if not; 2 out of memory; 3 the kernel's own mistake.
 */
#include "kernel.h"

enum {
    QUANTUM_TICKS = 9000,
    VECTOR_DATA_PROTECTION_ID = 27,
    VECTOR_DTLB_MISS = 15,
};

_Static_assert(offsetof(struct context, iasq) == CONTEXT_IASQ, "entry.S");
_Static_assert(offsetof(struct context, iaoq) == CONTEXT_IAOQ, "entry.S");
_Static_assert(offsetof(struct context, ipsw) == CONTEXT_IPSW, "entry.S");
_Static_assert(offsetof(struct context, iir) == CONTEXT_IIR, "entry.S");
_Static_assert(offsetof(struct context, isr) == CONTEXT_ISR, "entry.S");
_Static_assert(offsetof(struct context, ior) == CONTEXT_IOR, "entry.S");
_Static_assert(offsetof(struct context, sar) == CONTEXT_SAR, "entry.S");
_Static_assert(offsetof(struct context, sr) == CONTEXT_SR, "entry.S");
_Static_assert(offsetof(struct context, fr) == CONTEXT_FR, "entry.S");
_Static_assert(sizeof(struct context) == CONTEXT_BYTES, "entry.S");

extern const uint32_t user_programs[PROCESSES], user_return;
extern char $global$[];
extern const char kernel_vectors[];

/* What each process is, and how it must end. */
static const struct {
    const char *name;
    enum process_state end;
    uint32_t vector; /* that kills it */
    bool computes, writes_shared;
} wanted[PROCESSES] = {
    {"sieve", EXITED, 0, true, true},
    {"sums", EXITED, 0, true, false},
    {"wild", KILLED, VECTOR_DTLB_MISS, false, false},
    {"meddler", KILLED, VECTOR_DATA_PROTECTION_ID, false, false},
};

static struct process processes[PROCESSES];
static unsigned current;

static void process_new(unsigned pid)
{
    struct process *process = &processes[pid];
    struct context *context = &process->context;
    process->space = 0x100 + pid;
    process->identifier = 0x10 + pid;
    process->writes_shared = wanted[pid].writes_shared;
    vm_new(process);
    context->iasq[0] = context->iasq[1] = process->space;
    context->iaoq[0] = user_programs[pid] | 3; /* level 3 */
    context->iaoq[1] = (user_programs[pid] + 4) | 3;
    context->ipsw = USER_PSW;
    for (unsigned i = 0; i < 5; i++)
        context->sr[i] = process->space;
    context->gr[2] = user_return | 3;
    context->gr[26] = pid;
    context->gr[27] = (uint32_t)$global$;
    context->gr[30] = STACK_BASE + 64;
}

/* How PROCESS ended, and what it wrote. Returns whether that is right. */
static bool report(unsigned pid)
{
    const struct process *process = &processes[pid];
    printf("process %u (%s) in space %x: ", pid, wanted[pid].name, process->space);
    if (process->state == EXITED)
        printf("exit %u", process->status);
    else
        printf("killed at %08x: %s, %08x", process->fault_at, interruption_name(process->vector), process->fault_of);
    printf("; %u pages filled, %u written\n", process->pages_filled, process->pages_dirty);
    for (uint32_t i = 0; i < process->output_bytes; i++)
        console_put(process->output[i]);
    return process->state == wanted[pid].end && process->status == 0 && process->vector == wanted[pid].vector &&
           (!wanted[pid].computes || process->preemptions > 0);
}

static _Noreturn void finish(void)
{
    bool right = true;
    for (unsigned pid = 0; pid < PROCESSES; pid++)
        right = report(pid) && right;
    printf("kernel: %s\n", right ? "every process ended as it should" : "SOMETHING IS WRONG");
    power_off(right ? 0 : 1);
}

/* The next runnable process in turn; the quantum begins. */
static struct context *schedule(void)
{
    for (unsigned i = 1; i <= PROCESSES; i++) {
        unsigned pid = (current + i) % PROCESSES;
        if (processes[pid].state != RUNNABLE)
            continue;
        current = pid;
        vm_activate(&processes[pid]);
        timer_alarm(timer_ticks() + QUANTUM_TICKS);
        return &processes[pid].context;
    }
    finish();
}

static struct context *kill(struct process *process)
{
    const struct context *context = &process->context;
    process->state = KILLED;
    process->vector = context->vector;
    process->fault_at = context->iaoq[0];
    process->fault_of = context->ior;
    return schedule();
}

/* Bytes written are kept until the end. Returns how many, or -1 if the buffer is not the process's. */
static uint32_t write_output(struct process *process, uint32_t offset, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        int byte = vm_user_byte(process, offset + i);
        if (byte < 0)
            return UINT32_MAX;
        if (process->output_bytes == OUTPUT_BYTES)
            return i;
        process->output[process->output_bytes++] = (char)byte;
    }
    return count;
}

static struct context *system_call(struct process *process)
{
    struct context *context = &process->context;
    uint32_t *result = &context->gr[28];
    switch (context->gr[22]) {
    case SYS_EXIT:
        process->state = EXITED;
        process->status = context->gr[26];
        return schedule();
    case SYS_WRITE:
        *result = write_output(process, context->gr[26], context->gr[25]);
        return context;
    case SYS_YIELD:
        *result = 0;
        return schedule();
    case SYS_GETPID:
        *result = current;
        return context;
    case SYS_TIME:
        *result = timer_ticks();
        return context;
    default:
        *result = UINT32_MAX;
        return context;
    }
}

/* The timer, or an interrupt that has nobody to serve it. */
static struct context *external(struct process *process)
{
    uint32_t pending = interrupts_pending();
    interrupts_clear(pending);
    if (!(pending & interrupt_mask(INTERRUPT_TIMER)))
        return &process->context;
    process->preemptions++;
    return schedule();
}

struct context *kernel_interruption(struct context *context)
{
    struct process *process = &processes[current];
    if (!(context->ipsw & PSW_C)) { /* absolute mode: it was the kernel that was interrupted */
        printf("kernel: interruption %u at %08x\n", context->vector, context->iaoq[0]);
        power_off(3);
    }
    switch (context->vector) {
    case VECTOR_SYSTEM_CALL:
        return system_call(process);
    case VECTOR_EXTERNAL:
        return external(process);
    case 6: /* instruction TLB miss, and no translation: a page fault */
        return vm_fault(process, context->iasq[0], context->iaoq[0]) ? context : kill(process);
    case 15: /* data TLB miss, and the non-access misses */
    case 16:
    case 17:
        return vm_fault(process, context->isr, context->ior) ? context : kill(process);
    case 20: /* TLB dirty bit */
        vm_dirty(process, context->isr, context->ior);
        return context;
    default:
        return kill(process);
    }
}

int main(void)
{
    vm_start();
    for (unsigned pid = 0; pid < PROCESSES; pid++)
        process_new(pid);
    __asm__ volatile("mtctl %0,%%cr14" : : "r"(kernel_vectors) : "memory");
    interrupts_clear(UINT32_MAX);
    interrupts_enable(interrupt_mask(INTERRUPT_TIMER));
    current = PROCESSES - 1;
    context_resume(schedule());
}

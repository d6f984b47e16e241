/* debug.c - what a debugger asks of a processor: breakpoints, watched memory, stops at interruptions, an observer of
 * every instruction.
 *
 * What always holds: the guest's state comes out the same with and without. Watched pages are kept out of the software
 * TLB, so every reference to them takes the slow way, where it is noted; with an observer that is every page, and
 * instructions are executed one at a time. Nothing is tested on the fast way.
 */
#include "cpu/interp/interp.h"

/* ---- breakpoints ---- */

void cpu_breakpoint_add(struct cpu *cpu, uint32_t offset)
{
    assert(cpu->breakpoint_count < MAX_BREAKPOINTS);
    cpu->breakpoints[cpu->breakpoint_count++] = offset & ~UINT32_C(3);
    interp_forget_all(cpu);
}

void cpu_breakpoint_remove(struct cpu *cpu, uint32_t offset)
{
    for (unsigned i = 0; i < cpu->breakpoint_count; i++) {
        if (cpu->breakpoints[i] == (offset & ~UINT32_C(3))) {
            cpu->breakpoints[i] = cpu->breakpoints[--cpu->breakpoint_count];
            interp_forget_all(cpu);
            return;
        }
    }
}

void cpu_breakpoint_pass(struct cpu *cpu)
{
    cpu->breakpoint_passed = 0; /* a processor that is started later begins somewhere else */
    for (unsigned i = 0; i < cpu->breakpoint_count; i++)
        if (((cpu->breakpoints[i] ^ cpu->state.iaoq_front) & ~UINT32_C(3)) == 0)
            cpu->breakpoint_passed = cpu->state.insns + 1;
}

/* ---- watched memory ---- */

static void noting_changed(struct cpu *cpu)
{
    cpu->noting = cpu->watch_count || cpu->observer;
    soft_drop_all(cpu);
}

void cpu_watch_add(struct cpu *cpu, uint32_t offset, uint32_t size_bytes, unsigned kinds)
{
    assert(cpu->watch_count < MAX_WATCHES && size_bytes > 0 && size_bytes - 1 <= UINT32_MAX - offset);
    cpu->watches[cpu->watch_count++] = (struct watched){offset, offset + size_bytes - 1, kinds};
    noting_changed(cpu);
}

void cpu_watch_remove(struct cpu *cpu, uint32_t offset, uint32_t size_bytes, unsigned kinds)
{
    for (unsigned i = 0; i < cpu->watch_count; i++) {
        const struct watched *at = &cpu->watches[i];
        if (at->offset != offset || at->last != offset + size_bytes - 1 || at->kinds != kinds)
            continue;
        cpu->watches[i] = cpu->watches[--cpu->watch_count];
        noting_changed(cpu);
        return;
    }
}

const struct cpu_access *cpu_watch_hit(const struct cpu *cpu)
{
    return &cpu->watch_hit;
}

void cpu_watch_pass(struct cpu *cpu, uint64_t passed)
{
    cpu->watch_passed = passed;
}

/* ---- interruptions, observer ---- */

void cpu_stop_at_traps(struct cpu *cpu, uint64_t vectors)
{
    cpu->trap_stops = vectors;
}

unsigned cpu_vector_taken(const struct cpu *cpu)
{
    return cpu->vector_taken;
}

void cpu_observe(struct cpu *cpu, cpu_observer *observer, void *arg)
{
    cpu->observer = observer;
    cpu->observer_arg = arg;
    noting_changed(cpu);
}

bool cpu_debug_translate(struct cpu *cpu, uint32_t space, uint32_t offset, bool code, uint32_t *physical)
{
    *physical = offset;
    if (!(cpu->state.psw & (code ? PSW_C : PSW_D)))
        return true;
    const struct tlb_entry *entry = tlb_find(cpu->tlb, code ? TLB_INSTRUCTION : TLB_DATA, space, offset);
    if (!entry)
        return false;
    *physical = tlb_physical(entry, offset);
    return true;
}

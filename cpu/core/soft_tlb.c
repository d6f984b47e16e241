/* soft_tlb.c - addresses: the checks of a reference in the manual's order, and the software TLB in front of them.
 *
 * Order of a data reference's faults (group 3, manual chapter "Interruptions"): TLB miss 15, access rights 26,
 * protection identifier 27, unaligned 28, data break 19, dirty 20, page reference 21. What always holds of the software
 * TLB: an entry allows exactly what these checks would allow without a trap, to memory that needs no bookkeeping.
 */
#include "cpu/core/core.h"

#include <stdio.h>

static void pids_of(const struct cpu *cpu, uint32_t pids[4])
{
    const uint32_t *cr = cpu->state.cr;
    pids[0] = cr[CR_PID1];
    pids[1] = cr[CR_PID2];
    pids[2] = cr[CR_PID3];
    pids[3] = cr[CR_PID4];
}

bool translate_identifier(const struct cpu *cpu, const struct tlb_entry *entry, enum tlb_access access)
{
    if (!(cpu->state.psw & PSW_P))
        return true;
    uint32_t pids[4];
    pids_of(cpu, pids);
    return tlb_identifier(entry, access, pids);
}

unsigned translate_fetch(struct cpu *cpu, uint32_t space, uint32_t iaoq, uint32_t *physical)
{
    *physical = iaoq & ~UINT32_C(3);
    if (!(cpu->state.psw & PSW_C))
        return 0;
    const struct tlb_entry *entry = tlb_find(cpu->tlb, TLB_INSTRUCTION, space, iaoq);
    if (!entry)
        return VECTOR_ITLB_MISS;
    if (!tlb_rights(entry, TLB_EXECUTE, iaoq & 3) || !translate_identifier(cpu, entry, TLB_EXECUTE))
        return VECTOR_INSTRUCTION_PROTECTION;
    *physical = tlb_physical(entry, iaoq & ~UINT32_C(3));
    return 0;
}

/* The vector of the first fault of a translated data reference, or 0. */
static unsigned data_fault(struct cpu *cpu, const struct tlb_entry *entry, unsigned references, bool aligned)
{
    bool write = references & REFERENCE_WRITE, read = references & REFERENCE_READ;
    if ((read && !tlb_rights(entry, TLB_READ, cpu->privilege)) ||
        (write && !tlb_rights(entry, TLB_WRITE, cpu->privilege)))
        return VECTOR_DATA_ACCESS_RIGHTS;
    if (!translate_identifier(cpu, entry, write ? TLB_WRITE : TLB_READ))
        return VECTOR_DATA_PROTECTION_ID;
    if (!aligned)
        return VECTOR_UNALIGNED;
    if (write && (entry->flags & TLB_B) && !(cpu->state.psw & PSW_X))
        return VECTOR_DATA_BREAK;
    if (write && !(entry->flags & TLB_D))
        return VECTOR_TLB_DIRTY;
    if (entry->flags & TLB_T)
        return VECTOR_PAGE_REFERENCE;
    return 0;
}

unsigned exec_translate(struct cpu *cpu, uint32_t space, uint32_t offset, unsigned references, unsigned align)
{
    bool aligned = (offset & (align - 1)) == 0;
    cpu->trap_isr = space;
    cpu->trap_ior = offset;
    cpu->physical = offset;
    if (!(cpu->state.psw & PSW_D))
        return aligned ? 0 : VECTOR_UNALIGNED;
    const struct tlb_entry *entry = tlb_find(cpu->tlb, TLB_DATA, space, offset);
    if (!entry)
        return VECTOR_DTLB_MISS;
    cpu->physical = tlb_physical(entry, offset);
    return data_fault(cpu, entry, references, aligned);
}

/* Let the software TLB know a page for loads (and for stores, if STORE_HOST). */
static void fill(struct cpu *cpu, uint32_t space, uint32_t offset, uintptr_t host, bool store)
{
    if (cpu->noting && !debug_may_cache(cpu, offset))
        return;
    struct soft_entry *entry = &cpu->soft[(offset >> 12) % SOFT_ENTRIES];
    uint64_t tag = (uint64_t)space << 32 | (offset & UINT32_C(0xFFFFF000));
    uintptr_t addend = host - (offset & UINT32_C(0xFFFFF000));
    if (entry->addend != addend) {
        entry->load_tag = entry->store_tag = TAG_NONE;
        entry->addend = addend;
    }
    if (store) {
        entry->store_tag = tag;
        if (entry->load_tag != tag)
            entry->load_tag = TAG_NONE;
    } else {
        entry->load_tag = tag;
        if (entry->store_tag != tag)
            entry->store_tag = TAG_NONE;
    }
}

/* PSW[M] = 1 hides a machine check: an access of SIZE bytes at PHYSICAL. */
static NOINLINE void log_hidden(struct cpu *cpu, const struct op *op, uint32_t physical, unsigned size, bool store)
{
    char line[160];
    if (!cpu->env->log)
        return;
    exec_materialize(cpu, op);
    snprintf(line, sizeof line,
             "PSW[M] = 1: a %s of %u bytes at physical 0x%08x, where nothing answers, %s (at 0x%08x)",
             store ? "store" : "load", size, physical, store ? "vanishes" : "gives 0", cpu->state.iaoq_front & ~3u);
    cpu->env->log(cpu->env_arg, line);
}

/* RESULT is what answered an access of SIZE bytes at PHYSICAL. True if the instruction can complete. */
static bool bus_result(struct cpu *cpu, const struct op *op, uint32_t physical, unsigned size, bool store,
                       enum phys_result result)
{
    if (result == PHYS_OK)
        return true;
    if (result == PHYS_STALL) {
        exec_stall(cpu, op);
        return false;
    }
    if (cpu->state.psw & PSW_M) { /* loads give 0, stores vanish, with a log line: docs/board.md */
        log_hidden(cpu, op, physical, size, store);
        return true;
    }
    exec_raise(cpu, op, VECTOR_HPMC);
    return false;
}

bool exec_load_physical(struct cpu *cpu, const struct op *op, uint32_t physical, unsigned size)
{
    cpu->value = 0;
    if (phys_is_memory(cpu->phys, physical))
        return bus_result(cpu, op, physical, size, false, phys_load(cpu->phys, physical, size, &cpu->value));
    exec_materialize(cpu, op);
    bool done = bus_result(cpu, op, physical, size, false, phys_load(cpu->phys, physical, size, &cpu->value));
    cpu->simulated += done; /* not when it stalls: it will be back */
    return done;
}

bool exec_store_physical(struct cpu *cpu, const struct op *op, uint32_t physical, unsigned size, uint64_t value)
{
    if (phys_is_memory(cpu->phys, physical))
        return bus_result(cpu, op, physical, size, true, phys_store(cpu->phys, physical, size, value));
    exec_materialize(cpu, op);
    bool done = bus_result(cpu, op, physical, size, true, phys_store(cpu->phys, physical, size, value));
    cpu->simulated += done;
    return done;
}

NOINLINE bool exec_load_slow(struct cpu *cpu, const struct op *op, uint32_t space, uint32_t offset, unsigned size)
{
    unsigned vector = exec_translate(cpu, space, offset, REFERENCE_READ, size);
    uint32_t physical = cpu->physical;
    if (vector) {
        exec_raise(cpu, op, vector);
        return false;
    }
    if (holds_access(cpu, op, offset, size, ACCESS_READ))
        return false;
    const uint8_t *page = phys_page_load(cpu->phys, physical);
    if (page)
        fill(cpu, space, offset, (uintptr_t)page, false);
    if (!exec_load_physical(cpu, op, physical, size))
        return false;
    note_access(cpu, offset, size, ACCESS_READ, cpu->value);
    return true;
}

NOINLINE bool exec_store_slow(struct cpu *cpu, const struct op *op, uint32_t space, uint32_t offset, unsigned size,
                              uint64_t value)
{
    unsigned vector = exec_translate(cpu, space, offset, REFERENCE_WRITE, size);
    uint32_t physical = cpu->physical;
    if (vector) {
        exec_raise(cpu, op, vector);
        return false;
    }
    if (holds_access(cpu, op, offset, size, ACCESS_WRITE) || !exec_store_physical(cpu, op, physical, size, value))
        return false;
    /* A page with PSW[X] = 1 only now is not one whose stores are always allowed. */
    uint8_t *page = (cpu->state.psw & PSW_X) ? NULL : phys_page_fast_store(cpu->phys, physical);
    if (page)
        fill(cpu, space, offset, (uintptr_t)page, true);
    note_access(cpu, offset, size, ACCESS_WRITE, value);
    return true;
}

static void drop_tables(struct cpu *cpu, unsigned first, unsigned last)
{
    for (unsigned mode = first; mode <= last; mode++) {
        for (unsigned i = 0; i < SOFT_ENTRIES; i++)
            cpu->soft_tables[mode][i].load_tag = cpu->soft_tables[mode][i].store_tag = TAG_NONE;
    }
}

void soft_drop_page(struct cpu *cpu, uint32_t space, uint32_t offset)
{
    uint64_t tag = (uint64_t)space << 32 | (offset & UINT32_C(0xFFFFF000));
    for (unsigned mode = 0; mode < SOFT_ABSOLUTE; mode++) {
        struct soft_entry *entry = &cpu->soft_tables[mode][(offset >> 12) % SOFT_ENTRIES];
        if (entry->load_tag == tag || entry->store_tag == tag)
            entry->load_tag = entry->store_tag = TAG_NONE;
    }
    cpu->fetch[(offset >> 12) % FETCH_ENTRIES].tag = TAG_NONE;
}

void soft_drop_translated(struct cpu *cpu)
{
    drop_tables(cpu, 0, 3);
    for (unsigned i = 0; i < FETCH_ENTRIES; i++)
        cpu->fetch[i].tag = TAG_NONE;
}

void soft_drop_all(struct cpu *cpu)
{
    soft_drop_translated(cpu);
    drop_tables(cpu, SOFT_ABSOLUTE, SOFT_ABSOLUTE);
}

void soft_drop_stores(struct cpu *cpu)
{
    for (unsigned mode = 0; mode < SOFT_MODES; mode++) {
        for (unsigned i = 0; i < SOFT_ENTRIES; i++)
            cpu->soft_tables[mode][i].store_tag = TAG_NONE;
    }
}

void soft_sync(struct cpu *cpu)
{
    const struct cpu_state *state = &cpu->state;
    uint32_t psw = state->psw;
    cpu->privilege = state->iaoq_front & 3;
    cpu->fetch_mode = (psw & PSW_C) ? 0 : 4;
    if ((psw & (PSW_C | PSW_D)) && (psw & PSW_P) != cpu->soft_key) {
        soft_drop_translated(cpu);
        cpu->soft_key = psw & PSW_P;
    }
    if (psw & PSW_D) {
        memcpy(cpu->space, state->sr, sizeof cpu->space);
        cpu->soft = cpu->soft_tables[cpu->privilege];
    } else {
        memset(cpu->space, 0, sizeof cpu->space);
        cpu->soft = cpu->soft_tables[SOFT_ABSOLUTE];
    }
}

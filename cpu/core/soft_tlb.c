/* soft_tlb.c - addresses: the checks of a reference in the manual's order, and the software TLB in front of them.
 *
 * Order of a data reference's faults (group 3, manual chapter "Interruptions"): TLB miss 15, access rights 26,
 * protection identifier 27, unaligned 28, data break 19, dirty 20, page reference 21. What always holds of the software
 * TLB: an entry allows exactly what these checks would allow without a trap, to memory that needs no bookkeeping.
 */
#include "cpu/core/core.h"

#include <stdio.h>
#include <stdlib.h>

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

/* Entry AT of a table, empty until now, is filled. */
static void note_filled(struct soft_filled *filled, uint32_t at)
{
    if (filled->count < SOFT_FILLED)
        filled->at[filled->count++] = (uint16_t)at;
    else
        filled->count = SOFT_FILLED + 1;
}

/* Let the short addresses' table of now know the page of OFFSET, as ENTRY of the general one does. */
static void fill_short(struct cpu *cpu, uint32_t offset, const struct soft_entry *entry, uint64_t tag)
{
    struct short_table *table =
        (struct short_table *)(void *)((char *)cpu->short_table - offsetof(struct short_table, entries));
    if (!table->used || table->space != tag >> 32)
        return;
    uint32_t at = (offset >> 12) % SHORT_ENTRIES;
    struct short_entry *into = &table->entries[at];
    if (into->load_tag == SHORT_NONE && into->store_tag == SHORT_NONE)
        note_filled(&table->filled, at);
    into->addend = entry->addend;
    into->load_tag = entry->load_tag == tag ? (uint32_t)tag : SHORT_NONE;
    into->store_tag = entry->store_tag == tag ? (uint32_t)tag : SHORT_NONE;
}

void soft_short_refill(struct cpu *cpu, uint32_t offset)
{
    const struct short_table *table =
        (const struct short_table *)(const void *)((char *)cpu->short_table - offsetof(struct short_table, entries));
    uint64_t tag = (uint64_t)table->space << 32 | (offset & UINT32_C(0xFFFFF000));
    const struct soft_entry *entry = &cpu->soft[(offset >> 12) % SOFT_ENTRIES];
    if (entry->load_tag == tag || entry->store_tag == tag)
        fill_short(cpu, offset, entry, tag);
}

/* Let the software TLB know a page for loads (and for stores, if STORE_HOST). */
static void fill(struct cpu *cpu, uint32_t space, uint32_t offset, uintptr_t host, bool store)
{
    if (cpu->noting && !debug_may_cache(cpu, offset))
        return;
    uint32_t at = (offset >> 12) % SOFT_ENTRIES;
    struct soft_entry *entry = &cpu->soft[at];
    uint64_t tag = (uint64_t)space << 32 | (offset & UINT32_C(0xFFFFF000));
    uintptr_t addend = host - (offset & UINT32_C(0xFFFFF000));
    if (entry->load_tag == TAG_NONE && entry->store_tag == TAG_NONE)
        note_filled(&cpu->soft_filled[(unsigned)(cpu->soft - cpu->soft_tables[0]) / SOFT_ENTRIES], at);
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
    if (cpu->short_tables)
        fill_short(cpu, offset, entry, tag);
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

static void drop_table(struct cpu *cpu, unsigned mode)
{
    struct soft_filled *filled = &cpu->soft_filled[mode];
    struct soft_entry *entries = cpu->soft_tables[mode];
    unsigned count = filled->count > SOFT_FILLED ? SOFT_ENTRIES : filled->count;
    for (unsigned i = 0; i < count; i++) {
        struct soft_entry *entry = &entries[filled->count > SOFT_FILLED ? i : filled->at[i]];
        entry->load_tag = entry->store_tag = TAG_NONE;
    }
    filled->count = 0;
}

static void drop_short_table(struct short_table *table)
{
    struct soft_filled *filled = &table->filled;
    unsigned count = filled->count > SOFT_FILLED ? SHORT_ENTRIES : filled->count;
    for (unsigned i = 0; i < count; i++) {
        struct short_entry *entry = &table->entries[filled->count > SOFT_FILLED ? i : filled->at[i]];
        entry->load_tag = entry->store_tag = SHORT_NONE;
    }
    filled->count = 0;
}

enum {
    SHORT_ABSOLUTE = SHORT_TABLES, /* of short_tables */
    SHORT_OF_NOTHING,
    SHORT_ALL,
};

void soft_begin(struct cpu *cpu)
{
    for (unsigned mode = 0; mode < SOFT_MODES; mode++) {
        cpu->soft_filled[mode].count = SOFT_FILLED + 1;
        drop_table(cpu, mode);
    }
    cpu->fetch_filled.count = SOFT_FILLED + 1;
}

bool soft_short_begin(struct cpu *cpu)
{
    cpu->short_tables = calloc(SHORT_ALL, sizeof *cpu->short_tables);
    if (!cpu->short_tables)
        return false;
    for (unsigned i = 0; i < SHORT_ALL; i++) {
        cpu->short_tables[i].filled.count = SOFT_FILLED + 1;
        drop_short_table(&cpu->short_tables[i]);
    }
    cpu->short_tables[SHORT_ABSOLUTE].used = true;
    soft_short_choose(cpu);
    return true;
}

/* The table of SPACE at the current privilege level: its own, or one that another had. */
static struct short_table *short_table_of(struct cpu *cpu, uint32_t space)
{
    for (unsigned i = 0; i < SHORT_TABLES; i++) {
        struct short_table *table = &cpu->short_tables[i];
        if (table->used && table->space == space && table->privilege == cpu->privilege)
            return table;
    }
    struct short_table *table = &cpu->short_tables[cpu->short_next++ % SHORT_TABLES];
    drop_short_table(table);
    table->used = true;
    table->space = space;
    table->privilege = cpu->privilege;
    return table;
}

void soft_short_choose(struct cpu *cpu)
{
    const uint32_t *sr = cpu->state.sr;
    struct short_table *table = &cpu->short_tables[SHORT_OF_NOTHING];
    if (!(cpu->state.psw & PSW_D))
        table = &cpu->short_tables[SHORT_ABSOLUTE];
    else if (sr[4] == sr[5] && sr[4] == sr[6] && sr[4] == sr[7])
        table = short_table_of(cpu, sr[4]);
    cpu->short_table = table->entries;
}

static void drop_short_page(struct cpu *cpu, uint32_t space, uint32_t offset)
{
    for (unsigned i = 0; i < SHORT_TABLES; i++) {
        struct short_entry *entry = &cpu->short_tables[i].entries[(offset >> 12) % SHORT_ENTRIES];
        if (cpu->short_tables[i].space == space)
            entry->load_tag = entry->store_tag = SHORT_NONE;
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
    if (cpu->short_tables)
        drop_short_page(cpu, space, offset);
    struct fetch_entry *fetch = &cpu->fetch[(offset >> 12) % FETCH_ENTRIES];
    if ((fetch->tag & ~UINT64_C(7)) == tag) /* whatever the privilege level */
        fetch->tag = TAG_NONE;
}

static void drop_fetch(struct cpu *cpu)
{
    struct soft_filled *filled = &cpu->fetch_filled;
    bool any = filled->count > SOFT_FILLED;
    for (unsigned i = 0; i < (any ? FETCH_ENTRIES : filled->count); i++)
        cpu->fetch[any ? i : filled->at[i]].tag = TAG_NONE;
    filled->count = 0;
}

void soft_fill_fetch(struct cpu *cpu, uint32_t iaoq, uint64_t tag, struct code_page *page)
{
    uint32_t at = (iaoq >> 12) % FETCH_ENTRIES;
    if (cpu->fetch[at].tag == TAG_NONE)
        note_filled(&cpu->fetch_filled, at);
    cpu->fetch[at] = (struct fetch_entry){tag, page};
}

void soft_drop_translated(struct cpu *cpu)
{
    for (unsigned mode = 0; mode < SOFT_ABSOLUTE; mode++)
        drop_table(cpu, mode);
    for (unsigned i = 0; cpu->short_tables && i < SHORT_TABLES; i++)
        drop_short_table(&cpu->short_tables[i]);
    drop_fetch(cpu);
}

void soft_drop_all(struct cpu *cpu)
{
    soft_drop_translated(cpu);
    drop_table(cpu, SOFT_ABSOLUTE);
    if (cpu->short_tables)
        drop_short_table(&cpu->short_tables[SHORT_ABSOLUTE]);
}

static void drop_short_stores(struct short_table *table)
{
    const struct soft_filled *filled = &table->filled;
    bool any = filled->count > SOFT_FILLED;
    for (unsigned i = 0; i < (any ? SHORT_ENTRIES : filled->count); i++)
        table->entries[any ? i : filled->at[i]].store_tag = SHORT_NONE;
}

void soft_drop_stores(struct cpu *cpu)
{
    for (unsigned mode = 0; mode < SOFT_MODES; mode++) {
        const struct soft_filled *filled = &cpu->soft_filled[mode];
        bool any = filled->count > SOFT_FILLED;
        for (unsigned i = 0; i < (any ? SOFT_ENTRIES : filled->count); i++)
            cpu->soft_tables[mode][any ? i : filled->at[i]].store_tag = TAG_NONE;
    }
    for (unsigned i = 0; cpu->short_tables && i < SHORT_ALL; i++)
        drop_short_stores(&cpu->short_tables[i]);
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
    if (cpu->short_tables)
        soft_short_choose(cpu);
}

/* test_snippets.c - the processor's rules, one short program each (snippets.S), with what must come out; and that a
 * limit may fall anywhere.
 *
 * usage: test_snippets IMAGE [--seed N]. Each program is run whole and its registers and log of interruptions compared
 * with what the manual says. Then it is run again one instruction at a time, and from the start to every count N of
 * instructions at once, and in slices of 1 to 7 and of random sizes: at the same count the whole state must be the
 * same.
 */
#include "tests/cpu/rig.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BASE = 0x10000,
    NAMES = 0x11000,
    DONE = 0x12000,
    LOG_NEXT = 0x13000,
    RESUME_KIND = 0x13004,
    SCRATCH = 0x13040,
    LOG = 0x13080,
    LIMIT = 3000,
    RESUME = 1,   /* resume_kind: go on with the instruction that was interrupted, */
    FILL_TLB = 2, /* or skip it, but fill the TLB on misses */
};

struct test {
    struct rig *rig;
    const char *name;
    const char *image;
    uint32_t start;
    int failures;
};

static void fail(struct test *test, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void fail(struct test *test, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    printf("FAIL %s: ", test->name);
    vprintf(format, args);
    printf("\n");
    va_end(args);
    test->failures++;
}

static uint32_t word_at(struct rig *rig, uint32_t address)
{
    return be32_load(phys_ram(rig->phys) + address);
}

static void put_word(struct rig *rig, uint32_t address, uint32_t value)
{
    uint8_t bytes[4];
    be32_store(bytes, value);
    phys_dma_write(rig->phys, address, bytes, 4);
}

static uint32_t find(struct rig *rig, const char *name)
{
    for (uint32_t at = NAMES; word_at(rig, at); at += 8) {
        if (!strcmp((const char *)phys_ram(rig->phys) + word_at(rig, at), name))
            return word_at(rig, at + 4);
    }
    return 0;
}

/* What differs from test to test before the program runs. */
struct setup {
    const char *name;
    uint32_t resume_kind;
    unsigned stalls;
    uint32_t delay;
    unsigned tlb_entries; /* 0: 16 */
    bool tlb_combined;
    uint64_t tlb_seed;
};

static void begin(struct test *test, const struct setup *setup)
{
    const struct cpu_config config = {.tlb_entries = setup->tlb_entries ? setup->tlb_entries : 16,
                                      .tlb_combined = setup->tlb_combined,
                                      .tlb_seed = setup->tlb_seed};
    if (test->rig)
        rig_free(test->rig);
    test->rig = rig_new(PHYS_RAM_BYTES_MIN, &config);
    test->name = setup->name;
    if (!rig_load_flat(test->rig, test->image, BASE)) {
        fprintf(stderr, "test_snippets: cannot read %s\n", test->image);
        exit(2);
    }
    test->start = find(test->rig, setup->name);
    if (!test->start) {
        fprintf(stderr, "test_snippets: no snippet %s\n", setup->name);
        exit(2);
    }
    test->rig->stalls_left = setup->stalls;
    test->rig->delay = setup->delay;
    put_word(test->rig, RESUME_KIND, setup->resume_kind);
    cpu_reset(test->rig->cpu, test->start);
    struct cpu_state *state = cpu_state(test->rig->cpu);
    state->psw = PSW_Q;
    state->cr[CR_IVA] = BASE;
    cpu_state_changed(test->rig->cpu);
}

/* Until `done`, one cpu_run after another of SLICE (0: 1000) instructions. Stalls are simply tried again. */
static void run(struct test *test, uint64_t slice)
{
    struct cpu_state *state = cpu_state(test->rig->cpu);
    for (unsigned tries = 0; tries < LIMIT; tries++) {
        enum cpu_stop stop = cpu_run(test->rig->cpu, slice ? slice : 64);
        if (stop == CPU_STOP_HALTED) {
            fail(test, "halted: %s", cpu_halt_reason(test->rig->cpu));
            return;
        }
        if ((state->iaoq_front & 0x3FFFF8) == DONE)
            return;
    }
    fail(test, "does not come to an end; at 0x%08" PRIx32, state->iaoq_front);
}

static void expect_gr(struct test *test, unsigned r, uint32_t value)
{
    uint32_t is = cpu_state(test->rig->cpu)->gr[r];
    if (is != value)
        fail(test, "GR %u is 0x%08" PRIx32 ", not 0x%08" PRIx32, r, is, value);
}

/* Entry N of the log: VECTOR, and the instruction's place in words from the snippet's start (front; and back). */
static void expect_trap(struct test *test, unsigned n, unsigned vector, int front, int back)
{
    uint32_t at = LOG + 32 * n;
    uint32_t is_vector = word_at(test->rig, at), is_front = word_at(test->rig, at + 20) - test->start,
             is_back = word_at(test->rig, at + 24) - test->start;
    if (is_vector != vector || (front >= 0 && (is_front & ~3u) != (uint32_t)front * 4) ||
        (back >= 0 && (is_back & ~3u) != (uint32_t)back * 4))
        fail(test, "interruption %u is %" PRIu32 " at +%" PRId32 ", back +%" PRId32 ", not %u at +%d, back +%d", n,
             is_vector, (int32_t)is_front / 4, (int32_t)is_back / 4, vector, front, back);
}

static void expect_traps(struct test *test, unsigned count)
{
    unsigned is = (word_at(test->rig, LOG_NEXT) - LOG) / 32;
    if (is != count)
        fail(test, "%u interruptions, not %u", is, count);
}

static void expect_log(struct test *test, unsigned n, unsigned field, uint32_t value)
{
    static const char *const names[] = {"vector", "IIR", "ISR", "IOR", "IPSW", "front", "back", "CR 0"};
    uint32_t is = word_at(test->rig, LOG + 32 * n + 4 * field);
    if (is != value)
        fail(test, "interruption %u: %s is 0x%08" PRIx32 ", not 0x%08" PRIx32, n, names[field], is, value);
}

static void expect_word(struct test *test, uint32_t address, uint32_t value)
{
    uint32_t is = word_at(test->rig, address);
    if (is != value)
        fail(test, "word at 0x%" PRIx32 " is 0x%08" PRIx32 ", not 0x%08" PRIx32, address, is, value);
}

/* ---- what must come out ---- */

static void check_branches(struct test *test)
{
    begin(test, &(struct setup){.name = "delay_slot_runs"});
    run(test, 0);
    expect_gr(test, 4, 2);
    begin(test, &(struct setup){.name = "delay_slot_nullified"});
    run(test, 0);
    expect_gr(test, 4, 1);
    begin(test, &(struct setup){.name = "conditional_nullify"});
    run(test, 0);
    expect_gr(test, 4, 0);
    expect_gr(test, 5, 7);
    expect_gr(test, 7, 2);
    begin(test, &(struct setup){.name = "branch_in_slot"});
    run(test, 0);
    expect_gr(test, 3, 0);
    expect_gr(test, 4, 1);
    expect_gr(test, 5, 0);
    expect_gr(test, 6, 1);
    begin(test, &(struct setup){.name = "branch_in_slot_links"});
    run(test, 0);
    expect_gr(test, 3, test->start + 8);
    expect_gr(test, 4, test->start + 4 * 3 + 4);
    begin(test, &(struct setup){.name = "nullified_branch"});
    run(test, 0);
    expect_gr(test, 4, 2);
    expect_gr(test, 5, 3);
    begin(test, &(struct setup){.name = "nullify_chain"});
    run(test, 0);
    expect_gr(test, 3, 1);
    expect_gr(test, 5, 0);
    begin(test, &(struct setup){.name = "slot_nullifies_target"});
    run(test, 0);
    expect_gr(test, 3, 0);
    expect_gr(test, 4, 1);
    begin(test, &(struct setup){.name = "slot_nullifies_fall_through"});
    run(test, 0);
    expect_gr(test, 3, 0);
    expect_gr(test, 4, 1);
    begin(test, &(struct setup){.name = "vectored"});
    run(test, 0);
    expect_gr(test, 4, test->start + 12);
    expect_gr(test, 5, 3);
    expect_gr(test, 7, 7);
    expect_gr(test, 9, test->start + 4 * 17);
    expect_gr(test, 10, 0);
}

static void check_computation(struct test *test)
{
    begin(test, &(struct setup){.name = "carries"});
    run(test, 0);
    expect_gr(test, 5, 0);
    expect_gr(test, 6, 1);
    expect_gr(test, 7, UINT32_MAX);
    expect_gr(test, 8, UINT32_MAX);
    expect_gr(test, 12, 0x12345678);
    begin(test, &(struct setup){.name = "fields"});
    run(test, 0);
    expect_gr(test, 4, 0x34);
    expect_gr(test, 5, 0xFFFFFFF8);
    expect_gr(test, 6, 0x78000000);
    expect_gr(test, 7, 0x06780000);
    expect_gr(test, 9, 0x8A);
    expect_gr(test, 10, 0x45678123);
    expect_gr(test, 11, 0x00007800);
    expect_gr(test, 12, 0x12345678u << 11);
    expect_gr(test, 13, 0x12345678u << 20);
    expect_gr(test, 3, 0x12345675);
    begin(test, &(struct setup){.name = "string_stores"});
    run(test, 0);
    expect_word(test, SCRATCH, 0xAABBCCDD);
    expect_word(test, SCRATCH + 4, 0xAABBCDEF);
    expect_word(test, SCRATCH + 8, 0x00112233);
    expect_gr(test, 5, SCRATCH + 4);
    begin(test, &(struct setup){.name = "load_modify"});
    run(test, 0);
    expect_gr(test, 4, 0x01234567);
    expect_gr(test, 5, 0x00112233);
    expect_gr(test, 6, 0x89ABCDEF);
    expect_gr(test, 8, 0x44556677);
    expect_gr(test, 9, 0x89AB);
    expect_gr(test, 10, 0x00112233);
    expect_gr(test, 11, 0);
    expect_gr(test, 3, 0);
}

static void check_traps(struct test *test)
{
    begin(test, &(struct setup){.name = "arithmetic_traps"});
    run(test, 0);
    expect_traps(test, 4);
    expect_trap(test, 0, VECTOR_OVERFLOW, 3, 4);
    expect_trap(test, 1, VECTOR_OVERFLOW, 4, 5);
    expect_trap(test, 2, VECTOR_CONDITIONAL, 7, 8);
    expect_trap(test, 3, VECTOR_OVERFLOW, 9, 10);
    expect_gr(test, 4, 77);
    begin(test, &(struct setup){.name = "illegal_and_break"});
    run(test, 0);
    expect_traps(test, 3);
    expect_trap(test, 0, VECTOR_ILLEGAL, 0, 1);
    expect_trap(test, 1, VECTOR_BREAK, 1, 2);
    expect_trap(test, 2, VECTOR_ILLEGAL, 2, 3);
    expect_log(test, 1, 1, 77 << 13 | 3);
    begin(test, &(struct setup){.name = "trap_in_slot"});
    run(test, 0);
    expect_traps(test, 1);
    expect_trap(test, 0, VECTOR_BREAK, 1, 3);
    expect_log(test, 0, 4, PSW_Q | PSW_B);
    expect_gr(test, 3, 0);
    expect_gr(test, 4, 2);
    begin(test, &(struct setup){.name = "trap_after_nullify"});
    run(test, 0);
    expect_traps(test, 0);
    expect_gr(test, 3, 1);
    begin(test, &(struct setup){.name = "unaligned"});
    run(test, 0);
    expect_traps(test, 4);
    for (unsigned i = 0; i < 4; i++)
        expect_trap(test, i, VECTOR_UNALIGNED, 2 + (int)i, 3 + (int)i);
    expect_log(test, 0, 3, SCRATCH + 2);
    expect_log(test, 2, 3, SCRATCH + 1);
    begin(test, &(struct setup){.name = "machine_check"});
    run(test, 0);
    expect_traps(test, 3);
    expect_trap(test, 0, VECTOR_HPMC, 1, 2);
    expect_trap(test, 1, VECTOR_HPMC, 2, 3);
    expect_trap(test, 2, VECTOR_HPMC, 4, 5);
    begin(test, &(struct setup){.name = "shadow_registers"});
    run(test, 0);
    expect_gr(test, 3, 11);
    expect_gr(test, 4, 18);
    expect_gr(test, 5, 19);
    begin(test, &(struct setup){.name = "coprocessor_off"});
    run(test, 0);
    expect_traps(test, 3);
    for (unsigned i = 0; i < 3; i++)
        expect_trap(test, i, VECTOR_ASSIST_EMULATION, 1 + (int)i, 2 + (int)i);
}

static void check_privilege(struct test *test)
{
    begin(test, &(struct setup){.name = "privileged"});
    run(test, 0);
    expect_traps(test, 5);
    expect_trap(test, 0, VECTOR_PRIVILEGED_OPERATION, 12, 13);
    expect_trap(test, 1, VECTOR_PRIVILEGED_REGISTER, 13, 14);
    expect_trap(test, 2, VECTOR_PRIVILEGED_REGISTER, 14, 15);
    expect_trap(test, 3, VECTOR_PRIVILEGED_REGISTER, 16, 17);
    expect_trap(test, 4, VECTOR_PRIVILEGED_OPERATION, 18, 19);
    expect_gr(test, 5, (test->start + 21 * 4) | 3);
    expect_gr(test, 6, 3);
    begin(test, &(struct setup){.name = "gate_after_branch"});
    run(test, 0);
    expect_traps(test, 1);
    expect_trap(test, 0, VECTOR_ILLEGAL, 1, 3);
    begin(test, &(struct setup){.name = "gate_after_device"});
    run(test, 0);
    expect_traps(test, 0);
    expect_gr(test, 4, 3);
    expect_gr(test, 5, 3);
    begin(test, &(struct setup){.name = "system_mask"});
    run(test, 0);
    expect_gr(test, 3, PSW_Q);
    expect_gr(test, 4, 0x0E);
    expect_gr(test, 6, 9);
    begin(test, &(struct setup){.name = "transfer_traps", .resume_kind = RESUME});
    run(test, 0);
    expect_trap(test, 0, VECTOR_TAKEN_BRANCH, 15, 17);
    expect_trap(test, 1, VECTOR_TAKEN_BRANCH, 22, 24);
    expect_trap(test, 2, VECTOR_LOWER_PRIVILEGE, 24, 25);
    expect_gr(test, 7, 1);
    begin(test, &(struct setup){.name = "recovery_counter"});
    run(test, 0);
    /* 4, counted down by: ldi, comiclr, ldi, ldi, ldi: then bit 0 is 1 */
    expect_trap(test, 0, VECTOR_RECOVERY_COUNTER, 9, 10);
    expect_log(test, 0, 7, UINT32_MAX);
    expect_gr(test, 7, 5);
    expect_gr(test, 8, 6);
    expect_traps(test, 1);
}

static void check_outside(struct test *test)
{
    for (unsigned stalls = 0; stalls < 4; stalls++) {
        begin(test, &(struct setup){.name = "device_access", .stalls = stalls});
        run(test, 0);
        expect_gr(test, 4, 1);
        expect_gr(test, 5, 2);
        expect_gr(test, 6, 3); /* three instructions came before it */
        expect_gr(test, 7, 4);
        expect_gr(test, 8, 5);
        expect_gr(test, 9, 8);
        expect_traps(test, 1);
        expect_trap(test, 0, VECTOR_HPMC, 10, 11);
    }
    begin(test, &(struct setup){.name = "external_interrupt"});
    run(test, 0);
    expect_traps(test, 2);
    expect_trap(test, 0, VECTOR_EXTERNAL, 6, 7);
    expect_trap(test, 1, VECTOR_EXTERNAL, 15, 16);
    expect_gr(test, 6, 4);
    expect_gr(test, 7, 0);
    begin(test, &(struct setup){.name = "self_modifying"});
    run(test, 0);
    expect_gr(test, 9, 11 + 12 + 13);
    begin(test, &(struct setup){.name = "delayed_traps"});
    run(test, 0);
    expect_gr(test, 5, 0x55534454);
    expect_gr(test, 7, 0xFFFFFFFE);
    expect_gr(test, 10, PA_BIT(7) | PA_BIT(9));
    expect_gr(test, 11, PA_BIT(0) | PA_BIT(1));
    expect_traps(test, 4);
    expect_trap(test, 0, VECTOR_DELAYED_TRAP, 15, 16);
    expect_trap(test, 1, VECTOR_ASSIST_EXCEPTION, 18, 19);
    expect_trap(test, 2, VECTOR_ASSIST_EMULATION, 20, 21);
    expect_trap(test, 3, VECTOR_OVERFLOW, 21, 22);
}

/* Entries of the data TLB: page, protection word as IDTLBP takes it. Frame = page modulo 4 MiB. */
static void map(struct test *test, uint32_t page, uint32_t protection)
{
    tlb_insert_address(cpu_tlb(test->rig->cpu), TLB_DATA, 0, page << 12, (page & 0x3FF) << 5);
    tlb_insert_protection(cpu_tlb(test->rig->cpu), TLB_DATA, 0, page << 12, protection);
}

static void check_translation(struct test *test)
{
    const uint32_t dirty = PA_BIT(3), type1 = PA_BIT(7);
    begin(test, &(struct setup){.name = "virtual_accesses"});
    map(test, 0x400, dirty | type1);
    map(test, 0x401, dirty);                     /* read only */
    map(test, 0x402, type1);                     /* clean */
    map(test, 0x403, dirty | type1 | PA_BIT(2)); /* T */
    map(test, 0x404, dirty | type1 | 5 << 1);    /* access identifier 5 */
    map(test, 0x405, dirty | type1 | PA_BIT(4)); /* B */
    cpu_state(test->rig->cpu)->psw |= PSW_D | PSW_P;
    cpu_state_changed(test->rig->cpu);
    run(test, 0);
    static const struct {
        unsigned vector;
        int at;
        uint32_t ior;
    } want[] = {
        {VECTOR_DATA_ACCESS_RIGHTS, 5, 0x401008},  {VECTOR_TLB_DIRTY, 8, 0x402000},
        {VECTOR_PAGE_REFERENCE, 10, 0x403000},     {VECTOR_PAGE_REFERENCE, 11, 0x403000},
        {VECTOR_DATA_PROTECTION_ID, 13, 0x404000}, {VECTOR_DATA_PROTECTION_ID, 14, 0x404000},
        {VECTOR_UNALIGNED, 17, 0x405002},          {VECTOR_NA_DTLB_MISS, 22, 0x406000},
        {VECTOR_TLB_DIRTY, 28, 0x402000},          {VECTOR_DATA_BREAK, 30, 0x405000},
        {VECTOR_NA_DTLB_MISS, 32, 0x406000},       {VECTOR_DTLB_MISS, 33, 0x406000},
        {VECTOR_DTLB_MISS, 34, 0x406000},
    };
    unsigned count = sizeof want / sizeof want[0];
    expect_traps(test, count);
    for (unsigned i = 0; i < count; i++) {
        expect_trap(test, i, want[i].vector, want[i].at, want[i].at + 1);
        expect_log(test, i, 3, want[i].ior);
    }
    expect_gr(test, 5, 1);
    expect_gr(test, 6, 1);
    expect_gr(test, 7, 0);
    expect_gr(test, 8, 0);
    expect_gr(test, 9, 0);
}

static const struct setup virtual_setups[] = {
    {.name = "virtual_program", .resume_kind = FILL_TLB},
    {.name = "virtual_program", .resume_kind = FILL_TLB, .tlb_entries = 2},
    {.name = "virtual_program", .resume_kind = FILL_TLB, .tlb_entries = 2, .tlb_combined = true},
    {.name = "virtual_program", .resume_kind = FILL_TLB, .tlb_entries = 3, .tlb_seed = 99},
};

static void check_virtual_program(struct test *test)
{
    for (unsigned i = 0; i < sizeof virtual_setups / sizeof virtual_setups[0]; i++) {
        begin(test, &virtual_setups[i]);
        run(test, 0);
        expect_gr(test, 6, 36);
        expect_gr(test, 8, 7);
        expect_gr(test, 12, 3);
        expect_gr(test, 13, 42);
        expect_gr(test, 10, 0x1F6);
        expect_traps(test, 1);
        expect_trap(test, 0, VECTOR_PRIVILEGED_OPERATION, 0x200000 + 38, 0x200000 + 39);
    }
}

/* ---- a limit may fall anywhere ---- */

static uint64_t random_next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

enum {
    STEPS_MAX = 600,
};

static void digest_steps(struct test *test, const struct setup *setup, uint64_t digests[STEPS_MAX], unsigned *steps)
{
    begin(test, setup);
    struct cpu_state *state = cpu_state(test->rig->cpu);
    for (*steps = 0; *steps < STEPS_MAX && (state->iaoq_front & 0x3FFFF8) != DONE;) {
        uint64_t before = state->insns;
        digests[*steps] = rig_digest_small(test->rig);
        enum cpu_stop stop = cpu_run(test->rig->cpu, 1);
        if (stop == CPU_STOP_HALTED)
            break;
        if (state->insns == before + 1)
            ++*steps;
        else if (stop != CPU_STOP_STALL)
            fail(test, "a run of one instruction counted %" PRIu64, state->insns - before);
    }
}

static void check_limits(struct test *test, const struct setup *setup, uint64_t seed)
{
    uint64_t digests[STEPS_MAX];
    unsigned steps;
    digest_steps(test, setup, digests, &steps);
    for (unsigned n = 1; n < steps; n++) {
        begin(test, setup);
        struct cpu_state *state = cpu_state(test->rig->cpu);
        while (state->insns < n && cpu_run(test->rig->cpu, n - state->insns) == CPU_STOP_STALL)
            continue;
        if (state->insns != n || rig_digest_small(test->rig) != digests[n]) {
            fail(test, "the state after %u instructions at once is not that after single steps", n);
            return;
        }
    }
    for (unsigned slice = 2; slice < 12; slice++) {
        uint64_t random = seed + slice;
        begin(test, setup);
        struct cpu_state *state = cpu_state(test->rig->cpu);
        while (state->insns + 16 < steps) {
            cpu_run(test->rig->cpu, slice < 8 ? slice : 1 + random_next(&random) % 16);
            if (state->insns >= steps || rig_digest_small(test->rig) != digests[state->insns]) {
                fail(test, "slices of %u (random from 8 on): wrong state at %" PRIu64, slice, state->insns);
                return;
            }
        }
    }
}

static const struct setup every_setup[] = {
    {.name = "delay_slot_runs"},
    {.name = "delay_slot_nullified"},
    {.name = "conditional_nullify"},
    {.name = "branch_in_slot"},
    {.name = "branch_in_slot_links"},
    {.name = "nullified_branch"},
    {.name = "nullify_chain"},
    {.name = "slot_nullifies_target"},
    {.name = "slot_nullifies_fall_through"},
    {.name = "vectored"},
    {.name = "carries"},
    {.name = "fields"},
    {.name = "string_stores"},
    {.name = "load_modify"},
    {.name = "arithmetic_traps"},
    {.name = "illegal_and_break"},
    {.name = "trap_in_slot"},
    {.name = "trap_after_nullify"},
    {.name = "unaligned"},
    {.name = "machine_check"},
    {.name = "privileged"},
    {.name = "gate_after_branch"},
    {.name = "gate_after_device"},
    {.name = "shadow_registers"},
    {.name = "recovery_counter"},
    {.name = "external_interrupt"},
    {.name = "device_access"},
    {.name = "device_access", .stalls = 3},
    {.name = "self_modifying"},
    {.name = "system_mask"},
    {.name = "transfer_traps", .resume_kind = RESUME},
    {.name = "delayed_traps", .delay = 0},
    {.name = "delayed_traps", .delay = 1},
    {.name = "delayed_traps", .delay = 20},
    {.name = "coprocessor_off"},
};

int main(int argc, char **argv)
{
    struct test test = {0};
    uint64_t seed = 1;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--seed") && i + 1 < argc)
            seed = strtoull(argv[++i], NULL, 0);
        else
            test.image = argv[i];
    }
    if (!test.image) {
        fprintf(stderr, "usage: test_snippets IMAGE [--seed N]\n");
        return 2;
    }
    printf("seed %" PRIu64 "\n", seed);
    check_branches(&test);
    check_computation(&test);
    check_traps(&test);
    check_privilege(&test);
    check_outside(&test);
    check_translation(&test);
    check_virtual_program(&test);
    for (unsigned i = 0; i < sizeof every_setup / sizeof every_setup[0]; i++)
        check_limits(&test, &every_setup[i], seed);
    for (unsigned i = 0; i < sizeof virtual_setups / sizeof virtual_setups[0]; i++)
        check_limits(&test, &virtual_setups[i], seed);
    rig_free(test.rig);
    printf("%s\n", test.failures ? "failed" : "all hold");
    return test.failures != 0;
}

/* test_engine.c - what cpu.h promises to a processor's holder: ends, stops, breakpoints, memory bookkeeping, state.
 *
 * Programs are a few words put together here by hand (their text is beside them); rules of instructions are in
 * snippets.S.
 */
#include "tests/cpu/rig.h"

#include "cpu/interp/exec.h"
#include "tests/check.h"

enum {
    CODE = 0x2000,
    NOP = 0x08000240,
    IDLE = 0x094A024A,      /* or r10,r10,r10 */
    BREAK = 0x00000000,     /* break 0,0 */
    LOOP = (int)0xE81F1FF7, /* b,n . */
    LDI_1_R4 = 0x34040002,
    ADD_1_R5 = 0x34A50002, /* ldo 1(r5),r5 */
};

static struct rig *start(const struct cpu_config *config, const uint32_t *words, unsigned count)
{
    struct rig *rig = rig_new(PHYS_RAM_BYTES_MIN, config);
    for (unsigned i = 0; i < count; i++) {
        uint8_t bytes[4];
        be32_store(bytes, words[i]);
        phys_dma_write(rig->phys, CODE + 4 * i, bytes, 4);
    }
    cpu_reset(rig->cpu, CODE);
    return rig;
}

/* To the first word again, in a state with nothing pending. */
static void go_back(struct rig *rig)
{
    struct cpu_state *state = cpu_state(rig->cpu);
    state->iaoq_front = CODE;
    state->iaoq_back = CODE + 4;
    state->psw = 0;
    cpu_state_changed(rig->cpu);
}

static void test_halts(struct check *t)
{
    static const uint32_t words[] = {NOP, BREAK};
    struct rig *rig = start(NULL, words, 2);
    struct cpu_state *state = cpu_state(rig->cpu);
    state->cr[CR_IVA] = 0xE8000000; /* neither RAM nor ROM */
    CHECK(cpu_run(rig->cpu, 100) == CPU_STOP_HALTED);
    CHECK(state->insns == 1 && state->iaoq_front == CODE + 4);
    CHECK(strstr(cpu_halt_reason(rig->cpu), "interruption 9 (break instruction) at 0x00002004"));
    CHECK(cpu_run(rig->cpu, 100) == CPU_STOP_HALTED);
    rig_free(rig);
    rig = start(NULL, words, 2);
    state = cpu_state(rig->cpu); /* IVA 0: its vector holds zeros, which are breaks */
    CHECK(cpu_run(rig->cpu, 5) == CPU_STOP_LIMIT);
    CHECK(cpu_run(rig->cpu, 100) == CPU_STOP_HALTED);
    CHECK(state->insns == 1 + 16);
    CHECK(strstr(cpu_halt_reason(rig->cpu), "16 interruptions in a row"));
    rig_free(rig);
}

static void ask_to_stop(void *arg, const struct cpu_step *step)
{
    if (step->word != NOP)
        cpu_request_stop(arg);
}

static void test_stops(struct check *t)
{
    static const uint32_t words[] = {NOP, IDLE, LDI_1_R4, ADD_1_R5, LOOP};
    const struct cpu_config config = {.tlb_entries = 8, .stop_on_idle = true};
    struct rig *rig = start(&config, words, 5);
    struct cpu_state *state = cpu_state(rig->cpu);
    CHECK(cpu_run(rig->cpu, 100) == CPU_STOP_IDLE && state->insns == 2);
    cpu_breakpoint_add(rig->cpu, CODE + 12);
    CHECK(cpu_run(rig->cpu, 100) == CPU_STOP_BREAKPOINT && state->insns == 3 && state->iaoq_front == CODE + 12);
    CHECK(state->gr[4] == 1 && state->gr[5] == 0);
    CHECK(cpu_run(rig->cpu, 1) == CPU_STOP_LIMIT && state->gr[5] == 1);
    go_back(rig);
    CHECK(cpu_run(rig->cpu, 100) == CPU_STOP_IDLE);
    CHECK(cpu_run(rig->cpu, 100) == CPU_STOP_BREAKPOINT && state->iaoq_front == CODE + 12);
    cpu_breakpoint_remove(rig->cpu, CODE + 12);
    CHECK(cpu_run(rig->cpu, 100) == CPU_STOP_LIMIT && state->gr[5] == 2);
    go_back(rig); /* an observer's request comes after the instruction, and does not hide the idle hint */
    cpu_observe(rig->cpu, ask_to_stop, rig->cpu);
    CHECK(cpu_run(rig->cpu, 100) == CPU_STOP_IDLE && state->iaoq_front == CODE + 8);
    CHECK(cpu_run(rig->cpu, 100) == CPU_STOP_REQUEST && state->iaoq_front == CODE + 12);
    cpu_observe(rig->cpu, NULL, NULL);
    rig_free(rig);
    rig = start(NULL, words, 5); /* without the option the hint is an or */
    CHECK(cpu_run(rig->cpu, 100) == CPU_STOP_LIMIT);
    rig_free(rig);
}

static void test_watch(struct check *t)
{
    static const uint32_t words[] = {0x0C801085 /* ldws 0(r4),r5 */, 0x6C850000 /* stwm r5,0(r4) */,
                                     0x0FE41319 /* stbys,b r4,-4(r31) */, LOOP};
    struct rig *rig = start(NULL, words, 4);
    struct cpu_state *state = cpu_state(rig->cpu);
    state->gr[4] = 0x10000;
    state->gr[31] = 0x10FFF + 4;
    cpu_state_changed(rig->cpu);
    phys_store(rig->phys, 0x10000, 4, 0x1234);
    cpu_run(rig->cpu, 20); /* the pages are known to the software TLB now */
    go_back(rig);
    cpu_watch_add(rig->cpu, 0x10002, 1, ACCESS_READ);
    cpu_watch_add(rig->cpu, 0x10003, 1, ACCESS_WRITE);
    cpu_watch_add(rig->cpu, 0x10FFF, 8, ACCESS_WRITE);
    uint64_t insns = state->insns;
    CHECK(cpu_run(rig->cpu, 100) == CPU_STOP_WATCH);
    CHECK_EQ(state->insns, insns + 1); /* the load is complete */
    CHECK_EQ(state->gr[5], 0x1234);
    const struct cpu_access *hit = cpu_watch_hit(rig->cpu);
    CHECK(hit->kinds == ACCESS_READ && hit->offset == 0x10000 && hit->size_bytes == 4 && hit->value == 0x1234);
    CHECK(cpu_run(rig->cpu, 100) == CPU_STOP_WATCH);
    CHECK_EQ(state->insns, insns + 2);
    CHECK(hit->kinds == ACCESS_WRITE && hit->offset == 0x10000);
    CHECK(cpu_run(rig->cpu, 100) == CPU_STOP_WATCH);
    CHECK(hit->kinds == ACCESS_WRITE && hit->offset == 0x10FFF && hit->size_bytes == 1);
    cpu_watch_remove(rig->cpu, 0x10002, 1, ACCESS_READ);
    cpu_watch_remove(rig->cpu, 0x10003, 1, ACCESS_WRITE);
    cpu_watch_remove(rig->cpu, 0x10FFF, 8, ACCESS_WRITE);
    go_back(rig);
    CHECK(cpu_run(rig->cpu, 100) == CPU_STOP_LIMIT);
    rig_free(rig);
}

/* Before each kind of reference, when nothing of it has happened; and from there on. */
static void test_watch_before(struct check *t)
{
    static const uint32_t words[] = {0x0C801085 /* ldws 0(r4),r5 */, 0x6C850000 /* stwm r5,0(r4) */,
                                     0x0C8011C6 /* ldcws 0(r4),r6 */, 0x0FE41319 /* stbys,b r4,-4(r31) */, LOOP};
    static const unsigned kinds[] = {ACCESS_READ, ACCESS_WRITE, ACCESS_READ | ACCESS_WRITE, ACCESS_WRITE};
    struct rig *rig = start(NULL, words, 5);
    struct cpu_state *state = cpu_state(rig->cpu);
    uint64_t word;
    state->gr[4] = 0x10000;
    state->gr[31] = 0x10FFF + 4;
    cpu_state_changed(rig->cpu);
    phys_store(rig->phys, 0x10000, 4, 0x1234);
    cpu_watch_add(rig->cpu, 0x10000, 0x1000, ACCESS_READ | ACCESS_WRITE | ACCESS_BEFORE);
    for (unsigned i = 0; i < 4; i++) {
        CHECK(cpu_run(rig->cpu, 100) == CPU_STOP_REFERENCE);
        CHECK_EQ(state->insns, i);
        CHECK_EQ(state->iaoq_front, CODE + 4 * i);
        CHECK_EQ(cpu_watch_hit(rig->cpu)->kinds, kinds[i]);
        phys_load(rig->phys, 0x10000, 4, &word);
        CHECK_EQ(word, i > 2 ? 0 : 0x1234);
        CHECK_EQ(state->gr[5], i > 0 ? 0x1234 : 0);
        CHECK_EQ(state->gr[6], i > 2 ? 0x1234 : 0);
    }
    cpu_watch_pass(rig->cpu, 0); /* it is asked for again */
    CHECK(cpu_run(rig->cpu, 100) == CPU_STOP_REFERENCE && state->insns == 3);
    CHECK(cpu_watch_hit(rig->cpu)->offset == 0x10FFF && cpu_watch_hit(rig->cpu)->size_bytes == 1);
    cpu_watch_remove(rig->cpu, 0x10000, 0x1000, ACCESS_READ | ACCESS_WRITE | ACCESS_BEFORE);
    CHECK(cpu_run(rig->cpu, 100) == CPU_STOP_LIMIT);
    rig_free(rig);
}

static void test_trap_stop(struct check *t)
{
    static const uint32_t words[] = {NOP, BREAK};
    struct rig *rig = start(NULL, words, 2);
    struct cpu_state *state = cpu_state(rig->cpu);
    phys_store(rig->phys, 0x4000 + 9 * 32, 4, LOOP);
    state->cr[CR_IVA] = 0x4000;
    cpu_stop_at_traps(rig->cpu, UINT64_C(1) << VECTOR_BREAK);
    CHECK(cpu_run(rig->cpu, 100) == CPU_STOP_TRAP);
    CHECK(cpu_vector_taken(rig->cpu) == VECTOR_BREAK && state->insns == 2 && state->iaoq_front == 0x4000 + 9 * 32);
    CHECK(cpu_run(rig->cpu, 100) == CPU_STOP_LIMIT);
    go_back(rig);
    cpu_stop_at_traps(rig->cpu, UINT64_C(1) << VECTOR_ILLEGAL);
    CHECK(cpu_run(rig->cpu, 100) == CPU_STOP_LIMIT);
    rig_free(rig);
}

static void test_memory_changes(struct check *t)
{
    static const uint32_t words[] = {ADD_1_R5, LOOP};
    struct rig *rig = start(NULL, words, 2);
    struct cpu_state *state = cpu_state(rig->cpu);
    cpu_run(rig->cpu, 10);
    CHECK(state->gr[5] == 1);
    uint8_t word[4];
    be32_store(word, LDI_1_R4);
    phys_dma_write(rig->phys, CODE, word, 4); /* DMA into decoded code */
    go_back(rig);
    cpu_run(rig->cpu, 10);
    CHECK(state->gr[4] == 1 && state->gr[5] == 1);
    be32_store(phys_ram(rig->phys) + CODE, ADD_1_R5); /* behind its back, then said */
    phys_changed_all(rig->phys);
    go_back(rig);
    cpu_run(rig->cpu, 10);
    CHECK(state->gr[5] == 2);
    rig_free(rig);
}

static void test_dirty_pages(struct check *t)
{
    static const uint32_t words[] = {0x68803FF9 /* stw r0,-4(r4) */, 0x34840002 /* ldo 1(r4),r4: unused */, LOOP};
    struct rig *rig = start(NULL, words, 3);
    struct cpu_state *state = cpu_state(rig->cpu);
    for (unsigned round = 0; round < 3; round++) {
        phys_clear_dirty(rig->phys, PHYS_DIGEST);
        CHECK(!phys_page_dirty(rig->phys, PHYS_DIGEST, 5) && !phys_page_dirty(rig->phys, PHYS_DIGEST, 6));
        state->gr[4] = 0x5008;
        go_back(rig);
        cpu_run(rig->cpu, 10);
        CHECK(phys_page_dirty(rig->phys, PHYS_DIGEST, 5) && !phys_page_dirty(rig->phys, PHYS_DIGEST, 6));
    }
    CHECK(phys_page_fast_store(rig->phys, 0x5000) == phys_ram(rig->phys) + 0x5000);
    CHECK(phys_page_fast_store(rig->phys, CODE) == NULL); /* decoded code */
    CHECK(phys_page_fast_store(rig->phys, PHYS_ROM_BASE) == NULL);
    rig_free(rig);
}

static void test_physical_space(struct check *t)
{
    struct rig *rig = rig_new(PHYS_RAM_BYTES_MIN, NULL);
    uint64_t value;
    CHECK(phys_store(rig->phys, 0x1000, 8, UINT64_C(0x0102030405060708)) == PHYS_OK);
    CHECK(phys_load(rig->phys, 0x1002, 2, &value) == PHYS_OK && value == 0x0304);
    CHECK(phys_load(rig->phys, PHYS_RAM_BYTES_MIN, 4, &value) == PHYS_NOTHING);
    CHECK(phys_store(rig->phys, PHYS_ROM_BASE, 4, 1) == PHYS_NOTHING);
    CHECK(phys_load(rig->phys, RIG_SYSTEM, 8, &value) == PHYS_NOTHING);
    CHECK(phys_load(rig->phys, RIG_SYSTEM, 4, &value) == PHYS_OK && value == 0x55535431);
    CHECK(!phys_dma_write(rig->phys, PHYS_RAM_BYTES_MIN - 2, &value, 4));
    CHECK(phys_is_memory(rig->phys, PHYS_ROM_BASE + PHYS_ROM_BYTES - 1));
    CHECK(!phys_is_memory(rig->phys, PHYS_ROM_BASE + PHYS_ROM_BYTES));
    rig_free(rig);
}

/* Without room for native code the interpreter executes, and why is said. */
static void test_no_translator(struct check *t)
{
    static const uint32_t words[] = {ADD_1_R5, LOOP};
    const struct cpu_config config = {
        .tlb_entries = 8, .engine = CPU_ENGINE_TRANSLATOR, .translation_bytes = 64, .translate_after = 1};
    struct rig *rig = start(&config, words, 2);
    struct cpu_engine engine = cpu_engine(rig->cpu);
    CHECK(engine.kind == CPU_ENGINE_INTERPRETER && engine.why);
    CHECK(cpu_run(rig->cpu, 100) == CPU_STOP_LIMIT);
    CHECK(cpu_state(rig->cpu)->gr[5] == 1 && cpu_state(rig->cpu)->insns == 100);
    CHECK_EQ(cpu_engine(rig->cpu).blocks, 0);
    rig_free(rig);
}

/* More branches than the budget has room for (core.h, BRANCH_BITS). */
static void test_many_branches(struct check *t)
{
    static const uint32_t words[] = {LOOP};
    const struct cpu_config config = {.tlb_entries = 8, .count_branches = true};
    const uint64_t branches = UINT64_C(3) << BRANCH_BITS;
    struct rig *rig = start(&config, words, 1);
    CHECK(cpu_run(rig->cpu, 2 * branches) == CPU_STOP_LIMIT); /* each with its delay slot, which is nullified */
    CHECK(cpu_branches(rig->cpu) == branches && cpu_state(rig->cpu)->insns == 2 * branches);
    CHECK(cpu_run(rig->cpu, 1) == CPU_STOP_LIMIT && cpu_branches(rig->cpu) == branches + 1);
    CHECK(cpu_run(rig->cpu, 1) == CPU_STOP_LIMIT && cpu_branches(rig->cpu) == branches + 1);
    rig_free(rig);
}

static void test_references(struct check *t)
{
    static const uint32_t words[] = {
        NOP, 0x48840000 /* ldw 0(r4),r4 */, NOP, 0x68800000 /* stw r0,0(r4) */, 0x48840000, NOP, LOOP};
    struct rig *rig = start(NULL, words, 7);
    cpu_limit_references(rig->cpu, 2);
    CHECK(cpu_run(rig->cpu, 1000) == CPU_STOP_LIMIT);
    CHECK(cpu_references(rig->cpu) == 2 && cpu_state(rig->cpu)->insns == 4);
    cpu_limit_references(rig->cpu, 0);
    CHECK(cpu_run(rig->cpu, 1000) == CPU_STOP_LIMIT && cpu_state(rig->cpu)->insns == 1004);
    rig_free(rig);
}

/* The state may be read, copied out and put back between runs. */
static void test_state_copy(struct check *t)
{
    static const uint32_t words[] = {ADD_1_R5};
    struct rig *rig = start(NULL, words, 1);
    struct cpu_state *state = cpu_state(rig->cpu);
    state->psw = PSW_CB | PSW_V | PSW_E | PSW_Q;
    cpu_state_changed(rig->cpu);
    cpu_run(rig->cpu, 1);
    CHECK(state->psw == (PSW_CB | PSW_V | PSW_Q)); /* E is absent; C/B and V survive */
    struct cpu_state saved = *state;
    cpu_reset(rig->cpu, CODE);
    CHECK(state->psw == 0 && state->gr[5] == 0 && state->insns == 1);
    *state = saved;
    cpu_state_changed(rig->cpu);
    CHECK(state->gr[5] == 1 && state->iaoq_front == CODE + 4);
    rig_free(rig);
}

/* Every byte of the state is described by the table, or is padding. */
static void test_state_table(struct check *t)
{
    uint8_t covered[sizeof(struct cpu_state)] = {0};
    for (size_t i = 0; i < cpu_state_table.count; i++) {
        const struct state_field *field = &cpu_state_table.fields[i];
        for (unsigned n = 0; n < field->count; n++)
            memset(covered + field->offset + n * field->stride, 1, field->size_bytes);
    }
    unsigned bare = 0;
    for (size_t i = 0; i < sizeof covered; i++)
        bare += !covered[i];
    unsigned padding = DTU_BUFFER_DEPTH * 6 + 8; /* of struct dtu_pair, and before 8-byte members */
    CHECK(bare <= padding);
}

/* A processor with Drain_Priv = 1: the pairs go to the monitor, and DRAIN is completed by it; it may stall. */
static void test_drain_priv(struct check *t)
{
    static const uint32_t words[] = {
        0x08840E05, /* addo r4,r4,r5 */
        0x100001C0, /* spop0,7,0 */
        LOOP,
    };
    const struct cpu_config config = {.tlb_entries = 8, .drain_priv = true};
    struct rig *rig = start(&config, words, 3);
    struct cpu_state *state = cpu_state(rig->cpu);
    state->gr[4] = 0x7FFFFFFF;
    state->cr[CR_CCR] = 0x100;
    state->dtu_class_mask = PA_BIT(0);
    cpu_state_changed(rig->cpu);
    rig->delay = 20;
    rig->drain_stalls = 2;
    CHECK(cpu_run(rig->cpu, 10) == CPU_STOP_STALL && state->insns == 1 && state->iaoq_front == CODE + 4);
    CHECK(cpu_run(rig->cpu, 10) == CPU_STOP_STALL && state->insns == 1);
    CHECK(cpu_run(rig->cpu, 1) == CPU_STOP_LIMIT && state->insns == 2 && rig->drains == 1);
    CHECK(rig->delivered == 5 * 8 + 0 + 1 && state->v2 == 0 && state->v1[0] == 0);
    rig_free(rig);
}

static void test_every_row(struct check *t)
{
    for (unsigned id = INSN_ILLEGAL + 1; id < INSN_COUNT; id++)
        CHECK(exec_prepare_table[id] != NULL);
    CHECK(exec_prepare_table[INSN_ILLEGAL] == NULL);
}

int main(int argc, char **argv)
{
    struct check t = check_begin("test_engine", argc, argv);
    test_halts(&t);
    test_stops(&t);
    test_watch(&t);
    test_watch_before(&t);
    test_trap_stop(&t);
    test_memory_changes(&t);
    test_dirty_pages(&t);
    test_physical_space(&t);
    test_no_translator(&t);
    test_many_branches(&t);
    test_references(&t);
    test_state_copy(&t);
    test_state_table(&t);
    test_drain_priv(&t);
    test_every_row(&t);
    return check_end(&t);
}

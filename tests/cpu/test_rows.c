/* test_rows.c - every row of the instruction table is executed, to its end, and has a test that knows its result.
 *
 *     test_rows [--seed N] [--instances N] [--list]
 *
 * Random instances of each row (its picture's free bits random) are executed at privilege level 0 with data translation
 * on, floating point and the delayed-trap unit on, until INSTANCES of them have completed without an interruption; rows
 * that only interrupt must raise exactly their vector each time. A row of which no instance completes is a failure, and
 * so is a row that no test knows the result of. Rows that row_model.c knows are compared with it, whole state and
 * memory. --list prints which test that is for each row.
 */
#include <assert.h>

#include "tests/check.h"
#include "tests/cpu/rig.h"
#include "tests/cpu/row_model.h"
#include "tests/diff/diff_rules.h"
#include "tests/isa/insn_random.h"

enum {
    IVA = 0x10000,
    CODE = 0x20000,
    DATA = 0x30000,
    DATA_BYTES = 0x8000,
    RAM_BYTES = PHYS_RAM_BYTES_MIN,
    TRIES_MAX = 20000,
    STATUS_T = 0x40, /* of the floating-point status register */
};

/* ---- which test knows a row's result ---- */

struct witness {
    unsigned id;
    const char *test;
};

static const struct witness witnesses[] = {
    {INSN_RFI, "snippets, guests.trap_resume"},
    {INSN_RFIR, "snippets, guests.trap_resume"},
    {INSN_PROBER, "snippets, guests.mmu_rights"},
    {INSN_PROBERI, "snippets, guests.mmu_rights"},
    {INSN_PROBEW, "snippets, guests.mmu_rights"},
    {INSN_PROBEWI, "guests.mmu_rights"},
    {INSN_PDTLB, "guests.mmu_tlb"},
    {INSN_PITLB, "guests.mmu_tlb"},
    {INSN_PDTLBE, "guests.mmu_tlb"},
    {INSN_PITLBE, "guests.mmu_tlb"},
    {INSN_IDTLBA, "snippets, guests.mmu_tlb"},
    {INSN_IDTLBP, "snippets, guests.mmu_tlb"},
    {INSN_IITLBA, "snippets, guests.mmu_tlb"},
    {INSN_IITLBP, "snippets, guests.mmu_tlb"},
};

/* The vector that a row raises whatever its fields are; 0: it may complete. */
static unsigned only_vector(const struct insn *insn)
{
    switch (insn->id) {
    case INSN_BREAK:
        return VECTOR_BREAK;
    case INSN_SPOP3:
        return insn->sub == 7 ? VECTOR_ASSIST_EXCEPTION : VECTOR_ASSIST_EMULATION;
    case INSN_COPR:
        return insn->sub == 0 ? VECTOR_ASSIST_EXCEPTION : VECTOR_ASSIST_EMULATION;
    case INSN_FOP_E:
        return VECTOR_ASSIST_EXCEPTION;
    case INSN_CLDWX:
    case INSN_CLDWS:
    case INSN_CSTWX:
    case INSN_CSTWS:
    case INSN_CLDDX:
    case INSN_CLDDS:
    case INSN_CSTDX:
    case INSN_CSTDS:
    case INSN_PMENB:
    case INSN_PMDIS:
        return VECTOR_ASSIST_EMULATION;
    default:
        return 0;
    }
}

static bool only_interrupts(unsigned id)
{
    struct insn insn = {.id = (uint16_t)id};
    return only_vector(&insn) != 0;
}

/* The rows that diff.qemu draws: tests/diff/diff_body.c. */
static bool compared_with_qemu(unsigned id)
{
    uint16_t insn_class = insn_rows[id].insn_class;
    struct insn insn;
    insn_decode(insn_rows[id].match, &insn);
    insn.t = 1;
    insn.p = 31;
    if (insn_class & CLASS_BRANCH)
        return id != INSN_GATE;
    if (insn_class & CLASS_MEMORY)
        return !(insn_class & (CLASS_PRIVILEGED | CLASS_ASSIST));
    return (insn_class & CLASS_COMPUTE) && !diff_rule(&insn, DIFF_QEMU_OLDEST);
}

static const char *witness_of(unsigned id)
{
    for (size_t i = 0; i < sizeof witnesses / sizeof witnesses[0]; i++)
        if (witnesses[i].id == id)
            return witnesses[i].test;
    if (row_model_knows(id))
        return compared_with_qemu(id) ? "model, diff.qemu" : "model";
    if (only_interrupts(id))
        return "its vector";
    if (compared_with_qemu(id))
        return "diff.qemu";
    if (insn_rows[id].id[0] == 'F' && (insn_rows[id].insn_class & CLASS_ASSIST))
        return "fpu-mpfr, fpu-coprocessor";
    if (id == INSN_XMPYU)
        return "fpu-coprocessor, diff.qemu";
    return NULL;
}

/* ---- instances ---- */

static uint32_t random_value(struct insn_random *random)
{
    static const uint32_t edges[] = {0, 1, 0x7FFFFFFF, 0x80000000, UINT32_MAX, 0x99999999, 0x66666666, 0x40000000};
    switch (insn_random_below(random, 6)) {
    case 0:
        return edges[insn_random_below(random, 8)];
    case 1:
        return (uint32_t)insn_random_bits(random);
    case 2:
        return insn_random_below(random, 32) * 8;
    default:
        return DATA + DATA_BYTES / 2 + insn_random_below(random, 64) * 8;
    }
}

static void random_state(struct insn_random *random, struct rig *rig)
{
    cpu_reset(rig->cpu, CODE);
    struct cpu_state *state = cpu_state(rig->cpu);
    for (unsigned i = 1; i < 32; i++)
        state->gr[i] = random_value(random);
    for (unsigned i = 0; i < 32; i++)
        state->fr[i] = insn_random_bits(random);
    state->fr[0] = 0; /* no exception enabled, none pending */
    for (unsigned i = 0; i < 7; i++)
        state->shr[i] = (uint32_t)insn_random_bits(random);
    for (unsigned i = CR_TR0; i < 32; i++)
        state->cr[i] = (uint32_t)insn_random_bits(random);
    state->cr[CR_SAR] = insn_random_below(random, 32);
    state->cr[CR_CCR] = 0x1C0;
    state->cr[CR_IVA] = IVA;
    state->cr[CR_IIAOQ] = CODE + 0x100;
    state->iiaoq_back = CODE + 0x104;
    state->cr[CR_EIRR] = (uint32_t)insn_random_bits(random);
    state->v1[0] = (uint32_t)insn_random_bits(random);
    state->v2 = (uint32_t)insn_random_bits(random);
    state->psw = PSW_D | PSW_Q | ((uint32_t)insn_random_bits(random) & (PSW_CB | PSW_V));
    for (uint32_t page = DATA >> 12; page < (DATA + DATA_BYTES) >> 12; page++) {
        for (unsigned side = 0; side < 2; side++) {
            tlb_insert_address(cpu_tlb(rig->cpu), side, 0, page << 12, page << 5);
            tlb_insert_protection(cpu_tlb(rig->cpu), side, 0, page << 12, PA_BIT(3) | PA_BIT(7) | 0x00F00000);
        }
    }
    cpu_state_changed(rig->cpu);
}

static unsigned taken_vector(const struct rig *rig)
{
    const struct cpu_state *state = cpu_state(rig->cpu);
    return state->interruptions_in_a_row ? (state->iaoq_front - IVA) / 32 : 0;
}

struct instance {
    struct insn insn;
    struct cpu_state before;
    uint8_t ram[DATA_BYTES];
};

static void fail(struct check *t, const struct instance *instance, const char *what)
{
    char text[128];
    insn_disassemble(instance->insn.word, CODE, text, sizeof text);
    if (check_failed(t, false))
        printf("%s %08" PRIx32 " (%s): %s\n", insn_rows[instance->insn.id].id, instance->insn.word, text, what);
}

static void compare_states(struct check *t, const struct instance *instance, const struct cpu_state *want,
                           const struct cpu_state *is)
{
    for (size_t f = 0; f < cpu_state_table.count; f++) {
        const struct state_field *field = &cpu_state_table.fields[f];
        for (unsigned n = 0; n < field->count; n++) {
            size_t at = field->offset + (size_t)n * field->stride;
            uint64_t w = 0, i = 0;
            memcpy(&w, (const char *)want + at, field->size_bytes);
            memcpy(&i, (const char *)is + at, field->size_bytes);
            char what[120];
            snprintf(what, sizeof what, "%s[%u] is %" PRIx64 ", the model says %" PRIx64, field->name, n, i, w);
            if (w != i)
                fail(t, instance, what);
        }
    }
    t->checks++;
}

/* The instance has been executed: is it what the model says? */
static void compare_model(struct check *t, struct instance *instance, const struct rig *rig)
{
    struct row_outcome outcome;
    struct cpu_state want;
    memcpy(&want, &instance->before, sizeof want);
    const struct row_memory memory = {instance->ram, DATA, DATA_BYTES};
    if (!row_model(&instance->insn, &want, &memory, &outcome))
        return;
    if (outcome.vector != taken_vector(rig)) {
        fail(t, instance, "another interruption than the model's, or none");
        return;
    }
    if (outcome.vector)
        return;
    want.insns++;
    want.iaoq_front = want.iaoq_back;
    want.iaoq_back = outcome.branches ? outcome.target : want.iaoq_back + 4;
    want.psw |= (outcome.nullifies ? PSW_N : 0) | (outcome.branches ? PSW_B : 0);
    compare_states(t, instance, &want, cpu_state(rig->cpu));
    if (outcome.bytes)
        memcpy(instance->ram + (outcome.address - DATA), outcome.data, outcome.bytes);
    if (memcmp(instance->ram, phys_ram(rig->phys) + DATA, DATA_BYTES))
        fail(t, instance, "memory is not what the model says");
}

/* Execute one random instance of row ID. True if it completed without an interruption. */
static bool execute_one(struct check *t, struct insn_random *random, struct rig *rig, unsigned id,
                        struct instance *instance)
{
    uint32_t word;
    do { /* a row that takes what others leave has words of others in its picture */
        word = insn_random_word(random, id);
        if (insn_random_below(random, 2)) /* mostly the special function unit that is there, and what it has */
            word = insn_random_set(insn_random_set(word, id, 'U', 7), id, 'o', insn_random_below(random, 6));
        insn_decode(word, &instance->insn);
    } while (instance->insn.id != id);
    random_state(random, rig);
    struct cpu_state *state = cpu_state(rig->cpu);
    for (unsigned i = 0; (id == INSN_LDSID || id == INSN_MFSP) && i < 8; i++)
        state->sr[i] = (uint32_t)insn_random_bits(random);
    be32_store(instance->ram, word);
    phys_dma_write(rig->phys, CODE, instance->ram, 4);
    for (unsigned i = 0; i < DATA_BYTES; i += 8)
        be64_store(instance->ram + i, insn_random_bits(random));
    phys_dma_write(rig->phys, DATA, instance->ram, DATA_BYTES);
    cpu_state_changed(rig->cpu);
    memcpy(&instance->before, state, sizeof instance->before);
    cpu_run(rig->cpu, 1);
    if (state->insns != instance->before.insns + 1)
        fail(t, instance, "did not count as one instruction");
    if (state->gr[0] != 0)
        fail(t, instance, "GR 0 is not 0");
    unsigned vector = taken_vector(rig), only = only_vector(&instance->insn);
    if (only == VECTOR_ASSIST_EXCEPTION && !vector && (state->fr[0] >> 32 & STATUS_T))
        return false; /* an unimplemented operation: the next one is interrupted (docs/floating-point.md) */
    if (only && vector != only)
        fail(t, instance, "does not raise its vector");
    if (vector && (memcmp(state->gr, instance->before.gr, sizeof state->gr) ||
                   memcmp(state->fr, instance->before.fr, sizeof state->fr) || state->cr[CR_IIR] != word))
        fail(t, instance, "is interrupted, and a register has changed or IIR is not the instruction");
    if (row_model_knows(id))
        compare_model(t, instance, rig);
    return vector == 0;
}

static void test_row(struct check *t, struct rig *rig, unsigned id, unsigned instances, struct instance *instance)
{
    struct insn_random random = {t->seed * 1000 + id};
    unsigned completed = 0, executed = 0;
    while (executed < TRIES_MAX && completed < instances && !(only_interrupts(id) && executed >= instances)) {
        completed += execute_one(t, &random, rig, id, instance);
        executed++;
    }
    if (check_failed(t, only_interrupts(id) ? completed == 0 : completed >= instances))
        printf("%s: %u of %u instances completed\n", insn_rows[id].id, completed, executed);
    if (check_failed(t, witness_of(id) != NULL))
        printf("%s: no test knows its result\n", insn_rows[id].id);
}

/* PSW[M] = 1: accesses that nothing answers complete; each is logged. */
static void test_hidden_machine_check(struct check *t, struct rig *rig)
{
    static const uint32_t code[] = {0x48640000 /* ldw 0(r3),r4 */, 0x68650000 /* stw r5,0(r3) */};
    for (unsigned m = 0; m < 2; m++) {
        for (unsigned i = 0; i < 2; i++) {
            uint8_t word[4];
            cpu_reset(rig->cpu, CODE);
            struct cpu_state *state = cpu_state(rig->cpu);
            state->cr[CR_IVA] = IVA;
            state->psw = m ? PSW_M : 0;
            state->gr[3] = 0xF7000000;
            state->gr[4] = 99;
            cpu_state_changed(rig->cpu);
            be32_store(word, code[i]);
            phys_dma_write(rig->phys, CODE, word, 4);
            unsigned logged = rig->logged;
            cpu_run(rig->cpu, 1);
            CHECK_EQ(taken_vector(rig), m ? 0 : VECTOR_HPMC);
            CHECK_EQ(state->gr[4], m && i == 0 ? 0 : 99);
            CHECK_EQ(rig->logged - logged, m);
            if (m)
                CHECK_HAS(rig->log, i ? "a store of 4 bytes at physical 0xf7000000" : "a load of 4 bytes");
        }
    }
}

static void list_rows(void)
{
    for (unsigned id = 1; id < INSN_COUNT; id++)
        printf("%-10s %-62s %s\n", insn_rows[id].id, insn_rows[id].title, witness_of(id) ? witness_of(id) : "NONE");
}

int main(int argc, char **argv)
{
    struct check t = check_begin("test_rows", argc, argv);
    unsigned instances = 60;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--list")) {
            list_rows();
            return 0;
        }
        if (!strcmp(argv[i], "--instances") && i + 1 < argc)
            instances = (unsigned)strtoul(argv[++i], NULL, 0);
    }
    const struct cpu_config config = {.tlb_entries = 64}; /* the data pages have room */
    struct rig *rig = rig_new(RAM_BYTES, &config);
    struct instance *instance = malloc(sizeof *instance);
    assert(instance && instances > 0);
    for (unsigned id = 1; id < INSN_COUNT; id++)
        test_row(&t, rig, id, instances, instance);
    test_hidden_machine_check(&t, rig);
    free(instance);
    rig_free(rig);
    return check_end(&t);
}

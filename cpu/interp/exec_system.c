/* exec_system.c - system control: PSW, space and control registers, return from interruption, probes, TLB and cache
 * instructions. Manual, "System Control Instructions".
 *
 * Whatever may change how the next instruction is fetched, or make an interruption pending, ends in LEAVE().
 */
#include "cpu/interp/block.h"

#define PSW_SYSTEM_MASK UINT32_C(0x1F) /* R Q P D I: what of bits 24..31 exists */

/* Privileged at every level but 0. Counted as what a monitor would simulate. */
#define PRIVILEGED()                                                                                                   \
    do {                                                                                                               \
        if (cpu->privilege != 0)                                                                                       \
            RAISE(VECTOR_PRIVILEGED_OPERATION);                                                                        \
        cpu->simulated++;                                                                                              \
    } while (0)

static EXEC(exec_illegal)
{
    RAISE(VECTOR_ILLEGAL);
}
static EXEC(exec_break)
{
    RAISE(VECTOR_BREAK);
}
static EXEC(exec_nothing)
{
    NEXT();
}
static EXEC(exec_diag)
{
    PRIVILEGED();
    NEXT();
}

static const struct op *return_from_interruption(struct cpu *cpu, const struct op *op)
{
    struct cpu_state *state = &cpu->state;
    exec_settle(cpu, op, 1);
    cpu->branches++;
    state->iasq_front = state->cr[CR_IIASQ];
    state->iasq_back = state->iiasq_back;
    state->iaoq_front = state->cr[CR_IIAOQ];
    state->iaoq_back = state->iiaoq_back;
    exec_psw_set(cpu, state->cr[CR_IPSW]);
    cpu->step_done = true;
    return NULL;
}
static EXEC(exec_rfi)
{
    PRIVILEGED();
    return return_from_interruption(cpu, op);
}
static EXEC(exec_rfir)
{
    static const uint8_t shadowed[7] = {1, 8, 9, 16, 17, 24, 25};
    PRIVILEGED();
    for (unsigned i = 0; i < 7; i++)
        cpu->state.gr[shadowed[i]] = cpu->state.shr[i];
    return return_from_interruption(cpu, op);
}

/* The system mask was OLD. Where the I bit alone is another now and nothing waits for it, all is as it was. */
INLINE const struct op *mask_changed(struct cpu *cpu, const struct op *op, uint32_t old)
{
    if (((old ^ cpu->state.psw) & PSW_SYSTEM_MASK & ~PSW_I) || interruption_pending(cpu) || interruption_awaited(cpu))
        LEAVE();
    NEXT();
}

static EXEC(exec_ssm)
{
    PRIVILEGED();
    uint32_t old = cpu->state.psw & PSW_SYSTEM_MASK;
    cpu->state.psw |= (uint32_t)op->imm & PSW_SYSTEM_MASK;
    R32(op->t) = old;
    return mask_changed(cpu, op, old);
}
static EXEC(exec_rsm)
{
    PRIVILEGED();
    uint32_t old = cpu->state.psw & PSW_SYSTEM_MASK;
    cpu->state.psw &= ~((uint32_t)op->imm & PSW_SYSTEM_MASK);
    R32(op->t) = old;
    return mask_changed(cpu, op, old);
}
static EXEC(exec_mtsm)
{
    PRIVILEGED();
    uint32_t old = cpu->state.psw;
    cpu->state.psw = (old & ~PSW_SYSTEM_MASK) | (R32(op->a) & PSW_SYSTEM_MASK);
    return mask_changed(cpu, op, old);
}

/* The space register of a two-bit field: op->sub, or by the base's top bits. */
INLINE uint32_t data_space(const struct cpu *cpu, const struct op *op, uint32_t base)
{
    return cpu->state.sr[op->sub ? op->sub : 4 + (base >> 30)];
}

static EXEC(exec_ldsid)
{
    R32(op->t) = data_space(cpu, op, R32(op->b));
    NEXT();
}
static EXEC(exec_mfsp)
{
    R32(op->t) = cpu->state.sr[op->sub];
    NEXT();
}
static EXEC(exec_mtsp)
{
    if (op->sub >= 5 && cpu->privilege != 0)
        RAISE(VECTOR_PRIVILEGED_REGISTER);
    cpu->state.sr[op->sub] = R32(op->a);
    if (cpu->state.psw & PSW_D)
        cpu->space[op->sub] = R32(op->a);
    if (cpu->short_tables && op->sub >= 4)
        soft_short_choose(cpu);
    NEXT();
}

/* Control registers. op->sub is the number. */
static EXEC(exec_mtsar)
{
    cpu->state.cr[CR_SAR] = R32(op->a) & 31;
    NEXT();
}
static void write_control(struct cpu *cpu, unsigned number, uint32_t value)
{
    struct cpu_state *state = &cpu->state;
    switch (number) {
    case CR_PID1:
    case CR_PID2:
    case CR_PID3:
    case CR_PID4:
        state->cr[number] = value;
        soft_drop_translated(cpu);
        break;
    case CR_CCR:
        state->cr[CR_CCR] = value & 0xFFFF;
        exec_fpu_gate_update(cpu);
        break;
    case CR_IVA:
        state->cr[CR_IVA] = value & ~UINT32_C(0x7FF);
        break;
    case CR_IIASQ:
        state->cr[CR_IIASQ] = state->iiasq_back;
        state->iiasq_back = value;
        break;
    case CR_IIAOQ:
        state->cr[CR_IIAOQ] = state->iiaoq_back;
        state->iiaoq_back = value;
        break;
    case CR_EIRR:
        state->cr[CR_EIRR] &= ~value;
        break;
    default:
        if (number == CR_RCTR || number > 7) /* 1..7 are reserved: they stay 0 */
            state->cr[number] = value;
        break;
    }
}
/* May writing it change what comes before the next instruction, or how that is fetched? */
static bool control_matters(unsigned number)
{
    return number == CR_RCTR || number == CR_EIEM || number == CR_PID1 || number == CR_PID2 || number == CR_PID3 ||
           number == CR_PID4;
}
static EXEC(exec_mtctl)
{
    if (cpu->privilege != 0)
        RAISE(VECTOR_PRIVILEGED_REGISTER);
    cpu->simulated++;
    if (op->sub == CR_ITMR) {
        exec_materialize(cpu, op);
        cpu->state.cr[CR_ITMR] = R32(op->a);
        if (cpu->env->timer_set)
            cpu->env->timer_set(cpu->env_arg);
    } else {
        write_control(cpu, op->sub, R32(op->a));
    }
    if (cpu->attention || control_matters(op->sub))
        LEAVE();
    NEXT();
}
static EXEC(exec_mfctl_free)
{
    R32(op->t) = cpu->state.cr[op->sub];
    NEXT();
}
static EXEC(exec_mfctl)
{
    if (cpu->privilege != 0)
        RAISE(VECTOR_PRIVILEGED_REGISTER);
    cpu->simulated++;
    R32(op->t) = cpu->state.cr[op->sub];
    NEXT();
}
/* CR1 to CR7 are reserved: what they give is undefined, and 0 here (docs/undefined.md). */
static EXEC(exec_mfctl_reserved)
{
    if (cpu->privilege != 0)
        RAISE(VECTOR_PRIVILEGED_REGISTER);
    R32(op->t) = cpu->config.undefined;
    NEXT();
}

/* The interval timer belongs to the environment. PSW[S] = 1 keeps it from less privileged code. */
static NOINLINE bool read_timer(struct cpu *cpu, const struct op *op)
{
    uint32_t ticks = 0;
    exec_materialize(cpu, op);
    enum phys_result result = cpu->env->timer_read ? cpu->env->timer_read(cpu->env_arg, &ticks) : PHYS_OK;
    cpu->value = ticks;
    cpu->simulated += result != PHYS_STALL;
    return result != PHYS_STALL;
}
static EXEC(exec_mfctl_timer)
{
    if ((cpu->state.psw & PSW_S) && cpu->privilege != 0)
        RAISE(VECTOR_PRIVILEGED_REGISTER);
    if (!read_timer(cpu, op))
        STALL();
    R32(op->t) = (uint32_t)cpu->value;
    if (cpu->attention)
        LEAVE();
    NEXT();
}

/* PROBE: may a reference be made at a privilege level? op->sub2: 1 write; op->spare: the level is an immediate. */
static EXEC(exec_probe)
{
    uint32_t offset = R32(op->b), space = data_space(cpu, op, offset);
    unsigned level = (op->spare ? (uint32_t)op->imm : R32(op->a)) & 3;
    enum tlb_access access = op->sub2 ? TLB_WRITE : TLB_READ;
    if (!(cpu->state.psw & PSW_D)) {
        R32(op->t) = 1;
        NEXT();
    }
    const struct tlb_entry *entry = tlb_find(cpu->tlb, TLB_DATA, space, offset);
    if (!entry) {
        cpu->trap_isr = space;
        cpu->trap_ior = offset;
        RAISE(VECTOR_NA_DTLB_MISS);
    }
    R32(op->t) = tlb_rights(entry, access, level) && translate_identifier(cpu, entry, access);
    NEXT();
}

/* Base + index, with ",m" the base alone; then the base may become the sum. */
INLINE uint32_t cache_offset(const struct cpu *cpu, const struct op *op)
{
    const char *registers = (const char *)cpu;
    uint32_t base = *(const uint32_t *)(const void *)(registers + op->b);
    return op->spare ? base : base + *(const uint32_t *)(const void *)(registers + op->a);
}
INLINE void cache_modify(struct cpu *cpu, const struct op *op)
{
    if (op->spare)
        R32(op->extra) = R32(op->b) + R32(op->a);
}

static EXEC(exec_lpa)
{
    uint32_t offset = cache_offset(cpu, op), space = data_space(cpu, op, R32(op->b));
    PRIVILEGED();
    const struct tlb_entry *entry = tlb_find(cpu->tlb, TLB_DATA, space, offset);
    if (!entry) {
        cpu->trap_isr = space;
        cpu->trap_ior = offset;
        RAISE(VECTOR_NA_DTLB_MISS);
    }
    cache_modify(cpu, op);
    R32(op->t) = tlb_physical(entry, offset);
    NEXT();
}
/* Every address has coherence index 0: memory is physically coherent. */
static EXEC(exec_lci)
{
    PRIVILEGED();
    R32(op->t) = 0;
    NEXT();
}

/* TLB instructions; op->sub2: 1 instruction side, whose space field names one of eight registers. */
INLINE uint32_t side_space(const struct cpu *cpu, const struct op *op, uint32_t base)
{
    return op->sub2 ? cpu->state.sr[op->sub] : data_space(cpu, op, base);
}
static void drop_entry(struct cpu *cpu, const struct tlb_entry *entry)
{
    if (entry->flags & TLB_VALID)
        soft_drop_page(cpu, entry->space, entry->page << 12);
}
static NOINLINE void insert_address(struct cpu *cpu, const struct op *op)
{
    uint32_t offset = R32(op->b), space = side_space(cpu, op, offset);
    struct tlb_entry displaced =
        tlb_insert_address(cpu->tlb, op->sub2 ? TLB_INSTRUCTION : TLB_DATA, space, offset, R32(op->a));
    drop_entry(cpu, &displaced);
    soft_drop_page(cpu, space, offset);
}
/* Where fetches are not translated, they are as before. */
#define TLB_CHANGED()                                                                                                  \
    do {                                                                                                               \
        if (cpu->state.psw & PSW_C)                                                                                    \
            LEAVE();                                                                                                   \
        NEXT();                                                                                                        \
    } while (0)

static EXEC(exec_insert_address)
{
    PRIVILEGED();
    insert_address(cpu, op);
    TLB_CHANGED();
}
static EXEC(exec_insert_protection)
{
    PRIVILEGED();
    uint32_t offset = R32(op->b), space = side_space(cpu, op, offset);
    tlb_insert_protection(cpu->tlb, op->sub2 ? TLB_INSTRUCTION : TLB_DATA, space, offset, R32(op->a));
    soft_drop_page(cpu, space, offset);
    TLB_CHANGED();
}
static EXEC(exec_purge)
{
    PRIVILEGED();
    uint32_t offset = cache_offset(cpu, op), space = side_space(cpu, op, R32(op->b));
    tlb_purge(cpu->tlb, op->sub2 ? TLB_INSTRUCTION : TLB_DATA, space, offset);
    soft_drop_page(cpu, space, offset);
    cache_modify(cpu, op);
    TLB_CHANGED();
}
static EXEC(exec_purge_entries)
{
    PRIVILEGED();
    tlb_purge_all(cpu->tlb, op->sub2 ? TLB_INSTRUCTION : TLB_DATA);
    soft_drop_translated(cpu);
    cache_modify(cpu, op);
    TLB_CHANGED();
}

/* Cache instructions have nothing to do (memory is coherent, decoded code follows stores), but their addresses are
 * translated. PDC may destroy data: it needs write access. */
static EXEC(exec_flush_data)
{
    uint32_t offset = cache_offset(cpu, op), space = data_space(cpu, op, R32(op->b));
    if (cpu->state.psw & PSW_D) {
        cpu->trap_isr = space;
        cpu->trap_ior = offset;
        const struct tlb_entry *entry = tlb_find(cpu->tlb, TLB_DATA, space, offset);
        if (!entry)
            RAISE(VECTOR_NA_DTLB_MISS);
        if (op->sub2 && !tlb_rights(entry, TLB_WRITE, cpu->privilege))
            RAISE(VECTOR_DATA_ACCESS_RIGHTS);
        if (op->sub2 && !translate_identifier(cpu, entry, TLB_WRITE))
            RAISE(VECTOR_DATA_PROTECTION_ID);
    }
    cache_modify(cpu, op);
    NEXT();
}
static EXEC(exec_flush_instruction)
{
    uint32_t offset = cache_offset(cpu, op), space = cpu->state.sr[op->sub];
    if ((cpu->state.psw & PSW_D) && !tlb_find(cpu->tlb, TLB_INSTRUCTION, space, offset)) {
        cpu->trap_isr = space;
        cpu->trap_ior = offset;
        RAISE(VECTOR_NA_ITLB_MISS);
    }
    cache_modify(cpu, op);
    LEAVE();
}
static EXEC(exec_flush_entry)
{
    cache_modify(cpu, op);
    NEXT();
}

void exec_illegal_prepare(struct op *op, const struct insn *insn)
{
    op->run = exec_illegal;
}

static void prepare_registers(struct op *op, const struct insn *insn)
{
    op->a = source_gr(insn->x);
    op->b = source_gr(insn->b);
    op->t = target_gr(insn->t);
    op->extra = target_gr(insn->b);
    op->imm = insn->imm;
    op->sub = insn->s;
    op->spare = insn->m;
}

static op_run *mtctl_run(unsigned number)
{
    return number == CR_SAR ? exec_mtsar : exec_mtctl;
}
static op_run *mfctl_run(unsigned number)
{
    if (number == CR_ITMR)
        return exec_mfctl_timer;
    if (number >= 1 && number <= 7)
        return exec_mfctl_reserved;
    return number == CR_SAR || number == 26 || number == 27 ? exec_mfctl_free : exec_mfctl;
}

void exec_system_prepare(struct op *op, const struct insn *insn)
{
    static op_run *const rows[INSN_COUNT] = {
        [INSN_BREAK] = exec_break, [INSN_RFI] = exec_rfi,      [INSN_RFIR] = exec_rfir,       [INSN_SSM] = exec_ssm,
        [INSN_RSM] = exec_rsm,     [INSN_MTSM] = exec_mtsm,    [INSN_LDSID] = exec_ldsid,     [INSN_MTSP] = exec_mtsp,
        [INSN_MFSP] = exec_mfsp,   [INSN_SYNC] = exec_nothing, [INSN_SYNCDMA] = exec_nothing, [INSN_DIAG] = exec_diag,
    };
    prepare_registers(op, insn);
    op->run = rows[insn->id];
    if (insn->id == INSN_MTCTL) {
        op->sub = insn->t;
        op->run = mtctl_run(insn->t);
    } else if (insn->id == INSN_MFCTL) {
        op->sub = insn->b;
        op->run = mfctl_run(insn->b);
    }
}

void exec_probe_prepare(struct op *op, const struct insn *insn)
{
    prepare_registers(op, insn);
    op->sub2 = insn->id == INSN_PROBEW || insn->id == INSN_PROBEWI;
    op->spare = insn->id == INSN_PROBERI || insn->id == INSN_PROBEWI;
    op->run = exec_probe;
}

void exec_tlb_prepare(struct op *op, const struct insn *insn)
{
    static const struct {
        op_run *run;
        uint8_t sub2;
    } rows[INSN_COUNT] = {
        [INSN_LPA] = {exec_lpa, 0},
        [INSN_LCI] = {exec_lci, 0},
        [INSN_PDTLB] = {exec_purge, 0},
        [INSN_PITLB] = {exec_purge, 1},
        [INSN_PDTLBE] = {exec_purge_entries, 0},
        [INSN_PITLBE] = {exec_purge_entries, 1},
        [INSN_IDTLBA] = {exec_insert_address, 0},
        [INSN_IITLBA] = {exec_insert_address, 1},
        [INSN_IDTLBP] = {exec_insert_protection, 0},
        [INSN_IITLBP] = {exec_insert_protection, 1},
        [INSN_PDC] = {exec_flush_data, 1},
        [INSN_FDC] = {exec_flush_data, 0},
        [INSN_FIC] = {exec_flush_instruction, 0},
        [INSN_FDCE] = {exec_flush_entry, 0},
        [INSN_FICE] = {exec_flush_entry, 0},
    };
    prepare_registers(op, insn);
    op->run = rows[insn->id].run;
    op->sub2 = rows[insn->id].sub2;
}

/* exec_branch.c - branches. Manual, "Branch Instructions".
 *
 * A branch chooses which of the operations after it is next (core/op.h, LAYOUT): op->sub places on when taken, op->sub2
 * when not. Conditional branches nullify on a taken forward or an untaken backward branch, the others always when n is
 * 1. A static target is in the sentinel; a computed one goes through cpu->branch_target and branch_space. The link is
 * IAOQ_Back + 4, privilege level of the back included. Branches are counted where their blocks are debited (op.h,
 * COUNTING).
 */
#include "cpu/interp/conditions.h"
#include "cpu/interp/block.h"

#define TAKEN()             CONTINUE(op + op->sub)
#define TAKEN_IF(condition) CONTINUE(op + ((condition) ? op->sub : op->sub2))

INLINE uint32_t own_iaoq(const struct cpu *cpu, const struct op *op)
{
    return cpu->code_base + op_offset(op);
}
INLINE uint32_t link_iaoq(const struct cpu *cpu, const struct op *op)
{
    return (own_iaoq(cpu, op) + cpu->link_delta) | cpu->config.privilege_leak;
}
/* A branch cannot raise the privilege level; the low two bits of a base register can lower it. */
INLINE uint32_t demote(uint32_t target, uint32_t privilege)
{
    uint32_t wanted = target & 3;
    return (target & ~UINT32_C(3)) | (wanted > privilege ? wanted : privilege);
}

static EXEC(exec_bl)
{
    R32(op->t) = link_iaoq(cpu, op);
    TAKEN();
}
static EXEC(exec_b)
{
    TAKEN();
}

/* GATE: to the privilege level that the page's access type gives, if that is higher. Not after a taken branch. */
static NOINLINE unsigned gate_privilege(struct cpu *cpu, uint32_t iaoq, unsigned privilege)
{
    if (!(cpu->state.psw & PSW_C))
        return 0; /* without translation: the most privileged level */
    const struct tlb_entry *entry = tlb_find(cpu->tlb, TLB_INSTRUCTION, cpu->code_space, iaoq);
    if (!entry || entry->type < 4 || (unsigned)entry->type - 4 > privilege)
        return privilege;
    return (unsigned)entry->type - 4;
}
static EXEC(exec_gate)
{
    uint32_t iaoq = own_iaoq(cpu, op), privilege = iaoq & 3;
    /* In a block a GATE is never in a delay slot, and PSW[B] may be left from a slot's exec_materialize. */
    if (cpu->stepping && (cpu->state.psw & PSW_B))
        RAISE(VECTOR_ILLEGAL);
    cpu->branch_target = ((iaoq + (uint32_t)op->imm) & ~UINT32_C(3)) | gate_privilege(cpu, iaoq, privilege);
    cpu->branch_space = cpu->code_space;
    R32(op->t) = (R32(op->a) & ~UINT32_C(3)) | privilege;
    TAKEN();
}

static EXEC(exec_blr)
{
    uint32_t index = R32(op->a) << 3;
    cpu->branch_target = own_iaoq(cpu, op) + 8 + index;
    cpu->branch_space = cpu->code_space;
    R32(op->t) = link_iaoq(cpu, op);
    TAKEN();
}
static EXEC(exec_bv)
{
    cpu->branch_target = demote(R32(op->b) + (R32(op->a) << 3), cpu->code_base & 3);
    cpu->branch_space = cpu->code_space;
    TAKEN();
}
static EXEC(exec_be)
{
    cpu->branch_target = demote(R32(op->b) + (uint32_t)op->imm, cpu->code_base & 3);
    cpu->branch_space = R32(op->a);
    TAKEN();
}
static EXEC(exec_ble)
{
    uint32_t target = demote(R32(op->b) + (uint32_t)op->imm, cpu->code_base & 3);
    cpu->branch_space = R32(op->a);
    cpu->branch_target = target;
    cpu->state.gr[31] = link_iaoq(cpu, op);
    cpu->state.sr[0] = cpu->link_space;
    if (cpu->state.psw & PSW_D)
        cpu->space[0] = cpu->link_space;
    TAKEN();
}

/* Conditional branches: one function for each condition. */
#define CONDITIONAL(n)                                                                                                 \
    static EXEC(exec_comb_##n)                                                                                         \
    {                                                                                                                  \
        uint32_t a = R32(op->a), b = R32(op->b);                                                                       \
        TAKEN_IF(condition_compare(n, a, b, a - b));                                                                   \
    }                                                                                                                  \
    static EXEC(exec_comib_##n)                                                                                        \
    {                                                                                                                  \
        uint32_t a = (uint32_t)op->imm, b = R32(op->b);                                                                \
        TAKEN_IF(condition_compare(n, a, b, a - b));                                                                   \
    }                                                                                                                  \
    static EXEC(exec_addb_##n)                                                                                         \
    {                                                                                                                  \
        uint32_t a = R32(op->a), b = R32(op->b), result = a + b;                                                       \
        R32(op->t) = result;                                                                                           \
        TAKEN_IF(condition_add(n, sum_of(a, b, result)));                                                              \
    }                                                                                                                  \
    static EXEC(exec_addib_##n)                                                                                        \
    {                                                                                                                  \
        uint32_t a = (uint32_t)op->imm, b = R32(op->b), result = a + b;                                                \
        R32(op->t) = result;                                                                                           \
        TAKEN_IF(condition_add(n, sum_of(a, b, result)));                                                              \
    }                                                                                                                  \
    static EXEC(exec_movb_##n)                                                                                         \
    {                                                                                                                  \
        uint32_t result = R32(op->a);                                                                                  \
        R32(op->t) = result;                                                                                           \
        TAKEN_IF(condition_logical(n, result));                                                                        \
    }                                                                                                                  \
    static EXEC(exec_movib_##n)                                                                                        \
    {                                                                                                                  \
        uint32_t result = (uint32_t)op->imm;                                                                           \
        R32(op->t) = result;                                                                                           \
        TAKEN_IF(condition_logical(n, result));                                                                        \
    }
FOR_EACH_CONDITION(CONDITIONAL)

/* By condition. */
#define TABLE(name)        static op_run *const name##_table[16] = {FOR_EACH_CONDITION(NAME_##name)}
#define NAME_exec_comb(n)  exec_comb_##n,
#define NAME_exec_comib(n) exec_comib_##n,
#define NAME_exec_addb(n)  exec_addb_##n,
#define NAME_exec_addib(n) exec_addib_##n,
#define NAME_exec_movb(n)  exec_movb_##n,
#define NAME_exec_movib(n) exec_movib_##n,
TABLE(exec_comb);
TABLE(exec_comib);
TABLE(exec_addb);
TABLE(exec_addib);
TABLE(exec_movb);
TABLE(exec_movib);

/* BB: the bit is 1 (condition <) or 0 (>=). op->extra is its mask. */
static EXEC(exec_bb_set)
{
    TAKEN_IF(R32(op->a) & op->extra);
}
static EXEC(exec_bb_clear)
{
    TAKEN_IF(!(R32(op->a) & op->extra));
}
static EXEC(exec_bvb_set)
{
    TAKEN_IF(R32(op->a) & PA_BIT(cpu->state.cr[CR_SAR]));
}
static EXEC(exec_bvb_clear)
{
    TAKEN_IF(!(R32(op->a) & PA_BIT(cpu->state.cr[CR_SAR])));
}

/* A branch before this has not been executed, though its block has counted it. */
EXEC(exec_branch_nullified)
{
    cpu->budget--;
    NEXT();
}

bool branch_is(const struct insn *insn, bool *dynamic, int32_t *distance)
{
    if (!(insn_rows[insn->id].insn_class & CLASS_BRANCH) || insn->id == INSN_ILLEGAL)
        return false;
    *dynamic = insn->id == INSN_BLR || insn->id == INSN_BV || insn->id == INSN_BE || insn->id == INSN_BLE ||
               insn->id == INSN_GATE;
    *distance = *dynamic ? 0 : insn->imm + 8;
    return true;
}

static void always(struct op *op, const struct insn *insn)
{
    op->sub = op->sub2 = insn->n ? BRANCH_TAKEN_NULLIFY : BRANCH_TAKEN;
}

void exec_branch_prepare(struct op *op, const struct insn *insn)
{
    always(op, insn);
    op->t = target_gr(insn->t);
    op->a = source_gr(insn->x);
    op->b = source_gr(insn->b);
    op->imm = insn->imm;
    switch (insn->id) {
    case INSN_BL:
        op->run = insn->t ? exec_bl : exec_b;
        break;
    case INSN_GATE:
        op->a = source_gr(insn->t);
        op->imm = insn->imm + 8;
        op->run = exec_gate;
        break;
    case INSN_BLR:
        op->run = exec_blr;
        break;
    case INSN_BV:
        op->run = exec_bv;
        break;
    case INSN_BE:
    case INSN_BLE:
        op->a = (uint16_t)(offsetof(struct cpu, state.sr) + 4u * insn->s);
        op->run = insn->id == INSN_BE ? exec_be : exec_ble;
        break;
    default:
        assert(!"not a branch");
    }
}

static op_run *conditional_run(const struct insn *insn)
{
    switch (insn->id) {
    case INSN_COMBT:
    case INSN_COMBF:
        return exec_comb_table[insn->cond];
    case INSN_COMIBT:
    case INSN_COMIBF:
        return exec_comib_table[insn->cond];
    case INSN_ADDBT:
    case INSN_ADDBF:
        return exec_addb_table[insn->cond];
    case INSN_ADDIBT:
    case INSN_ADDIBF:
        return exec_addib_table[insn->cond];
    case INSN_MOVB:
        return exec_movb_table[insn->cond];
    case INSN_MOVIB:
        return exec_movib_table[insn->cond];
    case INSN_BB:
        return insn->cond & 1 ? exec_bb_clear : exec_bb_set;
    default:
        return insn->cond & 1 ? exec_bvb_clear : exec_bvb_set;
    }
}

void exec_branch_if_prepare(struct op *op, const struct insn *insn)
{
    bool backward = insn->imm < 0;
    op->sub = insn->n && !backward ? BRANCH_TAKEN_NULLIFY : BRANCH_TAKEN;
    op->sub2 = insn->n && backward ? BRANCH_UNTAKEN_NULLIFY : BRANCH_UNTAKEN;
    op->a = source_gr(insn->x);
    op->b = source_gr(insn->b);
    op->t = target_gr(insn->b); /* of the rows that write: MOVB, MOVIB, ADDB, ADDIB */
    op->imm = insn->im5;
    op->extra = PA_BIT(insn->p & 31);
    op->run = conditional_run(insn);
}

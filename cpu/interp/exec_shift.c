/* exec_shift.c - shifts, extracts and deposits. Manual, "Computation Instructions".
 *
 * Bit positions are the manual's: 0 is the most significant. op->sub is the condition (logical numbers), op->sub2 the
 * position or shift amount, op->extra the mask of op's field. A field that reaches over the left end of the register is
 * cut there (deposits) or has zeros or the register's sign in front (extracts): docs/undefined.md.
 */
#include "cpu/interp/conditions.h"

INLINE const struct op *finish(struct cpu *cpu, const struct op *op, uint32_t result, bool conditional)
{
    R32(op->t) = result;
    if (conditional)
        NEXT_IF(condition_logical(op->sub, result));
    NEXT();
}

INLINE uint32_t sar(const struct cpu *cpu)
{
    return cpu->state.cr[CR_SAR];
}

INLINE uint32_t shift_pair(uint32_t left, uint32_t right, unsigned amount)
{
    return (uint32_t)(((uint64_t)left << 32 | right) >> amount);
}

/* LEN bits that end at POSITION. MASK is LEN ones. */
INLINE uint32_t extract_unsigned(uint32_t value, unsigned position, uint32_t mask)
{
    return (value >> (31 - position)) & mask;
}
INLINE uint32_t extract_signed(uint32_t value, unsigned position, unsigned len)
{
    int32_t shifted = (int32_t)value >> (31 - position);
    return (uint32_t)((int32_t)((uint32_t)shifted << (32 - len)) >> (32 - len));
}
/* MASK's bits of VALUE into INTO so that they end at POSITION. */
INLINE uint32_t deposit(uint32_t into, uint32_t value, unsigned position, uint32_t mask)
{
    unsigned shift = 31 - position;
    return (into & ~(mask << shift)) | (value & mask) << shift;
}

/* Each row twice: condition never, and any condition. */
#define ROW(name, RESULT)                                                                                              \
    static EXEC(name##_plain)                                                                                          \
    {                                                                                                                  \
        return finish(cpu, op, (RESULT), false);                                                                       \
    }                                                                                                                  \
    static EXEC(name)                                                                                                  \
    {                                                                                                                  \
        return finish(cpu, op, (RESULT), true);                                                                        \
    }

ROW(exec_vshd, shift_pair(R32(op->a), R32(op->b), sar(cpu)))
ROW(exec_shd, shift_pair(R32(op->a), R32(op->b), op->sub2))
ROW(exec_vextru, extract_unsigned(R32(op->b), sar(cpu), op->extra))
ROW(exec_vextrs, extract_signed(R32(op->b), sar(cpu), op->extra))
ROW(exec_extru, R32(op->b) >> op->sub2 & op->extra)
ROW(exec_extrs, (uint32_t)((int32_t)(R32(op->b) << op->sub2) >> op->extra))
/* Deposits. The SAR is the position of the field's rightmost bit. */
ROW(exec_vdep, deposit(R32(op->b), R32(op->a), sar(cpu), op->extra))
ROW(exec_zvdep, deposit(0, R32(op->a), sar(cpu), op->extra))
ROW(exec_dep, (R32(op->b) & ~(op->extra << op->sub2)) | (R32(op->a) & op->extra) << op->sub2)
ROW(exec_zdep, (R32(op->a) & op->extra) << op->sub2)
ROW(exec_vdepi, deposit(R32(op->b), (uint32_t)op->imm, sar(cpu), op->extra))
ROW(exec_zvdepi, deposit(0, (uint32_t)op->imm, sar(cpu), op->extra))
ROW(exec_depi, (R32(op->b) & ~op->extra) | (uint32_t)op->imm)
ROW(exec_zdepi, (uint32_t)op->imm)

static uint32_t ones(unsigned len)
{
    return UINT32_MAX >> (32 - len);
}

static void choose(struct op *op, const struct insn *insn, op_run *plain, op_run *conditional)
{
    op->t = target_gr(insn->t);
    op->sub = insn->cond;
    op->run = insn->cond == COND_NEVER ? plain : conditional;
}

void exec_shd_prepare(struct op *op, const struct insn *insn)
{
    op->a = source_gr(insn->x);
    op->b = source_gr(insn->b);
    op->sub2 = insn->p;
    if (insn->id == INSN_SHD)
        choose(op, insn, exec_shd_plain, exec_shd);
    else
        choose(op, insn, exec_vshd_plain, exec_vshd);
}

void exec_extract_prepare(struct op *op, const struct insn *insn)
{
    op->b = source_gr(insn->b);
    switch (insn->id) {
    case INSN_VEXTRU:
        op->extra = ones(insn->len);
        choose(op, insn, exec_vextru_plain, exec_vextru);
        break;
    case INSN_VEXTRS:
        op->extra = insn->len;
        choose(op, insn, exec_vextrs_plain, exec_vextrs);
        break;
    case INSN_EXTRU:
        op->sub2 = (uint8_t)(31 - insn->p);
        op->extra = ones(insn->len);
        choose(op, insn, exec_extru_plain, exec_extru);
        break;
    default: { /* EXTRS: a shift left to the sign, and an arithmetic one back */
        unsigned left = insn->p + 1u >= insn->len ? insn->p + 1u - insn->len : 0;
        op->sub2 = (uint8_t)left;
        op->extra = 31u - insn->p + left;
        choose(op, insn, exec_extrs_plain, exec_extrs);
        break;
    }
    }
}

/* The target is also the second source of the deposits that do not zero. */
void exec_deposit_prepare(struct op *op, const struct insn *insn)
{
    static const struct {
        op_run *plain, *conditional;
    } rows[INSN_COUNT] = {
        [INSN_ZVDEP] = {exec_zvdep_plain, exec_zvdep},    [INSN_VDEP] = {exec_vdep_plain, exec_vdep},
        [INSN_ZDEP] = {exec_zdep_plain, exec_zdep},       [INSN_DEP] = {exec_dep_plain, exec_dep},
        [INSN_ZVDEPI] = {exec_zvdepi_plain, exec_zvdepi}, [INSN_VDEPI] = {exec_vdepi_plain, exec_vdepi},
        [INSN_ZDEPI] = {exec_zdepi_plain, exec_zdepi},    [INSN_DEPI] = {exec_depi_plain, exec_depi},
    };
    op->a = source_gr(insn->x);
    op->b = source_gr(insn->t);
    op->imm = insn->imm;
    op->extra = ones(insn->len);
    op->sub2 = (uint8_t)(31 - insn->p);
    if (insn->id == INSN_ZDEPI || insn->id == INSN_DEPI) {
        op->imm = (int32_t)(((uint32_t)insn->imm & op->extra) << op->sub2);
        op->extra <<= op->sub2;
    }
    choose(op, insn, rows[insn->id].plain, rows[insn->id].conditional);
}

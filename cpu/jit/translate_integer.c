/* translate_integer.c - computation: the rows of exec_alu.c and exec_shift.c, and the registers that exec_system.c's
 * unprivileged rows move, as primitives.
 *
 * The carry vector (struct cpu) is computed only where somebody may see it: not if an instruction of the same block is
 * sure to set it again before the block can be left. Those between may need its first bit; that stays in a register.
 */
#include "cpu/interp/conditions.h"
#include "cpu/jit/translate.h"

#define CARRY offsetof(struct cpu, carry)
#define SAR   offsetof(struct cpu, state.cr[CR_SAR])

/* ---- conditions ---- */

/* COND without its negation has been decided by FLAGS; with it, by the opposite ones. */
static struct verdict by_flags(unsigned cond, enum condition condition)
{
    return (struct verdict){FLAGS, (enum condition)(condition ^ (cond & 1))};
}

static struct verdict decided(unsigned cond)
{
    return (struct verdict){cond & 1 ? ALWAYS : NEVER, IF_EQUAL};
}

struct verdict translate_add_verdict(struct translation *t, unsigned cond, enum reg sum)
{
    switch (cond >> 1) {
    case 1:
        return by_flags(cond, IF_EQUAL);
    case 2:
        return by_flags(cond, IF_LESS);
    case 3:
        return by_flags(cond, IF_LESS_OR_EQUAL);
    case 4:
        return by_flags(cond, IF_NOT_BELOW);
    case 5:
        emit_carry_invert(&t->emit);
        return by_flags(cond, IF_BELOW_OR_EQUAL);
    case 6:
        return by_flags(cond, IF_OVERFLOW);
    case 7:
        emit_test_constant(&t->emit, sum, 1);
        return by_flags(cond, IF_NOT_EQUAL);
    default:
        return decided(cond);
    }
}

struct verdict translate_compare_verdict(struct translation *t, unsigned cond, enum reg a, enum reg b)
{
    static const enum condition conditions[] = {[1] = IF_EQUAL, IF_LESS,           IF_LESS_OR_EQUAL,
                                                IF_BELOW,       IF_BELOW_OR_EQUAL, IF_OVERFLOW};
    unsigned c = cond >> 1;
    if (c == 0)
        return decided(cond);
    if (c == 7) { /* the difference is odd */
        emit_move(&t->emit, REG_A, a);
        emit_alu(&t->emit, ALU_XOR, REG_A, b);
        emit_test_constant(&t->emit, REG_A, 1);
        return by_flags(cond, IF_NOT_EQUAL);
    }
    emit_alu(&t->emit, ALU_COMPARE, a, b);
    return by_flags(cond, conditions[c]);
}

struct verdict translate_logical_verdict(struct translation *t, unsigned cond, enum reg r)
{
    static const enum condition conditions[] = {[1] = IF_EQUAL, IF_SIGN, IF_LESS_OR_EQUAL};
    unsigned c = cond >> 1;
    if (c == 0 || (c >= 4 && c <= 6))
        return decided(cond);
    if (c == 7) {
        emit_test_constant(&t->emit, r, 1);
        return by_flags(cond, IF_NOT_EQUAL);
    }
    emit_test(&t->emit, r);
    return by_flags(cond, conditions[c]);
}

void translate_nullify(struct translation *t, struct verdict verdict)
{
    if (verdict.when == ALWAYS)
        translate_jump(t, t->at + 2);
    else if (verdict.when == FLAGS)
        translate_jump_if(t, verdict.condition, t->at + 2);
}

/* ---- carries ---- */

enum {
    SETS = 1,  /* the carry vector */
    READS = 2, /* its first bit */
};

static unsigned carry_kind(unsigned id)
{
    switch (id) {
    case INSN_ADD:
    case INSN_SH1ADD:
    case INSN_SH2ADD:
    case INSN_SH3ADD:
    case INSN_SUB:
    case INSN_ADDI:
    case INSN_SUBI:
        return SETS;
    case INSN_ADDC:
    case INSN_SUBB:
    case INSN_DS:
        return SETS | READS;
    default:
        return 0;
    }
}

/* Is INSN translated so that it cannot leave the block? All of this file's rows are such, but some conditions are not
 * translated at all. */
static bool handles(const struct insn *insn);

enum carry_use translate_carry_use(const struct translation *t)
{
    enum carry_use use = CARRY_DEAD;
    if (t->insn->cond != COND_NEVER)
        return CARRY_SEEN;
    for (unsigned at = t->at + 1; at < t->block->ops_count; at++) {
        const struct insn *insn = &t->insns[at];
        bool translated = t->block->ops[at].word != 0 && handles(insn) && t->block->runs[at] != exec_idle &&
                          !t->cpu->config.translate_one_in;
        if (!translated || t->joins[at].used)
            return CARRY_SEEN;
        unsigned kind = carry_kind(insn->id);
        if (kind & READS)
            use = CARRY_AS_BIT;
        if (kind & SETS)
            return use;
        if (insn->cond != COND_NEVER)
            return CARRY_SEEN;
    }
    return CARRY_SEEN;
}

/* Forget what the carry's first bit was. */
static void carry_bit_gone(struct translation *t)
{
    for (unsigned i = 0; i < POOL_REGS; i++)
        if (t->cache.word[i] == CARRY_BIT)
            t->cache.word[i] = NO_WORD;
}

enum reg translate_carry_bit(struct translation *t)
{
    for (unsigned i = 0; i < POOL_REGS; i++)
        if (t->cache.word[i] == CARRY_BIT) {
            t->locked |= 1u << i;
            return (enum reg)(REG_POOL + i);
        }
    enum reg bit = translate_fresh(t);
    emit_load(&t->emit, bit, CARRY);
    emit_shift(&t->emit, SHIFT_RIGHT, bit, 31);
    return bit;
}

/* The carry vector of A + B = RESULT goes to struct cpu. Spoils the scratch registers. */
static void store_carries(struct translation *t, enum reg a, enum reg b, enum reg result)
{
    struct emit *e = &t->emit;
    emit_move(e, REG_A, a);
    emit_move(e, REG_C, a);
    emit_alu(e, ALU_AND, REG_A, b);
    emit_alu(e, ALU_OR, REG_C, b);
    emit_move(e, REG_B, result);
    emit_not(e, REG_B);
    emit_alu(e, ALU_AND, REG_C, REG_B);
    emit_alu(e, ALU_OR, REG_A, REG_C);
    emit_store(e, CARRY, REG_A);
}

/* The carry flag, of the addition A + B = RESULT that has just been made, for whoever wants carries. The flags are
 * spoilt. */
static void note_carries(struct translation *t, enum carry_use use, enum reg a, enum reg b, enum reg result)
{
    carry_bit_gone(t);
    if (use == CARRY_AS_BIT) {
        enum reg bit = translate_fresh(t);
        emit_carry_to(&t->emit, bit);
        t->cache.word[bit - REG_POOL] = CARRY_BIT;
    } else if (use == CARRY_SEEN) {
        store_carries(t, a, b, result);
    }
}

/* ---- additions ---- */

static bool is_simple_shift(unsigned cond)
{
    return cond >> 1 <= 1 || cond >> 1 == 7; /* conditions that a lost bit does not change */
}

/* A + B with carries if WITH_CARRIES. The condition is that of the addition. */
static bool finish_addition(struct translation *t, enum reg a, enum reg b, bool with_carries)
{
    struct emit *e = &t->emit;
    unsigned cond = t->insn->cond;
    enum reg sum = translate_fresh(t);
    enum carry_use use = with_carries ? translate_carry_use(t) : CARRY_DEAD;
    if (use == CARRY_AS_BIT) {
        emit_move(e, sum, a);
        emit_alu(e, ALU_ADD, sum, b);
    } else {
        emit_add(e, sum, a, b);
    }
    if (with_carries)
        note_carries(t, use, a, b, sum);
    if (cond >> 1 == 0 || cond >> 1 == 7) {
        translate_define(t, t->op->t, sum);
    } else {
        emit_move(e, REG_A, a);
        emit_alu(e, ALU_ADD, REG_A, b);
        translate_define(t, t->op->t, sum);
    }
    translate_nullify(t, translate_add_verdict(t, cond, sum));
    return true;
}

static bool row_add(struct translation *t)
{
    enum reg a = translate_use(t, t->op->a), b = translate_use(t, t->op->b);
    return finish_addition(t, a, b, t->insn->id == INSN_ADD);
}

static enum reg constant_in(struct translation *t, uint32_t value)
{
    enum reg r = translate_fresh(t);
    emit_constant(&t->emit, r, value);
    return r;
}

static bool row_addi(struct translation *t)
{
    enum reg a = translate_use(t, t->op->a), b = constant_in(t, (uint32_t)t->op->imm);
    return finish_addition(t, a, b, true);
}

static bool row_shift_add(struct translation *t)
{
    unsigned id = t->insn->id;
    unsigned shift = id == INSN_SH1ADD || id == INSN_SH1ADDL ? 1 : id == INSN_SH2ADD || id == INSN_SH2ADDL ? 2 : 3;
    bool carries = id == INSN_SH1ADD || id == INSN_SH2ADD || id == INSN_SH3ADD;
    struct emit *e = &t->emit;
    if (!is_simple_shift(t->insn->cond))
        return false;
    enum reg a = translate_use(t, t->op->a), b = translate_use(t, t->op->b);
    if (carries || t->insn->cond != COND_NEVER) {
        enum reg shifted = translate_fresh(t);
        emit_move(e, shifted, a);
        emit_shift(e, SHIFT_LEFT, shifted, shift);
        return finish_addition(t, shifted, b, carries);
    }
    enum reg sum = translate_fresh(t);
    emit_add_scaled(e, sum, a, shift, b);
    translate_define(t, t->op->t, sum);
    return true;
}

/* ADDC, and SUBB, which is an addition of the complement. */
static bool row_with_carry(struct translation *t)
{
    struct emit *e = &t->emit;
    enum carry_use use = translate_carry_use(t);
    enum reg a = translate_use(t, t->op->a), b = translate_use(t, t->op->b);
    if (t->insn->id == INSN_SUBB) {
        enum reg complement = translate_fresh(t);
        emit_move(e, complement, b);
        emit_not(e, complement);
        b = complement;
    }
    enum reg bit = translate_carry_bit(t);
    enum reg sum = translate_fresh(t);
    emit_move(e, sum, a);
    emit_carry_from(e, bit);
    emit_alu(e, ALU_ADD_CARRY, sum, b);
    if (t->insn->cond != COND_NEVER && use == CARRY_SEEN) {
        store_carries(t, a, b, sum);
        emit_move(e, REG_A, a);
        emit_carry_from(e, bit);
        emit_alu(e, ALU_ADD_CARRY, REG_A, b);
        carry_bit_gone(t);
    } else {
        note_carries(t, use, a, b, sum);
    }
    translate_define(t, t->op->t, sum);
    translate_nullify(t, translate_add_verdict(t, t->insn->cond, sum));
    return true;
}

/* A - B. The carries are those of A + ~B + 1. */
static bool finish_subtraction(struct translation *t, enum reg a, enum reg b)
{
    struct emit *e = &t->emit;
    enum carry_use use = translate_carry_use(t);
    enum reg difference = translate_fresh(t);
    emit_move(e, difference, a);
    emit_alu(e, ALU_SUB, difference, b);
    if (use == CARRY_SEEN) {
        enum reg complement = translate_fresh(t);
        emit_move(e, complement, b);
        emit_not(e, complement);
        note_carries(t, use, a, complement, difference);
    } else {
        emit_carry_invert(e); /* a borrow is no carry */
        note_carries(t, use, a, b, difference);
    }
    translate_define(t, t->op->t, difference);
    translate_nullify(t, translate_compare_verdict(t, t->insn->cond, a, b));
    return true;
}

static bool row_sub(struct translation *t)
{
    enum reg a = translate_use(t, t->op->a), b = translate_use(t, t->op->b);
    return finish_subtraction(t, a, b);
}

static bool row_subi(struct translation *t)
{
    enum reg b = translate_use(t, t->op->a), a = constant_in(t, (uint32_t)t->op->imm);
    return finish_subtraction(t, a, b);
}

/* One step of a division (exec_ds). */
static bool row_ds(struct translation *t)
{
    struct emit *e = &t->emit;
    if (t->insn->cond != COND_NEVER)
        return false;
    enum carry_use use = translate_carry_use(t);
    enum reg bit = translate_carry_bit(t), v = translate_use(t, offsetof(struct cpu, v));
    enum reg r1 = translate_use(t, t->op->a), r2 = translate_use(t, t->op->b);
    enum reg a = translate_fresh(t), result = translate_fresh(t);
    emit_add_scaled(e, a, r1, 1, bit); /* r1 << 1 | carry, wanted as r1 * 2 + carry */
    emit_move(e, REG_C, v);
    emit_negate(e, REG_C);
    emit_alu(e, ALU_XOR, REG_C, r2);
    emit_move(e, result, a);
    emit_carry_from(e, v);
    emit_alu(e, ALU_ADD_CARRY, result, REG_C);
    emit_carry_to(e, REG_B);
    carry_bit_gone(t);
    t->locked &= ~(1u << (bit - REG_POOL));
    enum reg carry = translate_fresh(t); /* its register may be that of BIT, which is not needed any more */
    emit_move(e, carry, REG_B);
    if (use == CARRY_SEEN) {
        enum reg b = r1 == r2 ? translate_fresh(t) : r1;
        t->cache.word[b - REG_POOL] = NO_WORD;
        emit_move(e, b, REG_C);
        store_carries(t, a, b, result);
    }
    enum reg new_v = a;
    emit_move(e, new_v, r2);
    emit_shift(e, SHIFT_RIGHT, new_v, 31);
    emit_alu(e, ALU_XOR, new_v, carry);
    translate_define(t, offsetof(struct cpu, v), new_v);
    translate_define(t, t->op->t, result);
    if (use == CARRY_AS_BIT)
        t->cache.word[carry - REG_POOL] = CARRY_BIT;
    return true;
}

/* ---- logic, comparisons, constants ---- */

static bool row_logical(struct translation *t)
{
    struct emit *e = &t->emit;
    if (t->insn->id == INSN_OR && t->insn->cond == COND_NEVER &&
        (translate_is_zero(t->op->a) || translate_is_zero(t->op->b))) {
        enum reg a = translate_use(t, translate_is_zero(t->op->a) ? t->op->b : t->op->a);
        enum reg copy = translate_fresh(t);
        emit_move(e, copy, a);
        translate_define(t, t->op->t, copy);
        return true;
    }
    enum reg a = translate_use(t, t->op->a), b = translate_use(t, t->op->b), result = translate_fresh(t);
    if (t->insn->id == INSN_ANDCM) {
        emit_move(e, result, b);
        emit_not(e, result);
        emit_alu(e, ALU_AND, result, a);
    } else {
        enum alu alu = t->insn->id == INSN_OR ? ALU_OR : t->insn->id == INSN_XOR ? ALU_XOR : ALU_AND;
        emit_move(e, result, a);
        emit_alu(e, alu, result, b);
    }
    translate_define(t, t->op->t, result);
    translate_nullify(t, translate_logical_verdict(t, t->insn->cond, result));
    return true;
}

/* UXOR, UADDCM without a condition. */
static bool row_unit(struct translation *t)
{
    struct emit *e = &t->emit;
    if (t->insn->cond != COND_NEVER)
        return false;
    enum reg a = translate_use(t, t->op->a), b = translate_use(t, t->op->b), result = translate_fresh(t);
    emit_move(e, result, b);
    if (t->insn->id == INSN_UADDCM)
        emit_not(e, result);
    emit_alu(e, t->insn->id == INSN_UXOR ? ALU_XOR : ALU_ADD, result, a);
    translate_define(t, t->op->t, result);
    return true;
}

/* COMCLR, COMICLR: the comparison is of the operands as they were. */
static bool row_compare_clear(struct translation *t)
{
    bool immediate = t->insn->id == INSN_COMICLR;
    enum reg a = immediate ? constant_in(t, (uint32_t)t->op->imm) : translate_use(t, t->op->a);
    enum reg b = translate_use(t, immediate ? t->op->a : t->op->b), zero = constant_in(t, 0);
    struct verdict verdict = translate_compare_verdict(t, t->insn->cond, a, b);
    translate_define(t, t->op->t, zero);
    translate_nullify(t, verdict);
    return true;
}

/* LDO, LDIL, ADDIL. */
static bool row_ldo(struct translation *t)
{
    bool constant = t->insn->id == INSN_LDIL || t->insn->b == 0;
    enum reg a = constant ? REG_A : translate_use(t, t->op->a), result = translate_fresh(t);
    if (constant)
        emit_constant(&t->emit, result, (uint32_t)t->op->imm);
    else if (t->op->imm == 0)
        emit_move(&t->emit, result, a);
    else
        emit_add_constant(&t->emit, result, a, (uint32_t)t->op->imm);
    translate_define(t, t->op->t, result);
    return true;
}

/* ---- shifts, extracts, deposits ---- */

static bool finish_logical(struct translation *t, enum reg result)
{
    translate_define(t, t->op->t, result);
    translate_nullify(t, translate_logical_verdict(t, t->insn->cond, result));
    return true;
}

static bool row_shift_pair(struct translation *t)
{
    struct emit *e = &t->emit;
    enum reg left = translate_use(t, t->op->a), right = translate_use(t, t->op->b), result = translate_fresh(t);
    if (t->insn->id == INSN_VSHD)
        emit_move(e, REG_B, translate_use(t, SAR));
    emit_move(e, result, right);
    if (t->insn->id == INSN_VSHD)
        emit_shift_pair_variable(e, result, left);
    else if (t->op->sub2)
        emit_shift_pair(e, result, left, t->op->sub2);
    return finish_logical(t, result);
}

static void mask(struct emit *e, enum reg r, uint32_t bits)
{
    if (bits != UINT32_MAX)
        emit_alu_constant(e, ALU_AND, r, bits);
}

/* REG_B = 31 - SAR, how far a variable field is from the right. */
static void variable_amount(struct translation *t)
{
    emit_move(&t->emit, REG_B, translate_use(t, SAR));
    emit_alu_constant(&t->emit, ALU_XOR, REG_B, 31);
}

static bool row_extract(struct translation *t)
{
    struct emit *e = &t->emit;
    enum reg b = translate_use(t, t->op->b), result = translate_fresh(t);
    unsigned id = t->insn->id;
    if (id == INSN_VEXTRU || id == INSN_VEXTRS)
        variable_amount(t);
    emit_move(e, result, b);
    switch (id) {
    case INSN_VEXTRU:
        emit_shift_variable(e, SHIFT_RIGHT, result);
        mask(e, result, t->op->extra);
        break;
    case INSN_VEXTRS:
        emit_shift_variable(e, SHIFT_RIGHT_SIGNED, result);
        emit_shift(e, SHIFT_LEFT, result, 32 - t->op->extra);
        emit_shift(e, SHIFT_RIGHT_SIGNED, result, 32 - t->op->extra);
        break;
    case INSN_EXTRU:
        emit_shift(e, SHIFT_RIGHT, result, t->op->sub2);
        mask(e, result, t->op->extra);
        break;
    default:
        emit_shift(e, SHIFT_LEFT, result, t->op->sub2);
        emit_shift(e, SHIFT_RIGHT_SIGNED, result, t->op->extra);
        break;
    }
    return finish_logical(t, result);
}

/* DEP, ZDEP, DEPI, ZDEPI: a fixed field. */
static bool row_deposit(struct translation *t)
{
    struct emit *e = &t->emit;
    const struct op *op = t->op;
    unsigned id = t->insn->id;
    if (id == INSN_ZDEPI)
        return finish_logical(t, constant_in(t, (uint32_t)op->imm));
    if (id == INSN_DEPI) {
        enum reg into = translate_use(t, op->b), result = translate_fresh(t);
        emit_move(e, result, into);
        emit_alu_constant(e, ALU_AND, result, ~op->extra);
        if (op->imm)
            emit_alu_constant(e, ALU_OR, result, (uint32_t)op->imm);
        return finish_logical(t, result);
    }
    enum reg value = translate_use(t, op->a), result = translate_fresh(t);
    emit_move(e, result, value);
    if (op->extra << op->sub2 >> op->sub2 == op->extra || op->sub2 == 0)
        mask(e, result, op->extra);
    emit_shift(e, SHIFT_LEFT, result, op->sub2);
    if (id == INSN_DEP) {
        emit_move(e, REG_A, translate_use(t, op->b));
        emit_alu_constant(e, ALU_AND, REG_A, ~(op->extra << op->sub2));
        emit_alu(e, ALU_OR, result, REG_A);
    }
    return finish_logical(t, result);
}

/* VDEP, ZVDEP, VDEPI, ZVDEPI: the field ends at the SAR. */
static bool row_variable_deposit(struct translation *t)
{
    struct emit *e = &t->emit;
    const struct op *op = t->op;
    unsigned id = t->insn->id;
    bool zero = id == INSN_ZVDEP || id == INSN_ZVDEPI, immediate = id == INSN_VDEPI || id == INSN_ZVDEPI;
    enum reg value = immediate ? constant_in(t, (uint32_t)op->imm) : translate_use(t, op->a);
    enum reg result = translate_fresh(t);
    variable_amount(t);
    emit_move(e, result, value);
    mask(e, result, op->extra);
    emit_shift_variable(e, SHIFT_LEFT, result);
    if (!zero) {
        enum reg into = translate_use(t, op->b);
        emit_constant(e, REG_A, op->extra);
        emit_shift_variable(e, SHIFT_LEFT, REG_A);
        emit_not(e, REG_A);
        emit_alu(e, ALU_AND, REG_A, into);
        emit_alu(e, ALU_OR, result, REG_A);
    }
    return finish_logical(t, result);
}

translate_row *const translate_integer_rows[INSN_COUNT] = {
    [INSN_ADD] = row_add,
    [INSN_ADDL] = row_add,
    [INSN_ADDI] = row_addi,
    [INSN_SH1ADD] = row_shift_add,
    [INSN_SH1ADDL] = row_shift_add,
    [INSN_SH2ADD] = row_shift_add,
    [INSN_SH2ADDL] = row_shift_add,
    [INSN_SH3ADD] = row_shift_add,
    [INSN_SH3ADDL] = row_shift_add,
    [INSN_ADDC] = row_with_carry,
    [INSN_SUBB] = row_with_carry,
    [INSN_SUB] = row_sub,
    [INSN_SUBI] = row_subi,
    [INSN_DS] = row_ds,
    [INSN_OR] = row_logical,
    [INSN_XOR] = row_logical,
    [INSN_AND] = row_logical,
    [INSN_ANDCM] = row_logical,
    [INSN_UXOR] = row_unit,
    [INSN_UADDCM] = row_unit,
    [INSN_COMCLR] = row_compare_clear,
    [INSN_COMICLR] = row_compare_clear,
    [INSN_LDO] = row_ldo,
    [INSN_LDIL] = row_ldo,
    [INSN_ADDIL] = row_ldo,
    [INSN_SHD] = row_shift_pair,
    [INSN_VSHD] = row_shift_pair,
    [INSN_EXTRU] = row_extract,
    [INSN_EXTRS] = row_extract,
    [INSN_VEXTRU] = row_extract,
    [INSN_VEXTRS] = row_extract,
    [INSN_DEP] = row_deposit,
    [INSN_ZDEP] = row_deposit,
    [INSN_DEPI] = row_deposit,
    [INSN_ZDEPI] = row_deposit,
    [INSN_VDEP] = row_variable_deposit,
    [INSN_ZVDEP] = row_variable_deposit,
    [INSN_VDEPI] = row_variable_deposit,
    [INSN_ZVDEPI] = row_variable_deposit,
};

static bool handles(const struct insn *insn)
{
    translate_row *row = translate_integer_rows[insn->id];
    if (row == row_ds || row == row_unit)
        return insn->cond == COND_NEVER;
    if (row == row_shift_add)
        return is_simple_shift(insn->cond);
    return row != NULL;
}

/* translate_float.c - floating point on the host's units, where their bits are surely those of cpu/fpu/.
 *
 * The host's units round to nearest as IEEE 754 says, and so does PA-RISC; they differ in NaNs, in what underflow is,
 * and in how exceptions are told. So they are used only if no trap is pending or enabled, rounding is to nearest, and
 * inexact has been signalled already; and their result counts only if it is an ordinary number far enough from
 * underflow and overflow that nothing but inexact can have been signalled. Everything else - the first inexact
 * operation, every NaN, infinity and tiny number - is done by the semantic function, from the start.
 */
#include "cpu/fpu/fpu.h"
#include "cpu/jit/translate.h"

enum {
    FLOAT_GATED = 1,  /* t->cache.floating: nothing is in the way of floating-point instructions */
    FLOAT_STATUS = 2, /* and the status register lets the host's units work */
    UNIT_A = 0,
    UNIT_B = 1,
    UNIT_C = 2,
    UNIT_D = 3,
};

#define STATUS (offset_fr(0) + 4u)

void translate_float_checks(struct emit *e, unsigned checks, label otherwise)
{
    if (checks & FLOAT_GATED) {
        emit_test_state(e, offsetof(struct cpu, fpu_gate), 0xFF);
        emit_jump_if(e, IF_NOT_EQUAL, otherwise);
    }
    if (checks & FLOAT_STATUS) {
        emit_load(e, REG_A, STATUS);
        emit_alu_constant(e, ALU_AND, REG_A, FPSR_RM | FPSR_ENABLE | (uint32_t)FPU_I << FPSR_FLAGS_SHIFT);
        emit_alu_constant(e, ALU_COMPARE, REG_A, (uint32_t)FPU_I << FPSR_FLAGS_SHIFT);
        emit_jump_if(e, IF_NOT_EQUAL, otherwise);
    }
}

static void check(struct translation *t, unsigned checks)
{
    unsigned missing = checks & ~(unsigned)t->cache.floating;
    if (missing)
        translate_float_checks(&t->emit, missing, translate_original(t));
    t->cache.floating |= (uint8_t)missing;
}

void translate_float_gate(struct translation *t)
{
    check(t, FLOAT_GATED);
}

static void load(struct translation *t, unsigned unit, unsigned offset, bool dbl)
{
    if (offset == 0) /* FR 0 as an operand */
        emit_float_zero(&t->emit, unit);
    else
        emit_float_load(&t->emit, unit, offset, dbl);
}

/* UNIT's result counts if it is an ordinary number. A sum or difference that is tiny is exact. */
static void check_result(struct translation *t, unsigned unit, bool dbl, bool is_sum)
{
    unsigned largest = dbl ? 0x7FE : 0xFE, first = is_sum ? 0 : 2;
    emit_float_exponent(&t->emit, unit, dbl, first, largest + 1 - first);
    emit_jump_if(&t->emit, IF_NOT_BELOW, translate_original(t));
}

static bool two_operands(struct translation *t, enum float_operation operation, bool dbl)
{
    check(t, FLOAT_GATED | FLOAT_STATUS);
    load(t, UNIT_A, t->op->a, dbl);
    load(t, UNIT_B, t->op->b, dbl);
    emit_float(&t->emit, operation, UNIT_A, UNIT_B, dbl);
    check_result(t, UNIT_A, dbl, operation == FLOAT_ADD || operation == FLOAT_SUB);
    emit_float_store(&t->emit, t->op->t, UNIT_A, dbl);
    return translate_again(t);
}

static bool square_root(struct translation *t, bool dbl)
{
    check(t, FLOAT_GATED | FLOAT_STATUS);
    load(t, UNIT_A, t->op->a, dbl);
    emit_float(&t->emit, FLOAT_SQRT, UNIT_A, UNIT_A, dbl);
    check_result(t, UNIT_A, dbl, false);
    emit_float_store(&t->emit, t->op->t, UNIT_A, dbl);
    return translate_again(t);
}

/* FMPYADD, FMPYSUB: both results before either is written. */
static bool multiply_and_add(struct translation *t, bool dbl)
{
    struct emit *e = &t->emit;
    unsigned ta = t->op->extra & 0xFFFF, ra = t->op->extra >> 16;
    enum float_operation second = t->op->word >> 31 ? FLOAT_SUB : FLOAT_ADD;
    check(t, FLOAT_GATED | FLOAT_STATUS);
    load(t, UNIT_A, t->op->a, dbl);
    load(t, UNIT_B, t->op->b, dbl);
    load(t, UNIT_C, ta, dbl);
    load(t, UNIT_D, ra, dbl);
    emit_float(e, FLOAT_MULTIPLY, UNIT_A, UNIT_B, dbl);
    emit_float(e, second, UNIT_C, UNIT_D, dbl);
    check_result(t, UNIT_A, dbl, false);
    check_result(t, UNIT_C, dbl, true);
    emit_float_store(e, t->op->t, UNIT_A, dbl);
    emit_float_store(e, ta, UNIT_C, dbl);
    return translate_again(t);
}

/* The condition's first three bits: greater, less, equal. False: it needs no flags (never, or always unless unordered,
 * which the semantic function does). */
static bool comparison(unsigned condition, enum condition *flags)
{
    static const enum condition by_bits[8] = {[1] = IF_EQUAL, IF_BELOW,     IF_BELOW_OR_EQUAL,
                                              IF_ABOVE,       IF_NOT_BELOW, IF_NOT_EQUAL};
    unsigned bits = condition >> 2 & 7;
    *flags = by_bits[bits];
    return bits != 0 && bits != 7;
}

static bool compare(struct translation *t, bool dbl)
{
    struct emit *e = &t->emit;
    enum condition flags;
    unsigned condition = pa_field(t->op->word, 27, 31);
    bool undecided = comparison(condition, &flags);
    enum reg result = translate_fresh(t), one = translate_fresh(t);
    check(t, FLOAT_GATED);
    load(t, UNIT_A, t->op->a, dbl);
    load(t, UNIT_B, t->op->b, dbl);
    emit_constant(e, result, condition >> 2 == 7 ? FPSR_C : 0);
    emit_constant(e, one, FPSR_C);
    emit_float_compare(e, UNIT_A, UNIT_B, dbl);
    emit_jump_if(e, IF_PARITY, translate_original(t));
    if (undecided)
        emit_move_if(e, flags, result, one);
    emit_load(e, REG_A, STATUS); /* fpu_status_compared */
    emit_move(e, REG_B, REG_A);
    emit_alu_constant(e, ALU_AND, REG_B, FPSR_CQ);
    emit_shift(e, SHIFT_RIGHT, REG_B, 1);
    emit_alu_constant(e, ALU_AND, REG_B, FPSR_CQ);
    emit_alu(e, ALU_OR, result, REG_B);
    emit_move(e, REG_B, REG_A);
    emit_alu_constant(e, ALU_AND, REG_B, FPSR_C);
    emit_shift(e, SHIFT_RIGHT, REG_B, 5);
    emit_alu(e, ALU_OR, result, REG_B);
    emit_alu_constant(e, ALU_AND, REG_A, ~(FPSR_C | FPSR_CQ));
    emit_alu(e, ALU_OR, REG_A, result);
    emit_store(e, STATUS, REG_A);
    return translate_again(t);
}

/* FTEST of the last comparison alone. */
static bool test(struct translation *t)
{
    if (pa_field(t->op->word, 27, 31) != 0)
        return false;
    check(t, FLOAT_GATED);
    emit_test_state(&t->emit, STATUS, FPSR_C);
    translate_nullify(t, (struct verdict){FLAGS, IF_NOT_EQUAL});
    return true;
}

static bool copy(struct translation *t, bool dbl, bool absolute)
{
    if (t->op->a == 0)
        return false;
    check(t, FLOAT_GATED);
    if (dbl) {
        emit_copy64(&t->emit, t->op->t, t->op->a);
    } else {
        emit_load(&t->emit, REG_A, t->op->a);
        emit_store(&t->emit, t->op->t, REG_A);
    }
    if (absolute)
        emit_float_clear_sign(&t->emit, t->op->t, dbl);
    return true;
}

/* Between the formats. To double everything is exact. */
static bool convert(struct translation *t, bool from_dbl)
{
    check(t, from_dbl ? FLOAT_GATED | FLOAT_STATUS : FLOAT_GATED);
    load(t, UNIT_A, t->op->a, from_dbl);
    emit_float_convert(&t->emit, UNIT_A, UNIT_A, from_dbl);
    check_result(t, UNIT_A, !from_dbl, !from_dbl);
    emit_float_store(&t->emit, t->op->t, UNIT_A, !from_dbl);
    return translate_again(t);
}

static bool from_word(struct translation *t, bool to_dbl)
{
    if (t->op->a == 0)
        return false;
    check(t, to_dbl ? FLOAT_GATED : FLOAT_GATED | FLOAT_STATUS);
    emit_load(&t->emit, REG_A, t->op->a);
    emit_float_from_word(&t->emit, UNIT_A, REG_A, to_dbl);
    emit_float_store(&t->emit, t->op->t, UNIT_A, to_dbl);
    return true;
}

/* FCNVFXT. */
static bool to_word(struct translation *t, bool from_dbl)
{
    check(t, FLOAT_GATED | FLOAT_STATUS);
    load(t, UNIT_A, t->op->a, from_dbl);
    emit_float_to_word(&t->emit, REG_A, UNIT_A, from_dbl);
    emit_alu_constant(&t->emit, ALU_COMPARE, REG_A, UINT32_C(0x80000000));
    emit_jump_if(&t->emit, IF_EQUAL, translate_original(t));
    emit_store(&t->emit, t->op->t, REG_A);
    return translate_again(t);
}

static bool multiply_words(struct translation *t)
{
    if (t->op->a == 0 || t->op->b == 0)
        return false;
    check(t, FLOAT_GATED);
    emit_multiply_words(&t->emit, t->op->t, t->op->a, t->op->b);
    return true;
}

bool translate_float(struct translation *t)
{
    bool from_dbl, to_dbl;
    switch (exec_fpu_operation(t->block->runs[t->at], t->op, &from_dbl, &to_dbl)) {
    case FPU_OPERATION_CPY:
        return copy(t, to_dbl, false);
    case FPU_OPERATION_ABS:
        return copy(t, to_dbl, true);
    case FPU_OPERATION_SQRT:
        return square_root(t, to_dbl);
    case FPU_OPERATION_CNVFF:
        return convert(t, from_dbl);
    case FPU_OPERATION_CNVXF:
        return !from_dbl && from_word(t, to_dbl);
    case FPU_OPERATION_CNVFXT:
        return !to_dbl && to_word(t, from_dbl);
    case FPU_OPERATION_CMP:
        return compare(t, from_dbl);
    case FPU_OPERATION_TEST:
        return test(t);
    case FPU_OPERATION_ADD:
        return two_operands(t, FLOAT_ADD, to_dbl);
    case FPU_OPERATION_SUB:
        return two_operands(t, FLOAT_SUB, to_dbl);
    case FPU_OPERATION_MPY:
        return two_operands(t, FLOAT_MULTIPLY, to_dbl);
    case FPU_OPERATION_DIV:
        return two_operands(t, FLOAT_DIVIDE, to_dbl);
    case FPU_OPERATION_XMPYU:
        return multiply_words(t);
    case FPU_OPERATION_MULTIPLE:
        return multiply_and_add(t, from_dbl);
    default:
        return false;
    }
}

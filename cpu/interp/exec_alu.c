/* exec_alu.c - computation: add, subtract, divide step, compare and clear, logical, unit and immediate instructions.
 *
 * Manual, "Computation Instructions". op->a is the first source (GR r1, the picture's x), op->b the second, op->imm the
 * immediate (which is the FIRST operand of SUBI and COMICLR). op->sub is the condition. Rows that may nullify have a
 * plain function for the condition "never", and one that tests.
 */
#include "cpu/interp/conditions.h"

/* ADD and its kin, on operands A and B: complete with RESULT. */
INLINE const struct op *finish_add(struct cpu *cpu, const struct op *op, uint32_t a, uint32_t b, uint32_t result)
{
    cpu->carry = carries(a, b, result);
    R32(op->t) = result;
    NEXT_IF(op->sub != COND_NEVER && condition_add(op->sub, sum_of(a, b, result)));
}

/* The plain forms (condition never) do nothing but the arithmetic. */
#define PLAIN_ADD(name, B)                                                                                             \
    static EXEC(name##_plain)                                                                                          \
    {                                                                                                                  \
        uint32_t a = R32(op->a), b = (B), result = a + b;                                                              \
        cpu->carry = carries(a, b, result);                                                                            \
        R32(op->t) = result;                                                                                           \
        NEXT();                                                                                                        \
    }                                                                                                                  \
    static EXEC(name)                                                                                                  \
    {                                                                                                                  \
        uint32_t a = R32(op->a), b = (B);                                                                              \
        return finish_add(cpu, op, a, b, a + b);                                                                       \
    }
PLAIN_ADD(exec_add, R32(op->b))
PLAIN_ADD(exec_addi, (uint32_t)op->imm)

static EXEC(exec_addl_plain)
{
    R32(op->t) = R32(op->a) + R32(op->b);
    NEXT();
}
static EXEC(exec_addl)
{
    uint32_t a = R32(op->a), b = R32(op->b), result = a + b;
    R32(op->t) = result;
    NEXT_IF(condition_add(op->sub, sum_of(a, b, result)));
}

static EXEC(exec_addc)
{
    uint32_t a = R32(op->a), b = R32(op->b);
    return finish_add(cpu, op, a, b, a + b + (cpu->carry >> 31));
}

/* What the conditions of SHnADD and DS look at: A, shifted to SHIFTED, plus B, giving RESULT. The shift is a part of
 * the overflow: a signed one if a bit that leaves differs from the sign that is left, an unsigned one if a 1 leaves; or
 * else the addition overflows. The carry vector is that of the addition alone. */
INLINE struct sum shift_sum_of(uint32_t a, unsigned shift, uint32_t shifted, uint32_t b, uint32_t result)
{
    struct sum sum = sum_of(shifted, b, result);
    sum.carry |= a >> (32 - shift) != 0;
    sum.overflow |= (int32_t)shifted >> shift != (int32_t)a;
    sum.negative = sum.overflow != (result >> 31);
    return sum;
}
INLINE struct sum shift_sum(uint32_t a, unsigned shift, uint32_t b)
{
    return shift_sum_of(a, shift, a << shift, b, (a << shift) + b);
}
#define SHIFT_ADD(n)                                                                                                   \
    static EXEC(exec_sh##n##add_plain)                                                                                 \
    {                                                                                                                  \
        uint32_t a = R32(op->a) << n, b = R32(op->b), result = a + b;                                                  \
        cpu->carry = carries(a, b, result);                                                                            \
        R32(op->t) = result;                                                                                           \
        NEXT();                                                                                                        \
    }                                                                                                                  \
    static EXEC(exec_sh##n##add)                                                                                       \
    {                                                                                                                  \
        uint32_t a = R32(op->a), b = R32(op->b);                                                                       \
        struct sum sum = shift_sum(a, n, b);                                                                           \
        cpu->carry = carries(a << n, b, sum.result);                                                                   \
        R32(op->t) = sum.result;                                                                                       \
        NEXT_IF(condition_add(op->sub, sum));                                                                          \
    }                                                                                                                  \
    static EXEC(exec_sh##n##addl_plain)                                                                                \
    {                                                                                                                  \
        R32(op->t) = (R32(op->a) << n) + R32(op->b);                                                                   \
        NEXT();                                                                                                        \
    }                                                                                                                  \
    static EXEC(exec_sh##n##addl)                                                                                      \
    {                                                                                                                  \
        struct sum sum = shift_sum(R32(op->a), n, R32(op->b));                                                         \
        R32(op->t) = sum.result;                                                                                       \
        NEXT_IF(condition_add(op->sub, sum));                                                                          \
    }
SHIFT_ADD(1)
SHIFT_ADD(2)
SHIFT_ADD(3)

/* Traps 12 and 13, which the delayed-trap unit may take over (classes 0 and 1, docs/board.md, "The delayed-trap unit").
 * Overflow is looked at first: vector 12 has the higher priority. RAISED: 1 overflow, 2 condition. Completing means
 * writing RESULT and the carries CARRY (if not NULL_CARRY) and recording what was delayed. */
enum {
    RAISED_OVERFLOW = 1,
    RAISED_CONDITION = 2,
};
static NOINLINE const struct op *trap_or_delay(struct cpu *cpu, const struct op *op, unsigned raised, uint32_t result,
                                               uint32_t carry)
{
    if ((raised & RAISED_OVERFLOW) && !dtu_delayed(cpu, 0))
        RAISE(VECTOR_OVERFLOW);
    if ((raised & RAISED_CONDITION) && !dtu_delayed(cpu, 1))
        RAISE(VECTOR_CONDITIONAL);
    unsigned destination = op->extra;
    cpu->carry = carry;
    if (raised & RAISED_OVERFLOW)
        dtu_record(cpu, op, destination, 0);
    if (raised & RAISED_CONDITION)
        dtu_record(cpu, op, destination, 1);
    R32(op->t) = result;
    LEAVE();
}

/* As trap_or_delay for rows that nullify too: NULLIFIES says whether the next instruction is. */
static NOINLINE const struct op *overflow_or_delay(struct cpu *cpu, const struct op *op, uint32_t result,
                                                   uint32_t carry, bool nullifies)
{
    if (!dtu_delayed(cpu, 0))
        RAISE(VECTOR_OVERFLOW);
    cpu->carry = carry;
    dtu_record(cpu, op, op->extra, 0);
    R32(op->t) = result;
    if (nullifies)
        return exec_leave_nullify(cpu, op);
    LEAVE();
}

INLINE const struct op *add_overflow(struct cpu *cpu, const struct op *op, struct sum sum, uint32_t carry)
{
    bool nullifies = condition_add(op->sub, sum);
    if (UNLIKELY(sum.overflow))
        return overflow_or_delay(cpu, op, sum.result, carry, nullifies);
    cpu->carry = carry;
    R32(op->t) = sum.result;
    NEXT_IF(nullifies);
}
static EXEC(exec_addo)
{
    uint32_t a = R32(op->a), b = R32(op->b), result = a + b;
    return add_overflow(cpu, op, sum_of(a, b, result), carries(a, b, result));
}
static EXEC(exec_addco)
{
    uint32_t a = R32(op->a), b = R32(op->b), result = a + b + (cpu->carry >> 31);
    return add_overflow(cpu, op, sum_of(a, b, result), carries(a, b, result));
}
static EXEC(exec_addio)
{
    uint32_t a = R32(op->a), b = (uint32_t)op->imm, result = a + b;
    return add_overflow(cpu, op, sum_of(a, b, result), carries(a, b, result));
}
#define SHIFT_ADD_OVERFLOW(n)                                                                                          \
    static EXEC(exec_sh##n##addo)                                                                                      \
    {                                                                                                                  \
        uint32_t a = R32(op->a), b = R32(op->b);                                                                       \
        struct sum sum = shift_sum(a, n, b);                                                                           \
        return add_overflow(cpu, op, sum, carries(a << n, b, sum.result));                                             \
    }
SHIFT_ADD_OVERFLOW(1)
SHIFT_ADD_OVERFLOW(2)
SHIFT_ADD_OVERFLOW(3)

/* ADDIT and ADDITO trap on the condition instead of nullifying. */
INLINE const struct op *addi_trap(struct cpu *cpu, const struct op *op, bool on_overflow)
{
    uint32_t a = R32(op->a), b = (uint32_t)op->imm, result = a + b;
    struct sum sum = sum_of(a, b, result);
    unsigned raised = condition_add(op->sub, sum) ? RAISED_CONDITION : 0;
    raised |= on_overflow && sum.overflow ? RAISED_OVERFLOW : 0;
    if (UNLIKELY(raised))
        return trap_or_delay(cpu, op, raised, result, carries(a, b, result));
    cpu->carry = carries(a, b, result);
    R32(op->t) = result;
    NEXT();
}
static EXEC(exec_addit)
{
    return addi_trap(cpu, op, false);
}
static EXEC(exec_addito)
{
    return addi_trap(cpu, op, true);
}

/* Subtraction A - B: the carry vector is that of A + ~B + 1. */
INLINE uint32_t signed_overflow(uint32_t a, uint32_t b, uint32_t result)
{
    return ((a ^ b) & (a ^ result)) >> 31;
}
#define SUBTRACT(name, A, B)                                                                                           \
    static EXEC(name##_plain)                                                                                          \
    {                                                                                                                  \
        uint32_t a = (A), b = (B), result = a - b;                                                                     \
        cpu->carry = carries(a, ~b, result);                                                                           \
        R32(op->t) = result;                                                                                           \
        NEXT();                                                                                                        \
    }                                                                                                                  \
    static EXEC(name)                                                                                                  \
    {                                                                                                                  \
        uint32_t a = (A), b = (B), result = a - b;                                                                     \
        cpu->carry = carries(a, ~b, result);                                                                           \
        R32(op->t) = result;                                                                                           \
        NEXT_IF(condition_compare(op->sub, a, b, result));                                                             \
    }                                                                                                                  \
    static EXEC(name##o)                                                                                               \
    {                                                                                                                  \
        uint32_t a = (A), b = (B), result = a - b;                                                                     \
        bool nullifies = condition_compare(op->sub, a, b, result);                                                     \
        if (UNLIKELY(signed_overflow(a, b, result)))                                                                   \
            return overflow_or_delay(cpu, op, result, carries(a, ~b, result), nullifies);                              \
        cpu->carry = carries(a, ~b, result);                                                                           \
        R32(op->t) = result;                                                                                           \
        NEXT_IF(nullifies);                                                                                            \
    }
SUBTRACT(exec_sub, R32(op->a), R32(op->b))
SUBTRACT(exec_subi, (uint32_t)op->imm, R32(op->a))

/* The borrow in takes part in the conditions: they look at what the adder made, not at the operands. */
static EXEC(exec_subb)
{
    uint32_t a = R32(op->a), b = R32(op->b), result = a + ~b + (cpu->carry >> 31);
    cpu->carry = carries(a, ~b, result);
    R32(op->t) = result;
    NEXT_IF(condition_add(op->sub, sum_of(a, ~b, result)));
}
static EXEC(exec_subbo)
{
    uint32_t a = R32(op->a), b = R32(op->b), result = a + ~b + (cpu->carry >> 31);
    bool nullifies = condition_add(op->sub, sum_of(a, ~b, result));
    if (UNLIKELY(signed_overflow(a, b, result)))
        return overflow_or_delay(cpu, op, result, carries(a, ~b, result), nullifies);
    cpu->carry = carries(a, ~b, result);
    R32(op->t) = result;
    NEXT_IF(nullifies);
}

INLINE const struct op *subtract_trap(struct cpu *cpu, const struct op *op, bool on_overflow)
{
    uint32_t a = R32(op->a), b = R32(op->b), result = a - b;
    unsigned raised = condition_compare(op->sub, a, b, result) ? RAISED_CONDITION : 0;
    raised |= on_overflow && signed_overflow(a, b, result) ? RAISED_OVERFLOW : 0;
    if (UNLIKELY(raised))
        return trap_or_delay(cpu, op, raised, result, carries(a, ~b, result));
    cpu->carry = carries(a, ~b, result);
    R32(op->t) = result;
    NEXT();
}
static EXEC(exec_subt)
{
    return subtract_trap(cpu, op, false);
}
static EXEC(exec_subto)
{
    return subtract_trap(cpu, op, true);
}

/* DS: one bit of a non-restoring division. The dividend shifts left, PSW[C/B] bit 0 comes in; PSW[V] says whether the
 * divisor is subtracted (1) or added (0); the new V is the carry out, exclusive or the divisor's sign. */
static EXEC(exec_ds)
{
    uint32_t r1 = R32(op->a), r2 = R32(op->b), carry_in = cpu->carry >> 31;
    uint32_t a = r1 << 1 | carry_in;
    uint32_t b = cpu->v ? ~r2 : r2, one = cpu->v;
    uint32_t result = a + b + one;
    uint32_t carry = carries(a, b, result);
    struct sum sum = shift_sum_of(r1, 1, a, b, result);
    cpu->carry = carry;
    cpu->v = (carry >> 31) ^ (r2 >> 31);
    R32(op->t) = result;
    NEXT_IF(condition_add(op->sub, sum));
}

/* COMCLR, COMICLR: clear the target, nullify if the comparison holds. */
#define COMPARE_CLEAR(n)                                                                                               \
    static EXEC(exec_comclr_##n)                                                                                       \
    {                                                                                                                  \
        uint32_t a = R32(op->a), b = R32(op->b);                                                                       \
        R32(op->t) = 0;                                                                                                \
        NEXT_IF(condition_compare(n, a, b, a - b));                                                                    \
    }                                                                                                                  \
    static EXEC(exec_comiclr_##n)                                                                                      \
    {                                                                                                                  \
        uint32_t a = (uint32_t)op->imm, b = R32(op->a);                                                                \
        R32(op->t) = 0;                                                                                                \
        NEXT_IF(condition_compare(n, a, b, a - b));                                                                    \
    }
FOR_EACH_CONDITION(COMPARE_CLEAR)
#define COMCLR_NAME(n)  exec_comclr_##n,
#define COMICLR_NAME(n) exec_comiclr_##n,
static op_run *const comclr_table[16] = {FOR_EACH_CONDITION(COMCLR_NAME)};
static op_run *const comiclr_table[16] = {FOR_EACH_CONDITION(COMICLR_NAME)};

#define LOGICAL(name, EXPRESSION)                                                                                      \
    static EXEC(name##_plain)                                                                                          \
    {                                                                                                                  \
        uint32_t a = R32(op->a), b = R32(op->b);                                                                       \
        R32(op->t) = (EXPRESSION);                                                                                     \
        NEXT();                                                                                                        \
    }                                                                                                                  \
    static EXEC(name)                                                                                                  \
    {                                                                                                                  \
        uint32_t a = R32(op->a), b = R32(op->b), result = (EXPRESSION);                                                \
        R32(op->t) = result;                                                                                           \
        NEXT_IF(condition_logical(op->sub, result));                                                                   \
    }
LOGICAL(exec_or, a | b)
LOGICAL(exec_xor, a ^ b)
LOGICAL(exec_and, a &b)
LOGICAL(exec_andcm, a & ~b)

/* COPY (or r,0,t) is the most frequent OR, and zeroing a register the next. */
static EXEC(exec_copy)
{
    R32(op->t) = R32(op->a);
    NEXT();
}
static EXEC(exec_load_constant)
{
    R32(op->t) = (uint32_t)op->imm;
    NEXT();
}
static EXEC(exec_add_constant)
{
    R32(op->t) = R32(op->a) + (uint32_t)op->imm;
    NEXT();
}

static EXEC(exec_uxor)
{
    uint32_t a = R32(op->a), b = R32(op->b), result = a ^ b;
    R32(op->t) = result;
    NEXT_IF(condition_unit(op->sub, result, carries(a, b, result)));
}
static EXEC(exec_uaddcm)
{
    uint32_t a = R32(op->a), b = ~R32(op->b), result = a + b;
    R32(op->t) = result;
    NEXT_IF(condition_unit(op->sub, result, carries(a, b, result)));
}
static EXEC(exec_uaddcmt)
{
    uint32_t a = R32(op->a), b = ~R32(op->b), result = a + b;
    if (UNLIKELY(condition_unit(op->sub, result, carries(a, b, result))))
        return trap_or_delay(cpu, op, RAISED_CONDITION, result, cpu->carry);
    R32(op->t) = result;
    NEXT();
}

/* 6 in every digit whose carry bit is 1. */
INLINE uint32_t digit_sixes(uint32_t carry)
{
    return ((carry >> 3) & UINT32_C(0x11111111)) * 6;
}
/* DCOR takes back the 6 that was added beforehand where no digit carry came; IDCOR adds 6 where one came. */
static EXEC(exec_dcor)
{
    uint32_t a = R32(op->b), b = digit_sixes(~cpu->carry), result = a - b;
    R32(op->t) = result;
    NEXT_IF(condition_unit(op->sub, result, carries(a, ~b, result)));
}
static EXEC(exec_idcor)
{
    uint32_t a = R32(op->b), b = digit_sixes(cpu->carry), result = a + b;
    R32(op->t) = result;
    NEXT_IF(condition_unit(op->sub, result, carries(a, b, result)));
}

static void prepare_three(struct op *op, const struct insn *insn, op_run *plain, op_run *conditional)
{
    op->a = source_gr(insn->x);
    op->b = source_gr(insn->b);
    op->t = target_gr(insn->t);
    op->sub = insn->cond;
    op->extra = insn->t;
    op->run = insn->cond == COND_NEVER ? plain : conditional;
}

static void prepare_immediate(struct op *op, const struct insn *insn, op_run *plain, op_run *conditional)
{
    op->a = source_gr(insn->b);
    op->t = target_gr(insn->t);
    op->imm = insn->imm;
    op->sub = insn->cond;
    op->extra = insn->t;
    op->run = insn->cond == COND_NEVER ? plain : conditional;
}

void exec_alu_prepare(struct op *op, const struct insn *insn)
{
    static const struct {
        op_run *plain, *conditional;
    } rows[INSN_COUNT] = {
        [INSN_ADD] = {exec_add_plain, exec_add},
        [INSN_ADDL] = {exec_addl_plain, exec_addl},
        [INSN_ADDO] = {exec_addo, exec_addo},
        [INSN_ADDC] = {exec_addc, exec_addc},
        [INSN_ADDCO] = {exec_addco, exec_addco},
        [INSN_SH1ADD] = {exec_sh1add_plain, exec_sh1add},
        [INSN_SH1ADDL] = {exec_sh1addl_plain, exec_sh1addl},
        [INSN_SH1ADDO] = {exec_sh1addo, exec_sh1addo},
        [INSN_SH2ADD] = {exec_sh2add_plain, exec_sh2add},
        [INSN_SH2ADDL] = {exec_sh2addl_plain, exec_sh2addl},
        [INSN_SH2ADDO] = {exec_sh2addo, exec_sh2addo},
        [INSN_SH3ADD] = {exec_sh3add_plain, exec_sh3add},
        [INSN_SH3ADDL] = {exec_sh3addl_plain, exec_sh3addl},
        [INSN_SH3ADDO] = {exec_sh3addo, exec_sh3addo},
        [INSN_SUB] = {exec_sub_plain, exec_sub},
        [INSN_SUBO] = {exec_subo, exec_subo},
        [INSN_SUBB] = {exec_subb, exec_subb},
        [INSN_SUBBO] = {exec_subbo, exec_subbo},
        [INSN_SUBT] = {exec_subt, exec_subt},
        [INSN_SUBTO] = {exec_subto, exec_subto},
        [INSN_DS] = {exec_ds, exec_ds},
        [INSN_OR] = {exec_or_plain, exec_or},
        [INSN_XOR] = {exec_xor_plain, exec_xor},
        [INSN_AND] = {exec_and_plain, exec_and},
        [INSN_ANDCM] = {exec_andcm_plain, exec_andcm},
        [INSN_UXOR] = {exec_uxor, exec_uxor},
        [INSN_UADDCM] = {exec_uaddcm, exec_uaddcm},
        [INSN_UADDCMT] = {exec_uaddcmt, exec_uaddcmt},
        [INSN_DCOR] = {exec_dcor, exec_dcor},
        [INSN_IDCOR] = {exec_idcor, exec_idcor},
        [INSN_COMCLR] = {exec_comclr_0, exec_comclr_0},
    };
    prepare_three(op, insn, rows[insn->id].plain, rows[insn->id].conditional);
    if (insn->id == INSN_COMCLR)
        op->run = comclr_table[insn->cond];
    if (insn->id == INSN_OR && insn->cond == COND_NEVER && (insn->b == 0 || insn->x == 0)) {
        op->run = exec_copy;
        if (insn->x == 0)
            op->a = op->b;
    }
}

void exec_alui_prepare(struct op *op, const struct insn *insn)
{
    static const struct {
        op_run *plain, *conditional;
    } rows[INSN_COUNT] = {
        [INSN_ADDI] = {exec_addi_plain, exec_addi},        [INSN_ADDIO] = {exec_addio, exec_addio},
        [INSN_ADDIT] = {exec_addit, exec_addit},           [INSN_ADDITO] = {exec_addito, exec_addito},
        [INSN_SUBI] = {exec_subi_plain, exec_subi},        [INSN_SUBIO] = {exec_subio, exec_subio},
        [INSN_COMICLR] = {exec_comiclr_0, exec_comiclr_0},
    };
    prepare_immediate(op, insn, rows[insn->id].plain, rows[insn->id].conditional);
    if (insn->id == INSN_COMICLR)
        op->run = comiclr_table[insn->cond];
}

/* LDO, LDIL, ADDIL. */
void exec_ldo_prepare(struct op *op, const struct insn *insn)
{
    op->imm = insn->imm;
    op->t = target_gr(insn->id == INSN_ADDIL ? 1 : insn->t);
    op->a = source_gr(insn->b);
    bool constant = insn->id == INSN_LDIL || insn->b == 0;
    op->run = constant ? exec_load_constant : insn->imm == 0 ? exec_copy : exec_add_constant;
}

/* exec_fpu.c - the floating-point coprocessor: operations, status register, exception registers, delayed traps.
 *
 * Manual chapter "Floating-Point Coprocessor". Arithmetic is fpu.h's; loads and stores are exec_memory.c's, which asks
 * here about FR 0. docs/floating-point.md says what we chose where the manual leaves a choice. What always holds:
 *
 *  - FR 0 is the status register (left word) and exception register 1 (right word); FR 1 to FR 3 are exception
 * registers 2 to 7. The left word, or the whole, of FR 0 as an operand is +0; as a target it is a reserved operation.
 *  - An operation whose enabled exception traps completes: it sets T, puts its exception and its word into exception
 *    register 1 and clears the others. The trap (vector 14) is taken by the NEXT floating-point instruction, whatever
 * it is, except a doubleword store of FR 0, which stores T as 1 and then clears it. So at most one exception is
 * pending, and the instruction that traps has done nothing.
 *  - A reserved operation traps at once, T being 0. Quad operations are unimplemented exceptions and delayed like
 * others.
 *  - An exception whose class the delayed-trap unit has taken over counts as not enabled here; it is recorded there.
 */
#include "cpu/interp/exec.h"
#include "cpu/fpu/fpu.h"

enum {
    MAJOR_FMPYADD = 0x06,
    MAJOR_0C = 0x0C,
    MAJOR_0E = 0x0E,
    MAJOR_FMPYSUB = 0x26,
    FORMAT_RESERVED = 2,
    FORMAT_QUAD = 3,
    DTU_CLASS_V = 2, /* docs/board.md, "The delayed-trap unit": classes 2 to 6 are V Z O U I */
};

/* op->sub2 */
enum {
    FROM_DBL = 1, /* the operands' format, or 64-bit integer */
    TO_DBL = 2,   /* the result's */
};

/* Does the operation; true if the processor must look around before the next instruction. */
typedef bool fpu_operate(struct cpu *cpu, const struct op *op);

/* Status and exception registers. */

static uint32_t status_of(const struct cpu *cpu)
{
    return (uint32_t)(cpu->state.fr[0] >> 32);
}

static void status_set(struct cpu *cpu, uint32_t status)
{
    cpu->state.fr[0] = (uint64_t)status << 32 | (uint32_t)cpu->state.fr[0];
}

void exec_fpu_gate_update(struct cpu *cpu)
{
    bool enabled = (cpu->state.cr[CR_CCR] & 0xC0) == 0xC0; /* bits of coprocessor 0 and of its right halves */
    bool pending = (status_of(cpu) & FPSR_T) != 0;
    cpu->fpu_gate = (uint8_t)((enabled ? 0 : FPU_DISABLED) | (pending ? FPU_TRAP_PENDING : 0));
}

void exec_fpu_status_loaded(struct cpu *cpu)
{
    exec_fpu_gate_update(cpu);
}

void exec_fpu_status_stored(struct cpu *cpu, unsigned size_bytes)
{
    if (size_bytes == 8) {
        status_set(cpu, status_of(cpu) & ~FPSR_T);
        exec_fpu_gate_update(cpu);
    }
}

/* FSTDX or FSTDS of FR 0. */
static bool saves_status(uint32_t word)
{
    bool doubleword_store = pa_field(word, 0, 5) == 0x0B && (word & PA_BIT(22)) != 0;
    return doubleword_store && pa_field(word, 23, 25) == 0 && pa_field(word, 27, 31) == 0;
}

unsigned exec_fpu_check(struct cpu *cpu, const struct op *op)
{
    if (cpu->fpu_gate & FPU_DISABLED)
        return VECTOR_ASSIST_EMULATION;
    if ((cpu->fpu_gate & FPU_TRAP_PENDING) && !saves_status(op->word))
        return VECTOR_ASSIST_EXCEPTION;
    return 0;
}

/* A trap with exception CODE (six bits) becomes pending. */
static void trap_pend(struct cpu *cpu, const struct op *op, unsigned code)
{
    cpu->state.fr[0] = (uint64_t)(status_of(cpu) | FPSR_T) << 32 | (uint32_t)code << 26 | (op->word & 0x03FFFFFF);
    cpu->state.fr[1] = cpu->state.fr[2] = cpu->state.fr[3] = 0;
    cpu->fpu_gate |= FPU_TRAP_PENDING;
}

/* Exception code "unimplemented", by major opcode. */
static unsigned unimplemented_code(uint32_t word)
{
    switch (pa_field(word, 0, 5)) {
    case MAJOR_0C:
        return 0x09;
    case MAJOR_0E:
        return 0x0B;
    case MAJOR_FMPYADD:
        return 0x03;
    default:
        return 0x23;
    }
}

/* Operands and results. */

static uint64_t source(struct cpu *cpu, unsigned offset, bool dbl)
{
    if (offset == 0) /* FR 0 */
        return 0;
    return dbl ? R64(offset) : R32(offset);
}

static void target(struct cpu *cpu, unsigned offset, bool dbl, uint64_t value)
{
    if (dbl)
        R64(offset) = value;
    else
        R32(offset) = (uint32_t)value;
}

static unsigned destination_of(unsigned offset)
{
    return 32 + (offset - offset_fr(0)) / 8;
}

/* Of the exceptions ENABLED, those that the delayed-trap unit has taken over. */
static unsigned taken_over(const struct cpu *cpu, unsigned enabled)
{
    unsigned delayed = 0;
    for (unsigned i = 0; i < 5; i++) {
        unsigned exception = FPU_V >> i;
        if ((enabled & exception) && dtu_delayed(cpu, DTU_CLASS_V + i))
            delayed |= exception;
    }
    return delayed;
}

static struct fpu_context context_of(const struct cpu *cpu)
{
    uint32_t status = status_of(cpu);
    unsigned enables = status & FPSR_ENABLE;
    if (UNLIKELY(enables != 0))
        enables &= ~taken_over(cpu, enables);
    return (struct fpu_context){.rounding = (uint8_t)((status & FPSR_RM) >> FPSR_RM_SHIFT),
                                .enables = (uint8_t)enables};
}

static void flags_set(struct cpu *cpu, const struct fpu_context *c)
{
    cpu->state.fr[0] |= (uint64_t)c->flags << (32 + FPSR_FLAGS_SHIFT);
}

/* Record what C signalled of classes that the delayed-trap unit has taken over, lowest class first. An enabled
 * underflow is signalled by a tiny result even if it is exact. */
static bool record_delayed(struct cpu *cpu, const struct op *op, const struct fpu_context *c, unsigned destination)
{
    unsigned enabled = status_of(cpu) & FPSR_ENABLE;
    unsigned signalled = (c->flags | (c->tiny ? (unsigned)FPU_U : 0)) & taken_over(cpu, enabled);
    bool look = false;

    for (unsigned i = 0; i < 5; i++) {
        if (signalled & (unsigned)FPU_V >> i)
            look |= dtu_record(cpu, op, destination, DTU_CLASS_V + i);
    }
    return look;
}

/* The end of an operation without its result: flags, and a pending trap. */
static bool finish(struct cpu *cpu, const struct op *op, const struct fpu_context *c, unsigned destination)
{
    flags_set(cpu, c);
    if (UNLIKELY(c->unimplemented))
        trap_pend(cpu, op, unimplemented_code(op->word));
    else if (UNLIKELY(c->traps))
        trap_pend(cpu, op, (unsigned)c->traps << 1);
    if (UNLIKELY((status_of(cpu) & FPSR_ENABLE) != 0))
        return record_delayed(cpu, op, c, destination);
    return false;
}

static bool deliver(struct cpu *cpu, const struct op *op, const struct fpu_context *c, uint64_t value)
{
    if (LIKELY(!c->no_result))
        target(cpu, op->t, op->sub2 & TO_DBL, value);
    return finish(cpu, op, c, destination_of(op->t));
}

/* Operations. */

#define FORMAT(op) ((op)->sub2 & FROM_DBL ? FPU_DBL : FPU_SGL)
#define A(op)      source(cpu, (op)->a, (op)->sub2 &FROM_DBL)
#define B(op)      source(cpu, (op)->b, (op)->sub2 &FROM_DBL)

static bool operate_add(struct cpu *cpu, const struct op *op)
{
    struct fpu_context c = context_of(cpu);
    return deliver(cpu, op, &c, fpu_add(&c, FORMAT(op), A(op), B(op)));
}

static bool operate_sub(struct cpu *cpu, const struct op *op)
{
    struct fpu_context c = context_of(cpu);
    return deliver(cpu, op, &c, fpu_sub(&c, FORMAT(op), A(op), B(op)));
}

static bool operate_mpy(struct cpu *cpu, const struct op *op)
{
    struct fpu_context c = context_of(cpu);
    return deliver(cpu, op, &c, fpu_mpy(&c, FORMAT(op), A(op), B(op)));
}

static bool operate_div(struct cpu *cpu, const struct op *op)
{
    struct fpu_context c = context_of(cpu);
    return deliver(cpu, op, &c, fpu_div(&c, FORMAT(op), A(op), B(op)));
}

static bool operate_rem(struct cpu *cpu, const struct op *op)
{
    struct fpu_context c = context_of(cpu);
    return deliver(cpu, op, &c, fpu_rem(&c, FORMAT(op), A(op), B(op)));
}

static bool operate_sqrt(struct cpu *cpu, const struct op *op)
{
    struct fpu_context c = context_of(cpu);
    return deliver(cpu, op, &c, fpu_sqrt(&c, FORMAT(op), A(op)));
}

static bool operate_rnd(struct cpu *cpu, const struct op *op)
{
    struct fpu_context c = context_of(cpu);
    return deliver(cpu, op, &c, fpu_rnd(&c, FORMAT(op), A(op)));
}

static bool operate_cnvff(struct cpu *cpu, const struct op *op)
{
    struct fpu_context c = context_of(cpu);
    return deliver(cpu, op, &c, fpu_cnvff(&c, FORMAT(op), op->sub2 & TO_DBL ? FPU_DBL : FPU_SGL, A(op)));
}

static bool operate_cnvxf(struct cpu *cpu, const struct op *op)
{
    struct fpu_context c = context_of(cpu);
    unsigned bits = op->sub2 & FROM_DBL ? 64 : 32;
    return deliver(cpu, op, &c, fpu_cnvxf(&c, bits, op->sub2 & TO_DBL ? FPU_DBL : FPU_SGL, A(op)));
}

static bool operate_cnvfx(struct cpu *cpu, const struct op *op)
{
    struct fpu_context c = context_of(cpu);
    return deliver(cpu, op, &c, fpu_cnvfx(&c, FORMAT(op), op->sub2 & TO_DBL ? 64 : 32, A(op)));
}

static bool operate_cnvfxt(struct cpu *cpu, const struct op *op)
{
    struct fpu_context c = context_of(cpu);
    c.rounding = FPU_ZERO;
    return deliver(cpu, op, &c, fpu_cnvfx(&c, FORMAT(op), op->sub2 & TO_DBL ? 64 : 32, A(op)));
}

/* Copy and absolute value are no arithmetic: no exceptions, NaNs as they are. */
static bool operate_cpy(struct cpu *cpu, const struct op *op)
{
    target(cpu, op->t, op->sub2 & TO_DBL, A(op));
    return false;
}

static bool operate_abs(struct cpu *cpu, const struct op *op)
{
    uint64_t sign = UINT64_C(1) << (op->sub2 & TO_DBL ? 63 : 31);
    target(cpu, op->t, op->sub2 & TO_DBL, A(op) & ~sign);
    return false;
}

static bool operate_xmpyu(struct cpu *cpu, const struct op *op)
{
    target(cpu, op->t, true, A(op) * B(op));
    return false;
}

/* The C bit is renewed, and the queue moves, even if the comparison traps. */
static bool operate_cmp(struct cpu *cpu, const struct op *op)
{
    struct fpu_context c = context_of(cpu);
    bool holds = fpu_cmp(&c, FORMAT(op), A(op), B(op), pa_field(op->word, 27, 31));
    status_set(cpu, fpu_status_compared(status_of(cpu), holds));
    return finish(cpu, op, &c, 32);
}

/* The identity replaces the status register until software loads that again. */
static bool operate_identify(struct cpu *cpu, const struct op *op)
{
    (void)op;
    status_set(cpu, (uint32_t)FPU_MODEL << 16 | (uint32_t)FPU_REVISION << 11);
    exec_fpu_gate_update(cpu);
    return false;
}

static bool operate_unimplemented(struct cpu *cpu, const struct op *op)
{
    trap_pend(cpu, op, unimplemented_code(op->word));
    return false;
}

/* FMPYADD, FMPYSUB: t, a, b are tm, rm1, rm2; extra holds the offsets of ta (low half) and ra. Both operations read
 * before either writes; tm is written first. If either traps, neither happens: unimplemented exception. */
static bool operate_multiple(struct cpu *cpu, const struct op *op)
{
    struct fpu_context m = context_of(cpu), s = m;
    enum fpu_format format = FORMAT(op);
    bool dbl = format == FPU_DBL;
    unsigned ta = op->extra & 0xFFFF, ra = op->extra >> 16;
    uint64_t product = fpu_mpy(&m, format, A(op), B(op));
    uint64_t left = source(cpu, ta, dbl), right = source(cpu, ra, dbl);
    uint64_t sum = op->word >> 31 ? fpu_sub(&s, format, left, right) : fpu_add(&s, format, left, right);

    if (m.traps || s.traps || m.unimplemented || s.unimplemented)
        return operate_unimplemented(cpu, op);
    target(cpu, op->t, dbl, product);
    target(cpu, ta, dbl, sum);
    bool look = finish(cpu, op, &m, destination_of(op->t));
    return finish(cpu, op, &s, destination_of(ta)) || look;
}

static fpu_operate *const OPERATE[] = {
    [FPU_OPERATION_IDENTIFY] = operate_identify, [FPU_OPERATION_CPY] = operate_cpy,
    [FPU_OPERATION_ABS] = operate_abs,           [FPU_OPERATION_SQRT] = operate_sqrt,
    [FPU_OPERATION_RND] = operate_rnd,           [FPU_OPERATION_CNVFF] = operate_cnvff,
    [FPU_OPERATION_CNVXF] = operate_cnvxf,       [FPU_OPERATION_CNVFX] = operate_cnvfx,
    [FPU_OPERATION_CNVFXT] = operate_cnvfxt,     [FPU_OPERATION_CMP] = operate_cmp,
    [FPU_OPERATION_ADD] = operate_add,           [FPU_OPERATION_SUB] = operate_sub,
    [FPU_OPERATION_MPY] = operate_mpy,           [FPU_OPERATION_DIV] = operate_div,
    [FPU_OPERATION_REM] = operate_rem,           [FPU_OPERATION_XMPYU] = operate_xmpyu,
    [FPU_OPERATION_MULTIPLE] = operate_multiple, [FPU_OPERATION_UNIMPLEMENTED] = operate_unimplemented,
};

#define GATE()                                                                                                         \
    do {                                                                                                               \
        if (UNLIKELY(cpu->fpu_gate)) {                                                                                 \
            unsigned vector_ = exec_fpu_check(cpu, op);                                                                \
            if (vector_)                                                                                               \
                RAISE(vector_);                                                                                        \
        }                                                                                                              \
    } while (0)

static EXEC(exec_fpu_operate)
{
    GATE();
    if (UNLIKELY(OPERATE[op->sub](cpu, op)))
        LEAVE();
    NEXT();
}

static NOINLINE bool test_holds(struct cpu *cpu, const struct op *op)
{
    bool defined;
    return fpu_test(status_of(cpu), pa_field(op->word, 27, 31), &defined);
}

static EXEC(exec_fpu_test)
{
    GATE();
    NEXT_IF(test_holds(cpu, op));
}

static EXEC(exec_fpu_reserved)
{
    GATE();
    RAISE(VECTOR_ASSIST_EXCEPTION);
}

/* A coprocessor other than 0. */
static EXEC(exec_fpu_absent)
{
    RAISE(VECTOR_ASSIST_EMULATION);
}

/* Decoding, once for each instruction word. */

/* The fields of major opcodes 0C and 0E in one shape. */
struct form {
    unsigned class_, sub, format, to_format;
    unsigned half_1, half_2, half_t; /* 1: the right half */
};

static struct form form_of(uint32_t word)
{
    bool extended = pa_field(word, 0, 5) == MAJOR_0E;
    struct form f = {.class_ = pa_field(word, 21, 22), .sub = pa_field(word, 16, 18), .format = pa_field(word, 19, 20)};

    if (f.class_ == 1)
        f.sub = pa_field(word, 14, 16);
    if (extended) {
        f.half_1 = pa_field(word, 24, 24);
        f.half_t = pa_field(word, 25, 25);
        if (f.class_ >= 2) {
            f.half_2 = pa_field(word, 19, 19);
            f.format = pa_field(word, 20, 20);
        }
    }
    f.to_format = f.class_ == 1 ? pa_field(word, 17, 18) : f.format;
    return f;
}

/* FTEST has the nullify bit on, and format 0, and is in major opcode 0C alone. */
static unsigned select_test(uint32_t word, const struct form *f)
{
    bool defined;
    fpu_test(0, pa_field(word, 27, 31), &defined);
    bool test = pa_field(word, 0, 15) == MAJOR_0C << 10 && f->class_ == 2 && f->sub == 1 && f->format == 0;
    return test && defined ? FPU_OPERATION_TEST : FPU_OPERATION_RESERVED;
}

/* Fields that the manual draws as 0: the second source of operations that have one. */
static bool has_reserved_bits(uint32_t word, const struct form *f)
{
    return (f->class_ == 0 && pa_field(word, 11, 15) != 0) || (f->class_ == 1 && pa_field(word, 11, 13) != 0);
}

/* The operation, formats aside. */
static unsigned select_operation(uint32_t word, const struct form *f)
{
    static const uint8_t CLASSES[4][8] = {
        {FPU_OPERATION_RESERVED, FPU_OPERATION_RESERVED, FPU_OPERATION_CPY, FPU_OPERATION_ABS, FPU_OPERATION_SQRT,
         FPU_OPERATION_RND, FPU_OPERATION_RESERVED, FPU_OPERATION_RESERVED},
        {FPU_OPERATION_CNVFF, FPU_OPERATION_CNVXF, FPU_OPERATION_CNVFX, FPU_OPERATION_CNVFXT, FPU_OPERATION_RESERVED,
         FPU_OPERATION_RESERVED, FPU_OPERATION_RESERVED, FPU_OPERATION_RESERVED},
        {FPU_OPERATION_CMP, FPU_OPERATION_RESERVED, FPU_OPERATION_RESERVED, FPU_OPERATION_RESERVED,
         FPU_OPERATION_RESERVED, FPU_OPERATION_RESERVED, FPU_OPERATION_RESERVED, FPU_OPERATION_RESERVED},
        {FPU_OPERATION_ADD, FPU_OPERATION_SUB, FPU_OPERATION_MPY, FPU_OPERATION_DIV, FPU_OPERATION_REM,
         FPU_OPERATION_RESERVED, FPU_OPERATION_RESERVED, FPU_OPERATION_RESERVED},
    };
    unsigned operation = CLASSES[f->class_][f->sub];

    if ((word & 0x03FFFFFF) == 0 && pa_field(word, 0, 5) == MAJOR_0C)
        return FPU_OPERATION_IDENTIFY;
    if (pa_field(word, 26, 26))
        return select_test(word, f);
    if (pa_field(word, 0, 5) == MAJOR_0E && pa_field(word, 23, 23))
        return operation == FPU_OPERATION_MPY && f->format == FPU_SGL && !f->half_t ? FPU_OPERATION_XMPYU
                                                                                    : FPU_OPERATION_RESERVED;
    return has_reserved_bits(word, f) ? FPU_OPERATION_RESERVED : operation;
}

/* The operation with its formats checked. */
static unsigned select_checked(uint32_t word, const struct form *f)
{
    unsigned operation = select_operation(word, f);

    if (operation == FPU_OPERATION_RESERVED || operation == FPU_OPERATION_TEST || operation == FPU_OPERATION_IDENTIFY)
        return operation;
    if (f->format == FORMAT_RESERVED || f->to_format == FORMAT_RESERVED)
        return FPU_OPERATION_RESERVED;
    if (operation == FPU_OPERATION_CNVFF && f->format == f->to_format)
        return FPU_OPERATION_RESERVED;
    if (f->format == FORMAT_QUAD || f->to_format == FORMAT_QUAD)
        return FPU_OPERATION_UNIMPLEMENTED;
    return operation;
}

static uint16_t source_offset(unsigned r, unsigned half, bool dbl)
{
    if (r == 0 && (dbl || half == 0))
        return 0;
    return dbl ? offset_fr(r) : offset_fr_half(r, half);
}

/* 0 if the register is not a target: FR 0, or its left half. */
static uint16_t target_offset(unsigned r, unsigned half, bool dbl)
{
    return source_offset(r, half, dbl);
}

static void prepare_single(struct op *op)
{
    struct form f = form_of(op->word);
    unsigned operation = select_checked(op->word, &f);
    bool from_dbl = f.format == FPU_DBL, to_dbl = f.to_format == FPU_DBL || operation == FPU_OPERATION_XMPYU;
    bool has_target = operation != FPU_OPERATION_CMP && operation != FPU_OPERATION_IDENTIFY &&
                      operation != FPU_OPERATION_TEST && operation != FPU_OPERATION_UNIMPLEMENTED;

    op->a = source_offset(pa_field(op->word, 6, 10), f.half_1, from_dbl);
    op->b = source_offset(pa_field(op->word, 11, 15), f.half_2, from_dbl);
    op->t = target_offset(pa_field(op->word, 27, 31), f.half_t, to_dbl);
    op->sub = (uint8_t)operation;
    op->sub2 = (uint8_t)((from_dbl ? FROM_DBL : 0) | (to_dbl ? TO_DBL : 0));
    op->run = exec_fpu_operate;
    if (operation == FPU_OPERATION_TEST)
        op->run = exec_fpu_test;
    else if (operation == FPU_OPERATION_RESERVED || (has_target && op->t == 0))
        op->run = exec_fpu_reserved;
}

/* Five bits of a single-precision register in FMPYADD: FR 16 to 31, left halves first. */
static uint16_t multiple_offset(unsigned r, bool dbl)
{
    return dbl ? source_offset(r, 0, true) : offset_fr_half(16 + r % 16, r / 16);
}

static void prepare_multiple(struct op *op)
{
    bool dbl = pa_field(op->word, 26, 26) == 0;
    unsigned ta = multiple_offset(pa_field(op->word, 16, 20), dbl);
    unsigned ra = multiple_offset(pa_field(op->word, 21, 25), dbl);

    op->a = multiple_offset(pa_field(op->word, 6, 10), dbl);
    op->b = multiple_offset(pa_field(op->word, 11, 15), dbl);
    op->t = multiple_offset(pa_field(op->word, 27, 31), dbl);
    op->extra = ta | ra << 16;
    op->sub = FPU_OPERATION_MULTIPLE;
    op->sub2 = dbl ? FROM_DBL | TO_DBL : 0;
    op->run = op->t == 0 || ta == 0 ? exec_fpu_reserved : exec_fpu_operate;
}

void exec_fpu_prepare(struct op *op, const struct insn *insn)
{
    unsigned major = pa_field(op->word, 0, 5);

    (void)insn; /* the fields differ by class and format; op->word has them */
    if (major == MAJOR_FMPYADD || major == MAJOR_FMPYSUB)
        prepare_multiple(op);
    else if (major == MAJOR_0C && pa_field(op->word, 23, 25) != 0)
        op->run = exec_fpu_absent;
    else
        prepare_single(op);
}

enum fpu_operation exec_fpu_operation(op_run *run, const struct op *op, bool *from_dbl, bool *to_dbl)
{
    *from_dbl = (op->sub2 & FROM_DBL) != 0;
    *to_dbl = (op->sub2 & TO_DBL) != 0;
    return run == exec_fpu_operate || run == exec_fpu_test ? op->sub : FPU_OPERATION_RESERVED;
}

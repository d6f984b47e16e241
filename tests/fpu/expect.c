/* expect.c - the expected outcome of a floating-point operation, by MPFR.
 *
 * Finite arithmetic, infinities, zeros and their signs, invalid and division by zero come from MPFR, which is given the
 * format's precision and exponent range. The rules that are PA-RISC's own are written down here a second time, from the
 * manual: NaNs bit by bit; tininess before rounding (the result rounded toward zero is below the smallest normalized
 * number exactly if the unrounded one is); which result a trapped exception delivers.
 */
#define MPFR_USE_INTMAX_T 1 /* mpfr_set_sj, mpfr_get_sj */
#include <assert.h>
#include <stdint.h>
#include <mpfr.h>
#include <string.h>

#include "test_fpu.h"

struct limits {
    mpfr_prec_t precision;
    mpfr_exp_t emax, emin_normal, emin_denormal; /* MPFR exponents: 0.5 <= fraction < 1 */
    long wrap;
    uint64_t exponent_mask, fraction_mask, signalling_bit, sign_bit;
};
static const struct limits LIMITS[] = {
    {24, 128, -125, -148, 192, 0x7F800000, 0x007FFFFF, 0x00400000, 0x80000000},
    {53, 1024, -1021, -1073, 1536, 0x7FF0000000000000, 0x000FFFFFFFFFFFFF, 0x0008000000000000, 0x8000000000000000},
};
static const mpfr_rnd_t ROUNDING[] = {MPFR_RNDN, MPFR_RNDZ, MPFR_RNDU, MPFR_RNDD};

static bool is_nan(enum fpu_format format, uint64_t v)
{
    const struct limits *l = &LIMITS[format];
    return (v & l->exponent_mask) == l->exponent_mask && (v & l->fraction_mask) != 0;
}

static bool is_signalling(enum fpu_format format, uint64_t v)
{
    return is_nan(format, v) && (v & LIMITS[format].signalling_bit) != 0;
}

static void load(mpfr_t to, enum fpu_format format, uint64_t v)
{
    if (format == FPU_DBL) {
        double d;
        memcpy(&d, &v, 8);
        mpfr_set_d(to, d, MPFR_RNDN);
    } else {
        uint32_t word = (uint32_t)v;
        float s;
        memcpy(&s, &word, 4);
        mpfr_set_flt(to, s, MPFR_RNDN);
    }
}

static uint64_t store(mpfr_t from, enum fpu_format format)
{
    uint64_t v = 0;
    if (format == FPU_DBL) {
        double d = mpfr_get_d(from, MPFR_RNDN);
        memcpy(&v, &d, 8);
    } else {
        float s = mpfr_get_flt(from, MPFR_RNDN);
        uint32_t word;
        memcpy(&word, &s, 4);
        v = word;
    }
    return v;
}

static void signal(struct outcome *o, const struct test_case *t, unsigned exception)
{
    if (t->enables & exception)
        o->traps |= exception;
    else
        o->flags |= exception;
}

static struct outcome operand_exception(const struct test_case *t, unsigned exception, uint64_t value)
{
    struct outcome o = {.value = value};
    signal(&o, t, exception);
    o.no_result = o.traps != 0;
    return o;
}

/* The operation in MPFR, rounded to R's precision within the present exponent range. Returns the ternary value. */
static int compute(mpfr_t r, const struct test_case *t, mpfr_t a, mpfr_t b, mpfr_rnd_t rounding)
{
    switch (t->operation) {
    case OP_ADD:
        return mpfr_add(r, a, b, rounding);
    case OP_SUB:
        return mpfr_sub(r, a, b, rounding);
    case OP_MPY:
        return mpfr_mul(r, a, b, rounding);
    case OP_DIV:
        return mpfr_div(r, a, b, rounding);
    case OP_REM:
        return mpfr_remainder(r, a, b, rounding);
    case OP_SQRT:
        return mpfr_sqrt(r, a, rounding);
    case OP_RND:
        return mpfr_rint(r, a, rounding);
    default:
        return mpfr_set(r, a, rounding);
    }
}

static void range(mpfr_exp_t emin, mpfr_exp_t emax)
{
    int failed = mpfr_set_emin(emin) | mpfr_set_emax(emax);
    assert(!failed);
    (void)failed;
}

/* The outcome in format TO when the trap that concerns the exponent is not enabled: MPFR in the format's own range. */
static void bounded(struct outcome *o, const struct test_case *t, enum fpu_format to, mpfr_t a, mpfr_t b)
{
    const struct limits *l = &LIMITS[to];
    mpfr_rnd_t rounding = ROUNDING[t->rounding];
    mpfr_t r;

    mpfr_init2(r, l->precision);
    range(l->emin_denormal, l->emax);
    int ternary = compute(r, t, a, b, rounding);
    ternary = mpfr_check_range(r, ternary, rounding);
    ternary = mpfr_subnormalize(r, ternary, rounding);
    range(-100000, 100000);
    o->value = store(r, to);
    if (ternary && o->tiny)
        signal(o, t, FPU_U);
    if (ternary)
        signal(o, t, FPU_I);
    mpfr_clear(r);
}

/* The outcome of a trapped overflow or underflow: R, rounded in an unbounded range, scaled by 2^SCALE. */
static void wrapped(struct outcome *o, const struct test_case *t, enum fpu_format to, mpfr_t r, int ternary, long scale)
{
    const struct limits *l = &LIMITS[to];
    mpfr_mul_2si(r, r, scale, MPFR_RNDN);
    if (mpfr_get_exp(r) > l->emax || mpfr_get_exp(r) < l->emin_normal) {
        o->unimplemented = o->no_result = true;
        return;
    }
    o->traps |= scale > 0 ? FPU_U : FPU_O;
    if (ternary)
        signal(o, t, FPU_I);
    o->value = store(r, to);
}

/* Operands without NaNs. */
static struct outcome arithmetic(const struct test_case *t, enum fpu_format to, mpfr_t a, mpfr_t b)
{
    const struct limits *l = &LIMITS[to];
    struct outcome o = {0};
    mpfr_t r, toward_zero;

    mpfr_inits2(l->precision, r, toward_zero, (mpfr_ptr)0);
    mpfr_clear_flags();
    compute(toward_zero, t, a, b, MPFR_RNDZ);
    bool invalid = mpfr_nanflag_p(), by_zero = mpfr_divby0_p();
    int ternary = compute(r, t, a, b, ROUNDING[t->rounding]);
    bool regular = mpfr_regular_p(r);
    o.tiny = mpfr_regular_p(toward_zero) && mpfr_get_exp(toward_zero) < l->emin_normal;
    bool over = regular && mpfr_get_exp(r) > l->emax;
    if (invalid) {
        o = operand_exception(t, FPU_V, l->exponent_mask | l->signalling_bit >> 1);
    } else if (by_zero) {
        o = operand_exception(t, FPU_Z, store(r, to));
    } else if (o.tiny && (t->enables & FPU_U)) {
        wrapped(&o, t, to, r, ternary, l->wrap);
    } else if (over && (t->enables & FPU_O)) {
        wrapped(&o, t, to, r, ternary, -l->wrap);
    } else {
        if (over)
            o.flags |= FPU_O;
        bounded(&o, t, to, a, b);
    }
    mpfr_clears(r, toward_zero, (mpfr_ptr)0);
    return o;
}

/* At least one NaN operand: the first signalling one wins, then the first. */
static struct outcome nan_operand(const struct test_case *t, bool two)
{
    const struct limits *l = &LIMITS[t->format];
    bool signalling_a = is_signalling(t->format, t->a), signalling_b = two && is_signalling(t->format, t->b);
    uint64_t chosen = signalling_a ? t->a : signalling_b ? t->b : is_nan(t->format, t->a) ? t->a : t->b;

    if (!signalling_a && !signalling_b)
        return (struct outcome){.value = chosen};
    uint64_t quieted = (chosen ^ l->signalling_bit) | l->signalling_bit >> 1;
    return operand_exception(t, FPU_V, quieted);
}

static struct outcome convert_nan(const struct test_case *t)
{
    struct outcome o = nan_operand(t, false);
    if (t->format == FPU_SGL) {
        uint64_t sign = o.value & 0x80000000;
        o.value = sign << 32 | 0x7FF0000000000000 | (o.value & 0x007FFFFF) << 29;
    } else {
        uint64_t fraction = (o.value & 0x000FFFFFFFFFFFFF) >> 29;
        o.value = o.value >> 63 << 31 | 0x7F800000 | (fraction ? fraction : 0x00200000);
    }
    return o;
}

static struct outcome to_integer(const struct test_case *t, mpfr_t a)
{
    bool negative = (t->a & LIMITS[t->format].sign_bit) != 0;
    uint64_t mask = t->integer_bits == 32 ? 0xFFFFFFFF : 0xFFFFFFFFFFFFFFFF;
    uint64_t most = negative ? (mask >> 1) + 1 : mask >> 1;
    struct outcome o = operand_exception(t, FPU_V, most);
    mpfr_t r;

    if (!mpfr_number_p(a))
        return o;
    mpfr_init2(r, 80);
    mpfr_rint(r, a, ROUNDING[t->rounding]);
    long power = (long)t->integer_bits - 1;
    if (mpfr_cmp_si_2exp(r, 1, power) < 0 && mpfr_cmp_si_2exp(r, -1, power) >= 0) {
        o = (struct outcome){.value = (uint64_t)mpfr_get_sj(r, MPFR_RNDN) & mask};
        if (!mpfr_integer_p(a))
            signal(&o, t, FPU_I);
    }
    mpfr_clear(r);
    return o;
}

static struct outcome compare(const struct test_case *t, mpfr_t a, mpfr_t b)
{
    bool greater = t->condition & 16, less = t->condition & 8, equal = t->condition & 4;
    bool unordered = t->condition & 2, invalid = t->condition & 1;

    if (is_nan(t->format, t->a) || is_nan(t->format, t->b)) {
        if (invalid || is_signalling(t->format, t->a) || is_signalling(t->format, t->b))
            return operand_exception(t, FPU_V, unordered);
        return (struct outcome){.value = unordered};
    }
    int order = mpfr_cmp(a, b);
    return (struct outcome){.value = order > 0 ? greater : order < 0 ? less : equal};
}

static struct outcome dispatch(const struct test_case *t, mpfr_t a, mpfr_t b)
{
    bool two = t->operation <= OP_REM;

    switch (t->operation) {
    case OP_CMP:
        return compare(t, a, b);
    case OP_CNVFX:
        return to_integer(t, a);
    case OP_CNVXF:
        mpfr_set_sj(a, t->integer_bits == 32 ? (int32_t)(uint32_t)t->a : (int64_t)t->a, MPFR_RNDN);
        return arithmetic(t, t->format, a, b);
    case OP_CNVFF:
        if (is_nan(t->format, t->a))
            return convert_nan(t);
        return arithmetic(t, t->format == FPU_SGL ? FPU_DBL : FPU_SGL, a, b);
    default:
        if (is_nan(t->format, t->a) || (two && is_nan(t->format, t->b)))
            return nan_operand(t, two);
        return arithmetic(t, t->format, a, b);
    }
}

struct outcome expect(const struct test_case *t)
{
    mpfr_t a, b;

    range(-100000, 100000);
    mpfr_inits2(64, a, b, (mpfr_ptr)0);
    load(a, t->format, t->a);
    load(b, t->format, t->b);
    struct outcome o = dispatch(t, a, b);
    mpfr_clears(a, b, (mpfr_ptr)0);
    return o;
}

/* fpu_parts.h - a floating-point number taken apart, and put together again with rounding. Private to fpu*.c.
 *
 * Every finite nonzero number, denormalized ones included, becomes sign, exponent and a 64-bit fraction whose top bit
 * is 1: its value is fraction / 2^63 * 2^exponent. A result is such a triple, its lowest bit sticky, and round_pack()
 * applies the manual's rules for rounding, overflow, underflow and inexact. Functions are always inlined so that a
 * format's constants are folded.
 */
#ifndef US_CPU_FPU_FPU_PARTS_H
#define US_CPU_FPU_FPU_PARTS_H

#include "cpu/fpu/fpu.h"

#define FPU_INLINE static inline __attribute__((always_inline))

struct fpu_spec {
    int fraction_bits; /* stored ones */
    int infinity;      /* the exponent field of infinities and NaNs, all ones */
    int bias;
    int wrap; /* bias adjustment of trapped overflow and underflow */
};
static const struct fpu_spec FPU_SPEC_SGL = {23, 255, 127, 192};
static const struct fpu_spec FPU_SPEC_DBL = {52, 2047, 1023, 1536};

enum fpu_kind {
    KIND_ZERO,
    KIND_FINITE,
    KIND_INFINITY,
    KIND_QUIET,
    KIND_SIGNALLING,
};

struct fpu_parts {
    uint64_t fraction;
    int exponent;
    enum fpu_kind kind;
    bool sign;
};

FPU_INLINE int fpu_drop(const struct fpu_spec *f)
{
    return 63 - f->fraction_bits;
}

FPU_INLINE uint64_t fpu_fraction_mask(const struct fpu_spec *f)
{
    return (UINT64_C(1) << f->fraction_bits) - 1;
}

/* Assemble fields. FRACTION may hold the hidden bit, which is cut off. */
FPU_INLINE uint64_t fpu_fields(const struct fpu_spec *f, bool sign, int biased, uint64_t fraction)
{
    uint64_t sign_and_exponent = (uint64_t)sign * ((uint64_t)f->infinity + 1) + (uint64_t)biased;
    return sign_and_exponent << f->fraction_bits | (fraction & fpu_fraction_mask(f));
}

FPU_INLINE uint64_t fpu_infinity(const struct fpu_spec *f, bool sign)
{
    return fpu_fields(f, sign, f->infinity, 0);
}

FPU_INLINE uint64_t fpu_zero(const struct fpu_spec *f, bool sign)
{
    return fpu_fields(f, sign, 0, 0);
}

FPU_INLINE struct fpu_parts fpu_unpack(const struct fpu_spec *f, uint64_t value)
{
    struct fpu_parts p;
    uint64_t fraction = value & fpu_fraction_mask(f);
    int biased = (int)(value >> f->fraction_bits) & f->infinity;

    p.sign = (value >> f->fraction_bits) > (uint64_t)f->infinity;
    p.exponent = biased - f->bias;
    p.fraction = (fraction | UINT64_C(1) << f->fraction_bits) << fpu_drop(f);
    p.kind = KIND_FINITE;
    if (__builtin_expect(biased == f->infinity, 0)) {
        bool signalling = fraction >> (f->fraction_bits - 1);
        p.kind = fraction == 0 ? KIND_INFINITY : signalling ? KIND_SIGNALLING : KIND_QUIET;
    } else if (__builtin_expect(biased == 0, 0)) {
        if (fraction == 0) {
            p.kind = KIND_ZERO;
        } else {
            int shift = __builtin_clzll(fraction);
            p.fraction = fraction << shift;
            p.exponent = 1 - f->bias - (shift - fpu_drop(f));
        }
    }
    return p;
}

/* Signal EXCEPTION. True if it traps. */
FPU_INLINE bool fpu_signal(struct fpu_context *c, unsigned exception)
{
    if (c->enables & exception) {
        c->traps |= (uint8_t)exception;
        return true;
    }
    c->flags |= (uint8_t)exception;
    return false;
}

/* Signal an exception that delivers nothing when it traps (invalid, division by zero). */
FPU_INLINE void fpu_signal_operand(struct fpu_context *c, unsigned exception)
{
    if (fpu_signal(c, exception))
        c->no_result = true;
}

/* Invalid operation without a NaN among the operands. */
FPU_INLINE uint64_t fpu_invalid(struct fpu_context *c, const struct fpu_spec *f)
{
    fpu_signal_operand(c, FPU_V);
    return fpu_fields(f, false, f->infinity, UINT64_C(1) << (f->fraction_bits - 2));
}

/* A signalling NaN made quiet: the two top fraction bits become 01. */
FPU_INLINE uint64_t fpu_quiet(const struct fpu_spec *f, uint64_t nan)
{
    nan &= ~(UINT64_C(1) << (f->fraction_bits - 1));
    return nan | UINT64_C(1) << (f->fraction_bits - 2);
}

FPU_INLINE bool fpu_is_nan(enum fpu_kind kind)
{
    return kind >= KIND_QUIET;
}

/* The result of an operation with operands A and B of these kinds, at least one of them a NaN. */
FPU_INLINE uint64_t fpu_nan(struct fpu_context *c, const struct fpu_spec *f, uint64_t a, enum fpu_kind a_kind,
                            uint64_t b, enum fpu_kind b_kind)
{
    if (a_kind == KIND_SIGNALLING || b_kind == KIND_SIGNALLING) {
        fpu_signal_operand(c, FPU_V);
        return fpu_quiet(f, a_kind == KIND_SIGNALLING ? a : b);
    }
    return fpu_is_nan(a_kind) ? a : b;
}

/* What to add to FRACTION before its low DROP bits are cut off. */
FPU_INLINE uint64_t fpu_increment(unsigned rounding, bool sign, uint64_t fraction, int drop)
{
    uint64_t mask = (UINT64_C(1) << drop) - 1;
    if (__builtin_expect(rounding == FPU_NEAREST, 1))
        return (mask >> 1) + ((fraction >> drop) & 1);
    return rounding == (sign ? FPU_MINUS : FPU_PLUS) ? mask : 0;
}

/* FRACTION >> SHIFT (SHIFT >= 0), the lowest bit 1 if anything was lost. */
FPU_INLINE uint64_t fpu_shift_right_sticky(uint64_t fraction, int shift)
{
    if (shift == 0)
        return fraction;
    if (shift > 63)
        return fraction != 0;
    return fraction >> shift | ((fraction << (64 - shift)) != 0);
}

/* Overflow. BIASED and FRACTION are the result rounded as if the exponent had no bounds. */
FPU_INLINE uint64_t fpu_overflow(struct fpu_context *c, const struct fpu_spec *f, bool sign, int biased,
                                 uint64_t fraction, bool inexact)
{
    if (c->enables & FPU_O) {
        biased -= f->wrap;
        if (biased >= f->infinity) {
            c->unimplemented = c->no_result = true;
            return 0;
        }
        fpu_signal(c, FPU_O);
        if (inexact)
            fpu_signal(c, FPU_I);
        return fpu_fields(f, sign, biased, fraction);
    }
    fpu_signal(c, FPU_O);
    fpu_signal(c, FPU_I);
    if (c->rounding == FPU_NEAREST || c->rounding == (sign ? FPU_MINUS : FPU_PLUS))
        return fpu_infinity(f, sign);
    return fpu_fields(f, sign, f->infinity - 1, UINT64_MAX);
}

/* A tiny result whose underflow trap is enabled: rounded to full precision, exponent wrapped. */
FPU_INLINE uint64_t fpu_underflow_trapped(struct fpu_context *c, const struct fpu_spec *f, bool sign, int biased,
                                          uint64_t fraction)
{
    int drop = fpu_drop(f);
    uint64_t sum = fraction + fpu_increment(c->rounding, sign, fraction, drop);

    biased += f->wrap;
    if (sum < fraction)
        biased++; /* carried into the next binade; the fraction is zero */
    if (biased < 1) {
        c->unimplemented = c->no_result = true;
        return 0;
    }
    fpu_signal(c, FPU_U);
    if (fraction & ((UINT64_C(1) << drop) - 1))
        fpu_signal(c, FPU_I);
    return fpu_fields(f, sign, biased, sum >> drop);
}

/* A tiny result: BIASED < 1. */
FPU_INLINE uint64_t fpu_round_tiny(struct fpu_context *c, const struct fpu_spec *f, bool sign, int biased,
                                   uint64_t fraction)
{
    int drop = fpu_drop(f);

    c->tiny = true;
    if (c->enables & FPU_U)
        return fpu_underflow_trapped(c, f, sign, biased, fraction);
    fraction = fpu_shift_right_sticky(fraction, 1 - biased);
    if (fraction & ((UINT64_C(1) << drop) - 1)) {
        fpu_signal(c, FPU_U);
        fpu_signal(c, FPU_I);
    }
    fraction += fpu_increment(c->rounding, sign, fraction, drop);
    /* Rounding may have made the smallest normalized number: its hidden bit is then the exponent field's 1. */
    return fpu_zero(f, sign) | fraction >> drop;
}

/* The number (SIGN, EXPONENT, FRACTION), top bit of FRACTION 1, lowest bit sticky, rounded to format F. */
FPU_INLINE uint64_t fpu_round_pack(struct fpu_context *c, const struct fpu_spec *f, bool sign, int exponent,
                                   uint64_t fraction)
{
    int drop = fpu_drop(f);
    int biased = exponent + f->bias;

    if (__builtin_expect(biased < 1, 0))
        return fpu_round_tiny(c, f, sign, biased, fraction);
    bool inexact = (fraction & ((UINT64_C(1) << drop) - 1)) != 0;
    uint64_t sum = fraction + fpu_increment(c->rounding, sign, fraction, drop);
    if (sum < fraction)
        biased++; /* carried into the next binade; the fraction is zero */
    if (__builtin_expect(biased >= f->infinity, 0))
        return fpu_overflow(c, f, sign, biased, sum >> drop, inexact);
    if (inexact)
        fpu_signal(c, FPU_I);
    return fpu_fields(f, sign, biased, sum >> drop);
}

#endif

/* fpu.c - add, subtract, multiply, divide, remainder, square root of PA-RISC 1.1 floating point.
 *
 * Rules: fpu.h. Each operation settles NaNs, infinities and zeros first, then makes an exact (sticky) 64-bit fraction
 * and leaves the rest to fpu_round_pack().
 */
#include "cpu/fpu/fpu.h"
#include "cpu/fpu/fpu_parts.h"

/* |A| + |B|, both finite and not zero, with the sign SIGN. */
FPU_INLINE uint64_t add_magnitudes(struct fpu_context *c, const struct fpu_spec *f, struct fpu_parts a,
                                   struct fpu_parts b, bool sign)
{
    int distance = a.exponent - b.exponent;
    int exponent = distance >= 0 ? a.exponent : b.exponent;
    uint64_t large = distance >= 0 ? a.fraction : b.fraction;
    uint64_t small = distance >= 0 ? b.fraction : a.fraction;

    /* One bit of head room: at least ten zeros are below the operands' own bits, so nothing is lost. */
    small = fpu_shift_right_sticky(small >> 1, distance >= 0 ? distance : -distance);
    uint64_t sum = (large >> 1) + small;
    int shift = __builtin_clzll(sum); /* 0 or 1 */
    return fpu_round_pack(c, f, sign, exponent + 1 - shift, sum << shift);
}

/* A - B of magnitudes, A having the sign SIGN and B the other. */
FPU_INLINE uint64_t subtract_magnitudes(struct fpu_context *c, const struct fpu_spec *f, struct fpu_parts a,
                                        struct fpu_parts b, bool sign)
{
    if (a.exponent < b.exponent || (a.exponent == b.exponent && a.fraction < b.fraction)) {
        struct fpu_parts t = a;
        a = b;
        b = t;
        sign = !sign;
    }
    uint64_t difference = (a.fraction >> 1) - fpu_shift_right_sticky(b.fraction >> 1, a.exponent - b.exponent);
    if (difference == 0)
        return fpu_zero(f, c->rounding == FPU_MINUS);
    int shift = __builtin_clzll(difference);
    return fpu_round_pack(c, f, sign, a.exponent + 1 - shift, difference << shift);
}

/* A + B, or A - B if NEGATE (a NaN keeps its sign). */
FPU_INLINE uint64_t add(struct fpu_context *c, const struct fpu_spec *f, uint64_t a_value, uint64_t b_value,
                        bool negate)
{
    struct fpu_parts a = fpu_unpack(f, a_value), b = fpu_unpack(f, b_value);
    bool b_sign = b.sign != negate;

    if (__builtin_expect(a.kind == KIND_FINITE && b.kind == KIND_FINITE, 1))
        return a.sign == b_sign ? add_magnitudes(c, f, a, b, a.sign) : subtract_magnitudes(c, f, a, b, a.sign);
    if (fpu_is_nan(a.kind) || fpu_is_nan(b.kind))
        return fpu_nan(c, f, a_value, a.kind, b_value, b.kind);
    if (a.kind == KIND_INFINITY && b.kind == KIND_INFINITY && a.sign != b_sign)
        return fpu_invalid(c, f);
    if (a.kind == KIND_INFINITY)
        return a_value;
    if (b.kind == KIND_INFINITY)
        return fpu_infinity(f, b_sign);
    if (a.kind == KIND_ZERO && b.kind == KIND_ZERO)
        return fpu_zero(f, a.sign == b_sign ? a.sign : c->rounding == FPU_MINUS);
    if (a.kind == KIND_ZERO) /* through round_pack: a denormalized result may trap as underflow */
        return fpu_round_pack(c, f, b_sign, b.exponent, b.fraction);
    return fpu_round_pack(c, f, a.sign, a.exponent, a.fraction);
}

uint64_t fpu_add(struct fpu_context *context, enum fpu_format format, uint64_t a, uint64_t b)
{
    return format == FPU_DBL ? add(context, &FPU_SPEC_DBL, a, b, false) : add(context, &FPU_SPEC_SGL, a, b, false);
}

uint64_t fpu_sub(struct fpu_context *context, enum fpu_format format, uint64_t a, uint64_t b)
{
    return format == FPU_DBL ? add(context, &FPU_SPEC_DBL, a, b, true) : add(context, &FPU_SPEC_SGL, a, b, true);
}

FPU_INLINE uint64_t mpy(struct fpu_context *c, const struct fpu_spec *f, uint64_t a_value, uint64_t b_value)
{
    struct fpu_parts a = fpu_unpack(f, a_value), b = fpu_unpack(f, b_value);
    bool sign = a.sign != b.sign;

    if (__builtin_expect(a.kind == KIND_FINITE && b.kind == KIND_FINITE, 1)) {
        unsigned __int128 product = (unsigned __int128)a.fraction * b.fraction;
        int shift = (int)(~(uint64_t)(product >> 64) >> 63); /* the product of [1,2) and [1,2) is in [1,4) */
        product <<= shift;
        uint64_t fraction = (uint64_t)(product >> 64) | ((uint64_t)product != 0);
        return fpu_round_pack(c, f, sign, a.exponent + b.exponent + 1 - shift, fraction);
    }
    if (fpu_is_nan(a.kind) || fpu_is_nan(b.kind))
        return fpu_nan(c, f, a_value, a.kind, b_value, b.kind);
    if (a.kind == KIND_INFINITY || b.kind == KIND_INFINITY) {
        if (a.kind == KIND_ZERO || b.kind == KIND_ZERO)
            return fpu_invalid(c, f);
        return fpu_infinity(f, sign);
    }
    return fpu_zero(f, sign);
}

uint64_t fpu_mpy(struct fpu_context *context, enum fpu_format format, uint64_t a, uint64_t b)
{
    return format == FPU_DBL ? mpy(context, &FPU_SPEC_DBL, a, b) : mpy(context, &FPU_SPEC_SGL, a, b);
}

FPU_INLINE uint64_t divide_finite(struct fpu_context *c, const struct fpu_spec *f, struct fpu_parts a,
                                  struct fpu_parts b, bool sign)
{
    int shift = a.fraction < b.fraction; /* the quotient of [1,2) and [1,2) is in (1/2,2) */
    unsigned __int128 dividend = (unsigned __int128)a.fraction << (63 + shift);
    uint64_t quotient = (uint64_t)(dividend / b.fraction);
    bool rest = dividend != (unsigned __int128)quotient * b.fraction;
    return fpu_round_pack(c, f, sign, a.exponent - b.exponent - shift, quotient | rest);
}

FPU_INLINE uint64_t divide(struct fpu_context *c, const struct fpu_spec *f, uint64_t a_value, uint64_t b_value)
{
    struct fpu_parts a = fpu_unpack(f, a_value), b = fpu_unpack(f, b_value);
    bool sign = a.sign != b.sign;

    if (__builtin_expect(a.kind == KIND_FINITE && b.kind == KIND_FINITE, 1))
        return divide_finite(c, f, a, b, sign);
    if (fpu_is_nan(a.kind) || fpu_is_nan(b.kind))
        return fpu_nan(c, f, a_value, a.kind, b_value, b.kind);
    if (a.kind == b.kind) /* infinity / infinity, zero / zero */
        return fpu_invalid(c, f);
    if (a.kind == KIND_INFINITY)
        return fpu_infinity(f, sign);
    if (a.kind == KIND_ZERO || b.kind == KIND_INFINITY)
        return fpu_zero(f, sign);
    fpu_signal_operand(c, FPU_Z);
    return fpu_infinity(f, sign);
}

uint64_t fpu_div(struct fpu_context *context, enum fpu_format format, uint64_t a, uint64_t b)
{
    return format == FPU_DBL ? divide(context, &FPU_SPEC_DBL, a, b) : divide(context, &FPU_SPEC_SGL, a, b);
}

/* Both finite and not zero. The remainder is exact; only underflow can be signalled. */
FPU_INLINE uint64_t remainder_finite(struct fpu_context *c, const struct fpu_spec *f, struct fpu_parts a,
                                     struct fpu_parts b)
{
    const int spare = 10; /* fractions as 54-bit integers, so that a remainder can be doubled */
    int distance = a.exponent - b.exponent;
    uint64_t rest = a.fraction >> spare, divisor = b.fraction >> spare;
    int exponent = b.exponent;
    bool odd = false, sign = a.sign;

    if (distance < -1) /* |a| < |b| / 2 */
        return fpu_round_pack(c, f, a.sign, a.exponent, a.fraction);
    if (distance == -1) {
        exponent = a.exponent;
        divisor <<= 1;
    }
    for (; distance >= 0; distance--) {
        odd = rest >= divisor;
        if (odd)
            rest -= divisor;
        if (distance > 0)
            rest <<= 1;
    }
    if (2 * rest > divisor || (2 * rest == divisor && odd)) {
        rest = divisor - rest;
        sign = !sign;
    }
    if (rest == 0)
        return fpu_zero(f, a.sign);
    int shift = __builtin_clzll(rest);
    return fpu_round_pack(c, f, sign, exponent + spare - shift, rest << shift);
}

FPU_INLINE uint64_t remainder_of(struct fpu_context *c, const struct fpu_spec *f, uint64_t a_value, uint64_t b_value)
{
    struct fpu_parts a = fpu_unpack(f, a_value), b = fpu_unpack(f, b_value);

    if (fpu_is_nan(a.kind) || fpu_is_nan(b.kind))
        return fpu_nan(c, f, a_value, a.kind, b_value, b.kind);
    if (a.kind == KIND_INFINITY || b.kind == KIND_ZERO)
        return fpu_invalid(c, f);
    if (a.kind == KIND_ZERO)
        return a_value;
    if (b.kind == KIND_INFINITY)
        return fpu_round_pack(c, f, a.sign, a.exponent, a.fraction);
    return remainder_finite(c, f, a, b);
}

uint64_t fpu_rem(struct fpu_context *context, enum fpu_format format, uint64_t a, uint64_t b)
{
    return format == FPU_DBL ? remainder_of(context, &FPU_SPEC_DBL, a, b) : remainder_of(context, &FPU_SPEC_SGL, a, b);
}

/* The square root of FRACTION / 2^63 (doubled if ODD), in [1,2), to DIGITS binary digits, as a fraction whose lowest
 * bit is sticky. Two digits of the radicand give one of the root. */
FPU_INLINE uint64_t root_fraction(uint64_t fraction, bool odd, int digits)
{
    unsigned __int128 radicand = (unsigned __int128)fraction << (odd ? 64 : 63); /* top two bits 01, 10 or 11 */
    uint64_t root = 0, rest = 0;

    for (int i = 0; i < digits; i++) {
        rest = rest << 2 | (uint64_t)(radicand >> 126);
        radicand <<= 2;
        uint64_t trial = root << 2 | 1;
        root <<= 1;
        if (rest >= trial) {
            rest -= trial;
            root |= 1;
        }
    }
    return root << (64 - digits) | (rest != 0);
}

FPU_INLINE uint64_t square_root(struct fpu_context *c, const struct fpu_spec *f, uint64_t a_value)
{
    struct fpu_parts a = fpu_unpack(f, a_value);

    if (fpu_is_nan(a.kind))
        return fpu_nan(c, f, a_value, a.kind, a_value, a.kind);
    if (a.kind == KIND_ZERO)
        return a_value;
    if (a.sign)
        return fpu_invalid(c, f);
    if (a.kind == KIND_INFINITY)
        return a_value;
    bool odd = a.exponent & 1;
    return fpu_round_pack(c, f, false, (a.exponent - odd) / 2, root_fraction(a.fraction, odd, f->fraction_bits + 2));
}

uint64_t fpu_sqrt(struct fpu_context *context, enum fpu_format format, uint64_t a)
{
    return format == FPU_DBL ? square_root(context, &FPU_SPEC_DBL, a) : square_root(context, &FPU_SPEC_SGL, a);
}

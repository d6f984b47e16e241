/* fpu_convert.c - conversions, rounding to integral values, comparison and the comparison queue.
 *
 * Rules: fpu.h; the manual's FCNVFF, FCNVXF, FCNVFX, FCNVFXT, FRND, FCMP and FTEST pages.
 */
#include "cpu/fpu/fpu.h"
#include "cpu/fpu/fpu_parts.h"

static const struct fpu_spec *spec(enum fpu_format format)
{
    return format == FPU_DBL ? &FPU_SPEC_DBL : &FPU_SPEC_SGL;
}

/* A NaN keeps its sign and the top of its fraction; if nothing of that is left, it gets the default NaN's fraction. */
static uint64_t convert_nan(struct fpu_context *c, const struct fpu_spec *from, const struct fpu_spec *to,
                            uint64_t value, struct fpu_parts a)
{
    if (a.kind == KIND_SIGNALLING) {
        fpu_signal_operand(c, FPU_V);
        value = fpu_quiet(from, value);
    }
    uint64_t top_aligned = (value & fpu_fraction_mask(from)) << fpu_drop(from);
    uint64_t fraction = top_aligned >> fpu_drop(to);
    if (fraction == 0)
        fraction = UINT64_C(1) << (to->fraction_bits - 2);
    return fpu_fields(to, a.sign, to->infinity, fraction);
}

uint64_t fpu_cnvff(struct fpu_context *context, enum fpu_format from, enum fpu_format to, uint64_t a)
{
    const struct fpu_spec *f = spec(to);
    struct fpu_parts p = fpu_unpack(spec(from), a);

    switch (p.kind) {
    case KIND_ZERO:
        return fpu_zero(f, p.sign);
    case KIND_FINITE:
        return fpu_round_pack(context, f, p.sign, p.exponent, p.fraction);
    case KIND_INFINITY:
        return fpu_infinity(f, p.sign);
    case KIND_QUIET:
    case KIND_SIGNALLING:
        break;
    }
    return convert_nan(context, spec(from), f, a, p);
}

uint64_t fpu_cnvxf(struct fpu_context *context, unsigned from_bits, enum fpu_format to, uint64_t a)
{
    int64_t value = from_bits == 32 ? (int64_t)(int32_t)(uint32_t)a : (int64_t)a;
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    if (magnitude == 0)
        return 0;
    int shift = __builtin_clzll(magnitude);
    return fpu_round_pack(context, spec(to), value < 0, 63 - shift, magnitude << shift);
}

/* The finite number P as an integer magnitude, rounded; EXPONENT is at most 63. The sum cannot wrap: with exponent 63
 * there is nothing to round. */
static uint64_t round_magnitude(const struct fpu_parts *p, unsigned rounding, bool *inexact)
{
    uint64_t whole, part; /* part: the fraction, weighted so that 2^63 is one half, lowest bit sticky */

    if (p->exponent >= 63) {
        whole = p->fraction;
        part = 0;
    } else if (p->exponent >= 0) {
        whole = p->fraction >> (63 - p->exponent);
        part = p->fraction << (p->exponent + 1);
    } else {
        whole = 0;
        part = fpu_shift_right_sticky(p->fraction, -1 - p->exponent);
    }
    *inexact = part != 0;
    const uint64_t half = UINT64_C(1) << 63;
    if (rounding == FPU_NEAREST)
        whole += part > half || (part == half && (whole & 1));
    else if (rounding == (p->sign ? FPU_MINUS : FPU_PLUS))
        whole += part != 0;
    return whole;
}

uint64_t fpu_cnvfx(struct fpu_context *context, enum fpu_format from, unsigned to_bits, uint64_t a)
{
    struct fpu_parts p = fpu_unpack(spec(from), a);
    uint64_t mask = to_bits == 32 ? UINT32_MAX : UINT64_MAX;
    uint64_t limit = (mask >> 1) + p.sign; /* the largest magnitude of this sign */

    if (p.kind == KIND_ZERO)
        return 0;
    if (p.kind == KIND_FINITE && p.exponent <= 63) {
        bool inexact;
        uint64_t magnitude = round_magnitude(&p, context->rounding, &inexact);
        if (magnitude <= limit) {
            if (inexact)
                fpu_signal(context, FPU_I);
            return (p.sign ? 0 - magnitude : magnitude) & mask;
        }
    }
    fpu_signal_operand(context, FPU_V);
    return limit; /* the magnitude of the most negative integer is also its bits */
}

uint64_t fpu_rnd(struct fpu_context *context, enum fpu_format format, uint64_t a)
{
    const struct fpu_spec *f = spec(format);
    struct fpu_parts p = fpu_unpack(f, a);
    bool inexact;

    if (fpu_is_nan(p.kind))
        return fpu_nan(context, f, a, p.kind, a, p.kind);
    if (p.kind != KIND_FINITE || p.exponent >= f->fraction_bits)
        return a;
    uint64_t magnitude = round_magnitude(&p, context->rounding, &inexact);
    if (inexact)
        fpu_signal(context, FPU_I);
    if (magnitude == 0)
        return fpu_zero(f, p.sign);
    int shift = __builtin_clzll(magnitude);
    return fpu_fields(f, p.sign, 63 - shift + f->bias, magnitude << shift >> fpu_drop(f));
}

/* Sign and magnitude as a number that orders like the values; both zeros are 0. */
static int64_t ordered(enum fpu_format format, uint64_t value)
{
    uint64_t sign = UINT64_C(1) << (format == FPU_DBL ? 63 : 31);
    int64_t magnitude = (int64_t)(value & (sign - 1));
    return value & sign ? -magnitude : magnitude;
}

enum {
    CONDITION_GREATER = 16,
    CONDITION_LESS = 8,
    CONDITION_EQUAL = 4,
    CONDITION_UNORDERED = 2,
    CONDITION_INVALID = 1,
};

bool fpu_cmp(struct fpu_context *context, enum fpu_format format, uint64_t a, uint64_t b, unsigned condition)
{
    const struct fpu_spec *f = spec(format);
    enum fpu_kind a_kind = fpu_unpack(f, a).kind, b_kind = fpu_unpack(f, b).kind;

    if (fpu_is_nan(a_kind) || fpu_is_nan(b_kind)) {
        if (a_kind == KIND_SIGNALLING || b_kind == KIND_SIGNALLING || (condition & CONDITION_INVALID))
            fpu_signal_operand(context, FPU_V);
        return condition & CONDITION_UNORDERED;
    }
    int64_t left = ordered(format, a), right = ordered(format, b);
    return condition & (left > right ? CONDITION_GREATER : left < right ? CONDITION_LESS : CONDITION_EQUAL);
}

uint32_t fpu_status_compared(uint32_t status, bool c)
{
    uint32_t queue = status & FPSR_CQ;
    queue = (queue >> 1 & FPSR_CQ) | (status & FPSR_C ? PA_BIT(10) : 0);
    return (status & ~(FPSR_C | FPSR_CQ)) | queue | (c ? FPSR_C : 0);
}

/* Reject: some comparison of the newer half and its twin, PAIRS comparisons earlier, are both 1. */
static bool reject(uint32_t results, unsigned pairs)
{
    uint32_t newer = results >> (12 - pairs);
    uint32_t older = results >> (12 - 2 * pairs);
    return newer & older & ((UINT32_C(1) << pairs) - 1);
}

bool fpu_test(uint32_t status, unsigned code, bool *defined)
{
    /* C and the queue, newest first: twelve bits. */
    uint32_t results = (status & FPSR_C ? 1U << 11 : 0) | (status & FPSR_CQ) >> 11;

    *defined = true;
    switch (code) {
    case 0: /* C */
        return results >> 11;
    case 1: /* acc: the newest 12 are all 0 */
        return results == 0;
    case 5: /* acc8 */
        return results >> 4 == 0;
    case 9: /* acc6 */
        return results >> 6 == 0;
    case 13: /* acc4 */
        return results >> 8 == 0;
    case 17: /* acc2 */
        return results >> 10 == 0;
    case 2: /* rej: two points against six planes */
        return reject(results, 6);
    case 6: /* rej8: two points against four planes */
        return reject(results, 4);
    default:
        *defined = false;
        return false;
    }
}

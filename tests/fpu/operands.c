/* operands.c - operands for the floating-point test, drawn from a seeded generator.
 *
 * Uniform bits alone would almost never meet a denormalized number, a tie or a boundary, so most draws come from
 * classes, and some pairs are built to land near one. Host floating point only steers the drawing; it decides nothing.
 */
#include <string.h>

#include "test_fpu.h"

uint64_t random_next(struct random *random)
{
    uint64_t z = random->state += 0x9E3779B97F4A7C15;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return z ^ z >> 31;
}

unsigned random_below(struct random *random, unsigned bound)
{
    return (unsigned)(random_next(random) % bound);
}

static const uint64_t SPECIAL_SGL[] = {
    0x00000000, 0x80000000, 0x00000001, 0x80000001, 0x00000002, 0x003FFFFF, 0x00400000, 0x007FFFFF, 0x807FFFFF,
    0x00800000, 0x80800000, 0x00800001, 0x00FFFFFF, 0x01000000, 0x33800000, 0x34000000, 0x3EFFFFFF, 0x3F000000,
    0xBF000000, 0x3F000001, 0x3F7FFFFF, 0x3F800000, 0xBF800000, 0x3F800001, 0x3FC00000, 0x40000000, 0x4B000000,
    0x4B000001, 0x4B7FFFFF, 0x4EFFFFFF, 0x4F000000, 0xCF000000, 0xCF000001, 0x5F000000, 0xDF000000, 0x7E800000,
    0x7F000000, 0x7F7FFFFF, 0xFF7FFFFF, 0x7F800000, 0xFF800000, 0x7F800001, 0x7FA00000, 0xFFBFFFFF, 0x7FC00000,
    0x7FC00001, 0xFFE00000, 0x7FFFFFFF, 0xFFFFFFFF,
};
static const uint64_t SPECIAL_DBL[] = {
    0x0000000000000000, 0x8000000000000000, 0x0000000000000001, 0x8000000000000001, 0x0000000000000002,
    0x0007FFFFFFFFFFFF, 0x0008000000000000, 0x000FFFFFFFFFFFFF, 0x800FFFFFFFFFFFFF, 0x0010000000000000,
    0x8010000000000000, 0x0010000000000001, 0x001FFFFFFFFFFFFF, 0x0020000000000000, 0x3690000000000000,
    0x3690000000000001, 0x36A0000000000000, 0x380FFFFFE0000000, 0x380FFFFFF0000000, 0x3810000000000000,
    0x3CA0000000000000, 0x3CB0000000000000, 0x3FDFFFFFFFFFFFFF, 0x3FE0000000000000, 0xBFE0000000000000,
    0x3FE0000000000001, 0x3FEFFFFFFFFFFFFF, 0x3FF0000000000000, 0xBFF0000000000000, 0x3FF0000000000001,
    0x3FF8000000000000, 0x4000000000000000, 0x41DFFFFFFFC00000, 0x41DFFFFFFFE00000, 0x41E0000000000000,
    0xC1E0000000000000, 0xC1E0000000100000, 0xC1E0000000200000, 0x4330000000000000, 0x4330000000000001,
    0x433FFFFFFFFFFFFF, 0x43DFFFFFFFFFFFFF, 0x43E0000000000000, 0xC3E0000000000000, 0xC3E0000000000001,
    0x47EFFFFFE0000000, 0x47EFFFFFF0000000, 0x47F0000000000000, 0x7FD0000000000000, 0x7FE0000000000000,
    0x7FEFFFFFFFFFFFFF, 0xFFEFFFFFFFFFFFFF, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF0000000000001,
    0x7FF4000000000000, 0xFFF7FFFFFFFFFFFF, 0x7FF8000000000000, 0x7FF8000000000001, 0xFFFC000000000000,
    0x7FFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF,
};

const uint64_t *operands_special(enum fpu_format format, unsigned *count)
{
    *count = format == FPU_DBL ? sizeof SPECIAL_DBL / 8 : sizeof SPECIAL_SGL / 8;
    return format == FPU_DBL ? SPECIAL_DBL : SPECIAL_SGL;
}

struct shape {
    unsigned fraction_bits, exponent_max;
};

static struct shape shape(enum fpu_format format)
{
    return format == FPU_DBL ? (struct shape){52, 2047} : (struct shape){23, 255};
}

static uint64_t build(enum fpu_format format, bool sign, unsigned exponent, uint64_t fraction)
{
    struct shape s = shape(format);
    uint64_t high = (uint64_t)sign * (s.exponent_max + 1) + exponent;
    return high << s.fraction_bits | (fraction & ((UINT64_C(1) << s.fraction_bits) - 1));
}

/* A fraction: uniform, or a few ones, or a run of ones at either end. */
static uint64_t draw_fraction(struct random *random, unsigned bits)
{
    uint64_t ones = UINT64_MAX >> (64 - bits);
    switch (random_below(random, 6)) {
    case 0:
        return UINT64_C(1) << random_below(random, bits) | UINT64_C(1) << random_below(random, bits);
    case 1:
        return ones << random_below(random, bits) & ones;
    case 2:
        return ones >> random_below(random, bits);
    case 3:
        return random_below(random, 3) - UINT64_C(1);
    default:
        return random_next(random);
    }
}

static uint64_t draw(struct random *random, enum fpu_format format)
{
    struct shape s = shape(format);
    bool sign = random_below(random, 2);
    uint64_t fraction = draw_fraction(random, s.fraction_bits);
    unsigned count;
    const uint64_t *special = operands_special(format, &count);

    unsigned low = random_below(random, s.fraction_bits + 4); /* one draw a statement: arguments have no order */
    switch (random_below(random, 16)) {
    case 0:
        return special[random_below(random, count)];
    case 1:
        return build(format, sign, s.exponent_max, fraction); /* NaNs, infinity */
    case 2:
    case 3:
        return build(format, sign, random_below(random, 2) * low, fraction);
    case 4:
        return build(format, sign, s.exponent_max - 1 - random_below(random, 3), fraction);
    case 5:
    case 6:
    case 7:
    case 8:
        return build(format, sign, s.exponent_max / 2 - 70 + random_below(random, 140), fraction);
    case 9: /* an integer, or one and a half */
        fraction &= ~(UINT64_MAX >> 12 >> random_below(random, 52));
        return build(format, sign, s.exponent_max / 2 + random_below(random, 66), fraction);
    default: {
        uint64_t v = random_next(random);
        return format == FPU_DBL ? v : v >> 32;
    }
    }
}

/* B's exponent is put at the distance from A's where the sum needs rounding. */
static void near_tie(struct random *random, struct test_case *t)
{
    struct shape s = shape(t->format);
    unsigned exponent = (unsigned)(t->a >> s.fraction_bits) & s.exponent_max;
    unsigned distance = s.fraction_bits - 2 + random_below(random, 5);
    if (random_below(random, 3) == 0)
        distance = random_below(random, 3);
    uint64_t fraction = draw_fraction(random, s.fraction_bits);
    if (exponent > distance && exponent < s.exponent_max)
        t->b = build(t->format, random_below(random, 2), exponent - distance, fraction);
}

static double host(enum fpu_format format, uint64_t v)
{
    double d;
    float f;
    uint32_t word = (uint32_t)v;
    if (format == FPU_DBL) {
        memcpy(&d, &v, 8);
        return d;
    }
    memcpy(&f, &word, 4);
    return (double)f;
}

static uint64_t guest(enum fpu_format format, double d)
{
    uint64_t v;
    if (format == FPU_DBL) {
        memcpy(&v, &d, 8);
        return v;
    }
    float f = (float)d;
    uint32_t word;
    memcpy(&word, &f, 4);
    return word;
}

/* B is chosen so that the product or quotient is near the smallest normalized, smallest denormalized or largest number,
 * or so that a square root is near a tie. */
static void near_boundary(struct random *random, struct test_case *t)
{
    static const uint64_t EDGE[2][4] = {
        {0x00800000, 0x00000001, 0x7F7FFFFF, 0x3F800000},
        {0x0010000000000000, 0x0000000000000001, 0x7FEFFFFFFFFFFFFF, 0x3FF0000000000000},
    };
    double edge = host(t->format, EDGE[t->format][random_below(random, 4)]);
    double a = host(t->format, t->a);
    uint64_t nudge = random_below(random, 5) - UINT64_C(2);

    if (a == 0.0 || a - a != 0.0)
        return;
    if (t->operation == OP_MPY)
        t->b = guest(t->format, edge / a) + nudge;
    else if (t->operation == OP_DIV)
        t->b = guest(t->format, a / edge) + nudge;
    else if (t->operation == OP_SQRT)
        t->a = guest(t->format, a * a) + nudge;
    else if (t->operation == OP_REM)
        t->b = guest(t->format, a / (double)(1 + random_below(random, 9)) * 2.0) + nudge;
    if (t->format == FPU_SGL) {
        t->a &= UINT32_MAX;
        t->b &= UINT32_MAX;
    }
}

/* A double whose lower bits make its conversion to single, or to an integer, a near tie. */
static void near_conversion(struct random *random, struct test_case *t)
{
    if (t->format != FPU_DBL)
        return;
    uint64_t low = UINT64_MAX >> (12 + random_below(random, 52));
    uint64_t half = low - (low >> 1);
    t->a = (t->a & ~low) | ((half + random_below(random, 3) - 1) & low);
}

void operands_draw(struct random *random, struct test_case *t)
{
    t->a = draw(random, t->format);
    t->b = draw(random, t->format);
    if (t->operation == OP_CNVXF) {
        t->a = random_next(random);
        t->a >>= random_below(random, 64);
        if (random_below(random, 2))
            t->a = 0 - t->a;
        if (random_below(random, 4) == 0) {
            t->a = UINT64_C(1) << random_below(random, 64);
            t->a += random_below(random, 3) - UINT64_C(1);
        }
        if (t->integer_bits == 32)
            t->a &= UINT32_MAX;
        return;
    }
    if (random_below(random, 3) == 0) {
        if (t->operation <= OP_SUB)
            near_tie(random, t);
        else if (t->operation <= OP_SQRT)
            near_boundary(random, t);
        else if (t->operation <= OP_CNVFX)
            near_conversion(random, t);
    }
    if (t->operation == OP_CMP && random_below(random, 4) == 0)
        t->b = t->a ^ random_below(random, 2);
}

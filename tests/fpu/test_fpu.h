/* test_fpu.h - one case of the floating-point test: what to compute, and what must come out.
 *
 * expect.c computes the expectation with MPFR and knows nothing of cpu/fpu*.c but the names in fpu.h; operands.c draws
 * operands; test_fpu.c runs both sides and compares.
 */
#ifndef US_TESTS_FPU_H
#define US_TESTS_FPU_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/fpu/fpu.h"

enum operation {
    OP_ADD,
    OP_SUB,
    OP_MPY,
    OP_DIV,
    OP_REM,
    OP_SQRT,
    OP_RND,
    OP_CNVFF,
    OP_CNVXF,
    OP_CNVFX,
    OP_CMP,
    OP_COUNT,
};

struct test_case {
    enum operation operation;
    enum fpu_format format; /* of the operands; of the result for OP_CNVXF */
    unsigned integer_bits;  /* OP_CNVXF, OP_CNVFX: 32 or 64 */
    unsigned condition;     /* OP_CMP */
    unsigned rounding, enables;
    uint64_t a, b;
};

struct outcome {
    uint64_t value;
    unsigned flags, traps;
    bool tiny, no_result, unimplemented;
};

/* What the manual and IEEE 754 demand. */
struct outcome expect(const struct test_case *t);

/* A seeded generator (splitmix64). */
struct random {
    uint64_t state;
};
uint64_t random_next(struct random *random);
/* 0 <= result < BOUND. */
unsigned random_below(struct random *random, unsigned bound);

/* Fill in the operands of T (operation, format, integer_bits are set): a mixture of all operand classes and of pairs
 * made to land near a rounding, overflow or underflow boundary. */
void operands_draw(struct random *random, struct test_case *t);
/* Values at every boundary of FORMAT: *COUNT of them. */
const uint64_t *operands_special(enum fpu_format format, unsigned *count);

#endif

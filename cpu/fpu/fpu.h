/* fpu.h - floating-point arithmetic of PA-RISC 1.1, by integer operations only.
 *
 * The architecture manual's chapter "Floating-Point Coprocessor": IEEE 754 single and double formats, four rounding
 * modes, five exceptions. No host floating point is used, so the same bits come out on every host. Knows no processor:
 * exec_fpu.c moves operands, status and exception registers; this does the arithmetic.
 *
 * What always holds:
 *  - A signalling NaN is one whose top fraction bit is ONE. Quieting clears that bit and sets the next one. Of two
 *    operands the first signalling one is delivered (quieted), else the first NaN. The default NaN is positive, with
 *    only the second fraction bit set (7fa00000, 7ff40000 00000000).
 *  - An exception whose trap is enabled sets no flag; one whose trap is disabled sets its flag and delivers the IEEE
 *    default. Trapped invalid and division by zero deliver nothing. Trapped overflow and underflow deliver the rounded
 *    result with its exponent wrapped (by 192 single, 1536 double). Inexact delivers the rounded result.
 *  - Tininess is judged before rounding. Underflow is signalled, with its trap disabled, when the result is tiny and
 *    inexact; with its trap enabled, when the result is tiny.
 */
#ifndef US_CPU_FPU_FPU_H
#define US_CPU_FPU_FPU_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/base/bits.h"

/* The status register, FR 0's left word. */
#define FPSR_FLAGS  UINT32_C(0xF8000000) /* V Z O U I, bits 0..4 */
#define FPSR_C      PA_BIT(5)            /* result of the last comparison */
#define FPSR_CQ     UINT32_C(0x003FF800) /* bits 10..20: results of the eleven before it, newest first */
#define FPSR_RM     UINT32_C(0x00000600) /* bits 21..22: rounding mode */
#define FPSR_T      PA_BIT(25)           /* a delayed trap is pending */
#define FPSR_D      PA_BIT(26)           /* denormalized as zero: optional, kept but ignored */
#define FPSR_ENABLE UINT32_C(0x0000001F) /* V Z O U I, bits 27..31: trap enables */
enum {
    FPSR_FLAGS_SHIFT = 27,
    FPSR_RM_SHIFT = 9,
};

/* What COPR,0,0 (identify) puts into the status register: model in bits 11..15, revision in bits 16..20. */
enum {
    FPU_MODEL = 19,
    FPU_REVISION = 1,
};

/* Exceptions, in the order of the status register's flag and enable fields. */
enum {
    FPU_V = 16, /* invalid operation */
    FPU_Z = 8,  /* division by zero */
    FPU_O = 4,  /* overflow */
    FPU_U = 2,  /* underflow */
    FPU_I = 1,  /* inexact */
};

enum fpu_format {
    FPU_SGL, /* values are in the low 32 bits of a uint64_t */
    FPU_DBL,
};

enum fpu_rounding {
    FPU_NEAREST,
    FPU_ZERO,
    FPU_PLUS,
    FPU_MINUS,
};

/* One operation's surroundings. The caller sets the first two and zeroes the rest. */
struct fpu_context {
    uint8_t rounding;   /* enum fpu_rounding */
    uint8_t enables;    /* exceptions that trap */
    uint8_t flags;      /* out: exceptions signalled whose traps are disabled: OR into the status register */
    uint8_t traps;      /* out: exceptions signalled whose traps are enabled */
    bool tiny;          /* out: the result is tiny and not zero, whether or not underflow was signalled */
    bool no_result;     /* out: nothing is delivered, the target keeps its value */
    bool unimplemented; /* out: a trapped conversion out of the wrapped exponent's reach (no_result is true too) */
};

/* Arithmetic. A and B are values of FORMAT; so is what is returned, unless context->no_result. */
uint64_t fpu_add(struct fpu_context *context, enum fpu_format format, uint64_t a, uint64_t b);
uint64_t fpu_sub(struct fpu_context *context, enum fpu_format format, uint64_t a, uint64_t b);
uint64_t fpu_mpy(struct fpu_context *context, enum fpu_format format, uint64_t a, uint64_t b);
uint64_t fpu_div(struct fpu_context *context, enum fpu_format format, uint64_t a, uint64_t b);
/* IEEE remainder: A - n * B, n the integer nearest to A / B, even in case of a tie. */
uint64_t fpu_rem(struct fpu_context *context, enum fpu_format format, uint64_t a, uint64_t b);
uint64_t fpu_sqrt(struct fpu_context *context, enum fpu_format format, uint64_t a);
/* Round to an integral value in the same format. */
uint64_t fpu_rnd(struct fpu_context *context, enum fpu_format format, uint64_t a);

/* Between the formats (FROM and TO differ). */
uint64_t fpu_cnvff(struct fpu_context *context, enum fpu_format from, enum fpu_format to, uint64_t a);
/* From an integer of FROM_BITS (32 or 64, in A's low bits, signed) to TO. */
uint64_t fpu_cnvxf(struct fpu_context *context, unsigned from_bits, enum fpu_format to, uint64_t a);
/* To a signed integer of TO_BITS (32: in the low bits, high bits zero; or 64), in the context's rounding mode; set that
 * to FPU_ZERO for FCNVFXT. Out of range, infinity, NaN: invalid, and the largest integer of the operand's sign. */
uint64_t fpu_cnvfx(struct fpu_context *context, enum fpu_format from, unsigned to_bits, uint64_t a);

/* FCMP: CONDITION's five bits are greater, less, equal, unordered, and (1) invalid if unordered. Returns the C bit; it
 * is valid even if the comparison traps. */
bool fpu_cmp(struct fpu_context *context, enum fpu_format format, uint64_t a, uint64_t b, unsigned condition);

/* FTEST: does test CODE (the t field) hold for STATUS? *DEFINED becomes false if there is no such test. */
bool fpu_test(uint32_t status, unsigned code, bool *defined);
/* STATUS after a comparison whose result is C: the queue moves on by one. */
uint32_t fpu_status_compared(uint32_t status, bool c);

#endif

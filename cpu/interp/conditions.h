/* conditions.h - the condition tables of the manual ("Conditions and Control Flow"), as inline functions.
 *
 * COND is c << 1 | f (insn.h): f = 1 is the negation. When COND is a constant, what is left is one comparison.
 * Conditions that the manual reserves are as in docs/undefined.md: false, and true when negated.
 */
#ifndef US_CPU_INTERP_CONDITIONS_H
#define US_CPU_INTERP_CONDITIONS_H

#include "cpu/interp/exec.h"

enum {
    COND_NEVER = 0,
    COND_ALWAYS = 1,
};

/* Carry out of every bit of A + B (+ carry in) = RESULT. Subtraction: B is the complement. */
INLINE uint32_t carries(uint32_t a, uint32_t b, uint32_t result)
{
    return (a & b) | ((a | b) & ~result);
}

/* What the add conditions look at; RESULT alone is not enough where operands were shifted. */
struct sum {
    uint32_t result;
    bool carry;    /* unsigned overflow */
    bool overflow; /* signed overflow */
    bool negative; /* the result's sign, turned by an overflow */
};

INLINE bool condition_add(unsigned cond, struct sum s)
{
    bool holds;
    switch (cond >> 1) {
    case 1:
        holds = s.result == 0;
        break;
    case 2:
        holds = s.negative;
        break;
    case 3:
        holds = s.negative || s.result == 0;
        break;
    case 4:
        holds = !s.carry;
        break;
    case 5:
        holds = !s.carry || s.result == 0;
        break;
    case 6:
        holds = s.overflow;
        break;
    case 7:
        holds = s.result & 1;
        break;
    default:
        holds = false;
        break;
    }
    return holds != (cond & 1);
}

INLINE struct sum sum_of(uint32_t a, uint32_t b, uint32_t result)
{
    uint32_t carry = carries(a, b, result);
    bool overflow = (~(a ^ b) & (a ^ result)) >> 31;
    return (struct sum){result, carry >> 31, overflow, overflow != (result >> 31)};
}

/* Compare and subtract conditions: A and B are the operands, RESULT the difference (a borrow in included). */
INLINE bool condition_compare(unsigned cond, uint32_t a, uint32_t b, uint32_t result)
{
    bool holds;
    switch (cond >> 1) {
    case 1:
        holds = a == b;
        break;
    case 2:
        holds = (int32_t)a < (int32_t)b;
        break;
    case 3:
        holds = (int32_t)a <= (int32_t)b;
        break;
    case 4:
        holds = a < b;
        break;
    case 5:
        holds = a <= b;
        break;
    case 6:
        holds = ((a ^ b) & (a ^ result)) >> 31;
        break;
    case 7:
        holds = result & 1;
        break;
    default:
        holds = false;
        break;
    }
    return holds != (cond & 1);
}

/* Logical conditions; also those of shifts, extracts, deposits, MOVB and BB (insn.h gives them these numbers). */
INLINE bool condition_logical(unsigned cond, uint32_t result)
{
    bool holds;
    switch (cond >> 1) {
    case 1:
        holds = result == 0;
        break;
    case 2:
        holds = (int32_t)result < 0;
        break;
    case 3:
        holds = (int32_t)result <= 0;
        break;
    case 7:
        holds = result & 1;
        break;
    default:
        holds = false;
        break;
    }
    return holds != (cond & 1);
}

/* Unit conditions: some byte or halfword zero; some digit, byte or halfword carry. CARRY is the carry vector. */
INLINE bool condition_unit(unsigned cond, uint32_t result, uint32_t carry)
{
    bool holds;
    switch (cond >> 1) {
    case 2:
        holds = ((result - UINT32_C(0x01010101)) & ~result & UINT32_C(0x80808080)) != 0;
        break;
    case 3:
        holds = ((result - UINT32_C(0x00010001)) & ~result & UINT32_C(0x80008000)) != 0;
        break;
    case 4:
        holds = (carry & UINT32_C(0x88888888)) != 0;
        break;
    case 6:
        holds = (carry & UINT32_C(0x80808080)) != 0;
        break;
    case 7:
        holds = (carry & UINT32_C(0x80008000)) != 0;
        break;
    default:
        holds = false;
        break;
    }
    return holds != (cond & 1);
}

/* Function tables for rows that are worth one function for each condition. */
#define FOR_EACH_CONDITION(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)

#endif

/* emit.h - the primitives that translated instructions are put together from. One file a host implements them.
 *
 * Private to cpu/jit/. A host has three scratch registers, a pool of others, and three that are spoken for: the
 * processor (struct cpu), the budget, and the software TLB's table for short addresses. Guest state is named by its
 * offset in struct cpu, as in operations (cpu/interp/exec.h). Registers hold 32 bits; what is above them is anything in
 * a scratch register, zero in one of the pool.
 *
 * What always holds: nothing is written past the buffer: when it is full, FULL becomes true and the code is thrown
 * away. Jumps within a block go to labels; emit_finish resolves them.
 */
#ifndef US_CPU_JIT_EMIT_H
#define US_CPU_JIT_EMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/interp/block.h"

enum reg {
    REG_A, /* scratch; the second, B, holds variable shift amounts and guest addresses */
    REG_B,
    REG_C,
    REG_POOL,
    POOL_REGS = 8,
    REG_COUNT = REG_POOL + POOL_REGS,
};

enum {
    EMIT_LABELS = 1024,
    EMIT_FIXUPS = 2048,
};

struct emit {
    uint8_t *base, *at, *end; /* writable view */
    ptrdiff_t executable;     /* what to add for the address at which the code runs */
    bool full;                /* of bytes, labels or jumps */
    unsigned label_count, fixup_count;
    int32_t label_at[EMIT_LABELS]; /* bytes from base; -1: not yet */
    struct {
        uint32_t at; /* bytes from base, of the jump's distance */
        uint16_t label;
    } fixups[EMIT_FIXUPS];
};
typedef uint16_t label;

void emit_begin(struct emit *e, uint8_t *at, uint8_t *end, ptrdiff_t executable);
/* Resolve labels. False: it did not fit. */
bool emit_finish(struct emit *e);
/* Where the next instruction will run. */
const void *emit_here(const struct emit *e);
label emit_label(struct emit *e);
void emit_bind(struct emit *e, label l);
/* Where label L, which is bound, is. */
const void *emit_label_address(const struct emit *e, label l);

/* Registers, constants, state. */
void emit_constant(struct emit *e, enum reg t, uint32_t value); /* leaves the flags alone */
void emit_move(struct emit *e, enum reg t, enum reg a);
void emit_load(struct emit *e, enum reg t, unsigned offset);
void emit_store(struct emit *e, unsigned offset, enum reg a);
void emit_store_constant(struct emit *e, unsigned offset, uint32_t value);
void emit_copy64(struct emit *e, unsigned to, unsigned from); /* by way of REG_A */
void emit_count(struct emit *e, unsigned offset);             /* 64 bits, one more; sets flags */

/* t = a + b and so on, without flags. */
void emit_add(struct emit *e, enum reg t, enum reg a, enum reg b);
void emit_add_scaled(struct emit *e, enum reg t, enum reg a, unsigned shift, enum reg b); /* (a << shift) + b */
void emit_add_constant(struct emit *e, enum reg t, enum reg a, uint32_t value);

/* t = t OP what follows; sets flags. COMPARE sets them alone. ADD_CARRY takes the carry flag in. */
enum alu { ALU_ADD, ALU_OR, ALU_ADD_CARRY, ALU_AND = 4, ALU_SUB, ALU_XOR, ALU_COMPARE };
void emit_alu(struct emit *e, enum alu alu, enum reg t, enum reg b);
void emit_alu_constant(struct emit *e, enum alu alu, enum reg t, uint32_t value);
void emit_alu_state(struct emit *e, enum alu alu, enum reg t, unsigned offset);
void emit_not(struct emit *e, enum reg t);    /* no flags */
void emit_negate(struct emit *e, enum reg t); /* carry flag: it was not 0 */
enum shift { SHIFT_ROTATE_RIGHT = 1, SHIFT_LEFT = 4, SHIFT_RIGHT = 5, SHIFT_RIGHT_SIGNED = 7 };
void emit_shift(struct emit *e, enum shift kind, enum reg t, unsigned amount);
void emit_shift_variable(struct emit *e, enum shift kind, enum reg t); /* by REG_B */
/* t = low word of (left : t) >> amount. */
void emit_shift_pair(struct emit *e, enum reg t, enum reg left, unsigned amount);
void emit_shift_pair_variable(struct emit *e, enum reg t, enum reg left);
/* Flags of t & value, or of t & t. */
void emit_test_constant(struct emit *e, enum reg t, uint32_t value);
void emit_test(struct emit *e, enum reg t);
/* Flags of the word at OFFSET & VALUE. */
void emit_test_state(struct emit *e, unsigned offset, uint32_t value);
/* The carry flag becomes bit 0 of T; is inverted; T becomes 1 or 0 as it is. */
void emit_carry_from(struct emit *e, enum reg t);
void emit_carry_invert(struct emit *e);
void emit_carry_to(struct emit *e, enum reg t);

/* Conditions on flags; an odd one is the negation of the even one before it. */
enum condition {
    IF_OVERFLOW,
    IF_NOT_OVERFLOW,
    IF_BELOW, /* unsigned; the carry flag */
    IF_NOT_BELOW,
    IF_EQUAL,
    IF_NOT_EQUAL,
    IF_BELOW_OR_EQUAL,
    IF_ABOVE,
    IF_SIGN,
    IF_NOT_SIGN,
    IF_PARITY, /* after comparing floating-point numbers: unordered */
    IF_NOT_PARITY,
    IF_LESS, /* signed */
    IF_NOT_LESS,
    IF_LESS_OR_EQUAL,
    IF_GREATER,
};
void emit_jump(struct emit *e, label l);
void emit_jump_if(struct emit *e, enum condition condition, label l);
void emit_move_if(struct emit *e, enum condition condition, enum reg t, enum reg a);

/* Guest memory. REG_B is the offset. Look it up for an access of SIZE bytes; where the software TLB does not have it,
 * go to MISS. After that REG_A and REG_B address it. The space is that of short addresses, or SR SPACE (> 0); TEMPORARY
 * is spoilt. */
void emit_lookup(struct emit *e, unsigned size, bool store, unsigned space, enum reg temporary, label miss);
void emit_guest_load(struct emit *e, unsigned size, enum reg t);  /* 1, 2, 4 bytes, zeros in front */
void emit_guest_store(struct emit *e, unsigned size, enum reg a); /* spoils REG_C */
/* From and to state: a whole floating-point register. */
void emit_guest_load64(struct emit *e, unsigned offset);
void emit_guest_store64(struct emit *e, unsigned offset);

/* Floating point: units 0 to 3. LOAD a register of guest's state; operate; compare (flags as of an unsigned
 * comparison; parity: unordered). */
enum float_operation {
    FLOAT_SQRT = 0x51,
    FLOAT_ADD = 0x58,
    FLOAT_MULTIPLY = 0x59,
    FLOAT_SUB = 0x5C,
    FLOAT_DIVIDE = 0x5E
};
void emit_float_load(struct emit *e, unsigned unit, unsigned offset, bool dbl);
void emit_float_zero(struct emit *e, unsigned unit);
void emit_float_store(struct emit *e, unsigned offset, unsigned unit, bool dbl);
void emit_float(struct emit *e, enum float_operation operation, unsigned unit, unsigned with, bool dbl);
void emit_float_compare(struct emit *e, unsigned a, unsigned b, bool dbl);
void emit_float_from_word(struct emit *e, unsigned unit, enum reg a, bool dbl);
void emit_float_to_word(struct emit *e, enum reg t, unsigned unit, bool dbl); /* truncates; 0x80000000: does not fit */
void emit_float_convert(struct emit *e, unsigned to, unsigned from, bool from_dbl);
/* REG_A = the exponent of UNIT, less FIRST; flags: compared with COUNT. Below: FIRST <= exponent < FIRST + COUNT. */
void emit_float_exponent(struct emit *e, unsigned unit, bool dbl, unsigned first, unsigned count);
void emit_multiply_words(struct emit *e, unsigned to, unsigned a, unsigned b); /* 64-bit product of two words */
void emit_float_clear_sign(struct emit *e, unsigned offset, bool dbl);

/* Blocks and the way in and out. COMMON are pieces of code that every block uses, made once. */
enum emit_call {
    CALL_GO,    /* a sentinel whose jump is not linked */
    CALL_LEAVE, /* the budget does not reach */
    CALL_MISS,  /* a reference that emit_lookup did not find */
    EMIT_CALLS
};
struct emit_common {
    const void *enter;            /* const struct op *(*)(struct cpu *, const struct op *): calls op->run */
    const void *original;         /* emit_leave: go on in the operation's semantic function */
    const void *call[EMIT_CALLS]; /* go on in functions[n] with the operation */
};
void emit_common(struct emit *e, struct emit_common *common, op_run *const functions[EMIT_CALLS]);
/* Begin a block: DEBIT the budget (below 2^31), or go to BROKE. Its way in from native code. */
void emit_debit(struct emit *e, uint32_t debit, label broke);
/* The budget's lowest digit is one less; no flags. */
void emit_uncount_branch(struct emit *e);
/* The way in from C. */
void emit_arrive(struct emit *e);
/* Leave with the operation at OP_OFFSET in the processor's arena of blocks, to PLACE of COMMON. */
void emit_leave(struct emit *e, uint32_t op_offset, const void *place);
/* A jump that will be pointed elsewhere (emit_link); it goes to L until then. Its address. */
uint8_t *emit_jump_linked(struct emit *e, label l);
void emit_link(uint8_t *jump, ptrdiff_t executable, const void *to);
/* Go to the block at REG_A, an address in the space of the code, if it is in the same page at the same privilege level
 * and is translated, else to MISS. Spoils REG_A to REG_C. */
void emit_go_near(struct emit *e, label miss);
/* Go to the block at REG_A (address) : REG_C (space) if the fetch side knows it and it is translated, else to MISS.
 * Spoils everything. */
void emit_go_far(struct emit *e, label miss);

#endif

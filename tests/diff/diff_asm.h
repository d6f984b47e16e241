/* diff_asm.h - what the parts of the random program's maker share: where it writes, the registers' roles, and a small
 * assembler that reads the instruction table.
 *
 * Registers: r2 the shared routines, r27 the table of values, r28 runs left, r29 end of the report, r30 the middle of
 * scratch memory, r31 links; random instructions use the others.
 */
#ifndef US_TESTS_DIFF_DIFF_ASM_H
#define US_TESTS_DIFF_DIFF_ASM_H

#include <stdint.h>

#include "cpu/isa/insn.h"
#include "tests/diff/diff_program.h"
#include "tests/isa/insn_random.h"

enum {
    SCRATCH = DIFF_BASE + 0x1000,
    REPORT = SCRATCH + DIFF_SCRATCH_BYTES,
    TABLE = DIFF_BASE + 0x8000,
    TABLE_WORDS = 16384,
    CODE = TABLE + TABLE_WORDS * 4 + 0x1000,
    BLOCK_OVERHEAD_WORDS = 64,
    START_INSNS = 6,
    HEAD_INSNS = 5, /* of a block, before its body */
    FOOT_INSNS = 6, /* after it */
    R_ROUTINES = 2,
    R_TABLE = 27,
    R_RUNS = 28,
    R_REPORT = 29,
    R_SCRATCH = 30,
    R_BASE = 25,  /* base of references that modify it, branch targets */
    R_INDEX = 26, /* index of indexed references */
    F_FIRST = 4,  /* floating-point registers from here */
    CR_SHIFT = 11,
};

struct maker {
    struct insn_random random;
    struct diff_program *program;
    uint32_t at;                  /* address of the next word */
    uint32_t body_end;            /* forward branches go to it at most */
    uint32_t load, report, flush; /* shared routines */
    uint16_t compute[INSN_COUNT], branches[INSN_COUNT], memory[INSN_COUNT], floats[INSN_COUNT];
    unsigned compute_count, branch_count, memory_count, float_count;
};

/* Write WORD at ADDRESS; at maker->at, which moves on. */
void asm_put_at(struct maker *maker, uint32_t address, uint32_t word);
void asm_put(struct maker *maker, uint32_t word);

/* WORD of row ID with field LETTER = VALUE. */
uint32_t asm_with(uint32_t word, unsigned id, char letter, uint32_t value);
/* The field of BITS bits that a low-sign-extended VALUE is written as. */
uint32_t asm_low_sign(int32_t value, unsigned bits);
/* A branch with its displacement, in bytes, a multiple of 4, from the branch + 8 (BE, BLE: from the base). */
uint32_t asm_with_displacement(uint32_t word, unsigned id, int32_t bytes);
/* A three-register instruction, unconditional. */
uint32_t asm_three(unsigned id, unsigned x, unsigned b, unsigned t);

/* t = b + value; t = value (two instructions); nothing. */
void asm_ldo(struct maker *maker, unsigned t, int32_t value, unsigned b);
void asm_constant(struct maker *maker, unsigned t, uint32_t value);
void asm_nop(struct maker *maker);

/* diff_body.c: options.body random instructions of BLOCK and DIFF_TAIL that do nothing. Call body_prepare first, once.
 */
void body_prepare(struct maker *maker);
void body_put(struct maker *maker, unsigned block);

/* The registers that random instructions name, in the order of the report. */
extern const uint8_t asm_pool[DIFF_REGISTERS];

#endif

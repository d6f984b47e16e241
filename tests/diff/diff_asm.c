/* diff_asm.c - a small assembler that reads the instruction table. See diff_asm.h. */
#include "tests/diff/diff_asm.h"

#include <assert.h>

#include "mmu/base/bits.h"

void asm_put_at(struct maker *maker, uint32_t address, uint32_t word)
{
    assert(address - DIFF_BASE + 4 <= maker->program->image_bytes);
    be32_store(maker->program->image + (address - DIFF_BASE), word);
}

void asm_put(struct maker *maker, uint32_t word)
{
    asm_put_at(maker, maker->at, word);
    maker->at += 4;
}

/* A field as the row's picture has it. */
uint32_t asm_with(uint32_t word, unsigned id, char letter, uint32_t value)
{
    return insn_random_set(word, id, letter, value);
}

/* Low-sign form of VALUE in BITS bits. */
uint32_t asm_low_sign(int32_t value, unsigned bits)
{
    return ((uint32_t)value << 1 & ((UINT32_C(1) << bits) - 1)) | (value < 0);
}

void asm_ldo(struct maker *maker, unsigned t, int32_t value, unsigned b)
{
    uint32_t word = asm_with(insn_rows[INSN_LDO].match, INSN_LDO, 't', t);
    asm_put(maker, asm_with(asm_with(word, INSN_LDO, 'b', b), INSN_LDO, 'd', asm_low_sign(value, 14)));
}

/* The 21 bits of LDIL's field for the left part of VALUE. */
static uint32_t left_21(uint32_t value)
{
    uint32_t v = value >> 11;
    return (v >> 20 & 1) | (v >> 9 & 0x7FF) << 1 | (v >> 7 & 3) << 14 | (v >> 2 & 0x1F) << 16 | (v & 3) << 12;
}

/* t = value, two instructions. */
void asm_constant(struct maker *maker, unsigned t, uint32_t value)
{
    uint32_t word = asm_with(insn_rows[INSN_LDIL].match, INSN_LDIL, 't', t);
    asm_put(maker, asm_with(word, INSN_LDIL, 'L', left_21(value)));
    asm_ldo(maker, t, (int32_t)(value & 0x7FF), t);
}

uint32_t asm_three(unsigned id, unsigned x, unsigned b, unsigned t)
{
    return asm_with(asm_with(asm_with(insn_rows[id].match, id, 'x', x), id, 'b', b), id, 't', t);
}

void asm_nop(struct maker *maker)
{
    asm_put(maker, asm_three(INSN_OR, 0, 0, 0));
}

/* A branch's displacement (bytes, a multiple of 4) from its address + 8. */
uint32_t asm_with_displacement(uint32_t word, unsigned id, int32_t bytes)
{
    uint32_t v = (uint32_t)(bytes / 4);

    if (insn_random_width(id, 'w') != 0) /* bits 19..28, 29, 31 */
        return asm_with(word, id, 'w', (v & 0x3FF) << 2 | (v >> 10 & 1) << 1 | (v >> 11 & 1));
    return asm_with(word, id, 'W', (v >> 11 & 0x1F) << 12 | (v & 0x3FF) << 2 | (v >> 10 & 1) << 1 | (v >> 16 & 1));
}

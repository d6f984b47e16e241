/* decode.c - an instruction word taken apart, once, for everyone.
 *
 * The rows, their fields and the lookup come from insns.def through gen_decode.c. The manual's appendix on instruction
 * formats gives the assembly of split immediates (low_sign_ext, assemble_3, assemble_12, assemble_17, assemble_21);
 * they are put together here and nowhere else.
 *
 * What always holds: a word decodes the same way whatever was decoded before, and no word fails.
 */
#include "cpu/isa/insn.h"

#include "mmu/base/bits.h"

/* A field's bits FIRST..LAST. */
struct run {
    char letter;
    uint8_t first, last;
};

/* Second level of the lookup: entry base + (word >> shift & mask) of insn_list_starts. */
struct window {
    uint16_t base, mask;
    uint8_t shift;
};

#include "insn_table.inc"

/* assemble_12, sign-extended and multiplied by 4: bit 31 is the sign, then bit 29, then bits 19..28. */
static int32_t branch_12(uint32_t word)
{
    uint32_t value = pa_field(word, 31, 31) << 11 | pa_field(word, 29, 29) << 10 | pa_field(word, 19, 28);
    return pa_sign_extend(value, 12) * 4;
}

/* assemble_17 likewise: sign, then bits 11..15, then as above. */
static int32_t branch_17(uint32_t word)
{
    uint32_t value = pa_field(word, 31, 31) << 16 | pa_field(word, 11, 15) << 11 | pa_field(word, 29, 29) << 10 |
                     pa_field(word, 19, 28);
    return pa_sign_extend(value, 17) * 4;
}

/* assemble_21 of the 21-bit field, shifted into the left part of the word. */
static int32_t immediate_21(uint32_t field)
{
    uint32_t value = (field & 1) << 20 | (field >> 1 & 0x7FF) << 9 | (field >> 14 & 3) << 7 |
                     (field >> 16 & 0x1F) << 2 | (field >> 12 & 3);
    return (int32_t)(value << 11);
}

/* The shift, extract and deposit conditions (3 bits: never = < OD TR <> >= EV) in the logical conditions' numbers. */
static uint8_t deposit_condition(uint32_t c)
{
    static const uint8_t logical[8] = {0, 2, 4, 14, 1, 3, 5, 15};
    return logical[c];
}

/* FMPYADD, FMPYSUB in single precision: 5 bits encode a half of registers 16..31, the top bit says which. */
static uint8_t multiple_register(uint8_t r)
{
    return (uint8_t)(16 | (r & 15) | (r & 16 ? 32 : 0));
}

static void finish_multiple(struct insn *insn)
{
    if (insn->sub != 0)
        return;
    insn->b = multiple_register(insn->b);
    insn->x = multiple_register(insn->x);
    insn->t = multiple_register(insn->t);
    insn->ra = multiple_register(insn->ra);
    insn->ta = multiple_register(insn->ta);
}

/* Immediates. */
static void decode_immediate(struct insn *insn, struct run run, uint32_t field)
{
    unsigned bits = run.last - run.first + 1U;

    switch (run.letter) {
    case 'i':
    case 'I':
    case 'd':
        insn->imm = pa_low_sign_extend(field, bits);
        break;
    case 'j':
        insn->im5 = (int8_t)pa_low_sign_extend(field, 5);
        break;
    case 'L':
        insn->imm = immediate_21(field);
        break;
    case 'w':
        insn->imm = branch_12(insn->word);
        break;
    case 'W':
        insn->imm = branch_17(insn->word);
        break;
    case 'o': /* in several pieces, left to right */
        insn->imm = (int32_t)((uint32_t)insn->imm << bits | field);
        break;
    case 'e':
        insn->imm = (int32_t)field;
        break;
    default:
        break;
    }
}

/* Everything that is not a register or an immediate. */
static void decode_small(struct insn *insn, struct run run, uint8_t field)
{
    switch (run.letter) {
    case 's':
        insn->s = field;
        break;
    case 'S': /* assemble_3: the top bit is written last */
        insn->s = (uint8_t)((field & 1) << 2 | field >> 1);
        break;
    case 'c':
        insn->cond = (uint8_t)(insn->cond | field << 1);
        break;
    case 'f':
        insn->cond |= field;
        break;
    case 'C': /* BB, BVB: only the bit that tells < from >= */
        insn->cond = run.first == run.last ? (uint8_t)(4 | field) : deposit_condition(field);
        break;
    case 'k':
        insn->cond = field;
        break;
    case 'm':
        insn->m = field;
        break;
    case 'u':
        insn->u = field;
        break;
    case 'h':
        insn->cc = field;
        break;
    case 'n':
        insn->n = field != 0;
        break;
    case 'p':
        insn->p = field;
        break;
    case 'q':
        insn->p = (uint8_t)(31 - field);
        break;
    case 'l':
        insn->len = (uint8_t)(32 - field);
        break;
    case 'U':
    case 'z':
        insn->sub = field;
        break;
    case 'F':
        insn->sub |= field;
        break;
    case 'G':
        insn->sub = (uint8_t)(field << 2);
        break;
    case 'M':
        insn->sub = !field;
        break;
    default:
        break;
    }
}

static void decode_field(struct insn *insn, struct run run)
{
    uint32_t field = pa_field(insn->word, run.first, run.last);

    switch (run.letter) {
    case 'b':
        insn->b = (uint8_t)field;
        break;
    case 'x':
        insn->x = (uint8_t)field;
        break;
    case 't':
        insn->t |= (uint8_t)field; /* T may have come first */
        break;
    case 'B':
        insn->b |= (uint8_t)(field << 5);
        break;
    case 'X':
        insn->x |= (uint8_t)(field << 5);
        break;
    case 'T':
        insn->t |= (uint8_t)(field << 5);
        break;
    case 'A':
        insn->ta = (uint8_t)field;
        break;
    case 'R':
        insn->ra = (uint8_t)field;
        break;
    case 'y': /* the last field of its row */
        insn->t = (uint8_t)field;
        finish_multiple(insn);
        break;
    case 'i':
    case 'I':
    case 'd':
    case 'j':
    case 'L':
    case 'w':
    case 'W':
    case 'o':
    case 'e':
        decode_immediate(insn, run, field);
        break;
    default:
        decode_small(insn, run, (uint8_t)field);
        break;
    }
}

/* Branches on a false condition: the complement of the condition written. */
static bool negates(unsigned id)
{
    return id == INSN_COMBF || id == INSN_COMIBF || id == INSN_ADDBF || id == INSN_ADDIBF;
}

static unsigned lookup(uint32_t word)
{
    const struct window *window = &insn_windows[word >> 26];
    const uint8_t *list = &insn_lists[insn_list_starts[window->base + (word >> window->shift & window->mask)]];

    while (*list != INSN_ILLEGAL && (word & insn_rows[*list].mask) != insn_rows[*list].match)
        list++;
    return *list;
}

void insn_decode(uint32_t word, struct insn *insn)
{
    unsigned id = lookup(word);

    *insn = (struct insn){.word = word, .id = (uint16_t)id};
    if (id == INSN_ILLEGAL)
        return;
    if (negates(id))
        insn->cond = 1;
    for (unsigned i = insn_first_run[id]; i < insn_first_run[id + 1]; i++)
        decode_field(insn, insn_runs[i]);
}

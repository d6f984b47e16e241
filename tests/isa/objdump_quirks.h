/* objdump_quirks.h - where binutils and this table rightly differ. */
#ifndef US_TESTS_ISA_OBJDUMP_QUIRKS_H
#define US_TESTS_ISA_OBJDUMP_QUIRKS_H

#include "cpu/isa/insn.h"

enum { OBJDUMP_QUIRKS_MAX = 32 };

/* How many quirks are listed. */
unsigned objdump_quirk_count(void);

/* Why objdump prints so, one line. */
const char *objdump_quirk_reason(unsigned quirk);

/* The quirk by which objdump prints THEIRS where our disassembler prints OURS for INSN; objdump_quirk_count() if none:
 * then one of the two is wrong. */
unsigned objdump_quirk_find(const struct insn *insn, const char *ours, const char *theirs);

/* A word from the region of undefined words that QUIRK is about, the rest from RANDOM_BITS. False: it is about
 * instructions. */
bool objdump_quirk_word(unsigned quirk, uint32_t random_bits, uint32_t *word);

#endif

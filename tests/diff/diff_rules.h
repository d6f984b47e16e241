/* diff_rules.h - which instructions the comparison with qemu-hppa leaves out, and why. */
#ifndef US_TESTS_DIFF_DIFF_RULES_H
#define US_TESTS_DIFF_DIFF_RULES_H

#include "cpu/isa/insn.h"

/* Why INSN cannot be compared: one line; NULL if it can. */
const char *diff_rule(const struct insn *insn);

/* INSN leaves carry bits that cannot be compared: an addition must follow before anything reads them. */
bool diff_spoils_carry(const struct insn *insn);

#endif

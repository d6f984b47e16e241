/* diff_rules.h - which instructions the comparison with qemu-hppa leaves out, and why. */
#ifndef US_TESTS_DIFF_DIFF_RULES_H
#define US_TESTS_DIFF_DIFF_RULES_H

#include "cpu/isa/insn.h"

enum {
    DIFF_QEMU_OLDEST = 702, /* 7.2, Debian 12's: 100 times the major number and the minor one */
};

/* Why INSN cannot be compared with version QEMU: one line; NULL if it can. */
const char *diff_rule(const struct insn *insn, unsigned qemu);

/* INSN must not be nullified: qemu carries out a part of it all the same. */
bool diff_spoils_nullification(const struct insn *insn);

#endif

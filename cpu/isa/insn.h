/* insn.h - the instruction table, and an instruction word taken apart by it.
 *
 * cpu/isa/insns.def is the one table: a row an instruction, whose bit picture is the manual's. Decoder, disassembler,
 * documentation page, random test generator and coverage are all made from it. Nothing else in the tree lists
 * instructions, except the semantics, one function a row, in exec_*.c.
 */
#ifndef US_CPU_ISA_INSN_H
#define US_CPU_ISA_INSN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* INSN_<NAME> for every row, in table order, then INSN_COUNT. INSN_ILLEGAL (0) stands for "no row matches". */
enum insn_id {
    INSN_ILLEGAL,
#define INSN(id, mnemonic, picture, operands, insn_class, traps, title, section) INSN_##id,
#include "cpu/isa/insns.def"
#undef INSN
    INSN_COUNT
};

/* A row. Row 0 is INSN_ILLEGAL: empty strings, matches nothing. */
struct insn_row {
    const char *id;       /* "ADD" */
    const char *mnemonic; /* as objdump prints it, without completers */
    const char *picture;  /* 32 characters (blanks ignored): 0 and 1 fixed, '-' ignored, letters name fields */
    const char *operands; /* format of completers and operands for the disassembler; see disasm.c */
    uint16_t insn_class;  /* enum insn_class flags */
    const char *traps;    /* what it can raise, for the documentation */
    const char *title;
    const char *section;  /* of the architecture manual */
    uint32_t mask, match; /* from the picture */
};

enum insn_class {
    CLASS_COMPUTE = 1 << 0,
    CLASS_MEMORY = 1 << 1,
    CLASS_BRANCH = 1 << 2,
    CLASS_SYSTEM = 1 << 3,
    CLASS_ASSIST = 1 << 4,     /* SFU and coprocessor, floating point included */
    CLASS_NULLIFY = 1 << 5,    /* may nullify the next instruction */
    CLASS_PRIVILEGED = 1 << 6, /* privileged operation trap above level 0 */
    CLASS_ENDS_BLOCK = 1 << 7, /* may change translation, PSW or pending interruptions: nothing decoded after it runs
                                  before the processor has looked at them again */
    CLASS_STORE = 1 << 8,
    CLASS_FALLBACK = 1 << 9, /* takes the words of its picture that no other row takes */
};

/* An instruction word taken apart. Fields that a row does not have are 0.
 *
 * WHAT EACH LETTER OF A PICTURE BECOMES
 *
 *  b x t   register numbers, into b, x, t. b is the base, the second source (r2) or the register shifted, extracted
 *          from or branched through, and in MOVB/COMB/ADDB families the register that is written (bits 6..10); x is the
 *          index, the first source (r, r1), the register stored, or deposited; t the target, wherever it is drawn. In
 *          stores of coprocessor and floating-point registers t is the register stored. MFCTL: b is the control
 *          register, t the target. MTCTL: t is the control register, x the source.
 *  B X T   right half of the floating-point register b, x, t: 32 is added to its number. So a floating-point register
 *          is number | 32 for the right half; for a doubleword (fmt 1) use number & 31. XMPYU: b, x are halves, t is a
 *          whole register. Rows of major opcode 0C have no half bits: always left halves.
 *  A R     ta and ra of FMPYADD/FMPYSUB, into ta, ra (y: tm, into t). With fmt 0 the five encoded numbers are already
 *          turned into registers 16..31, | 32 for a right half.
 *  s       2-bit space field as written, into s: 0 selects SR 4..7 by the base register's top two bits, 1..3 name SR 1
 *          to 3. S: the 3-bit field, assembled: s = 0..7 is the space register.
 *  c f     condition: cond = c << 1 | f. In branches on a true condition f = 0, on a false one (COMBF, COMIBF, ADDBF,
 *          ADDIBF) the row stands for f = 1 and cond already has it: "branch if cond". Which table (add, compare,
 *          logical, unit) is the row's matter. Reserved conditions (logical c = 4..6, unit c = 1, 5) are passed on.
 *  C       condition of MOVB, MOVIB, shifts, extracts, deposits, already turned into the logical conditions' numbers:
 *          0 never, 1 always (TR), 2 =, 3 <>, 4 <, 5 >=, 14 OD, 15 EV. BB, BVB: 4 (<, the bit is 1) or 5 (>=, it is 0).
 *  i I d   5, 11 and 14-bit low-sign-extended immediates, into imm.
 *  j       5-bit low-sign-extended immediate of a branch (MOVIB, COMIB, ADDIB), into im5; imm is the displacement.
 *  L       the 21-bit immediate, assembled and shifted left by 11, into imm (LDIL, ADDIL).
 *  w W     12 and 17-bit branch displacements, assembled, sign-extended and multiplied by 4, into imm: BYTES. The 8
 *          that relative branches add is not in it. BE, BLE: the same, relative to the base register.
 *  e       unsigned immediate, into imm: BREAK im13, SSM/RSM i, PROBEI's 5-bit field, DIAG. z: BREAK im5, into sub.
 *  o       sub-operation of SPOP and COPR: its parts joined as the assembler writes them, into imm.
 *  U       SFU or coprocessor number, into sub.
 *  F       format, into sub: 0 single, 1 double, 2 reserved, 3 quadruple (M: the inverted bit of FMPYADD/FMPYSUB).
 *          G: the destination format of a conversion: sub = destination format << 2 | source format.
 *  k       5-bit condition of FCMP and FTEST, into cond.
 *  m       modify the base, into m.
 *  u       into u: indexed forms: shift the index by the operand's size; short forms: 0 modify after (ma), 1 modify
 *          before (mb), STBYS: 0 beginning (b), 1 end (e).
 *  h       cache control hint as written, into cc: 0 none, 1 block copy (stores), coherent (LDCW), 2 spatial locality.
 *  n       nullify, into n. PMDIS, COPR, SPOP too.
 *  p       bit position, into p, as written (EXTRU, EXTRS, BB). q: the complemented position: p = 31 - field, which is
 *          the manual's p: the position of DEP's rightmost bit, the shift amount of SHD.
 *  l       length, into len: 32 - field, 1..32.
 */
struct insn {
    uint32_t word;
    uint16_t id;      /* enum insn_id */
    uint8_t b;        /* bits 6..10: base or second source (r2 of three-register forms) */
    uint8_t x;        /* bits 11..15: index or first source (r, r1) */
    uint8_t t;        /* the target, wherever the row's picture has it */
    uint8_t s;        /* space register field: 2 bits as written, or 0..7 already assembled for 3-bit fields */
    uint8_t cond;     /* condition: c (3 bits) << 1 | f, 0 = never for f = 0; branches and bit tests likewise */
    uint8_t m, u, cc; /* m: modify; u: index shift or a: after/before; cc: cache control hint */
    bool n;           /* nullify */
    uint8_t p, len;   /* position and length (1..32) of shifts, extracts and deposits, as numbers the manual uses */
    uint8_t sub;      /* sub-operation: uid, fmt, sop... as the row's semantics need */
    uint8_t ra, ta;   /* FMPYADD, FMPYSUB */
    int8_t im5;       /* -16..15: the immediate of MOVIB, COMIBT/F, ADDIBT/F, whose imm is the displacement */
    int32_t imm;      /* immediate or displacement in bytes, assembled and sign-extended */
};

extern const struct insn_row insn_rows[INSN_COUNT];

/* Take WORD apart. insn->id is INSN_ILLEGAL if no row matches (then only word is set). Never fails. */
void insn_decode(uint32_t word, struct insn *insn);

/* The text of WORD at ADDRESS (for branch targets), byte for byte what `hppa-linux-gnu-objdump -d` prints after the
 * opcode bytes (with its tab and runs of spaces replaced by one space), except where objdump prints the PA-RISC 2.0
 * reading of a word or is mistaken: those places are listed, with reasons, in tests/isa/objdump_quirks.c.
 * Returns the length; TEXT is cut at SIZE and always terminated if SIZE > 0. */
size_t insn_disassemble(uint32_t word, uint32_t address, char *text, size_t size);

#endif

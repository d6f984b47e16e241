/* test_table.c - the instruction table and the decoder, without any other program.
 *
 * Checks that every row is complete (texts, a known class, every operand that the format prints has its field), that
 * the decoder finds exactly the row that a search through all rows finds, that fields survive encoding and decoding,
 * and that every instruction named in the manual's index has a row.  test_table [--seed N]
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/base/bits.h"
#include "tests/isa/insn_random.h"

struct check {
    unsigned failures;
};

static void fail(struct check *check, const char *id, const char *what)
{
    printf("%s: %s\n", id, what);
    check->failures++;
}

/* The third edition's instructions by their 1.1 names; forms that differ in addressing share a name with X or S. */
static const char *const manual[] = {
    "ADD",    "ADDBF",   "ADDBT",   "ADDC",    "ADDCO",   "ADDI",    "ADDIBF",  "ADDIBT",  "ADDIL",   "ADDIO",
    "ADDIT",  "ADDITO",  "ADDL",    "ADDO",    "AND",     "ANDCM",   "BB",      "BE",      "BL",      "BLE",
    "BLR",    "BREAK",   "BV",      "BVB",     "CLDDS",   "CLDDX",   "CLDWS",   "CLDWX",   "COMBF",   "COMBT",
    "COMCLR", "COMIBF",  "COMIBT",  "COMICLR", "COPR",    "CSTDS",   "CSTDX",   "CSTWS",   "CSTWX",   "DCOR",
    "DEP",    "DEPI",    "DIAG",    "DS",      "EXTRS",   "EXTRU",   "FABS",    "FADD",    "FCMP",    "FCNVFF",
    "FCNVFX", "FCNVFXT", "FCNVXF",  "FCPY",    "FDC",     "FDCE",    "FDIV",    "FIC",     "FICE",    "FLDDS",
    "FLDDX",  "FLDWS",   "FLDWX",   "FMPY",    "FMPYADD", "FMPYSUB", "FRND",    "FSQRT",   "FSTDS",   "FSTDX",
    "FSTWS",  "FSTWX",   "FSUB",    "FTEST",   "GATE",    "IDCOR",   "IDTLBA",  "IDTLBP",  "IITLBA",  "IITLBP",
    "LCI",    "LDB",     "LDBS",    "LDBX",    "LDCWS",   "LDCWX",   "LDH",     "LDHS",    "LDHX",    "LDIL",
    "LDO",    "LDSID",   "LDW",     "LDWAS",   "LDWAX",   "LDWM",    "LDWS",    "LDWX",    "LPA",     "MFCTL",
    "MFSP",   "MOVB",    "MOVIB",   "MTCTL",   "MTSM",    "MTSP",    "OR",      "PDC",     "PDTLB",   "PDTLBE",
    "PITLB",  "PITLBE",  "PMDIS",   "PMENB",   "PROBER",  "PROBERI", "PROBEW",  "PROBEWI", "RFI",     "RFIR",
    "RSM",    "SH1ADD",  "SH1ADDL", "SH1ADDO", "SH2ADD",  "SH2ADDL", "SH2ADDO", "SH3ADD",  "SH3ADDL", "SH3ADDO",
    "SHD",    "SPOP0",   "SPOP1",   "SPOP2",   "SPOP3",   "SSM",     "STB",     "STBS",    "STBYS",   "STH",
    "STHS",   "STW",     "STWAS",   "STWM",    "STWS",    "SUB",     "SUBB",    "SUBBO",   "SUBI",    "SUBIO",
    "SUBO",   "SUBT",    "SUBTO",   "SYNC",    "SYNCDMA", "UADDCM",  "UADDCMT", "UXOR",    "VDEP",    "VDEPI",
    "VEXTRS", "VEXTRU",  "VSHD",    "XMPYU",   "XOR",     "ZDEP",    "ZDEPI",   "ZVDEP",   "ZVDEPI",
};

static void check_manual(struct check *check)
{
    for (size_t i = 0; i < sizeof manual / sizeof manual[0]; i++) {
        bool found = false;
        for (unsigned id = 1; id < INSN_COUNT; id++)
            found |= strcmp(insn_rows[id].id, manual[i]) == 0;
        if (!found)
            fail(check, manual[i], "in the manual, not in the table");
    }
}

/* The picture's letters that a format directive needs, any one of them; "" if none. */
static const char *needed(char directive, bool assist)
{
    switch (directive) {
    case 'A':
    case 'S':
        return "c";
    case 'L':
        return "cC";
    case 'U':
        return assist ? "U" : "c";
    case 'n':
    case 'm':
    case 'p':
    case 'l':
    case 'b':
    case 'x':
    case 't':
    case 'u':
        return (const char *[]){"n", "m", "pq", "l", "b", "x", "t", "u"}[strchr("nmplbxtu", directive) - "nmplbxtu"];
    case 'a':
    case 'o':
    case 'y':
        return "u";
    case 'h':
    case 'k':
    case 'W':
        return "h";
    case 'f':
        return "FM";
    case 'g':
        return "G";
    case 'q':
    case 'T':
        return "k";
    case '1':
    case 'j':
    case 'C':
        return "b";
    case '2':
        return "x";
    case 'F':
    case 'c':
        return "ty";
    case '3':
        return "R";
    case '4':
        return "A";
    case 'z':
        return "S";
    case 'i':
        return "iIdLwW";
    case 'M':
        return "d";
    case 'I':
        return "j";
    case 'e':
        return "eo";
    case 'v':
        return "z";
    case 'P':
        return "p";
    case 'd':
        return "wW";
    case '%':
        return "";
    default:
        return NULL;
    }
}

static void check_operands(struct check *check, const struct insn_row *row)
{
    for (const char *p = row->operands; *p; p++) {
        if (*p != '%')
            continue;
        const char *letters = needed(*++p, (row->insn_class & CLASS_ASSIST) != 0);
        if (!letters)
            fail(check, row->id, "unknown directive in the operand format");
        else if (*letters && !strpbrk(row->picture, letters))
            fail(check, row->id, "prints a field that the picture has not");
    }
}

static void check_row(struct check *check, unsigned id)
{
    const struct insn_row *row = &insn_rows[id];
    const uint16_t kinds = CLASS_COMPUTE | CLASS_MEMORY | CLASS_BRANCH | CLASS_SYSTEM | CLASS_ASSIST;
    bool nullifies = strpbrk(row->picture, "nfC") != NULL;

    if (!*row->id || !*row->mnemonic || !*row->title || !*row->section)
        fail(check, row->id, "a text is missing");
    if ((row->insn_class & kinds) == 0)
        fail(check, row->id, "no class");
    if ((row->insn_class & CLASS_STORE) && !(row->insn_class & CLASS_MEMORY))
        fail(check, row->id, "stores but is not a memory reference");
    if ((row->insn_class & CLASS_PRIVILEGED) && !strstr(row->traps, "privileged operation"))
        fail(check, row->id, "privileged, but its traps do not say so");
    if (nullifies && !(row->insn_class & CLASS_NULLIFY))
        fail(check, row->id, "has a condition or a nullify bit, but not CLASS_NULLIFY");
    if ((row->match & ~row->mask) != 0)
        fail(check, row->id, "match outside mask");
    check_operands(check, row);
}

/* What insn_decode should find, by looking at every row. */
static unsigned search(struct check *check, uint32_t word)
{
    unsigned fallback = INSN_ILLEGAL, found = INSN_ILLEGAL;

    for (unsigned id = 1; id < INSN_COUNT; id++) {
        if ((word & insn_rows[id].mask) != insn_rows[id].match)
            continue;
        if (insn_rows[id].insn_class & CLASS_FALLBACK)
            fallback = id;
        else if (found != INSN_ILLEGAL)
            fail(check, insn_rows[id].id, "overlaps another row");
        else
            found = id;
    }
    return found ? found : fallback;
}

static void check_words(struct check *check, struct insn_random *random)
{
    for (unsigned i = 0; i < 400000 && check->failures < 20; i++) {
        uint32_t word = i % 2 ? (uint32_t)insn_random_bits(random) : insn_random_word(random, 1 + i % (INSN_COUNT - 1));
        struct insn insn;
        insn_decode(word, &insn);
        if (insn.id != search(check, word) || insn.word != word) {
            printf("%08" PRIx32 ": decoded as \"%s\", not as \"%s\"\n", word, insn_rows[insn.id].id,
                   insn_rows[search(check, word)].id);
            check->failures++;
        }
    }
}

/* Immediates whose value is known from how the assembler writes them. */
static void check_fields(struct check *check)
{
    static const struct {
        uint32_t word;
        unsigned id;
        int32_t imm;
    } known[] = {
        {0x4BC23FD1, INSN_LDW, -24},         /* ldw -24(%sp),%rp */
        {0x6BC23FD9, INSN_STW, -20},         /* stw %rp,-20(%sp) */
        {0x6FC30100, INSN_STWM, 128},        /* stwm %r3,128(%sp) */
        {0x4FC33F81, INSN_LDWM, -64},        /* ldwm -64(%sp),%r3 */
        {0x37DE0080, INSN_LDO, 64},          /* ldo 64(%sp),%sp */
        {0xE8400000, INSN_BL, 0},            /* bl .+8,%rp */
        {0xE85F1FF5, INSN_BL, -8},           /* bl .,%rp */
        {0x20227246, INSN_LDIL, 0x12345800}, /* ldil L%0x12345800,%r1 */
        {0x28600001, INSN_ADDIL, INT32_MIN}, /* addil L%0x80000000,%r3 */
        {0x80838070, INSN_COMBT, 64 - 8},    /* combt,<< %r3,%r4,.+64 */
        {0xE81F00B5, INSN_BL, -4000 - 8},    /* bl .-4000,%r0 */
        {0x84BB3FCD, INSN_COMIBT, -20 - 8},  /* comibt,= -3,%r5,.-20 */
        {0xE4202000, INSN_BLE, 0},           /* ble 0(%sr4,%r1) */
        {0xD3C0187F, INSN_EXTRU, 0},         /* extru %sp,3,1,%r0 */
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct insn insn;
        insn_decode(known[i].word, &insn);
        if (insn.id != known[i].id || insn.imm != known[i].imm) {
            printf("%08" PRIx32 ": row %s, immediate %" PRId32 "\n", known[i].word, insn_rows[insn.id].id, insn.imm);
            check->failures++;
        }
    }
}

/* A field set by its letter is the field decoded; the register letters stand for all. */
static void check_setting(struct check *check, struct insn_random *random)
{
    for (unsigned id = 1; id < INSN_COUNT; id++) {
        struct insn insn;
        uint32_t word = insn_random_word(random, id);
        if (id == INSN_FMPYADD || id == INSN_FMPYSUB || (insn_rows[id].insn_class & CLASS_FALLBACK))
            continue;
        word = insn_random_set(insn_random_set(insn_random_set(word, id, 'b', 21), id, 'x', 10), id, 't', 5);
        insn_decode(word, &insn);
        if (insn.id != id || (insn_random_width(id, 'b') == 5 && (insn.b & 31) != 21) ||
            (insn_random_width(id, 'x') == 5 && (insn.x & 31) != 10) ||
            (insn_random_width(id, 't') == 5 && (insn.t & 31) != 5))
            fail(check, insn_rows[id].id, "a register field does not decode to what was set");
    }
}

/* The text is cut, never overrun. */
static void check_cut(struct check *check)
{
    char whole[64], cut[8];

    memset(cut, 'x', sizeof cut);
    size_t length = insn_disassemble(0x6BC23FD9, 0, whole, sizeof whole);
    size_t short_length = insn_disassemble(0x6BC23FD9, 0, cut, 5);
    if (length != strlen(whole) || short_length != 4 || strncmp(whole, cut, 4) != 0 || cut[4] != '\0' || cut[5] != 'x')
        fail(check, "insn_disassemble", "a short buffer is not respected");
    if (insn_disassemble(0x6BC23FD9, 0, NULL, 0) != 0)
        fail(check, "insn_disassemble", "no buffer at all");
}

int main(int argc, char **argv)
{
    uint64_t seed = argc > 2 && strcmp(argv[1], "--seed") == 0 ? strtoull(argv[2], NULL, 0) : 1;
    struct insn_random random = {seed};
    struct check tally = {0}, *check = &tally;

    printf("seed %" PRIu64 "\n", seed);
    check_manual(check);
    for (unsigned id = 1; id < INSN_COUNT; id++)
        check_row(check, id);
    check_words(check, &random);
    check_fields(check);
    check_setting(check, &random);
    check_cut(check);
    printf("%u rows, %u failures\n", INSN_COUNT - 1, check->failures);
    return check->failures != 0;
}

/* objdump_quirks.c - where binutils and this table rightly differ, each place with its reason.
 *
 * Two lists. REGIONS are words that PA-RISC 1.1 leaves undefined (illegal here) and that objdump reads by a later, or
 * earlier, architecture. QUIRKS are instructions of 1.1 that objdump prints differently; each says exactly how the two
 * texts differ, so that any other difference is still found. The test fails when an entry is not needed.
 */
#include "tests/isa/objdump_quirks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/base/bits.h"

struct region {
    uint32_t mask, match;
    const char *theirs; /* their text begins so */
    const char *reason;
};

static const struct region regions[] = {
    {0xFC000000, 0x50000000, "", "2.0: LDD and FLDD, long displacement"},
    {0xF8000000, 0x58000000, "", "2.0: FLDW and LDW, long displacement (16, 17)"},
    {0xFC000000, 0x70000000, "", "2.0: STD and FSTD, long displacement"},
    {0xF8000000, 0x78000000, "", "2.0: FSTW and STW, long displacement (1E, 1F)"},
    {0xFC000000, 0x9C000000, "cmpb,*", "2.0: CMPB on doublewords, condition true"},
    {0xFC000000, 0xBC000000, "cmpb,*", "2.0: CMPB on doublewords, condition false"},
    {0xFC000000, 0xEC000000, "cmpib,*", "2.0: CMPIB on doublewords"},
    {0xFC000000, 0xB8000000, "fmpy", "2.0: fused multiply and add"},
    {0xFC000000, 0xD8000000, "extrd", "2.0: EXTRD"},
    {0xFC000000, 0xF0000000, "depd", "2.0: DEPD"},
    {0xFC000000, 0xF4000000, "depdi", "2.0: DEPDI"},
    {0xFC000000, 0xF8000000, "", "2.0: permutations and halfword shifts"},
    {0xFC000000, 0x3C000000, "f", "1.0: quadruple loads and stores"},
    {0xFC000800, 0x90000800, "cmpiclr,*", "2.0: CMPICLR on doublewords"},
    {0xFC000020, 0x08000020, "", "2.0: three-register operations on doublewords"},
    {0xFC000020, 0x08000000, "h", "2.0: halfword arithmetic"},
    {0xFC0003E0, 0x080002C0, "shladd(null)", "2.0: SHLADD without a name"},
    {0xFC000000, 0x0C000000, "ldd", "2.0: LDD, LDDA"},
    {0xFC000000, 0x0C000000, "ldcd", "2.0: LDCD"},
    {0xFC000000, 0x0C000000, "std", "2.0: STD, STDA, STDBY"},
    {0xF8002000, 0xC0002000, "bb,*", "2.0: BB on doublewords"},
    {0xFC000000, 0xD0000000, "shrpd", "2.0: SHRPD"},
    {0xFC000000, 0xD0000000, "extrd", "2.0: EXTRD, variable"},
    {0xFC000000, 0xD4000000, "depd", "2.0: DEPD and DEPDI, variable"},
    {0xFC008000, 0xE8008000, "b,l", "2.0: B,L with a 22-bit displacement"},
    {0xFC000000, 0x04000000, "gf", "graphics flushes of one implementation"},
    {0xFC0007C0, 0x04000600, "p", "2.0: PDTLB and PITLB, local"},
    {0xFC001FC0, 0x040013C0, "fic", "2.0: FIC by a data address"},
    {0xFC00FFE0, 0x04001800, "idtlbt", "2.0: IDTLBT"},
    {0xFC00FFE0, 0x04000800, "iitlbt", "2.0: IITLBT"},
    {0xFC003FC0, 0x04003280, "fdc", "2.0: FDC, short displacement"},
    {0xFC1FDFFC, 0xE800D000, "bve", "2.0: BVE"},
    {0xFFFFF007, 0xE8004005, "", "2.0: CLRBTS, POPBTS"},
    {0xFFE0FFFF, 0xE8004001, "push", "2.0: PUSHBTS, PUSHNOM"},
    {0xFFFFFF1F, 0x00000C00, "rfi", "objdump ignores three bits of RFI's extension"},
    {0xFFE0FFFF, 0x016018C0, "mtsarcm", "2.0: MTSARCM"},
    {0xFFFFFFE0, 0x000014A0, "mfia", "2.0: MFIA"},
};

enum { REGIONS = sizeof regions / sizeof regions[0] };

static bool starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* OURS with every FROM replaced by TO is THEIRS. */
static bool same_after(const char *ours, const char *from, const char *to, const char *theirs)
{
    char text[128] = "";

    while (*ours && strlen(text) + strlen(to) + 2 < sizeof text) {
        if (starts(ours, from)) {
            strcat(text, to);
            ours += strlen(from);
        } else {
            strncat(text, ours++, 1);
        }
    }
    return strcmp(text, theirs) == 0;
}

/* Loads and stores with a long displacement, and LDO. */
static bool is_long(const struct insn *insn)
{
    unsigned major = insn->word >> 26;
    return (major >= 0x10 && major <= 0x13) || (major >= 0x18 && major <= 0x1B) || major == 0x0D;
}

/* assemble_16 of PA-RISC 2.0's wide mode: the space bits are part of the displacement. */
static bool wide_displacement(const struct insn *insn, const char *ours, const char *theirs)
{
    uint32_t sign = insn->word & 1, space = pa_field(insn->word, 16, 17) ^ (sign ? 3 : 0);
    int32_t wide = pa_sign_extend(sign << 15 | space << 13 | pa_field(insn->word, 18, 30), 16);
    char narrow_text[24], wide_text[24], base[8] = "", expected[128];
    const char *open = strchr(ours, '(');

    if (!is_long(insn) || pa_field(insn->word, 16, 17) == 0)
        return false;
    snprintf(narrow_text, sizeof narrow_text, "%s%x", insn->imm < 0 ? "-" : "", (unsigned)abs(insn->imm));
    snprintf(wide_text, sizeof wide_text, "%s%x", wide < 0 ? "-" : "", (unsigned)abs(wide));
    const char *operands = strchr(ours, ' ');
    const char *at = operands ? strstr(operands, narrow_text) : NULL;
    for (const char *next = at; next && open && next < open; next = strstr(next + 1, narrow_text))
        at = next; /* the last one before the base register, or the only one of `ldi` */
    if (!at)
        return false;
    const char *rest = at + strlen(narrow_text);
    if (open) {
        const char *comma = strchr(open, ',');
        const char *close = strchr(open, ')');
        bool spaced = insn->s != 0 && comma && comma < close;
        snprintf(base, sizeof base, "(%.*s", (int)(close - (spaced ? comma + 1 : open + 1)),
                 spaced ? comma + 1 : open + 1);
        rest = close;
    }
    snprintf(expected, sizeof expected, "%.*s%s%s%s", (int)(at - ours), ours, wide_text, base, rest);
    return strcmp(expected, theirs) == 0 || same_after(expected, ",ma", ",mb", theirs) ||
           same_after(expected, ",mb", ",ma", theirs);
}

static bool modify_sign(const struct insn *insn, const char *ours, const char *theirs)
{
    return (insn->id == INSN_LDWM || insn->id == INSN_STWM) && (insn->imm >= 4096 || insn->imm < -4096) &&
           (same_after(ours, ",ma", ",mb", theirs) || same_after(ours, ",mb", ",ma", theirs));
}

static bool add_branch(const struct insn *insn, const char *ours, const char *theirs)
{
    static const char *const wide[3] = {",*=", ",*<", ",*<="}, *const wide_false[3] = {",*<>", ",*>=", ",*>"};
    static const char *const narrow[3] = {",znv", ",sv", ",od"}, *const narrow_false[3] = {",vnz", ",nsv", ",ev"};
    unsigned c = insn->cond >> 1;

    if (insn->id != INSN_ADDBT && insn->id != INSN_ADDBF && insn->id != INSN_ADDIBT && insn->id != INSN_ADDIBF)
        return false;
    if (c < 5)
        return false;
    return insn->cond & 1 ? same_after(ours, narrow_false[c - 5], wide_false[c - 5], theirs)
                          : same_after(ours, narrow[c - 5], wide[c - 5], theirs);
}

static bool logical_condition(const struct insn *insn, const char *ours, const char *theirs)
{
    return same_after(ours, ",rsv", "(null)", theirs);
}

static bool unit_condition(const struct insn *insn, const char *ours, const char *theirs)
{
    static const char *const words[4] = {",swz", ",nwz", ",swc", ",nwc"};
    return same_after(ours, ",rsv", words[(insn->cond >= 8) * 2 + (insn->cond & 1)], theirs);
}

static bool ordered_store(const struct insn *insn, const char *ours, const char *theirs)
{
    return insn->id == INSN_STWAS && insn->imm == 0 && same_after(ours, ",mb", ",o", theirs);
}

/* They always print ",o" and the displacement 0. */
static bool coprocessor_short(const struct insn *insn, const char *ours, const char *theirs)
{
    char mnemonic[16], expected[128];
    const char *tail = strchr(ours, '('), *hint = insn->cc == 1 ? ",bc" : insn->cc == 2 ? ",sl" : "";
    unsigned id = insn->id;

    if (id != INSN_CLDWS && id != INSN_CLDDS && id != INSN_CSTWS && id != INSN_CSTDS)
        return false;
    snprintf(mnemonic, sizeof mnemonic, "%s,%u", insn_rows[id].mnemonic, insn->sub);
    if (!starts(ours, mnemonic) || !tail)
        return false;
    const char *stored = strchr(ours, ' ');
    int stored_length = (insn_rows[id].insn_class & CLASS_STORE) && stored ? (int)strcspn(stored + 1, ",") + 1 : 0;
    snprintf(expected, sizeof expected, "%s,o%s %.*s0%s", mnemonic, hint, stored_length, stored ? stored + 1 : "",
             tail);
    return strcmp(expected, theirs) == 0;
}

static bool multiple_half(const struct insn *insn, const char *ours, const char *theirs)
{
    return (insn->id == INSN_FMPYADD || insn->id == INSN_FMPYSUB) && insn->sub == 0 &&
           same_after(ours, "R", "", theirs);
}

static bool monitor_disable(const struct insn *insn, const char *ours, const char *theirs)
{
    return insn->word == 0x30000280 && strcmp(ours, "pmdis") == 0 && starts(theirs, "fcnv");
}

static bool later_float(const struct insn *insn, const char *ours, const char *theirs)
{
    return (insn->id == INSN_COPR || insn->id == INSN_FOP_E) &&
           (starts(theirs, "fcmp") || starts(theirs, "fcnv") || starts(theirs, "fneg") || starts(theirs, "ftest"));
}

static bool multiply_reserved(const struct insn *insn, const char *ours, const char *theirs)
{
    return insn->id == INSN_FOP_E && starts(theirs, "xmpyu") && (insn->word & (PA_BIT(20) | PA_BIT(25))) != 0;
}

static bool remainder_format(const struct insn *insn, const char *ours, const char *theirs)
{
    return insn->id == INSN_FREM_E && pa_field(insn->word, 19, 19) == 1 &&
           (same_after(ours, ",sgl", "", theirs) || same_after(ours, ",dbl", ",quad", theirs));
}

static bool wide_shift_amount(const struct insn *insn, const char *ours, const char *theirs)
{
    return insn->id == INSN_MFCTL && pa_field(insn->word, 17, 17) == 1 &&
           (starts(theirs, "# ") || same_after(ours, "mfctl ", "mfctl,w ", theirs));
}

struct quirk {
    bool (*holds)(const struct insn *insn, const char *ours, const char *theirs);
    const char *reason;
};

static const struct quirk quirks[] = {
    {wide_displacement,
     "long displacements: objdump takes the space field into a 16-bit displacement of 2.0's wide mode"},
    {modify_sign, "LDWM, STWM: objdump judges the displacement's sign by bit 18, not by bit 31"},
    {add_branch, "ADDB, ADDIB: conditions znv, sv, od are doubleword conditions in 2.0's wide mode"},
    {logical_condition, "logical conditions 4 to 6 are undefined; objdump prints (null)"},
    {unit_condition, "unit conditions 1 and 5 are undefined in 1.1, word conditions in 2.0"},
    {ordered_store, "STWAS,MB with displacement 0: objdump calls it ordered"},
    {coprocessor_short, "CLDWS and its like: objdump always prints an ordered access at displacement 0"},
    {multiple_half, "FMPYADD, FMPYSUB: objdump does not say which half of a single register"},
    {monitor_disable, "PMDIS without ,N: objdump prints a conversion"},
    {later_float, "floating-point operations that 2.0 added, here undefined operations of a coprocessor"},
    {multiply_reserved, "XMPYU with a double format or half a target is undefined"},
    {wide_shift_amount, "MFCTL ignores bit 17, with which 2.0 asks for all bits of SAR: mfctl,w"},
    {remainder_format, "FREM in opcode 0E: objdump reads r2's half bit as part of the format"},
};

enum { QUIRKS = sizeof quirks / sizeof quirks[0] };

unsigned objdump_quirk_count(void)
{
    return QUIRKS + REGIONS;
}

const char *objdump_quirk_reason(unsigned quirk)
{
    return quirk < QUIRKS ? quirks[quirk].reason : regions[quirk - QUIRKS].reason;
}

unsigned objdump_quirk_find(const struct insn *insn, const char *ours, const char *theirs)
{
    for (unsigned i = 0; i < QUIRKS; i++)
        if (quirks[i].holds(insn, ours, theirs))
            return i;
    for (unsigned i = 0; insn->id == INSN_ILLEGAL && i < REGIONS; i++)
        if ((insn->word & regions[i].mask) == regions[i].match && starts(theirs, regions[i].theirs))
            return QUIRKS + i;
    return QUIRKS + REGIONS;
}

bool objdump_quirk_word(unsigned quirk, uint32_t random_bits, uint32_t *word)
{
    if (quirk < QUIRKS)
        return false;
    const struct region *region = &regions[quirk - QUIRKS];
    *word = (random_bits & ~region->mask) | region->match;
    return true;
}

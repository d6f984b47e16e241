/* diff_rules.c - which instructions the comparison with qemu-hppa leaves out, and why.
 *
 * Two kinds: what a user program cannot do or what would end it (traps, privilege), or the manual leaves open; and what
 * a version of qemu-hppa does otherwise than the manual. 7.2 (Debian 12) and 10.0 (Debian 13) were looked at; where
 * qemu's history tells when it changed, a rule holds until or since that version. Each has a line, so that the list can
 * be read and shortened.
 */
#include "tests/diff/diff_rules.h"

#include <limits.h>
#include <string.h>

#include "mmu/base/bits.h"

struct rule {
    bool (*holds)(const struct insn *insn);
    unsigned from, before; /* versions of qemu, as in diff_rule */
    const char *reason;
};

static bool is_shift_add(const struct insn *insn)
{
    return insn->id == INSN_SH1ADD || insn->id == INSN_SH2ADD || insn->id == INSN_SH3ADD;
}

static bool traps(const struct insn *insn)
{
    const char *text = insn_rows[insn->id].traps;
    return strstr(text, "overflow") || strstr(text, "conditional");
}

static bool decimal(const struct insn *insn)
{
    return insn->id == INSN_DCOR || insn->id == INSN_IDCOR;
}

static bool shifts_and_adds(const struct insn *insn)
{
    return is_shift_add(insn) || insn->id == INSN_SH1ADDL || insn->id == INSN_SH2ADDL || insn->id == INSN_SH3ADDL ||
           insn->id == INSN_DS;
}

/* < <= nuv znv sv and their opposites. */
static bool shift_overflow(const struct insn *insn)
{
    unsigned c = insn->cond >> 1;
    return shifts_and_adds(insn) && c >= 2 && c <= 6;
}

/* nuv znv and their opposites. */
static bool shift_carry(const struct insn *insn)
{
    unsigned c = insn->cond >> 1;
    return shifts_and_adds(insn) && (c == 4 || c == 5);
}

static bool divide_step_target(const struct insn *insn)
{
    return insn->id == INSN_DS && insn->t == insn->b;
}

/* < <= sv and their opposites, and the target is the first operand. */
static bool divide_step_overflow(const struct insn *insn)
{
    unsigned c = insn->cond >> 1;
    return insn->id == INSN_DS && insn->t == insn->x && (c == 2 || c == 3 || c == 6);
}

static bool reserved_logical(const struct insn *insn)
{
    bool logical = insn->id == INSN_OR || insn->id == INSN_XOR || insn->id == INSN_AND || insn->id == INSN_ANDCM;
    return logical && insn->cond >= 8 && insn->cond < 14;
}

static bool reserved_unit(const struct insn *insn)
{
    unsigned c = insn->cond >> 1;
    return (insn->id == INSN_UXOR || insn->id == INSN_UADDCM) && (c == 1 || c == 5);
}

static bool exclusive_carry(const struct insn *insn)
{
    return insn->id == INSN_UXOR && insn->cond >> 1 >= 4;
}

/* The field begins to the left of bit 0. */
static bool field_too_long(const struct insn *insn)
{
    bool fixed = insn->id == INSN_EXTRU || insn->id == INSN_EXTRS || insn->id == INSN_DEP || insn->id == INSN_ZDEP ||
                 insn->id == INSN_DEPI || insn->id == INSN_ZDEPI;
    return fixed && insn->len > insn->p + 1;
}

/* Coprocessor operations that are not floating point, and those that no processor of 1.1 has. */
static bool not_float(const struct insn *insn)
{
    switch (insn->id) {
    case INSN_SPOP0:
    case INSN_SPOP1:
    case INSN_SPOP2:
    case INSN_SPOP3:
    case INSN_COPR:
    case INSN_FOP_E:
    case INSN_PMENB:
    case INSN_PMDIS:
    case INSN_FID:
    case INSN_FREM:
    case INSN_FREM_E:
        return true;
    default:
        return false;
    }
}

static bool is_conversion(const struct insn *insn)
{
    return (insn->id >= INSN_FCNVFF && insn->id <= INSN_FCNVFXT) ||
           (insn->id >= INSN_FCNVFF_E && insn->id <= INSN_FCNVFXT_E);
}

static bool reserved_format(const struct insn *insn)
{
    if (!(insn_rows[insn->id].insn_class & CLASS_ASSIST) || not_float(insn))
        return false;
    if ((insn->id == INSN_FCNVFF || insn->id == INSN_FCNVFF_E) && insn->sub >> 2 == (insn->sub & 3))
        return true;
    return is_conversion(insn) ? (insn->sub & 10) != 0 : insn->sub > 1;
}

/* A right half where the format says a whole register. */
static bool half_of_double(const struct insn *insn)
{
    if ((insn_rows[insn->id].insn_class & (CLASS_ASSIST | CLASS_MEMORY)) != CLASS_ASSIST)
        return false;
    bool source = insn->sub & 1, target = is_conversion(insn) ? insn->sub >> 2 & 1 : source;
    return (source && ((insn->b | insn->x) & 32)) || (target && (insn->t & 32));
}

static bool to_fixed(const struct insn *insn)
{
    return insn->id == INSN_FCNVFX || insn->id == INSN_FCNVFXT || insn->id == INSN_FCNVFX_E ||
           insn->id == INSN_FCNVFXT_E;
}

static bool double_to_single(const struct insn *insn)
{
    return (insn->id == INSN_FCNVFF || insn->id == INSN_FCNVFF_E) && (insn->sub & 3) == 1;
}

static bool multiple(const struct insn *insn)
{
    return insn->id == INSN_FMPYADD || insn->id == INSN_FMPYSUB;
}

static bool multiple_single(const struct insn *insn)
{
    return multiple(insn) && insn->sub == 0;
}

static bool multiple_overlap(const struct insn *insn)
{
    return multiple(insn) && (insn->ta == insn->b || insn->ta == insn->x || insn->ta == insn->t || insn->t == insn->ra);
}

/* acc, acc8, acc6, acc4, acc2 */
static bool accept_test(const struct insn *insn)
{
    unsigned c = insn->cond;
    return insn->id == INSN_FTEST && (c == 1 || c == 5 || c == 9 || c == 13 || c == 17);
}

/* rej, rej8 */
static bool reject_test(const struct insn *insn)
{
    return insn->id == INSN_FTEST && (insn->cond == 2 || insn->cond == 6);
}

static bool reserved_test(const struct insn *insn)
{
    return insn->id == INSN_FTEST && insn->cond != 0 && !accept_test(insn) && !reject_test(insn);
}

static bool scaled_clear(const struct insn *insn)
{
    return insn->id == INSN_LDCWX && pa_field(insn->word, 18, 18);
}

#define ALWAYS         0, UINT_MAX
#define UNTIL(version) 0, version
#define SINCE(version) version, UINT_MAX

static const struct rule rules[] = {
    {traps, ALWAYS, "would trap and end a user program"},
    {not_float, ALWAYS, "would trap: no such unit, or an unimplemented operation"},
    {reserved_format, ALWAYS, "would trap: reserved and quadruple formats, conversions to the same format"},
    {reserved_logical, ALWAYS, "logical conditions 4 to 6 are undefined"},
    {reserved_unit, ALWAYS, "unit conditions 1 and 5 are undefined"},
    {exclusive_carry, SINCE(900), "carry conditions of UXOR are undefined (until then as here: of the carry vector)"},
    {reserved_test, ALWAYS, "reserved conditions of FTEST"},
    {field_too_long, ALWAYS, "extracts and deposits of fields that begin beyond the register are undefined"},
    {multiple_overlap, ALWAYS, "FMPYADD and FMPYSUB with overlapping registers are undefined"},
    {multiple_single, ALWAYS, "single FMPYADD and FMPYSUB use registers that are not in the report"},

    {decimal, UNTIL(900), "qemu: DCOR and IDCOR take the wrong carry bits"},
    {shift_overflow, UNTIL(900), "qemu: conditions of SHnADD and DS ignore what the shift lost"},
    {shift_carry, SINCE(900), "qemu: unsigned overflow of SHnADD and DS: one bit to the right of what the shift lost"},
    {divide_step_target, ALWAYS, "qemu: DS whose target is its second operand computes V from the new value"},
    {divide_step_overflow, SINCE(900), "qemu: DS whose target is its first operand takes the shift of the new value"},
    {scaled_clear, SINCE(900), "qemu: LDCWX,S shifts by 3; the manual: by the data size, a word's"},
    {half_of_double, ALWAYS, "qemu: illegal where the manual ignores the half bit of a double register"},
    {to_fixed, ALWAYS, "qemu: a negative NaN becomes the largest positive integer"},
    {double_to_single, ALWAYS, "qemu: a NaN whose fraction is lost becomes an infinity"},
    {multiple, UNTIL(1000), "qemu: FMPYADD and FMPYSUB take the size bit inverted"},
    {reject_test, ALWAYS, "qemu: FTEST rej and rej8 ask for all results (until 9.0), for none (since), not for pairs"},
    {accept_test, SINCE(901), "qemu: FTEST acc, acc8 to acc2 ask for any result of the queue, not for none"},
};

const char *diff_rule(const struct insn *insn, unsigned qemu)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (qemu >= rules[i].from && qemu < rules[i].before && rules[i].holds(insn))
            return rules[i].reason;
    return NULL;
}

/* FMPYADD and FMPYSUB: the multiplication is nullified, the addition is not. */
bool diff_spoils_nullification(const struct insn *insn)
{
    return multiple(insn);
}

/* diff_rules.c - which instructions the comparison with qemu-hppa leaves out, and why.
 *
 * Two kinds: what a user program cannot do or what would end it (traps, privilege), and what qemu-hppa 7.2 is known to
 * do wrong, or what it and the manual leave open. Each has a line, so that the list can be read and shortened.
 */
#include "tests/diff/diff_rules.h"

#include <string.h>

struct rule {
    bool (*holds)(const struct insn *insn);
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

/* Conditions that look at the carry or the overflow: < <= nuv znv sv and their opposites. */
static bool shift_add_condition(const struct insn *insn)
{
    unsigned c = insn->cond >> 1;
    return c >= 2 && c <= 6 &&
           (is_shift_add(insn) || insn->id == INSN_SH1ADDL || insn->id == INSN_SH2ADDL || insn->id == INSN_SH3ADDL);
}

static bool divide_step_target(const struct insn *insn)
{
    return insn->id == INSN_DS && insn->t == insn->b;
}

/* < <= sv and their opposites. */
static bool divide_step_overflow(const struct insn *insn)
{
    unsigned c = insn->cond >> 1;
    return insn->id == INSN_DS && (c == 2 || c == 3 || c == 6);
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

static bool reserved_test(const struct insn *insn)
{
    unsigned c = insn->cond;
    return insn->id == INSN_FTEST && !(c == 0 || c == 1 || c == 5 || c == 9 || c == 13 || c == 17);
}

static const struct rule rules[] = {
    {traps, "would trap and end a user program"},
    {decimal, "qemu: DCOR and IDCOR take the wrong carry bits"},
    {shift_add_condition, "qemu: conditions of SHnADD ignore what the shift lost"},
    {divide_step_target, "qemu: DS whose target is its second operand computes V from the new value"},
    {divide_step_overflow, "qemu: conditions of DS that look at the overflow ignore the shift"},
    {reserved_logical, "logical conditions 4 to 6 are undefined"},
    {reserved_unit, "unit conditions 1 and 5 are undefined"},
    {field_too_long, "extracts and deposits of fields that begin beyond the register are undefined"},
    {not_float, "would trap: no such unit, or an unimplemented operation"},
    {reserved_format, "would trap: reserved and quadruple formats, conversions to the same format"},
    {half_of_double, "qemu: illegal where the manual ignores the half bit of a double register"},
    {to_fixed, "qemu: a negative NaN becomes the largest positive integer"},
    {double_to_single, "qemu: a NaN whose fraction is lost becomes an infinity"},
    {multiple, "qemu: FMPYADD and FMPYSUB take the size bit inverted"},
    {reserved_test, "reserved conditions of FTEST; qemu: rej and rej8 ask for all results instead of pairs"},
};

const char *diff_rule(const struct insn *insn)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (rules[i].holds(insn))
            return rules[i].reason;
    return NULL;
}

bool diff_spoils_carry(const struct insn *insn)
{
    return is_shift_add(insn);
}

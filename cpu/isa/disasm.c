/* disasm.c - the text of an instruction word, as GNU objdump writes it.
 *
 * A row's operand format (insns.def) is copied, except % and a letter:
 *
 *   completers  %A %S %L %U  condition of add, compare/subtract, logical (shifts, extracts, deposits, moves, bits),
 * unit %n nullify  %m modify  %u index shift and modify  %a %o modify after or before  %y STBYS  %M LDWM, STWM %h cache
 * hint  %k cache hint of LDCW  %f format  %g destination format  %q FCMP  %T FTEST %W objdump's old name of a hinted
 * FSTWS operands    %b %x %t general registers  %1 %2 %F floating-point b, x, t  %3 %4 floating-point ra, ta %j
 * (space,base) or (base)  %z space register of 3 bits  %c %C control register t, b %i immediate, signed hexadecimal  %e
 * unsigned  %v sub, unsigned hexadecimal  %U sub, decimal %p %l position, length  %d branch target  %% a per cent sign
 *
 * A format "#" prints the word as if it were illegal, and so does a word that no row matches.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "cpu/isa/insn.h"

struct text {
    char *at;
    size_t size, length; /* length counts what did not fit, too */
};

static void put(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct text *text, const char *format, ...)
{
    va_list arguments;
    size_t room = text->length < text->size ? text->size - text->length : 0;

    va_start(arguments, format);
    int written = vsnprintf(room ? text->at + text->length : NULL, room, format, arguments);
    va_end(arguments);
    text->length += written > 0 ? (size_t)written : 0;
}

static void put_register(struct text *text, unsigned r)
{
    switch (r) {
    case 2:
        put(text, "rp");
        break;
    case 27:
        put(text, "dp");
        break;
    case 28:
        put(text, "ret0");
        break;
    case 29:
        put(text, "ret1");
        break;
    case 30:
        put(text, "sp");
        break;
    default:
        put(text, "r%u", r);
        break;
    }
}

/* The first four registers are the status and exception registers, each half with a name of its own. */
static void put_fp_register(struct text *text, unsigned r)
{
    unsigned number = r & 31, right = r >> 5;

    if (r == 0)
        put(text, "fr0");
    else if (number < 4)
        put(text, "fpe%u", 2 * number + right);
    else
        put(text, "fr%u%s", number, right ? "R" : "");
}

static void put_control_register(struct text *text, unsigned r)
{
    static const char *const names[32] = {
        [0] = "rctr", [8] = "pidr1", [9] = "pidr2", [10] = "ccr",  [11] = "sar",  [12] = "pidr3", [13] = "pidr4",
        [14] = "iva", [15] = "eiem", [16] = "itmr", [17] = "pcsq", [18] = "pcoq", [19] = "iir",   [20] = "isr",
        [21] = "ior", [22] = "ipsw", [23] = "eirr", [24] = "tr0",  [25] = "tr1",  [26] = "tr2",   [27] = "tr3",
        [28] = "tr4", [29] = "tr5",  [30] = "tr6",  [31] = "tr7",
    };

    if (names[r])
        put(text, "%s", names[r]);
    else
        put(text, "cr%u", r);
}

/* A condition's completer; "rsv" where the manual defines none. */
static void put_condition(struct text *text, char kind, unsigned cond)
{
    static const char *const add[16] = {"",    "tr", "=",   "<>",  "<",  ">=",  "<=", ">",
                                        "nuv", "uv", "znv", "vnz", "sv", "nsv", "od", "ev"};
    static const char *const compare[16] = {"",   "tr",  "=",   "<>", "<",  ">=",  "<=", ">",
                                            "<<", ">>=", "<<=", ">>", "sv", "nsv", "od", "ev"};
    static const char *const logical[16] = {"",    "tr",  "=",   "<>",  "<",   ">=",  "<=", ">",
                                            "rsv", "rsv", "rsv", "rsv", "rsv", "rsv", "od", "ev"};
    static const char *const unit[16] = {"",    "tr",  "rsv", "rsv", "sbz", "nbz", "shz", "nhz",
                                         "sdc", "ndc", "rsv", "rsv", "sbc", "nbc", "shc", "nhc"};
    const char *const *names = kind == 'A' ? add : kind == 'S' ? compare : kind == 'L' ? logical : unit;

    if (cond != 0)
        put(text, ",%s", names[cond]);
}

static void put_fcmp_condition(struct text *text, unsigned cond)
{
    static const char *const names[32] = {"false?", "false", "?",  "!<=>", "=",   "=t",  "?=",    "!<>",
                                          "!?>=",   "<",     "?<", "!>=",  "!?>", "<=",  "?<=",   "!>",
                                          "!?<=",   ">",     "?>", "!<=",  "!?<", ">=",  "?>=",   "!<",
                                          "!?=",    "<>",    "!=", "!=t",  "!?",  "<=>", "true?", "true"};

    put(text, "%s", names[cond]);
}

static void put_ftest_condition(struct text *text, unsigned cond)
{
    static const char *const names[32] = {
        [1] = "acc", [2] = "rej", [5] = "acc8", [6] = "rej8", [9] = "acc6", [13] = "acc4", [17] = "acc2"};

    if (cond != 0)
        put(text, " ,%s", names[cond] ? names[cond] : "");
}

/* Signed hexadecimal. */
static void put_immediate(struct text *text, int32_t value)
{
    if (value < 0)
        put(text, "-%" PRIx32, -(uint32_t)value);
    else
        put(text, "%" PRIx32, (uint32_t)value);
}

/* objdump calls a post-increment by 0 "ordered", the 2.0 reading of the same bits. */
static bool is_ordered(const struct insn *insn)
{
    return insn->m && !insn->u && insn->imm == 0;
}

static void put_memory_completer(struct text *text, const struct insn *insn, char letter)
{
    static const char *const indexed[4] = {"", ",m", ",s", ",sm"};
    static const char *const stbys[4] = {"", ",b,m", ",e", ",e,m"};
    static const char *const hints[4] = {"", ",bc", ",sl", ""};

    switch (letter) {
    case 'u':
        put(text, "%s", indexed[insn->u << 1 | insn->m]);
        break;
    case 'y':
        put(text, "%s", stbys[insn->u << 1 | insn->m]);
        break;
    case 'a':
        if (insn->m)
            put(text, "%s", insn->u ? ",mb" : is_ordered(insn) ? ",o" : ",ma");
        break;
    case 'o': /* LDCWS: what %a prints, but never "ordered" */
        if (insn->m)
            put(text, "%s", insn->u ? ",mb" : ",ma");
        break;
    case 'M':
        put(text, "%s", insn->imm < 0 ? ",mb" : ",ma");
        break;
    case 'h':
        put(text, "%s", hints[insn->cc]);
        break;
    case 'k':
        put(text, "%s", insn->cc == 1 ? ",co" : "");
        break;
    case 'W':
        put(text, "%s", insn->cc != 0 && !is_ordered(insn) ? "s" : "");
        break;
    default:
        break;
    }
}

static void put_completer(struct text *text, const struct insn *insn, char letter)
{
    static const char *const formats[4] = {",sgl", ",dbl", "", ",quad"};

    switch (letter) {
    case 'n':
        put(text, "%s", insn->n ? ",n" : "");
        break;
    case 'm':
        put(text, "%s", insn->m ? ",m" : "");
        break;
    case 'f':
        put(text, "%s", formats[insn->sub & 3]);
        break;
    case 'g':
        put(text, "%s", formats[insn->sub >> 2 & 3]);
        break;
    case 'q':
        put_fcmp_condition(text, insn->cond);
        break;
    case 'T':
        put_ftest_condition(text, insn->cond);
        break;
    default:
        put_memory_completer(text, insn, letter);
        break;
    }
}

static void put_register_operand(struct text *text, const struct insn *insn, char letter)
{
    switch (letter) {
    case 'b':
        put_register(text, insn->b);
        break;
    case 'x':
        put_register(text, insn->x);
        break;
    case 't':
        put_register(text, insn->t);
        break;
    case '1':
        put_fp_register(text, insn->b);
        break;
    case '2':
        put_fp_register(text, insn->x);
        break;
    case 'F':
        put_fp_register(text, insn->t);
        break;
    case '3':
        put_fp_register(text, insn->ra);
        break;
    case '4':
        put_fp_register(text, insn->ta);
        break;
    case 'c':
        put_control_register(text, insn->t);
        break;
    case 'C':
        put_control_register(text, insn->b);
        break;
    case 'z':
        put(text, "sr%u", insn->s);
        break;
    case 'j':
        put(text, "(");
        if (insn->s)
            put(text, "sr%u,", insn->s);
        put_register(text, insn->b);
        put(text, ")");
        break;
    default:
        break;
    }
}

static void put_number(struct text *text, const struct insn *insn, uint32_t address, char letter)
{
    switch (letter) {
    case 'i':
        put_immediate(text, insn->imm);
        break;
    case 'I':
        put_immediate(text, insn->im5);
        break;
    case 'e':
        put(text, "%" PRIx32, (uint32_t)insn->imm);
        break;
    case 'v':
        put(text, "%x", insn->sub);
        break;
    case 'p':
        put(text, "%u", insn->p);
        break;
    case 'P':
        put(text, "%x", insn->p);
        break;
    case 'l':
        put(text, "%u", insn->len);
        break;
    case 'd': /* relative branches count from the instruction after the delay slot */
        put(text, "0x%" PRIx32, address + 8 + (uint32_t)insn->imm);
        break;
    default:
        break;
    }
}

static void put_directive(struct text *text, const struct insn *insn, uint32_t address, char letter)
{
    switch (letter) {
    case '%':
        put(text, "%%");
        break;
    case 'A':
    case 'S':
    case 'L':
        put_condition(text, letter, insn->cond);
        break;
    case 'U': /* a unit condition or a unit's number: rows have one or the other */
        if (insn_rows[insn->id].insn_class & CLASS_ASSIST)
            put(text, "%u", insn->sub);
        else
            put_condition(text, letter, insn->cond);
        break;
    case 'i':
    case 'I':
    case 'e':
    case 'v':
    case 'p':
    case 'P':
    case 'l':
    case 'd':
        put_number(text, insn, address, letter);
        break;
    case 'b':
    case 'x':
    case 't':
    case '1':
    case '2':
    case '3':
    case '4':
    case 'F':
    case 'c':
    case 'C':
    case 'z':
    case 'j':
        put_register_operand(text, insn, letter);
        break;
    default:
        put_completer(text, insn, letter);
        break;
    }
}

static void put_format(struct text *text, const struct insn *insn, uint32_t address, const char *format)
{
    for (; *format; format++) {
        if (*format == '%' && format[1])
            put_directive(text, insn, address, *++format);
        else
            put(text, "%c", *format);
    }
}

/* Instructions that the assembler has a shorter name for. False: INSN is none. */
static bool put_alias(struct text *text, const struct insn *insn, uint32_t address)
{
    const char *alias = NULL;

    if (insn->id == INSN_OR && insn->b == 0 && insn->cond == 0)
        alias = insn->x == 0 && insn->t == 0 ? "nop" : "copy %x,%t";
    else if (insn->id == INSN_LDO && insn->b == 0)
        alias = "ldi %i,%t";
    else if (insn->id == INSN_MTCTL && insn->t == 11)
        alias = "mtsar %x";
    if (alias)
        put_format(text, insn, address, alias);
    return alias != NULL;
}

size_t insn_disassemble(uint32_t word, uint32_t address, char *text, size_t size)
{
    struct text to = {text, size, 0};
    struct insn insn;

    insn_decode(word, &insn);
    if (size > 0)
        text[0] = '\0';
    const struct insn_row *row = &insn_rows[insn.id];
    if (insn.id == INSN_ILLEGAL || row->operands[0] == '#') {
        put(&to, word >> 28 ? "#%" PRIx32 : "# %" PRIx32, word);
    } else if (!put_alias(&to, &insn, address)) {
        put(&to, "%s", row->mnemonic);
        put_format(&to, &insn, address, row->operands);
    }
    return to.length < size ? to.length : size > 0 ? size - 1 : 0;
}

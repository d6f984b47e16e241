/* gen_decode.c - a program run while building: checks the instruction table, prints what the decoder needs of it.
 *
 * Reads cpu/isa/insns.def (by inclusion) and writes C text to standard output, which decode.c includes:
 *  - insn_rows[], every row with mask and match computed from its bit picture;
 *  - insn_runs[], the fields of each picture as runs of bits, and insn_first_run[], where each row's runs begin;
 *  - the two-level lookup: the major opcode (bits 0..5) selects a window of at most 11 bits, the window's value a short
 *    list of candidate rows, fallback rows last. The window is the one that makes the longest list shortest.
 *
 * Refuses (exit status 1, a line for each fault) a table in which a picture is malformed, two rows overlap, a text is
 * missing, or a major opcode has neither rows nor a place in the list of those that PA-RISC 1.1 leaves undefined.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/isa/insn.h"
#include "mmu/base/bits.h"

enum {
    WINDOW_BITS_MAX = 11,
    RUNS_MAX = 16,
    LIST_MAX = 32,
};

struct run {
    char letter;
    unsigned first, last;
};

struct checked_row {
    const struct insn_row *row;
    const char *class_text;
    uint32_t mask, match;
    struct run runs[RUNS_MAX];
    unsigned run_count;
};

static const struct insn_row table[INSN_COUNT] = {
    {"", "", "", "", 0, "", "", "", 0, 0},
#define INSN(id, mnemonic, picture, operands, insn_class, traps, title, section)                                       \
    {#id, mnemonic, picture, operands, insn_class, traps, title, section, 0, 0},
#include "cpu/isa/insns.def"
#undef INSN
};

/* Manual, operation codes: major opcodes without instructions in PA-RISC 1.1. */
static const uint8_t undefined_majors[] = {0x07, 0x0F, 0x14, 0x15, 0x16, 0x17, 0x1C, 0x1D, 0x1E, 0x1F,
                                           0x27, 0x2E, 0x2F, 0x36, 0x37, 0x3B, 0x3C, 0x3D, 0x3E, 0x3F};

static bool fault(const struct insn_row *row, const char *what)
{
    fprintf(stderr, "insns.def: %s: %s\n", row->id, what);
    return false;
}

/* Letters whose field may lie in several pieces. */
static bool letter_splits(char letter)
{
    return letter == 'w' || letter == 'W' || letter == 'o';
}

static bool add_bit(struct checked_row *checked, char letter, unsigned bit)
{
    struct run *last = checked->run_count ? &checked->runs[checked->run_count - 1] : NULL;

    if (last && last->letter == letter && last->last + 1 == bit) {
        last->last = bit;
        return true;
    }
    if (!strchr("bxtBXTARysScfCiIdjLwWezoUFGMkmuhnpql", letter))
        return fault(checked->row, "unknown letter in the picture");
    for (unsigned i = 0; i < checked->run_count; i++)
        if (checked->runs[i].letter == letter && !letter_splits(letter))
            return fault(checked->row, "a field in two pieces");
    if (checked->run_count == RUNS_MAX)
        return fault(checked->row, "too many fields");
    checked->runs[checked->run_count++] = (struct run){letter, bit, bit};
    return true;
}

static bool check_row(const struct insn_row *row, struct checked_row *checked)
{
    unsigned bit = 0;

    *checked = (struct checked_row){.row = row};
    for (const char *p = row->picture; *p; p++) {
        if (*p == ' ')
            continue;
        if (bit > 31)
            return fault(row, "more than 32 bits");
        if (*p == '0' || *p == '1') {
            checked->mask |= PA_BIT(bit);
            checked->match |= *p == '1' ? PA_BIT(bit) : 0;
        } else if (*p != '-' && !add_bit(checked, *p, bit)) {
            return false;
        }
        bit++;
    }
    if (bit != 32)
        return fault(row, "fewer than 32 bits");
    if ((checked->mask >> 26) != 0x3F)
        return fault(row, "the major opcode is not fixed");
    if (!*row->mnemonic || !*row->title || !*row->section || !row->insn_class)
        return fault(row, "mnemonic, title, section or class is missing");
    return true;
}

static bool is_fallback(const struct checked_row *row)
{
    return (row->row->insn_class & CLASS_FALLBACK) != 0;
}

static bool check_overlap(const struct checked_row *rows)
{
    bool good = true;

    for (unsigned i = 1; i < INSN_COUNT; i++)
        for (unsigned j = i + 1; j < INSN_COUNT; j++)
            if (is_fallback(&rows[i]) == is_fallback(&rows[j]) &&
                ((rows[i].match ^ rows[j].match) & rows[i].mask & rows[j].mask) == 0) {
                fprintf(stderr, "insns.def: %s and %s overlap\n", rows[i].row->id, rows[j].row->id);
                good = false;
            }
    return good;
}

static bool check_majors(const struct checked_row *rows)
{
    bool good = true;

    for (unsigned major = 0; major < 64; major++) {
        bool defined = false;
        bool listed = memchr(undefined_majors, (int)major, sizeof undefined_majors) != NULL;
        for (unsigned i = 1; i < INSN_COUNT; i++)
            defined |= rows[i].match >> 26 == major;
        if (defined == listed) {
            fprintf(stderr, "insns.def: major opcode %02X is %s\n", major, defined ? "listed as undefined" : "missing");
            good = false;
        }
    }
    return good;
}

/* The rows of MAJOR that can match when WORD's bits under WINDOW are as given, fallback rows last. */
static unsigned candidates(const struct checked_row *rows, unsigned major, uint32_t window, uint32_t word,
                           unsigned list[LIST_MAX])
{
    unsigned count = 0;

    for (int fallback = 0; fallback <= 1; fallback++)
        for (unsigned i = 1; i < INSN_COUNT; i++)
            if (rows[i].match >> 26 == major && is_fallback(&rows[i]) == fallback &&
                ((rows[i].match ^ word) & rows[i].mask & window) == 0 && count < LIST_MAX)
                list[count++] = i;
    return count;
}

struct window {
    unsigned shift, bits;
};

/* The narrowest of the windows that make the longest list of MAJOR shortest. */
static struct window choose_window(const struct checked_row *rows, unsigned major)
{
    struct window best = {0, 0};
    unsigned best_longest = UINT32_MAX;

    for (unsigned bits = 0; bits <= WINDOW_BITS_MAX; bits++)
        for (unsigned shift = 0; shift + bits <= 26; shift++) {
            unsigned longest = 0;
            for (uint32_t value = 0; value < UINT32_C(1) << bits; value++) {
                unsigned list[LIST_MAX];
                uint32_t window = ((UINT32_C(1) << bits) - 1) << shift;
                unsigned count = candidates(rows, major, window, value << shift, list);
                longest = count > longest ? count : longest;
            }
            if (longest < best_longest) {
                best_longest = longest;
                best = (struct window){shift, bits};
            }
        }
    return best;
}

static void print_rows(const struct checked_row *rows)
{
    printf(
        "const struct insn_row insn_rows[INSN_COUNT] = {\n    {\"\", \"\", \"\", \"\", 0, \"\", \"\", \"\", 0, 1},\n");
    for (unsigned i = 1; i < INSN_COUNT; i++) {
        const struct insn_row *r = rows[i].row;
        printf("    {\"%s\", \"%s\", \"%s\", \"%s\", 0x%x,\n     \"%s\",\n     \"%s\", \"%s\", 0x%08x, 0x%08x},\n",
               r->id, r->mnemonic, r->picture, r->operands, r->insn_class, r->traps, r->title, r->section, rows[i].mask,
               rows[i].match);
    }
    printf("};\n\n");
}

static void print_runs(const struct checked_row *rows)
{
    unsigned next = 0;

    printf("static const struct run insn_runs[] = {\n");
    for (unsigned i = 1; i < INSN_COUNT; i++)
        for (unsigned j = 0; j < rows[i].run_count; j++)
            printf("    {'%c', %u, %u},\n", rows[i].runs[j].letter, rows[i].runs[j].first, rows[i].runs[j].last);
    printf("};\n\nstatic const uint16_t insn_first_run[INSN_COUNT + 1] = {0");
    for (unsigned i = 1; i <= INSN_COUNT; i++) {
        printf(", %u", next); /* row i's first run; row i - 1 ends there */
        next += i < INSN_COUNT ? rows[i].run_count : 0;
    }
    printf("};\n\n");
}

/* Lists end with 0 (INSN_ILLEGAL); list 0 is empty. Equal neighbouring lists are shared. */
static bool print_lookup(const struct checked_row *rows)
{
    struct window windows[64];
    unsigned bases[64], entries = 0, next = 1;
    unsigned previous[LIST_MAX], previous_count = 0, previous_start = 0;

    for (unsigned major = 0; major < 64; major++) {
        windows[major] = choose_window(rows, major);
        bases[major] = entries;
        entries += 1U << windows[major].bits;
    }
    uint16_t *starts = calloc(entries, sizeof *starts);
    if (!starts)
        return false;
    printf("static const uint8_t insn_lists[] = {0");
    for (unsigned major = 0; major < 64; major++)
        for (uint32_t value = 0; value < UINT32_C(1) << windows[major].bits; value++) {
            unsigned list[LIST_MAX], shift = windows[major].shift;
            uint32_t window = ((UINT32_C(1) << windows[major].bits) - 1) << shift;
            unsigned count = candidates(rows, major, window, value << shift, list);
            if (count != previous_count || memcmp(list, previous, count * sizeof *list) != 0) {
                previous_start = count ? next : 0;
                previous_count = count;
                memcpy(previous, list, count * sizeof *list);
                for (unsigned i = 0; i < count; i++)
                    printf(", %u", list[i]);
                next += count ? count + 1 : 0;
                if (count)
                    printf(", 0\n");
            }
            starts[bases[major] + value] = (uint16_t)previous_start;
        }
    printf("};\n\nstatic const uint16_t insn_list_starts[] = {");
    for (unsigned i = 0; i < entries; i++)
        printf("%s%u", i == 0 ? "" : i % 16 ? ", " : ",\n", starts[i]);
    printf("};\n\nstatic const struct window insn_windows[64] = {\n");
    for (unsigned major = 0; major < 64; major++)
        printf("    {%u, %u, %u},\n", bases[major], (1U << windows[major].bits) - 1, windows[major].shift);
    printf("};\n");
    free(starts);
    return true;
}

int main(void)
{
    static struct checked_row rows[INSN_COUNT];
    bool good = true;

    _Static_assert(INSN_COUNT <= 255, "lists hold row numbers in bytes");
    for (unsigned i = 1; i < INSN_COUNT; i++)
        good &= check_row(&table[i], &rows[i]);
    if (!good || !check_overlap(rows) || !check_majors(rows))
        return 1;
    printf("/* Made by gen_decode from cpu/isa/insns.def. */\n\n");
    print_rows(rows);
    print_runs(rows);
    return !print_lookup(rows) || ferror(stdout) != 0;
}

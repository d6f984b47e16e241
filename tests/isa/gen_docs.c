/* gen_docs.c - docs/instructions.md, from the instruction table.
 *
 *     gen_docs > docs/instructions.md         (the target docs-instructions does it)
 *     gen_docs --check docs/instructions.md   exit status 1 if the file is not what the table gives
 *
 * Sections are the manual's, in the order in which they first appear in the table; rows keep the table's order.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/isa/insn_random.h"

/* "Branch Instructions, 150": the part before the comma. */
static size_t section_length(const struct insn_row *row)
{
    return strcspn(row->section, ",");
}

static bool same_section(const struct insn_row *a, const struct insn_row *b)
{
    return section_length(a) == section_length(b) && strncmp(a->section, b->section, section_length(a)) == 0;
}

static bool first_of_section(unsigned id)
{
    for (unsigned i = 1; i < id; i++)
        if (same_section(&insn_rows[i], &insn_rows[id]))
            return false;
    return true;
}

static void write_classes(FILE *out, uint16_t classes)
{
    static const struct {
        uint16_t flag;
        const char *text;
    } names[] = {
        {CLASS_NULLIFY, "may nullify"},
        {CLASS_PRIVILEGED, "privileged"},
        {CLASS_STORE, "stores"},
        {CLASS_ENDS_BLOCK, "ends a block"},
        {CLASS_FALLBACK, "what no other row takes"},
    };
    const char *separator = "";

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (classes & names[i].flag) {
            fprintf(out, "%s%s", separator, names[i].text);
            separator = ", ";
        }
}

/* An example as the disassembler prints it: registers differ, so that their order shows. */
static void write_example(FILE *out, unsigned id)
{
    static const struct {
        char letter;
        uint8_t value;
    } values[] = {
        {'b', 4},  {'x', 5},   {'t', 6}, {'A', 8},  {'R', 9},  {'y', 10}, {'i', 24},  {'j', 24},
        {'I', 24}, {'d', 128}, {'L', 2}, {'p', 23}, {'q', 15}, {'l', 24}, {'e', 3},   {'o', 7},
        {'z', 4},  {'U', 3},   {'F', 1}, {'S', 3},  {'k', 4},  {'w', 32}, {'W', 128},
    };
    uint32_t word = insn_rows[id].match;
    struct insn insn;
    char text[128];

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        word = insn_random_set(word, id, values[i].letter, values[i].value);
    word = id == INSN_FTEST ? insn_rows[id].match : word;
    insn_decode(word, &insn);
    assert(insn.id == id);
    insn_disassemble(word, 0, text, sizeof text);
    fprintf(out, "%s", text);
}

static void write_row(FILE *out, unsigned id)
{
    const struct insn_row *row = &insn_rows[id];
    const char *page = row->section + section_length(row) + (row->section[section_length(row)] ? 2 : 0);

    fprintf(out, "| %s | `%s` | %s | `", row->id, row->picture, row->title);
    write_example(out, id);
    fprintf(out, "` | ");
    write_classes(out, row->insn_class);
    fprintf(out, " | %s | %s |\n", row->traps, page);
}

static void write_page(FILE *out)
{
    fprintf(
        out,
        "# Instructions\n\n"
        "Made from the instruction table, `cpu/isa/insns.def`, by the target `docs-instructions`; do not edit.\n\n"
        "%u rows: every instruction of PA-RISC 1.1, third edition, under its 1.1 name. Where an instruction has an\n"
        "indexed and a short form, or a form in major opcodes 0C and 0E (`_E`), each has a row. Bit pictures begin\n"
        "with bit 0, the most significant: 0 and 1 are fixed, - is ignored, letters are fields (`cpu/isa/insn.h`\n"
        "explains them). The example is what the disassembler prints. Pages are those of the manual's PDF.\n"
        "A word that matches no row is an illegal instruction.\n",
        (unsigned)INSN_COUNT - 1);
    for (unsigned first = 1; first < INSN_COUNT; first++) {
        if (!first_of_section(first))
            continue;
        fprintf(out, "\n## %.*s\n\n", (int)section_length(&insn_rows[first]), insn_rows[first].section);
        fprintf(out, "| name | picture | title | example | properties | can raise | page |\n");
        fprintf(out, "| --- | --- | --- | --- | --- | --- | --- |\n");
        for (unsigned id = first; id < INSN_COUNT; id++)
            if (same_section(&insn_rows[id], &insn_rows[first]))
                write_row(out, id);
    }
}

static int check(const char *path)
{
    char *page = NULL;
    size_t size = 0, at = 0;
    FILE *wanted = open_memstream(&page, &size);
    FILE *file = fopen(path, "rb");
    int c;

    if (!wanted || !file) {
        perror(path);
        return 1;
    }
    write_page(wanted);
    fclose(wanted);
    while ((c = fgetc(file)) != EOF && at < size && page[at] == (char)c)
        at++;
    bool same = c == EOF && at == size;
    if (!same)
        printf("%s differs from the table at byte %zu: build the target docs-instructions\n", path, at);
    fclose(file);
    free(page);
    return same ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--check") == 0)
        return check(argv[2]);
    write_page(stdout);
    return ferror(stdout) != 0;
}

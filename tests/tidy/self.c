/* self.c - the tidy test's own test: small texts that keep or break one rule each, with the findings they must give. */
#include "tests/tidy/tidy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text_case {
    const char *path, *text;
    unsigned findings;
};

#define OPEN      "/* a.c - x. */\n"
#define BLANKS_50 "                                                  "

static const struct text_case texts[] = {
    {"ft/vmm/a.c", OPEN "#include \"cpu/cpu.h\"\n#include <stdio.h>\n", 0},
    {"ft/vmm/a.c", OPEN "#include \"monitor/program/line.h\"\n", 1},
    {"io/a.c", OPEN "#include \"ft/vmm/vmm.h\"\n", 1},
    {"io/a.c", OPEN "  #  include   \"cpu/cpu.h\"\n", 1},
    {"cpu/a.c", OPEN "#include \"io/uart.h\"\n", 1},
    {"mmu/a.c", OPEN "#include \"cpu/cpu.h\"\n", 1},
    {"mmu/a.c", OPEN "#include \"mmu/base/bits.h\"\n", 0},
    {"mmu/a.c", OPEN "#include \"mmu/base/own.h\"\n", 1}, /* private */
    {"mmu/base/a.c", OPEN "#include \"mmu/base/own.h\"\n", 0},
    {"tests/x/a.c", OPEN "#include \"mmu/base/own.h\"\n", 0}, /* not to the tests */
    {"mmu/base/a.c", OPEN "#include \"mmu/phys.h\"\n", 1},    /* an arrow up */
    {"mmu/a.c", OPEN "#include \"bits.h\"\n", 1},
    {"cpu/core/a.c", OPEN "#include \"cpu/isa/insn.h\"\n", 0},
    {"cpu/isa/a.c", OPEN "#include \"cpu/core/core.h\"\n", 1},
    {"cpu/interp/a.c", OPEN "#include \"cpu/core/core.h\"\n", 0}, /* named after its room */
    {"cpu/interp/a.c", OPEN "#include \"cpu/core/op.h\"\n", 1},
    {"cpu/isa/a.c", OPEN "#include \"cpu/cpu.h\"\n", 0}, /* the layer's own header stands below its rooms */
    {"cpu/b.h", "/* b.h - x. */\n#include \"cpu/core/core.h\"\n", 1},
    {"cpu/a.c", OPEN "#include \"cpu/core/core.h\"\n", 0},
    {"cpu/attic/a.c", OPEN, 1},
    {"cpu/core/deep/a.c", OPEN, 1},
    {"monitor/a.c", OPEN, 1},
    {"mmu/a.c", OPEN "#include \"../ft/vmm.h\"\n", 1},
    {"mmu/a.c", OPEN "/*\n#include \"ft/vmm/vmm.h\"\n*/\n", 0},
    {"cpu/a.c", OPEN "#include \"insns.def\"\n", 0},
    {"tests/x/a.c", OPEN "#include \"ft/vmm/vmm.h\"\n", 0},
    {"examples/a.c", OPEN "#include <stdint.h>\n", 0},
    {"examples/a.c", OPEN "#include \"mmu/base/bits.h\"\n", 1},
    {"roms/a.c", OPEN "#include <stdio.h>\n", 1},
    {"io/a.c", "/* leave.c - another name. */\n", 1},
    {"io/a.c", "#include <stdio.h>\n", 1},
    {"roms/a.S", "; a.S - x\n", 0},
    {"roms/a.S", "; something\n", 1},
    {"io/a.c", OPEN "int f(void)\n{\n    exit(1);\n}\n", 1},
    {"io/a.c", OPEN "int f(void)\n{\n    abort ();\n}\n", 1},
    {"io/a.c", OPEN "/* never exit() */\nconst char *s = \"exit(1)\";\n", 0},
    {"io/a.c", OPEN "void quick_exit_now(void);\nint x = ops->exit(1);\nint exited(int);\n", 0},
    {"monitor/program/main.c", "/* main.c - x. */\nint f(void)\n{\n    exit(1);\n}\n", 0},
    {"tests/x/a.c", OPEN "int f(void)\n{\n    exit(1);\n}\n", 0},
    {"ft/vmm/a.c", OPEN "int x = rand();\n", 1},
    {"ft/vmm/a.c", OPEN "long x = time(NULL), run_time(void);\n", 1},
    {"monitor/view/a.c", OPEN "long x = time(NULL);\n", 0},
    {"io/a.c",
     OPEN "int x; /* TO"
          "DO: more */\n",
     1},
    {"docs/a.md",
     "FIX"
     "ME\n",
     1},
    {"io/a.c",
     OPEN "char path[] = \"XX"
          "XXXX\";\n",
     0},
    {"io/a.c", OPEN "\tint x;\n", 1},
    {"io/a.c", OPEN "int x; \n", 1},
    {"io/a.c", OPEN "int x;\r\n", 1},
    {"io/a.c", OPEN "int x;", 1},
    {"io/CMakeLists.txt", "# Devices, and what\n# is behind them.\nproject(x)\n", 0},
    {"io/CMakeLists.txt", "project(x)\n", 1},
    {"io/CMakeLists.txt", "# Devices\nproject(x.y)\n", 1},
    {"cpu/core/CMakeLists.txt", "# devices.\n", 1},
    {"tests/x/CMakeLists.txt", "project(x)\n", 0},
    {"tests/CMakeLists.txt",
     BLANKS_50 BLANKS_50 "abcdefghij"
                         "abcdefghij\n",
     0},
    {"tests/CMakeLists.txt",
     BLANKS_50 BLANKS_50 "abcdefghij"
                         "abcdefghijk\n",
     1},
    {"tests/CMakeLists.txt",
     BLANKS_50 BLANKS_50 "abcdefghij"
                         "abcdefghi\xC3\xA4\n",
     0}, /* a character of two bytes */
    {"docs/a.md", BLANKS_50 BLANKS_50 BLANKS_50 "x\n", 0},
    {"docs/a.md", "[a](https://example.org/x.md) [b](#here)\n", 0},
    {"docs/a.md", "[a](c.md)\n", 1},
    {"README.md", "see docs/nothing.md.\n", 1},
    {"io/a.c", OPEN "/* leave.c; ./core/leave.c:exec_leave. `docs/b.md`, \"One\n * door\"; b.md section 2 */\n", 0},
    {"io/a.c", OPEN "/* gone.c */\n", 1},
    {"io/a.c", OPEN "/* core/gone/leave.c */\n", 1},
    {"io/a.c", OPEN "/* leave.c:exec_leav */\n", 1},
    {"io/a.c", OPEN "/* b.md, \"One\" */\n", 1},
    {"io/a.c", OPEN "/* b.md section 1, b.md sections 3 and 4 */\n", 2},
    {"io/a.c", OPEN "/* <gone.h> NAME.c exec_*.c gone.us https://x.org/gone.md */\n", 0},
    {"io/a.c", OPEN "/* tests/gone.us */\n", 1},
    {"io/a.c", OPEN "const char *a = \"gone.c\", *b = \"see docs/gone.md\";\n", 1},
    {"tests/a.c", OPEN "const char *a = \"docs/gone.md\";\n", 0},
    {"tests/a.sh", "cat gone.c # leave.c, gone.c\n", 1},
    {"docs/a.md", "`gone.c`\n", 1},
};

/* What the texts find beside them. */
static const struct tidy_file tree[] = {
    {"mmu/base/CMakeLists.txt", "# Everybody's.\nus_public(error.h\n  bits.h)\n"},
    {"mmu/CMakeLists.txt", "# Memory.\nus_public(phys.h)\n"},
    {"cpu/isa/CMakeLists.txt", "# Instructions.\nus_public(insn.h)\n"},
    {"cpu/core/CMakeLists.txt", "# The processor.\n"},
    {"cpu/core/leave.c", "int exec_leave(void);\n"},
    {"ft/vmm/vmm.h", ""},
    {"docs/b.md", "# B\n\n## One door\n\n## 2. Two\n"},
    {"tests", ""},
    {NULL, NULL},
};

struct row_case {
    const char *row;
    bool symbol;
    unsigned findings;
};

static const struct row_case rows[] = {
    {"Name                  Value           Class        Type         Size             Line  Section\n", false, 0},
    {"run  |0000000000000000|   T  |              FUNC|0000000000000010|     |.text\n", true, 0},
    {"free  |                |   U  |            NOTYPE|                |     |*UND*\n", false, 0},
    {"table|0000000000000000|   r  |            OBJECT|0000000000000010|     |.rodata\n", true, 0},
    {"names|0000000000000000|   d  |            OBJECT|0000000000000010|     |.data.rel.ro.local\n", true, 0},
    {"count.0|0000000000000000|   b  |            OBJECT|0000000000000004|     |.bss\n", true, 1},
    {"seed |0000000000000000|   D  |            OBJECT|0000000000000004|     |.data\n", true, 1},
    {"list |0000000000000000|   d  |            OBJECT|0000000000000008|     |.data.rel.local\n", true, 1},
    {"mine |0000000000000000|   b  |               TLS|0000000000000008|     |.tbss\n", true, 1},
    {"old  |0000000000000004|   C  |            OBJECT|0000000000000004|     |*COM*\n", true, 1},
    {"__odr_asan.table|0000000000000000|   B  |            OBJECT|0000000000000001|     |.bss\n", true, 0},
};

static unsigned wrong(const char *what, unsigned is, unsigned wanted)
{
    if (is == wanted)
        return 0;
    printf("tidy --self: %u findings, %u wanted, for: %s\n", is, wanted, what);
    return 1;
}

/* A function of LINES lines, braces included, in a file with BEFORE lines before it. */
static unsigned findings_of_size(unsigned before, unsigned lines)
{
    size_t size = (before + lines) * 4 + 64;
    char *text = calloc(1, size);
    struct tidy tidy = {.quiet = true};
    if (!text)
        return 999;
    size_t at = (size_t)snprintf(text, size, OPEN);
    for (unsigned i = 1; i < before; i++)
        text[at++] = '\n';
    for (unsigned i = 0; i < lines; i++)
        at += (size_t)snprintf(text + at, size - at, "%s\n", i == 0 ? "{" : i + 1 == lines ? "}" : " x");
    scan_file(&tidy, "io/a.c", text);
    free(text);
    return tidy.findings;
}

/* Of a layer with no file but these, what check_doors finds: rooms that are not there, headers that nobody uses. */
static unsigned findings_of_doors(const struct tidy_file *files, const char *includer)
{
    struct tidy tidy = {.quiet = true, .tree = files}, nothing = {.quiet = true};
    if (includer)
        scan_file(&tidy, "cpu/core/a.c", includer);
    check_doors(&tidy);
    check_doors(&nothing);
    return nothing.findings - tidy.findings;
}

static unsigned check_door_rule(void)
{
    static const struct tidy_file open[] = {
        {"cpu/isa/CMakeLists.txt", "# X.\nus_public(insn.h)\n"}, {"cpu/core/CMakeLists.txt", "# Y.\n"}, {NULL, NULL}};
    static const struct tidy_file closed[] = {{"cpu/isa/CMakeLists.txt", "# X.\n"}, {NULL, NULL}};
    static const struct tidy_file map[] = {{"HACKING.md", "| `cpu/isa/` | `cpu/core` |\n"}, {NULL, NULL}};
    unsigned surprises = wrong("a room in the map", findings_of_doors(map, NULL), 1);
    surprises += wrong("a room that is there", findings_of_doors(closed, NULL), 1);
    surprises +=
        wrong("a public header that is used", findings_of_doors(open, OPEN "#include \"cpu/isa/insn.h\"\n"), 2);
    surprises += wrong("a public header that is not used", findings_of_doors(open, OPEN), 1);
    return surprises;
}

unsigned self_test(void)
{
    unsigned surprises = 0;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct tidy tidy = {.quiet = true, .tree = tree};
        scan_file(&tidy, texts[i].path, texts[i].text);
        forget_used(&tidy);
        surprises += wrong(texts[i].text, tidy.findings, texts[i].findings);
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct tidy tidy = {.quiet = true};
        char row[256];
        snprintf(row, sizeof row, "%s", rows[i].row);
        bool symbol = check_symbol(&tidy, "libx.a", "x.o", row);
        surprises += wrong(rows[i].row, tidy.findings, rows[i].findings);
        surprises += wrong(rows[i].row, symbol, rows[i].symbol);
    }
    surprises += check_door_rule();
    surprises += wrong("a function of the largest size", findings_of_size(2, FUNCTION_LINES_MAX), 0);
    surprises += wrong("a function that is too long", findings_of_size(2, FUNCTION_LINES_MAX + 1), 1);
    surprises += wrong("a file of the largest size", findings_of_size(FILE_LINES_MAX - 2, 2), 0);
    surprises += wrong("a file that is too long", findings_of_size(FILE_LINES_MAX - 1, 2), 1);
    printf("tidy --self: %zu texts, %zu symbols, %u surprises\n", sizeof texts / sizeof texts[0],
           sizeof rows / sizeof rows[0], surprises);
    return surprises;
}

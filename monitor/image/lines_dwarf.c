/* lines_dwarf.c - see lines.h: with libdw. */
#include "monitor/image/lines.h"

#include <stdlib.h>

#include <elfutils/libdw.h>
#include <elfutils/version.h>

#include "mmu/base/memory.h"

#define TEXT(x)  #x
#define VALUE(x) TEXT(x)

struct lines {
    uint8_t *image;
    size_t size;
    bool opened; /* at the first question: most runs have none */
    Elf *elf;
    Dwarf *dwarf;
};

struct lines *lines_new(uint8_t *image, size_t size)
{
    struct lines *lines = malloc(sizeof *lines);
    memory_need(lines);
    *lines = (struct lines){.image = image, .size = size};
    return lines;
}

void lines_free(struct lines *lines)
{
    if (!lines)
        return;
    dwarf_end(lines->dwarf);
    elf_end(lines->elf);
    free(lines);
}

static void open_once(struct lines *lines)
{
    if (lines->opened)
        return;
    lines->opened = true;
    elf_version(EV_CURRENT);
    lines->elf = elf_memory((char *)lines->image, lines->size);
    lines->dwarf = lines->elf ? dwarf_begin_elf(lines->elf, DWARF_C_READ, NULL) : NULL;
}

bool lines_find(struct lines *lines, uint32_t address, const char **file, unsigned *line)
{
    Dwarf_Die unit;
    int number = 0;
    if (!lines)
        return false;
    open_once(lines);
    if (!lines->dwarf || !dwarf_addrdie(lines->dwarf, address, &unit))
        return false;
    Dwarf_Line *found = dwarf_getsrc_die(&unit, address);
    *file = found ? dwarf_linesrc(found, NULL, NULL) : NULL;
    if (!*file || dwarf_lineno(found, &number) || number <= 0)
        return false;
    *line = (unsigned)number;
    return true;
}

const char *lines_reader(void)
{
    return "libdw 0." VALUE(_ELFUTILS_VERSION);
}

/* symbols.c - see symbols.h. Every offset is checked against the file's size before it is used. */
#include "monitor/image/symbols.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/base/bits.h"
#include "mmu/base/memory.h"

enum {
    HEADER_BYTES = 52,
    SECTION_BYTES = 40,
    SYMBOL_BYTES = 16,
    SECTION_SYMTAB = 2,
    TYPE_NOTYPE = 0,
    TYPE_OBJECT = 1,
    TYPE_FUNC = 2,
    TYPE_MILLICODE = 13, /* PA-RISC: the compiler's division and so on */
    BIND_LOCAL = 0,
    INDEX_UNDEFINED = 0,
    INDEX_RESERVED = 0xFF00, /* from here on: absolute, common, ... not places */
};

/* A part of the file; NULL at if it is not wholly inside. */
struct part {
    const uint8_t *at;
    uint32_t size;
};

static struct part section(const uint8_t *image, size_t size, unsigned index, uint32_t *type, uint32_t *link)
{
    struct part part = {0};
    uint32_t table = be32_load(image + 32);
    unsigned count = be16_load(image + 48);
    if (be16_load(image + 46) != SECTION_BYTES || index >= count || table > size ||
        (size_t)count * SECTION_BYTES > size - table)
        return part;
    const uint8_t *header = image + table + (size_t)index * SECTION_BYTES;
    uint32_t offset = be32_load(header + 16), bytes = be32_load(header + 20);
    *type = be32_load(header + 4);
    *link = be32_load(header + 24);
    if (*type != 8 /* occupies no file */ && offset <= size && bytes <= size - offset)
        part = (struct part){image + offset, bytes};
    return part;
}

/* Turn one entry into *SYMBOL if it names a place. */
static bool take(const uint8_t *entry, struct part names, struct symbol *symbol)
{
    uint32_t name = be32_load(entry);
    unsigned type = entry[12] & 15, bind = entry[12] >> 4, index = be16_load(entry + 14);
    if ((type > TYPE_FUNC && type != TYPE_MILLICODE) || index == INDEX_UNDEFINED || index >= INDEX_RESERVED ||
        name >= names.size)
        return false;
    const char *text = (const char *)names.at + name;
    if (!*text || !memchr(text, 0, names.size - name))
        return false;
    if (bind == BIND_LOCAL && (strncmp(text, ".L", 2) == 0 || strncmp(text, "L$", 2) == 0))
        return false; /* the compiler's own labels */
    unsigned rank = type == TYPE_NOTYPE ? 2 : type == TYPE_OBJECT ? 1 : 0;
    if (bind == BIND_LOCAL)
        rank += 4;
    *symbol = (struct symbol){text, be32_load(entry + 4), be32_load(entry + 8), (uint8_t)rank};
    return true;
}

static int compare(const void *a, const void *b)
{
    const struct symbol *x = a, *y = b;
    if (x->address != y->address)
        return x->address < y->address ? -1 : 1;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return strcmp(x->name, y->name);
}

void symbols_read(struct symbols *symbols, uint8_t *image, size_t size)
{
    *symbols = (struct symbols){.image = image, .image_bytes = size, .lines = lines_new(image, size)};
    unsigned sections = size >= HEADER_BYTES ? be16_load(image + 48) : 0;
    for (unsigned i = 0; i < sections; i++) {
        uint32_t type = 0, link = 0, unused_type, unused_link;
        struct part table = section(image, size, i, &type, &link);
        if (type != SECTION_SYMTAB || !table.at)
            continue;
        struct part names = section(image, size, link, &unused_type, &unused_link);
        if (!names.at)
            continue;
        size_t entries = table.size / SYMBOL_BYTES;
        symbols->at = calloc(entries + 1, sizeof *symbols->at);
        memory_need(symbols->at);
        for (size_t k = 0; k < entries; k++)
            symbols->count += take(table.at + k * SYMBOL_BYTES, names, &symbols->at[symbols->count]);
        qsort(symbols->at, symbols->count, sizeof *symbols->at, compare);
        return; /* an executable has one symbol table */
    }
}

const uint8_t *symbols_section(const struct symbols *symbols, const char *name, uint32_t *size)
{
    const uint8_t *image = symbols->image;
    uint32_t type, link;
    *size = 0;
    if (!image || symbols->image_bytes < HEADER_BYTES)
        return NULL;
    struct part names = section(image, symbols->image_bytes, be16_load(image + 50), &type, &link);
    for (unsigned i = 0; names.at && i < be16_load(image + 48); i++) {
        struct part part = section(image, symbols->image_bytes, i, &type, &link);
        if (!part.at)
            continue;
        uint32_t at = be32_load(image + be32_load(image + 32) + (size_t)i * SECTION_BYTES);
        if (at >= names.size || names.size - at <= strlen(name) || strcmp((const char *)names.at + at, name) != 0)
            continue;
        *size = part.size;
        return part.at;
    }
    return NULL;
}

bool symbols_text_base(const struct symbols *symbols, uint32_t *base)
{
    enum { SEGMENT_BYTES = 32, SEGMENT_LOAD = 1, EXECUTABLE = 1 };
    const uint8_t *image = symbols->image;
    if (!image || symbols->image_bytes < HEADER_BYTES || be16_load(image + 42) != SEGMENT_BYTES)
        return false;
    uint32_t table = be32_load(image + 28), count = be16_load(image + 44);
    for (uint32_t i = 0; i < count; i++) {
        size_t at = table + (size_t)i * SEGMENT_BYTES;
        if (at + SEGMENT_BYTES > symbols->image_bytes)
            return false;
        if (be32_load(image + at) == SEGMENT_LOAD && (be32_load(image + at + 24) & EXECUTABLE)) {
            *base = be32_load(image + at + 8);
            return true;
        }
    }
    return false;
}

void symbols_free(struct symbols *symbols)
{
    lines_free(symbols->lines);
    free(symbols->at);
    free(symbols->image);
    *symbols = (struct symbols){0};
}

const struct symbol *symbols_find(const struct symbols *symbols, const char *name)
{
    const struct symbol *best = NULL;
    for (size_t i = 0; i < symbols->count; i++)
        if (strcmp(symbols->at[i].name, name) == 0 && (!best || symbols->at[i].rank < best->rank))
            best = &symbols->at[i];
    return best;
}

const struct symbol *symbols_at(const struct symbols *symbols, uint32_t address)
{
    size_t low = 0, high = symbols->count; /* at[0..low) begin at or before ADDRESS */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (symbols->at[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return NULL;
    const struct symbol *best = &symbols->at[low - 1];
    while (best > symbols->at && best[-1].address == best->address)
        best--; /* of several names the best */
    if (best->size_bytes && address - best->address >= best->size_bytes)
        return NULL;
    if (address != best->address && low == symbols->count && !best->size_bytes)
        return NULL; /* behind the last one, which is a mark such as `end` */
    return best;
}

void symbols_format(const struct symbols *symbols, uint32_t address, char *text, size_t size)
{
    const struct symbol *symbol = symbols_at(symbols, address);
    if (!symbol)
        *text = '\0';
    else if (symbol->address == address)
        snprintf(text, size, "<%s>", symbol->name);
    else
        snprintf(text, size, "<%s+0x%x>", symbol->name, address - symbol->address);
}

/* symbols.h - the names in a guest's image, for people: from the ELF symbol table (System V ABI, chapter 4). An image
 * without one has no symbols; a damaged table gives those that can be read. Nothing here can fail a load.
 */
#ifndef US_MONITOR_IMAGE_SYMBOLS_H
#define US_MONITOR_IMAGE_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "monitor/image/lines.h"

struct symbol {
    const char *name;
    uint32_t address, size_bytes; /* size 0: not said */
    uint8_t rank;                 /* which of several names of an address is shown: the lowest */
};

struct symbols {
    uint8_t *image; /* the file, where the names lie */
    size_t image_bytes;
    struct symbol *at; /* by address, then rank, then name */
    size_t count;
    struct lines *lines; /* of its source; NULL: it says none */
};

/* Take the symbols of the SIZE bytes at IMAGE, a big-endian 32-bit ELF file (which IMAGE's loader has checked). IMAGE
 * was allocated and belongs to SYMBOLS from now on. */
void symbols_read(struct symbols *symbols, uint8_t *image, size_t size);
void symbols_free(struct symbols *symbols);

/* The section NAME of the image, *SIZE bytes; NULL if there is none. */
const uint8_t *symbols_section(const struct symbols *symbols, const char *name, uint32_t *size);
/* Where the image's first segment of code lies. False if there is none. */
bool symbols_text_base(const struct symbols *symbols, uint32_t *base);

/* The symbol NAME, or NULL. */
const struct symbol *symbols_find(const struct symbols *symbols, const char *name);
/* The symbol that ADDRESS lies in: the last one at or before it, unless that one is known to end before. Or NULL. */
const struct symbol *symbols_at(const struct symbols *symbols, uint32_t address);
/* "<name+0x10>" for ADDRESS, or "" if no symbol is near. */
void symbols_format(const struct symbols *symbols, uint32_t address, char *text, size_t size);

#endif

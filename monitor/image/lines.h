/* lines.h - which source line an instruction comes from: the image's DWARF, read by elfutils' libdw where the program
 * was built with it. An image without, or with damaged DWARF, has no lines. Nothing here can fail a load.
 */
#ifndef US_MONITOR_IMAGE_LINES_H
#define US_MONITOR_IMAGE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lines;

/* The lines of the SIZE bytes at IMAGE, which outlive them and are looked at when a line is asked for first; NULL:
 * nobody here can read them. */
struct lines *lines_new(uint8_t *image, size_t size);
void lines_free(struct lines *lines);

/* Where in the source the instruction at ADDRESS is: *FILE is its path as the compiler had it, and lives as long as
 * LINES (which may be NULL). False if nobody knows. */
bool lines_find(struct lines *lines, uint32_t address, const char **file, unsigned *line);

/* Who reads them: "libdw 0.188", or "none". */
const char *lines_reader(void);

#endif

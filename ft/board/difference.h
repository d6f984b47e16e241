/* difference.h - where two replicas differ: the first field or byte, by the state tables (docs/log.md, "Digests"). */
#ifndef US_FT_BOARD_DIFFERENCE_H
#define US_FT_BOARD_DIFFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "ft/board/board.h"

/* One side of a comparison: fields as board_flatten writes them, and all pages of memory (mmu/phys.h). */
struct replica {
    const char *name; /* "the primary" */
    const uint8_t *flat, *memory;
};

struct difference {
    uint64_t fields, bytes; /* how many elements of fields, and bytes of memory, differ */
    char text[240];         /* the first of them in words; empty: there is none */
};

/* The first difference between A and B, replicas of a board like BOARD, whose tables and sizes say how to read them.
 * TRAP_BUFFER: does the hardware's own buffer of delayed traps count? It does at epoch ends only. True: they are equal.
 */
bool replicas_equal(struct board *board, const struct replica *a, const struct replica *b, bool trap_buffer,
                    struct difference *difference);
/* The same for two boards as they are. */
bool boards_equal(struct board *a, const char *a_name, struct board *b, const char *b_name, bool trap_buffer,
                  struct difference *difference);

#endif

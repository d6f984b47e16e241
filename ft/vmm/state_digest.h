/* state_digest.h - where two replicas differ: the first field or byte, by the state tables (protocol.md section 8).
 *
 * When a backup finds at the end of epoch E that its digest is not the primary's, the primary has gone on. So a primary
 * that sends digests keeps its VP's states at the last few of them: the fields, and what pages were before they
 * changed. Private to ft/.
 */
#ifndef US_FT_VMM_STATE_DIGEST_H
#define US_FT_VMM_STATE_DIGEST_H

#include <stdbool.h>
#include <stdint.h>

#include "ft/board/board.h"

/* One side of a comparison: fields as board_flatten writes them, and RAM. */
struct replica {
    const char *name; /* "the primary" */
    const uint8_t *flat, *ram;
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

struct past;

struct past *past_new(struct board *board);
void past_free(struct past *past);
/* The digest of EPOCH's end has just been taken: keep that state. States of epochs up to CONFIRMED, which the other
 * replica has passed, are forgotten, and the oldest if there are too many. */
void past_note(struct past *past, uint64_t epoch, uint64_t confirmed);
/* Compare the state kept for EPOCH, of NAME, with OTHER as it is, of OTHER_NAME. False: it is not kept any more. It and
 * all later ones are gone afterwards. */
bool past_compare(struct past *past, uint64_t epoch, const char *name, struct board *other, const char *other_name,
                  struct difference *difference);

#endif

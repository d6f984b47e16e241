/* digest.h - the state that two replicas must share, as one string of bytes, and its digest (docs/log.md, "Digests").
 *
 * The string ("flat") is every field of the board's state tables in their order; memory goes in by page. The hash of a
 * page depends on its number and content only, and a page of zeros counts nothing, so that equal states have equal
 * digests whatever has been written meanwhile. Hashes are kept, and made again for dirty pages only: a digest costs
 * what changed.
 *
 * The dirty marks of PHYS_DIGEST (mmu/phys.h) belong to this struct.
 */
#ifndef US_FT_BOARD_DIGEST_H
#define US_FT_BOARD_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/base/vec.h"
#include "mmu/phys.h"
#include "mmu/base/state.h"

struct board;

struct digest {
    struct phys *phys;
    uint64_t *page; /* hash of each page of memory as last looked at; 0: zeros */
    uint64_t sum;   /* of all of them */
    uint8_t *flat;  /* room for the fields */
    size_t flat_bytes;
    bool tracking; /* the pages looked at anew are collected in `changed`, each once */
    uint8_t *marked;
    VEC(uint32_t) changed;
};

/* NULL if the host has no memory. BOARD is complete, its memory zero or dirty. */
struct digest *digest_new(struct board *board);
void digest_free(struct digest *digest);

/* Must replicas agree on this field? Not on what is the hardware's own: the generator of a TLB that evicts by a seed.
 */
bool field_is_shared(const struct state_field *field);
/* Every shared field of BOARD's tables, in their order, to FLAT, which has room for flat_bytes. */
void board_flatten(struct board *board, uint8_t *flat);
/* Look at the dirty pages of memory. */
void digest_look(struct digest *digest);
/* Collect changed pages from now on; forget those collected so far. */
void digest_track(struct digest *digest);

#endif

/* digest.c - see digest.h. */
#include "ft/board/digest.h"

#include <string.h>
#include <xxhash.h>

#include "ft/board/board.h"

bool field_is_shared(const struct state_field *field)
{
    return strcmp(field->name, "random") != 0; /* struct tlb_state */
}

/* Copy one field's elements to FLAT; returns how many bytes they are. FLAT NULL: count only. */
static size_t flatten_field(const struct state_field *field, const void *at, uint8_t *flat)
{
    size_t size = (size_t)field->size_bytes * field->count;
    const char *from = (const char *)at + field->offset;
    if (!flat)
        return size;
    if (field->stride == field->size_bytes)
        memcpy(flat, from, size);
    else
        for (unsigned i = 0; i < field->count; i++)
            memcpy(flat + (size_t)i * field->size_bytes, from + (size_t)i * field->stride, field->size_bytes);
    return size;
}

static size_t flatten(struct board *board, uint8_t *flat)
{
    struct board_part parts[BOARD_PARTS];
    size_t size = 0;
    for (unsigned p = 0, count = board_parts(board, parts); p < count; p++)
        for (size_t f = 0; f < parts[p].table->count; f++)
            if (field_is_shared(&parts[p].table->fields[f]))
                size += flatten_field(&parts[p].table->fields[f], parts[p].at, flat ? flat + size : NULL);
    return size;
}

void board_flatten(struct board *board, uint8_t *flat)
{
    flatten(board, flat);
}

struct digest *digest_new(struct board *board)
{
    uint32_t pages = phys_pages(board->phys);
    struct digest *digest = calloc(1, sizeof *digest);
    if (!digest)
        return NULL;
    digest->phys = board->phys;
    digest->page = calloc(pages, sizeof *digest->page);
    digest->marked = calloc(pages, sizeof *digest->marked);
    digest->flat_bytes = flatten(board, NULL);
    digest->flat = malloc(digest->flat_bytes);
    if (digest->page && digest->marked && digest->flat)
        return digest;
    digest_free(digest);
    return NULL;
}

void digest_free(struct digest *digest)
{
    if (!digest)
        return;
    free(digest->page);
    free(digest->marked);
    free(digest->flat);
    VEC_FREE(&digest->changed);
    free(digest);
}

void digest_look(struct digest *digest)
{
    uint32_t pages = phys_pages(digest->phys);
    bool any = false;
    for (uint32_t i = phys_next_dirty(digest->phys, PHYS_DIGEST, 0); i < pages;
         i = phys_next_dirty(digest->phys, PHYS_DIGEST, i + 1)) {
        const uint8_t *page = phys_page(digest->phys, i);
        uint64_t hash = page_is_zero(page) ? 0 : XXH3_64bits_withSeed(page, PHYS_PAGE_BYTES, (uint64_t)i + 1);
        any = true;
        digest->sum += hash - digest->page[i];
        digest->page[i] = hash;
        if (digest->tracking && !digest->marked[i]) {
            digest->marked[i] = 1;
            *VEC_PUSH(&digest->changed) = i;
        }
    }
    if (any)
        phys_clear_dirty(digest->phys, PHYS_DIGEST);
}

void digest_track(struct digest *digest)
{
    for (size_t i = 0; i < digest->changed.count; i++)
        digest->marked[digest->changed.at[i]] = 0;
    digest->changed.count = 0;
    digest->tracking = true;
}

uint64_t board_digest(struct board *board)
{
    struct digest *digest = board->digest;
    digest_look(digest);
    board_flatten(board, digest->flat);
    return XXH3_64bits_withSeed(digest->flat, digest->flat_bytes, digest->sum);
}

/* past.c - see past.h. */
#include "ft/vmm/past.h"

#include <stdlib.h>
#include <string.h>

#include "ft/board/digest.h"
#include "mmu/base/memory.h"

/* The state at the end of `epoch`: its fields, and of the pages that changed until the next point what they were. */
struct point {
    uint64_t epoch;
    uint8_t *flat;
    VEC(uint32_t) pages;
    VEC(uint8_t) old; /* PHYS_PAGE_BYTES for each of `pages` */
};

struct past {
    struct board *board;
    uint8_t *memory;          /* as at the newest point */
    VEC(struct point) points; /* oldest first */
};

struct past *past_new(struct board *board)
{
    struct past *past = calloc(1, sizeof *past);
    memory_need(past);
    past->board = board;
    return past;
}

static void point_free(struct point *point)
{
    free(point->flat);
    VEC_FREE(&point->pages);
    VEC_FREE(&point->old);
}

void past_free(struct past *past)
{
    if (!past)
        return;
    for (size_t i = 0; i < past->points.count; i++)
        point_free(&past->points.at[i]);
    VEC_FREE(&past->points);
    free(past->memory);
    free(past);
}

/* All of memory as it is, without touching what never was. */
static void copy_memory(struct past *past)
{
    const struct digest *digest = past->board->digest;
    uint32_t pages = phys_pages(past->board->phys);
    past->memory = calloc(pages, PHYS_PAGE_BYTES);
    memory_need(past->memory);
    for (uint32_t i = 0; i < pages; i++)
        if (digest->page[i])
            memcpy(past->memory + (size_t)i * PHYS_PAGE_BYTES, phys_page(past->board->phys, i), PHYS_PAGE_BYTES);
}

static uint8_t *old_room(struct point *point, size_t pages)
{
    size_t needed = pages * PHYS_PAGE_BYTES;
    while (point->old.room < needed)
        point->old.at = vec_grown(point->old.at, &point->old.room, 1);
    return point->old.at;
}

/* Bring the copy of memory up to now; what was there belongs to the newest point. */
static void follow_changes(struct past *past)
{
    const struct digest *digest = past->board->digest;
    struct point *newest = past->points.count ? &past->points.at[past->points.count - 1] : NULL;
    uint8_t *old = newest ? old_room(newest, digest->changed.count) : NULL;
    for (size_t i = 0; i < digest->changed.count; i++) {
        uint32_t page = digest->changed.at[i];
        uint8_t *copy = past->memory + (size_t)page * PHYS_PAGE_BYTES;
        if (newest) {
            *VEC_PUSH(&newest->pages) = page;
            memcpy(old + i * PHYS_PAGE_BYTES, copy, PHYS_PAGE_BYTES);
        }
        memcpy(copy, phys_page(past->board->phys, page), PHYS_PAGE_BYTES);
    }
}

/* As many are kept as the backup is behind: bounded by what its thread may be (lag-epochs), and by its reports. */
static void forget(struct past *past, uint64_t confirmed)
{
    size_t gone = 0, count = past->points.count;
    while (gone < count && past->points.at[gone].epoch <= confirmed)
        point_free(&past->points.at[gone++]);
    for (size_t i = gone; i < count && gone; i++)
        past->points.at[i - gone] = past->points.at[i];
    past->points.count -= gone;
}

void past_note(struct past *past, uint64_t epoch, uint64_t confirmed)
{
    struct digest *digest = past->board->digest;
    if (!past->memory)
        copy_memory(past);
    else
        follow_changes(past);
    digest_track(digest);
    forget(past, confirmed);
    struct point *point = VEC_PUSH(&past->points);
    *point = (struct point){.epoch = epoch, .flat = malloc(digest->flat_bytes)};
    memory_need(point->flat);
    memcpy(point->flat, digest->flat, digest->flat_bytes); /* as the digest just taken saw it */
}

bool past_compare(struct past *past, uint64_t epoch, const char *name, struct board *other, const char *other_name,
                  struct difference *difference)
{
    while (past->points.count && past->points.at[past->points.count - 1].epoch > epoch) {
        past->points.count--;
        if (past->points.count) { /* back to the point before */
            const struct point *point = &past->points.at[past->points.count - 1];
            for (size_t i = 0; i < point->pages.count; i++)
                memcpy(past->memory + (size_t)point->pages.at[i] * PHYS_PAGE_BYTES, point->old.at + i * PHYS_PAGE_BYTES,
                       PHYS_PAGE_BYTES);
        }
        point_free(&past->points.at[past->points.count]);
    }
    if (!past->points.count || past->points.at[past->points.count - 1].epoch != epoch)
        return false;
    board_flatten(other, other->digest->flat);
    struct replica then = {name, past->points.at[past->points.count - 1].flat, past->memory};
    struct replica now = {other_name, other->digest->flat, phys_page(other->phys, 0)};
    replicas_equal(other, &then, &now, true, difference);
    return true;
}

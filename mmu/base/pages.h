/* pages.h - persistent maps of pages: memory, or a disk's changes, as it was at several moments.
 *
 * A map gives a page number its content, or nothing. Copying a map costs nothing; changing a page of one copy leaves
 * the others as they are, because a map is a tree whose nodes are shared until one of the sharers changes them. Pages
 * of equal content are kept once in a store, whichever map, moment or computer they are of.
 *
 * What always holds: a page's content never changes; two entries of maps of one store are the same page exactly if
 * their contents are equal. A store may be used from several host threads; a map from one at a time.
 */
#ifndef US_MMU_BASE_PAGES_H
#define US_MMU_BASE_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PAGE_BYTES = 4096 };

/* Is everything in PAGE zero? */
bool page_is_zero(const uint8_t *page);

struct page_store;
struct page_node;

/* NULL if the host has no memory. All maps must have been freed when the store is. */
struct page_store *page_store_new(void);
void page_store_free(struct page_store *store);
/* How many bytes its pages and its maps' nodes take. */
uint64_t page_store_bytes(const struct page_store *store);

struct page_map {
    struct page_store *store;
    struct page_node *root; /* NULL: nothing is there */
    uint32_t pages;
    unsigned levels;
};

/* A map of PAGES pages with nothing in it. */
void page_map_init(struct page_map *map, struct page_store *store, uint32_t pages);
/* The same as MAP, but with nothing in it. */
void page_map_empty(struct page_map *empty, const struct page_map *map);
void page_map_copy(struct page_map *to, const struct page_map *from);
void page_map_free(struct page_map *map);
uint32_t page_map_pages(const struct page_map *map);

/* The content of page INDEX, or NULL. Stays as it is as long as the map has it. */
const uint8_t *page_map_get(const struct page_map *map, uint32_t index);
/* The first page from INDEX on that has one; the number of pages if there is none. */
uint32_t page_map_next(const struct page_map *map, uint32_t index);
/* Page INDEX has the content BYTES from now on; NULL: nothing. */
void page_map_set(struct page_map *map, uint32_t index, const uint8_t *bytes);
/* Call DIFFERS for every page that is not the same in A and B, two maps of one store and size, in their order. */
void page_map_compare(const struct page_map *a, const struct page_map *b, void (*differs)(void *arg, uint32_t index),
                      void *arg);

#endif

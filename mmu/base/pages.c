/* pages.c - see pages.h. The tree has 32 children a node; the store is a hash table by content, with chains. */
#include "mmu/base/pages.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "mmu/base/hard.h"
#include "mmu/base/memory.h"

enum { NODE_BITS = 5, NODE_CHILDREN = 1 << NODE_BITS };

struct page {
    struct page *next; /* of equal hash in the low bits */
    uint64_t hash;
    uint64_t references;
    uint8_t bytes[PAGE_BYTES];
};

/* A map's; at the lowest level the children are pages. */
struct page_node {
    uint64_t references;
    union {
        struct page_node *node;
        struct page *page;
    } child[NODE_CHILDREN];
};

struct page_store {
    pthread_mutex_t lock;
    struct page **table;
    size_t slots, pages, nodes;
};

bool page_is_zero(const uint8_t *page)
{
    return page[0] == 0 && !memcmp(page, page + 1, PAGE_BYTES - 1);
}

struct page_store *page_store_new(void)
{
    struct page_store *store = calloc(1, sizeof *store);
    if (!store)
        return NULL;
    store->slots = HARD(4096, 2);
    store->table = calloc(store->slots, sizeof store->table[0]);
    if (!store->table) {
        free(store);
        return NULL;
    }
    pthread_mutex_init(&store->lock, NULL);
    return store;
}

void page_store_free(struct page_store *store)
{
    if (!store)
        return;
    assert(!store->pages && !store->nodes);
    pthread_mutex_destroy(&store->lock);
    free(store->table);
    free(store);
}

uint64_t page_store_bytes(const struct page_store *store)
{
    return store->pages * sizeof(struct page) + store->nodes * sizeof(struct page_node) +
           store->slots * sizeof store->table[0];
}

static void grow(struct page_store *store)
{
    size_t slots = store->slots * 2;
    struct page **table = calloc(slots, sizeof table[0]);
    memory_need(table);
    for (size_t i = 0; i < store->slots; i++) {
        for (struct page *page = store->table[i], *next; page; page = next) {
            next = page->next;
            page->next = table[page->hash & (slots - 1)];
            table[page->hash & (slots - 1)] = page;
        }
    }
    free(store->table);
    store->table = table;
    store->slots = slots;
}

/* The page with the content BYTES, with a reference for the caller. */
static struct page *take_page(struct page_store *store, const uint8_t *bytes)
{
    uint64_t hash = XXH3_64bits(bytes, PAGE_BYTES);
    pthread_mutex_lock(&store->lock);
    struct page *page = store->table[hash & (store->slots - 1)];
    while (page && (page->hash != hash || memcmp(page->bytes, bytes, PAGE_BYTES) != 0))
        page = page->next;
    if (page) {
        page->references++;
    } else {
        if (store->pages == store->slots)
            grow(store);
        struct page **slot = &store->table[hash & (store->slots - 1)];
        page = malloc(sizeof *page);
        memory_need(page);
        page->next = *slot;
        page->hash = hash;
        page->references = 1;
        memcpy(page->bytes, bytes, PAGE_BYTES);
        *slot = page;
        store->pages++;
    }
    pthread_mutex_unlock(&store->lock);
    return page;
}

static void release_page(struct page_store *store, struct page *page)
{
    if (!page)
        return;
    pthread_mutex_lock(&store->lock);
    if (--page->references == 0) {
        struct page **link = &store->table[page->hash & (store->slots - 1)];
        while (*link != page)
            link = &(*link)->next;
        *link = page->next;
        store->pages--;
        free(page);
    }
    pthread_mutex_unlock(&store->lock);
}

static void count_nodes(struct page_store *store, int change)
{
    pthread_mutex_lock(&store->lock);
    store->nodes += (size_t)change;
    pthread_mutex_unlock(&store->lock);
}

static void release_node(struct page_store *store, struct page_node *node, unsigned level)
{
    if (!node || --node->references)
        return;
    for (unsigned i = 0; i < NODE_CHILDREN; i++) {
        if (level)
            release_node(store, node->child[i].node, level - 1);
        else
            release_page(store, node->child[i].page);
    }
    free(node);
    count_nodes(store, -1);
}

/* *NODE becomes one that nobody else has, with the same children. */
static void make_own(struct page_store *store, struct page_node **node, unsigned level)
{
    struct page_node *shared = *node;
    if (shared && shared->references == 1)
        return;
    *node = calloc(1, sizeof **node);
    memory_need(*node);
    (*node)->references = 1;
    count_nodes(store, 1);
    if (!shared)
        return;
    memcpy((*node)->child, shared->child, sizeof shared->child);
    shared->references--;
    pthread_mutex_lock(&store->lock);
    for (unsigned i = 0; i < NODE_CHILDREN; i++) {
        if (level && shared->child[i].node)
            shared->child[i].node->references++;
        else if (!level && shared->child[i].page)
            shared->child[i].page->references++;
    }
    pthread_mutex_unlock(&store->lock);
}

void page_map_init(struct page_map *map, struct page_store *store, uint32_t pages)
{
    *map = (struct page_map){.store = store, .pages = pages, .levels = 1};
    while (map->levels * NODE_BITS < 32 && pages > UINT32_C(1) << (map->levels * NODE_BITS))
        map->levels++;
}

void page_map_empty(struct page_map *empty, const struct page_map *map)
{
    *empty = *map;
    empty->root = NULL;
}

void page_map_copy(struct page_map *to, const struct page_map *from)
{
    *to = *from;
    if (to->root)
        to->root->references++;
}

void page_map_free(struct page_map *map)
{
    release_node(map->store, map->root, map->levels - 1);
    map->root = NULL;
}

uint32_t page_map_pages(const struct page_map *map)
{
    return map->pages;
}

static unsigned child_of(uint32_t index, unsigned level)
{
    return (index >> (level * NODE_BITS)) & (NODE_CHILDREN - 1);
}

const uint8_t *page_map_get(const struct page_map *map, uint32_t index)
{
    const struct page_node *node = map->root;
    assert(index < map->pages);
    for (unsigned level = map->levels - 1; node && level; level--)
        node = node->child[child_of(index, level)].node;
    const struct page *page = node ? node->child[child_of(index, 0)].page : NULL;
    return page ? page->bytes : NULL;
}

uint32_t page_map_next(const struct page_map *map, uint32_t index)
{
    uint64_t at = index;
    while (at < map->pages) {
        const struct page_node *node = map->root;
        unsigned level = map->levels - 1;
        for (; node && level; level--)
            node = node->child[child_of((uint32_t)at, level)].node;
        if (node && node->child[child_of((uint32_t)at, 0)].page)
            return (uint32_t)at;
        if (!node && !map->root)
            break;
        /* Nothing below the node that is not there: behind all of its pages. */
        uint64_t skip = UINT64_C(1) << (node ? 0 : (level + 1) * NODE_BITS);
        at += skip - at % skip;
    }
    return at < map->pages && map->root ? (uint32_t)at : map->pages;
}

void page_map_set(struct page_map *map, uint32_t index, const uint8_t *bytes)
{
    assert(index < map->pages);
    if (!bytes && !page_map_get(map, index))
        return;
    struct page *page = bytes ? take_page(map->store, bytes) : NULL;
    struct page_node **node = &map->root;
    for (unsigned level = map->levels - 1; level; level--) {
        make_own(map->store, node, level);
        node = &(*node)->child[child_of(index, level)].node;
    }
    make_own(map->store, node, 0);
    struct page **slot = &(*node)->child[child_of(index, 0)].page;
    release_page(map->store, *slot);
    *slot = page;
}

static void compare(const struct page_node *a, const struct page_node *b, unsigned level, uint32_t first,
                    void (*differs)(void *arg, uint32_t index), void *arg)
{
    if (a == b)
        return;
    for (unsigned i = 0; i < NODE_CHILDREN; i++) {
        uint32_t index = first + (i << (level * NODE_BITS));
        if (level)
            compare(a ? a->child[i].node : NULL, b ? b->child[i].node : NULL, level - 1, index, differs, arg);
        else if ((a ? a->child[i].page : NULL) != (b ? b->child[i].page : NULL))
            differs(arg, index);
    }
}

void page_map_compare(const struct page_map *a, const struct page_map *b, void (*differs)(void *arg, uint32_t index),
                      void *arg)
{
    assert(a->store == b->store && a->levels == b->levels);
    compare(a->root, b->root, a->levels - 1, 0, differs, arg);
}

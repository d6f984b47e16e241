/* visit.c - see visit.h. */
#include "mmu/base/visit.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "mmu/base/memory.h"

void visit_write(struct visit *visit, bool whole)
{
    *visit = (struct visit){.whole = whole, .good = true, .room = 4096};
    visit->bytes = malloc(visit->room);
    memory_need(visit->bytes);
}

void visit_write_future(struct visit *visit)
{
    visit_write(visit, true);
    visit->future = true;
}

void visit_read(struct visit *visit, bool whole, uint8_t *bytes, size_t size, struct page_map *maps, unsigned count)
{
    *visit = (struct visit){
        .reading = true, .whole = whole, .good = true, .bytes = bytes, .count = size, .maps = maps, .map_count = count};
}

void visit_patch(struct visit *visit, const size_t *base, size_t count)
{
    visit->base = base;
    visit->base_count = count;
}

void visit_free(struct visit *visit)
{
    free(visit->lengths);
    for (unsigned i = 0; i < visit->map_count; i++)
        page_map_free(&visit->maps[i]);
    free(visit->maps);
    free(visit->bytes);
}

/* FNV-1a: names are short, and only equality matters. */
static void describe(struct visit *visit, const char *name, size_t size)
{
    uint64_t hash = visit->description;
    if (visit->future) /* nobody reads it */
        return;
    for (; *name; name++)
        hash = (hash ^ (uint8_t)*name) * UINT64_C(0x100000001B3);
    visit->description = (hash ^ size) * UINT64_C(0x100000001B3);
}

void visit_refuse(struct visit *visit)
{
    if (visit->good)
        visit->section = visit->open ? visit->open : "beginning";
    visit->good = false;
}

static void move(struct visit *visit, void *at, size_t size)
{
    if (!size)
        return;
    if (visit->reading) {
        if (!visit->good || size > visit->count - visit->at) {
            visit_refuse(visit);
            memset(at, 0, size);
            return;
        }
        memcpy(at, visit->bytes + visit->at, size);
        visit->at += size;
        return;
    }
    if (size > visit->room - visit->count) {
        while (size > visit->room - visit->count)
            visit->room *= 2;
        visit->bytes = realloc(visit->bytes, visit->room);
        memory_need(visit->bytes);
    }
    memcpy(visit->bytes + visit->count, at, size);
    visit->count += size;
}

/* A number that the writer and the reader must have in common. */
static void agree(struct visit *visit, uint64_t number)
{
    uint64_t theirs = number;
    move(visit, &theirs, sizeof theirs);
    if (theirs != number)
        visit_refuse(visit);
}

void visit_begin(struct visit *visit, const char *name)
{
    visit->open = name;
    visit->description = UINT64_C(0xCBF29CE484222325);
    describe(visit, name, 0);
    agree(visit, visit->description);
}

void visit_end(struct visit *visit)
{
    agree(visit, visit->description);
}

void visit_bytes(struct visit *visit, const char *name, void *at, size_t size)
{
    describe(visit, name, size);
    move(visit, at, size);
}

void visit_truth(struct visit *visit, const char *name, void *at, size_t size)
{
    uint8_t value = 0;
    assert(size == sizeof value);
    memcpy(&value, at, size);
    visit_bytes(visit, name, &value, size);
    if (visit->reading && value > 1) {
        value = 0;
        visit_refuse(visit);
    }
    memcpy(at, &value, size);
}

size_t visit_count(struct visit *visit, size_t count, size_t element_bytes)
{
    uint64_t number = count;
    describe(visit, "count", sizeof number);
    move(visit, &number, sizeof number);
    if (visit->reading && number > (visit->count - visit->at) / element_bytes) {
        visit_refuse(visit);
        return 0;
    }
    return (size_t)number;
}

/* Keep COUNT for who makes a patch later. */
static void keep_length(struct visit *visit, size_t count)
{
    if (visit->length_count == visit->length_room) {
        visit->length_room = visit->length_room * 2 + 16;
        visit->lengths = realloc(visit->lengths, visit->length_room * sizeof visit->lengths[0]);
        memory_need(visit->lengths);
    }
    visit->lengths[visit->length_count++] = count;
}

size_t visit_length(struct visit *visit, size_t count, size_t *first)
{
    uint64_t number = count;
    move(visit, &number, sizeof number);
    if (visit->base)
        assert(visit->base_at < visit->base_count);
    *first = visit->whole ? 0 : visit->base ? visit->base[visit->base_at++] : (size_t)number;
    if (!visit->reading)
        keep_length(visit, count);
    else if (visit->whole && number > visit->count - visit->at) {
        visit_refuse(visit);
        return 0;
    }
    assert(*first <= number && (!visit->reading || *first <= count || !"a snapshot of a past that has been left"));
    return (size_t)number;
}

/* Is each element of FIELD, whose first is at FIRST, below its limit? */
static bool in_range(const struct state_field *field, const char *first)
{
    for (unsigned i = 0; field->limit && i < field->count; i++) {
        uint8_t byte;
        uint32_t word = 0;
        memcpy(&byte, first + (size_t)i * field->stride, sizeof byte);
        if (field->size_bytes == sizeof word)
            memcpy(&word, first + (size_t)i * field->stride, sizeof word);
        if ((field->size_bytes == sizeof word ? word : byte) >= field->limit)
            return false;
    }
    return true;
}

void visit_table(struct visit *visit, const struct state_table *table, void *at)
{
    for (size_t f = 0; f < table->count; f++) {
        const struct state_field *field = &table->fields[f];
        char *first = (char *)at + field->offset;
        size_t size = field->size_bytes;
        if (field->stride == size) {
            visit_bytes(visit, field->name, first, size * field->count);
        } else {
            describe(visit, field->name, size * field->count);
            for (unsigned i = 0; i < field->count; i++)
                move(visit, first + (size_t)i * field->stride, size);
        }
        if (visit->reading && !in_range(field, first)) {
            for (unsigned i = 0; i < field->count; i++)
                memset(first + (size_t)i * field->stride, 0, size);
            visit_refuse(visit);
        }
    }
}

void visit_owned(struct visit *visit, uint8_t **at, size_t size)
{
    size_t present = visit_count(visit, *at && !visit->reading ? size : 0, 1);
    if (visit->reading) {
        if (present && present != size)
            visit_refuse(visit);
        *at = present && visit->good ? malloc(present) : NULL;
        memory_need(*at || !present || !visit->good);
    }
    if (*at)
        move(visit, *at, present);
}

/* ---- pages ---- */

static void take_map(struct visit *visit, struct page_map *map)
{
    assert(visit->map_at < visit->map_count);
    page_map_copy(map, &visit->maps[visit->map_at++]);
}

static void keep_map(struct visit *visit, const struct page_map *map)
{
    if (visit->map_count == visit->map_room) {
        visit->map_room = visit->map_room * 2 + 4;
        visit->maps = realloc(visit->maps, visit->map_room * sizeof visit->maps[0]);
        memory_need(visit->maps);
    }
    page_map_copy(&visit->maps[visit->map_count++], map);
}

struct page_writer {
    struct visit *visit;
    const struct page_map *map;
};

static void write_page(void *arg, uint32_t index)
{
    struct page_writer *writer = arg;
    uint8_t page[PAGE_BYTES];
    uint64_t number = index;
    memcpy(page, page_map_get(writer->map, index), sizeof page);
    move(writer->visit, &number, sizeof number);
    move(writer->visit, page, sizeof page);
}

struct page_hasher {
    XXH3_state_t *hash;
    const struct page_map *map;
};

static void hash_page(void *arg, uint32_t index)
{
    const struct page_hasher *hasher = arg;
    XXH3_128bits_update(hasher->hash, &index, sizeof index);
    XXH3_128bits_update(hasher->hash, page_map_get(hasher->map, index), PAGE_BYTES);
}

/* EMPTY is one like MAP without pages. */
static void write_hash(struct visit *visit, const struct page_map *map, const struct page_map *empty)
{
    struct page_hasher hasher = {XXH3_createState(), map};
    memory_need(hasher.hash);
    XXH3_128bits_reset(hasher.hash);
    page_map_compare(map, empty, hash_page, &hasher);
    XXH128_hash_t hash = XXH3_128bits_digest(hasher.hash);
    XXH3_freeState(hasher.hash);
    move(visit, &hash, sizeof hash);
}

static void read_pages(struct visit *visit, struct page_map *map)
{
    for (;;) {
        uint8_t page[PAGE_BYTES];
        uint64_t number = 0;
        move(visit, &number, sizeof number);
        if (number == UINT64_MAX || !visit->good)
            return;
        move(visit, page, sizeof page);
        if (number >= page_map_pages(map))
            visit_refuse(visit);
        if (visit->good)
            page_map_set(map, (uint32_t)number, page);
    }
}

void visit_pages(struct visit *visit, struct page_map *map)
{
    describe(visit, "pages", PAGE_BYTES);
    struct page_map empty;
    page_map_empty(&empty, map);
    if (visit->future) {
        write_hash(visit, map, &empty);
    } else if (visit->whole && visit->reading) {
        page_map_free(map);
        *map = empty;
        read_pages(visit, map);
    } else if (visit->whole) {
        struct page_writer writer = {visit, map};
        uint64_t end = UINT64_MAX;
        page_map_compare(map, &empty, write_page, &writer);
        move(visit, &end, sizeof end);
    } else if (visit->reading) {
        page_map_free(map);
        take_map(visit, map);
    } else {
        keep_map(visit, map);
    }
}

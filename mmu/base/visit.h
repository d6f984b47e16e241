/* visit.h - one description of a struct's state that both writes it out and reads it back.
 *
 * Each struct that holds state has a function beside its own code that names every field once (`NAME_visit`); what is
 * done with the field is the visit's business: it is copied out, or back. So what is saved and what is restored cannot
 * drift apart. Fields that a guest can see have a state table as well (state.h), which visit_table reads.
 *
 * Two kinds of visits. A snapshot stays in the process: memory goes along as page maps (pages.h), and a row that only
 * ever grows goes along as its length, so that reading it back cuts the row. (A patch is a snapshot that is read at a
 * known moment before it, and has what the rows have grown by since.) A save file is `whole`: everything is bytes. A
 * file's sections carry a hash of the names and sizes visited, so that one written by a build that describes a struct
 * otherwise is refused. A third kind is written only, to be compared: of what a run comes to nothing depends on what it
 * leaves out.
 *
 * What always holds: reading never goes past the bytes that there are; after the first mistake `good` is false, and
 * everything that is read is zero.
 */
#ifndef US_MMU_BASE_VISIT_H
#define US_MMU_BASE_VISIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "mmu/base/pages.h"
#include "mmu/base/state.h"

struct visit {
    bool reading, whole, good;
    bool future;    /* writing: to be compared, nothing that comes depends on what is left out (ft/future.h) */
    uint8_t *bytes; /* writing: what was written, owned; reading: the caller's */
    size_t count, room, at;
    struct page_map *maps; /* of a snapshot, in the order of the visit; likewise */
    unsigned map_count, map_room, map_at;
    size_t *lengths; /* of the rows that only grow, in the order of the visit: kept when writing, owned */
    size_t length_count, length_room;
    const size_t *base; /* a patch: what the rows' lengths are where it is read; NULL: no patch */
    size_t base_count, base_at;
    uint64_t description; /* of the present section */
    const char *section;  /* where the first mistake was found; NULL: none */
    const char *open;     /* the present section */
};

/* Write: the caller owns visit->bytes, maps and lengths afterwards, or calls visit_free. */
void visit_write(struct visit *visit, bool whole);
/* Write, whole, what the rest of a run depends on; of pages a hash. */
void visit_write_future(struct visit *visit);
/* Read SIZE bytes and COUNT maps that such a visit has written. */
void visit_read(struct visit *visit, bool whole, uint8_t *bytes, size_t size, struct page_map *maps, unsigned count);
/* What is written or read next is a patch for where rows have COUNT lengths BASE, which outlive the visit. */
void visit_patch(struct visit *visit, const size_t *base, size_t count);
void visit_free(struct visit *visit);

/* What follows is the state of a NAME, until the end. */
void visit_begin(struct visit *visit, const char *name);
void visit_end(struct visit *visit);

/* SIZE bytes at AT, which are called NAME. */
void visit_bytes(struct visit *visit, const char *name, void *at, size_t size);
/* The same for a bool, which is 0 or 1 when it is read, or refused. */
void visit_truth(struct visit *visit, const char *name, void *at, size_t size);
/* Reading: something makes no sense. */
void visit_refuse(struct visit *visit);
/* A number of things of at least ELEMENT_BYTES each: COUNT when writing; returns the one that holds. */
size_t visit_count(struct visit *visit, size_t count, size_t element_bytes);
/* Every field of TABLE in the struct at AT. */
void visit_table(struct visit *visit, const struct state_table *table, void *at);
/* SIZE bytes at *AT that may not be there (NULL), from malloc. */
void visit_owned(struct visit *visit, uint8_t **at, size_t size);
/* A map of pages: reading, *MAP becomes what was written (it shares it; free it). */
void visit_pages(struct visit *visit, struct page_map *map);

/* A member, by the name that it is given here. */
#define VISIT(visit, member)                                                                                           \
    _Generic(&(member), bool * : visit_truth, default : visit_bytes)((visit), #member, &(member), sizeof(member))
/* One that is below LIMIT when it is read, or refused: a value of an enum, an index. */
#define VISIT_BELOW(visit, member, limit)                                                                              \
    do {                                                                                                               \
        visit_bytes((visit), #member, &(member), sizeof(member));                                                      \
        if ((visit)->reading && (uint64_t)(member) >= (uint64_t)(limit)) {                                             \
            memset(&(member), 0, sizeof(member));                                                                      \
            visit_refuse(visit);                                                                                       \
        }                                                                                                              \
    } while (0)
/* A time in picoseconds or a count of what has happened: so large that sums of some stay numbers, or TIME_NEVER. */
#define VISIT_MOMENT_MAX (UINT64_C(1) << 61)
#define VISIT_MOMENT(visit, member)                                                                                    \
    do {                                                                                                               \
        visit_bytes((visit), #member, &(member), sizeof(member));                                                      \
        if ((visit)->reading && (member) > VISIT_MOMENT_MAX && (member) != UINT64_MAX) {                               \
            (member) = 0;                                                                                              \
            visit_refuse(visit);                                                                                       \
        }                                                                                                              \
    } while (0)
/* An array of characters that is a text. */
#define VISIT_TEXT(visit, member)                                                                                      \
    do {                                                                                                               \
        visit_bytes((visit), #member, (member), sizeof(member));                                                       \
        if ((visit)->reading && !memchr((member), 0, sizeof(member))) {                                                \
            (member)[0] = '\0';                                                                                        \
            visit_refuse(visit);                                                                                       \
        }                                                                                                              \
    } while (0)
/* An atomic member of type TYPE. */
#define VISIT_ATOMIC(visit, type, member)                                                                              \
    do {                                                                                                               \
        type value_ = atomic_load(&(member));                                                                          \
        _Generic(&value_, bool * : visit_truth, default : visit_bytes)((visit), #member, &value_, sizeof value_);      \
        if ((visit)->reading)                                                                                          \
            atomic_store(&(member), value_);                                                                           \
    } while (0)
/* A row (VEC of mmu/base/vec.h) whose elements ELEMENT(visit, pointer) describes. Reading, the row's elements are made
 * anew: the caller has freed what the old ones owned. */
#define VISIT_ROW(visit, row, element)                                                                                 \
    do {                                                                                                               \
        size_t count_ = visit_count((visit), (row)->count, 1);                                                         \
        if ((visit)->reading)                                                                                          \
            for ((row)->count = 0; (row)->count < count_;)                                                             \
                memset(VEC_PUSH(row), 0, sizeof *(row)->at);                                                           \
        for (size_t i_ = 0; i_ < count_; i_++)                                                                         \
            element((visit), &(row)->at[i_]);                                                                          \
    } while (0)
/* The same for a row that only grows. */
#define VISIT_GROWING(visit, row, element)                                                                             \
    do {                                                                                                               \
        size_t first_, count_ = visit_length((visit), (row)->count, &first_);                                          \
        if ((visit)->reading)                                                                                          \
            for ((row)->count = first_; (row)->count < count_;)                                                        \
                memset(VEC_PUSH(row), 0, sizeof *(row)->at);                                                           \
        for (size_t i_ = first_; i_ < count_; i_++)                                                                    \
            element((visit), &(row)->at[i_]);                                                                          \
    } while (0)
/* The same for a row of bytes. */
#define VISIT_GROWING_BYTES(visit, row)                                                                                \
    do {                                                                                                               \
        size_t first_, count_ = visit_length((visit), (row)->count, &first_);                                          \
        if ((visit)->reading)                                                                                          \
            for ((row)->count = first_; (row)->count < count_;)                                                        \
                *VEC_PUSH(row) = 0;                                                                                    \
        if (first_ < count_)                                                                                           \
            visit_bytes((visit), #row, (row)->at + first_, count_ - first_);                                           \
    } while (0)

/* The length of a row that only grows: COUNT now; and the first of its elements that go along. */
size_t visit_length(struct visit *visit, size_t count, size_t *first);

#endif

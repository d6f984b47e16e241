/* tlb.c - see tlb.h. Entries are found through a hash of (space, page); the chains are derived, not saved. */
#include "mmu/tlb.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/base/bits.h"

enum {
    BUCKETS = 512,
    NONE = UINT16_MAX,
    FREE_WORDS = TLB_ENTRIES_MAX / 64,
};

struct side_index {
    uint16_t heads[BUCKETS];
    uint16_t links[TLB_ENTRIES_MAX];
    uint64_t free[FREE_WORDS]; /* bit SLOT % 64 of word SLOT / 64: the entry is free; none beyond the TLB's size */
    unsigned blocks;           /* block entries in use */
};

struct tlb {
    struct tlb_state state;
    struct side_index index[2];
    unsigned entries;
    bool combined;
};

#define SIDE_ROWS(n, side)                                                                                             \
    {side ".entries",                                                                                                  \
     offsetof(struct tlb_state, sides[n].entries),                                                                     \
     sizeof(struct tlb_entry),                                                                                         \
     TLB_ENTRIES_MAX,                                                                                                  \
     sizeof(struct tlb_entry),                                                                                         \
     "page entries",                                                                                                   \
     0},                                                                                                               \
        {side ".blocks",                                                                                               \
         offsetof(struct tlb_state, sides[n].blocks),                                                                  \
         sizeof(struct tlb_entry),                                                                                     \
         TLB_BLOCKS_MAX,                                                                                               \
         sizeof(struct tlb_entry),                                                                                     \
         "block entries",                                                                                              \
         0},                                                                                                           \
    {                                                                                                                  \
        side ".next", offsetof(struct tlb_state, sides[n].next), 4, 1, 4, "next victim", TLB_ENTRIES_MAX               \
    }

static const struct state_field tlb_fields[] = {
    SIDE_ROWS(0, "dtlb"),
    SIDE_ROWS(1, "itlb"),
    STATE_SCALAR(struct tlb_state, random, "replacement generator"),
};

const struct state_table tlb_state_table = {"tlb", tlb_fields, sizeof tlb_fields / sizeof tlb_fields[0]};

static unsigned bucket_of(uint32_t space, uint32_t page)
{
    return (page ^ (page >> 9) ^ space ^ (space << 4)) % BUCKETS;
}

static unsigned real_side(const struct tlb *tlb, enum tlb_side side)
{
    return tlb->combined ? TLB_DATA : side;
}

static void link_entry(struct tlb *tlb, unsigned side, unsigned slot)
{
    const struct tlb_entry *entry = &tlb->state.sides[side].entries[slot];
    struct side_index *index = &tlb->index[side];
    unsigned bucket = bucket_of(entry->space, entry->page);
    index->links[slot] = index->heads[bucket];
    index->heads[bucket] = (uint16_t)slot;
    index->free[slot / 64] &= ~(UINT64_C(1) << slot % 64);
}

static void unlink_entry(struct tlb *tlb, unsigned side, unsigned slot)
{
    const struct tlb_entry *entry = &tlb->state.sides[side].entries[slot];
    struct side_index *index = &tlb->index[side];
    uint16_t *at = &index->heads[bucket_of(entry->space, entry->page)];
    while (*at != slot) {
        assert(*at != NONE);
        at = &index->links[*at];
    }
    *at = index->links[slot];
    if (slot < tlb->entries) /* a restored state may have one beyond */
        index->free[slot / 64] |= UINT64_C(1) << slot % 64;
}

static void empty_index(struct tlb *tlb, unsigned side)
{
    struct side_index *index = &tlb->index[side];
    memset(index->heads, 0xFF, sizeof index->heads);
    memset(index->free, 0, sizeof index->free);
    for (unsigned slot = 0; slot < tlb->entries; slot++)
        index->free[slot / 64] |= UINT64_C(1) << slot % 64;
}

void tlb_state_changed(struct tlb *tlb)
{
    for (unsigned side = 0; side < 2; side++) {
        empty_index(tlb, side);
        tlb->index[side].blocks = 0;
        for (unsigned i = 0; i < TLB_BLOCKS_MAX; i++)
            tlb->index[side].blocks += (tlb->state.sides[side].blocks[i].flags & TLB_VALID) != 0;
        for (unsigned i = 0; i < TLB_ENTRIES_MAX; i++) {
            if (tlb->state.sides[side].entries[i].flags & TLB_USED)
                link_entry(tlb, side, i);
        }
    }
}

struct tlb *tlb_new(unsigned entries, bool combined, uint64_t seed)
{
    assert(entries >= 2 && entries <= TLB_ENTRIES_MAX);
    struct tlb *tlb = calloc(1, sizeof *tlb);
    if (!tlb)
        return NULL;
    tlb->entries = entries;
    tlb->combined = combined;
    tlb->state.random = seed;
    tlb_state_changed(tlb);
    return tlb;
}

void tlb_free(struct tlb *tlb)
{
    free(tlb);
}

struct tlb_state *tlb_state(struct tlb *tlb)
{
    return &tlb->state;
}

void tlb_clear(struct tlb *tlb)
{
    memset(tlb->state.sides, 0, sizeof tlb->state.sides);
    tlb_state_changed(tlb);
}

static int find_slot(const struct tlb *tlb, unsigned side, uint32_t space, uint32_t page)
{
    const struct tlb_entry *entries = tlb->state.sides[side].entries;
    const struct side_index *index = &tlb->index[side];
    for (unsigned slot = index->heads[bucket_of(space, page)]; slot != NONE; slot = index->links[slot]) {
        if (entries[slot].page == page && entries[slot].space == space)
            return (int)slot;
    }
    return -1;
}

/* The first free entry from FIRST on, around the end; -1: none. */
static int find_free(const struct side_index *index, unsigned first)
{
    for (unsigned i = 0; i <= FREE_WORDS; i++) {
        unsigned word = (first / 64 + i) % FREE_WORDS;
        uint64_t bits = index->free[word];
        if (i == 0)
            bits &= ~UINT64_C(0) << first % 64;
        if (bits)
            return (int)(word * 64 + (unsigned)__builtin_ctzll(bits));
    }
    return -1;
}

/* The entry to give up: a free one, else by turn or by lot. */
static unsigned choose_victim(struct tlb *tlb, unsigned side)
{
    struct tlb_side_state *state = &tlb->state.sides[side];
    int found = find_free(&tlb->index[side], state->next % tlb->entries);
    if (found >= 0) {
        state->next = ((unsigned)found + 1) % tlb->entries;
        return (unsigned)found;
    }
    if (tlb->state.random == 0) {
        unsigned slot = state->next;
        state->next = (slot + 1) % tlb->entries;
        return slot;
    }
    /* xorshift64: any nonzero state leads to another */
    uint64_t r = tlb->state.random;
    r ^= r << 13;
    r ^= r >> 7;
    r ^= r << 17;
    tlb->state.random = r;
    return (unsigned)((r >> 32) % tlb->entries);
}

static void drop_slot(struct tlb *tlb, unsigned side, unsigned slot)
{
    unlink_entry(tlb, side, slot);
    tlb->state.sides[side].entries[slot] = (struct tlb_entry){0};
}

struct tlb_entry tlb_insert_address(struct tlb *tlb, enum tlb_side which, uint32_t space, uint32_t offset,
                                    uint32_t operand)
{
    struct tlb_entry displaced = {0};
    unsigned side = real_side(tlb, which);
    uint32_t page = offset >> 12;
    int found = find_slot(tlb, side, space, page);
    unsigned slot;
    if (found >= 0) {
        slot = (unsigned)found;
    } else {
        slot = choose_victim(tlb, side);
        displaced = tlb->state.sides[side].entries[slot];
        if (displaced.flags & TLB_USED)
            drop_slot(tlb, side, slot);
    }
    struct tlb_entry *entry = &tlb->state.sides[side].entries[slot];
    *entry = (struct tlb_entry){
        .space = space, .page = page, .frame = pa_field(operand, 7, 26), .pages = 1, .flags = TLB_USED};
    if (found < 0)
        link_entry(tlb, side, slot);
    return displaced;
}

void tlb_insert_protection(struct tlb *tlb, enum tlb_side which, uint32_t space, uint32_t offset, uint32_t operand)
{
    unsigned side = real_side(tlb, which);
    int found = find_slot(tlb, side, space, offset >> 12);
    if (found < 0)
        return;
    struct tlb_entry *entry = &tlb->state.sides[side].entries[found];
    entry->flags = TLB_USED | TLB_VALID;
    entry->flags |= (operand & PA_BIT(2)) ? TLB_T : 0;
    entry->flags |= (operand & PA_BIT(3)) ? TLB_D : 0;
    entry->flags |= (operand & PA_BIT(4)) ? TLB_B : 0;
    entry->flags |= (operand & PA_BIT(12)) ? TLB_U : 0;
    entry->type = (uint8_t)pa_field(operand, 5, 7);
    entry->pl1 = (uint8_t)pa_field(operand, 8, 9);
    entry->pl2 = (uint8_t)pa_field(operand, 10, 11);
    entry->access_id = pa_field(operand, 13, 30);
}

bool tlb_insert_block(struct tlb *tlb, enum tlb_side which, unsigned slot, const struct tlb_entry *entry)
{
    assert(slot < TLB_BLOCKS_MAX);
    unsigned side = real_side(tlb, which);
    uint32_t pages = entry->pages;
    bool aligned = pages && !(pages & (pages - 1)) && !(entry->page & (pages - 1)) && !(entry->frame & (pages - 1));
    if ((entry->flags & TLB_VALID) && !aligned)
        return false;
    tlb->state.sides[side].blocks[slot] = *entry;
    tlb_state_changed(tlb);
    return true;
}

void tlb_purge(struct tlb *tlb, enum tlb_side which, uint32_t space, uint32_t offset)
{
    unsigned side = real_side(tlb, which);
    int found = find_slot(tlb, side, space, offset >> 12);
    if (found >= 0)
        drop_slot(tlb, side, (unsigned)found);
}

void tlb_purge_all(struct tlb *tlb, enum tlb_side which)
{
    unsigned side = real_side(tlb, which);
    memset(tlb->state.sides[side].entries, 0, sizeof tlb->state.sides[side].entries);
    empty_index(tlb, side);
}

const struct tlb_entry *tlb_find(const struct tlb *tlb, enum tlb_side which, uint32_t space, uint32_t offset)
{
    unsigned side = real_side(tlb, which);
    uint32_t page = offset >> 12;
    const struct tlb_side_state *state = &tlb->state.sides[side];
    for (unsigned i = 0; tlb->index[side].blocks && i < TLB_BLOCKS_MAX; i++) {
        const struct tlb_entry *block = &state->blocks[i];
        if ((block->flags & TLB_VALID) && block->space == space && (page & ~(block->pages - 1)) == block->page)
            return block;
    }
    int found = find_slot(tlb, side, space, page);
    if (found < 0 || !(state->entries[found].flags & TLB_VALID))
        return NULL;
    return &state->entries[found];
}

/* Access rights types 0..7 of the manual: 0 read; 1 read, write; 2 read, execute; 3 all; 4..7 execute, with promotion
 * to privilege level type - 4 by GATE. A smaller level is a higher privilege. */
bool tlb_rights(const struct tlb_entry *entry, enum tlb_access access, unsigned privilege)
{
    bool under_pl1 = privilege <= entry->pl1;
    switch (access) {
    case TLB_READ:
        return entry->type <= 3 && under_pl1;
    case TLB_WRITE:
        return (entry->type == 1 || entry->type == 3) && privilege <= entry->pl2;
    default:
        return entry->type >= 2 && under_pl1 && privilege >= entry->pl2;
    }
}

bool tlb_identifier(const struct tlb_entry *entry, enum tlb_access access, const uint32_t pids[4])
{
    if (entry->access_id == 0)
        return true; /* public page */
    for (unsigned i = 0; i < 4; i++) {
        if (pa_field(pids[i], 13, 30) == entry->access_id && !(access == TLB_WRITE && (pids[i] & 1)))
            return true;
    }
    return false;
}

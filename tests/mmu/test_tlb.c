/* test_tlb.c - the TLB against a plain table: nothing is translated that was not inserted or was purged since, each
 * page as it was inserted last, and only what insertion says it displaced is gone; block entries.
 */
#include "mmu/base/bits.h"
#include "mmu/tlb.h"
#include "tests/check.h"

enum {
    SPACES = 3,
    PAGES = 37,
    STEPS = 40000,
};

struct model {
    uint32_t frame[2][SPACES][PAGES]; /* 0: not there; a frame number + 1 */
};

static uint32_t draw(struct check *t, uint32_t below)
{
    t->seed = t->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(t->seed >> 33) % below;
}

static void insert(struct tlb *tlb, enum tlb_side side, uint32_t space, uint32_t page, uint32_t frame,
                   struct tlb_entry *displaced)
{
    *displaced = tlb_insert_address(tlb, side, space, page << 12, frame << 5);
    tlb_insert_protection(tlb, side, space, page << 12, PA_BIT(3) | 1u << 24 | 3u << 22 | 2u << 20 | 0x155u << 1);
}

static void compare(struct check *t, const struct tlb *tlb, bool combined, const struct model *model)
{
    for (unsigned i = 0; i < 2 * SPACES * PAGES; i++) {
        unsigned side = i % 2, space = i / 2 % SPACES, page = i / 2 / SPACES;
        uint32_t wanted = model->frame[combined ? 0 : side][space][page];
        const struct tlb_entry *entry = tlb_find(tlb, side, space, page << 12 | 0x123);
        CHECK_EQ(entry != NULL, wanted != 0);
        if (entry && wanted) {
            CHECK_EQ(tlb_physical(entry, page << 12 | 0x123), (wanted - 1) << 12 | 0x123);
            CHECK_EQ(entry->type << 16 | entry->pl1 << 8 | entry->pl2, 1 << 16 | 3 << 8 | 2);
            CHECK_EQ(entry->access_id, 0x155);
        }
    }
}

/* Random insertions and purges. */
static void sequence(struct check *t, unsigned entries, bool combined, uint64_t lot)
{
    struct tlb *tlb = tlb_new(entries, combined, lot);
    struct model model = {0};
    for (unsigned step = 0; step < STEPS / entries; step++) {
        unsigned side = draw(t, 2), space = draw(t, SPACES), page = draw(t, PAGES), kind = draw(t, 40);
        unsigned at = combined ? 0 : side;
        if (kind == 0) {
            tlb_purge_all(tlb, side);
            memset(model.frame[at], 0, sizeof model.frame[at]);
        } else if (kind < 10) {
            tlb_purge(tlb, side, space, page << 12);
            model.frame[at][space][page] = 0;
        } else {
            struct tlb_entry displaced;
            uint32_t frame = draw(t, 0xFFFFF);
            insert(tlb, side, space, page, frame, &displaced);
            if (displaced.flags & TLB_VALID)
                model.frame[at][displaced.space][displaced.page] = 0;
            model.frame[at][space][page] = frame + 1;
        }
        compare(t, tlb, combined, &model);
    }
    tlb_free(tlb);
}

/* No entry is displaced while one is free, and as many fit as were asked for. */
static void capacity(struct check *t, unsigned entries)
{
    struct tlb *tlb = tlb_new(entries, false, 0);
    unsigned displacements = 0;
    for (unsigned page = 0; page < 2 * entries; page++) {
        struct tlb_entry displaced;
        insert(tlb, TLB_DATA, 1, page, page + 5, &displaced);
        displacements += displaced.flags != 0;
        CHECK_EQ(displacements, page < entries ? 0 : page - entries + 1);
    }
    tlb_free(tlb);
}

static void blocks(struct check *t)
{
    struct tlb *tlb = tlb_new(2, false, 0);
    struct tlb_entry displaced;
    struct tlb_entry block = {.space = 7, .page = 0x40, .frame = 0x80, .pages = 16, .flags = TLB_USED | TLB_VALID};
    insert(tlb, TLB_DATA, 7, 0x41, 0x999, &displaced);
    insert(tlb, TLB_DATA, 7, 0x50, 0x998, &displaced);
    CHECK(tlb_insert_block(tlb, TLB_DATA, 3, &block));
    for (uint32_t page = 0x3F; page <= 0x50; page++) {
        const struct tlb_entry *entry = tlb_find(tlb, TLB_DATA, 7, page << 12 | 0xABC);
        bool inside = page >= 0x40 && page < 0x50;
        CHECK_EQ(entry != NULL, inside || page == 0x50);
        if (entry && inside) /* before the page entry, too */
            CHECK_EQ(tlb_physical(entry, page << 12 | 0xABC), (0x80 + page - 0x40) << 12 | 0xABC);
    }
    CHECK(!tlb_find(tlb, TLB_INSTRUCTION, 7, 0x44 << 12));
    CHECK(!tlb_find(tlb, TLB_DATA, 8, 0x44 << 12));
    tlb_purge(tlb, TLB_DATA, 7, 0x44 << 12);
    tlb_purge_all(tlb, TLB_DATA);
    CHECK(tlb_find(tlb, TLB_DATA, 7, 0x44 << 12) != NULL);
    CHECK(!tlb_find(tlb, TLB_DATA, 7, 0x50 << 12));
    block.frame = 0x88; /* not aligned to its size */
    CHECK(!tlb_insert_block(tlb, TLB_DATA, 0, &block));
    block.frame = 0x80;
    block.pages = 12;
    CHECK(!tlb_insert_block(tlb, TLB_DATA, 0, &block));
    block.flags = 0;
    CHECK(tlb_insert_block(tlb, TLB_DATA, 3, &block));
    CHECK(!tlb_find(tlb, TLB_DATA, 7, 0x44 << 12));
    tlb_free(tlb);
}

int main(int argc, char **argv)
{
    struct check begun = check_begin("tlb", argc, argv), *t = &begun;
    static const unsigned sizes[] = {2, 3, 16, 64, 256};
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        sequence(t, sizes[i], false, 0);
        sequence(t, sizes[i], true, 0);
        sequence(t, sizes[i], false, 77);
        capacity(t, sizes[i]);
    }
    capacity(t, TLB_ENTRIES_MAX);
    blocks(t);
    return check_end(t);
}

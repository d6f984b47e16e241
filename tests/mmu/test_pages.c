/* test_pages.c - maps of pages against plain arrays: copies stay as they were, equal pages are one, nothing is lost. */
#include "mmu/base/pages.h"

#include "tests/check.h"

enum { MAPS = 8, PAGES = 70000, LOOKED_AT = 40, ROUNDS = 4000 };

/* What a map should have: at few places, the number of a content; 0: nothing. */
struct model {
    uint8_t content[LOOKED_AT];
};

struct differing {
    const struct model *a, *b;
    unsigned count, wrong;
};

static uint64_t next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return *state >> 33;
}

/* Spread over the whole map, neighbours as well. */
static uint32_t page_of(unsigned place)
{
    return place % 2 ? PAGES - place * 1700 : place * 3;
}

static void fill(uint8_t *page, uint8_t content)
{
    memset(page, content, PAGE_BYTES);
    page[content] = (uint8_t)~content;
}

static void look_at(struct check *t, const struct page_map *map, const struct model *model)
{
    uint8_t page[PAGE_BYTES];
    for (unsigned i = 0; i < LOOKED_AT; i++) {
        const uint8_t *is = page_map_get(map, page_of(i));
        fill(page, model->content[i]);
        CHECK(model->content[i] ? is && !memcmp(is, page, PAGE_BYTES) : !is);
    }
    unsigned wanted = 0, found = 0;
    for (unsigned i = 0; i < LOOKED_AT; i++)
        wanted += model->content[i] != 0;
    for (uint32_t at = page_map_next(map, 0); at < PAGES && found <= wanted; at = page_map_next(map, at + 1)) {
        CHECK(page_map_get(map, at));
        found++;
    }
    CHECK_EQ(found, wanted);
}

static void differs(void *arg, uint32_t index)
{
    struct differing *differing = arg;
    unsigned place = 0;
    while (place < LOOKED_AT && page_of(place) != index)
        place++;
    differing->count++;
    differing->wrong += place == LOOKED_AT || differing->a->content[place] == differing->b->content[place];
}

static void compare(struct check *t, const struct page_map *a, const struct model *ma, const struct page_map *b,
                    const struct model *mb)
{
    struct differing differing = {ma, mb, 0, 0};
    unsigned wanted = 0;
    for (unsigned i = 0; i < LOOKED_AT; i++)
        wanted += ma->content[i] != mb->content[i];
    page_map_compare(a, b, differs, &differing);
    CHECK_EQ(differing.count, wanted);
    CHECK_EQ(differing.wrong, 0);
}

int main(int argc, char **argv)
{
    struct check begun = check_begin("mmu.pages", argc, argv), *t = &begun;
    struct page_store *store = page_store_new();
    struct page_map maps[MAPS];
    static struct model models[MAPS];
    uint64_t state = t->seed, empty = page_store_bytes(store);
    uint8_t page[PAGE_BYTES];
    for (unsigned i = 0; i < MAPS; i++)
        page_map_init(&maps[i], store, PAGES);
    for (unsigned round = 0; round < ROUNDS; round++) {
        unsigned map = next(&state) % MAPS, other = next(&state) % MAPS, place = next(&state) % LOOKED_AT;
        switch (next(&state) % 8) {
        case 0: /* a copy */
            if (map != other) {
                page_map_free(&maps[map]);
                page_map_copy(&maps[map], &maps[other]);
                models[map] = models[other];
            }
            break;
        case 1:
            compare(t, &maps[map], &models[map], &maps[other], &models[other]);
            break;
        case 2:
            look_at(t, &maps[map], &models[map]);
            break;
        default:
            models[map].content[place] = (uint8_t)(next(&state) % 6);
            fill(page, models[map].content[place]);
            page_map_set(&maps[map], page_of(place), models[map].content[place] ? page : NULL);
        }
    }
    /* Five contents, however many maps have them. */
    CHECK(page_store_bytes(store) < empty + 6 * (PAGE_BYTES + 64) + (uint64_t)MAPS * LOOKED_AT * 4 * 300);
    for (unsigned i = 0; i < MAPS; i++) {
        look_at(t, &maps[i], &models[i]);
        page_map_free(&maps[i]);
    }
    CHECK_EQ(page_store_bytes(store), empty);
    page_store_free(store);
    return check_end(t);
}

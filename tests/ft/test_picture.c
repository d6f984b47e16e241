/* test_picture.c - the map of a computer's memory that a joining one is sent, made piece by piece while memory changes
 * (board_memory_some): whatever was looked at when, in the end it has what memory has.
 */
#include <string.h>

#include "ft/system/system.h"
#include "mmu/base/rng.h"
#include "tests/check.h"

static bool has(const struct page_map *map, const struct phys *phys)
{
    for (uint32_t i = 0; i < map->pages; i++) {
        const uint8_t *page = page_map_get(map, i), *wanted = phys_page(phys, i);
        if (page ? memcmp(page, wanted, PHYS_PAGE_BYTES) != 0 : !page_is_zero(wanted))
            return false;
    }
    return true;
}

static void pieces(struct check *t, struct board *board)
{
    struct rng rng = rng_new(t->seed, 1);
    uint32_t pages = phys_pages(board->phys), from = 0;
    unsigned rounds = 0;
    for (unsigned i = 0; i < 4000; i++) {
        uint8_t byte = (uint8_t)rng_upto(&rng, 2); /* often zero */
        phys_page_write(board->phys, (uint32_t)rng_upto(&rng, pages - 1), (uint32_t)rng_upto(&rng, PHYS_PAGE_BYTES - 1),
                        &byte, 1);
        if (rng_upto(&rng, 1) && board_memory_some(board, &from, (unsigned)rng_upto(&rng, 19))) {
            from = 0;
            rounds++;
        }
        if (!rng_upto(&rng, 199))
            CHECK(has(board_memory(board), board->phys));
    }
    CHECK(rounds > 2);
    CHECK(has(board_memory(board), board->phys));
    from = 0;
    CHECK(board_memory_some(board, &from, 1)); /* nothing is left to do */
}

int main(int argc, char **argv)
{
    struct check t = check_begin("ft.picture", argc, argv);
    struct system_config config;
    struct error error;
    system_config_defaults(&config);
    config.ram_bytes = 4 << 20;
    struct system *system = system_new(&config, &error);
    pieces(&t, system->computer[0]->board);
    system_free(system);
    return check_end(&t);
}

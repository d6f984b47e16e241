/* test_save_area.c - a processor's state through a save area and back, and where Linux's struct pdc_hpmc_pim_11 has
 * what.
 */
#include <string.h>

#include "ft/host/save_area.h"
#include "mmu/base/rng.h"
#include "tests/check.h"

static struct cpu_state random_state(struct rng *rng)
{
    struct cpu_state state = {0};
    uint8_t *bytes = (uint8_t *)&state;
    for (size_t i = 0; i < sizeof state; i++)
        bytes[i] = (uint8_t)rng_next(rng);
    state.dtu_count %= DTU_BUFFER_DEPTH + 1;
    for (unsigned i = 0; i < DTU_BUFFER_DEPTH; i++) {
        struct dtu_pair pair = {.due_insns = state.dtu_buffer[i].due_insns,
                                .destination = state.dtu_buffer[i].destination & 63,
                                .trap_class = state.dtu_buffer[i].trap_class % DTU_CLASSES};
        state.dtu_buffer[i] = pair;
    }
    return state;
}

/* Are the fields that the table of the processor's state names equal? */
static bool same(const struct cpu_state *a, const struct cpu_state *b)
{
    bool equal = true;
    for (size_t i = 0; i < cpu_state_table.count; i++) {
        const struct state_field *field = &cpu_state_table.fields[i];
        for (unsigned k = 0; k < field->count; k++) {
            size_t at = field->offset + (size_t)k * field->stride;
            if (memcmp((const char *)a + at, (const char *)b + at, field->size_bytes) != 0) {
                printf("%s %u differs\n", field->name, k);
                equal = false;
            }
        }
    }
    return equal;
}

int main(int argc, char **argv)
{
    struct check check = check_begin("test_save_area", argc, argv), *t = &check;
    struct rng rng = rng_new(check.seed, 15);
    char text[160];
    for (unsigned round = 0; round < 1000; round++) {
        struct cpu_state was = random_state(&rng), is = was;
        uint8_t area[SAVE_AREA_BYTES] = {0};
        save_area_store(area, &was, 12345, 678);
        CHECK(area_word(area, AREA_GR + 4 * 7) == was.gr[7] && area_word(area, AREA_SR + 4 * 3) == was.sr[3]);
        CHECK(area_word(area, AREA_CR + 4 * CR_IIAOQ) == was.iaoq_front &&
              area_word(area, AREA_IPSW) == was.cr[CR_IPSW]);
        CHECK(area_word(area, AREA_CR + 4 * CR_IPSW) == was.psw && area_word(area, 0x124) == was.iaoq_back);
        CHECK(be64_load(area + 0x158 + 8 * 31) == was.fr[31] && be64_load(area + AREA_TIME) == 12345);
        CHECK(area_word(area, 0x320) == was.shr[0] && area_word(area, AREA_RECOVERY) == 678);
        CHECK(!save_area_difference(&is, &was, text, sizeof text));
        save_area_scramble(&is);
        CHECK(is.gr[0] == 0 && is.insns == was.insns && save_area_difference(&is, &was, text, sizeof text));
        save_area_load(area, &is);
        CHECK(same(&is, &was));
    }
    return check_end(t);
}

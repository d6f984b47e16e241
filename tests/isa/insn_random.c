/* insn_random.c - random instructions from the instruction table. See insn_random.h. */
#include "tests/isa/insn_random.h"

#include <assert.h>

uint64_t insn_random_bits(struct insn_random *random)
{
    uint64_t z = random->state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

uint32_t insn_random_below(struct insn_random *random, uint32_t below)
{
    assert(below > 0);
    return (uint32_t)((insn_random_bits(random) >> 32) * below >> 32);
}

unsigned insn_random_rows(uint16_t wanted, uint16_t avoided, insn_random_filter *filter, void *arg, uint16_t *rows)
{
    unsigned count = 0;

    for (unsigned id = INSN_ILLEGAL + 1; id < INSN_COUNT; id++) {
        uint16_t classes = insn_rows[id].insn_class;
        if ((wanted == 0 || (classes & wanted) != 0) && (classes & avoided) == 0 && (!filter || filter(id, arg)))
            rows[count++] = (uint16_t)id;
    }
    return count;
}

uint32_t insn_random_word(struct insn_random *random, unsigned id)
{
    const struct insn_row *row = &insn_rows[id];
    struct insn insn;

    assert(id > INSN_ILLEGAL && id < INSN_COUNT);
    do { /* a fallback row does not own every word of its picture */
        uint32_t bits = (uint32_t)insn_random_bits(random);
        insn_decode((bits & ~row->mask) | row->match, &insn);
    } while (insn.id != id);
    return insn.word;
}

unsigned insn_random_width(unsigned id, char letter)
{
    unsigned width = 0;

    for (const char *p = insn_rows[id].picture; *p; p++)
        width += *p == letter;
    return width;
}

uint32_t insn_random_set(uint32_t word, unsigned id, char letter, uint32_t value)
{
    unsigned left = insn_random_width(id, letter);
    uint32_t bit = UINT32_C(1) << 31;

    for (const char *p = insn_rows[id].picture; *p; p++) {
        if (*p == ' ')
            continue;
        if (*p == letter)
            word = (value >> --left & 1) ? word | bit : word & ~bit;
        bit >>= 1;
    }
    return word;
}

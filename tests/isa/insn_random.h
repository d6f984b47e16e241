/* insn_random.h - random instructions from the instruction table, for tests.
 *
 * The table's pictures say which bits are fixed; all others are drawn. The same seed gives the same words on every
 * host. What a caller must keep out (privileged rows, branches into nowhere) it says by classes or by a filter.
 */
#ifndef US_TESTS_ISA_INSN_RANDOM_H
#define US_TESTS_ISA_INSN_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/isa/insn.h"

/* A generator of random numbers (splitmix64). Set STATE to the seed; any value will do. */
struct insn_random {
    uint64_t state;
};

/* The next 64 random bits. */
uint64_t insn_random_bits(struct insn_random *random);

/* A number in 0..BELOW-1; BELOW > 0. */
uint32_t insn_random_below(struct insn_random *random, uint32_t below);

/* May row ID be drawn? ARG is the caller's. */
typedef bool insn_random_filter(unsigned id, void *arg);

/* The row numbers (enum insn_id) that have one of the WANTED classes (0: any row), none of the AVOIDED ones, and that
 * FILTER (NULL: all) admits. ROWS has room for INSN_COUNT. Returns how many there are. */
unsigned insn_random_rows(uint16_t wanted, uint16_t avoided, insn_random_filter *filter, void *arg, uint16_t *rows);

/* A word that decodes to row ID (not INSN_ILLEGAL), every field random. */
uint32_t insn_random_word(struct insn_random *random, unsigned id);

/* WORD with field LETTER (see cpu/isa/insn.h) of row ID set to VALUE: all bits of the picture under that letter,
 * leftmost first. Unchanged if the row has no such field. */
uint32_t insn_random_set(uint32_t word, unsigned id, char letter, uint32_t value);

/* The number of bits that row ID's picture has under LETTER. */
unsigned insn_random_width(unsigned id, char letter);

#endif

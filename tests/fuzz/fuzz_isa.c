/* fuzz_isa.c - decoder and disassembler on any word: fields within their bounds, text within its room.
 */
#include "cpu/isa/insn.h"

#include <assert.h>
#include <string.h>

#include "mmu/base/bits.h"
#include "tests/fuzz/fuzz.h"

static void decode(uint32_t word)
{
    struct insn insn;
    memset(&insn, 0xA5, sizeof insn);
    insn_decode(word, &insn);
    assert(insn.word == word && insn.id < INSN_COUNT);
    if (insn.id == INSN_ILLEGAL)
        return;
    const struct insn_row *row = &insn_rows[insn.id];
    assert((word & row->mask) == row->match);
    assert(insn.b < 64 && insn.x < 64 && insn.t < 64 && insn.ra < 64 && insn.ta < 64);
    assert(insn.s < 8 && insn.cond < 32 && insn.m < 2 && insn.u < 2 && insn.cc < 4);
    assert(insn.p < 32 && insn.len <= 32 && insn.im5 >= -16 && insn.im5 <= 15);
}

static void disassemble(uint32_t word, uint32_t address, size_t room)
{
    char whole[256], cut[256];
    memset(whole, 0x5A, sizeof whole);
    memset(cut, 0x5A, sizeof cut);
    size_t length = insn_disassemble(word, address, whole, sizeof whole);
    assert(length > 0 && length < sizeof whole && strlen(whole) == length);
    insn_disassemble(word, address, cut, room);
    for (size_t i = room; i < sizeof cut; i++)
        assert(cut[i] == 0x5A);
    if (room > 0)
        assert(strlen(cut) == (length < room ? length : room - 1) && !strncmp(whole, cut, strlen(cut)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i + 4 <= size; i += 4) {
        uint32_t word = be32_load(bytes + i);
        decode(word);
        disassemble(word, be32_load(bytes + (i + 8 <= size ? i + 4 : 0)), word % 40);
    }
    return 0;
}

size_t fuzz_make(struct insn_random *random, uint8_t *bytes)
{
    size_t words = 1 + insn_random_below(random, 64);
    for (size_t i = 0; i < words; i++)
        be32_store(bytes + 4 * i, insn_random_word(random, 1 + insn_random_below(random, INSN_COUNT - 1)));
    return words * 4;
}

/* fuzz_elf.c - the ELF loader on any file: it refuses with one line and leaves RAM alone, or it loads.
 */
#include "io/elf.h"

#include <assert.h>
#include <string.h>

#include "mmu/base/bits.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct phys *phys = phys_new(PHYS_RAM_BYTES_MIN);
    struct error error = {""};
    uint32_t entry = 1;
    assert(phys);
    if (elf_load(bytes, size, "input", phys, &entry, &error)) {
        assert(entry % 4 == 0 && entry < PHYS_RAM_BYTES_MIN);
    } else {
        const uint8_t *ram = phys_ram(phys);
        assert(error.text[0] && !strchr(error.text, '\n'));
        assert(!ram[0] && !memcmp(ram, ram + 1, PHYS_RAM_BYTES_MIN - 1));
    }
    phys_free(phys);
    return 0;
}

size_t fuzz_make(struct insn_random *random, uint8_t *bytes)
{
    unsigned segments = 1 + insn_random_below(random, 4);
    uint32_t at = 52 + 32 * segments;
    memset(bytes, 0, FUZZ_INPUT_MAX);
    memcpy(bytes, "\177ELF\1\2\1", 7);
    be16_store(bytes + 16, 2);
    be16_store(bytes + 18, 15);
    be32_store(bytes + 20, 1);
    be32_store(bytes + 24, 0x10000 + 4 * insn_random_below(random, 8));
    be32_store(bytes + 28, 52);
    be16_store(bytes + 40, 52);
    be16_store(bytes + 42, 32);
    be16_store(bytes + 44, (uint16_t)segments);
    for (unsigned i = 0; i < segments; i++) {
        uint8_t *header = bytes + 52 + (size_t)32 * i;
        uint32_t length = insn_random_below(random, 64);
        be32_store(header, i == 0 ? 1 : insn_random_below(random, 3));
        be32_store(header + 4, at);
        be32_store(header + 8, 0x10000 * (i + 1));
        be32_store(header + 12, 0x10000 * (i + 1));
        be32_store(header + 16, length);
        be32_store(header + 20, length + insn_random_below(random, 3) * insn_random_below(random, 0x2000));
        for (uint32_t k = 0; k < length; k++)
            bytes[at++] = (uint8_t)insn_random_bits(random);
    }
    return at;
}

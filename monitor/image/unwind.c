/* unwind.c - see unwind.h. An entry is four words: the region's first and last instruction, relative to the text
 * segment, and two of flags and sizes.
 */
#include "monitor/image/unwind.h"

#include "mmu/base/bits.h"

enum { ENTRY_BYTES = 16 };

bool unwind_find(const struct symbols *symbols, uint32_t address, struct unwind_entry *entry)
{
    uint32_t size, base;
    const uint8_t *table = symbols_section(symbols, ".PARISC.unwind", &size);
    if (!table || !symbols_text_base(symbols, &base))
        return false;
    for (const uint8_t *at = table; size >= ENTRY_BYTES; at += ENTRY_BYTES, size -= ENTRY_BYTES) {
        uint32_t start = base + be32_load(at), last = base + be32_load(at + 4);
        if (address < start || address > last)
            continue;
        uint32_t flags = be32_load(at + 8), sizes = be32_load(at + 12);
        *entry = (struct unwind_entry){
            .start = start,
            .last = last,
            .frame_bytes = pa_field(sizes, 5, 31) * 8,
            .save_rp = flags & PA_BIT(28),
            .save_sp = flags & PA_BIT(27),
            .millicode = flags & PA_BIT(1),
        };
        return true;
    }
    return false;
}

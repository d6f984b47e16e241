/* noting.c - memory references that somebody wants to hear of (cpu->noting): of watched memory, or all for an observer.
 * Who asks for them is cpu/debug.c.
 */
#include "cpu/core/core.h"

bool debug_may_cache(const struct cpu *cpu, uint32_t offset)
{
    for (unsigned i = 0; i < cpu->watch_count; i++)
        if (cpu->watches[i].offset >> 12 <= offset >> 12 && offset >> 12 <= cpu->watches[i].last >> 12)
            return false;
    return !cpu->observer;
}

void debug_note_access(struct cpu *cpu, uint32_t offset, unsigned size, unsigned kinds, uint64_t value)
{
    struct cpu_access access = {kinds, offset, size, value};
    cpu->access = access;
    for (unsigned i = 0; i < cpu->watch_count; i++) {
        const struct watched *at = &cpu->watches[i];
        if (!(at->kinds & kinds) || offset > at->last || offset + size - 1 < at->offset)
            continue;
        cpu->watch_hit = access;
        cpu->attention |= ATTENTION_WATCH;
    }
}

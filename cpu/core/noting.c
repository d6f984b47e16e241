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

/* Does AT wait for a reference of KINDS to SIZE bytes at OFFSET? */
static bool waits_for(const struct watched *at, uint32_t offset, unsigned size, unsigned kinds)
{
    return (at->kinds & kinds) && offset <= at->last && offset + size - 1 >= at->offset;
}

bool debug_holds_access(struct cpu *cpu, const struct op *op, uint32_t offset, unsigned size, unsigned kinds)
{
    bool waited = false;
    for (unsigned i = 0; i < cpu->watch_count && !waited; i++)
        waited = (cpu->watches[i].kinds & ACCESS_BEFORE) && waits_for(&cpu->watches[i], offset, size, kinds);
    if (!waited)
        return false;
    exec_materialize(cpu, op);
    if (cpu->watch_passed == cpu->state.insns + 1)
        return false;
    exec_stall(cpu, op);
    cpu->attention = (uint8_t)((cpu->attention & ~ATTENTION_STALL) | ATTENTION_HOLD);
    cpu->watch_passed = cpu->state.insns + 1;
    cpu->watch_hit = (struct cpu_access){.kinds = kinds, .offset = offset, .size_bytes = size};
    return true;
}

void debug_note_access(struct cpu *cpu, uint32_t offset, unsigned size, unsigned kinds, uint64_t value)
{
    struct cpu_access access = {kinds, offset, size, value};
    cpu->access = access;
    for (unsigned i = 0; i < cpu->watch_count; i++) {
        const struct watched *at = &cpu->watches[i];
        if ((at->kinds & ACCESS_BEFORE) || !waits_for(at, offset, size, kinds))
            continue;
        cpu->watch_hit = access;
        cpu->attention |= ATTENTION_WATCH;
    }
}

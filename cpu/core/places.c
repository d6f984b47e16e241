/* places.c - positions that are noted while the processor runs on: where it is at certain instruction counts.
 *
 * What always holds: when the processor comes to the loop (cpu/run.c), every place before the present instruction has
 * been noted, and no other. Between, one may have been noted that is still to be passed (interp/passing.c): who leaves
 * blocks before it takes it back, and then it is noted where the processor really is.
 */
#include "cpu/core/core.h"

void places_begin(struct cpu *cpu)
{
    cpu->places = (struct places){.next_insns = UINT64_MAX};
}

void places_take_back(struct cpu *cpu, bool here)
{
    uint64_t insns = cpu->state.insns;
    while (cpu->places.noted) {
        uint64_t last = places_insns(cpu, cpu->places.noted - 1);
        if (last < insns || (here && last == insns))
            return;
        places_take_back_one(cpu);
    }
}

bool places_stop(struct cpu *cpu)
{
    return cpu->state.insns == cpu->places.next_insns && !places_note(cpu, cpu_position(cpu));
}

void cpu_note_places(struct cpu *cpu, const struct cpu_places *asked)
{
    assert(cpu->config.count_branches && asked->first_insns > cpu->state.insns && asked->every_insns);
    cpu->places.asked = *asked;
    places_have(cpu, 0);
}

size_t cpu_places_end(struct cpu *cpu, bool here)
{
    places_take_back(cpu, here);
    if (here)
        places_stop(cpu);
    size_t noted = cpu->places.noted;
    cpu->branches -= cpu->places.cleared;
    places_begin(cpu);
    return noted;
}

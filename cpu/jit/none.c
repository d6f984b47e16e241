/* none.c - the translator of hosts that have no emitter: there is none. See jit.h. */
#include "cpu/jit/jit.h"

bool jit_possible(void)
{
    return false;
}

bool jit_begin(struct cpu *cpu, const char **why)
{
    (void)cpu;
    *why = "this host has no translator";
    return false;
}

void jit_end(struct cpu *cpu)
{
    (void)cpu;
}

void jit_counts(const struct cpu *cpu, struct cpu_engine *counts)
{
    (void)cpu;
    *counts = (struct cpu_engine){0};
}

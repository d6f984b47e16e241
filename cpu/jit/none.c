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

bool jit_native(struct cpu *cpu, uint32_t physical, void (*piece)(void *arg, const uint8_t *, size_t, size_t),
                void *arg)
{
    (void)cpu;
    (void)physical;
    (void)piece;
    (void)arg;
    return false;
}

void jit_counts(const struct cpu *cpu, struct cpu_engine *counts)
{
    (void)cpu;
    *counts = (struct cpu_engine){0};
}

/* jit.h - the translator: blocks that are executed often become native code. docs/engine.md tells how.
 *
 * Above interp and core; below the loop that runs a processor. The rest of cpu/ sees `struct engine` (core/core.h)
 * and what is here. What always holds: native code does what the semantic functions of its block do, and whatever it
 * does not do itself it leaves to them, at an exact state; so nobody can tell by a guest's state whether it is there.
 */
#ifndef US_CPU_JIT_JIT_H
#define US_CPU_JIT_JIT_H

#include "cpu/cpu.h"

struct cpu;

/* Is there one for this kind of host? */
bool jit_possible(void);
/* Give CPU a translator. False, and WHY: it has none (no emitter for this host, no memory that may be executed). */
bool jit_begin(struct cpu *cpu, const char **why);
void jit_end(struct cpu *cpu);
/* As cpu_native. */
bool jit_native(struct cpu *cpu, uint32_t physical, void (*piece)(void *arg, const uint8_t *, size_t, size_t),
                void *arg);
void jit_counts(const struct cpu *cpu, struct cpu_engine *counts);

#endif

/* interp.h - the interpreter: executes instructions from the processor's exact state, and comes back with it exact.
 *
 * It may use isa/, fpu/ and core/. The loop (cpu/run.c) enters it where nothing is pending; it leaves whenever the loop
 * has to look around.
 */
#ifndef US_CPU_INTERP_INTERP_H
#define US_CPU_INTERP_INTERP_H

#include "cpu/core/core.h"

/* Make room for decoded instructions; false without memory. */
bool interp_init(struct cpu *cpu);
void interp_free(struct cpu *cpu);
/* Execute up to END - state.insns instructions; at least one, or one interruption, or a stall. */
void interp_run(struct cpu *cpu, uint64_t end);
/* Forget everything that is decoded; only while interp_run does not run. */
void interp_forget_all(struct cpu *cpu);
/* Forget what is decoded from LINES of a page. */
void interp_forget_lines(struct cpu *cpu, uint32_t page_index, uint64_t lines);
/* FR 0 or CCR changed by other means than an instruction (reset, cpu_state_changed): recompute cpu->fpu_gate. */
void exec_fpu_gate_update(struct cpu *cpu);

#endif

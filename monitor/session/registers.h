/* registers.h - the processor's registers by the names that a person uses: the manual's, the assembler's (rp, sp, arg0)
 * and those of the queues (iaoq_front; pcoqh as the GNU tools say). One table for `info registers`, for expressions
 * ($sp) and for completion.
 */
#ifndef US_MONITOR_SESSION_REGISTERS_H
#define US_MONITOR_SESSION_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cpu/cpu.h"
#include "mmu/base/error.h"

/* The value of register NAME (without $). False if there is no such register. *WIDE: it has 64 bits. */
bool register_value(const struct cpu_state *state, const char *name, uint64_t *value, bool *wide);
/* Change register NAME (without $); whoever calls says cpu_state_changed. False with one line in ERROR: there is none,
 * it cannot be changed, VALUE does not fit. */
bool register_set(struct cpu_state *state, const char *name, uint64_t value, struct error *error);
/* Write the name number INDEX into TEXT (at least 16 bytes). False at the end. */
bool register_name(unsigned index, char *text);
/* "0004000f  QPDI C/B=00": the PSW's letters that are 1, and the carries. */
void psw_format(uint32_t psw, char *text, size_t size);
/* All of them, for a person. */
void registers_print(FILE *out, const struct cpu_state *state);

#endif

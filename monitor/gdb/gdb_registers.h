/* gdb_registers.h - the processor's registers by the numbers that gdb gives them for a 32-bit PA-RISC (`maintenance
 * print remote-registers`): 128 words. gdb's own names for some of them are historic: "goto" is CR31, "mpsfu_high",
 * "mpsfu_low", "mpsfu_ovflo" and "pad" are CR27 to CR30, "flags" is GR0. "ipsw" is the PSW: gdb looks there for whether
 * the next instruction is nullified, and takes the address before it to be the program's place then. CR22 has no
 * number.
 */
#ifndef US_MONITOR_GDB_GDB_REGISTERS_H
#define US_MONITOR_GDB_GDB_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/cpu.h"

enum { GDB_REGISTERS = 128 };

/* The register NUMBER (less than GDB_REGISTERS). */
uint32_t gdb_register_read(const struct cpu_state *state, unsigned number);
/* Change it; GR0 stays 0, and the queue's elements keep the privilege level (gdb does not know it). The caller tells
 * the processor (cpu_state_changed). */
void gdb_register_write(struct cpu_state *state, unsigned number, uint32_t value);

#endif

/* row_model.h - what one instruction must do, said a second time and in another way: digit by digit, in exact wide
 * integers, byte by byte. For the rows whose results no other test compares with a program that is not ours.
 */
#ifndef US_TESTS_CPU_ROW_MODEL_H
#define US_TESTS_CPU_ROW_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/cpu.h"
#include "cpu/isa/insn.h"

/* The guest's memory that the model sees, all of it mapped to itself for data and instructions; nothing else is. */
struct row_memory {
    const uint8_t *bytes;
    uint32_t base, size;
};

struct row_outcome {
    unsigned vector; /* 0: it completes, and *STATE is what it leaves */
    bool nullifies;
    bool branches; /* to `target`, after the delay slot */
    uint32_t target;
    unsigned bytes; /* stored at `address`; 0: none */
    uint32_t address;
    uint8_t data[8];
};

/* Does the model know row ID? */
bool row_model_knows(unsigned id);

/* Execute INSN of row row_model_knows() on STATE (registers and PSW; not the queues), as at privilege level 0 with
 * PSW[R, T, H, L] = 0, PSW[D] = 1, arithmetic traps not delayed. False: this instance is outside what the model says
 * (FR 0, some control registers, an address outside MEMORY or not aligned). */
bool row_model(const struct insn *insn, struct cpu_state *state, const struct row_memory *memory,
               struct row_outcome *outcome);

#endif

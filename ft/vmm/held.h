/* held.h - what a virtual machine monitor holds for a virtual processor, the first one or a companion: delayed traps
 * (figure 5), and output that is suppressed until its epoch's end has come.
 */
#ifndef US_FT_VMM_HELD_H
#define US_FT_VMM_HELD_H

#include <stdint.h>

#include "cpu/cpu.h"
#include "mmu/base/queue.h"
#include "mmu/base/visit.h"

/* Copies of V1 and V2: delayed traps that hardware has delivered to the VMM. */
struct traps {
    uint32_t v1[2], v2;
};

void traps_add(struct traps *traps, unsigned destination, unsigned trap_class);
/* Give them to the VP that CPU is. */
void traps_give(struct traps *traps, struct cpu *cpu);

/* Output number `number` of epoch `epoch`, suppressed, whose [end, epoch] has not come. */
struct held_output {
    uint64_t epoch, number;
    uint8_t byte;
};

typedef QUEUE(struct held_output) held_outputs;

/* [end, EPOCH] has come: what is held of it, and before, has been performed. */
void held_ended(held_outputs *held, uint64_t epoch);
void held_output_visit(struct visit *visit, struct held_output *held);

#endif

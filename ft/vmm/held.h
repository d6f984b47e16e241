/* held.h - what a virtual machine monitor holds for a virtual processor, the first one or a follower: delayed traps
 * (figure 5), and output and frames that is suppressed until it is known to be performed.
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

/* Output number `number` of epoch `epoch`, suppressed, of which no [end, E] has said that the terminal has it. */
struct held_output {
    uint64_t epoch, number;
    uint8_t byte;
};

typedef QUEUE(struct held_output) held_outputs;

/* The terminal has what was put up to NUMBER. */
void held_performed(held_outputs *held, uint64_t number);
/* The same of a frame, which it owns. */
struct held_frame {
    uint64_t epoch, number;
    uint32_t size_bytes;
    uint8_t *bytes;
};

typedef QUEUE(struct held_frame) held_frames;

/* Frame NUMBER of EPOCH, of SIZE bytes, is held; the network has what was sent up to NUMBER. */
void held_frame_add(held_frames *held, uint64_t epoch, uint64_t number, const uint8_t *bytes, uint32_t size);
void held_frames_performed(held_frames *held, uint64_t number);
void held_frame_visit(struct visit *visit, struct held_frame *held);
void held_output_visit(struct visit *visit, struct held_output *held);

#endif

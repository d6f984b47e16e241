/* held.c - see held.h. */
#include "ft/vmm/held.h"

#include "io/network.h"
#include "mmu/base/bits.h"

void traps_add(struct traps *traps, unsigned destination, unsigned trap_class)
{
    traps->v1[destination / 32] |= PA_BIT(destination % 32);
    traps->v2 |= PA_BIT(trap_class);
}

void traps_give(struct traps *traps, struct cpu *cpu)
{
    struct cpu_state *state = cpu_state(cpu);
    if (!(traps->v2 | traps->v1[0] | traps->v1[1]))
        return;
    state->v1[0] |= traps->v1[0];
    state->v1[1] |= traps->v1[1];
    state->v2 |= traps->v2;
    *traps = (struct traps){0};
}

void held_performed(held_outputs *held, uint64_t number)
{
    while (QUEUE_COUNT(held) && QUEUE_FRONT(held)->number <= number)
        QUEUE_POP(held);
}

void held_frame_add(held_frames *held, uint64_t epoch, uint64_t number, const uint8_t *bytes, uint32_t size)
{
    struct held_frame *added = QUEUE_PUSH(held);
    *added = (struct held_frame){epoch, number, size, malloc(size)};
    memory_need(added->bytes);
    memcpy(added->bytes, bytes, size);
}

void held_frames_performed(held_frames *held, uint64_t number)
{
    while (QUEUE_COUNT(held) && QUEUE_FRONT(held)->number <= number) {
        free(QUEUE_FRONT(held)->bytes);
        QUEUE_POP(held);
    }
}

void held_frame_visit(struct visit *visit, struct held_frame *held)
{
    VISIT(visit, held->epoch);
    VISIT(visit, held->number);
    VISIT_BELOW(visit, held->size_bytes, NETWORK_FRAME_MAX + 1);
    visit_owned(visit, &held->bytes, held->size_bytes);
    if (visit->reading && (!held->bytes || held->size_bytes < NETWORK_FRAME_MIN))
        visit_refuse(visit);
}

void held_output_visit(struct visit *visit, struct held_output *held)
{
    VISIT(visit, held->epoch);
    VISIT(visit, held->number);
    VISIT(visit, held->byte);
}

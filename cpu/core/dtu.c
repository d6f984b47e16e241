/* dtu.c - the delayed-trap unit, special function unit 7 (docs/board.md, "The delayed-trap unit"): its trap buffer and
 * deliveries.
 *
 * The buffer keeps order: a pair is never delivered before the one in front of it, so a due time is never earlier than
 * that of the pair before. The run loop ends its slice at the first due time, so each delivery is exact.
 */
#include "cpu/core/core.h"

/* The hardware delivers the oldest pair: to the guest's vectors, or with Drain_Priv = 1 to the monitor. */
static void deliver_first(struct cpu *cpu)
{
    struct cpu_state *state = &cpu->state;
    struct dtu_pair pair = state->dtu_buffer[0];
    state->dtu_count--;
    memmove(&state->dtu_buffer[0], &state->dtu_buffer[1], state->dtu_count * sizeof pair);
    memset(&state->dtu_buffer[state->dtu_count], 0, sizeof pair);
    if (cpu->config.drain_priv) {
        cpu->env->trap_delivered(cpu->env_arg, pair.destination, pair.trap_class);
        return;
    }
    state->v1[pair.destination / 32] |= PA_BIT(pair.destination % 32);
    state->v2 |= PA_BIT(pair.trap_class);
}

void cpu_dtu_flush(struct cpu *cpu)
{
    while (cpu->state.dtu_count)
        deliver_first(cpu);
}

void dtu_enter_monitor(struct cpu *cpu)
{
    cpu_dtu_flush(cpu);
    if (cpu->config.drain_priv && (cpu->state.cr[CR_CCR] & 0x0100) && cpu->env->traps_due)
        cpu->env->traps_due(cpu->env_arg);
}

void dtu_deliver_due(struct cpu *cpu)
{
    while (cpu->state.dtu_count && cpu->state.dtu_buffer[0].due_insns <= cpu->state.insns)
        deliver_first(cpu);
}

bool dtu_record(struct cpu *cpu, const struct op *op, unsigned destination, unsigned trap_class)
{
    struct cpu_state *state = &cpu->state;
    assert(destination < 64 && trap_class < DTU_CLASSES);
    exec_materialize(cpu, op);
    if (state->dtu_count == DTU_BUFFER_DEPTH)
        cpu_dtu_flush(cpu);
    uint32_t delay = cpu->env->trap_delay ? cpu->env->trap_delay(cpu->env_arg) : 0;
    uint64_t due = state->insns + 1 + delay;
    if (state->dtu_count && state->dtu_buffer[state->dtu_count - 1].due_insns > due)
        due = state->dtu_buffer[state->dtu_count - 1].due_insns;
    state->dtu_buffer[state->dtu_count++] =
        (struct dtu_pair){.due_insns = due, .destination = (uint8_t)destination, .trap_class = (uint8_t)trap_class};
    if (state->dtu_count == DTU_BUFFER_DEPTH)
        cpu_dtu_flush(cpu);
    return true;
}

/* run.c - the run loop: what is pending comes first; then the interpreter executes until something may be.
 *
 * What always holds at the top of the loop: cpu->state is exact (queues, PSW's control bits, instruction count). The
 * lazy parts of the PSW (C/B, V) are put into state.psw when cpu_run returns and whenever the guest can see them.
 */
#include "cpu/interp/interp.h"
#include "mmu/base/vtime.h"

static bool at_breakpoint(struct cpu *cpu)
{
    struct cpu_state *state = &cpu->state;
    if (state->psw & PSW_N)
        return false;
    if (state->insns == cpu->run_start && cpu->breakpoint_passed == state->insns + 1)
        return false; /* the run goes on from the breakpoint that it reported */
    for (unsigned i = 0; i < cpu->breakpoint_count; i++) {
        if (((cpu->breakpoints[i] ^ state->iaoq_front) & ~UINT32_C(3)) == 0) {
            cpu->breakpoint_passed = state->insns + 1;
            return true;
        }
    }
    return false;
}

/* Execute, or take interruption VECTOR (if it is not 0), with somebody looking. */
static NOINLINE void observed(struct cpu *cpu, unsigned vector, uint64_t end)
{
    struct cpu_state *state = &cpu->state;
    state->psw = exec_psw(cpu);
    const struct cpu_state before = *state;
    struct cpu_step step = {.before = &before, .after = state};
    uint32_t physical;
    const uint8_t *page = NULL;
    if (cpu_debug_translate(cpu, before.iasq_front, before.iaoq_front, true, &physical))
        page = phys_page_load(cpu->phys, physical);
    step.has_word = page != NULL;
    if (page)
        step.word = be32_load(page + (physical & 0xFFC));
    cpu->access.kinds = 0;
    cpu->vector_taken = 0;
    if (vector)
        interruption_take(cpu, vector);
    else
        interp_run(cpu, end);
    if (state->insns == before.insns)
        return; /* it stalled, or the processor halted */
    state->psw = exec_psw(cpu);
    step.vector = cpu->vector_taken;
    step.kind = step.vector ? CPU_STEP_INTERRUPTION : before.psw & PSW_N ? CPU_STEP_NULLIFIED : CPU_STEP_EXECUTED;
    if (step.kind == CPU_STEP_EXECUTED)
        step.access = cpu->access;
    cpu->observer(cpu->observer_arg, &step);
}

/* What a callback or the idle hint asked for; true if cpu_run returns *STOP. */
static bool heed_attention(struct cpu *cpu, enum cpu_stop *stop)
{
    unsigned attention = cpu->attention;
    cpu->attention = 0;
    if (attention & ATTENTION_STALL)
        *stop = CPU_STOP_STALL;
    else if (attention & ATTENTION_HOLD)
        *stop = CPU_STOP_REFERENCE;
    else if (attention & (ATTENTION_WATCH | ATTENTION_TRAP)) /* whatever else it was, the holder looks again */
        *stop = attention & ATTENTION_WATCH ? CPU_STOP_WATCH : CPU_STOP_TRAP;
    else if (attention & ATTENTION_IDLE) /* before a request: an observer may ask for a stop after the idle hint */
        *stop = CPU_STOP_IDLE;
    else if (attention & ATTENTION_STOP)
        *stop = CPU_STOP_REQUEST;
    else
        return false;
    return true;
}

static enum cpu_stop run_until(struct cpu *cpu, uint64_t end)
{
    struct cpu_state *state = &cpu->state;
    for (;;) {
        enum cpu_stop stop;
        if (cpu->halted)
            return CPU_STOP_HALTED;
        if (state->dtu_count)
            dtu_deliver_due(cpu); /* its callback may ask for a stop */
        if (cpu->attention && heed_attention(cpu, &stop))
            return stop;
        if (state->insns >= end || (cpu->count_references && cpu->references >= cpu->references_limit))
            return CPU_STOP_LIMIT;
        if (UNLIKELY(state->insns == cpu->places.next_insns) && places_stop(cpu))
            return CPU_STOP_LIMIT;
        if (UNLIKELY(cpu->awaited) && interruption_awaited(cpu))
            return CPU_STOP_AWAITED;
        unsigned vector = interruption_pending(cpu);
        if (vector && cpu->observer)
            observed(cpu, vector, end);
        else if (vector)
            interruption_take(cpu, vector);
        if (vector)
            continue;
        if (cpu->breakpoint_count && at_breakpoint(cpu))
            return CPU_STOP_BREAKPOINT;
        uint64_t slice = end;
        if (state->dtu_count && state->dtu_buffer[0].due_insns < slice)
            slice = state->dtu_buffer[0].due_insns; /* delivered exactly then */
        unsigned privilege = state->iaoq_front & 3;
        if (cpu->observer)
            observed(cpu, 0, slice);
        else
            interp_run(cpu, slice);
        places_take_back(cpu, false);
        if (privilege == 3 && (state->iaoq_front & 3) != 3)
            dtu_enter_monitor(cpu); /* at the latest on leaving user mode */
    }
}

/* In legs for which the budget can count all branches (core/core.h, THE BUDGET). */
static enum cpu_stop run_legs(struct cpu *cpu, uint64_t end)
{
    enum cpu_stop stop;
    uint64_t leg = end;
    do {
        if (cpu->config.count_branches)
            leg = smallest(end, cpu->state.insns + BRANCHES_MAX);
        stop = run_until(cpu, leg);
        cpu->branches += (uint64_t)budget_branches(cpu);
        cpu->budget = 0;
    } while (stop == CPU_STOP_LIMIT && cpu->state.insns == leg && leg < end);
    return stop;
}

enum cpu_stop cpu_run(struct cpu *cpu, uint64_t limit_insns)
{
    struct cpu_state *state = &cpu->state;
    assert(limit_insns > 0);
    cpu->attention = 0;
    cpu->run_start = state->insns;
    cpu->quiet_insns = state->interruptions_in_a_row ? state->insns : UINT64_MAX;
    uint64_t room = UINT64_MAX / 2 - state->insns; /* no wrap for "without limit" */
    enum cpu_stop stop = run_legs(cpu, state->insns + smallest(limit_insns, room));
    state->psw = exec_psw(cpu);
    if (state->insns != cpu->quiet_insns)
        state->interruptions_in_a_row = 0;
    return stop;
}

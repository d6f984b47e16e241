/* interruption.c - interruptions: priority, what is collected, and the change to the handler.
 *
 * Manual, chapter "Interruptions". An interruption is taken between instructions as far as the engine is concerned: an
 * instruction that cannot complete has changed nothing, and the state is that before it.
 */
#include "cpu/core/core.h"

#include <stdio.h>

enum {
    INTERRUPTIONS_IN_A_ROW_MAX = 16, /* docs/undefined.md, "Ends" */
    VECTOR_BYTES = 32,
};

static const char *const vector_names[] = {
    [VECTOR_HPMC] = "high-priority machine check",
    [VECTOR_POWER_FAIL] = "power failure",
    [VECTOR_RECOVERY_COUNTER] = "recovery counter trap",
    [VECTOR_EXTERNAL] = "external interrupt",
    [VECTOR_LPMC] = "low-priority machine check",
    [VECTOR_ITLB_MISS] = "instruction TLB miss",
    [VECTOR_INSTRUCTION_PROTECTION] = "instruction memory protection trap",
    [VECTOR_ILLEGAL] = "illegal instruction",
    [VECTOR_BREAK] = "break instruction",
    [VECTOR_PRIVILEGED_OPERATION] = "privileged operation",
    [VECTOR_PRIVILEGED_REGISTER] = "privileged register",
    [VECTOR_OVERFLOW] = "overflow",
    [VECTOR_CONDITIONAL] = "conditional trap",
    [VECTOR_ASSIST_EXCEPTION] = "assist exception",
    [VECTOR_DTLB_MISS] = "data TLB miss",
    [VECTOR_NA_ITLB_MISS] = "non-access instruction TLB miss",
    [VECTOR_NA_DTLB_MISS] = "non-access data TLB miss",
    [VECTOR_DATA_PROTECTION_UNALIGNED] = "data memory protection or unaligned data reference",
    [VECTOR_DATA_BREAK] = "data memory break",
    [VECTOR_TLB_DIRTY] = "TLB dirty bit trap",
    [VECTOR_PAGE_REFERENCE] = "page reference trap",
    [VECTOR_ASSIST_EMULATION] = "assist emulation trap",
    [VECTOR_HIGHER_PRIVILEGE] = "higher-privilege transfer trap",
    [VECTOR_LOWER_PRIVILEGE] = "lower-privilege transfer trap",
    [VECTOR_TAKEN_BRANCH] = "taken branch trap",
    [VECTOR_DATA_ACCESS_RIGHTS] = "data memory access rights trap",
    [VECTOR_DATA_PROTECTION_ID] = "data memory protection identifier trap",
    [VECTOR_UNALIGNED] = "unaligned data reference",
    [VECTOR_DELAYED_TRAP] = "delayed trap",
};

const char *cpu_vector_name(unsigned vector)
{
    const char *name = vector < sizeof vector_names / sizeof vector_names[0] ? vector_names[vector] : NULL;
    return name ? name : "reserved interruption";
}

/* Vectors whose ISR and IOR hold the data address. */
static bool has_data_address(unsigned vector)
{
    return (vector >= VECTOR_DTLB_MISS && vector <= VECTOR_PAGE_REFERENCE) ||
           (vector >= VECTOR_DATA_ACCESS_RIGHTS && vector <= VECTOR_UNALIGNED) || vector == VECTOR_HPMC;
}

const struct op *exec_raise(struct cpu *cpu, const struct op *op, unsigned vector)
{
    struct cpu_state *state = &cpu->state;
    exec_leave_before(cpu, op);
    if (state->psw & PSW_Q) {
        state->cr[CR_IIR] = op->word;
        if (has_data_address(vector)) {
            state->cr[CR_ISR] = cpu->trap_isr;
            state->cr[CR_IOR] = cpu->trap_ior;
        }
    }
    interruption_take(cpu, vector);
    return NULL;
}

unsigned interruption_pending(const struct cpu *cpu)
{
    const struct cpu_state *state = &cpu->state;
    if (state->transfer_trap)
        return state->transfer_trap;
    if ((state->psw & PSW_R) && (state->cr[CR_RCTR] & PA_BIT(0)))
        return VECTOR_RECOVERY_COUNTER;
    if (!(state->psw & PSW_I))
        return 0;
    if (state->cr[CR_EIRR] & state->cr[CR_EIEM])
        return VECTOR_EXTERNAL;
    if (state->v2 & ~state->dtu_held)
        return VECTOR_DELAYED_TRAP;
    return 0;
}

bool interruption_awaited(const struct cpu *cpu)
{
    return (cpu->state.psw & PSW_I) && (cpu->awaited & cpu->state.cr[CR_EIEM]);
}

bool cpu_interrupt_pending(const struct cpu *cpu)
{
    const struct cpu_state *state = &cpu->state;
    return (state->cr[CR_EIRR] & state->cr[CR_EIEM]) || (state->v2 & ~state->dtu_held);
}

static void halt(struct cpu *cpu, unsigned vector, const char *why)
{
    const struct cpu_state *state = &cpu->state;
    snprintf(cpu->halt_reason, sizeof cpu->halt_reason, "interruption %u (%s) at 0x%08x, iir 0x%08x: %s", vector,
             cpu_vector_name(vector), state->iaoq_front & ~3u, state->cr[CR_IIR], why);
    cpu->halted = true;
}

static void save_shadows(struct cpu_state *state)
{
    static const uint8_t shadowed[7] = {1, 8, 9, 16, 17, 24, 25};
    for (unsigned i = 0; i < 7; i++)
        state->shr[i] = state->gr[shadowed[i]];
}

void interruption_take(struct cpu *cpu, unsigned vector)
{
    struct cpu_state *state = &cpu->state;
    uint32_t address = state->cr[CR_IVA] + vector * VECTOR_BYTES;
    dtu_enter_monitor(
        cpu); /* traps are delivered at the latest on any interruption (docs/board.md, "The delayed-trap unit") */
    if (!phys_is_code(cpu->phys, address)) {
        halt(cpu, vector, "no memory at its vector");
        return;
    }
    uint32_t psw = exec_psw(cpu);
    state->transfer_trap = 0;
    state->cr[CR_IPSW] = psw;
    if (psw & PSW_Q) {
        state->cr[CR_IIASQ] = state->iasq_front;
        state->iiasq_back = state->iasq_back;
        state->cr[CR_IIAOQ] = state->iaoq_front;
        state->iiaoq_back = state->iaoq_back;
        save_shadows(state);
    }
    if (state->insns != cpu->quiet_insns)
        state->interruptions_in_a_row = 0;
    if (++state->interruptions_in_a_row >= INTERRUPTIONS_IN_A_ROW_MAX)
        halt(cpu, vector, "16 interruptions in a row");
    exec_psw_set(cpu, vector == VECTOR_HPMC ? PSW_M : 0);
    state->iasq_front = state->iasq_back = 0;
    state->iaoq_front = address;
    state->iaoq_back = address + 4;
    state->insns++;
    cpu->branches++;
    cpu->quiet_insns = state->insns;
    cpu->vector_taken = vector;
    if (cpu->trap_stops >> vector & 1)
        cpu->attention |= ATTENTION_TRAP;
}

/* cpu.c - a processor's life, and what its holder may do to it between runs. See cpu.h; running is run.c.
 *
 * PSW: state.psw is exact between runs. While code runs, C/B and V live in cpu->carry and cpu->v; exec_psw and
 * exec_psw_set go between the two forms.
 */
#include "cpu/interp/engine.h"

#include <stdlib.h>

/* Carry bits 31, 27, ... 3 of the carry vector are PSW[C/B] bits 16..23: one digit each. */
static uint32_t gather_carries(uint32_t carry)
{
    uint32_t x = (carry >> 3) & UINT32_C(0x11111111);
    x = (x | x >> 3) & UINT32_C(0x03030303);
    x = (x | x >> 6) & UINT32_C(0x000F000F);
    return ((x | x >> 12) & 0xFF) << 8;
}

static uint32_t scatter_carries(uint32_t psw)
{
    uint32_t carry = 0;
    for (unsigned digit = 0; digit < 8; digit++) {
        if (psw & (UINT32_C(0x100) << digit))
            carry |= UINT32_C(8) << (4 * digit);
    }
    return carry;
}

uint32_t exec_psw(const struct cpu *cpu)
{
    return (cpu->state.psw & ~(PSW_CB | PSW_V)) | gather_carries(cpu->carry) | (cpu->v ? PSW_V : 0);
}

/* PSW bits that exist: the rest (E, F, G, Y, Z among them: absent features) read 0. */
#define PSW_IMPLEMENTED                                                                                                \
    (PSW_S | PSW_T | PSW_H | PSW_L | PSW_N | PSW_X | PSW_B | PSW_C | PSW_V | PSW_M | PSW_CB | PSW_R | PSW_Q | PSW_P |  \
     PSW_D | PSW_I)

void exec_psw_set(struct cpu *cpu, uint32_t psw)
{
    cpu->state.psw = psw & PSW_IMPLEMENTED;
    cpu->carry = scatter_carries(psw);
    cpu->v = (psw & PSW_V) != 0;
}

static void code_changed(void *watcher, uint32_t page_index, uint64_t lines)
{
    struct cpu *cpu = watcher;
    block_forget_lines(cpu, page_index, lines);
    cpu->attention |= ATTENTION_LOOK;
}

static void pointers_changed(void *watcher)
{
    soft_drop_stores(watcher);
}

static const struct phys_watcher_ops watcher_ops = {code_changed, pointers_changed};

struct cpu *cpu_new(const struct cpu_config *config, struct phys *phys, const struct cpu_env *env, void *env_arg)
{
    struct cpu *cpu = calloc(1, sizeof *cpu);
    if (!cpu)
        return NULL;
    cpu->config = *config;
    cpu->phys = phys;
    cpu->env = env;
    cpu->env_arg = env_arg;
    cpu->tlb = tlb_new(config->tlb_entries, config->tlb_combined, config->tlb_seed);
    if (!cpu->tlb || !block_init(cpu)) {
        cpu_free(cpu);
        return NULL;
    }
    phys_add_watcher(phys, &watcher_ops, cpu);
    cpu_reset(cpu, 0);
    return cpu;
}

void cpu_free(struct cpu *cpu)
{
    if (!cpu)
        return;
    phys_remove_watcher(cpu->phys, cpu);
    block_free_all(cpu);
    tlb_free(cpu->tlb);
    free(cpu);
}

struct cpu_state *cpu_state(struct cpu *cpu)
{
    return &cpu->state;
}

struct tlb *cpu_tlb(struct cpu *cpu)
{
    return cpu->tlb;
}

void cpu_state_changed(struct cpu *cpu)
{
    cpu->state.gr[0] = 0;
    cpu->state.cr[CR_SAR] &= 31;
    exec_psw_set(cpu, cpu->state.psw);
    cpu->halted = false;
    cpu->halt_reason[0] = 0;
    tlb_state_changed(cpu->tlb);
    soft_drop_all(cpu);
    soft_sync(cpu);
    exec_fpu_gate_update(cpu);
}

void cpu_visit(struct cpu *cpu, struct visit *visit)
{
    visit_begin(visit, "processor");
    if (visit->reading)
        cpu->breakpoint_passed = 0;
    VISIT(visit, cpu->halted);
    VISIT(visit, cpu->halt_reason);
    VISIT(visit, cpu->simulated);
    VISIT(visit, cpu->references);
    VISIT(visit, cpu->references_limit);
    VISIT(visit, cpu->count_references);
    visit_end(visit);
}

void cpu_reset(struct cpu *cpu, uint32_t address)
{
    uint64_t insns = cpu->state.insns; /* the count only goes up */
    memset(&cpu->state, 0, sizeof cpu->state);
    cpu->state.insns = insns;
    cpu->state.iaoq_front = address & ~UINT32_C(3);
    cpu->state.iaoq_back = cpu->state.iaoq_front + 4;
    tlb_clear(cpu->tlb);
    cpu_state_changed(cpu);
}

void cpu_request_stop(struct cpu *cpu)
{
    cpu->attention |= ATTENTION_STOP;
}

void cpu_post_external(struct cpu *cpu, unsigned number)
{
    assert(number < 32);
    cpu->state.cr[CR_EIRR] |= PA_BIT(number);
    cpu->attention |= ATTENTION_LOOK;
}

uint64_t cpu_simulated(const struct cpu *cpu)
{
    return cpu->simulated;
}

uint64_t cpu_references(const struct cpu *cpu)
{
    return cpu->references;
}

void cpu_limit_references(struct cpu *cpu, uint64_t limit)
{
    cpu->count_references = limit != 0;
    cpu->references_limit = cpu->references + limit;
}

const char *cpu_halt_reason(const struct cpu *cpu)
{
    return cpu->halt_reason;
}

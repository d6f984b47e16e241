/* cpu.c - a processor's life, and what its holder may do to it between runs. See cpu.h; running is run.c. */
#include "cpu/interp/interp.h"
#include "cpu/jit/jit.h"

#include <stdlib.h>

static void code_changed(void *watcher, uint32_t page_index, uint64_t lines)
{
    struct cpu *cpu = watcher;
    interp_forget_lines(cpu, page_index, lines);
    cpu->attention |= ATTENTION_LOOK;
}

static void pointers_changed(void *watcher)
{
    soft_drop_stores(watcher);
}

static const struct phys_watcher_ops watcher_ops = {code_changed, pointers_changed};

struct cpu *cpu_new(const struct cpu_config *config, struct phys *phys, const struct cpu_env *env, void *env_arg)
{
    enum cpu_engine_kind wanted = config->engine == CPU_ENGINE_AUTO ? cpu_engine_best() : config->engine;
    struct cpu *cpu = calloc(1, sizeof *cpu);
    if (!cpu)
        return NULL;
    cpu->config = *config;
    cpu->phys = phys;
    cpu->env = env;
    cpu->env_arg = env_arg;
    cpu->branch_bits = config->count_branches ? BRANCH_BITS : 0;
    cpu->branch_mask = config->count_branches ? BRANCHES_MAX : 0;
    cpu->tlb = tlb_new(config->tlb_entries, config->tlb_combined, config->tlb_seed);
    if (!cpu->tlb || !interp_init(cpu)) {
        cpu_free(cpu);
        return NULL;
    }
    soft_begin(cpu);
    places_begin(cpu);
    if (wanted == CPU_ENGINE_TRANSLATOR)
        jit_begin(cpu, &cpu->no_translator);
    phys_add_watcher(phys, &watcher_ops, cpu);
    cpu_reset(cpu, 0);
    return cpu;
}

void cpu_free(struct cpu *cpu)
{
    if (!cpu)
        return;
    phys_remove_watcher(cpu->phys, cpu);
    interp_free(cpu);
    jit_end(cpu);
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

struct cpu_engine cpu_engine(const struct cpu *cpu)
{
    struct cpu_engine engine;
    jit_counts(cpu, &engine);
    engine.kind = cpu->engine ? CPU_ENGINE_TRANSLATOR : CPU_ENGINE_INTERPRETER;
    engine.why = cpu->no_translator;
    engine.interpreting = cpu->observer           ? "every instruction is looked at"
                          : cpu->count_references ? "memory references are counted"
                                                  : NULL;
    return engine;
}

bool cpu_native(struct cpu *cpu, uint32_t physical, void (*piece)(void *arg, const uint8_t *, size_t, size_t),
                void *arg)
{
    return jit_native(cpu, physical, piece, arg);
}

const char *cpu_engine_name(enum cpu_engine_kind kind)
{
    static const char *const names[] = {"auto", "interpreter", "translator"};
    return names[kind];
}

const char *cpu_host_name(void)
{
#if defined(__x86_64__)
    return "x86-64";
#elif defined(__aarch64__)
    return "aarch64";
#else
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? "big-endian" : "little-endian";
#endif
}

enum cpu_engine_kind cpu_engine_best(void)
{
#if defined(US_INTERPRETER)
    return CPU_ENGINE_INTERPRETER;
#else
    return jit_possible() ? CPU_ENGINE_TRANSLATOR : CPU_ENGINE_INTERPRETER;
#endif
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
        cpu->breakpoint_passed = cpu->watch_passed = 0;
    VISIT(visit, cpu->halted);
    VISIT_TEXT(visit, cpu->halt_reason);
    VISIT(visit, cpu->simulated);
    VISIT(visit, cpu->references);
    VISIT(visit, cpu->references_limit);
    VISIT(visit, cpu->count_references);
    VISIT(visit, cpu->branches);
    VISIT(visit, cpu->awaited);
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

void cpu_await_external(struct cpu *cpu, uint32_t bits)
{
    cpu->awaited = bits;
}

uint64_t cpu_branches(const struct cpu *cpu)
{
    return cpu->branches + (uint64_t)budget_branches(cpu) - cpu->branch_ahead - cpu->places.cleared;
}

void cpu_branches_clear(struct cpu *cpu)
{
    assert(!cpu->places.cleared);
    cpu->branches -= cpu_branches(cpu);
}

struct position cpu_position(const struct cpu *cpu)
{
    const struct cpu_state *state = &cpu->state;
    return (struct position){cpu_branches(cpu), state->iasq_front, state->iaoq_front, state->iasq_back,
                             state->iaoq_back};
}

const char *cpu_halt_reason(const struct cpu *cpu)
{
    return cpu->halt_reason;
}

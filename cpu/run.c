/* run.c - the run loop: which instruction is next, in a block or alone, and how execution comes back out of blocks.
 *
 * What always holds at the top of the loop: cpu->state is exact (queues, PSW's control bits, instruction count). The
 * lazy parts of the PSW (C/B, V) are put into state.psw when cpu_run returns and whenever the guest can see them.
 */
#include "cpu/interp/engine.h"

/* PSW bits with which instructions are executed one at a time. */
#define PSW_ONE_BY_ONE (PSW_T | PSW_H | PSW_L | PSW_X | PSW_B | PSW_R)

static void set_queue(struct cpu *cpu, uint32_t front_space, uint32_t front, uint32_t back_space, uint32_t back)
{
    cpu->state.iasq_front = front_space;
    cpu->state.iaoq_front = front;
    cpu->state.iasq_back = back_space;
    cpu->state.iaoq_back = back;
}

void exec_settle(struct cpu *cpu, const struct op *op, unsigned executed)
{
    cpu->budget += (int64_t)block_of(op)->count - op->pos - executed;
    cpu->state.insns = cpu->insns_end - (uint64_t)cpu->budget;
}

/* Where the sentinel GO leads. */
static uint32_t go_target(const struct cpu *cpu, const struct op *go, uint32_t *space)
{
    bool dynamic = go->sub == TARGET_DYNAMIC;
    *space = dynamic ? cpu->branch_space : cpu->code_space;
    return dynamic ? cpu->branch_target : cpu->code_base + (uint32_t)go->imm;
}

void exec_materialize(struct cpu *cpu, const struct op *op)
{
    struct cpu_state *state = &cpu->state;
    state->insns = cpu->insns_end - (uint64_t)(cpu->budget + (int64_t)block_of(op)->count - op->pos);
    if (!cpu->stepping) {
        uint32_t front = cpu->code_base + op_offset(op), back = front + 4, back_space = cpu->code_space;
        state->psw &= ~(PSW_N | PSW_B | PSW_X);
        if (op->flags & OP_DELAY) {
            back = go_target(cpu, op + 1, &back_space);
            state->psw |= PSW_B;
        }
        set_queue(cpu, cpu->code_space, front, back_space, back);
    }
    state->psw = exec_psw(cpu);
}

const struct op *exec_leave(struct cpu *cpu, const struct op *op)
{
    exec_settle(cpu, op, 1);
    if (cpu->stepping) {
        set_queue(cpu, cpu->state.iasq_back, cpu->state.iaoq_back, cpu->state.iasq_back, cpu->state.iaoq_back + 4);
    } else {
        uint32_t space = cpu->code_space, front = cpu->code_base + op_offset(op) + 4;
        if (op->flags & OP_DELAY)
            front = go_target(cpu, op + 1, &space);
        set_queue(cpu, space, front, space, front + 4);
    }
    cpu->state.psw &= ~(PSW_N | PSW_B | PSW_X);
    cpu->step_done = true;
    return NULL;
}

const struct op *exec_leave_nullify(struct cpu *cpu, const struct op *op)
{
    exec_leave(cpu, op);
    cpu->state.psw |= PSW_N;
    return NULL;
}

const struct op *exec_stall(struct cpu *cpu, const struct op *op)
{
    exec_materialize(cpu, op);
    exec_settle(cpu, op, 0);
    cpu->attention |= ATTENTION_STALL;
    return NULL;
}

EXEC(exec_idle)
{
    cpu->attention |= ATTENTION_IDLE;
    LEAVE();
}

/* Leave the block at a sentinel: the queue is sequential from FRONT on. */
static const struct op *go_out(struct cpu *cpu, uint32_t space, uint32_t front, uint32_t nullify)
{
    cpu->state.insns = cpu->insns_end - (uint64_t)cpu->budget;
    set_queue(cpu, space, front, space, front + 4);
    cpu->state.psw = (cpu->state.psw & ~(PSW_N | PSW_B | PSW_X)) | nullify;
    return NULL;
}

static NOINLINE const struct op *go_out_static(struct cpu *cpu, const struct op *op)
{
    return go_out(cpu, cpu->code_space, cpu->code_base + (uint32_t)op->imm, 0);
}

static NOINLINE const struct op *go_out_computed(struct cpu *cpu, const struct op *op)
{
    return go_out(cpu, cpu->branch_space, cpu->branch_target, 0);
}

EXEC(exec_go)
{
    const struct block *block = cpu->blocks[(uint32_t)op->imm >> 2];
    if (UNLIKELY(!block))
        return go_out_static(cpu, op);
    int64_t budget = cpu->budget - block->count;
    if (UNLIKELY(budget < 0))
        return go_out_static(cpu, op);
    cpu->budget = budget;
    CONTINUE(block->ops);
}

/* The block at TARGET if the fetch side of the software TLB knows the page at this privilege level; the page is then
 * current. */
INLINE const struct block *far_block(struct cpu *cpu, uint32_t space, uint32_t target)
{
    const struct fetch_entry *entry = &cpu->fetch[(target >> 12) % FETCH_ENTRIES];
    uint32_t page = target & UINT32_C(0xFFFFF003);
    uint64_t tag = (uint64_t)space << 32 | page | cpu->fetch_mode;
    if (UNLIKELY(entry->tag != tag || ((target ^ cpu->code_base) & 3)))
        return NULL;
    struct block *block = entry->page->blocks[(target >> 2) & 1023];
    if (UNLIKELY(!block || cpu->budget < (int64_t)block->count))
        return NULL;
    cpu->blocks = entry->page->blocks;
    cpu->code_base = page;
    cpu->code_space = space;
    cpu->link_space = space;
    cpu->budget -= block->count;
    return block;
}

EXEC(exec_go_far)
{
    const struct block *block = far_block(cpu, cpu->code_space, cpu->code_base + (uint32_t)op->imm);
    if (UNLIKELY(!block))
        return go_out_static(cpu, op);
    CONTINUE(block->ops);
}

EXEC(exec_go_computed)
{
    const struct block *block = far_block(cpu, cpu->branch_space, cpu->branch_target);
    if (UNLIKELY(!block))
        return go_out_computed(cpu, op);
    CONTINUE(block->ops);
}

EXEC(exec_go_nullify)
{
    uint32_t space, target = go_target(cpu, op, &space);
    return go_out(cpu, space, target, PSW_N);
}

/* The instruction before OP is complete and was the last that is executed here. */
static const struct op *exit_at(struct cpu *cpu, const struct op *op, bool taken, uint32_t nullify)
{
    struct cpu_state *state = &cpu->state;
    exec_settle(cpu, op, 0);
    uint32_t front = cpu->code_base + op_offset(op), space = cpu->code_space;
    if (cpu->stepping) {
        front = state->iaoq_back;
        space = state->iasq_back;
    }
    uint32_t back = front + 4, back_space = space;
    if (taken)
        back = go_target(cpu, op, &back_space);
    set_queue(cpu, space, front, back_space, back);
    state->psw = (state->psw & ~(PSW_N | PSW_B | PSW_X)) | nullify | (taken ? PSW_B : 0);
    cpu->step_done = true;
    cpu->step_taken = taken;
    return NULL;
}

EXEC(exec_exit)
{
    return exit_at(cpu, op, false, 0);
}

EXEC(exec_exit_nullify)
{
    return exit_at(cpu, op, false, PSW_N);
}

EXEC(exec_exit_taken)
{
    return exit_at(cpu, op, true, 0);
}

EXEC(exec_exit_taken_nullify)
{
    return exit_at(cpu, op, true, PSW_N);
}

static void execute(struct cpu *cpu, const struct op *op)
{
    while (op)
        op = op->run(cpu, op);
}

/* The code page that the front of the queue is in. NULL: a fetch fault was taken. With PSW[M] = 1 nothing at the
 * address reads as 0: *NOTHING. */
static struct code_page *front_page(struct cpu *cpu, bool *nothing)
{
    struct cpu_state *state = &cpu->state;
    uint32_t iaoq = state->iaoq_front;
    struct fetch_entry *entry = &cpu->fetch[(iaoq >> 12) % FETCH_ENTRIES];
    uint64_t tag = (uint64_t)state->iasq_front << 32 | (iaoq & UINT32_C(0xFFFFF003)) | cpu->fetch_mode;
    *nothing = false;
    if (entry->tag == tag)
        return entry->page;
    uint32_t physical = 0;
    unsigned vector = translate_fetch(cpu, state->iasq_front, iaoq, &physical);
    struct code_page *page = vector ? NULL : block_page(cpu, physical >> PHYS_PAGE_SHIFT);
    if (!vector && !page) {
        if (state->psw & PSW_M) {
            *nothing = true;
            return NULL;
        }
        vector = VECTOR_HPMC;
    }
    if (vector) {
        interruption_take(cpu, vector);
        return NULL;
    }
    entry->tag = tag;
    entry->page = page;
    return page;
}

/* Group 4 (higher-privilege, lower-privilege, taken branch), by the PSW under which the instruction was executed. */
static void note_transfer_traps(struct cpu *cpu, uint32_t psw, uint32_t privilege)
{
    uint32_t now = cpu->state.iaoq_front & 3;
    if ((psw & PSW_H) && now < privilege)
        cpu->state.transfer_trap = VECTOR_HIGHER_PRIVILEGE;
    else if ((psw & PSW_L) && now > privilege)
        cpu->state.transfer_trap = VECTOR_LOWER_PRIVILEGE;
    else if ((psw & PSW_T) && cpu->step_taken)
        cpu->state.transfer_trap = VECTOR_TAKEN_BRANCH;
}

/* Execute WORD, the instruction at the front of the queue, alone. */
static void step(struct cpu *cpu, uint32_t word)
{
    struct cpu_state *state = &cpu->state;
    uint32_t psw = state->psw, privilege = state->iaoq_front & 3;
    uint64_t references = cpu->references;
    const struct op *op = block_step(cpu, word);
    cpu->stepping = 1;
    cpu->code_base = state->iaoq_front;
    cpu->code_space = state->iasq_front;
    cpu->link_delta = state->iaoq_back + 4 - state->iaoq_front;
    cpu->link_space = state->iasq_back;
    cpu->insns_end = state->insns + 1;
    cpu->budget = 0;
    cpu->step_done = cpu->step_taken = false;
    execute(cpu, op);
    cpu->stepping = 0;
    if (!cpu->step_done) {
        cpu->references = references;
        return;
    }
    if (psw & PSW_R)
        state->cr[CR_RCTR]--;
    if (psw & (PSW_H | PSW_L | PSW_T))
        note_transfer_traps(cpu, psw, privilege);
    if (cpu->count_references) {
        struct insn insn;
        insn_decode(word, &insn);
        cpu->references += (insn_rows[insn.id].insn_class & CLASS_MEMORY) != 0;
    }
}

/* Execute up to END - state.insns instructions; at least one, or one interruption, or a stall. */
static void dispatch(struct cpu *cpu, uint64_t end)
{
    struct cpu_state *state = &cpu->state;
    if (state->psw & PSW_N) { /* a nullified instruction is not fetched: docs/undefined.md */
        set_queue(cpu, state->iasq_back, state->iaoq_back, state->iasq_back, state->iaoq_back + 4);
        state->psw &= ~(PSW_N | PSW_B | PSW_X);
        state->insns++;
        return;
    }
    soft_sync(cpu);
    bool nothing;
    struct code_page *page = front_page(cpu, &nothing);
    if (!page) {
        if (nothing)
            step(cpu, 0);
        return;
    }
    uint32_t front = state->iaoq_front, offset = front & 0xFFC;
    bool sequential = state->iaoq_back == front + 4 && state->iasq_back == state->iasq_front;
    if (sequential && !(state->psw & PSW_ONE_BY_ONE) && !cpu->count_references && !cpu->observer) {
        if (cpu->arena_used > ARENA_BYTES - (1 << 16))
            block_forget_all(cpu);
        uint64_t left = end - state->insns;
        const struct block *block = block_get(cpu, page, offset);
        if (block) {
            if (block->count > left)
                block = block_head(cpu, block, (unsigned)left);
            cpu->blocks = page->blocks;
            cpu->code_base = front & UINT32_C(0xFFFFF003);
            cpu->code_space = cpu->link_space = state->iasq_front;
            cpu->link_delta = 8;
            cpu->insns_end = end;
            cpu->budget = (int64_t)left - block->count;
            execute(cpu, block->ops);
            return;
        }
    }
    step(cpu, be32_load(page->host + offset));
}

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

/* DISPATCH or take interruption VECTOR (if it is not 0), with somebody looking. */
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
        dispatch(cpu, end);
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
            dispatch(cpu, slice);
        if (privilege == 3 && (state->iaoq_front & 3) != 3)
            dtu_enter_monitor(cpu); /* at the latest on leaving user mode */
    }
}

enum cpu_stop cpu_run(struct cpu *cpu, uint64_t limit_insns)
{
    struct cpu_state *state = &cpu->state;
    assert(limit_insns > 0);
    cpu->attention = 0;
    cpu->run_start = state->insns;
    cpu->quiet_insns = state->interruptions_in_a_row ? state->insns : UINT64_MAX;
    uint64_t room = UINT64_MAX / 2 - state->insns; /* no wrap for "without limit" */
    enum cpu_stop stop = run_until(cpu, state->insns + (limit_insns < room ? limit_insns : room));
    state->psw = exec_psw(cpu);
    if (state->insns != cpu->quiet_insns)
        state->interruptions_in_a_row = 0;
    return stop;
}

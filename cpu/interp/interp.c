/* interp.c - see interp.h: which block is next, or one instruction alone, and how execution goes from block to block.
 *
 * What always holds at the beginning of interp_run, and again when it returns: cpu->state is exact (queues, PSW's
 * control bits, instruction count).
 */
#include "cpu/interp/interp.h"

#include "cpu/interp/block.h"
#include "mmu/base/vtime.h"

/* PSW bits with which instructions are executed one at a time. */
#define PSW_ONE_BY_ONE (PSW_T | PSW_H | PSW_L | PSW_X | PSW_B | PSW_R)

EXEC(exec_idle)
{
    cpu->attention |= ATTENTION_IDLE;
    LEAVE();
}

/* Leave the block at a sentinel: the queue is sequential from FRONT on. */
static const struct op *go_out(struct cpu *cpu, uint32_t space, uint32_t front, uint32_t nullify)
{
    exec_count(cpu, 0);
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

const struct op *exec_leave_block(struct cpu *cpu, const struct op *op)
{
    exec_settle(cpu, op, 0);
    return go_out(cpu, cpu->code_space, cpu->code_base + op_offset(op), 0);
}

NOINLINE EXEC(exec_short_of)
{
    const struct block *block = block_of(op);
    const struct op *first = places_end_budget(cpu) ? passing_enter(cpu, block) : NULL;
    if (!first)
        return go_out(cpu, cpu->code_space, cpu->code_base + block->offset, 0);
    cpu->budget -= block->debit;
    CONTINUE(first);
}

INLINE const struct op *go_on(struct cpu *cpu, const struct block *block)
{
    const struct op *first = block->ops;
    int64_t budget = cpu->budget - block->debit;
    if (UNLIKELY(budget < 0))
        return exec_short_of(cpu, first);
    cpu->budget = budget;
    CONTINUE(first);
}

EXEC(exec_go)
{
    const struct block *block = cpu->blocks[(uint32_t)op->imm >> 2];
    return UNLIKELY(!block) ? go_out_static(cpu, op) : go_on(cpu, block);
}

/* The block at TARGET if it is there and the fetch side of the software TLB knows the page at this privilege level; the
 * page is then current. */
INLINE const struct block *far_block(struct cpu *cpu, uint32_t space, uint32_t target)
{
    const struct fetch_entry *entry = &cpu->fetch[(target >> 12) % FETCH_ENTRIES];
    uint32_t page = target & UINT32_C(0xFFFFF003);
    uint64_t tag = (uint64_t)space << 32 | page | cpu->fetch_mode;
    if (UNLIKELY(entry->tag != tag || ((target ^ cpu->code_base) & 3)))
        return NULL;
    struct block *block = entry->page->blocks[(target >> 2) & 1023];
    if (UNLIKELY(!block))
        return NULL;
    cpu->blocks = entry->page->blocks;
    cpu->code_base = page;
    cpu->code_space = space;
    cpu->link_space = space;
    return block;
}

EXEC(exec_go_far)
{
    const struct block *block = far_block(cpu, cpu->code_space, cpu->code_base + (uint32_t)op->imm);
    return UNLIKELY(!block) ? go_out_static(cpu, op) : go_on(cpu, block);
}

EXEC(exec_go_computed)
{
    const struct block *block = far_block(cpu, cpu->branch_space, cpu->branch_target);
    return UNLIKELY(!block) ? go_out_computed(cpu, op) : go_on(cpu, block);
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
    if (cpu->engine) {
        while (op)
            op = cpu->engine->enter(cpu, op);
        return;
    }
    while (op)
        op = op->run(cpu, op);
}

/* The code page that the front of the queue is in. NULL: a fetch fault was taken. With PSW[M] = 1 nothing at the
 * address reads as 0: *NOTHING. */
static struct code_page *front_page(struct cpu *cpu, bool *nothing)
{
    struct cpu_state *state = &cpu->state;
    uint32_t iaoq = state->iaoq_front;
    const struct fetch_entry *entry = &cpu->fetch[(iaoq >> 12) % FETCH_ENTRIES];
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
    soft_fill_fetch(cpu, iaoq, tag, page);
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
    cpu->budget = budget_of(cpu, 1) + budget_branches(cpu) - block_of(op)->debit;
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

/* Execute from BLOCK on, at whose beginning the exact state is. */
static void begin_blocks(struct cpu *cpu, const struct block *block, uint64_t end)
{
    cpu->places.slice_insns = end;
    cpu->insns_end = smallest(end, cpu->places.next_insns);
    uint64_t insns = cpu->insns_end - cpu->state.insns;
    const struct op *first = block->ops;
    cpu->budget = budget_of(cpu, insns) + budget_branches(cpu);
    if (block->count > insns) {
        first = places_end_budget(cpu) ? passing_enter(cpu, block) : NULL;
        block = first ? block : block_head(cpu, block, (unsigned)insns);
    }
    cpu->budget -= block->debit;
    execute(cpu, first ? first : block->ops);
}

void interp_run(struct cpu *cpu, uint64_t end)
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
        if (cpu->arena_used > ARENA_BYTES - (1 << 16) || (cpu->engine && cpu->engine->full(cpu)))
            interp_forget_all(cpu);
        const struct block *block = block_get(cpu, page, offset);
        if (block) {
            cpu->blocks = page->blocks;
            cpu->code_base = front & UINT32_C(0xFFFFF003);
            cpu->code_space = cpu->link_space = state->iasq_front;
            cpu->link_delta = 8;
            begin_blocks(cpu, block, end);
            return;
        }
    }
    step(cpu, be32_load(page->host + offset));
}

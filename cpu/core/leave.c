/* leave.c - from an operation of a block back to the exact state: before it, or after it.
 *
 * Inside of a block the address queue, PSW[N], PSW[B] and the instruction count are not kept: they follow from where
 * the operation is (op.h).
 */
#include "cpu/core/core.h"

/* What OP's block has been debited for beyond its first DONE instructions. */
INLINE int64_t unused(const struct cpu *cpu, const struct op *op, unsigned done)
{
    const struct block *block = block_of(op);
    return budget_of(cpu, block->count - done) - (done < block->counted);
}

void exec_settle(struct cpu *cpu, const struct op *op, unsigned executed)
{
    cpu->budget += unused(cpu, op, op->pos + executed);
    exec_count(cpu, 0);
}

/* Queue and PSW become those of before OP. */
static void go_before(struct cpu *cpu, const struct op *op)
{
    struct cpu_state *state = &cpu->state;
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

void exec_materialize(struct cpu *cpu, const struct op *op)
{
    exec_count(cpu, unused(cpu, op, op->pos));
    cpu->branch_ahead = op->pos < block_of(op)->counted;
    go_before(cpu, op);
}

void exec_leave_before(struct cpu *cpu, const struct op *op)
{
    exec_settle(cpu, op, 0);
    go_before(cpu, op);
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
    exec_leave_before(cpu, op);
    cpu->attention |= ATTENTION_STALL;
    return NULL;
}

/* leave.c - from an operation of a block back to the exact state: before it, or after it.
 *
 * Inside of a block the address queue, PSW[N], PSW[B] and the instruction count are not kept: they follow from where
 * the operation is (op.h).
 */
#include "cpu/core/core.h"

void exec_settle(struct cpu *cpu, const struct op *op, unsigned executed)
{
    cpu->budget += (int64_t)block_of(op)->count - op->pos - executed;
    cpu->state.insns = cpu->insns_end - (uint64_t)cpu->budget;
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

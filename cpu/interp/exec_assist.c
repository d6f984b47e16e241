/* exec_assist.c - special function units and coprocessors other than floating point. Manual, "Assist Instructions".
 *
 * The only special function unit is the delayed-trap unit, number 7 (docs/board.md, "The delayed-trap unit").
 * Everything else is absent: assist emulation trap.
 */
#include "cpu/interp/block.h"

enum {
    DTU_UNIT = 7,
    DTU_IDENTITY = 0x55534454,
};

static EXEC(exec_absent)
{
    RAISE(VECTOR_ASSIST_EMULATION);
}

INLINE bool dtu_on(const struct cpu *cpu)
{
    return (cpu->state.cr[CR_CCR] & 0x0100) != 0;
}

/* DRAIN: deliver everything now. With Drain_Priv = 1 the monitor below completes the delivery. */
static EXEC(exec_drain)
{
    if (!dtu_on(cpu))
        RAISE(VECTOR_ASSIST_EMULATION);
    if (op->imm != 0)
        RAISE(VECTOR_ASSIST_EXCEPTION);
    cpu_dtu_flush(cpu);
    if (cpu->config.drain_priv && cpu->env->drain) {
        exec_materialize(cpu, op);
        if (cpu->env->drain(cpu->env_arg) == PHYS_STALL)
            STALL();
        cpu->simulated++;
    }
    LEAVE();
}

static EXEC(exec_dtu_read)
{
    const struct cpu_state *state = &cpu->state;
    uint32_t values[6] = {DTU_IDENTITY, state->v1[0], state->v1[1], state->v2, state->dtu_class_mask, state->dtu_held};
    if (!dtu_on(cpu))
        RAISE(VECTOR_ASSIST_EMULATION);
    if (op->imm < 0 || op->imm > 5)
        RAISE(VECTOR_ASSIST_EXCEPTION);
    R32(op->t) = values[op->imm];
    NEXT();
}

static EXEC(exec_dtu_write)
{
    struct cpu_state *state = &cpu->state;
    uint32_t value = R32(op->b);
    if (!dtu_on(cpu))
        RAISE(VECTOR_ASSIST_EMULATION);
    switch (op->imm) {
    case 1:
    case 2:
        state->v1[op->imm - 1] &= ~value;
        break;
    case 3:
        state->v2 &= ~value;
        break;
    case 4:
        state->dtu_class_mask = value;
        break;
    case 5:
        state->dtu_held = value;
        break;
    default:
        RAISE(VECTOR_ASSIST_EXCEPTION);
    }
    LEAVE();
}

static EXEC(exec_dtu_undefined)
{
    RAISE(dtu_on(cpu) ? VECTOR_ASSIST_EXCEPTION : VECTOR_ASSIST_EMULATION);
}

void exec_special_unit_prepare(struct op *op, const struct insn *insn)
{
    op->t = target_gr(insn->t);
    op->b = source_gr(insn->b);
    op->imm = insn->imm;
    if (insn->sub != DTU_UNIT)
        op->run = exec_absent;
    else if (insn->id == INSN_SPOP0)
        op->run = exec_drain;
    else if (insn->id == INSN_SPOP1)
        op->run = exec_dtu_read;
    else if (insn->id == INSN_SPOP2)
        op->run = exec_dtu_write;
    else
        op->run = exec_dtu_undefined;
}

/* Coprocessors other than 0 and 1, and their loads and stores. */
void exec_coprocessor_prepare(struct op *op, const struct insn *insn)
{
    if (insn->id == INSN_COPR && insn->sub <= 1)
        exec_fpu_prepare(op, insn); /* an operation that floating point does not have */
    else
        op->run = exec_absent;
}

/* translate_branch.c - branches: the rows of exec_branch.c as primitives.
 *
 * A branch goes to one of the operations after it (core/op.h, LAYOUT), as its semantic function does. A computed target
 * is stored before the delay slot, which may be left for C.
 */
#include "cpu/interp/conditions.h"
#include "cpu/jit/translate.h"

#define TARGET offsetof(struct cpu, branch_target)
#define SPACE  offsetof(struct cpu, branch_space)

/* Taken or not, by VERDICT on "it is taken". */
static void branch(struct translation *t, struct verdict verdict)
{
    unsigned taken = t->at + t->op->sub, untaken = t->at + t->op->sub2;
    if (verdict.when == ALWAYS) {
        translate_jump(t, taken);
        return;
    }
    if (verdict.when == FLAGS)
        translate_jump_if(t, verdict.condition, taken);
    if (untaken != t->at + 1)
        translate_jump(t, untaken);
}

/* The address of the branch, and DISTANCE from it. */
static void own_address(struct translation *t, enum reg r, uint32_t distance)
{
    emit_load(&t->emit, r, offsetof(struct cpu, code_base));
    emit_add_constant(&t->emit, r, r, op_offset(t->op) + distance);
}

static void link(struct translation *t, unsigned offset)
{
    enum reg r = translate_fresh(t);
    own_address(t, r, 8);
    if (t->cpu->config.privilege_leak)
        emit_alu_constant(&t->emit, ALU_OR, r, t->cpu->config.privilege_leak);
    translate_define(t, offset, r);
}

/* REG_A, an address with a privilege level in its low bits, becomes what a branch to it from here means: the level is
 * the lower privilege of the two. */
static void demote(struct translation *t)
{
    struct emit *e = &t->emit;
    emit_load(e, REG_C, offsetof(struct cpu, code_base));
    emit_alu_constant(e, ALU_AND, REG_C, 3);
    emit_move(e, REG_B, REG_A);
    emit_alu_constant(e, ALU_AND, REG_B, 3);
    emit_alu(e, ALU_COMPARE, REG_B, REG_C);
    emit_move_if(e, IF_BELOW, REG_B, REG_C);
    emit_alu_constant(e, ALU_AND, REG_A, ~UINT32_C(3));
    emit_alu(e, ALU_OR, REG_A, REG_B);
}

static void target_in_space(struct translation *t, unsigned space_offset)
{
    emit_store(&t->emit, TARGET, REG_A);
    emit_load(&t->emit, REG_C, space_offset);
    emit_store(&t->emit, SPACE, REG_C);
}

/* REG_A = where a BV says. */
static void vector(struct translation *t)
{
    enum reg base = translate_use(t, t->op->b);
    if (translate_is_zero(t->op->a))
        emit_move(&t->emit, REG_A, base);
    else
        emit_add_scaled(&t->emit, REG_A, translate_use(t, t->op->a), 3, base);
}

/* BV. Where its delay slot is nullified, nobody asks for the target before it is there: one in the same page at the
 * same privilege level is gone to at once, as interpreters do with each of their instructions. */
static void branch_vectored(struct translation *t)
{
    unsigned taken = t->at + t->op->sub;
    vector(t);
    if (t->block->runs[taken] == exec_go_computed) {
        label elsewhere = emit_label(&t->emit);
        emit_go_near(&t->emit, elsewhere);
        emit_bind(&t->emit, elsewhere);
        vector(t);
    }
    demote(t);
    target_in_space(t, offsetof(struct cpu, code_space));
    translate_jump(t, taken);
}

static void branch_external(struct translation *t, bool with_link)
{
    struct emit *e = &t->emit;
    enum reg base = translate_use(t, t->op->b);
    emit_add_constant(e, REG_A, base, (uint32_t)t->op->imm);
    demote(t);
    target_in_space(t, t->op->a);
    if (!with_link)
        return;
    link(t, source_gr(31));
    emit_load(e, REG_A, offsetof(struct cpu, link_space));
    emit_store(e, offsetof(struct cpu, state.sr[0]), REG_A);
    label absolute = emit_label(e);
    emit_test_state(e, offsetof(struct cpu, state.psw), PSW_D);
    emit_jump_if(e, IF_EQUAL, absolute);
    emit_store(e, offsetof(struct cpu, space[0]), REG_A);
    emit_bind(e, absolute);
}

bool translate_branch(struct translation *t)
{
    struct emit *e = &t->emit;
    switch (t->insn->id) {
    case INSN_BL:
        if (t->insn->t)
            link(t, t->op->t);
        break;
    case INSN_BLR: {
        enum reg index = translate_use(t, t->op->a);
        own_address(t, REG_B, 8);
        emit_add_scaled(e, REG_A, index, 3, REG_B);
        target_in_space(t, offsetof(struct cpu, code_space));
        link(t, t->op->t);
        break;
    }
    case INSN_BV:
        branch_vectored(t);
        return true;
    case INSN_BE:
    case INSN_BLE:
        branch_external(t, t->insn->id == INSN_BLE);
        break;
    default: /* GATE */
        return false;
    }
    translate_jump(t, t->at + t->op->sub);
    return true;
}

/* ADDB, ADDIB: A + B goes to the target, and decides. */
static struct verdict add_and_branch(struct translation *t, enum reg a, enum reg b)
{
    enum reg sum = translate_fresh(t);
    emit_move(&t->emit, sum, a);
    emit_alu(&t->emit, ALU_ADD, sum, b);
    translate_define(t, t->op->t, sum);
    return translate_add_verdict(t, t->insn->cond, sum);
}

static struct verdict move_and_branch(struct translation *t, bool immediate)
{
    enum reg result = translate_fresh(t);
    if (immediate)
        emit_constant(&t->emit, result, (uint32_t)t->op->imm);
    else
        emit_move(&t->emit, result, translate_use(t, t->op->a));
    translate_define(t, t->op->t, result);
    return translate_logical_verdict(t, t->insn->cond, result);
}

static enum reg immediate(struct translation *t)
{
    enum reg r = translate_fresh(t);
    emit_constant(&t->emit, r, (uint32_t)t->op->imm);
    return r;
}

/* BB, BVB: the bit is 1, or with a negated condition 0. */
static struct verdict bit(struct translation *t, bool variable)
{
    struct emit *e = &t->emit;
    enum reg r = translate_use(t, t->op->a);
    struct verdict verdict = {FLAGS, t->insn->cond & 1 ? IF_EQUAL : IF_NOT_EQUAL};
    if (!variable) {
        emit_test_constant(e, r, t->op->extra);
        return verdict;
    }
    emit_move(e, REG_B, translate_use(t, offsetof(struct cpu, state.cr[CR_SAR])));
    emit_move(e, REG_A, r);
    emit_shift_variable(e, SHIFT_LEFT, REG_A);
    emit_test_constant(e, REG_A, PA_BIT(0));
    return verdict;
}

static struct verdict decide(struct translation *t)
{
    const struct op *op = t->op;
    unsigned cond = t->insn->cond;
    switch (t->insn->id) {
    case INSN_COMBT:
    case INSN_COMBF: {
        enum reg a = translate_use(t, op->a), b = translate_use(t, op->b);
        return translate_compare_verdict(t, cond, a, b);
    }
    case INSN_COMIBT:
    case INSN_COMIBF: {
        enum reg a = immediate(t), b = translate_use(t, op->b);
        return translate_compare_verdict(t, cond, a, b);
    }
    case INSN_ADDBT:
    case INSN_ADDBF: {
        enum reg a = translate_use(t, op->a), b = translate_use(t, op->b);
        return add_and_branch(t, a, b);
    }
    case INSN_ADDIBT:
    case INSN_ADDIBF: {
        enum reg a = immediate(t), b = translate_use(t, op->b);
        return add_and_branch(t, a, b);
    }
    case INSN_MOVB:
        return move_and_branch(t, false);
    case INSN_MOVIB:
        return move_and_branch(t, true);
    default:
        return bit(t, t->insn->id == INSN_BVB);
    }
}

bool translate_branch_if(struct translation *t)
{
    branch(t, decide(t));
    return true;
}

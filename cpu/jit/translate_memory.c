/* translate_memory.c - loads and stores: the frequent rows of exec_memory.c as primitives, and the registers that
 * exec_system.c's unprivileged rows move.
 *
 * What the software TLB does not have is done by the semantic function, which has seen nothing changed; where it goes
 * on, native code is there, with its registers loaded again.
 */
#include "cpu/jit/translate.h"

enum mode {
    DISPLACEMENT,
    BEFORE,
    AFTER,
    INDEX,
    INDEX_AFTER,
};

static bool is_index(unsigned id)
{
    return id == INSN_LDBX || id == INSN_LDHX || id == INSN_LDWX || id == INSN_FLDWX || id == INSN_FLDDX ||
           id == INSN_FSTWX || id == INSN_FSTDX;
}

static bool is_long(unsigned id)
{
    return id == INSN_LDB || id == INSN_LDH || id == INSN_LDW || id == INSN_STB || id == INSN_STH || id == INSN_STW;
}

static enum mode mode_of(const struct insn *insn)
{
    if (is_index(insn->id))
        return insn->m ? INDEX_AFTER : INDEX;
    if (is_long(insn->id))
        return DISPLACEMENT;
    if (insn->id == INSN_LDWM || insn->id == INSN_STWM)
        return insn->imm < 0 ? BEFORE : AFTER;
    return !insn->m ? DISPLACEMENT : insn->u ? BEFORE : AFTER;
}

/* The reference: REG_B becomes its offset; *NEXT the base's new value, if it changes. */
static bool address(struct translation *t, enum reg *next)
{
    struct emit *e = &t->emit;
    const struct op *op = t->op;
    enum mode mode = mode_of(t->insn);
    enum reg base = translate_use(t, op->b), sum = REG_B;
    bool modifies = mode == BEFORE || mode == AFTER || mode == INDEX_AFTER;
    if (modifies)
        *next = sum = translate_fresh(t);
    if (mode == INDEX || mode == INDEX_AFTER)
        emit_add_scaled(e, sum, translate_use(t, op->a), op->sub2, base);
    else
        emit_add_constant(e, sum, base, (uint32_t)op->imm);
    if (mode == AFTER || mode == INDEX_AFTER)
        emit_move(e, REG_B, base);
    else
        emit_move(e, REG_B, sum);
    return modifies;
}

static void lookup(struct translation *t, unsigned size, bool store)
{
    enum reg temporary = t->op->sub ? translate_fresh(t) : REG_C;
    emit_lookup(&t->emit, size, store, t->op->sub, temporary, translate_cold(t, COLD_MISS, t->at));
}

static unsigned size_of(unsigned id)
{
    switch (id) {
    case INSN_LDB:
    case INSN_LDBS:
    case INSN_LDBX:
    case INSN_STB:
    case INSN_STBS:
        return 1;
    case INSN_LDH:
    case INSN_LDHS:
    case INSN_LDHX:
    case INSN_STH:
    case INSN_STHS:
        return 2;
    default:
        return 4;
    }
}

bool translate_load(struct translation *t)
{
    unsigned size = size_of(t->insn->id);
    enum reg next = REG_C;
    bool modifies = address(t, &next);
    lookup(t, size, false);
    enum reg value = translate_fresh(t);
    emit_guest_load(&t->emit, size, value);
    if (modifies)
        translate_define(t, t->op->extra, next);
    translate_define(t, t->op->t, value);
    return translate_again(t);
}

bool translate_store(struct translation *t)
{
    unsigned size = size_of(t->insn->id);
    enum reg next = REG_C, value = translate_use(t, t->op->t);
    bool modifies = address(t, &next);
    lookup(t, size, true);
    emit_guest_store(&t->emit, size, value);
    if (modifies)
        translate_define(t, t->op->extra, next);
    return translate_again(t);
}

bool translate_float_memory(struct translation *t)
{
    struct emit *e = &t->emit;
    unsigned id = t->insn->id;
    bool store = id == INSN_FSTWX || id == INSN_FSTWS || id == INSN_FSTDX || id == INSN_FSTDS;
    bool word = id == INSN_FLDWX || id == INSN_FLDWS || id == INSN_FSTWX || id == INSN_FSTWS;
    enum reg next = REG_C;
    if ((t->insn->t & 31) == 0) /* the status register */
        return false;
    translate_float_gate(t);
    bool modifies = address(t, &next);
    lookup(t, word ? 4 : 8, store);
    if (!word && store) {
        emit_guest_store64(e, t->op->t);
    } else if (!word) {
        emit_guest_load64(e, t->op->t);
    } else if (store) {
        enum reg value = translate_fresh(t);
        emit_load(e, value, t->op->t);
        emit_guest_store(e, 4, value);
    } else {
        enum reg value = translate_fresh(t);
        emit_guest_load(e, 4, value);
        emit_store(e, t->op->t, value);
    }
    if (modifies)
        translate_define(t, t->op->extra, next);
    return translate_again(t);
}

/* ---- registers that anybody may move ---- */

static bool move_to(struct translation *t, unsigned offset, enum reg r)
{
    enum reg copy = translate_fresh(t);
    emit_move(&t->emit, copy, r);
    translate_define(t, offset, copy);
    return true;
}

/* A privileged instruction, counted as what a monitor would simulate: at another level its semantic function traps. */
static void privileged(struct translation *t)
{
    emit_test_state(&t->emit, offsetof(struct cpu, privilege), 0xFF);
    emit_jump_if(&t->emit, IF_NOT_EQUAL, translate_original(t));
    emit_count(&t->emit, offsetof(struct cpu, simulated));
}

static unsigned control_register(unsigned number)
{
    return (unsigned)offsetof(struct cpu, state.cr) + 4 * number;
}

static bool row_mfctl(struct translation *t)
{
    unsigned number = t->op->sub;
    if (number == CR_ITMR || (number >= 1 && number <= 7)) /* the environment's; reserved */
        return false;
    if (number != CR_SAR && number != 26 && number != 27)
        privileged(t);
    emit_load(&t->emit, REG_A, control_register(number));
    return move_to(t, t->op->t, REG_A);
}

/* Those that are only kept: what they say is asked for when an interruption comes or is returned from. The two queues'
 * front is what was written before (exec_system.c). */
static bool row_mtctl(struct translation *t)
{
    unsigned number = t->op->sub;
    struct emit *e = &t->emit;
    if (number == CR_SAR) {
        emit_move(e, REG_A, translate_use(t, t->op->a));
        emit_alu_constant(e, ALU_AND, REG_A, 31);
        return move_to(t, control_register(CR_SAR), REG_A);
    }
    if (number != CR_IIASQ && number != CR_IIAOQ && number != CR_IPSW && number < 24)
        return false;
    privileged(t);
    enum reg value = translate_use(t, t->op->a);
    if (number == CR_IIASQ || number == CR_IIAOQ) {
        unsigned back =
            number == CR_IIASQ ? offsetof(struct cpu, state.iiasq_back) : offsetof(struct cpu, state.iiaoq_back);
        emit_load(e, REG_A, back);
        emit_store(e, control_register(number), REG_A);
        emit_store(e, back, value);
    } else {
        emit_store(e, control_register(number), value);
    }
    return true;
}

static bool row_mfsp(struct translation *t)
{
    emit_load(&t->emit, REG_A, (unsigned)offsetof(struct cpu, state.sr) + 4u * t->op->sub);
    return move_to(t, t->op->t, REG_A);
}

static bool row_nothing(struct translation *t)
{
    (void)t;
    return true;
}

translate_row *const translate_other_rows[INSN_COUNT] = {
    [INSN_BL] = translate_branch,
    [INSN_BLR] = translate_branch,
    [INSN_BV] = translate_branch,
    [INSN_BE] = translate_branch,
    [INSN_BLE] = translate_branch,
    [INSN_MOVB] = translate_branch_if,
    [INSN_MOVIB] = translate_branch_if,
    [INSN_COMBT] = translate_branch_if,
    [INSN_COMBF] = translate_branch_if,
    [INSN_COMIBT] = translate_branch_if,
    [INSN_COMIBF] = translate_branch_if,
    [INSN_ADDBT] = translate_branch_if,
    [INSN_ADDBF] = translate_branch_if,
    [INSN_ADDIBT] = translate_branch_if,
    [INSN_ADDIBF] = translate_branch_if,
    [INSN_BVB] = translate_branch_if,
    [INSN_BB] = translate_branch_if,
    [INSN_LDB] = translate_load,
    [INSN_LDH] = translate_load,
    [INSN_LDW] = translate_load,
    [INSN_LDWM] = translate_load,
    [INSN_LDBX] = translate_load,
    [INSN_LDHX] = translate_load,
    [INSN_LDWX] = translate_load,
    [INSN_LDBS] = translate_load,
    [INSN_LDHS] = translate_load,
    [INSN_LDWS] = translate_load,
    [INSN_STB] = translate_store,
    [INSN_STH] = translate_store,
    [INSN_STW] = translate_store,
    [INSN_STWM] = translate_store,
    [INSN_STBS] = translate_store,
    [INSN_STHS] = translate_store,
    [INSN_STWS] = translate_store,
    [INSN_FLDWX] = translate_float_memory,
    [INSN_FLDWS] = translate_float_memory,
    [INSN_FLDDX] = translate_float_memory,
    [INSN_FLDDS] = translate_float_memory,
    [INSN_FSTWX] = translate_float_memory,
    [INSN_FSTWS] = translate_float_memory,
    [INSN_FSTDX] = translate_float_memory,
    [INSN_FSTDS] = translate_float_memory,
    [INSN_FCPY] = translate_float,
    [INSN_FCPY_E] = translate_float,
    [INSN_FABS] = translate_float,
    [INSN_FABS_E] = translate_float,
    [INSN_FSQRT] = translate_float,
    [INSN_FSQRT_E] = translate_float,
    [INSN_FCNVFF] = translate_float,
    [INSN_FCNVFF_E] = translate_float,
    [INSN_FCNVXF] = translate_float,
    [INSN_FCNVXF_E] = translate_float,
    [INSN_FCNVFXT] = translate_float,
    [INSN_FCNVFXT_E] = translate_float,
    [INSN_FCMP] = translate_float,
    [INSN_FCMP_E] = translate_float,
    [INSN_FADD] = translate_float,
    [INSN_FADD_E] = translate_float,
    [INSN_FSUB] = translate_float,
    [INSN_FSUB_E] = translate_float,
    [INSN_FMPY] = translate_float,
    [INSN_FMPY_E] = translate_float,
    [INSN_FDIV] = translate_float,
    [INSN_FDIV_E] = translate_float,
    [INSN_FTEST] = translate_float,
    [INSN_XMPYU] = translate_float,
    [INSN_FMPYADD] = translate_float,
    [INSN_FMPYSUB] = translate_float,
    [INSN_MFCTL] = row_mfctl,
    [INSN_MTCTL] = row_mtctl,
    [INSN_MFSP] = row_mfsp,
    [INSN_SYNC] = row_nothing,
    [INSN_SYNCDMA] = row_nothing,
};

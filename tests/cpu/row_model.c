/* row_model.c - see row_model.h. Written from the manual's descriptions; shares nothing with cpu/ but the decoder. */
#include "tests/cpu/row_model.h"

#include <string.h>

/* ---- arithmetic: eight decimal digits' worth of four-bit additions, and exact integers ---- */

struct number {
    uint32_t result;
    uint32_t digit_carries; /* bit d: carry out of digit d, digit 0 the rightmost */
    int64_t exact;          /* of the operands as signed numbers */
    uint64_t exact_unsigned;
    bool shift_overflow, shift_overflow_unsigned; /* of the first operand, before the addition */
};

static struct number add_digits(uint32_t a, uint32_t b, unsigned carry)
{
    struct number n = {.exact = (int64_t)(int32_t)a + (int32_t)b + carry, .exact_unsigned = (uint64_t)a + b + carry};
    for (unsigned digit = 0; digit < 8; digit++) {
        unsigned sum = (a >> (4 * digit) & 15) + (b >> (4 * digit) & 15) + carry;
        n.result |= (sum & 15) << (4 * digit);
        carry = sum >> 4;
        n.digit_carries |= carry << digit;
    }
    return n;
}

/* A - B, less the borrow (CARRY = 0). */
static struct number subtract_digits(uint32_t a, uint32_t b, unsigned carry)
{
    struct number n = add_digits(a, ~b, carry);
    n.exact = (int64_t)(int32_t)a - (int32_t)b - 1 + carry;
    return n;
}

static bool fits(int64_t exact)
{
    return exact >= INT32_MIN && exact <= INT32_MAX;
}

static bool overflows(const struct number *n)
{
    return n->shift_overflow || !fits(n->exact);
}

static bool add_condition(unsigned cond, const struct number *n)
{
    const bool zero = n->result == 0, above = n->shift_overflow_unsigned || n->exact_unsigned > UINT32_MAX;
    const bool less = (n->result > INT32_MAX) != overflows(n);
    const bool table[8] = {false, zero, less, less || zero, !above, !above || zero, overflows(n), n->result % 2 != 0};
    return table[cond / 2] != (cond % 2 != 0);
}

static bool compare_condition(unsigned cond, uint32_t a, uint32_t b, const struct number *n)
{
    const int64_t as = (int32_t)a, bs = (int32_t)b;
    const bool table[8] = {false, a == b, as < bs, as <= bs, a < b, a <= b, !fits(n->exact), n->result % 2 != 0};
    return table[cond / 2] != (cond % 2 != 0);
}

static bool unit_condition(unsigned cond, const struct number *n)
{
    bool byte = false, half = false;
    for (unsigned i = 0; i < 4; i++)
        byte |= (n->result >> (8 * i) & 0xFF) == 0;
    for (unsigned i = 0; i < 2; i++)
        half |= (n->result >> (16 * i) & 0xFFFF) == 0;
    const uint32_t c = n->digit_carries;
    const bool table[8] = {false, false, byte, half, c != 0, false, (c & 0xAA) != 0, (c & 0x88) != 0};
    return table[cond / 2] != (cond % 2 != 0);
}

static void set_gr(struct cpu_state *state, unsigned number, uint32_t value)
{
    if (number)
        state->gr[number] = value;
}

static void set_carries(struct cpu_state *state, const struct number *n)
{
    state->psw = (state->psw & ~PSW_CB) | n->digit_carries << 8;
}

static unsigned carry_of(const struct cpu_state *state)
{
    return state->psw >> 15 & 1; /* PSW bit 16: out of the leftmost digit */
}

/* What an addition or subtraction may do, by row. */
enum {
    TRAPS_OVERFLOW = 1,
    TRAPS_CONDITION = 2, /* instead of nullifying */
    KEEPS_CARRIES = 4,
};

static void finish(const struct insn *insn, struct cpu_state *state, const struct number *n, bool condition,
                   unsigned how, struct row_outcome *outcome)
{
    if ((how & TRAPS_OVERFLOW) && overflows(n))
        outcome->vector = VECTOR_OVERFLOW;
    else if ((how & TRAPS_CONDITION) && condition)
        outcome->vector = VECTOR_CONDITIONAL;
    if (outcome->vector)
        return;
    outcome->nullifies = condition && !(how & TRAPS_CONDITION);
    if (!(how & KEEPS_CARRIES))
        set_carries(state, n);
    set_gr(state, insn->t, n->result);
}

static void addition(const struct insn *insn, struct cpu_state *state, struct row_outcome *outcome)
{
    uint32_t a = state->gr[insn->x], b = state->gr[insn->b];
    unsigned how = 0, shift = 0, carry = 0;
    switch (insn->id) {
    case INSN_ADDIT:
    case INSN_ADDITO:
        how = TRAPS_CONDITION;
        break;
    case INSN_SH1ADDL:
    case INSN_SH2ADDL:
    case INSN_SH3ADDL:
        how = KEEPS_CARRIES;
        break;
    default:
        break;
    }
    const char *id = insn_rows[insn->id].id;
    if (id[strlen(id) - 1] == 'O')
        how |= TRAPS_OVERFLOW;
    if (!strncmp(id, "SH", 2))
        shift = (unsigned)(id[2] - '0');
    if (!strncmp(id, "ADDI", 4))
        a = (uint32_t)insn->imm;
    if (!strncmp(id, "ADDC", 4))
        carry = carry_of(state);
    struct number n = add_digits(a << shift, b, carry);
    n.shift_overflow = !fits((int64_t)(int32_t)a * (1 << shift));
    n.shift_overflow_unsigned = (uint64_t)a << shift > UINT32_MAX;
    finish(insn, state, &n, add_condition(insn->cond, &n), how, outcome);
}

static void subtraction(const struct insn *insn, struct cpu_state *state, struct row_outcome *outcome)
{
    uint32_t a = insn->id == INSN_SUBIO ? (uint32_t)insn->imm : state->gr[insn->x], b = state->gr[insn->b];
    unsigned how = insn->id == INSN_SUBT ? 0 : TRAPS_OVERFLOW;
    if (insn->id == INSN_SUBT || insn->id == INSN_SUBTO)
        how |= TRAPS_CONDITION;
    struct number n = subtract_digits(a, b, insn->id == INSN_SUBBO ? carry_of(state) : 1);
    /* SUBBO's conditions count the borrow, as those of an addition count the carry (docs/undefined.md). */
    bool condition = insn->id == INSN_SUBBO ? add_condition(insn->cond, &n) : compare_condition(insn->cond, a, b, &n);
    finish(insn, state, &n, condition, how, outcome);
}

/* DS: the dividend shifts left, the last step's carry comes in; PSW[V] says whether the divisor is subtracted. */
static void divide_step(const struct insn *insn, struct cpu_state *state, struct row_outcome *outcome)
{
    uint32_t a = state->gr[insn->x], b = state->gr[insn->b], dividend = a * 2 + carry_of(state);
    struct number n = state->psw & PSW_V ? subtract_digits(dividend, b, 1) : add_digits(dividend, b, 0);
    n.shift_overflow = !fits((int64_t)(int32_t)a * 2);
    n.shift_overflow_unsigned = a > INT32_MAX;
    bool carried = n.digit_carries >> 7, negative = b > INT32_MAX;
    state->psw = carried != negative ? state->psw | PSW_V : state->psw & ~PSW_V;
    finish(insn, state, &n, add_condition(insn->cond, &n), 0, outcome);
}

/* UADDCMT, DCOR, IDCOR: units, no carries kept. */
static void units(const struct insn *insn, struct cpu_state *state, struct row_outcome *outcome)
{
    struct number n;
    uint32_t b = state->gr[insn->b], sixes = 0;
    for (unsigned digit = 0; digit < 8; digit++) {
        bool carried = state->psw >> (8 + digit) & 1;
        if (carried == (insn->id == INSN_IDCOR))
            sixes |= UINT32_C(6) << (4 * digit);
    }
    if (insn->id == INSN_UADDCMT)
        n = add_digits(state->gr[insn->x], ~b, 0);
    else
        n = insn->id == INSN_IDCOR ? add_digits(b, sixes, 0) : subtract_digits(b, sixes, 1);
    n.exact = 0;
    finish(insn, state, &n, unit_condition(insn->cond, &n),
           KEEPS_CARRIES | (insn->id == INSN_UADDCMT ? TRAPS_CONDITION : 0), outcome);
}

/* ---- memory ---- */

static bool is_there(const struct row_memory *memory, uint32_t address)
{
    return address >= memory->base && address - memory->base < memory->size;
}

static bool get_bytes(const struct row_memory *memory, uint32_t address, unsigned bytes, uint64_t *value)
{
    *value = 0;
    if (!is_there(memory, address) || address % bytes)
        return false;
    for (unsigned i = 0; i < bytes; i++)
        *value = *value << 8 | memory->bytes[address - memory->base + i];
    return true;
}

static void put_bytes(struct row_outcome *outcome, uint32_t address, unsigned bytes, uint64_t value)
{
    outcome->address = address;
    outcome->bytes = bytes;
    for (unsigned i = 0; i < bytes; i++)
        outcome->data[i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
}

/* STBYS: the register's bytes by their places in the word. */
static bool store_bytes(const struct insn *insn, struct cpu_state *state, const struct row_memory *memory,
                        struct row_outcome *outcome)
{
    uint32_t base = state->gr[insn->b], sum = base + (uint32_t)insn->imm, address = insn->m ? base : sum;
    uint32_t value = state->gr[insn->x], place = address % 4;
    if (!is_there(memory, address))
        return false;
    if (insn->u) /* end: the bytes in front of the addressed one */
        put_bytes(outcome, address - place, place, place ? value >> (32 - 8 * place) : 0);
    else
        put_bytes(outcome, address, 4 - place, value);
    if (insn->m)
        set_gr(state, insn->b, sum - sum % 4);
    return true;
}

struct access {
    unsigned bytes;
    bool index, store, floating, clears;
};

static bool access_of(unsigned id, struct access *access)
{
    switch (id) {
    case INSN_LDWAX:
        *access = (struct access){.bytes = 4, .index = true};
        return true;
    case INSN_LDWAS:
        *access = (struct access){.bytes = 4};
        return true;
    case INSN_STWAS:
        *access = (struct access){.bytes = 4, .store = true};
        return true;
    case INSN_LDCWX:
    case INSN_LDCWS:
        *access = (struct access){.bytes = 4, .index = id == INSN_LDCWX, .clears = true};
        return true;
    case INSN_FLDWX:
    case INSN_FLDWS:
    case INSN_FSTWX:
    case INSN_FSTWS:
        *access =
            (struct access){4, id == INSN_FLDWX || id == INSN_FSTWX, id == INSN_FSTWX || id == INSN_FSTWS, true, false};
        return true;
    case INSN_FLDDX:
    case INSN_FLDDS:
    case INSN_FSTDX:
    case INSN_FSTDS:
        *access =
            (struct access){8, id == INSN_FLDDX || id == INSN_FSTDX, id == INSN_FSTDX || id == INSN_FSTDS, true, false};
        return true;
    default:
        return false;
    }
}

/* The register of the access: a general one, a whole floating-point one, or a half. */
static uint64_t read_register(const struct insn *insn, const struct cpu_state *state, const struct access *access)
{
    if (!access->floating)
        return state->gr[insn->x];
    uint64_t whole = state->fr[insn->t & 31];
    return access->bytes == 8 ? whole : insn->t & 32 ? (uint32_t)whole : whole >> 32;
}

static void write_register(const struct insn *insn, struct cpu_state *state, const struct access *access,
                           uint64_t value)
{
    uint64_t *whole = &state->fr[insn->t & 31];
    if (!access->floating)
        set_gr(state, insn->t, (uint32_t)value);
    else if (access->bytes == 8)
        *whole = value;
    else
        *whole = insn->t & 32 ? (*whole >> 32 << 32 | value) : (value << 32 | (uint32_t)*whole);
}

static bool transfer(const struct insn *insn, const struct access *access, struct cpu_state *state,
                     const struct row_memory *memory, struct row_outcome *outcome)
{
    uint32_t base = state->gr[insn->b], step = (uint32_t)insn->imm;
    uint64_t value;
    if (access->floating && (insn->t & 31) == 0)
        return false; /* the status register: tests/fpu */
    if (access->index)
        step = state->gr[insn->x] * (insn->u ? access->bytes : 1);
    bool after = insn->m && (access->index || !insn->u); /* the old base is the address */
    uint32_t address = after ? base : base + step;
    if (!get_bytes(memory, address, access->bytes, &value))
        return false;
    if (access->store)
        put_bytes(outcome, address, access->bytes, read_register(insn, state, access));
    else if (access->clears)
        put_bytes(outcome, address, 4, 0);
    if (insn->m)
        set_gr(state, insn->b, base + step);
    if (!access->store)
        write_register(insn, state, access, value);
    return true;
}

/* ---- system ---- */

enum { SYSTEM_MASK = 0x1F }; /* R Q P D I: what this processor has of PSW bits 24 to 31 */

static bool control_register(const struct insn *insn, struct cpu_state *state)
{
    if (insn->id == INSN_MFCTL) {
        if (insn->b == CR_ITMR || insn->b == CR_IIASQ || insn->b == CR_IIAOQ)
            return false;
        set_gr(state, insn->t, state->cr[insn->b]);
        return true;
    }
    uint32_t value = state->gr[insn->x];
    if (insn->t >= 1 && insn->t <= 7)
        return true;
    if (insn->t == CR_EIRR)
        state->cr[CR_EIRR] &= ~value;
    else if (insn->t == CR_SAR)
        state->cr[CR_SAR] = value % 32;
    else if (insn->t == CR_IVA)
        state->cr[CR_IVA] = value - value % 2048;
    else if (insn->t == CR_CCR)
        state->cr[CR_CCR] = value % 65536;
    else if (insn->t >= CR_TR0 || insn->t == CR_RCTR || insn->t == CR_EIEM)
        state->cr[insn->t] = value;
    else
        return false; /* timer, queues, interruption parameters, protection identifiers: the guests of tests/guests */
    return true;
}

static void delayed_trap_unit(const struct insn *insn, struct cpu_state *state, struct row_outcome *outcome)
{
    const uint32_t readable[6] = {0x55534454, state->v1[0],          state->v1[1],
                                  state->v2,  state->dtu_class_mask, state->dtu_held};
    uint32_t value = state->gr[insn->b];
    bool known = insn->imm >= (insn->id == INSN_SPOP2) && insn->imm <= (insn->id == INSN_SPOP0 ? 0 : 5);
    if (insn->sub != 7)
        outcome->vector = VECTOR_ASSIST_EMULATION;
    else if (!known || insn->id == INSN_SPOP3)
        outcome->vector = VECTOR_ASSIST_EXCEPTION;
    else if (insn->id == INSN_SPOP1)
        set_gr(state, insn->t, readable[insn->imm]);
    else if (insn->id == INSN_SPOP2 && insn->imm <= 2)
        state->v1[insn->imm - 1] &= ~value;
    else if (insn->id == INSN_SPOP2 && insn->imm == 3)
        state->v2 &= ~value;
    else if (insn->id == INSN_SPOP2)
        *(insn->imm == 4 ? &state->dtu_class_mask : &state->dtu_held) = value;
}

static void modify_base(const struct insn *insn, struct cpu_state *state)
{
    if (insn->m)
        set_gr(state, insn->b, state->gr[insn->b] + state->gr[insn->x]);
}

/* LPA, FDC, PDC, FIC look the address up, and change nothing but registers. */
static void look_up(const struct insn *insn, struct cpu_state *state, const struct row_memory *memory,
                    struct row_outcome *outcome)
{
    uint32_t address = state->gr[insn->b] + (insn->m ? 0 : state->gr[insn->x]); /* modified after */
    if (!is_there(memory, address)) {
        outcome->vector = insn->id == INSN_FIC ? VECTOR_NA_ITLB_MISS : VECTOR_NA_DTLB_MISS;
        return;
    }
    modify_base(insn, state);
    if (insn->id == INSN_LPA)
        set_gr(state, insn->t, address);
}

static bool system_row(const struct insn *insn, struct cpu_state *state, const struct row_memory *memory,
                       struct row_outcome *outcome)
{
    uint32_t mask = state->psw & SYSTEM_MASK;
    switch (insn->id) {
    case INSN_SSM:
    case INSN_RSM:
        state->psw = insn->id == INSN_SSM ? state->psw | (insn->imm & SYSTEM_MASK)
                                          : state->psw & ~(uint32_t)(insn->imm & SYSTEM_MASK);
        set_gr(state, insn->t, mask);
        return true;
    case INSN_MTSM:
        state->psw = (state->psw & ~(uint32_t)SYSTEM_MASK) | (state->gr[insn->x] & SYSTEM_MASK);
        return true;
    case INSN_MTSP:
        state->sr[insn->s] = state->gr[insn->x];
        return true;
    case INSN_LDSID:
        set_gr(state, insn->t, state->sr[insn->s ? insn->s : 4 + (state->gr[insn->b] >> 30)]);
        return true;
    case INSN_MFSP:
        set_gr(state, insn->t, state->sr[insn->s]);
        return true;
    case INSN_MTCTL:
    case INSN_MFCTL:
        return control_register(insn, state);
    case INSN_LCI:
        set_gr(state, insn->t, 0);
        return true;
    case INSN_LPA:
        if (insn->m && insn->b == insn->t)
            return false; /* one register, two results */
        look_up(insn, state, memory, outcome);
        return true;
    case INSN_FDC:
    case INSN_PDC:
    case INSN_FIC:
        look_up(insn, state, memory, outcome);
        return true;
    case INSN_BREAK:
        outcome->vector = VECTOR_BREAK;
        return true;
    case INSN_GATE:
        outcome->branches = true;
        outcome->nullifies = insn->n;
        outcome->target = state->iaoq_front + 8 + (uint32_t)insn->imm;
        set_gr(state, insn->t, state->gr[insn->t] - state->gr[insn->t] % 4);
        return true;
    case INSN_SPOP0:
    case INSN_SPOP1:
    case INSN_SPOP2:
    case INSN_SPOP3:
        delayed_trap_unit(insn, state, outcome);
        return true;
    default: /* nothing that a register shows, but the modified base */
        modify_base(insn, state);
        return true;
    }
}

/* ---- which rows ---- */

enum family {
    FAMILY_NONE,
    FAMILY_ADD,
    FAMILY_SUBTRACT,
    FAMILY_DIVIDE,
    FAMILY_UNITS,
    FAMILY_BYTES,
    FAMILY_MEMORY,
    FAMILY_SYSTEM
};

static enum family family_of(unsigned id)
{
    static const uint8_t families[INSN_COUNT] = {
        [INSN_ADDO] = FAMILY_ADD,       [INSN_ADDCO] = FAMILY_ADD,      [INSN_ADDIO] = FAMILY_ADD,
        [INSN_ADDIT] = FAMILY_ADD,      [INSN_ADDITO] = FAMILY_ADD,     [INSN_SH1ADD] = FAMILY_ADD,
        [INSN_SH2ADD] = FAMILY_ADD,     [INSN_SH3ADD] = FAMILY_ADD,     [INSN_SH1ADDL] = FAMILY_ADD,
        [INSN_SH2ADDL] = FAMILY_ADD,    [INSN_SH3ADDL] = FAMILY_ADD,    [INSN_SH1ADDO] = FAMILY_ADD,
        [INSN_SH2ADDO] = FAMILY_ADD,    [INSN_SH3ADDO] = FAMILY_ADD,    [INSN_SUBO] = FAMILY_SUBTRACT,
        [INSN_SUBBO] = FAMILY_SUBTRACT, [INSN_SUBT] = FAMILY_SUBTRACT,  [INSN_SUBTO] = FAMILY_SUBTRACT,
        [INSN_SUBIO] = FAMILY_SUBTRACT, [INSN_UADDCMT] = FAMILY_UNITS,  [INSN_DCOR] = FAMILY_UNITS,
        [INSN_IDCOR] = FAMILY_UNITS,    [INSN_STBYS] = FAMILY_BYTES,    [INSN_SSM] = FAMILY_SYSTEM,
        [INSN_RSM] = FAMILY_SYSTEM,     [INSN_MTSM] = FAMILY_SYSTEM,    [INSN_MTSP] = FAMILY_SYSTEM,
        [INSN_MFSP] = FAMILY_SYSTEM,    [INSN_LDSID] = FAMILY_SYSTEM,   [INSN_MTCTL] = FAMILY_SYSTEM,
        [INSN_MFCTL] = FAMILY_SYSTEM,   [INSN_LCI] = FAMILY_SYSTEM,     [INSN_LPA] = FAMILY_SYSTEM,
        [INSN_BREAK] = FAMILY_SYSTEM,   [INSN_GATE] = FAMILY_SYSTEM,    [INSN_SPOP0] = FAMILY_SYSTEM,
        [INSN_SPOP1] = FAMILY_SYSTEM,   [INSN_SPOP2] = FAMILY_SYSTEM,   [INSN_SPOP3] = FAMILY_SYSTEM,
        [INSN_SYNC] = FAMILY_SYSTEM,    [INSN_SYNCDMA] = FAMILY_SYSTEM, [INSN_DIAG] = FAMILY_SYSTEM,
        [INSN_FDC] = FAMILY_SYSTEM,     [INSN_FDCE] = FAMILY_SYSTEM,    [INSN_PDC] = FAMILY_SYSTEM,
        [INSN_FIC] = FAMILY_SYSTEM,     [INSN_FICE] = FAMILY_SYSTEM,    [INSN_DS] = FAMILY_DIVIDE,
    };
    struct access access;
    return access_of(id, &access) ? FAMILY_MEMORY : (enum family)families[id];
}

bool row_model_knows(unsigned id)
{
    return family_of(id) != FAMILY_NONE;
}

bool row_model(const struct insn *insn, struct cpu_state *state, const struct row_memory *memory,
               struct row_outcome *outcome)
{
    struct access access;
    memset(outcome, 0, sizeof *outcome);
    switch (family_of(insn->id)) {
    case FAMILY_ADD:
        addition(insn, state, outcome);
        return true;
    case FAMILY_SUBTRACT:
        subtraction(insn, state, outcome);
        return true;
    case FAMILY_DIVIDE:
        divide_step(insn, state, outcome);
        return true;
    case FAMILY_UNITS:
        units(insn, state, outcome);
        return true;
    case FAMILY_BYTES:
        return store_bytes(insn, state, memory, outcome);
    case FAMILY_MEMORY:
        return access_of(insn->id, &access) && transfer(insn, &access, state, memory, outcome);
    case FAMILY_SYSTEM:
        return system_row(insn, state, memory, outcome);
    default:
        return false;
    }
}

/* x86_64.c - the primitives of emit.h on x86-64 (System V calling convention). This is the one file to write for
 * another host.
 *
 * Scratch are rax, rcx, rdx; the pool rbx, rsi, r8 to r13. rdi is the processor, as in every semantic function; r14 the
 * software TLB's table of short addresses, r15 the budget; rbp is free. Nothing is saved on the way from an
 * operation to the next: the registers that belong to the caller of cpu_run were saved by emit_common's "enter", and
 * C's functions keep them for it. So leaving to C is a jump with rsi, the operation.
 *
 * Only instructions that every x86-64 has are used.
 */
#include "cpu/jit/emit.h"

#include "cpu/interp/block.h"

enum {
    RAX = 0,
    RCX = 1,
    RDX = 2,
    RBX = 3,
    RSP = 4,
    RBP = 5,
    RSI = 6,
    CPU = 7, /* rdi */
    R8 = 8,
    R9 = 9,
    SOFT = 14,
    BUDGET = 15,
    NONE = -1,
};

static const uint8_t number[REG_COUNT] = {RAX, RCX, RDX, RBX, RSI, 8, 9, 10, 11, 12, 13};

/* ---- bytes ---- */

static void put8(struct emit *e, unsigned byte)
{
    if (e->at < e->end)
        *e->at++ = (uint8_t)byte;
    else
        e->full = true;
}

static void put32(struct emit *e, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        put8(e, value >> (8 * i) & 0xFF);
}

static void put64(struct emit *e, uint64_t value)
{
    put32(e, (uint32_t)value);
    put32(e, (uint32_t)(value >> 32));
}

/* An opcode: bits 0 to 7; 0x0F before it in bits 8 to 15; a prefix in bits 16 to 23. WIDE: 64 bits. R is the register
 * field, X an index, B a base or register. BYTES: registers 4 to 7 are their low bytes. */
static void put_opcode(struct emit *e, bool wide, uint32_t opcode, unsigned r, unsigned x, unsigned b, bool bytes)
{
    unsigned rex = (wide ? 8u : 0) | (r >> 3) << 2 | (x >> 3) << 1 | b >> 3;
    if (opcode >> 16)
        put8(e, opcode >> 16);
    if (rex || bytes)
        put8(e, 0x40 | rex);
    if (opcode & 0xFF00)
        put8(e, opcode >> 8 & 0xFF);
    put8(e, opcode & 0xFF);
}

static void put_register(struct emit *e, bool wide, uint32_t opcode, unsigned r, unsigned m)
{
    put_opcode(e, wide, opcode, r, 0, m, false);
    put8(e, 0xC0 | (r & 7) << 3 | (m & 7));
}

/* Register R and memory at BASE + (INDEX << SCALE) + DISPLACEMENT; INDEX may be NONE. */
static void put_memory(struct emit *e, bool wide, uint32_t opcode, unsigned r, unsigned base, int index, unsigned scale,
                       int64_t displacement)
{
    bool bytes = (opcode & 0xFFFF) == 0x88 && r >= 4;
    bool sib = index != NONE || (base & 7) == RSP;
    bool small = displacement >= -128 && displacement < 128, none = displacement == 0 && (base & 7) != RBP;
    unsigned x = index == NONE ? RSP : (unsigned)index;
    put_opcode(e, wide, opcode, r, index == NONE ? 0 : x, base, bytes);
    put8(e, (none ? 0 : small ? 0x40u : 0x80u) | (r & 7) << 3 | (sib ? RSP : base & 7));
    if (sib)
        put8(e, scale << 6 | (x & 7) << 3 | (base & 7));
    if (!none && small)
        put8(e, (unsigned)displacement & 0xFF);
    else if (!none)
        put32(e, (uint32_t)displacement);
}

static void put_state(struct emit *e, bool wide, uint32_t opcode, unsigned r, size_t offset)
{
    put_memory(e, wide, opcode, r, CPU, NONE, 0, (int64_t)offset);
}

/* ---- labels ---- */

void emit_begin(struct emit *e, uint8_t *at, uint8_t *end, ptrdiff_t executable)
{
    e->base = e->at = at;
    e->end = end;
    e->executable = executable;
    e->full = false;
    e->label_count = e->fixup_count = 0;
}

static void patch32(uint8_t *at, int64_t distance)
{
    int32_t value = (int32_t)distance;
    memcpy(at, &value, sizeof value);
}

bool emit_finish(struct emit *e)
{
    if (e->full)
        return false;
    for (unsigned i = 0; i < e->fixup_count; i++) {
        int32_t target = e->label_at[e->fixups[i].label];
        assert(target >= 0);
        patch32(e->base + e->fixups[i].at, (int64_t)target - e->fixups[i].at - 4);
    }
    return true;
}

const void *emit_here(const struct emit *e)
{
    return e->at + e->executable;
}

label emit_label(struct emit *e)
{
    if (e->label_count == EMIT_LABELS) {
        e->full = true;
        return 0;
    }
    e->label_at[e->label_count] = -1;
    return (label)e->label_count++;
}

void emit_bind(struct emit *e, label l)
{
    e->label_at[l] = (int32_t)(e->at - e->base);
}

const void *emit_label_address(const struct emit *e, label l)
{
    return e->base + e->label_at[l] + e->executable;
}

static void put_distance(struct emit *e, label l)
{
    if (e->fixup_count == EMIT_FIXUPS) {
        e->full = true;
        return;
    }
    e->fixups[e->fixup_count].at = (uint32_t)(e->at - e->base);
    e->fixups[e->fixup_count++].label = l;
    put32(e, 0);
}

void emit_jump(struct emit *e, label l)
{
    put8(e, 0xE9);
    put_distance(e, l);
}

void emit_jump_if(struct emit *e, enum condition condition, label l)
{
    put8(e, 0x0F);
    put8(e, 0x80u | condition);
    put_distance(e, l);
}

void emit_move_if(struct emit *e, enum condition condition, enum reg t, enum reg a)
{
    put_register(e, false, 0x0F40u | condition, number[t], number[a]);
}

static void jump_to(struct emit *e, const void *to)
{
    put8(e, 0xE9);
    put32(e, (uint32_t)((const uint8_t *)to - (e->at + 4 + e->executable)));
}

/* ---- registers and state ---- */

void emit_constant(struct emit *e, enum reg t, uint32_t value)
{
    put_opcode(e, false, 0xB8u | (number[t] & 7), 0, 0, number[t], false);
    put32(e, value);
}

void emit_move(struct emit *e, enum reg t, enum reg a)
{
    if (t != a)
        put_register(e, false, 0x8B, number[t], number[a]);
}

void emit_load(struct emit *e, enum reg t, unsigned offset)
{
    put_state(e, false, 0x8B, number[t], offset);
}

void emit_store(struct emit *e, unsigned offset, enum reg a)
{
    put_state(e, false, 0x89, number[a], offset);
}

void emit_store_constant(struct emit *e, unsigned offset, uint32_t value)
{
    put_state(e, false, 0xC7, 0, offset);
    put32(e, value);
}

void emit_copy64(struct emit *e, unsigned to, unsigned from)
{
    put_state(e, true, 0x8B, RAX, from);
    put_state(e, true, 0x89, RAX, to);
}

void emit_count(struct emit *e, unsigned offset)
{
    put_state(e, true, 0x83, 0, offset); /* add qword [offset],1 */
    put8(e, 1);
}

void emit_add_scaled(struct emit *e, enum reg t, enum reg a, unsigned shift, enum reg b)
{
    put_memory(e, false, 0x8D, number[t], number[b], number[a], shift, 0);
}

void emit_add(struct emit *e, enum reg t, enum reg a, enum reg b)
{
    emit_add_scaled(e, t, a, 0, b);
}

void emit_add_constant(struct emit *e, enum reg t, enum reg a, uint32_t value)
{
    put_memory(e, false, 0x8D, number[t], number[a], NONE, 0, (int32_t)value);
}

/* ---- arithmetic ---- */

void emit_alu(struct emit *e, enum alu alu, enum reg t, enum reg b)
{
    put_register(e, false, (unsigned)alu << 3 | 3, number[t], number[b]);
}

void emit_alu_constant(struct emit *e, enum alu alu, enum reg t, uint32_t value)
{
    bool small = (int32_t)value >= -128 && (int32_t)value < 128;
    put_register(e, false, small ? 0x83 : 0x81, alu, number[t]);
    if (small)
        put8(e, value & 0xFF);
    else
        put32(e, value);
}

void emit_alu_state(struct emit *e, enum alu alu, enum reg t, unsigned offset)
{
    put_state(e, false, (unsigned)alu << 3 | 3, number[t], offset);
}

void emit_not(struct emit *e, enum reg t)
{
    put_register(e, false, 0xF7, 2, number[t]);
}

void emit_negate(struct emit *e, enum reg t)
{
    put_register(e, false, 0xF7, 3, number[t]);
}

void emit_shift(struct emit *e, enum shift kind, enum reg t, unsigned amount)
{
    if (amount == 0)
        return;
    put_register(e, false, 0xC1, kind, number[t]);
    put8(e, amount);
}

void emit_shift_variable(struct emit *e, enum shift kind, enum reg t)
{
    put_register(e, false, 0xD3, kind, number[t]);
}

void emit_shift_pair(struct emit *e, enum reg t, enum reg left, unsigned amount)
{
    put_register(e, false, 0x0FAC, number[left], number[t]);
    put8(e, amount);
}

void emit_shift_pair_variable(struct emit *e, enum reg t, enum reg left)
{
    put_register(e, false, 0x0FAD, number[left], number[t]);
}

void emit_test_constant(struct emit *e, enum reg t, uint32_t value)
{
    put_register(e, false, 0xF7, 0, number[t]);
    put32(e, value);
}

void emit_test(struct emit *e, enum reg t)
{
    put_register(e, false, 0x85, number[t], number[t]);
}

void emit_test_state(struct emit *e, unsigned offset, uint32_t value)
{
    put_state(e, false, 0xF7, 0, offset);
    put32(e, value);
}

void emit_carry_from(struct emit *e, enum reg t)
{
    put_register(e, false, 0x0FBA, 4, number[t]); /* bt t,0 */
    put8(e, 0);
}

void emit_carry_invert(struct emit *e)
{
    put8(e, 0xF5);
}

void emit_carry_to(struct emit *e, enum reg t)
{
    put_opcode(e, false, 0x0F92, 0, 0, number[t], true); /* setc */
    put8(e, 0xC0 | (number[t] & 7));
    put_opcode(e, false, 0x0FB6, number[t], 0, number[t], true);
    put8(e, 0xC0 | (number[t] & 7) << 3 | (number[t] & 7));
}

/* ---- guest memory ---- */

/* The general table: whole tags, space and all. */
static void lookup_named(struct emit *e, uint32_t mask, size_t tag, unsigned space, enum reg temporary, label miss)
{
    unsigned t = number[temporary];
    put_state(e, false, 0x8B, RDX, offsetof(struct cpu, space) + 4u * space);
    put_register(e, true, 0xC1, 4, RDX); /* shl rdx,32 */
    put8(e, 32);
    put_register(e, false, 0x8B, t, RCX);
    emit_alu_constant(e, ALU_AND, temporary, mask);
    put_register(e, true, 0x0B, RDX, t);
    put_register(e, false, 0x8B, RAX, RCX);
    emit_shift(e, SHIFT_RIGHT, REG_A, PHYS_PAGE_SHIFT - 5);
    emit_alu_constant(e, ALU_AND, REG_A, (SOFT_ENTRIES - 1) * sizeof(struct soft_entry));
    put_state(e, true, 0x03, RAX, offsetof(struct cpu, soft));
    put_memory(e, true, 0x3B, RDX, RAX, NONE, 0, (int64_t)tag);
    emit_jump_if(e, IF_NOT_EQUAL, miss);
    put_memory(e, true, 0x8B, RAX, RAX, NONE, 0, offsetof(struct soft_entry, addend));
}

void emit_lookup(struct emit *e, unsigned size, bool store, unsigned space, enum reg temporary, label miss)
{
    _Static_assert(sizeof(struct soft_entry) == 32 && sizeof(struct short_entry) == 16, "shifts below");
    uint32_t mask = UINT32_C(0xFFFFF000) | (size - 1);
    if (space) {
        lookup_named(e, mask, store ? offsetof(struct soft_entry, store_tag) : offsetof(struct soft_entry, load_tag),
                     space, temporary, miss);
        return;
    }
    put_register(e, false, 0x8B, RAX, RCX);
    emit_shift(e, SHIFT_RIGHT, REG_A, PHYS_PAGE_SHIFT - 4);
    emit_alu_constant(e, ALU_AND, REG_A, (SHORT_ENTRIES - 1) * sizeof(struct short_entry));
    put_register(e, false, 0x8B, RDX, RCX);
    emit_alu_constant(e, ALU_AND, REG_C, mask);
    put_memory(e, false, 0x3B, RDX, SOFT, RAX, 0,
               store ? offsetof(struct short_entry, store_tag) : offsetof(struct short_entry, load_tag));
    emit_jump_if(e, IF_NOT_EQUAL, miss);
    put_memory(e, true, 0x8B, RAX, SOFT, RAX, 0, offsetof(struct short_entry, addend));
}

static void swap(struct emit *e, bool wide, unsigned r)
{
    put_opcode(e, wide, 0x0FC8u | (r & 7), 0, 0, r, false);
}

void emit_guest_load(struct emit *e, unsigned size, enum reg t)
{
    static const uint32_t opcodes[] = {[1] = 0x0FB6, [2] = 0x0FB7, [4] = 0x8B};
    unsigned r = number[t];
    put_memory(e, false, opcodes[size], r, RAX, RCX, 0, 0);
    if (size > 1)
        swap(e, false, r);
    if (size == 2)
        emit_shift(e, SHIFT_RIGHT, t, 16);
}

void emit_guest_store(struct emit *e, unsigned size, enum reg a)
{
    if (size == 1) {
        put_memory(e, false, 0x88, number[a], RAX, RCX, 0, 0);
        return;
    }
    put_register(e, false, 0x8B, RDX, number[a]);
    swap(e, false, RDX);
    if (size == 2)
        emit_shift(e, SHIFT_RIGHT, REG_C, 16);
    put_memory(e, false, size == 2 ? 0x660089u : 0x89u, RDX, RAX, RCX, 0, 0);
}

void emit_guest_load64(struct emit *e, unsigned offset)
{
    put_memory(e, true, 0x8B, RAX, RAX, RCX, 0, 0);
    swap(e, true, RAX);
    put_state(e, true, 0x89, RAX, offset);
}

void emit_guest_store64(struct emit *e, unsigned offset)
{
    put_state(e, true, 0x8B, RDX, offset);
    swap(e, true, RDX);
    put_memory(e, true, 0x89, RDX, RAX, RCX, 0, 0);
}

/* ---- floating point ---- */

static uint32_t scalar(bool dbl, uint32_t opcode)
{
    return (dbl ? 0xF20000u : 0xF30000u) | 0x0F00 | opcode;
}

void emit_float_load(struct emit *e, unsigned unit, unsigned offset, bool dbl)
{
    put_state(e, false, scalar(dbl, 0x10), unit, offset);
}

void emit_float_zero(struct emit *e, unsigned unit)
{
    put_register(e, false, 0x0F57, unit, unit); /* xorps */
}

void emit_float_store(struct emit *e, unsigned offset, unsigned unit, bool dbl)
{
    put_state(e, false, scalar(dbl, 0x11), unit, offset);
}

void emit_float(struct emit *e, enum float_operation operation, unsigned unit, unsigned with, bool dbl)
{
    put_register(e, false, scalar(dbl, operation), unit, with);
}

void emit_float_compare(struct emit *e, unsigned a, unsigned b, bool dbl)
{
    put_register(e, false, dbl ? 0x660F2E : 0x0F2E, a, b); /* ucomisd, ucomiss */
}

void emit_float_from_word(struct emit *e, unsigned unit, enum reg a, bool dbl)
{
    put_register(e, false, scalar(dbl, 0x2A), unit, number[a]);
}

void emit_float_to_word(struct emit *e, enum reg t, unsigned unit, bool dbl)
{
    put_register(e, false, scalar(dbl, 0x2C), number[t], unit);
}

void emit_float_convert(struct emit *e, unsigned to, unsigned from, bool from_dbl)
{
    put_register(e, false, scalar(from_dbl, 0x5A), to, from);
}

void emit_float_exponent(struct emit *e, unsigned unit, bool dbl, unsigned first, unsigned count)
{
    put_register(e, dbl, 0x660F7E, unit, RAX); /* movq, movd */
    put_register(e, dbl, 0xC1, SHIFT_RIGHT, RAX);
    put8(e, dbl ? 52 : 23);
    emit_alu_constant(e, ALU_AND, REG_A, dbl ? 0x7FF : 0xFF);
    emit_alu_constant(e, ALU_SUB, REG_A, first);
    emit_alu_constant(e, ALU_COMPARE, REG_A, count);
}

void emit_multiply_words(struct emit *e, unsigned to, unsigned a, unsigned b)
{
    put_state(e, false, 0x8B, RAX, a);
    put_state(e, false, 0x8B, RCX, b);
    put_register(e, true, 0x0FAF, RAX, RCX);
    put_state(e, true, 0x89, RAX, to);
}

void emit_float_clear_sign(struct emit *e, unsigned offset, bool dbl)
{
    put_memory(e, false, 0x81, 4, CPU, NONE, 0, (int64_t)offset + (dbl ? 4 : 0)); /* and dword */
    put32(e, 0x7FFFFFFF);
}

/* ---- blocks ---- */

void emit_debit(struct emit *e, uint32_t debit, label broke)
{
    put_register(e, true, debit < 128 ? 0x83 : 0x81, ALU_SUB, BUDGET);
    if (debit < 128)
        put8(e, debit);
    else
        put32(e, debit);
    emit_jump_if(e, IF_SIGN, broke);
}

void emit_uncount_branch(struct emit *e)
{
    put_memory(e, true, 0x8D, BUDGET, BUDGET, NONE, 0, -1); /* lea r15,[r15-1] */
}

void emit_arrive(struct emit *e)
{
    put_state(e, true, 0x8B, BUDGET, offsetof(struct cpu, budget));
    put_state(e, true, 0x8B, SOFT, offsetof(struct cpu, short_table));
}

void emit_leave(struct emit *e, uint32_t op_offset, const void *place)
{
    put8(e, 0xB8 | RSI);
    put32(e, op_offset);
    jump_to(e, place);
}

uint8_t *emit_jump_linked(struct emit *e, label l)
{
    emit_jump(e, l);
    return e->at - 5;
}

void emit_link(uint8_t *jump, ptrdiff_t executable, const void *to)
{
    patch32(jump + 1, (const uint8_t *)to - (jump + 5 + executable));
}

/* The operation of a leaving block: its address; the budget in its place. */
static void arrive_in_c(struct emit *e)
{
    put_state(e, true, 0x03, RSI, offsetof(struct cpu, arena));
    put_state(e, true, 0x89, BUDGET, offsetof(struct cpu, budget));
}

static void put_enter(struct emit *e)
{
    static const uint8_t saved[] = {RBX, RBP, 12, 13, 14, 15};
    for (unsigned i = 0; i < 6; i++)
        put_opcode(e, false, 0x50u | (saved[i] & 7), 0, 0, saved[i], false);
    put_register(e, true, 0x83, ALU_SUB, RSP); /* calls are made with a stack of a multiple of 16 bytes */
    put8(e, 8);
    put_memory(e, false, 0xFF, 2, RSI, NONE, 0, offsetof(struct op, run));
    put_register(e, true, 0x83, ALU_ADD, RSP);
    put8(e, 8);
    for (unsigned i = 6; i-- > 0;)
        put_opcode(e, false, 0x58u | (saved[i] & 7), 0, 0, saved[i], false);
    put8(e, 0xC3);
}

/* block_of(op)->runs[op->index] */
static void put_original(struct emit *e)
{
    int64_t runs = (int64_t)offsetof(struct block, runs) - (int64_t)offsetof(struct block, ops);
    arrive_in_c(e);
    put_memory(e, false, 0x0FB6, RAX, RSI, NONE, 0, offsetof(struct op, index));
    put_register(e, false, 0x8B, RCX, RAX);
    emit_shift(e, SHIFT_LEFT, REG_B, 5);
    put_register(e, true, 0x8B, RDX, RSI);
    put_register(e, true, 0x2B, RDX, RCX);
    put_memory(e, true, 0x8B, RDX, RDX, NONE, 0, runs);
    put_memory(e, false, 0xFF, 4, RDX, RAX, 3, 0);
}

void emit_common(struct emit *e, struct emit_common *common, op_run *const functions[EMIT_CALLS])
{
    common->enter = emit_here(e);
    put_enter(e);
    common->original = emit_here(e);
    put_original(e);
    for (unsigned i = 0; i < EMIT_CALLS; i++) {
        common->call[i] = emit_here(e);
        if (i == CALL_MISS)
            put_state(e, false, 0x89, RCX, offsetof(struct cpu, miss_offset));
        arrive_in_c(e);
        put_opcode(e, true, 0xB8 | RAX, 0, 0, RAX, false);
        put64(e, (uint64_t)(uintptr_t)functions[i]);
        put8(e, 0xFF);
        put8(e, 0xE0); /* jmp rax */
    }
}

/* RDX: the blocks of a page; RAX: a guest address in it. Into the block there, if it is translated. */
static void enter_block(struct emit *e, label miss)
{
    emit_alu_constant(e, ALU_AND, REG_A, PHYS_PAGE_BYTES - 4);
    put_memory(e, true, 0x8B, RAX, RDX, RAX, 1, 0); /* 8 bytes for each 4 */
    put_register(e, true, 0x85, RAX, RAX);
    emit_jump_if(e, IF_EQUAL, miss);
    put_memory(e, true, 0x8B, RAX, RAX, NONE, 0, offsetof(struct block, chain));
    put_register(e, true, 0x85, RAX, RAX);
    emit_jump_if(e, IF_EQUAL, miss);
}

/* RCX: REG_A, exclusive or code_base. */
static void compare_page(struct emit *e, label elsewhere)
{
    put_register(e, false, 0x8B, RCX, RAX);
    put_state(e, false, 0x33, RCX, offsetof(struct cpu, code_base));
    emit_test_constant(e, REG_B, UINT32_C(0xFFFFF003));
    emit_jump_if(e, IF_NOT_EQUAL, elsewhere);
}

static void go_within_page(struct emit *e, label miss)
{
    put_state(e, true, 0x8B, RDX, offsetof(struct cpu, blocks));
    enter_block(e, miss);
    put8(e, 0xFF);
    put8(e, 0xE0);
}

void emit_go_near(struct emit *e, label miss)
{
    compare_page(e, miss);
    go_within_page(e, miss);
}

void emit_go_far(struct emit *e, label miss)
{
    _Static_assert(sizeof(struct fetch_entry) == 16, "the shift below");
    _Static_assert(offsetof(struct code_page, blocks) == 0, "a page's address is that of its blocks");
    size_t fetch = offsetof(struct cpu, fetch);
    label elsewhere = emit_label(e);
    compare_page(e, elsewhere); /* what leads to the page where it is needs no look at the fetch side */
    put_state(e, false, 0x3B, RDX, offsetof(struct cpu, code_space));
    emit_jump_if(e, IF_NOT_EQUAL, elsewhere);
    go_within_page(e, miss);
    emit_bind(e, elsewhere);
    emit_test_constant(e, REG_B, 3);
    emit_jump_if(e, IF_NOT_EQUAL, miss);
    put_register(e, false, 0x8B, RCX, RAX);
    emit_shift(e, SHIFT_RIGHT, REG_B, PHYS_PAGE_SHIFT - 4);
    emit_alu_constant(e, ALU_AND, REG_B, (FETCH_ENTRIES - 1) * sizeof(struct fetch_entry));
    put_register(e, false, 0x8B, RSI, RAX);
    emit_alu_constant(e, ALU_AND, REG_POOL + 1, UINT32_C(0xFFFFF003));
    put_register(e, false, 0x8B, R8, RSI);
    put_state(e, false, 0x0B, RSI, offsetof(struct cpu, fetch_mode));
    put_register(e, false, 0x8B, R9, RDX);
    put_register(e, true, 0xC1, SHIFT_LEFT, RDX);
    put8(e, 32);
    put_register(e, true, 0x0B, RDX, RSI);
    put_memory(e, true, 0x3B, RDX, CPU, RCX, 0, (int64_t)(fetch + offsetof(struct fetch_entry, tag)));
    emit_jump_if(e, IF_NOT_EQUAL, miss);
    put_memory(e, true, 0x8B, RDX, CPU, RCX, 0, (int64_t)(fetch + offsetof(struct fetch_entry, page)));
    enter_block(e, miss);
    put_state(e, true, 0x89, RDX, offsetof(struct cpu, blocks));
    put_state(e, false, 0x89, R8, offsetof(struct cpu, code_base));
    put_state(e, false, 0x89, R9, offsetof(struct cpu, code_space));
    put_state(e, false, 0x89, R9, offsetof(struct cpu, link_space));
    put8(e, 0xFF);
    put8(e, 0xE0);
}

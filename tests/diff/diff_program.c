/* diff_program.c - a random PA-RISC user program that reports what its registers became. See diff_program.h.
 *
 * Registers: r2 the shared routines, r27 the table of values, r28 runs left, r29 end of the report, r30 the middle of
 * scratch memory, r31 links; random instructions use the others.
 */
#include "tests/diff/diff_program.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/bits.h"
#include "tests/diff/diff_rules.h"
#include "tests/isa/insn_random.h"

enum {
    SCRATCH = DIFF_BASE + 0x1000,
    REPORT = SCRATCH + DIFF_SCRATCH_BYTES,
    TABLE = DIFF_BASE + 0x8000,
    TABLE_WORDS = 16384,
    CODE = TABLE + TABLE_WORDS * 4 + 0x1000,
    BLOCK_OVERHEAD_WORDS = 64,
    START_INSNS = 6,
    HEAD_INSNS = 5, /* of a block, before its body */
    FOOT_INSNS = 6, /* after it */
    R_ROUTINES = 2,
    R_TABLE = 27,
    R_RUNS = 28,
    R_REPORT = 29,
    R_SCRATCH = 30,
    R_BASE = 25,  /* base of references that modify it, branch targets */
    R_INDEX = 26, /* index of indexed references */
    F_FIRST = 4,  /* floating-point registers from here */
    CR_SHIFT = 11,
};

/* The registers that random instructions name. */
static const uint8_t pool[DIFF_REGISTERS] = {1,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14,
                                             15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26};

struct maker {
    struct insn_random random;
    struct diff_program *program;
    uint32_t at;                  /* address of the next word */
    uint32_t body_end;            /* forward branches go to it at most */
    uint32_t load, report, flush; /* shared routines */
    uint16_t compute[INSN_COUNT], branches[INSN_COUNT], memory[INSN_COUNT], floats[INSN_COUNT];
    unsigned compute_count, branch_count, memory_count, float_count;
};

static void put_at(struct maker *maker, uint32_t address, uint32_t word)
{
    assert(address - DIFF_BASE + 4 <= maker->program->image_bytes);
    be32_store(maker->program->image + (address - DIFF_BASE), word);
}

static void put(struct maker *maker, uint32_t word)
{
    put_at(maker, maker->at, word);
    maker->at += 4;
}

/* A field as the row's picture has it. */
static uint32_t with(uint32_t word, unsigned id, char letter, uint32_t value)
{
    return insn_random_set(word, id, letter, value);
}

/* Low-sign form of VALUE in BITS bits. */
static uint32_t low_sign(int32_t value, unsigned bits)
{
    return ((uint32_t)value << 1 & ((UINT32_C(1) << bits) - 1)) | (value < 0);
}

static void put_ldo(struct maker *maker, unsigned t, int32_t value, unsigned b)
{
    uint32_t word = with(insn_rows[INSN_LDO].match, INSN_LDO, 't', t);
    put(maker, with(with(word, INSN_LDO, 'b', b), INSN_LDO, 'd', low_sign(value, 14)));
}

/* The 21 bits of LDIL's field for the left part of VALUE. */
static uint32_t left_21(uint32_t value)
{
    uint32_t v = value >> 11;
    return (v >> 20 & 1) | (v >> 9 & 0x7FF) << 1 | (v >> 7 & 3) << 14 | (v >> 2 & 0x1F) << 16 | (v & 3) << 12;
}

/* t = value, two instructions. */
static void put_constant(struct maker *maker, unsigned t, uint32_t value)
{
    uint32_t word = with(insn_rows[INSN_LDIL].match, INSN_LDIL, 't', t);
    put(maker, with(word, INSN_LDIL, 'L', left_21(value)));
    put_ldo(maker, t, (int32_t)(value & 0x7FF), t);
}

static uint32_t three(unsigned id, unsigned x, unsigned b, unsigned t)
{
    return with(with(with(insn_rows[id].match, id, 'x', x), id, 'b', b), id, 't', t);
}

static void put_nop(struct maker *maker)
{
    put(maker, three(INSN_OR, 0, 0, 0));
}

/* A branch's displacement (bytes, a multiple of 4) from its address + 8. */
static uint32_t with_displacement(uint32_t word, unsigned id, int32_t bytes)
{
    uint32_t v = (uint32_t)(bytes / 4);

    if (insn_random_width(id, 'w') != 0) /* bits 19..28, 29, 31 */
        return with(word, id, 'w', (v & 0x3FF) << 2 | (v >> 10 & 1) << 1 | (v >> 11 & 1));
    return with(word, id, 'W', (v >> 11 & 0x1F) << 12 | (v & 0x3FF) << 2 | (v >> 10 & 1) << 1 | (v >> 16 & 1));
}

static void put_call(struct maker *maker, uint32_t routine)
{
    uint32_t word = with(with(insn_rows[INSN_BLE].match, INSN_BLE, 'b', R_ROUTINES), INSN_BLE, 'S', 1); /* SR 4 */
    put(maker, with_displacement(word, INSN_BLE, (int32_t)(routine - CODE)));
    put_nop(maker);
}

static void put_return(struct maker *maker)
{
    put(maker, with(insn_rows[INSN_BV].match, INSN_BV, 'b', 31));
    put_nop(maker);
}

static uint32_t modify_after(unsigned id, unsigned b, int32_t displacement)
{
    uint32_t word = with(with(insn_rows[id].match, id, 'b', b), id, 'm', 1);
    return with(word, id, 'i', low_sign(displacement, 5));
}

/* Status register: no flags, no traps, the rounding mode from two bits of r20, which this spoils; through memory. */
static void put_rounding(struct maker *maker)
{
    const unsigned id = INSN_FLDWS;
    uint32_t word = with(insn_rows[INSN_ZDEP].match, INSN_ZDEP, 't', 20); /* zdep 20,22,2,20 */

    word = with(with(word, INSN_ZDEP, 'x', 20), INSN_ZDEP, 'q', 31 - 22);
    put(maker, with(word, INSN_ZDEP, 'l', 32 - 2));
    put(maker, with(with(insn_rows[INSN_STW].match, INSN_STW, 'b', R_REPORT), INSN_STW, 'x', 20));
    put(maker, with(insn_rows[id].match, id, 'b', R_REPORT));
}

/* The status register into r1, without the underflow flag, which qemu judges after rounding. */
static void put_status(struct maker *maker)
{
    uint32_t word = with(insn_rows[INSN_DEPI].match, INSN_DEPI, 't', 1); /* depi 0,3,1,1 */

    put(maker, with(insn_rows[INSN_FSTWS].match, INSN_FSTWS, 'b', R_REPORT));
    put(maker, with(with(insn_rows[INSN_LDW].match, INSN_LDW, 'b', R_REPORT), INSN_LDW, 't', 1));
    put(maker, with(with(word, INSN_DEPI, 'q', 31 - 3), INSN_DEPI, 'l', 32 - 1));
}

/* All registers of the pool from the table, then SAR, V and the carry. */
static void put_load_routine(struct maker *maker)
{
    maker->load = maker->at;
    for (unsigned i = 0; i < DIFF_FLOATS; i++)
        put(maker, with(modify_after(INSN_FLDDS, R_TABLE, 8), INSN_FLDDS, 't', F_FIRST + i));
    for (size_t i = 0; i < sizeof pool; i++)
        put(maker, with(modify_after(INSN_LDWS, R_TABLE, 4), INSN_LDWS, 't', pool[i]));
    put_ldo(maker, R_TABLE, 4 * (DIFF_STRIDE - DIFF_INPUTS), R_TABLE);
    put(maker, three(INSN_OR, 3, 0, 20));
    put_rounding(maker);
    put(maker, with(with(insn_rows[INSN_MTCTL].match, INSN_MTCTL, 't', CR_SHIFT), INSN_MTCTL, 'x', 3));
    put(maker, three(INSN_DS, 4, 5, 0));
    put(maker, three(INSN_ADD, 6, 7, 0));
    put_return(maker);
}

static void put_report_word(struct maker *maker, unsigned r)
{
    put(maker, with(modify_after(INSN_STWS, R_REPORT, 4), INSN_STWS, 'x', r));
}

/* In the order of diff_report_name. The carry is read by an addition, V by what a divide step then does. */
static void put_report_routine(struct maker *maker)
{
    maker->report = maker->at;
    for (unsigned i = 0; i < DIFF_FLOATS; i++)
        put(maker, with(modify_after(INSN_FSTDS, R_REPORT, 8), INSN_FSTDS, 't', F_FIRST + i));
    for (size_t i = 0; i < sizeof pool; i++)
        put_report_word(maker, pool[i]);
    put(maker, with(with(insn_rows[INSN_MFCTL].match, INSN_MFCTL, 'b', CR_SHIFT), INSN_MFCTL, 't', 1));
    put_report_word(maker, 1);
    put(maker, three(INSN_ADDC, 0, 0, 1));
    put_report_word(maker, 1);
    put_ldo(maker, 3, 1, 0);
    put(maker, three(INSN_DS, 0, 3, 1));
    put_report_word(maker, 1);
    put_status(maker);
    put_report_word(maker, 1);
    put_ldo(maker, R_REPORT, (DIFF_REPORT_WORDS - DIFF_INPUTS - 4) * 4, R_REPORT);
    put_return(maker);
}

/* write(1, scratch, end of the report - scratch), and the report begins anew. */
static void put_flush_routine(struct maker *maker)
{
    maker->flush = maker->at;
    put(maker, three(INSN_OR, 31, 0, 3));
    put_constant(maker, 25, SCRATCH);
    put(maker, three(INSN_SUB, R_REPORT, 25, 24));
    put_ldo(maker, 26, 1, 0);
    uint32_t word = with(insn_rows[INSN_BLE].match, INSN_BLE, 'S', 4); /* SR 2 */
    put(maker, with_displacement(word, INSN_BLE, DIFF_GATEWAY));
    put_ldo(maker, 20, DIFF_SYS_WRITE, 0);
    put_constant(maker, R_REPORT, REPORT);
    put(maker, with(insn_rows[INSN_BV].match, INSN_BV, 'b', 3));
    put_nop(maker);
}

static unsigned pick(struct maker *maker)
{
    return insn_random_below(&maker->random, 16) == 0 ? 0 : pool[insn_random_below(&maker->random, sizeof pool)];
}

/* Every general register field names a register of the pool. */
static uint32_t tame(struct maker *maker, uint32_t word, unsigned id)
{
    word = with(word, id, '-', 0); /* ignored bits: qemu-hppa wants some of them zero */
    word = with(word, id, 't', pick(maker));
    word = with(word, id, 'b', pick(maker));
    return with(word, id, 'x', pick(maker));
}

/* A random instruction of row ID that no rule leaves out. */
static uint32_t allowed_word(struct maker *maker, unsigned id)
{
    struct insn insn;

    do {
        uint32_t word = tame(maker, insn_random_word(&maker->random, id), id);
        if (insn_random_below(&maker->random, 2)) /* unconditional ones, too */
            word = with(with(with(word, id, 'c', 0), id, 'f', 0), id, 'C', 0);
        insn_decode(word, &insn);
    } while (diff_rule(&insn) || insn.id != id);
    return insn.word;
}

/* The size of what row ID transfers, bytes. */
static unsigned transfer_bytes(unsigned id)
{
    switch (id) {
    case INSN_LDB:
    case INSN_LDBX:
    case INSN_LDBS:
    case INSN_STB:
    case INSN_STBS:
    case INSN_STBYS: /* any alignment */
        return 1;
    case INSN_LDH:
    case INSN_LDHX:
    case INSN_LDHS:
    case INSN_STH:
    case INSN_STHS:
        return 2;
    case INSN_LDCWX:
    case INSN_LDCWS:
        return 16; /* alignment */
    default:
        return 4;
    }
}

/* A random body is a row of items. An item's instructions belong together: nothing branches into its middle, and one of
 * more than one instruction begins with one that may be nullified, or be all that is executed of the item (in a delay
 * slot), without harm. */
enum kind {
    KIND_COMPUTE,
    KIND_SPOILER, /* leaves carry bits that an addition must replace */
    KIND_MEMORY,
    KIND_BRANCH,
    KIND_INDIRECT, /* BV, BE, BLE */
    KIND_TABLE,    /* BLR */
};

struct item {
    uint8_t kind;
    uint32_t word, address;
};

static unsigned item_insns(enum kind kind)
{
    static const uint8_t insns[] = {1, 4, 4, 1, 4, 3};
    return insns[kind];
}

static struct item plan_compute(struct maker *maker)
{
    struct item item = {.kind = KIND_COMPUTE};
    struct insn insn;

    item.word = allowed_word(maker, maker->compute[insn_random_below(&maker->random, maker->compute_count)]);
    insn_decode(item.word, &insn);
    if (diff_spoils_carry(&insn))
        item.kind = KIND_SPOILER;
    return item;
}

static struct item plan_branch(struct maker *maker)
{
    unsigned id = maker->branches[insn_random_below(&maker->random, maker->branch_count)];
    struct item item = {.kind = KIND_BRANCH, .word = allowed_word(maker, id)};

    if (id == INSN_BV || id == INSN_BE || id == INSN_BLE)
        item.kind = KIND_INDIRECT;
    else if (id == INSN_BLR)
        item.kind = KIND_TABLE;
    return item;
}

/* Registers from F_FIRST on, either half where the row has halves. */
static struct item plan_float(struct maker *maker)
{
    unsigned id = maker->floats[insn_random_below(&maker->random, maker->float_count)];
    struct item item = {.kind = KIND_COMPUTE};
    struct insn insn;

    do {
        uint32_t word = with(insn_random_word(&maker->random, id), id, '-', 0);
        word = with(word, id, 'b', F_FIRST + insn_random_below(&maker->random, DIFF_FLOATS));
        word = with(word, id, 'x', F_FIRST + insn_random_below(&maker->random, DIFF_FLOATS));
        item.word = with(word, id, 't', F_FIRST + insn_random_below(&maker->random, DIFF_FLOATS));
        insn_decode(item.word, &insn);
    } while (insn.id != id || diff_rule(&insn));
    return item;
}

static struct item plan_item(struct maker *maker)
{
    unsigned kind = insn_random_below(&maker->random, 18);

    if (kind >= 16)
        return plan_float(maker);

    if (kind >= 13)
        return plan_branch(maker);
    if (kind >= 10) {
        unsigned id = maker->memory[insn_random_below(&maker->random, maker->memory_count)];
        return (struct item){.kind = KIND_MEMORY, .word = allowed_word(maker, id)};
    }
    if (kind == 9) { /* the shift amount */
        uint32_t word = with(insn_rows[INSN_MTCTL].match, INSN_MTCTL, 't', CR_SHIFT);
        return (struct item){.kind = KIND_COMPUTE, .word = with(word, INSN_MTCTL, 'x', pick(maker))};
    }
    return plan_compute(maker);
}

/* Something harmless that does not look at carries and nullifies nothing. */
static void put_pad(struct maker *maker)
{
    put_ldo(maker, pick(maker), (int32_t)insn_random_below(&maker->random, 4096) - 2048, pick(maker));
}

/* A memory reference in scratch memory: base R_BASE within 64 bytes of the middle, index or displacement small. */
static void put_memory(struct maker *maker, uint32_t word, unsigned id)
{
    int32_t size = (int32_t)transfer_bytes(id), steps = 64 / size;
    int32_t base = ((int32_t)insn_random_below(&maker->random, 2 * (unsigned)steps) - steps) * size;
    int32_t index = (int32_t)insn_random_below(&maker->random, 16) - 8;
    bool scaled = pa_field(word, 18, 18) != 0;

    word = with(word, id, 'b', R_BASE);
    if (insn_random_width(id, 'd') != 0)
        word = with(word, id, 'd', low_sign(index * size * 3, 14));
    else if (insn_random_width(id, 'i') != 0)
        word = with(word, id, 'i', low_sign(index * 2 / size * size, 5));
    else
        word = with(word, id, 'x', R_INDEX);
    put_pad(maker);
    put_ldo(maker, R_INDEX, scaled ? index : index * size, 0);
    put_ldo(maker, R_BASE, base, R_SCRATCH);
    put(maker, word);
}

/* The beginning of a later item, or the end of the body, beyond the delay slot of the branch at BRANCH. STEP is 4, or
 * 8 if the distance must be even. ITEMS end with the body's end. */
static uint32_t pick_target(struct maker *maker, const struct item *next, const struct item *end, uint32_t branch,
                            uint32_t step)
{
    uint32_t target = 0;
    unsigned seen = 0;

    for (; next <= end && seen < 5; next++)
        if (next->address >= branch + 8 && (next->address - branch) % step == 0 &&
            insn_random_below(&maker->random, ++seen) == 0)
            target = next->address;
    if (seen == 0) /* the instructions after the end do nothing */
        target = end->address + 8 + (end->address - branch) % step;
    return target;
}

static void put_branch(struct maker *maker, const struct item *item, const struct item *end, unsigned id)
{
    uint32_t word = item->word;
    uint32_t branch = item->address + 4 * (item_insns(item->kind) - 1);
    uint32_t target = pick_target(maker, item + 1, end, branch, item->kind == KIND_TABLE ? 8 : 4);

    switch (item->kind) {
    case KIND_INDIRECT:
        put_pad(maker);
        put_constant(maker, R_BASE, target | 3); /* the program's privilege level */
        word = with(with(word, id, 'b', R_BASE), id, 'x', 0);
        put(maker, id == INSN_BV ? word : with_displacement(word, id, 0));
        break;
    case KIND_TABLE:
        put_pad(maker);
        put_ldo(maker, R_INDEX, (int32_t)(target - branch - 8) / 8, 0);
        put(maker, with(word, id, 'x', R_INDEX));
        break;
    default:
        put(maker, with_displacement(word, id, (int32_t)(target - branch - 8)));
        break;
    }
}

static void put_item(struct maker *maker, const struct item *item, const struct item *end)
{
    struct insn insn;

    assert(maker->at == item->address);
    insn_decode(item->word, &insn);
    switch (item->kind) {
    case KIND_COMPUTE:
        put(maker, item->word);
        break;
    case KIND_SPOILER: /* the addition runs even if the instruction before it is nullified */
        put_pad(maker);
        put(maker, item->word);
        put_pad(maker);
        put(maker, three(INSN_ADD, pick(maker), pick(maker), 0));
        break;
    case KIND_MEMORY:
        put_memory(maker, item->word, insn.id);
        break;
    default:
        put_branch(maker, item, end, insn.id);
        break;
    }
}

static void put_body(struct maker *maker, unsigned block)
{
    struct item items[DIFF_BODY_MAX + 1];
    uint32_t at = maker->at, end = maker->at + 4 * maker->program->options.body;
    unsigned count = 0;

    while (at < end) {
        struct item item = plan_item(maker);
        uint32_t bytes = 4 * item_insns(item.kind);
        if (at + bytes > end)
            continue;
        item.address = at;
        maker->program->items[block * DIFF_BODY_MAX + (at - maker->at) / 4] = (uint8_t)item_insns(item.kind);
        items[count++] = item;
        at += bytes;
    }
    items[count] = (struct item){.address = end};
    for (unsigned i = 0; i < count; i++)
        put_item(maker, &items[i], &items[count]);
    for (int i = 0; i < DIFF_TAIL; i++) /* what the last ones go beyond, nullify or branch over */
        put_nop(maker);
}

static void put_block(struct maker *maker, unsigned block)
{
    uint32_t places = (TABLE_WORDS - (uint32_t)DIFF_STRIDE * maker->program->options.runs) / 2;
    uint32_t table = TABLE + 8 * insn_random_below(&maker->random, places);

    maker->program->tables[block] = table;
    put_constant(maker, R_TABLE, table);
    put_ldo(maker, R_RUNS, (int32_t)maker->program->options.runs, 0);
    uint32_t again = maker->at;
    put_call(maker, maker->load);
    maker->program->bodies[block] = maker->at;
    put_body(maker, block);
    put_call(maker, maker->report);
    uint32_t word = with(insn_rows[INSN_ADDIBF].match, INSN_ADDIBF, 'b', R_RUNS);
    word = with(with(word, INSN_ADDIBF, 'j', low_sign(-1, 5)), INSN_ADDIBF, 'c', 1);
    put(maker, with_displacement(word, INSN_ADDIBF, (int32_t)(again - maker->at - 8)));
    put_nop(maker);
    put_call(maker, maker->flush);
}

/* Values that find the borders: few bits, many bits, extremes, anything. */
static uint32_t table_value(struct insn_random *random)
{
    static const uint32_t extremes[8] = {0, 1, UINT32_MAX, 0x80000000, 0x7FFFFFFF, 0x80000001, 0x99999999, 0x66666666};
    static const uint32_t floats[16] = {0x7FF00000, 0x7FF80000, 0x7FF40000, 0x3FF00000, 0x40000000, 0x00100000,
                                        0x000FFFFF, 0x00080000, 0x7FEFFFFF, 0x7F800000, 0x7FC00000, 0x7F7FFFFF,
                                        0x00800000, 0x3F800000, 0x41E00000, 0x43E00000};
    uint64_t bits = insn_random_bits(random);

    switch (insn_random_below(random, 8)) {
    case 0:
        return extremes[bits & 7];
    case 1:
        return UINT32_C(1) << (bits & 31);
    case 2:
        return UINT32_MAX << (bits & 31);
    case 3:
        return (uint32_t)pa_sign_extend((uint32_t)bits & 0xFF, 8);
    case 4: /* near the exponents of floating point */
        return floats[bits & 15] ^ (uint32_t)(bits >> 32 & 0x80000001);
    default:
        return (uint32_t)bits;
    }
}

static void put_table(struct maker *maker)
{
    for (uint32_t i = 0; i < TABLE_WORDS; i++)
        put_at(maker, TABLE + 4 * i, table_value(&maker->random));
    for (uint32_t i = 0; i < DIFF_SCRATCH_BYTES; i += 4)
        put_at(maker, SCRATCH + i, (uint32_t)insn_random_bits(&maker->random));
}

/* A static executable of one segment that may be read, written and executed. */
static void put_elf(struct maker *maker)
{
    static const uint8_t ident[16] = {0x7F, 'E', 'L', 'F', 1, 2, 1};
    uint8_t *image = maker->program->image;
    const uint32_t segment[8] = {
        1, 0, DIFF_BASE, DIFF_BASE, maker->program->image_bytes, maker->program->image_bytes, 7, 0x1000};

    memcpy(image, ident, sizeof ident);
    be16_store(image + 16, 2);  /* executable */
    be16_store(image + 18, 15); /* PA-RISC */
    be32_store(image + 20, 1);
    be32_store(image + 24, maker->program->entry);
    be32_store(image + 28, 52);     /* program headers */
    be32_store(image + 36, 0x0210); /* PA-RISC 1.1 */
    be16_store(image + 40, 52);
    be16_store(image + 42, 32);
    be16_store(image + 44, 1);
    for (int i = 0; i < 8; i++)
        be32_store(image + 52 + 4 * i, segment[i]);
}

static bool admit_compute(unsigned id, void *arg)
{
    struct insn insn;

    insn_decode(insn_rows[id].match, &insn);
    insn.t = 1; /* the target does not count here */
    return !diff_rule(&insn);
}

/* Rows of which no word can be compared are left out of the draw. */
static bool admit_float(unsigned id, void *arg)
{
    struct insn insn;

    insn_decode(insn_rows[id].match, &insn);
    insn.t = insn.b = insn.x = F_FIRST;
    insn.sub = id == INSN_FCNVFF || id == INSN_FCNVFF_E ? 4 : insn.sub; /* single to double */
    return !diff_rule(&insn);
}

/* GATE changes privilege. */
static bool admit_branch(unsigned id, void *arg)
{
    return id != INSN_GATE;
}

/* START_INSNS instructions. */
static void put_start(struct maker *maker)
{
    put_constant(maker, R_ROUTINES, CODE);
    put_constant(maker, R_SCRATCH, SCRATCH + DIFF_SCRATCH_BYTES / 2);
    put_constant(maker, R_REPORT, REPORT);
}

static void put_exit(struct maker *maker)
{
    uint32_t word = with(insn_rows[INSN_BLE].match, INSN_BLE, 'S', 4);

    put_ldo(maker, 26, 0, 0);
    put(maker, with_displacement(word, INSN_BLE, DIFF_GATEWAY));
    put_ldo(maker, 20, DIFF_SYS_EXIT, 0);
}

static void put_program(struct maker *maker)
{
    maker->compute_count = insn_random_rows(CLASS_COMPUTE, CLASS_BRANCH, admit_compute, NULL, maker->compute);
    maker->branch_count = insn_random_rows(CLASS_BRANCH, 0, admit_branch, NULL, maker->branches);
    maker->float_count = insn_random_rows(CLASS_ASSIST, CLASS_MEMORY, admit_float, NULL, maker->floats);
    maker->memory_count = insn_random_rows(CLASS_MEMORY, CLASS_PRIVILEGED | CLASS_ASSIST, NULL, NULL, maker->memory);
    put_table(maker);
    maker->at = CODE;
    put_load_routine(maker);
    put_report_routine(maker);
    put_flush_routine(maker);
    maker->program->entry = maker->at;
    put_start(maker);
    for (unsigned block = 0; block < maker->program->options.blocks; block++)
        put_block(maker, block);
    put_exit(maker);
    put_elf(maker);
}

bool diff_program_make(struct diff_program *program, const struct diff_options *options, struct error *error)
{
    uint32_t words = (options->body + BLOCK_OVERHEAD_WORDS) * options->blocks + 1024;

    assert(options->body >= 1 && options->body <= DIFF_BODY_MAX);
    assert(REPORT + options->runs * DIFF_REPORT_WORDS * 4 <= TABLE);
    *program = (struct diff_program){.options = *options, .image_bytes = CODE - DIFF_BASE + 4 * words};
    program->image = calloc(1, program->image_bytes);
    program->bodies = calloc(options->blocks, sizeof *program->bodies);
    program->tables = calloc(options->blocks, sizeof *program->tables);
    program->items = calloc(options->blocks, DIFF_BODY_MAX);
    struct maker *maker = calloc(1, sizeof *maker);
    if (!program->image || !program->bodies || !program->tables || !program->items || !maker) {
        free(maker);
        diff_program_free(program);
        return error_set(error, "no memory for a program of %u blocks", options->blocks);
    }
    maker->random.state = options->seed;
    maker->program = program;
    put_program(maker);
    free(maker);
    return true;
}

void diff_program_free(struct diff_program *program)
{
    free(program->image);
    free(program->bodies);
    free(program->tables);
    free(program->items);
    *program = (struct diff_program){0};
}

void diff_program_only(struct diff_program *program, unsigned block)
{
    struct maker maker = {.program = program};
    uint32_t body = program->bodies[block];

    program->entry = body - 4 * (HEAD_INSNS + START_INSNS); /* over the end of the block before, or the old start */
    maker.at = program->entry;
    put_start(&maker);
    maker.at = body + 4 * (program->options.body + DIFF_TAIL + FOOT_INSNS);
    put_exit(&maker);
    be32_store(program->image + 24, program->entry);
}

void diff_program_blank(struct diff_program *program, unsigned block, unsigned first, unsigned count)
{
    struct maker maker = {.program = program, .at = program->bodies[block] + 4 * first};

    for (unsigned i = 0; i < count; i++)
        put_nop(&maker);
}

uint32_t diff_program_input(const struct diff_program *program, unsigned block, unsigned run, unsigned index)
{
    uint32_t place = index < DIFF_INPUTS ? index : 2 * DIFF_FLOATS + 1; /* SAR is loaded from r3 */
    uint32_t value = diff_program_word(program, program->tables[block] + 4 * (run * DIFF_STRIDE + place));
    return index < DIFF_INPUTS ? value : value & 31;
}

uint32_t diff_program_word(const struct diff_program *program, uint32_t address)
{
    return be32_load(program->image + (address - DIFF_BASE));
}

const char *diff_report_name(unsigned index)
{
    static const char *const names[DIFF_REPORT_WORDS] = {
        "fr4",  "fr4R",  "fr5",  "fr5R",  "fr6", "fr6R", "fr7",   "fr7R", "fr8",   "fr8R", "fr9", "fr9R",
        "fr10", "fr10R", "fr11", "fr11R", "r1",  "r3",   "r4",    "r5",   "r6",    "r7",   "r8",  "r9",
        "r10",  "r11",   "r12",  "r13",   "r14", "r15",  "r16",   "r17",  "r18",   "r19",  "r20", "r21",
        "r22",  "r23",   "r24",  "r25",   "r26", "sar",  "carry", "v",    "status"};
    return index < DIFF_REPORT_WORDS && names[index] ? names[index] : "(unused)";
}

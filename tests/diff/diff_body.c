/* diff_body.c - the random instructions of a block. See diff_program.h for what they may not do.
 *
 * A body is planned first, item by item, so that branches know where later items begin; then it is written.
 */
#include <assert.h>

#include "mmu/base/bits.h"
#include "tests/diff/diff_asm.h"
#include "tests/diff/diff_rules.h"

/* The registers that random instructions name. */
const uint8_t asm_pool[DIFF_REGISTERS] = {1,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14,
                                          15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26};

static unsigned pick(struct maker *maker)
{
    return insn_random_below(&maker->random, 16) == 0 ? 0
                                                      : asm_pool[insn_random_below(&maker->random, sizeof asm_pool)];
}

/* Every general register field names a register of the asm_pool. */
static uint32_t tame(struct maker *maker, uint32_t word, unsigned id)
{
    word = asm_with(word, id, '-', 0); /* ignored bits: qemu-hppa wants some of them zero */
    word = asm_with(word, id, 't', pick(maker));
    word = asm_with(word, id, 'b', pick(maker));
    return asm_with(word, id, 'x', pick(maker));
}

/* A random instruction of row ID that no rule leaves out. */
static uint32_t allowed_word(struct maker *maker, unsigned id)
{
    struct insn insn;

    do {
        uint32_t word = tame(maker, insn_random_word(&maker->random, id), id);
        if (insn_random_below(&maker->random, 2)) /* unconditional ones, too */
            word = asm_with(asm_with(asm_with(word, id, 'c', 0), id, 'f', 0), id, 'C', 0);
        insn_decode(word, &insn);
    } while (diff_rule(&insn, maker->program->options.qemu) || insn.id != id);
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
    KIND_PADDED, /* must not be nullified */
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
    static const uint8_t insns[] = {1, 2, 4, 1, 4, 3};
    return insns[kind];
}

static struct item plan_compute(struct maker *maker)
{
    unsigned id = maker->compute[insn_random_below(&maker->random, maker->compute_count)];

    return (struct item){.kind = KIND_COMPUTE, .word = allowed_word(maker, id)};
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
        uint32_t word = asm_with(insn_random_word(&maker->random, id), id, '-', 0);
        word = asm_with(word, id, 'b', F_FIRST + insn_random_below(&maker->random, DIFF_FLOATS));
        word = asm_with(word, id, 'x', F_FIRST + insn_random_below(&maker->random, DIFF_FLOATS));
        for (const char *target = "tyRA"; *target; target++) /* y, R, A: FMPYADD, FMPYSUB */
            word = asm_with(word, id, *target, F_FIRST + insn_random_below(&maker->random, DIFF_FLOATS));
        item.word = word;
        insn_decode(item.word, &insn);
    } while (insn.id != id || diff_rule(&insn, maker->program->options.qemu));
    if (diff_spoils_nullification(&insn))
        item.kind = KIND_PADDED;
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
        uint32_t word = asm_with(insn_rows[INSN_MTCTL].match, INSN_MTCTL, 't', CR_SHIFT);
        return (struct item){.kind = KIND_COMPUTE, .word = asm_with(word, INSN_MTCTL, 'x', pick(maker))};
    }
    return plan_compute(maker);
}

/* Something harmless that nullifies nothing. */
static void put_pad(struct maker *maker)
{
    unsigned from = pick(maker), to = pick(maker); /* one after the other: arguments have no order */
    asm_ldo(maker, to, (int32_t)insn_random_below(&maker->random, 4096) - 2048, from);
}

/* A memory reference in scratch memory: base R_BASE within 64 bytes of the middle, index or displacement small. */
static void put_memory(struct maker *maker, uint32_t word, unsigned id)
{
    int32_t size = (int32_t)transfer_bytes(id), steps = 64 / size;
    int32_t base = ((int32_t)insn_random_below(&maker->random, 2 * (unsigned)steps) - steps) * size;
    int32_t index = (int32_t)insn_random_below(&maker->random, 16) - 8;
    bool scaled = pa_field(word, 18, 18) != 0;

    word = asm_with(word, id, 'b', R_BASE);
    if (insn_random_width(id, 'd') != 0)
        word = asm_with(word, id, 'd', asm_low_sign(index * size * 3, 14));
    else if (insn_random_width(id, 'i') != 0)
        word = asm_with(word, id, 'i', asm_low_sign(index * 2 / size * size, 5));
    else
        word = asm_with(word, id, 'x', R_INDEX);
    put_pad(maker);
    asm_ldo(maker, R_INDEX, scaled ? index : index * size, 0);
    asm_ldo(maker, R_BASE, base, R_SCRATCH);
    asm_put(maker, word);
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
        asm_constant(maker, R_BASE, target | 3); /* the program's privilege level */
        word = asm_with(asm_with(word, id, 'b', R_BASE), id, 'x', 0);
        asm_put(maker, id == INSN_BV ? word : asm_with_displacement(word, id, 0));
        break;
    case KIND_TABLE:
        put_pad(maker);
        asm_ldo(maker, R_INDEX, (int32_t)(target - branch - 8) / 8, 0);
        asm_put(maker, asm_with(word, id, 'x', R_INDEX));
        break;
    default:
        asm_put(maker, asm_with_displacement(word, id, (int32_t)(target - branch - 8)));
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
        asm_put(maker, item->word);
        break;
    case KIND_PADDED:
        put_pad(maker);
        asm_put(maker, item->word);
        break;
    case KIND_MEMORY:
        put_memory(maker, item->word, insn.id);
        break;
    default:
        put_branch(maker, item, end, insn.id);
        break;
    }
}

void body_put(struct maker *maker, unsigned block)
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
        asm_nop(maker);
}

static bool admit_compute(unsigned id, void *arg)
{
    const struct maker *maker = arg;
    struct insn insn;

    insn_decode(insn_rows[id].match, &insn);
    insn.t = 1;  /* the target does not count here */
    insn.p = 31; /* nor does the position */
    return !diff_rule(&insn, maker->program->options.qemu);
}

/* Rows of which no word can be compared are left out of the draw. */
static bool admit_float(unsigned id, void *arg)
{
    const struct maker *maker = arg;
    struct insn insn;

    insn_decode(insn_rows[id].match, &insn);
    insn.t = insn.b = insn.x = F_FIRST;
    insn.ra = insn.ta = F_FIRST + 1; /* FMPYADD, FMPYSUB: in double */
    insn.sub = insn.id == INSN_FMPYADD || insn.id == INSN_FMPYSUB ? 1 : insn.sub;
    insn.sub = id == INSN_FCNVFF || id == INSN_FCNVFF_E ? 4 : insn.sub; /* single to double */
    return !diff_rule(&insn, maker->program->options.qemu);
}

/* GATE changes privilege. */
static bool admit_branch(unsigned id, void *arg)
{
    return id != INSN_GATE;
}

void body_prepare(struct maker *maker)
{
    maker->compute_count = insn_random_rows(CLASS_COMPUTE, CLASS_BRANCH, admit_compute, maker, maker->compute);
    maker->branch_count = insn_random_rows(CLASS_BRANCH, 0, admit_branch, NULL, maker->branches);
    maker->float_count = insn_random_rows(CLASS_ASSIST, CLASS_MEMORY, admit_float, maker, maker->floats);
    maker->memory_count = insn_random_rows(CLASS_MEMORY, CLASS_PRIVILEGED | CLASS_ASSIST, NULL, NULL, maker->memory);
}

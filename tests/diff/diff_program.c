/* diff_program.c - a random PA-RISC user program that reports what its registers became. See diff_program.h.
 *
 * Here: the shared routines, the blocks around the random bodies, the table of values and the ELF image.
 */
#include "tests/diff/diff_program.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/base/bits.h"
#include "tests/diff/diff_asm.h"

static void put_call(struct maker *maker, uint32_t routine)
{
    uint32_t word =
        asm_with(asm_with(insn_rows[INSN_BLE].match, INSN_BLE, 'b', R_ROUTINES), INSN_BLE, 'S', 1); /* SR 4 */
    asm_put(maker, asm_with_displacement(word, INSN_BLE, (int32_t)(routine - CODE)));
    asm_nop(maker);
}

static void put_return(struct maker *maker)
{
    asm_put(maker, asm_with(insn_rows[INSN_BV].match, INSN_BV, 'b', 31));
    asm_nop(maker);
}

static uint32_t modify_after(unsigned id, unsigned b, int32_t displacement)
{
    uint32_t word = asm_with(asm_with(insn_rows[id].match, id, 'b', b), id, 'm', 1);
    return asm_with(word, id, 'i', asm_low_sign(displacement, 5));
}

/* Status register: no flags, no traps, the rounding mode from two bits of r20, which this spoils; through memory. */
static void put_rounding(struct maker *maker)
{
    const unsigned id = INSN_FLDWS;
    uint32_t word = asm_with(insn_rows[INSN_ZDEP].match, INSN_ZDEP, 't', 20); /* zdep 20,22,2,20 */

    word = asm_with(asm_with(word, INSN_ZDEP, 'x', 20), INSN_ZDEP, 'q', 31 - 22);
    asm_put(maker, asm_with(word, INSN_ZDEP, 'l', 32 - 2));
    asm_put(maker, asm_with(asm_with(insn_rows[INSN_STW].match, INSN_STW, 'b', R_REPORT), INSN_STW, 'x', 20));
    asm_put(maker, asm_with(insn_rows[id].match, id, 'b', R_REPORT));
}

/* The status register into r1, without the underflow flag, which qemu judges after rounding. */
static void put_status(struct maker *maker)
{
    uint32_t word = asm_with(insn_rows[INSN_DEPI].match, INSN_DEPI, 't', 1); /* depi 0,3,1,1 */

    asm_put(maker, asm_with(insn_rows[INSN_FSTWS].match, INSN_FSTWS, 'b', R_REPORT));
    asm_put(maker, asm_with(asm_with(insn_rows[INSN_LDW].match, INSN_LDW, 'b', R_REPORT), INSN_LDW, 't', 1));
    asm_put(maker, asm_with(asm_with(word, INSN_DEPI, 'q', 31 - 3), INSN_DEPI, 'l', 32 - 1));
}

/* All registers of the asm_pool from the table, then SAR, V and the carry. */
static void put_load_routine(struct maker *maker)
{
    maker->load = maker->at;
    for (unsigned i = 0; i < DIFF_FLOATS; i++)
        asm_put(maker, asm_with(modify_after(INSN_FLDDS, R_TABLE, 8), INSN_FLDDS, 't', F_FIRST + i));
    for (size_t i = 0; i < sizeof asm_pool; i++)
        asm_put(maker, asm_with(modify_after(INSN_LDWS, R_TABLE, 4), INSN_LDWS, 't', asm_pool[i]));
    asm_ldo(maker, R_TABLE, 4 * (DIFF_STRIDE - DIFF_INPUTS), R_TABLE);
    asm_put(maker, asm_three(INSN_OR, 3, 0, 20));
    put_rounding(maker);
    asm_put(maker, asm_with(asm_with(insn_rows[INSN_MTCTL].match, INSN_MTCTL, 't', CR_SHIFT), INSN_MTCTL, 'x', 3));
    asm_put(maker, asm_three(INSN_DS, 4, 5, 0));
    asm_put(maker, asm_three(INSN_ADD, 6, 7, 0));
    put_return(maker);
}

static void put_report_word(struct maker *maker, unsigned r)
{
    asm_put(maker, asm_with(modify_after(INSN_STWS, R_REPORT, 4), INSN_STWS, 'x', r));
}

/* In the order of diff_report_name. The carry is read by an addition, V by what a divide step then does. */
static void put_report_routine(struct maker *maker)
{
    maker->report = maker->at;
    for (unsigned i = 0; i < DIFF_FLOATS; i++)
        asm_put(maker, asm_with(modify_after(INSN_FSTDS, R_REPORT, 8), INSN_FSTDS, 't', F_FIRST + i));
    for (size_t i = 0; i < sizeof asm_pool; i++)
        put_report_word(maker, asm_pool[i]);
    asm_put(maker, asm_with(asm_with(insn_rows[INSN_MFCTL].match, INSN_MFCTL, 'b', CR_SHIFT), INSN_MFCTL, 't', 1));
    put_report_word(maker, 1);
    asm_put(maker, asm_three(INSN_ADDC, 0, 0, 1));
    put_report_word(maker, 1);
    asm_ldo(maker, 3, 1, 0);
    asm_put(maker, asm_three(INSN_DS, 0, 3, 1));
    put_report_word(maker, 1);
    put_status(maker);
    put_report_word(maker, 1);
    asm_ldo(maker, R_REPORT, (DIFF_REPORT_WORDS - DIFF_INPUTS - 4) * 4, R_REPORT);
    put_return(maker);
}

/* write(1, scratch, end of the report - scratch), and the report begins anew. */
static void put_flush_routine(struct maker *maker)
{
    maker->flush = maker->at;
    asm_put(maker, asm_three(INSN_OR, 31, 0, 3));
    asm_constant(maker, 25, SCRATCH);
    asm_put(maker, asm_three(INSN_SUB, R_REPORT, 25, 24));
    asm_ldo(maker, 26, 1, 0);
    uint32_t word = asm_with(insn_rows[INSN_BLE].match, INSN_BLE, 'S', 4); /* SR 2 */
    asm_put(maker, asm_with_displacement(word, INSN_BLE, DIFF_GATEWAY));
    asm_ldo(maker, 20, DIFF_SYS_WRITE, 0);
    asm_constant(maker, R_REPORT, REPORT);
    asm_put(maker, asm_with(insn_rows[INSN_BV].match, INSN_BV, 'b', 3));
    asm_nop(maker);
}

static void put_block(struct maker *maker, unsigned block)
{
    uint32_t places = (TABLE_WORDS - (uint32_t)DIFF_STRIDE * maker->program->options.runs) / 2;
    uint32_t table = TABLE + 8 * insn_random_below(&maker->random, places);

    maker->program->tables[block] = table;
    asm_constant(maker, R_TABLE, table);
    asm_ldo(maker, R_RUNS, (int32_t)maker->program->options.runs, 0);
    uint32_t again = maker->at;
    put_call(maker, maker->load);
    maker->program->bodies[block] = maker->at;
    body_put(maker, block);
    put_call(maker, maker->report);
    uint32_t word = asm_with(insn_rows[INSN_ADDIBF].match, INSN_ADDIBF, 'b', R_RUNS);
    word = asm_with(asm_with(word, INSN_ADDIBF, 'j', asm_low_sign(-1, 5)), INSN_ADDIBF, 'c', 1);
    asm_put(maker, asm_with_displacement(word, INSN_ADDIBF, (int32_t)(again - maker->at - 8)));
    asm_nop(maker);
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
        asm_put_at(maker, TABLE + 4 * i, table_value(&maker->random));
    for (uint32_t i = 0; i < DIFF_SCRATCH_BYTES; i += 4)
        asm_put_at(maker, SCRATCH + i, (uint32_t)insn_random_bits(&maker->random));
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

/* START_INSNS instructions. */
static void put_start(struct maker *maker)
{
    asm_constant(maker, R_ROUTINES, CODE);
    asm_constant(maker, R_SCRATCH, SCRATCH + DIFF_SCRATCH_BYTES / 2);
    asm_constant(maker, R_REPORT, REPORT);
}

static void put_exit(struct maker *maker)
{
    uint32_t word = asm_with(insn_rows[INSN_BLE].match, INSN_BLE, 'S', 4);

    asm_ldo(maker, 26, 0, 0);
    asm_put(maker, asm_with_displacement(word, INSN_BLE, DIFF_GATEWAY));
    asm_ldo(maker, 20, DIFF_SYS_EXIT, 0);
}

static void put_program(struct maker *maker)
{
    body_prepare(maker);
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
        asm_nop(&maker);
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

/* test_translator.c - the translator against the interpreter: the same programs must come to the same state.
 *
 * usage: test_translator IMAGE [--seed N] [--programs N] [--insns N] [--seconds N]. A program is two pages of random
 * instructions that go round: branches lead to near places, references to a few pages of data and now and then into the
 * program itself, and an interruption goes on somewhere else (landing.S), so that almost everything is executed, many
 * times. Absolute and virtual, of every privilege level, with spaces that are one or several, floating point with and
 * without the conditions for the host's units. Both engines are run for portions of random lengths; between them the
 * program's words are changed by DMA, dirty marks are taken away, interrupts come. What the translator may do otherwise
 * is drawn too: when it translates, how much memory it has, which instructions it leaves to the interpreter.
 *
 * --insns N: as many programs as come to N instructions.
 */
#include "cpu/core/core.h"
#include "tests/cpu/rig.h"
#include "tests/isa/insn_random.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    VECTORS = 0x10000,
    DATA = 0x30000, /* and the program, at one of two places */
    DATA_PAGES = 8,
    CODE_IN_DATA = DATA + 0x2000,
    CODE_WORDS = 2048,
    CODE_BYTES = 4 * CODE_WORDS,
    RAM_BYTES = (int)PHYS_RAM_BYTES_MIN,
    ALIAS = 0x40000000, /* virtual: the same pages again */
    PORTIONS = 40,
    LOOKS = 8, /* portions between two looks at all of memory */
    INSNS_MAX = 20000,
    /* registers of the program that nothing writes; those that are written are LOW to HIGH */
    LANDING = 2,
    INDEX = 3,
    LOW = 4,
    HIGH = 26,
    BASE = 27, /* 27: data; 28: data by an alias or further on; 29: the program; 30: the middle of the data */
};

#define PROTECTION (PA_BIT(3) | PA_BIT(6) | PA_BIT(7) | UINT32_C(0x00C00000)) /* dirty; anyone may do anything */

struct program {
    uint32_t code, words[CODE_WORDS];
    struct cpu_state state;
    struct cpu_config config;
    uint32_t delay;
    bool virtual, spaces_differ, quiet; /* quiet: nothing happens from outside */
    uint64_t seed;                      /* of what happens while it runs */
};

/* ---- instructions ---- */

static unsigned target(struct insn_random *random)
{
    return LOW + insn_random_below(random, HIGH - LOW + 1);
}

/* A branch's displacement of WORDS words, as the picture has it: bits 0 to 9, bit 10, the sign. */
static uint32_t displacement(int words)
{
    uint32_t bits = (uint32_t)words;
    return (bits & 0x3FF) << 2 | (bits >> 10 & 1) << 1 | (words < 0);
}

static uint32_t tame_branch(struct insn_random *random, uint32_t word, unsigned id)
{
    int words = (int)insn_random_below(random, 60) - 24;
    if (id == INSN_BV && insn_random_below(random, 2)) /* into the data, where there is code too */
        return insn_random_set(insn_random_set(word, id, 'b', BASE + 1), id, 'x', INDEX);
    word = insn_random_set(word, id, 'b', target(random)); /* written by some, read by others */
    word = insn_random_set(word, id, 't', insn_random_below(random, 2) ? 0 : target(random));
    if (insn_random_width(id, 'W') == 17)
        return insn_random_set(word, id, 'W', (words < 0 ? UINT32_C(0x1F000) : 0) | displacement(words));
    return insn_random_set(word, id, 'w', displacement(words));
}

static uint32_t tame_reference(struct insn_random *random, uint32_t word, unsigned id)
{
    bool into_code = insn_random_below(random, 24) == 0;
    static const uint8_t bases[] = {BASE, BASE + 1, BASE + 3, BASE + 3};
    word = insn_random_set(word, id, 'b', into_code ? BASE + 2 : bases[insn_random_below(random, 4)]);
    word = insn_random_set(word, id, 'x', insn_rows[id].insn_class & CLASS_STORE ? target(random) : INDEX);
    if (!(insn_rows[id].insn_class & CLASS_ASSIST))
        word = insn_random_set(word, id, 't', target(random));
    else if (insn_random_width(id, 'x'))
        word = insn_random_set(word, id, 'x', INDEX);
    if (insn_random_below(random, 8)) /* a base that changes is wild soon */
        word = insn_random_set(word, id, 'm', 0);
    if (insn_random_below(random, 3))
        word = insn_random_set(word, id, 's', 0);
    word = insn_random_set(word, id, 'i', (insn_random_below(random, 4) * 4) << 1);
    if (id == INSN_LDWM || id == INSN_STWM)
        return insn_random_set(word, id, 'd', 0);
    return insn_random_set(word, id, 'd', (insn_random_below(random, 256) * 8) << 1);
}

static uint32_t random_word(struct insn_random *random, const uint16_t *rows, unsigned row_count)
{
    unsigned id = rows[insn_random_below(random, row_count)];
    uint32_t word = insn_random_word(random, id);
    uint16_t row_class = insn_rows[id].insn_class;
    if (row_class & CLASS_BRANCH)
        return tame_branch(random, word, id);
    if (row_class & CLASS_MEMORY)
        return tame_reference(random, word, id);
    if (insn_random_below(random, 2) && insn_random_width(id, 'c')) /* the condition "never" is the usual one */
        word = insn_random_set(insn_random_set(word, id, 'c', 0), id, 'f', 0);
    return row_class & CLASS_ASSIST ? word : insn_random_set(word, id, 't', target(random));
}

/* Rows that a program of this kind has: nothing that changes the registers it stands on. */
static bool belongs(unsigned id, void *arg)
{
    static const uint16_t unprivileged[] = {INSN_MFCTL, INSN_MFSP, INSN_LDSID, INSN_SYNC, INSN_PROBER, INSN_FDC};
    (void)arg;
    if (!(insn_rows[id].insn_class & CLASS_SYSTEM))
        return true;
    for (unsigned i = 0; i < sizeof unprivileged / sizeof unprivileged[0]; i++)
        if (unprivileged[i] == id)
            return true;
    return false;
}

/* A run of steps of a division, as programs have them. */
static unsigned divide(struct insn_random *random, uint32_t *words, unsigned room)
{
    unsigned count = 2 + insn_random_below(random, 10), r = target(random), divisor = target(random),
             quotient = target(random), at = 0;
    for (unsigned i = 0; i < count && at + 2 <= room; i++) {
        uint32_t ds = insn_random_word(random, INSN_DS), addc = insn_random_word(random, INSN_ADDC);
        uint32_t *pair[] = {&ds, &addc};
        for (unsigned k = 0; k < 2; k++) {
            unsigned id = k ? INSN_ADDC : INSN_DS, t = k ? quotient : r;
            *pair[k] = insn_random_set(*pair[k], id, 'c', 0);
            *pair[k] = insn_random_set(*pair[k], id, 'f', 0);
            *pair[k] = insn_random_set(*pair[k], id, 'x', t);
            *pair[k] = insn_random_set(*pair[k], id, 'b', k ? quotient : divisor);
            *pair[k] = insn_random_set(*pair[k], id, 't', t);
        }
        words[at++] = ds;
        words[at++] = addc;
    }
    return at;
}

/* Words of some rows, each kind about as often as in programs. */
static void make_code(struct insn_random *random, uint32_t *words)
{
    enum { KINDS = 5 };
    static const uint16_t classes[KINDS] = {CLASS_COMPUTE, CLASS_MEMORY, CLASS_BRANCH, CLASS_ASSIST, 0};
    uint16_t rows[KINDS][INSN_COUNT];
    unsigned counts[KINDS];
    for (unsigned i = 0; i < KINDS; i++)
        counts[i] = insn_random_rows(classes[i], CLASS_PRIVILEGED | (classes[i] == CLASS_ASSIST ? CLASS_MEMORY : 0),
                                     belongs, NULL, rows[i]);
    unsigned shares[KINDS] = {10 + insn_random_below(random, 20), insn_random_below(random, 16),
                              1 + insn_random_below(random, 8), insn_random_below(random, 16), 1};
    unsigned all = 0;
    for (unsigned i = 0; i < KINDS; i++)
        all += shares[i];
    for (unsigned at = 0; at < CODE_WORDS;) {
        unsigned kind = 0, drawn = insn_random_below(random, all);
        while (drawn >= shares[kind])
            drawn -= shares[kind++];
        if (kind == 0 && insn_random_below(random, 16) == 0)
            at += divide(random, words + at, CODE_WORDS - at);
        else if (at < CODE_WORDS)
            words[at++] = random_word(random, rows[kind], counts[kind]);
        if (at + 2 > CODE_WORDS && at < CODE_WORDS)
            words[at++] = 0x08000240;
    }
}

/* ---- programs ---- */

/* Doubles and singles of ordinary size, mostly. */
static uint64_t random_float(struct insn_random *random)
{
    uint64_t bits = insn_random_bits(random);
    switch (insn_random_below(random, 8)) {
    case 0:
        return bits;
    case 1:
        return 0;
    case 2: /* very small, or very large */
        return (bits & UINT64_C(0x800FFFFFFFFFFFFF)) |
               (insn_random_below(random, 2) ? bits >> 60 : 0x7FE - (bits >> 60)) << 52;
    case 3: /* two singles */
        return (bits & UINT64_C(0x83FFFFFF83FFFFFF)) | UINT64_C(0x3C0000003C000000);
    default: {
        double value = (double)(int32_t)bits / (1 + (bits >> 60));
        memcpy(&bits, &value, sizeof bits);
        return bits;
    }
    }
}

static void make_state(struct insn_random *random, struct program *program)
{
    struct cpu_state *state = &program->state;
    uint32_t privilege = insn_random_below(random, 2) ? 0 : 3;
    for (unsigned i = 1; i < 32; i++)
        state->gr[i] = (uint32_t)insn_random_bits(random) >> insn_random_below(random, 32);
    for (unsigned i = 0; i < 32; i++)
        state->fr[i] = random_float(random);
    state->fr[0] = insn_random_below(random, 3)        ? UINT64_C(0x08000000) << 32 /* inexact, once and for all */
                   : insn_random_below(random, 2) == 0 ? (insn_random_bits(random) & 0xF83FFE1F) << 32
                                                       : 0;
    uint32_t high = program->virtual && insn_random_below(random, 2) ? ALIAS : 0;
    state->gr[LANDING] = insn_random_below(random, CODE_BYTES);
    state->gr[INDEX] = insn_random_below(random, 64) * 8;
    state->gr[BASE] = DATA;
    state->gr[BASE + 1] = high | CODE_IN_DATA;
    state->gr[BASE + 2] = high | (program->code + insn_random_below(random, 0x1800));
    state->gr[BASE + 3] = DATA + 0x4800;
    for (unsigned i = 0; i < 8; i++)
        state->sr[i] = program->virtual ? 1 + (program->spaces_differ ? insn_random_below(random, 2) : 0) : i;
    state->sr[6] = state->sr[7] = state->sr[4];
    state->cr[CR_CCR] = insn_random_below(random, 6) ? 0xC0 | (insn_random_below(random, 2) ? 0x100 : 0) : 0;
    state->cr[CR_SAR] = insn_random_below(random, 32);
    state->cr[CR_IVA] = VECTORS;
    state->cr[CR_EIEM] = UINT32_MAX;
    state->dtu_class_mask = (uint32_t)insn_random_bits(random);
    state->psw = PSW_Q | (insn_random_below(random, 2) ? PSW_I : 0);
    if (program->virtual)
        state->psw |= PSW_C | PSW_D | (insn_random_below(random, 2) ? PSW_P : 0);
    state->iaoq_front = program->code | privilege;
    state->iaoq_back = state->iaoq_front + 4;
    state->iasq_front = state->iasq_back = program->virtual ? 1 : 0;
    state->cr[24] = state->psw;
    state->cr[25] = state->iaoq_front;
    state->cr[28] = state->iasq_front;
    state->cr[29] = PROTECTION;
    state->cr[30] = CODE_IN_DATA | privilege;
}

static void make(struct program *program, uint64_t seed)
{
    struct insn_random random = {seed};
    memset(program, 0, sizeof *program);
    program->virtual = insn_random_below(&random, 2);
    program->spaces_differ = insn_random_below(&random, 3) == 0;
    program->code = insn_random_below(&random, 4) ? 0x20000 : RAM_BYTES - CODE_BYTES; /* up to RAM's last word */
    make_code(&random, program->words);
    make_state(&random, program);
    program->config = (struct cpu_config){.tlb_entries = 8 + insn_random_below(&random, 200),
                                          .tlb_combined = insn_random_below(&random, 2),
                                          .tlb_seed = insn_random_below(&random, 2),
                                          .engine = CPU_ENGINE_TRANSLATOR,
                                          .translate_after = 1 + insn_random_below(&random, 4),
                                          .translation_bytes = insn_random_below(&random, 3) ? 0 : 1 << 16,
                                          .translate_one_in = insn_random_below(&random, 3) ? 0 : 4};
    program->config.translate_one_in >>= insn_random_below(&random, 2);
    program->delay = insn_random_below(&random, 21);
    program->seed = insn_random_bits(&random);
    program->config.count_branches = insn_random_below(&random, 2);
}

/* Every page of the program's, in two spaces and at two addresses; the second space has the data in another order. */
static void insert_pages(struct tlb *tlb, const struct program *program)
{
    for (unsigned i = 0; i < DATA_PAGES + 2; i++) {
        uint32_t page = i < DATA_PAGES ? DATA + (i << 12) : program->code + ((i - DATA_PAGES) << 12);
        for (unsigned k = 0; k < 8; k++) {
            uint32_t space = 1 + (k >> 2), offset = page | (k & 2 ? ALIAS : 0);
            uint32_t physical = i < DATA_PAGES && space == 2 ? DATA + ((i + 1) % DATA_PAGES << 12) : page;
            tlb_insert_address(tlb, k & 1, space, offset, physical >> 7);
            tlb_insert_protection(tlb, k & 1, space, offset, PROTECTION);
        }
    }
}

static struct rig *load(const struct program *program, const char *image, enum cpu_engine_kind engine)
{
    struct cpu_config config = program->config;
    config.engine = engine;
    struct rig *rig = rig_new(RAM_BYTES, &config);
    struct insn_random random = {program->seed};
    if (!rig_load_flat(rig, image, VECTORS)) {
        fprintf(stderr, "test_translator: cannot read %s\n", image);
        exit(2);
    }
    uint8_t *ram = phys_ram(rig->phys);
    for (unsigned i = 0; i < CODE_WORDS; i++)
        be32_store(ram + program->code + 4 * i, program->words[i]);
    for (unsigned i = 0; i < DATA_PAGES << 12; i += 8)
        be64_store(ram + DATA + i, random_float(&random));
    for (unsigned i = 0; i < 1024; i++)
        be32_store(ram + CODE_IN_DATA + 4 * i, program->words[i]);
    phys_changed_all(rig->phys);
    cpu_reset(rig->cpu, program->code);
    *cpu_state(rig->cpu) = program->state;
    insert_pages(cpu_tlb(rig->cpu), program);
    rig->delay = program->delay;
    cpu_state_changed(rig->cpu);
    return rig;
}

/* DMA moves a piece of the program to another place in it. */
static void move_code(const struct program *program, uint32_t from, uint32_t to, uint32_t count, struct rig *rig)
{
    for (uint32_t i = 0; i < count && from + i < CODE_WORDS && to + i < CODE_WORDS; i++) {
        uint8_t bytes[4];
        be32_store(bytes, program->words[from + i]);
        phys_dma_write(rig->phys, program->code + 4 * (to + i), bytes, 4);
    }
}

/* The program goes on at ADDRESS, so that it does not stay in one loop. */
static void go_to(struct rig *rig, uint32_t address)
{
    struct cpu_state *state = cpu_state(rig->cpu);
    state->iaoq_front = (state->iaoq_front & 3) | (address & ~UINT32_C(3));
    state->iaoq_back = state->iaoq_front + 4;
    state->psw &= ~(PSW_N | PSW_B);
    cpu_state_changed(rig->cpu);
}

/* Something happens to both, from outside. */
static void happen(struct insn_random *random, const struct program *program, struct rig *const rigs[2])
{
    uint32_t kind = insn_random_below(random, 24), to = insn_random_below(random, CODE_WORDS);
    uint32_t from = insn_random_below(random, CODE_WORDS), count = 1 + insn_random_below(random, 8);
    if (insn_random_below(random, 4)) /* where it is being executed */
        to = ((cpu_state(rigs[0]->cpu)->iaoq_front - program->code) >> 2) + insn_random_below(random, 24) - 12;
    to %= CODE_WORDS;
    for (unsigned i = 0; i < 2; i++) {
        if (kind < 8)
            move_code(program, from, to, count, rigs[i]);
        else if (kind == 8)
            phys_clear_dirty_of(rigs[i]->phys, PHYS_SNAPSHOT, from % phys_pages(rigs[i]->phys),
                                phys_pages(rigs[i]->phys));
        else if (kind == 9)
            cpu_post_external(rigs[i]->cpu, to & 31);
        else if (kind == 10)
            cpu_state_changed(rigs[i]->cpu);
        else if (kind == 11 && program->virtual) {
            insert_pages(cpu_tlb(rigs[i]->cpu), program);
            cpu_state_changed(rigs[i]->cpu);
        } else if (kind == 12 || kind == 13) {
            go_to(rigs[i], (kind == 12 ? CODE_IN_DATA : program->code) + 4 * (kind == 12 ? from % 1024 : from));
        }
    }
}

static bool same(const struct rig *a, const struct rig *b, bool memory)
{
    return memcmp(cpu_state(a->cpu), cpu_state(b->cpu), sizeof(struct cpu_state)) == 0 &&
           (!memory || memcmp(phys_ram(a->phys), phys_ram(b->phys), RAM_BYTES) == 0) && a->delivered == b->delivered &&
           cpu_branches(a->cpu) == cpu_branches(b->cpu);
}

static void show_difference(const struct rig *a, const struct rig *b)
{
    const struct cpu_state *x = cpu_state(a->cpu), *y = cpu_state(b->cpu);
    printf("  interpreter: %" PRIu64 " instructions, at 0x%08" PRIx32 ", PSW %08" PRIx32 "; translator: %" PRIu64
           ", 0x%08" PRIx32 ", %08" PRIx32 "\n",
           x->insns, x->iaoq_front, x->psw, y->insns, y->iaoq_front, y->psw);
    if (cpu_branches(a->cpu) != cpu_branches(b->cpu))
        printf("  branches: %" PRIu64 " and %" PRIu64 "\n", cpu_branches(a->cpu), cpu_branches(b->cpu));
    for (unsigned i = 0; i < 32; i++) {
        if (x->gr[i] != y->gr[i])
            printf("  GR %u: %08" PRIx32 " and %08" PRIx32 "\n", i, x->gr[i], y->gr[i]);
        if (x->fr[i] != y->fr[i])
            printf("  FR %u: %016" PRIx64 " and %016" PRIx64 "\n", i, x->fr[i], y->fr[i]);
    }
    for (uint32_t i = 0; i < RAM_BYTES; i++)
        if (phys_ram(a->phys)[i] != phys_ram(b->phys)[i]) {
            printf("  memory, first at 0x%08" PRIx32 "\n", i);
            return;
        }
}

/* True if both engines come to the same all the way. */
static bool compare(const struct program *program, const char *image, uint64_t seed, uint64_t *insns,
                    struct cpu_engine *counts)
{
    struct rig *rigs[2] = {load(program, image, CPU_ENGINE_INTERPRETER), load(program, image, CPU_ENGINE_TRANSLATOR)};
    struct insn_random random = {program->seed ^ 0x55};
    bool fine = true, over = false;
    for (unsigned i = 0; i < PORTIONS && fine && !over; i++) {
        uint64_t portion = insn_random_below(&random, 3)   ? 1 + insn_random_below(&random, INSNS_MAX / PORTIONS)
                           : insn_random_below(&random, 2) ? 1 + insn_random_below(&random, 100)
                                                           : 4096;
        enum cpu_stop stop = cpu_run(rigs[0]->cpu, portion);
        fine = cpu_run(rigs[1]->cpu, portion) == stop && same(rigs[0], rigs[1], i % LOOKS == LOOKS - 1);
        over = stop == CPU_STOP_HALTED;
        if (!program->quiet)
            happen(&random, program, rigs);
    }
    if (!fine) {
        printf(program->quiet ? "FAIL directed\n" : "FAIL --seed %" PRIu64 " --programs 1\n", seed);
        show_difference(rigs[0], rigs[1]);
    }
    *insns += cpu_state(rigs[0]->cpu)->insns;
    *counts = cpu_engine(rigs[1]->cpu);
    rig_free(rigs[0]);
    rig_free(rigs[1]);
    return fine;
}

/* ---- what random programs rarely do ---- */

/* "ldo D(B),T", "ldw D(SR S,B),T", "stw T,D(B)"; D >= 0. */
enum { LDO = 0x34000000, LDW = 0x48000000, STW = 0x68000000, NOP = 0x08000240 };
static uint32_t short_word(uint32_t opcode, unsigned t, unsigned d, unsigned b, unsigned s)
{
    return opcode | b << 21 | t << 16 | s << 14 | d << 1;
}

/* bv r0(B), and its delay slot. */
static void go_by(uint32_t *words, unsigned b)
{
    words[0] = UINT32_C(0xE800C000) | b << 21;
    words[1] = NOP;
}

/* Stores that are made natively to a page; then there is code in it; then the same store changes that. */
static void store_over_code(struct program *program)
{
    struct cpu_state *state = &program->state;
    uint32_t *words = program->words, loop = insn_random_set(0, INSN_ADDIBT, 'c', 2); /* 1 is added while it is < 0 */
    loop |= insn_rows[INSN_ADDIBT].match;
    loop = insn_random_set(insn_random_set(loop, INSN_ADDIBT, 'j', 2), INSN_ADDIBT, 'b', 6);
    words[0] = short_word(STW, 5, 0, BASE, 0);
    words[1] = insn_random_set(loop, INSN_ADDIBT, 'w', displacement(-3));
    words[2] = NOP;
    go_by(words + 3, 8); /* to the code in the data */
    words[5] = short_word(LDO, 9, 2, 9, 0);
    words[6] = short_word(LDO, 5, 0, 9, 0); /* another instruction */
    words[7] = short_word(LDO, BASE, 0, 8, 0);
    words[8] = short_word(LDO, 6, 0, 11, 0);
    go_by(words + 9, 10);
    state->gr[2] = program->code + 20;
    state->gr[8] = CODE_IN_DATA + 4 * 512;
    state->gr[9] = short_word(LDO, 7, 1, 7, 0);
    state->gr[10] = program->code;
    state->gr[6] = state->gr[11] = (uint32_t)-30;
    state->gr[BASE] = CODE_IN_DATA;
    words[512] = state->gr[9];
    go_by(words + 513, 2);
}

/* One address in two spaces: named, and by SR 5, which is not SR 4. */
static void two_spaces(struct program *program)
{
    struct cpu_state *state = &program->state;
    uint32_t *words = program->words;
    words[0] = short_word(LDW, 5, 0, BASE + 1, 1);
    words[1] = short_word(LDW, 6, 0, BASE + 1, 0);
    words[2] = short_word(STW, 6, 8, BASE + 1, 0);
    go_by(words + 3, 10);
    state->gr[10] = state->iaoq_front;
    state->gr[BASE + 1] = ALIAS | (DATA + 0x5000);
    for (unsigned i = 0; i < 8; i++)
        state->sr[i] = i == 5 ? 2 : 1;
}

static bool directed(struct program *program, const char *image, void (*make_it)(struct program *), bool virtual)
{
    struct cpu_engine counts;
    uint64_t insns = 0, seed = 1;
    do
        make(program, seed++);
    while (program->virtual != virtual || program->code != 0x20000 || program->config.translate_one_in);
    for (unsigned i = 0; i < CODE_WORDS; i++)
        program->words[i] = NOP;
    program->config.tlb_entries = 200;
    program->state.psw &= ~PSW_P;
    program->quiet = true;
    make_it(program);
    return compare(program, image, 0, &insns, &counts) && counts.blocks;
}

int main(int argc, char **argv)
{
    uint64_t seed = 1, programs = 300, insns_wanted = 0, insns = 0, translated = 0, forgotten = 0;
    const char *image = NULL;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--seed") && i + 1 < argc)
            seed = strtoull(argv[++i], NULL, 0);
        else if (!strcmp(argv[i], "--programs") && i + 1 < argc)
            programs = strtoull(argv[++i], NULL, 0);
        else if (!strcmp(argv[i], "--insns") && i + 1 < argc)
            insns_wanted = strtoull(argv[++i], NULL, 0);
        else
            image = argv[i];
    }
    if (!image) {
        fprintf(stderr, "usage: test_translator IMAGE [--seed N] [--programs N | --insns N]\n");
        return 2;
    }
    printf("seed %" PRIu64 "\n", seed);
    struct program *program = malloc(sizeof *program);
    uint64_t failures = !directed(program, image, store_over_code, false) + !directed(program, image, two_spaces, true);
    uint64_t done = 0;
    enum cpu_engine_kind kind = CPU_ENGINE_INTERPRETER;
    for (; program && failures < 5 && (insns_wanted ? insns < insns_wanted : done < programs); done++) {
        struct cpu_engine counts;
        make(program, seed + done);
        failures += !compare(program, image, seed + done, &insns, &counts);
        kind = counts.kind;
        translated += counts.insns;
        forgotten += counts.forgotten;
    }
    printf("%" PRIu64 " of %" PRIu64 " programs differ; %" PRIu64 " instructions each, %" PRIu64
           " translated, all forgotten %" PRIu64 " times\n",
           failures, done, insns, translated, forgotten);
    free(program);
    if (kind != CPU_ENGINE_TRANSLATOR) {
        printf("SKIPPED: there is no translator for this host\n");
        return 77;
    }
    return failures || !translated;
}

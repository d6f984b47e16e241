/* fuzz_cpu.c - a processor that executes any bytes, in absolute and in virtual mode, from any state, by both engines.
 *
 * INPUT: 8 bytes of seed for the registers, 4 bytes of PSW, 1 byte that chooses the machine, then instruction words.
 * The code is run for RUN_INSNS instructions by the interpreter, at once and again one instruction at a time, and by
 * the translator, at once and in small portions: none may crash, hang or pass the limit, and all must come to the same
 * state. Where branches are counted, both engines note places on their way, and those are where single steps were.
 *
 * Interruptions go to a handler that skips the instruction and returns, so that most of an input is executed.
 */
#include <assert.h>
#include <string.h>

#include "tests/cpu/rig.h"
#include "tests/fuzz/fuzz.h"

enum {
    VECTORS = 0x10000, /* what rig_digest_small looks at begins here */
    DATA = 0x12000,
    CODE = 0x14000,
    CODE_WORDS = 1024,
    HEADER_BYTES = 13,
    RUN_INSNS = 600,
    PAGES = 8,
};

/* mtctl r0,cr18; mfctl cr18,r1; mtctl r1,cr18; ldo 4(r1),r1; mtctl r1,cr18; rfir; nop; nop: the back of the queue
 * becomes its front. GR1 is shadowed. */
static const uint32_t handler[8] = {0x02401840, 0x024008A1, 0x02411840, 0x34210008,
                                    0x02411840, 0x00000CA0, 0x08000240, 0x08000240};

static uint32_t random_value(struct insn_random *random)
{
    switch (insn_random_below(random, 5)) {
    case 0:
        return (uint32_t)insn_random_bits(random);
    case 1:
        return insn_random_below(random, 64) - 32;
    case 2:
        return CODE + insn_random_below(random, 4 * CODE_WORDS);
    default:
        return DATA + (insn_random_below(random, 0x2000) & ~7u);
    }
}

static void random_state(struct insn_random *random, struct cpu_state *state, uint32_t psw)
{
    for (unsigned i = 1; i < 32; i++)
        state->gr[i] = random_value(random);
    for (unsigned i = 0; i < 32; i++)
        state->fr[i] = insn_random_bits(random);
    for (unsigned i = 0; i < 8; i++)
        state->sr[i] = insn_random_below(random, 2);
    for (unsigned i = 0; i < 32; i++)
        state->cr[i] = (uint32_t)insn_random_bits(random);
    state->fr[0] &= UINT64_C(0xFC3FFE1F) << 32; /* no delayed trap waits without its exception registers */
    state->cr[CR_CCR] = insn_random_below(random, 4) ? 0x1C0 : 0;
    state->cr[CR_IVA] = VECTORS;
    state->cr[CR_RCTR] = insn_random_below(random, 200);
    state->dtu_class_mask = (uint32_t)insn_random_bits(random);
    state->psw = psw & ~(PSW_E | PSW_F);
    state->iaoq_front = CODE | insn_random_below(random, 4);
    state->iaoq_back = state->iaoq_front + 4;
    state->iasq_front = state->iasq_back = psw & PSW_C ? insn_random_below(random, 2) : 0;
}

static void random_tlb(struct insn_random *random, struct tlb *tlb)
{
    for (unsigned i = 0; i < 2 * PAGES; i++) {
        uint32_t page = (VECTORS >> 12) + i % PAGES, space = i / PAGES;
        uint32_t protection = PA_BIT(3) | PA_BIT(6) | PA_BIT(7) | 0x00C00000; /* dirty; anyone may do anything */
        if (insn_random_below(random, 4) == 0)
            protection = (uint32_t)insn_random_bits(random);
        for (unsigned side = 0; side < 2; side++) {
            tlb_insert_address(tlb, side, space, page << 12, page << 5);
            tlb_insert_protection(tlb, side, space, page << 12, protection);
        }
    }
}

static struct rig *machine(const uint8_t *bytes, size_t size, enum cpu_engine_kind engine)
{
    struct insn_random random = {be64_load(bytes)};
    uint8_t kind = bytes[12];
    const struct cpu_config config = {.engine = engine,
                                      .translate_after = 1,
                                      .translation_bytes = 1 << 16,
                                      .tlb_entries = kind & 1 ? 40 : 3,
                                      .tlb_combined = kind & 2,
                                      .tlb_seed = kind & 4 ? 1 : 0,
                                      .drain_priv = kind & 8,
                                      .stop_on_idle = kind & 16,
                                      .count_branches = bytes[7] & 1};
    struct rig *rig = rig_new(PHYS_RAM_BYTES_MIN, &config);
    uint8_t *ram = phys_ram(rig->phys);
    for (unsigned i = 0; i < 40 * 8; i++)
        be32_store(ram + VECTORS + 4 * i, handler[i % 8]);
    for (unsigned i = 0; i < 0x2000; i++)
        ram[DATA + i] = (uint8_t)(i * 37 + (i >> 8));
    size_t room = 4 * CODE_WORDS, length = size - HEADER_BYTES;
    memcpy(ram + CODE, bytes + HEADER_BYTES, length < room ? length : room);
    phys_changed_all(rig->phys);
    cpu_reset(rig->cpu, CODE);
    random_state(&random, cpu_state(rig->cpu), be32_load(bytes + 8));
    random_tlb(&random, cpu_tlb(rig->cpu));
    rig->delay = insn_random_below(&random, 21);
    rig->stalls_left = kind >> 5;
    rig->drain_stalls = kind >> 6;
    cpu_state_changed(rig->cpu);
    return rig;
}

/* Where the processor was before each instruction, by single steps, with all branches so far. */
struct seen {
    struct position at[RUN_INSNS + 1];
};

/* Run to RUN_INSNS, and note the place each EVERY instructions. */
static enum cpu_stop run_noting(struct rig *rig, const struct seen *seen, uint64_t every)
{
    struct position noted[RUN_INSNS];
    const struct cpu_state *state = cpu_state(rig->cpu);
    uint64_t next = (state->insns / every + 1) * every;
    if (next < RUN_INSNS)
        cpu_note_places(rig->cpu, &(struct cpu_places){.first_insns = next,
                                                       .every_insns = every,
                                                       .count = (RUN_INSNS - 1 - next) / every + 1,
                                                       .noted = noted});
    enum cpu_stop stop = cpu_run(rig->cpu, RUN_INSNS - state->insns);
    size_t count = cpu_places_end(rig->cpu, false);
    for (size_t i = 0; i < count; i++, next += every) {
        struct position want = seen->at[next];
        want.branches -= seen->at[next - every].branches;
        assert(next < state->insns && position_is(&noted[i], &want));
    }
    assert(next >= state->insns);
    if (state->insns % every == 0)
        cpu_branches_clear(rig->cpu);
    return stop;
}

/* SEEN: single steps write it (PORTION is 1); with others, places are noted each PORTION instructions. NULL: neither.
 */
static uint64_t execute(const uint8_t *bytes, size_t size, uint64_t portion, enum cpu_engine_kind engine,
                        struct seen *seen)
{
    struct rig *rig = machine(bytes, size, engine);
    const struct cpu_state *state = cpu_state(rig->cpu);
    unsigned stalls = 0;
    while (state->insns < RUN_INSNS && !rig->off) {
        uint64_t before = state->insns, left = RUN_INSNS - before, limit = portion < left ? portion : left;
        bool notes = seen && portion > 1;
        limit = notes ? left : limit;
        enum cpu_stop stop = notes ? run_noting(rig, seen, portion) : cpu_run(rig->cpu, limit);
        assert(state->insns >= before && state->insns <= before + limit && state->gr[0] == 0);
        if (seen && !notes)
            seen->at[state->insns] = cpu_position(rig->cpu);
        if (stop == CPU_STOP_HALTED) {
            assert(cpu_halt_reason(rig->cpu)[0]);
            break;
        }
        if (stop == CPU_STOP_LIMIT)
            assert(state->insns == before + limit);
        else if (stop == CPU_STOP_STALL)
            assert(++stalls < 64);
        else
            assert(state->insns > before);
    }
    uint64_t digest = rig_digest_small(rig) ^ (rig->off ? rig->status + 1 : 0) ^ rig->delivered;
    rig_free(rig);
    return digest;
}

uint64_t fuzz_cpu_execute(const uint8_t *bytes, size_t size, uint64_t portion)
{
    return execute(bytes, size, portion, CPU_ENGINE_INTERPRETER, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < HEADER_BYTES + 4)
        return 0;
    struct seen seen = {0};
    uint64_t at_once = fuzz_cpu_execute(bytes, size, RUN_INSNS), every = 2 + bytes[12] % 61;
    uint64_t single = execute(bytes, size, 1, CPU_ENGINE_INTERPRETER, &seen);
    assert(at_once == single);
    assert(execute(bytes, size, RUN_INSNS, CPU_ENGINE_TRANSLATOR, NULL) == single);
    assert(execute(bytes, size, every - 1, CPU_ENGINE_TRANSLATOR, NULL) == single);
    if (bytes[7] & 1) {
        assert(execute(bytes, size, every, CPU_ENGINE_INTERPRETER, &seen) == single);
        assert(execute(bytes, size, every, CPU_ENGINE_TRANSLATOR, &seen) == single);
    }
    return 0;
}

size_t fuzz_make(struct insn_random *random, uint8_t *bytes)
{
    static const uint32_t psws[] = {PSW_Q, PSW_Q | PSW_I, PSW_Q | PSW_D, PSW_Q | PSW_C | PSW_D | PSW_P,
                                    PSW_Q | PSW_C | PSW_D | PSW_I | PSW_R};
    uint16_t rows[INSN_COUNT];
    uint16_t avoided = insn_random_below(random, 3) ? CLASS_SYSTEM | CLASS_PRIVILEGED : 0;
    unsigned row_count = insn_random_rows(0, avoided, NULL, NULL, rows);
    size_t words = 16 + insn_random_below(random, 256);
    be64_store(bytes, insn_random_bits(random));
    be32_store(bytes + 8,
               insn_random_below(random, 4) ? psws[insn_random_below(random, 5)] : (uint32_t)insn_random_bits(random));
    bytes[12] = (uint8_t)insn_random_bits(random);
    for (size_t i = 0; i < words; i++) {
        unsigned id = rows[insn_random_below(random, row_count)];
        uint32_t word = insn_random_word(random, id);
        if (insn_random_below(random, 4)) { /* near branches: blocks are entered again */
            word = insn_random_set(word, id, 'w', insn_random_below(random, 32) << 1);
            word = insn_random_set(word, id, 'W', insn_random_below(random, 32) << 1);
        }
        be32_store(bytes + HEADER_BYTES + 4 * i, word);
    }
    return HEADER_BYTES + words * 4;
}

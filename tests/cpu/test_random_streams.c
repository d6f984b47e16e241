/* test_random_streams.c - random instructions, executed in different portions, must come to the same state.
 *
 * usage: test_random_streams IMAGE [--seed N] [--streams N]. A stream is a page of random words of every row of the
 * instruction table (and some that are none), random registers, a random PSW and random TLB entries; interruptions go
 * to the logging handler of snippets.S. Each is executed at once, one instruction at a time, and in random portions:
 * whole state, TLB and memory must be equal at every quarter. This pins the engine to itself (blocks against single
 * steps, limits anywhere); that single instructions are right is for other tests. Likewise places: what is noted on the
 * way (cpu_note_places) is what is seen by stopping there.
 */
#include "tests/cpu/rig.h"
#include "tests/isa/insn_random.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BASE = 0x10000,
    LOG_NEXT = 0x13000,
    CODE = 0x20000,
    CODE_WORDS = 2048, /* two pages: branches and slots cross between them */
    DATA = 0x30000,
    LOG = 0x100000,
    STREAM_INSNS = 1600,
    QUARTERS = 4,
};

struct stream {
    uint32_t code[CODE_WORDS];
    struct cpu_state state;
    unsigned entries;
    struct {
        uint32_t space, page, address, protection;
    } tlb[24];
    struct cpu_config config;
    uint32_t delay;
};

static uint32_t random_value(struct insn_random *random)
{
    switch (insn_random_below(random, 6)) {
    case 0:
        return (uint32_t)insn_random_bits(random);
    case 1:
        return insn_random_below(random, 64);
    case 2:
        return -insn_random_below(random, 64);
    case 3:
        return CODE + insn_random_below(random, 4 * CODE_WORDS);
    default:
        return DATA + (insn_random_below(random, 0x2000) & ~7u);
    }
}

static uint32_t random_word(struct insn_random *random, const uint16_t *rows, unsigned row_count)
{
    if (insn_random_below(random, 64) == 0)
        return (uint32_t)insn_random_bits(random);
    unsigned id = rows[insn_random_below(random, row_count)];
    uint32_t word = insn_random_word(random, id);
    /* most branches stay near, so that blocks are entered again */
    if (insn_random_below(random, 4) != 0) {
        word = insn_random_set(word, id, 'w', insn_random_below(random, 64) << 1);
        if (insn_random_width(id, 'W'))
            word = insn_random_set(word, id, 'W', insn_random_below(random, 64) << 1);
    }
    return word;
}

static void random_tlb(struct insn_random *random, struct stream *stream)
{
    stream->entries = 24;
    for (unsigned i = 0; i < stream->entries; i++) {
        uint32_t page = i < 12   ? (CODE >> 12) + i % 4
                        : i < 20 ? (DATA >> 12) + i % 4
                                 : insn_random_below(random, 0x400);
        stream->tlb[i].page = page;
        stream->tlb[i].space = insn_random_below(random, 2);
        stream->tlb[i].address = page << 5;
        stream->tlb[i].protection = insn_random_below(random, 3) == 0 ? (uint32_t)insn_random_bits(random)
                                                                      : PA_BIT(3) | PA_BIT(6) | PA_BIT(7) | 0x00C00000;
    }
}

static void make(struct stream *stream, uint64_t seed)
{
    struct insn_random random = {seed};
    uint16_t rows[INSN_COUNT];
    bool privileged = insn_random_below(&random, 3) == 0;
    unsigned row_count = insn_random_rows(0, privileged ? 0 : CLASS_PRIVILEGED | CLASS_SYSTEM, NULL, NULL, rows);
    memset(stream, 0, sizeof *stream);
    for (unsigned i = 0; i < CODE_WORDS; i++)
        stream->code[i] = random_word(&random, rows, row_count);
    struct cpu_state *state = &stream->state;
    for (unsigned i = 1; i < 32; i++)
        state->gr[i] = random_value(&random);
    for (unsigned i = 0; i < 32; i++)
        state->fr[i] = insn_random_bits(&random);
    state->fr[0] = insn_random_below(&random, 32);
    for (unsigned i = 0; i < 8; i++)
        state->sr[i] = insn_random_below(&random, 2);
    state->cr[CR_CCR] = insn_random_below(&random, 4) ? 0x1C0 : 0;
    state->cr[CR_IVA] = BASE;
    state->cr[CR_RCTR] = insn_random_below(&random, 200);
    state->cr[CR_EIEM] = UINT32_MAX;
    state->dtu_class_mask = (uint32_t)insn_random_bits(&random);
    state->psw = PSW_Q | (insn_random_below(&random, 2) ? PSW_I : 0);
    if (insn_random_below(&random, 2))
        state->psw |= PSW_D;
    if (insn_random_below(&random, 3) == 0)
        state->psw |= PSW_C | PSW_P;
    if (insn_random_below(&random, 8) == 0)
        state->psw |= PSW_R;
    if (insn_random_below(&random, 8) == 0)
        state->psw |= PSW_T | PSW_L | PSW_H;
    state->iaoq_front = CODE | (insn_random_below(&random, 3) ? 0 : insn_random_below(&random, 4));
    state->iaoq_back = state->iaoq_front + 4;
    random_tlb(&random, stream);
    stream->config = (struct cpu_config){.tlb_entries = 2 + insn_random_below(&random, 40),
                                         .tlb_combined = insn_random_below(&random, 2),
                                         .tlb_seed = insn_random_below(&random, 2),
                                         .count_branches = seed % 2};
    stream->delay = insn_random_below(&random, 21);
}

enum portions {
    AT_ONCE,
    SINGLE_STEPS,
    RANDOM_PORTIONS,
    STOPPED,  /* by breakpoints, watched memory and interruptions */
    OBSERVED, /* every instruction is looked at */
    TRANSLATED,
    TRANSLATED_PORTIONS, /* in a small memory for code */
    TRANSLATED_IN_PART,  /* every third instruction */
    TRANSLATED_STOPPED,
    PORTIONS,
};

static struct rig *load(const struct stream *stream, const char *image, enum portions portions)
{
    struct cpu_config config = stream->config;
    config.engine = portions >= TRANSLATED ? CPU_ENGINE_TRANSLATOR : CPU_ENGINE_INTERPRETER;
    if (portions >= TRANSLATED) {
        config.translate_after = 1;
        config.translation_bytes = portions == TRANSLATED_PORTIONS ? 1 << 15 : 0;
        config.translate_one_in = portions == TRANSLATED_IN_PART ? 3 : 0;
    }
    struct rig *rig = rig_new(PHYS_RAM_BYTES_MIN, &config);
    uint8_t word[4];
    if (!rig_load_flat(rig, image, BASE)) {
        fprintf(stderr, "test_random_streams: cannot read %s\n", image);
        exit(2);
    }
    be32_store(word, LOG);
    phys_dma_write(rig->phys, LOG_NEXT, word, 4);
    for (unsigned i = 0; i < CODE_WORDS; i++)
        be32_store(phys_ram(rig->phys) + CODE + 4 * i, stream->code[i]);
    for (unsigned i = 0; i < 0x4000; i++)
        phys_ram(rig->phys)[DATA + i] = (uint8_t)(i * 37 + (i >> 8));
    phys_changed_all(rig->phys);
    cpu_reset(rig->cpu, CODE);
    *cpu_state(rig->cpu) = stream->state;
    for (unsigned i = 0; i < stream->entries; i++) {
        for (unsigned side = 0; side < 2; side++) {
            tlb_insert_address(cpu_tlb(rig->cpu), side, stream->tlb[i].space, stream->tlb[i].page << 12,
                               stream->tlb[i].address);
            tlb_insert_protection(cpu_tlb(rig->cpu), side, stream->tlb[i].space, stream->tlb[i].page << 12,
                                  stream->tlb[i].protection);
        }
    }
    rig->delay = stream->delay;
    cpu_state_changed(rig->cpu);
    return rig;
}

/* What the observer has seen. */
enum { PLACES = 1 << 14 }; /* more than a stream has instructions */

struct sight {
    uint64_t next; /* instruction count of the next step */
    bool wrong, twice;
    uint64_t branches; /* completed, by what was seen */
    /* The last branch count at which the queue was so, by place; one that was never so has count 0. */
    struct {
        uint32_t queue[4];
        uint64_t count; /* of branches, + 1 */
    } place[PLACES];
};

/* One that completes, or a return from an interruption. */
static bool is_branch(uint32_t word)
{
    struct insn insn;
    insn_decode(word, &insn);
    return insn.id != INSN_ILLEGAL &&
           ((insn_rows[insn.id].insn_class & CLASS_BRANCH) || insn.id == INSN_RFI || insn.id == INSN_RFIR);
}

/* Is the processor for the second time at one position, in the sense of ft/message.h? The count never goes back, so it
 * is enough to know the last one at each place. */
static bool seen_twice(struct sight *sight, const struct cpu_state *state)
{
    const uint32_t queue[4] = {state->iasq_front, state->iaoq_front, state->iasq_back, state->iaoq_back};
    uint32_t hash = 0;
    for (unsigned i = 0; i < 4; i++)
        hash = (hash ^ queue[i]) * UINT32_C(2654435761);
    unsigned at = hash % PLACES;
    while (sight->place[at].count && memcmp(sight->place[at].queue, queue, sizeof queue) != 0)
        at = (at + 1) % PLACES;
    bool twice = sight->place[at].count == sight->branches + 1;
    memcpy(sight->place[at].queue, queue, sizeof queue);
    sight->place[at].count = sight->branches + 1;
    return twice;
}

static void look(void *arg, const struct cpu_step *step)
{
    struct sight *sight = arg;
    if (step->kind == CPU_STEP_INTERRUPTION ||
        (step->kind == CPU_STEP_EXECUTED && step->has_word && is_branch(step->word)))
        sight->branches++;
    sight->twice |= seen_twice(sight, step->after);
    sight->wrong |= step->before->insns != sight->next || step->after->insns != sight->next + 1 ||
                    (step->kind == CPU_STEP_INTERRUPTION) != (step->vector != 0) ||
                    (step->kind == CPU_STEP_NULLIFIED && !(step->before->psw & PSW_N));
    sight->next = step->after->insns;
}

static void debug(struct rig *rig, enum portions portions, struct insn_random *random, struct sight *sight)
{
    if (portions == OBSERVED)
        cpu_observe(rig->cpu, look, sight);
    if (portions != STOPPED && portions != TRANSLATED_STOPPED)
        return;
    for (unsigned i = 0; i < 4; i++)
        cpu_breakpoint_add(rig->cpu, CODE + 4 * insn_random_below(random, CODE_WORDS));
    for (unsigned i = 0; i < 4; i++)
        cpu_watch_add(rig->cpu, DATA + insn_random_below(random, 0x3000), 1 + insn_random_below(random, 64),
                      (1 + insn_random_below(random, 3)) | (i % 2 ? ACCESS_BEFORE : 0));
    cpu_stop_at_traps(rig->cpu, insn_random_bits(random));
}

/* Go on to END instructions. False when it halted or powered off. */
static bool go(struct rig *rig, uint64_t end, enum portions portions, struct insn_random *random)
{
    struct cpu_state *state = cpu_state(rig->cpu);
    while (state->insns < end) {
        uint64_t left = end - state->insns, limit = left;
        if (portions == SINGLE_STEPS)
            limit = 1;
        else if (portions == RANDOM_PORTIONS || portions == TRANSLATED_PORTIONS)
            limit = 1 + insn_random_below(random, 24);
        if (cpu_run(rig->cpu, limit < left ? limit : left) == CPU_STOP_HALTED || rig->off)
            return false;
    }
    return true;
}

/* 0, or 1 with a line that reproduces it. */
static int compare(const struct stream *stream, const char *image, uint64_t seed, uint64_t *total)
{
    struct rig *rigs[PORTIONS];
    struct insn_random random = {seed ^ UINT64_C(0x5555)};
    struct sight *sight = calloc(1, sizeof *sight);
    int failed = 0;
    for (unsigned i = 0; i < PORTIONS; i++) {
        rigs[i] = load(stream, image, i);
        debug(rigs[i], i, &random, sight);
    }
    for (unsigned quarter = 1; quarter <= QUARTERS && !failed; quarter++) {
        uint64_t end = quarter * (STREAM_INSNS / QUARTERS), digest = 0;
        bool alive = true;
        for (unsigned i = 0; i < PORTIONS && !failed; i++) {
            bool goes_on = go(rigs[i], end, i, &random);
            uint64_t is = rig_digest(rigs[i]);
            bool counted = !stream->config.count_branches || cpu_branches(rigs[i]->cpu) == cpu_branches(rigs[0]->cpu);
            if (i > 0 && (is != digest || goes_on != alive || !counted)) {
                printf("FAIL --seed %" PRIu64 " --streams 1: portions %u differ by instruction %" PRIu64 " (%" PRIu64
                       " against %" PRIu64 ", at 0x%08" PRIx32 " and 0x%08" PRIx32 ")\n",
                       seed, i, end, cpu_state(rigs[i]->cpu)->insns, cpu_state(rigs[0]->cpu)->insns,
                       cpu_state(rigs[i]->cpu)->iaoq_front, cpu_state(rigs[0]->cpu)->iaoq_front);
                failed = 1;
            }
            digest = is;
            alive = goes_on;
        }
        if (!alive)
            break;
    }
    if (sight->wrong || sight->next != cpu_state(rigs[OBSERVED]->cpu)->insns) {
        printf("FAIL --seed %" PRIu64 " --streams 1: the observer has seen other steps than there were\n", seed);
        failed = 1;
    }
    bool miscounted = stream->config.count_branches && sight->branches != cpu_branches(rigs[OBSERVED]->cpu);
    if (sight->twice || miscounted) {
        printf("FAIL --seed %" PRIu64 " --streams 1: %s\n", seed,
               miscounted ? "the branch counter has counted others than there were" : "one position, and two moments");
        failed = 1;
    }
    free(sight);
    *total += cpu_state(rigs[0]->cpu)->insns;
    for (unsigned i = 0; i < PORTIONS; i++)
        rig_free(rigs[i]);
    return failed;
}

/* ---- places ---- */

/* Positions each EVERY instructions, and what WANTED says of them. */
struct places {
    uint64_t every;
    size_t count;
    struct position at[STREAM_INSNS];
};

/* A place that the processor stands at is noted by who holds it. */
static void note_here(struct rig *rig, struct places *places)
{
    if (cpu_state(rig->cpu)->insns != (places->count + 1) * places->every)
        return;
    places->at[places->count++] = cpu_position(rig->cpu);
    cpu_branches_clear(rig->cpu);
}

/* Run to the end of the stream or of the processor, or to a place that is not as WANTED says (NULL: it says nothing).
 * NOTED: on the way, else by stopping at each. */
static void run_places(struct rig *rig, struct places *places, bool noted, const struct position *wanted)
{
    struct cpu_state *state = cpu_state(rig->cpu);
    enum cpu_stop stop = CPU_STOP_LIMIT;
    while (state->insns < STREAM_INSNS && stop != CPU_STOP_HALTED && !rig->off) {
        uint64_t next = (places->count + 1) * places->every, end = noted || next > STREAM_INSNS ? STREAM_INSNS : next;
        if (noted && next < STREAM_INSNS)
            cpu_note_places(rig->cpu, &(struct cpu_places){.first_insns = next,
                                                           .every_insns = places->every,
                                                           .count = (STREAM_INSNS - 1 - next) / places->every + 1,
                                                           .noted = places->at + places->count,
                                                           .wanted = wanted ? wanted + places->count : NULL});
        stop = cpu_run(rig->cpu, end - state->insns);
        if (noted)
            places->count += cpu_places_end(rig->cpu, false);
        if (wanted && stop == CPU_STOP_LIMIT && state->insns < STREAM_INSNS)
            return;
        note_here(rig, places);
    }
}

/* Do PORTIONS note what STOPPED has; with WRONG, which is one of those, what has been wanted there is something else?
 * DIGEST: where it ends if it goes on to its end. */
static bool places_noted(const struct stream *stream, const char *image, enum portions portions,
                         const struct places *stopped, size_t wrong, uint64_t digest)
{
    struct places *places = calloc(2, sizeof *places), *wanted = places + 1;
    struct rig *rig = load(stream, image, portions);
    bool stops = (wrong + 1) * stopped->every < STREAM_INSNS && wrong < stopped->count;
    places->every = stopped->every;
    *wanted = *stopped;
    if (stops)
        wanted->at[wrong].back += 4;
    run_places(rig, places, true, stops ? wanted->at : NULL);
    const struct cpu_state *state = cpu_state(rig->cpu);
    bool there = stops ? state->insns == (wrong + 1) * stopped->every : rig_digest(rig) == digest;
    bool fine = there && places->count == (stops ? wrong : stopped->count) &&
                memcmp(places->at, stopped->at, places->count * sizeof *places->at) == 0;
    free(places);
    rig_free(rig);
    return fine;
}

/* 0, or 1 with a line that reproduces it. */
static int compare_places(const struct stream *stream, const char *image, uint64_t seed)
{
    struct insn_random random = {seed ^ UINT64_C(0xAAAA)};
    struct places *stopped = calloc(1, sizeof *stopped);
    struct rig *rig = load(stream, image, AT_ONCE);
    stopped->every = 1 + insn_random_below(&random, insn_random_below(&random, 2) ? 8 : 100);
    run_places(rig, stopped, false, NULL);
    uint64_t digest = rig_digest(rig);
    rig_free(rig);
    bool fine = true;
    for (unsigned i = 0; i < 2 && fine; i++) {
        enum portions portions = i ? TRANSLATED + insn_random_below(&random, 3) : AT_ONCE;
        size_t wrong = insn_random_below(&random, 2 * STREAM_INSNS / (uint32_t)stopped->every);
        fine = places_noted(stream, image, portions, stopped, wrong, digest);
        if (!fine)
            printf("FAIL --seed %" PRIu64 " --streams 1: portions %u note other places than there are, each %" PRIu64
                   " instructions\n",
                   seed, portions, stopped->every);
    }
    free(stopped);
    return !fine;
}

int main(int argc, char **argv)
{
    uint64_t seed = 1, streams = 200;
    const char *image = NULL;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--seed") && i + 1 < argc)
            seed = strtoull(argv[++i], NULL, 0);
        else if (!strcmp(argv[i], "--streams") && i + 1 < argc)
            streams = strtoull(argv[++i], NULL, 0);
        else
            image = argv[i];
    }
    if (!image) {
        fprintf(stderr, "usage: test_random_streams IMAGE [--seed N] [--streams N]\n");
        return 2;
    }
    printf("seed %" PRIu64 ", %" PRIu64 " streams\n", seed, streams);
    struct stream *stream = malloc(sizeof *stream);
    int failures = 0;
    uint64_t total = 0;
    for (uint64_t i = 0; stream && i < streams; i++) {
        make(stream, seed + i);
        failures += compare(stream, image, seed + i, &total);
        if (stream->config.count_branches)
            failures += compare_places(stream, image, seed + i);
    }
    printf("%d of %" PRIu64 " streams differ; %" PRIu64 " instructions in each portioning\n", failures, streams, total);
    free(stream);
    return failures != 0;
}

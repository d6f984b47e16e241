/* digests.c - the same seeded work on every host must come to the same bits: one line for each part, to be compared.
 *
 *     digests [--seed N] [--scale N] [GUEST.elf]...
 *
 * Parts: decoder and disassembler on random words; floating-point arithmetic on operands from every class; random
 * instruction streams through the processor; and each guest, bare, on a pair, and on a pair whose primary dies half
 * way. Built for the machine at hand and for aarch64 (CMakeLists.txt). Nothing here knows which host it is on; the hash
 * is its own, so that it needs no library.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ft/system.h"
#include "tests/fpu/test_fpu.h"
#include "tests/fuzz/fuzz.h"

struct digest_sum {
    uint64_t hash, count;
};

static void add(struct digest_sum *sum, uint64_t value)
{
    sum->hash = (sum->hash ^ value) * UINT64_C(0x9E3779B97F4A7C15);
    sum->hash ^= sum->hash >> 29;
    sum->count++;
}

static void add_bytes(struct digest_sum *sum, const uint8_t *bytes, uint64_t size)
{
    for (uint64_t i = 0; i < size; i++)
        add(sum, bytes[i]);
}

static void show(const char *part, const struct digest_sum *sum)
{
    printf("%-40s %016" PRIx64 " of %" PRIu64 " values\n", part, sum->hash, sum->count);
}

static void instructions(uint64_t seed, uint64_t scale)
{
    struct insn_random random = {seed};
    struct digest_sum sum = {0};
    for (uint64_t i = 0; i < 2000 * scale; i++) {
        uint32_t word = i % 4 ? insn_random_word(&random, 1 + insn_random_below(&random, INSN_COUNT - 1))
                              : (uint32_t)insn_random_bits(&random);
        struct insn insn;
        char text[128];
        insn_decode(word, &insn);
        size_t length = insn_disassemble(word, (uint32_t)insn_random_bits(&random), text, sizeof text);
        const uint64_t fields[] = {
            insn.id,           insn.b, insn.x, insn.t,   insn.s,  insn.cond, insn.m,   insn.u,
            insn.cc,           insn.n, insn.p, insn.len, insn.ra, insn.ta,   insn.sub, (uint64_t)insn.im5,
            (uint64_t)insn.imm};
        for (size_t k = 0; k < sizeof fields / sizeof fields[0]; k++)
            add(&sum, fields[k]);
        add_bytes(&sum, (const uint8_t *)text, length);
    }
    show("instructions", &sum);
}

static uint64_t compute(const struct test_case *t, struct fpu_context *context)
{
    switch (t->operation) {
    case OP_ADD:
        return fpu_add(context, t->format, t->a, t->b);
    case OP_SUB:
        return fpu_sub(context, t->format, t->a, t->b);
    case OP_MPY:
        return fpu_mpy(context, t->format, t->a, t->b);
    case OP_DIV:
        return fpu_div(context, t->format, t->a, t->b);
    case OP_REM:
        return fpu_rem(context, t->format, t->a, t->b);
    case OP_SQRT:
        return fpu_sqrt(context, t->format, t->a);
    case OP_RND:
        return fpu_rnd(context, t->format, t->a);
    case OP_CNVFF:
        return fpu_cnvff(context, t->format, t->format == FPU_SGL ? FPU_DBL : FPU_SGL, t->a);
    case OP_CNVXF:
        return fpu_cnvxf(context, t->integer_bits, t->format, t->a);
    case OP_CNVFX:
        return fpu_cnvfx(context, t->format, t->integer_bits, t->a);
    case OP_CMP:
    case OP_COUNT:
        break;
    }
    return fpu_cmp(context, t->format, t->a, t->b, t->condition);
}

static void floating_point(uint64_t seed, uint64_t scale)
{
    struct random random = {seed};
    struct digest_sum sum = {0};
    for (uint64_t i = 0; i < 20000 * scale; i++) {
        struct test_case t = {.operation = random_below(&random, OP_COUNT)}; /* the others in order, too */
        t.format = random_below(&random, 2) ? FPU_DBL : FPU_SGL;
        t.integer_bits = random_below(&random, 2) ? 64 : 32;
        t.condition = random_below(&random, 32);
        t.rounding = random_below(&random, 4);
        t.enables = random_below(&random, 2) ? 0 : random_below(&random, 32);
        operands_draw(&random, &t);
        struct fpu_context context = {.rounding = (uint8_t)t.rounding, .enables = (uint8_t)t.enables};
        uint64_t value = compute(&t, &context);
        add(&sum, context.no_result ? 0 : value);
        add(&sum, (uint64_t)context.flags << 16 | (uint64_t)context.traps << 8 | (uint64_t)context.tiny << 2 |
                      (uint64_t)context.no_result << 1 | (uint64_t)context.unimplemented);
    }
    show("floating point", &sum);
}

static void streams(uint64_t seed, uint64_t scale)
{
    struct digest_sum sum = {0};
    uint8_t bytes[FUZZ_INPUT_MAX];
    for (uint64_t i = 0; i < 50 * scale; i++) {
        struct insn_random random = {seed + i};
        size_t size = fuzz_make(&random, bytes);
        add(&sum, fuzz_cpu_execute(bytes, size, UINT64_MAX));
    }
    show("instruction streams", &sum);
}

/* One run of a guest; FAULT_COUNT 1: its primary dies before instruction FAULT_INSNS. PROTOCOL: not the usual one, and
 * the recording is compared, too, which has the position of each synchronization point. Returns its instructions. */
static uint64_t guest(const char *path, enum system_mode mode, uint64_t fault_insns, uint64_t seed,
                      const char *protocol)
{
    static const char *const modes[] = {"bare", "solo", "pair"};
    const struct fault fault = {.role = ROLE_PRIMARY, .place = FAULT_INSTRUCTION, .number = fault_insns};
    const char *name = strrchr(path, '/');
    struct system_config config;
    struct system_result result;
    struct digest_sum sum = {0};
    struct error error;
    char part[80];
    system_config_defaults(&config);
    config.mode = mode;
    config.ram_bytes = 4 << 20;
    config.seed = seed;
    config.timeout_insns = UINT64_C(200000000);
    config.faults = &fault;
    config.fault_count = fault_insns ? 1 : 0;
    config.protocol = protocol ? protocol : config.protocol;
    config.record = protocol != NULL;
    struct system *system = system_new(&config, &error);
    if (!system || !system_load(system, path, &error) || !system_run(system, &error)) {
        fprintf(stderr, "digests: %s\n", error.text);
        exit(2);
    }
    system_result(system, &result);
    uint64_t size, values[] = {result.digest,      result.instructions,  result.epochs, result.failovers,
                               result.messages,    result.bytes,         result.end,    (uint64_t)result.status,
                               result.explainable, result.digests_differ};
    const uint8_t *shown = system_terminal_output(system, &size);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        add(&sum, values[i]);
    add_bytes(&sum, shown, size);
    uint8_t *log = NULL;
    size_t log_bytes = 0;
    if (protocol && system_recording(system, &log, &log_bytes))
        add_bytes(&sum, log, log_bytes);
    free(log);
    snprintf(part, sizeof part, "%.40s %s%s%s%s", name ? name + 1 : path, modes[mode], fault_insns ? ", crash" : "",
             protocol ? ", " : "", protocol ? protocol : "");
    show(part, &sum);
    printf("  %s, status %d, %" PRIu64 " instructions, state %016" PRIx64 "\n", result.end_name, result.status,
           result.instructions, result.digest);
    system_free(system);
    return result.instructions;
}

int main(int argc, char **argv)
{
    uint64_t seed = 1, scale = 10;
    int at = 1;
    for (; at + 1 < argc && argv[at][0] == '-'; at += 2) {
        if (!strcmp(argv[at], "--seed"))
            seed = strtoull(argv[at + 1], NULL, 0);
        else if (!strcmp(argv[at], "--scale"))
            scale = strtoull(argv[at + 1], NULL, 0);
    }
    printf("seed %" PRIu64 ", scale %" PRIu64 "\n", seed, scale);
    instructions(seed, scale);
    floating_point(seed, scale);
    streams(seed, scale);
    for (; at < argc; at++) {
        guest(argv[at], MODE_BARE, 0, seed, NULL);
        uint64_t insns = guest(argv[at], MODE_PAIR, 0, seed, NULL);
        guest(argv[at], MODE_PAIR, insns / 2 + 1, seed, NULL);
        guest(argv[at], MODE_PAIR, insns / 2 + 1, seed, "yokogawa");
    }
    return 0;
}

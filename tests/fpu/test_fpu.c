/* test_fpu.c - cpu/fpu*.c against MPFR: every operation, format, rounding mode and set of trap enables.
 *
 *     test_fpu [--cases N] [--seed N]
 *
 * First every pair of boundary values, then N drawn cases (1000000), then the comparison queue. The seed is printed;
 * the same seed gives the same cases. Stops after ten differences. Exit status 0 if there was none.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test_fpu.h"

enum {
    DIFFERENCES_MAX = 10,
};

struct tally {
    uint64_t cases[OP_COUNT];
    uint64_t signalled[5]; /* cases in which V Z O U I was a flag or a trap: none of them may stay 0 */
    uint64_t tiny_traps;
    unsigned differences;
};

static const char *const OPERATION_NAMES[OP_COUNT] = {"add", "sub",   "mpy",   "div",   "rem", "sqrt",
                                                      "rnd", "cnvff", "cnvxf", "cnvfx", "cmp"};

static uint64_t run(struct fpu_context *c, const struct test_case *t)
{
    switch (t->operation) {
    case OP_ADD:
        return fpu_add(c, t->format, t->a, t->b);
    case OP_SUB:
        return fpu_sub(c, t->format, t->a, t->b);
    case OP_MPY:
        return fpu_mpy(c, t->format, t->a, t->b);
    case OP_DIV:
        return fpu_div(c, t->format, t->a, t->b);
    case OP_REM:
        return fpu_rem(c, t->format, t->a, t->b);
    case OP_SQRT:
        return fpu_sqrt(c, t->format, t->a);
    case OP_RND:
        return fpu_rnd(c, t->format, t->a);
    case OP_CNVFF:
        return fpu_cnvff(c, t->format, t->format == FPU_SGL ? FPU_DBL : FPU_SGL, t->a);
    case OP_CNVXF:
        return fpu_cnvxf(c, t->integer_bits, t->format, t->a);
    case OP_CNVFX:
        return fpu_cnvfx(c, t->format, t->integer_bits, t->a);
    case OP_CMP:
        return fpu_cmp(c, t->format, t->a, t->b, t->condition);
    case OP_COUNT:
        break;
    }
    abort();
}

static void print_outcome(const char *who, const struct outcome *o)
{
    printf("  %-8s %016" PRIx64 " flags %02x traps %02x%s%s%s\n", who, o->value, o->flags, o->traps,
           o->tiny ? " tiny" : "", o->no_result ? " no-result" : "", o->unimplemented ? " unimplemented" : "");
}

static void check(struct tally *tally, const struct test_case *t)
{
    struct fpu_context c = {.rounding = (uint8_t)t->rounding, .enables = (uint8_t)t->enables};
    uint64_t value = run(&c, t);
    struct outcome got = {value, c.flags, c.traps, c.tiny, c.no_result, c.unimplemented};
    struct outcome want = expect(t);
    /* A comparison delivers its bit even if it traps. */
    bool same_value = got.value == want.value || (want.no_result && t->operation != OP_CMP);

    tally->cases[t->operation]++;
    for (unsigned i = 0; i < 5; i++)
        tally->signalled[i] += ((want.flags | want.traps) >> (4 - i)) & 1;
    tally->tiny_traps += want.tiny && (want.traps & FPU_U);
    if (same_value && got.flags == want.flags && got.traps == want.traps && got.tiny == want.tiny &&
        got.no_result == want.no_result && got.unimplemented == want.unimplemented)
        return;
    tally->differences++;
    printf("%s %s integer %u condition %u rounding %u enables %02x: %016" PRIx64 " %016" PRIx64 "\n",
           OPERATION_NAMES[t->operation], t->format == FPU_DBL ? "dbl" : "sgl", t->integer_bits, t->condition,
           t->rounding, t->enables, t->a, t->b);
    print_outcome("expected", &want);
    print_outcome("got", &got);
}

/* Every pair of boundary values, in every rounding mode, with no trap enabled, all enabled, and a drawn set. */
static void check_special(struct tally *tally, struct random *random)
{
    for (unsigned i = 0; i < 2 * OP_COUNT * 2 * 4; i++) {
        struct test_case t = {.format = i & 1, .integer_bits = i & 2 ? 64 : 32, .rounding = i >> 2 & 3};
        unsigned count;
        const uint64_t *special = operands_special(t.format, &count);
        t.operation = (enum operation)(i >> 4);
        bool one = t.operation >= OP_SQRT && t.operation != OP_CMP;
        if (t.operation == OP_CNVXF || (!one && (i & 2)))
            continue;
        for (unsigned j = 0; j < count * (one ? 1 : count); j++) {
            t.a = special[j % count];
            t.b = special[j / count];
            t.condition = random_below(random, 32);
            const unsigned enables[] = {0, 31, random_below(random, 32)};
            for (unsigned k = 0; k < 3 && tally->differences < DIFFERENCES_MAX; k++) {
                t.enables = enables[k];
                check(tally, &t);
            }
        }
    }
}

static void check_drawn(struct tally *tally, struct random *random, uint64_t cases)
{
    for (uint64_t i = 0; i < cases && tally->differences < DIFFERENCES_MAX; i++) {
        struct test_case t = {0};
        t.operation = (enum operation)random_below(random, OP_COUNT);
        t.format = random_below(random, 2);
        t.integer_bits = 32 << random_below(random, 2);
        t.condition = random_below(random, 32);
        t.rounding = random_below(random, 4);
        t.enables = random_below(random, 3) ? 0 : random_below(random, 32);
        operands_draw(random, &t);
        check(tally, &t);
    }
}

/* FTEST from the status register's bits: 5 is C, 10..20 the queue. Returns -1 if there is no test CODE. */
static int expect_test(const bool *bit, unsigned code)
{
    static const struct {
        unsigned code, last;
    } ACCEPT[] = {{1, 20}, {5, 16}, {9, 14}, {13, 12}, {17, 10}};

    if (code == 0)
        return bit[5];
    for (unsigned i = 0; i < 5; i++) {
        if (ACCEPT[i].code == code) {
            bool any = bit[5];
            for (unsigned j = 10; j <= ACCEPT[i].last; j++)
                any |= bit[j];
            return !any;
        }
    }
    if (code == 2)
        return (bit[5] && bit[15]) || (bit[10] && bit[16]) || (bit[11] && bit[17]) || (bit[12] && bit[18]) ||
               (bit[13] && bit[19]) || (bit[14] && bit[20]);
    if (code == 6)
        return (bit[5] && bit[13]) || (bit[10] && bit[14]) || (bit[11] && bit[15]) || (bit[12] && bit[16]);
    return -1;
}

static void check_queue(struct tally *tally, struct random *random)
{
    bool bit[32];
    uint32_t status = (uint32_t)random_next(random);

    for (unsigned i = 0; i < 32; i++)
        bit[i] = status >> (31 - i) & 1;
    for (unsigned step = 0; step < 20000 && tally->differences < DIFFERENCES_MAX; step++) {
        /* Long runs of zeros as well as mixtures, so that every test both holds and fails. */
        bool c = random_below(random, step & 1024 ? 12 : 2) == 0;
        status = fpu_status_compared(status, c);
        memmove(&bit[11], &bit[10], 10 * sizeof bit[0]);
        bit[10] = bit[5];
        bit[5] = c;
        uint32_t want = 0;
        for (unsigned i = 0; i < 32; i++)
            want |= (uint32_t)bit[i] << (31 - i);
        bool same = status == want;
        for (unsigned code = 0; code < 32; code++) {
            bool defined;
            bool holds = fpu_test(status, code, &defined);
            same = same && (defined ? (int)holds : -1) == expect_test(bit, code);
        }
        if (!same) {
            tally->differences++;
            printf("queue: step %u, status %08" PRIx32 ", expected %08" PRIx32 "\n", step, status, want);
        }
    }
}

static bool parse_number(const char *text, uint64_t *value)
{
    char *end;
    errno = 0;
    *value = strtoull(text, &end, 0);
    return errno == 0 && end != text && *end == '\0';
}

static int report(const struct tally *tally, uint64_t seed)
{
    uint64_t total = 0;
    bool idle = tally->tiny_traps == 0;

    for (unsigned i = 0; i < OP_COUNT; i++)
        total += tally->cases[i];
    for (unsigned i = 0; i < 5; i++)
        idle |= tally->signalled[i] == 0;
    printf("seed %" PRIu64 ": %" PRIu64 " cases, V Z O U I signalled in %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
           " %" PRIu64 ", %" PRIu64 " trapped underflows, %u differences\n",
           seed, total, tally->signalled[0], tally->signalled[1], tally->signalled[2], tally->signalled[3],
           tally->signalled[4], tally->tiny_traps, tally->differences);
    if (idle && tally->differences == 0)
        printf("some exception was never signalled: the test did not test\n");
    return tally->differences != 0 || idle;
}

int main(int argc, char **argv)
{
    uint64_t cases = 1000000, seed = 1993;
    struct tally tally = {0};

    for (int i = 1; i < argc; i += 2) {
        uint64_t *option = strcmp(argv[i], "--cases") == 0 ? &cases : strcmp(argv[i], "--seed") == 0 ? &seed : NULL;
        if (option == NULL || i + 1 == argc || !parse_number(argv[i + 1], option)) {
            fprintf(stderr, "usage: test_fpu [--cases N] [--seed N]\n");
            return 2;
        }
    }
    struct random random = {seed};
    printf("seed %" PRIu64 "\n", seed);
    check_special(&tally, &random);
    check_drawn(&tally, &random, cases);
    check_queue(&tally, &random);
    return report(&tally, seed);
}

/* test_exec_fpu.c - the floating-point coprocessor: which registers an operation reads and writes, the status register,
 * exception registers, when a trap is taken, what goes to the delayed-trap unit.
 *
 * Links cpu/interp/exec_fpu.c alone and plays the engine: after each instruction it knows whether the processor went
 * on, nullified, looked around or raised a vector. Instruction words are what GNU as makes of the text beside them, so
 * the decoding of fields is checked against an independent assembler. Values are written down by hand.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cpu/interp/exec.h"
#include "cpu/fpu/fpu.h"

enum {
    WENT_ON = 100, /* beside vector numbers */
    NULLIFIED,
    LEFT,
};

/* A processor, and what happened last. The engine's functions reach it through the processor, its first member. */
struct bench {
    struct cpu cpu;
    int happened;
    unsigned pairs;
    struct {
        unsigned destination, trap_class;
    } pair[8];
    unsigned checks, failures;
};

static struct bench *bench_of(struct cpu *cpu)
{
    return (struct bench *)(void *)cpu;
}

static EXEC(went_on)
{
    (void)op;
    bench_of(cpu)->happened = WENT_ON;
    return NULL;
}

static EXEC(nullified)
{
    (void)op;
    bench_of(cpu)->happened = NULLIFIED;
    return NULL;
}

const struct op *exec_leave(struct cpu *cpu, const struct op *op)
{
    (void)op;
    bench_of(cpu)->happened = LEFT;
    return NULL;
}

const struct op *exec_raise(struct cpu *cpu, const struct op *op, unsigned vector)
{
    (void)op;
    bench_of(cpu)->happened = (int)vector;
    return NULL;
}

bool dtu_record(struct cpu *cpu, const struct op *op, unsigned destination, unsigned trap_class)
{
    struct bench *b = bench_of(cpu);
    (void)op;
    b->pair[b->pairs].destination = destination;
    b->pair[b->pairs++].trap_class = trap_class;
    return true;
}

/* Execute WORD; what happened. */
static int execute(struct bench *b, uint32_t word)
{
    struct op ops[3] = {{.word = word}, {.run = went_on}, {.run = nullified}};
    struct insn insn = {.word = word};

    exec_fpu_prepare(&ops[0], &insn);
    b->happened = 0;
    b->pairs = 0;
    for (const struct op *op = ops; op != NULL;)
        op = op->run(&b->cpu, op);
    return b->happened;
}

static void reset(struct bench *b, uint32_t status)
{
    memset(&b->cpu.state, 0, sizeof b->cpu.state);
    for (unsigned i = 1; i < 32; i++)
        b->cpu.state.fr[i] = UINT64_C(0x1111111122222222) * (i % 15);
    b->cpu.state.cr[CR_CCR] = 0xC0;
    b->cpu.state.fr[0] = (uint64_t)status << 32;
    exec_fpu_gate_update(&b->cpu);
}

static void check(struct bench *b, const char *what, uint64_t got, uint64_t want)
{
    b->checks++;
    if (got != want) {
        b->failures++;
        printf("%s: got %016" PRIx64 ", expected %016" PRIx64 "\n", what, got, want);
    }
}

static uint32_t status(const struct bench *b)
{
    return (uint32_t)(b->cpu.state.fr[0] >> 32);
}

/* One operation without exceptions: FR 4 and FR 5 in, one register out, every other register untouched. */
struct simple {
    const char *text;
    uint32_t word;
    uint64_t fr4, fr5, want;
    unsigned target; /* register */
    uint64_t mask;   /* the part of it that is written */
};
#define LEFT_HALF  UINT64_C(0xFFFFFFFF00000000)
#define RIGHT_HALF UINT64_C(0x00000000FFFFFFFF)
static const struct simple SIMPLE[] = {
    {"fadd,dbl fr4,fr5,fr6", 0x30850E06, 0x3FF8000000000000, 0x4000000000000000, 0x400C000000000000, 6, UINT64_MAX},
    {"fadd,sgl fr4L,fr5R,fr6R", 0x38851646, 0x3F80000099999999, 0x9999999940000000, 0x40400000, 6, RIGHT_HALF},
    {"fadd,sgl fr4,fr5,fr6", 0x30850606, 0x3F80000099999999, 0x4000000099999999, 0x4040000000000000, 6, LEFT_HALF},
    {"fsub,sgl fr4R,fr5L,fr6L", 0x38852686, 0x9999999940400000, 0x3F80000099999999, 0x4000000000000000, 6, LEFT_HALF},
    {"fmpy,dbl fr0,fr5,fr6", 0x30054E06, 0, 0xC000000000000000, 0x8000000000000000, 6, UINT64_MAX},
    {"fdiv,dbl fr4,fr5,fr6", 0x30856E06, 0x4018000000000000, 0x4000000000000000, 0x4008000000000000, 6, UINT64_MAX},
    {"fdiv,sgl fr4,fr5,fr6R", 0x38856646, 0x40C0000000000000, 0x4000000000000000, 0x40400000, 6, RIGHT_HALF},
    {"frem,dbl fr4,fr5,fr6", 0x30858E06, 0x4014000000000000, 0x4008000000000000, 0xBFF0000000000000, 6, UINT64_MAX},
    {"fsqrt,dbl fr4,fr6", 0x30808806, 0x4022000000000000, 0, 0x4008000000000000, 6, UINT64_MAX},
    {"fsqrt,sgl fr4R,fr6R", 0x388080C6, 0x41100000, 0, 0x40400000, 6, RIGHT_HALF},
    {"frnd,sgl fr4R,fr6", 0x3880A086, 0x40400000, 0, 0x4040000000000000, 6, LEFT_HALF},
    {"frnd,dbl fr4,fr6", 0x3080A806, 0x4008000000000000, 0, 0x4008000000000000, 6, UINT64_MAX},
    {"fcpy,sgl fr4R,fr6", 0x38804086, 0x7FC00001, 0, 0x7FC0000100000000, 6, LEFT_HALF},
    {"fcpy,dbl fr4,fr6", 0x30804806, 0x7FF8000000000001, 0, 0x7FF8000000000001, 6, UINT64_MAX},
    {"fabs,dbl fr4,fr6", 0x30806806, 0xFFF8000000000001, 0, 0x7FF8000000000001, 6, UINT64_MAX},
    {"fabs,sgl fr4R,fr6R", 0x388060C6, 0xBF800000, 0, 0x3F800000, 6, RIGHT_HALF},
    {"fcnvff,sgl,dbl fr4R,fr6", 0x38802286, 0x40400000, 0, 0x4008000000000000, 6, UINT64_MAX},
    {"fcnvff,dbl,sgl fr4,fr6R", 0x38800A46, 0x4008000000000000, 0, 0x40400000, 6, RIGHT_HALF},
    {"fcnvxf,sgl,dbl fr4R,fr6", 0x3880A286, 0x99999999FFFFFFFD, 0, 0xC008000000000000, 6, UINT64_MAX},
    {"fcnvxf,dbl,dbl fr4,fr6", 0x3080AA06, 0xFFFFFFFFFFFFFFFD, 0, 0xC008000000000000, 6, UINT64_MAX},
    {"fcnvxf,dbl,sgl fr4,fr6R", 0x38808A46, 3, 0, 0x40400000, 6, RIGHT_HALF},
    {"fcnvfx,dbl,sgl fr4,fr6R", 0x38810A46, 0xC008000000000000, 0, 0xFFFFFFFD, 6, RIGHT_HALF},
    {"fcnvfx,dbl,dbl fr4,fr6", 0x30812A06, 0xC008000000000000, 0, 0xFFFFFFFFFFFFFFFD, 6, UINT64_MAX},
    {"fcnvfxt,dbl,sgl fr4,fr6R", 0x38818A46, 0x4008000000000000, 0, 3, 6, RIGHT_HALF},
    {"fcnvfxt,sgl,dbl fr4R,fr6", 0x3881A286, 0x40400000, 0, 3, 6, UINT64_MAX},
    {"xmpyu fr4L,fr5R,fr6", 0x38855706, 0xFFFFFFFF00000000, 0xFFFFFFFF, 0xFFFFFFFE00000001, 6, UINT64_MAX},
};

static void check_simple(struct bench *b)
{
    for (unsigned i = 0; i < sizeof SIMPLE / sizeof SIMPLE[0]; i++) {
        const struct simple *s = &SIMPLE[i];
        reset(b, FPSR_D);
        b->cpu.state.fr[4] = s->fr4;
        b->cpu.state.fr[5] = s->fr5;
        struct cpu_state want = b->cpu.state;
        want.fr[s->target] = (want.fr[s->target] & ~s->mask) | s->want;
        check(b, s->text, (uint64_t)execute(b, s->word), WENT_ON);
        check(b, s->text, b->cpu.state.fr[s->target], want.fr[s->target]);
        check(b, s->text, memcmp(&want, &b->cpu.state, sizeof want) != 0, 0);
    }
}

static void check_multiple(struct bench *b)
{
    const uint64_t two = 0x4000000000000000, three = 0x4008000000000000, five = 0x4014000000000000;

    reset(b, 0);
    b->cpu.state.fr[4] = two, b->cpu.state.fr[5] = three, b->cpu.state.fr[7] = two, b->cpu.state.fr[8] = five;
    check(b, "fmpysub,dbl fr4,fr5,fr6,fr7,fr8", (uint64_t)execute(b, 0x988541C6), WENT_ON);
    check(b, "fmpysub tm", b->cpu.state.fr[6], 0x4018000000000000);
    check(b, "fmpysub ta", b->cpu.state.fr[8], three);
    check(b, "fmpyadd,dbl fr4,fr5,fr6,fr7,fr8", (uint64_t)execute(b, 0x188541C6), WENT_ON);
    check(b, "fmpyadd ta", b->cpu.state.fr[8], five);

    b->cpu.state.fr[16] = 0x40000000, b->cpu.state.fr[17] = UINT64_C(0x40400000) << 32;
    b->cpu.state.fr[19] = UINT64_C(0x40000000) << 32, b->cpu.state.fr[20] = 0x3F800000;
    check(b, "fmpyadd,sgl fr16R,fr17L,fr18R,fr19L,fr20R", (uint64_t)execute(b, 0x1A01A0F2), WENT_ON);
    check(b, "fmpyadd,sgl tm", (uint32_t)b->cpu.state.fr[18], 0x40C00000);
    check(b, "fmpyadd,sgl ta", b->cpu.state.fr[20], 0x40400000);

    /* A trap in either half: neither result, unimplemented exception of its major opcode. */
    reset(b, FPU_I);
    b->cpu.state.fr[4] = three, b->cpu.state.fr[5] = 0x3FF0000000000001;
    uint64_t tm = b->cpu.state.fr[6], ta = b->cpu.state.fr[8];
    check(b, "fmpyadd inexact", (uint64_t)execute(b, 0x188541C6), WENT_ON);
    check(b, "fmpyadd inexact tm", b->cpu.state.fr[6], tm);
    check(b, "fmpyadd inexact ta", b->cpu.state.fr[8], ta);
    check(b, "fmpyadd inexact status", b->cpu.state.fr[0], (uint64_t)(FPSR_T | FPU_I) << 32 | 3U << 26 | 0x008541C6);
}

static void check_compare(struct bench *b)
{
    reset(b, 0);
    b->cpu.state.fr[4] = b->cpu.state.fr[5] = 0x3FF0000000000000;
    check(b, "fcmp,dbl,= fr4,fr5", (uint64_t)execute(b, 0x30850C04), WENT_ON);
    check(b, "fcmp =", status(b), FPSR_C);
    check(b, "ftest", (uint64_t)execute(b, 0x30002420), NULLIFIED);
    b->cpu.state.fr[4] = 0x3FF0000000000001;
    check(b, "fcmp,dbl,= fr4,fr5", (uint64_t)execute(b, 0x30850C04), WENT_ON);
    check(b, "fcmp = queue", status(b), PA_BIT(10));
    check(b, "ftest", (uint64_t)execute(b, 0x30002420), WENT_ON);
    check(b, "ftest,acc", (uint64_t)execute(b, 0x30002421), WENT_ON);
    check(b, "ftest,rej", (uint64_t)execute(b, 0x30002422), WENT_ON);
    b->cpu.state.fr[0] |= (uint64_t)PA_BIT(16) << 32;
    check(b, "ftest,rej", (uint64_t)execute(b, 0x30002422), NULLIFIED);
    check(b, "ftest,rej8", (uint64_t)execute(b, 0x30002426), WENT_ON);
    /* Unordered, and invalid because the condition says so: the C bit is renewed although it traps. */
    reset(b, FPU_V);
    b->cpu.state.fr[4] = 0x7FF4000000000000;
    check(b, "fcmp,dbl,!<=> fr4,fr5", (uint64_t)execute(b, 0x30850C03), WENT_ON);
    check(b, "fcmp trapped", b->cpu.state.fr[0],
          (uint64_t)(FPSR_C | FPSR_T | FPU_V) << 32 | (uint32_t)0x20 << 26 | 0x00850C03);
}

static void check_traps(struct bench *b)
{
    const uint64_t one = 0x3FF0000000000000;

    /* Division by zero: the target is kept; the next floating-point instruction traps, and has done nothing. */
    reset(b, FPU_Z | FPSR_FLAGS);
    b->cpu.state.fr[4] = one, b->cpu.state.fr[5] = 0;
    uint64_t kept = b->cpu.state.fr[6], pending = (uint64_t)(FPU_Z | FPSR_FLAGS | FPSR_T) << 32;
    check(b, "fdiv,dbl by zero", (uint64_t)execute(b, 0x30856E06), WENT_ON);
    check(b, "fdiv target", b->cpu.state.fr[6], kept);
    check(b, "fdiv registers", b->cpu.state.fr[0], pending | 0x10U << 26 | 0x00856E06);
    check(b, "exception registers 2..7", b->cpu.state.fr[1] | b->cpu.state.fr[2] | b->cpu.state.fr[3], 0);
    check(b, "fcpy,dbl after", (uint64_t)execute(b, 0x30804806), VECTOR_ASSIST_EXCEPTION);
    check(b, "ftest after", (uint64_t)execute(b, 0x30002420), VECTOR_ASSIST_EXCEPTION);
    check(b, "reserved after", (uint64_t)execute(b, 0x3080C806), VECTOR_ASSIST_EXCEPTION);
    check(b, "fcpy target", b->cpu.state.fr[6], kept);
    check(b, "still pending", b->cpu.state.fr[0], pending | 0x10U << 26 | 0x00856E06);
    check(b, "fstd fr0", exec_fpu_check(&b->cpu, &(struct op){.word = 0x2C201200}), 0);
    check(b, "fstd fr4", exec_fpu_check(&b->cpu, &(struct op){.word = 0x2C201204}), VECTOR_ASSIST_EXCEPTION);
    check(b, "fstw fr0", exec_fpu_check(&b->cpu, &(struct op){.word = 0x24201200}), VECTOR_ASSIST_EXCEPTION);
    check(b, "fldd fr0", exec_fpu_check(&b->cpu, &(struct op){.word = 0x2C201000}), VECTOR_ASSIST_EXCEPTION);
    exec_fpu_status_stored(&b->cpu, 8);
    check(b, "T after fstd fr0", status(b), FPU_Z | FPSR_FLAGS);
    check(b, "fcpy,dbl goes", (uint64_t)execute(b, 0x30804806), WENT_ON);
    check(b, "fcpy target", b->cpu.state.fr[6], one);
    b->cpu.state.fr[0] |= (uint64_t)FPSR_T << 32;
    exec_fpu_status_loaded(&b->cpu);
    check(b, "T loaded", (uint64_t)execute(b, 0x30804806), VECTOR_ASSIST_EXCEPTION);

    /* Overflow with its trap on: the wrapped result, and inexact as its own enable says. */
    reset(b, FPU_O);
    b->cpu.state.fr[4] = 0x7FE0000000000001, b->cpu.state.fr[5] = 0x7FE0000000000001;
    check(b, "fadd,dbl overflow", (uint64_t)execute(b, 0x30850E06), WENT_ON);
    check(b, "wrapped", b->cpu.state.fr[6], 0x1FF0000000000001);
    check(b, "overflow", b->cpu.state.fr[0], (uint64_t)(FPU_O | FPSR_T) << 32 | 0x08U << 26 | 0x00850E06);
}

static void check_reserved(struct bench *b)
{
    static const struct {
        const char *text;
        uint32_t word;
    } RESERVED[] = {
        {"fneg,dbl fr4,fr6", 0x3080C806},     {"fcnv,dbl,uw fr4,fr6", 0x30830A06}, {"fadd,dbl to fr0", 0x30850E00},
        {"fadd, format 2", 0x30851606},       {"fcnvff,dbl,dbl", 0x30802A06},      {"copr,0,1", 0x30000001},
        {"ftest without n", 0x30002400},      {"ftest, code 3", 0x30002423},       {"fadd with n", 0x30850E26},
        {"class 3, operation 5", 0x3085AE06}, {"fmpyadd,dbl to fr0", 0x188541C0},  {"0E, fixed add", 0x38850706},
    };
    for (unsigned i = 0; i < sizeof RESERVED / sizeof RESERVED[0]; i++) {
        reset(b, 0);
        struct cpu_state want = b->cpu.state;
        check(b, RESERVED[i].text, (uint64_t)execute(b, RESERVED[i].word), VECTOR_ASSIST_EXCEPTION);
        check(b, RESERVED[i].text, memcmp(&want, &b->cpu.state, sizeof want) != 0, 0);
    }
    reset(b, 0);
    check(b, "fadd,quad", (uint64_t)execute(b, 0x30861E08), WENT_ON);
    check(b, "fadd,quad registers", b->cpu.state.fr[0], (uint64_t)FPSR_T << 32 | 0x09U << 26 | 0x00861E08);
    reset(b, 0);
    check(b, "fcpy,quad", (uint64_t)execute(b, 0x30805808), WENT_ON);
    check(b, "fcpy,quad next", (uint64_t)execute(b, 0x30804806), VECTOR_ASSIST_EXCEPTION);
    reset(b, 0);
    check(b, "copr,2", (uint64_t)execute(b, 0x30000080), VECTOR_ASSIST_EMULATION);
    check(b, "fid", (uint64_t)execute(b, 0x30000000), WENT_ON);
    check(b, "identity", status(b), FPU_MODEL << 16 | FPU_REVISION << 11);
    b->cpu.state.cr[CR_CCR] = 0x80;
    exec_fpu_gate_update(&b->cpu);
    check(b, "disabled", (uint64_t)execute(b, 0x30804806), VECTOR_ASSIST_EMULATION);
    check(b, "disabled, reserved", (uint64_t)execute(b, 0x3080C806), VECTOR_ASSIST_EMULATION);
}

static void delayed(struct bench *b, uint32_t fpsr, uint32_t classes)
{
    reset(b, fpsr);
    b->cpu.state.cr[CR_CCR] |= 0x0100;
    b->cpu.state.dtu_class_mask = classes;
}

static void check_delayed(struct bench *b)
{
    /* Overflow and inexact both taken over: the IEEE default, two pairs in class order, T and fr0R untouched. */
    delayed(b, FPU_O | FPU_I, PA_BIT(4) | PA_BIT(6));
    b->cpu.state.fr[4] = b->cpu.state.fr[5] = 0x7FE0000000000001;
    uint64_t fr1 = b->cpu.state.fr[1];
    check(b, "delayed overflow", (uint64_t)execute(b, 0x30850E06), LEFT);
    check(b, "delayed result", b->cpu.state.fr[6], 0x7FF0000000000000);
    check(b, "delayed registers", b->cpu.state.fr[0], UINT64_C(0x28000005) << 32);
    check(b, "exception registers", b->cpu.state.fr[1], fr1);
    check(b, "pairs", b->pairs, 2);
    check(b, "pair 0", b->pair[0].destination << 8 | b->pair[0].trap_class, 38 << 8 | 4);
    check(b, "pair 1", b->pair[1].destination << 8 | b->pair[1].trap_class, 38 << 8 | 6);
    /* Not enabled: no pair. */
    delayed(b, 0, PA_BIT(4) | PA_BIT(6));
    b->cpu.state.fr[4] = b->cpu.state.fr[5] = 0x7FE0000000000001;
    check(b, "not enabled", (uint64_t)execute(b, 0x30850E06), WENT_ON);
    check(b, "no pairs", b->pairs, 0);
    /* Overflow taken over, inexact not: the default result, a pair, and a pending inexact trap. */
    delayed(b, FPU_O | FPU_I, PA_BIT(4));
    b->cpu.state.fr[4] = b->cpu.state.fr[5] = 0x7FE0000000000001;
    check(b, "half delayed", (uint64_t)execute(b, 0x30850E06), LEFT);
    check(b, "half delayed pairs", b->pairs << 8 | b->pair[0].trap_class, 1 << 8 | 4);
    check(b, "half delayed registers", b->cpu.state.fr[0],
          (uint64_t)(UINT32_C(0x20000005) | FPSR_T) << 32 | 0x02U << 26 | 0x00850E06);
    /* An exact tiny result signals underflow because its trap is enabled; no flag. */
    delayed(b, FPU_U, PA_BIT(5));
    b->cpu.state.fr[4] = 1, b->cpu.state.fr[5] = 1;
    check(b, "delayed underflow", (uint64_t)execute(b, 0x30850E06), LEFT);
    check(b, "delayed underflow result", b->cpu.state.fr[6], 2);
    check(b, "delayed underflow pairs", b->pairs << 8 | b->pair[0].trap_class, 1 << 8 | 5);
    check(b, "delayed underflow status", status(b), FPU_U);
    /* An invalid comparison: its destination is FR 0. */
    delayed(b, FPU_V, PA_BIT(2));
    b->cpu.state.fr[4] = 0x7FF8000000000000;
    check(b, "delayed comparison", (uint64_t)execute(b, 0x30850C04), LEFT);
    check(b, "delayed comparison pair", b->pair[0].destination << 8 | b->pair[0].trap_class, 32 << 8 | 2);
    check(b, "delayed comparison status", status(b), UINT32_C(0x80000000) | FPU_V);
    /* The unit off: as if it were not there. */
    delayed(b, FPU_V, PA_BIT(2));
    b->cpu.state.cr[CR_CCR] = 0xC0;
    b->cpu.state.fr[4] = 0x7FF8000000000000;
    check(b, "unit off", (uint64_t)execute(b, 0x30850C04), WENT_ON);
    check(b, "unit off status", status(b), FPSR_T | FPU_V);
}

int main(void)
{
    struct bench *b = calloc(1, sizeof *b);
    if (b == NULL) {
        fprintf(stderr, "no memory\n");
        return 2;
    }
    check_simple(b);
    check_multiple(b);
    check_compare(b);
    check_traps(b);
    check_reserved(b);
    check_delayed(b);
    printf("%u checks, %u failed\n", b->checks, b->failures);
    int result = b->failures != 0;
    free(b);
    return result;
}

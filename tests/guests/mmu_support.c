/* mmu_support.c - see mmu_support.h. */
#include "mmu_support.h"

enum {
    WRONG_SHOWN_MAX = 20,
};

const frame *mmu_enter(const frame *trial);
extern const char mmu_vectors[], mmu_return[];

volatile uint32_t mmu_served[3], mmu_break_in_machine_check;
struct range mmu_ranges[RANGES_MAX + 1];
static const char *program;
static uint32_t checks, wrong;
static bool running;
static frame outcome;

/* What is the runtime's own: C code that goes wrong outside a trial is reported by it. */
static void caught(frame *interrupted)
{
    if (!running)
        interruption_fatal(interrupted);
    running = false;
    outcome = *interrupted;
    interrupted->iasq[0] = interrupted->iasq[1] = 0;
    interrupted->iaoq[0] = address(mmu_return);
    interrupted->iaoq[1] = address(mmu_return) + 4;
    interrupted->ipsw = PSW_Q;
}

void trial_start(const char *name)
{
    program = name;
    for (unsigned vector = 1; vector < VECTORS; vector++)
        interruption_connect(vector, caught);
    SET_CR(14, mmu_vectors);
    map_nothing();
}

int trial_end(void)
{
    printf("%s: %u checks, %u wrong\n", program, checks, wrong);
    return wrong != 0;
}

frame trial_new(const void *code, unsigned level, uint32_t psw)
{
    frame trial;
    memset(&trial, 0, sizeof trial);
    trial.iaoq[0] = address(code) | level;
    trial.iaoq[1] = (address(code) + 4) | level;
    trial.ipsw = psw | PSW_Q;
    return trial;
}

const frame *trial_run(const frame *trial)
{
    running = true;
    mmu_enter(trial);
    return &outcome;
}

static void purge(const struct range *range)
{
    SET_SR(1, range->space);
    for (uint32_t at = range->base; at != range->base + range->bytes; at += 4096)
        __asm__ volatile("pdtlb %%r0(%%sr1,%0)\n\tpitlb %%r0(%%sr1,%0)" : : "r"(at) : "memory");
}

void map(uint32_t space, uint32_t base, uint32_t bytes, uint32_t physical, uint32_t protection)
{
    unsigned at = 0;
    while (mmu_ranges[at].bytes && !(mmu_ranges[at].space == space && mmu_ranges[at].base == base))
        at++;
    if (at == RANGES_MAX)
        power_off(3); /* a mistake of this program */
    if (mmu_ranges[at].bytes)
        purge(&mmu_ranges[at]);
    if (protection) {
        mmu_ranges[at] = (struct range){bytes, space, base, physical, protection};
        purge(&mmu_ranges[at]);
        return;
    }
    for (; mmu_ranges[at].bytes; at++)
        mmu_ranges[at] = mmu_ranges[at + 1];
}

void map_nothing(void)
{
    memset(mmu_ranges, 0, sizeof mmu_ranges);
    __asm__ volatile("pdtlbe %%r0(%%sr1,%%r0)\n\tpitlbe %%r0(%%sr1,%%r0)" : : : "memory");
}

void check(const char *what, uint32_t case_number, uint32_t got, uint32_t wanted)
{
    checks++;
    if (got == wanted)
        return;
    if (wrong++ < WRONG_SHOWN_MAX)
        printf("%s, case %x: %08x, not %08x\n", what, case_number, got, wanted);
}

void check_at(const char *what, uint32_t case_number, const frame *result, unsigned vector, const void *front,
              unsigned level)
{
    check(what, case_number, result->vector, vector);
    check(what, case_number, result->iaoq[0], address(front) | level);
}

void check_data(const char *what, uint32_t case_number, const frame *result, unsigned vector, const void *front,
                unsigned level, uint32_t isr, uint32_t ior)
{
    check_at(what, case_number, result, vector, front, level);
    check(what, case_number, result->iir, word_of(front));
    check(what, case_number, result->isr, isr);
    check(what, case_number, result->ior, ior);
}

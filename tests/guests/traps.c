/* traps.c - what an interruption leaves in the frame: vector, IIR, ISR, IOR, IPSW, and both queue elements.
 *
 * Architecture manual, "Interruptions". Each case is a function in assembler with the trapping instruction at a label;
 * the handler notes the frame and goes on after it, or, in a delay slot, at the branch's target.
 * Status 0, else the number of things wrong.
 */
#include <understudy.h>

static struct interruption_frame last;
static uint32_t taken;
static int wrong;

static void note(struct interruption_frame *frame)
{
    last = *frame;
    taken++;
    frame->iaoq[0] = frame->iaoq[1];
    frame->iaoq[1] = frame->iaoq[0] + 4;
}

/* The last trap must have been this one. */
static void expect(const char *name, unsigned vector, uint32_t front, uint32_t back, uint32_t word)
{
    bool right = taken == 1 && last.vector == vector && (last.iaoq[0] & ~3u) == front && (last.iaoq[1] & ~3u) == back &&
                 last.iir == word;
    printf("%-24s %s\n", name, right ? "ok" : "WRONG");
    if (!right) {
        printf("  taken %u vector %u at %08x then %08x, IIR %08x\n", taken, last.vector, last.iaoq[0], last.iaoq[1],
               last.iir);
        printf("  expected vector %u at %08x then %08x, IIR %08x\n", vector, front, back, word);
        wrong++;
    }
    taken = 0;
}

static void expect_value(const char *name, uint32_t value, uint32_t expected)
{
    if (value == expected)
        return;
    printf("%s: %08x, expected %08x\n", name, value, expected);
    wrong++;
}

static uint32_t address_of(const char *label_start)
{
    return (uint32_t)label_start;
}

/* Labels in the assembler text below. */
extern const char trap_break[], trap_illegal[], trap_overflow[], trap_conditional[], trap_unaligned[], trap_slot[],
    trap_slot_target[], trap_hpmc[];

static uint32_t word_at(const char *label)
{
    return *(const volatile uint32_t *)(const volatile void *)label;
}

static void expect_here(const char *name, unsigned vector, const char *label)
{
    expect(name, vector, address_of(label), address_of(label) + 4, word_at(label));
}

__attribute__((noinline, noclone)) static void run_break(void)
{
    __asm__ volatile("trap_break: break 5,100" : : : "memory");
}

__attribute__((noinline, noclone)) static void run_illegal(void)
{
    __asm__ volatile("trap_illegal: .word 0x1C000000" : : : "memory"); /* major opcode 07 has no instruction */
}

__attribute__((noinline, noclone)) static uint32_t run_overflow(uint32_t target)
{
    uint32_t a = 0x7FFFFFFF, b = 1;
    __asm__ volatile("trap_overflow: addo %1,%2,%0" : "+r"(target) : "r"(a), "r"(b) : "memory");
    return target;
}

__attribute__((noinline, noclone)) static uint32_t run_conditional(uint32_t target)
{
    uint32_t a = 7;
    __asm__ volatile("trap_conditional: addit,= -7,%1,%0" : "+r"(target) : "r"(a) : "memory");
    return target;
}

__attribute__((noinline, noclone)) static uint32_t run_unaligned(uint32_t address, uint32_t target)
{
    __asm__ volatile("trap_unaligned: ldw 0(%1),%0" : "+r"(target) : "r"(address) : "memory");
    return target;
}

/* A break in the delay slot of a taken branch: the back of the queue is the branch's target. */
__attribute__((noinline, noclone)) static uint32_t run_slot(uint32_t target)
{
    __asm__ volatile("b trap_slot_target\n"
                     "trap_slot: break 1,2\n"
                     " ldi 1,%0\n"
                     "trap_slot_target: ldo 2(%0),%0"
                     : "+r"(target)
                     :
                     : "memory");
    return target;
}

/* A nullified break does nothing. */
__attribute__((noinline, noclone)) static void run_nullified(void)
{
    __asm__ volatile("comclr,= %%r0,%%r0,%%r0\n break 1,3" : : : "memory");
}

/* A load from nothing: a machine check, and the load's target keeps its value. */
__attribute__((noinline, noclone)) static uint32_t run_hpmc(uint32_t address, uint32_t target)
{
    __asm__ volatile("trap_hpmc: ldw 0(%1),%0" : "+r"(target) : "r"(address) : "memory");
    return target;
}

int main(void)
{
    static uint32_t words[2] = {0x01020304, 0x05060708};
    static const unsigned vectors[] = {VECTOR_HPMC, VECTOR_ILLEGAL,  VECTOR_BREAK, VECTOR_OVERFLOW, VECTOR_CONDITIONAL,
                                       18,          VECTOR_UNALIGNED};
    for (unsigned i = 0; i < sizeof vectors / sizeof vectors[0]; i++)
        interruption_connect(vectors[i], note);
    run_break();
    expect_here("break", VECTOR_BREAK, trap_break);
    run_illegal();
    expect_here("illegal instruction", VECTOR_ILLEGAL, trap_illegal);
    expect_value("overflow target", run_overflow(55), 55);
    expect_here("overflow", VECTOR_OVERFLOW, trap_overflow);
    expect_value("conditional target", run_conditional(66), 66);
    expect_here("conditional", VECTOR_CONDITIONAL, trap_conditional);
    expect_value("unaligned target", run_unaligned((uint32_t)words + 2, 77), 77);
    expect_here("unaligned data reference", VECTOR_UNALIGNED, trap_unaligned);
    expect_value("unaligned IOR", last.ior, (uint32_t)words + 2);
    expect_value("delay slot", run_slot(10), 12);
    expect("break in a delay slot", VECTOR_BREAK, address_of(trap_slot), address_of(trap_slot_target),
           word_at(trap_slot));
    run_nullified();
    expect_value("nullified break", taken, 0);
    expect_value("machine check target", run_hpmc(0xFFF70000, 88), 88);
    expect_here("machine check", VECTOR_HPMC, trap_hpmc);
    printf("traps: %d wrong\n", wrong);
    return wrong;
}

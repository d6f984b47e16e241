/* overflow.c - the delayed-trap unit: find an overflow without paying for a trap at every addition.
 *
 * Shows: the board's one addition to PA-RISC. Part 1 lets an overflow trap at once (vector 12), as on any PA-RISC.
 * Part 2 delays the class: a sum of many numbers runs at full speed, and after each group of 16 additions DRAIN makes
 * the hardware deliver what it still holds; V2 then says whether there was an overflow, V1 in which register. Part 3
 * lets delayed traps interrupt (vector 32) and counts them. *When* the hardware delivers a trap by itself is the
 * machine's own affair; nothing here depends on it.
 * Status 0 if every part found exactly what arithmetic says, 1 if not, 2 if the unit is not there.
 */
#include <understudy.h>

enum {
    NUMBERS = 512,
    GROUP = 16,
    STATUS_WRONG = 1,
    STATUS_NO_UNIT = 2,
};

static int32_t numbers[NUMBERS];
static uint32_t immediate_traps, delayed_traps, assist_traps;
static uint32_t seen_registers, seen_classes;

/* Vector 12: the addition is not performed again; step over it. */
static void on_overflow(struct interruption_frame *frame)
{
    immediate_traps++;
    frame->iaoq[0] = frame->iaoq[1];
    frame->iaoq[1] = frame->iaoq[0] + 4;
}

/* Vector 22: the unit is off, its instructions are emulated; here, stepped over. */
static void on_assist(struct interruption_frame *frame)
{
    assist_traps++;
    frame->iaoq[0] = frame->iaoq[1];
    frame->iaoq[1] = frame->iaoq[0] + 4;
}

/* Vector 32 is a level: it comes again until V2 is clear. */
static void on_delayed_trap(struct interruption_frame *frame)
{
    (void)frame;
    delayed_traps++;
    seen_classes |= dtu_v2();
    seen_registers |= dtu_v1_general();
    dtu_clear_v1_general(~UINT32_C(0));
    dtu_clear_v2(~UINT32_C(0));
}

/* a + b into register 20, trapping. */
static int32_t add_into_r20(int32_t a, int32_t b)
{
    register int32_t sum __asm__("r20");
    __asm__ volatile("addo %1,%2,%0" : "=r"(sum) : "r"(a), "r"(b) : "memory");
    return sum;
}

static bool overflows(int32_t a, int32_t b)
{
    int32_t ignored;
    return __builtin_add_overflow(a, b, &ignored);
}

/* Numbers that overflow a running sum now and then. */
static void make_numbers(void)
{
    uint32_t state = 12345;
    for (int i = 0; i < NUMBERS; i++) {
        state = state * UINT32_C(1103515245) + 12345;
        numbers[i] = (int32_t)(state & 0x3FFFFFFF) - (i / 128 % 2 == 0 ? 0x08000000 : 0x38000000);
    }
}

/* The sum wraps at an overflow. Returns the number of groups of which V2 told the truth; sets *OVERFLOWS. */
static uint32_t sum_in_groups(uint32_t *overflow_count)
{
    uint32_t right = 0;
    int32_t sum = 0;
    *overflow_count = 0;
    for (int first = 0; first < NUMBERS; first += GROUP) {
        uint32_t expected = 0;
        for (int i = first; i < first + GROUP; i++) {
            expected += overflows(sum, numbers[i]);
            sum = add_into_r20(sum, numbers[i]);
        }
        dtu_drain();
        bool found = (dtu_v2() & DTU_OVERFLOW) != 0;
        bool registers_right = dtu_v1_general() == (expected ? interrupt_mask(20) : 0);
        right += found == (expected > 0) && registers_right;
        *overflow_count += expected;
        dtu_clear_v1_general(~UINT32_C(0));
        dtu_clear_v2(DTU_OVERFLOW);
    }
    return right;
}

int main(void)
{
    uint32_t wrong = 0, overflow_count;
    make_numbers();
    interruption_connect(VECTOR_OVERFLOW, on_overflow);
    interruption_connect(22, on_assist);
    interruption_connect(VECTOR_DELAYED_TRAP, on_delayed_trap);

    dtu_drain(); /* the unit is off: assist emulation trap */
    add_into_r20(INT32_MAX, 1);
    printf("overflow: unit off: %u immediate trap, %u emulation trap\n", immediate_traps, assist_traps);
    wrong += immediate_traps != 1 || assist_traps != 1;

    dtu_enable(true);
    if (dtu_identify() != DTU_IDENTITY) {
        printf("overflow: there is no delayed-trap unit\n");
        return STATUS_NO_UNIT;
    }
    dtu_set_delayed(DTU_OVERFLOW);
    dtu_set_held(DTU_OVERFLOW);
    uint32_t right = sum_in_groups(&overflow_count);
    printf("overflow: %d additions, %u overflows, %u of %d groups right\n", NUMBERS, overflow_count, right,
           NUMBERS / GROUP);
    wrong += right != NUMBERS / GROUP || overflow_count == 0 || immediate_traps != 1;

    dtu_set_held(0);
    interrupts_on();
    bool wrapped = add_into_r20(INT32_MAX, 1) == INT32_MIN;
    dtu_drain();
    interrupts_off();
    printf("overflow: delayed trap taken: %u, classes %08x, registers %08x\n", delayed_traps, seen_classes,
           seen_registers);
    wrong += delayed_traps != 1 || !wrapped || seen_classes != DTU_OVERFLOW || seen_registers != interrupt_mask(20);
    printf("overflow: %s\n", wrong ? "WRONG" : "all as arithmetic says");
    return wrong ? STATUS_WRONG : 0;
}

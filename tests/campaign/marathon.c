/* marathon.c - a guest that runs for 10^9 instructions and uses what can differ between two machines all the time: the
 * interval timer and the disk interrupt, reads and writes are outstanding while it computes, additions overflow with
 * delayed traps (DRAIN, V1, V2, vector 32) and with immediate ones.
 *
 * For campaigns that compare digests at every epoch. Status 0 if every sum, block and trap was what arithmetic says.
 */
#include <understudy.h>

enum { ROUNDS = 10400, BLOCKS = 64, NUMBERS = 4096, GROUP = 64, TICK_US = 700 };

static volatile uint32_t ticks, immediate_traps, delayed_traps;
static uint32_t next_alarm, period;
static int32_t numbers[NUMBERS];
static uint32_t written[DISK_BLOCK_BYTES / 4], found[DISK_BLOCK_BYTES / 4];

static void on_timer(unsigned interrupt)
{
    (void)interrupt;
    ticks++;
    next_alarm = timer_ticks() + period;
    timer_alarm(next_alarm);
}

/* Vector 12: step over the addition. */
static void on_overflow(struct interruption_frame *frame)
{
    immediate_traps++;
    frame->iaoq[0] = frame->iaoq[1];
    frame->iaoq[1] = frame->iaoq[0] + 4;
}

/* Vector 32. */
static void on_delayed_trap(struct interruption_frame *frame)
{
    (void)frame;
    delayed_traps++;
    dtu_clear_v1_general(~UINT32_C(0));
    dtu_clear_v2(~UINT32_C(0));
}

static int32_t add(int32_t a, int32_t b)
{
    register int32_t sum __asm__("r20");
    __asm__ volatile("addo %1,%2,%0" : "=r"(sum) : "r"(a), "r"(b) : "memory");
    return sum;
}

/* A sum that wraps, in groups; what V2 says after each DRAIN, as bits. */
static uint32_t sum_numbers(int32_t start, int32_t *sum)
{
    uint32_t said = 0;
    *sum = start;
    for (uint32_t i = 0; i < NUMBERS; i++) {
        *sum = add(*sum, numbers[i]);
        if (i % GROUP != GROUP - 1)
            continue;
        dtu_drain();
        said = said * 3 + ((dtu_v2() & DTU_OVERFLOW) != 0);
        dtu_clear_v1_general(~UINT32_C(0));
        dtu_clear_v2(DTU_OVERFLOW);
    }
    return said;
}

/* The same without the unit. */
static uint32_t expect_numbers(int32_t start, int32_t *sum)
{
    uint32_t said = 0;
    bool any = false;
    *sum = start;
    for (uint32_t i = 0; i < NUMBERS; i++) {
        any |= __builtin_add_overflow(*sum, numbers[i], sum);
        if (i % GROUP != GROUP - 1)
            continue;
        said = said * 3 + any;
        any = false;
    }
    return said;
}

static uint32_t play(uint32_t round)
{
    int32_t sum, expected;
    uint32_t wrong = 0, block = round * 7 % BLOCKS, traps = immediate_traps, delayed = delayed_traps;
    for (uint32_t i = 0; i < DISK_BLOCK_BYTES / 4; i++)
        written[i] = round * 31 + i * timer_ticks();
    int slot = disk_start_write(block, 1, written);
    dtu_set_delayed(DTU_OVERFLOW);
    dtu_set_held(DTU_OVERFLOW);
    uint32_t said = sum_numbers((int32_t)round, &sum);
    wrong += said != expect_numbers((int32_t)round, &expected) || sum != expected;
    wrong += disk_wait(slot) != DISK_OK;
    dtu_set_held(0);
    add(INT32_MAX, 1); /* an interruption, when the machine likes, but before the drain is over */
    dtu_drain();
    wrong += delayed_traps != delayed + 1;
    dtu_set_delayed(0);
    add(INT32_MIN, -1);
    wrong += immediate_traps != traps + 1;
    wrong += disk_read(block, 1, found) != DISK_OK || memcmp(found, written, sizeof found) != 0;
    return wrong;
}

int main(void)
{
    uint32_t wrong = 0, state = 12345;
    if (disk_open() < BLOCKS)
        return 3;
    for (uint32_t i = 0; i < NUMBERS; i++) {
        state = state * UINT32_C(1103515245) + 12345;
        numbers[i] = (int32_t)(state & 0x3FFFFFFF) - (i / 128 % 2 == 0 ? 0x08000000 : 0x38000000);
    }
    period = system_clock_hz() / 1000000 * TICK_US;
    interruption_connect(VECTOR_OVERFLOW, on_overflow);
    interruption_connect(VECTOR_DELAYED_TRAP, on_delayed_trap);
    interrupt_connect(INTERRUPT_TIMER, on_timer);
    dtu_enable(true);
    interrupts_on();
    on_timer(INTERRUPT_TIMER);
    for (uint32_t round = 0; round < ROUNDS; round++)
        wrong += play(round);
    printf("marathon: %d rounds, %u delayed and %u immediate traps, %u wrong, ticks %s\n", ROUNDS, delayed_traps,
           immediate_traps, wrong, ticks > 1000 ? "yes" : "no");
    return wrong || ticks <= 1000;
}

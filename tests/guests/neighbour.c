/* neighbour.c - an ordinary virtual processor's program: a line each so many sums, for ever.
 *
 * Shows: what runs beside a fault-tolerant virtual processor computes what it would alone. Each sum overflows now and
 * then, and the drain tells how often; the interval timer must have interrupted before the first line. Lines do not
 * depend on time. Ends with status 1 if a trap was lost, 3 if the timer never came.
 */
#include <understudy.h>

enum { SUMS = 500, TIMER_TICKS = 300, STATUS_TRAP = 1, STATUS_TIMER = 3 };

static volatile uint32_t interrupts;

static void timer(unsigned interrupt)
{
    (void)interrupt;
    interrupts++;
    timer_alarm(timer_ticks() + TIMER_TICKS);
}

int main(void)
{
    int32_t sum = 1;
    dtu_enable(true);
    dtu_set_delayed(DTU_OVERFLOW);
    dtu_set_held(DTU_OVERFLOW);
    interrupt_connect(INTERRUPT_TIMER, timer);
    timer_alarm(timer_ticks() + TIMER_TICKS);
    interrupts_on();
    while (!interrupts)
        idle();
    for (uint32_t line = 1;; line++) {
        uint32_t overflows = 0;
        for (uint32_t i = 0; i < SUMS; i++) {
            int32_t before = sum;
            sum = add_trapping(sum, (int32_t)(0x01000000 + (line * SUMS + i)));
            overflows += sum < before;
        }
        dtu_drain();
        if ((dtu_v2() == DTU_OVERFLOW) != (overflows > 0))
            return STATUS_TRAP;
        dtu_clear_v1_general(UINT32_MAX);
        dtu_clear_v2(DTU_OVERFLOW);
        printf("neighbour: line %u, sum %08x, %u overflows\n", line, (uint32_t)sum, overflows);
        if (interrupts < line / 100)
            return STATUS_TIMER;
    }
}

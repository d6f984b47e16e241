/* sleeper.c - a guest that has nothing to do for a second of the board's clock but for a tick every ten milliseconds.
 */
#include <understudy.h>

enum { TICKS = 100 };

static volatile unsigned ticks;
static uint32_t period;

static uint32_t timer_now(void)
{
    uint32_t now;
    __asm__ volatile("mfctl %%cr16,%0" : "=r"(now));
    return now;
}

static void timer_next(void)
{
    __asm__ volatile("mtctl %0,%%cr16" : : "r"(timer_now() + period));
}

static void tick(unsigned interrupt)
{
    (void)interrupt;
    ticks++;
    timer_next();
}

int main(void)
{
    period = system_clock_hz() / TICKS;
    interrupt_connect(INTERRUPT_TIMER, tick);
    timer_next();
    while (ticks < TICKS) {
        idle();
        interrupts_on();
        interrupts_off();
    }
    printf("slept for %u ticks\n", ticks);
    return 0;
}

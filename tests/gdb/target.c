/* target.c - a guest to be looked at by gdb: calls, a variable that changes ten times, floating point.
 */
#include <understudy.h>

static volatile uint32_t counter;
static volatile double half;
volatile uint32_t table[4] = {0x11111111, 0x22222222, 0x33333333, 0x44444444};

__attribute__((noinline)) static uint32_t add(uint32_t a, uint32_t b)
{
    return a + b;
}

__attribute__((noinline)) static void count(uint32_t by)
{
    counter = add(counter, by);
}

int main(void)
{
    for (uint32_t i = 1; i <= 10; i++)
        count(i);
    half = (double)counter / 2;
    printf("counter %u, table %x\n", counter, table[3]);
    return counter == 55 ? 0 : 1;
}

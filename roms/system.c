/* system.c - from start-up to power-off: main's surroundings, the system controller, the delayed-trap unit's switch.
 *
 * Hardware manual sections 2 and 5.
 */
#include <understudy.h>

#include "runtime.h"

_Noreturn void us_main(void)
{
    us_console_start();
    power_off((uint32_t)main());
}

_Noreturn void power_off(uint32_t status)
{
    interrupts_off();
    store32(SYSTEM_BASE + SYSTEM_POWER_OFF, status);
    for (;;) /* the store does not come back */
        idle();
}

uint32_t system_ram_bytes(void)
{
    return load32(SYSTEM_BASE + SYSTEM_RAM_BYTES);
}

uint32_t system_clock_hz(void)
{
    return load32(SYSTEM_BASE + SYSTEM_CLOCK_HZ);
}

struct world_time world_clock(void)
{
    struct world_time now;
    uint32_t old = interrupts_off(); /* a handler that reads the clock would move the latch */
    now.seconds = load32(SYSTEM_BASE + SYSTEM_SECONDS);
    now.nanoseconds = load32(SYSTEM_BASE + SYSTEM_NANOSECONDS);
    interrupts_restore(old);
    return now;
}

void dtu_enable(bool on)
{
    uint32_t cr10;
    __asm__ volatile("mfctl %%cr10,%0" : "=r"(cr10));
    cr10 = on ? cr10 | 0x0100 : cr10 & ~UINT32_C(0x0100);
    __asm__ volatile("mtctl %0,%%cr10" : : "r"(cr10) : "memory");
}

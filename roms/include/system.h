/* system.h - the computer as a whole: power, size, clocks.
 */
#ifndef UNDERSTUDY_SYSTEM_H
#define UNDERSTUDY_SYSTEM_H

#include <stdint.h>

/* Power off; the low byte of STATUS is what the emulator exits with. Returning from main does the same. */
_Noreturn void power_off(uint32_t status);

uint32_t system_ram_bytes(void);
uint32_t system_clock_hz(void); /* ticks of the interval timer in a second */

/* The world's clock. Seconds are counted as in Unix: since 1970-01-01 00:00:00 UTC. */
struct world_time {
    uint32_t seconds, nanoseconds;
};
struct world_time world_clock(void);

/* The interval timer (CR16): counts up, wraps around. */
static inline uint32_t timer_ticks(void)
{
    uint32_t ticks;
    __asm__ volatile("mfctl %%cr16,%0" : "=r"(ticks));
    return ticks;
}

/* Post external interrupt 0 when the interval timer next equals TICKS. */
static inline void timer_alarm(uint32_t ticks)
{
    __asm__ volatile("mtctl %0,%%cr16" : : "r"(ticks) : "memory");
}

#endif

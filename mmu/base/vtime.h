/* vtime.h - virtual time: picoseconds since the start of the run, in 64 bits (213 days). */
#ifndef US_MMU_BASE_VTIME_H
#define US_MMU_BASE_VTIME_H

#include <stdint.h>

#define TIME_NEVER UINT64_MAX
#define PS_PER_US  UINT64_C(1000000)
#define PS_PER_S   UINT64_C(1000000000000)

/* How many ticks of a clock of HZ have passed at TIME_PS. */
static inline uint64_t time_to_ticks(uint64_t time_ps, uint64_t hz)
{
    return (uint64_t)((unsigned __int128)time_ps * hz / PS_PER_S);
}

/* The first picosecond at which time_to_ticks() gives TICKS. */
static inline uint64_t ticks_to_time(uint64_t ticks, uint64_t hz)
{
    return (uint64_t)(((unsigned __int128)ticks * PS_PER_S + hz - 1) / hz);
}

/* Of two times, or two counts. */
static inline uint64_t smallest(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

#endif

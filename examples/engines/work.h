/* work.h - what a guest of `understudy bench --engines` does between its two lines. */
#ifndef ENGINES_WORK_H
#define ENGINES_WORK_H

#include <understudy.h>

/* A kind of work, and a sum over what it came to, the same on every computer. */
uint32_t work(void);

static inline uint32_t next_random(uint32_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 17;
    *random ^= *random << 5;
    return *random;
}

#endif

/* user_sums.c - a user program: floating point, a stack that grows, and waiting for another process's result. */
#include "user.h"

enum {
    STEPS = 40000,
    DEPTH = 300,
    PI_MILLIONTHS = 3141592,
};

static uint32_t started = 7; /* the same address as in the other processes' spaces, another page */

/* Each call has 256 bytes of its own: the stack comes to more than ten pages. */
__attribute__((noinline, noclone)) static uint32_t deep(uint32_t depth)
{
    volatile uint32_t own[64];
    for (uint32_t i = 0; i < 64; i++)
        own[i] = depth + i;
    uint32_t below = depth ? deep(depth - 1) : 0;
    uint32_t sum = 0;
    for (uint32_t i = 0; i < 64; i++)
        sum += own[i] - depth;
    return below + sum;
}

/* pi by the midpoint rule: 4 / (1 + x * x) from 0 to 1. */
static uint32_t pi_millionths(void)
{
    double sum = 0, width = 1.0 / STEPS, x = width / 2;
    for (uint32_t i = 0; i < STEPS; i++) {
        sum += 4.0 / (1.0 + x * x);
        x += width;
    }
    return (uint32_t)(int32_t)(sum * width * 1e6);
}

uint32_t user_sums(uint32_t pid)
{
    if (user_getpid() != pid || started != 7)
        return 1;
    started = 0;
    for (uint32_t round = 0; round < 3; round++) {
        uint32_t pi = pi_millionths(), sum = deep(DEPTH);
        if (round == 0) {
            user_say("pi in millionths: ", pi);
            user_say("sum on the stack: ", sum);
        }
        if (pi != PI_MILLIONTHS || sum != (DEPTH + 1) * 2016)
            return 2;
    }
    while (!user_shared()->primes)
        user_yield();
    user_say("the sieve says: ", user_shared()->primes);
    if (user_write((const char *)STACK_BASE - 8, 4) != -1)
        return 3; /* not this program's memory: the kernel must not read it */
    return started;
}

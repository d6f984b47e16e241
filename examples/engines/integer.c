/* integer.c - small loops in registers: greatest common divisors, Collatz' sequences, bits counted. */
#include "work.h"

enum { ROUNDS = 400, NUMBERS = 2000 };

static uint32_t common_divisor(uint32_t a, uint32_t b)
{
    while (b) {
        uint32_t larger = a > b ? a : b;
        a = a > b ? b : a;
        b = larger - a;
    }
    return a;
}

static uint32_t steps_to_one(uint32_t n)
{
    uint32_t steps = 0;
    for (; n != 1; steps++)
        n = n & 1 ? n + (n << 1) + 1 : n >> 1;
    return steps;
}

static uint32_t bits_of(uint32_t n)
{
    uint32_t bits = 0;
    for (; n; n &= n - 1)
        bits++;
    return bits;
}

uint32_t work(void)
{
    uint32_t sum = 0, random = 1;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        for (uint32_t i = 1; i <= NUMBERS; i++)
            sum = sum * 31 + steps_to_one(i) + bits_of(next_random(&random));
        sum += common_divisor(1 + (next_random(&random) & 0xFFFF), 1 + (next_random(&random) & 0xFFF));
    }
    return sum;
}

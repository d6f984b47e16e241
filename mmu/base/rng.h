/* rng.h - our own seeded generator (SplitMix64): one word of state, saved with whatever owns it. */
#ifndef US_MMU_BASE_RNG_H
#define US_MMU_BASE_RNG_H

#include <stdint.h>

struct rng {
    uint64_t state;
};

/* A generator for one PURPOSE (any small number) of the machine with SEED: different purposes do not follow each other.
 */
static inline struct rng rng_new(uint64_t seed, uint64_t purpose)
{
    return (struct rng){(seed + 1) * UINT64_C(0x9E3779B97F4A7C15) ^ (purpose + 1) * UINT64_C(0xD1B54A32D192ED03)};
}

static inline uint64_t rng_next(struct rng *rng)
{
    uint64_t z = rng->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* A number from 0 to LIMIT, both included. */
static inline uint64_t rng_upto(struct rng *rng, uint64_t limit)
{
    return limit == UINT64_MAX ? rng_next(rng) : (uint64_t)(((unsigned __int128)rng_next(rng) * (limit + 1)) >> 64);
}

#endif

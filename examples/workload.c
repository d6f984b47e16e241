/* workload.c - a guest that only computes: what `understudy bench` measures.
 *
 * A sieve, a matrix product, a sort and a hash, over and over: loads, stores, branches, multiplications in software and
 * subroutine calls, as programs have them; no device until the line at the end. About 245 million instructions.
 */
#include <understudy.h>

enum {
    ROUNDS = 200,
    SIEVE = 16384,
    SIDE = 24,
    SORTED = 2048,
};

/* What any other computer gets. */
#define EXPECTED UINT32_C(0xCEB79B9C)

struct workload {
    uint8_t composite[SIEVE];
    int32_t a[SIDE][SIDE], b[SIDE][SIDE], product[SIDE][SIDE];
    uint32_t keys[SORTED];
    uint32_t random;
};

static struct workload workload;

static uint32_t next_random(struct workload *work)
{
    work->random ^= work->random << 13;
    work->random ^= work->random >> 17;
    work->random ^= work->random << 5;
    return work->random;
}

static uint32_t count_primes(struct workload *work)
{
    uint32_t count = 0;
    memset(work->composite, 0, sizeof work->composite);
    for (uint32_t i = 2; i < SIEVE; i++) {
        if (work->composite[i])
            continue;
        count++;
        for (uint32_t k = i + i; k < SIEVE; k += i)
            work->composite[k] = 1;
    }
    return count;
}

static uint32_t multiply(struct workload *work)
{
    uint32_t trace = 0;
    for (unsigned i = 0; i < SIDE; i++) {
        for (unsigned k = 0; k < SIDE; k++) {
            work->a[i][k] = (int32_t)(next_random(work) >> 16) - 32768;
            work->b[i][k] = (int32_t)(next_random(work) >> 16) - 32768;
        }
    }
    for (unsigned i = 0; i < SIDE; i++) {
        for (unsigned k = 0; k < SIDE; k++) {
            uint32_t sum = 0;
            for (unsigned n = 0; n < SIDE; n++)
                sum += (uint32_t)work->a[i][n] * (uint32_t)work->b[n][k];
            work->product[i][k] = (int32_t)sum;
            trace = trace * 31 + sum;
        }
    }
    return trace;
}

/* Shell's sort. */
static void sort(struct workload *work)
{
    for (unsigned i = 0; i < SORTED; i++)
        work->keys[i] = next_random(work);
    for (unsigned gap = SORTED / 2; gap; gap /= 2) {
        for (unsigned i = gap; i < SORTED; i++) {
            uint32_t key = work->keys[i];
            unsigned at = i;
            for (; at >= gap && work->keys[at - gap] > key; at -= gap)
                work->keys[at] = work->keys[at - gap];
            work->keys[at] = key;
        }
    }
}

/* FNV-1a, a byte at a time, the least significant first: the same sum on any processor. */
static uint32_t hash(uint32_t start, const uint32_t *words, unsigned count)
{
    for (unsigned i = 0; i < count * 4; i++)
        start = (start ^ (words[i / 4] >> i % 4 * 8 & 0xFF)) * 16777619;
    return start;
}

int main(void)
{
    uint32_t sum = 2166136261;
    workload.random = 19930513;
    for (unsigned round = 0; round < ROUNDS; round++) {
        uint32_t parts[2] = {count_primes(&workload), multiply(&workload)};
        sort(&workload);
        sum = hash(sum, parts, 2);
        sum = hash(sum, workload.keys, SORTED);
    }
    printf("workload: %08x\n", sum);
    return sum == EXPECTED ? 0 : 1;
}

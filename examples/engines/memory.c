/* memory.c - memory, megabytes of it: arrays copied, a heap sorted, a list followed whose items lie anywhere. */
#include "work.h"

enum { WORDS = 1 << 19, SORTED = 1 << 17, ITEMS = 1 << 18, ROUNDS = 3 };

static uint32_t from[WORDS], to[WORDS], heap[SORTED], next[ITEMS];

static void sink(uint32_t *words, uint32_t at, uint32_t count)
{
    uint32_t value = words[at];
    for (uint32_t child; (child = 2 * at + 1) < count; at = child) {
        child += child + 1 < count && words[child + 1] > words[child];
        if (words[child] <= value)
            break;
        words[at] = words[child];
    }
    words[at] = value;
}

static void sort(uint32_t *words, uint32_t count)
{
    for (uint32_t i = count / 2; i-- > 0;)
        sink(words, i, count);
    while (count > 1) {
        uint32_t largest = words[0];
        words[0] = words[--count];
        words[count] = largest;
        sink(words, 0, count);
    }
}

/* One round through all items, the next one far from the last. */
static void make_list(uint32_t *random)
{
    for (uint32_t i = 0; i < ITEMS; i++)
        next[i] = i;
    for (uint32_t i = ITEMS - 1; i > 0; i--) {
        uint32_t k = next_random(random) % i, other = next[k];
        next[k] = next[i];
        next[i] = other;
    }
}

uint32_t work(void)
{
    uint32_t random = 5, sum = 0;
    make_list(&random);
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (uint32_t i = 0; i < WORDS; i++)
            from[i] = next_random(&random);
        for (unsigned copy = 0; copy < 8; copy++) {
            for (uint32_t i = 0; i < WORDS; i++)
                to[i] = from[i];
            from[copy] = to[WORDS - 1 - copy];
        }
        for (uint32_t i = 0; i < SORTED; i++)
            heap[i] = to[4 * i];
        sort(heap, SORTED);
        uint32_t item = round;
        for (uint32_t i = 0; i < 4 * ITEMS; i++)
            item = next[item];
        sum = sum * 31 + heap[SORTED / 2] + item + to[round];
    }
    return sum;
}

/* deep.c - frames of every kind for the test of backtraces: a leaf that calls millicode, a frame of many pages,
 * recursion, one that grows. Prints one line and powers off with status 0.
 */
#include <understudy.h>

uint32_t deep_leaf(uint32_t n);
uint32_t deep_big(uint32_t n);
uint32_t deep_grows(uint32_t n);
uint32_t deep_down(uint32_t n);

__attribute__((noinline)) uint32_t deep_leaf(uint32_t n)
{
    volatile uint32_t x = n;
    return x * 3 / (x + 1);
}

__attribute__((noinline)) uint32_t deep_big(uint32_t n)
{
    volatile uint8_t bytes[20000];
    bytes[n] = 1;
    return deep_leaf(bytes[n]) + deep_leaf(n);
}

__attribute__((noinline)) uint32_t deep_grows(uint32_t n)
{
    volatile uint8_t *bytes = __builtin_alloca(n);
    bytes[0] = 5;
    return deep_big(bytes[0]);
}

__attribute__((noinline)) uint32_t deep_down(uint32_t n)
{
    if (n > 3)
        return deep_grows(100);
    uint32_t deeper = deep_down(n + 1);
    return deeper + deep_leaf(n);
}

int main(void)
{
    printf("deep: %u\n", deep_down(0));
    return 0;
}

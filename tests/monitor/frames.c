/* frames.c - the guest of the tests of stops and frames: a counter in memory, a leaf, recursion, a frame that grows.
 * Prints one line and powers off with status 3.
 */
#include <understudy.h>

extern volatile uint32_t frames_counter;
uint32_t frames_leaf(uint32_t x);
uint32_t frames_down(uint32_t n);
uint32_t frames_middle(uint32_t x);
uint32_t frames_grows(uint32_t n);

volatile uint32_t frames_counter;

__attribute__((noinline)) uint32_t frames_leaf(uint32_t x)
{
    frames_counter += x;
    return x + 1;
}

/* n + 1 frames of itself. */
__attribute__((noinline)) uint32_t frames_down(uint32_t n)
{
    if (n == 0)
        return frames_leaf(100);
    uint32_t deeper = frames_down(n - 1);
    return frames_leaf(n) + deeper;
}

__attribute__((noinline)) uint32_t frames_middle(uint32_t x)
{
    uint32_t y = frames_leaf(x);
    y += frames_down(3);
    return y + frames_leaf(x);
}

__attribute__((noinline)) uint32_t frames_grows(uint32_t n)
{
    uint8_t *bytes = __builtin_alloca(n);
    for (uint32_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)i;
    return frames_middle(bytes[n - 1]);
}

int main(void)
{
    uint32_t sum = frames_grows(8);
    printf("frames: %u, %u\n", frames_counter, sum);
    return 3;
}

/* world_time.c - a guest that shows the seconds of the world's clock, and after some instructions how many have passed.
 */
#include <understudy.h>

int main(void)
{
    uint32_t start = world_clock().seconds;
    printf("%u\n", start);
    for (unsigned i = 0; i < 200000; i++)
        __asm__ volatile("");
    printf("%u\n", world_clock().seconds - start);
    return 0;
}

/* stands.c - a guest that notices when it stands still: it fills its memory, so that no page is zero, and then looks at
 * the clock again and again, and keeps the longest time between two looks. At its end it says each second's longest, in
 * microseconds. What reintegration.sh measures with.
 */
#include <understudy.h>

enum { SECONDS = 16, PROGRAM_BYTES = 1 << 20, STEPS = 200 };

static uint32_t longest[SECONDS];

static void fill_memory(void)
{
    for (uint32_t at = PROGRAM_BYTES; at < system_ram_bytes(); at += 64)
        store32(at, ~at);
}

int main(void)
{
    uint32_t hz = system_clock_hz();
    fill_memory();
    printf("stands: memory is full\n");
    for (unsigned second = 0; second < SECONDS; second++) {
        uint32_t start = timer_ticks(), before = start;
        while (timer_ticks() - start < hz) {
            for (volatile unsigned step = 0; step < STEPS; step++)
                ;
            uint32_t now = timer_ticks(), gap = now - before;
            longest[second] = gap > longest[second] ? gap : longest[second];
            before = now;
        }
    }
    for (unsigned second = 0; second < SECONDS; second++)
        printf("%u ", longest[second] / (hz / 1000000));
    printf("\n");
    return 0;
}

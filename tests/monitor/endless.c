/* endless.c - a guest that prints a line and never ends. */
#include <understudy.h>

int main(void)
{
    printf("endless\n");
    for (;;)
        __asm__ volatile("" : : : "memory");
}

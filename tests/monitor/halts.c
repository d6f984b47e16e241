/* halts.c - a guest that cannot go on: it takes an interruption whose vector is in no memory. */
#include <understudy.h>

int main(void)
{
    __asm__ volatile("mtctl %0,%%cr14\n\tbreak 0,0" : : "r"(UINT32_C(0xE0000000)) : "memory");
    return 0;
}

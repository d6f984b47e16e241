/* dots.c - a guest that takes its time over one line of its terminal. */
#include <understudy.h>

int main(void)
{
    for (int i = 0; i < 60; i++) {
        printf(".");
        for (volatile int k = 0; k < 3000; k++)
            continue;
    }
    printf("\n");
    return 3;
}

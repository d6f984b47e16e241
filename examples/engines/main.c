/* main.c - of the guests that `understudy bench --engines` measures: they say when they begin and what they have come
 * to, on a port that other computers have too, and use nothing else of the board in between.
 */
#include "work.h"

int main(void)
{
    printf("begin\n");
    printf("end %08x\n", (unsigned)work());
    return 0;
}

/* idler.c - a guest that has nothing to do.
 *
 * Shows: a virtual machine that is idle costs its host nothing. Never ends.
 */
#include <understudy.h>

int main(void)
{
    for (;;)
        idle();
}

/* poller.c - a guest that reads CR16 a million times in a row, and does nothing else: each read is an environment
 * instruction, whose value is in the log.
 */
#include "understudy.h"

enum { READS = 1000000 };

int main(void)
{
    unsigned last = 0, backwards = 0;
    for (unsigned i = 0; i < READS; i++) {
        unsigned now;
        __asm__ volatile("mfctl %%cr16,%0" : "=r"(now));
        backwards += (int)(now - last) < 0;
        last = now;
    }
    return backwards != 0;
}

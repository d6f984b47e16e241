/* user_wild.c - a user program with a wild pointer. The kernel kills it. */
#include "user.h"

uint32_t user_wild(uint32_t pid)
{
    user_say("about to store to nowhere: ", pid);
    user_yield();
    *(volatile uint32_t *)(HEAP_BASE + HEAP_BYTES + 0x1234) = pid;
    user_say("still here: ", pid);
    return 0;
}

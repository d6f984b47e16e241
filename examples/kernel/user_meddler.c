/* user_meddler.c - a user program that may read the shared page, and writes to it. The kernel kills it. */
#include "user.h"

uint32_t user_meddler(uint32_t pid)
{
    struct shared *shared = user_shared();
    while (!shared->primes)
        user_yield();
    user_say("reading is allowed: ", shared->primes);
    shared->primes = pid;
    user_say("writing, too: ", shared->primes);
    return 0;
}

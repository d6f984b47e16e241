/* user_sieve.c - a user program: primes, in a heap whose pages come when they are touched. */
#include "user.h"

enum {
    LIMIT = 120000,
    PRIMES = 11301, /* below LIMIT */
};

static uint32_t started = 7; /* initialized data, private to the process */

uint32_t user_sieve(uint32_t pid)
{
    uint8_t *composite = user_heap();
    uint32_t primes = 0, now = user_time();
    if (user_getpid() != pid || started != 7)
        return 1;
    started = pid + 8;
    for (uint32_t i = 2; i < LIMIT; i++) {
        if (i % 10000 == 0) {
            uint32_t before = now;
            now = user_time();
            if ((int32_t)(now - before) <= 0)
                return 2; /* time does not go back */
        }
        if (composite[i])
            continue;
        primes++;
        for (uint32_t k = i + i; k < LIMIT; k += i)
            composite[k] = 1;
    }
    user_say("primes below 120000: ", primes);
    user_shared()->primes = primes;
    return primes == PRIMES && started == pid + 8 ? 0 : 3;
}

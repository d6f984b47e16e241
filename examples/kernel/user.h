/* user.h - what a user program sees: five system calls, its heap, the page that all processes share. */
#ifndef EXAMPLES_KERNEL_USER_H
#define EXAMPLES_KERNEL_USER_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel.h"

/* Write BYTES bytes; returns how many were taken, or -1 if they are not the program's own. */
int32_t user_write(const char *text, uint32_t bytes);
/* Let the others run. */
void user_yield(void);
uint32_t user_getpid(void);
/* Ticks of the interval timer; wraps around. */
uint32_t user_time(void);
_Noreturn void user_exit_with(uint32_t status);

/* The programs: status 0 is good. PID is what the kernel says the process is. */
uint32_t user_sieve(uint32_t pid);
uint32_t user_sums(uint32_t pid);
uint32_t user_wild(uint32_t pid);
uint32_t user_meddler(uint32_t pid);

/* user_lib.c. Write TEXT and a number. */
void user_say(const char *text, uint32_t number);

/* In the shared page: the sieve writes, the others read. */
struct shared {
    volatile uint32_t primes;
};
static inline struct shared *user_shared(void)
{
    return (struct shared *)SHARED_BASE;
}

static inline uint8_t *user_heap(void)
{
    return (uint8_t *)HEAP_BASE;
}

#endif

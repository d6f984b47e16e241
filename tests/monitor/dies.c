/* dies.c - a guest that dies two calls deep: a load of a word from an odd address, without a handler for that. */
#include <understudy.h>

uint32_t dies_inner(const uint32_t *at);
uint32_t dies_outer(uint32_t n);

__attribute__((noinline)) uint32_t dies_inner(const uint32_t *at)
{
    return *at + 7; /* here */
}

__attribute__((noinline)) uint32_t dies_outer(uint32_t n)
{
    return dies_inner((const uint32_t *)(n | 1)) + 1; /* called here */
}

int main(void)
{
    printf("dies\n");
    return (int)dies_outer(0x8000) + 3;
}

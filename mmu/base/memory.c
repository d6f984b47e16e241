/* memory.c - see memory.h: for programs that say nothing about it themselves, as tests do. */
#include "mmu/base/memory.h"

#include <assert.h>

__attribute__((weak)) _Noreturn void memory_missing(void)
{
    assert(!"the host has no more memory");
    __builtin_unreachable();
}

/* virtual.c - mixed.c in virtual memory; the TLBs have room for all of its pages. */
#define work work_mixed
#include "mixed.c"
#undef work

#include "translation.h"

uint32_t work(void);

uint32_t work(void)
{
    translation_begin();
    return work_mixed();
}

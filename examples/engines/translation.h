/* translation.h - virtual memory for a guest that measures: every page is translated to itself when it first misses. */
#ifndef ENGINES_TRANSLATION_H
#define ENGINES_TRANSLATION_H

#include <understudy.h>

enum { PSW_C = 0x00040000, PSW_D = 0x00000002, VECTOR_ITLB_MISS = 6, VECTOR_DTLB_MISS = 15 };

/* Operand of IxTLBP: D bit; access type 3, everything is allowed at level 0. */
#define PROTECTION UINT32_C(0x13000000)

static uint32_t system_calls;

static void miss(struct interruption_frame *frame)
{
    uint32_t offset = frame->vector == VECTOR_ITLB_MISS ? frame->iaoq[0] : frame->ior;
    uint32_t operand = offset >> 12 << 5;
    if (frame->vector == VECTOR_ITLB_MISS)
        __asm__ volatile("iitlba %0,(%%sr1,%1)\n\tiitlbp %2,(%%sr1,%1)" : : "r"(operand), "r"(offset), "r"(PROTECTION));
    else
        __asm__ volatile("idtlba %0,(%%sr1,%1)\n\tidtlbp %2,(%%sr1,%1)" : : "r"(operand), "r"(offset), "r"(PROTECTION));
}

/* A BREAK: the first one turns translation on; the program goes on behind it. */
static void called(struct interruption_frame *frame)
{
    frame->ipsw |= PSW_C | PSW_D;
    frame->iaoq[0] = frame->iaoq[1];
    frame->iaoq[1] += 4;
    system_calls++;
}

static inline void call_system(void)
{
    __asm__ volatile("break 1,1" : : : "memory");
}

/* Space registers are 0 from the start: all addresses are in space 0. */
static inline void translation_begin(void)
{
    interruption_connect(VECTOR_ITLB_MISS, miss);
    interruption_connect(VECTOR_DTLB_MISS, miss);
    interruption_connect(VECTOR_BREAK, called);
    call_system();
}

#endif

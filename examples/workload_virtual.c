/* workload_virtual.c - workload.c in virtual memory: what `understudy bench` measures as "translated".
 *
 * The same program, compiled from the same file, with PSW[C] and PSW[D] on; every page that it touches is translated to
 * itself. The page's entry is inserted at its first miss; the TLBs as they come have room for all of them.
 */
#define main workload_main
#include "workload.c"
#undef main

int main(void);

enum {
    PSW_C = 0x00040000,
    PSW_D = 0x00000002,
    VECTOR_ITLB_MISS = 6,
    VECTOR_DTLB_MISS = 15,
};

/* Operand of IxTLBP: D bit; access type 3, everything is allowed at level 0. */
#define PROTECTION UINT32_C(0x13000000)

static void miss(struct interruption_frame *frame)
{
    uint32_t offset = frame->vector == VECTOR_ITLB_MISS ? frame->iaoq[0] : frame->ior;
    uint32_t operand = offset >> 12 << 5;
    if (frame->vector == VECTOR_ITLB_MISS)
        __asm__ volatile("iitlba %0,(%%sr1,%1)\n\tiitlbp %2,(%%sr1,%1)" : : "r"(operand), "r"(offset), "r"(PROTECTION));
    else
        __asm__ volatile("idtlba %0,(%%sr1,%1)\n\tidtlbp %2,(%%sr1,%1)" : : "r"(operand), "r"(offset), "r"(PROTECTION));
}

/* The program asks for translation with a BREAK: it goes on after it with the PSW changed. */
static void translate(struct interruption_frame *frame)
{
    frame->ipsw |= PSW_C | PSW_D;
    frame->iaoq[0] = frame->iaoq[1];
    frame->iaoq[1] += 4;
}

int main(void)
{
    /* space registers are 0 from the start: all addresses are in space 0 */
    interruption_connect(VECTOR_ITLB_MISS, miss);
    interruption_connect(VECTOR_DTLB_MISS, miss);
    interruption_connect(VECTOR_BREAK, translate);
    __asm__ volatile("break 1,1" : : : "memory");
    return workload_main();
}

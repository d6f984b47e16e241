/* psw.c - the two forms of the processor status word. state.psw is exact between runs; while code runs, C/B and V live
 * in cpu->carry and cpu->v.
 */
#include "cpu/core/core.h"

/* Carry bits 31, 27, ... 3 of the carry vector are PSW[C/B] bits 16..23: one digit each. */
static uint32_t gather_carries(uint32_t carry)
{
    uint32_t x = (carry >> 3) & UINT32_C(0x11111111);
    x = (x | x >> 3) & UINT32_C(0x03030303);
    x = (x | x >> 6) & UINT32_C(0x000F000F);
    return ((x | x >> 12) & 0xFF) << 8;
}

static uint32_t scatter_carries(uint32_t psw)
{
    uint32_t carry = 0;
    for (unsigned digit = 0; digit < 8; digit++) {
        if (psw & (UINT32_C(0x100) << digit))
            carry |= UINT32_C(8) << (4 * digit);
    }
    return carry;
}

uint32_t exec_psw(const struct cpu *cpu)
{
    return (cpu->state.psw & ~(PSW_CB | PSW_V)) | gather_carries(cpu->carry) | (cpu->v ? PSW_V : 0);
}

/* PSW bits that exist: the rest (E, F, G, Y, Z among them: absent features) read 0. */
#define PSW_IMPLEMENTED                                                                                                \
    (PSW_S | PSW_T | PSW_H | PSW_L | PSW_N | PSW_X | PSW_B | PSW_C | PSW_V | PSW_M | PSW_CB | PSW_R | PSW_Q | PSW_P |  \
     PSW_D | PSW_I)

void exec_psw_set(struct cpu *cpu, uint32_t psw)
{
    cpu->state.psw = psw & PSW_IMPLEMENTED;
    cpu->carry = scatter_carries(psw);
    cpu->v = (psw & PSW_V) != 0;
}

/* dtu.h - the delayed-trap unit: arithmetic traps that arrive later (hardware manual section 2).
 *
 * While the unit is on and a class is delayed, an instruction that would trap completes with its defined result, and
 * the pair (destination register, class) is delivered some instructions later into the vectors V1 (registers) and V2
 * (classes). DRAIN delivers all of them now: after it, the vectors tell the truth about everything before it.
 * `V2 & ~held` nonzero is interruption 32 while PSW[I] is 1; hold the classes that you ask for yourself.
 *
 * C arithmetic never traps: use the functions with _trapping, or assembler (addo, subo, sh1addo, addit, ...).
 */
#ifndef UNDERSTUDY_DTU_H
#define UNDERSTUDY_DTU_H

#include <stdbool.h>
#include <stdint.h>

#define DTU_IDENTITY UINT32_C(0x55534454)

/* Class bits of V2, class mask and held. */
#define DTU_OVERFLOW   UINT32_C(0x80000000)
#define DTU_CONDITION  UINT32_C(0x40000000)
#define DTU_FINVALID   UINT32_C(0x20000000)
#define DTU_FDIVISION  UINT32_C(0x10000000)
#define DTU_FOVERFLOW  UINT32_C(0x08000000)
#define DTU_FUNDERFLOW UINT32_C(0x04000000)
#define DTU_FINEXACT   UINT32_C(0x02000000)

/* Turn the unit on or off: SCR bit 7 in CR10. The coprocessor enables in CR10 stay. */
void dtu_enable(bool on);

/* DRAIN: deliver every buffered trap now, then go on. */
static inline void dtu_drain(void)
{
    __asm__ volatile("spop0,7,0" : : : "memory");
}

static inline uint32_t dtu_identify(void)
{
    uint32_t value;
    __asm__ volatile("spop1,7,0 %0" : "=r"(value));
    return value;
}

/* V1: bit i (0 most significant) for general register i; the other word for floating-point register i. */
static inline uint32_t dtu_v1_general(void)
{
    uint32_t value;
    __asm__ volatile("spop1,7,1 %0" : "=r"(value) : : "memory");
    return value;
}

static inline uint32_t dtu_v1_floating(void)
{
    uint32_t value;
    __asm__ volatile("spop1,7,2 %0" : "=r"(value) : : "memory");
    return value;
}

static inline uint32_t dtu_v2(void)
{
    uint32_t value;
    __asm__ volatile("spop1,7,3 %0" : "=r"(value) : : "memory");
    return value;
}

/* Clear the bits of MASK in V1 (general, floating) or V2. */
static inline void dtu_clear_v1_general(uint32_t mask)
{
    __asm__ volatile("spop2,7,1 %0" : : "r"(mask) : "memory");
}

static inline void dtu_clear_v1_floating(uint32_t mask)
{
    __asm__ volatile("spop2,7,2 %0" : : "r"(mask) : "memory");
}

static inline void dtu_clear_v2(uint32_t mask)
{
    __asm__ volatile("spop2,7,3 %0" : : "r"(mask) : "memory");
}

/* Which classes are delayed, and which of them never interrupt because the program asks for them. */
static inline void dtu_set_delayed(uint32_t classes)
{
    __asm__ volatile("spop2,7,4 %0" : : "r"(classes) : "memory");
}

static inline void dtu_set_held(uint32_t classes)
{
    __asm__ volatile("spop2,7,5 %0" : : "r"(classes) : "memory");
}

/* a + b with ADDO, a - b with SUBO: the wrapped result, and an overflow trap (immediate, or delayed by the unit). */
static inline int32_t add_trapping(int32_t a, int32_t b)
{
    int32_t sum;
    __asm__ volatile("addo %1,%2,%0" : "=r"(sum) : "r"(a), "r"(b) : "memory");
    return sum;
}

static inline int32_t sub_trapping(int32_t a, int32_t b)
{
    int32_t difference;
    __asm__ volatile("subo %1,%2,%0" : "=r"(difference) : "r"(a), "r"(b) : "memory");
    return difference;
}

#endif

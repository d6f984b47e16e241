/* mmu_support.h - how the guests mmu_*.c and trap_*.c run a few instructions under any PSW, privilege level and
 * translation, and see exactly which interruption ends them.
 *
 * A trial is an interruption frame: trial_run loads all of it (registers, queues, PSW) and returns from interruption
 * into it; the next interruption that the TLB handlers cannot serve by themselves comes back as another frame. So every
 * trial ends with an interruption, and the code under test ends with a BREAK. The program itself runs in absolute mode.
 *
 * TLB misses are served in assembler (mmu_handlers.S) from the ranges given here, whatever the size and the kind of the
 * TLBs, so that a trial's outcome does not depend on them. What is in no range comes back as the miss.
 */
#ifndef UNDERSTUDY_TESTS_MMU_SUPPORT_H
#define UNDERSTUDY_TESTS_MMU_SUPPORT_H

/* A range of translations: byte offsets, for assembler. */
#define RANGE_BYTES      0 /* 0: end of the table */
#define RANGE_SPACE      4
#define RANGE_BASE       8
#define RANGE_PHYSICAL   12
#define RANGE_PROTECTION 16
#define RANGE_STRIDE     20
#define RANGES_MAX       15

/* PSW bits (manual, "Processor Status Word"). */
#define PSW_S 0x02000000
#define PSW_T 0x01000000
#define PSW_H 0x00800000
#define PSW_L 0x00400000
#define PSW_N 0x00200000
#define PSW_X 0x00100000
#define PSW_B 0x00080000
#define PSW_C 0x00040000
#define PSW_V 0x00020000
#define PSW_M 0x00010000
#define PSW_R 0x00000010
#define PSW_Q 0x00000008
#define PSW_P 0x00000004
#define PSW_D 0x00000002
#define PSW_I 0x00000001

/* Bits of the operand of IxTLBP (manual, "Insert Data TLB Protection"). */
#define PROT_T                 0x20000000
#define PROT_D                 0x10000000
#define PROT_B                 0x08000000
#define PROT_RIGHTS(t, p1, p2) ((t) << 24 | (p1) << 22 | (p2) << 20)
#define PROT_ID(id)            ((id) << 1)
#define PROT_ALL               (PROT_D | PROT_RIGHTS(3, 3, 0)) /* everyone reads and executes, level 0 writes */
#define PROT_DATA              (PROT_D | PROT_RIGHTS(1, 3, 3)) /* everyone reads and writes */

#ifndef __ASSEMBLER__
#include <understudy.h>

typedef struct interruption_frame frame;

struct range {
    uint32_t bytes, space, base, physical, protection;
};

/* Vectors by the manual's numbers. */
enum {
    V_HPMC = 1,
    V_RECOVERY = 3,
    V_EXTERNAL = 4,
    V_ITLB_MISS = 6,
    V_INSTRUCTION_PROTECTION = 7,
    V_ILLEGAL = 8,
    V_BREAK = 9,
    V_PRIVILEGED_OPERATION = 10,
    V_PRIVILEGED_REGISTER = 11,
    V_OVERFLOW = 12,
    V_CONDITIONAL = 13,
    V_ASSIST_EXCEPTION = 14,
    V_DTLB_MISS = 15,
    V_NA_ITLB_MISS = 16,
    V_NA_DTLB_MISS = 17,
    V_DATA_BREAK = 19,
    V_DIRTY = 20,
    V_REFERENCE = 21,
    V_EMULATION = 22,
    V_HIGHER = 23,
    V_LOWER = 24,
    V_TAKEN_BRANCH = 25,
    V_ACCESS_RIGHTS = 26,
    V_PROTECTION_ID = 27,
    V_UNALIGNED = 28,
};

/* Install the TLB handlers, and catch every other interruption. Call it first. */
void trial_start(const char *name);
/* The number of wrong checks is printed; returns main's value. */
int trial_end(void);

/* A trial that executes the code at CODE (in space 0) at privilege LEVEL under PSW (PSW[Q] is added); registers 0. */
frame trial_new(const void *code, unsigned level, uint32_t psw);
/* Run it. The outcome is valid until the next run. */
const frame *trial_run(const frame *trial);

/* A range of BYTES (whole pages) from BASE in SPACE is PHYSICAL on, with the operand of IxTLBP. It replaces the range
 * that begins at the same place, and what the TLBs hold of it is purged. PROTECTION 0: no range there. */
void map(uint32_t space, uint32_t base, uint32_t bytes, uint32_t physical, uint32_t protection);
/* Forget every range and purge both TLBs. */
void map_nothing(void);

/* GOT must be WANTED; WHAT and CASE_NUMBER are for the message. */
void check(const char *what, uint32_t case_number, uint32_t got, uint32_t wanted);
/* The outcome's vector and front of the queue (address with privilege level). */
void check_at(const char *what, uint32_t case_number, const frame *outcome, unsigned vector, const void *front,
              unsigned level);
/* The same, and IIR (the word at FRONT), and the address (ISR, IOR). */
void check_data(const char *what, uint32_t case_number, const frame *outcome, unsigned vector, const void *front,
                unsigned level, uint32_t isr, uint32_t ior);

static inline uint32_t address(const void *label)
{
    return (uint32_t)label;
}

static inline uint32_t word_of(const void *label)
{
    return *(const volatile uint32_t *)label;
}

/* Times that the TLB handlers served a miss: instruction, data, non-access. It depends on the TLBs: not for output. */
extern volatile uint32_t mmu_served[3];
/* Not 0: a high-priority machine check executes a BREAK in its handler, with PSW[Q] = 0. */
extern volatile uint32_t mmu_break_in_machine_check;
extern struct range mmu_ranges[RANGES_MAX + 1];

#define SET_SR(n, value) __asm__ volatile("mtsp %0,%%sr" #n : : "r"(value) : "memory")
#define SET_CR(n, value) __asm__ volatile("mtctl %0,%%cr" #n : : "r"(value) : "memory")
#define GET_CR(n)                                                                                                      \
    __extension__({                                                                                                    \
        uint32_t got_;                                                                                                 \
        __asm__ volatile("mfctl %%cr" #n ",%0" : "=r"(got_) : : "memory");                                             \
        got_;                                                                                                          \
    })
#endif

#endif

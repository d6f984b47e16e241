/* interrupts.h - interruptions of the processor, and external interrupts.
 *
 * The runtime installs 33 vectors (0..32). Each saves every register in a frame on the stack and calls one C handler,
 * with PSW[Q] on (a trap inside a handler is an ordinary trap) and PSW[I] off. When the handler returns, the frame is
 * loaded back and the interrupted program goes on, so a handler that changes the frame changes the program.
 * A vector without a handler prints what happened and powers off with status 128 + vector.
 *
 * A program starts with external interrupts off (PSW[I] = 0, EIEM = 0).
 */
#ifndef UNDERSTUDY_INTERRUPTS_H
#define UNDERSTUDY_INTERRUPTS_H

#include <stdbool.h>
#include <stdint.h>

#include <board.h>

/* The interrupted program. Registers that C code never spoils (FR 12..21, SR 1..7) are not saved. */
struct interruption_frame {
    union {
        uint32_t vector; /* GR 0 is always zero: its place holds the vector */
        uint32_t gr[32];
    };
    uint32_t iasq[2]; /* instruction address queues, front and back */
    uint32_t iaoq[2];
    uint32_t ipsw;
    uint32_t iir, isr, ior; /* the instruction, and the address it used */
    uint32_t sar, sr0;
    uint64_t fr[19]; /* FR 0 (status), 4..11, 22..31 */
};

typedef void (*interruption_handler)(struct interruption_frame *frame);
typedef void (*interrupt_handler)(unsigned interrupt);

/* Call HANDLER for VECTOR (1..32) from now on; NULL: the default again. Vector 4 (external interrupt) is handled by
 * the runtime, which calls what interrupt_connect was given. */
void interruption_connect(unsigned vector, interruption_handler handler);
/* The manual's name of VECTOR, or "reserved". */
const char *interruption_name(unsigned vector);
/* Report FRAME on the console and power off with status 128 + vector. */
_Noreturn void interruption_fatal(const struct interruption_frame *frame);

/* Call HANDLER for external interrupt INTERRUPT (0..31) and enable it in EIEM; NULL: disable it. The bit in EIRR is
 * cleared before the call. It is called only while PSW[I] is 1. */
void interrupt_connect(unsigned interrupt, interrupt_handler handler);

/* The mask bit of external interrupt INTERRUPT. */
static inline uint32_t interrupt_mask(unsigned interrupt)
{
    return UINT32_C(0x80000000) >> interrupt;
}

/* PSW[I] off; returns what to give to interrupts_restore. */
static inline uint32_t interrupts_off(void)
{
    uint32_t old;
    __asm__ volatile("rsm 1,%0" : "=r"(old) : : "memory");
    return old;
}

/* PSW[I] on: pending enabled interrupts are taken at once. */
static inline void interrupts_on(void)
{
    __asm__ volatile("ssm 1,%%r0" : : : "memory");
}

/* PSW[I] as it was before interrupts_off. */
static inline void interrupts_restore(uint32_t old)
{
    if (old & PSW_BIT_I)
        interrupts_on();
}

/* External interrupts that are pending (EIRR, CR23), and forget those in MASK. */
static inline uint32_t interrupts_pending(void)
{
    uint32_t eirr;
    __asm__ volatile("mfctl %%cr23,%0" : "=r"(eirr));
    return eirr;
}

static inline void interrupts_clear(uint32_t mask)
{
    __asm__ volatile("mtctl %0,%%cr23" : : "r"(mask) : "memory");
}

/* External interrupts that are enabled (EIEM, CR15). */
static inline uint32_t interrupts_enabled(void)
{
    uint32_t eiem;
    __asm__ volatile("mfctl %%cr15,%0" : "=r"(eiem));
    return eiem;
}

static inline void interrupts_enable(uint32_t mask)
{
    __asm__ volatile("mtctl %0,%%cr15" : : "r"(mask) : "memory");
}

/* Nothing to do until something happens: the idle hint of Linux/parisc. The machine may let time pass until the next
 * event; an interrupt that is enabled in EIEM and already pending ends it at once, whatever PSW[I] is. So the safe way
 * to wait is: interrupts off, look whether there is work, and only if there is none, idle; then look again. It may
 * come back for no reason. */
static inline void idle(void)
{
    __asm__ volatile("or %%r10,%%r10,%%r10" : : : "memory");
}

#endif

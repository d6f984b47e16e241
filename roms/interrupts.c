/* interrupts.c - what happens after start.S has saved the registers: which C function handles which interruption.
 *
 * Architecture manual, "Interruptions": vectors, and EIRR and EIEM for external interrupts. Always holds: a handler
 * runs with PSW[I] = 0 and PSW[Q] = 1; an external interrupt's EIRR bit is cleared before its handler looks at the
 * device, so that an event after the look posts it again.
 */
#include <understudy.h>

#include "runtime.h"

_Static_assert(offsetof(struct interruption_frame, iasq) == FRAME_IASQ, "start.S");
_Static_assert(offsetof(struct interruption_frame, iaoq) == FRAME_IAOQ, "start.S");
_Static_assert(offsetof(struct interruption_frame, ipsw) == FRAME_IPSW, "start.S");
_Static_assert(offsetof(struct interruption_frame, iir) == FRAME_IIR, "start.S");
_Static_assert(offsetof(struct interruption_frame, isr) == FRAME_ISR, "start.S");
_Static_assert(offsetof(struct interruption_frame, ior) == FRAME_IOR, "start.S");
_Static_assert(offsetof(struct interruption_frame, sar) == FRAME_SAR, "start.S");
_Static_assert(offsetof(struct interruption_frame, sr0) == FRAME_SR0, "start.S");
_Static_assert(offsetof(struct interruption_frame, fr) == FRAME_FR, "start.S");
_Static_assert(sizeof(struct interruption_frame) == FRAME_BYTES, "start.S");
_Static_assert(FRAME_STRIDE >= FRAME_BYTES + 48 && FRAME_STRIDE % 64 == 0, "frame marker and arguments, alignment");

static interruption_handler handlers[VECTORS];
static interrupt_handler external_handlers[32];
static bool dying;

void interruption_connect(unsigned vector, interruption_handler handler)
{
    if (vector < VECTORS)
        handlers[vector] = handler;
}

const char *interruption_name(unsigned vector)
{
    static const char *const names[VECTORS] = {
        [1] = "high-priority machine check",
        [2] = "power failure",
        [3] = "recovery counter",
        [4] = "external interrupt",
        [5] = "low-priority machine check",
        [6] = "instruction TLB miss",
        [7] = "instruction memory protection",
        [8] = "illegal instruction",
        [9] = "break instruction",
        [10] = "privileged operation",
        [11] = "privileged register",
        [12] = "overflow",
        [13] = "conditional",
        [14] = "assist exception",
        [15] = "data TLB miss",
        [16] = "non-access instruction TLB miss",
        [17] = "non-access data TLB miss",
        [18] = "data memory protection or unaligned data reference",
        [19] = "data memory break",
        [20] = "TLB dirty bit",
        [21] = "page reference",
        [22] = "assist emulation",
        [23] = "higher-privilege transfer",
        [24] = "lower-privilege transfer",
        [25] = "taken branch",
        [26] = "data memory access rights",
        [27] = "data memory protection identifier",
        [28] = "unaligned data reference",
        [32] = "delayed trap",
    };
    return vector < VECTORS && names[vector] ? names[vector] : "reserved";
}

_Noreturn void interruption_fatal(const struct interruption_frame *frame)
{
    unsigned vector = frame->vector;
    if (!dying) { /* an interruption of this very report must not report again */
        dying = true;
        printf("\ninterruption %u (%s) at %08x.%08x, then %08x.%08x\n", vector, interruption_name(vector),
               frame->iasq[0], frame->iaoq[0], frame->iasq[1], frame->iaoq[1]);
        printf("IIR %08x  ISR %08x  IOR %08x  IPSW %08x  SAR %02x\n", frame->iir, frame->isr, frame->ior, frame->ipsw,
               frame->sar);
        for (unsigned i = 1; i < 32; i++)
            printf("r%-2u %08x%s", i, frame->gr[i], i % 8 == 7 || i == 31 ? "\n" : "  ");
    }
    power_off(128 + vector);
}

void interrupt_connect(unsigned interrupt, interrupt_handler handler)
{
    uint32_t old = interrupts_off();
    uint32_t mask = interrupt_mask(interrupt & 31);
    external_handlers[interrupt & 31] = handler;
    interrupts_enable(handler ? interrupts_enabled() | mask : interrupts_enabled() & ~mask);
    interrupts_restore(old);
}

/* Vector 4: every interrupt that is pending and enabled, bit 0 first. */
static void external(const struct interruption_frame *frame)
{
    uint32_t pending;
    while ((pending = interrupts_pending() & interrupts_enabled()) != 0) {
        unsigned interrupt = 0;
        while (!(pending & interrupt_mask(interrupt)))
            interrupt++;
        interrupts_clear(interrupt_mask(interrupt));
        if (!external_handlers[interrupt])
            interruption_fatal(frame);
        external_handlers[interrupt](interrupt);
    }
}

void us_interruption_dispatch(struct interruption_frame *frame)
{
    unsigned vector = frame->vector;
    if (vector < VECTORS && handlers[vector])
        handlers[vector](frame);
    else if (vector == VECTOR_EXTERNAL)
        external(frame);
    else
        interruption_fatal(frame);
}

/* adjust.h - interrupt frequency adjustment (step S103 of US 9,465,634, paragraph [0118]; claim 1 of US 9,454,442):
 * fewer virtual interrupts than the hardware raises, because each one costs both computers a synchronization point.
 *
 * It lies in the primary's monitor between device and log, under every protocol: for what is withheld the guest's
 * device registers show nothing yet. Nothing is ever dropped: what is "omitted" are points of time that carry no
 * completion. That an interrupt of fixed period is thinned by a rate, and one without is gathered with others, is the
 * patent's; the rules by which that is done are our own.
 *
 * FIXED PERIOD: the interval timer. A match at tick m, p after the one given before, is withheld until m + (R-1) p, if
 * it comes as regularly as the one before. That is computed from the clock of an epoch's end on both computers, or,
 * where the timer is logged, at the primary alone; the state belongs to the virtual processor in either case.
 *
 * UNFIXED: bytes of input and completions of disk commands wait for each other, at the live computer only. One that
 * dies with something gathered has told nobody of it.
 *
 * Private to ft/vmm/.
 */
#ifndef US_FT_VMM_ADJUST_H
#define US_FT_VMM_ADJUST_H

#include <stdbool.h>
#include <stdint.h>

#include "ft/channel/inputs.h"
#include "mmu/base/queue.h"
#include "mmu/base/visit.h"

struct board;
struct vmm;

/* A virtual processor's. Ticks are those of its clock. */
struct timer_thinning {
    uint64_t rate;         /* R in force; changes are logged */
    uint64_t given_ticks;  /* the due tick of the match given before; 0: none was */
    uint64_t period_ticks; /* p of that one */
    bool withheld;         /* a match has passed that has not been given: */
    uint64_t match_ticks, due_ticks;
};

/* What has come at the live computer, and waits for more: bytes of input, frames, and completions. */
enum gathered_kind { GATHERED_BYTES, GATHERED_FRAMES, GATHERED_COMPLETIONS, GATHERED_KINDS };
struct gathering {
    QUEUE(struct interrupt) of[GATHERED_KINDS];
};

void timer_thinning_visit(struct timer_thinning *thinning, struct visit *visit);
void gathering_visit(struct gathering *gathering, struct visit *visit);
void gathering_free(struct gathering *gathering);

/* The virtual processor is new. */
void adjust_begin(struct vmm *vmm);
/* A setting has changed while the system runs: a change of the rate is logged. At the beginning of an epoch. */
void adjust_log_rate(struct vmm *vmm);

/* At which tick of the virtual processor's clock is the interval timer due next? */
uint64_t adjust_timer_due_ticks(const struct vmm *vmm);
/* The timer is looked at, at CLOCK_PS of that clock, inside an epoch or at its END: is an interrupt due that is to be
 * given now? It is then in *GIVEN, an INTERRUPT_MATCH. */
bool adjust_timer_due(struct vmm *vmm, uint64_t clock_ps, bool end, struct interrupt *given);
/* The same at a backup that is sent the interrupts: what was sent is buffered, and CLOCK_PS is the clock of the end. */
void adjust_timer_follow(struct vmm *vmm, uint64_t clock_ps);
/* The guest has set another alarm: one that is withheld is given before it is forgotten. */
void adjust_timer_set(struct vmm *vmm);

/* INTERRUPT, of a device, has become known: log it, or gather it first. Its data are the callee's. */
void adjust_interrupt(struct vmm *vmm, const struct interrupt *interrupt);
/* How much of STREAM is gathered? */
uint64_t adjust_waiting(const struct vmm *vmm, enum input_stream stream);
/* EVENT_GATHERED of KIND: no more of it is waited for. */
void adjust_gathered(struct vmm *vmm, enum gathered_kind kind);
/* The guest was reset: it waits for no completion any more. */
void adjust_forget(struct vmm *vmm);

#endif

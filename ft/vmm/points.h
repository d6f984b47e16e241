/* points.h - synchronization points: epochs whose ends the primary chooses, and the places in the instruction stream at
 * which it says that they are (docs/protocols.md, "Points").
 *
 * A protocol whose primary's program has 'run-to-event' has them. The primary ends an epoch where a virtual interrupt
 * can be given to the guest, before an output, or after as many instructions as an epoch has at most; [end, E] says
 * where that was, and the backup runs E to that place. A place is a count of branches and the queues of instruction
 * addresses (US 9,400,666, claim 1), because a count alone is not enough on a machine whose counter interrupts late.
 *
 * The hardware that we have counts exactly, so such a counter is simulated: with setting counter-skid the backup's
 * enters its monitor up to so many instructions late. Where that cannot show - the margin is wide enough, and nothing
 * can make the replicas differ - the backup runs by the number of instructions, and checks the rest.
 *
 * Private to ft/vmm/.
 */
#ifndef US_FT_VMM_POINTS_H
#define US_FT_VMM_POINTS_H

#include "ft/message.h"
#include "mmu/base/queue.h"

struct vmm;

/* What [end, E] said. */
struct sent_point {
    uint64_t epoch, insns; /* how many instructions E has */
    struct sync_point point;
};

/* How far a backup is on its way to the place where its epoch ends. */
enum approach {
    APPROACH_ARMED,    /* the counter counts branches */
    APPROACH_ENTERING, /* it has counted them, and the hardware has not entered the monitor yet */
    APPROACH_CLOSING,  /* one instruction at a time, until the place is there */
};

struct points {
    bool used; /* the protocol has points */
    /* At a VP that is live: what ends the epoch under way, and since which instruction something waits to be given. */
    enum point_reason why;
    bool waits;
    uint64_t waits_since_insns;
    uint32_t waiting, external_bits; /* how much waits, and which external interrupts the guest will have of it */
    uint64_t left; /* how many instructions may run before the monitor looks again; 0: the epoch is over */
    /* Where and why the last epoch ended, and how many instructions it had. */
    struct sync_point last;
    uint64_t last_insns;
    /* At a backup. */
    QUEUE(struct sent_point) sent;
    enum approach approach;
    uint64_t enters_insns; /* of APPROACH_ENTERING: the instruction count at which it does */
    uint64_t turn_insns;   /* the instruction count at which those beside had their last turn */
};

void points_free(struct points *points);
void points_visit(struct points *points, struct visit *visit);

/* An epoch begins. */
void points_begin(struct vmm *vmm);
/* When is the clock to be looked at next, although the VP waits for something? Whoever wakes it otherwise decides when
 * a match is noticed. TIME_NEVER: at no time that is not past, or the VP is not live. */
uint64_t points_due_ps(struct vmm *vmm);
/* How many instructions may it run before the clock is to be looked at? */
uint64_t points_until_clock(struct vmm *vmm);
/* Where does it stand? points.left is what may run from here. False: the computer dies, or the replicas differ. */
bool points_look(struct vmm *vmm);
/* The epoch under way, of a VP that is live, ends here because of REASON. */
void points_end_here(struct vmm *vmm, enum point_reason reason);
/* The epoch is over: points.last is its end. False: the computer dies. */
bool points_ended(struct vmm *vmm);
/* Must the epoch end before the output that is about to be made? */
bool points_end_before_output(const struct vmm *vmm);
/* Did the last epoch end before an output? Then its end gives the guest nothing. */
bool points_at_output(const struct vmm *vmm);
/* The clock of the epoch's end is known: make due what it makes due. SENT: the primary has done so. */
void points_take_clock(struct vmm *vmm, bool sent);
/* At a fail-over: buffer what the clock has made due since the last end that was sent. */
void points_add_due(struct vmm *vmm);
/* Are the ends to come, if nothing else ends an epoch, known by their length alone? */
bool points_by_length(struct vmm *vmm);
/* A backup's next end is one by length: where should it be, as [end, E] has said? */
struct position points_wanted(struct vmm *vmm);
/* The VP has passed TIMES ends by length, the last of them at PLACE: that is points.last. */
void points_settle(struct vmm *vmm, uint64_t times, const struct position *place);
/* A backup has been sent that EPOCH ends at PLACE, by its length. */
void points_ends_at(struct vmm *vmm, uint64_t epoch, const struct position *place);
/* MESSAGE, [end, E], has come. */
void points_received(struct vmm *vmm, const struct message *message);
/* Do others have a turn at this end? They do after an epoch's length of instructions since *TURN_INSNS, which is when
 * they had their last, and but before an output. */
bool points_turn(const struct vmm *vmm, uint64_t *turn_insns);

#endif

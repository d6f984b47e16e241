/* fault.h - where a computer is made to fail, by the names that scripts use (docs/protocols.md, "Where a computer can
 * be made to fail").
 *
 * WHO@WHERE: WHO is the role at the moment of the crash, primary or backup (a processor's fault: cpuN, primary.cpuN,
 * backup.cpuN, or a virtual machine's name, on whose processor it strikes); WHERE is instruction=N, epoch=N,
 * step=NAME[:K], operation=K[.before|.issued|.partial:MASK|.performed|.completed] or time=T.
 */
#ifndef US_FT_FAULT_H
#define US_FT_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "ft/vm.h"
#include "mmu/base/error.h"

enum role { ROLE_PRIMARY, ROLE_BACKUP };

enum fault_place {
    FAULT_INSTRUCTION, /* before the VP's instruction count `number` (the first is 0) */
    FAULT_EPOCH,       /* before the first instruction of epoch `number` (the first is 1) */
    FAULT_STEP,        /* at the `number`-th time (from 1) that protocol step `step` is taken */
    FAULT_OPERATION,   /* at the `number`-th output (from 1), at `phase` of it */
    FAULT_TIME,        /* at virtual time `number` picoseconds */
};

enum operation_phase {
    OPERATION_BEFORE,    /* before the store that issues it */
    OPERATION_ISSUED,    /* the device has it; nothing performed */
    OPERATION_PARTIAL,   /* the blocks of `mask` performed (bit 0: first block; repeated every 64), then the crash */
    OPERATION_PERFORMED, /* performed in full; its interrupt is not with the VMM */
    OPERATION_COMPLETED, /* its interrupt is buffered and sent */
};

/* The protocol steps, by name: what happens between two actions of a protocol (docs/protocols.md, "Where a computer can
 * be made to fail"). */
#define PROTOCOL_STEPS(STEP)                                                                                           \
    STEP(RUN, "run")                                                                                                   \
    STEP(VALUE_SENT, "value-sent")                                                                                     \
    STEP(INTERRUPT_BUFFERED, "interrupt-buffered")                                                                     \
    STEP(INTERRUPT_SENT, "interrupt-sent")                                                                             \
    STEP(TIME_SENT, "time-sent")                                                                                       \
    STEP(ACKS_AWAITED, "acks-awaited")                                                                                 \
    STEP(DELIVERED, "delivered")                                                                                       \
    STEP(END_SENT, "end-sent")                                                                                         \
    STEP(CHECKPOINT_PAGE, "checkpoint-page")                                                                           \
    STEP(CHECKPOINT_SENT, "checkpoint-sent")                                                                           \
    STEP(COMMIT_AWAITED, "commit-awaited")                                                                             \
    STEP(OPERATION_ISSUED, "operation-issued")                                                                         \
    STEP(OUTPUT_HELD, "output-held")                                                                                   \
    STEP(OUTPUT_RELEASED, "output-released")                                                                           \
    STEP(OUT_SENT, "out-sent")                                                                                         \
    STEP(ADJUSTED, "adjusted")                                                                                         \
    STEP(POINT_CHOSEN, "point-chosen")                                                                                 \
    STEP(B_MESSAGE_RECEIVED, "b-message-received")                                                                     \
    STEP(B_ACKED, "b-acked")                                                                                           \
    STEP(B_TIME_AWAITED, "b-time-awaited")                                                                             \
    STEP(B_END_AWAITED, "b-end-awaited")                                                                               \
    STEP(B_DELIVERED, "b-delivered")                                                                                   \
    STEP(B_CHECKPOINT_AWAITED, "b-checkpoint-awaited")                                                                 \
    STEP(B_CHECKPOINT_APPLIED, "b-checkpoint-applied")                                                                 \
    STEP(B_ARMED, "b-armed")                                                                                           \
    STEP(B_CLOSING, "b-closing")                                                                                       \
    STEP(B_SUSPENDED, "b-suspended")                                                                                   \
    STEP(B_OVERSHOOT, "b-overshoot")                                                                                   \
    STEP(DETECTED, "detected")                                                                                         \
    STEP(ARBITER_ASKED, "arbiter-asked")                                                                               \
    STEP(FENCED, "fenced")                                                                                             \
    STEP(CONNECTED, "connected")                                                                                       \
    STEP(OUTSTANDING_TOLD, "outstanding-told")                                                                         \
    STEP(PROMOTED, "promoted")                                                                                         \
    STEP(JOIN_STARTED, "join-started")                                                                                 \
    STEP(JOIN_PAGE, "join-page")                                                                                       \
    STEP(JOIN_DONE, "join-done")                                                                                       \
    /* Of a host whose processor fails (docs/hitachi.md). */                                                           \
    STEP(FAULT_DETECTED, "fault-detected")                                                                             \
    STEP(RETRIED, "retried")                                                                                           \
    STEP(VM_SAVED, "vm-saved")                                                                                         \
    STEP(REAL_SAVED, "real-saved")                                                                                     \
    STEP(INFO_STORED, "info-stored")                                                                                   \
    STEP(ALERTED, "alerted")                                                                                           \
    STEP(AREAS_READ, "areas-read")                                                                                     \
    STEP(RESTARTED, "restarted")                                                                                       \
    STEP(INTERRUPTED, "interrupted")                                                                                   \
    STEP(VM_RETRIEVED, "vm-retrieved")                                                                                 \
    STEP(VALID_TESTED, "valid-tested")                                                                                 \
    STEP(VM_RESTORED, "vm-restored")                                                                                   \
    STEP(ATTRIBUTE_READ, "attribute-read")                                                                             \
    STEP(PROCESSOR_CHOSEN, "processor-chosen")                                                                         \
    STEP(REASSIGNED, "reassigned")                                                                                     \
    STEP(CONFIGURED_OFF, "configured-off")                                                                             \
    STEP(RESUMED, "resumed")                                                                                           \
    STEP(LOST_SENT, "lost-sent")

enum protocol_step {
#define STEP(id, name) PROTOCOL_STEP_##id,
    PROTOCOL_STEPS(STEP)
#undef STEP
        PROTOCOL_STEP_COUNT
};

/* What happens there (docs/faults.md, "Faults"). */
enum fault_kind {
    FAULT_CRASH,
    FAULT_CUT, /* the channel: what is sent waits until it is healed; both computers fall silent to each other */
    FAULT_HEAL,
    FAULT_DELAY,    /* messages take `argument` microseconds longer from then on; more than the time-out: the living
                       primary is declared failed */
    FAULT_ACK_LOSS, /* the acknowledgements under way are lost; a later one stands in for them */
    FAULT_MEDIUM,   /* the disk's block `argument` cannot be read or written any more */
    FAULT_SLOW,     /* the computer works at `argument` percent of its speed from then on */
    FAULT_FLIP,     /* bit `bit` of general register `argument`, or of the RAM byte there if `memory`, changes */
    FAULT_SOFT,     /* a processor's: instruction retry succeeds */
    FAULT_HARD,     /* retry does not: the instruction is backed out, the state is saved, the processor stops */
    FAULT_DAMAGE,   /* the processor stops in the middle of an instruction, its registers are lost */
    FAULT_HANG,     /* it says nothing any more, and they are lost */
};

/* Is it a real processor's? */
static inline bool fault_is_of_processor(enum fault_kind kind)
{
    return kind >= FAULT_SOFT;
}

/* Whom it strikes. */
enum fault_who {
    FAULT_OF_COMPUTER,  /* that of `role` */
    FAULT_OF_PROCESSOR, /* real processor `processor` of that computer; a WHERE counts what that has done */
    FAULT_OF_VM,        /* the virtual machine called `vm` there, or the processor on which it is then */
};

struct fault {
    enum role role;
    enum fault_who who;
    bool role_said; /* as in primary.cpu0, which is cpu0 */
    uint32_t processor;
    char vm[VM_NAME_BYTES];
    enum fault_kind kind;
    uint64_t argument;
    uint8_t bit;
    bool memory;
    enum fault_place place;
    uint64_t number;
    enum protocol_step step;
    enum operation_phase phase;
    uint64_t mask;
};

/* Parse "[KIND,]WHO@WHERE": "primary@operation=3.partial:0x5" is a crash; KIND is cut, heal, delay=US, ack-loss,
 * medium=BLOCK, slow=PERCENT, flip=grN:BIT or flip=ADDRESS:BIT, or a processor's: soft, hard, damage, hang. False with
 * one line in ERROR. */
bool fault_parse(const char *text, struct fault *fault, struct error *error);
/* Parse a WHERE alone ("epoch=12"); the role is ROLE_PRIMARY. */
bool fault_parse_where(const char *text, struct fault *fault, struct error *error);
/* The text that fault_parse takes. */
void fault_format(const struct fault *fault, char *text, unsigned size);
const char *protocol_step_name(enum protocol_step step);

#endif

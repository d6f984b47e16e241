/* protocol.h - what a protocol is: three short programs of actions, and some choices.
 *
 * The actions are mechanisms that all protocols share (ft/vmm/actions.h): run, buffer, send, await, deliver, suppress,
 * promote, make uncertain. A protocol is a table of them, readable beside its paper; dec.c, bs.c and bs_revised.c are
 * the ones we have, and a file can hold another (file.c). Between two actions lies a protocol step, where a computer
 * can be made to fail. A table that makes no sense is refused with a sentence when it is asked for (check.h).
 */
#ifndef US_FT_PROTOCOL_PROTOCOL_H
#define US_FT_PROTOCOL_PROTOCOL_H

#include <stdbool.h>

#include "ft/protocols.h"
#include "ft/system.h"

/* Programs that an action may stand in: one bit each. IN_OTHERS: of a computer that joins, or of a replay. */
enum {
    IN_PRIMARY = 1 << 0,
    IN_BACKUP = 1 << 1,
    IN_FAILOVER = 1 << 2,
    IN_OTHERS = 1 << 3,
    IN_EPOCHS = IN_PRIMARY | IN_BACKUP | IN_FAILOVER,
};

/* ACTION(id, programs, word in a file, name for a person) */
#define ACTIONS(ACTION)                                                                                                \
    /* The program begins again; the first, which is 0, so that a table ends with it by itself. */                     \
    ACTION(LOOP, IN_PRIMARY | IN_BACKUP, "loop", "begin again")                                                        \
    /* The VP executes the epoch; E := E + 1. */                                                                       \
    ACTION(RUN, IN_EPOCHS, "run", "run")                                                                               \
    /* Where the primary chooses the ends of epochs (ft/vmm/points.h): until one is wanted; to the place that [end, E] \
     * says; at a fail-over, if the last epoch ended before an output: that epoch is over, with nothing delivered, and \
     * the output's instruction alone, suppressed, is the next one. */                                                 \
    ACTION(RUN_TO_EVENT, IN_PRIMARY, "run-to-event", "run to an event")                                                \
    ACTION(RUN_TO_POSITION, IN_BACKUP, "run-to-position", "run to the position")                                       \
    ACTION(RUN_ONE, IN_FAILOVER, "run-one", "run one instruction")                                                     \
    ACTION(NEXT_EPOCH, IN_EPOCHS, "next-epoch", "next epoch")                                                          \
    /* The clock of the epoch's end: the VP's own, or at a backup the primary's if it was sent; buffer the interrupts  \
     * that it makes due; deliver what is buffered for the end of this epoch. */                                       \
    ACTION(TAKE_CLOCK, IN_EPOCHS, "take-clock", "take the clock")                                                      \
    ACTION(ADD_DUE, IN_EPOCHS, "add-due", "add what is due")                                                           \
    ACTION(DELIVER, IN_EPOCHS, "deliver", "deliver")                                                                   \
    /* At the primary; the acknowledgements are those of every message sent so far. */                                 \
    ACTION(SEND_TIME, IN_PRIMARY, "send-time", "send [E, Tme]")                                                        \
    ACTION(AWAIT_ACKS, IN_PRIMARY, "await-acks", "await acknowledgements")                                             \
    ACTION(SEND_END, IN_PRIMARY, "send-end", "send [end, E]")                                                          \
    /* C_E, the state as it is now: what changed since C_(E-1) (ft/vmm/checkpoint.h). */                               \
    ACTION(SEND_CHECKPOINT, IN_PRIMARY, "send-checkpoint", "send checkpoint E")                                        \
    /* At the backup; if the primary fails meanwhile, the failover program takes over. */                              \
    ACTION(AWAIT_TIME, IN_BACKUP, "await-time", "await [E, Tme]")                                                      \
    ACTION(AWAIT_END, IN_BACKUP, "await-end", "await [end, E+1]")                                                      \
    ACTION(AWAIT_CHECKPOINT, IN_BACKUP, "await-checkpoint", "await checkpoint E+1")                                    \
    /* The VP becomes what C_E says. */                                                                                \
    ACTION(APPLY_CHECKPOINT, IN_BACKUP, "apply-checkpoint", "apply checkpoint E")                                      \
    /* At a backup whose primary has failed: ask, and be fenced off if another was first; older generations are        \
     * refused from now on; figure 7, step 310; step 312: what was logged for an epoch that has not ended; to the      \
     * devices, in the VP's place; step 314 or P8: buffer what the fail-over policy says; I/O is live, and the         \
     * primary's program goes on. */                                                                                   \
    ACTION(ASK_ARBITER, IN_FAILOVER, "ask-arbiter", "ask the arbiter")                                                 \
    ACTION(FENCE, IN_FAILOVER, "fence", "fence")                                                                       \
    ACTION(TELL_OPERATOR, IN_FAILOVER, "tell-operator", "tell the operator")                                           \
    ACTION(DISCARD, IN_FAILOVER, "discard", "discard")                                                                 \
    ACTION(CONNECT, IN_FAILOVER, "connect", "connect")                                                                 \
    ACTION(TELL_OUTSTANDING, IN_FAILOVER, "tell-outstanding", "tell of what is outstanding")                           \
    ACTION(PROMOTE, IN_FAILOVER, "promote", "promote")                                                                 \
    /* A repaired computer: the VP itself. */                                                                          \
    ACTION(JOIN, IN_OTHERS, "join", "join")                                                                            \
    /* A backup whose VP is not the primary's any more: nothing; it goes on receiving. */                              \
    ACTION(STAND, IN_OTHERS, "stand", "stand: the replicas differ")                                                    \
    /* At a VP that follows a recording: take what ends this epoch from it, and what a fail-over added to an end that  \
     * the VP had come with. */                                                                                        \
    ACTION(FOLLOW, IN_OTHERS, "follow", "follow the recording")                                                        \
    ACTION(FOLLOW_LATE, IN_OTHERS, "follow-late", "follow the recording")

enum action {
#define ACTION(id, programs, word, name) ACTION_##id,
    ACTIONS(ACTION)
#undef ACTION
        ACTION_COUNT
};

enum { PROGRAM_ACTIONS_MAX = 24 };
typedef enum action action_program[PROGRAM_ACTIONS_MAX];

/* What a primary does about an output. */
#define OUTPUT_RULES(RULE)                                                                                             \
    /* Issue it. */                                                                                                    \
    RULE(AT_ONCE, "at-once")                                                                                           \
    /* Output commit: await the acknowledgement of everything sent, then issue it. */                                  \
    RULE(AWAIT, "await")                                                                                               \
    /* End the epoch before it, then the same. */                                                                      \
    RULE(END_EPOCH, "end-epoch")                                                                                       \
    /* End the epoch before it; it waits for the same, and the virtual processor goes on. Where checkpoints are sent,  \
     * nothing ends before it, and it waits for the acknowledgement of the next one. */                                \
    RULE(HOLD, "hold")

/* The word that a file has for RULE. */
const char *output_rule_word(unsigned rule);

enum output_rule {
#define RULE(id, word) OUTPUT_##id,
    OUTPUT_RULES(RULE)
#undef RULE
        OUTPUT_RULE_COUNT
};

/* A set of rules of explainability (docs/explainability.md): what disk, terminal or network showed was not so in H. */
enum { RULE_DISK = 1 << 1, RULE_ORDER = 1 << 4, RULE_TERMINAL = 1 << 5, RULE_NETWORK = 1 << 7 };

/* Bit R: rule R of explainability (docs/explainability.md) may be broken, and its author knows it: anywhere, or by what
 * a primary did in the epoch in which it died; always, or on a channel that loses messages in a crash. */
struct protocol_exceptions {
    uint32_t anywhere, anywhere_losing;
    uint32_t last_epoch, last_epoch_losing;
};

struct protocol {
    const char *name, *title;
    action_program primary; /* one epoch, begins with the first instruction of it */
    action_program
        backup; /* one epoch likewise; a new backup begins at its AWAIT_END or AWAIT_CHECKPOINT, in epoch 0 */
    action_program failover; /* at the end of epoch X, when [end, X+1] will not come */
    enum output_rule output;
    enum failover_policy policy; /* its own */
    struct protocol_exceptions expected;
};

/* The protocol of CONFIG; NULL with one line in ERROR: there is none of that name. */
const struct protocol *protocol_of(const struct system_config *config, struct error *error);
/* Does its primary choose where epochs end, and say so in [end, E]? */
bool protocol_has_points(const struct protocol *protocol);
/* Does its primary send checkpoints, and no log? */
bool protocol_has_checkpoints(const struct protocol *protocol);
/* Does its primary await acknowledgements in each epoch? */
bool protocol_awaits_acks(const struct protocol *protocol);
/* Where in `backup` a new backup begins. */
unsigned protocol_backup_start(const struct protocol *protocol);

/* "run"; "?": there is no such action. */
const char *action_name(enum action action);

#endif

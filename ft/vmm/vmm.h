/* vmm.h - the virtual machine monitor of one computer, with one fault-tolerant virtual processor (VP).
 *
 * What reaches the VP comes in one way only: the LOG. At a primary it is made here (interrupts with their data, values
 * of environment instructions, the clock at an epoch's end) and sent; at a backup it is what the channel brought. The
 * VP's devices are the VMM's virtual ones: they change by the VP's own stores and at the ends of epochs
 * (ACTION_DELIVER).
 *
 * The VMM interprets its protocol's program (protocol.h) one action at a time; an action that must wait says so and is
 * called again, so a computer can be advanced in pieces on any host thread.
 */
#ifndef US_FT_VMM_VMM_H
#define US_FT_VMM_VMM_H

#include "ft/channel/inputs.h"
#include "ft/channel/peer.h"
#include "ft/computer/computer.h"
#include "ft/log/values.h"
#include "ft/message.h"
#include "ft/protocol/protocol.h"
#include "ft/vmm/adjust.h"
#include "ft/vmm/checkpoint.h"
#include "ft/vmm/held.h"
#include "ft/vmm/hold.h"
#include "ft/vmm/points.h"
#include "mmu/base/queue.h"

/* Why the processor was made to stall. */
enum stall {
    STALL_NONE,
    STALL_COMMIT, /* acknowledgements are awaited (output commit, power-off) */
    STALL_BUSY,   /* the monitor has not yet simulated what comes before the output */
    STALL_OTHER,  /* another computer could still act before: wait for it */
    STALL_PERSON, /* a stop point lies before the output */
    STALL_ROOM,   /* an output must wait, and there is no room for it (hold.h) */
    STALL_POINT,  /* the epoch ends before the output (points.h) */
    STALL_OFF,    /* the suppressed VP turns itself off: its epoch ends before that store */
    STALL_LEADER, /* the leader's monitor is to come to this time: wait for that */
};

/* Its place among those of its computer that are fault tolerant (follower.h). */
struct following {
    struct vmm *leader;          /* NULL: it follows nobody */
    VEC(struct vmm *) followers; /* that it leads */
    uint64_t turns;              /* a leader's: it has given so many; a follower's: it has had so many */
    uint64_t given_ps;           /* a leader's: when it gave the last one */
    bool in_turn;                /* a follower's: it has its turn */
    bool sleeps;                 /* it came to nothing to do in an earlier turn, in an epoch that is not over */
    bool at_output;              /* it comes to an output, which the leader's monitor makes */
    uint64_t attended_ps;        /* for that, it has come to this time, and heard all that is known then */
};

struct vmm {
    struct computer *computer;
    const struct protocol *protocol;
    enum failover_policy policy;
    const enum action *program;
    unsigned at; /* in the program */

    uint64_t epoch, epoch_start_insns;
    uint64_t quiet_ends, quiet_beats;  /* of epochs, and heartbeats, that the run under way may pass (quiet.h); 0
                                          between runs */
    VEC(struct position) quiet_places; /* room for where they are, if the primary says where an epoch ends */
    VEC(struct position) quiet_wanted; /* at a backup: where they should be */
    uint64_t epoch_start_references;   /* for epochs that are counted in memory references */
    bool in_epoch, epoch_over, idle, resetting;
    bool delivered;    /* what was buffered for this epoch's end: what becomes known now is the next one's */
    bool suppressed;   /* I/O instructions are no-ops here (Processor_Type = Backup) */
    bool linked;       /* there is a computer at the other end: the log is sent */
    bool alone;        /* there is no backup to wait for: none at all, or one that has not been sent the whole VP */
    bool failing_over; /* the primary has been declared failed */
    enum stall stall;
    uint64_t output_since_ps;               /* when the VP first came to the output that stalls it; 0: to none */
    uint64_t wake_ps;                       /* of an action that sleeps */
    bool slept;                             /* its clock has gone on: a fault may be due */
    struct peer peer;                       /* all that is known of the computer at the other end */
    uint64_t epoch_start_ps, slow_until_ps; /* a primary whose backup lags waits at an epoch's end until then */
    uint64_t start_epoch;                   /* the VP came here complete at the end of this epoch; 0: at power-on */
    /* At the beginning of an epoch of a survivor that runs alone: if another computer is to join, it begins to. False:
     * that is not known yet; wait. */
    bool (*join_if_due)(struct vmm *vmm);
    struct join *join; /* a survivor's, while a repaired computer joins (join.c); else NULL */
    bool joined;       /* a backup's: its VP is complete */
    struct following following;

    /* The VP's clock: the hardware's plus an offset, never backwards. */
    int64_t clock_offset_ps;
    uint64_t last_clock_ps, end_clock_ps;
    uint64_t timer_seen_ticks;              /* ticks of the clock at which the interval timer was last looked at */
    uint64_t frames_seen;                   /* the display's frame that began last then (display_frame_due) */
    uint64_t simulated_seen, busy_until_ps; /* so many simulated instructions have their time, and that is over then */

    struct timer_thinning thinning;  /* the VP's */
    uint64_t rate_logged;            /* R, as it was logged last */
    struct gathering gathering;      /* what has come and is not logged */
    struct hold hold;                /* outputs that wait */
    struct points points;            /* where epochs end, if the primary says it */
    struct checkpointing checkpoint; /* what is sent instead of the log, if the protocol says so */

    QUEUE(struct interrupt) buffered; /* in the order in which they are delivered */
    struct {
        uint64_t next;     /* the number to ask the world for next */
        uint64_t buffered; /* how many are among `buffered` */
    } input[INPUT_STREAMS];
    struct traps traps; /* delivered to the VMM and not yet to the VP */

    VEC(struct logged_value) waiting_values; /* a primary's, for the line */
    packed_values packed;                    /* room for a message of them */

    /* A backup's: what the channel brought. */
    QUEUE(struct logged_value) values, clocks;
    uint64_t ended_epoch; /* the last [end, E] */
    bool off_known;
    bool peer_lost;                         /* [lost] has come: the primary's VP is gone */
    bool differs;                           /* the replicas differ: it stands, and never takes over; */
    char how[512];                          /* in words */
    bool by_digest;                         /* seen at an epoch's end, by the primary's digest */
    uint64_t seen_clock_ps, seen_at_ps;     /* the last clock or value seen in the log, and when */
    QUEUE(struct logged_value) digests;     /* value: the digest that the primary sent */
    VEC(struct disk_operation) unperformed; /* suppressed and not told, with their data: for policy reissue */
    uint64_t performed_out;                 /* up to this number the terminal has its output; what is beyond is */
    held_outputs held;
    uint64_t performed_frames; /* the same of frames */
    held_frames held_frames;
    uint64_t frames_told; /* a primary's: what its last [E, Net] said */

    struct recording *recording; /* what the VP has consumed so far (tape.h); NULL: not wanted */
    struct replay *replay;       /* where the log comes from instead (replay.h); NULL: no replay */
    struct past *past;           /* a primary's that sends digests: its last states (past.h) */
};

/* COMPUTER has a VMM with its VP, as the config says. False with a line in ERROR. */
bool vmm_init(struct computer *computer, struct error *error);
extern const struct computer_kind vmm_kind;
void vmm_free(struct vmm *vmm);
/* Between runs: all of it (vmm_visit.c). */
void vmm_visit(struct vmm *vmm, struct visit *visit);

/* ---- between vmm.c, exits.c, the actions, inputs.c and receive.c ---- */

enum outcome {
    OUTCOME_DONE,    /* go on with the next action */
    OUTCOME_AGAIN,   /* something happened; call this action again */
    OUTCOME_SLEEP,   /* nothing to do before wake_ps or the next event */
    OUTCOME_BLOCKED, /* wait for the other computer */
    OUTCOME_SWITCH,  /* the program has been changed */
    OUTCOME_REACHED, /* where a person asked to stop */
};

enum outcome vmm_act(struct vmm *vmm, enum action action);

/* Until this time, exclusive, it may run or sleep: nothing of another computer can be noticed here before. */
uint64_t vmm_horizon_ps(struct vmm *vmm);
/* Has it come there? Then its host thread waits as one that may not be further ahead, if it is only that. */
bool vmm_at_horizon(struct vmm *vmm);

/* When it has something to do of its own: an event, the release of a held output, a report that is to be taken. Whoever
 * lets virtual time go on here (the VP, a turn of another VP, a sleep) stops then: otherwise the host's slices would
 * say when it is done. */
uint64_t vmm_due_ps(const struct vmm *vmm);
/* There is a computer at the other end from now on, or not any more. */
void vmm_link(struct vmm *vmm, bool linked);
/* The replicas differ, and this is how: a backup stands from now on (docs/time.md, "Divergence"); a run without a peer
 * is over. */
void vmm_differs(struct vmm *vmm, const char *how);

/* The same in other words: a backup stands because of what SENTENCE says. */
void vmm_stands(struct vmm *vmm, const char *sentence);

extern const struct host vmm_host;

/* The VP's clock now, picoseconds; never goes back. */
uint64_t vmm_clock(struct vmm *vmm);
/* When its interval timer will match or its display will begin a frame, in virtual time, as far as they have been
 * looked at. */
uint64_t vmm_clock_due_ps(struct vmm *vmm);
/* Is its epoch one in which the VP has nothing more to do before vmm->wake_ps, or a follower before another turn? */
bool vmm_sleeps(struct vmm *vmm);
/* Is there a computer at the other end that is sent the log? Else it is sent checkpoints, or there is none. */
static inline bool vmm_logs(const struct vmm *vmm)
{
    return vmm->linked && !vmm->checkpoint.used;
}

/* Send MESSAGE to the backup, if there is one. */
void vmm_send(struct vmm *vmm, const struct message *message);
/* The same: one of the present epoch with SIZE bytes, which are the caller's. */
void vmm_send_bulk(struct vmm *vmm, enum message_class message_class, uint64_t index, const uint8_t *bytes,
                   uint32_t size);
/* P0: send [E, Val], at once or, if the line is busy, with others when it is free. */
void vmm_send_value(struct vmm *vmm, const struct logged_value *value);
/* What waits for the line leaves now, or after what lies on it. */
void vmm_send_waiting(struct vmm *vmm);
/* May an output be made now, at a VP that is live: is what COMMIT wants acknowledged, and nobody before it? PHYS_STALL:
 * vmm_after_stall says how to wait, or the computer dies. */
enum phys_result vmm_output_ready(struct vmm *vmm, bool commit);
enum outcome vmm_after_stall(struct vmm *vmm);
bool vmm_output_commit(const struct vmm *vmm);
/* When the VP first came to the output that it makes now. */
uint64_t vmm_output_since(const struct vmm *vmm);
/* What the instructions cost that were simulated since the last call (cost-simulate-us). */
uint64_t vmm_take_simulated_ps(struct vmm *vmm);
/* Is everything sent so far acknowledged? OUTCOME_DONE if so; else sets wake_ps. */
enum outcome vmm_await_acks(struct vmm *vmm);
/* Buffer an interrupt for the end of its epoch, in the order in which it is to be delivered. The buffer owns its data.
 */
void vmm_buffer(struct vmm *vmm, const struct interrupt *interrupt);
/* The terminal has what the primary put up to NUMBER; the network has its frames. */
void vmm_see_performed(struct vmm *vmm, uint64_t number);
void vmm_see_frames_performed(struct vmm *vmm, uint64_t number);
/* Deliver to the VP what is buffered for the end of the present epoch. */
void vmm_deliver(struct vmm *vmm);
/* The external interrupts that the guest has when INTERRUPT is delivered as things are now, as bits of EIRR. */
uint32_t deliver_external_bits(const struct vmm *vmm, const struct interrupt *interrupt);
/* Issue the suppressed output that is held, with its numbers. */
void vmm_issue_held(struct vmm *vmm);
/* Delete what is buffered for later epochs. */
void vmm_discard(struct vmm *vmm);
/* Is the end of disk operation NUMBER buffered, out of the log? */
bool vmm_knows_end(const struct vmm *vmm, uint64_t number);
/* A logged interrupt of the present epoch: buffer it, and send it. One that becomes known between the delivery at the
 * epoch's end and the next epoch (where a clock goes on that nobody here leads) waits for that, which vmm_send_late
 * sends when it has been counted. */
void vmm_send_late(struct vmm *vmm);
void vmm_interrupt(struct vmm *vmm, const struct interrupt *interrupt);
/* Send the logged interrupts that are buffered, to a computer that begins to join: what became known between the end of
 * the last epoch and now is in no state that it is sent. */
void vmm_send_buffered(struct vmm *vmm);
/* Take from the channel what has arrived by now; then, if READY does not hold: how to wait for it. A primary that is
 * silent for too long is declared failed, and the failover program begins: OUTCOME_SWITCH. */
enum outcome vmm_await(struct vmm *vmm, bool (*ready)(const struct vmm *vmm));
/* A backup for which it matters when exactly a message is received: because of a fault, a trail or a stop there. */
bool vmm_receives_on_arrival(const struct vmm *vmm);
/* Such a one takes what has arrived by now. When does the next message arrive, as far as is certain? */
void vmm_receive_arrived(struct vmm *vmm);
uint64_t vmm_next_arrival_ps(const struct vmm *vmm);
/* Has everything that arrives until now come, so that its receiver may die now? */
bool vmm_has_heard_all(struct vmm *vmm);
/* By which rule a fail-over goes on: RULE_POINTS where the primary chose where epochs end; else DISCARDS if the epoch
 * of the failure is run anew (figure 7), RUNS_ON if it is run to its end (P7). */
enum rule vmm_failover_rule(const struct vmm *vmm, enum rule discards, enum rule runs_on);
/* What a backup does that stands. */
extern const enum action stand_program[];

/* ---- re-integration (join.c) ---- */

/* What a computer does that has no VP yet. */
extern const enum action join_program[];
/* A survivor's side of a join in progress. */
void join_visit(struct vmm *vmm, struct visit *visit);
/* vmm->join_if_due of a computer whose other one is in this process: if a repair is due, it is made new and begins to
 * join. False: whether it is dead by now is not known yet. */
bool join_if_repaired(struct vmm *vmm);
/* Another computer is at the other end of the channel, and has nothing: at the beginning of an epoch, send it the VP.
 */
void join_begin(struct vmm *vmm);
/* A VMM that is new has no VP: it awaits one that joins it. */
void join_await(struct vmm *vmm);
/* EVENT_JOIN: send the next pages. */
void join_event(struct vmm *vmm);
/* A primary takes what its backup has reported by NOW_PS. */
void vmm_hear(struct vmm *vmm, uint64_t now_ps);
/* The run is over, for all: a primary takes the reports that it has gone on without (quiet_foreseen_lag_ps). */
void vmm_hear_rest(struct vmm *vmm);
/* The bound on a backup's lag; UINT64_MAX: there is none. */
uint64_t vmm_lag_max_ps(const struct vmm *vmm);
/* Is a backup that has the whole VP known to lag by no more than it may? */
bool vmm_keeps_up(const struct vmm *vmm);
/* Has a computer that joins been sent the whole VP, and received it, as far as its reports tell? True if none joins. */
bool join_all_sent(const struct vmm *vmm);
/* Have all pages been sent, and nobody has said so? Where checkpoints are sent that is said behind the next one
 * (join_finish). */
bool join_waits(const struct vmm *vmm);
void join_finish(struct vmm *vmm);
/* As hold_healed: the last of what a joining computer is sent. */
void join_healed(struct vmm *vmm, uint64_t waited, uint64_t left);
/* At an epoch's end: the joining computer has everything, its lag is within its bound, and it is in from here on. */
void join_complete(struct vmm *vmm);
/* The joining computer failed. */
void join_abandon(struct vmm *vmm);
/* A joining computer's: take a message of class MESSAGE_JOIN_STATE, _PAGE or _DONE. False if it makes no sense. */
bool join_receive(struct vmm *vmm, const struct message *message);

/* So many slices are over: epochs, each with what belongs to its end, the wait of a slowed primary. Between [E + 1
 * counted] and that it is still E's, however the host cuts it. A follower's are its turns. */
uint64_t vmm_turns(const struct vmm *vmm);

/* The VP is on no processor: its monitor goes on, on any. When has it something to do, not before now? */
uint64_t vmm_attention_ps(const struct vmm *vmm);
/* It is TIME_PS, and what is due then happens: heartbeats are sent, events handled, a fault strikes. The VP executes
 * nothing. */
enum advance vmm_attend(struct vmm *vmm, uint64_t time_ps);

/* The VP is gone with the real processor that executed it: [lost] is sent behind everything else. The computer is not:
 * it joins again if REJOINS. */
void vmm_lose_vp(struct vmm *vmm, bool rejoins);

/* FAULT, of the channel or of acknowledgements, happens now (channel_faults.c). */
void vmm_strike(struct computer *computer, const struct fault *fault);

/* Free what is buffered, and the suppressed commands. */
void vmm_drop_buffers(struct vmm *vmm);
void vmm_forget_unperformed(struct vmm *vmm);

#endif

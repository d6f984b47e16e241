/* computer.h - one computer of a system: its clock, its events, its controllers' ends at the shared devices, its board,
 * and what kind of computer it is: bare, or with a virtual machine monitor (kind.h; docs/protocols.md).
 *
 * It may use ft/world and what is below that. A computer is advanced by one host thread at a time; what another thread
 * may look at is atomic, in the channel, or under the system's lock.
 *
 * TIME. A computer's clock is a function of what its guest has executed and of what its VMM has waited for:
 *     now = clock_ps + (instructions since base_insns) * insn_ps
 * An event happens at the first instruction boundary at or after its time. Waits move clock_ps. (One whose clock is
 * the host's is led: see `led`.)
 */
#ifndef US_FT_COMPUTER_COMPUTER_H
#define US_FT_COMPUTER_COMPUTER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "ft/board/board.h"
#include "ft/channel/channel.h"
#include "ft/channel/peer.h"
#include "ft/computer/events.h"
#include "ft/log/operations.h"
#include "ft/computer/pace.h"
#include "ft/computer/stop.h"
#include "mmu/base/rng.h"
#include "ft/world/host_time.h"
#include "ft/world/world.h"

struct chronicle;
struct computer_kind;
struct vmm;
struct wire;
struct world_calls;

/* A disk command at this computer's controller, on its way to the disk. */
struct in_flight {
    struct disk_operation op;
    uint64_t output; /* which output of the guest it was, from 1 */
    uint64_t start_ps, end_ps;
};

enum arbiter_answer { ARBITER_NOT_YET, ARBITER_WON, ARBITER_LOST };

/* What came of advancing a computer. */
enum advance {
    ADVANCE_MORE,    /* did something: publish it and call again */
    ADVANCE_BLOCKED, /* can do nothing until the other computer has advanced */
    ADVANCE_REACHED, /* at the point asked for (system_until, breakpoint) */
    ADVANCE_STRUCK,  /* the real processor that executes it has failed (computer->check) */
    ADVANCE_OVER,    /* dead, or the run is over for it */
};

/* Where a computer is in what its kind does. */
struct place {
    uint64_t epoch;      /* 0: bare */
    const void *program; /* of its VMM; NULL: bare */
    unsigned at;
    bool in_epoch; /* or, bare: idle */
};

/* The real processor that executes it now, where the host has several (ft/host/). What that has counted is what the
 * computer's guest has, and so much more. */
struct processor_seat {
    bool taken;
    unsigned processor;
    uint64_t insns, outputs, slices;
};

struct computer {
    struct world *world;
    const struct world_calls *calls; /* the way to what is shared */
    void *remote;                    /* theirs */
    struct computer *other; /* the one that this one's survivor makes new, or NULL; nothing of it is looked at */
    unsigned peer_number;   /* its process */
    const struct computer_kind *kind;
    unsigned index;
    unsigned number; /* which one it is, for a person */
    enum role role;
    bool alive;
    bool over;      /* nothing more will happen here */
    bool followed;  /* its VP came to the power-off that the primary had performed */
    bool resetting; /* the guest stored to the reset register */
    bool dying;     /* a fault struck in the middle of something: the computer dies at once */
    bool fenced;    /* no fault: another computer has the arbiter, and this one halts before an output */
    bool vp_lost;   /* its VP is gone with the processor that executed it, and the computer is not (docs/hitachi.md) */
    _Atomic bool rejoins; /* it joins as the backup as soon as there is a survivor, and needs no repair */
    uint64_t died_ps;
    uint64_t clock_ps, base_insns, insn_ps;
    /* Of insn_ps, which is the virtual processor's: what the hardware takes for an instruction; its speed now, in
     * percent of that; and what an instruction takes the slower one of the two computers. */
    uint64_t hardware_insn_ps, speed_percent, equal_insn_ps;
    /* In virtual time its clock is led by what it executes and waits for. Where it is the host's, which `led` tells, an
     * instruction takes none of it (insn_ps is 0): whoever runs it looks at the host's again after so many
     * instructions, and the VP whenever it reads its clock. NULL: virtual time. */
    uint64_t (*led)(const struct computer *computer);
    uint64_t turn_insns;
    bool crowded; /* too much of what its VP has said waits for other processes: the VP stands, and nothing else */
    /* For its promises (promise.c). */
    bool sends;               /* there is somebody at the other end of its channel */
    uint64_t says_from_ps;    /* its host may tell the operator of something at this time; TIME_NEVER: of nothing */
    bool reported;            /* it has put a report into the queue to its peer */
    uint64_t idle_until_ps;   /* it waits for another and would send nothing before this time anyway; or 0 */
    uint64_t touches_from_ps; /* a suppressed one touches nothing shared before this time */
    uint64_t ahead_ps;        /* beyond the next report it may go on: the host's, no state */
    uint64_t executed;        /* epochs that its VP has executed: the host's, no state */
    enum sleep sleep;         /* how it waits, when it can do nothing */
    _Atomic bool dead;        /* its host thread has nothing to do until a survivor has made it new */
    int64_t drift_ppm;        /* of its hardware clock against virtual time */
    uint32_t generation;      /* under which it acts on shared devices */
    struct rng disk_rng, trap_rng, crash_rng, entropy_rng, skid_rng;
    struct events events;
    struct board *board;
    struct vmm *vmm;   /* NULL: bare */
    struct wire *wire; /* of a bare computer, to the other one; else NULL */
    struct history history;
    const struct cpu_state *clocked; /* whose instructions take the time now; NULL: the board's */
    VEC(struct in_flight) in_flight;
    struct channel channel;      /* from this computer to the other */
    struct chronicle *chronicle; /* NULL: not wanted */
    struct pace pace;
    bool idle; /* a bare computer's guest has nothing to do before the next event or word */

    /* Where to stop for a person; 0 and TIME_NEVER: nowhere. */
    uint64_t stop_insns, stop_epoch, stop_time_ps;
    const struct moment *stop_moment; /* or NULL */
    struct stops stops;

    struct operation_counts operations;
    /* As a virtual machine of a host. One that has a real computer's VMM to itself is its own carrier. */
    const struct computer *carrier; /* the computer whose host dispatches it */
    const char *vm_name;            /* NULL: it is the first, or there are no others */
    unsigned vm;                    /* which one it is there, the first is 0 */
    /* Of a carrier: the role by which faults of its real processors are planned. That is its own as soon as all that
     * they execute has come to the time at which it took that. */
    enum role planned_role;
    struct processor_seat seat;
    enum fault_kind check; /* what its processor has failed of; 0: nothing */
    unsigned soft_checks;  /* that its host has not counted yet */
    bool yields;           /* others want its processor: when it has nothing to do it says until when, and returns */
    uint64_t yield_until_ps;
    uint64_t alone_until_ps; /* nobody else wants its processor before: it may pass ends of epochs (ft/vmm/quiet.h) */

    struct lags lags;         /* of its backups, as they were reported */
    struct lags delays;       /* of outputs that it has issued: from the guest's store on */
    uint64_t live_from_insns; /* it has been the primary since this instruction of its VP's */
    struct interrupt_counts interrupts[INTERRUPT_CLASSES]; /* likewise */
    struct point_counts points;                            /* of its VP while it was live */
    double cpu_seconds, detected_seconds;  /* the host's clock when it found the primary failed; 0: promoted since */
    double failover_seconds, join_seconds; /* struct system_result */
};

/* Its guest's instruction count; and the time now, also from inside a callback of the processor. */
static inline uint64_t computer_insns(const struct computer *computer)
{
    return computer->board->cpu_state->insns;
}

static inline uint64_t computer_now(const struct computer *computer)
{
    uint64_t insns = computer->clocked ? computer->clocked->insns : computer_insns(computer);
    return computer->clock_ps + (insns - computer->base_insns) * computer->insn_ps;
}

/* Its hardware clock at time TIME_PS: virtual time as its own oscillator counts it. */
uint64_t computer_hardware_clock(const struct computer *computer, uint64_t time_ps);
/* The virtual time at which its hardware clock shows CLOCK_PS. */
uint64_t computer_clock_to_time(const struct computer *computer, uint64_t clock_ps);
/* Make the clock exact at the present instruction, then not earlier than TIME_PS. */
void computer_sleep_until(struct computer *computer, uint64_t time_ps);
/* From now on it works at PERCENT of its speed. */
void computer_slow(struct computer *computer, unsigned percent);
/* The other one takes INSN_PS for an instruction, as it says: the faster one idles the rest (US 9,465,634, claim 1). */
void computer_equalize(struct computer *computer, uint64_t insn_ps);
/* What it takes for an instruction by itself. */
uint64_t computer_own_insn_ps(const struct computer *computer);
/* If its clock is the host's: what that says now. */
void computer_be_led(struct computer *computer);
/* From now on the instructions of STATE take the time; NULL: those of the board's processor, as usual. */
void computer_give_clock(struct computer *computer, const struct cpu_state *state);
/* How many instructions may run before time TIME_PS (0: it is now or was). */
uint64_t computer_insns_until(const struct computer *computer, uint64_t time_ps);

/* Where it is, precise to the protocol's action. */
struct place computer_place(const struct computer *computer);
struct moment computer_moment(const struct computer *computer);
/* Has it come to stop_moment (or past it)? */
bool computer_at_moment(const struct computer *computer);
/* Until when it may sleep, and how many instructions it may run, for a person who wants to stop: at most MOST. */
uint64_t computer_stop_time(const struct computer *computer, uint64_t most_ps);
uint64_t computer_stop_insns(const struct computer *computer, uint64_t most);
/* The computer fails now: everything of it stops; commands at the disk are performed as far as they are (a seeded
 * subset of a write's blocks); of messages under way a suffix may be lost, if channel-crash says so. */
void computer_die(struct computer *computer);
/* Tell the operator how much of a command the disk had performed when the computer failed (MASK as in disk_record). */
void computer_tell_part(struct computer *computer, const struct disk_operation *op, uint64_t mask);
/* Its VP is lost, the computer is not: [lost] has been sent behind everything else, and the rest is as if it failed. */
void computer_lose_vp(struct computer *computer);
/* Another computer was first at the arbiter: this one dies of it, at once. */
void computer_lose(struct computer *computer);
/* PLANNED strikes COMPUTER: it is taken off the plan, and happens. */
void computer_strike_planned(struct computer *computer, struct planned_fault *planned);
/* Protocol step STEP is complete. True if a fault strikes here: the computer is dying, come out quickly. */
bool computer_step_taken(struct computer *computer, enum protocol_step step);
/* Is a fault planned at some time of STEP? */
bool computer_fault_at_step(const struct computer *computer, enum protocol_step step);
/* May a planned fault strike this computer in the role that it has, or has one struck that it is still dying of? */
bool computer_may_be_struck(const struct computer *computer);
/* Does a fault strike at this instruction count, epoch (0: none) or time? Then the computer is dying. */
bool computer_fault_due(struct computer *computer, uint64_t insns, uint64_t epoch);
/* Instructions until the next such fault may strike. */
uint64_t computer_insns_until_fault(const struct computer *computer);
/* The time of the next fault that is given as a time. */
uint64_t computer_next_fault_time(const struct computer *computer);
/* Has a machine check come to the real processor that executes it? What it was doing is done or undone by who looks at
 * that next: its host, at this time of it. */
static inline bool computer_stands(const struct computer *computer)
{
    return computer->check || computer->soft_checks;
}
/* Output number OUTPUT is at PHASE: what is planned for that strikes. True if it dies of it; *MASK as that
 * crash says. */
bool computer_fault_at(struct computer *computer, uint64_t output, enum operation_phase phase, uint64_t *mask);

/* ---- this computer's end of the shared devices (shared_devices.c) ---- */

/* The guest's output number OUTPUT has been issued: the step and phases at which a fault may strike. One that
 * HAS_OUTCOME is asked again when it is performed. */
void computer_output_issued(struct computer *computer, uint64_t output, bool has_outcome);
/* Which output of the guest command NUMBER under way was; 0: none, the VMM issued it. */
uint64_t computer_output_of(const struct computer *computer, uint64_t number);
/* Issue a command (data owned from here); its end comes as EVENT_DISK. */
void computer_disk_issue(struct computer *computer, const struct disk_operation *op, uint64_t output);
/* EVENT_DISK of command NUMBER: perform it. True: *OP (free op->data) and *END are filled. False: the computer was
 * fenced off, or dies here. */
bool computer_disk_perform(struct computer *computer, uint64_t number, struct disk_operation *op,
                           struct disk_completion *end);
/* Forget the commands under way (the guest was reset), or command NUMBER, if it is one of them (its guest has been told
 * that its outcome is unknown: from then on it must not be performed any more). */
void computer_disk_forget(struct computer *computer);
void computer_disk_forget_one(struct computer *computer, uint64_t number);
/* The disk has answered command NUMBER, and it is not forgotten: how it ended, and what a read has read. DATA has
 * disk_data_bytes of it, and is the caller's. */
void computer_disk_answered(struct computer *computer, uint64_t number, enum disk_status status,
                            enum disk_detail detail, const uint8_t *data);
/* The size of disk DEVICE. */
uint32_t computer_disk_blocks(const struct computer *computer, unsigned device);
/* SIZE bytes for the terminal, the first of them with number FIRST_NUMBER. */
void computer_terminal_put(struct computer *computer, uint64_t first_number, const uint8_t *bytes, size_t size);
/* Up to which number does the terminal have what this computer has put? */
uint64_t computer_terminal_performed(const struct computer *computer);
/* Frame NUMBER (from 1) for the network; up to which number has it what this computer has sent? */
void computer_frame_put(struct computer *computer, uint64_t number, const uint8_t *bytes, uint32_t size);
uint64_t computer_frames_performed(const struct computer *computer);
/* EVENT_DISK of command NUMBER, EVENT_INPUT, EVENT_SEAT, EVENT_NETWORK: what has come is given to the computer's kind.
 */
void computer_disk_event(struct computer *computer, uint64_t number);
void computer_input_event(struct computer *computer);
void computer_seat_event(struct computer *computer);
void computer_network_event(struct computer *computer);
/* There may be input: ask the terminal after the time of a byte, if the guest listens. */
void computer_expect_input(struct computer *computer);
/* There may be events: ask the seat on every frame from now on, as long as the guest listens. */
void computer_expect_events(struct computer *computer);
/* There may be frames: look for them, as long as the guest takes them. */
void computer_expect_frames(struct computer *computer);

/* ---- as power-on, and the rest of its life ---- */

/* Computer INDEX of WORLD, without board and kind. */
struct computer *computer_new(struct world *world, unsigned index);
void computer_free(struct computer *computer);
/* Its hardware as at power-on; *CPU is what its processor is to be like. */
void computer_power_on(struct computer *computer, struct cpu_config *cpu);
/* The chance in its hardware begins anew: of one that a survivor of GENERATION has made new, whatever the one in its
 * place did before it died; 0: at power-on. */
void computer_seed(struct computer *computer, uint64_t generation);
/* COMPUTER, which is dead: its board, events, history and channel are no more, those that what follows is made of. What
 * only grows is the caller's to keep. */
void computer_clear(struct computer *computer);
/* ---- as a logical process (promise.c) ---- */

/* After a turn that ended with RESULT: promise the others what will not happen here any more, and wake who waits for
 * that. */
void computer_publish(struct computer *computer, enum advance result);
/* Its host thread can do nothing: order_doze, and what that returns. */
uint64_t computer_doze(const struct computer *computer);
/* A run begins: the promises of the last one are no more. */
void computer_begin_run(struct computer *computer);
/* Until this time, exclusive, no other computer can act on what is shared. */
uint64_t computer_act_bound(const struct computer *computer);
/* May the computer act on what is shared now? False: another could still act before, so ask again when that has gone
 * on; or the run has ended before now, and COMPUTER is over. */
bool computer_may_act(struct computer *computer);
/* Until when one that acts may run without acting; an end of the run cuts it off there. */
uint64_t computer_run_bound(const struct computer *computer);
bool computer_cut_off(struct computer *computer);
/* Does anybody want to know how often STEP has been taken? */
bool computer_counts_step(const struct computer *computer, enum protocol_step step);
/* May it go on, as far as what is counted is concerned? Two computers can both be primaries, one of them not knowing
 * that it has been declared failed: who comes first in virtual time takes a step first, and is struck by a fault. */
bool computer_in_order(struct computer *computer);
/* For the host only: is the other's thread behind EPOCHS, and at work? */
bool computer_waits_for_other(const struct computer *computer, uint64_t epochs);
/* How many epochs has the other's host thread executed, at least? */
uint64_t computer_other_executed(const struct computer *computer);

/* It is dead: may it come back? */
bool computer_may_repair(const struct computer *computer);
/* Does H have what the board has counted? Of a guest that is here, always. */
bool computer_has_its_history(const struct computer *computer);
/* Between runs: all of it. */
void computer_visit(struct computer *computer, struct visit *visit);

/* ---- this computer at the world (world_calls.c) ---- */

/* The disk DEVICE that it reaches. */
static inline struct shared_disk *computer_disk(const struct computer *computer, unsigned device)
{
    return world_disk(computer->world, computer->index, device);
}

/* Tell the operator's console, at the time of COMPUTER (figure 7, step 310). */
void computer_tell(struct computer *computer, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same, as RULE says: its name and its paper stand at the end of the line. */
void computer_tell_rule(struct computer *computer, enum rule rule, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The run is over, at the time of COMPUTER. */
void computer_end(struct computer *computer, enum system_end end, int status, const char *why);
/* The replicas differ, seen at COMPUTER: both stop. */
void computer_diverged(struct computer *computer, const char *what);
/* Has a newer generation than COMPUTER's taken the arbiter? */
bool computer_fenced(struct computer *computer);
/* Ask the arbiter: ARBITER_WON, and COMPUTER has the next generation; ARBITER_LOST if another computer was first;
 * ARBITER_NOT_YET: ask again later (world_calls.h). */
enum arbiter_answer computer_arbitrate(struct computer *computer);
/* Disk and terminal refuse every generation older than COMPUTER's from now on. */
void computer_fence(struct computer *computer);

#endif

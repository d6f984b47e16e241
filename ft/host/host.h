/* host.h - the host of one computer: its real processors, and the virtual machines that it dispatches on them
 * (US 5,805,790, "under control of a host operating system"; docs/hitachi.md).
 *
 * Each virtual machine is a computer under a monitor (ft/vmm) with memory, devices and a log of its own; they share
 * nothing but the processors' time. A processor executes one of them for a slice, an epoch of that, and is then in the
 * host. Who comes next is in TABLES: a virtual machine is on one processor (dedicated), or in the pool. One machine on
 * one processor is the same with the smallest tables, and is dispatched without a look at them.
 *
 * TIME. Each processor has a clock; a virtual machine's goes on while it is executed, and is set forward to its
 * processor's when it is dispatched. The processor that can go on earliest is advanced (ties: the lowest number), so
 * what is decided at a time is decided when everything before it has happened.
 */
#ifndef US_FT_HOST_HOST_H
#define US_FT_HOST_HOST_H

#include "ft/host/save_area.h"
#include "ft/vmm/vmm.h"
#include "mmu/base/vec.h"

enum { HOST_NONE = -1, SOFT_FAULTS_MAX = 3 };

enum processor_state {
    PROCESSOR_WORKING,
    PROCESSOR_SPARE,  /* idle until it is needed */
    PROCESSOR_FAILED, /* it stands, and is not configured off yet */
    PROCESSOR_OFF,
};

struct processor {
    enum processor_state state;
    bool pool; /* it executes those that are shared; else those that are dedicated to it */
    uint64_t clock_ps;
    int vm;   /* that is in a slice there, or HOST_NONE: it is in the host */
    int turn; /* of several that are dedicated to it: who was the last */
    uint64_t insns, outputs, slices;
    uint64_t soft;    /* faults that instruction retry has mended */
    uint64_t busy_ps; /* its clock ran that long in slices */
    uint64_t failed_ps;
    enum fault_kind fault; /* of a failed one */
    int struck;            /* the virtual machine that it executed then, or HOST_NONE */
    struct save_areas areas;
};

/* What one is doing. */
enum vm_state {
    VM_READY,   /* it waits for its turn since ready_ps, or is in a slice */
    VM_WAITING, /* there is no processor for it */
    VM_LOST,    /* its processor has failed, and what becomes of it is not decided */
    VM_OVER,
};

struct vm {
    struct computer *computer;
    enum vm_state state;
    int on;        /* its processor, or VM_SHARED */
    int processor; /* where it is in a slice, or HOST_NONE */
    int last;      /* where it was last; HOST_NONE: nowhere yet */
    int first_at;  /* of the pool, where it goes on first after its processor failed; HOST_NONE: anywhere */
    bool asleep;   /* it has nothing to do before ready_ps, or its next event */
    uint64_t ready_ps;
    uint64_t turn_insns; /* its instruction count when others had their last turn, if that is asked (points_turn) */
    struct vm_attributes attributes;
    uint64_t moves, restarts, waited_ps;
    bool gone; /* its registers, with its processor: `was` has what nobody but a person is told */
    struct cpu_state was;
    int recovery; /* of the host's recoveries, the one that it has not resumed from; HOST_NONE */
};

/* One virtual machine's recovery, for a person. */
struct host_recovery {
    enum fault_kind kind;
    unsigned processor;
    int vm; /* HOST_NONE: the processor was in the host, and had none */
    bool valid;
    enum vm_recovery attribute;
    int to;                    /* the processor on which it went on; HOST_NONE: not yet, or it has ended */
    uint64_t begin_ps, end_ps; /* end_ps 0: it has not gone on */
};

/* The recovery that is under way (recovery.c). */
struct recovering {
    bool active;
    unsigned step;    /* the next one */
    unsigned failed;  /* which processor */
    int healer;       /* which does it; HOST_NONE: not known yet */
    uint64_t due_ps;  /* the next step is at this time, when everything before has happened */
    uint64_t free_ps; /* the recovery before was over then: before that, nobody is told of this one */
    int vm;           /* the virtual machine that is looked at, or HOST_NONE */
    bool in_host;     /* the real machine save area says so */
    bool of_slice;    /* no fault of now: the third soft one, at the end of a slice */
    uint32_t left;    /* bit n: virtual machine n of the failed processor is to be looked at */
    int choice;       /* the processor chosen; VM_SHARED: the pool; or CHOICE_... of private.h */
    int spare;        /* one that has taken the failed one's place already, or HOST_NONE */
    bool noted;       /* it has a row among the host's recoveries */
};

struct vm_host {
    struct computer *computer; /* the first virtual machine, whose computer it is */
    struct computer *looked;   /* where a run stops for a person; NULL: it is no such run */
    unsigned processors, vms;
    struct processor processor[BOARD_PROCESSORS_MAX];
    struct vm vm[VMS_MAX + 1];
    struct recovering recovering;
    uint64_t role_ps; /* since then faults are planned for it as for one of its computer's role */
    bool failed;      /* with its computer: all that was there is gone */
    VEC(struct host_recovery) recoveries;
};

/* The host of COMPUTER, as its world's config says, with it as its first virtual machine. */
struct vm_host *host_new(struct computer *computer);
void host_free(struct vm_host *host);
/* One more: COMPUTER, called NAME, which outlives the host, in a world of its own, as CONFIG says. */
void host_add(struct vm_host *host, struct computer *computer, const char *name, const struct vm_config *config);
/* Let it go on for a while: what came of that for the first virtual machine. */
enum advance host_advance(struct vm_host *host);
/* Its computer has failed, and everything with it. */
void host_die(struct vm_host *host);
/* A person has stopped the run at `looked`: the others come up to its time. */
void host_follow(struct vm_host *host);
/* Is it one virtual machine on one processor, of which no fault is known? */
bool host_is_plain(const struct vm_host *host);
/* Between runs: all of it, but for the virtual machines' own. */
void host_visit(struct vm_host *host, struct visit *visit);
/* FAULT, which is a processor's, happens now. False with a line in ERROR: there is none such, or it has failed. */
bool host_fault_now(struct vm_host *host, const struct fault *fault, struct error *error);
/* Processor NUMBER has been repaired: it is a spare, and those that wait get it. False with a line in ERROR. */
bool host_repair(struct vm_host *host, unsigned number, struct error *error);
/* Does COMPUTER, one of its virtual machines, wait for a processor? */
bool host_waits(const struct vm_host *host, const struct computer *computer);
/* Has virtual machine VM a replica on another computer? The first of a pair has, and those that follow it
 * (ft/vmm/follower.h). */
bool host_is_fault_tolerant(const struct vm_host *host, unsigned vm);
/* Which virtual machine is called NAME; HOST_NONE: none. */
int host_find(const struct vm_host *host, const char *name);
/* Its computer; NULL: there is none of that name. */
struct computer *host_vm(const struct vm_host *host, const char *name);
const char *host_vm_name(const struct vm_host *host, unsigned vm);

#endif

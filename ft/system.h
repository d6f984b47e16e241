/* system.h - a fault-tolerant system: primary and backup computers, channel, shared disk and terminal, arbiter and
 * fault monitor (docs/protocols.md), or one bare computer, or one under a VMM. What the program above drives.
 *
 * A system is created from a config, given an image, run - as a whole or to a point - and asked what came of it. The
 * same config and input give the same run to the byte, whatever `threads` says. Several systems may live in one
 * process. All virtual times are picoseconds since the start.
 */
#ifndef US_FT_SYSTEM_H
#define US_FT_SYSTEM_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/cpu.h"
#include "ft/assumption.h"
#include "ft/fault.h"
#include "ft/rules.h"
#include "ft/settings.h"
#include "io/boot_image.h"
#include "io/display.h"
#include "io/network.h"
#include "ft/stop.h"
#include "ft/vm.h"
#include "io/virtio_slots.h"
#include "mmu/base/error.h"

struct trail;
struct protocol;

enum system_mode { MODE_BARE, MODE_SOLO, MODE_PAIR };

enum failover_policy { FAILOVER_PROTOCOL, FAILOVER_DISCONNECT, FAILOVER_UNCERTAIN, FAILOVER_REISSUE };

enum { FAULTS_MAX = 4096 };

/* What is in a virtio slot (docs/virtio.md). */
struct virtio_config {
    enum virtio_kind kind;
    const char *disk_path; /* of a kind that has a disk; the rest as for the disk controller's */
    uint64_t disk_create_bytes;
    bool disk_snapshot;
};

/* What is at the other end of the network device, if there is one (docs/network.md). */
struct network_peer_config;
struct network_config {
    uint8_t mac[NETWORK_MAC_BYTES];         /* the device's address */
    const struct network_peer_config *peer; /* another computer, which outlives the system; NULL: none */
    const char *capture_path;               /* everything on the wire goes there; NULL: nowhere */
    bool quiet;       /* neither that nor the other computer's terminal is written: this run is one of many (a sweep) */
    const char *user; /* the host's network, with these forwards ("" for none); NULL: not */
};

/* A virtual machine of a host with several (docs/hitachi.md). The run's own guest is called VM_FIRST: of an entry with
 * that name only `on` and the attributes count, the rest is the config's own. */
#define VM_FIRST "first"

struct vm_config {
    char name[VM_NAME_BYTES];
    struct guest_files files;
    uint32_t ram_bytes;    /* 0: as much as the first */
    const char *disk_path; /* NULL: none; the rest as for the config's own */
    uint64_t disk_create_bytes;
    bool disk_snapshot;
    struct virtio_config virtio[VIRTIO_SLOTS];
    const char *terminal_path; /* NULL: its terminal has no file */
    enum vm_home at;
    int on;        /* a real processor, VM_SHARED, or VM_WITH_FIRST */
    bool on_given; /* else the first of a pair is on processor 0 */
    struct vm_attributes attributes;
};
/* What one computer of a pair has of its own (docs/faults.md, "Unequal computers"); what is not given is common. */
enum { OWN_CLOCK_HZ, OWN_RAM, OWN_DISK_LATENCY, OWN_DISK_SPREAD, OWN_TLB, OWN_COST_INSTRUCTION, OWN_VIRTIO, OWN_COUNT };
struct own_value {
    bool given;
    uint64_t value; /* as its setting stores it; RAM: bytes; virtio: bit n, 0 the least significant, is slot n */
};
/* The name of value WHICH in --computer; NULL behind the last one. */
const char *own_name(unsigned which);
/* The row of settings.h whose limits it has; NULL: RAM, virtio. */
const struct setting_row *own_setting(unsigned which);

struct system_config {
    struct own_value own[2][OWN_COUNT]; /* of the computer that begins as the primary, of the other */
    enum system_mode mode;
    const char *protocol;           /* "bs-revised", ... (protocols.h) */
    const struct protocol *written; /* out of a file, which outlives the system; NULL: the one that `protocol` names */
    enum failover_policy failover;
    uint64_t epoch_insns;
    uint32_t ram_bytes;
    const char *disk_path;      /* NULL: no disk */
    uint64_t disk_create_bytes; /* not 0: create the file with this size if it is not there */
    bool disk_snapshot;         /* throw changes away */
    bool disk_overlay;          /* keep changes in memory until system_disk_commit (the monitor, gdb) */
    bool disk_follows; /* with disk_overlay: the file has them at once as well (a run that may be gone back in) */
    struct image_files *images; /* the holder of the images, which outlives the system (image_file.h); NULL: itself */
    struct virtio_config virtio[VIRTIO_SLOTS];
    struct network_config network;
    bool console_plain; /* the terminal has no output numbers */
    uint64_t seed;
    uint64_t timeout_insns;      /* 0: none */
    uint64_t timeout_ps;         /* and under a monitor, at the first epoch that begins then; 0: none */
    unsigned threads;            /* 1 or 2 host threads */
    enum cpu_engine_kind engine; /* what executes; never a different result */
    bool paced;                  /* a person is at the terminal: an idle guest lets the host sleep (pace.h) */
    uint32_t broken;             /* bit i: assumption i does not hold (assumption.h) */
    int input_fd;                /* terminal input; -1: none */
    int output_fd;               /* terminal output; -1: kept in memory only (system_terminal_output) */
    int operator_fd; /* the operator's console (figure 7, step 310): fail-over messages; -1: kept in memory; the same as
                        output_fd: each of them begins a line there */
    const struct fault *faults;
    unsigned fault_count;
    const struct fault *repairs; /* where the survivor is when the other computer is repaired; the role is ignored */
    unsigned repair_count;
    const struct vm_config *vms; /* outlive the system */
    unsigned vm_count;
    struct settings settings;
    const struct world *again;           /* this one from its start (compare.h), to nobody's notice; or NULL */
    bool record;                         /* keep what the VP consumes (system_recording) */
    const struct recording_file *replay; /* follow this recording, which outlives the system, with mode solo; or NULL */
    size_t chronicle_rows;               /* of what each computer did lately (timeline_ring.h); 0: nothing is kept */
    struct trail *trails; /* keep what each computer did that can be noticed (crash_trail.h): one each; or NULL */
};

/* A computer at the other end of a system's network, in the same virtual time: a system of its own. */
struct network_peer_config {
    struct system_config config; /* bare, with a network device, and without a peer */
    struct guest_files files;
    const char *terminal_path; /* what its terminal shows goes there; NULL: nowhere */
};

/* Everything at its default: bare, bs-revised, 4096, 32 MiB, no disk, two threads, fds -1. */
void system_config_defaults(struct system_config *config);
/* Make CONFIG, which has its defaults, that of the machine which FILE is a recording of, and which follows it: in mode
 * solo. FILE outlives the system. */
void system_config_replay(struct system_config *config, const struct recording_file *file);
/* The slot of its network device; VIRTIO_SLOTS: it has none. */
unsigned system_config_network(const struct system_config *config);
/* Do its disks keep what is written to them? */
enum disks_kept { DISKS_NONE, DISKS_SNAPSHOT, DISKS_KEPT };
enum disks_kept system_config_disks(const struct system_config *config);
/* They keep nothing from now on. */
void system_config_snapshot(struct system_config *config);

struct system;

/* Build the system. NULL with one line in ERROR: unreadable disk, unknown protocol, no memory, settings at odds. */
struct system *system_new(const struct system_config *config, struct error *error);
void system_free(struct system *system);
/* Load a 32-bit PA-RISC ELF executable at its physical addresses and enter it (docs/board.md). */
bool system_load(struct system *system, const char *path, struct error *error);
/* The same with FILES: an image, or a kernel that the firmware starts (boot_image.h). */
bool system_load_files(struct system *system, const struct guest_files *files, struct error *error);
/* The same with the SIZE bytes of an image; NAME is for messages. */
bool system_load_image(struct system *system, const char *name, const uint8_t *image, size_t size, struct error *error);

/* Everything is accepted: make and open what the run writes to (disks to be created, terminal files of VPs beside).
 * Nothing was written anywhere before. False with one line in ERROR, and then no new disk is left there. */
bool system_make_files(struct system *system, struct error *error);
/* It is not to run, after all: no disk that was made is left there. */
void system_unmake_files(struct system *system);

/* ---- running ---- */

enum system_end { END_NONE, END_EXIT, END_TIMEOUT, END_STOPPED, END_HALTED, END_LOST };
/* "exit", "timeout", "stopped", "halted", "lost"; "running" before the end. */
const char *system_end_name(enum system_end end);

enum stop_kind {
    STOP_ENDED,       /* the run is over: system_end() says how */
    STOP_REACHED,     /* the point asked for */
    STOP_BREAKPOINT,  /* a stop point of the focused computer: system_stop_hit() */
    STOP_INTERRUPTED, /* system_interrupt() */
    STOP_DIED,        /* the focused computer died before the point was reached */
    STOP_SHOWN,       /* the text that was awaited is there */
    STOP_WAITS,       /* the virtual machine looked at has no processor, and waits for one to be repaired */
    STOP_OVER,        /* the virtual machine looked at has ended, and the run goes on without it */
};

/* Text that a run is to stop at, and where it is looked for. */
enum awaited_where {
    AWAITED_ON_TERMINAL, /* as soon as the terminal has shown it, wholly behind its first `from` bytes */
    AWAITED_BY_OPERATOR, /* as soon as a line with it in it is told to the operator */
    AWAITED_IN_STEP,     /* by the caller's observer of the focused computer, which calls system_awaited_step */
};

struct awaited_text {
    const void *bytes;
    size_t size; /* not 0 */
    uint64_t from;
    enum awaited_where where;
};

/* Where to stop, all at the computer COMPUTER (0: began as the primary, 1: as the backup); 0 means no such limit. */
/* A moment of a run at which one computer was stopped, precise to the protocol's action: running the same system again
 * comes to it again. */
struct moment {
    unsigned computer;
    bool over; /* nothing more happens there */
    uint64_t insns, time_ps, epoch;
    const void *program; /* of its VMM; NULL: bare */
    unsigned at;
    bool in_epoch; /* or, bare: idle */
};

struct system_until {
    unsigned computer;
    bool goes_on;                /* this run goes on where the last one stopped on its way: a stop point here counts */
    const struct moment *moment; /* of that computer; NULL: none */
    uint64_t insns;              /* stop before the VP's instruction count `insns` (when > 0) */
    uint64_t epoch;              /* stop before the first instruction of epoch `epoch` */
    uint64_t time_ps;
    const struct stop_point *points; /* and where else; theirs until system_run_until returns */
    unsigned point_count;
    /* By processor: instruction count + 1 at which STOP_BEFORE_ACCESS was told already, and is passed. NULL: nowhere.
     */
    const uint64_t *told;
    const struct awaited_text *text; /* NULL: none; on terminal and console: whichever computer shows it */
};

/* Run to the end on config.threads host threads. False with a line in ERROR if the host failed: disk or terminal could
 * not be written. */
bool system_run(struct system *system, struct error *error);
/* Has the host taken and given everything so far? False with one line in ERROR; whatever runs then stops soon. */
bool system_host_good(const struct system *system, struct error *error);
/* Run to a point, on the calling thread. On return both computers are at one virtual time: that at which the focused
 * computer stopped. May be called again to go on. */
enum stop_kind system_run_until(struct system *system, const struct system_until *until);
/* Can a part of the way be run on two host threads: is this a pair of which both computers work, and which may? */
bool system_can_run_ahead(const struct system *system);
/* Run on the way to UNTIL, which has a computer, a time and perhaps insns, each computer on a host thread of its own,
 * and not beyond it: system_run_until then goes the rest, and comes to the same state as if it had gone all of it.
 * False: something came first - an end, a death, an interruption - and where the computers stand now is the host's
 * chance; they are to be taken back to where they were (ft/snapshot.h), for system_run_until alone. */
bool system_run_ahead(struct system *system, const struct system_until *until);
/* From a cpu_observer, called for a step of COMPUTER: the text that is awaited is in it; system_run_until stops right
 * after this step. Does nothing if the present run awaits none in a step. */
void system_awaited_step(struct system *system, unsigned computer);
/* Where COMPUTER is. */
struct moment system_moment(const struct system *system, unsigned computer);
/* After STOP_BREAKPOINT: at which of the points. */
const struct stop_hit *system_stop_hit(const struct system *system);
/* Async-signal-safe: make system_run or system_run_until come back soon. */
void system_interrupt(struct system *system);
/* The run that was to be interrupted is over: the next one is not. */
void system_interrupt_forget(struct system *system);

/* The reset button of a computer: what a store to the system controller's +28 does. False with one line in ERROR where
 * that would be no event of the log: in a pair, or while the guest is recorded or replayed. */
bool system_reset(struct system *system, unsigned computer, struct error *error);
/* Give the settings that may change while a system runs (setting_is_live) the values that they have in SETTINGS. */
void system_set(struct system *system, const struct settings *settings);

/* From now on a person is at the terminal, or not: an idle guest lets the host sleep (system_config.paced). */
void system_pace(struct system *system, bool paced);

/* Crash a computer now, or when FAULT says. */
void system_crash_now(struct system *system, unsigned computer);
bool system_add_fault(struct system *system, const struct fault *fault, struct error *error);
/* FAULT, which is no crash, happens now, wherever it says; at the computer that has its role. It is not kept for a new
 * system. False with one line in ERROR: there is no such computer. */
bool system_fault_now(struct system *system, const struct fault *fault, struct error *error);
/* From now on assumption WHICH holds, or does not. False if that must be so from the start: it is part of how the
 * computers are built. */
bool system_assume(struct system *system, enum assumption which, bool holds);
/* Repair the computer that is dead then, when the survivor is at PLACE; it joins as the survivor's backup. */
bool system_add_repair(struct system *system, const struct fault *place, struct error *error);

/* ---- the plan of faults and repairs ---- */

struct system_plan {
    struct fault fault; /* of a repair its place only */
    bool repair;
    bool happened, cancelled;
};
/* Number NUMBER of the plan, from 1 on, in the order in which they were added. False: there are no more. */
bool system_plan(const struct system *system, unsigned number, struct system_plan *plan);
/* How many have not happened yet and are not cancelled. */
unsigned system_plan_pending(const struct system *system);
/* Number NUMBER does not happen. False: it has, or there is none. */
bool system_plan_cancel(struct system *system, unsigned number);

/* ---- looking ---- */

struct operation_counts {
    uint64_t issued, performed, repeated, suppressed;
    uint64_t lost; /* told disconnected, and never performed */
};

/* Where the primary chooses the ends of epochs: how many ended because of what (enum point_reason, message.h); at how
 * many of them something was given later than it became known, and the most instructions that it was late. */
enum { POINT_REASON_COUNT = 6 };
struct point_counts {
    uint64_t of[POINT_REASON_COUNT];
    uint64_t moved, longest_move;
};

/* What devices raised at live computers, and what the guest was given of it (docs/protocols.md, "Interrupt frequency"):
 * the interrupts of a class that came, those that were given, those that were given later than they came, and how much
 * later at most. */
enum interrupt_class { CLASS_TIMER, CLASS_CONSOLE, CLASS_DISK, CLASS_VIRTIO, CLASS_NET, INTERRUPT_CLASSES };
struct interrupt_counts {
    uint64_t external, given, withheld, longest_ps;
};
/* "timer", "console", ... */
const char *interrupt_class_name(enum interrupt_class which);

/* "exit", "timeout", "stopped", "halted", "lost"; "running" before the end */
const char *system_end_name(enum system_end end);

struct system_rule;

struct system_result {
    enum system_end end;
    const char *end_name; /* system_end_name */
    int status;           /* the guest's, when it powered off */
    uint64_t instructions, epochs, failovers, messages, bytes;
    uint64_t joins; /* of repaired computers, that came to their end: each is one more that can fail */
    struct operation_counts operations;
    struct point_counts points;
    struct interrupt_counts interrupts[INTERRUPT_CLASSES];
    double lag_us_mean, lag_us_max;                   /* of the backups, as they were reported */
    double output_delay_us_mean, output_delay_us_max; /* from the guest's store until it was issued */
    uint64_t digest;                                  /* of the surviving VP's state */
    bool explainable;
    bool judged; /* false: nobody knows what the guest's replicas kept back, so `explainable` says only that the
                    terminal's bytes did not contradict each other (two bare computers, after a take-over) */
    const char *violation; /* NULL or the sentence; lives as long as the system */
    unsigned rule;         /* of explainability, that is violated; 0: none */
    uint64_t rule_epoch;   /* in which epoch; 0: not known */
    uint64_t downtime_ps;  /* the longest, of virtual time: from a primary's last message to the promotion */
    const char *why;       /* for halted and lost: one line; else NULL */
    bool digests_differ;
    double host_seconds, cpu_seconds[2];
    const char *engine;      /* what executes the first computer: "interpreter", "translator" */
    double failover_seconds; /* the longest, of its host thread: from the detection to the new primary's first
                                instruction */
    double join_seconds;     /* the same: how long a survivor stands still when another computer begins to join */
    const struct system_rule *rules; /* of a live pair: what system_rule says of a system */
    size_t rule_count;
};

/* What came of it so far; judges explainability. */
void system_result(struct system *system, struct system_result *result);

unsigned system_computers(const struct system *system); /* 1 or 2 */
bool computer_alive(const struct system *system, unsigned computer);
/* The same, and more: whether it is being made a backup, and which death it has died. */
enum condition {
    CONDITION_ALIVE,
    CONDITION_JOINING, /* a backup that has not received the whole virtual processor yet */
    CONDITION_FAILED,
    CONDITION_FENCED, /* it lost the arbiter, and halted */
};
enum condition computer_condition(const struct system *system, unsigned computer);
enum role computer_role(const struct system *system, unsigned computer);
uint64_t computer_epoch(const struct system *system, unsigned computer); /* 0 when bare */
/* From which instruction of its virtual processor on it has been the primary; 0: from the start, or it is not. */
uint64_t computer_live_from(const struct system *system, unsigned computer);
uint64_t computer_time_ps(const struct system *system, unsigned computer);
struct cpu *computer_cpu(struct system *system, unsigned computer);
struct phys *computer_phys(struct system *system, unsigned computer);
/* Processors of a computer (more than one on a bare board only), and processor INDEX; 0 is the one above. */
unsigned computer_processors(const struct system *system, unsigned computer);
struct cpu *computer_processor(struct system *system, unsigned computer, unsigned index);
/* The computer that serves now: the acting primary (the last one if all are dead). */
unsigned system_acting(const struct system *system);

/* Operations outstanding at a computer's VP, one call a row; returns how many. TEXT lines are for a person. */
unsigned computer_outstanding(struct system *system, unsigned computer, void (*row)(void *arg, const char *text),
                              void *arg);
/* "disk operation 174 (write of blocks 1 to 8): told disconnected": operation NUMBER of COMPUTER's guest, into TEXT.
 * False: there is none. */
bool computer_operation(const struct system *system, unsigned computer, uint64_t number, char *text, size_t size);
/* What a computer's virtual machine monitor does, what its log has, or its end of the channel: lines for a person, one
 * call a row. */
enum show { SHOW_MONITOR, SHOW_LOG, SHOW_CHANNEL };
void computer_show(struct system *system, unsigned computer, enum show what, void (*row)(void *arg, const char *text),
                   void *arg);
/* The state of a computer's guest's hardware without memory: processor, TLB, devices, each with the table that
 * describes it; one call a part. */
void computer_parts(struct system *system, unsigned computer,
                    void (*part)(void *arg, const struct state_table *table, const void *at), void *arg);
/* By which rules of which papers the run of COMPUTER is where it is: lines for a person, one call a row. False: it is
 * bare, and follows none. */
bool system_why(struct system *system, unsigned computer, void (*row)(void *arg, const char *text), void *arg);
/* Line INDEX of those that the operator's console was told because of a rule: `size` characters of `text`, which lives
 * until the next run. False: there are no more. */
struct system_rule {
    enum rule rule;
    uint64_t time_ps, epoch;
    const char *text;
    size_t size;
};
bool system_rule(const struct system *system, unsigned index, struct system_rule *told);
/* What the operator's console was told so far, lines with their virtual times. */
const char *system_account(struct system *system);
/* Everything the terminal has shown; *SIZE bytes. */
const uint8_t *system_terminal_output(struct system *system, uint64_t *size);
/* Is the terminal in the middle of a line of the guest's, which nobody has broken off yet? Whoever asks does. */
bool system_break_line(struct system *system);
/* Type at the terminal (the monitor's `send`). */
void system_type(struct system *system, const void *bytes, uint64_t size);
/* A key of the keyboard goes down or up: CODE of io/input_event.h, at most INPUT_CODE_MAX. */
void system_key(struct system *system, uint32_t code, bool down);
/* The pointer is at X, Y of the display with BUTTONS (INPUT_BUTTONS_ALL) down. */
void system_pointer(struct system *system, uint32_t x, uint32_t y, uint32_t buttons);
/* What a computer's guest shows (io/display.h), to be looked at between runs. */
const struct display *computer_display(const struct system *system, unsigned computer);
/* The log that the surviving VP consumed, with all that is needed to run it again, as a file (recording.h): *BYTES is
 * to be freed. False if config.record was not set, or the computer is bare. */
bool system_recording(struct system *system, uint8_t **bytes, size_t *size);
/* Hash of the whole disk as it is now. */
uint64_t system_disk_digest(struct system *system);
/* Write the disks' changes to the image files (overlay only). */
bool system_disk_commit(struct system *system, struct error *error);
/* How many blocks that would write, and to which file first (NULL: to none). */
uint64_t system_disk_uncommitted(const struct system *system, const char **path);

#endif

/* world.h - inside of a system: what the computers share. Private to ft/. */
#ifndef US_FT_WORLD_WORLD_H
#define US_FT_WORLD_WORLD_H

#include <pthread.h>
#include <stdatomic.h>

#include "ft/assumption.h"
#include "ft/computer/computer.h"
#include "ft/explain/explain.h"
#include "ft/system.h"
#include "io/shared_disk.h"
#include "io/terminal.h"

struct planned_fault {
    struct fault fault;
    bool struck;
};

struct account_line {
    uint64_t time_ps;
    char *text;
};

/* What a computer was before it was repaired, for snapshots of that time: what only grows is not in them. */
struct former {
    unsigned computer;
    struct history history;
    struct recording *recording; /* NULL: none */
};

struct system {
    struct system_config config;
    const struct protocol *protocol;
    unsigned computers;
    struct computer *computer[2];
    struct page_store *pages;   /* of the computers' memory, now and in snapshots */
    bool has_snapshots;         /* from the first one on */
    VEC(struct former) formers; /* while there are snapshots */

    /* The world: under `lock` while two host threads run. */
    pthread_mutex_t lock;
    enum virtio_kind virtio[VIRTIO_SLOTS];
    struct shared_disk *disks[DISK_DEVICES];        /* without a file: of no blocks */
    struct shared_disk *second_disks[DISK_DEVICES]; /* only if the assumption of shared disks is broken */
    struct terminal *terminal;
    uint32_t generation; /* the arbiter's number (protocol.md section 6) */
    VEC(struct explain_fence) fences;
    VEC(struct planned_fault) faults;
    uint64_t step_count[PROTOCOL_STEP_COUNT];
    VEC(struct account_line) account;
    size_t account_flushed;
    char *account_text;

    VEC(struct planned_fault) repairs; /* where the survivor is when the other computer is repaired */
    _Atomic unsigned repairs_left;
    _Atomic unsigned backup_faults;  /* faults planned for a backup that have not struck */
    _Atomic unsigned primary_faults; /* and for a primary */

    /* How it ended: set by the acting primary, read by all. */
    enum system_end end;
    int status;
    char why[256];
    uint64_t end_ps;
    uint64_t failovers;
    bool digests_differ;
    bool stepping;            /* in system_run_until: virtual time itself keeps the computers together */
    struct stop_hit stop_hit; /* of the last system_run_until */
    bool quiet;               /* what is shown now is not for the host: it will not have happened (replicas.h) */
    const struct awaited_text *awaited; /* of the present system_run_until; NULL: none */
    bool awaited_seen;
    bool located;  /* first_difference.h has said all that it can of it */
    int differing; /* the computer that found at an epoch's end that its digest is not the primary's; -1: none */
    char divergence[640];
    char violation[640];

    uint8_t *image;
    size_t image_bytes;
    char *image_name;

    /* Host threads: a thread that can do nothing sleeps until the other has changed something. */
    pthread_mutex_t sleep_lock;
    pthread_cond_t wake;
    char apart[CACHE_LINE_BYTES]; /* from what is looked at all the time */
    _Atomic bool clock_wanted;    /* a computer waits for the other's clock: one that sleeps lets its clock go on */
    _Atomic bool interrupted;
    _Atomic bool output_waits; /* for the host: terminal bytes or lines for the operator */
    _Atomic bool ended;        /* stop at once */
    _Atomic bool finished;     /* the guest has ended, one way or the other */

    double host_seconds, failover_seconds, join_seconds; /* struct system_result */
};

/* Is WHICH broken in this system? */
static inline bool broken(const struct system *system, enum assumption which)
{
    return system->config.broken >> which & 1;
}

/* The disk DEVICE that COMPUTER reaches: shared, unless that is broken. */
static inline struct shared_disk *disk_of(const struct computer *computer, unsigned device)
{
    struct system *system = computer->system;
    return broken(system, ASSUMPTION_SHARED_DISK) && computer->index ? system->second_disks[device]
                                                                     : system->disks[device];
}

/* Processor seconds of the calling host thread, for measurements that reach no guest. */
double system_thread_clock(void);
/* The other computer, or NULL. */
struct computer *system_peer(const struct computer *computer);
/* COMPUTER is dead: may it come back? */
bool system_may_repair(const struct computer *computer);
/* Make COMPUTER, which is dead, new at time NOW_PS: empty memory, no VP yet, its hardware's seeds as before. */
bool system_renew(struct computer *computer, uint64_t now_ps);
/* Between runs: all of a computer, and of the system (snapshot.c). */
void computer_visit(struct computer *computer, struct visit *visit);
void system_visit(struct system *system, struct visit *visit);
void former_free(struct former *former);
/* Another future begins here: what will be shown is new to the host. */
void system_forget_future(struct system *system);
/* COMPUTER's host thread sleeps until something changes: something has. */
void system_wake(struct computer *computer);
/* Tell the operator's console, at the time of COMPUTER (figure 7, step 310). */
void system_tell(struct computer *computer, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The run is over, at the time of COMPUTER. Only the first call counts. */
void system_end(struct computer *computer, enum system_end end, int status, const char *why);
/* "disk operation 37 (write of blocks 1 to 8)", or "virtio slot 2 operation 37 (...)". */
enum { DISK_NAME_BYTES = 96 };
void disk_describe(const struct history_operation *op, char text[DISK_NAME_BYTES]);
/* The replicas differ, seen at COMPUTER: both stop. */
void system_diverged(struct computer *computer, const char *what);
/* Has a newer generation than COMPUTER's taken the arbiter? */
bool system_fenced(struct computer *computer);
/* Reset: put the image back and start it. False if the board's RAM cannot take it. */
bool system_enter_image(struct system *system, struct board *board, struct error *error);
/* The arbiter's test-and-set: if the generation is still COMPUTER's own, it becomes the next one and is COMPUTER's;
 * true. False if another computer was first. */
bool system_arbitrate(struct computer *computer);
/* Disk and terminal refuse every generation older than COMPUTER's from now on. */
void system_fence(struct computer *computer);
const char *failover_policy_name(enum failover_policy policy);

#endif

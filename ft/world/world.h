/* world.h - what the computers of a system share: disks, terminal, network, arbiter and fences, the plan of faults and
 * repairs, the operator's console, the image, and how it ends.
 *
 * It lies below the computers and knows none of them: who touches it says who it is and at which virtual time. While
 * two host threads run, `lock` guards what is not atomic. It may use what is below: ft/config to ft/explain.
 */
#ifndef US_FT_WORLD_H
#define US_FT_WORLD_H

#include <pthread.h>
#include <stdatomic.h>

#include "ft/channel/channel.h"
#include "ft/explain/explain.h"
#include "ft/log/former.h"
#include "ft/order/process.h"
#include "ft/rules.h"
#include "ft/system.h"
#include "io/network.h"
#include "io/seat.h"
#include "io/shared_disk.h"
#include "io/terminal.h"
#include "mmu/base/vec.h"
#include "mmu/base/pages.h"
#include "mmu/base/visit.h"

struct planned_fault {
    struct fault fault;
    unsigned number;        /* of the plan of faults and repairs, from 1 on, in the order in which they were added */
    bool struck, cancelled; /* one that is cancelled counts as struck */
    bool any_role;          /* of a virtual machine that lives on one computer: whichever role that has */
};

/* Is PLANNED for a computer in ROLE? */
static inline bool planned_for(const struct planned_fault *planned, enum role role)
{
    return planned->any_role || planned->fault.role == role;
}

struct account_line {
    uint64_t time_ps, epoch; /* of who told it; 0: it has no epochs */
    enum rule rule;          /* that it follows */
    char *text;
};

struct world {
    struct system_config config;
    struct world
        *whole; /* of a virtual machine with a world of its own: that of its host, which has plan and console */
    unsigned computers;
    struct page_store *pages;   /* of the computers' memory, now and in snapshots */
    bool has_snapshots;         /* from the first one on */
    VEC(struct former) formers; /* while there are snapshots */

    /* Under `lock` while two host threads run. */
    pthread_mutex_t lock;
    enum virtio_kind virtio[VIRTIO_SLOTS];
    struct shared_disk *disks[DISK_DEVICES];        /* without a file: of no blocks */
    struct shared_disk *second_disks[DISK_DEVICES]; /* only if the assumption of shared disks is broken */
    struct image_files *own_images;                 /* NULL: config.images are another's */
    struct terminal *terminal;
    struct seat seat;
    struct network network;
    struct world *shows; /* whose terminal it is that its guest has: of its twin on the other computer; NULL: its own */
    uint32_t generation; /* the arbiter's number (docs/protocols.md, "Fail-over") */
    VEC(struct explain_fence) fences;
    VEC(struct planned_fault) faults;
    bool processor_faults; /* one of a real processor has been planned, or has happened */
    uint64_t step_count[PROTOCOL_STEP_COUNT];
    /* What the operator's console was told, by each process, in its order; told to a person in the order of (time,
     * process). */
    VEC(struct account_line) account[PROCESSES_MAX];
    size_t account_flushed[PROCESSES_MAX];
    int operator_error; /* the errno of the first line that the host did not take; 0: none */

    VEC(struct planned_fault) repairs; /* where the survivor is when the other computer is repaired */
    _Atomic unsigned repairs_left;
    _Atomic unsigned faults_left[2]; /* planned for enum role and not struck yet: of each role by those that have it */

    /* How it ended: set by who touched the world then, before `finished`. */
    enum system_end end;
    unsigned ender;
    int status;
    char why[256];
    uint64_t end_ps;
    uint64_t failovers;
    uint64_t joins;       /* of repaired computers, that came to their end */
    uint64_t downtime_ps; /* the longest of them: from the last message received to the promotion */
    bool digests_differ;
    bool flipped;                       /* a bit was, by no planned fault: the replicas may differ */
    uint64_t thin_timer_begun;          /* setting thin-timer at the start, if it was changed since; else 0 */
    bool stepping;                      /* in system_run_until: virtual time itself keeps the computers together */
    bool ahead;                         /* and in system_run_ahead: nobody stops them before their time */
    const struct awaited_text *awaited; /* of the present system_run_until; NULL: none */
    bool awaited_seen;
    int differing; /* the computer that found at an epoch's end that its digest is not the primary's; -1: none */
    char divergence[640];

    uint8_t *image;
    size_t image_bytes;
    char *image_name;

    struct order order; /* of the computers as logical processes */
    _Atomic bool interrupted;
    _Atomic bool output_waits; /* for the host: terminal bytes or lines for the operator */
    _Atomic bool ended;        /* stop at once */
    _Atomic bool finished;     /* the guest has ended, one way or the other */
};

/* WORLD, which is zero, as CONFIG says, with COMPUTERS computers: nothing planned, nothing open. False with a line in
 * ERROR: the host has no memory; world_free is wanted all the same. */
bool world_init(struct world *world, const struct system_config *config, unsigned computers, struct error *error);
/* Open its disks and its terminal. False with a line in ERROR. */
bool world_open(struct world *world, struct error *error);
/* Make the files of disks that are to be created. False with a line in ERROR, and then world_unmake is wanted. */
bool world_make(struct world *world, struct error *error);
void world_unmake(struct world *world);
/* Has the host taken and given everything so far? False with a line in ERROR. Under `lock`. */
bool world_host_good(const struct world *world, struct error *error);
/* Write LINE to the operator's console, in a line of its own. */
void world_tell_host(struct world *world, const char *line);
void world_free(struct world *world);
/* Between runs: all of it. */
void world_visit(struct world *world, struct visit *visit);

/* Is WHICH broken here? */
static inline bool broken(const struct world *world, enum assumption which)
{
    return world->config.broken >> which & 1;
}

/* PLANNED, of WORLD's faults, is to be counted among those that are left for its role, or not any more. */
static inline void world_count_fault(struct world *world, const struct planned_fault *planned, bool more)
{
    for (enum role role = ROLE_PRIMARY; role <= ROLE_BACKUP; role++)
        if (planned_for(planned, role) && more)
            atomic_fetch_add_explicit(&world->faults_left[role], 1, memory_order_relaxed);
        else if (planned_for(planned, role))
            atomic_fetch_sub_explicit(&world->faults_left[role], 1, memory_order_relaxed);
}

/* Whose plan of faults holds here, and whose operator is told. */
static inline struct world *world_whole(struct world *world)
{
    return world->whole ? world->whole : world;
}

/* Whose terminal, and lock of that, its guest has. */
static inline struct world *world_shows(struct world *world)
{
    return world->shows ? world->shows : world;
}

/* The disk DEVICE that computer INDEX reaches: shared, unless that is broken. */
static inline struct shared_disk *world_disk(const struct world *world, unsigned index, unsigned device)
{
    return broken(world, ASSUMPTION_SHARED_DISK) && index ? world->second_disks[device] : world->disks[device];
}

/* Process NUMBER tells the operator's console LINE, whose text is copied (figure 7, step 310). */
void world_tell(struct world *world, unsigned number, const struct account_line *line);
/* The next line for a person that was told before TIME_PS: the first by (time, process) of those behind the first
 * TOLD[i] of each process i, which is counted up. NULL: there is none. Under the lock. */
const struct account_line *world_next_line(const struct world *world, size_t told[PROCESSES_MAX], uint64_t time_ps);
/* Process NUMBER ends the run, at TIME_PS, at which it may act. Only the first call counts. */
void world_end(struct world *world, unsigned number, uint64_t time_ps, enum system_end end, int status,
               const char *why);
/* All processes stop at once, wherever they are: a person wants it, or the host has failed. */
void world_stop(struct world *world);
/* The replicas differ. Only the first SENTENCE counts. */
void world_diverged(struct world *world, const char *sentence);
/* The arbiter's test-and-set: if the generation is still *GENERATION, it becomes the next one, and so does *GENERATION;
 * true. False if another was first. */
bool world_arbitrate(struct world *world, uint32_t *generation);
/* Disk, terminal and network refuse every generation older than GENERATION, of computer INDEX, from now on. */
void world_fence(struct world *world, unsigned index, uint32_t generation);
/* Has a newer generation than GENERATION taken the arbiter? */
bool world_fenced(struct world *world, uint32_t generation);

/* "disk operation 37 (write of blocks 1 to 8)", or "virtio slot 2 operation 37 (...)". */
enum { DISK_NAME_BYTES = 96 };
void disk_describe(const struct history_operation *op, char text[DISK_NAME_BYTES]);

#endif

/* atlas.h - the crash atlas: let something fail everywhere in a run of a pair, and judge every run.
 *
 * A crash point is a fault at an instruction, a protocol step or a phase of an operation, of the primary or of the
 * backup. There are as many as instructions, but points between which the computer did nothing that can be noticed
 * (crash_trail.h) leave the same world behind: they are one CLASS, and one run shows what becomes of all of them. That
 * the classes are right is not taken on trust: for a number of them a second point, drawn by seed, is run as well, and
 * must give the same run.
 */
#ifndef US_FT_ATLAS_H
#define US_FT_ATLAS_H

#include <stdbool.h>
#include <stdint.h>

#include "ft/system.h"
#include "mmu/base/vec.h"
#include "mmu/base/error.h"

/* KIND(id, name, what happens at each point) */
#define ATLAS_FAULTS(KIND)                                                                                             \
    KIND(PRIMARY, "primary", "the primary crashes")                                                                    \
    KIND(BACKUP, "backup", "the backup crashes")                                                                       \
    KIND(PARTIAL, "partial", "the primary crashes in the middle of a write of several blocks")                         \
    KIND(BOTH, "both", "the primary crashes, and its successor at each step of the fail-over")                         \
    KIND(REPAIR, "repair", "the primary crashes, and a repaired computer joins")                                       \
    KIND(JOIN, "join", "the primary crashes, and its successor while a repaired computer joins")                       \
    KIND(CUT, "cut", "the channel is cut; both computers live")                                                        \
    KIND(DELAY, "delay", "messages take half the time-out longer from then on")                                        \
    KIND(FALSE, "false", "messages take twice the time-out longer: a living primary is declared failed")               \
    KIND(ACKS, "acks", "the acknowledgements under way are lost")                                                      \
    KIND(MEDIUM, "medium", "the disk's first block cannot be read or written any more")                                \
    KIND(FLIP, "flip", "a bit of one of the primary's registers flips")                                                \
    KIND(HARD, "hard", "the real processor of the first virtual machine fails, its state is saved")                    \
    KIND(DAMAGE, "damage", "the real processor of the first virtual machine fails, its state is lost")

enum atlas_fault {
#define KIND(id, name, text) ATLAS_##id,
    ATLAS_FAULTS(KIND)
#undef KIND
        ATLAS_FAULT_COUNT
};

enum {
    /* What is swept unless something else is asked for: the three kinds of crash. */
    ATLAS_CRASHES = 1 << ATLAS_PRIMARY | 1 << ATLAS_BACKUP | 1 << ATLAS_PARTIAL,
    /* What can be swept in mode solo, too. */
    ATLAS_OF_PROCESSORS = 1 << ATLAS_HARD | 1 << ATLAS_DAMAGE,
};

/* "primary", "the primary crashes". */
const char *atlas_fault_name(enum atlas_fault kind);
const char *atlas_fault_text(enum atlas_fault kind);

enum { ATLAS_SENTENCE_BYTES = 640, ATLAS_CLASS_FAULTS = 2 };

/* A class that was run, and what came of it. */
struct atlas_class {
    enum atlas_fault kind;
    struct fault faults[ATLAS_CLASS_FAULTS]; /* what was done, first to last */
    unsigned fault_count;
    bool repaired;    /* and the other computer joins, after the promotion */
    uint64_t number;  /* of the class, from 0, in the order of time of the undisturbed run; of all shards */
    uint64_t time_ps; /* there */
    uint64_t members; /* crash points */
    const char *end;  /* of the run: "exit", ... */
    uint64_t repeated, lost, downtime_ps; /* struct system_result */
    bool probed;                          /* a second point was run, too */
    bool held;
    bool expected;                       /* not held, as the protocol's author expects */
    unsigned rule;                       /* of explainability, that is violated; 0: none */
    char sentence[ATLAS_SENTENCE_BYTES]; /* "" if it held */
};

struct atlas_config {
    const struct system_config *system; /* mode pair, or solo for ATLAS_OF_PROCESSORS; its faults happen in every run */
    const struct guest_files *files;
    unsigned jobs;          /* host threads; never a different result */
    uint64_t probes;        /* classes of which a second point is run */
    uint64_t sample;        /* run only so many classes, drawn by the system's seed; 0: all */
    unsigned faults;        /* bit i: sweep enum atlas_fault i; 0: ATLAS_CRASHES */
    uint64_t shard, shards; /* run the classes whose number leaves `shard` when divided by `shards`; 0, 0: all */
    bool to_first;          /* nothing behind the first class in time that does not hold, and is not expected so */
    uint64_t points_max;    /* of crash points; 0: all */
    const char *typed;      /* on the terminal, in every run; NULL: nothing */
    bool to_the_end;   /* run each to its end, even where it comes to a state that another run had: the same, slower */
    bool must_succeed; /* a run holds with status 0 only: of the one without a crash, too */
    void (*progress)(void *arg, uint64_t done, uint64_t of); /* told now and then, on any thread; or NULL */
    bool (*asked)(void *arg); /* does somebody want it to stop? Asked on the calling thread now and then; or NULL */
    void *arg;
};

struct atlas {
    VEC(struct atlas_class) classes; /* that were run, in the order of their numbers */
    uint64_t wanted;                 /* classes of all shards together */
    uint64_t crash_points;           /* in them */
    uint64_t explained;              /* crash points in those that held */
    uint64_t violations;             /* classes that did not, expected ones included */
    uint64_t expected;
    VEC(struct system_plan) missed; /* the system's own faults and repairs that happened in no run */
    bool stopped;                   /* somebody wanted that: the classes are those that were run until then */
};

/* Run the guest undisturbed, then once for each class. A run holds if it is explainable, the replicas agree, and the
 * guest ends as it does undisturbed - or is lost, where both computers crash, or where its processor
 * fails in mode solo and nothing is to be recovered. False with a line in ERROR: the host
 * failed, or the undisturbed run does not hold or was stopped, so that nothing can be judged. Free with atlas_free in
 * either case. */
bool atlas_sweep(const struct atlas_config *config, struct atlas *atlas, struct error *error);
/* Count what the classes say. */
void atlas_sum_up(struct atlas *atlas);
void atlas_free(struct atlas *atlas);

#endif

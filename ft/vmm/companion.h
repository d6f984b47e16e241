/* companion.h - fault-tolerant virtual processors beside the first one, on both computers (docs/beside.md). Ordinary
 * ones are virtual machines of the host (ft/host/).
 *
 * After each epoch of the first VP each of them runs for one epoch, by its own instruction count. That takes time on
 * its computer, as any program does: which the first VP must not notice but in its clock. They have memory, a console
 * port whose output goes to a file of its own, no input, and no disk. What becomes due while others run is delivered
 * when a turn begins.
 *
 * They share the first one's log, and nothing is added to it: without input and disk the clock is all that could
 * differ, and theirs is the clock of the end of the epoch before their turn, which both computers have. So the turn
 * after epoch E is a function of the VP's state and of what the log says of E. Drain_Priv is 1. At a backup their
 * output is suppressed, and held as the first one's is: [end, E+1] says that the primary has finished the turn after E.
 * Their terminal is in the world, has numbers, and is fenced.
 */
#ifndef US_FT_VMM_COMPANION_H
#define US_FT_VMM_COMPANION_H

#include "ft/vmm/vmm.h"
#include "io/terminal.h"
#include "mmu/base/rng.h"

struct companion {
    struct computer *computer;
    unsigned number; /* from 1, in the order of the options */
    struct board *board;
    uint8_t *image;
    size_t image_bytes;
    char *image_name;
    struct terminal *terminal; /* computer 0 owns it */
    char *output_path;         /* the file of that terminal; NULL: none */
    int output_fd;             /* -1: it is not open */
    bool over, idle, resetting;
    bool stalled;        /* its output must wait */
    uint64_t left_insns; /* of its turn */
    uint64_t timer_seen_ticks, frames_seen;
    struct rng trap_rng, entropy_rng;
    struct traps traps; /* delivered to the VMM and not yet to it */
    held_outputs held;
};

struct companions {
    VEC(struct companion *) all;
    size_t next;  /* whose turn it is, after an epoch */
    bool begun;   /* that one's turn has begun */
    bool running; /* they are having their turns */
};

static inline size_t companions_count(const struct computer *computer)
{
    return computer->companions ? computer->companions->all.count : 0; /* a bare computer has none */
}

/* The companions of COMPUTER, as the system's config says. False with a line in ERROR: no such image or computer,
 * no memory. */
bool companions_init(struct computer *computer, struct error *error);
/* Open the files of their terminals, which are emptied. False with a line in ERROR. */
bool companions_open(struct computer *computer, struct error *error);
void companions_free(struct computer *computer);
/* An epoch is over: they have their turns. */
enum outcome companions_run(struct vmm *vmm);
/* COMPUTER has failed: they have failed with it, and do not come back with it. */
void companions_die(struct computer *computer);
/* A backup's: [end, EPOCH] has come. */
void companions_epoch_ended(struct computer *computer, uint64_t epoch);
/* COMPUTER is promoted: issue the output that is held, with its numbers. */
void companions_promote(struct computer *computer);
/* The first byte of such a terminal's output that came again and was another one: of which VP, 0 if there is none.
 * FIRST is computer 0. */
unsigned companions_mismatch(const struct computer *first, uint64_t *number);
/* Hash of their states; 0 if there are none. */
uint64_t companions_digest(struct computer *computer);
/* Let their terminals' bytes up to TIME_PS reach the files. */
void companions_flush(struct computer *computer, uint64_t time_ps);
/* Has the host taken them all? False with a line in ERROR. */
bool companions_host_good(const struct computer *computer, struct error *error);
void companions_visit(struct computer *computer, struct visit *visit);

#endif

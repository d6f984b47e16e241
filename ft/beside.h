/* beside.h - ordinary virtual processors (protocol.md section 1): beside the fault-tolerant one, on one computer only.
 * They live and die with that computer, and nothing of them is sent.
 *
 * After each epoch of the fault-tolerant VP each of them runs for one epoch, by its own instruction count. That takes
 * time on its computer, as any program does: which the fault-tolerant VP must not notice but in its clock. An ordinary
 * VP has memory, a console port whose output goes to a file of its own, no input, and no disk; Drain_Priv is 0. What
 * becomes due while others run is delivered when its turn begins. Private to ft/.
 */
#ifndef US_FT_BESIDE_H
#define US_FT_BESIDE_H

#include "ft/board.h"
#include "ft/rng.h"
#include "io/terminal.h"
#include "mmu/visit.h"

struct computer;
struct vmm;

struct beside {
    struct computer *computer;
    unsigned number; /* from 1, in the order of the options */
    struct board *board;
    uint8_t *image;
    size_t image_bytes;
    char *image_name;
    struct terminal *terminal;
    int output_fd; /* -1: none */
    bool over, idle, resetting;
    uint64_t left_insns; /* of its turn */
    uint64_t timer_seen_ticks;
    struct rng trap_rng, entropy_rng;
};

/* The ordinary VPs of COMPUTER, as the system's config says. False with a line in ERROR: no such image or computer,
 * the file cannot be written, no memory. */
bool besides_init(struct computer *computer, struct error *error);
void besides_free(struct computer *computer);
/* COMPUTER has failed: they have failed with it, and do not come back when it is repaired. */
void besides_die(struct computer *computer);
/* The epoch of the fault-tolerant VP is over. True when everyone has had a turn; false: call again, after whatever is
 * due has been seen to. No turn goes on beyond UNTIL_PS; *WAIT is set if that time has come. */
bool besides_run(struct computer *computer, uint64_t until_ps, bool *wait);
/* Let their terminals' bytes up to TIME_PS reach the files. False if the host could not write one. */
bool besides_flush(struct computer *computer, uint64_t time_ps);
void besides_visit(struct computer *computer, struct visit *visit);

#endif

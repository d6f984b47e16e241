/* crash_trail.h - what a computer did that anybody else could notice, and where it could have been made to fail: the
 * ground of the crash atlas (atlas.h).
 *
 * Two crashes of a computer leave the same behind if nothing that reaches the disk, the terminal, the arbiter or the
 * other computer lies between them. A trail keeps these EFFECTS in order. Some are not done by the computer at a point
 * of its own, but fall due at a virtual time, and a crash before it is another crash than one after it: a block of a
 * write under way reaches the disk, a message arrives and is acknowledged. They are kept by their times.
 *
 * Kept only if system_config.trails is given, and then with one host thread. A trail belongs to who gave it.
 */
#ifndef US_FT_COMPUTER_CRASH_TRAIL_H
#define US_FT_COMPUTER_CRASH_TRAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "ft/fault.h"
#include "mmu/base/vec.h"

/* The effects before a point, done and fallen due. */
struct trail_key {
    uint64_t effects, due;
};

/* A fault that could have struck, and the effects before it. */
struct trail_point {
    struct fault fault;
    struct trail_key key; /* `due` once it is settled */
    uint64_t time_ps;
    uint64_t asked, paced; /* as the effects of KEY, of struct trail's */
    uint32_t blocks;       /* of the write, for a partial performance: FAULT.mask is still open */
};

/* The computer was ready to fail before instruction `insns`, first at `first_ps` and for the last time at `last_ps`.
 * Who changes its role between two instructions has two marks there. */
struct trail_mark {
    uint64_t insns, first_ps, last_ps, effects, asked, paced;
    enum role role; /* that it then had, and has until the next mark */
    bool came;      /* the instructions since the mark before were executed elsewhere: a fault before one is here */
};

struct trail {
    VEC(uint64_t) effects; /* the instruction count at each */
    VEC(uint64_t) due_ps;  /* not in order */
    VEC(uint64_t) acks_ps; /* when acknowledgements arrive: a crash does not mind, but a channel that is cut */
    VEC(uint64_t) asked;   /* instruction counts at which acknowledgements that were wanted were there: likewise */
    VEC(uint64_t) paced;   /* where time shows, and nobody is told: a pause before is another one than after */
    VEC(struct trail_mark) marks;
    VEC(struct trail_point) points; /* protocol steps and operations */
    uint64_t outputs_tried;         /* an output that waits is tried again: it is a point once */
    uint64_t insns, insn_ps;        /* executed in all; the time of one */
    bool comes;                     /* of the next mark: `came` */
};

struct computer;

void trail_free(struct trail *trail);

/* ---- for the rest of ft/; each does nothing if no trail is wanted ---- */

void trail_effect(struct computer *computer);
/* An effect of COMPUTER that falls due at TIME_PS. */
void trail_due(struct computer *computer, uint64_t time_ps);
/* The acknowledgement of what COMPUTER sends arrives at TIME_PS. */
void trail_ack(struct computer *computer, uint64_t time_ps);
/* COMPUTER has the acknowledgements that an output or an epoch's end wants: it minds no more whether they are lost. */
void trail_asked(struct computer *computer);
/* COMPUTER's VP, of which nobody is told, has a value of its clock, or an epoch's end. */
void trail_paced(struct computer *computer);
/* COMPUTER's VP has become one that has executed more: a checkpoint has been applied. */
void trail_came(struct computer *computer);
/* COMPUTER looks whether a fault strikes before its next instruction. */
void trail_mark(struct computer *computer);
/* The run is over for COMPUTER: before each instruction that it has executed it could have failed. */
void trail_end(struct computer *computer);
/* COMPUTER could have failed at FAULT, which is a step or an operation. */
void trail_point(struct computer *computer, const struct fault *fault, uint32_t blocks);

/* ---- for the atlas ---- */

/* After the run: put the due times in order, and the points' keys with them. */
void trail_settle(struct trail *trail);
/* From now on acknowledgements are due like other things, and what asks for them is an effect; it is settled again. */
void trail_mind_acks(struct trail *trail);
/* From now on what is paced is an effect; it is settled again. */
void trail_mind_pace(struct trail *trail);
/* The effects before a crash at instruction INSNS. */
struct trail_key trail_key_at(const struct trail *trail, uint64_t insns);
/* When that is; a guest that idles before it: the end of that, or its beginning. */
uint64_t trail_time_at(const struct trail *trail, uint64_t insns);
uint64_t trail_first_time_at(const struct trail *trail, uint64_t insns);
enum role trail_role_at(const struct trail *trail, uint64_t insns);
/* Write to *LIST (to be freed) the instruction counts at which the key may change, in order, each once; returns how
 * many. The first is 0; all are less than trail->insns. */
uint64_t trail_changes(const struct trail *trail, uint64_t **list);

#endif

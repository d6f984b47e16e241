/* travel.h - time travel: a system that is run through here can be taken back to any instruction that it has executed.
 *
 * While it runs, snapshots are taken, dense near the present and thinner and thinner into the past, within a budget of
 * memory; the first one stays. Going back is to restore the latest snapshot before the target and to run again from
 * there, which is exact, because a run is a function of the state and of what came from outside. What came from outside
 * - typed bytes, faults, registers and memory that a person changed - is not asked of anybody: whatever is different
 * between the end of one run and the beginning of the next was done from outside. It is kept as a DEED: the moment, and
 * the state after it; when the system is run over that moment again, it becomes that state again. A deed at a place
 * that has a future begins another one, and the old one's deeds are forgotten.
 *
 * Positions are a computer's own instruction count; going back over a fail-over brings the dead computer back to life.
 * What the terminal has shown stays shown, and is not shown again while the old future comes again (terminal_visit).
 */
#ifndef US_FT_TRAVEL_H
#define US_FT_TRAVEL_H

#include <stdbool.h>
#include <stdint.h>

#include "ft/system.h"

struct travel;

/* Travel with SYSTEM, which outlives it and has not run since its start is to be the start; BUDGET_BYTES for
 * snapshots, more only if the first and the last one take more. */
struct travel *travel_new(struct system *system, uint64_t budget_bytes);
void travel_free(struct travel *travel);

/* The run has come to one of its stop points (system_stop_hit): does it stop there? Reads the system and changes
 * nothing in it. */
typedef bool travel_predicate(void *arg);

/* Somebody watches: LOOK is called while travel_run runs, 60 times a second of virtual time at least, or, where a guest
 * only works, 15 times, and finds the system as between two runs. What it says: nothing was done to the system;
 * something was (a deed); it is to stop, as if interrupted. LOOK NULL: nobody. */
enum travel_look { TRAVEL_GO_ON, TRAVEL_DID, TRAVEL_PAUSE };
void travel_watch(struct travel *travel, enum travel_look (*look)(void *arg), void *arg);

/* While somebody watches, a pair may be run on two host threads on the way from one look to the next (AHEAD), where
 * nothing but the look stops it: no stop point, no text that is awaited, nobody who observes a processor. It comes to
 * the same places. */
void travel_ahead(struct travel *travel, bool ahead);

/* Somebody waits for the ways back: told now and then that DONE of OF instructions have been looked through. NULL:
 * nobody. */
void travel_told(struct travel *travel, void (*tell)(void *arg, uint64_t done, uint64_t of), void *arg);

/* system_run_until, with snapshots on the way. STOPS NULL: every stop point stops it. */
enum stop_kind travel_run(struct travel *travel, const struct system_until *until, travel_predicate *stops, void *arg);

enum travel_result {
    TRAVEL_REACHED,     /* the place asked for */
    TRAVEL_STOP,        /* at a stop point, as travel_run stops there: system_stop_hit says which */
    TRAVEL_START,       /* at the beginning: there is nothing before */
    TRAVEL_INTERRUPTED, /* system_interrupt(): somewhere on the way */
};

/* Go back COUNT instructions of COMPUTER. */
enum travel_result travel_back_insns(struct travel *travel, unsigned computer, uint64_t count);
/* To the beginning of COMPUTER's present epoch, or of the one before if it is there already; COUNT times. */
enum travel_result travel_back_epochs(struct travel *travel, unsigned computer, uint64_t count);
/* To the last place before here where a run with the stop points of UNTIL, which has a computer and nothing else, would
 * have stopped, or to the start. STOPS is asked as in travel_run, on the way through the past and back again, for the
 * last time at the place that is returned. */
enum travel_result travel_back_to_stop(struct travel *travel, const struct system_until *until, travel_predicate *stops,
                                       void *arg);

/* Has anything been done from outside since the last run? Kept as a deed if so. True if that began another future: what
 * has been run after here is forgotten. travel_run and the ways back do this first; ask before them to be told. */
bool travel_note_deeds(struct travel *travel);

/* A snapshot, for a person. */
struct travel_place {
    uint64_t insns[2], epoch[2], time_ps, bytes;
    bool alive[2];
};
/* How many snapshots there are; PLACE (or NULL) becomes that of snapshot INDEX, oldest first. */
unsigned travel_places(const struct travel *travel, unsigned index, struct travel_place *place);
/* All that the snapshots take, and may take. */
uint64_t travel_bytes(const struct travel *travel);
uint64_t travel_budget_bytes(const struct travel *travel);

#endif

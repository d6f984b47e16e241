/* fork.h - many runs that begin alike: one system goes on undisturbed, in the order of time, and each run leaves it
 * where its first fault is about to strike. A run begins with a snapshot (ft/snapshot.h), which shares its pages with
 * what goes on, and ends with going back to it. Private to ft/search/.
 *
 * That such a run is the one which had its faults from the start is what virtual time is for (docs/time.md): whether a
 * fault is planned shows nowhere before it strikes.
 */
#ifndef US_FT_SEARCH_FORK_H
#define US_FT_SEARCH_FORK_H

#include "ft/atlas.h"
#include "ft/future.h"
#include "ft/search/runs.h"

struct fork {
    struct system *system; /* NULL: none yet */
    uint64_t from_ps;      /* where the last run left it; it stands just before that */
};

/* What a system has to be for the runs of CONFIG: loaded, typed to, its disks snapshots, on one host thread; trails are
 * kept if TRAILS is not NULL. NULL with a line in ERROR. */
struct system *fork_system(const struct atlas_config *config, struct trail *trails, struct error *error);
/* What a run is to be looked at. KNOWN is asked where it is settled what the rest of it depends on (ft/future.h), a
 * number of times: true, and it is not run any further. Else END is given the system at its end. */
struct fork_looks {
    bool (*known)(struct system *system, const struct future *future, void *arg); /* NULL: run it to its end */
    void (*end)(struct system *system, void *arg);
    void *arg;
};

/* Run to the end with COUNT more FAULTS, and if REPAIRED with a repair after the promotion, none of which strikes
 * before virtual time FROM_PS; LOOKS see it, unless RUNS were stopped. FROM_PS may be less than at the last call, then
 * everything begins anew. False with a line in ERROR. */
bool fork_run(struct fork *fork, const struct atlas_config *config, struct runs *runs, const struct fault *faults,
              unsigned count, bool repaired, uint64_t from_ps, const struct fork_looks *looks, struct error *error);
void fork_free(struct fork *fork);

#endif

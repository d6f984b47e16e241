/* atlas.h - the crash atlas: crash either computer of a pair everywhere, and judge every run.
 *
 * A crash point is a fault at an instruction, a protocol step or a phase of an operation, of the primary or of the
 * backup. There are as many as instructions, but crashes between which the computer did nothing that can be noticed
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

struct atlas_config {
    const struct system_config *system; /* mode pair; its faults happen in every run */
    const struct guest_files *files;
    unsigned jobs;   /* host threads; never a different result */
    uint64_t probes; /* classes of which a second point is run */
    uint64_t sample; /* run only so many classes, drawn by the system's seed; 0: all */
};

struct atlas_violation {
    struct fault fault;
    char sentence[640];
};

/* One class that was run: a crash at `fault` stands for `points` of them. */
struct atlas_class {
    struct fault fault; /* of instructions: the last one, and those before it belong to the class */
    uint64_t points;
    bool probed;      /* a second point was run, too */
    size_t violation; /* which of the atlas's; SIZE_MAX: none, it holds */
};

struct atlas {
    uint64_t crash_points; /* in the classes that were run */
    uint64_t classes;      /* that were run */
    uint64_t explained;    /* crash points in classes that held */
    VEC(struct atlas_violation) violations;
    VEC(struct atlas_class) rows; /* one for each class that was run */
};

/* Run the guest undisturbed, then once for each class. A run holds if it is explainable, the replicas agree, and the
 * guest ends as it does undisturbed. False with a line in ERROR: the host failed, or the undisturbed run does not hold,
 * so that nothing can be judged. Free with atlas_free in either case. */
bool atlas_sweep(const struct atlas_config *config, struct atlas *atlas, struct error *error);
void atlas_free(struct atlas *atlas);

#endif

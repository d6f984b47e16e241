/* crash_classes.h - the crash points of a run in classes (ft/atlas.h), out of the trails that the run left. Private to
 * ft/search/.
 */
#ifndef US_FT_SEARCH_CRASH_CLASSES_H
#define US_FT_SEARCH_CRASH_CLASSES_H

#include "ft/atlas.h"
#include "ft/computer/crash_trail.h"

/* Crash points that leave the same behind, and what is done there. */
struct crash_class {
    struct atlas_class about; /* what came of it: once it is run */
    struct trail_key key;
    uint64_t from_ps; /* none of its faults strikes before that */
    uint64_t second;  /* another instruction of the class, if it has two */
    bool has_second;
    bool run;    /* it is wanted */
    bool judged; /* and was */
};

typedef VEC(struct crash_class) crash_classes;

/* The classes of each kind of fault in FAULTS (bits), for a system as CONFIG says, in the order of time; what two
 * TRAILS, primary's and backup's, say, which are settled by this. To be freed. */
void crash_classes_find(struct trail trails[2], unsigned faults, const struct system_config *config,
                        crash_classes *list);

#endif

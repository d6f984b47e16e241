/* complete.h - what may stand where a person has pressed Tab: commands, what a command's row says it takes, options and
 * their values, places, settings, symbols. Knows nothing of readline.
 */
#ifndef US_MONITOR_PROGRAM_COMPLETE_H
#define US_MONITOR_PROGRAM_COMPLETE_H

#include "monitor/session/monitor.h"

struct offers {
    const char *text; /* what they begin with */
    size_t length;
    VEC(char *) words;
    bool files; /* and names of files */
};

/* What fits in LINE at START, where TEXT has been typed; words end where blanks, quotes and any of `+=,` do. Free it
 * with offers_free. */
void offers_find(struct offers *offers, const struct monitor *monitor, const char *line, size_t start,
                 const char *text);
void offers_free(struct offers *offers);

#endif

/* former.h - what a computer was before it was repaired, for snapshots of that time: what only grows is not in them. */
#ifndef US_FT_LOG_FORMER_H
#define US_FT_LOG_FORMER_H

#include "ft/log/operations.h"
#include "ft/recording.h"

struct former {
    unsigned computer;
    struct history history;
    struct recording *recording; /* NULL: none */
};

void former_free(struct former *former);

#endif

/* assumption.c - see assumption.h. */
#include "ft/assumption.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *title, *mechanism;
} rows[] = {
#define ASSUMPTION(id, name, title, mechanism) {name, title, mechanism},
    ASSUMPTIONS(ASSUMPTION)
#undef ASSUMPTION
};

bool assumption_find(const char *name, enum assumption *which, struct error *error)
{
    char names[256] = "";
    for (unsigned i = 0; i < ASSUMPTION_COUNT; i++) {
        if (!strcmp(rows[i].name, name)) {
            *which = i;
            return true;
        }
        size_t length = strlen(names);
        snprintf(names + length, sizeof names - length, "%s%s", i ? ", " : "", rows[i].name);
    }
    return error_set(error, "there is no assumption '%s' to break: one of %s is wanted", name, names);
}

const char *assumption_name(enum assumption which)
{
    return rows[which].name;
}

const char *assumption_title(enum assumption which)
{
    return rows[which].title;
}

const char *assumption_mechanism(enum assumption which)
{
    return rows[which].mechanism;
}

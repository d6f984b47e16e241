/* list.c - the list of protocols. */
#include "ft/protocol/list.h"

#include <stdio.h>
#include <string.h>

static const struct protocol *const protocols[] = {&protocol_dec, &protocol_bs, &protocol_bs_revised};
enum { PROTOCOLS = sizeof protocols / sizeof protocols[0] };

const char *protocol_name(unsigned index)
{
    return index < PROTOCOLS ? protocols[index]->name : NULL;
}

const struct protocol *protocol_find(const char *name, struct error *error)
{
    for (unsigned i = 0; i < PROTOCOLS; i++)
        if (!strcmp(protocols[i]->name, name))
            return protocols[i];
    char list[200] = "";
    for (unsigned i = 0; i < PROTOCOLS; i++) {
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s",
                 i == 0               ? ""
                 : i + 1 == PROTOCOLS ? " or "
                                      : ", ",
                 protocols[i]->name);
    }
    error_set(error, "there is no protocol '%s': %s is wanted", name, list);
    return NULL;
}

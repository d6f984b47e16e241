/* system.h - inside of a system: the world, and the computers in it. The program above sees ft/system.h. */
#ifndef US_FT_SYSTEM_SYSTEM_H
#define US_FT_SYSTEM_SYSTEM_H

#include "ft/computer/computer.h"
#include "ft/computer/kind.h"
#include "ft/world/world.h"

struct network_peer;

struct system {
    struct world world;
    struct computer *computer[2];
    struct network_peer *network_peer; /* at the other end of its network; NULL: none */
    struct stop_hit stop_hit;          /* of the last system_run_until */
    bool quiet;   /* what is shown now is not for the host: it will not have happened (compare.h) */
    bool located; /* all has been said that can be said of where its computers differ (compare.h) */
    char violation[640];
    char *account_text;
    double host_seconds;
};

/* The image that FILES are, for a computer with so much memory: *IMAGE, to be freed, has *SIZE bytes. False with a line
 * in ERROR. */
bool guest_files_read(const struct guest_files *files, uint32_t ram_bytes, uint8_t **image, size_t *size,
                      struct error *error);

/* Between runs: all of it (ft/time/snapshot.c). */
void system_visit(struct system *system, struct visit *visit);
/* Another future begins here: what will be shown is new to the host. */
void system_forget_future(struct system *system);

#endif

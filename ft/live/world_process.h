/* world_process.h - `understudy world`: what the two computers of a live pair share, as a process (docs/live.md):
 * disks, terminal, arbiter, the operator's console, the devices' own record, and the judge. It lies above ft/system,
 * and may use what is below that.
 */
#ifndef US_FT_LIVE_WORLD_PROCESS_H
#define US_FT_LIVE_WORLD_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "ft/system.h"

#define ALONE_NEVER UINT64_MAX

struct world_options {
    const struct system_config *config; /* mode pair; its descriptors are those of the terminal and the operator */
    const struct guest_files *files;
    const char *listen;        /* its address */
    const char *record_path;   /* the recording goes there as it grows; NULL: it is not wanted */
    bool trusted;              /* --trusted-network */
    uint64_t alone_after;      /* seconds after which the first node goes on alone; ALONE_NEVER: it waits for another */
    bool (*interrupted)(void); /* does a person want it to end? NULL: nobody can */
    bool (*forsaken)(void);    /* has who starts the nodes no more of them? NULL: nobody says so */
};

struct live_world;

/* Open everything, and listen. NULL with one line in ERROR. */
struct live_world *world_process_new(const struct world_options *options, struct error *error);
/* Where it listens, with the port that it has. */
const char *world_process_address(const struct live_world *world);
/* A process that may write to the operator's console too: a line for it. */
void world_process_say(struct live_world *world, const char *line);
/* Serve until the run is over. False with one line in ERROR: the host failed. */
bool world_process_run(struct live_world *world, struct error *error);
/* What came of it. */
void world_process_result(struct live_world *world, struct system_result *result);
/* The recording of the run is whole now. False with one line in ERROR: it could not be written, or no node has told how
 * its guest's run ended. True, too, if none was wanted. */
bool world_process_recorded(struct live_world *world, struct error *error);
void world_process_free(struct live_world *world);

#endif

/* node_process.h - `understudy node`: one computer as a process (docs/live.md). Its time is the host's; the world, and
 * the other computer of the pair, are other processes. It lies above ft/system, and may use what is below that.
 */
#ifndef US_FT_LIVE_NODE_PROCESS_H
#define US_FT_LIVE_NODE_PROCESS_H

#include <stdbool.h>

#include "ft/system.h"
#include "mmu/base/error.h"

struct node_options {
    const char *world;         /* the address of the world */
    const char *listen;        /* where the other node comes; NULL: beside the world's socket, or any port */
    const char *monitor;       /* where a person comes; NULL: nowhere */
    bool trusted;              /* --trusted-network */
    bool (*interrupted)(void); /* does a person want it to end? NULL: nobody can */
    /* At its end, if it has been part of a run: SYSTEM is its one computer (NULL: it was a spare), RESULT its part, of
     * which nothing is judged, STATUS how it exits. NULL: nobody wants to know. */
    void (*ended)(void *arg, struct system *system, const struct system_result *result, int status);
    void *arg;
};

/* How a node ends: with the guest; without the world; fenced off, or its system lost. */
enum { NODE_ENDED = 0, NODE_WORLD_LOST = 74, NODE_FENCED = 75, NODE_REFUSED = 2 };

/* Be a node until its end. Returns its exit status, with one line in ERROR if it is not 0. */
int node_process(const struct node_options *options, struct error *error);

#endif

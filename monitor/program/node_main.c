/* node_main.c - `understudy node`: one computer of a live pair, as a process (ft/live/node_process.h). */
#include <stdio.h>

#include "ft/live/node_process.h"
#include "monitor/base/ctrl_c.h"
#include "monitor/program/live_options.h"
#include "monitor/program/subcommand.h"

int node_main(unsigned count, char *const *words, struct error *error)
{
    struct live_options live;
    int status = EXIT_REFUSED;
    if (live_options_take(&live, LIVE_NODE, count, words, error)) {
        struct node_options options = {.world = live.world,
                                       .listen = live.listen,
                                       .monitor = live.monitor,
                                       .trusted = live.trusted,
                                       .interrupted = ctrl_c_asked};
        if (live.help) {
            printf("understudy node --world ADDR [OPTIONS]\n\n"
                   "One computer of a live pair: what it is to be, the world says.\n"
                   "The exit status is 0 if it ended with the guest, 75 if it was fenced off, 74 if it lost the world, "
                   "2 if it was refused.\n\nOptions:\n");
            live_options_help(LIVE_NODE);
            status = 0;
        } else if (live.count) {
            error_set(error, "'%s' is no option of a node: 'understudy node --world ADDR [--listen ADDR]' is wanted",
                      live.rest[0]);
        } else if (!live.world) {
            error_set(error, "no world is given: 'understudy node --world ADDR' is wanted");
        } else {
            ctrl_c_block(true);
            status = node_process(&options, error);
        }
    }
    live_options_free(&live);
    return status;
}

/* node_main.c - `understudy node`: one computer of a live pair, as a process (ft/live/node_process.h). */
#include <stdio.h>

#include "ft/live/node_process.h"
#include "monitor/base/ctrl_c.h"
#include "monitor/base/file.h"
#include "monitor/program/live_options.h"
#include "monitor/program/node_person.h"
#include "monitor/program/result.h"
#include "monitor/program/subcommand.h"
#include "monitor/session/monitor.h"

/* Where its part of the run is written to, and whether it could be. */
struct report {
    const char *path; /* NULL: nowhere */
    bool good;
    struct error error;
};

static void write_report(void *arg, struct system *system, const struct system_result *result, int status)
{
    struct report *report = arg;
    if (report->path)
        report->good = result_save(report->path, system, result, status, &report->error);
}

/* Nothing is read but from the world; who has the disks may be of this host. */
static bool may_write(const char *json, struct error *error)
{
    struct claims claims;
    claims_begin(&claims);
    bool good = claims_write(&claims, json, "the JSON object", error) && (!json || file_writable(json, error));
    claims_free(&claims);
    return good;
}

/* Be one. Its exit status, with one line in ERROR if it is not 0. */
static int be_node(const struct live_options *live, struct error *error)
{
    struct report report = {.path = live->json, .good = true};
    struct node_options options = {.world = live->world,
                                   .listen = live->listen,
                                   .monitor = live->monitor,
                                   .trusted = live->trusted,
                                   .chronicle_rows = live->monitor || live->window ? CHRONICLE_ROWS : 0,
                                   .interrupted = ctrl_c_asked,
                                   .begins = live->window ? node_person_open_window : NULL,
                                   .ended = write_report,
                                   .act = node_person_act,
                                   .look = node_person_look,
                                   .window = node_person_window,
                                   .arg = &report};
    if (!may_write(live->json, error))
        return EXIT_REFUSED;
    ctrl_c_block(true);
    int status = node_process(&options, error);
    if (status || report.good)
        return status;
    *error = report.error;
    return EXIT_REFUSED;
}

int node_main(unsigned count, char *const *words, struct error *error)
{
    struct live_options live;
    int status = EXIT_REFUSED;
    if (live_options_take(&live, LIVE_NODE, count, words, error)) {
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
            status = be_node(&live, error);
        }
    }
    live_options_free(&live);
    return status;
}

/* gdb_server.c - who serves gdb when: `gdb PORT` in the monitor, and `understudy run --gdb PORT`. */
#include <stdio.h>

#include "monitor/gdb/gdb.h"

#define SLICE_PS UINT64_C(20000000000)

/* Without a gdb the guest runs on: until the next one comes (GDB_CAME_CONNECTION), Ctrl-C, or its end
 * (GDB_CAME_NOTHING). */
static enum gdb_came run_free(struct monitor *monitor, struct gdb_link *link)
{
    struct system_result result;
    enum gdb_came came;
    while ((came = gdb_link_offer(link)) == GDB_CAME_NOTHING && !monitor->ended) {
        unsigned lead = system_acting(monitor->system);
        if (!computer_alive(monitor->system, lead) && system_computers(monitor->system) == 2)
            lead = 1 - lead;
        struct system_until until = {.computer = lead, .time_ps = computer_time_ps(monitor->system, lead) + SLICE_PS};
        enum stop_kind stop = travel_run(monitor->travel, &until, NULL, NULL);
        if (stop == STOP_REACHED)
            continue;
        if (stop == STOP_WAITS) /* who comes may repair what it waits for */
            return gdb_link_await(link);
        system_result(monitor->system, &result);
        monitor->ended = result.end != END_NONE;
        monitor->focus = lead;
    }
    return came;
}

bool gdb_run(struct monitor *monitor, struct gdb_link *link)
{
    enum gdb_came came = gdb_link_await(link);
    while (came == GDB_CAME_CONNECTION) {
        enum gdb_over over = gdb_session(monitor, link);
        if (monitor->ended)
            return false;
        if (over == GDB_KILLED || over == GDB_SIGNAL)
            return true;
        if (over == GDB_DETACHED) {
            came = run_free(monitor, link);
        } else {
            char place[GDB_PLACE_BYTES];
            gdb_link_place(link, place);
            fprintf(stderr, "understudy: gdb: the connection was lost: the guest waits for another at %s\n", place);
            came = gdb_link_await(link);
        }
    }
    return came == GDB_CAME_SIGNAL;
}

/* command_time.c - commands that go back in time: reverse-step, reverse-continue, reverse-epoch, info snapshots. What
 * makes it possible is ft/travel.h.
 */
#include <inttypes.h>
#include <string.h>

#include "ft/hosts.h"
#include "monitor/command/command.h"
#include "monitor/session/drive.h"
#include "monitor/base/text.h"
#include "monitor/base/ctrl_c.h"
#include "monitor/base/progress.h"

/* Has anything been executed that could be gone back over? */
static bool has_past(const struct monitor *monitor, struct error *error)
{
    if (!monitor_wants_image(monitor, error))
        return false;
    if (strcmp(system_looks_at(monitor->system), VM_FIRST) != 0)
        return error_set(error, "going back is the first VM's: 'focus first' looks at it");
    return monitor_has_run(monitor) || error_set(error, "nothing has been run yet: there is nothing to go back to");
}

static void say(struct monitor *monitor, enum travel_result result)
{
    drive_forget_future(monitor);
    if (result == TRAVEL_STOP)
        fputs(monitor->stop_text, monitor->out);
    else if (result == TRAVEL_START)
        fprintf(monitor->out, "the start, ");
    else if (result == TRAVEL_INTERRUPTED)
        fprintf(monitor->out, "interrupted, ");
    monitor->interrupted = result == TRAVEL_INTERRUPTED;
    monitor_print_where(monitor);
}

typedef enum travel_result way_back(struct travel *travel, unsigned computer, uint64_t count);

static void go_back(struct monitor *monitor, way_back *way, uint64_t count)
{
    struct ctrl_c ctrl_c;
    struct progress progress;
    drive_note_deeds(monitor);
    ctrl_c_begin_input(&ctrl_c, monitor->system, monitor->break_fd);
    progress_begin(&progress, NULL);
    travel_told(monitor->travel, drive_tell, &progress);
    enum travel_result result = way(monitor->travel, monitor->focus, count);
    travel_told(monitor->travel, NULL, NULL);
    progress_end(&progress);
    ctrl_c_end(&ctrl_c);
    say(monitor, result);
}

bool command_reverse_step(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    uint64_t count;
    if (!has_past(monitor, error) || !arguments_count(monitor, arguments, &count, error))
        return false;
    go_back(monitor, travel_back_insns, count);
    return true;
}

bool command_reverse_epoch(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    uint64_t count;
    if (!has_past(monitor, error) || !arguments_count(monitor, arguments, &count, error))
        return false;
    if (monitor->options.config.mode == MODE_BARE)
        return error_set(error, "a bare computer has no epochs: 'system --mode solo' or '--mode pair' has");
    go_back(monitor, travel_back_epochs, count);
    return true;
}

bool command_reverse_continue(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (!has_past(monitor, error))
        return false;
    say(monitor, drive_back(monitor));
    return true;
}

bool info_snapshots(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (!monitor_wants_system(monitor, error))
        return false;
    const struct travel *travel = monitor->travel;
    unsigned computers = system_computers(monitor->system), count = travel_places(travel, 0, NULL);
    fprintf(monitor->out, "  virtual time  %sinstruction of %s\n", computers == 2 ? "epoch and " : "",
            computers == 2 ? "either computer (- failed)" : "the computer");
    for (unsigned i = 0; i < count; i++) {
        struct travel_place place;
        travel_places(travel, i, &place);
        fprintf(monitor->out, "%12.6f s", (double)place.time_ps / 1e12);
        for (unsigned c = 0; c < computers; c++) {
            if (monitor->options.config.mode != MODE_BARE)
                fprintf(monitor->out, "  e%" PRIu64, place.epoch[c]);
            fprintf(monitor->out, "  %" PRIu64 "%s", place.insns[c], place.alive[c] ? "" : " -");
        }
        fprintf(monitor->out, "\n");
    }
    fprintf(monitor->out, "%u snapshot%s, %" PRIu64 " of %" PRIu64 " MiB\n", count, count == 1 ? "" : "s",
            (travel_bytes(travel) + (1 << 20) - 1) >> 20, travel_budget_bytes(travel) >> 20);
    return true;
}

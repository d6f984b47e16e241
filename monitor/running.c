/* running.c - see running.h. */
#include "monitor/running.h"

#include <inttypes.h>

#include "monitor/recorder.h"
#include "monitor/watch.h"

static bool point_reached(const struct monitor *monitor, const struct system_until *until)
{
    return (until->insns && monitor_cpu_state(monitor)->insns >= until->insns) ||
           (until->epoch && computer_epoch(monitor->system, monitor->focus) >= until->epoch);
}

/* Is the focused processor back in the frame that GOAL wants? One further in has a stack pointer further up. */
static bool goal_reached(const struct monitor *monitor, const struct running_goal *goal)
{
    const struct cpu_state *state = monitor_cpu_state(monitor);
    return (state->iaoq_front & ~UINT32_C(3)) == goal->address && (goal->any_frame || state->gr[30] <= goal->sp_max);
}

enum stop_kind running_to_goal(struct monitor *monitor, struct system_until until, const struct running_goal *goal)
{
    struct watch watch;
    struct stop_point points[BREAKPOINTS_MAX + 1];
    enum stop_kind stop;
    fflush(monitor->out); /* the guest writes to the same descriptor */
    monitor->stop_text[0] = '\0';
    until.computer = monitor->focus;
    until.points = points;
    watch_begin(&watch, monitor->system, false);
    for (bool on = true; on;) {
        until.point_count = breakpoints_collect(monitor, points);
        if (goal)
            points[until.point_count++] = (struct stop_point){.place = STOP_AT_ADDRESS, .offset = goal->address};
        stop = system_run_until(monitor->system, &until);
        if (stop != STOP_BREAKPOINT)
            break;
        on =
            !breakpoints_stop(monitor, system_stop_hit(monitor->system), monitor->stop_text, sizeof monitor->stop_text);
        if (on && ((goal && goal_reached(monitor, goal)) || point_reached(monitor, &until))) {
            stop = STOP_REACHED;
            break;
        }
    }
    watch_end(&watch);
    return stop;
}

enum stop_kind running_to(struct monitor *monitor, struct system_until until)
{
    return running_to_goal(monitor, until, NULL);
}

static void print_end(struct monitor *monitor)
{
    monitor->ended = true;
    struct system_result result;
    system_result(monitor->system, &result);
    if (result.end == END_EXIT)
        fprintf(monitor->out, "exit: the guest powered off with status %d", result.status);
    else
        fprintf(monitor->out, "%s%s%s", result.end_name, result.why ? ": " : "", result.why ? result.why : "");
    fprintf(monitor->out, " after %" PRIu64 " instructions", result.instructions);
    if (monitor->options.config.mode != MODE_BARE)
        fprintf(monitor->out, ", %" PRIu64 " epochs, %" PRIu64 " fail-over%s", result.epochs, result.failovers,
                result.failovers == 1 ? "" : "s");
    fprintf(monitor->out, "\n");
    if (result.digests_differ)
        fprintf(monitor->out, "the computers' digests differ\n");
    struct error error;
    monitor->limited = result.end == END_TIMEOUT && !monitor->options.config.timeout_insns;
    if (!recorder_finish(monitor, &error))
        fprintf(monitor->out, "%s\n", error.text);
    if (!result.explainable)
        fprintf(monitor->out, "unexplainable: %s\n", result.violation ? result.violation : "no sentence");
}

bool running_follow(struct monitor *monitor)
{
    if (computer_alive(monitor->system, monitor->focus))
        return true;
    for (unsigned i = 0; i < system_computers(monitor->system); i++) {
        if (!computer_alive(monitor->system, i))
            continue;
        fprintf(monitor->out, "the %s has failed: looking at the %s\n", monitor_name(monitor, monitor->focus),
                monitor_name(monitor, i));
        monitor->focus = i;
        monitor->disassemble_goes_on = false;
        return true;
    }
    return false;
}

void running_say(struct monitor *monitor, enum stop_kind stop)
{
    switch (stop) {
    case STOP_ENDED:
        print_end(monitor);
        return;
    case STOP_BREAKPOINT:
        fputs(monitor->stop_text, monitor->out);
        break;
    case STOP_INTERRUPTED:
        fprintf(monitor->out, "interrupted, ");
        monitor->interrupted = true;
        break;
    case STOP_DIED:
        if (!running_follow(monitor)) {
            print_end(monitor);
            return;
        }
        break;
    case STOP_REACHED:
    case STOP_SHOWN:
        break;
    }
    monitor_print_where(monitor);
}

bool running_can(const struct monitor *monitor, struct error *error)
{
    if (!monitor_wants_image(monitor, error))
        return false;
    return !monitor->ended || error_set(error, "the run has ended: 'load' begins it again");
}

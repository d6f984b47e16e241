/* drive.c - see drive.h. */
#include "monitor/session/drive.h"

#include <inttypes.h>
#include <string.h>

#include "ft/compare.h"
#include "ft/hosts.h"
#include "monitor/session/plan.h"
#include "monitor/session/recorder.h"
#include "monitor/base/ctrl_c.h"
#include "monitor/base/progress.h"

/* Is the focused processor back in the frame that GOAL wants? One further in has a stack pointer further up. */
static bool goal_reached(const struct monitor *monitor, const struct drive_goal *goal)
{
    const struct cpu_state *state = monitor_cpu_state(monitor);
    return (state->iaoq_front & ~UINT32_C(3)) == goal->address && (goal->any_frame || state->gr[30] <= goal->sp_max);
}

/* A run with the breakpoints, as travel_predicate sees it. */
struct running {
    struct monitor *monitor;
    const struct drive_goal *goal;
    bool forward;
    bool at_goal; /* it has come to the goal, and to no breakpoint */
};

static bool stops_here(void *arg)
{
    struct running *running = arg;
    struct monitor *monitor = running->monitor;
    if (breakpoints_stop(monitor, system_stop_hit(monitor->system), running->forward, monitor->stop_text,
                         sizeof monitor->stop_text))
        return true;
    running->at_goal = running->goal && goal_reached(monitor, running->goal);
    struct stop_point same[BREAKPOINTS_MAX];
    breakpoints_collect(monitor, same); /* for what watched memory is now */
    return running->at_goal;
}

/* Fill in UNTIL: the focused computer, and POINTS with room for all. */
static void collect(struct monitor *monitor, struct system_until *until, struct stop_point *points)
{
    fflush(monitor->out); /* the guest writes to the same descriptor */
    monitor->stop_text[0] = '\0';
    monitor->frame = 0;
    until->computer = monitor->focus;
    until->points = points;
    until->point_count = breakpoints_collect(monitor, points);
}

static bool is_watched(const struct monitor *monitor)
{
    return monitor->watcher.arg && monitor->watcher.open(monitor->watcher.arg);
}

/* Between two pieces of the run: keys and the window have a turn. */
static enum travel_look look(void *arg)
{
    struct monitor *monitor = arg;
    enum travel_look typed = keys_look(monitor);
    enum travel_look watched = is_watched(monitor) ? monitor->watcher.look(monitor->watcher.arg) : TRAVEL_GO_ON;
    return typed > watched ? typed : watched;
}

enum stop_kind drive_to_goal(struct monitor *monitor, struct system_until until, const struct drive_goal *goal)
{
    struct ctrl_c ctrl_c;
    struct stop_point points[BREAKPOINTS_MAX + 1];
    struct running running = {.monitor = monitor, .goal = goal, .forward = true};
    collect(monitor, &until, points);
    if (goal)
        points[until.point_count++] = (struct stop_point){.place = STOP_AT_ADDRESS, .offset = goal->address};
    drive_note_deeds(monitor);
    ctrl_c_begin_input(&ctrl_c, monitor->system, monitor->break_fd);
    trace_arm(monitor, until.text);
    travel_watch(monitor->travel, monitor->keys.raw || is_watched(monitor) ? look : NULL, monitor);
    travel_ahead(monitor->travel, !monitor->trace.processors);
    enum stop_kind stop = travel_run(monitor->travel, &until, stops_here, &running);
    trace_disarm(monitor);
    ctrl_c_end(&ctrl_c);
    return stop == STOP_BREAKPOINT && running.at_goal ? STOP_REACHED : stop;
}

void drive_tell(void *progress, uint64_t done, uint64_t of)
{
    progress_tell(progress, done, of);
}

enum travel_result drive_back(struct monitor *monitor)
{
    struct ctrl_c ctrl_c;
    struct stop_point points[BREAKPOINTS_MAX];
    struct system_until until = {0};
    struct running running = {.monitor = monitor};
    collect(monitor, &until, points);
    struct progress progress;
    drive_note_deeds(monitor);
    ctrl_c_begin_input(&ctrl_c, monitor->system, monitor->break_fd);
    progress_begin(&progress, NULL);
    travel_told(monitor->travel, drive_tell, &progress);
    enum travel_result result = travel_back_to_stop(monitor->travel, &until, stops_here, &running);
    travel_told(monitor->travel, NULL, NULL);
    progress_end(&progress);
    if (result == TRAVEL_STOP && system_stop_hit(monitor->system)->point->place == STOP_AT_ACCESS) {
        /* Once more from just before, to say what was there. */
        travel_back_insns(monitor->travel, monitor->focus, 1);
        breakpoints_collect(monitor, points);
        travel_run(monitor->travel, &until, stops_here, &running);
    }
    ctrl_c_end(&ctrl_c);
    return result;
}

enum stop_kind drive_on(struct monitor *monitor)
{
    enum stop_kind stop;
    keys_begin(monitor);
    do
        stop = drive_to(monitor, (struct system_until){0});
    while (stop == STOP_DIED && drive_follow(monitor));
    keys_end(monitor);
    return stop;
}

void drive_note_deeds(struct monitor *monitor)
{
    if (travel_note_deeds(monitor->travel))
        fprintf(monitor->out, "a new future begins here: what came after is forgotten\n");
    fflush(monitor->out);
}

void drive_forget_future(struct monitor *monitor)
{
    uint64_t shown = 0;
    system_terminal_output(monitor->system, &shown);
    if (monitor->expected_terminal > shown)
        monitor->expected_terminal = shown;
    uint64_t told = strlen(system_account(monitor->system));
    if (monitor->expected_operator > told)
        monitor->expected_operator = told;
    struct system_result result;
    system_result(monitor->system, &result);
    monitor->ended = result.end != END_NONE;
    monitor->disassemble_goes_on = false;
}

enum stop_kind drive_to(struct monitor *monitor, struct system_until until)
{
    return drive_to_goal(monitor, until, NULL);
}

static void print_end(struct monitor *monitor)
{
    monitor->ended = true;
    struct system_result result;
    system_locate(monitor->system);
    system_result(monitor->system, &result);
    if (result.end == END_EXIT)
        fprintf(monitor->out, "exit: the guest powered off with status %d", result.status);
    else
        fprintf(monitor->out, "%s%s%s", result.end_name, result.why ? ": " : "", result.why ? result.why : "");
    fprintf(monitor->out, " after %" PRIu64 " instructions", result.instructions);
    if (monitor->options.config.mode != MODE_BARE)
        fprintf(monitor->out, ", %" PRIu64 " epoch%s, %" PRIu64 " fail-over%s", result.epochs,
                result.epochs == 1 ? "" : "s", result.failovers, result.failovers == 1 ? "" : "s");
    fprintf(monitor->out, "\n");
    if (result.digests_differ)
        fprintf(monitor->out, "the computers' digests differ\n");
    struct error error;
    monitor->limited = result.end == END_TIMEOUT && !monitor->options.config.timeout_insns;
    if (!recorder_finish(monitor, &error))
        fprintf(monitor->out, "%s\n", error.text);
    char missed[512];
    if (plan_missed(monitor->system, missed, sizeof missed))
        fprintf(monitor->out, "note: %s\n", missed);
    if (!result.explainable)
        fprintf(monitor->out, "unexplainable: %s\n", result.violation ? result.violation : "no sentence");
}

bool drive_follow(struct monitor *monitor)
{
    if (computer_alive(monitor->system, monitor->focus))
        return true;
    for (unsigned i = 0; i < system_computers(monitor->system); i++) {
        if (!computer_alive(monitor->system, i))
            continue;
        bool fenced = computer_condition(monitor->system, monitor->focus) == CONDITION_FENCED;
        if (computer_role(monitor->system, monitor->focus) == computer_role(monitor->system, i))
            fprintf(monitor->out, "computer %u %s: looking at computer %u, the %s\n", monitor->focus + 1,
                    fenced ? "is fenced off" : "has failed", i + 1, monitor_name(monitor, i));
        else
            fprintf(monitor->out, "the %s %s: looking at the %s\n", monitor_name(monitor, monitor->focus),
                    fenced ? "is fenced off" : "has failed", monitor_name(monitor, i));
        monitor->focus = i;
        /* The virtual machines beside it are gone, too, but for those that are on both. */
        struct error none;
        if (!system_look(monitor->system, i, system_looks_at(monitor->system), &none))
            system_look(monitor->system, i, NULL, NULL);
        monitor->disassemble_goes_on = false;
        return true;
    }
    return false;
}

/* The virtual machine looked at has ended, and the others go on. */
static void leave_vm(struct monitor *monitor)
{
    struct system_result result;
    const char *name = system_looks_at(monitor->system);
    for (unsigned i = 1; system_vm_result(monitor->system, monitor->focus, i, &result); i++)
        if (strcmp(system_vm_name(monitor->system, monitor->focus, i), name) == 0)
            fprintf(monitor->out, "%s has ended (%s): looking at %s\n", name, result.end_name, VM_FIRST);
    system_look(monitor->system, monitor->focus, NULL, NULL);
    monitor->disassemble_goes_on = false;
}

void drive_begin_line(struct monitor *monitor)
{
    if (monitor->keys.attended && monitor->system && system_break_line(monitor->system))
        fputc('\n', monitor->out);
}

void drive_say(struct monitor *monitor, enum stop_kind stop)
{
    drive_begin_line(monitor);
    switch (stop) {
    case STOP_ENDED:
        print_end(monitor);
        return;
    case STOP_BREAKPOINT:
        fputs(monitor->stop_text, monitor->out);
        break;
    case STOP_INTERRUPTED:
        if (monitor->keys.left)
            return;
        fprintf(monitor->out, "interrupted, ");
        monitor->interrupted = true;
        break;
    case STOP_DIED:
        if (!drive_follow(monitor)) {
            print_end(monitor);
            return;
        }
        break;
    case STOP_WAITS:
        fprintf(monitor->out, "%s waits for a processor to be repaired, ", system_looks_at(monitor->system));
        break;
    case STOP_OVER:
        leave_vm(monitor);
        break;
    case STOP_REACHED:
    case STOP_SHOWN:
        break;
    }
    monitor_print_where(monitor);
    if (monitor->displays.count)
        monitor_execute(monitor, "display", NULL);
}

bool drive_can(struct monitor *monitor, struct error *error)
{
    if (!monitor_wants_image(monitor, error))
        return false;
    monitor->fell = monitor->ended; /* a guest that has ended before a script is through with it */
    return !monitor->ended || error_set(error, "the run has ended: 'load' begins it again");
}

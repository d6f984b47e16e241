/* running.c - see running.h. */
#include "monitor/running.h"

#include <inttypes.h>

#include "monitor/recorder.h"
#include "monitor/watch.h"

static const struct breakpoint *breakpoint_here(const struct monitor *monitor)
{
    uint32_t address = monitor_cpu_state(monitor)->iaoq_front & ~UINT32_C(3);
    for (size_t i = 0; i < monitor->breakpoints.count; i++)
        if (monitor->breakpoints.at[i].address == address)
            return &monitor->breakpoints.at[i];
    return NULL;
}

/* Breakpoints are in the processor only while it runs: nothing has to follow the focus, a new system, or a processor
 * that was taken back in time. */
static void arm(const struct monitor *monitor, unsigned computer, bool on)
{
    struct cpu *cpu = computer_cpu(monitor->system, computer);
    for (size_t i = 0; i < monitor->breakpoints.count; i++) {
        if (on)
            cpu_breakpoint_add(cpu, monitor->breakpoints.at[i].address);
        else
            cpu_breakpoint_remove(cpu, monitor->breakpoints.at[i].address);
    }
}

static bool point_reached(const struct monitor *monitor, const struct system_until *until)
{
    return (until->insns && monitor_cpu_state(monitor)->insns >= until->insns) ||
           (until->epoch && computer_epoch(monitor->system, monitor->focus) >= until->epoch);
}

enum stop_kind running_to(struct monitor *monitor, struct system_until until)
{
    struct watch watch;
    enum stop_kind stop = STOP_REACHED;
    fflush(monitor->out); /* the guest writes to the same descriptor */
    until.computer = monitor->focus;
    watch_begin(&watch, monitor->system, false);
    if (breakpoint_here(monitor)) {
        struct system_until next = until;
        next.insns = monitor_cpu_state(monitor)->insns + 1;
        stop = system_run_until(monitor->system, &next);
    }
    if (stop == STOP_REACHED && !point_reached(monitor, &until)) {
        arm(monitor, until.computer, true);
        stop = system_run_until(monitor->system, &until);
        arm(monitor, until.computer, false);
    }
    watch_end(&watch);
    return stop;
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
    const struct breakpoint *breakpoint = breakpoint_here(monitor);
    switch (stop) {
    case STOP_ENDED:
        print_end(monitor);
        return;
    case STOP_BREAKPOINT:
        fprintf(monitor->out, "breakpoint %u, ", breakpoint ? breakpoint->number : 0);
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

/* command_run.c - commands that make the guest run or fail: continue, step, epoch, crash, break, delete. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/command.h"
#include "monitor/text.h"
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

/* Run the focused computer to UNTIL or a breakpoint. One that it stands at is passed first. */
static enum stop_kind run_until(struct monitor *monitor, struct system_until until)
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
    if (!result.explainable)
        fprintf(monitor->out, "unexplainable: %s\n", result.violation ? result.violation : "no sentence");
}

/* If the computer looked at has failed and the other has not, look at the other. */
static bool follow_survivor(struct monitor *monitor)
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

/* Say why the run stopped. */
static void print_stop(struct monitor *monitor, enum stop_kind stop)
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
        if (!follow_survivor(monitor)) {
            print_end(monitor);
            return;
        }
        break;
    case STOP_REACHED:
        break;
    }
    monitor_print_where(monitor);
}

static bool can_run(const struct monitor *monitor, struct error *error)
{
    if (!monitor_wants_image(monitor, error))
        return false;
    return !monitor->ended || error_set(error, "the run has ended: 'load' begins it again");
}

/* The optional count in WORD number 0; 1 if it is not there. */
static bool count_argument(const struct arguments *arguments, uint64_t *count, struct error *error)
{
    *count = 1;
    if (arguments->count && (!text_number(arguments->at[0], count) || *count == 0 || *count > UINT64_MAX / 4))
        return error_set(error, "'%s' is no count: a number from 1 is wanted", arguments->at[0]);
    return true;
}

bool command_continue(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (!can_run(monitor, error))
        return false;
    enum stop_kind stop;
    do
        stop = run_until(monitor, (struct system_until){0});
    while (stop == STOP_DIED && follow_survivor(monitor));
    print_stop(monitor, stop);
    return true;
}

bool command_step(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    uint64_t count;
    if (!can_run(monitor, error) || !count_argument(arguments, &count, error))
        return false;
    uint64_t insns = monitor_cpu_state(monitor)->insns;
    print_stop(monitor, run_until(monitor, (struct system_until){.insns = insns + count}));
    monitor->disassemble_goes_on = false;
    return true;
}

bool command_epoch(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    uint64_t count;
    if (!can_run(monitor, error) || !count_argument(arguments, &count, error))
        return false;
    if (monitor->options.config.mode == MODE_BARE)
        return error_set(error, "a bare computer has no epochs: 'system --mode solo' or '--mode pair' has");
    uint64_t epoch = computer_epoch(monitor->system, monitor->focus);
    print_stop(monitor, run_until(monitor, (struct system_until){.epoch = epoch + count}));
    monitor->disassemble_goes_on = false;
    return true;
}

static bool crash_now(struct monitor *monitor, enum role role, struct error *error)
{
    for (unsigned i = 0; i < system_computers(monitor->system); i++) {
        if (!computer_alive(monitor->system, i) || computer_role(monitor->system, i) != role)
            continue;
        fprintf(monitor->out, "the %s fails at instruction %" PRIu64 "\n", monitor_name(monitor, i),
                cpu_state(computer_cpu(monitor->system, i))->insns);
        fflush(monitor->out);
        system_crash_now(monitor->system, i);
        follow_survivor(monitor);
        return true;
    }
    return error_set(error, "there is no %s now: it has failed", role == ROLE_PRIMARY ? "primary" : "backup");
}

bool command_crash(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (!can_run(monitor, error))
        return false;
    if (system_computers(monitor->system) < 2)
        return error_set(error, "crash needs --mode pair (the mode is %s), or computers=2 with --mode bare",
                         monitor_name(monitor, monitor->focus));
    const char *text = arguments->count ? arguments->at[0] : "";
    const char *where = strchr(text, '@');
    size_t length = where ? (size_t)(where - text) : strlen(text);
    const char *who = monitor_name(monitor, monitor->focus);
    if (length == 7 && strncmp(text, "primary", 7) == 0)
        who = "primary";
    else if (length == 6 && strncmp(text, "backup", 6) == 0)
        who = "backup";
    else if (length)
        return error_set(error, "'%.*s' is no computer: primary or backup is wanted", (int)length, text);
    if (!where)
        return crash_now(monitor, *who == 'p' ? ROLE_PRIMARY : ROLE_BACKUP, error);
    char full[256];
    struct fault fault;
    snprintf(full, sizeof full, "%s%s", who, where);
    if (!fault_parse(full, &fault, error))
        return false;
    if (monitor->options.config.fault_count == FAULTS_MAX)
        return error_set(error, "there are %d crash points already", FAULTS_MAX);
    if (!system_add_fault(monitor->system, &fault, error))
        return false;
    options_add_fault(&monitor->options, &fault);
    return true;
}

bool command_break(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    enum { BREAKPOINTS_MAX = 256 };
    uint32_t address;
    char symbol[128];
    if (!monitor_address(monitor, arguments->at[0], &address, error))
        return false;
    if (address % 4)
        return error_set(error, "0x%08x is not the address of an instruction: a multiple of 4 is wanted", address);
    if (monitor->breakpoints.count == BREAKPOINTS_MAX)
        return error_set(error, "there are %d breakpoints already: 'delete' some", BREAKPOINTS_MAX);
    for (size_t i = 0; i < monitor->breakpoints.count; i++)
        if (monitor->breakpoints.at[i].address == address)
            return error_set(error, "breakpoint %u is at 0x%08x already", monitor->breakpoints.at[i].number, address);
    *VEC_PUSH(&monitor->breakpoints) = (struct breakpoint){++monitor->breakpoint_last, address};
    symbols_format(&monitor->symbols, address, symbol, sizeof symbol);
    fprintf(monitor->out, "breakpoint %u at 0x%08x %s\n", monitor->breakpoint_last, address, symbol);
    return true;
}

static bool delete_one(struct monitor *monitor, const char *text, struct error *error)
{
    uint64_t number;
    if (!text_number(text, &number))
        return error_set(error, "'%s' is no number of a breakpoint: 'info breakpoints' shows them", text);
    for (size_t i = 0; i < monitor->breakpoints.count; i++) {
        struct breakpoint *at = &monitor->breakpoints.at[i];
        if (at->number != number)
            continue;
        memmove(at, at + 1, (--monitor->breakpoints.count - i) * sizeof *at);
        return true;
    }
    return error_set(error, "there is no breakpoint %s: 'info breakpoints' shows them", text);
}

bool command_delete(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (!arguments->count)
        monitor->breakpoints.count = 0;
    for (unsigned i = 0; i < arguments->count; i++)
        if (!delete_one(monitor, arguments->at[i], error))
            return false;
    return true;
}

/* command_run.c - commands that make the guest run or fail: continue, step, epoch, crash. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/command.h"
#include "monitor/running.h"
#include "monitor/text.h"

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
    if (!running_can(monitor, error))
        return false;
    enum stop_kind stop;
    do
        stop = running_to(monitor, (struct system_until){0});
    while (stop == STOP_DIED && running_follow(monitor));
    running_say(monitor, stop);
    return true;
}

bool command_step(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    uint64_t count;
    if (!running_can(monitor, error) || !count_argument(arguments, &count, error))
        return false;
    uint64_t insns = monitor_cpu_state(monitor)->insns;
    running_say(monitor, running_to(monitor, (struct system_until){.insns = insns + count}));
    monitor->disassemble_goes_on = false;
    return true;
}

bool command_epoch(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    uint64_t count;
    if (!running_can(monitor, error) || !count_argument(arguments, &count, error))
        return false;
    if (monitor->options.config.mode == MODE_BARE)
        return error_set(error, "a bare computer has no epochs: 'system --mode solo' or '--mode pair' has");
    uint64_t epoch = computer_epoch(monitor->system, monitor->focus);
    running_say(monitor, running_to(monitor, (struct system_until){.epoch = epoch + count}));
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
        running_follow(monitor);
        return true;
    }
    return error_set(error, "there is no %s now: it has failed", role == ROLE_PRIMARY ? "primary" : "backup");
}

bool command_crash(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (!running_can(monitor, error))
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

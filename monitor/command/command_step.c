/* command_step.c - commands that make the guest run: continue, step, epoch. */
#include <stdlib.h>

#include "monitor/command/command.h"
#include "monitor/session/drive.h"
#include "monitor/base/text.h"

bool command_continue(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (!drive_can(monitor, error))
        return false;
    drive_say(monitor, drive_on(monitor));
    return true;
}

bool command_step(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    uint64_t count;
    if (!drive_can(monitor, error) || !arguments_count(monitor, arguments, &count, error))
        return false;
    uint64_t insns = monitor_cpu_state(monitor)->insns;
    drive_say(monitor, drive_to(monitor, (struct system_until){.insns = insns + count}));
    monitor->disassemble_goes_on = false;
    return true;
}

bool command_epoch(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    uint64_t count;
    if (!drive_can(monitor, error) || !arguments_count(monitor, arguments, &count, error))
        return false;
    if (monitor->options.config.mode == MODE_BARE)
        return error_set(error, "a bare computer has no epochs: 'system --mode solo' or '--mode pair' has");
    uint64_t epoch = computer_epoch(monitor->system, monitor->focus);
    drive_say(monitor, drive_to(monitor, (struct system_until){.epoch = epoch + count}));
    monitor->disassemble_goes_on = false;
    return true;
}

/* command_frames.c - commands about the program's calls: backtrace, next, finish, until. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/isa/insn.h"
#include "monitor/command/command.h"
#include "monitor/view/frames.h"
#include "monitor/session/drive.h"
#include "monitor/session/number.h"

bool command_backtrace(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    enum { USUAL_COUNT = 50, COUNT_MAX = 100000 };
    uint64_t count = USUAL_COUNT;
    if (!monitor_wants_image(monitor, error))
        return false;
    if (arguments->count && (!number_read(monitor, arguments->at[0], &count) || count == 0 || count > COUNT_MAX))
        return error_set(error, "'%s' is no count: a number from 1 to %d is wanted", arguments->at[0], COUNT_MAX);
    frames_print(monitor, count);
    return true;
}

/* ---- next ---- */

/* Is the next instruction a call: a branch that puts its return address into a register? *LINK: which. */
static bool is_call(const struct monitor *monitor, unsigned *link)
{
    const struct cpu_state *state = monitor_cpu_state(monitor);
    uint32_t word;
    struct insn insn;
    if ((state->psw & PSW_N) || !monitor_fetch(monitor, (struct place){state->iaoq_front & ~UINT32_C(3), false}, &word))
        return false;
    insn_decode(word, &insn);
    *link = insn.id == INSN_BLE ? 31 : insn.t;
    return (insn.id == INSN_BL || insn.id == INSN_BLR || insn.id == INSN_BLE) && *link != 0;
}

/* One instruction, or a call and all that it calls. */
static enum stop_kind next_one(struct monitor *monitor)
{
    const struct cpu_state before = *monitor_cpu_state(monitor);
    unsigned link = 0;
    bool call = is_call(monitor, &link);
    enum stop_kind stop = drive_to(monitor, (struct system_until){.insns = before.insns + 1});
    const struct cpu_state *state = monitor_cpu_state(monitor);
    if (stop != STOP_REACHED || !call || state->iaoq_front != before.iaoq_back)
        return stop; /* the branch itself was interrupted, or somebody has looked */
    struct drive_goal goal = {.address = state->gr[link] & ~UINT32_C(3), .sp_max = before.gr[30]};
    return drive_to_goal(monitor, (struct system_until){0}, &goal);
}

bool command_next(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    uint64_t count = 1;
    enum stop_kind stop = STOP_REACHED;
    if (!drive_can(monitor, error))
        return false;
    if (arguments->count && (!number_read(monitor, arguments->at[0], &count) || count == 0))
        return error_set(error, "'%s' is no count: a number from 1 is wanted", arguments->at[0]);
    for (; count && stop == STOP_REACHED; count--)
        stop = next_one(monitor);
    drive_say(monitor, stop);
    monitor->disassemble_goes_on = false;
    return true;
}

/* ---- finish, until ---- */

bool command_finish(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    struct error why;
    struct frame caller;
    if (!drive_can(monitor, error))
        return false;
    struct frame frame = frame_innermost(monitor);
    if (!frame_caller(monitor, &frame, &caller, &why) || frame.interrupts)
        return error_set(error, "this function's return cannot be found: %.300s", why.text);
    struct drive_goal goal = {.address = frame.return_address, .sp_max = frame.entry_sp};
    enum stop_kind stop = drive_to_goal(monitor, (struct system_until){0}, &goal);
    drive_say(monitor, stop);
    if (stop == STOP_REACHED)
        fprintf(monitor->out, "ret0 is 0x%08x\n", monitor_cpu_state(monitor)->gr[28]);
    monitor->disassemble_goes_on = false;
    return true;
}

static bool past(const char *what, uint64_t there, uint64_t here, struct error *error)
{
    return error_set(error, "%s %" PRIu64 " is not ahead: it is %" PRIu64 " now", what, there, here);
}

/* "epoch N", "instruction N", "time T": *IS. */
static bool parse_count(const struct monitor *monitor, const struct arguments *arguments, struct system_until *until,
                        bool *is, struct error *error)
{
    char text[200], written[80];
    struct fault place;
    const char *name = arguments->at[0];
    *is = arguments->count == 2 &&
          (strcmp(name, "epoch") == 0 || strcmp(name, "instruction") == 0 || strcmp(name, "time") == 0);
    if (!*is)
        return true;
    snprintf(text, sizeof text, "%s=%s", name, arguments->at[1]);
    if (!number_write_fault(monitor, text, written, sizeof written, NULL) || !fault_parse_where(written, &place, NULL))
        return error_set(error, "'%s' is no %s: %s is wanted", arguments->at[1], name,
                         *name == 't' ? "virtual seconds, with decimals," : "a number");
    if (place.place == FAULT_EPOCH && monitor->options.config.mode == MODE_BARE)
        return error_set(error, "a bare computer has no epochs: 'system --mode solo' or '--mode pair' has");
    uint64_t here = *name == 'e'   ? computer_epoch(monitor->system, monitor->focus)
                    : *name == 'i' ? monitor_cpu_state(monitor)->insns
                                   : computer_time_ps(monitor->system, monitor->focus);
    if (place.number <= here)
        return *name == 't' ? error_set(error, "time %s is not ahead: 'info clock' shows what it is", arguments->at[1])
                            : past(name, place.number, here, error);
    *(*name == 'e' ? &until->epoch : *name == 'i' ? &until->insns : &until->time_ps) = place.number;
    return true;
}

bool command_until(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    struct system_until until = {0};
    struct drive_goal goal = {.any_frame = true};
    bool counted;
    if (!drive_can(monitor, error) || !parse_count(monitor, arguments, &until, &counted, error))
        return false;
    if (!counted && !monitor_address(monitor, arguments->rest, &goal.address, error))
        return false;
    if (goal.address % 4)
        return error_set(error, "0x%08x is not the address of an instruction: a multiple of 4 is wanted", goal.address);
    drive_say(monitor, drive_to_goal(monitor, until, counted ? NULL : &goal));
    monitor->disassemble_goes_on = false;
    return true;
}

/* command_host.c - commands about a host's processors and virtual machines: processor, vm; and the topics of info:
 * processors, vms, save-area (docs/hitachi.md).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ft/hosts.h"
#include "mmu/base/bits.h"
#include "monitor/base/text.h"
#include "monitor/command/command.h"
#include "monitor/session/drive.h"

static bool wants_host(const struct monitor *monitor, struct error *error)
{
    if (!monitor_wants_system(monitor, error))
        return false;
    return monitor->options.config.mode != MODE_BARE ||
           error_set(error, "a bare computer has no host: 'system --mode solo' or '--mode pair' has");
}

bool info_processors(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    struct host_processor processor;
    if (!wants_host(monitor, error))
        return false;
    for (unsigned n = 0; system_processor(monitor->system, monitor->focus, n, &processor); n++) {
        fprintf(monitor->out, "cpu%u  %s", n, processor.state);
        if (processor.pool)
            fprintf(monitor->out, ", in the pool");
        if (processor.vm)
            fprintf(monitor->out, ", executes %s", processor.vm);
        fprintf(monitor->out, "; %" PRIu64 " slices, %" PRIu64 " soft fault%s", processor.slices, processor.soft,
                processor.soft == 1 ? "" : "s");
        if (processor.failed_us != UINT64_MAX)
            fprintf(monitor->out, "; failed at %" PRIu64 " us", processor.failed_us);
        putc('\n', monitor->out);
    }
    return true;
}

static void print_vm(FILE *out, const struct host_vm *vm)
{
    char where[32], on[32] = "shared";
    if (vm->on != VM_SHARED)
        snprintf(on, sizeof on, "on=%d", vm->on);
    if (vm->processor >= 0)
        snprintf(where, sizeof where, "%s cpu%d", strcmp(vm->state, "running") == 0 ? "at" : "last at", vm->processor);
    else
        snprintf(where, sizeof where, "nowhere yet");
    fprintf(out,
            "%s  %s, %s, %s; recovery=%s unsaved=%s priority=%u; %" PRIu64 " instructions, %" PRIu64 " move%s, %" PRIu64
            " restart%s\n",
            vm->name, vm->state, where, on, vm_recovery_name(vm->attributes.recovery),
            vm_unsaved_name(vm->attributes.unsaved), vm->attributes.priority, vm->instructions, vm->moves,
            vm->moves == 1 ? "" : "s", vm->restarts, vm->restarts == 1 ? "" : "s");
}

bool info_vms(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    struct host_vm vm;
    if (!wants_host(monitor, error))
        return false;
    for (unsigned n = 0; system_vm(monitor->system, monitor->focus, n, &vm); n++)
        print_vm(monitor->out, &vm);
    return true;
}

/* Number TEXT of a processor, "cpuN" or N. */
static bool take_processor(const char *text, unsigned *number, struct error *error)
{
    uint64_t value;
    if (!text_number(strncmp(text, "cpu", 3) == 0 ? text + 3 : text, &value) || value >= BOARD_PROCESSORS_MAX)
        return error_set(error, "'%s' is no processor: a number from 0 to %d is wanted", text,
                         BOARD_PROCESSORS_MAX - 1);
    *number = (unsigned)value;
    return true;
}

static void print_area(FILE *out, const char *title, const uint8_t *area, unsigned size)
{
    enum { ROW_BYTES = 32 };
    static const uint8_t zeros[ROW_BYTES];
    bool skipped = false;
    fprintf(out, "%s\n", title);
    for (unsigned at = 0; at < size; at += ROW_BYTES) {
        if (!memcmp(area + at, zeros, ROW_BYTES)) {
            skipped = true;
            continue;
        }
        fprintf(out, "%s%03x ", skipped ? "    ...\n  " : "  ", at);
        skipped = false;
        for (unsigned i = 0; i < ROW_BYTES; i += 4)
            fprintf(out, " %08x", be32_load(area + at + i));
        putc('\n', out);
    }
    if (skipped)
        fprintf(out, "    ...\n");
}

bool info_save_area(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    unsigned number, size;
    if (!wants_host(monitor, error) || !take_processor(arguments->at[0], &number, error))
        return false;
    const uint8_t *real = system_save_area(monitor->system, monitor->focus, number, false, &size);
    const uint8_t *vm = system_save_area(monitor->system, monitor->focus, number, true, &size);
    if (!real)
        return error_set(error, "there is no processor %u", number);
    print_area(monitor->out, "real machine save area", real, size);
    print_area(monitor->out, "virtual machine save area", vm, size);
    return true;
}

static const char *side_of(const struct monitor *monitor)
{
    return computer_role(monitor->system, monitor->focus) == ROLE_PRIMARY ? "primary" : "backup";
}

bool command_processor(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    unsigned number;
    const char *what = arguments->at[0], *kind = arguments->count > 2 ? arguments->at[2] : "hard";
    bool fail = strcmp(what, "fail") == 0;
    char text[64];
    struct fault fault;
    if (!wants_host(monitor, error) || !drive_can(monitor, error))
        return false;
    if (!fail && strcmp(what, "repair") != 0)
        return error_set(error, "'%s' is nothing to do with a processor: fail or repair is wanted", what);
    if (!take_processor(arguments->at[1], &number, error))
        return false;
    if (!fail && arguments->count > 2)
        return error_set(error, "'%s' comes after the last word: 'processor repair N' is wanted", kind);
    if (!fail)
        return system_processor_repair(monitor->system, monitor->focus, number, error);
    snprintf(text, sizeof text, "%.20s,%s.cpu%u@instruction=0", kind, side_of(monitor), number);
    if (!fault_parse(text, &fault, NULL) || !fault_is_of_processor(fault.kind))
        return error_set(error, "'%s' is no fault of a processor: soft, hard, damage or hang is wanted", kind);
    return system_fault_now(monitor->system, &fault, error);
}

bool command_vm(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (!wants_host(monitor, error))
        return false;
    if (strcmp(arguments->at[0], "set") != 0)
        return error_set(error, "'%s' is nothing to do with a VM: 'vm set NAME OPTION=VALUE' is wanted",
                         arguments->at[0]);
    char key[32];
    const char *option = arguments->at[2], *equals = strchr(option, '=');
    if (!equals || !equals[1] || (size_t)(equals - option) >= sizeof key)
        return error_set(error, "'%s' is no OPTION=VALUE: recovery=, unsaved= or priority= is wanted", option);
    snprintf(key, sizeof key, "%.*s", (int)(equals - option), option);
    return system_vm_set(monitor->system, arguments->at[1], key, equals + 1, error);
}

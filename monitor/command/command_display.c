/* command_display.c - the habits of a debugger's user: run, up, down, list, display, symbol-file. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "io/elf.h"
#include "mmu/base/memory.h"
#include "monitor/base/file.h"
#include "monitor/command/command.h"
#include "monitor/session/drive.h"
#include "monitor/session/number.h"
#include "monitor/view/frames.h"
#include "monitor/view/source.h"

bool command_run_guest(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (!monitor_wants_image(monitor, error))
        return false;
    return (!monitor_has_run(monitor) || command_load(monitor, arguments, error)) &&
           command_continue(monitor, arguments, error);
}

/* ---- frames ---- */

/* The frame LEVEL of the program, or the outermost; *FRAME is it. */
static unsigned find_frame(const struct monitor *monitor, unsigned level, struct frame *frame)
{
    struct frame caller;
    *frame = frame_innermost(monitor);
    while (frame->level < level && frame_caller(monitor, frame, &caller, NULL))
        *frame = caller;
    return frame->level;
}

static bool look_at(struct monitor *monitor, uint64_t level, struct error *error)
{
    struct frame frame;
    unsigned reached = find_frame(monitor, level > UINT32_MAX ? UINT32_MAX : (unsigned)level, &frame);
    if (reached == monitor->frame && level > reached)
        return error_set(error, "frame %u is the outermost", reached);
    monitor->frame = reached;
    frame_print(monitor, &frame);
    return true;
}

bool command_up(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    uint64_t count;
    return monitor_wants_image(monitor, error) && arguments_count(monitor, arguments, &count, error) &&
           look_at(monitor, monitor->frame + count, error);
}

bool command_down(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    uint64_t count;
    if (!monitor_wants_image(monitor, error) || !arguments_count(monitor, arguments, &count, error))
        return false;
    if (!monitor->frame)
        return error_set(error, "frame 0 is the innermost");
    return look_at(monitor, count < monitor->frame ? monitor->frame - count : 0, error);
}

bool command_list(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    enum { BEFORE = 5, LINES = 15 };
    struct frame frame;
    if (!monitor_wants_image(monitor, error))
        return false;
    find_frame(monitor, monitor->frame, &frame);
    uint32_t address = frame.pc;
    if (arguments->count && !monitor_address(monitor, arguments->rest, &address, error))
        return false;
    address &= ~UINT32_C(3);
    if (source_print(monitor, address - (arguments->count || frame.exact ? 0 : 4)))
        return true;
    for (unsigned i = 0; i < LINES; i++) {
        uint32_t at = address - 4 * BEFORE + 4 * i, word;
        if (!monitor_fetch(monitor, (struct place){at, false}, &word))
            continue;
        fputs(at == address ? "=> " : "   ", monitor->out);
        monitor_print_insn(monitor, (struct place){at, false});
    }
    return true;
}

/* ---- display ---- */

static void print_display(struct monitor *monitor, const struct displayed *display)
{
    struct error error = {""};
    fprintf(monitor->out, "%u: %s = ", display->number, display->expression);
    char *line = NULL;
    int size = asprintf(&line, "print%s%s %s", display->format ? "/" : "", display->format ? display->format : "",
                        display->expression);
    memory_need(size >= 0);
    if (!monitor_execute(monitor, line, &error))
        fprintf(monitor->out, "(%s)\n", error.text);
    free(line);
}

bool command_display(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    uint64_t unused;
    if (arguments->count) {
        if (!monitor_evaluate(monitor, arguments->rest, &unused, error))
            return false;
        struct displayed *display = VEC_PUSH(&monitor->displays);
        *display = (struct displayed){.number = ++monitor->last_display, .expression = strdup(arguments->rest)};
        display->format = arguments->format ? strdup(arguments->format) : NULL;
        memory_need(display->expression && (display->format || !arguments->format));
        print_display(monitor, display);
        return true;
    }
    for (size_t i = 0; i < monitor->displays.count; i++)
        print_display(monitor, &monitor->displays.at[i]);
    if (!monitor->displays.count)
        fprintf(monitor->out, "nothing is displayed\n");
    return true;
}

static void drop(struct monitor *monitor, size_t index)
{
    free(monitor->displays.at[index].expression);
    free(monitor->displays.at[index].format);
    memmove(&monitor->displays.at[index], &monitor->displays.at[index + 1],
            (--monitor->displays.count - index) * sizeof *monitor->displays.at);
}

bool delete_displays(struct monitor *monitor, unsigned count, char *const *numbers, struct error *error)
{
    for (unsigned i = 0; i < count; i++) {
        uint64_t number;
        size_t at = 0;
        bool good = number_read(monitor, numbers[i], &number);
        while (good && at < monitor->displays.count && monitor->displays.at[at].number != number)
            at++;
        if (!good || at == monitor->displays.count)
            return error_set(error, "there is no display %s: 'display' shows them", numbers[i]);
        drop(monitor, at);
    }
    while (!count && monitor->displays.count)
        drop(monitor, 0);
    return true;
}

/* ---- symbols ---- */

bool command_symbol_file(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    const char *path = arguments->at[0];
    struct symbols symbols = {0};
    size_t size;
    uint8_t *bytes = reach_file(monitor, path, error) && claims_read(&monitor->claims, path, "the symbols", error)
                         ? file_read(path, &size, error)
                         : NULL;
    if (!bytes)
        return false;
    symbols_read(&symbols, bytes, size);
    if (!symbols.count) {
        symbols_free(&symbols);
        return error_set(error, "'%s' has no symbols: an ELF executable that is not stripped is wanted", path);
    }
    symbols_free(&monitor->symbols);
    monitor->symbols = symbols;
    fprintf(monitor->out, "%zu symbols\n", monitor->symbols.count);
    return true;
}

/* command_look.c - commands that look and change nothing: info, x, print, disassemble. */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/command.h"
#include "monitor/registers.h"
#include "monitor/text.h"

bool info_registers(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (!monitor_wants_system(monitor, error))
        return false;
    const struct cpu_state *state = monitor_cpu_state(monitor);
    if (!arguments->count)
        registers_print(monitor->out, state);
    for (unsigned i = 0; i < arguments->count; i++) {
        const char *name = arguments->at[i] + (arguments->at[i][0] == '$');
        uint64_t value;
        bool wide;
        if (!register_value(state, name, &value, &wide))
            return error_set(error,
                             "there is no register '%s': r0 to r31, sr0 to sr7, cr0 to cr31, fr0 to fr31, psw, "
                             "iaoq_front, ... are there",
                             name);
        if (wide)
            fprintf(monitor->out, "%s 0x%016" PRIx64 "\n", name, value);
        else
            fprintf(monitor->out, "%s 0x%08" PRIx64 "  %" PRId32 "\n", name, value, (int32_t)(uint32_t)value);
    }
    return true;
}

static void print_outstanding(void *arg, const char *text)
{
    fprintf(arg, "%s\n", text);
}

bool info_outstanding(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (!monitor_wants_system(monitor, error))
        return false;
    unsigned count = computer_outstanding(monitor->system, monitor->focus, print_outstanding, monitor->out);
    if (!count)
        fprintf(monitor->out, "nothing is outstanding\n");
    return true;
}

bool info_settings(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    struct settings initial, low = {0};
    settings_defaults(&initial);
    for (size_t i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_rows[i];
        char value[32], usual[32], minimum[32], maximum[32], shown[80];
        settings_format(&monitor->options.config.settings, row, value, sizeof value);
        settings_format(&initial, row, usual, sizeof usual);
        memcpy((char *)&low + row->offset, &row->minimum, sizeof row->minimum);
        settings_format(&low, row, minimum, sizeof minimum);
        memcpy((char *)&low + row->offset, &row->maximum, sizeof row->maximum);
        settings_format(&low, row, maximum, sizeof maximum);
        snprintf(shown, sizeof shown, "%s=%s", row->name, value);
        fprintf(monitor->out, "%-32s %s (%s, %s to %s; default %s)\n", shown, row->title, row->unit, minimum, maximum,
                usual);
    }
    return true;
}

bool info_clock(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (!monitor_wants_system(monitor, error))
        return false;
    for (unsigned i = 0; i < system_computers(monitor->system); i++) {
        uint64_t time = computer_time_ps(monitor->system, i);
        fprintf(monitor->out, "%s%s: %" PRIu64 ".%012" PRIu64 " s, instruction %" PRIu64, monitor_name(monitor, i),
                computer_alive(monitor->system, i) ? "" : " (failed)", time / UINT64_C(1000000000000),
                time % UINT64_C(1000000000000), cpu_state(computer_cpu(monitor->system, i))->insns);
        if (monitor->options.config.mode != MODE_BARE)
            fprintf(monitor->out, ", epoch %" PRIu64, computer_epoch(monitor->system, i));
        fprintf(monitor->out, "\n");
    }
    return true;
}

bool info_breakpoints(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (!monitor->breakpoints.count)
        fprintf(monitor->out, "there are no breakpoints\n");
    for (size_t i = 0; i < monitor->breakpoints.count; i++) {
        char symbol[128];
        symbols_format(&monitor->symbols, monitor->breakpoints.at[i].address, symbol, sizeof symbol);
        fprintf(monitor->out, "%u  0x%08x %s\n", monitor->breakpoints.at[i].number, monitor->breakpoints.at[i].address,
                symbol);
    }
    return true;
}

/* ---- x ---- */

static bool parse_format(const char *text, struct examine_format *format, uint64_t *count, struct error *error)
{
    enum { COUNT_MAX = 65536 };
    char digits[16];
    size_t length = strspn(text, "0123456789");
    *count = 1;
    snprintf(digits, sizeof digits, "%.*s", (int)length, text);
    if (length && (length >= sizeof digits || !text_number(digits, count) || *count == 0 || *count > COUNT_MAX))
        return error_set(error, "x/%s has no good count: 1 to %d is wanted", text, COUNT_MAX);
    for (const char *at = text + length; *at; at++) {
        if (strchr("xduotcasi", *at))
            format->letter = *at;
        else if (strchr("bhwg", *at))
            format->size = *at;
        else
            return error_set(error, "x/%s has no format '%c': a letter of x d u o t c a s i, a size of b h w g", text,
                             *at);
    }
    return true;
}

/* One byte of memory as the focused processor sees it. */
static bool byte_at(const struct monitor *monitor, uint32_t offset, uint8_t *byte)
{
    uint32_t physical;
    uint64_t value;
    if (!monitor_translate(monitor, offset, false, &physical) ||
        phys_load(computer_phys(monitor->system, monitor->focus), physical, 1, &value) != PHYS_OK)
        return false;
    *byte = (uint8_t)value;
    return true;
}

/* SIZE bytes, big-endian. */
static bool value_at(const struct monitor *monitor, uint32_t offset, unsigned size, uint64_t *value)
{
    *value = 0;
    for (unsigned i = 0; i < size; i++) {
        uint8_t byte;
        if (!byte_at(monitor, offset + i, &byte))
            return false;
        *value = *value << 8 | byte;
    }
    return true;
}

static void print_binary(FILE *out, uint64_t value, unsigned size)
{
    for (unsigned bit = size * 8; bit-- > 0;)
        putc('0' + (int)(value >> bit & 1), out);
}

static void print_value(const struct monitor *monitor, char letter, unsigned size, uint64_t value)
{
    FILE *out = monitor->out;
    char symbol[128];
    unsigned unused = 64 - size * 8;
    int64_t is_signed = (int64_t)(value << unused) >> unused;
    putc(' ', out);
    switch (letter) {
    case 'd':
        fprintf(out, "%" PRId64, is_signed);
        break;
    case 'u':
        fprintf(out, "%" PRIu64, value);
        break;
    case 'o':
        fprintf(out, "0%" PRIo64, value);
        break;
    case 't':
        print_binary(out, value, size);
        break;
    case 'c':
        fprintf(out, isprint((int)(value & 0xFF)) ? "'%c'" : "'\\%03o'", (unsigned)(value & 0xFF));
        break;
    case 'a':
        symbols_format(&monitor->symbols, (uint32_t)value, symbol, sizeof symbol);
        fprintf(out, "0x%08" PRIx64 "%s%s", value, *symbol ? " " : "", symbol);
        break;
    default:
        fprintf(out, "0x%0*" PRIx64, (int)size * 2, value);
        break;
    }
}

static bool no_memory(uint32_t offset, struct error *error)
{
    return error_set(error, "there is no memory at 0x%08x (device registers are not read: that could change them)",
                     offset);
}

/* A string up to its NUL; *OFFSET moves behind that. */
static bool print_string(const struct monitor *monitor, uint32_t *offset, struct error *error)
{
    enum { SHOWN_MAX = 200 };
    uint8_t byte;
    fprintf(monitor->out, " \"");
    for (unsigned i = 0;; i++) {
        if (!byte_at(monitor, *offset, &byte)) {
            fprintf(monitor->out, "\n");
            return no_memory(*offset, error);
        }
        if (i == SHOWN_MAX)
            break;
        ++*offset;
        if (!byte)
            break;
        if (byte == '"' || byte == '\\')
            fprintf(monitor->out, "\\%c", byte);
        else if (byte == '\n')
            fprintf(monitor->out, "\\n");
        else
            fprintf(monitor->out, isprint(byte) ? "%c" : "\\%03o", byte);
    }
    fprintf(monitor->out, byte ? "\"...\n" : "\"\n");
    return true;
}

/* One line of at most COUNT things from *OFFSET on; *SHOWN: how many. */
static bool print_line(const struct monitor *monitor, const struct examine_format *format, uint32_t *offset,
                       uint64_t count, uint64_t *shown, struct error *error)
{
    char symbol[128];
    unsigned size = format->size == 'b' ? 1 : format->size == 'h' ? 2 : format->size == 'g' ? 8 : 4;
    if (format->letter == 'c')
        size = 1;
    else if (format->letter == 'a')
        size = 4;
    *shown = 1;
    if (format->letter == 'i') {
        *offset &= ~UINT32_C(3);
        if (!monitor_print_insn(monitor, *offset))
            return no_memory(*offset, error);
        *offset += 4;
        return true;
    }
    symbols_format(&monitor->symbols, *offset, symbol, sizeof symbol);
    fprintf(monitor->out, "0x%08x%s%s:", *offset, *symbol ? " " : "", symbol);
    if (format->letter == 's')
        return print_string(monitor, offset, error);
    unsigned a_line = format->letter == 'a' ? 1 : size <= 2 ? 8 : 16 / size;
    for (*shown = 0; *shown < a_line && *shown < count; ++*shown) {
        uint64_t value;
        if (!value_at(monitor, *offset, size, &value)) {
            fprintf(monitor->out, "\n");
            return no_memory(*offset, error);
        }
        print_value(monitor, format->letter, size, value);
        *offset += size;
    }
    fprintf(monitor->out, "\n");
    return true;
}

bool command_examine(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    struct examine_format format = monitor->examine;
    uint64_t count = 1, shown;
    if (!monitor_wants_system(monitor, error))
        return false;
    if (arguments->format && !parse_format(arguments->format, &format, &count, error))
        return false;
    if (arguments->count && !monitor_address(monitor, arguments->at[0], &format.next, error))
        return false;
    for (; count; count -= shown)
        if (!print_line(monitor, &format, &format.next, count, &shown, error))
            return false;
    monitor->examine = format;
    return true;
}

bool command_print(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    uint64_t value;
    char place[300] = "";
    if (!monitor_evaluate(monitor, arguments->at[0], &value, error))
        return false;
    if (value <= UINT32_MAX)
        symbols_format(&monitor->symbols, (uint32_t)value, place, sizeof place);
    fprintf(monitor->out, "0x%08" PRIx64 "  %" PRId64 "%s%s\n", value, (int64_t)value, *place ? "  " : "", place);
    return true;
}

bool command_disassemble(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    enum { USUAL_COUNT = 8, COUNT_MAX = 65536 };
    uint64_t count = USUAL_COUNT;
    if (!monitor_wants_system(monitor, error))
        return false;
    uint32_t here = monitor_cpu_state(monitor)->iaoq_front & ~UINT32_C(3);
    uint32_t offset = monitor->disassemble_goes_on ? monitor->disassemble_next : here;
    if (arguments->count && !monitor_address(monitor, arguments->at[0], &offset, error))
        return false;
    if (arguments->count == 2 && (!text_number(arguments->at[1], &count) || count == 0 || count > COUNT_MAX))
        return error_set(error, "'%s' is no count: a number from 1 to %d is wanted", arguments->at[1], COUNT_MAX);
    offset &= ~UINT32_C(3);
    for (; count; count--, offset += 4) {
        fputs(offset == here ? "=> " : "   ", monitor->out);
        if (!monitor_print_insn(monitor, offset)) {
            fprintf(monitor->out, "0x%08x\n", offset);
            return no_memory(offset, error);
        }
    }
    monitor->disassemble_next = offset;
    monitor->disassemble_goes_on = true;
    return true;
}

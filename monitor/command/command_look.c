/* command_look.c - commands that look and change nothing: info, x, print, symbol, disassemble. */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/command/command.h"
#include "monitor/session/registers.h"
#include "monitor/session/number.h"
#include "monitor/base/text.h"
#include "monitor/view/native.h"

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
        fprintf(monitor->out, "%-32s %s (%s, %s to %s; default %s)%s\n", shown, row->title, row->unit, minimum, maximum,
                usual, setting_is_live(row) ? "; changes at once" : "");
    }
    return true;
}

bool info_clock(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (!monitor_wants_system(monitor, error))
        return false;
    for (unsigned i = 0; i < system_computers(monitor->system); i++) {
        uint64_t time = computer_time_ps(monitor->system, i);
        fprintf(monitor->out, "%s%s: %" PRIu64 ".%012" PRIu64 " s, instruction %" PRIu64,
                monitor_looked_name(monitor, i), computer_alive(monitor->system, i) ? "" : " (failed)",
                time / UINT64_C(1000000000000), time % UINT64_C(1000000000000),
                cpu_state(computer_cpu(monitor->system, i))->insns);
        if (monitor->options.config.mode != MODE_BARE)
            fprintf(monitor->out, ", epoch %" PRIu64, computer_epoch(monitor->system, i));
        fprintf(monitor->out, "\n");
    }
    return true;
}

/* ---- x ---- */

static bool parse_format(const char *command, const char *text, struct examine_format *format, uint64_t *count,
                         struct error *error)
{
    enum { COUNT_MAX = 65536 };
    char digits[16];
    size_t length = strspn(text, "0123456789");
    *count = 1;
    snprintf(digits, sizeof digits, "%.*s", (int)length, text);
    if (length && (length >= sizeof digits || !text_number(digits, count) || *count == 0 || *count > COUNT_MAX))
        return error_set(error, "%s/%s has no good count: 1 to %d is wanted", command, text, COUNT_MAX);
    for (const char *at = text + length; *at; at++) {
        if (strchr("xduotcasif", *at))
            format->letter = *at;
        else if (strchr("bhwg", *at))
            format->size = *at;
        else
            return error_set(error, "%s/%s has no format '%c': a letter of x d u o t c a s i f, a size of b h w g",
                             command, text, *at);
    }
    return true;
}

static void print_binary(FILE *out, uint64_t value, unsigned size)
{
    for (unsigned bit = size * 8; bit-- > 0;)
        putc('0' + (int)(value >> bit & 1), out);
}

/* A word as a single, eight bytes as a double, shorter as an integer. */
static void print_float(FILE *out, uint64_t value, unsigned size)
{
    uint32_t word = (uint32_t)value;
    float single;
    double whole;
    memcpy(&single, &word, sizeof single);
    memcpy(&whole, &value, sizeof whole);
    if (size == 8)
        fprintf(out, "%.17g", whole);
    else if (size == 4)
        fprintf(out, "%.9g", (double)single);
    else
        fprintf(out, "%" PRIu64, value);
}

static void print_value(const struct monitor *monitor, char letter, unsigned size, uint64_t value)
{
    FILE *out = monitor->out;
    char symbol[128];
    unsigned unused = 64 - size * 8;
    int64_t is_signed = (int64_t)(value << unused) >> unused;
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
    case 'f':
        print_float(out, value, size);
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

/* A string up to its NUL; *PLACE moves behind that. */
static bool print_string(const struct monitor *monitor, struct place *place, struct error *error)
{
    enum { SHOWN_MAX = 200 };
    uint8_t byte;
    fprintf(monitor->out, " \"");
    for (unsigned i = 0;; i++) {
        uint64_t value;
        if (!monitor_load(monitor, *place, 1, &value, error)) {
            fprintf(monitor->out, "\"...\n");
            return false;
        }
        byte = (uint8_t)value;
        if (i == SHOWN_MAX)
            break;
        place->address++;
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

static unsigned size_of(const struct examine_format *format)
{
    if (format->letter == 'c')
        return 1;
    if (format->letter == 'a')
        return 4;
    return format->size == 'b' ? 1 : format->size == 'h' ? 2 : format->size == 'g' ? 8 : 4;
}

/* One line of at most COUNT things from format->next on; *SHOWN: how many. */
static bool print_line(const struct monitor *monitor, struct examine_format *format, uint64_t count, uint64_t *shown,
                       struct error *error)
{
    char symbol[128] = "";
    unsigned size = size_of(format);
    struct place *next = &format->next;
    uint64_t value;
    *shown = 1;
    if (format->letter == 'i') {
        next->address &= ~UINT32_C(3);
        if (!monitor_show_insn(monitor, *next, error))
            return false;
        next->address += 4;
        return true;
    }
    if (!monitor_load(monitor, *next, format->letter == 's' ? 1 : size, &value, error))
        return false; /* before anything of the line is printed */
    if (!next->physical)
        symbols_format(&monitor->symbols, next->address, symbol, sizeof symbol);
    fprintf(monitor->out, "%s0x%08x%s%s:", next->physical ? "phys:" : "", next->address, *symbol ? " " : "", symbol);
    if (format->letter == 's')
        return print_string(monitor, next, error);
    unsigned a_line = format->letter == 'a' ? 1 : size <= 2 ? 8 : 16 / size;
    for (*shown = 0; *shown < a_line && *shown < count; ++*shown) {
        if (!monitor_load(monitor, *next, size, &value, error)) {
            fprintf(monitor->out, "\n");
            return false;
        }
        putc(' ', monitor->out);
        print_value(monitor, format->letter, size, value);
        next->address += size;
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
    if (arguments->format && !parse_format("x", arguments->format, &format, &count, error))
        return false;
    if (arguments->count && !monitor_place(monitor, arguments->rest, &format.next, error))
        return false;
    for (; count; count -= shown)
        if (!print_line(monitor, &format, count, &shown, error))
            return false;
    monitor->examine = format;
    return true;
}

bool command_print(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    struct examine_format format = {.letter = 0, .size = 0};
    uint64_t count;
    struct value whole = {0};
    char place[300] = "";
    if (arguments->format && !parse_format("print", arguments->format, &format, &count, error))
        return false;
    if (arguments->format && (count != 1 || strchr("si", format.letter)))
        return error_set(error, "print/%s has no good format: one letter of x d u o t c a f, one size of b h w g",
                         arguments->format);
    if (!monitor_value(monitor, arguments->rest, &whole, error))
        return false;
    uint64_t value = whole.number;
    if (arguments->format) {
        if (!format.size)
            format.size = value > UINT32_MAX && (value < UINT64_MAX - INT32_MAX || format.letter == 'f') ? 'g' : 'w';
        unsigned size = size_of(&format);
        print_value(monitor, format.letter ? format.letter : 'x', size,
                    size < 8 ? value & ~(UINT64_MAX << 8 * size) : value);
        fprintf(monitor->out, "\n");
        return true;
    }
    if (value <= UINT32_MAX && !whole.of_fact)
        symbols_format(&monitor->symbols, (uint32_t)value, place, sizeof place);
    fprintf(monitor->out, "0x%08" PRIx64 "  %" PRId64 "%s%s\n", value, (int64_t)value, *place ? "  " : "", place);
    return true;
}

bool command_symbol(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    uint32_t address = 0;
    const struct symbol *symbol = symbols_find(&monitor->symbols, arguments->rest);
    if (!symbol && !monitor_address(monitor, arguments->rest, &address, error))
        return false;
    if (!symbol)
        symbol = symbols_at(&monitor->symbols, address);
    else
        address = symbol->address;
    if (!symbol)
        return error_set(error, "there is no symbol at 0x%08x", address);
    fprintf(monitor->out, "0x%08x is %s+0x%x", address, symbol->name, address - symbol->address);
    if (symbol->size_bytes)
        fprintf(monitor->out, ", which is %u bytes from 0x%08x on", symbol->size_bytes, symbol->address);
    fprintf(monitor->out, "\n");
    return true;
}

static void print_native(void *out, const uint8_t *code, size_t size_bytes, size_t offset)
{
    native_print(out, code, size_bytes, offset);
}

/* What the instruction at virtual OFFSET is for the host. */
static void show_native(struct monitor *monitor, uint32_t offset)
{
    struct cpu *cpu = computer_cpu(monitor->system, monitor->focus);
    uint32_t physical;
    if (cpu_debug_translate(cpu, cpu_state(cpu)->iasq_front, offset, true, &physical))
        cpu_native(cpu, physical, print_native, monitor->out);
}

bool command_disassemble(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    enum { USUAL_COUNT = 8, COUNT_MAX = 65536 };
    uint64_t count = USUAL_COUNT;
    if (!monitor_wants_system(monitor, error))
        return false;
    if (arguments->format && strcmp(arguments->format, "n") != 0)
        return error_set(error, "disassemble/%s has no such format: n, with the host's instructions, is wanted",
                         arguments->format);
    if (arguments->format && cpu_engine(computer_cpu(monitor->system, monitor->focus)).kind != CPU_ENGINE_TRANSLATOR)
        return error_set(error, "disassemble/n shows what the translator makes: here the interpreter executes");
    uint32_t here = monitor_cpu_state(monitor)->iaoq_front & ~UINT32_C(3);
    uint32_t offset = monitor->disassemble_goes_on ? monitor->disassemble_next : here;
    if (arguments->count && !monitor_address(monitor, arguments->at[0], &offset, error))
        return false;
    if (arguments->count == 2 && (!number_read(monitor, arguments->at[1], &count) || count == 0 || count > COUNT_MAX))
        return error_set(error, "'%s' is no count: a number from 1 to %d is wanted", arguments->at[1], COUNT_MAX);
    offset &= ~UINT32_C(3);
    for (; count; count--, offset += 4) {
        fputs(offset == here ? "=> " : "   ", monitor->out);
        if (!monitor_show_insn(monitor, (struct place){offset, false}, error)) {
            fprintf(monitor->out, "0x%08x\n", offset);
            return false;
        }
        if (arguments->format)
            show_native(monitor, offset);
    }
    monitor->disassemble_next = offset;
    monitor->disassemble_goes_on = true;
    return true;
}

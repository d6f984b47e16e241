/* command_set.c - set: change a register, memory, a variable of the session, or a setting.
 *
 * A register or memory changes at the computer looked at and nowhere else: in a pair the two virtual processors then
 * differ, which is what the digests are there to find.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/command/command.h"
#include "mmu/base/memory.h"
#include "monitor/session/number.h"
#include "monitor/session/registers.h"

/* The = that assigns in TEXT, and not a part of == <= >= !=. NULL: there is none. */
static const char *assignment(const char *text)
{
    for (const char *at = text; *at; at++) {
        if (*at != '=')
            continue;
        if (at[1] == '=')
            at++;
        else if (at == text || !strchr("<>!", at[-1]))
            return at;
    }
    return NULL;
}

static bool is_register(const char *name)
{
    const struct cpu_state powered_on = {0};
    uint64_t value;
    bool wide;
    return register_value(&powered_on, name, &value, &wide);
}

/* All of TEXT is one word in double quotes. */
static bool is_word(const char *text)
{
    size_t length = strlen(text);
    return length > 1 && *text == '"' && strchr(text + 1, '"') == text + length - 1;
}

static bool set_word(struct monitor *monitor, const char *name, const char *quoted, struct error *error)
{
    char *word = strndup(quoted + 1, strlen(quoted) - 2);
    memory_need(word);
    bool good = variable_set_word(monitor, name, word, error);
    free(word);
    return good;
}

/* $NAME = EXPR, or a word in double quotes; the = may be missing. */
static bool set_named(struct monitor *monitor, const char *text, struct error *error)
{
    char name[VARIABLE_NAME_BYTES + 1];
    size_t length = strcspn(text + 1, " \t=");
    const char *value = text + 1 + length;
    uint64_t number = 0;
    snprintf(name, sizeof name, "%.*s", (int)length, text + 1);
    value += strspn(value, " \t");
    value += *value == '=';
    value += strspn(value, " \t");
    if (!*value)
        return error_set(error, "'set %s' has no value: 'set $NAME = EXPR' is wanted", text);
    if (is_word(value) && !is_register(name))
        return set_word(monitor, name, value, error);
    if (!monitor_evaluate(monitor, value, &number, error))
        return false;
    if (!is_register(name))
        return variable_set(monitor, name, number, error);
    if (!monitor_wants_system(monitor, error) || !register_set(monitor_cpu_state(monitor), name, number, error))
        return false;
    cpu_state_changed(computer_cpu(monitor->system, monitor->focus));
    monitor->disassemble_goes_on = false;
    return true;
}

/* *EXPR = EXPR, byte(EXPR) = EXPR, ... */
static bool set_memory(struct monitor *monitor, const char *text, const char *equals, struct error *error)
{
    struct value target;
    uint64_t number = 0;
    char *left = strndup(text, (size_t)(equals - text));
    memory_need(left);
    bool good = monitor_value(monitor, left, &target, error);
    if (good && !target.reference_bytes)
        good = error_set(error,
                         "'%s' cannot be set: *ADDR, byte(ADDR), half(ADDR), word(ADDR), double(ADDR) or $NAME "
                         "is wanted before the =",
                         left);
    free(left);
    if (!good || !monitor_evaluate(monitor, equals + 1, &number, error))
        return false;
    unsigned bits = 8 * target.reference_bytes;
    if (bits < 64 && number >> bits && (int64_t)number < -(INT64_C(1) << (bits - 1)))
        return error_set(error, "0x%llx does not fit into %u bits", (unsigned long long)number, bits);
    if (bits < 64 && (int64_t)number > 0 && number >> bits)
        return error_set(error, "0x%llx does not fit into %u bits", (unsigned long long)number, bits);
    return monitor_store(monitor, target.reference, target.reference_bytes, number, error);
}

/* NAME VALUE, taken apart at the = if there is one. */
static bool set_setting(struct monitor *monitor, const char *text, struct error *error)
{
    char name[32], value[64];
    size_t length = strcspn(text, " \t=");
    const char *at = text + length;
    at += strspn(at, " \t");
    at += *at == '=';
    at += strspn(at, " \t");
    if (!*at)
        return error_set(error, "'%s' is not a change: 'set NAME=VALUE' is wanted", text);
    if (length == 7 && strncmp(text, "history", 7) == 0)
        return set_trace_ring(monitor, at, error);
    snprintf(name, sizeof name, "%.*s", (int)length, text);
    uint64_t number;
    if (strchr(at, '$') && number_read(monitor, at, &number))
        snprintf(value, sizeof value, "%" PRIu64, number);
    else
        snprintf(value, sizeof value, "%s", at);
    struct settings *settings = &monitor->options.config.settings, before = *settings;
    if (!options_setting(&monitor->options, name, value, error))
        return false;
    if (!monitor->system)
        return true;
    if (!monitor_has_run(monitor)) {
        if (monitor_build(monitor, monitor->image_path != NULL, error))
            return true;
        *settings = before;
        return false;
    }
    bool live = false;
    for (size_t i = 0; i < setting_count; i++)
        if (strcmp(setting_rows[i].name, name) == 0)
            live = setting_is_live(&setting_rows[i]);
    if (live)
        system_set(monitor->system, settings);
    else
        fprintf(monitor->out, "takes effect at the next 'load'\n");
    return true;
}

bool command_set(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    const char *text = arguments->rest;
    const char *equals = assignment(text);
    if (text[0] == '$')
        return set_named(monitor, text, error);
    if (equals && (*text == '*' || *text == '(' || memchr(text, '(', (size_t)(equals - text))))
        return set_memory(monitor, text, equals, error);
    if (*text == '*')
        return error_set(error, "'set %s' has no value: 'set *ADDR = EXPR' is wanted", text);
    return set_setting(monitor, text, error);
}

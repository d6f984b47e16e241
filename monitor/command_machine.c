/* command_machine.c - commands about the machine and the session: system, load, set, focus, quit. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/command.h"

/* Has the system executed anything, or lost a computer? */
static bool has_run(const struct monitor *monitor)
{
    if (!monitor->system)
        return false;
    for (unsigned i = 0; i < system_computers(monitor->system); i++)
        if (!computer_alive(monitor->system, i) || cpu_state(computer_cpu(monitor->system, i))->insns)
            return true;
    return false;
}

/* A new system begins with the image file as it is: would somebody have wanted the changes? */
static bool has_changes(const struct monitor *monitor)
{
    const struct system_config *config = &monitor->options.config;
    return has_run(monitor) && config->disk_path && !config->disk_snapshot;
}

static void note_lost_changes(const struct monitor *monitor)
{
    fprintf(monitor->out, "what the last run changed on the disk is thrown away\n");
}

bool command_system(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    struct options before = monitor->options, options;
    options_init(&options);
    options.config.settings = before.config.settings;
    if (!options_parse(&options, OPTIONS_SYSTEM, arguments->count, arguments->at, error)) {
        options_free(&options);
        return false;
    }
    if (options.help) {
        options_help(monitor->out, OPTIONS_SYSTEM);
        options_free(&options);
        return true;
    }
    bool changes = has_changes(monitor);
    monitor->options = options;
    if (!monitor_build(monitor, false, error)) {
        monitor->options = before;
        options_free(&options);
        return false;
    }
    if (changes)
        note_lost_changes(monitor);
    options_free(&before);
    free(monitor->image_path);
    monitor->image_path = NULL;
    return true;
}

bool command_load(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (!arguments->count && !monitor->image_path)
        return error_set(error, "there is no image to load again: 'load IMAGE' is wanted");
    char *before = monitor->image_path;
    if (arguments->count) {
        monitor->image_path = strdup(arguments->at[0]);
        assert(monitor->image_path);
    }
    bool changes = has_changes(monitor), good = monitor_build(monitor, true, error);
    if (good && changes)
        note_lost_changes(monitor);
    if (arguments->count) {
        free(good ? before : monitor->image_path);
        if (!good)
            monitor->image_path = before;
    }
    return good;
}

/* $NAME = EXPR; the = may be missing. */
static bool set_variable(struct monitor *monitor, const char *text, struct error *error)
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
    return monitor_evaluate(monitor, value, &number, error) && variable_set(monitor, name, number, error);
}

bool command_set(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (arguments->rest[0] == '$')
        return set_variable(monitor, arguments->rest, error);
    if (arguments->count > 3)
        return error_set(error, "set takes less: 'set NAME=VALUE' is wanted");
    /* "name=value", "name value", "name = value" */
    char *text = NULL;
    size_t size;
    FILE *joined = open_memstream(&text, &size);
    assert(joined);
    bool equals = false;
    for (unsigned i = 0; i < arguments->count; i++) {
        if (i && !equals && arguments->at[i][0] != '=')
            putc('=', joined);
        fputs(arguments->at[i], joined);
        equals = equals || strchr(arguments->at[i], '=');
    }
    fclose(joined);
    struct settings before = monitor->options.config.settings;
    char *value = strchr(text, '=');
    bool good;
    if (!value) {
        good = error_set(error, "'%s' is not a change: 'set NAME=VALUE' is wanted", text);
    } else {
        *value = '\0';
        good = settings_set(&monitor->options.config.settings, text, value + 1, error);
    }
    free(text);
    if (!good || !monitor->system)
        return good;
    if (has_run(monitor)) {
        fprintf(monitor->out, "takes effect at the next 'load'\n");
        return true;
    }
    if (!monitor_build(monitor, monitor->image_path != NULL, error)) {
        monitor->options.config.settings = before;
        return false;
    }
    return true;
}

bool command_focus(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (!monitor_wants_system(monitor, error))
        return false;
    if (!arguments->count) {
        fprintf(monitor->out, "%s\n", monitor_name(monitor, monitor->focus));
        return true;
    }
    const char *role = arguments->at[0];
    if (strcmp(role, "primary") != 0 && strcmp(role, "backup") != 0)
        return error_set(error, "'%s' is no computer: primary or backup is wanted", role);
    if (system_computers(monitor->system) < 2)
        return error_set(error, "there is one computer: 'system --mode pair' makes two");
    enum role wanted = *role == 'p' ? ROLE_PRIMARY : ROLE_BACKUP;
    for (unsigned i = 0; i < system_computers(monitor->system); i++) {
        if (computer_alive(monitor->system, i) && computer_role(monitor->system, i) == wanted) {
            monitor->focus = i;
            monitor->disassemble_goes_on = false;
            return true;
        }
    }
    return error_set(error, "there is no %s now: it has failed", role);
}

bool command_quit(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    monitor->quit = true; /* whoever runs the session commits, as at the end of a script */
    return true;
}

/* command_script.c - what a script is made of besides commands that do something: source, echo, info variables. Control
 * structure is script.c's; a row for each of its words is in the table of commands, so that `help` knows them.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/command/command.h"
#include "monitor/script/script.h"

/* Reached only where script.c did not take the line: the word was abbreviated. */
bool command_control(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    return error_set(error, "if, else, while, repeat and end are written in full: 'help if' shows how");
}

bool command_source(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    enum { SOURCES_MAX = 16 };
    struct script script;
    if (monitor->sources == SOURCES_MAX)
        return error_set(error, "'%s' is the %dth script inside another: does it source itself?", arguments->at[0],
                         SOURCES_MAX + 1);
    char *path = script_path(monitor, arguments->at[0]);
    monitor->sources++;
    script_init(&script, path);
    bool good = reach_file(monitor, path, error) && claims_read(&monitor->claims, path, "a script", error) &&
                script_read(&script, path, error) && script_run(&script, monitor, error);
    script_free(&script);
    monitor->sources--;
    free(path);
    return good;
}

bool command_echo(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    fprintf(monitor->out, "%s\n", arguments->rest);
    return true;
}

bool info_variables(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    for (size_t i = 0; i < monitor->variables.rows.count; i++) {
        const struct variable *row = &monitor->variables.rows.at[i];
        fprintf(monitor->out, "$%-12s 0x%08" PRIx64 "  %" PRId64 "\n", row->name, row->value, (int64_t)row->value);
    }
    for (const struct fact *fact = facts; fact->name; fact++) {
        if (!fact_is_known(monitor, fact))
            fprintf(monitor->out, "$%-12s %-32s %s\n", fact->name,
                    monitor->system ? "(the world's to say)" : "(no system)", fact->title);
        else
            fprintf(monitor->out, "$%-12s 0x%-30" PRIx64 " %s\n", fact->name, fact->value(monitor), fact->title);
    }
    return true;
}

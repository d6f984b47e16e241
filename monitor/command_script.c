/* command_script.c - commands that a script is made of: info variables. */
#include <inttypes.h>

#include "monitor/command.h"

bool info_variables(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    for (size_t i = 0; i < monitor->variables.rows.count; i++) {
        const struct variable *row = &monitor->variables.rows.at[i];
        fprintf(monitor->out, "$%-12s 0x%08" PRIx64 "  %" PRId64 "\n", row->name, row->value, (int64_t)row->value);
    }
    for (const struct fact *fact = facts; fact->name; fact++) {
        if (fact->needs_system && !monitor->system)
            fprintf(monitor->out, "$%-12s %-32s %s\n", fact->name, "(no system)", fact->title);
        else
            fprintf(monitor->out, "$%-12s 0x%-30" PRIx64 " %s\n", fact->name, fact->value(monitor), fact->title);
    }
    return true;
}

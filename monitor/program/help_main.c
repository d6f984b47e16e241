/* help_main.c - `understudy help [SUBCOMMAND|COMMAND]`: what --help says, or the monitor's help. */
#include <stdio.h>
#include <string.h>

#include "monitor/command/command.h"
#include "monitor/program/subcommand.h"

int help_main(unsigned count, char *const *words, struct error *error)
{
    char *const help[] = {(char[]){"--help"}, NULL};
    struct monitor monitor;
    char line[256];
    if (!count) {
        subcommand_help(stdout);
        return 0;
    }
    for (unsigned i = 0; i + 1 < subcommand_count; i++)
        if (strcmp(words[0], subcommands[i].name) == 0 && subcommands[i].run != help_main)
            return subcommands[i].run(1, help, error);
    if (count > 2)
        return error_set(error, "'%s' comes after the last word: 'understudy help [COMMAND]' is wanted", words[2]),
               EXIT_REFUSED;
    snprintf(line, sizeof line, "help '%.100s' %s%.100s%s", words[0], count > 1 ? "'" : "", count > 1 ? words[1] : "",
             count > 1 ? "'" : "");
    monitor_init(&monitor, &command_table, stdout);
    bool good = monitor_execute(&monitor, line, error);
    monitor_free(&monitor);
    return good ? 0 : EXIT_REFUSED;
}

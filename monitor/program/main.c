/* main.c - the program `understudy`: the table of its sub-commands, and the only place that exits or prints an error.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/cpu.h"
#include "monitor/program/subcommand.h"

static void print_help(void)
{
    printf("Understudy: a fault-tolerant PA-RISC computer.\n\n");
    for (unsigned i = 0; i < subcommand_count; i++)
        printf("  understudy %-28s %s\n", subcommands[i].usage, subcommands[i].help);
    printf("\n'understudy run --help' lists the options of run; 'help' in the monitor lists its commands.\n");
}

/* The sub-command that WORD asks for, or NULL with one line in ERROR. */
static const struct subcommand *find(const char *word, struct error *error)
{
    const struct subcommand *monitor = &subcommands[subcommand_count - 1];
    for (unsigned i = 0; i < subcommand_count - 1; i++)
        if (word && strcmp(word, subcommands[i].name) == 0)
            return &subcommands[i];
    size_t length = word ? strlen(word) : 0;
    if (!word || word[0] == '-' || (length > 3 && strcmp(word + length - 3, ".us") == 0))
        return monitor;
    error_set(error,
              "unknown command '%s': run, test, sweep, replay, bench or a SCRIPT.us is wanted ('understudy --help')",
              word);
    return NULL;
}

/* One line, whatever a file may be called. */
static void print_error(const struct error *error)
{
    fputs("understudy: ", stderr);
    for (const char *at = error->text; *at; at++)
        putc(iscntrl((unsigned char)*at) ? '?' : *at, stderr);
    putc('\n', stderr);
}

int main(int argc, char **argv)
{
    struct error error = {""};
    int status = EXIT_REFUSED;
    const char *word = argc > 1 ? argv[1] : NULL;
    if (word && strcmp(word, "--help") == 0) {
        print_help();
        status = 0;
    } else if (word && strcmp(word, "--version") == 0) {
        printf("understudy %s\nengine: %s\n", US_VERSION, cpu_engine_name(cpu_engine_best()));
        status = 0;
    } else {
        const struct subcommand *found = find(word, &error);
        unsigned taken = found && found->name ? 2 : 1;
        if (found)
            status = found->run(argc > (int)taken ? (unsigned)argc - taken : 0, argv + (argc ? taken : 0), &error);
    }
    if ((fflush(stdout) || ferror(stdout)) && !error.text[0]) {
        error_set(&error, "standard output cannot be written: %s", strerror(errno));
        status = EXIT_REFUSED;
    }
    if (error.text[0])
        print_error(&error);
    return status;
}

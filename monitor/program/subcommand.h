/* subcommand.h - what main.c calls: `understudy NAME ...`.
 *
 * A sub-command never exits and never prints an error: it returns the exit status and leaves at most one line in ERROR,
 * which main prints on stderr.
 */
#ifndef US_MONITOR_PROGRAM_SUBCOMMAND_H
#define US_MONITOR_PROGRAM_SUBCOMMAND_H

#include <stdio.h>

#include "mmu/base/error.h"
#include "monitor/base/exit_status.h"
#include "monitor/program/flags.h"

/* WORDS[0..COUNT) is what follows the name; WORDS[COUNT] is NULL. */
typedef int subcommand_run(unsigned count, char *const *words, struct error *error);

struct subcommand {
    const char *name; /* NULL: the monitor, when no name is given */
    const char *usage, *help;
    subcommand_run *run;
};

/* The sub-commands, and last what happens when none is named. */
extern const struct subcommand subcommands[];
extern const unsigned subcommand_count;
/* What `understudy --help` says. */
void subcommand_help(FILE *out);

/* The options of those that have a table of their own (the others take a system's: options.h). */
extern const struct flag session_flags[], test_flags[];

subcommand_run run_main, replay_main, bench_main, help_main, protocol_main, session_main, sweep_main, test_main,
    live_main, world_main, node_main;

#endif

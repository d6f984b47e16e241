/* flags.h - the options of a sub-command that are no system's (those are options.h's): one table for each, read by the
 * parser, `--help`, the manual page and the shell's completion.
 */
#ifndef US_MONITOR_PROGRAM_FLAGS_H
#define US_MONITOR_PROGRAM_FLAGS_H

#include <stdbool.h>
#include <stdio.h>

#include "mmu/base/error.h"

struct flag {
    const char *name;     /* "-j", "--junit"; NULL ends the table */
    const char *argument; /* NULL: it has none */
    const char *help;     /* one line or more, without the indentation */
    /* Take VALUE (NULL without an argument) into TO. */
    bool (*take)(void *to, const char *name, const char *value, struct error *error);
    const char *needs; /* what is said to be missing behind it; NULL: "a value" */
};

/* Take WORDS[0..COUNT) of `understudy COMMAND` into TO: FLAGS, `--name=value` as well as two words, and through WORD
 * what is no option. *HELP: --help was among them, and nothing behind it was looked at. False with one line in ERROR.
 */
bool flags_parse(const struct flag *flags, const char *command, unsigned count, char *const *words, void *to,
                 bool (*word)(void *to, const char *word, struct error *error), bool *help, struct error *error);
/* The part of a help text that lists FLAGS. */
void flags_help(FILE *out, const struct flag *flags);

#endif

/* command.c - how a row of the table of commands is found and called. See command.h. */
#include "monitor/command/command.h"

#include <stdlib.h>
#include <string.h>

#include "mmu/base/nearest.h"
#include "monitor/base/text.h"
#include "monitor/session/number.h"

/* Is NAME one of ALIASES, words with blanks between them (or NULL)? */
static bool is_alias(const char *aliases, const char *name, size_t length)
{
    while (aliases && *aliases) {
        size_t size = strcspn(aliases, " ");
        if (size == length && strncmp(aliases, name, length) == 0)
            return true;
        aliases += size + (aliases[size] == ' ');
    }
    return false;
}

/* Nobody is called NAME; who is nearly? */
static void refuse_unknown(const struct command *table, const char *what, const char *name, size_t length,
                           struct error *error)
{
    struct nearest nearest;
    nearest_begin(&nearest, name, length);
    for (const struct command *row = table; row->name; row++)
        nearest_try(&nearest, "", row->name);
    error_set(error, "unknown %s '%.*s': '%s' lists them%s", what, (int)length, name,
              table == commands ? "help" : "help info", nearest.question);
}

const struct command *command_find(const struct command *table, const char *what, const char *name, size_t length,
                                   struct error *error)
{
    const struct command *found = NULL, *late = NULL;
    char candidates[256] = "";
    unsigned count = 0, lates = 0;
    for (const struct command *row = table; row->name; row++) {
        if (is_alias(row->alias, name, length))
            return row;
        if (length == 0 || strncmp(row->name, name, length) != 0)
            continue;
        if (row->name[length] == '\0')
            return row;
        size_t used = strlen(candidates);
        snprintf(candidates + used, sizeof candidates - used, "%s%s", used ? ", " : "", row->name);
        late = row->late ? row : late;
        found = row->late ? found : row;
        count += !row->late;
        lates += row->late;
    }
    if (count == 1 || (!count && lates == 1))
        return count ? found : late;
    if (*candidates)
        error_set(error, "'%.*s' is not one %s but several: %s", (int)length, name, what, candidates);
    else
        refuse_unknown(table, what, name, length, error);
    return NULL;
}

bool arguments_count(const struct monitor *monitor, const struct arguments *arguments, uint64_t *count,
                     struct error *error)
{
    *count = 1;
    if (arguments->count && (!number_read(monitor, arguments->at[0], count) || *count == 0 || *count > UINT64_MAX / 4))
        return error_set(error, "'%s' is no count: a number from 1 is wanted", arguments->at[0]);
    return true;
}

bool command_call(const struct command *row, struct monitor *monitor, const struct arguments *arguments,
                  struct error *error)
{
    if (arguments->count < row->count_min || arguments->count > row->count_max)
        return error_set(error, "%s %s: '%s%s%s' is wanted", row->name,
                         arguments->count < row->count_min ? "needs more" : "takes less", row->name,
                         *row->arguments && *row->arguments != '/' ? " " : "", row->arguments);
    if (arguments->format && !row->takes_format)
        return error_set(error, "%s takes no /%s", row->name, arguments->format);
    return row->run(monitor, arguments, error);
}

bool command_info(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    const char *name = arguments->at[0];
    const struct command *row = command_find(info_topics, "topic of info", name, strlen(name), error);
    struct arguments rest = {NULL, NULL, arguments->count - 1, arguments->at + 1};
    return row && command_call(row, monitor, &rest, error);
}

/* Call ROW; a word that names a file may be a variable's. */
static bool call(const struct command *row, struct monitor *monitor, const struct arguments *arguments,
                 struct error *error)
{
    if (row->completes != COMPLETES_FILE || !monitor->variables.rows.count)
        return command_call(row, monitor, arguments, error);
    char *words[WORDS_MAX + 1] = {NULL};
    struct arguments written = *arguments;
    written.at = words;
    for (unsigned i = 0; i < arguments->count; i++)
        words[i] = number_substitute(monitor, arguments->at[i], true);
    bool good = command_call(row, monitor, &written, error);
    for (unsigned i = 0; i < arguments->count; i++)
        free(words[i]);
    return good;
}

static bool execute(struct monitor *monitor, const char *line, struct error *error)
{
    struct words words;
    if (!words_split(&words, line, error))
        return false;
    bool good = true;
    if (words.count) {
        size_t length = strcspn(words.at[0], "/");
        const struct command *row = command_find(commands, "command", words.at[0], length, error);
        const char *format = words.at[0][length] ? words.at[0] + length + 1 : NULL;
        struct arguments arguments = {format, words.rest, words.count - 1, words.at + 1};
        good = row && call(row, monitor, &arguments, error);
    }
    fflush(monitor->out);
    words_free(&words);
    return good && monitor_host_good(monitor, error);
}

static bool drives(const char *line)
{
    const struct command *row = NULL;
    struct words words;
    if (words_split(&words, line, NULL)) {
        if (words.count)
            row = command_find(commands, "command", words.at[0], strcspn(words.at[0], "/"), NULL);
        words_free(&words);
    }
    return row && row->drives;
}

const struct monitor_commands command_table = {execute, drives};

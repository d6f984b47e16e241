/* help.c - the command help: the table of commands (command.h) in lines that a terminal of 80 columns takes. */
#include <string.h>

#include "monitor/command/command.h"

enum { COLUMNS = 79, NAME_COLUMNS = 26 };

/* Print the words of TEXT (LENGTH bytes) from *COLUMN on, in lines of COLUMNS that begin INDENT to the right. */
static void print_words(FILE *out, const char *text, size_t length, unsigned indent, unsigned *column)
{
    while (length) {
        size_t blanks = 0, word = 0;
        while (blanks < length && text[blanks] == ' ')
            blanks++;
        while (blanks + word < length && text[blanks + word] != ' ')
            word++;
        if (!word)
            return;
        if (*column > indent && *column + 1 + word > COLUMNS) {
            fprintf(out, "\n%*s", (int)indent, "");
            *column = indent;
        } else if (*column > indent) {
            putc(' ', out);
            ++*column;
        }
        fprintf(out, "%.*s", (int)word, text + blanks);
        *column += (unsigned)word;
        text += blanks + word;
        length -= blanks + word;
    }
}

void help_row(const struct monitor *monitor, const struct command *row)
{
    char usage[100];
    unsigned column = NAME_COLUMNS + 1;
    snprintf(usage, sizeof usage, "%s%s%s", row->name, *row->arguments && *row->arguments != '/' ? " " : "",
             row->arguments);
    if (strlen(usage) > NAME_COLUMNS)
        fprintf(monitor->out, "%s\n%*s", usage, (int)column, "");
    else
        fprintf(monitor->out, "%-*s ", NAME_COLUMNS, usage);
    print_words(monitor->out, row->help, strlen(row->help), column, &column);
    fprintf(monitor->out, "\n");
}

/* A line of the long help that is not to be joined with others: deeper to the right, or an example. */
static bool stands_alone(const char *line)
{
    return strncmp(line, "  ", 2) != 0 || line[2] == ' ' || strncmp(line, "  Example:", 10) == 0;
}

/* The long help: lines that follow one another are one paragraph. */
static void print_more(FILE *out, const char *text)
{
    enum { INDENT = 2 };
    unsigned column = 0;
    while (*text) {
        size_t length = strcspn(text, "\n");
        bool alone = stands_alone(text);
        if (alone && column)
            fprintf(out, "\n");
        if (alone) {
            fprintf(out, "%.*s\n", (int)length, text);
            column = 0;
        } else {
            if (!column)
                fprintf(out, "%*s", INDENT, "");
            column = column ? column : INDENT;
            print_words(out, text, length, INDENT, &column);
        }
        text += length + (text[length] == '\n');
    }
    if (column)
        fprintf(out, "\n");
}

static void print_groups(const struct monitor *monitor)
{
    static const char *const titles[GROUPS] = {
        [GROUP_MACHINE] = "The machine",
        [GROUP_RUN] = "Running, and going back",
        [GROUP_LOOK] = "Looking",
        [GROUP_CHANGE] = "Stopping, and changing",
        [GROUP_FAIL] = "Making something fail",
        [GROUP_JUDGE] = "Judging",
        [GROUP_SCRIPT] = "In scripts",
        [GROUP_SESSION] = "The session",
    };
    fprintf(monitor->out,
            "Commands may be abbreviated. 'help COMMAND' says more, with an example; 'apropos WORD' looks "
            "for\nthem. A first session: load hello, break main, continue, why, quit.\n");
    for (unsigned group = 0; group < GROUPS; group++) {
        fprintf(monitor->out, "\n%s:\n", titles[group]);
        for (const struct command *row = commands; row->name; row++)
            if (row->group == group)
                help_row(monitor, row);
    }
}

/* Does TEXT have WORD in it, whatever its case? */
static bool has_word(const char *text, const char *word)
{
    return text && strcasestr(text, word);
}

static unsigned print_matching(const struct monitor *monitor, const struct command *table, const char *word)
{
    unsigned found = 0;
    for (const struct command *row = table; row->name; row++) {
        if (!has_word(row->name, word) && !has_word(row->help, word) && !has_word(row->more, word))
            continue;
        help_row(monitor, row);
        found++;
    }
    return found;
}

bool command_apropos(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    const char *word = arguments->at[0];
    unsigned found = print_matching(monitor, commands, word);
    for (const struct command *row = info_topics; row->name; row++) {
        if (!has_word(row->name, word) && !has_word(row->help, word))
            continue;
        fprintf(monitor->out, "info ");
        help_row(monitor, row);
        found++;
    }
    return found || error_set(error, "no command's help has '%s' in it", word);
}

bool command_help(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (!arguments->count) {
        print_groups(monitor);
        return true;
    }
    const char *name = arguments->at[0];
    const struct command *row = command_find(commands, "command", name, strcspn(name, "/"), error);
    if (row && arguments->count == 2) {
        if (row->run != command_info)
            return error_set(error, "%s has no topics: 'help %s' is wanted", row->name, row->name);
        row = command_find(info_topics, "topic of info", arguments->at[1], strlen(arguments->at[1]), error);
    }
    if (!row)
        return false;
    help_row(monitor, row);
    print_more(monitor->out, row->more);
    if (row->run == command_info)
        for (const struct command *topic = info_topics; topic->name; topic++)
            help_row(monitor, topic);
    if (row->run == command_system)
        options_help(monitor->out, OPTIONS_SYSTEM);
    return true;
}

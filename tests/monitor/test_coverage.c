/* test_coverage.c - every command and every topic of info is used by a script under tests/, with something behind it
 * that judges: an assert, an expect, or a line "#> ..." that the output is to have; or, of `quit`, a line that would
 * fail if it were reached. `coverage FILE...`; of a file that is no script, commands of -x "..." count, which its own
 * test judges.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/command/command.h"
#include "monitor/base/text.h"
#include "support.h"

enum { ROWS_MAX = 256 };

struct coverage {
    bool commands[ROWS_MAX], topics[ROWS_MAX]; /* used, and judged */
};

/* The row that WORD of a script names: which one, or ROWS_MAX. */
static unsigned row_of(const struct command *table, const char *word)
{
    const struct command *row = command_find(table, "", word, strcspn(word, "/"), NULL);
    return row ? (unsigned)(row - table) : ROWS_MAX;
}

static bool judges(const char *line)
{
    line += strspn(line, " ");
    return strncmp(line, "#> ", 3) == 0 || strncmp(line, "assert ", 7) == 0 || strncmp(line, "expect ", 7) == 0 ||
           strcmp(line, "nonsense") == 0;
}

static void note_line(const char *line, struct coverage *used)
{
    struct words words;
    if (!words_split(&words, line, NULL))
        return;
    unsigned row = words.count ? row_of(commands, words.at[0]) : ROWS_MAX;
    if (row < ROWS_MAX) {
        used->commands[row] = true;
        unsigned topic =
            commands[row].run == command_info && words.count > 1 ? row_of(info_topics, words.at[1]) : ROWS_MAX;
        if (topic < ROWS_MAX)
            used->topics[topic] = true;
    }
    words_free(&words);
}

/* From its last line that judges on, nothing of a script counts. */
static void note_script(char *text, struct coverage *coverage)
{
    struct coverage used = {0};
    for (char *line = text; line;) {
        char *end = strchr(line, '\n');
        if (end)
            *end = '\0';
        note_line(line, &used);
        for (unsigned i = 0; i < ROWS_MAX && judges(line); i++) {
            coverage->commands[i] |= used.commands[i];
            coverage->topics[i] |= used.topics[i];
        }
        line = end ? end + 1 : NULL;
    }
}

/* The commands of -x "...". */
static void note_options(const char *text, struct coverage *coverage)
{
    for (const char *at = text; (at = strstr(at, "-x \"")) != NULL;) {
        char line[256];
        at += 4;
        snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\""), at);
        note_line(line, coverage);
    }
}

static unsigned missing(const struct command *table, const bool *used, const char *prefix)
{
    unsigned count = 0;
    for (unsigned i = 0; table[i].name; i++) {
        if (used[i])
            continue;
        printf("no script of tests/ uses '%s%s' and judges afterwards\n", prefix, table[i].name);
        count++;
    }
    return count;
}

int main(int argc, char **argv)
{
    struct coverage coverage = {0};
    for (int i = 1; i < argc; i++) {
        char *text = read_text(argv[i]);
        if (!text) {
            printf("%s cannot be read\n", argv[i]);
            return 1;
        }
        size_t length = strlen(argv[i]);
        if (length > 3 && strcmp(argv[i] + length - 3, ".us") == 0)
            note_script(text, &coverage);
        else
            note_options(text, &coverage);
        free(text);
    }
    unsigned count = missing(commands, coverage.commands, "") + missing(info_topics, coverage.topics, "info ");
    printf("%d scripts, %u commands without one\n", argc - 1, count);
    return count != 0;
}

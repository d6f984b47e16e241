/* scan.c - the rules for a text: columns, lines, functions, opening comment, marks left behind, calls that are not
 * made.
 *
 * C is read by its layout, which clang-format fixes: a function's body is what stands between a `{` and a `}` that are
 * alone in column 0.
 */
#include "tests/tidy/tidy.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Only main ends the program; a device never does (style: "Errors"). */
static const char *const ending_calls[] = {"exit", "_exit", "_Exit", "quick_exit", "abort"};
/* No host time and no host randomness can reach a guest (style: "Determinism"). */
static const char *const host_calls[] = {"time",    "clock_gettime", "gettimeofday", "clock",    "random",
                                         "srandom", "rand",          "srand",        "getrandom"};

static const char *const host_rooms[] = {"mmu", "cpu", "io", "ft", "monitor"};

static bool in_host_room(const char *path, unsigned rooms)
{
    for (unsigned i = 0; i < rooms; i++)
        if (in_folder(path, host_rooms[i]))
            return true;
    return false;
}

static void blank(char *text)
{
    for (; *text; text++)
        if (*text != '\n')
            *text = ' ';
}

bool in_program(const char *path)
{
    return in_host_room(path, 5);
}

/* Blank comments and the insides of literals in CODE, and put the comments into PROSE, which is blank; both have the
 * length of the file, and its line ends. */
static void strip(char *code, char *prose)
{
    char quote = 0;
    for (char *c = code; *c; c++) {
        if (quote) {
            bool escape = *c == '\\' && c[1];
            if (*c == quote || *c == '\n')
                quote = 0;
            else
                *c = ' ';
            if (escape && *++c != '\n')
                *c = ' ';
        } else if (c[0] == '/' && c[1] == '*') {
            char *end = strstr(c + 2, "*/");
            end = end ? end + 2 : c + strlen(c);
            memcpy(prose + (c - code), c, (size_t)(end - c));
            for (; c < end; c++)
                if (*c != '\n')
                    *c = ' ';
            c--;
        } else if (c[0] == '/' && c[1] == '/') {
            for (; *c && *c != '\n'; c++) {
                prose[c - code] = *c;
                *c = ' ';
            }
            c--;
        } else if (*c == '"' || *c == '\'') {
            quote = *c;
        }
    }
}

/* Of a file in which # begins a comment. */
static void take_comments(const char *text, char *prose)
{
    bool comment = false;
    for (size_t i = 0; text[i]; i++) {
        comment = text[i] != '\n' && (comment || text[i] == '#');
        if (comment)
            prose[i] = text[i];
    }
}

static bool word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Where WORD stands in the line [LINE, END) as a whole word; NULL if nowhere. */
static const char *find_word(const char *line, const char *end, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = line; at + length <= end; at++)
        if (!memcmp(at, word, length) && (at == line || !word_char(at[-1])) &&
            (at + length == end || !word_char(at[length])))
            return at;
    return NULL;
}

static void check_calls(struct tidy *tidy, const struct source *source, const char *line, const char *end,
                        unsigned number, const char *const *calls, size_t count, const char *why)
{
    for (size_t i = 0; i < count; i++) {
        const char *at = find_word(line, end, calls[i]);
        const char *after = at ? at + strlen(calls[i]) : NULL;
        while (after && after < end && *after == ' ')
            after++;
        bool member = at && at > line && (at[-1] == '.' || at[-1] == '>');
        if (at && !member && after < end && *after == '(')
            finding(tidy, source->path, number, "%s() is called: %s", calls[i], why);
    }
}

/* Columns of [LINE, END): characters, not bytes. */
static unsigned columns_of(const char *line, const char *end)
{
    unsigned columns = 0;
    for (; line < end; line++)
        columns += ((unsigned char)*line & 0xC0) != 0x80;
    return columns;
}

static void check_line(struct tidy *tidy, const struct source *source, size_t from, size_t to, unsigned number)
{
    /* Written in two pieces, so that this file does not find itself. */
    static const char *const marks[] = {"TO"
                                        "DO",
                                        "FIX"
                                        "ME",
                                        "XX"
                                        "X"};
    const char *line = source->text + from, *end = source->text + to;
    bool doc = ends_with(source->path, ".md");
    unsigned columns = columns_of(line, end);
    bool one_line = ends_with(source->path, ".us"); /* a command is a line, whatever it is given */
    if (!doc && !one_line && columns > COLUMNS_MAX)
        finding(tidy, source->path, number, "%u columns; at most %d are wanted", columns, COLUMNS_MAX);
    if (!doc && to > from && (end[-1] == ' ' || end[-1] == '\t'))
        finding(tidy, source->path, number, "blanks at the end of the line");
    if (to > from && end[-1] == '\r')
        finding(tidy, source->path, number, "a carriage return at the end of the line");
    for (unsigned i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (find_word(line, end, marks[i]))
            finding(tidy, source->path, number, "a '%s' was left behind", marks[i]);
    if (!source->code)
        return;
    if (memchr(line, '\t', to - from))
        finding(tidy, source->path, number, "a tab; four blanks are wanted");
    const char *code = source->code + from, *code_end = source->code + to;
    if (in_host_room(source->path, 5) && strcmp(source->path, "monitor/program/main.c"))
        check_calls(tidy, source, code, code_end, number, ending_calls, sizeof ending_calls / sizeof ending_calls[0],
                    "only main ends the program (monitor/program/main.c)");
    if (in_host_room(source->path, 4) && strcmp(source->path, "ft/world/host_time.c") &&
        strcmp(source->path, "ft/computer/pace.c") && strcmp(source->path, "ft/order/wait.c") &&
        strcmp(source->path, "ft/live/host.c"))
        check_calls(tidy, source, code, code_end, number, host_calls, sizeof host_calls / sizeof host_calls[0],
                    "no host time or randomness may reach a guest (ft/world/host_time.c measures how long a run "
                    "took, ft/computer/pace.c and ft/order/wait.c how long the host is to sleep; ft/live/host.c is the "
                    "clock of processes)");
    check_include(tidy, source, from, number);
}

static void check_opening(struct tidy *tidy, const struct source *source)
{
    char wanted[256];
    const char *name = base_name(source->path), *open = ends_with(name, ".S") ? "" : "/* ";
    size_t length = strlen(open);
    memcpy(wanted, open, length);
    for (; *name && length < sizeof wanted - 8; name++)
        wanted[length++] = *name;
    memcpy(wanted + length, " - ", 4);
    size_t skip = ends_with(source->path, ".S") ? strspn(source->text, ";/*# ") : 0;
    if (strncmp(source->text + skip, wanted, strlen(wanted)))
        finding(tidy, source->path, 1, "the file does not begin with '%s' and what it is", wanted);
}

/* Where the next line begins, or the end. */
static size_t next_line(const char *text, size_t at)
{
    size_t length = strcspn(text + at, "\n");
    return at + length + (text[at + length] == '\n');
}

static void check_functions(struct tidy *tidy, const struct source *source)
{
    unsigned number = 1, open = 0;
    for (size_t at = 0; source->code[at]; at = next_line(source->code, at), number++) {
        size_t length = strcspn(source->code + at, "\n");
        while (length && source->code[at + length - 1] == ' ') /* a comment was there */
            length--;
        if (length != 1)
            continue;
        if (source->code[at] == '{')
            open = number;
        if (source->code[at] != '}' || !open)
            continue;
        unsigned lines = number - open + 1;
        tidy->functions++;
        tidy->long_functions += lines > FUNCTION_LINES_GOAL;
        if (lines > FUNCTION_LINES_MAX)
            finding(tidy, source->path, open, "a function of %u lines; at most %d are wanted, %d is the goal", lines,
                    FUNCTION_LINES_MAX, FUNCTION_LINES_GOAL);
        open = 0;
    }
}

/* All rules for SOURCE, whose parts are there. */
static void check_source(struct tidy *tidy, const struct source *source)
{
    const char *path = source->path, *text = source->text;
    unsigned number = 0;
    for (size_t at = 0; text[at]; at = next_line(text, at))
        check_line(tidy, source, at, at + strcspn(text + at, "\n"), ++number);
    if (*text && text[strlen(text) - 1] != '\n')
        finding(tidy, path, number, "the last line does not end");
    tidy->files++;
    tidy->lines += number;
    if (ends_with(path, ".md")) {
        check_links(tidy, path, text);
    } else {
        tidy->long_files += number > FILE_LINES_GOAL;
        if (number > FILE_LINES_MAX)
            finding(tidy, path, 0, "%u lines; at most %d are wanted", number, FILE_LINES_MAX);
    }
    check_room_file(tidy, path, text);
    check_citations(tidy, source);
    if (source->code)
        check_functions(tidy, source);
    if (source->code || ends_with(path, ".S"))
        check_opening(tidy, source);
}

void scan_file(struct tidy *tidy, const char *path, const char *text)
{
    bool c = ends_with(path, ".c") || ends_with(path, ".h") || ends_with(path, ".def");
    bool whole = ends_with(path, ".md") || ends_with(path, ".S") || ends_with(path, ".ld");
    char *code = strdup(text), *prose = strdup(text);
    if (!code || !prose) {
        finding(tidy, path, 0, "no memory");
    } else {
        if (!whole)
            blank(prose);
        if (c)
            strip(code, prose);
        else if (!whole)
            take_comments(text, prose);
        check_source(tidy, &(struct source){path, text, c ? code : NULL, prose});
    }
    free(code);
    free(prose);
}

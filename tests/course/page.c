/* page.c - see page.h. */
#include "tests/course/page.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INDENT = 4 };

/* Append LENGTH bytes of LINE, and a line feed, to *TEXT. */
static void append_line(char **text, const char *line, size_t length)
{
    char *whole = NULL;
    int size = asprintf(&whole, "%s%.*s\n", *text, (int)length, line);
    assert(size >= 0);
    free(*text);
    *text = whole;
}

static void add_command(struct page *page, const char *line, size_t length, unsigned number)
{
    struct page_command *last = page->commands.count ? &page->commands.at[page->commands.count - 1] : NULL;
    if (*line == '>' && last && last->text[strlen(last->text) - 1] == '\\') { /* it goes on with this one */
        char *whole = NULL;
        int size = asprintf(&whole, "%s\n%.*s", last->text, (int)length - 2, line + 2);
        assert(size >= 0);
        free(last->text);
        last->text = whole;
        return;
    }
    struct page_command *command = VEC_PUSH(&page->commands);
    *command = (struct page_command){strndup(line + 2, length - 2), *line == '>', number, strdup(""), NULL};
    assert(command->text && command->seen);
}

void page_read(struct page *page, const char *text)
{
    bool inside = false; /* behind a command, in its block */
    for (unsigned number = 1; *text; number++) {
        size_t length = strcspn(text, "\n");
        const char *line = text + INDENT;
        bool code = length > INDENT && strncmp(text, "    ", INDENT) == 0;
        bool command = code && length > INDENT + 2 && strchr("$>", *line) && line[1] == ' ';
        if (command)
            add_command(page, line, length - INDENT, number);
        else if (code && inside)
            append_line(&page->commands.at[page->commands.count - 1].seen, line, length - INDENT);
        inside = command || (inside && code);
        text += length + (text[length] == '\n');
    }
}

/* Append TEXT to *WHOLE, as code. */
static void append_code(char **whole, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        char *line = NULL;
        int size = asprintf(&line, "%*s%.*s", INDENT, "", (int)length, text);
        assert(size >= 0);
        append_line(whole, line, (size_t)size);
        free(line);
        text += length + (text[length] == '\n');
    }
}

char *page_filled(const struct page *page, const char *text)
{
    char *whole = strdup("");
    size_t next = 0;
    bool replaced = false; /* what the page says here */
    for (unsigned number = 1; *text; number++) {
        size_t length = strcspn(text, "\n");
        bool code = length > INDENT && strncmp(text, "    ", INDENT) == 0;
        bool command = next < page->commands.count && page->commands.at[next].line == number;
        if (!replaced || !code || command)
            append_line(&whole, text, length);
        if (command && page->commands.at[next].fill)
            append_code(&whole, page->commands.at[next].fill);
        replaced = code && (command ? page->commands.at[next].fill != NULL : replaced);
        next += command;
        text += length + (text[length] == '\n');
    }
    return whole;
}

void page_free(struct page *page)
{
    for (size_t i = 0; i < page->commands.count; i++) {
        free(page->commands.at[i].text);
        free(page->commands.at[i].seen);
        free(page->commands.at[i].fill);
    }
    VEC_FREE(&page->commands);
}

/* ---- what is seen ---- */

/* How many characters at TEXT are a number, decimal or hexadecimal. */
static size_t number_length(const char *text)
{
    size_t length = strspn(text, "0123456789abcdef");
    return length && strcspn(text, "0123456789") < length ? length : 0;
}

/* Does SEEN, which ends at its END, match PRINTED, to its END? */
static bool line_matches(const char *seen, const char *seen_end, const char *printed, const char *printed_end,
                         bool loosely)
{
    while (seen < seen_end) {
        size_t own = loosely ? number_length(seen) : 0, other = own ? number_length(printed) : 0;
        if (strncmp(seen, "...", 3) == 0) {
            for (seen += 3; printed <= printed_end; printed++)
                if (line_matches(seen, seen_end, printed, printed_end, loosely))
                    return true;
            return false;
        }
        if (printed >= printed_end)
            return false;
        if (own && other) {
            seen += own;
            printed += other;
        } else if (*seen++ != *printed++) {
            return false;
        }
    }
    return printed == printed_end;
}

/* The end of the line at TEXT without blanks behind it; *NEXT: the next line. */
static const char *line_end(const char *text, const char **next)
{
    const char *end = text + strcspn(text, "\n");
    *next = end + (*end == '\n');
    while (end > text && isspace((unsigned char)end[-1]))
        end--;
    return end;
}

bool page_is_seen(const char *seen, const char *printed, bool loosely, const char **where)
{
    if (!*seen)
        return true;
    while (*seen) {
        const char *seen_next, *seen_end = line_end(seen, &seen_next), *next, *end;
        if (seen_end - seen == 3 && strncmp(seen, "...", 3) == 0) {
            for (const char *rest = printed;; rest = next) {
                if ((!*seen_next && !*rest) || (*seen_next && page_is_seen(seen_next, rest, loosely, where)))
                    return true;
                if (!*rest)
                    return false;
                line_end(rest, &next);
            }
        }
        *where = seen;
        end = line_end(printed, &next);
        if (!*printed || !line_matches(seen, seen_end, printed, end, loosely))
            return false;
        seen = seen_next;
        printed = next;
    }
    *where = "(nothing more)\n";
    return !*printed;
}

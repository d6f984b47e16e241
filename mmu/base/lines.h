/* lines.h - the lines of a text that a person has written, with whatever editor: a line ends with a line feed, a
 * carriage return, or both, and what some editors put before a text in UTF-8 is none of it.
 */
#ifndef US_MMU_BASE_LINES_H
#define US_MMU_BASE_LINES_H

#include <string.h>

/* TEXT behind a byte order mark, if it begins with one. */
static inline const char *lines_begin(const char *text)
{
    static const char mark[] = "\xEF\xBB\xBF";
    return strncmp(text, mark, sizeof mark - 1) == 0 ? text + sizeof mark - 1 : text;
}

/* The line at *REST, without its end, which becomes a NUL; *REST is behind that then, or NULL if the text ends with
 * this line. NULL if *REST is: there are no more. An empty text has one line, and behind the last line's end there is
 * one. */
static inline char *lines_next(char **rest)
{
    char *line = *rest;
    if (!line)
        return NULL;
    size_t length = strcspn(line, "\r\n"), end = strncmp(line + length, "\r\n", 2) == 0 ? 2 : 1;
    *rest = line[length] ? line + length + end : NULL;
    line[length] = '\0';
    return line;
}

#endif

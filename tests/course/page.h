/* page.h - a page of the course as a test has it: the commands in its code blocks, and what it says is seen.
 *
 * A code block is indented by four blanks. In it "$ COMMAND" is a command of the shell, "> COMMAND" one that is typed
 * at the prompt of the program that the last "$ ..." has started; what follows is what is seen. A line "..." there
 * stands for any number of lines, and ... in a line for any text. A command with nothing behind it may say what it
 * likes. What is typed goes on in the next line if it ends with a backslash.
 */
#ifndef US_TESTS_COURSE_PAGE_H
#define US_TESTS_COURSE_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "mmu/base/vec.h"

struct page_command {
    char *text;    /* without "$ " or "> " */
    bool typed;    /* at the program's prompt */
    unsigned line; /* of the page */
    char *seen;    /* the lines that the page says are seen; "": it says nothing */
    char *fill;    /* what is seen instead, or NULL */
};

struct page {
    VEC(struct page_command) commands;
};

/* Read TEXT, a page. */
void page_read(struct page *page, const char *text);
void page_free(struct page *page);

/* TEXT, from which PAGE was read, with each command's `fill` behind it; to be freed. */
char *page_filled(const struct page *page, const char *text);

/* Is SEEN what was PRINTED? If not, *WHERE is the line of SEEN that is not. LOOSELY: any number is like any other. */
bool page_is_seen(const char *seen, const char *printed, bool loosely, const char **where);

#endif

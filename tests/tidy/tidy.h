/* tidy.h - the house rules that a program can check: what the parts of the tidy test share.
 *
 * Nothing here reads a file but tidy.c: the rules see a path relative to the root and a text, so that the self-test can
 * give them both.
 */
#ifndef US_TESTS_TIDY_H
#define US_TESTS_TIDY_H

#include <stdbool.h>
#include <stddef.h>

enum {
    COLUMNS_MAX = 120,
    FILE_LINES_MAX = 700,
    FILE_LINES_GOAL = 400,
    FUNCTION_LINES_MAX = 80,
    FUNCTION_LINES_GOAL = 60,
};

struct tidy {
    const char *root; /* NULL in the self-test: no file exists */
    bool quiet;
    unsigned findings, files, lines, functions;
    unsigned long_files, long_functions; /* beyond the goal, within the limit: said, not held against it */
};

/* One source file: its text, and the same with comments and the insides of literals blanked, for C only. */
struct source {
    const char *path;
    const char *text, *code; /* NUL-terminated, equally long */
};

/* One line for a person, counted. LINE 0: the file as a whole. */
void finding(struct tidy *tidy, const char *path, unsigned line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

bool ends_with(const char *text, const char *end);
/* Is PATH inside of the folder FOLDER? */
bool in_folder(const char *path, const char *folder);
/* The part of PATH after its last slash. */
const char *base_name(const char *path);
bool file_exists(const struct tidy *tidy, const char *path);

/* All rules for one text file (scan.c). */
void scan_file(struct tidy *tidy, const char *path, const char *text);
/* The layers: what PATH's include directives may name (includes.c). AT is where the directive stands in the text. */
void check_include(struct tidy *tidy, const struct source *source, size_t at, unsigned line);
/* Every relative link of a Markdown text goes somewhere (includes.c). */
void check_links(struct tidy *tidy, const char *path, const char *text);
/* One row of `nm --format=sysv`: no symbol may be in a section that can be written (includes.c). True for a symbol. */
bool check_symbol(struct tidy *tidy, const char *library, const char *member, char *row);

/* The rules against texts that keep and break them (self.c); the number of surprises. */
unsigned self_test(void);

#endif

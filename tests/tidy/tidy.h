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

/* A file of the self-test's tree. */
struct tidy_file {
    const char *path, *text;
};

struct tidy {
    const char *root;             /* NULL in the self-test: there are only `tree`'s files */
    const struct tidy_file *tree; /* ends with a path that is NULL */
    bool quiet, list_includes;
    unsigned findings, files, lines, functions;
    unsigned arrows; /* includes from one room of the program to another */
    char **paths;    /* of all files, in the order of their names */
    size_t path_count;
    char **used; /* the headers that they name, each once */
    size_t used_count;
    unsigned long_files, long_functions; /* beyond the goal, within the limit: said, not held against it */
};

/* One source file: its text; for C the same with comments and the insides of literals blanked; and with all but
 * comments blanked (a document: nothing). */
struct source {
    const char *path;
    const char *text, *code, *prose; /* NUL-terminated, equally long; CODE may be NULL */
};

/* One line for a person, counted. LINE 0: the file as a whole. */
void finding(struct tidy *tidy, const char *path, unsigned line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

bool ends_with(const char *text, const char *end);
/* Is PATH inside of the folder FOLDER? */
bool in_folder(const char *path, const char *folder);
/* Is PATH in one of the program's layers? */
bool in_program(const char *path);
/* The part of PATH after its last slash. */
const char *base_name(const char *path);
bool file_exists(const struct tidy *tidy, const char *path);
/* The text of the file PATH, to be freed; NULL if there is none. */
char *file_text(const struct tidy *tidy, const char *path);

/* All rules for one text file (scan.c). */
void scan_file(struct tidy *tidy, const char *path, const char *text);
/* What SOURCE's include directives may name (includes.c). AT is where the directive stands in the text. */
void check_include(struct tidy *tidy, const struct source *source, size_t at, unsigned line);
/* The same, in the program, for NAME (LENGTH bytes) in quotes: layers and rooms (rooms.c). */
void check_room_include(struct tidy *tidy, const char *path, const char *name, size_t length, unsigned line);
/* The file PATH is in a room, and a room has a sentence (rooms.c). */
void check_room_file(struct tidy *tidy, const char *path, const char *text);
/* After all files: each room is there and in the map, and each public header is used (rooms.c). */
void check_doors(struct tidy *tidy);
void forget_used(struct tidy *tidy);
/* What SOURCE's comments name (citations.c). */
void check_citations(struct tidy *tidy, const struct source *source);
/* Every relative link of a Markdown text goes somewhere (includes.c). */
void check_links(struct tidy *tidy, const char *path, const char *text);
/* One row of `nm --format=sysv`: no symbol may be in a section that can be written (includes.c). True for a symbol. */
bool check_symbol(struct tidy *tidy, const char *library, const char *member, char *row);

/* The rules against texts that keep and break them (self.c); the number of surprises. */
unsigned self_test(void);

#endif

/* script.h - a script: lines that are commands, with control structure around them.
 *
 *   if EXPR ... else ... end      while EXPR ... end      repeat N ... end
 *
 * Lines are added one after the other; each is looked at as it comes, so that a wrong structure is refused before
 * anything of it runs. Whoever adds them - a file, stdin, the prompt - runs them when script_depth() is 0 again. The
 * commands themselves are monitor_execute()'s.
 */
#ifndef US_MONITOR_SCRIPT_SCRIPT_H
#define US_MONITOR_SCRIPT_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "mmu/base/vec.h"
#include "monitor/session/monitor.h"

enum script_word { SCRIPT_COMMAND, SCRIPT_IF, SCRIPT_ELSE, SCRIPT_WHILE, SCRIPT_REPEAT, SCRIPT_END };

struct script_line {
    char *text;
    const char *rest; /* in `text`: what follows the word */
    enum script_word word;
    unsigned number; /* in its file */
    /* Of if: its else or end; of while, repeat and else: their end; of end: what it ends. */
    size_t partner;
    uint64_t left; /* of repeat: rounds */
};

struct script {
    const char *place;     /* for messages: the file; NULL: a person at the prompt, who needs no place */
    const char *folder_of; /* paths in the script are relative to the folder of this file: `place`, unless set */
    VEC(struct script_line) lines;
    VEC(size_t) open;     /* lines that wait for their end */
    char *begun;          /* a line whose last word is a backslash, without it: the next one goes on with it; or NULL */
    unsigned begun_number;
    unsigned failed_line; /* after a refusal or a failure: where */
};

/* A file's lines, one at a time. */
enum { SCRIPT_LINE_BYTES = 1 << 20 }; /* what is longer is no text */
struct script_source {
    FILE *file;
    char *line;        /* the present one */
    bool begun;        /* it is not the first */
    bool after_return; /* it ended with a carriage return: a line feed behind that is its own */
};

/* The next line, with its end, in *LINE until the next call; NULL: there are no more. False with one line in ERROR,
 * without a place: the file cannot be read, or it is no text. */
bool script_source_next(struct script_source *source, const char **line, struct error *error);
/* The file is the caller's. */
void script_source_free(struct script_source *source);

/* PLACE outlives the script. */
void script_init(struct script *script, const char *place);
void script_free(struct script *script);
/* Forget the lines. */
void script_clear(struct script *script);

/* The next line of *TEXT, which ends with a line feed, a carriage return, or both; *TEXT moves behind that. NULL: there
 * is none. To be freed. */
char *script_line(const char **text);
/* Add LINE, which is one, number NUMBER. A line whose last word is a backslash goes on in the next one. False with one
 * line in ERROR, its place before it: else or end without an if, ... */
bool script_add(struct script *script, const char *line, unsigned number, struct error *error);
/* How many ends are missing, and the rest of a line. */
size_t script_depth(const struct script *script);
/* Nothing follows. False with one line in ERROR if something is missing. */
bool script_complete(struct script *script, struct error *error);
/* All of the file PATH; the same refusals, and a file that cannot be read. */
bool script_read(struct script *script, const char *path, struct error *error);

/* Run the lines, all of whose ends are there. Stops at `quit`. False at the first that fails, with its place and the
 * reason in ERROR. */
bool script_run(struct script *script, struct monitor *monitor, struct error *error);

/* PATH, named by the script that runs: from the folder of that script; at the prompt from the current one. To be freed.
 */
char *script_path(const struct monitor *monitor, const char *path);

#endif

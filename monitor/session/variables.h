/* variables.h - names with a $ that are no registers: what a session keeps (`set $n = 5`), and facts of the run that a
 * script judges by ($end, $status, $failovers, ...), which nobody sets.
 *
 * A $NAME in an expression is a register of the computer looked at, else a fact, else a variable of the session.
 */
#ifndef US_MONITOR_SESSION_VARIABLES_H
#define US_MONITOR_SESSION_VARIABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/base/vec.h"
#include "mmu/base/error.h"

struct monitor;

enum { VARIABLE_NAME_BYTES = 32 };

struct variable {
    char name[VARIABLE_NAME_BYTES]; /* without $ */
    uint64_t value;                 /* of a word: its variable_word_number */
    char *text;                     /* the word that it holds; NULL: it holds a number */
};

/* Those of the session, in the order in which they were first set. */
struct variables {
    VEC(struct variable) rows;
};

void variables_free(struct variables *variables);

/* One fact: a row of the one table that expressions, completion and the documentation read. */
enum fact_whose {
    OF_SESSION,
    OF_COMPUTER, /* it needs a system */
    OF_WORLD,    /* and a node of a live pair does not know it */
};
struct fact {
    const char *name, *title;
    enum fact_whose whose;
    uint64_t (*value)(const struct monitor *monitor);
};
extern const struct fact facts[]; /* ends with a row without a name */
/* Has FACT a value here? It may need a system, or be known to the world of a live pair only. */
bool fact_is_known(const struct monitor *monitor, const struct fact *fact);

/* The value of $NAME, a fact or a variable of the session. False if there is none, or it needs a system and there is
 * none. */
bool variable_value(const struct monitor *monitor, const char *name, uint64_t *value);
/* Can $NAME be a variable's? False with one line in ERROR: it is a register's or a fact's, or no name. */
bool variable_may_be_set(const char *name, struct error *error);
/* Make $NAME, letters, digits and _, hold VALUE. False with one line in ERROR: no such name can be set (a register, a
 * fact, a bad name). */
bool variable_set(struct monitor *monitor, const char *name, uint64_t value, struct error *error);
/* The same with the word TEXT, which is copied. */
bool variable_set_word(struct monitor *monitor, const char *name, const char *text, struct error *error);
/* `test -D NAME=VALUE`: a number if VALUE is one, else a word. */
bool variable_define(struct monitor *monitor, const char *name, const char *value, struct error *error);
/* The variable of the session with that name; NULL: there is none. */
const struct variable *variable_find(const struct monitor *monitor, const char *name);
/* What a word is in an expression, where == and != compare it: its character if it has one, else a number made of all
 * LENGTH of them. */
uint64_t variable_word_number(const char *word, size_t length);

#endif

/* number.h - numbers and places where a command wants one: each may be an expression (monitor.h), so that a script's
 * loop can use its variables anywhere; and words that stand for the text of a variable.
 */
#ifndef US_MONITOR_SESSION_NUMBER_H
#define US_MONITOR_SESSION_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/base/error.h"

struct monitor;

/* The whole of TEXT is a number, or an expression whose value is not negative. False if not; the caller says what is
 * wanted there. */
bool number_read(const struct monitor *monitor, const char *text, uint64_t *number);

/* A fault or a WHERE as its parser (ft/fault.h) takes it, into WRITTEN: each number of TEXT that is an expression is
 * written as its value ("primary@operation=($k+1).performed" as "primary@operation=4.performed"). What is no number
 * stays as it is, for the parser to refuse. False with one line in ERROR: a $NAME that there is not, a negative value,
 * a text that does not fit into SIZE. */
bool number_write_fault(const struct monitor *monitor, const char *text, char *written, size_t size,
                        struct error *error);

/* WORD with each $NAME of a variable of the session replaced by what it holds, to be freed; of one that holds a number
 * only if NUMBERS. */
char *number_substitute(const struct monitor *monitor, const char *word, bool numbers);

#endif

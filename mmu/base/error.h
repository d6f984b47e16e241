/* error.h - one line of text that travels up to whoever can say it to a person.
 *
 * A host failure (file, memory, bad option) is described where it happened and passed up; only main prints it and
 * exits. A function that can fail takes a `struct error *` and returns false or NULL after filling it.
 */
#ifndef US_MMU_BASE_ERROR_H
#define US_MMU_BASE_ERROR_H

#include <stdbool.h>

struct error {
    char text[512]; /* what was wrong and what would be right; no newline */
};

/* Write the line. Always returns false, so that `return error_set(...)` reads well. ERROR may be NULL. */
bool error_set(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

/* nearest.h - nobody has this name: whom did a person mean? */
#ifndef US_MMU_BASE_NEAREST_H
#define US_MMU_BASE_NEAREST_H

#include <stddef.h>

enum { NEAREST_LETTERS_MAX = 24 }; /* longer names are not looked at */

struct nearest {
    const char *word;
    size_t length;
    unsigned least;                          /* mistakes; so many are too many */
    char question[NEAREST_LETTERS_MAX + 24]; /* "; did you mean 'NAME'?", of who has fewer than any other; "": nobody */
};

/* Look for who is nearest to LENGTH letters of WORD, which last as long as NEAREST. Two letters have no mistake, five
 * at most one, more at most two. */
void nearest_begin(struct nearest *nearest, const char *word, size_t length);
/* Is it CANDIDATE? BEFORE is what a person writes in front of it ("--", "$", ""), and is no part of WORD. */
void nearest_try(struct nearest *nearest, const char *before, const char *candidate);

#endif

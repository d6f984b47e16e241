/* nearest.h - nobody has this name: whom did a person mean? */
#ifndef US_MMU_BASE_NEAREST_H
#define US_MMU_BASE_NEAREST_H

#include <stddef.h>

struct nearest {
    const char *word;
    size_t length;
    unsigned least;    /* mistakes; so many are too many */
    const char *found; /* with fewer than any other; NULL: nobody is near enough */
};

/* Look for who is nearest to LENGTH letters of WORD. */
void nearest_begin(struct nearest *nearest, const char *word, size_t length);
/* Is it CANDIDATE, which lasts as long as NEAREST? */
void nearest_try(struct nearest *nearest, const char *candidate);

#endif

/* nearest.c - see nearest.h. */
#include "mmu/base/nearest.h"

#include <stdio.h>
#include <string.h>

/* How many characters were left out, added, changed or exchanged with their neighbours between A and B. */
static unsigned mistakes_between(const char *a, size_t a_size, const char *b, size_t b_size)
{
    unsigned rows[3][NEAREST_LETTERS_MAX + 1];
    if (a_size > NEAREST_LETTERS_MAX || b_size > NEAREST_LETTERS_MAX)
        return NEAREST_LETTERS_MAX;
    for (size_t k = 0; k <= b_size; k++)
        rows[0][k] = (unsigned)k;
    for (size_t i = 1; i <= a_size; i++) {
        unsigned *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t k = 1; k <= b_size; k++) {
            unsigned least = last[k - 1] + (a[i - 1] != b[k - 1]);
            least = last[k] + 1 < least ? last[k] + 1 : least;
            least = now[k - 1] + 1 < least ? now[k - 1] + 1 : least;
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1] && before[k - 2] + 1 < least)
                least = before[k - 2] + 1;
            now[k] = least;
        }
    }
    return rows[a_size % 3][b_size];
}

void nearest_begin(struct nearest *nearest, const char *word, size_t length)
{
    *nearest = (struct nearest){word, length, length > 5 ? 3 : length > 2 ? 2 : 1, ""};
}

void nearest_try(struct nearest *nearest, const char *before, const char *candidate)
{
    unsigned mistakes = mistakes_between(nearest->word, nearest->length, candidate, strlen(candidate));
    if (mistakes >= nearest->least)
        return;
    nearest->least = mistakes;
    snprintf(nearest->question, sizeof nearest->question, "; did you mean '%.2s%.*s'?", before, NEAREST_LETTERS_MAX,
             candidate);
}

/* shell.h - words of commands that are printed for a person to type again. */
#ifndef US_MONITOR_BASE_SHELL_H
#define US_MONITOR_BASE_SHELL_H

#include <stdio.h>

/* WORD as a shell takes it: as it is, or in quotes. */
void shell_put_word(FILE *out, const char *word);

#endif

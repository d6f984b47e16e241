/* error.c - see error.h. */
#include "mmu/base/error.h"

#include <stdarg.h>
#include <stdio.h>

bool error_set(struct error *error, const char *format, ...)
{
    if (error) {
        va_list args;
        va_start(args, format);
        vsnprintf(error->text, sizeof error->text, format, args);
        va_end(args);
        /* One line, whatever is in a file's name that it quotes. */
        for (char *at = error->text; *at; at++)
            if (((unsigned char)*at < 0x20 && *at != '\t') || *at == 0x7F)
                *at = '?';
    }
    return false;
}

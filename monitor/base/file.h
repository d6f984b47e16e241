/* file.h - result files, which appear whole or not at all. */
#ifndef US_MONITOR_BASE_FILE_H
#define US_MONITOR_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "mmu/base/error.h"

/* Are the descriptors FD and OTHER open at the same file, pipe or terminal? */
bool file_is_same(int fd, int other);

/* Could PATH be written? Asked before a long run, so that the refusal comes early. Changes nothing. */
bool file_writable(const char *path, struct error *error);

/* Put SIZE bytes into PATH: through a temporary file in its folder and a rename, so that PATH is the old file or the
 * new one at every moment. Something that is there and is not a regular file (a pipe, a terminal) is written to. */
bool file_write_whole(const char *path, const void *bytes, size_t size, struct error *error);
/* The same, TELL(ARG, DONE, OF) told after each piece of it how many bytes have been written; false: it is to stop, and
 * PATH stays as it was. */
bool file_write_told(const char *path, const void *bytes, size_t size,
                     bool (*tell)(void *arg, uint64_t done, uint64_t of), void *arg, struct error *error);
/* The same with what PRINT prints of WHAT. PATH may be NULL: nothing is printed; or "-": the standard output. */
bool file_print_whole(const char *path, void (*print)(FILE *out, const void *what), const void *what,
                      struct error *error);

#endif

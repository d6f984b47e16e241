/* installed.h - what lies where the program does: the guests that are built or installed with it. */
#ifndef US_MONITOR_BASE_INSTALLED_H
#define US_MONITOR_BASE_INSTALLED_H

#include <limits.h>
#include <stdbool.h>

#include "mmu/base/error.h"

/* The folder of the guests: guests/ beside the program (where it was built), or ../share/understudy/guests (where it
 * is installed). To be freed; NULL: neither is there. */
char *installed_guests(void);
/* Is there a file IMAGE, or can it be no bare name? False with one line in ERROR: it is one, of neither a file nor a
 * guest that came with the program, with whose name is nearest. */
bool installed_or_file(const char *image, struct error *error);
/* What is meant by IMAGE: a file of that name if there is one, else, of a bare name ("ledger"), NAME.elf in that folder
 * and PATH has it then. IMAGE itself if there is neither. */
const char *installed_guest(const char *image, char path[PATH_MAX]);

#endif

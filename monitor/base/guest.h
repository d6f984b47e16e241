/* guest.h - guests that are installed with the program, by their bare names. */
#ifndef US_MONITOR_BASE_GUEST_H
#define US_MONITOR_BASE_GUEST_H

#include <limits.h>

/* What is meant by IMAGE: a file of that name if there is one, else, of a bare name ("ledger"), the guest NAME.elf in
 * the folder `guests` beside the program or in ../share/understudy/guests. IMAGE itself if there is neither. */
const char *guest_find(const char *image, char path[PATH_MAX]);

#endif

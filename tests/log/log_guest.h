/* log_guest.h - a guest in a system of its own, without terminal or file, for the tests of recordings and comparisons.
 */
#ifndef US_TESTS_LOG_GUEST_H
#define US_TESTS_LOG_GUEST_H

#include "ft/system.h"

/* A config for MODE with a small disk that is thrown away, 4 MiB of RAM and one host thread. */
struct system_config log_config(enum system_mode mode);
/* A system with the guest at PATH loaded; ends the program if there is none. */
struct system *log_system(const struct system_config *config, const char *path);

#endif

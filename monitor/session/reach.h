/* reach.h - which of the host's files the commands of a session may use: all, none (whoever comes by gdb), or those
 * below some folders (`test --sandbox`). docs/security.md says what is promised; every command that takes the name of
 * a file asks here first.
 */
#ifndef US_MONITOR_SESSION_REACH_H
#define US_MONITOR_SESSION_REACH_H

#include <stdbool.h>

#include "mmu/base/error.h"

struct monitor;
struct options;

enum reach_kind { REACH_ALL, REACH_NONE, REACH_BELOW };

enum { REACH_FOLDERS = 2 };

struct reach {
    enum reach_kind kind;
    const char *folders[REACH_FOLDERS]; /* REACH_BELOW: whole paths without links, as realpath makes them; or NULL */
};

/* May the file PATH, which may be one that is not there yet, be used? False with one line in ERROR, which is the same
 * whatever is there. */
bool reach_file(const struct monitor *monitor, const char *path, struct error *error);
/* May all that OPTIONS of a system name be used? Where not everything may, its disks become snapshots. */
bool reach_options(const struct monitor *monitor, struct options *options, struct error *error);
/* May the disks' files be written? */
bool reach_disks(const struct monitor *monitor, struct error *error);

#endif

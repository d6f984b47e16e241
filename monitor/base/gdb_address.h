/* gdb_address.h - where a gdb is waited for, as a person says it: PORT of this host, or what world and nodes listen at
 * (unix:PATH, HOST:PORT, [V6]:PORT: ft/live/address.h), and `,files` behind it if its `monitor` may use files
 * (docs/gdb.md).
 */
#ifndef US_MONITOR_BASE_GDB_ADDRESS_H
#define US_MONITOR_BASE_GDB_ADDRESS_H

#include <stdbool.h>

#include "ft/live/address.h"

enum { GDB_PATH_MAX = 108 }; /* of a socket's address, its NUL included */

struct gdb_address {
    unsigned port;           /* of this host; 0: any */
    char path[GDB_PATH_MAX]; /* of a socket; "": a port it is */
    struct address host;     /* of a host that was named; its text is "": none was */
    bool files;
};

/* False with one line in ERROR, WHAT ("--gdb") in front. */
bool gdb_address_parse(const char *what, const char *text, struct gdb_address *address, struct error *error);
/* Is it on this host, or TRUSTED? False with one line in ERROR. */
bool gdb_address_may_be(const char *what, const struct gdb_address *address, bool trusted, struct error *error);

#endif

/* gdb_address.h - where a gdb is waited for, as a person says it: PORT or unix:PATH, and `,files` behind it if its
 * `monitor` may use files (docs/gdb.md).
 */
#ifndef US_MONITOR_BASE_GDB_ADDRESS_H
#define US_MONITOR_BASE_GDB_ADDRESS_H

#include <stdbool.h>

#include "mmu/base/error.h"

enum { GDB_PATH_MAX = 108 }; /* of a socket's address, its NUL included */

struct gdb_address {
    unsigned port;           /* of this host; 0: any */
    char path[GDB_PATH_MAX]; /* of a socket; "": a port it is */
    bool files;
};

/* False with one line in ERROR, WHAT ("--gdb") in front. */
bool gdb_address_parse(const char *what, const char *text, struct gdb_address *address, struct error *error);

#endif

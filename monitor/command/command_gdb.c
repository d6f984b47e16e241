/* command_gdb.c - the command gdb: a session waits for a gdb and serves it. */
#include <inttypes.h>

#include "monitor/command/command.h"
#include "monitor/gdb/gdb.h"
#include "monitor/session/number.h"

bool command_gdb(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    static const char *const how[] = {
        [GDB_GOES_ON] = "",
        [GDB_DETACHED] = "gdb has detached",
        [GDB_KILLED] = "gdb has killed what it was attached to",
        [GDB_LOST] = "the connection to gdb was lost",
        [GDB_SIGNAL] = "interrupted",
    };
    struct gdb_link link;
    struct gdb_address address;
    if (!monitor_wants_image(monitor, error))
        return false;
    if (monitor->reach.kind != REACH_ALL)
        return error_set(error, "no gdb is waited for in a sandbox (test --sandbox)");
    char port[24];
    uint64_t number;
    const char *where = arguments->at[0];
    if (number_read(monitor, where, &number)) {
        snprintf(port, sizeof port, "%" PRIu64, number);
        where = port;
    }
    if (!gdb_address_parse("gdb", where, &address, error) || !gdb_address_may_be("gdb", &address, false, error) ||
        !gdb_link_open(&link, &address, error))
        return false;
    enum gdb_over over = GDB_SIGNAL;
    if (gdb_link_await(&link) == GDB_CAME_CONNECTION)
        over = gdb_session(monitor, &link);
    gdb_link_close(&link);
    monitor->interrupted |= over == GDB_SIGNAL;
    monitor->disassemble_goes_on = false;
    fprintf(monitor->out, "%s, ", how[over]);
    monitor_print_where(monitor);
    return true;
}

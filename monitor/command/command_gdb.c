/* command_gdb.c - the command gdb: a session waits for a gdb and serves it. */
#include "monitor/base/text.h"
#include "monitor/command/command.h"
#include "monitor/gdb/gdb.h"

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
    uint64_t port;
    if (!monitor_wants_image(monitor, error))
        return false;
    if (!text_number(arguments->at[0], &port) || port > UINT16_MAX)
        return error_set(error, "'%s' is no port: a number from 0 to %d is wanted", arguments->at[0], UINT16_MAX);
    if (!gdb_link_open(&link, (unsigned)port, error))
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

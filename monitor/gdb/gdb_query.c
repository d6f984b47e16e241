/* gdb_query.c - gdb's general queries (GDB manual, "General Query Packets"): what this server can, which processes and
 * threads there are, and `monitor COMMAND`.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/gdb/gdb.h"

void gdb_query_supported(struct gdb *gdb, const char *rest, size_t size)
{
    gdb->multiprocess = strstr(rest, "multiprocess+") != NULL;
    for (unsigned c = 0; gdb->multiprocess && c < system_computers(gdb->monitor->system); c++)
        gdb->attached[c] = computer_alive(gdb->monitor->system, c);
    gdb_reply_add(&gdb->reply,
                  "PacketSize=%x;QStartNoAckMode+;vContSupported+;ReverseStep+;ReverseContinue+;"
                  "qXfer:features:read+;qXfer:exec-file:read+%s",
                  GDB_PACKET_MAX, gdb->multiprocess ? ";multiprocess+" : "");
}

void gdb_query_attached(struct gdb *gdb, const char *rest, size_t size)
{
    gdb_reply_add(&gdb->reply, "1"); /* so a gdb that ends detaches, and does not kill */
}

void gdb_query_current(struct gdb *gdb, const char *rest, size_t size)
{
    gdb_reply_add(&gdb->reply, "QC");
    gdb_add_thread(gdb, gdb->general);
}

void gdb_query_first_threads(struct gdb *gdb, const char *rest, size_t size)
{
    for (unsigned c = 0; c < system_computers(gdb->monitor->system); c++) {
        if (!gdb_has(gdb, c))
            continue;
        for (unsigned p = 0; p < computer_processors(gdb->monitor->system, c); p++) {
            gdb_reply_add(&gdb->reply, gdb->reply.size ? "," : "m");
            gdb_add_thread(gdb, (struct gdb_place){c, p});
        }
    }
    if (!gdb->reply.size)
        gdb_reply_add(&gdb->reply, "l");
}

void gdb_query_next_threads(struct gdb *gdb, const char *rest, size_t size)
{
    gdb_reply_add(&gdb->reply, "l"); /* the first answer had them all */
}

void gdb_query_thread_info(struct gdb *gdb, const char *rest, size_t size)
{
    const struct monitor *monitor = gdb->monitor;
    struct gdb_thread thread;
    struct gdb_place place;
    char text[128];
    if (!gdb_take_thread(&rest, &thread) || *rest) {
        gdb_malformed(gdb, "qThreadExtraInfo");
        return;
    }
    if (!gdb_find_place(gdb, &thread, &place)) {
        gdb_error(gdb, GDB_NO_THREAD);
        return;
    }
    int length = snprintf(text, sizeof text, "%s", monitor_name(monitor, place.computer));
    if (computer_processors(monitor->system, place.computer) > 1)
        length += snprintf(text + length, sizeof text - (size_t)length, ", processor %u", place.processor);
    if (monitor->options.config.mode != MODE_BARE)
        length += snprintf(text + length, sizeof text - (size_t)length, ", epoch %" PRIu64,
                           computer_epoch(monitor->system, place.computer));
    const struct cpu_state *state = cpu_state(computer_processor(monitor->system, place.computer, place.processor));
    length += snprintf(text + length, sizeof text - (size_t)length, ", instruction %" PRIu64, state->insns);
    gdb_reply_hex(&gdb->reply, text, (size_t)length);
}

/* ---- monitor COMMAND ---- */

void gdb_query_command(struct gdb *gdb, const char *rest, size_t size)
{
    struct monitor *monitor = gdb->monitor;
    struct error error = {""};
    char line[GDB_PACKET_MAX / 2 + 1], *text = NULL;
    size_t length = size / 2, shown = 0;
    if (size % 2 || !gdb_take_bytes(&rest, line, length) || memchr(line, 0, length)) {
        gdb_malformed(gdb, "qRcmd");
        return;
    }
    line[length] = '\0';
    FILE *out = monitor->out, *kept = open_memstream(&text, &shown);
    if (!kept) {
        gdb_error(gdb, GDB_NO_ROOM);
        return;
    }
    monitor->focus = gdb->general.computer;
    monitor->out = kept;
    monitor->break_fd = gdb->link->fd;
    const struct reach before = monitor->reach;
    if (!gdb->link->address.files) /* any user of this host may have come to the port */
        monitor->reach = (struct reach){REACH_NONE, {NULL}};
    if (monitor->commands->drives(line))
        fprintf(kept, "'%s' is not for gdb's 'monitor': continue, detach, kill or run gdb's own way\n", line);
    else if (!monitor_execute(monitor, line, &error))
        fprintf(kept, "%s\n", error.text);
    monitor->out = out;
    monitor->break_fd = -1;
    monitor->reach = before;
    monitor->quit = monitor->interrupted = false;
    memset(gdb->told, 0, sizeof gdb->told);
    fclose(kept);
    gdb_show(gdb, text, shown);
    free(text);
    gdb_reply_add(&gdb->reply, "OK");
}

/* ---- qXfer ---- */

/* The part OFFSET,LENGTH (what is left of the packet) of TEXT: with m if more follows, l if not. */
static void transfer(struct gdb *gdb, const char *span, const char *text)
{
    uint64_t offset, length, whole = strlen(text);
    if (!gdb_take_number(&span, 8, &offset) || *span++ != ',' || !gdb_take_number(&span, 8, &length) || *span ||
        offset > whole) {
        gdb_malformed(gdb, "qXfer");
        return;
    }
    uint64_t part = whole - offset < length ? whole - offset : length;
    if (part > GDB_PACKET_MAX / 2 - 1)
        part = GDB_PACKET_MAX / 2 - 1;
    gdb_reply_add(&gdb->reply, offset + part == whole ? "l" : "m");
    gdb_reply_binary(&gdb->reply, text + offset, part);
}

void gdb_query_features(struct gdb *gdb, const char *rest, size_t size)
{
    static const char target[] = "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\">"
                                 "<target version=\"1.0\"><architecture>hppa1.0</architecture></target>";
    if (strncmp(rest, "target.xml:", 11) == 0)
        transfer(gdb, rest + 11, target);
    else
        gdb_malformed(gdb, "qXfer:features");
}

/* The file that a process executes; gdb reads its symbols by itself. */
void gdb_query_image(struct gdb *gdb, const char *rest, size_t size)
{
    uint64_t process;
    char *path = realpath(gdb->monitor->image_path, NULL);
    bool named = gdb_take_number(&rest, 8, &process);
    if ((!named || process <= system_computers(gdb->monitor->system)) && *rest == ':')
        transfer(gdb, rest + 1, path ? path : gdb->monitor->image_path);
    else
        gdb_malformed(gdb, "qXfer:exec-file");
    free(path);
}

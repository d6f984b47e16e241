/* gdb.c - see gdb.h. The table of packets, and the life of a session. */
#include "monitor/gdb/gdb.h"

#include <stdio.h>
#include <string.h>

#include "monitor/base/text.h"

void gdb_error(struct gdb *gdb, unsigned number)
{
    gdb->reply.size = 0;
    gdb_reply_add(&gdb->reply, "E%02x", number);
}

void gdb_malformed(struct gdb *gdb, const char *packet)
{
    gdb_link_complain(gdb->link, "a packet %s is malformed", packet);
    gdb_error(gdb, GDB_MALFORMED);
}

void gdb_add_thread(struct gdb *gdb, struct gdb_place place)
{
    if (gdb->multiprocess)
        gdb_reply_add(&gdb->reply, "p%x.%x", place.computer + 1, place.processor + 1);
    else
        gdb_reply_add(&gdb->reply, "%x", place.processor + 1);
}

bool gdb_has(const struct gdb *gdb, unsigned computer)
{
    return computer < system_computers(gdb->monitor->system) && gdb->attached[computer];
}

bool gdb_find_place(const struct gdb *gdb, const struct gdb_thread *thread, struct gdb_place *place)
{
    struct gdb_place first = gdb->general;
    if (gdb->multiprocess && thread->process > 0)
        first.computer = thread->process <= GDB_COMPUTERS ? (unsigned)thread->process - 1 : GDB_COMPUTERS;
    else if (!gdb_has(gdb, first.computer))
        first.computer = GDB_COMPUTERS - 1 - first.computer;
    if (!gdb_has(gdb, first.computer))
        return false;
    if (thread->thread > 0)
        first.processor = thread->thread <= GDB_PROCESSORS ? (unsigned)thread->thread - 1 : GDB_PROCESSORS;
    else if (first.computer != gdb->general.computer)
        first.processor = 0;
    *place = first;
    return first.processor < computer_processors(gdb->monitor->system, first.computer);
}

void gdb_show(struct gdb *gdb, const char *text, size_t size)
{
    enum { PART = GDB_PACKET_MAX / 2 - 1 };
    while (size) {
        size_t part = size < PART ? size : PART;
        gdb->reply.size = 0;
        gdb_reply_add(&gdb->reply, "O");
        gdb_reply_hex(&gdb->reply, text, part);
        gdb_link_send(gdb->link, &gdb->reply);
        text += part;
        size -= part;
    }
    gdb->reply.size = 0;
}

/* ---- packets about threads and the session ---- */

/* H: g or c, and a thread. */
static void select_thread(struct gdb *gdb, const char *rest, size_t size)
{
    char what = *rest++;
    struct gdb_thread thread;
    if ((what != 'g' && what != 'c') || !gdb_take_thread(&rest, &thread) || *rest) {
        gdb_malformed(gdb, "H");
        return;
    }
    struct gdb_place place;
    if (what == 'c') {
        gdb->control = thread;
    } else if (gdb_find_place(gdb, &thread, &place)) {
        gdb->general = place;
    } else {
        gdb_error(gdb, GDB_NO_THREAD);
        return;
    }
    gdb_reply_add(&gdb->reply, "OK");
}

static void thread_alive(struct gdb *gdb, const char *rest, size_t size)
{
    struct gdb_thread thread;
    struct gdb_place place;
    if (!gdb_take_thread(&rest, &thread) || *rest)
        gdb_malformed(gdb, "T");
    else if (gdb_find_place(gdb, &thread, &place))
        gdb_reply_add(&gdb->reply, "OK");
    else
        gdb_error(gdb, GDB_NO_THREAD);
}

static void no_acknowledgements(struct gdb *gdb, const char *rest, size_t size)
{
    gdb->link->no_ack = true;
    gdb_reply_add(&gdb->reply, "OK");
}

static void good(struct gdb *gdb, const char *rest, size_t size)
{
    gdb_reply_add(&gdb->reply, "OK");
}

/* A process number; false, and the answer is there, if it is none of the system's. */
static bool take_process(struct gdb *gdb, const char *rest, const char *packet, unsigned *computer)
{
    uint64_t process;
    if (!gdb_take_number(&rest, 8, &process) || *rest) {
        gdb_malformed(gdb, packet);
        return false;
    }
    *computer = (unsigned)process - 1;
    if (process && *computer < system_computers(gdb->monitor->system))
        return true;
    gdb_error(gdb, GDB_NO_THREAD);
    return false;
}

/* D, or D;PROCESS: gdb leaves it. The session is over when gdb has nothing left. */
static void detach(struct gdb *gdb, const char *rest, size_t size)
{
    unsigned computer;
    if (*rest == ';' && !take_process(gdb, rest + 1, "D", &computer))
        return;
    for (unsigned c = 0; c < GDB_COMPUTERS; c++) {
        if (*rest == ';' && c != computer)
            continue;
        gdb->attached[c] = gdb->gone[c] = false;
        gdb_forget_points(gdb, c);
    }
    if (!gdb->attached[0] && !gdb->attached[1])
        gdb->over = GDB_DETACHED;
    gdb_reply_add(&gdb->reply, "OK");
}

static void attach(struct gdb *gdb, const char *rest, size_t size)
{
    unsigned computer;
    if (!take_process(gdb, rest, "vAttach", &computer))
        return;
    if (!computer_alive(gdb->monitor->system, computer)) {
        gdb_error(gdb, GDB_NO_THREAD);
        return;
    }
    gdb->attached[computer] = true;
    gdb->general = (struct gdb_place){computer, 0};
    gdb_why(gdb, "", 0);
}

static void kill_all(struct gdb *gdb, const char *rest, size_t size)
{
    gdb->over = GDB_KILLED; /* k has no answer */
}

/* vKill;PROCESS: the computer fails. Without another one the run is over. */
static void kill_process(struct gdb *gdb, const char *rest, size_t size)
{
    unsigned computer;
    if (!take_process(gdb, rest, "vKill", &computer))
        return;
    struct system *system = gdb->monitor->system;
    gdb->attached[computer] = gdb->gone[computer] = false;
    gdb_forget_points(gdb, computer);
    if (system_computers(system) == 2 && computer_alive(system, 1 - computer))
        system_crash_now(system, computer);
    else
        gdb->over = GDB_KILLED;
    gdb_reply_add(&gdb->reply, "OK");
}

/* ---- the table ---- */

static const struct packet_row {
    const char *name;
    bool whole; /* nothing follows */
    gdb_packet *take;
} packets[] = {
    {"?", true, gdb_why},
    {"!", true, good},
    {"g", true, gdb_read_registers},
    {"G", false, gdb_write_registers},
    {"p", false, gdb_read_register},
    {"P", false, gdb_write_register},
    {"m", false, gdb_read_memory},
    {"M", false, gdb_write_memory},
    {"X", false, gdb_write_binary},
    {"Z", false, gdb_add_point},
    {"z", false, gdb_remove_point},
    {"c", true, gdb_continue},
    {"s", true, gdb_step},
    {"bs", true, gdb_back_step},
    {"bc", true, gdb_back_continue},
    {"vCont?", true, gdb_vcont_what},
    {"vCont;", false, gdb_vcont},
    {"vAttach;", false, attach},
    {"vKill;", false, kill_process},
    {"D", false, detach},
    {"k", true, kill_all},
    {"H", false, select_thread},
    {"T", false, thread_alive},
    {"qC", true, gdb_query_current},
    {"qAttached", false, gdb_query_attached},
    {"qSupported", false, gdb_query_supported},
    {"qfThreadInfo", true, gdb_query_first_threads},
    {"qsThreadInfo", true, gdb_query_next_threads},
    {"qThreadExtraInfo,", false, gdb_query_thread_info},
    {"qRcmd,", false, gdb_query_command},
    {"qXfer:features:read:", false, gdb_query_features},
    {"qXfer:exec-file:read:", false, gdb_query_image},
    {"QStartNoAckMode", true, no_acknowledgements},
};

void gdb_look_again(struct gdb *gdb)
{
    struct gdb_thread any = {0};
    unsigned computers = system_computers(gdb->monitor->system);
    for (unsigned c = computers; c < GDB_COMPUTERS; c++)
        gdb->attached[c] = gdb->gone[c] = false; /* a script has made another system */
    if (gdb->general.computer >= computers)
        gdb->general = (struct gdb_place){0};
    if (gdb->general.processor >= computer_processors(gdb->monitor->system, gdb->general.computer))
        gdb->general.processor = 0;
    for (unsigned c = 0; c < computers; c++) {
        if (!gdb->gone[c] || gdb->monitor->ended || !computer_alive(gdb->monitor->system, c))
            continue;
        gdb->attached[c] = true;
        gdb->gone[c] = false;
    }
    gdb_find_place(gdb, &any, &gdb->general);
}

/* Do what the packet says. No answer to a packet that is not known: gdb learns from that. */
static void serve(struct gdb *gdb, const char *packet, size_t size)
{
    gdb->reply.size = 0;
    gdb->reply.text[0] = '\0';
    for (size_t i = 0; i < sizeof packets / sizeof packets[0]; i++) {
        size_t length = strlen(packets[i].name);
        if (size < length || memcmp(packet, packets[i].name, length) != 0 || (packets[i].whole && size != length))
            continue;
        packets[i].take(gdb, packet + length, size - length);
        break;
    }
}

enum gdb_over gdb_session(struct monitor *monitor, struct gdb_link *link)
{
    struct gdb gdb = {.monitor = monitor, .link = link, .general = {monitor->focus, 0}};
    gdb.attached[monitor->focus] = computer_alive(monitor->system, monitor->focus);
    while (gdb.over == GDB_GOES_ON) {
        enum gdb_came came = gdb_link_next(link);
        if (came != GDB_CAME_PACKET) {
            gdb.over = came == GDB_CAME_LOST ? GDB_LOST : GDB_SIGNAL;
            break;
        }
        gdb_look_again(&gdb);
        bool silent = strcmp(link->reader.packet, "k") == 0;
        serve(&gdb, link->reader.packet, link->reader.size);
        if (!silent && gdb.over != GDB_LOST && gdb.over != GDB_SIGNAL)
            gdb_link_send(link, &gdb.reply);
    }
    monitor->focus = gdb.general.computer;
    VEC_FREE(&gdb.points);
    gdb_link_drop(link);
    return gdb.over;
}

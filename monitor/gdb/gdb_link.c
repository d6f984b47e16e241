/* gdb_link.c - see gdb_link.h. */
#include "monitor/gdb/gdb_link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "monitor/base/ctrl_c.h"

enum { COMPLAINTS_MAX = 8, LOOK_AGAIN_MS = 100 };

/* False with errno set. */
static bool listen_at_port(struct gdb_link *link)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)link->address.port)};
    socklen_t size = sizeof address;
    int on = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    link->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (link->listener < 0)
        return false;
    setsockopt(link->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(link->listener, (struct sockaddr *)&address, sizeof address) || listen(link->listener, 1) ||
        getsockname(link->listener, (struct sockaddr *)&address, &size))
        return false;
    link->address.port = ntohs(address.sin_port);
    return true;
}

static bool listen_at_path(struct gdb_link *link)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, link->address.path, strlen(link->address.path));
    link->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    /* What is made there has the mode that the socket has now. */
    if (link->listener < 0 || fchmod(link->listener, S_IRUSR | S_IWUSR) ||
        bind(link->listener, (struct sockaddr *)&address, sizeof address))
        return false;
    link->made = true;
    return listen(link->listener, 1) == 0;
}

static bool say_place(const struct gdb_link *link)
{
    char place[GDB_PLACE_BYTES];
    gdb_link_place(link, place);
    fprintf(stderr, "understudy: gdb: the guest waits: 'target extended-remote %s' in gdb-multiarch\n", place);
    return true;
}

bool gdb_link_open(struct gdb_link *link, const struct gdb_address *address, struct error *error)
{
    *link = (struct gdb_link){.fd = -1, .listener = -1, .address = *address};
    if (address->host.host[0]) {
        link->listener = address_listen("gdb", &link->address.host, error);
        return link->listener >= 0 && say_place(link);
    }
    bool by_path = address->path[0] != '\0';
    if (!(by_path ? listen_at_path(link) : listen_at_port(link))) {
        if (by_path)
            error_set(error, "gdb cannot be listened for at '%s': %s; a path where nothing is yet is wanted",
                      address->path, strerror(errno));
        else
            error_set(error, "gdb cannot be listened for at port %u: %s; another port, or 0 for any, is wanted",
                      address->port, strerror(errno));
        gdb_link_close(link);
        return false;
    }
    return say_place(link);
}

void gdb_link_place(const struct gdb_link *link, char place[GDB_PLACE_BYTES])
{
    if (link->address.host.host[0])
        snprintf(place, GDB_PLACE_BYTES, "%s", link->address.host.text);
    else if (link->address.path[0])
        snprintf(place, GDB_PLACE_BYTES, "%s", link->address.path);
    else
        snprintf(place, GDB_PLACE_BYTES, "localhost:%u", link->address.port);
}

void gdb_link_close(struct gdb_link *link)
{
    gdb_link_drop(link);
    if (link->listener >= 0)
        close(link->listener);
    link->listener = -1;
    if (link->made)
        unlink(link->address.path);
    link->made = false;
}

void gdb_link_drop(struct gdb_link *link)
{
    if (link->fd >= 0)
        close(link->fd);
    link->fd = -1;
}

void gdb_link_complain(struct gdb_link *link, const char *format, ...)
{
    va_list args;
    if (++link->complaints > COMPLAINTS_MAX)
        return;
    fprintf(stderr, "understudy: gdb: ");
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "%s\n", link->complaints == COMPLAINTS_MAX ? "; more of this is not said" : "");
}

/* Does FD become ready for EVENTS within TIMEOUT_MS? */
static bool ready(int fd, short events, int timeout_ms)
{
    struct pollfd at = {.fd = fd, .events = events};
    return poll(&at, 1, timeout_ms) > 0;
}

enum gdb_came gdb_link_offer(struct gdb_link *link)
{
    if (ctrl_c_asked())
        return GDB_CAME_SIGNAL;
    if (!ready(link->listener, POLLIN, 0))
        return GDB_CAME_NOTHING;
    link->fd = accept(link->listener, NULL, NULL);
    if (link->fd < 0)
        return GDB_CAME_NOTHING; /* whoever it was is gone again */
    int on = 1;
    setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    link->reader = (struct gdb_reader){0};
    link->no_ack = false;
    link->frame_size = 0;
    link->complaints = 0;
    return GDB_CAME_CONNECTION;
}

enum gdb_came gdb_link_await(struct gdb_link *link)
{
    enum gdb_came came;
    while ((came = gdb_link_offer(link)) == GDB_CAME_NOTHING)
        ready(link->listener, POLLIN, LOOK_AGAIN_MS);
    return came;
}

/* Everything, or as much as the other end takes before it hangs up or someone here loses patience. */
static void send_all(struct gdb_link *link, const char *bytes, size_t size)
{
    while (size && link->fd >= 0) {
        ssize_t sent = send(link->fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN && errno != EINTR) {
            gdb_link_drop(link);
        } else if (sent < 0) {
            if (!ready(link->fd, POLLOUT, LOOK_AGAIN_MS) && ctrl_c_asked())
                gdb_link_drop(link);
        } else {
            bytes += sent;
            size -= (size_t)sent;
        }
    }
}

void gdb_link_send(struct gdb_link *link, const struct gdb_reply *reply)
{
    link->frame_size = gdb_frame(reply, link->frame);
    send_all(link, link->frame, link->frame_size);
}

/* Take what BYTE has completed. */
static enum gdb_came take(struct gdb_link *link, uint8_t byte)
{
    bool inside = link->reader.state != GDB_BETWEEN;
    switch (gdb_reader_take(&link->reader, byte)) {
    case GDB_PACKET:
        if (!link->no_ack)
            send_all(link, "+", 1);
        return GDB_CAME_PACKET;
    case GDB_INTERRUPT:
        return GDB_CAME_INTERRUPT;
    case GDB_NAK:
        if (!link->no_ack)
            send_all(link, link->frame, link->frame_size);
        break;
    case GDB_BAD:
        gdb_link_complain(link, "%s", link->reader.why);
        if (inside && !link->no_ack)
            send_all(link, "-", 1);
        break;
    case GDB_NOTHING:
        break;
    }
    return GDB_CAME_NOTHING;
}

/* Take input until it says something, or there is no more for TIMEOUT_MS. What comes behind that stays in the socket,
 * where a break is looked for while the guest runs (ctrl_c.h). */
static enum gdb_came take_input(struct gdb_link *link, int timeout_ms)
{
    enum gdb_came came = GDB_CAME_NOTHING;
    uint8_t input[4096];
    while (came == GDB_CAME_NOTHING) {
        if (link->fd < 0)
            return GDB_CAME_LOST;
        if (!ready(link->fd, POLLIN, timeout_ms))
            return ctrl_c_asked() ? GDB_CAME_SIGNAL : GDB_CAME_NOTHING;
        ssize_t got = recv(link->fd, input, sizeof input, MSG_PEEK | MSG_DONTWAIT), taken = 0;
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return GDB_CAME_NOTHING;
        if (got <= 0)
            return GDB_CAME_LOST;
        while (came == GDB_CAME_NOTHING && taken < got)
            came = take(link, input[taken++]);
        if (link->fd >= 0 && recv(link->fd, input, (size_t)taken, MSG_DONTWAIT) != taken)
            return GDB_CAME_LOST;
    }
    return came;
}

enum gdb_came gdb_link_next(struct gdb_link *link)
{
    enum gdb_came came;
    do
        came = take_input(link, LOOK_AGAIN_MS);
    while (came == GDB_CAME_NOTHING || came == GDB_CAME_INTERRUPT); /* it stands still already */
    return came;
}

enum gdb_came gdb_link_look(struct gdb_link *link)
{
    enum gdb_came came;
    while ((came = take_input(link, 0)) == GDB_CAME_PACKET)
        gdb_link_complain(link, "a packet while the guest runs is not taken: %.16s", link->reader.packet);
    return came;
}

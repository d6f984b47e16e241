/* link.c - see link.h. */
#include "ft/live/link.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PIECE_BYTES = 256 << 10 };

void link_open(struct link *link, int fd, size_t most, uint64_t now_ps)
{
    *link = (struct link){.fd = fd, .most = most, .heard = now_ps};
}

void link_close(struct link *link)
{
    if (link->fd >= 0)
        close(link->fd);
    VEC_FREE(&link->in);
    VEC_FREE(&link->out);
    *link = (struct link){.fd = -1};
}

bool link_read(struct link *link)
{
    if (link->fd < 0 || link->ended)
        return false;
    if (link->in_at) {
        link->in.count -= link->in_at;
        memmove(link->in.at, link->in.at + link->in_at, link->in.count);
        link->in_at = 0;
    }
    while (link->in.room - link->in.count < PIECE_BYTES)
        link->in.at = vec_grown(link->in.at, &link->in.room, 1);
    ssize_t got = recv(link->fd, link->in.at + link->in.count, PIECE_BYTES, MSG_DONTWAIT);
    if (got > 0)
        link->in.count += (size_t)got;
    else if (got == 0 || (errno != EAGAIN && errno != EINTR))
        link->ended = true;
    return got == PIECE_BYTES;
}

enum frame_found link_next(struct link *link, uint64_t now_ps, struct frame_reader *reader)
{
    size_t length;
    if (link->fd < 0)
        return FRAME_NOT_YET;
    enum frame_found found =
        frame_find(link->in.at + link->in_at, link->in.count - link->in_at, link->most, reader, &length);
    if (found == FRAME_FOUND) {
        link->in_at += length;
        link->heard = now_ps;
    }
    return found;
}

void link_begin(struct link *link, struct frame_writer *writer, enum frame_kind kind)
{
    frame_begin(writer, &link->out, kind);
}

void link_say(struct link *link, enum frame_kind kind)
{
    struct frame_writer writer;
    link_begin(link, &writer, kind);
    frame_end(&writer);
}

void link_flush(struct link *link)
{
    while (link->fd >= 0 && link->out_at < link->out.count) {
        ssize_t sent =
            send(link->fd, link->out.at + link->out_at, link->out.count - link->out_at, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno != EAGAIN) { /* nobody will ever read it; what has come is still read */
            link->out_at = link->out.count;
            break;
        }
        if (sent <= 0)
            break;
        link->out_at += (size_t)sent;
    }
    if (link->out_at == link->out.count) {
        link->out.count = link->out_at = 0;
    } else if (link->out_at > PIECE_BYTES) {
        link->out.count -= link->out_at;
        memmove(link->out.at, link->out.at + link->out_at, link->out.count);
        link->out_at = 0;
    }
}

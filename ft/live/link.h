/* link.h - one connection between two processes: frames to and fro, none of which is waited for.
 *
 * What is sent lies in `out` until the socket takes it; who sends much asks link_waiting first. What has come is read
 * in pieces, so that a flood costs no more memory than the largest frame that is allowed.
 */
#ifndef US_FT_LIVE_LINK_H
#define US_FT_LIVE_LINK_H

#include "ft/live/frame.h"
#include "mmu/base/error.h"

struct link {
    int fd;          /* -1: there is no connection */
    size_t most;     /* no frame that comes is longer */
    bool ended;      /* the other side has closed it, or it is broken: nothing more comes */
    uint64_t heard;  /* the host's time when the last whole frame was found, picoseconds */
    uint64_t beaten; /* and when the last beat was sent */
    frame_bytes_vec in, out;
    size_t in_at, out_at; /* what is behind us */
};

/* The connection FD, as of NOW_PS; it is this link's from now on. */
void link_open(struct link *link, int fd, size_t most, uint64_t now_ps);
void link_close(struct link *link);
static inline bool link_there(const struct link *link)
{
    return link->fd >= 0;
}

/* Read what has come, up to a piece. True: there may be more. */
bool link_read(struct link *link);
/* The next frame that has come; READER is valid until the next call for this link. */
enum frame_found link_next(struct link *link, uint64_t now_ps, struct frame_reader *reader);
/* Send a frame: begin, put (frame.h), end. */
void link_begin(struct link *link, struct frame_writer *writer, enum frame_kind kind);
/* A frame of KIND that has nothing in it. */
void link_say(struct link *link, enum frame_kind kind);
/* Give the socket what waits. */
void link_flush(struct link *link);
/* How many bytes wait for the socket? */
static inline size_t link_waiting(const struct link *link)
{
    return link->out.count - link->out_at;
}

#endif

/* stream.c - see stream.h. */
#include "io/stream.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "mmu/base/memory.h"

/* After errno CAUSE of a read or write: is it worth trying again? Waits until it is. */
static bool tries_again(int fd, short events, int cause)
{
    if (cause == EAGAIN || cause == EWOULDBLOCK) {
        struct pollfd ready = {.fd = fd, .events = events};
        while (poll(&ready, 1, -1) < 0 && errno == EINTR)
            continue;
        return true;
    }
    return cause == EINTR;
}

int stream_write(int fd, const void *bytes, size_t size)
{
    const char *at = bytes;
    while (size) {
        ssize_t wrote = write(fd, at, size);
        int cause = wrote < 0 ? errno : wrote == 0 ? ENOSPC : 0;
        if (cause && !tries_again(fd, POLLOUT, cause))
            return cause;
        if (cause)
            continue;
        at += wrote;
        size -= (size_t)wrote;
    }
    return 0;
}

int stream_write_at(int fd, const void *bytes, size_t size, uint64_t at, size_t *done)
{
    *done = 0;
    while (*done < size) {
        ssize_t wrote = pwrite(fd, (const char *)bytes + *done, size - *done, (off_t)(at + *done));
        int cause = wrote < 0 ? errno : wrote == 0 ? ENOSPC : 0;
        if (cause && !tries_again(fd, POLLOUT, cause))
            return cause;
        if (!cause)
            *done += (size_t)wrote;
    }
    return 0;
}

/* ---- a FILE ---- */

static ssize_t put(void *cookie, const char *bytes, size_t size)
{
    struct stream *stream = cookie;
    if (!stream->cause)
        stream->cause = stream_write(stream->fd, bytes, size);
    errno = stream->cause;
    return stream->cause ? 0 : (ssize_t)size;
}

static int put_end(void *cookie)
{
    struct stream *stream = cookie;
    int failed = close(stream->fd);
    if (failed && !stream->cause)
        stream->cause = errno;
    return failed;
}

void stream_open(struct stream *stream, int fd, bool lines)
{
    *stream = (struct stream){.fd = fd};
    stream->file = fopencookie(stream, "w", (cookie_io_functions_t){.write = put, .close = put_end});
    assert(stream->file);
    if (lines || isatty(fd))
        setvbuf(stream->file, NULL, _IOLBF, BUFSIZ);
}

int stream_flush(struct stream *stream)
{
    fflush(stream->file);
    return stream->cause;
}

int stream_close(struct stream *stream)
{
    fclose(stream->file);
    stream->file = NULL;
    return stream->cause;
}

static ssize_t get(void *cookie, char *bytes, size_t size)
{
    int fd = *(int *)cookie;
    for (;;) {
        ssize_t got = read(fd, bytes, size);
        if (got >= 0 || !tries_again(fd, POLLIN, errno))
            return got;
    }
}

static int get_end(void *cookie)
{
    int failed = close(*(int *)cookie);
    free(cookie);
    return failed;
}

FILE *stream_reader(int fd)
{
    int *cookie = malloc(sizeof *cookie);
    memory_need(cookie);
    *cookie = fd;
    FILE *file = fopencookie(cookie, "r", (cookie_io_functions_t){.read = get, .close = get_end});
    memory_need(file);
    return file;
}

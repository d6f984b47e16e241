/* stream.h - the one place where bytes leave for a descriptor of the host.
 *
 * A write comes to its end although a signal interrupts it or the descriptor is non-blocking (another program may have
 * made it so), and what failed is said with its cause, an errno that is taken where it arises. A FILE that writes by
 * way of this (struct stream) keeps the first cause, so that it is known whenever somebody asks.
 */
#ifndef US_IO_STREAM_H
#define US_IO_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Write SIZE bytes to FD. Returns 0, or the errno of what failed. */
int stream_write(int fd, const void *bytes, size_t size);
/* The same at byte AT of a file; *DONE is how many bytes were written in any case. */
int stream_write_at(int fd, const void *bytes, size_t size, uint64_t at, size_t *done);

struct stream {
    FILE *file;
    int fd;
    int cause; /* the errno of the first failure; 0: none */
};

/* A FILE for text to FD, which is closed with it; *STREAM stays where it is until then. The lines of a person's
 * terminal, and all of them if LINES, are written as they end. */
void stream_open(struct stream *stream, int fd, bool lines);
/* Write what waits. Returns the cause of the first failure so far, or 0. */
int stream_flush(struct stream *stream);
/* The same, and close. */
int stream_close(struct stream *stream);

/* A FILE to read FD by, which is waited for if it is non-blocking; FD is closed with it. */
FILE *stream_reader(int fd);

#endif

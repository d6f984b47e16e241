/* tape_file.c - see tape_file.h. */
#include "ft/live/tape_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/stream.h"
#include "mmu/base/memory.h"

enum { WAITING_MAX = 64 << 10, PIECE_BYTES = 64 << 10 };

/* FLAGS, beside those that every tape is opened with, say what becomes of a file that is there. */
static void open_at(struct tape_file *tape, const char *path, int flags)
{
    tape->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | flags, 0666);
    tape->cause = tape->fd < 0 ? errno : 0;
    tape->path = tape->fd < 0 ? NULL : realpath(path, NULL); /* a link stays one, whatever is renamed */
    if (!tape->path)
        tape->path = strdup(path);
    memory_need(tape->path);
}

/* At PATH, or where nothing is yet at PATH with a number behind: what is there is somebody's. */
static void open_new(struct tape_file *tape, const char *path)
{
    enum { NAMES_MAX = 1000 };
    open_at(tape, path, O_EXCL);
    for (unsigned n = 1; tape->cause == EEXIST && n < NAMES_MAX; n++) {
        char *other = NULL;
        int length = asprintf(&other, "%s.%u", path, n);
        memory_need(length >= 0);
        free(tape->path);
        open_at(tape, other, O_EXCL);
        free(other);
    }
}

static void write_all(struct tape_file *tape, const void *bytes, size_t size)
{
    if (!tape->cause)
        tape->cause = stream_write(tape->fd, bytes, size);
}

void tape_file_flush(struct tape_file *tape)
{
    if (!tape->path)
        return;
    write_all(tape, tape->stream.out.at, tape->stream.out.count);
    tape->stream.out.count = 0;
}

void tape_file_begin(struct tape_file *tape, const char *path, const struct recording_about *about)
{
    open_at(tape, path, O_TRUNC);
    recording_stream_begin(&tape->stream, about);
    tape_file_flush(tape);
}

void tape_file_fork(struct tape_file *tape, const char *path, struct tape_file *from)
{
    uint8_t piece[PIECE_BYTES];
    ssize_t got = 0;
    tape_file_flush(from);
    open_new(tape, path);
    if (from->cause)
        tape->cause = from->cause;
    for (off_t at = 0; !tape->cause && (got = pread(from->fd, piece, sizeof piece, at)) > 0; at += got)
        write_all(tape, piece, (size_t)got);
    if (got < 0 && !tape->cause)
        tape->cause = errno;
    recording_stream_copy(&tape->stream, &from->stream);
}

bool tape_file_add(struct tape_file *tape, const uint8_t *bytes, size_t size)
{
    if (!tape->path)
        return true;
    if (!recording_stream_add(&tape->stream, bytes, size))
        return false;
    if (tape->stream.out.count > WAITING_MAX)
        tape_file_flush(tape);
    return true;
}

void tape_file_become(struct tape_file *tape, const char *path)
{
    if (!tape->path || !strcmp(tape->path, path))
        return;
    tape_file_flush(tape);
    if (!tape->cause && rename(tape->path, path))
        tape->cause = errno;
    free(tape->path);
    tape->path = strdup(path);
    memory_need(tape->path);
}

void tape_file_end(struct tape_file *tape, const struct recording_end *end)
{
    if (!tape->path)
        return;
    recording_stream_end(&tape->stream, end);
    tape_file_flush(tape);
}

void tape_file_close(struct tape_file *tape, bool removed)
{
    if (!tape->path)
        return;
    if (tape->fd >= 0)
        close(tape->fd);
    if (removed)
        unlink(tape->path);
    free(tape->path);
    recording_stream_free(&tape->stream);
    *tape = (struct tape_file){0};
}

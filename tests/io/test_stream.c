/* test_stream.c - every byte arrives, however slowly the other end takes it, and what fails has its cause. */
#include "io/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "tests/check.h"

enum { LINES = 40000, LINE_BYTES = 16 };

struct reader {
    int fd;
    size_t size;
    char bytes[LINES * LINE_BYTES];
};

static void *read_slowly(void *arg)
{
    struct reader *reader = arg;
    ssize_t got;
    usleep(50000); /* the pipe is full by now */
    while ((got = read(reader->fd, reader->bytes + reader->size, 5000)) > 0)
        reader->size += (size_t)got;
    return NULL;
}

/* A pipe that somebody has made non-blocking, and an end that takes its time. */
static void test_non_blocking(struct check *t)
{
    static struct reader reader;
    char expected[LINE_BYTES + 2]; /* room for a sign, which no line has */
    struct stream stream;
    pthread_t thread;
    int ends[2];
    CHECK(pipe2(ends, O_NONBLOCK) == 0 && fcntl(ends[0], F_SETFL, 0) == 0);
    reader.fd = ends[0];
    CHECK(pthread_create(&thread, NULL, read_slowly, &reader) == 0);
    stream_open(&stream, ends[1], false);
    for (int i = 0; i < LINES; i++)
        fprintf(stream.file, "line %010d\n", i);
    CHECK_EQ(stream_close(&stream), 0);
    pthread_join(thread, NULL);
    CHECK_EQ(reader.size, sizeof reader.bytes);
    for (int i = 0; i < LINES; i++) {
        snprintf(expected, sizeof expected, "line %010d\n", i);
        CHECK(memcmp(reader.bytes + (size_t)i * LINE_BYTES, expected, LINE_BYTES) == 0);
    }
    close(ends[0]);
}

/* The first cause stays, whatever comes after it. */
static void test_causes(struct check *t)
{
    struct stream stream;
    size_t done;
    int full = open("/dev/full", O_WRONLY), closed = dup(full);
    close(closed);
    CHECK_EQ(stream_write(full, "x", 1), ENOSPC);
    CHECK_EQ(stream_write(closed, "x", 1), EBADF);
    CHECK_EQ(stream_write(closed, "", 0), 0);
    CHECK_EQ(stream_write_at(closed, "x", 1, 0, &done), EBADF);
    CHECK_EQ(done, 0);
    stream_open(&stream, full, false);
    fprintf(stream.file, "text");
    CHECK_EQ(stream.cause, 0);
    CHECK_EQ(stream_flush(&stream), ENOSPC);
    CHECK(ferror(stream.file));
    errno = 0;
    CHECK_EQ(stream_flush(&stream), ENOSPC);
    CHECK_EQ(stream_close(&stream), ENOSPC);
    stream_open(&stream, open("/dev/full", O_WRONLY), true);
    fprintf(stream.file, "a line\n"); /* is written as it ends */
    CHECK_EQ(stream.cause, ENOSPC);
    CHECK_EQ(stream_close(&stream), ENOSPC);
}

static void *write_late(void *arg)
{
    usleep(20000);
    return (void *)(intptr_t)(write(*(int *)arg, "late\n", 5) == 5);
}

/* Input that is not there yet is waited for. */
static void test_reader(struct check *t)
{
    char line[16] = "";
    pthread_t thread;
    int ends[2];
    CHECK(pipe2(ends, O_NONBLOCK) == 0);
    FILE *in = stream_reader(ends[0]);
    CHECK(pthread_create(&thread, NULL, write_late, &ends[1]) == 0);
    CHECK(fgets(line, sizeof line, in) != NULL);
    CHECK(strcmp(line, "late\n") == 0);
    pthread_join(thread, NULL);
    close(ends[1]);
    CHECK(fgets(line, sizeof line, in) == NULL && !ferror(in));
    fclose(in);
}

int main(int argc, char **argv)
{
    struct check t = check_begin("io.stream", argc, argv);
    test_non_blocking(&t);
    test_causes(&t);
    test_reader(&t);
    return check_end(&t);
}

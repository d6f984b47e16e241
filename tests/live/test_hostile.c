/* test_hostile.c - strangers at the world's socket: each speaks something else, and is refused with one line; the pair
 * that runs meanwhile does not notice. Argument: the socket's path. tests/live/hostile.sh has the rest.
 */
#include "ft/live/frame.h"
#include "tests/check.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int visit(const char *path)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    memcpy(at.sun_path, path, strlen(path) < sizeof at.sun_path ? strlen(path) : 0);
    if (fd >= 0 && !connect(fd, (struct sockaddr *)&at, sizeof at))
        return fd;
    perror(path);
    exit(2);
}

/* Say SIZE bytes; the world closes the connection, and answers nothing. */
static void say(struct check *t, const char *path, const void *bytes, size_t size)
{
    char answer;
    int fd = visit(path);
    CHECK(send(fd, bytes, size, MSG_NOSIGNAL) > 0);
    CHECK(recv(fd, &answer, 1, 0) <= 0);
    close(fd);
}

static void hello(frame_bytes_vec *out, uint16_t version, enum hello_as as)
{
    struct frame_writer writer;
    out->count = 0;
    frame_begin(&writer, out, FRAME_HELLO);
    frame_u16(&writer, version);
    frame_u8(&writer, (uint8_t)as);
    frame_text(&writer, "");
    frame_u64(&writer, 0);
    frame_u32(&writer, 4711);
    frame_text(&writer, "unix:/nowhere");
    frame_end(&writer);
}

int main(int argc, char **argv)
{
    struct check check = check_begin("live.hostile", argc, argv), *t = &check;
    const char *path = argv[argc - 1];
    frame_bytes_vec out = {0};
    static uint8_t flood[1 << 20];
    say(t, path, "GET / HTTP/1.1\r\n\r\n", 18);
    memset(flood, 0xFF, sizeof flood);
    say(t, path, flood, sizeof flood);
    hello(&out, LIVE_VERSION + 1, HELLO_NODE);
    say(t, path, out.at, out.count);
    hello(&out, LIVE_VERSION, HELLO_PARTNER);
    say(t, path, out.at, out.count);
    hello(&out, LIVE_VERSION, HELLO_NODE);
    out.at[4] = FRAME_ARBITRATE; /* before a hello */
    say(t, path, out.at, out.count);
    /* A node that asks for what is not its: disk, terminal, arbiter, the end. */
    static const uint8_t kinds[] = {FRAME_ISSUE, FRAME_PUT, FRAME_ARBITRATE, FRAME_STOP, FRAME_WELCOME};
    for (unsigned i = 0; i < sizeof kinds; i++) {
        struct frame_writer writer;
        struct pollfd ready = {.events = POLLIN};
        char answer[4096];
        hello(&out, LIVE_VERSION, HELLO_NODE);
        frame_begin(&writer, &out, kinds[i]);
        frame_u32(&writer, 0);
        frame_u64(&writer, 1);
        frame_end(&writer);
        ready.fd = visit(path);
        CHECK(send(ready.fd, out.at, out.count, MSG_NOSIGNAL) > 0);
        ssize_t got;
        while ((got = recv(ready.fd, answer, sizeof answer, 0)) > 0) /* the image, and then the end */
            ;
        CHECK(got <= 0);
        close(ready.fd);
    }
    /* Half a frame, and silence: closed after the time for a hello; so are more than there are seats for, at once. */
    hello(&out, LIVE_VERSION, HELLO_NODE);
    int many[40];
    for (unsigned i = 0; i < sizeof many / sizeof many[0]; i++) {
        many[i] = visit(path);
        CHECK(i || send(many[i], out.at, out.count / 2, MSG_NOSIGNAL) > 0);
    }
    for (unsigned i = 0; i < sizeof many / sizeof many[0]; i++) {
        char answer;
        CHECK(recv(many[i], &answer, 1, 0) <= 0);
        close(many[i]);
    }
    VEC_FREE(&out);
    return check_end(t);
}

/* client.c - a client of the host, of a guest that a live pair is (user.sh):
 *
 *   live_client hold N               the numbers of N free ports of the host, in one line; while it is there, nobody is
 *                                    given one of them who asks for any, and who asks for that one, and lets others
 *                                    use it again (SO_REUSEADDR), gets it. Ends with who has started it
 *   live_client echo PORT BYTES      over one connection to PORT, so many bytes go there and come back, the same ones;
 *                                    says how long the longest pause was. What has come is said on standard error,
 *                                    a line for each eighth, so that somebody can kill something meanwhile
 *   live_client open PORT            one connection to PORT, which is closed at once
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PIECE_BYTES = 8192, PATIENCE_MS = 60000, EIGHTHS = 8 };

static struct sockaddr_in address(unsigned port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int fail(const char *what)
{
    fprintf(stderr, "live_client: %s: %s\n", what, strerror(errno));
    return 1;
}

static int hold_ports(unsigned count)
{
    int on = 1;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    for (unsigned i = 0; i < count; i++) {
        struct sockaddr_in at = address(0);
        socklen_t size = sizeof at;
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) || getsockname(fd, (struct sockaddr *)&at, &size))
            return fail("no port");
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        printf(i ? " %u" : "%u", ntohs(at.sin_port));
    }
    puts("");
    fflush(stdout);
    pause();
    return 0;
}

static int reach(unsigned port)
{
    struct sockaddr_in at = address(port);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Byte NUMBER of what is sent: no piece is like another. */
static uint8_t pattern(uint64_t number)
{
    uint64_t z = number / 8 * UINT64_C(0x9E3779B97F4A7C15);
    return (uint8_t)(z >> (number % 8 * 8));
}

struct transfer {
    int fd;
    uint64_t bytes, sent, came;
    double last_ms, pause_ms;
};

static int send_some(struct transfer *t)
{
    uint8_t piece[PIECE_BYTES];
    uint64_t size = t->bytes - t->sent < sizeof piece ? t->bytes - t->sent : sizeof piece;
    for (uint64_t i = 0; i < size; i++)
        piece[i] = pattern(t->sent + i);
    ssize_t sent = send(t->fd, piece, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN)
        return fail("send");
    t->sent += sent > 0 ? (uint64_t)sent : 0;
    if (t->sent == t->bytes)
        shutdown(t->fd, SHUT_WR);
    return 0;
}

static int receive_some(struct transfer *t)
{
    uint8_t piece[PIECE_BYTES];
    ssize_t came = recv(t->fd, piece, sizeof piece, MSG_DONTWAIT);
    if (came < 0 && errno == EAGAIN)
        return 0;
    if (came <= 0) {
        fprintf(stderr, "live_client: the connection ended after %llu bytes\n", (unsigned long long)t->came);
        return 1;
    }
    for (ssize_t i = 0; i < came; i++)
        if (piece[i] != pattern(t->came + (uint64_t)i)) {
            fprintf(stderr, "live_client: byte %llu came back as another one\n",
                    (unsigned long long)(t->came + (uint64_t)i));
            return 1;
        }
    double now = now_ms(), pause = now - t->last_ms;
    t->pause_ms = t->came && pause > t->pause_ms ? pause : t->pause_ms;
    t->last_ms = now;
    uint64_t before = t->came * EIGHTHS / t->bytes;
    t->came += (uint64_t)came;
    if (t->came * EIGHTHS / t->bytes != before)
        fprintf(stderr, "%llu eighths\n", (unsigned long long)(t->came * EIGHTHS / t->bytes));
    return 0;
}

static int echo(unsigned port, uint64_t bytes)
{
    struct transfer t = {.fd = reach(port), .bytes = bytes, .last_ms = now_ms()};
    int bad = t.fd < 0 ? fail("connect") : 0;
    while (!bad && t.came < t.bytes) {
        struct pollfd at = {.fd = t.fd, .events = (short)(POLLIN | (t.sent < t.bytes ? POLLOUT : 0))};
        if (poll(&at, 1, PATIENCE_MS) <= 0) {
            fprintf(stderr, "live_client: nothing for a minute after %llu bytes\n", (unsigned long long)t.came);
            bad = 1;
        }
        if (!bad && at.revents & POLLOUT && t.sent < t.bytes)
            bad = send_some(&t);
        if (!bad && at.revents & (POLLIN | POLLHUP | POLLERR))
            bad = receive_some(&t);
    }
    if (!bad)
        printf("%llu bytes came back over one connection; the longest pause: %.0f ms\n", (unsigned long long)t.came,
               t.pause_ms);
    return bad;
}

int main(int argc, char **argv)
{
    if (argc == 3 && !strcmp(argv[1], "hold"))
        return hold_ports((unsigned)atoi(argv[2]));
    if (argc == 4 && !strcmp(argv[1], "echo"))
        return echo((unsigned)atoi(argv[2]), strtoull(argv[3], NULL, 10));
    if (argc == 3 && !strcmp(argv[1], "open"))
        return reach((unsigned)atoi(argv[2])) < 0 ? fail("connect") : 0;
    fprintf(stderr, "live_client: hold N, echo PORT BYTES or open PORT is wanted\n");
    return 2;
}

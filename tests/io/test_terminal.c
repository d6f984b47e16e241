/* test_terminal.c - the terminal of the world: numbered and plain output, the fence, what differs when it comes again,
 * host output up to a virtual time, and input by number (docs/explainability.md, rules 5 and 6).
 */
#include "io/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/check.h"

struct ends {
    int read_fd, write_fd;
};

static struct ends pipe_new(void)
{
    int fds[2];
    if (pipe(fds) || fcntl(fds[0], F_SETFL, O_NONBLOCK))
        abort();
    return (struct ends){fds[0], fds[1]};
}

/* What has come out of the pipe since the last call. */
static const char *drain(struct ends *ends, char *text, size_t size)
{
    ssize_t got = read(ends->read_fd, text, size - 1);
    text[got > 0 ? got : 0] = '\0';
    return text;
}

static void expect_shown(struct check *t, const struct terminal *terminal, const char *wanted)
{
    uint64_t size;
    const uint8_t *shown = terminal_shown(terminal, &size);
    CHECK_EQ(size, strlen(wanted));
    CHECK(size != strlen(wanted) || !size || !memcmp(shown, wanted, size));
}

/* A number that it has is dropped and compared. */
static void test_sequenced(struct check *t)
{
    struct terminal *terminal = terminal_new(-1, -1, false);
    expect_shown(t, terminal, "");
    for (uint64_t n = 1; n <= 5; n++)
        terminal_output(terminal, 0, n, (uint8_t)("hello"[n - 1]), n);
    for (uint64_t n = 3; n <= 5; n++) /* a new primary repeats what it held */
        terminal_output(terminal, 0, n, (uint8_t)("hello"[n - 1]), 10 + n);
    expect_shown(t, terminal, "hello");
    CHECK_EQ(terminal_mismatch(terminal), 0);
    terminal_output(terminal, 0, 6, '!', 20);
    expect_shown(t, terminal, "hello!");
    terminal_output(terminal, 0, 4, 'X', 21); /* differs: kept as it was, and remembered */
    terminal_output(terminal, 0, 2, 'Y', 22);
    expect_shown(t, terminal, "hello!");
    CHECK_EQ(terminal_mismatch(terminal), 4); /* the first such */
    terminal_free(terminal);
    terminal_free(NULL);
}

static void test_plain(struct check *t)
{
    struct terminal *terminal = terminal_new(-1, -1, true);
    terminal_output(terminal, 0, 1, 'a', 1);
    terminal_output(terminal, 0, 2, 'b', 2);
    terminal_output(terminal, 0, 2, 'b', 3);
    terminal_output(terminal, 0, 1, 'c', 4);
    expect_shown(t, terminal, "abbc");
    CHECK_EQ(terminal_mismatch(terminal), 0);
    terminal_free(terminal);
}

static void test_fence(struct check *t)
{
    struct terminal *terminal = terminal_new(-1, -1, false);
    terminal_output(terminal, 1, 1, 'a', 1);
    terminal_fence(terminal, 2);
    terminal_output(terminal, 1, 2, 'b', 2);
    terminal_output(terminal, 1, 1, 'Z', 2); /* not compared either */
    expect_shown(t, terminal, "a");
    terminal_fence(terminal, 1); /* does not go back */
    terminal_output(terminal, 1, 2, 'b', 3);
    expect_shown(t, terminal, "a");
    terminal_output(terminal, 2, 2, 'c', 4);
    terminal_output(terminal, 3, 3, 'd', 5);
    expect_shown(t, terminal, "acd");
    CHECK_EQ(terminal_mismatch(terminal), 0);
    terminal_free(terminal);
}

/* Bytes reach the host only up to the time given, each once, in order. */
static void test_flush(struct check *t)
{
    char text[64];
    struct ends ends = pipe_new();
    struct terminal *terminal = terminal_new(-1, ends.write_fd, false);
    terminal_output(terminal, 0, 1, 'a', 100);
    terminal_output(terminal, 0, 2, 'b', 100);
    terminal_output(terminal, 0, 3, 'c', 200);
    CHECK_TEXT(drain(&ends, text, sizeof text), "");
    terminal_flush(terminal, 99);
    CHECK_TEXT(drain(&ends, text, sizeof text), "");
    terminal_flush(terminal, 100);
    CHECK_TEXT(drain(&ends, text, sizeof text), "ab");
    terminal_flush(terminal, 150);
    terminal_output(terminal, 0, 4, 'd', 200);
    terminal_output(terminal, 0, 5, 'e', 300);
    CHECK_TEXT(drain(&ends, text, sizeof text), "");
    terminal_flush(terminal, 299);
    CHECK_TEXT(drain(&ends, text, sizeof text), "cd");
    terminal_flush(terminal, UINT64_MAX);
    terminal_flush(terminal, UINT64_MAX);
    CHECK_TEXT(drain(&ends, text, sizeof text), "e");
    terminal_output(terminal, 0, 6, 'f', 400); /* after all has been flushed */
    terminal_flush(terminal, 399);
    CHECK_TEXT(drain(&ends, text, sizeof text), "");
    terminal_flush(terminal, 400);
    CHECK_TEXT(drain(&ends, text, sizeof text), "f");
    expect_shown(t, terminal, "abcdef");
    CHECK_EQ(terminal_host_error(terminal), 0);
    terminal_free(terminal);
    close(ends.read_fd);
    close(ends.write_fd);
}

/* A host descriptor that fails is remembered; the run goes on and is still shown. */
static void test_host_error(struct check *t)
{
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    CHECK(full >= 0);
    struct terminal *terminal = terminal_new(-1, full, false);
    terminal_output(terminal, 0, 1, 'a', 1);
    CHECK_EQ(terminal_host_error(terminal), 0);
    terminal_flush(terminal, 1);
    CHECK(terminal_host_error(terminal) != 0);
    terminal_output(terminal, 0, 2, 'b', 2);
    terminal_flush(terminal, 2);
    expect_shown(t, terminal, "ab");
    terminal_free(terminal);
    close(full);
}

/* A pipe is waited for; its bytes have numbers and can be asked for again. */
static void test_input(struct check *t)
{
    int fds[2];
    uint8_t byte = 0;
    if (pipe(fds) || write(fds[1], "xyz", 3) != 3)
        abort();
    close(fds[1]);
    struct terminal *terminal = terminal_new(fds[0], -1, false);
    static const char order[] = {0, 1, 0, 2, 1, 2};
    for (unsigned i = 0; i < sizeof order; i++) {
        CHECK_EQ(terminal_input(terminal, (uint64_t)order[i], &byte), TERMINAL_BYTE);
        CHECK_EQ(byte, "xyz"[(int)order[i]]);
    }
    CHECK_EQ(terminal_input(terminal, 3, &byte), TERMINAL_END);
    terminal_type(terminal, "!", 1); /* the monitor's `send` after the end of the file */
    CHECK_EQ(terminal_input(terminal, 3, &byte), TERMINAL_BYTE);
    CHECK_EQ(byte, '!');
    CHECK_EQ(terminal_input(terminal, 4, &byte), TERMINAL_END);
    uint64_t size;
    const uint8_t *typed = terminal_typed(terminal, &size);
    CHECK_EQ(size, 4);
    CHECK(size == 4 && !memcmp(typed, "xyz!", 4));
    terminal_free(terminal);
    close(fds[0]);
}

/* A descriptor that does not block is waited for, as one that does: a full pipe, an empty one. */
static void test_nonblocking(struct check *t)
{
    enum { BYTES = 200000 };
    int out[2], in[2];
    uint8_t byte;
    CHECK(pipe2(out, O_NONBLOCK) == 0 && pipe2(in, O_NONBLOCK) == 0);
    pid_t child = fork();
    if (child == 0) { /* reads all of it, and only then types */
        uint8_t bytes[4096];
        size_t got = 0;
        while (got < BYTES) {
            ssize_t more = read(out[0], bytes, sizeof bytes);
            if (more > 0)
                got += (size_t)more;
            else
                poll(&(struct pollfd){.fd = out[0], .events = POLLIN}, 1, -1);
        }
        _exit(write(in[1], "k", 1) != 1);
    }
    struct terminal *terminal = terminal_new(in[0], out[1], false);
    for (uint64_t i = 1; i <= BYTES; i++)
        terminal_output(terminal, 0, i, 'x', i);
    terminal_flush(terminal, BYTES);
    CHECK_EQ(terminal_host_error(terminal), 0);
    CHECK_EQ(terminal_input(terminal, 0, &byte), TERMINAL_BYTE);
    CHECK_EQ(byte, 'k');
    int status = 1;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    terminal_free(terminal);
    for (unsigned i = 0; i < 2; i++) {
        close(out[i]);
        close(in[i]);
    }
}

static void test_no_input(struct check *t)
{
    uint8_t byte;
    struct terminal *terminal = terminal_new(-1, -1, false);
    CHECK_EQ(terminal_input(terminal, 0, &byte), TERMINAL_END);
    terminal_type(terminal, "ab", 2);
    terminal_type(terminal, "", 0);
    terminal_type(terminal, "\0c", 2);
    CHECK_EQ(terminal_input(terminal, 2, &byte), TERMINAL_BYTE);
    CHECK_EQ(byte, 0);
    CHECK_EQ(terminal_input(terminal, 3, &byte), TERMINAL_BYTE);
    CHECK_EQ(byte, 'c');
    CHECK_EQ(terminal_input(terminal, 4, &byte), TERMINAL_END);
    terminal_free(terminal);
}

/* A person at a host terminal is not waited for. */
static void test_person(struct check *t)
{
    uint8_t byte;
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    CHECK(master >= 0 && !grantpt(master) && !unlockpt(master));
    int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    CHECK(slave >= 0 && isatty(slave));
    struct terminal *terminal = terminal_new(slave, -1, false);
    CHECK_EQ(terminal_input(terminal, 0, &byte), TERMINAL_NOTHING_YET);
    CHECK_EQ(terminal_input(terminal, 0, &byte), TERMINAL_NOTHING_YET);
    terminal_type(terminal, "k", 1);
    CHECK_EQ(terminal_input(terminal, 0, &byte), TERMINAL_BYTE);
    CHECK_EQ(byte, 'k');
    terminal_free(terminal);
    close(slave);
    close(master);
}

int main(int argc, char **argv)
{
    struct check t = check_begin("io.terminal", argc, argv);
    test_sequenced(&t);
    test_plain(&t);
    test_fence(&t);
    test_flush(&t);
    test_host_error(&t);
    test_input(&t);
    test_nonblocking(&t);
    test_no_input(&t);
    test_person(&t);
    return check_end(&t);
}

/* test_false_world.c - a node whose world is none: it says something else, what comes before it may, or
 * nothing at all. The node ends with status 74 and one line. Argument: the program.
 */
#include "ft/live/frame.h"
#include "tests/check.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORLD_LOST = 74, LINE_MAX_BYTES = 400 };

struct place {
    const char *understudy;
    char world[64], node[80], said[64];
};

static int listen_at(const char *path)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
    unlink(path);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, 1)) {
        perror(path);
        exit(2);
    }
    return fd;
}

static pid_t start_node(const struct place *place)
{
    char world[80];
    snprintf(world, sizeof world, "unix:%s", place->world);
    pid_t child = fork();
    if (child)
        return child;
    int said = open(place->said, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(said, STDERR_FILENO);
    execl(place->understudy, "understudy", "node", "--world", world, "--listen", place->node, (char *)NULL);
    _exit(2);
}

/* A world that says SIZE bytes, and nothing more: the node says LINE, and ends. */
static void answer(struct check *t, const struct place *place, const void *bytes, size_t size, const char *line)
{
    char text[LINE_MAX_BYTES] = "";
    int status = 0, listener = listen_at(place->world);
    pid_t node = start_node(place);
    int fd = accept(listener, NULL, NULL);
    CHECK(fd >= 0);
    CHECK(!size || send(fd, bytes, size, MSG_NOSIGNAL) == (ssize_t)size);
    CHECK_EQ(waitpid(node, &status, 0), node);
    CHECK(WIFEXITED(status));
    CHECK_EQ(WEXITSTATUS(status), WORLD_LOST);
    FILE *said = fopen(place->said, "r");
    size_t got = said ? fread(text, 1, sizeof text - 1, said) : 0;
    CHECK(got > 0 && strchr(text, '\n') == text + got - 1);
    if (!strstr(text, line)) {
        printf("'%s' is wanted in '%s'\n", line, text);
        CHECK(false);
    }
    if (said)
        fclose(said);
    close(fd);
    close(listener);
}

int main(int argc, char **argv)
{
    struct check check = check_begin("live.false_world", argc, argv), *t = &check;
    char folder[] = "/tmp/false-world-XXXXXX";
    struct place place = {.understudy = argv[argc - 1]};
    struct frame_writer writer;
    frame_bytes_vec out = {0};
    static const char nonsense[] = "makes no sense";
    if (!mkdtemp(folder)) {
        perror(folder);
        return 2;
    }
    snprintf(place.world, sizeof place.world, "%s/w", folder);
    snprintf(place.node, sizeof place.node, "unix:%s/n", folder);
    snprintf(place.said, sizeof place.said, "%s/said", folder);
    answer(t, &place, "HTTP/1.1 400 Bad Request\r\n\r\n", 28, "no world of this version");
    /* Before the node has been welcomed: be the primary; meet another; it is over. */
    frame_begin(&writer, &out, FRAME_START);
    frame_u32(&writer, 0);
    frame_u8(&writer, 0);
    frame_end(&writer);
    answer(t, &place, out.at, out.count, nonsense);
    out.count = 0;
    frame_begin(&writer, &out, FRAME_MEET);
    frame_u32(&writer, 2);
    frame_u8(&writer, 0);
    frame_text(&writer, "key");
    frame_text(&writer, "unix:/nowhere");
    frame_end(&writer);
    answer(t, &place, out.at, out.count, nonsense);
    out.count = 0;
    frame_begin(&writer, &out, FRAME_OVER);
    frame_u8(&writer, 1);
    frame_u8(&writer, 0);
    frame_text(&writer, "");
    frame_end(&writer);
    answer(t, &place, out.at, out.count, nonsense);
    answer(t, &place, NULL, 0, "has not answered for 10 seconds");
    VEC_FREE(&out);
    unlink(place.world);
    unlink(place.said);
    rmdir(folder);
    return check_end(t);
}

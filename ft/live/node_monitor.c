/* node_monitor.c - see node_monitor.h. */
#include "ft/live/node_monitor.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ft/config/config.h"
#include "ft/live/node.h"
#include "io/terminal.h"
#include "mmu/base/memory.h"
#include "mmu/base/vtime.h"

#define PS_PER_MS (PS_PER_S / 1000)
/* How much a person may say in advance; how long a copy of this process waits for one who does not read, and how much
 * of the processor's time it may take. */
enum { WAITING_MAX = 64 << 10, COPY_PATIENCE_MS = 5000, COPY_LIMIT_S = 10 };
enum { COPY_NICENESS = 10 }; /* of copies and windows: the run comes first */

void node_monitor_init(struct node_monitor *monitor)
{
    *monitor = (struct node_monitor){.listener = -1, .person = {.fd = -1}, .window = {.fd = -1}, .window_asks = -1};
}

bool node_monitor_open(struct node_monitor *monitor, const char *text, bool trusted, struct error *error)
{
    if (!text)
        return true;
    if (!address_parse("--monitor", text, trusted, &monitor->address, error))
        return false;
    monitor->listener = address_listen("--monitor", &monitor->address, error);
    return monitor->listener >= 0;
}

static void hang_up(struct node_visitor *visitor)
{
    if (visitor->fd >= 0)
        close(visitor->fd);
    visitor->fd = -1;
    visitor->length = visitor->in.count = 0;
    visitor->too_long = visitor->ended = false;
}

/* The window's process ends when nobody is at the other end any more. */
static void lose_window(struct node_monitor *monitor)
{
    hang_up(&monitor->window);
    if (monitor->window_asks >= 0)
        close(monitor->window_asks);
    monitor->window_asks = -1;
}

void node_monitor_close(struct node_monitor *monitor)
{
    hang_up(&monitor->person);
    lose_window(monitor);
    address_close(monitor->listener, &monitor->address);
    VEC_FREE(&monitor->person.in);
    VEC_FREE(&monitor->window.in);
}

/* ---- what a person may know and do ---- */

static double ms(uint64_t ps)
{
    return (double)ps / (double)PS_PER_MS;
}

const char *node_role(const struct node *node)
{
    if (!node->computer)
        return "a spare";
    const struct vmm *vmm = node->computer->vmm;
    return !vmm->suppressed ? "the primary" : vmm->joined ? "the backup" : "joining";
}

static void info_peer(struct node *node, FILE *out)
{
    const struct vmm *vmm = node->computer->vmm;
    const struct remote_peer *peer = &node->peer;
    if (!vmm->linked) {
        fprintf(out, "peer: none\n");
        return;
    }
    fprintf(out, "peer: heard %.1f ms ago, hears the world: %s\n", ms(node->now_ps - peer->link.heard),
            peer->hears_world ? "yes" : "no");
    fprintf(out, "channel: %" PRIu64 " messages sent, %" PRIu64 " acknowledged; %" PRIu64 " come; %zu bytes wait\n",
            peer->sent, peer->acked, peer->came, link_waiting(&peer->link));
    if (!vmm->suppressed)
        fprintf(out, "lag of the backup: %.3f ms%s\n", ms(vmm->peer.lag_ps), vmm->join ? "; it is joining" : "");
}

void node_info(struct node *node, FILE *out)
{
    if (!node->number) {
        fprintf(out, "the world has not answered yet\n");
        return;
    }
    fprintf(out, "node %u is %s; it has been up for %.3f s\n", node->number, node_role(node),
            (double)node->now_ps / (double)PS_PER_S);
    fprintf(out, "world: heard %.1f ms ago%s\n", ms(node->now_ps - node->world.link.heard),
            node->monitor.cut_world ? "; cut" : "");
    if (node->computer) {
        const struct computer *computer = node->computer;
        fprintf(out, "epoch %" PRIu64 ", instruction %" PRIu64 ", generation %" PRIu32 ", protocol %s\n",
                computer->vmm->epoch, computer_insns(computer), computer->generation,
                node->system.world.config.protocol);
        fprintf(out, "disk commands under way: %zu; terminal output: %" PRIu64 " put, %" PRIu64 " shown\n",
                computer->in_flight.count, node->world.put, node->world.shown);
        info_peer(node, out);
    }
    if (node->monitor.cut_peer)
        fprintf(out, "the channel is cut\n");
    if (node->monitor.delay_ps)
        fprintf(out, "messages are delayed by %.0f ms\n", ms(node->monitor.delay_ps));
}

unsigned node_number(const struct node *node)
{
    return node->number;
}

struct system *node_system(struct node *node, const struct system_config **config)
{
    for (size_t i = 0; node->computer && i < node->screen.count; i++) /* here it shows nothing by itself */
        terminal_output(node->system.world.terminal, node->computer->generation, i + 1, node->screen.at[i], 0);
    *config = &node->system.world.config;
    return node->computer ? &node->system : NULL;
}

const uint8_t *node_image(const struct node *node, const char **name, size_t *size)
{
    *name = node->image_name;
    *size = node->image_bytes;
    return node->image;
}

void node_crash(const struct node *node)
{
    (void)node;
    kill(getpid(), SIGKILL);
}

void node_cut(struct node *node, enum node_cable cable, bool cut)
{
    *(cable == CABLE_PEER ? &node->monitor.cut_peer : &node->monitor.cut_world) = cut;
}

void node_delay(struct node *node, uint64_t delay_ps)
{
    node->monitor.delay_ps = delay_ps;
}

void node_type(struct node *node, const void *bytes, size_t size)
{
    struct frame_writer writer;
    link_begin(&node->world.link, &writer, FRAME_TYPE);
    frame_data(&writer, bytes, size);
    frame_end(&writer);
}

void node_key(struct node *node, uint32_t code, bool down)
{
    struct frame_writer writer;
    link_begin(&node->world.link, &writer, FRAME_KEY);
    frame_u32(&writer, code);
    frame_u8(&writer, down);
    frame_end(&writer);
}

void node_pointer(struct node *node, uint32_t x, uint32_t y, uint32_t buttons)
{
    struct frame_writer writer;
    link_begin(&node->world.link, &writer, FRAME_POINTER);
    frame_u32(&writer, x);
    frame_u32(&writer, y);
    frame_u32(&writer, buttons);
    frame_end(&writer);
}

/* ---- the connection ---- */

/* Give the person SIZE bytes; who does not take them for so long is not there any more. False: so it is. */
static bool give(int fd, const char *bytes, size_t size, int patience_ms)
{
    while (size) {
        struct pollfd at = {.fd = fd, .events = POLLOUT};
        ssize_t sent = send(fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN && errno != EINTR)
            return false;
        if (sent < 0 && poll(&at, 1, patience_ms) == 0)
            return false;
        bytes += sent > 0 ? sent : 0;
        size -= sent > 0 ? (size_t)sent : 0;
    }
    return true;
}

/* What is done with VISITOR's line in this process: OUT has the answer then. False: it is to be done in a copy. */
static bool act(struct node *node, const struct node_visitor *visitor, FILE *out)
{
    const struct node_options *options = node->options;
    const char *line = visitor->line;
    if (visitor->too_long)
        fprintf(out, "a line is longer than %d characters\n", MONITOR_LINE_MAX - 1);
    return visitor->too_long || !*line || !options->act || options->act(options->arg, node, line, out);
}

/* A copy of this process is through: no other way out of it, because what it has open with others is not its to close.
 */
_Noreturn static void vanish(void)
{
    for (;;)
        kill(getpid(), SIGKILL);
}

/* The copy of this process that looks. Nobody waits for it. */
_Noreturn static void look(struct node *node, const struct node_visitor *visitor, FILE *out, char **text, size_t *size)
{
    const struct rlimit limit = {COPY_LIMIT_S, COPY_LIMIT_S + 1};
    setrlimit(RLIMIT_CPU, &limit);
    (void)!nice(COPY_NICENESS);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (node->options->look)
        node->options->look(node->options->arg, node, visitor->line, out);
    putc('\n', out);
    fclose(out);
    give(visitor->fd, *text, *size, COPY_PATIENCE_MS);
    vanish();
}

/* Answer the line that is complete. False: the visitor is to be hung up on. */
static bool answer(struct node *node, struct node_visitor *visitor)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    memory_need(out);
    bool good = true, acted = act(node, visitor, out);
    if (!acted && (visitor->answers = fork()) == 0)
        look(node, visitor, out, &text, &size);
    if (visitor->answers < 0) {
        fprintf(out, "the host has no process that could look: %s\n", strerror(errno));
        visitor->answers = 0;
        acted = true;
    }
    putc('\n', out);
    fclose(out);
    if (acted)
        good = give(visitor->fd, text, size, 0);
    free(text);
    visitor->length = 0;
    visitor->too_long = false;
    return good;
}

/* Take one byte of a line. False: hang up. */
static bool take_byte(struct node *node, struct node_visitor *visitor, char byte)
{
    if (byte != '\n') {
        bool room = visitor->length + 1 < sizeof visitor->line;
        visitor->too_long |= !room;
        if (room && byte >= ' ')
            visitor->line[visitor->length++] = byte;
        return true;
    }
    visitor->line[visitor->length] = '\0';
    return answer(node, visitor);
}

/* The lines that have come, one after the other. False: hang up. */
static bool take_lines(struct node *node, struct node_visitor *visitor)
{
    size_t at = 0;
    bool good = true;
    while (good && !visitor->answers && at < visitor->in.count)
        good = take_byte(node, visitor, visitor->in.at[at++]);
    if (at)
        memmove(visitor->in.at, visitor->in.at + at, visitor->in.count -= at);
    return good;
}

/* Has the copy that looks ended? If something in it was wrong, the visitor waits for an answer still. */
static void reap(struct node_visitor *visitor)
{
    static const char sorry[] = "looking has failed, and the run goes on\n\n";
    int state = 0;
    if (!visitor->answers || !waitpid(visitor->answers, &state, WNOHANG))
        return;
    visitor->answers = 0;
    if (visitor->fd >= 0 && !(WIFSIGNALED(state) && WTERMSIG(state) == SIGKILL))
        give(visitor->fd, sorry, sizeof sorry - 1, 0);
}

/* What VISITOR has said since. */
static void hear(struct node *node, struct node_visitor *visitor)
{
    char bytes[MONITOR_LINE_MAX];
    if (visitor->fd < 0)
        return;
    ssize_t got = visitor->ended ? 0 : recv(visitor->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    for (ssize_t i = 0; i < got; i++)
        *VEC_PUSH(&visitor->in) = bytes[i];
    visitor->ended |= got == 0;
    bool broken = got < 0 && errno != EAGAIN && errno != EINTR;
    bool good = !broken && take_lines(node, visitor) && visitor->in.count <= WAITING_MAX;
    if (!good || (visitor->ended && !visitor->answers))
        hang_up(visitor);
}

void node_monitor_serve(struct node *node)
{
    struct node_monitor *monitor = &node->monitor;
    reap(&monitor->person);
    reap(&monitor->window);
    if (monitor->window_process && waitpid(monitor->window_process, NULL, WNOHANG) == monitor->window_process) {
        monitor->window_process = 0;
        lose_window(monitor);
    }
    if (monitor->listener >= 0 && monitor->person.fd < 0 && !monitor->person.answers)
        monitor->person.fd = address_accept(monitor->listener);
    hear(node, &monitor->person);
    hear(node, &monitor->window);
}

/* ---- its window ---- */

/* The process that is the window: of all that is open here it keeps LINES and ASKS only. */
_Noreturn static void be_window(const struct node *node, int lines, int asks)
{
    const struct node_options *options = node->options;
    unsigned first = (unsigned)(lines < asks ? lines : asks), last = (unsigned)(lines < asks ? asks : lines);
    (void)!nice(COPY_NICENESS);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (first > STDERR_FILENO + 1)
        close_range(STDERR_FILENO + 1, first - 1, 0);
    if (last > first + 1)
        close_range(first + 1, last - 1, 0);
    close_range(last + 1, ~0U, 0);
    options->window(options->arg, lines, asks);
    vanish();
}

bool node_window(struct node *node, struct error *error)
{
    struct node_monitor *monitor = &node->monitor;
    int lines[2], asks[2];
    if (monitor->window_process)
        return true;
    if (!node->options->window)
        return error_set(error, "this node has no window");
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, lines))
        return error_set(error, "the host has no socket for a window: %s", strerror(errno));
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, asks)) {
        int cause = errno;
        close(lines[0]);
        close(lines[1]);
        return error_set(error, "the host has no socket for a window: %s", strerror(cause));
    }
    pid_t process = fork();
    if (process == 0)
        be_window(node, lines[1], asks[1]);
    int cause = errno;
    close(lines[1]);
    close(asks[1]);
    monitor->window.fd = lines[0];
    monitor->window_asks = asks[0];
    monitor->window_process = process > 0 ? process : 0;
    if (process > 0)
        return true;
    lose_window(monitor);
    return error_set(error, "the host has no process for a window: %s", strerror(cause));
}

int node_window_asks(const struct node *node)
{
    return node->monitor.window_asks;
}

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

bool node_monitor_open(struct node_monitor *monitor, const char *text, bool trusted, struct error *error)
{
    *monitor = (struct node_monitor){.listener = -1, .fd = -1};
    if (!text)
        return true;
    if (!address_parse("--monitor", text, trusted, &monitor->address, error))
        return false;
    monitor->listener = address_listen("--monitor", &monitor->address, error);
    return monitor->listener >= 0;
}

static void hang_up(struct node_monitor *monitor)
{
    if (monitor->fd >= 0)
        close(monitor->fd);
    monitor->fd = -1;
    monitor->length = monitor->in.count = 0;
    monitor->too_long = monitor->ended = false;
}

void node_monitor_close(struct node_monitor *monitor)
{
    hang_up(monitor);
    address_close(monitor->listener, &monitor->address);
    VEC_FREE(&monitor->in);
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

/* What is done with LINE in this process: OUT has the answer then. False: it is to be done in a copy. */
static bool act(struct node *node, const char *line, FILE *out)
{
    const struct node_options *options = node->options;
    if (node->monitor.too_long)
        fprintf(out, "a line is longer than %d characters\n", MONITOR_LINE_MAX - 1);
    return node->monitor.too_long || !*line || !options->act || options->act(options->arg, node, line, out);
}

/* The copy of this process that looks. Nobody waits for it, and what it has open with others is not its to close. */
_Noreturn static void look(struct node *node, const char *line, FILE *out, char **text, size_t *size)
{
    const struct rlimit limit = {COPY_LIMIT_S, COPY_LIMIT_S + 1};
    setrlimit(RLIMIT_CPU, &limit);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (node->options->look)
        node->options->look(node->options->arg, node, line, out);
    putc('\n', out);
    fclose(out);
    give(node->monitor.fd, *text, *size, COPY_PATIENCE_MS);
    for (;;)
        kill(getpid(), SIGKILL);
}

/* Answer the line that is complete. False: the person is to be hung up on. */
static bool answer(struct node *node)
{
    struct node_monitor *monitor = &node->monitor;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    memory_need(out);
    bool good = true, acted = act(node, monitor->line, out);
    if (!acted && (monitor->answers = fork()) == 0)
        look(node, monitor->line, out, &text, &size);
    if (monitor->answers < 0) {
        fprintf(out, "the host has no process that could look: %s\n", strerror(errno));
        monitor->answers = 0;
        acted = true;
    }
    putc('\n', out);
    fclose(out);
    if (acted)
        good = give(monitor->fd, text, size, 0);
    free(text);
    monitor->length = 0;
    monitor->too_long = false;
    return good;
}

/* Take one byte of a line. False: hang up. */
static bool take_byte(struct node *node, char byte)
{
    struct node_monitor *monitor = &node->monitor;
    if (byte != '\n') {
        bool room = monitor->length + 1 < sizeof monitor->line;
        monitor->too_long |= !room;
        if (room && byte >= ' ')
            monitor->line[monitor->length++] = byte;
        return true;
    }
    monitor->line[monitor->length] = '\0';
    return answer(node);
}

/* The lines that have come, one after the other. False: hang up. */
static bool take_lines(struct node *node)
{
    struct node_monitor *monitor = &node->monitor;
    size_t at = 0;
    bool good = true;
    while (good && !monitor->answers && at < monitor->in.count)
        good = take_byte(node, monitor->in.at[at++]);
    if (at)
        memmove(monitor->in.at, monitor->in.at + at, monitor->in.count -= at);
    return good;
}

/* Has the copy that looks ended? If something in it was wrong, the person waits for an answer still. */
static void reap(struct node_monitor *monitor)
{
    static const char sorry[] = "looking has failed, and the run goes on\n\n";
    int state = 0;
    if (!monitor->answers || !waitpid(monitor->answers, &state, WNOHANG))
        return;
    monitor->answers = 0;
    if (monitor->fd >= 0 && !(WIFSIGNALED(state) && WTERMSIG(state) == SIGKILL))
        give(monitor->fd, sorry, sizeof sorry - 1, 0);
}

void node_monitor_serve(struct node *node)
{
    struct node_monitor *monitor = &node->monitor;
    char bytes[MONITOR_LINE_MAX];
    if (monitor->listener < 0)
        return;
    reap(monitor);
    if (monitor->fd < 0 && !monitor->answers)
        monitor->fd = address_accept(monitor->listener);
    if (monitor->fd < 0)
        return;
    ssize_t got = monitor->ended ? 0 : recv(monitor->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    for (ssize_t i = 0; i < got; i++)
        *VEC_PUSH(&monitor->in) = bytes[i];
    monitor->ended |= got == 0;
    bool broken = got < 0 && errno != EAGAIN && errno != EINTR;
    bool good = !broken && take_lines(node) && monitor->in.count <= WAITING_MAX;
    if (!good || (monitor->ended && !monitor->answers))
        hang_up(monitor);
}

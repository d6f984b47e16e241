/* node_monitor.c - see node_monitor.h. */
#include "ft/live/node_monitor.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ft/config/config.h"
#include "ft/live/node.h"
#include "mmu/base/bits.h"
#include "mmu/base/vtime.h"

#define PS_PER_MS (PS_PER_S / 1000)
enum { OUT_MAX = 1 << 20, DELAY_MAX_MS = 60000 };

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
    monitor->length = monitor->out.count = 0;
    monitor->too_long = false;
}

void node_monitor_close(struct node_monitor *monitor)
{
    hang_up(monitor);
    address_close(monitor->listener, &monitor->address);
    VEC_FREE(&monitor->out);
}

static void print(struct node *node, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void print(struct node *node, const char *format, ...)
{
    char line[MONITOR_LINE_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    for (const char *at = line; *at; at++)
        *VEC_PUSH(&node->monitor.out) = *at;
    *VEC_PUSH(&node->monitor.out) = '\n';
}

/* ---- the commands ---- */

static double ms(uint64_t ps)
{
    return (double)ps / (double)PS_PER_MS;
}

static const char *role(const struct node *node)
{
    if (!node->computer)
        return "a spare";
    const struct vmm *vmm = node->computer->vmm;
    return !vmm->suppressed ? "the primary" : vmm->joined ? "the backup" : "joining";
}

static void info_peer(struct node *node)
{
    const struct vmm *vmm = node->computer->vmm;
    const struct remote_peer *peer = &node->peer;
    if (!vmm->linked) {
        print(node, "peer: none");
        return;
    }
    print(node, "peer: heard %.1f ms ago, hears the world: %s", ms(node->now_ps - peer->link.heard),
          peer->hears_world ? "yes" : "no");
    print(node, "channel: %" PRIu64 " messages sent, %" PRIu64 " acknowledged; %" PRIu64 " come; %zu bytes wait",
          peer->sent, peer->acked, peer->came, link_waiting(&peer->link));
    if (!vmm->suppressed)
        print(node, "lag of the backup: %.3f ms%s", ms(vmm->peer.lag_ps), vmm->join ? "; it is joining" : "");
}

static void info(struct node *node, const char *argument)
{
    if (!node->number) {
        print(node, "the world has not answered yet");
        return;
    }
    print(node, "node %u is %s; it has been up for %.3f s", node->number, role(node),
          (double)node->now_ps / (double)PS_PER_S);
    print(node, "world: heard %.1f ms ago%s", ms(node->now_ps - node->world.link.heard),
          node->monitor.cut_world ? "; cut" : "");
    if (node->computer) {
        const struct computer *computer = node->computer;
        print(node, "epoch %" PRIu64 ", instruction %" PRIu64 ", generation %" PRIu32 ", protocol %s",
              computer->vmm->epoch, computer_insns(computer), computer->generation, node->system.world.config.protocol);
        print(node, "disk commands under way: %zu; terminal output: %" PRIu64 " put, %" PRIu64 " shown",
              computer->in_flight.count, node->world.put, node->world.shown);
        info_peer(node);
    }
    if (node->monitor.cut_peer)
        print(node, "the channel is cut");
    if (node->monitor.delay_ps)
        print(node, "messages are delayed by %.0f ms", ms(node->monitor.delay_ps));
}

/* ---- looking ---- */

static void say_row(void *arg, const char *text)
{
    print(arg, "%s", text);
}

static void look_registers(struct node *node)
{
    const struct cpu_state *state = node->computer->board->cpu_state;
    print(node, "iaoq %08" PRIx32 " %08" PRIx32 ", psw %08" PRIx32 ", instruction %" PRIu64, state->iaoq_front,
          state->iaoq_back, state->psw, state->insns);
    for (unsigned i = 0; i < 32; i += 8)
        print(node,
              "gr%-2u %08" PRIx32 " %08" PRIx32 " %08" PRIx32 " %08" PRIx32 " %08" PRIx32 " %08" PRIx32 " %08" PRIx32
              " %08" PRIx32,
              i, state->gr[i], state->gr[i + 1], state->gr[i + 2], state->gr[i + 3], state->gr[i + 4], state->gr[i + 5],
              state->gr[i + 6], state->gr[i + 7]);
}

static void look_outstanding(struct node *node)
{
    if (!computer_outstanding(&node->system, 0, say_row, node))
        print(node, "no disk command is outstanding");
}

static void look_log(struct node *node)
{
    computer_show(&node->system, 0, SHOW_LOG, say_row, node);
}

static void look_channel(struct node *node)
{
    info_peer(node);
}

static void look_monitor(struct node *node)
{
    computer_show(&node->system, 0, SHOW_MONITOR, say_row, node);
}

static const struct {
    const char *name;
    void (*look)(struct node *node);
} looks[] = {{"registers", look_registers},
             {"outstanding", look_outstanding},
             {"log", look_log},
             {"monitor", look_monitor},
             {"channel", look_channel}};
enum { LOOKS = sizeof looks / sizeof looks[0], WORDS_SHOWN_MAX = 256, WORDS_A_LINE = 4 };

static bool has_computer(struct node *node)
{
    if (!node->computer)
        print(node, "this node is a spare: there is no computer to look at yet");
    return node->computer != NULL;
}

static void info_about(struct node *node, const char *argument)
{
    unsigned i = 0;
    while (i < LOOKS && strcmp(looks[i].name, argument) != 0)
        i++;
    if (!*argument)
        info(node, argument);
    else if (i == LOOKS)
        print(node, "there is no 'info %.40s': registers, outstanding, log, monitor or channel is wanted, or nothing",
              argument);
    else if (has_computer(node))
        looks[i].look(node);
}

/* The number of words that FORMAT asks for, as gdb and the monitor have it: "/4xw", "/4", "/x"; "": as many as a line
 * has. 0: it asks for something else. */
static unsigned long words_of(const char *format)
{
    char *end;
    if (!*format)
        return WORDS_A_LINE;
    unsigned long count = strtoul(format + 1, &end, 10);
    if (end == format + 1)
        count = WORDS_A_LINE;
    end += *end == 'x';
    end += *end == 'w';
    return *end ? 0 : count;
}

/* x[/COUNTxw] ADDRESS [WORDS]: words of physical memory. */
static void examine(struct node *node, const char *argument)
{
    const char *address_at = argument + strcspn(argument, " ");
    char format[16] = "", *end;
    if (*argument == '/') {
        snprintf(format, sizeof format, "%.*s", (int)(address_at - argument), argument);
        argument = address_at + strspn(address_at, " ");
    }
    unsigned long count = words_of(format);
    unsigned long address = strtoul(argument, &end, 0);
    if (*end)
        count = strtoul(end, &end, 10);
    if (!has_computer(node))
        return;
    struct phys *phys = node->computer->board->phys;
    uint32_t ram = phys_ram_bytes(phys);
    if (*argument < '0' || *argument > '9' || *end || address % 4 || !count || count > WORDS_SHOWN_MAX ||
        address >= ram || count * 4 > ram - address) {
        print(node,
              "there are no words at '%.60s': 'x ADDRESS [WORDS]' or 'x/WORDSxw ADDRESS' with an address in memory, a "
              "multiple of 4, and at most %d words is wanted",
              argument, WORDS_SHOWN_MAX);
        return;
    }
    for (unsigned long at = 0; at < count; at += WORDS_A_LINE) {
        char line[80];
        int length = snprintf(line, sizeof line, "%08lx:", address + at * 4);
        for (unsigned long i = at; i < count && i < at + WORDS_A_LINE; i++) {
            uint8_t word[4];
            phys_dma_read(phys, (uint32_t)(address + i * 4), word, sizeof word);
            length += snprintf(line + length, sizeof line - (size_t)length, " %08" PRIx32, be32_load(word));
        }
        print(node, "%s", line);
    }
}

static void why(struct node *node, const char *argument)
{
    if (has_computer(node))
        system_why(&node->system, 0, say_row, node);
}

/* crash [WHO]: WHO must be this one. */
static void crash(struct node *node, const char *argument)
{
    const char *here = role(node);
    if (*argument && strcmp(argument, here + strcspn(here, " ") + 1) != 0)
        print(node, "'%.40s' is not this node, which is %s: 'crash' is wanted, there", argument, here);
    else
        kill(getpid(), SIGKILL);
}

/* peer, world, or nothing: peer. */
static bool *cable(struct node *node, const char *name)
{
    if (!*name || !strcmp(name, "peer"))
        return &node->monitor.cut_peer;
    if (!strcmp(name, "world"))
        return &node->monitor.cut_world;
    print(node, "there is no cable '%s': peer or world is wanted", name);
    return NULL;
}

static void cut(struct node *node, const char *argument)
{
    bool *which = cable(node, argument);
    if (which)
        *which = true;
}

static void heal(struct node *node, const char *argument)
{
    bool *which = cable(node, argument);
    if (which)
        *which = false;
}

static void delay(struct node *node, const char *argument)
{
    static const struct {
        const char *name;
        uint64_t ps;
    } units[] = {{"", PS_PER_MS}, {"ms", PS_PER_MS}, {"us", PS_PER_US}, {"s", PS_PER_S}};
    enum { UNITS = sizeof units / sizeof units[0] };
    char *end;
    unsigned long value = strtoul(argument, &end, 10), i = 0;
    while (i < UNITS && strcmp(units[i].name, end) != 0)
        i++;
    if (*argument < '0' || *argument > '9' || i == UNITS || value > DELAY_MAX_MS * PS_PER_MS / units[i].ps)
        print(node,
              "a delay cannot be '%s': milliseconds, or a number with us, ms or s behind it, up to %d s are wanted",
              argument, DELAY_MAX_MS / 1000);
    else
        node->monitor.delay_ps = value * units[i].ps;
}

static int hexadecimal(char digit)
{
    const char *digits = "0123456789abcdef",
               *at = digit ? strchr(digits, digit | ('A' <= digit && digit <= 'F' ? 32 : 0)) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* The byte that the escape at *AT, behind its backslash, stands for in C: \n, \r, \t, \xHH; else the character. */
static char escaped(const char **at)
{
    static const char names[] = "nrt", bytes[] = "\n\r\t";
    char name = *(*at)++;
    const char *known = strchr(names, name);
    int high = name == 'x' ? hexadecimal((*at)[0]) : -1, low = high < 0 ? -1 : hexadecimal((*at)[1]);
    if (low >= 0) {
        *at += 2;
        return (char)(high * 16 + low);
    }
    return known ? bytes[known - names] : name;
}

/* send "TEXT": exactly that, as the monitor's; send TEXT: and a newline. */
static void send_text(struct node *node, const char *argument)
{
    struct frame_writer writer;
    size_t length = strlen(argument);
    bool exact = length > 1 && argument[0] == '"' && argument[length - 1] == '"';
    const char *at = argument + exact, *end = argument + length - exact;
    if (at == end && exact)
        return;
    link_begin(&node->world.link, &writer, FRAME_TYPE);
    while (at < end) {
        char byte = *at++;
        frame_u8(&writer, (uint8_t)(byte == '\\' && at < end ? escaped(&at) : byte));
    }
    if (!exact)
        frame_u8(&writer, '\n');
    frame_end(&writer);
}

static void not_here(struct node *node, const char *argument)
{
    print(node,
          "a live run cannot be stopped and stepped: record it (--record) and 'replay' the recording in the monitor");
}

static void help(struct node *node, const char *argument);

static const struct {
    const char *name, *argument, *help;
    void (*run)(struct node *node, const char *argument);
} commands[] = {
    {"help", "", "these lines", help},
    {"info", "[WHAT]", "what this node is, and where; or its registers, outstanding, log, monitor, channel",
     info_about},
    {"x", "[/WORDSxw] ADDRESS", "words of the guest's physical memory; or x ADDRESS WORDS", examine},
    {"why", "", "by which rules of which papers it is where it is", why},
    {"crash", "[WHO]", "it fails, as by kill -9; WHO is what it must be: primary or backup", crash},
    {"cut", "[peer|world]", "from now on nothing goes or comes by that cable (peer)", cut},
    {"heal", "[peer|world]", "it does again", heal},
    {"delay", "TIME", "what is sent to the other node waits so long", delay},
    {"send", "TEXT", "type TEXT and a newline at the terminal; in quotes exactly TEXT, with \\n, \\r, \\xHH as in C",
     send_text},
    {"step", "", "", not_here},
    {"next", "", "", not_here},
    {"finish", "", "", not_here},
    {"until", "", "", not_here},
    {"epoch", "", "", not_here},
    {"continue", "", "", not_here},
    {"break", "", "", not_here},
    {"tbreak", "", "", not_here},
    {"watch", "", "", not_here},
    {"reverse-step", "", "", not_here},
    {"reverse-epoch", "", "", not_here},
    {"reverse-continue", "", "", not_here},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void help(struct node *node, const char *argument)
{
    for (unsigned i = 0; i < COMMANDS; i++)
        if (commands[i].run != not_here)
            print(node, "%-6s %-18s%s", commands[i].name, commands[i].argument, commands[i].help);
}

static void execute(struct node *node, char *line)
{
    size_t length = strcspn(line, " /");
    const char *argument = line + length + strspn(line + length, " ");
    unsigned i = 0;
    while (i < COMMANDS && (strlen(commands[i].name) != length || strncmp(commands[i].name, line, length) != 0))
        i++;
    if (i < COMMANDS)
        commands[i].run(node, argument);
    else if (*line)
        print(node, "there is no command '%.*s': 'help' lists them", (int)(length < 40 ? length : 40), line);
    print(node, "%s", "");
}

/* ---- the connection ---- */

static void take_byte(struct node *node, char byte)
{
    struct node_monitor *monitor = &node->monitor;
    if (byte != '\n') {
        bool room = monitor->length + 1 < sizeof monitor->line;
        monitor->too_long |= !room;
        if (room && byte >= ' ')
            monitor->line[monitor->length++] = byte;
        return;
    }
    monitor->line[monitor->length] = '\0';
    if (monitor->too_long)
        print(node, "a line is longer than %d characters\n", MONITOR_LINE_MAX - 1);
    else
        execute(node, monitor->line);
    monitor->length = 0;
    monitor->too_long = false;
}

void node_monitor_serve(struct node *node)
{
    struct node_monitor *monitor = &node->monitor;
    char bytes[MONITOR_LINE_MAX];
    if (monitor->listener < 0)
        return;
    if (monitor->fd < 0)
        monitor->fd = address_accept(monitor->listener);
    if (monitor->fd < 0)
        return;
    ssize_t got = recv(monitor->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    for (ssize_t i = 0; i < got; i++)
        take_byte(node, bytes[i]);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR) || monitor->out.count > OUT_MAX) {
        send(monitor->fd, monitor->out.at, monitor->out.count, MSG_DONTWAIT | MSG_NOSIGNAL);
        hang_up(monitor);
        return;
    }
    ssize_t sent = send(monitor->fd, monitor->out.at, monitor->out.count, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) {
        monitor->out.count -= (size_t)sent;
        memmove(monitor->out.at, monitor->out.at + sent, monitor->out.count);
    }
}

/* node_process.c - see node_process.h: the loop of a node.
 *
 * It looks at the host's time, reads whatever has come, lets its VP run for at most some 50 microseconds, and sends; it
 * sleeps when there is nothing to do. No read and no write waits. The computer, its VMM and its protocol are those of
 * the simulation: what is different is who leads their clock, and how peer and world are reached (node.h).
 */
#include "ft/live/node_process.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ft/computer/kind.h"
#include "ft/computer/world_calls.h"
#include "ft/live/counts.h"
#include "ft/live/host.h"
#include "ft/live/node.h"
#include "ft/world/image.h"
#include "mmu/base/memory.h"
#include "mmu/base/vtime.h"

/* What a node may run before it looks at the host's time again, and how long before it looks at what has come; how long
 * a frame may wait for others; how long it waits for a world that nobody hears, and for a partner that was announced;
 * how much may wait for the other node or for the world before the VP stands.
 */
enum { TURN_INSNS = 4096, FLUSH_BYTES = 64 << 10, WAITING_MAX = 1 << 20 };
/* After so long at work, and so many instructions, it is known how fast that is. */
enum { RATE_MEASURED_INSNS = 100000 };
#define RATE_MEASURED_PS (10000 * PS_PER_US)
#define TURN_PS          (50 * PS_PER_US)
#define GATHER_PS        (200 * PS_PER_US)
#define PARTNER_WAIT_PS  (2 * PS_PER_S)
#define ANSWERS_PS       (PS_PER_S / 200)

uint64_t node_clock_ps(const struct node *node)
{
    return host_clock_ps() - node->origin_ps;
}

void node_wrote(struct node *node, const uint8_t *bytes, size_t size)
{
    enum { WRITTEN_MAX = 32 << 10 };
    for (size_t i = 0; i < size; i++)
        *VEC_PUSH(&node->screen) = bytes[i];
    if (node->screen.count <= 2 * WRITTEN_MAX)
        return;
    memmove(node->screen.at, node->screen.at + node->screen.count - WRITTEN_MAX, WRITTEN_MAX);
    node->screen.count = WRITTEN_MAX;
}

void node_ends(struct node *node, int status, const char *format, ...)
{
    va_list args;
    if (node->over)
        return;
    node->over = true;
    node->status = status;
    if (!format)
        return;
    va_start(args, format);
    vsnprintf(node->error->text, sizeof node->error->text, format, args);
    va_end(args);
}

/* ---- the computer ---- */

static uint64_t led(const struct computer *computer)
{
    return node_clock_ps(computer->remote);
}

static bool make_computer(struct node *node, bool primary, struct error *error)
{
    struct system_config config;
    struct world *here = &node->system.world;
    uint64_t hash;
    describe_read(node->description.text, &config, node->world.blocks, node->protocol, &hash);
    config.written = node->written;
    config.seed = node->seed;
    config.chronicle_rows = node->options->chronicle_rows;
    if (!world_init(here, &config, 1, error) || !world_open(here, error))
        return false;
    /* The other process promises nothing: all that it has sent and that has come is in the queue. */
    order_promise(&here->order, 1, TIME_REPORTED, TIME_NEVER);
    world_set_image(here, node->image_name, node->image, node->image_bytes);
    struct computer *computer = node->computer = node->system.computer[0] = computer_new(here, 0);
    computer->number = node->number;
    computer->calls = &remote_world_calls;
    computer->remote = node;
    computer->role = primary ? ROLE_PRIMARY : ROLE_BACKUP;
    computer->led = led;
    computer->insn_ps = 0;
    computer->turn_insns = TURN_INSNS;
    computer->history.notes = &node->notes;
    channel_init(&node->incoming, &config.settings);
    if (!vmm_init(computer, error))
        return false;
    struct vmm *vmm = computer->vmm;
    peer_init(&vmm->peer, &here->order, 1, &computer->channel, &node->incoming, &config.settings, 0);
    vmm->peer.calls = &remote_peer_calls;
    vmm->peer.remote = &node->peer;
    vmm->join_if_due = partner_join_if_due;
    if (!primary) {
        join_await(vmm);
        return true;
    }
    events_cancel(&computer->events, EVENT_HEARTBEAT); /* nobody is there yet */
    vmm_link(vmm, false);
    vmm->alone = true;
    return world_enter_image(here, computer->board, error);
}

bool node_build(struct node *node, bool primary)
{
    node->built = true;
    if (make_computer(node, primary, node->error))
        return true;
    node_ends(node, NODE_REFUSED, NULL);
    return false;
}

static void free_computer(struct node *node)
{
    if (!node->built)
        return;
    if (node->computer) {
        computer_free(node->computer);
        channel_free(&node->incoming);
    }
    world_free(&node->system.world);
    VEC_FREE(&node->notes);
}

/* ---- a turn ---- */

/* May the VP run? A primary whose partner was announced lets it come first, for a while. */
static bool may_run(const struct node *node)
{
    if (!node->computer || node->computer->over || node->stopped)
        return false;
    if (!computer_insns(node->computer) && partner_preparing(node)) /* the guest begins in a pair */
        return false;
    return !node->awaits_partner || node->now_ps > node->started_ps + PARTNER_WAIT_PS;
}

/* Does so much of what this VP has said wait that it stands? What is heard meanwhile counts, and the peer's silence. */
static bool is_crowded(const struct node *node)
{
    bool peer = node->computer->vmm->linked && link_waiting(&node->peer.link) > WAITING_MAX;
    return peer || link_waiting(&node->world.link) > WAITING_MAX;
}

static void run(struct node *node)
{
    struct computer *computer = node->computer;
    node->result = ADVANCE_BLOCKED;
    if (!may_run(node))
        return;
    do {
        computer_be_led(computer);
        computer->crowded = is_crowded(node);
        node->result = computer->kind->advance(computer);
    } while (node->result == ADVANCE_MORE && computer_now(computer) < node->now_ps + TURN_PS);
    if (!computer->alive)
        node_ends(node, NODE_FENCED, "this computer has halted: the system is lost to it, or another was first");
}

/* When must it look again, if nothing comes? */
static uint64_t wake_ps(const struct node *node)
{
    const struct computer *computer = node->computer;
    uint64_t beat = node->system.world.config.settings.heartbeat_us * PS_PER_US;
    uint64_t wake = node->image ? node->world.link.beaten + beat : node->now_ps + PS_PER_S;
    bool answers = node->monitor.person.answers || node->monitor.window.answers;
    if (answers && node->now_ps + ANSWERS_PS < wake) /* the next line waits for that */
        wake = node->now_ps + ANSWERS_PS;
    if (!may_run(node))
        return wake;
    if (link_there(&node->peer.link) && node->peer.link.beaten + beat < wake)
        wake = node->peer.link.beaten + beat;
    uint64_t event = events_next_time(&computer->events);
    if (event > computer_now(computer) && event < wake) /* one that is due waits for an answer */
        wake = event;
    if (computer->idle_until_ps && computer->idle_until_ps < wake)
        wake = computer->idle_until_ps;
    const struct vmm *vmm = computer->vmm;
    if (node->monitor.delay_ps && link_waiting(&node->peer.link) && node->waits_ps + node->monitor.delay_ps < wake)
        wake = node->waits_ps + node->monitor.delay_ps;
    if (vmm->linked && !vmm->suppressed && !vmm->peer.silence_known) {
        uint64_t silence = node->peer.link.heard + node->computer->channel.timeout_ps;
        wake = silence < wake ? silence : wake;
    }
    return wake;
}

static void sleep_now(struct node *node)
{
    const struct node_monitor *monitor = &node->monitor;
    const struct node_visitor *person = &monitor->person, *window = &monitor->window;
    bool deaf = node->peer.link.ended || monitor->cut_peer;
    struct pollfd at[] = {
        {.fd = monitor->cut_world ? -1 : node->world.link.fd, .events = POLLIN},
        {.fd = deaf ? -1 : node->peer.link.fd, .events = POLLIN},
        {.fd = person->ended    ? -1
               : person->fd < 0 ? monitor->listener
                                : person->fd,
         .events = POLLIN},
        {.fd = partner_expected(node) ? node->listener : -1, .events = POLLIN},
        {.fd = window->ended ? -1 : window->fd, .events = POLLIN},
    };
    uint64_t now = node_clock_ps(node), wake = wake_ps(node), wait = wake > now ? wake - now : 0;
    struct timespec timeout = {.tv_sec = (time_t)(wait / PS_PER_S), .tv_nsec = (long)(wait % PS_PER_S / 1000)};
    if (link_waiting(&node->world.link))
        at[0].events |= POLLOUT;
    if (link_waiting(&node->peer.link) && !monitor->delay_ps)
        at[1].events |= POLLOUT;
    ppoll(at, sizeof at / sizeof at[0], &timeout, NULL);
}

/* Frames leave when they are many, after a while, or when what they are for is waited for. */
static void flush(struct node *node)
{
    const struct node_monitor *monitor = &node->monitor;
    if (!monitor->cut_world)
        link_flush(&node->world.link);
    if (!link_waiting(&node->peer.link))
        node->waits_ps = node->now_ps;
    if (monitor->cut_peer || (monitor->delay_ps && node->now_ps < node->waits_ps + monitor->delay_ps))
        return;
    bool waits = node->result != ADVANCE_MORE || node->computer->vmm->suppressed;
    if (waits || link_waiting(&node->peer.link) >= FLUSH_BYTES || node->now_ps >= node->flushed_ps + GATHER_PS) {
        link_flush(&node->peer.link);
        node->flushed_ps = node->now_ps;
    }
}

/* A node that has heard no world for two time-outs asks its peer: if that hears it, this one halts, and the peer goes
 * on. If neither does, both wait, and then halt. (After one time-out the peer might not know yet that it hears none
 * either: the world may only have been slow.) */
static void judge_world(struct node *node)
{
    uint64_t heard = node->world.link.heard, timeout = node->system.world.config.settings.timeout_us * PS_PER_US;
    uint64_t patience_s = node->system.world.config.settings.world_timeout_s;
    const struct remote_peer *peer = &node->peer;
    if (node->closing || node->now_ps < heard + 2 * timeout)
        return;
    if (!node->image) { /* it has not said yet what its patience is */
        if (node->now_ps >= heard + patience_s * PS_PER_S)
            node_ends(node, NODE_WORLD_LOST, "the world at %s has not answered for %" PRIu64 " seconds",
                      node->options->world, patience_s);
        return;
    }
    bool peer_lives = link_there(&peer->link) && !peer->link.ended && node->now_ps < peer->link.heard + timeout;
    if (peer_lives && peer->hears_world)
        node_ends(node, NODE_WORLD_LOST, "the world is not heard here, but by the other node: that one goes on");
    else if (node->now_ps >= heard + patience_s * PS_PER_S)
        node_ends(node, NODE_WORLD_LOST,
                  "the world is lost: nothing has been heard of it for %" PRIu64 " seconds (world-timeout)",
                  patience_s);
}

/* A person wants it. */
static void stop(struct node *node)
{
    node->end = END_STOPPED;
    node_ends(node, NODE_FENCED, "stopped from outside");
}

/* A turn begins: what did the one before take, if the VP was executed all through it? */
static void measure_rate(struct node *node)
{
    struct work_rate *rate = &node->rate;
    uint64_t insns = node->computer ? computer_insns(node->computer) : 0;
    if (node->result == ADVANCE_MORE && insns > rate->at_insns) { /* it did not wait */
        rate->insns += insns - rate->at_insns;
        rate->took_ps += node->now_ps - node->before_ps;
    }
    if (rate->insns >= RATE_MEASURED_INSNS && rate->took_ps >= RATE_MEASURED_PS) {
        uint64_t insn_ps = rate->took_ps / rate->insns;
        rate->insn_ps = insn_ps < PERF_INSN_MAX_PS ? insn_ps : PERF_INSN_MAX_PS;
        rate->insns = rate->took_ps = 0;
    }
    rate->at_insns = insns;
}

static void turn(struct node *node)
{
    node->before_ps = node->now_ps;
    node->now_ps = node_clock_ps(node);
    measure_rate(node);
    reach_read(node);
    if (node->over)
        return;
    partner_read(node);
    if (node->met)
        partner_visit(node);
    if (node->result != ADVANCE_MORE || node->now_ps > node->looked_ps + PS_PER_S / 1000) {
        node->looked_ps = node->now_ps;
        partner_accept(node);
        node_monitor_serve(node);
        judge_world(node);
        if (!node->closing && node->options->interrupted && node->options->interrupted())
            stop(node);
    }
    if (node->over)
        return;
    partner_say(node);
    partner_prepare(node);
    run(node);
    reach_say(node);
    flush(node);
    if (node->result != ADVANCE_MORE && !node->over && !partner_preparing(node))
        sleep_now(node);
}

/* ---- from the hello to the end ---- */

/* Where the other node comes to this one, if nobody has said so: beside the world's socket. */
static bool choose_place(struct node *node, const struct address *world, struct error *error)
{
    char text[ADDRESS_TEXT_MAX];
    if (node->options->listen)
        return address_parse("--listen", node->options->listen, node->options->trusted, &node->address, error);
    if (!world->path[0])
        return error_set(error,
                         "--listen ADDR is wanted where the world is on the network: the other node comes there");
    const char *slash = strrchr(world->path, '/');
    snprintf(text, sizeof text, "unix:%.*snode-%ld.sock", slash ? (int)(slash - world->path) + 1 : 0, world->path,
             (long)getpid());
    return address_parse("--listen", text, false, &node->address, error);
}

static void say_hello(struct node *node)
{
    struct frame_writer writer;
    link_begin(&node->world.link, &writer, FRAME_HELLO);
    frame_u16(&writer, LIVE_VERSION);
    frame_u8(&writer, HELLO_NODE);
    frame_text(&writer, "");
    frame_u64(&writer, 0);
    frame_u32(&writer, (uint32_t)getpid());
    frame_text(&writer, node->address.text);
    frame_end(&writer);
    link_flush(&node->world.link);
}

/* The world may have been started at this moment: it is tried for a while. */
static int reach_world(struct node *node, const struct address *world, struct error *error)
{
    const struct timespec pause = {.tv_nsec = 20000000};
    uint64_t begin = node_clock_ps(node);
    int fd;
    while ((fd = address_connect("the world at", world, 5000, error)) < 0) {
        node->now_ps = node_clock_ps(node);
        bool unwanted = node->options->interrupted && node->options->interrupted();
        if (unwanted || node->now_ps > begin + 5 * PS_PER_S)
            break;
        nanosleep(&pause, NULL);
    }
    node->now_ps = node_clock_ps(node);
    return fd;
}

static bool open_node(struct node *node, struct error *error)
{
    struct address world;
    if (!address_parse("--world", node->options->world, node->options->trusted, &world, error) ||
        !choose_place(node, &world, error))
        return false;
    int fd = reach_world(node, &world, error);
    if (fd < 0)
        return false;
    error->text[0] = '\0'; /* of attempts that were too early */
    link_open(&node->world.link, fd, FRAME_MAX, node->now_ps);
    node->listener = address_listen("--listen", &node->address, error);
    if (node->listener < 0 || !node_monitor_open(&node->monitor, node->options->monitor, node->options->trusted, error))
        return false;
    say_hello(node);
    return true;
}

int node_process(const struct node_options *options, struct error *error)
{
    struct node *node = calloc(1, sizeof *node);
    memory_need(node);
    node->options = options;
    node->error = error;
    node->listener = node->world.link.fd = node->peer.link.fd = -1;
    node_monitor_init(&node->monitor);
    settings_defaults(&node->system.world.config.settings);
    node->origin_ps = node_clock_ps(node);
    node->result = ADVANCE_BLOCKED;
    error->text[0] = '\0';
    if ((options->begins && !options->begins(options->arg, node, error)) || !open_node(node, error))
        node_ends(node, NODE_REFUSED, NULL);
    while (!node->over)
        turn(node);
    int status = node->status;
    if (options->ended && status != NODE_REFUSED) {
        struct system_result result;
        node_result(node, &result);
        options->ended(options->arg, node->computer ? &node->system : NULL, &result, status);
    }
    address_close(node->listener, &node->address);
    node_monitor_close(&node->monitor);
    link_close(&node->world.link);
    link_close(&node->peer.link);
    VEC_FREE(&node->world.input);
    VEC_FREE(&node->world.events);
    reach_forget_frames(node);
    VEC_FREE(&node->peer.off);
    VEC_FREE(&node->screen);
    free(node->image);
    free_computer(node);
    free(node->written);
    free(node);
    return status;
}

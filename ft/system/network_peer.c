/* network_peer.c - see network_peer.h. */
#include "ft/system/network_peer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "ft/snapshot.h"
#include "mmu/base/memory.h"
#include "mmu/base/vtime.h"

/* One direction of the wire. */
struct wire_line {
    uint64_t free_ps; /* the last frame has left */
};

struct network_peer {
    struct system *inner;
    struct network *outer;           /* of the system that it is the peer of */
    const struct settings *settings; /* of that, too: the wire's */
    struct wire_line to_peer, from_peer;
    const char *terminal_path;
    int terminal_fd;
};

/* SIZE bytes leave at TIME_PS, or when the line is free: when are they there? */
static uint64_t arrival_ps(struct network_peer *peer, struct wire_line *line, uint32_t size, uint64_t time_ps)
{
    uint64_t begin = time_ps > line->free_ps ? time_ps : line->free_ps;
    line->free_ps = begin + (uint64_t)((unsigned __int128)size * 8 * PS_PER_S / peer->settings->net_bits_per_s);
    return line->free_ps + peer->settings->net_latency_us * PS_PER_US;
}

static struct computer *computer_of(const struct network_peer *peer)
{
    return peer->inner->computer[0];
}

/* ---- the end of the system's network ---- */

static void sent_to_peer(void *arg, const uint8_t *bytes, uint32_t size, uint64_t time_ps)
{
    struct network_peer *peer = arg;
    network_arrive(&peer->inner->world.network, bytes, size, arrival_ps(peer, &peer->to_peer, size, time_ps));
    computer_expect_frames(computer_of(peer));
}

/* The earliest time at which it could send something, now that it has been run to NOW_PS. */
static uint64_t next_act_ps(const struct network_peer *peer, uint64_t now_ps)
{
    const struct computer *computer = computer_of(peer);
    if (computer->over || !computer->alive)
        return TIME_NEVER;
    return computer->idle ? events_next_time(&computer->events) : now_ps;
}

static uint64_t look_at_peer(void *arg, uint64_t time_ps)
{
    struct network_peer *peer = arg;
    const struct computer *computer = computer_of(peer);
    while (!computer->over && computer->alive && computer_now(computer) < time_ps)
        if (system_run_until(peer->inner, &(struct system_until){.time_ps = time_ps}) != STOP_REACHED)
            break;
    uint64_t act = next_act_ps(peer, time_ps), latency = peer->settings->net_latency_us * PS_PER_US;
    return act == TIME_NEVER ? TIME_NEVER : (act > time_ps ? act : time_ps) + latency;
}

static const struct network_end peer_end = {.sent = sent_to_peer, .look = look_at_peer};

/* ---- and of the peer's own ---- */

static void sent_by_peer(void *arg, const uint8_t *bytes, uint32_t size, uint64_t time_ps)
{
    struct network_peer *peer = arg;
    network_arrive(peer->outer, bytes, size, arrival_ps(peer, &peer->from_peer, size, time_ps));
}

static uint64_t look_outside(void *arg, uint64_t time_ps)
{
    return TIME_NEVER; /* what comes is given to it, and said */
}

static const struct network_end outer_end = {.sent = sent_by_peer, .look = look_outside};

/* ---- its life ---- */

bool network_peer_open(struct system *system, struct error *error)
{
    const struct network_peer_config *wanted = system->world.config.network.peer;
    const struct world *again = system->world.config.again;
    struct network_peer *peer = calloc(1, sizeof *peer);
    memory_need(peer);
    system->network_peer = peer;
    peer->outer = &system->world.network;
    peer->settings = &system->world.config.settings;
    peer->terminal_fd = -1;
    peer->terminal_path = again || system->world.config.network.quiet ? NULL : wanted->terminal_path;
    struct system_config config = wanted->config;
    system_config_snapshot(&config); /* it is no part of what is tried: its disks keep nothing */
    config.network.quiet |= system->world.config.network.quiet;
    if (again)
        config.again = &((const struct network_peer *)again->network.end_arg)->inner->world;
    peer->inner = system_new(&config, error);
    if (!peer->inner || !system_load_files(peer->inner, &wanted->files, error))
        return false;
    peer->inner->world.network.end = &outer_end;
    peer->inner->world.network.end_arg = peer;
    system->world.network.end = &peer_end;
    system->world.network.end_arg = peer;
    return true;
}

bool network_peer_make(struct network_peer *peer, struct error *error)
{
    if (peer->terminal_path && peer->terminal_fd < 0) {
        peer->terminal_fd = open(peer->terminal_path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC, 0666);
        if (peer->terminal_fd < 0)
            return error_set(error, "cannot write '%s', the terminal of the network's other computer: %s",
                             peer->terminal_path, strerror(errno));
        terminal_connect(peer->inner->world.terminal, peer->terminal_fd);
    }
    return system_make_files(peer->inner, error);
}

void network_peer_conclude(struct system *system)
{
    struct world *world = &system->world;
    if (system->network_peer)
        network_look(&world->network, world->end_ps);
}

bool network_peer_host_good(const struct network_peer *peer, struct error *error)
{
    int cause = peer->terminal_path ? terminal_host_error(peer->inner->world.terminal) : 0;
    return !cause ? system_host_good(peer->inner, error)
                  : error_set(error, "'%s', the terminal of the network's other computer, cannot be written: %s",
                              peer->terminal_path, strerror(cause));
}

void network_peer_visit(struct network_peer *peer, struct visit *visit)
{
    visit_begin(visit, "network's other computer");
    VISIT_MOMENT(visit, peer->to_peer.free_ps);
    VISIT_MOMENT(visit, peer->from_peer.free_ps);
    visit_end(visit);
    system_visit(peer->inner, visit);
}

uint64_t network_peer_pages_bytes(const struct network_peer *peer)
{
    return system_pages_bytes(peer->inner);
}

void network_peer_forget_future(struct network_peer *peer)
{
    system_forget_future(peer->inner);
}

void network_peer_free(struct network_peer *peer)
{
    if (!peer)
        return;
    system_free(peer->inner);
    if (peer->terminal_fd >= 0)
        close(peer->terminal_fd);
    free(peer);
}

/* wire.c - see wire.h. */
#include "ft/bare/wire.h"

#include <string.h>

#include "ft/world/world.h"
#include "mmu/base/vtime.h"
#include "mmu/base/bits.h"

enum { WORD_BYTES = 4 };

void link_free(struct link *link)
{
    VEC_FREE(&link->took);
}

static void visit_time(struct visit *visit, uint64_t *time_ps)
{
    VISIT(visit, *time_ps);
}

void link_visit(struct link *link, struct visit *visit)
{
    VISIT(visit, link->sent);
    VISIT(visit, link->sent_taken);
    VISIT_ROW(visit, &link->took, visit_time);
    VISIT(visit, link->heard_ps);
    VISIT(visit, link->silence_known);
}

/* Until when COMPUTER was heard of, or TIME_NEVER if it is running: it died, turned itself off, or was cut off. */
static uint64_t silent_since(const struct computer *computer)
{
    if (atomic_load(&computer->published_dead))
        return computer->died_ps;
    if (computer->over)
        return computer_now(computer);
    return computer->channel.cut ? computer->channel.cut_ps : TIME_NEVER;
}

uint64_t link_horizon(const struct computer *computer)
{
    const struct computer *peer = system_peer(computer);
    if (!peer || peer->over)
        return TIME_NEVER;
    return atomic_load(&peer->published_ps) + peer->channel.latency_ps;
}

uint64_t link_next_arrival(struct computer *computer)
{
    struct computer *peer = system_peer(computer);
    uint64_t begin, arrival;
    return peer && channel_peek(&peer->channel, &begin, &arrival) ? arrival : TIME_NEVER;
}

/* On a channel that loses what is under way in a crash, a word arrives only if its sender lives until then. */
static bool certain(const struct computer *sender, uint64_t arrival_ps)
{
    return !sender->channel.losing || sender->over || atomic_load(&sender->published_ps) >= arrival_ps;
}

bool link_receive(struct computer *computer)
{
    struct computer *peer = system_peer(computer);
    struct channel_port *port = &computer->board->port;
    for (uint64_t arrival; (arrival = link_next_arrival(computer)) <= computer_now(computer);) {
        struct frame frame;
        if (!certain(peer, arrival))
            return false;
        channel_take(&peer->channel, &frame);
        computer->link.heard_ps = arrival;
        /* The winner of the arbiter hears nothing of an older generation. */
        if (port->state.arbiter == CHANNEL_PORT_WON)
            *VEC_PUSH(&computer->link.took) = arrival;
        else
            channel_port_receive(port, be32_load(frame_bytes(&frame)));
        frame_free(&frame);
    }
    return true;
}

/* ---- the fault monitor ---- */

/* When the last sign of life of the other computer, silent since SINCE_PS, comes in: a heartbeat or a word. */
static uint64_t last_sign_ps(const struct computer *computer, uint64_t since_ps)
{
    const struct computer *peer = system_peer(computer);
    uint64_t beat = computer->system->config.settings.heartbeat_us * PS_PER_US;
    uint64_t last = since_ps / beat * beat + peer->channel.latency_ps;
    uint64_t word = channel_last_arrival(&peer->channel);
    if (word < computer->link.heard_ps)
        word = computer->link.heard_ps;
    return last > word ? last : word;
}

void link_watch(struct computer *computer)
{
    const struct computer *peer = system_peer(computer);
    if (!peer || computer->link.silence_known || silent_since(peer) == TIME_NEVER)
        return;
    computer->link.silence_known = true;
    events_add(&computer->events, last_sign_ps(computer, silent_since(peer)) + peer->channel.timeout_ps,
               EVENT_PEER_LOST, 0);
}

void link_report(struct computer *computer)
{
    system_tell(computer, "the fault monitor reports the other computer failed");
    channel_port_report(&computer->board->port);
}

/* ---- the port's backend ---- */

/* The words that the other has taken, as known here: news of that takes one channel latency. */
static void note_taken(struct computer *computer)
{
    struct computer *peer = system_peer(computer);
    uint64_t latency = computer->channel.latency_ps, now = computer_now(computer);
    size_t known = 0, count = peer->link.took.count;
    while (known < count && peer->link.took.at[known] + latency < now)
        known++;
    for (size_t i = known; i < count && known; i++)
        peer->link.took.at[i - known] = peer->link.took.at[i];
    peer->link.took.count -= known;
    computer->link.sent_taken += known;
}

static uint32_t room(void *arg)
{
    struct computer *computer = arg;
    if (computer->board->port.state.failed)
        return CHANNEL_PORT_WORDS; /* and nobody hears it */
    note_taken(computer);
    return CHANNEL_PORT_WORDS - (uint32_t)(computer->link.sent - computer->link.sent_taken);
}

static void send_word(void *arg, uint32_t word)
{
    struct computer *computer = arg;
    uint8_t bytes[WORD_BYTES];
    if (computer->board->port.state.failed)
        return;
    be32_store(bytes, word);
    channel_send(&computer->channel, bytes, sizeof bytes, computer_now(computer));
    computer->link.sent++;
}

static void took(void *arg, uint32_t count)
{
    struct computer *computer = arg;
    for (; count; count--)
        *VEC_PUSH(&computer->link.took) = computer_now(computer);
}

static enum phys_result take_over(void *arg, enum channel_port_taken *said)
{
    struct computer *computer = arg;
    if (!computer_may_act(computer))
        return PHYS_STALL;
    if (!system_arbitrate(computer)) {
        system_tell(computer, "the other computer was first at the arbiter: this one halts before its next output");
        *said = CHANNEL_PORT_LOST;
        return PHYS_OK;
    }
    system_fence(computer);
    if (computer->role == ROLE_BACKUP) {
        computer->role = ROLE_PRIMARY;
        computer->system->failovers++;
    }
    system_tell(computer, "takes the arbiter: disk and terminal refuse the other computer from now on");
    *said = CHANNEL_PORT_WON;
    return PHYS_OK;
}

static const struct channel_port_backend port_backend = {room, send_word, took, take_over};

bool link_attach(struct computer *computer)
{
    if (!board_add_channel_port(computer->board, computer->index, &port_backend, computer))
        return false;
    computer->board->port.state.failed = computer->system->computers == 1;
    return true;
}

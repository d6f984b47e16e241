/* wire.c - see wire.h. */
#include "ft/bare/wire.h"

#include <string.h>

#include "ft/computer/computer.h"
#include "mmu/base/bits.h"

enum { WORD_BYTES = 4 };

void wire_free(struct computer *computer)
{
    if (computer->wire)
        VEC_FREE(&computer->wire->took);
    free(computer->wire);
}

static void visit_time(struct visit *visit, uint64_t *time_ps)
{
    VISIT(visit, *time_ps);
}

void wire_visit(struct wire *wire, struct visit *visit)
{
    VISIT_MOMENT(visit, wire->sent);
    VISIT_MOMENT(visit, wire->sent_taken);
    VISIT_ROW(visit, &wire->took, visit_time);
    VISIT_MOMENT(visit, wire->heard_ps);
    VISIT(visit, wire->silence_known);
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

uint64_t wire_horizon(const struct computer *computer)
{
    const struct computer *peer = computer_peer(computer);
    if (!peer || peer->over)
        return TIME_NEVER;
    return atomic_load(&peer->published_ps) + peer->channel.latency_ps;
}

uint64_t wire_next_arrival(struct computer *computer)
{
    struct computer *peer = computer_peer(computer);
    uint64_t begin, arrival;
    return peer && channel_peek(&peer->channel, &begin, &arrival) ? arrival : TIME_NEVER;
}

/* On a channel that loses what is under way in a crash, a word arrives only if its sender lives until then. */
static bool certain(const struct computer *sender, uint64_t arrival_ps)
{
    return !sender->channel.losing || sender->over || atomic_load(&sender->published_ps) >= arrival_ps;
}

bool wire_receive(struct computer *computer)
{
    struct computer *peer = computer_peer(computer);
    struct channel_port *port = &computer->board->port;
    for (uint64_t arrival; (arrival = wire_next_arrival(computer)) <= computer_now(computer);) {
        struct frame frame;
        if (!certain(peer, arrival))
            return false;
        channel_take(&peer->channel, &frame);
        computer->wire->heard_ps = arrival;
        /* The winner of the arbiter hears nothing of an older generation. */
        if (port->state.arbiter == CHANNEL_PORT_WON)
            *VEC_PUSH(&computer->wire->took) = arrival;
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
    const struct computer *peer = computer_peer(computer);
    uint64_t last = last_heartbeat_ps(&computer->world->config.settings, since_ps) + peer->channel.latency_ps;
    uint64_t word = channel_last_arrival(&peer->channel);
    if (word < computer->wire->heard_ps)
        word = computer->wire->heard_ps;
    return last > word ? last : word;
}

void wire_watch(struct computer *computer)
{
    const struct computer *peer = computer_peer(computer);
    if (!peer || computer->wire->silence_known || silent_since(peer) == TIME_NEVER)
        return;
    computer->wire->silence_known = true;
    events_add(&computer->events, last_sign_ps(computer, silent_since(peer)) + peer->channel.timeout_ps,
               EVENT_PEER_LOST, 0);
}

void wire_report(struct computer *computer)
{
    computer_tell(computer, "the fault monitor reports the other computer failed");
    channel_port_report(&computer->board->port);
}

/* ---- the port's backend ---- */

/* The words that the other has taken, as known here: news of that takes one channel latency. */
static void note_taken(struct computer *computer)
{
    struct computer *peer = computer_peer(computer);
    uint64_t latency = computer->channel.latency_ps, now = computer_now(computer);
    size_t known = 0, count = peer->wire->took.count;
    while (known < count && peer->wire->took.at[known] + latency < now)
        known++;
    for (size_t i = known; i < count && known; i++)
        peer->wire->took.at[i - known] = peer->wire->took.at[i];
    peer->wire->took.count -= known;
    computer->wire->sent_taken += known;
}

static uint32_t room(void *arg)
{
    struct computer *computer = arg;
    if (computer->board->port.state.failed)
        return CHANNEL_PORT_WORDS; /* and nobody hears it */
    note_taken(computer);
    return CHANNEL_PORT_WORDS - (uint32_t)(computer->wire->sent - computer->wire->sent_taken);
}

static void send_word(void *arg, uint32_t word)
{
    struct computer *computer = arg;
    uint8_t bytes[WORD_BYTES];
    if (computer->board->port.state.failed)
        return;
    be32_store(bytes, word);
    channel_send(&computer->channel, bytes, sizeof bytes, computer_now(computer));
    computer->wire->sent++;
}

static void took(void *arg, uint32_t count)
{
    struct computer *computer = arg;
    for (; count; count--)
        *VEC_PUSH(&computer->wire->took) = computer_now(computer);
}

static enum phys_result take_over(void *arg, enum channel_port_taken *said)
{
    struct computer *computer = arg;
    if (!computer_may_act(computer))
        return PHYS_STALL;
    if (!computer_arbitrate(computer)) {
        computer_tell(computer, "the other computer was first at the arbiter: this one halts before its next output");
        *said = CHANNEL_PORT_LOST;
        return PHYS_OK;
    }
    computer_fence(computer);
    if (computer->role == ROLE_BACKUP) {
        computer->role = ROLE_PRIMARY;
        computer->world->failovers++;
    }
    computer_tell(computer, "takes the arbiter: disk and terminal refuse the other computer from now on");
    *said = CHANNEL_PORT_WON;
    return PHYS_OK;
}

static const struct channel_port_backend port_backend = {room, send_word, took, take_over};

bool wire_attach(struct computer *computer)
{
    computer->wire = calloc(1, sizeof *computer->wire);
    assert(computer->wire);
    if (!board_add_channel_port(computer->board, computer->index, &port_backend, computer))
        return false;
    computer->board->port.state.failed = computer->world->computers == 1;
    return true;
}

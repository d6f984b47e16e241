/* wire.c - see wire.h. */
#include "ft/bare/wire.h"

#include <string.h>

#include "ft/computer/computer.h"
#include "mmu/base/bits.h"
#include "mmu/base/memory.h"

enum { WORD_BYTES = 4 };

void wire_free(struct computer *computer)
{
    free(computer->wire);
}

void wire_visit(struct wire *wire, struct visit *visit)
{
    VISIT_MOMENT(visit, wire->sent);
    VISIT_MOMENT(visit, wire->sent_taken);
    VISIT_MOMENT(visit, wire->heard_ps);
    VISIT(visit, wire->silence_known);
}

/* The line from the other computer; NULL: there is none. */
static struct channel *line_in(const struct computer *computer)
{
    return computer->other ? &computer->other->channel : NULL;
}

static uint64_t promise(const struct computer *computer)
{
    return order_to_peer(&computer->world->order, computer->peer_number);
}

/* Until when the other was heard of, or TIME_NEVER if it is running: it died, turned itself off, or was cut off. A cut
 * is the line's: what is sent after it does not come. */
static uint64_t silent_since(const struct computer *computer)
{
    const struct channel *in = line_in(computer);
    uint64_t ended = promise(computer) == TIME_NEVER ? in->silent_ps : TIME_NEVER;
    return in->cut ? smallest(ended, in->cut_ps) : ended;
}

uint64_t wire_horizon(const struct computer *computer)
{
    return line_in(computer) ? promise(computer) : TIME_NEVER;
}

uint64_t wire_next_arrival(struct computer *computer)
{
    struct channel *in = line_in(computer);
    uint64_t begin, arrival;
    bool there = in && channel_peek(in, &begin, &arrival) && (promise(computer) != TIME_NEVER || in->taken < in->lost);
    return there ? arrival : TIME_NEVER;
}

/* On a channel that loses what is under way in a crash, a word arrives only if its sender lives until then. */
static bool certain(const struct computer *computer, uint64_t arrival_ps)
{
    const struct channel *in = line_in(computer);
    return !in->losing || promise(computer) >= arrival_ps + in->latency_ps;
}

/* A word that the other sent has been taken here at TIME_PS: its place in the port is free, which the other knows one
 * latency later. */
static void give_back(struct computer *computer, uint64_t time_ps)
{
    *VEC_PUSH(&line_in(computer)->took) = time_ps;
}

bool wire_receive(struct computer *computer)
{
    struct channel_port *port = &computer->board->port;
    for (uint64_t arrival; (arrival = wire_next_arrival(computer)) <= computer_now(computer);) {
        struct frame frame;
        if (!certain(computer, arrival))
            return false;
        channel_take(line_in(computer), &frame);
        computer->wire->heard_ps = arrival;
        /* The winner of the arbiter hears nothing of an older generation. */
        if (port->state.arbiter == CHANNEL_PORT_WON)
            give_back(computer, arrival);
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
    const struct channel *in = line_in(computer);
    uint64_t last = last_heartbeat_ps(&computer->world->config.settings, since_ps) + in->latency_ps;
    uint64_t word = channel_last_arrival(in);
    if (word < computer->wire->heard_ps)
        word = computer->wire->heard_ps;
    return last > word ? last : word;
}

void wire_watch(struct computer *computer)
{
    const struct channel *in = line_in(computer);
    if (!in || computer->wire->silence_known || silent_since(computer) == TIME_NEVER)
        return;
    computer->wire->silence_known = true;
    events_add(&computer->events, last_sign_ps(computer, silent_since(computer)) + in->timeout_ps, EVENT_PEER_LOST, 0);
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
    struct channel *out = &computer->channel;
    uint64_t now = computer_now(computer);
    size_t known = 0, count = out->took.count;
    while (known < count && out->took.at[known] + out->latency_ps < now)
        known++;
    for (size_t i = known; i < count && known; i++)
        out->took.at[i - known] = out->took.at[i];
    out->took.count -= known;
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
        give_back(computer, computer_now(computer));
}

static enum phys_result take_over(void *arg, enum channel_port_taken *said)
{
    struct computer *computer = arg;
    if (!computer_may_act(computer))
        return PHYS_STALL;
    if (computer_arbitrate(computer) != ARBITER_WON) {
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
    memory_need(computer->wire);
    if (!board_add_channel_port(computer->board, computer->index, &port_backend, computer))
        return false;
    computer->board->port.state.failed = computer->world->computers == 1;
    return true;
}

/* remote_peer.c - the other computer of the pair, where it is another process: what is sent to it, what it
 * acknowledges, and its silence.
 *
 * A place (peer.h) is a count of messages here. What has come lies in a queue of frames, as in one process, and is
 * acknowledged as soon as it is read, whatever the VP is doing (P4). Any frame is a sign of life, and silence is judged
 * only when everything that has come has been read.
 */
#include "ft/live/node.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "ft/log/notes.h"
#include "mmu/base/vtime.h"

/* What a frame may wait for others to leave with it; what may lie unacknowledged of a VP that is sent. */
#define GATHER_PS (200 * PS_PER_US)
enum { UNACKNOWLEDGED_MAX = 256 << 10 };

static struct remote_peer *remote(const struct peer *peer)
{
    return peer->remote;
}

/* ---- struct peer_calls ---- */

static void send_frame(struct remote_peer *to, const uint8_t *bytes, size_t size)
{
    struct frame_writer writer;
    if (!link_there(&to->link))
        return;
    link_begin(&to->link, &writer, FRAME_MESSAGE);
    frame_data(&writer, bytes, size);
    frame_end(&writer);
}

static uint64_t send_message(struct peer *peer, const uint8_t *bytes, size_t size, bool beat, uint64_t now_ps)
{
    struct remote_peer *to = remote(peer);
    to->sent++;
    to->sent_bytes += size;
    peer->out->messages++;
    peer->out->bytes += size;
    if (bytes[0] == MESSAGE_OFF) {
        to->off.count = 0;
        for (size_t i = 0; i < size; i++)
            *VEC_PUSH(&to->off) = bytes[i];
    } else {
        send_frame(to, bytes, size);
    }
    return to->sent;
}

static uint64_t last_sent(const struct peer *peer)
{
    return remote(peer)->sent;
}

static bool pages_wait(const struct peer *peer)
{
    return remote(peer)->sent_bytes - remote(peer)->acked_bytes > UNACKNOWLEDGED_MAX;
}

static uint64_t line_free_ps(const struct peer *peer, uint64_t now_ps)
{
    return pages_wait(peer) ? now_ps + GATHER_PS : now_ps;
}

static uint64_t room_ps(const struct peer *peer)
{
    return 0;
}

static uint64_t acknowledged_ps(const struct peer *peer, uint64_t place, uint64_t now_ps)
{
    return remote(peer)->acked >= place ? 0 : TIME_NEVER;
}

/* All that can be noticed of it is in the queue. */
static uint64_t horizon_ps(struct peer *peer, uint64_t foreseen_lag_ps)
{
    return TIME_NEVER;
}

/* Reports come with acknowledgements. */
static void listen_to(struct peer *peer, uint64_t now_ps)
{
}

static uint64_t last_heard_ps(const struct remote_peer *peer)
{
    return peer->link.heard > peer->opened_ps ? peer->link.heard : peer->opened_ps;
}

static bool judged(struct peer *peer, uint64_t now_ps, uint64_t *report_ps)
{
    if (peer->silence_known || now_ps < last_heard_ps(remote(peer)) + peer->out->timeout_ps)
        return false;
    peer->silence_known = true;
    *report_ps = now_ps;
    return true;
}

/* Done when it is read. */
static bool acknowledge(struct peer *peer, bool early, uint64_t now_ps)
{
    return false;
}

const struct peer_calls remote_peer_calls = {
    .send = send_message,
    .last_sent = last_sent,
    .line_free_ps = line_free_ps,
    .pages_wait = pages_wait,
    .room_ps = room_ps,
    .acknowledged_ps = acknowledged_ps,
    .horizon_ps = horizon_ps,
    .listen = listen_to,
    .judged = judged,
    .acknowledge = acknowledge,
};

/* ---- what comes ---- */

static void take_message(struct node *node, struct frame_reader *frame)
{
    struct remote_peer *from = &node->peer;
    size_t size;
    const uint8_t *bytes = frame_take_rest(frame, &size);
    from->came++;
    from->came_bytes += size;
    if (!node->computer || !node->computer->vmm->suppressed || !bytes)
        return;
    channel_deliver(&node->incoming, bytes, size, node->before_ps, node->now_ps);
    struct peer *peer = &node->computer->vmm->peer;
    for (const struct frame *next; (next = channel_scan(&node->incoming)) != NULL; channel_scan_next(&node->incoming)) {
        uint64_t epoch;
        if (message_ends_epoch(frame_bytes(next), next->size, &epoch))
            *QUEUE_PUSH(&peer->ended) = (struct ended_epoch){epoch, next->arrival_ps, TIME_NEVER};
    }
}

static bool take_ack(struct node *node, struct frame_reader *frame)
{
    struct remote_peer *from = &node->peer;
    uint64_t count = frame_take_u64(frame), bytes = frame_take_u64(frame), lag = frame_take_u64(frame);
    uint64_t insns = frame_take_u64(frame);
    bool differs = frame_take_u8(frame);
    if (!frame_is_whole(frame) || count > from->sent || bytes > from->sent_bytes || count < from->acked)
        return false;
    from->acked = count;
    from->acked_bytes = bytes;
    if (!node->computer)
        return true;
    struct peer *peer = &node->computer->vmm->peer;
    peer->lag_ps = lag;
    lags_add(&peer->lags, lag);
    peer->lag_at_ps = count;
    peer->executed_insns = insns;
    peer->differs |= differs;
    return true;
}

/* Is TEXT one that may be shown to a person? */
static bool is_name(const char *text)
{
    for (; *text; text++)
        if (!isalnum((unsigned char)*text) && *text != '-' && *text != '_')
            return false;
    return true;
}

/* [perf] of the backup. */
static bool take_perf(struct node *node, struct frame_reader *frame)
{
    struct perf perf = {.insn_ps = frame_take_u64(frame)};
    frame_take_text(frame, perf.host, sizeof perf.host);
    frame_take_text(frame, perf.engine, sizeof perf.engine);
    if (!frame_is_whole(frame) || perf.insn_ps > PERF_INSN_MAX_PS || !is_name(perf.host) || !is_name(perf.engine))
        return false;
    if (node->computer)
        node->computer->vmm->peer.perf = perf;
    return true;
}

/* H up to where a VP comes here. */
static bool take_past(struct node *node, struct frame_reader *frame)
{
    size_t size;
    uint64_t settled = frame_take_u64(frame);
    uint32_t written = frame_take_u32(frame);
    const uint8_t *bytes = frame_take_rest(frame, &size);
    if (!bytes || written > size || node->screen.count)
        return false;
    node_wrote(node, bytes, written);
    bytes += written;
    size -= written;
    struct history *history = &node->computer->history;
    note_bytes *notes = history->notes;
    history->notes = NULL; /* the world has it */
    bool good = !node->computer->vmm->joined && !history_operations(history);
    history->before.operations = good ? settled : history->before.operations;
    good = good && notes_follow(history, bytes, size);
    history->notes = notes;
    return good;
}

/* False: it makes no sense. */
static bool take_frame(struct node *node, struct frame_reader *frame)
{
    switch (frame->kind) {
    case FRAME_MESSAGE:
        take_message(node, frame);
        return true;
    case FRAME_ACK:
        return take_ack(node, frame);
    case FRAME_PERF:
        return take_perf(node, frame);
    case FRAME_BEAT:
        node->peer.hears_world = frame_take_u8(frame);
        return frame_is_whole(frame);
    case FRAME_PAST:
        return node->computer && take_past(node, frame);
    default:
        return false;
    }
}

/* Say WHAT of the connection, which has come to an end by it. */
static void refuse(struct node *node, const char *what)
{
    if (node->computer)
        computer_tell(node->computer, "the other node's connection %s: it is not heard any more", what);
    node->peer.link.ended = true;
    node->peer.link.in_at = node->peer.link.in.count = 0;
}

/* ---- coming together ---- */

/* Who came says hello. True: it is the partner that was announced. */
static bool is_partner(struct node *node, struct frame_reader *frame)
{
    char key[HOST_KEY_MAX], listens[ADDRESS_TEXT_MAX];
    uint16_t version = frame_take_u16(frame);
    bool partner = frame_take_u8(frame) == HELLO_PARTNER;
    frame_take_text(frame, key, sizeof key);
    uint64_t digest = frame_take_u64(frame);
    frame_take_u32(frame);
    frame_take_text(frame, listens, sizeof listens);
    return frame->kind == FRAME_HELLO && version == LIVE_VERSION && partner && frame_is_whole(frame) &&
           node->partner_joins && !strcmp(key, node->key) && digest == describe_digest(node->description.text);
}

static void begin_partnership(struct node *node)
{
    struct remote_peer *peer = &node->peer;
    struct link link = peer->link;
    frame_bytes_vec off = peer->off;
    *peer = (struct remote_peer){.link = link, .off = off, .opened_ps = node->now_ps};
    peer->off.count = 0;
    peer->link.most = FRAME_PAIR_MAX;
    peer->link.heard = node->now_ps;
}

bool partner_expected(const struct node *node)
{
    bool busy = node->computer && node->computer->vmm->linked; /* with one that is to be declared failed yet */
    bool reading = link_there(&node->peer.link) && node->peer.link.most == FRAME_HELLO_MAX;
    return node->partner_joins && !busy && !reading;
}

void partner_accept(struct node *node)
{
    if (!partner_expected(node))
        return;
    int fd = address_accept(node->listener);
    if (fd < 0 && !address_later(errno)) { /* it hears nothing, and gives up; the world announces another */
        node->partner_joins = false;
        if (node->computer)
            computer_tell(node->computer, "the node that is to join cannot be taken: %s", strerror(errno));
    }
    if (fd < 0)
        return;
    link_close(&node->peer.link); /* of one before */
    link_open(&node->peer.link, fd, FRAME_HELLO_MAX, node->now_ps);
    node->accepted_ps = node->now_ps;
}

void partner_visit(struct node *node)
{
    struct frame_writer writer;
    struct error error;
    node->met = false;
    int fd = address_connect("the other node", &node->partner_address, 2000, &error);
    if (fd < 0) {
        node_ends(node, NODE_FENCED, "%s", error.text);
        return;
    }
    node->now_ps = node_clock_ps(node); /* to get there may have taken longer than a silence may be */
    link_close(&node->peer.link);
    link_open(&node->peer.link, fd, FRAME_PAIR_MAX, node->now_ps);
    begin_partnership(node);
    link_begin(&node->peer.link, &writer, FRAME_HELLO);
    frame_u16(&writer, LIVE_VERSION);
    frame_u8(&writer, HELLO_PARTNER);
    frame_text(&writer, node->key);
    frame_u64(&writer, describe_digest(node->description.text));
    frame_u32(&writer, (uint32_t)getpid());
    frame_text(&writer, node->address.text);
    frame_end(&writer);
    link_flush(&node->peer.link);
    if (!node_build(node, false))
        return;
    node->computer->vmm->peer.received_ps = node->now_ps;
}

/* Of one who has come to be joined, only the hello is read. */
static void read_hello(struct node *node)
{
    struct link *link = &node->peer.link;
    struct frame_reader frame;
    link_read(link);
    enum frame_found found = link_next(link, node->now_ps, &frame);
    bool late = node->now_ps > node->accepted_ps + 5 * PS_PER_S;
    if (found == FRAME_NOT_YET && !link->ended && !late)
        return;
    if (found == FRAME_FOUND && is_partner(node, &frame)) {
        begin_partnership(node);
        if (node->computer)
            node->computer->vmm->peer.perf = (struct perf){0};
        node->partner_joins = node->awaits_partner = false;
        node->joining = true;
        node->came = node->partner;
        return;
    }
    if (node->computer)
        computer_tell(node->computer, "a connection that is not the announced node's is refused");
    link_close(link);
}

void partner_read(struct node *node)
{
    struct link *link = &node->peer.link;
    struct frame_reader frame;
    enum frame_found found;
    if (!link_there(link) || node->monitor.cut_peer)
        return;
    if (link->most == FRAME_HELLO_MAX) {
        read_hello(node);
        return;
    }
    for (bool more = true; more;) {
        more = link_read(link);
        while ((found = link_next(link, node->now_ps, &frame)) == FRAME_FOUND)
            if (!take_frame(node, &frame)) {
                refuse(node, "says what makes no sense");
                return;
            }
        if (found == FRAME_NONSENSE) {
            refuse(node, "carries no frames");
            return;
        }
    }
    struct vmm *vmm = node->computer ? node->computer->vmm : NULL;
    if (vmm && vmm->suppressed && vmm->peer.received_ps < link->heard)
        vmm->peer.received_ps = link->heard; /* any whole frame is life */
}

/* ---- what is said ---- */

static uint64_t lag_now(struct node *node)
{
    struct peer *peer = &node->computer->vmm->peer;
    while (QUEUE_COUNT(&peer->ended) && QUEUE_FRONT(&peer->ended)->executed_ps != TIME_NEVER)
        QUEUE_POP(&peer->ended);
    return QUEUE_COUNT(&peer->ended) ? node->now_ps - QUEUE_FRONT(&peer->ended)->arrival_ps : 0;
}

static void say_ack(struct node *node)
{
    struct remote_peer *peer = &node->peer;
    struct frame_writer writer;
    link_begin(&peer->link, &writer, FRAME_ACK);
    frame_u64(&writer, peer->came);
    frame_u64(&writer, peer->came_bytes);
    frame_u64(&writer, lag_now(node));
    frame_u64(&writer, computer_insns(node->computer));
    frame_u8(&writer, node->computer->vmm->differs);
    frame_end(&writer);
    peer->told = peer->came;
}

/* [perf] is said when this computer has come to be a backup, and when it works at quite another speed than it said. */
static void say_perf(struct node *node)
{
    struct remote_peer *peer = &node->peer;
    struct frame_writer writer;
    uint64_t now = node->rate.insn_ps, told = peer->perf_told_ps;
    uint64_t differs = now > told ? now - told : told - now;
    if (peer->perf_told && differs <= told / 4)
        return;
    link_begin(&peer->link, &writer, FRAME_PERF);
    frame_u64(&writer, now);
    frame_text(&writer, cpu_host_name());
    frame_text(&writer, cpu_engine_name(cpu_engine(node->computer->board->cpu).kind));
    frame_end(&writer);
    peer->perf_told = true;
    peer->perf_told_ps = now;
}

void partner_send_off(struct node *node)
{
    if (node->peer.off.count)
        send_frame(&node->peer, node->peer.off.at, node->peer.off.count);
    node->peer.off.count = 0;
    link_flush(&node->peer.link);
}

/* Does this node hear the world? */
static bool hears_world(const struct node *node)
{
    uint64_t timeout = node->system.world.config.settings.timeout_us * PS_PER_US;
    return !node->world.link.ended && node->now_ps < node->world.link.heard + timeout;
}

void partner_say(struct node *node)
{
    struct remote_peer *peer = &node->peer;
    struct frame_writer writer;
    if (!link_there(&peer->link) || !node->computer || peer->link.most == FRAME_HELLO_MAX)
        return;
    uint64_t beat = node->system.world.config.settings.heartbeat_us * PS_PER_US;
    bool due = node->now_ps >= peer->link.beaten + beat;
    if (node->computer->vmm->suppressed && (peer->came != peer->told || due))
        say_ack(node);
    if (node->computer->vmm->suppressed)
        say_perf(node);
    if (!due)
        return;
    link_begin(&peer->link, &writer, FRAME_BEAT);
    frame_u8(&writer, hears_world(node));
    frame_end(&writer);
    peer->link.beaten = node->now_ps;
}

/* ---- a join ---- */

bool partner_preparing(const struct node *node)
{
    return node->computer && (node->partner_joins || node->joining) && !node->prepared;
}

void partner_prepare(struct node *node)
{
    enum { PAGES_A_TURN = 16, PAGES_AT_THE_START = 512 }; /* beside a VP; while a guest that has not begun waits */
    struct vmm *vmm = node->computer ? node->computer->vmm : NULL;
    if (partner_preparing(node)) {
        unsigned pages = computer_insns(node->computer) ? PAGES_A_TURN : PAGES_AT_THE_START;
        node->prepared = board_memory_some(node->computer->board, &node->prepared_from, pages);
    }
    /* A guest that waits for a person may sleep for hours: its epoch ends now, so that it is not alone meanwhile. */
    if (vmm && vmm->idle && !vmm->suppressed && node->joining && link_there(&node->peer.link) &&
        !partner_preparing(node))
        vmm->idle = false;
}

static void send_past(struct node *node)
{
    const struct history *history = &node->computer->history;
    struct frame_writer writer;
    note_bytes notes = {0};
    uint64_t settled = history->before.operations;
    for (size_t i = 0; i < history->operations.count; i++) {
        const struct history_operation *op = &history->operations.at[i];
        note_issue(&notes, op);
        if (op->told_at)
            note_told(&notes, op);
    }
    link_begin(&node->peer.link, &writer, FRAME_PAST);
    frame_u64(&writer, settled);
    frame_u32(&writer, (uint32_t)node->screen.count);
    frame_data(&writer, node->screen.at, node->screen.count);
    frame_data(&writer, notes.at, notes.count);
    frame_end(&writer);
    VEC_FREE(&notes);
}

bool partner_join_if_due(struct vmm *vmm)
{
    struct remote_peer *peer = vmm->peer.remote;
    struct node *node = vmm->computer->remote;
    if (vmm->linked || !node->joining || !link_there(&peer->link) || partner_preparing(node))
        return true;
    /* What the world does not have yet would be nobody's if this node failed. */
    if (node->world.put > node->world.shown || node->world.frames_put > node->world.frames_sent)
        return false;
    node->joining = false;
    node->join_told = false;
    const struct perf perf = vmm->peer.perf; /* it may have been said already */
    peer_free(&vmm->peer);
    peer_init(&vmm->peer, &node->system.world.order, 1, &node->computer->channel, &node->incoming,
              &node->system.world.config.settings, node->now_ps);
    vmm->peer.perf = perf;
    vmm->peer.calls = &remote_peer_calls;
    vmm->peer.remote = peer;
    reach_say(node); /* H and the recording, up to here */
    struct frame_writer writer;
    link_begin(&node->world.link, &writer, FRAME_FORK);
    frame_u32(&writer, node->came);
    frame_end(&writer);
    send_past(node);
    join_begin(vmm);
    return true;
}

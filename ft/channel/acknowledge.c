/* acknowledge.c - acknowledgements (P4), which need no frames: at the primary, when each is here, and the reports that
 * some of them carry; at the backup, what its receiver answers. See peer.h.
 */
#include "ft/channel/acknowledge.h"

#include <assert.h>
#include <string.h>

#include "ft/message.h"

/* What the acknowledgement of a heartbeat carries. */
struct report {
    uint64_t lag_ps;
    uint64_t insn_ps; /* [perf] */
    bool differs;
};

/* ---- at the primary ---- */

void peer_lose_acks(struct peer *peer)
{
    peer->acks_lost_to_ps = peer->out->last_arrival_ps;
    peer->ack_instead_ps = 0;
}

uint64_t acknowledged_here(const struct peer *peer, uint64_t arrival_ps, uint64_t now_ps)
{
    const struct channel *out = peer->out;
    if (arrival_ps <= peer->acks_lost_to_ps)
        arrival_ps = peer->ack_instead_ps; /* a later one stands in for it, when something is sent that has one */
    if (!arrival_ps || arrival_ps >= peer_silent_since(peer, now_ps))
        return TIME_NEVER;
    uint64_t here = channel_ack_ps(out, arrival_ps);
    bool cut = out->cut && (out->waiting.count || here > out->cut_ps);
    return cut ? TIME_NEVER : here; /* until the channel is healed */
}

uint64_t report_here_ps(const struct peer *peer, uint64_t index)
{
    const struct channel *out = peer->out;
    index += peer->reports_behind;
    if (index >= QUEUE_COUNT(&out->beats))
        return TIME_NEVER;
    return channel_ack_ps(out, QUEUE_FRONT(&out->beats)[index]);
}

/* Of the reports in the queue: those that are no news before the first that is, and the lag that the last of them says.
 */
struct queued_reports {
    uint64_t count, without_news, lag_ps;
};

static struct queued_reports look_at_reports(const struct peer *peer, uint64_t most_lag_ps)
{
    struct channel_place place = channel_place(peer->in);
    struct queued_reports queued = {channel_count(peer->in), 0, peer->lag_ps};
    while (queued.without_news < queued.count) {
        struct report report;
        memcpy(&report, frame_bytes(channel_at(&place)), sizeof report);
        if (report.insn_ps != peer->perf.insn_ps || report.differs || report.lag_ps > most_lag_ps)
            break;
        queued.lag_ps = report.lag_ps;
        queued.without_news++;
        channel_place_next(&place);
    }
    return queued;
}

uint64_t reports_without_news(const struct peer *peer, uint64_t most_lag_ps)
{
    return look_at_reports(peer, most_lag_ps).without_news;
}

uint64_t reports_foreseen(const struct peer *peer, uint64_t most_lag_ps)
{
    struct queued_reports queued = look_at_reports(peer, most_lag_ps);
    uint64_t count = queued.without_news, sent = QUEUE_COUNT(&peer->out->beats);
    if (count < queued.count || !peer->lag_at_ps) /* before the first report the backup's speed is not known */
        return count;
    /* The oldest [end] that was not executed when the last of them was made had arrived so much before, or later. */
    const uint64_t *beats = sent ? QUEUE_FRONT(&peer->out->beats) : NULL;
    uint64_t since_ps = (count ? beats[count - 1] : peer->lag_at_ps) - queued.lag_ps;
    while (count < sent && beats[count] - since_ps <= most_lag_ps)
        count++;
    return count;
}

void listen_here(struct peer *peer, uint64_t now_ps)
{
    struct channel *out = peer->out;
    while (report_here_ps(peer, 0) <= now_ps) {
        uint64_t carrier = QUEUE_FRONT(&out->beats)[peer->reports_behind], begin, arrival;
        if (carrier >= peer_silent_since(peer, now_ps) || !channel_peek(peer->in, &begin, &arrival))
            return;
        struct report report;
        struct channel_place place = channel_place(peer->in);
        assert(arrival == *QUEUE_FRONT(&out->beats));
        memcpy(&report, frame_bytes(channel_at(&place)), sizeof report);
        channel_skip(peer->in);
        QUEUE_POP(&out->beats);
        if (carrier <= peer->acks_lost_to_ps || acknowledged_here(peer, carrier, now_ps) == TIME_NEVER)
            continue;
        peer->lag_ps = report.lag_ps;
        lags_add(&peer->lags, report.lag_ps);
        peer->perf.insn_ps = report.insn_ps;
        peer->lag_at_ps = arrival;
        peer->differs = report.differs;
    }
}

/* ---- at the backup ---- */

/* How old, at AT_PS, was the oldest [end] that had arrived and was not executed before that time? What its VP does
 * at this very picosecond may be known already, or not yet: it counts as what comes after, whoever was first. */
static uint64_t lag_at(struct peer *peer, uint64_t at_ps)
{
    while (QUEUE_COUNT(&peer->ended) && QUEUE_FRONT(&peer->ended)->executed_ps < at_ps)
        QUEUE_POP(&peer->ended);
    if (!QUEUE_COUNT(&peer->ended) || QUEUE_FRONT(&peer->ended)->arrival_ps > at_ps)
        return 0;
    return at_ps - QUEUE_FRONT(&peer->ended)->arrival_ps;
}

static void report(struct peer *peer, uint64_t at_ps)
{
    struct report report;
    memset(&report, 0, sizeof report); /* its gaps too: it goes into snapshots */
    report.lag_ps = lag_at(peer, at_ps);
    report.insn_ps = at_ps > peer->own_since_ps ? peer->own_insn_ps : peer->own_insn_ps_before;
    report.differs = peer->differs_ps < at_ps;
    channel_report(peer->out, &report, sizeof report, at_ps);
}

void acknowledge_beat(struct peer *peer, uint64_t arrival_ps)
{
    peer->heard_ps = arrival_ps;
    report(peer, arrival_ps);
}

bool acknowledge_one(struct peer *peer, const struct frame *frame)
{
    uint64_t epoch;
    peer->heard_ps = frame->arrival_ps;
    if (message_ends_epoch(frame_bytes(frame), frame->size, &epoch))
        *QUEUE_PUSH(&peer->ended) = (struct ended_epoch){epoch, frame->arrival_ps, TIME_NEVER};
    if (frame->beat)
        report(peer, frame->arrival_ps);
    return frame->beat;
}

bool acknowledge_here(struct peer *peer, bool early, uint64_t now_ps)
{
    struct channel *in = peer->in;
    uint64_t quiet = peer_quiet_ps(peer, early);
    const struct frame *frame;
    bool news = false;
    while ((frame = channel_scan(in)) != NULL && frame->arrival_ps <= now_ps &&
           frame->begin_ps <= peer->heard_ps + in->timeout_ps &&
           peer_frame_certain(peer, in->scanned, quiet, early, frame->arrival_ps)) {
        news |= acknowledge_one(peer, frame);
        channel_scan_next(in);
    }
    return news;
}

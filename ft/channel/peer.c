/* peer.c - see peer.h. */
#include "ft/channel/acknowledge.h"

#include <assert.h>
#include <string.h>

#include "ft/message.h"
#include "mmu/base/vtime.h"

void peer_init(struct peer *peer, const struct order *order, unsigned number, struct channel *out, struct channel *in,
               const struct settings *settings, uint64_t now_ps)
{
    memset(peer, 0, sizeof *peer);
    peer->calls = &peer_calls_here;
    peer->order = order;
    peer->number = number;
    peer->out = out;
    peer->in = in;
    peer->reports_behind = settings_reports_behind(settings);
    peer->received_ps = peer->heard_ps = now_ps;
    peer->differs_ps = TIME_NEVER;
}

void peer_free(struct peer *peer)
{
    QUEUE_FREE(&peer->ended);
}

static void visit_ended(struct visit *visit, struct ended_epoch *ended)
{
    VISIT_MOMENT(visit, ended->epoch);
    VISIT_MOMENT(visit, ended->arrival_ps);
    VISIT(visit, ended->executed_ps);
}

void peer_visit(struct peer *peer, struct visit *visit)
{
    VISIT_MOMENT(visit, peer->await_arrival_ps);
    VISIT(visit, peer->acks_lost_to_ps);
    VISIT(visit, peer->ack_instead_ps);
    VISIT(visit, peer->silence_known);
    VISIT_MOMENT(visit, peer->lag_ps);
    VISIT_MOMENT(visit, peer->lag_at_ps);
    VISIT(visit, peer->perf.insn_ps); /* the rest is a live one's */
    VISIT(visit, peer->lags);
    VISIT(visit, peer->own_insn_ps);
    VISIT(visit, peer->own_insn_ps_before);
    VISIT_MOMENT(visit, peer->own_since_ps);
    VISIT(visit, peer->differs);
    VISIT_MOMENT(visit, peer->received_ps);
    VISIT_MOMENT(visit, peer->heard_ps);
    VISIT(visit, peer->differs_ps);
    VISIT_QUEUE(visit, &peer->ended, visit_ended);
}

/* ---- a primary ---- */

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* When it died, if that is known; what it wrote before it promised that nothing more will come is there to be read. */
static uint64_t death_ps(const struct peer *peer, uint64_t promise_ps)
{
    return promise_ps == TIME_NEVER ? peer->in->silent_ps : TIME_NEVER;
}

uint64_t peer_silent_since(const struct peer *peer, uint64_t now_ps)
{
    return earlier(death_ps(peer, order_to_peer(peer->order, peer->number)), channel_judged_ps(peer->out, now_ps));
}

static uint64_t send_here(struct peer *peer, const uint8_t *bytes, size_t size, bool beat, uint64_t now_ps)
{
    uint64_t arrival =
        beat ? channel_send_beat(peer->out, bytes, size, now_ps) : channel_send(peer->out, bytes, size, now_ps);
    if (peer->acks_lost_to_ps && !peer->ack_instead_ps)
        peer->ack_instead_ps = arrival;
    return arrival;
}

/* What a cut channel keeps has the place of what left it last. If nothing ever has, this is before all that will. */
enum { PLACE_BEFORE_ALL_PS = 1 };

static uint64_t last_sent_here(const struct peer *peer)
{
    const struct channel *out = peer->out;
    return out->last_arrival_ps || !out->waiting.count ? out->last_arrival_ps : PLACE_BEFORE_ALL_PS;
}

static uint64_t line_free_here(const struct peer *peer, uint64_t now_ps)
{
    return peer->out->busy_until_ps;
}

static bool pages_wait_here(const struct peer *peer)
{
    return false;
}

static uint64_t room_here(const struct peer *peer)
{
    return channel_room_ps(peer->out);
}

static uint64_t horizon_here(struct peer *peer, uint64_t foreseen_lag_ps)
{
    uint64_t promise = order_to_peer(peer->order, peer->number);
    if (promise == TIME_NEVER)
        return TIME_NEVER;
    if (promise == TIME_REPORTED)
        promise = TIME_NEVER;
    uint64_t known = channel_count(peer->in);
    uint64_t foreseen = foreseen_lag_ps ? reports_foreseen(peer, foreseen_lag_ps) : 0;
    /* One that has judged this computer failed reports nothing any more. */
    uint64_t report = report_here_ps(peer, foreseen > known ? foreseen : known);
    return report == TIME_NEVER || peer->out->judged ? promise : earlier(promise, report);
}

/* When the report INDEX places behind the next one is to be taken, if it is in the queue, or [lost] of a backup. */
static uint64_t report_due_ps(const struct peer *peer, uint64_t index, uint64_t now_ps)
{
    if (peer->calls != &peer_calls_here)
        return TIME_NEVER;
    uint64_t due = channel_count(peer->in) > index ? report_here_ps(peer, index) : TIME_NEVER;
    uint64_t died = death_ps(peer, order_to_peer(peer->order, peer->number));
    if (died != TIME_NEVER && peer->in->says_lost && !peer->silence_known)
        due = earlier(due, died + peer->out->latency_ps);
    return due > now_ps ? due : TIME_NEVER;
}

uint64_t peer_report_due_ps(const struct peer *peer, uint64_t now_ps)
{
    return report_due_ps(peer, 0, now_ps);
}

uint64_t peer_news_due_ps(const struct peer *peer, uint64_t most_lag_ps, uint64_t now_ps)
{
    bool here = peer->calls == &peer_calls_here;
    return report_due_ps(peer, here ? reports_without_news(peer, most_lag_ps) : 0, now_ps);
}

uint64_t peer_beats_without_news(const struct peer *peer, uint64_t most_lag_ps, uint64_t foreseen_lag_ps)
{
    if (peer->calls != &peer_calls_here || peer->acks_lost_to_ps)
        return 0;
    uint64_t sent = QUEUE_COUNT(&peer->out->beats), most = peer->reports_behind;
    uint64_t known =
        foreseen_lag_ps ? reports_foreseen(peer, foreseen_lag_ps) : reports_without_news(peer, most_lag_ps);
    if (!foreseen_lag_ps)
        most /= REPORTS_PARTS;
    return known + peer->reports_behind > sent ? smallest(known + peer->reports_behind - sent, most) : 0;
}

void peer_performs(struct peer *peer, uint64_t insn_ps, uint64_t now_ps)
{
    peer->own_insn_ps_before = peer->own_insn_ps ? peer->own_insn_ps : insn_ps;
    peer->own_insn_ps = insn_ps;
    peer->own_since_ps = now_ps;
}

void lags_add(struct lags *lags, uint64_t lag_ps)
{
    lags->sum_ps += lag_ps;
    lags->count++;
    lags->max_ps = lag_ps > lags->max_ps ? lag_ps : lags->max_ps;
}

uint64_t peer_report_ps(const struct peer *peer, uint64_t last_ps)
{
    return last_ps + peer->out->latency_ps + peer->out->timeout_ps;
}

static bool judged_here(struct peer *peer, uint64_t now_ps, uint64_t *report_ps)
{
    uint64_t since = peer_silent_since(peer, now_ps), beat = peer->out->beat_ps;
    uint64_t judged = channel_judged_ps(peer->out, now_ps);
    if (peer->silence_known || peer->out->cut || since == TIME_NEVER)
        return false;
    /* The host may tell of a death before its time, or not at once: when a latency has passed nothing is known that was
     * not, and all has been sent that came before it. */
    if (now_ps < since + peer->out->latency_ps)
        return false;
    uint64_t beaten = since / beat * beat;
    uint64_t arrived = since == judged ? peer->out->heard_ps : channel_arrived_before(peer->out, since);
    peer->silence_known = true;
    if (since != judged && peer->in->says_lost) { /* [lost] is here as soon as an acknowledgement would be */
        *report_ps = channel_ack_ps(peer->out, since);
        return true;
    }
    *report_ps = peer_report_ps(peer, beaten > arrived ? beaten : arrived);
    return true;
}

/* ---- a backup ---- */

/* Where failures are detected early: at one time the lower number acts first (order_bound), so that a death of a higher
 * one at that time is known here a picosecond later. */
static uint64_t follows_ps(const struct peer *peer)
{
    return peer->number > 0;
}

uint64_t peer_quiet_ps(const struct peer *peer, bool early)
{
    uint64_t promise = order_to_peer(peer->order, peer->number);
    if (!early || promise >= TIME_REPORTED)
        return promise;
    uint64_t lives_ps = promise > peer->in->latency_ps ? promise - peer->in->latency_ps : 0; /* no promise yet */
    return lives_ps + follows_ps(peer);
}

uint64_t peer_died_early_ps(const struct peer *peer, uint64_t quiet_ps)
{
    uint64_t died = death_ps(peer, quiet_ps);
    return died == TIME_NEVER ? TIME_NEVER : died + follows_ps(peer);
}

bool peer_next(const struct peer *peer, uint64_t quiet_ps, uint64_t *begin_ps, uint64_t *arrival_ps)
{
    struct channel *in = peer->in;
    return channel_peek(in, begin_ps, arrival_ps) && (quiet_ps != TIME_NEVER || in->taken < in->lost);
}

bool peer_frame_certain(const struct peer *peer, uint64_t number, uint64_t quiet_ps, bool early, uint64_t arrival_ps)
{
    const struct channel *in = peer->in;
    uint64_t died = death_ps(peer, quiet_ps);
    if (died != TIME_NEVER)
        return number < in->lost && (!early || arrival_ps <= died);
    if (!in->losing && !early)
        return true;
    /* It lives at least until the promise less one latency. */
    return quiet_ps >= TIME_REPORTED || quiet_ps >= arrival_ps + (early ? follows_ps(peer) : in->latency_ps);
}

bool peer_certain(const struct peer *peer, uint64_t quiet_ps, bool early, uint64_t arrival_ps)
{
    return peer_frame_certain(peer, peer->in->taken, quiet_ps, early, arrival_ps);
}

uint64_t peer_deadline_ps(const struct peer *peer)
{
    return peer->received_ps + peer->in->timeout_ps;
}

uint64_t peer_silence_ps(const struct peer *peer, uint64_t quiet_ps)
{
    uint64_t deadline = peer_deadline_ps(peer), died = death_ps(peer, quiet_ps), begin, arrival;
    if (died == TIME_NEVER || !channel_peek(peer->in, &begin, &arrival) || begin > deadline)
        return deadline;
    return died + peer->in->latency_ps > deadline ? died + peer->in->latency_ps : deadline;
}

/* It was heard at AT_PS; of a live pair something else, which is no message, may have been heard since. */
static void hears(struct peer *peer, uint64_t at_ps)
{
    if (peer->received_ps < at_ps)
        peer->received_ps = at_ps;
}

void peer_take(struct peer *peer, struct frame *frame)
{
    const struct frame *next = channel_scan(peer->in);
    if (peer->in->scanned == peer->in->taken && next)
        acknowledge_one(peer, next);
    channel_take(peer->in, frame);
    hears(peer, frame->arrival_ps);
}

bool peer_train(const struct peer *peer, struct channel_place *place, struct train_ahead *ahead)
{
    return channel_train(peer->in, place, ahead);
}

/* As peer_take does with a heartbeat, which is next. */
static void take_beat(struct peer *peer)
{
    uint64_t begin, arrival;
    bool there = channel_peek(peer->in, &begin, &arrival);
    assert(there);
    if (peer->in->scanned == peer->in->taken)
        acknowledge_beat(peer, arrival);
    channel_skip(peer->in);
    hears(peer, arrival);
}

/* As peer_take does with each message of time INDEX of AHEAD, of which the last is message NUMBER: it ends an epoch
 * that is executed at EXECUTED_PS, for all that is known. */
static void take_time(struct peer *peer, const struct train_ahead *ahead, uint32_t index, uint64_t number,
                      uint64_t executed_ps)
{
    uint64_t epoch = ahead->epoch + index, arrival = ahead->arrival_ps + index * ahead->every_ps;
    if (number < peer->in->scanned) {
        if (executed_ps != TIME_NEVER)
            peer_executed(peer, epoch, executed_ps);
        return;
    }
    peer->heard_ps = arrival;
    *QUEUE_PUSH(&peer->ended) = (struct ended_epoch){epoch, arrival, executed_ps};
}

void peer_take_train(struct peer *peer, const struct train_ahead *ahead, uint32_t times, uint64_t executed_ps)
{
    peer_executed(peer, ahead->epoch - 1, executed_ps);
    for (uint32_t taken = 0, row; taken < times; taken += row) {
        while (channel_beat_is_next(peer->in))
            take_beat(peer);
        row = (uint32_t)smallest(times - taken, channel_times_ahead(peer->in));
        uint64_t number = peer->in->taken - 1;
        for (uint32_t i = taken; i < taken + row; i++) {
            number += ahead->messages;
            take_time(peer, ahead, i, number, i + 1 < times ? executed_ps + (i + 1) * ahead->every_ps : TIME_NEVER);
        }
        channel_take_times(peer->in, row);
        hears(peer, ahead->arrival_ps + (taken + row - 1) * ahead->every_ps);
    }
}

void peer_executed(struct peer *peer, uint64_t epoch, uint64_t now_ps)
{
    size_t count = QUEUE_COUNT(&peer->ended);
    struct ended_epoch *ended = count ? QUEUE_FRONT(&peer->ended) : NULL;
    size_t at =
        count && epoch - ended->epoch < count ? epoch - ended->epoch : 0; /* where the channel keeps the order */
    if (count && ended[at].epoch != epoch)
        for (at = 0; at < count && ended[at].epoch != epoch; at++)
            ;
    if (at < count)
        ended[at].executed_ps = now_ps;
}

/* ---- by whatever way ---- */

const struct peer_calls peer_calls_here = {
    .send = send_here,
    .last_sent = last_sent_here,
    .line_free_ps = line_free_here,
    .pages_wait = pages_wait_here,
    .room_ps = room_here,
    .acknowledged_ps = acknowledged_here,
    .horizon_ps = horizon_here,
    .listen = listen_here,
    .judged = judged_here,
    .acknowledge = acknowledge_here,
};

uint64_t peer_send(struct peer *peer, const uint8_t *bytes, size_t size, bool beat, uint64_t now_ps)
{
    return peer->calls->send(peer, bytes, size, beat, now_ps);
}

bool peer_takes_train(const struct peer *peer, uint32_t size, unsigned messages, uint64_t first_ps, uint64_t every_ps)
{
    return peer->calls == &peer_calls_here && !peer->acks_lost_to_ps &&
           channel_takes_train(peer->out, size, messages, first_ps, every_ps);
}

bool peer_line_is_free(const struct peer *peer, uint64_t time_ps)
{
    return channel_line_is_free(peer->out, time_ps);
}

void peer_send_train(struct peer *peer, const struct train *train)
{
    channel_send_train(peer->out, train);
}

uint64_t peer_last_sent(const struct peer *peer)
{
    return peer->calls->last_sent(peer);
}

uint64_t peer_line_free_ps(const struct peer *peer, uint64_t now_ps)
{
    return peer->calls->line_free_ps(peer, now_ps);
}

bool peer_pages_wait(const struct peer *peer)
{
    return peer->calls->pages_wait(peer);
}

uint64_t peer_room_ps(const struct peer *peer)
{
    return peer->calls->room_ps(peer);
}

uint64_t peer_acknowledged_ps(const struct peer *peer, uint64_t place, uint64_t now_ps)
{
    return peer->calls->acknowledged_ps(peer, place, now_ps);
}

uint64_t peer_horizon_ps(struct peer *peer, uint64_t foreseen_lag_ps)
{
    return peer->calls->horizon_ps(peer, foreseen_lag_ps);
}

void peer_listen(struct peer *peer, uint64_t now_ps)
{
    peer->calls->listen(peer, now_ps);
}

bool peer_judged(struct peer *peer, uint64_t now_ps, uint64_t *report_ps)
{
    return peer->calls->judged(peer, now_ps, report_ps);
}

bool peer_acknowledge(struct peer *peer, bool early, uint64_t now_ps)
{
    return peer->calls->acknowledge(peer, early, now_ps);
}

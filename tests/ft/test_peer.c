/* test_peer.c - two ends of a channel without a computer: what a primary may know of its backup, and a backup of its
 * primary, held against what a script lets happen (ft/channel/peer.h).
 *
 *   test_ft_peer [--seed N]
 *
 * The line takes a picosecond a bit, so that a time in microseconds shows in each number what it is made of.
 */
#include "ft/channel/peer.h"

#include "ft/message.h"
#include "tests/check.h"

#define US      PS_PER_US
#define LATENCY (20 * US)
#define BEAT    (1000 * US)
#define TIMEOUT (5000 * US)
#define ACK     UINT64_C(256) /* MESSAGE_ACK_BYTES on the line */
#define LINE    UINT64_C(256) /* and a message without data */

enum { PRIMARY, BACKUP, REPORTS_BEHIND = 3, DRAWN = 400, SENT_MAX = 60 };

/* Both ends. What the primary sends goes forth, reports and the backup's death come back. */
struct wire {
    struct settings settings;
    struct order order;
    struct channel forth, back;
    struct peer primary, backup;
};

static void start(struct check *t, struct wire *wire, bool losing)
{
    struct error error;
    settings_defaults(&wire->settings);
    wire->settings.channel_latency_us = LATENCY / US;
    wire->settings.channel_bits_per_s = 1000000000000;
    wire->settings.heartbeat_us = BEAT / US;
    wire->settings.timeout_us = TIMEOUT / US;
    wire->settings.lag_report_us = REPORTS_BEHIND * BEAT / US - 1; /* rounded up */
    wire->settings.channel_crash = losing;
    CHECK(order_init(&wire->order, PROCESSES_MAX, &error));
    channel_init(&wire->forth, &wire->settings);
    channel_init(&wire->back, &wire->settings);
    peer_init(&wire->primary, &wire->order, BACKUP, &wire->forth, &wire->back, &wire->settings, 0);
    peer_init(&wire->backup, &wire->order, PRIMARY, &wire->back, &wire->forth, &wire->settings, 0);
}

static void stop(struct wire *wire)
{
    peer_free(&wire->primary);
    peer_free(&wire->backup);
    channel_free(&wire->forth);
    channel_free(&wire->back);
    order_free(&wire->order);
}

/* The primary sends a message at NOW_PS. Returns when it arrives. */
static uint64_t sends(struct wire *wire, enum message_class message_class, uint64_t epoch, uint64_t now_ps)
{
    struct message message = {.message_class = message_class, .epoch = epoch};
    uint8_t bytes[MESSAGE_HEADER_BYTES];
    message_encode(&message, bytes);
    return peer_send(&wire->primary, bytes, sizeof bytes, message_class == MESSAGE_HEARTBEAT, now_ps);
}

static uint64_t acknowledged(const struct wire *wire, uint64_t arrival_ps, uint64_t now_ps)
{
    return peer_acknowledged_ps(&wire->primary, arrival_ps, now_ps);
}

static void dies(struct wire *wire, unsigned number, uint64_t now_ps, struct rng *rng)
{
    channel_silent(number == PRIMARY ? &wire->forth : &wire->back, now_ps, rng);
    order_promise(&wire->order, number, TIME_NEVER, TIME_NEVER);
}

/* ---- acknowledgements ---- */

static void test_acknowledged(struct check *t)
{
    struct wire wire;
    start(t, &wire, false);
    CHECK_EQ(acknowledged(&wire, 0, 0), TIME_NEVER); /* of nothing */
    uint64_t first = sends(&wire, MESSAGE_END, 1, 100 * US), second = sends(&wire, MESSAGE_END, 2, 300 * US);
    CHECK_EQ(first, 120 * US + LINE);
    CHECK_EQ(acknowledged(&wire, first, 100 * US), 140 * US + LINE + ACK);
    CHECK_EQ(acknowledged(&wire, second, 300 * US), 340 * US + LINE + ACK);
    stop(&wire);
}

/* A death is known when its promise is, not when the host has written it; what arrived before it is acknowledged. */
static void test_death(struct check *t)
{
    struct wire wire;
    uint64_t report = 0;
    start(t, &wire, false);
    uint64_t before = sends(&wire, MESSAGE_END, 1, 2100 * US), after = sends(&wire, MESSAGE_END, 2, 2200 * US);
    channel_silent(&wire.back, 2220 * US, NULL);
    CHECK_EQ(peer_silent_since(&wire.primary, 2300 * US), TIME_NEVER);
    CHECK_EQ(acknowledged(&wire, after, 2200 * US), 2240 * US + LINE + ACK);
    CHECK(!peer_judged(&wire.primary, 2300 * US, &report));
    dies(&wire, BACKUP, 2220 * US, NULL);
    CHECK_EQ(peer_silent_since(&wire.primary, 2300 * US), 2220 * US);
    CHECK_EQ(acknowledged(&wire, before, 2300 * US), 2140 * US + LINE + ACK);
    CHECK_EQ(acknowledged(&wire, after, 2300 * US), TIME_NEVER); /* 2220 us + 256 ps: too late */
    CHECK_EQ(acknowledged(&wire, 2220 * US - 1, 2300 * US), 2240 * US - 1 + ACK);
    CHECK_EQ(acknowledged(&wire, 2220 * US, 2300 * US), TIME_NEVER);
    CHECK_EQ(peer_horizon_ps(&wire.primary, 0), TIME_NEVER);

    /* Certain a latency later, and said once. Its last sign of life is the acknowledgement, not the heartbeat of 2000.
     */
    CHECK(!peer_judged(&wire.primary, 2240 * US - 1, &report));
    CHECK(peer_judged(&wire.primary, 2240 * US, &report));
    CHECK_EQ(report, before + LATENCY + TIMEOUT);
    CHECK(!peer_judged(&wire.primary, 2250 * US, &report));
    stop(&wire);

    start(t, &wire, false);
    sends(&wire, MESSAGE_END, 1, 1900 * US);
    dies(&wire, BACKUP, 2700 * US, NULL); /* and here it is the heartbeat */
    CHECK(peer_judged(&wire.primary, 2720 * US, &report));
    CHECK_EQ(report, 2000 * US + LATENCY + TIMEOUT);
    stop(&wire);
}

static void test_lost_acks(struct check *t)
{
    struct wire wire;
    start(t, &wire, false);
    uint64_t lost[2] = {sends(&wire, MESSAGE_END, 1, 100 * US), sends(&wire, MESSAGE_END, 2, 110 * US)};
    peer_lose_acks(&wire.primary);
    for (unsigned i = 0; i < 2; i++)
        CHECK_EQ(acknowledged(&wire, lost[i], 200 * US), TIME_NEVER);
    uint64_t instead = sends(&wire, MESSAGE_HEARTBEAT, 0, 400 * US), later = sends(&wire, MESSAGE_END, 3, 500 * US);
    for (unsigned i = 0; i < 2; i++)
        CHECK_EQ(acknowledged(&wire, lost[i], 500 * US), instead + ACK + LATENCY);
    CHECK_EQ(acknowledged(&wire, instead, 500 * US), instead + ACK + LATENCY);
    CHECK_EQ(acknowledged(&wire, later, 500 * US), later + ACK + LATENCY);
    peer_lose_acks(&wire.primary); /* again */
    CHECK_EQ(acknowledged(&wire, later, 500 * US), TIME_NEVER);
    instead = sends(&wire, MESSAGE_END, 4, 600 * US);
    CHECK_EQ(acknowledged(&wire, later, 600 * US), instead + ACK + LATENCY);
    stop(&wire);
}

static void test_cut(struct check *t)
{
    struct wire wire;
    uint64_t report, begin, arrival;
    start(t, &wire, false);
    uint64_t here = sends(&wire, MESSAGE_END, 1, 100 * US), under_way = sends(&wire, MESSAGE_END, 2, 200 * US);
    channel_cut(&wire.forth, 230 * US); /* arrived, and its acknowledgement is on its way */
    CHECK_EQ(acknowledged(&wire, here, 230 * US), here + ACK + LATENCY);
    CHECK_EQ(acknowledged(&wire, under_way, 230 * US), TIME_NEVER);
    CHECK_EQ(sends(&wire, MESSAGE_END, 3, 300 * US), under_way); /* it waits */
    CHECK_EQ(acknowledged(&wire, under_way, 300 * US), TIME_NEVER);
    CHECK_EQ(channel_count(&wire.forth), 2);
    /* Nobody judges by a line that is cut. */
    CHECK(!peer_judged(&wire.primary, 20 * TIMEOUT, &report));
    channel_heal(&wire.forth, 900 * US);
    CHECK_EQ(acknowledged(&wire, under_way, 900 * US), under_way + ACK + LATENCY);
    CHECK_EQ(wire.forth.last_arrival_ps, 920 * US + LINE);
    CHECK_EQ(acknowledged(&wire, wire.forth.last_arrival_ps, 900 * US), 940 * US + LINE + ACK);
    for (unsigned i = 0; i < 3; i++) {
        struct frame frame;
        CHECK(peer_next(&wire.backup, 0, &begin, &arrival));
        peer_take(&wire.backup, &frame);
    }
    CHECK_EQ(wire.backup.received_ps, 920 * US + LINE);
    stop(&wire);
}

/* The primary was silent for so long that its backup has judged it: at the same time as the backup's own deadline. */
static void test_judged(struct check *t)
{
    struct wire wire;
    uint64_t begin, arrival, report;
    struct frame frame;
    start(t, &wire, false);
    uint64_t last = sends(&wire, MESSAGE_END, 1, 100 * US), judged = last + TIMEOUT;
    CHECK(peer_next(&wire.backup, 0, &begin, &arrival));
    peer_take(&wire.backup, &frame);
    CHECK_EQ(peer_deadline_ps(&wire.backup), judged);
    CHECK_EQ(channel_detects_ps(wire.primary.out), judged);
    CHECK_EQ(peer_silent_since(&wire.primary, judged - LATENCY), TIME_NEVER); /* sent now it comes just in time */
    CHECK_EQ(peer_silent_since(&wire.primary, judged - LATENCY + 1), judged);
    CHECK(!peer_judged(&wire.primary, judged + LATENCY - 1, &report));

    /* What comes afterwards changes nothing: it is not acknowledged, and not heard. */
    uint64_t late = sends(&wire, MESSAGE_HEARTBEAT, 0, judged + 1);
    CHECK_EQ(acknowledged(&wire, last, judged + 1), last + ACK + LATENCY);
    CHECK_EQ(acknowledged(&wire, late, judged + 1), TIME_NEVER);
    CHECK_EQ(channel_detects_ps(wire.primary.out), judged);
    CHECK(!peer_acknowledge(&wire.backup, false, late));
    CHECK_EQ(wire.backup.heard_ps, last);
    CHECK(peer_judged(&wire.primary, judged + LATENCY, &report));
    CHECK_EQ(report, 5000 * US + LATENCY + TIMEOUT); /* its heartbeat before it judged was the last */
    stop(&wire);
}

/* ---- reports ---- */

/* The backup's reports are expected so many heartbeats later, taken then and not before. */
static void test_reports(struct check *t)
{
    struct wire wire;
    uint64_t beat[8];
    start(t, &wire, false);
    CHECK_EQ(wire.primary.reports_behind, REPORTS_BEHIND);
    order_promise(&wire.order, BACKUP, TIME_REPORTED, 0);
    uint64_t end = sends(&wire, MESSAGE_END, 1, 500 * US);
    for (unsigned i = 0; i < REPORTS_BEHIND; i++) {
        beat[i] = sends(&wire, MESSAGE_HEARTBEAT, 0, (i + 1) * BEAT);
        CHECK_EQ(peer_horizon_ps(&wire.primary, 0), TIME_NEVER); /* what carries a report has not been sent */
    }
    beat[3] = sends(&wire, MESSAGE_HEARTBEAT, 0, 4 * BEAT);
    uint64_t here = beat[3] + ACK + LATENCY;
    CHECK_EQ(peer_horizon_ps(&wire.primary, 0), here);

    /* The backup: each heartbeat puts one on its way, at its arrival. */
    CHECK(!peer_acknowledge(&wire.backup, false, beat[0] - 1));
    CHECK(peer_acknowledge(&wire.backup, false, beat[0]));
    CHECK(!peer_acknowledge(&wire.backup, false, beat[0]));
    CHECK_EQ(channel_count(&wire.back), 1);
    CHECK_EQ(peer_horizon_ps(&wire.primary, 0), TIME_NEVER); /* until what carries the second has been sent */
    peer_listen(&wire.primary, here - 1);
    CHECK_EQ(wire.primary.lag_at_ps, 0);
    peer_listen(&wire.primary, here);
    CHECK_EQ(wire.primary.lag_at_ps, beat[0]);
    CHECK_EQ(wire.primary.lag_ps, beat[0] - end);

    /* That it has executed the epoch, and that the replicas differ. */
    peer_executed(&wire.backup, 1, beat[1] - 7);
    wire.backup.differs_ps = beat[1] + 1;
    CHECK(peer_acknowledge(&wire.backup, false, beat[2]));
    for (unsigned i = 4; i < 6; i++)
        beat[i] = sends(&wire, MESSAGE_HEARTBEAT, 0, (i + 1) * BEAT);
    peer_listen(&wire.primary, beat[4] + ACK + LATENCY);
    CHECK_EQ(wire.primary.lag_at_ps, beat[1]);
    CHECK_EQ(wire.primary.lag_ps, 0);
    CHECK(!wire.primary.differs);
    peer_listen(&wire.primary, beat[5] + ACK + LATENCY);
    CHECK_EQ(wire.primary.lag_at_ps, beat[2]);
    CHECK(wire.primary.differs);
    stop(&wire);
}

/* A report whose acknowledgement does not come is not heard; the next one is. */
static void test_lost_report(struct check *t)
{
    struct wire wire;
    uint64_t beat[7];
    start(t, &wire, false);
    order_promise(&wire.order, BACKUP, TIME_REPORTED, 0);
    for (unsigned i = 0; i < 4; i++)
        beat[i] = sends(&wire, MESSAGE_HEARTBEAT, 0, (i + 1) * BEAT);
    peer_lose_acks(&wire.primary);
    beat[4] = sends(&wire, MESSAGE_HEARTBEAT, 0, 5 * BEAT);
    CHECK(peer_acknowledge(&wire.backup, false, beat[4]));
    peer_listen(&wire.primary, beat[3] + ACK + LATENCY);
    CHECK_EQ(wire.primary.lag_at_ps, 0);
    peer_listen(&wire.primary, beat[4] + ACK + LATENCY);
    CHECK_EQ(wire.primary.lag_at_ps, beat[1]);

    /* Nor is anything of a backup that died before the acknowledgement that would have carried it. */
    beat[5] = sends(&wire, MESSAGE_HEARTBEAT, 0, 6 * BEAT);
    dies(&wire, BACKUP, beat[5], NULL);
    peer_listen(&wire.primary, beat[5] + ACK + LATENCY);
    CHECK_EQ(wire.primary.lag_at_ps, beat[1]);
    stop(&wire);
}

static void test_horizon(struct check *t)
{
    struct wire wire;
    start(t, &wire, false);
    /* One that a fault may strike promises a time, and that or a report is the horizon, whichever is the earlier. */
    order_promise(&wire.order, BACKUP, 1234 * US, 0);
    CHECK_EQ(peer_horizon_ps(&wire.primary, 0), 1234 * US);
    uint64_t beat = 0;
    for (unsigned i = 0; i <= REPORTS_BEHIND; i++)
        beat = sends(&wire, MESSAGE_HEARTBEAT, 0, (i + 1) * BEAT);
    CHECK_EQ(peer_horizon_ps(&wire.primary, 0), 1234 * US);
    order_promise(&wire.order, BACKUP, 9000 * US, 0);
    CHECK_EQ(peer_horizon_ps(&wire.primary, 0), beat + ACK + LATENCY);
    /* One that has judged this computer failed reports nothing. */
    sends(&wire, MESSAGE_END, 1, beat + TIMEOUT);
    CHECK_EQ(peer_horizon_ps(&wire.primary, 0), 9000 * US);
    order_promise(&wire.order, BACKUP, TIME_REPORTED, 0);
    CHECK_EQ(peer_horizon_ps(&wire.primary, 0), TIME_NEVER);
    stop(&wire);
}

/* The lag of epochs by its definition: the age of the oldest [end] that had arrived and was not executed. */
static void test_lags(struct check *t)
{
    struct rng rng = rng_new(t->seed, 1);
    unsigned lagging = 0;
    for (unsigned round = 0; round < DRAWN; round++) {
        struct wire wire;
        uint64_t ended[SENT_MAX], executed[SENT_MAX], now = 0, done = 0;
        unsigned ends = 0;
        start(t, &wire, false);
        for (unsigned i = 0; i < SENT_MAX; i++) {
            now += 1 + rng_upto(&rng, 400 * US);
            bool beat = rng_upto(&rng, 3) == 0;
            uint64_t arrival = sends(&wire, beat ? MESSAGE_HEARTBEAT : MESSAGE_END, ends + 1, now);
            /* It is in its receiver at once; when the VP will have executed it is known at once too. */
            CHECK_EQ(peer_acknowledge(&wire.backup, false, arrival), beat);
            if (!beat) {
                done = (arrival > done ? arrival : done) + rng_upto(&rng, 500 * US);
                ended[ends] = arrival;
                executed[ends++] = done;
                peer_executed(&wire.backup, ends, done);
                continue;
            }
            uint64_t lag = 0, report, begin, at;
            for (unsigned k = ends; k-- > 0;)
                lag = executed[k] >= arrival ? arrival - ended[k] : lag;
            struct frame frame;
            CHECK(channel_peek(&wire.back, &begin, &at));
            CHECK_EQ(at, arrival);
            channel_take(&wire.back, &frame);
            memcpy(&report, frame_bytes(&frame), sizeof report); /* its first field */
            CHECK_EQ(report, lag);
            lagging += lag > 0;
        }
        stop(&wire);
    }
    CHECK(lagging > DRAWN);
}

/* A primary that can do without reports of a lag of MOST_PS goes on without those only that say no more, whatever the
 * backup's host has executed when it is asked, and what it executes then. */
static void test_foreseen(struct check *t)
{
    struct rng rng = rng_new(t->seed, 2);
    unsigned foreseen = 0, awaited = 0, more = 0;
    for (unsigned round = 0; round < DRAWN; round++) {
        struct wire wire;
        uint64_t arrival[SENT_MAX], beats[SENT_MAX], now = 0, done = 0, horizon = 0, begin, at;
        bool is_beat[SENT_MAX];
        unsigned count = 0, known = 0, asked = (unsigned)rng_upto(&rng, SENT_MAX - 1);
        uint64_t epoch = 0, most_ps = rng_upto(&rng, 12 * BEAT);
        start(t, &wire, false);
        order_promise(&wire.order, BACKUP, TIME_REPORTED, 0);
        for (unsigned i = 0; i < SENT_MAX; i++) {
            now += 1 + rng_upto(&rng, 400 * US);
            is_beat[i] = rng_upto(&rng, 3) == 0;
            arrival[i] = sends(&wire, is_beat[i] ? MESSAGE_HEARTBEAT : MESSAGE_END, epoch += !is_beat[i], now);
            if (is_beat[i])
                beats[count++] = arrival[i];
        }
        epoch = 0;
        for (unsigned i = 0; i < SENT_MAX; i++) {
            if (i == asked) {
                peer_listen(&wire.primary, arrival[i]);
                horizon = peer_horizon_ps(&wire.primary, most_ps);
                for (unsigned k = 0; k < i; k++)
                    known += is_beat[k];
            }
            peer_acknowledge(&wire.backup, false, arrival[i]);
            done = (arrival[i] > done ? arrival[i] : done) + rng_upto(&rng, i % 8 ? 200 * US : 4000 * US);
            if (!is_beat[i])
                peer_executed(&wire.backup, ++epoch, done);
        }
        while (channel_peek(&wire.back, &begin, &at)) {
            struct frame frame;
            unsigned number = 0;
            uint64_t lag;
            while (beats[number] != at)
                number++;
            channel_take(&wire.back, &frame);
            memcpy(&lag, frame_bytes(&frame), sizeof lag); /* its first field */
            uint64_t due =
                number + REPORTS_BEHIND < count ? beats[number + REPORTS_BEHIND] + ACK + LATENCY : TIME_NEVER;
            if (number < known || due == TIME_NEVER)
                continue;
            foreseen += due < horizon;
            awaited += due >= horizon;
            more += lag > most_ps;
            CHECK(due >= horizon || lag <= most_ps);
        }
        stop(&wire);
    }
    CHECK(foreseen > DRAWN && awaited > DRAWN && more > DRAWN);
}

/* What the backup's VP does at the very time of the arrival comes after it, whoever is first on the host. */
static void test_report_at_one_time(struct check *t)
{
    for (unsigned first = 0; first < 2; first++) {
        struct wire wire;
        start(t, &wire, false);
        uint64_t end = sends(&wire, MESSAGE_END, 1, 0), beat = sends(&wire, MESSAGE_HEARTBEAT, 0, 50 * US);
        CHECK(!peer_acknowledge(&wire.backup, false, end));
        for (unsigned i = 0; i < 2; i++)
            if (i == first) {
                CHECK(peer_acknowledge(&wire.backup, false, beat));
            } else {
                peer_executed(&wire.backup, 1, beat);
                wire.backup.differs_ps = beat;
            }
        struct frame frame;
        uint64_t lag;
        channel_take(&wire.back, &frame);
        memcpy(&lag, frame_bytes(&frame), sizeof lag);
        CHECK_EQ(lag, beat - end);
        CHECK(!frame_bytes(&frame)[2 * sizeof lag]); /* no difference yet */
        stop(&wire);
    }
}

/* ---- a backup ---- */

static void test_quiet(struct check *t)
{
    struct wire wire;
    uint64_t begin, arrival;
    start(t, &wire, false);
    order_promise(&wire.order, PRIMARY, 100 * US, 0);
    CHECK_EQ(peer_quiet_ps(&wire.backup, false), 100 * US);
    CHECK_EQ(peer_quiet_ps(&wire.backup, true), 80 * US); /* it lives until then */
    order_promise(&wire.order, BACKUP, 100 * US, 0);
    CHECK_EQ(peer_quiet_ps(&wire.primary, true), 80 * US + 1); /* were it the backup: at one time it acts first */
    CHECK_EQ(peer_died_early_ps(&wire.backup, 100 * US), TIME_NEVER);
    CHECK(!peer_next(&wire.backup, 100 * US, &begin, &arrival));
    CHECK_EQ(peer_deadline_ps(&wire.backup), TIMEOUT);
    CHECK_EQ(peer_silence_ps(&wire.backup, 100 * US), TIMEOUT);
    /* Its death counts from the promise on that nothing more will come. */
    channel_silent(&wire.forth, 90 * US, NULL);
    CHECK_EQ(peer_died_early_ps(&wire.backup, peer_quiet_ps(&wire.backup, false)), TIME_NEVER);
    order_promise(&wire.order, PRIMARY, TIME_NEVER, TIME_NEVER);
    CHECK_EQ(peer_quiet_ps(&wire.backup, false), TIME_NEVER);
    CHECK_EQ(peer_quiet_ps(&wire.backup, true), TIME_NEVER);
    CHECK_EQ(peer_died_early_ps(&wire.backup, TIME_NEVER), 90 * US);
    dies(&wire, BACKUP, 95 * US, NULL);
    CHECK_EQ(peer_died_early_ps(&wire.primary, TIME_NEVER), 95 * US + 1);
    CHECK_EQ(peer_silence_ps(&wire.backup, TIME_NEVER), TIMEOUT);
    stop(&wire);

    /* It died while a message came in that had begun by the deadline: silence ends with what it had sent of that. */
    start(t, &wire, false);
    sends(&wire, MESSAGE_END, 1, TIMEOUT - LATENCY);
    dies(&wire, PRIMARY, TIMEOUT - LATENCY + 100, NULL);
    CHECK_EQ(peer_silence_ps(&wire.backup, TIME_NEVER), TIMEOUT + 100);
    stop(&wire);
    start(t, &wire, false);
    sends(&wire, MESSAGE_END, 1, TIMEOUT - LATENCY + 1); /* this one had not */
    dies(&wire, PRIMARY, TIMEOUT - LATENCY + 100, NULL);
    CHECK_EQ(peer_silence_ps(&wire.backup, TIME_NEVER), TIMEOUT);
    stop(&wire);
}

/* On a channel that loses, what is under way is certain when its sender has outlived it by a latency. */
static void test_losing(struct check *t)
{
    unsigned lost[4] = {0};
    for (uint64_t seed = 0; seed < DRAWN; seed++) {
        struct wire wire;
        struct rng rng = rng_new(t->seed * 100003 + seed, 1);
        uint64_t begin, arrival, taken = 0, at[4];
        start(t, &wire, true);
        for (unsigned i = 0; i < 4; i++)
            at[i] = sends(&wire, MESSAGE_END, i + 1, (100 + 10 * i) * US); /* the first arrives before the death */
        CHECK(peer_next(&wire.backup, 130 * US, &begin, &arrival));
        CHECK(!peer_certain(&wire.backup, at[0] + LATENCY - 1, false, at[0]));
        CHECK(peer_certain(&wire.backup, at[0] + LATENCY, false, at[0]));
        CHECK(peer_certain(&wire.backup, TIME_REPORTED, false, at[0]));
        dies(&wire, PRIMARY, at[0], &rng);
        while (peer_next(&wire.backup, TIME_NEVER, &begin, &arrival)) {
            struct frame frame;
            CHECK_EQ(arrival, at[taken++]);
            CHECK(peer_certain(&wire.backup, TIME_NEVER, false, arrival));
            peer_take(&wire.backup, &frame);
        }
        CHECK(taken >= 1 && taken <= 4);
        CHECK_EQ(channel_count(&wire.forth), 4 - taken);
        CHECK_EQ(peer_deadline_ps(&wire.backup), at[taken - 1] + TIMEOUT);
        /* Nor is what was lost acknowledged. */
        peer_acknowledge(&wire.backup, false, 900 * US);
        CHECK_EQ(wire.backup.heard_ps, at[taken - 1]);
        lost[4 - taken]++;
        stop(&wire);
    }
    for (unsigned i = 0; i < 4; i++)
        CHECK(lost[i] > DRAWN / 16);
}

/* Where failures are detected early, what had not arrived at the death is not received at all. */
static void test_early(struct check *t)
{
    struct wire wire;
    uint64_t begin, arrival;
    struct frame frame;
    start(t, &wire, false);
    uint64_t first = sends(&wire, MESSAGE_END, 1, 100 * US), second = sends(&wire, MESSAGE_END, 2, 110 * US);
    CHECK(!peer_certain(&wire.backup, first - 1, true, first));
    CHECK(peer_certain(&wire.backup, first, true, first));
    CHECK(!peer_acknowledge(&wire.backup, true, 900 * US)); /* nothing is known of its sender yet */
    CHECK_EQ(wire.backup.heard_ps, 0);
    order_promise(&wire.order, PRIMARY, first + LATENCY, 0);
    peer_acknowledge(&wire.backup, true, 900 * US);
    CHECK_EQ(wire.backup.heard_ps, first);
    dies(&wire, PRIMARY, second - 1, NULL);
    CHECK(peer_next(&wire.backup, TIME_NEVER, &begin, &arrival));
    CHECK(peer_certain(&wire.backup, TIME_NEVER, true, first));
    peer_take(&wire.backup, &frame);
    CHECK(peer_next(&wire.backup, TIME_NEVER, &begin, &arrival));
    CHECK(!peer_certain(&wire.backup, TIME_NEVER, true, second));
    CHECK(peer_certain(&wire.backup, TIME_NEVER, false, second)); /* as it would be otherwise */
    peer_acknowledge(&wire.backup, true, 900 * US);
    CHECK_EQ(wire.backup.heard_ps, first);
    stop(&wire);
}

/* Of a live pair, two messages that were read at once after a long silence are both received: the silence has ended
 * with the reading, and is not judged again because the first message is old. */
static void test_read_late(struct check *t)
{
    struct wire wire;
    uint64_t begin, arrival, late = 100 * US + 2 * TIMEOUT;
    uint8_t bytes[MESSAGE_HEADER_BYTES] = {0};
    struct frame frame;
    start(t, &wire, false);
    channel_deliver(&wire.forth, bytes, sizeof bytes, 90 * US, 100 * US);
    channel_deliver(&wire.forth, bytes, sizeof bytes, late - US, late);
    wire.backup.received_ps = late; /* any whole frame is life (ft/live/remote_peer.c:partner_read) */
    CHECK(peer_next(&wire.backup, 0, &begin, &arrival));
    peer_take(&wire.backup, &frame);
    CHECK_EQ(wire.backup.received_ps, late);
    CHECK(peer_next(&wire.backup, 0, &begin, &arrival));
    CHECK_EQ(arrival, late);
    CHECK(begin <= peer_deadline_ps(&wire.backup));
    stop(&wire);
}

/* ---- both ends ---- */

/* The primary looks for its backup's silence by NOW_PS, as early as it is certain. True if it finds it now. */
static bool finds_silence(struct wire *wire, uint64_t died_ps, uint64_t now_ps, uint64_t *report_ps)
{
    if (died_ps <= now_ps && !order_has_ended(&wire->order, BACKUP))
        dies(wire, BACKUP, died_ps, NULL);
    uint64_t since = peer_silent_since(&wire->primary, now_ps);
    return since < now_ps && since + LATENCY <= now_ps && peer_judged(&wire->primary, since + LATENCY, report_ps);
}

/* What the primary computes is what the backup does: a message is acknowledged just if the living backup's receiver,
 * which has not judged the primary failed, has it. */
static void test_agree(struct check *t)
{
    struct rng rng = rng_new(t->seed, 2);
    unsigned deaths = 0, judgements = 0, all = 0;
    for (unsigned round = 0; round < DRAWN; round++) {
        struct wire wire;
        uint64_t arrival[SENT_MAX], now = 0, longest = TIMEOUT / 2 + rng_upto(&rng, TIMEOUT), report = 0;
        uint64_t died = rng_upto(&rng, 2) ? rng_upto(&rng, SENT_MAX * BEAT) : TIME_NEVER;
        bool found = false;
        start(t, &wire, false);
        for (unsigned i = 0; i < SENT_MAX; i++) {
            now += rng_upto(&rng, 15) ? rng_upto(&rng, BEAT) : rng_upto(&rng, longest);
            found |= finds_silence(&wire, died, now, &report);
            arrival[i] = sends(&wire, rng_upto(&rng, 1) ? MESSAGE_END : MESSAGE_HEARTBEAT, i, now);
        }
        uint64_t end = arrival[SENT_MAX - 1];
        peer_acknowledge(&wire.backup, false, died - 1);
        for (unsigned i = 0; i < SENT_MAX; i++)
            CHECK_EQ(acknowledged(&wire, arrival[i], end),
                     i < wire.forth.scanned ? arrival[i] + ACK + LATENCY : TIME_NEVER);
        uint64_t heard = wire.backup.heard_ps;
        bool judged = wire.forth.judged, dead = died <= end;
        CHECK(dead || judged || heard == end);
        CHECK(dead || heard == wire.forth.heard_ps);
        deaths += dead;
        judgements += judged;
        all += heard == end;
        /* The fault monitor's report: a time-out after the last that came, an acknowledgement or a heartbeat. */
        found |= finds_silence(&wire, died, end + LATENCY, &report);
        CHECK_EQ(found, judged || dead);
        uint64_t since = peer_silent_since(&wire.primary, end), beaten = since / BEAT * BEAT;
        CHECK(!found || report == (beaten > heard ? beaten : heard) + LATENCY + TIMEOUT);
        stop(&wire);
    }
    CHECK(deaths > DRAWN / 8 && judgements > DRAWN / 8 && all > DRAWN / 8);
}

int main(int argc, char **argv)
{
    struct check t = check_begin("ft.peer", argc, argv);
    test_acknowledged(&t);
    test_death(&t);
    test_lost_acks(&t);
    test_cut(&t);
    test_judged(&t);
    test_reports(&t);
    test_lost_report(&t);
    test_horizon(&t);
    test_lags(&t);
    test_foreseen(&t);
    test_report_at_one_time(&t);
    test_quiet(&t);
    test_losing(&t);
    test_early(&t);
    test_read_late(&t);
    test_agree(&t);
    return check_end(&t);
}

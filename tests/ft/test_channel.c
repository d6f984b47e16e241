/* test_channel.c - one direction of the FIFO: latency, bandwidth, order, and the suffix that a crash may lose. */
#include "ft/channel/channel.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "mmu/base/vtime.h"
#include "tests/check.h"

static void start(struct channel *channel, uint64_t latency_us, uint64_t bits_per_s)
{
    struct settings settings;
    settings_defaults(&settings);
    settings.channel_latency_us = latency_us;
    settings.channel_bits_per_s = bits_per_s;
    settings.channel_crash = 1;
    channel_init(channel, &settings);
}

/* A message occupies the line for its bits, then takes the latency; the next one waits for the line. */
static void test_times(struct check *t)
{
    struct channel channel;
    uint64_t begin = 0, arrival = 0;
    uint8_t bytes[1000] = {0};
    start(&channel, 20, 1000000); /* a microsecond a bit */
    CHECK_EQ(channel_line_time_ps(&channel, 32), 256 * PS_PER_US);
    CHECK_EQ(channel_line_time_ps(&channel, 0), 0);
    CHECK(!channel_peek(&channel, &begin, &arrival));
    CHECK_EQ(channel_send(&channel, bytes, 32, 100 * PS_PER_US), (100 + 256 + 20) * PS_PER_US);
    CHECK(channel_peek(&channel, &begin, &arrival));
    CHECK_EQ(begin, 120 * PS_PER_US);
    CHECK_EQ(arrival, 376 * PS_PER_US);
    /* sent at once after it: the line is free at 356 */
    CHECK_EQ(channel_send(&channel, bytes, 10, 101 * PS_PER_US), (356 + 80 + 20) * PS_PER_US);
    /* sent when the line is long free */
    CHECK_EQ(channel_send(&channel, bytes, 1, 5000 * PS_PER_US), (5000 + 8 + 20) * PS_PER_US);
    CHECK_EQ(channel.last_arrival_ps, 5028 * PS_PER_US);
    CHECK_EQ(channel.messages, 3);
    CHECK_EQ(channel.bytes, 43);
    CHECK(channel_peek(&channel, &begin, &arrival)); /* still the first */
    CHECK_EQ(arrival, 376 * PS_PER_US);
    channel_free(&channel);            /* with messages in it */
    start(&channel, 1, 1000000000000); /* a picosecond a bit */
    CHECK_EQ(channel_send(&channel, bytes, 1000, 0), 8000 + PS_PER_US);
    channel_free(&channel);
}

/* Every message comes out whole, in order, at a time that never decreases, whatever the sizes and the queue's length.
 */
static void test_fifo(struct check *t)
{
    enum { MESSAGES = 3000, SIZE_MAX_BYTES = 300 };
    struct channel channel;
    struct rng rng = rng_new(t->seed, 1), check = rng;
    uint64_t now = 0, last = 0, begin, arrival;
    unsigned sent = 0, taken = 0;
    uint8_t bytes[SIZE_MAX_BYTES];
    start(&channel, 3, 100000000);
    while (taken < MESSAGES) {
        bool send = sent < MESSAGES && (sent == taken || rng_next(&rng) % 16 < (sent / 500 % 2 ? 5 : 11));
        check = rng_new(t->seed, 100 + (send ? sent : taken));
        size_t size = 1 + (size_t)rng_upto(&check, SIZE_MAX_BYTES - 1);
        if (send) {
            for (size_t i = 0; i < size; i++)
                bytes[i] = (uint8_t)rng_next(&check);
            now += rng_upto(&rng, 20000000);
            channel_send(&channel, bytes, size, now);
            sent++;
            continue;
        }
        struct frame frame;
        CHECK(channel_peek(&channel, &begin, &arrival));
        channel_take(&channel, &frame);
        CHECK_EQ(frame.size, size);
        CHECK_EQ(frame.arrival_ps, arrival);
        CHECK_EQ(frame.arrival_ps - frame.begin_ps, channel_line_time_ps(&channel, size));
        CHECK(frame.begin_ps >= last);
        last = frame.arrival_ps;
        for (size_t i = 0; i < size; i++)
            if (frame_bytes(&frame)[i] != (uint8_t)rng_next(&check)) {
                CHECK(!"a byte changed on its way");
                break;
            }
        frame_free(&frame);
        taken++;
    }
    CHECK(!channel_peek(&channel, &begin, &arrival));
    channel_free(&channel);
}

/* Send COUNT messages, the I-th arriving at 200 + (i + 1) * 10 us, crash at NOW_PS (all are on their way then): how
 * many are left. */
static unsigned survivors(struct check *t, unsigned count, uint64_t now_ps, uint64_t seed)
{
    struct channel channel;
    struct rng rng = rng_new(seed, 3);
    uint8_t bytes[100] = {0};
    unsigned left = 0;
    uint64_t begin, arrival;
    start(&channel, 200, 1000000000000);
    for (unsigned i = 0; i < count; i++) {
        bytes[0] = (uint8_t)i;
        size_t size = i % 2 ? 100 : 10; /* in the frame and beside it */
        uint64_t sent = (i + 1) * 10 * PS_PER_US - channel_line_time_ps(&channel, size);
        CHECK_EQ(channel_send(&channel, bytes, size, sent), (200 + (i + 1) * 10) * PS_PER_US);
    }
    channel_silent(&channel, now_ps, &rng);
    while (channel_peek(&channel, &begin, &arrival) && channel.taken < channel.lost) {
        struct frame frame;
        channel_take(&channel, &frame);
        CHECK_EQ(frame_bytes(&frame)[0], left); /* a prefix: those that are left are the first */
        frame_free(&frame);
        left++;
    }
    channel_free(&channel);
    return left;
}

static void test_lose_suffix(struct check *t)
{
    unsigned seen[9] = {0};
    for (uint64_t seed = 0; seed < 300; seed++) {
        unsigned left = survivors(t, 8, 230 * PS_PER_US, t->seed * 1000 + seed); /* the third arrives just then */
        CHECK(left >= 3 && left <= 8);
        CHECK_EQ(survivors(t, 8, 230 * PS_PER_US, t->seed * 1000 + seed), left); /* by the seed alone */
        if (left <= 8)
            seen[left]++;
    }
    for (unsigned left = 3; left <= 8; left++)
        CHECK(seen[left] > 0); /* every suffix may be the one */
    CHECK_EQ(survivors(t, 8, 280 * PS_PER_US, t->seed), 8);
    CHECK(survivors(t, 5, 280 * PS_PER_US, t->seed) == 5);
    CHECK_EQ(survivors(t, 0, 0, t->seed), 0);
}

enum { THREADED = 20000 };

static size_t threaded_size(unsigned i)
{
    return 8 + (size_t)i * 37 % 90;
}

static void *send_all(void *arg)
{
    uint8_t bytes[98];
    for (unsigned i = 0; i < THREADED; i++) {
        memset(bytes, (int)(i * 11), sizeof bytes);
        memcpy(bytes, &i, sizeof i);
        channel_send(arg, bytes, threaded_size(i), i);
    }
    return NULL;
}

/* Sender and receiver on two host threads: the same messages in the same order. */
static void test_threads(struct check *t)
{
    struct channel channel;
    pthread_t sender;
    uint64_t begin, arrival, last = 0;
    start(&channel, 20, 1000000000);
    if (pthread_create(&sender, NULL, send_all, &channel))
        abort();
    for (unsigned i = 0; i < THREADED;) {
        if (!channel_peek(&channel, &begin, &arrival)) {
            sched_yield();
            continue;
        }
        struct frame frame;
        channel_take(&channel, &frame);
        const uint8_t *bytes = frame_bytes(&frame);
        CHECK_EQ(frame.size, threaded_size(i));
        CHECK(!memcmp(bytes, &i, sizeof i) && bytes[frame.size - 1] == (uint8_t)(i * 11));
        CHECK(begin >= last && arrival == frame.arrival_ps);
        last = arrival;
        frame_free(&frame);
        i++;
    }
    pthread_join(sender, NULL);
    CHECK(!channel_peek(&channel, &begin, &arrival));
    channel_free(&channel);
}

/* ---- trains ---- */

enum { TRAINS = 2000, TIMES_MAX = 20, BEATS_MAX = 6, LATENCY_US = 100 };

static struct train draw_train(struct rng *rng, unsigned size)
{
    struct train train = {.size = size,
                          .messages = size > MESSAGE_HEADER_BYTES ? 1 : 1 + (unsigned)rng_upto(rng, 1),
                          .times = 1 + (uint32_t)rng_upto(rng, TIMES_MAX - 1),
                          .first_ps = (1000 + rng_upto(rng, 900)) * PS_PER_US,
                          .every_ps = (20 + rng_upto(rng, 700)) * PS_PER_US,
                          .beats = (uint32_t)rng_upto(rng, BEATS_MAX),
                          .beat_first_ps = (900 + rng_upto(rng, 1000)) * PS_PER_US,
                          .beat_every_ps = (300 + rng_upto(rng, 700)) * PS_PER_US,
                          .beat_value = rng_upto(rng, 1000000)};
    train.value_step = train.every_ps;
    for (unsigned i = 0; i < train.messages; i++) {
        struct message message = {.message_class = i + 1 < train.messages ? MESSAGE_TIME : MESSAGE_END,
                                  .epoch = 77,
                                  .index = i,
                                  .value = rng_upto(rng, 1000000)};
        message_encode(&message, train.bytes + (size_t)i * size);
    }
    return train;
}

/* Send each message of TRAIN in its time. False if one of them would have to wait for the line: then it is no train. */
static bool send_singly(struct channel *channel, const struct train *train)
{
    for (uint32_t time = 0, beat = 0; time < train->times || beat < train->beats;) {
        uint64_t at = train->first_ps + time * train->every_ps;
        uint64_t beat_at = train->beat_first_ps + beat * train->beat_every_ps;
        bool is_beat = beat < train->beats && (time == train->times || beat_at <= at);
        if (!channel_line_is_free(channel, is_beat ? beat_at : at))
            return false;
        if (is_beat) {
            uint8_t bytes[MESSAGE_HEADER_BYTES];
            message_encode(&(struct message){.message_class = MESSAGE_HEARTBEAT,
                                             .epoch = 77 + time,
                                             .value = train->beat_value + beat * train->beat_every_ps},
                           bytes);
            channel_send_beat(channel, bytes, sizeof bytes, beat_at);
            beat++;
            continue;
        }
        for (unsigned i = 0; i < train->messages; i++) {
            uint8_t bytes[FRAME_INLINE_BYTES];
            memcpy(bytes, train->bytes + (size_t)i * train->size, train->size);
            message_later(bytes, time, time * train->value_step);
            channel_send(channel, bytes, train->size, at);
        }
        time++;
    }
    return true;
}

/* What the next message of both is, to who looks and to who takes it, is the same. */
static void take_one(struct check *t, struct channel *train, struct channel *singles)
{
    struct frame one, other;
    uint64_t begin, arrival;
    bool beat = channel_beat_is_next(train);
    const struct frame *scanned = train->scanned == train->taken ? channel_scan(train) : NULL;
    CHECK(channel_peek(singles, &begin, &arrival));
    channel_take(singles, &other);
    CHECK(!scanned ||
          (scanned->arrival_ps == arrival && memcmp(frame_bytes(scanned), frame_bytes(&other), other.size) == 0));
    CHECK(channel_peek(train, &begin, &arrival));
    channel_take(train, &one);
    CHECK(one.begin_ps == other.begin_ps && one.arrival_ps == other.arrival_ps && begin == one.begin_ps);
    CHECK(one.beat == other.beat && beat == one.beat && arrival == one.arrival_ps);
    CHECK(one.size == other.size && memcmp(frame_bytes(&one), frame_bytes(&other), one.size) == 0);
    frame_free(&one);
    frame_free(&other);
}

/* Some times of the train at once, if the receiver is at the beginning of one; or one message. */
static void take_some(struct check *t, struct channel *train, struct channel *singles, struct rng *rng)
{
    struct train_ahead ahead;
    struct channel_place place = channel_place(train);
    if (rng_upto(rng, 2) == 0 || !channel_train(train, &place, &ahead)) {
        take_one(t, train, singles);
        return;
    }
    for (unsigned i = 0; i < ahead.beats; i++)
        take_one(t, train, singles);
    uint32_t row = channel_times_ahead(train), times = 1 + (uint32_t)rng_upto(rng, row - 1);
    CHECK(row <= ahead.times);
    for (uint32_t i = 0; i < times; i++) {
        struct frame last = {0};
        for (unsigned m = 0; m < ahead.messages; m++)
            channel_take(singles, &last);
        struct message_numbers numbers = message_numbers(frame_bytes(&last));
        CHECK_EQ(last.arrival_ps, ahead.arrival_ps + i * ahead.every_ps);
        CHECK_EQ(numbers.epoch, ahead.epoch + i);
        CHECK_EQ(numbers.value, ahead.value + i * ahead.value_step);
        CHECK_EQ(numbers.index, ahead.index);
        frame_free(&last);
    }
    channel_take_times(train, times);
}

/* A train, with heartbeats among its times or without, is what the same messages are when each is sent in its time. */
static void test_trains(struct check *t)
{
    struct rng rng = rng_new(t->seed, 9);
    unsigned with_beats = 0, scanned = 0;
    for (unsigned round = 0; round < TRAINS; round++) {
        struct channel one, other;
        struct train train = draw_train(&rng, rng_upto(&rng, 1) ? MESSAGE_HEADER_BYTES : FRAME_INLINE_BYTES);
        start(&one, LATENCY_US, 100000000);
        start(&other, LATENCY_US, 100000000);
        bool is_train = send_singly(&other, &train);
        if (is_train) {
            channel_send_train(&one, &train);
            with_beats += train.beats > 0;
            CHECK(one.messages == other.messages && one.bytes == other.bytes && one.heard_ps == other.heard_ps);
            CHECK(one.busy_until_ps == other.busy_until_ps && one.last_arrival_ps == other.last_arrival_ps);
            CHECK_EQ(channel_last_arrival(&one), channel_last_arrival(&other));
            CHECK_EQ(QUEUE_COUNT(&one.under_way), QUEUE_COUNT(&other.under_way));
            CHECK(memcmp(QUEUE_FRONT(&one.under_way), QUEUE_FRONT(&other.under_way),
                         QUEUE_COUNT(&one.under_way) * sizeof(uint64_t)) == 0);
            CHECK_EQ(QUEUE_COUNT(&one.beats), train.beats);
            CHECK(!train.beats ||
                  memcmp(QUEUE_FRONT(&one.beats), QUEUE_FRONT(&other.beats), train.beats * sizeof(uint64_t)) == 0);
        }
        while (is_train && channel_count(&one)) {
            CHECK_EQ(channel_count(&one), channel_count(&other));
            while (rng_upto(&rng, 1) && channel_scan(&one)) { /* its acknowledging runs ahead of what it takes */
                channel_scan_next(&one);
                scanned++;
            }
            take_some(t, &one, &other, &rng);
        }
        CHECK(!is_train || !channel_count(&other));
        channel_free(&one);
        channel_free(&other);
    }
    CHECK(with_beats > TRAINS / 4 && scanned > TRAINS);
}

int main(int argc, char **argv)
{
    struct check t = check_begin("ft.channel", argc, argv);
    test_times(&t);
    test_trains(&t);
    test_fifo(&t);
    test_lose_suffix(&t);
    test_threads(&t);
    return check_end(&t);
}

/* test_channel.c - one direction of the FIFO: latency, bandwidth, order, and the suffix that a crash may lose. */
#include "ft/channel/channel.h"

#include <pthread.h>
#include <sched.h>

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

int main(int argc, char **argv)
{
    struct check t = check_begin("ft.channel", argc, argv);
    test_times(&t);
    test_fifo(&t);
    test_lose_suffix(&t);
    test_threads(&t);
    return check_end(&t);
}

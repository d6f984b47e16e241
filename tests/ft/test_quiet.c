/* test_quiet.c - epochs' ends that a run passes (ft/vmm/quiet.h) are what they are when somebody looks at each: what is
 * in the channel, message by message with its times; the VP and its monitor; and what comes of whole runs.
 *
 *   test_ft_quiet GUESTS
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ft/channel/channel.h"
#include "ft/computer/kind.h"
#include "ft/system/system.h"
#include "ft/vmm/vmm.h"
#include "tests/check.h"

enum { LAG = 64, LAG_BEATS = 1024, BEAT_INSNS = 50000, SLOW_BITS_PER_S = 10000000, TURNS = 100 * LAG_BEATS };

struct kind_of_run {
    const char *guest, *protocol;
    enum system_mode mode;
    uint32_t epoch_insns;
    uint64_t timeout_insns;
    uint64_t lag_epochs;
    uint64_t channel_bits_per_s; /* 0: the usual */
};

/* With LOOKED_AT there is a time line, and no end is passed. */
static struct system *start(struct check *t, const char *guests, const struct kind_of_run *run, bool looked_at)
{
    char guest[4096];
    struct system_config config;
    struct error error = {{0}};
    snprintf(guest, sizeof guest, "%s/%s.elf", guests, run->guest);
    system_config_defaults(&config);
    config.mode = run->mode;
    config.protocol = run->protocol;
    config.epoch_insns = run->epoch_insns;
    config.timeout_insns = run->timeout_insns;
    config.ram_bytes = 4 << 20;
    config.disk_path = "/tmp/test_quiet.never";
    config.disk_create_bytes = 1 << 20;
    config.disk_snapshot = true;
    config.settings.lag_epochs = run->lag_epochs;
    if (run->channel_bits_per_s)
        config.settings.channel_bits_per_s = run->channel_bits_per_s;
    config.chronicle_rows = looked_at ? 64 : 0;
    struct system *system = system_new(&config, &error);
    CHECK(system && system_load(system, guest, &error));
    for (unsigned i = 0; i < system->world.computers; i++)
        computer_begin_run(system->computer[i]);
    return system;
}

/* Let COMPUTER go on until it can not. Returns the most epochs that it passed in one turn. */
static uint64_t advance(struct computer *computer)
{
    uint64_t most = 0;
    enum advance result = ADVANCE_MORE;
    for (unsigned i = 0; i < TURNS && result == ADVANCE_MORE; i++) {
        uint64_t epoch = computer->vmm->epoch;
        result = vmm_kind.advance(computer);
        if (computer->vmm->epoch - epoch > most)
            most = computer->vmm->epoch - epoch;
    }
    computer_publish(computer, result);
    return most;
}

/* What lies in both channels is the same. */
static void compare_channels(struct check *t, struct channel *a, struct channel *b)
{
    struct frame one, other;
    uint64_t times[2], wanted[2];
    CHECK_EQ(channel_count(a), channel_count(b));
    CHECK_EQ(channel_last_arrival(a), channel_last_arrival(b));
    CHECK(a->messages == b->messages && a->bytes == b->bytes && a->heard_ps == b->heard_ps &&
          a->busy_until_ps == b->busy_until_ps && a->last_arrival_ps == b->last_arrival_ps);
    CHECK_EQ(QUEUE_COUNT(&a->under_way), QUEUE_COUNT(&b->under_way));
    CHECK_EQ(QUEUE_COUNT(&a->beats), QUEUE_COUNT(&b->beats));
    while (channel_peek(a, &times[0], &times[1]) && channel_peek(b, &wanted[0], &wanted[1])) {
        const struct frame *scanned = channel_scan(a);
        CHECK(memcmp(times, wanted, sizeof times) == 0);
        CHECK(scanned && scanned->begin_ps == wanted[0] && scanned->arrival_ps == wanted[1]);
        channel_take(a, &one);
        channel_take(b, &other);
        CHECK(one.begin_ps == other.begin_ps && one.arrival_ps == other.arrival_ps && one.beat == other.beat);
        CHECK(one.size == other.size && memcmp(frame_bytes(&one), frame_bytes(&other), one.size) == 0);
        frame_free(&one);
        frame_free(&other);
    }
    CHECK(!channel_peek(a, &times[0], &times[1]) && !channel_peek(b, &wanted[0], &wanted[1]));
}

static void compare_monitors(struct check *t, struct computer *a, struct computer *b)
{
    const struct vmm *one = a->vmm, *other = b->vmm;
    CHECK_EQ(one->epoch, other->epoch);
    CHECK_EQ(computer_insns(a), computer_insns(b));
    CHECK_EQ(computer_now(a), computer_now(b));
    CHECK_EQ(one->epoch_start_insns, other->epoch_start_insns);
    CHECK_EQ(one->epoch_start_ps, other->epoch_start_ps);
    CHECK_EQ(one->last_clock_ps, other->last_clock_ps);
    CHECK_EQ(one->end_clock_ps, other->end_clock_ps);
    CHECK_EQ(one->timer_seen_ticks, other->timer_seen_ticks);
    CHECK_EQ(one->frames_seen, other->frames_seen);
    CHECK_EQ(one->ended_epoch, other->ended_epoch);
    CHECK_EQ(one->seen_clock_ps, other->seen_clock_ps);
    CHECK_EQ(one->seen_at_ps, other->seen_at_ps);
    CHECK_EQ(one->peer.received_ps, other->peer.received_ps);
    CHECK_EQ(one->peer.heard_ps, other->peer.heard_ps);
    CHECK_EQ(one->peer.lag_ps, other->peer.lag_ps);
    CHECK_EQ(one->peer.lag_at_ps, other->peer.lag_at_ps);
    CHECK(memcmp(&a->lags, &b->lags, sizeof a->lags) == 0);
    CHECK_EQ(events_next_time(&a->events), events_next_time(&b->events));
    CHECK_EQ(a->events.next_order, b->events.next_order);
    CHECK_EQ(one->points.last.reason, other->points.last.reason);
    CHECK_EQ(one->points.last_insns, other->points.last_insns);
    CHECK(position_is(&one->points.last.position, &other->points.last.position));
    CHECK_EQ(one->points.last.theory_ps, other->points.last.theory_ps);
    CHECK(memcmp(&a->points, &b->points, sizeof a->points) == 0);
    CHECK_EQ(QUEUE_COUNT(&one->clocks), QUEUE_COUNT(&other->clocks));
    CHECK_EQ(QUEUE_COUNT(&one->peer.ended), QUEUE_COUNT(&other->peer.ended));
    for (size_t i = 0; i < QUEUE_COUNT(&one->clocks) && i < QUEUE_COUNT(&other->clocks); i++)
        CHECK(QUEUE_FRONT(&one->clocks)[i].epoch == QUEUE_FRONT(&other->clocks)[i].epoch &&
              QUEUE_FRONT(&one->clocks)[i].value == QUEUE_FRONT(&other->clocks)[i].value);
    for (size_t i = 0; i < QUEUE_COUNT(&one->peer.ended) && i < QUEUE_COUNT(&other->peer.ended); i++)
        CHECK(QUEUE_FRONT(&one->peer.ended)[i].epoch == QUEUE_FRONT(&other->peer.ended)[i].epoch &&
              QUEUE_FRONT(&one->peer.ended)[i].arrival_ps == QUEUE_FRONT(&other->peer.ended)[i].arrival_ps &&
              QUEUE_FRONT(&one->peer.ended)[i].executed_ps == QUEUE_FRONT(&other->peer.ended)[i].executed_ps);
    CHECK_EQ(board_digest(a->board), board_digest(b->board));
}

/* Under a protocol that somebody wrote every report is awaited. */
static void written(struct system *system)
{
    system->world.config.written = system->computer[0]->vmm->protocol;
}

/* The primary goes on as far as it may, then the backup; some times: more than MORE_THAN epochs at once, or (0) one.
 * Where reports are awaited both come equally far. */
static void test_steps(struct check *t, const char *guests, const struct kind_of_run *run, uint64_t more_than)
{
    struct system *a = start(t, guests, run, false), *b = start(t, guests, run, true);
    uint64_t most[2] = {0, 0};
    written(a);
    written(b);
    for (unsigned step = 0; step < 6; step++) {
        for (unsigned i = 0; i < 2; i++) {
            uint64_t passed = advance(a->computer[i]), one = advance(b->computer[i]);
            most[i] = passed > most[i] ? passed : most[i];
            CHECK(one <= 1);
            compare_monitors(t, a->computer[i], b->computer[i]);
        }
    }
    for (unsigned i = 0; i < 2; i++)
        CHECK(more_than ? most[i] > more_than : most[i] <= 1);
    advance(a->computer[0]);
    advance(b->computer[0]);
    compare_channels(t, &a->computer[0]->channel, &b->computer[0]->channel);
    system_free(a);
    system_free(b);
}

/* A primary does not await reports that can only say that the backup keeps up; one that has to, does. */
static void test_foreseen(struct check *t, const char *guests, const struct kind_of_run *run)
{
    for (unsigned awaits = 0; awaits < 2; awaits++) {
        struct system *system = start(t, guests, run, false);
        struct computer **c = system->computer;
        const struct settings *settings = &system->world.config.settings;
        uint64_t report_ps = settings->lag_report_us * PS_PER_US, beat_ps = settings->heartbeat_us * PS_PER_US;
        uint64_t lag_max_ps = vmm_lag_max_ps(c[0]->vmm), ahead = 0;
        if (awaits)
            written(system);
        for (unsigned step = 0; step < 6; step++) {
            advance(c[0]);
            ahead = computer_now(c[0]) - computer_now(c[1]);
            advance(c[1]);
        }
        CHECK(ahead >= report_ps + (awaits ? 0 : lag_max_ps / 2));
        CHECK(ahead <= report_ps + (awaits ? 0 : lag_max_ps) + 2 * beat_ps);
        system_free(system);
    }
}

static void test_whole(struct check *t, const char *guests, const struct kind_of_run *run)
{
    struct system_result results[2];
    struct error error = {{0}};
    for (unsigned looked_at = 0; looked_at < 2; looked_at++) {
        struct system *system = start(t, guests, run, looked_at);
        CHECK(system_run(system, &error));
        system_result(system, &results[looked_at]);
        system_free(system);
    }
    CHECK_EQ(results[0].end, results[1].end);
    CHECK_EQ(results[0].status, results[1].status);
    CHECK_EQ(results[0].instructions, results[1].instructions);
    CHECK_EQ(results[0].epochs, results[1].epochs);
    CHECK_EQ(results[0].messages, results[1].messages);
    CHECK_EQ(results[0].bytes, results[1].bytes);
    CHECK_EQ(results[0].digest, results[1].digest);
    CHECK(memcmp(&results[0].points, &results[1].points, sizeof results[0].points) == 0);
    CHECK(results[0].lag_us_mean == results[1].lag_us_mean && results[0].lag_us_max == results[1].lag_us_max);
    CHECK(results[0].explainable && results[1].explainable);
}

int main(int argc, char **argv)
{
    struct check t = check_begin("ft.quiet", argc, argv);
    static const char *const protocols[] = {"dec", "bs", "bs-revised", "yokogawa", "vmware"};
    for (unsigned p = 0; p < sizeof protocols / sizeof protocols[0]; p++) {
        bool awaits = p == 1; /* acknowledgements, at the end of each epoch */
        const struct kind_of_run steps[] = {{"workload", protocols[p], MODE_PAIR, 1000, 0, LAG, 0},
                                            {"workload", protocols[p], MODE_PAIR, 4096, 0, LAG, 0},
                                            {"workload", protocols[p], MODE_PAIR, 1000, 0, LAG_BEATS, 0},
                                            {"workload", protocols[p], MODE_PAIR, 777, 0, LAG_BEATS, 0},
                                            {"workload", protocols[p], MODE_PAIR, 4096, 0, LAG_BEATS, 0},
                                            {"workload", protocols[p], MODE_PAIR, 4096, 0, LAG_BEATS, SLOW_BITS_PER_S},
                                            {"workload", protocols[p], MODE_PAIR, 32768, 0, LAG_BEATS, 0}};
        for (unsigned i = 0; i < sizeof steps / sizeof steps[0]; i++) {
            bool beats = steps[i].lag_epochs == LAG_BEATS; /* it goes further than to the next heartbeat but one */
            uint64_t more_than = beats ? 2 * BEAT_INSNS / steps[i].epoch_insns : 1;
            test_steps(&t, argv[1], &steps[i], awaits ? 0 : more_than);
        }
        const struct kind_of_run runs[] = {{"ledger", protocols[p], MODE_PAIR, 1000, 3000000, LAG, 0},
                                           {"ticker", protocols[p], MODE_PAIR, 777, 0, LAG, 0},
                                           {"kernel", protocols[p], MODE_PAIR, 2000, 2000000, LAG_BEATS, 0},
                                           {"kernel", protocols[p], MODE_PAIR, 2000, 2000000, LAG_BEATS,
                                            SLOW_BITS_PER_S}, /* values wait for the line */
                                           {"workload", protocols[p], MODE_PAIR, 300, 2000000, LAG_BEATS, 0},
                                           {"overflow", protocols[p], MODE_PAIR, 100, 1000000, LAG, 0},
                                           {"workload", protocols[p], MODE_SOLO, 999, 5000000, LAG, 0},
                                           {"ticker", protocols[p], MODE_SOLO, 100, 0, LAG, 0},
                                           {"workload", protocols[p], MODE_PAIR, 1000000, 5000000, LAG_BEATS, 0}};
        for (unsigned i = 0; i < sizeof runs / sizeof runs[0]; i++)
            test_whole(&t, argv[1], &runs[i]);
        if (!awaits)
            test_foreseen(&t, argv[1], &steps[4]);
    }
    return check_end(&t);
}

/* test_travel.c - time travel: every place of a run that is gone back to, or come to again, is as it was the first
 * time.
 *
 *   test_time_travel [--runs N] [--seed S] GUEST...
 *
 * A run goes forward to some places; at some of them something is done from outside: a byte of memory, a register or a
 * setting changes, a computer fails, somebody types. Then the places are visited in any order, and each must be what a
 * snapshot taken there the first time says, to the byte. Then stops: going back from stop to stop must meet those that
 * the way forward met. At last something is done in the past, and the future is another one.
 */
#include "mmu/base/rng.h"
#include "ft/snapshot.h"
#include "ft/travel.h"
#include "tests/check.h"
#include "tests/time/drawn.h"
#include "tests/time/suit.h"

enum { PLACES = 6, STOPS_MAX = 400 };

struct journey {
    struct check *t;
    struct rng rng;
    struct system *system;
    struct travel *travel;
    unsigned focus;
    uint64_t insns[PLACES];
    struct snapshot *was[PLACES];
    unsigned places;
};

static struct system *start(struct rng *rng, const char *guest, struct fault *fault, uint64_t insns)
{
    struct error error = {""};
    struct system_config config;
    unsigned mode = (unsigned)rng_upto(rng, 3);
    system_config_defaults(&config);
    config.mode = mode < 2 ? (enum system_mode)mode : MODE_PAIR;
    config.ram_bytes = 4 << 20;
    config.epoch_insns = 300 + rng_upto(rng, 3000);
    config.threads = 1;
    config.seed = rng_next(rng) >> 1;
    config.disk_path = "test-disk-that-is-not-there";
    config.disk_create_bytes = 1 << 20;
    config.disk_snapshot = true;
    config.settings.heartbeat_us = 50;
    config.settings.timeout_us = 200;
    config.settings.channel_bits_per_s = UINT64_C(20000000000);
    suit(&config, guest);
    if (config.mode == MODE_PAIR && rng_upto(rng, 1)) {
        *fault = (struct fault){.place = FAULT_INSTRUCTION, .number = rng_upto(rng, insns)};
        fault[1] = (struct fault){.place = FAULT_INSTRUCTION, .number = fault->number + rng_upto(rng, 20000)};
        config.faults = fault;
        config.fault_count = 1;
        config.repairs = fault + 1;
        config.repair_count = 1;
    }
    struct system *system = system_new(&config, &error);
    if (system && system_load(system, guest, &error))
        return system;
    printf("no system: %s\n", error.text);
    exit(1);
}

static uint64_t insns_of(const struct journey *j)
{
    return cpu_state(computer_cpu(j->system, j->focus))->insns;
}

static enum stop_kind run_to(struct journey *j, uint64_t insns)
{
    /* A guest may wait for something that does not come: a second is enough. */
    struct system_until until = {.computer = j->focus, .insns = insns, .time_ps = UINT64_C(1000000000000)};
    return travel_run(j->travel, &until, NULL, NULL);
}

/* Something that nobody is told of. */
static void do_something(struct journey *j)
{
    uint8_t byte = (uint8_t)rng_next(&j->rng);
    struct settings settings;
    switch (rng_upto(&j->rng, 4)) {
    case 0:
        phys_dma_write(computer_phys(j->system, j->focus), 0x3F0000 + (uint32_t)rng_upto(&j->rng, 9999), &byte, 1);
        break;
    case 1:
        cpu_state(computer_cpu(j->system, j->focus))->shr[0] = byte;
        cpu_state_changed(computer_cpu(j->system, j->focus));
        break;
    case 2:
        system_type(j->system, &byte, 1);
        break;
    case 3:
        settings_defaults(&settings);
        settings.disk_latency_us = byte;
        system_set(j->system, &settings);
        break;
    default:
        if (system_computers(j->system) == 2 && computer_alive(j->system, 0) && computer_alive(j->system, 1))
            system_crash_now(j->system, 1 - j->focus);
    }
}

static void look_at(struct journey *j, unsigned place)
{
    struct check *t = j->t;
    struct snapshot *is = system_snapshot(j->system);
    CHECK_EQ(insns_of(j), j->insns[place]);
    CHECK(snapshot_equal(is, j->was[place]));
    snapshot_free(is);
}

/* Forward through some places; what is done at a place is done before it is looked at. */
static void visit_places(struct journey *j, uint64_t insns)
{
    uint64_t at = 0;
    for (unsigned i = 0; i < PLACES; i++) {
        at += 1 + rng_upto(&j->rng, insns / PLACES);
        if (run_to(j, at) != STOP_REACHED || insns_of(j) != at)
            return;
        if (rng_upto(&j->rng, 2) == 0)
            do_something(j);
        travel_note_deeds(j->travel);
        j->insns[i] = at;
        j->was[i] = system_snapshot(j->system);
        j->places++;
    }
}

static void visit_again(struct journey *j)
{
    struct check *t = j->t;
    for (unsigned visits = 0; visits < 10 && j->places; visits++) {
        unsigned place = (unsigned)rng_upto(&j->rng, j->places - 1);
        uint64_t now = insns_of(j);
        if (j->insns[place] > now)
            CHECK_EQ(run_to(j, j->insns[place]), STOP_REACHED);
        else
            CHECK_EQ(travel_back_insns(j->travel, j->focus, now - j->insns[place]), TRAVEL_REACHED);
        CHECK(!travel_note_deeds(j->travel));
        look_at(j, place);
    }
}

static bool some(void *arg)
{
    const struct journey *j = arg;
    return cpu_state(computer_cpu(j->system, j->focus))->gr[26] % 3 != 0;
}

/* From stop to stop, forward and back again. */
static void visit_stops(struct journey *j)
{
    struct check *t = j->t;
    uint64_t stops[STOPS_MAX], end = insns_of(j);
    unsigned count = 0;
    struct stop_point point = {.place = STOP_AT_ADDRESS};
    travel_back_insns(j->travel, j->focus, rng_upto(&j->rng, end > 3000 ? 3000 : end));
    point.offset = cpu_state(computer_cpu(j->system, j->focus))->iaoq_front;
    uint64_t from = insns_of(j), back = from > 20000 ? 20000 : from;
    if (travel_back_insns(j->travel, j->focus, back) != TRAVEL_REACHED)
        return;
    from = insns_of(j);
    struct system_until until = {.computer = j->focus, .insns = end, .points = &point, .point_count = 1};
    while (count < STOPS_MAX && travel_run(j->travel, &until, some, j) == STOP_BREAKPOINT)
        stops[count++] = insns_of(j);
    until.insns = 0;
    if (count && stops[count - 1] == insns_of(j))
        count--;
    for (unsigned n = 0; count && n < 12; n++) {
        CHECK_EQ(travel_back_to_stop(j->travel, &until, some, j), TRAVEL_STOP);
        CHECK_EQ(insns_of(j), stops[--count]);
        CHECK(system_stop_hit(j->system)->point == &point);
    }
    if (!count) { /* the next one is before where the way forward began */
        enum travel_result result = travel_back_to_stop(j->travel, &until, some, j);
        CHECK(result == TRAVEL_START || (result == TRAVEL_STOP && insns_of(j) <= from));
    }
}

static void another_future(struct journey *j)
{
    struct check *t = j->t;
    uint64_t now = insns_of(j);
    if (now < 2)
        return;
    travel_back_insns(j->travel, j->focus, now / 2);
    cpu_state(computer_cpu(j->system, j->focus))->shr[1] ^= 1;
    cpu_state_changed(computer_cpu(j->system, j->focus));
    CHECK(travel_note_deeds(j->travel));
    CHECK(!travel_note_deeds(j->travel));
    uint32_t changed = cpu_state(computer_cpu(j->system, j->focus))->shr[1];
    travel_back_insns(j->travel, j->focus, 1);
    run_to(j, now - now / 2);
    CHECK_EQ(cpu_state(computer_cpu(j->system, j->focus))->shr[1], changed);
    CHECK_EQ(travel_back_insns(j->travel, j->focus, UINT64_MAX / 8), TRAVEL_START);
    CHECK_EQ(insns_of(j), 0);
}

static void test_journey(struct check *t, uint64_t seed, char *const *guests, unsigned count)
{
    struct fault faults[2];
    struct journey journey = {.t = t, .rng = rng_new(seed, 78)}, *j = &journey;
    uint64_t insns = 2000 + rng_upto(&j->rng, 400000);
    const char *guest = guests[rng_upto(&j->rng, count - 1)];
    j->system = start(&j->rng, guest, faults, insns);
    j->travel = travel_new(j->system, UINT64_C(64) << 20);
    j->focus = (unsigned)rng_upto(&j->rng, system_computers(j->system) - 1);
    visit_places(j, insns);
    visit_again(j);
    visit_stops(j);
    another_future(j);
    CHECK(travel_bytes(j->travel) <= travel_budget_bytes(j->travel));
    for (unsigned i = 0; i < j->places; i++)
        snapshot_free(j->was[i]);
    travel_free(j->travel);
    system_free(j->system);
}

int main(int argc, char **argv)
{
    return drawn_runs("test_time_travel", argc, argv, 25, test_journey);
}

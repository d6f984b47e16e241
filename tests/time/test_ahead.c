/* test_ahead.c - a pair that is run ahead on two host threads between two looks is, at each look, what it is on one.
 *
 *   test_time_ahead [--runs N] [--seed S] GUEST...
 *
 * Each run draws protocol, epoch, channel, and often faults and repairs. It goes to its end with travel_ahead; then
 * back to the start, and once more on one thread: every look must find both computers in the same places with the same
 * states, and the same end must come.
 */
#include "ft/protocols.h"
#include "ft/system/system.h"
#include "ft/travel.h"
#include "mmu/base/rng.h"
#include "tests/check.h"
#include "tests/time/drawn.h"
#include "tests/time/suit.h"

enum { LOOKS_MAX = 400, DRAWN_MAX = 3 };

/* All that a look shows. */
struct facts {
    uint64_t insns[2], time_ps[2], epoch[2], action[2], digest[2], alive[2], role[2];
    uint64_t messages, bytes, shown, told, end, issued, performed, repeated, suppressed;
};

struct watched {
    struct check *t;
    struct system *system;
    struct facts was[LOOKS_MAX];
    unsigned seen, looks; /* the first time; so far this time */
    bool again;
};

static struct facts look_at(struct system *system)
{
    struct facts facts = {0};
    struct system_result result;
    system_result(system, &result);
    for (unsigned i = 0; i < 2; i++) {
        struct moment moment = system_moment(system, i);
        facts.insns[i] = moment.insns;
        facts.time_ps[i] = moment.time_ps;
        facts.epoch[i] = moment.epoch;
        facts.action[i] = moment.at;
        facts.alive[i] = computer_alive(system, i);
        facts.digest[i] = facts.alive[i] ? board_digest(system->computer[i]->board) : 0;
        facts.role[i] = (uint64_t)computer_role(system, i);
    }
    system_terminal_output(system, &facts.shown);
    facts.told = strlen(system_account(system));
    facts.messages = result.messages;
    facts.bytes = result.bytes;
    facts.end = (uint64_t)result.end;
    facts.issued = result.operations.issued;
    facts.performed = result.operations.performed;
    facts.repeated = result.operations.repeated;
    facts.suppressed = result.operations.suppressed;
    return facts;
}

/* Every one of them is a number. */
static void compare(struct check *t, const struct facts *is, const struct facts *was)
{
    const uint64_t *a = (const uint64_t *)is, *b = (const uint64_t *)was;
    for (size_t i = 0; i < sizeof *is / sizeof *a; i++)
        CHECK_EQ(a[i], b[i]);
}

static enum travel_look look(void *arg)
{
    struct watched *watched = arg;
    struct check *t = watched->t;
    struct facts is = look_at(watched->system);
    unsigned number = watched->looks++;
    if (number >= LOOKS_MAX)
        return TRAVEL_GO_ON;
    if (!watched->again)
        watched->was[watched->seen++] = is;
    else if (number < watched->seen)
        compare(t, &is, &watched->was[number]);
    return TRAVEL_GO_ON;
}

/* Crashes, repairs, cables that are cut and mended, delays. */
static unsigned draw_faults(struct rng *rng, struct fault *faults)
{
    static const enum fault_kind kinds[] = {FAULT_CRASH, FAULT_CUT, FAULT_HEAL, FAULT_DELAY, FAULT_ACK_LOSS};
    unsigned count = (unsigned)rng_upto(rng, DRAWN_MAX);
    for (unsigned i = 0; i < count; i++)
        faults[i] = (struct fault){.role = rng_upto(rng, 1) ? ROLE_PRIMARY : ROLE_BACKUP,
                                   .kind = kinds[rng_upto(rng, 4)],
                                   .argument = 1 + rng_upto(rng, 300),
                                   .place = rng_upto(rng, 1) ? FAULT_INSTRUCTION : FAULT_EPOCH,
                                   .number = 1 + rng_upto(rng, 2000)};
    for (unsigned i = 0; i < count; i++)
        if (faults[i].place == FAULT_INSTRUCTION)
            faults[i].number *= 1000;
    return count;
}

static struct system *start(struct rng *rng, const char *guest, struct fault *faults, struct fault *repair)
{
    struct error error = {""};
    struct system_config config;
    unsigned protocols = 0;
    while (protocol_name(protocols))
        protocols++;
    system_config_defaults(&config);
    config.mode = MODE_PAIR;
    config.protocol = protocol_name((unsigned)rng_upto(rng, protocols - 1));
    config.ram_bytes = 4 << 20;
    config.epoch_insns = 300 + rng_upto(rng, 6000);
    config.threads = 2;
    config.seed = rng_next(rng) >> 1;
    config.disk_path = "test-disk-that-is-not-there";
    config.disk_create_bytes = 1 << 20;
    config.disk_snapshot = true;
    config.chronicle_rows = 1000;
    config.timeout_insns = 4000000;
    config.settings.channel_latency_us = 1 + rng_upto(rng, 60);
    config.settings.heartbeat_us = 1000;
    config.settings.timeout_us = 5000;
    suit(&config, guest);
    config.faults = faults;
    config.fault_count = draw_faults(rng, faults);
    *repair = (struct fault){.place = FAULT_TIME, .number = UINT64_C(1000000000) * rng_upto(rng, 60)};
    config.repairs = repair;
    config.repair_count = rng_upto(rng, 1);
    struct system *system = system_new(&config, &error);
    if (system && system_load(system, guest, &error))
        return system;
    printf("no system: %s\n", error.text);
    exit(1);
}

/* To the end, whichever computer lives. */
static void run_on(struct travel *travel, struct system *system)
{
    enum stop_kind stop;
    do {
        struct system_until until = {.computer = system_acting(system), .time_ps = UINT64_C(1000000000000)};
        stop = travel_run(travel, &until, NULL, NULL);
    } while (stop == STOP_DIED && computer_alive(system, system_acting(system)));
}

static void test_run(struct check *t, uint64_t seed, char *const *guests, unsigned count)
{
    struct rng rng = rng_new(seed, 79);
    struct fault faults[DRAWN_MAX], repair;
    struct watched watched = {.t = t};
    const char *guest = guests[rng_upto(&rng, count - 1)];
    watched.system = start(&rng, guest, faults, &repair);
    struct travel *travel = travel_new(watched.system, UINT64_C(64) << 20);
    travel_watch(travel, look, &watched);
    travel_ahead(travel, true);
    run_on(travel, watched.system);
    struct facts first = look_at(watched.system);
    CHECK_EQ(travel_back_insns(travel, system_acting(watched.system), UINT64_MAX / 8), TRAVEL_START);
    watched.again = true;
    watched.looks = 0;
    travel_ahead(travel, false);
    run_on(travel, watched.system);
    struct facts second = look_at(watched.system);
    compare(t, &second, &first);
    CHECK(watched.looks == watched.seen || watched.seen == LOOKS_MAX);
    travel_free(travel);
    system_free(watched.system);
}

int main(int argc, char **argv)
{
    return drawn_runs("test_time_ahead", argc, argv, 20, test_run);
}

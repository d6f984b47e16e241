/* test_snapshot.c - a run that is taken back and run again is the run that went on: at random points, in every mode,
 * with fail-overs and with a repaired computer joining.
 *
 *   test_time_snapshot [--runs N] [--seed S] [--save] GUEST...
 *
 * A point is two legs of a run: to A, where a snapshot is taken, and on to B. Back at A and run to B again, with stops
 * on the way this time, everything must be as it was at B, to the byte of its description; then the run goes on to its
 * end, where digest, terminal, disk, counts and account must be those of a run that nobody interrupted. So state that
 * the description forgets shows. With --save the way back is a save file, and another system that is made from it.
 */
#include "mmu/base/rng.h"
#include "ft/save.h"
#include "ft/snapshot.h"
#include "tests/check.h"
#include "tests/time/suit.h"

struct point {
    const char *guest;
    struct system_config config;
    struct fault faults[2], repair;
    uint64_t insns; /* of the whole run */
};

/* How a run ended. */
struct ending {
    struct system_result result;
    uint64_t disk, shown_bytes;
    char *account;
    uint8_t *shown;
};

static struct system *start(const struct point *point)
{
    struct error error = {""};
    struct system *system = system_new(&point->config, &error);
    if (system && system_load(system, point->guest, &error))
        return system;
    printf("no system: %s\n", error.text);
    exit(1);
}

static struct ending ending_of(struct system *system)
{
    struct ending ending = {0};
    const uint8_t *shown = system_terminal_output(system, &ending.shown_bytes);
    ending.shown = malloc(ending.shown_bytes + 1);
    ending.account = strdup(system_account(system));
    ending.disk = system_disk_digest(system);
    if (ending.shown_bytes)
        memcpy(ending.shown, shown, ending.shown_bytes);
    system_result(system, &ending.result);
    return ending;
}

static void ending_free(struct ending *ending)
{
    free(ending->shown);
    free(ending->account);
}

static void compare_endings(struct check *t, const struct ending *is, const struct ending *wanted)
{
    CHECK_EQ(is->result.end, wanted->result.end);
    CHECK_EQ(is->result.status, wanted->result.status);
    CHECK_EQ(is->result.instructions, wanted->result.instructions);
    CHECK_EQ(is->result.epochs, wanted->result.epochs);
    CHECK_EQ(is->result.failovers, wanted->result.failovers);
    CHECK_EQ(is->result.messages, wanted->result.messages);
    CHECK_EQ(is->result.bytes, wanted->result.bytes);
    CHECK_EQ(is->result.digest, wanted->result.digest);
    CHECK_EQ(is->result.operations.issued, wanted->result.operations.issued);
    CHECK_EQ(is->result.operations.performed, wanted->result.operations.performed);
    CHECK_EQ(is->result.operations.suppressed, wanted->result.operations.suppressed);
    CHECK_EQ(is->result.explainable, wanted->result.explainable);
    CHECK_EQ(is->disk, wanted->disk);
    CHECK_EQ(is->shown_bytes, wanted->shown_bytes);
    CHECK(is->shown_bytes == wanted->shown_bytes && memcmp(is->shown, wanted->shown, is->shown_bytes) == 0);
    CHECK_TEXT(is->account, wanted->account);
}

/* To instruction INSNS of COMPUTER, or as far as it lives. */
static void run_to(struct system *system, unsigned computer, uint64_t insns)
{
    if (insns > cpu_state(computer_cpu(system, computer))->insns)
        system_run_until(system, &(struct system_until){.computer = computer, .insns = insns});
}

static void run_to_end(struct system *system)
{
    struct error error = {""};
    if (!system_run(system, &error))
        printf("%s\n", error.text);
}

/* ---- what may be run ---- */

static struct fault random_place(struct rng *rng, uint64_t insns)
{
    struct fault fault = {.place = FAULT_INSTRUCTION, .number = rng_upto(rng, insns)};
    if (rng_upto(rng, 3) == 0) {
        fault.place = FAULT_EPOCH;
        fault.number = 1 + rng_upto(rng, insns / 1000);
    }
    return fault;
}

static void random_point(struct rng *rng, struct point *point, char *const *guests, unsigned count)
{
    static const char *const protocols[] = {"dec", "bs", "bs-revised", "remus"};
    struct system_config *config = &point->config;
    memset(point, 0, sizeof *point);
    system_config_defaults(config);
    point->guest = guests[rng_upto(rng, count - 1)];
    unsigned mode = (unsigned)rng_upto(rng, 5);
    config->mode = mode < 2 ? (enum system_mode)mode : MODE_PAIR;
    config->protocol = protocols[rng_upto(rng, 3)];
    config->failover = (enum failover_policy)rng_upto(rng, 3);
    config->ram_bytes = 4 << 20;
    config->epoch_insns = 200 + rng_upto(rng, 3000);
    config->threads = 1;
    config->seed = rng_next(rng) >> 1;
    config->disk_path = "test-disk-that-is-not-there";
    config->disk_create_bytes = 1 << 20;
    config->disk_snapshot = true;
    config->timeout_insns = 30000000; /* none comes to it */
    config->settings.digest_epochs = rng_upto(rng, 1) * 5;
    config->settings.channel_crash = rng_upto(rng, 1); /* not with what random_faults may add */
    config->record = config->mode != MODE_BARE && rng_upto(rng, 1);
    suit(config, point->guest);
    if (config->mode == MODE_PAIR) { /* fast, so that a repaired computer joins in a short run */
        config->settings.channel_bits_per_s = UINT64_C(20000000000);
        config->settings.heartbeat_us = 50;
        config->settings.timeout_us = 200;
    }
}

/* With the number of its instructions known: crashes, and a repair between them. */
static void random_faults(struct rng *rng, struct point *point)
{
    struct system_config *config = &point->config;
    if (config->mode != MODE_PAIR || rng_upto(rng, 3) == 0)
        return;
    config->fault_count = 1 + (unsigned)rng_upto(rng, 1);
    config->faults = point->faults;
    for (unsigned i = 0; i < config->fault_count; i++)
        point->faults[i] = random_place(rng, point->insns);
    if (rng_upto(rng, 3) == 0)
        point->faults[0].role = ROLE_BACKUP;
    config->repair_count = config->fault_count > 1 || rng_upto(rng, 2);
    config->repairs = &point->repair;
    if (config->repair_count || point->faults[0].role == ROLE_BACKUP)
        config->settings.channel_crash = 0;
    point->repair = random_place(rng, point->insns);
    if (point->repair.number <= point->faults[0].number && point->repair.place == point->faults[0].place)
        point->repair.number = point->faults[0].number + 1;
}

/* ---- a point ---- */

static void go_back(struct check *t, struct system *system, const struct snapshot *snapshot)
{
    system_restore(system, snapshot);
    struct snapshot *again = system_snapshot(system);
    CHECK(snapshot_equal(again, snapshot));
    snapshot_free(again);
}

/* SYSTEM by way of a file: another one, built from what the file says. */
static struct system *by_file(struct check *t, struct system *system, const struct point *point)
{
    struct error error = {""};
    struct save save;
    uint8_t *bytes = NULL;
    size_t size = 0;
    bool good = system_save(system, NULL, 0, NULL, &bytes, &size, &error);
    good = good && save_open(&save, bytes, size, "the file", &error);
    CHECK(good);
    if (!good) {
        printf("%s\n", error.text);
        exit(1);
    }
    struct system_config config = point->config;
    config.settings = save.about.settings;
    struct system *other = system_new(&config, &error);
    good = other && save_read(&save, other, &error);
    CHECK(good);
    if (!good)
        printf("%s\n", error.text);
    save_close(&save);
    free(bytes);
    return other;
}

static void test_point(struct check *t, struct rng *rng, struct point *point, bool saved)
{
    struct system *whole = start(point);
    run_to_end(whole);
    struct ending wanted = ending_of(whole);
    system_free(whole);
    uint64_t insns = wanted.result.instructions;
    uint64_t a = rng_upto(rng, insns), b = a + 1 + rng_upto(rng, rng_upto(rng, 1) ? 20 : insns / 2);
    struct system *system = start(point);
    unsigned focus = (unsigned)rng_upto(rng, system_computers(system) - 1);
    run_to(system, focus, a);
    if (!computer_alive(system, focus) && system_computers(system) == 2)
        focus = 1 - focus;
    run_to(system, focus, a);
    struct snapshot *at_a = system_snapshot(system);
    run_to(system, focus, b);
    struct snapshot *at_b = system_snapshot(system);
    go_back(t, system, at_a);
    struct system *first = system;
    if (saved)
        system = by_file(t, first, point);
    for (unsigned stops = (unsigned)rng_upto(rng, 3); stops; stops--)
        run_to(system, focus, a + rng_upto(rng, b - a - 1));
    run_to(system, focus, b);
    struct snapshot *again = system_snapshot(system);
    CHECK(saved || snapshot_equal(again, at_b)); /* of one store of pages only */
    snapshot_free(again);
    run_to_end(system);
    struct ending is = ending_of(system);
    compare_endings(t, &is, &wanted);
    ending_free(&is);
    snapshot_free(at_a);
    snapshot_free(at_b);
    if (saved)
        system_free(first);
    system_free(system);
    ending_free(&wanted);
}

static void print_point(const struct point *point, uint64_t seed)
{
    printf("  --runs 1 --seed %" PRIu64 ": %s, mode %d, %s, policy %d, epoch %" PRIu64 ", seed %" PRIu64, seed,
           point->guest, point->config.mode, point->config.protocol, point->config.failover, point->config.epoch_insns,
           point->config.seed);
    for (unsigned i = 0; i < point->config.fault_count; i++) {
        char text[128];
        fault_format(&point->faults[i], text, sizeof text);
        printf(", %s", text);
    }
    printf("\n");
}

int main(int argc, char **argv)
{
    struct check begun = check_begin("test_time_snapshot", argc, argv), *t = &begun;
    char *guests[64];
    unsigned count = 0;
    uint64_t runs = 25;
    bool saved = false;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--seed"))
            i++;
        else if (!strcmp(argv[i], "--runs"))
            runs = strtoull(argv[++i], NULL, 0);
        else if (!strcmp(argv[i], "--save"))
            saved = true;
        else if (count < sizeof guests / sizeof guests[0])
            guests[count++] = argv[i];
    }
    if (!count) {
        printf("test_time_snapshot [--runs N] [--seed S] [--save] GUEST...\n");
        return 2;
    }
    for (uint64_t i = 0; i < runs; i++) {
        struct rng rng = rng_new(t->seed + i, 77);
        struct point point;
        uint64_t failures = t->failures;
        random_point(&rng, &point, guests, count);
        struct system *alone = start(&point);
        run_to_end(alone);
        struct system_result result;
        system_result(alone, &result);
        point.insns = result.instructions;
        system_free(alone);
        random_faults(&rng, &point);
        fflush(stdout);
        test_point(t, &rng, &point, saved);
        if (t->failures != failures)
            print_point(&point, t->seed + i);
    }
    return check_end(t);
}

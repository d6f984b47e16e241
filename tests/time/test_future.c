/* test_future.c - ft/future.h: runs that differ in what is over only have the same future, and what else differs, or is
 * still to come, shows.
 *
 *   test_time_future GUEST, one that uses its disk
 */
#include "ft/future.h"
#include "tests/check.h"

enum { LOOK_EPOCH = 64, FAULT_INSNS = 20000 };

/* GUEST on a pair with FAULT (NULL: none), at the beginning of an epoch of whoever is left. */
static struct system *at_look(const char *guest, const struct fault *fault)
{
    struct error error = {""};
    struct system_config config;
    system_config_defaults(&config);
    config.mode = MODE_PAIR;
    config.disk_path = "future-disk-that-is-not-there";
    config.disk_create_bytes = 1 << 20;
    config.disk_snapshot = true;
    config.input_fd = config.output_fd = config.operator_fd = -1;
    struct system *system = system_new(&config, &error);
    if (!system || !system_load(system, guest, &error) || (fault && !system_add_fault(system, fault, &error))) {
        printf("no system: %s\n", error.text);
        exit(1);
    }
    bool dies = fault && fault->kind == FAULT_CRASH && fault->role == ROLE_PRIMARY;
    system_run_until(system, &(struct system_until){.computer = dies, .epoch = LOOK_EPOCH});
    return system;
}

/* What is said there of GUEST with FAULT, and what its run comes to. */
static bool future_of(struct check *t, const char *guest, const struct fault *fault, struct future *future,
                      uint64_t *digest)
{
    struct system *system = at_look(guest, fault);
    struct system_result result;
    struct future again;
    bool said = system_future(system, future);
    CHECK(!said || (system_future(system, &again) && again.low == future->low && again.high == future->high));
    CHECK(system_run(system, NULL));
    system_result(system, &result);
    *digest = result.digest;
    system_free(system);
    return said;
}

static void compare(struct check *t, const char *guest, const struct fault *a, const struct fault *b, bool same)
{
    struct future futures[2];
    uint64_t digests[2];
    CHECK(future_of(t, guest, a, &futures[0], &digests[0]));
    CHECK(future_of(t, guest, b, &futures[1], &digests[1]));
    CHECK_EQ(futures[0].low == futures[1].low && futures[0].high == futures[1].high, same);
    CHECK(!same || digests[0] == digests[1]);
}

int main(int argc, char **argv)
{
    struct check check = check_begin("time.future", argc, argv), *t = &check;
    const char *guest = argv[argc - 1];
    struct fault bad = {.kind = FAULT_MEDIUM, .place = FAULT_INSTRUCTION, .number = FAULT_INSNS}, later = bad;
    struct fault other = bad, crash = {.place = FAULT_INSTRUCTION, .number = FAULT_INSNS}, backup = crash;
    struct fault flip = {.kind = FAULT_FLIP, .argument = 3, .place = FAULT_INSTRUCTION, .number = FAULT_INSNS};
    struct fault to_come = {.place = FAULT_EPOCH, .number = LOOK_EPOCH + 1};
    struct future future;
    uint64_t digest;
    later.number += 1;
    other.argument = 7;
    backup.role = ROLE_BACKUP;
    compare(t, guest, NULL, NULL, true);
    compare(t, guest, &bad, &later, true); /* the operator was told of another instruction */
    compare(t, guest, &bad, &other, false);
    compare(t, guest, NULL, &bad, false);
    compare(t, guest, NULL, &backup, false);
    compare(t, guest, NULL, &flip, false);
    compare(t, guest, &crash, &crash, true); /* its successor is alone */
    CHECK(!future_of(t, guest, &to_come, &future, &digest));
    return check_end(t);
}

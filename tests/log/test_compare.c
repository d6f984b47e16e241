/* test_compare.c - test_log_compare GUEST.elf: a difference made by hand in one of two computers is found at the end of
 * the epoch and located to the register or byte; a digest is a function of the state alone.
 */
#include "ft/compare.h"
#include "ft/system.h"
#include "log_guest.h"
#include "tests/check.h"

enum { EPOCH = 7 };

/* Run a pair until COMPUTER is at the start of EPOCH; the caller then changes something. */
static struct system *stopped_pair(struct check *t, const char *guest, unsigned computer, uint64_t digest_epochs)
{
    struct system_config config = log_config(MODE_PAIR);
    struct system_until until = {.computer = computer, .epoch = EPOCH};
    config.epoch_insns = 500;
    config.settings.digest_epochs = digest_epochs;
    struct system *system = log_system(&config, guest);
    CHECK_EQ(system_run_until(system, &until), STOP_REACHED);
    CHECK_EQ(computer_epoch(system, computer), EPOCH);
    return system;
}

/* Go on to the end, which must be a difference that says WORDS; without NOTHING. */
static void check_located(struct check *t, struct system *system, const char *words)
{
    struct system_result result;
    struct error error;
    CHECK(system_run(system, &error));
    system_locate(system);
    system_result(system, &result);
    CHECK(result.digests_differ);
    CHECK(!result.explainable);
    CHECK_EQ(result.end, END_STOPPED);
    CHECK_HAS(result.violation, words);
    CHECK_HAS(result.violation, "the computers differ at the end of epoch ");
    system_free(system);
}

static void flip_memory(struct check *t, const char *guest, unsigned computer, uint64_t digest_epochs)
{
    struct system *system = stopped_pair(t, guest, computer, digest_epochs);
    struct phys *phys = computer_phys(system, computer);
    phys_ram(phys)[0x3F0123] ^= 0x10;
    phys_changed_all(phys); /* it was written behind phys's back */
    check_located(t, system,
                  computer ? "the memory byte at 0x003f0123 is 0x00 at the primary and 0x10 at the backup"
                           : "the memory byte at 0x003f0123 is 0x10 at the primary and 0x00 at the backup");
}

static void flip_register(struct check *t, const char *guest, unsigned computer)
{
    struct system *system = stopped_pair(t, guest, computer, 1);
    struct cpu *cpu = computer_cpu(system, computer);
    cpu_state(cpu)->cr[CR_TR0 + 5] ^= 0x8000; /* a temporary register that the guest does not use */
    cpu_state_changed(cpu);
    check_located(t, system, "processor cr[29] is 0x0000");
}

/* A bit flips at the primary, whose backup is a repaired computer: for that its own failure is gone back over. */
static void flip_after_repair(struct check *t, const char *guest)
{
    struct system_config config = log_config(MODE_PAIR);
    struct fault faults[2], repair;
    struct error error = {""};
    CHECK(fault_parse("primary@epoch=5", &faults[0], &error));
    CHECK(fault_parse("flip=0x3F0123:4,primary@instruction=150000", &faults[1], &error));
    CHECK(fault_parse_where("epoch=8", &repair, &error));
    config.faults = faults;
    config.fault_count = 2;
    config.repairs = &repair;
    config.repair_count = 1;
    config.settings.digest_epochs = 10;
    struct system *system = log_system(&config, guest);
    CHECK(system_run(system, &error));
    system_locate(system);
    struct system_result result;
    system_result(system, &result);
    CHECK_EQ(result.failovers, 1);
    CHECK(result.digests_differ);
    CHECK_HAS(result.violation, "the computers differ before instruction 150000 ");
    CHECK_HAS(result.violation, "the memory byte at 0x003f0123 is 0x08 at the primary and 0x00 at the backup");
    system_free(system);
}

/* Whatever has been looked at before, equal states have equal digests. */
static void check_digest(struct check *t, const char *guest)
{
    uint64_t digests[4];
    for (unsigned i = 0; i < 4; i++) {
        struct system_config config = log_config(i < 2 ? MODE_SOLO : MODE_PAIR);
        struct system_until until = {.insns = 10000};
        struct system_result result;
        config.record = i == 1;
        config.settings.digest_epochs = i == 0 || i == 3 ? 0 : 1;
        struct system *system = log_system(&config, guest);
        CHECK_EQ(system_run_until(system, &until), STOP_REACHED);
        system_result(system, &result);
        digests[i] = result.digest;
        phys_changed_all(computer_phys(system, 0)); /* everything is to be looked at anew */
        system_result(system, &result);
        CHECK_EQ(result.digest, digests[i]);
        phys_ram(computer_phys(system, 0))[0x3FFFFF] ^= 1;
        phys_changed_all(computer_phys(system, 0));
        system_result(system, &result);
        CHECK(result.digest != digests[i]);
        system_free(system);
    }
    CHECK_EQ(digests[0], digests[1]);
    CHECK_EQ(digests[2], digests[3]);
}

int main(int argc, char **argv)
{
    struct check checks = check_begin("log compare", argc, argv), *t = &checks;
    if (argc < 2)
        return 2;
    for (unsigned computer = 0; computer < 2; computer++) {
        flip_memory(t, argv[1], computer, 1);
        flip_memory(t, argv[1], computer, 5);
        flip_register(t, argv[1], computer);
    }
    flip_after_repair(t, argv[1]);
    check_digest(t, argv[1]);
    return check_end(t);
}

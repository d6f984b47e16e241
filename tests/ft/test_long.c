/* test_long.c - nothing that waits grows with the length of a run: a pair runs with an epoch for each instruction,
 * under every protocol, on a channel as slow as one may be, and neither its queues nor what is allocated have
 * grown between a look early in the run and one late.
 *
 *   test_ft_long GUESTS
 */
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "ft/vmm/vmm.h"
#include "ft/system/system.h"
#include "tests/check.h"

/* An epoch leaves 32 bytes in a queue that is never emptied, and a message that is never taken 88. The early look is
 * when the line has long been full, and so is every queue that is as long as what waits for it. */
enum {
    FULL = CHANNEL_WAITING_BYTES_MAX / MESSAGE_HEADER_BYTES,
    EARLY_INSNS = 300000,
    LATE_INSNS = 500000,
    GROWTH_BYTES_MAX = 1 << 20,
    WAITING_MAX = 1024
};

#ifdef __SANITIZE_ADDRESS__
size_t __sanitizer_get_current_allocated_bytes(void); /* gcc brings this, but not the header that declares it */
#endif

/* What this program has allocated now. */
static uint64_t memory_bytes(void)
{
#ifdef __SANITIZE_ADDRESS__
    return __sanitizer_get_current_allocated_bytes();
#else
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
#endif
}

static void look_at_queues(struct check *t, const struct system *system)
{
    for (unsigned i = 0; i < 2; i++) {
        const struct vmm *vmm = system->computer[i]->vmm;
        const struct channel *channel = &system->computer[i]->channel;
        CHECK(vmm->clocks.items.room <= WAITING_MAX);
        CHECK(vmm->values.items.room <= WAITING_MAX);
        CHECK(vmm->buffered.items.room <= WAITING_MAX);
        CHECK(vmm->digests.items.room <= WAITING_MAX);
        CHECK(vmm->held.items.room <= WAITING_MAX);
        CHECK(channel->waiting.room <= WAITING_MAX);
        /* A backup reports of what has arrived there, which may lie before the primary's time. */
        CHECK(atomic_load(&channel->sent) - channel->taken <= (i ? FULL : 0) + WAITING_MAX);
    }
}

static struct system *start(struct check *t, const char *guests, const char *guest, struct system_config *config)
{
    char path[4096];
    struct error error = {{0}};
    snprintf(path, sizeof path, "%s/%s", guests, guest);
    config->mode = MODE_PAIR;
    config->ram_bytes = 4 << 20;
    config->disk_path = "/tmp/test_long.never";
    config->disk_create_bytes = 1 << 20;
    config->disk_overlay = true;
    config->threads = 1;
    struct system *system = system_new(config, &error);
    CHECK(system && system_load(system, path, &error));
    return system;
}

static uint64_t run(struct check *t, const char *guests, struct system_config *config, uint64_t insns)
{
    struct error error;
    config->timeout_insns = insns;
    struct system *system = start(t, guests, "marathon.elf", config);
    CHECK(system_run(system, &error));
    look_at_queues(t, system);
    uint64_t bytes = memory_bytes();
    system_free(system);
    return bytes;
}

static void compare(struct check *t, const char *what, uint64_t early, uint64_t late)
{
    printf("%s: %" PRIu64 " KiB, and after many more epochs %" PRIu64 " KiB\n", what, early >> 10, late >> 10);
    CHECK(late <= early + GROWTH_BYTES_MAX);
}

static void test_protocol(struct check *t, const char *guests, const char *protocol, bool losing)
{
    struct system_config config;
    system_config_defaults(&config);
    config.protocol = protocol;
    config.epoch_insns = 1;
    config.settings.channel_crash = losing;
    uint64_t early = run(t, guests, &config, EARLY_INSNS);
    compare(t, protocol, early, run(t, guests, &config, LATE_INSNS));
}

/* Step by step the backup takes what has arrived, and no more: what the line cannot carry waits for it. */
static void test_steps(struct check *t, const char *guests)
{
    uint64_t bytes[2];
    struct system_config config;
    system_config_defaults(&config);
    config.protocol = "dec";
    config.epoch_insns = 1;
    struct system *system = start(t, guests, "marathon.elf", &config);
    for (unsigned i = 0; i < 2; i++) {
        struct system_until until = {.insns = FULL * (i + 2) + FULL / 8};
        const struct channel *channel = &system->computer[0]->channel;
        CHECK_EQ(system_run_until(system, &until), STOP_REACHED);
        CHECK(atomic_load(&channel->sent) - channel->taken <= FULL + WAITING_MAX);
        bytes[i] = memory_bytes();
    }
    compare(t, "stepping", bytes[0], bytes[1]);
    system_free(system);
}

/* A line that a heartbeat a millisecond fills is refused; with one bit a second more the run comes to its end. */
static void test_slow_line(struct check *t, const char *guests)
{
    struct system_config config;
    struct error error = {{0}};
    struct system_result result;
    system_config_defaults(&config);
    config.mode = MODE_PAIR;
    config.settings.channel_bits_per_s = 256000;
    CHECK(!system_new(&config, &error));
    CHECK_ONE_LINE(error.text);
    CHECK_HAS(error.text, "channel-bits-per-s=256000 is too slow");
    config.mode = MODE_SOLO; /* where nobody hears a heartbeat, none is sent */
    system_free(system_new(&config, &error));
    config.settings.channel_bits_per_s = 256001;
    struct system *system = start(t, guests, "ledger.elf", &config);
    CHECK(system_run(system, &error));
    system_result(system, &result);
    CHECK(result.end == END_EXIT && result.status == 0 && result.explainable);
    look_at_queues(t, system);
    system_free(system);
}

int main(int argc, char **argv)
{
    struct check t = check_begin("ft.long", argc, argv);
    if (!check_needs(&t, argv[1], "marathon.elf"))
        return 2;
    if (!check_needs(&t, argv[1], "ledger.elf"))
        return 2;
    test_protocol(&t, argv[1], "bs", false);
    test_protocol(&t, argv[1], "bs-revised", true);
    test_protocol(&t, argv[1], "dec", false);
    test_steps(&t, argv[1]);
    test_slow_line(&t, argv[1]);
    return check_end(&t);
}

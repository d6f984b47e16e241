/* test_lag.c - a backup whose host thread stalls holds up the primary's after lag-epochs epochs: what lies in the
 * channel for it is bounded, and virtual time does not notice (docs/time.md, rule 7).
 *
 *   test_ft_lag GUESTS
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ft/computer/kind.h"
#include "ft/system/system.h"
#include "ft/vmm/vmm.h"
#include "tests/check.h"

static struct system *start(struct check *t, const char *guests, const char *protocol, uint64_t lag_epochs)
{
    char guest[4096];
    struct system_config config;
    struct error error = {{0}};
    snprintf(guest, sizeof guest, "%s/ledger.elf", guests);
    system_config_defaults(&config);
    config.mode = MODE_PAIR;
    config.protocol = protocol;
    config.epoch_insns = 1000;
    config.ram_bytes = 4 << 20;
    config.disk_path = "/tmp/test_lag.never";
    config.disk_create_bytes = 1 << 20;
    config.disk_snapshot = true;
    config.threads = 1;
    config.settings.lag_epochs = lag_epochs;
    struct system *system = system_new(&config, &error);
    CHECK(system && system_load(system, guest, &error));
    for (unsigned i = 0; i < 2; i++)
        computer_begin_run(system->computer[i]);
    return system;
}

static uint64_t in_channel(const struct system *system)
{
    const struct channel *channel = &system->computer[0]->channel;
    return atomic_load(&channel->sent) - channel->taken;
}

/* The primary goes on while the backup does not at all. Returns the messages in the channel then. */
static uint64_t stall(struct check *t, struct system *system, uint64_t lag_epochs)
{
    struct computer *primary = system->computer[0];
    uint64_t base = system->computer[1]->executed;
    enum advance result = ADVANCE_MORE;
    for (unsigned i = 0; i < 100 * lag_epochs && result == ADVANCE_MORE; i++)
        result = vmm_kind.advance(primary);
    CHECK_EQ(result, ADVANCE_BLOCKED);
    CHECK_EQ(primary->vmm->epoch, base + lag_epochs + 1);
    uint64_t held = in_channel(system), now = computer_now(primary);
    for (unsigned i = 0; i < 1000; i++)
        CHECK_EQ(vmm_kind.advance(primary), ADVANCE_BLOCKED);
    CHECK_EQ(in_channel(system), held);
    CHECK_EQ(computer_now(primary), now);
    return held;
}

static void test_protocol(struct check *t, const char *guests, const char *protocol)
{
    static const uint64_t lags[] = {4, 16, 64};
    uint64_t held[3], digest[3];
    for (unsigned i = 0; i < 3; i++) {
        struct system *system = start(t, guests, protocol, lags[i]);
        struct system_result result;
        struct error error;
        held[i] = stall(t, system, lags[i]);
        computer_publish(system->computer[0], ADVANCE_BLOCKED);
        while (vmm_kind.advance(system->computer[1]) == ADVANCE_MORE) /* the backup catches up, and stalls again */
            ;
        computer_publish(system->computer[1], ADVANCE_MORE); /* at work, as far as anybody knows */
        stall(t, system, lags[i]);
        CHECK(system_run(system, &error));
        system_result(system, &result);
        CHECK(result.end == END_EXIT && result.status == 0 && result.explainable);
        digest[i] = result.digest ^ result.instructions ^ result.messages;
        system_free(system);
    }
    printf("%s: %" PRIu64 ", %" PRIu64 " and %" PRIu64 " messages wait for a backup that may lag 4, 16 and 64 epochs\n",
           protocol, held[0], held[1], held[2]);
    CHECK(held[0] < held[1] && held[1] < held[2]);
    CHECK(held[2] <= 64 * 16); /* a few for each epoch */
    CHECK(digest[0] == digest[1] && digest[1] == digest[2]);
}

/* A backup in another process has said how fast it is and how far: work for longer than lag-max-us keeps up no more.
 * (In one process the reports say nothing of how far it is, and the virtual processor goes at its speed.) */
static void test_elsewhere(struct check *t, const char *guests)
{
    struct system *system = start(t, guests, "yokogawa", 64);
    struct computer *primary = system->computer[0];
    struct vmm *vmm = primary->vmm;
    stall(t, system, 64);
    uint64_t insns = computer_insns(primary), most_us = settings_lag_max_us(&system->world.config.settings, 1000 / 50);
    CHECK(vmm_keeps_up(vmm));
    vmm->peer.executed_insns = insns - 1000;
    vmm->peer.perf.insn_ps = most_us * 1000; /* a thousand of them take it as long as it may lag */
    CHECK(vmm_keeps_up(vmm));
    vmm->peer.executed_insns = insns - 1001;
    CHECK(!vmm_keeps_up(vmm));
    vmm->peer.executed_insns = insns + 1; /* as of a primary that has not been told of its own */
    CHECK(vmm_keeps_up(vmm));
    system_free(system);
}

int main(int argc, char **argv)
{
    struct check t = check_begin("ft.lag", argc, argv);
    if (!check_needs(&t, argv[1], "ledger.elf"))
        return 2;
    test_protocol(&t, argv[1], "dec");
    test_protocol(&t, argv[1], "bs-revised");
    test_elsewhere(&t, argv[1]);
    return check_end(&t);
}

/* test_position.c - at most one moment of an epoch has a position: so many branches since the last synchronization
 * point, and both elements of the queues of instruction addresses (ft/message.h). Every instruction of whole guests is
 * looked at; tests/cpu/test_random_streams.c does the same with random programs.
 *
 *   test_points_position GUESTS
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ft/system/system.h"
#include "ft/vmm/vmm.h"
#include "tests/check.h"

struct queues {
    uint32_t front_space, front, back_space, back;
};

/* What was seen in the epoch under way since the last branch: the count never goes back, so no older position can come
 * again. */
struct sight {
    struct check *t;
    const struct vmm *vmm;
    const struct cpu *cpu;
    uint64_t epoch, branches, moments, epochs, twice, most;
    VEC(struct queues) seen;
};

static void see(struct sight *sight, const struct cpu_state *state, uint64_t branches)
{
    struct queues here = {state->iasq_front, state->iaoq_front, state->iasq_back, state->iaoq_back};
    if (branches != sight->branches)
        sight->seen.count = 0;
    sight->branches = branches;
    for (size_t i = 0; i < sight->seen.count; i++)
        sight->twice += memcmp(&sight->seen.at[i], &here, sizeof here) == 0;
    *VEC_PUSH(&sight->seen) = here;
    sight->most = sight->seen.count > sight->most ? sight->seen.count : sight->most;
    sight->moments++;
}

static void look(void *arg, const struct cpu_step *step)
{
    struct sight *sight = arg;
    struct check *t = sight->t;
    uint64_t branches = cpu_branches(sight->cpu);
    if (sight->vmm->epoch != sight->epoch) { /* its first moment is before its first instruction */
        sight->epoch = sight->vmm->epoch;
        sight->seen.count = 0;
        sight->epochs++;
        see(sight, step->before, 0);
    }
    CHECK(branches >= sight->branches && branches <= sight->branches + 1);
    see(sight, step->after, branches);
}

static void test_guest(struct check *t, const char *guests, const char *guest, uint32_t epoch_insns)
{
    char path[4096];
    struct system_config config;
    struct error error = {{0}};
    snprintf(path, sizeof path, "%s/%s.elf", guests, guest);
    system_config_defaults(&config);
    config.mode = MODE_SOLO;
    config.protocol = "yokogawa";
    config.epoch_insns = epoch_insns;
    config.ram_bytes = 4 << 20;
    config.chronicle_rows = 64; /* so that no end is passed over (ft/vmm/quiet.h) */
    struct system *system = system_new(&config, &error);
    CHECK(system && system_load(system, path, &error));
    struct computer *computer = system->computer[0];
    struct sight sight = {.t = t, .vmm = computer->vmm, .cpu = computer->board->cpu, .epoch = UINT64_MAX};
    cpu_observe(computer->board->cpu, look, &sight);
    CHECK(system_run(system, &error));
    printf("%s, epochs of %" PRIu32 ": %" PRIu64 " moments of %" PRIu64 " epochs, at most %" PRIu64
           " between two branches, %" PRIu64 " positions twice\n",
           guest, epoch_insns, sight.moments, sight.epochs, sight.most, sight.twice);
    CHECK_EQ(sight.moments, computer_insns(computer) + sight.epochs);
    CHECK_EQ(sight.twice, 0);
    VEC_FREE(&sight.seen);
    system_free(system);
}

int main(int argc, char **argv)
{
    struct check check = check_begin("points.position", argc, argv), *t = &check;
    static const char *const guests[] = {"kernel", "ticker", "overflow"};
    for (unsigned i = 0; i < sizeof guests / sizeof guests[0]; i++) {
        test_guest(t, argv[1], guests[i], 4096);
        test_guest(t, argv[1], guests[i], 1000000);
    }
    return check_end(t);
}

/* fork.c - see fork.h. */
#include "ft/search/fork.h"

#include <string.h>

#include "ft/compare.h"
#include "ft/snapshot.h"
#include "mmu/base/vtime.h"

/* As soon as the successor is promoted. */
static const struct fault repaired_soon = {.place = FAULT_STEP, .number = 1, .step = PROTOCOL_STEP_PROMOTED};

struct system *fork_system(const struct atlas_config *config, struct trail *trails, struct error *error)
{
    struct system_config one = *config->system;
    one.threads = 1;
    system_config_snapshot(&one);
    one.network.quiet = true;
    one.input_fd = one.output_fd = one.operator_fd = -1;
    one.trails = trails;
    struct system *system = system_new(&one, error);
    if (system && config->typed)
        system_type(system, config->typed, strlen(config->typed));
    if (system && system_load_files(system, config->files, error))
        return system;
    system_free(system);
    return NULL;
}

/* Bring the undisturbed run to shortly before FROM_PS, or leave it where it is. Whoever is stopped at a time has
 * already done what fell due at the instruction that comes to it. */
static bool go_on(struct fork *fork, const struct atlas_config *config, uint64_t from_ps, struct error *error)
{
    if (fork->system && fork->from_ps > from_ps)
        fork_free(fork);
    if (!fork->system) {
        *fork = (struct fork){.system = fork_system(config, NULL, error)};
        if (!fork->system || !system_make_files(fork->system, error))
            return false;
    }
    /* A computer that has died before is at its end: then the other leads, who is alive. */
    for (unsigned i = 0; i < system_computers(fork->system); i++)
        if (from_ps > PS_PER_US && computer_alive(fork->system, i)) {
            system_run_until(fork->system, &(struct system_until){.computer = i, .time_ps = from_ps - PS_PER_US});
            break;
        }
    fork->from_ps = from_ps;
    return true;
}

/* Has somebody come to FROM_PS, or beyond? A clock can make a jump. */
static bool late(const struct system *system, uint64_t from_ps)
{
    bool late = false;
    for (unsigned i = 0; i < system_computers(system) && from_ps; i++)
        late |= computer_alive(system, i) && computer_time_ps(system, i) >= from_ps;
    return late;
}

bool fork_run(struct fork *fork, const struct atlas_config *config, struct runs *runs, const struct fault *faults,
              unsigned count, bool repaired, uint64_t from_ps, void (*look)(struct system *system, void *arg),
              void *arg, struct error *error)
{
    if (!go_on(fork, config, from_ps, error))
        return false;
    struct system *system = fork->system;
    bool good = true;
    if (late(system, from_ps)) {
        struct fork whole = {0};
        good = fork_run(&whole, config, runs, faults, count, repaired, 0, look, arg, error);
        fork_free(&whole);
        return good;
    }
    struct snapshot *snapshot = system_snapshot(system);
    for (unsigned i = 0; i < count && good; i++)
        good = system_add_fault(system, &faults[i], error);
    good = good && (!repaired || system_add_repair(system, &repaired_soon, error)) && runs_run(runs, system, error);
    if (good && !runs_stopped(runs)) {
        system_locate(system);
        look(system, arg);
    }
    system_restore(system, snapshot);
    snapshot_free(snapshot);
    return good;
}

void fork_free(struct fork *fork)
{
    system_free(fork->system);
    *fork = (struct fork){0};
}

/* fork.c - see fork.h. */
#include "ft/search/fork.h"

#include <string.h>

#include "ft/compare.h"
#include "ft/snapshot.h"

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

/* Bring the undisturbed run to FROM_PS, less what cannot matter, or leave it where it is. */
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
        if (from_ps > 1 && computer_alive(fork->system, i)) {
            system_run_until(fork->system, &(struct system_until){.computer = i, .time_ps = from_ps - 1});
            break;
        }
    fork->from_ps = from_ps;
    return true;
}

bool fork_run(struct fork *fork, const struct atlas_config *config, struct runs *runs, const struct fault *faults,
              unsigned count, bool repaired, uint64_t from_ps, void (*look)(struct system *system, void *arg),
              void *arg, struct error *error)
{
    if (!go_on(fork, config, from_ps, error))
        return false;
    struct system *system = fork->system;
    struct snapshot *snapshot = system_snapshot(system);
    bool good = true;
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

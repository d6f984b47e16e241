/* fork.c - see fork.h. */
#include "ft/search/fork.h"

#include <string.h>

#include "ft/compare.h"
#include "ft/search/endings.h"
#include "ft/snapshot.h"
#include "mmu/base/vtime.h"

enum { EPOCHS_APART = 16 }; /* the first two looks; then twice that, and so on */

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

/* Who says where a run is looked at: the primary, or who is left. */
static unsigned leads(const struct system *system)
{
    unsigned acting = system_acting(system);
    return computer_alive(system, acting) ? acting : 1 - acting;
}

/* Run on, from look to look, at the beginning of every so many epochs of who leads. False: it is known what it comes
 * to, or the runs were stopped. True: it is to be run to its end. */
static bool go_looking(struct system *system, struct runs *runs, const struct fork_looks *looks)
{
    struct future future;
    for (unsigned looked = 0; looked < ENDINGS_LOOKS_MAX;) {
        unsigned who = leads(system);
        uint64_t apart = (uint64_t)EPOCHS_APART << looked;
        uint64_t epoch = (computer_epoch(system, who) / apart + 1) * apart;
        if (runs_stopped(runs))
            return false;
        system_run_until(system, &(struct system_until){.computer = who, .epoch = epoch});
        if (who == leads(system) && computer_epoch(system, who) != epoch)
            return true; /* it has ended before */
        if (!system_future(system, &future))
            continue;
        if (looks->known(system, &future, looks->arg))
            return false;
        looked++;
    }
    return true;
}

bool fork_run(struct fork *fork, const struct atlas_config *config, struct runs *runs, const struct fault *faults,
              unsigned count, bool repaired, uint64_t from_ps, const struct fork_looks *looks, struct error *error)
{
    if (!go_on(fork, config, from_ps, error))
        return false;
    struct system *system = fork->system;
    bool good = true;
    if (late(system, from_ps)) {
        struct fork whole = {0};
        good = fork_run(&whole, config, runs, faults, count, repaired, 0, looks, error);
        fork_free(&whole);
        return good;
    }
    struct snapshot *snapshot = system_snapshot(system);
    for (unsigned i = 0; i < count && good; i++)
        good = system_add_fault(system, &faults[i], error);
    good = good && (!repaired || system_add_repair(system, &repaired_soon, error));
    bool on = good && (!looks->known || go_looking(system, runs, looks));
    good = good && (!on || runs_run(runs, system, error));
    if (good && on && !runs_stopped(runs)) {
        system_locate(system);
        looks->end(system, looks->arg);
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

/* bench_back.c - see bench_back.h. */
#include "monitor/program/bench_back.h"

#include <stdlib.h>
#include <time.h>

#include "mmu/base/rng.h"
#include "ft/travel.h"
#include "monitor/base/ctrl_c.h"

enum { TIMES = 100, FAR_INSNS = 100000, BEFORE_INSNS = 3000 };

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Go back TIMES times, each of up to MOST instructions, or until Ctrl-C. */
static void go_back(struct travel *travel, unsigned computer, uint64_t most, struct bench_watch *watch,
                    double *median_ms, double *max_ms)
{
    double ms[TIMES] = {0};
    struct rng rng = rng_new(1, 1);
    for (unsigned i = 0; i < TIMES && bench_goes_on(watch); i++) {
        double start = seconds();
        travel_back_insns(travel, computer, 1 + rng_upto(&rng, most - 1));
        ms[i] = (seconds() - start) * 1e3;
    }
    qsort(ms, TIMES, sizeof ms[0], compare);
    *median_ms = ms[TIMES / 2];
    *max_ms = ms[TIMES - 1];
}

bool bench_back(const char *image, enum system_mode mode, bool failover, uint64_t insns, struct bench_watch *watch,
                struct back_figures *figures, struct error *error)
{
    struct system_config config;
    struct fault crash = {.place = FAULT_INSTRUCTION, .number = insns > BEFORE_INSNS ? insns - BEFORE_INSNS : 0};
    unsigned computer = failover; /* the survivor */
    system_config_defaults(&config);
    config.mode = mode;
    config.threads = 1;
    config.faults = &crash;
    config.fault_count = failover;
    struct system *system = system_new(&config, error);
    if (!system || !system_load(system, image, error)) {
        system_free(system);
        return false;
    }
    struct travel *travel = travel_new(system, config.settings.snapshot_mib << 20);
    double start = seconds();
    struct ctrl_c ctrl_c;
    ctrl_c_begin(&ctrl_c, system);
    travel_run(travel, &(struct system_until){.computer = computer, .insns = insns}, NULL, NULL);
    ctrl_c_end(&ctrl_c);
    watch->stopped |= ctrl_c.signalled;
    figures->forward_seconds = seconds() - start;
    figures->insns = cpu_state(computer_cpu(system, computer))->insns;
    go_back(travel, computer, 1, watch, &figures->step_ms, &figures->step_ms_max);
    go_back(travel, computer, FAR_INSNS, watch, &figures->far_ms, &figures->far_ms_max);
    figures->bytes = travel_bytes(travel);
    figures->snapshots = travel_places(travel, 0, NULL);
    travel_free(travel);
    system_free(system);
    return true;
}

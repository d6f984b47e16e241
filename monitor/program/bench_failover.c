/* bench_failover.c - see bench_failover.h. */
#include "monitor/program/bench_failover.h"

#include <stdlib.h>
#include <string.h>

#include "ft/compare.h"
#include "ft/system.h"
#include "mmu/base/memory.h"
#include "mmu/phys.h"

enum {
    CRASH_INSNS = 2000000,
    REPAIR_INSNS = 3000000,
    END_INSNS = 40000000, /* by then the join is over: 64 MiB take half a second of the channel's time, as it is set */
};

/* Write to every page that the image has left zero. */
static void fill(struct phys *phys)
{
    uint8_t *ram = phys_ram(phys);
    for (uint32_t at = PHYS_PAGE_BYTES - 8; at < phys_ram_bytes(phys); at += PHYS_PAGE_BYTES)
        if (!ram[at])
            memset(ram + at, (int)(at >> PHYS_PAGE_SHIFT) | 1, 8);
    phys_changed_all(phys);
}

static bool measure(const char *image, struct bench_watch *watch, struct failover_figures *figures, struct error *error)
{
    const struct fault crash = {.role = ROLE_PRIMARY, .place = FAULT_INSTRUCTION, .number = CRASH_INSNS};
    const struct fault repair = {.place = FAULT_INSTRUCTION, .number = REPAIR_INSNS};
    struct system_config config;
    system_config_defaults(&config);
    config.mode = MODE_PAIR;
    config.ram_bytes = BENCH_FAILOVER_RAM_BYTES;
    config.timeout_insns = END_INSNS;
    config.faults = &crash;
    config.repairs = &repair;
    config.fault_count = config.repair_count = 1;
    config.settings.channel_bits_per_s = UINT64_C(10000000000);
    struct system *system = system_new(&config, error);
    if (!system)
        return false;
    bool good = system_load(system, image, error);
    for (unsigned i = 0; good && i < system_computers(system); i++)
        fill(computer_phys(system, i));
    good = good && bench_run(watch, system, error);
    struct system_result result;
    if (good && !watch->stopped) {
        system_locate(system);
        system_result(system, &result);
        if (!result.explainable)
            good = error_set(error, "'%s' cannot be measured: %s", image, result.violation);
        *figures = (struct failover_figures){result.failover_seconds, result.join_seconds};
    }
    system_free(system);
    return good;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

bool bench_failover(const char *image, unsigned runs, struct bench_watch *watch, struct failover_figures *figures,
                    struct error *error)
{
    double *failover = calloc(runs, sizeof *failover), *join = calloc(runs, sizeof *join);
    bool good = true;
    memory_need(failover && join);
    for (unsigned i = 0; good && i < runs && bench_goes_on(watch); i++) {
        struct failover_figures once = {0};
        good = measure(image, watch, &once, error);
        failover[i] = once.failover_seconds;
        join[i] = once.join_seconds;
        bench_did(watch);
    }
    qsort(failover, runs, sizeof *failover, compare);
    qsort(join, runs, sizeof *join, compare);
    *figures = (struct failover_figures){0};
    if (!watch->stopped)
        *figures = (struct failover_figures){failover[runs / 2], join[runs / 2]};
    free(failover);
    free(join);
    return good;
}

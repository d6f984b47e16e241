/* bench_paper_run.c - see bench_paper_run.h. What is the paper's and what is our fit is said at each figure
 * (docs/measurements.md, "The paper").
 */
#include "monitor/program/bench_paper_run.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "ft/message.h"
#include "ft/system.h"

/* ---- theirs ---- */

#define RUN_INSNS     4.2e8 /* of the program that computes, VI */
#define RUN_SECONDS   8.8   /* RT */
#define RUN_SIMULATED 104800.0
#define SIMULATE_US   15.12
#define BOUNDARY_US   442.59 /* h_epoch, P2's wait included */
#define OTHER_SECONDS 0.041
#define ETHERNET_BPS  10e6
#define ATM_BPS       155e6
#define BOUNDARY_BITS 1324.0 /* that are sent at a boundary, the acknowledgement included */

/* ---- our fits ---- */

#define BOUNDARY_OWN_US 170.0 /* of processing: to the revised protocol at 4,096 and 8,192 */
#define ROUND_TRIP_US   140.2 /* what is left of their boundary beside that and the bits */

enum {
    CLOCK_HZ = 47727273, /* VI / RT */
    WRITE_BARE_US = 26000,
    WRITE_PAIR_US = 27800,
    READ_BARE_US = 24200,
    READ_PAIR_US = 33400, /* the way of the data to the backup is in it: nine messages and an acknowledgement */
    TRANSFER_BYTES = 8192,
    SCALE = 10, /* a tenth of their run is computed */
    FAR_US = 10000000,
};

static const char *const guests[PAPER_KINDS] = {"paper_computes", "paper_writes", "paper_reads"};
static const char *const kinds[PAPER_KINDS] = {"computes", "writes", "reads"};
static const char *const protocols[] = {"bs", "bs-revised"};

const char *paper_kind_name(enum paper_kind kind)
{
    return kinds[kind];
}

const char *paper_protocol_name(enum paper_protocol protocol)
{
    return protocols[protocol];
}

double paper_model(const struct paper_cell *cell)
{
    double boundary = cell->protocol == PAPER_REVISED ? BOUNDARY_OWN_US : BOUNDARY_US;
    if (cell->kind != PAPER_COMPUTES)
        return 0;
    if (cell->atm)
        boundary -= BOUNDARY_BITS * 1e6 / ETHERNET_BPS - BOUNDARY_BITS * 1e6 / ATM_BPS;
    return 1 + (RUN_SIMULATED * SIMULATE_US / 1e6 + RUN_INSNS / cell->epoch_insns * boundary / 1e6 + OTHER_SECONDS) /
                   RUN_SECONDS;
}

static double line_bps(bool atm)
{
    return atm ? ATM_BPS : ETHERNET_BPS;
}

/* Of one way. Our messages are shorter than theirs: what that saves on the line goes there, too. */
static uint64_t latency_us(bool atm)
{
    double ours = (MESSAGE_HEADER_BYTES + MESSAGE_ACK_BYTES) * 8;
    return (uint64_t)((ROUND_TRIP_US + (BOUNDARY_BITS - ours) * 1e6 / line_bps(atm)) / 2 + 0.5);
}

/* The data of a read go to the backup, too, and the old protocol awaits that: it is no part of the transfer here. */
static uint64_t disk_us(const struct paper_cell *cell, bool pair)
{
    if (cell->kind == PAPER_WRITES)
        return pair ? WRITE_PAIR_US : WRITE_BARE_US;
    double data_us = (MESSAGE_HEADER_BYTES + MESSAGE_DISK_BYTES + TRANSFER_BYTES) * 8 * 1e6 / line_bps(false);
    return pair ? READ_PAIR_US - (uint64_t)data_us : READ_BARE_US;
}

/* WORD is NAME=VALUE. */
static bool apply(struct settings *settings, const char *word, struct error *error)
{
    char name[64];
    const char *equals = word ? strchr(word, '=') : NULL;
    if (!equals || equals - word >= (ptrdiff_t)sizeof name)
        return error_set(error, "--set needs a value: --set NAME=VALUE");
    snprintf(name, sizeof name, "%.*s", (int)(equals - word), word);
    return settings_set(settings, name, equals + 1, error);
}

bool paper_change(struct paper_changes *changes, const char *word, struct error *error)
{
    struct settings scratch;
    settings_defaults(&scratch);
    if (!apply(&scratch, word, error))
        return false;
    if (changes->count == PAPER_CHANGES_MAX)
        return error_set(error, "--set can be given %d times at most", PAPER_CHANGES_MAX);
    changes->words[changes->count++] = word;
    return true;
}

static void configure(struct system_config *config, const struct paper_cell *cell, bool pair,
                      const struct paper_changes *changes)
{
    struct settings *settings = &config->settings;
    system_config_defaults(config);
    config->mode = pair ? MODE_PAIR : MODE_BARE;
    config->protocol = protocols[cell->protocol];
    config->epoch_insns = cell->epoch_insns;
    config->timeout_insns = cell->kind == PAPER_COMPUTES ? (uint64_t)(RUN_INSNS / SCALE) : 0;
    config->disk_create_bytes = cell->kind == PAPER_COMPUTES ? 0 : 1 << 20;
    config->disk_path = cell->kind == PAPER_COMPUTES ? NULL : "paper.img";
    config->disk_snapshot = true;
    settings->clock_hz = CLOCK_HZ;
    settings->epoch_on_idle = settings->digest_epochs = 0;
    settings->heartbeat_us = FAR_US;
    settings->timeout_us = 2 * FAR_US;
    settings->lag_max_us = 0;
    settings->disk_latency_us = disk_us(cell, pair);
    settings->disk_spread_us = 0;
    settings->channel_latency_us = latency_us(cell->atm);
    settings->channel_bits_per_s = (uint64_t)line_bps(cell->atm);
    settings->cost_simulate_ns = (uint64_t)(SIMULATE_US * 1000);
    settings->cost_epoch_ns = (uint64_t)(BOUNDARY_OWN_US * 1000);
    settings->cost_other_ns = cell->kind == PAPER_COMPUTES ? (uint64_t)(OTHER_SECONDS * 1e9 / SCALE) : 0;
    for (unsigned i = 0; pair && i < changes->count; i++)
        (void)apply(settings, changes->words[i], NULL);
}

bool paper_run(const char *folder, const struct paper_cell *cell, bool pair, const struct paper_changes *changes,
               struct bench_watch *watch, double *seconds, struct error *error)
{
    char image[PATH_MAX];
    struct system_config config;
    struct system_result result;
    configure(&config, cell, pair, changes);
    snprintf(image, sizeof image, "%.3900s/%s.elf", folder, guests[cell->kind]);
    struct system *system = system_new(&config, error);
    bool good = system && system_load(system, image, error) && bench_run(watch, system, error);
    if (good && !watch->stopped) {
        system_result(system, &result);
        enum system_end wanted = cell->kind == PAPER_COMPUTES ? END_TIMEOUT : END_EXIT;
        if (result.end != wanted || result.status)
            good = error_set(error, "'%s' ends '%s', status %d", image, result.end_name, result.status);
        *seconds = (double)system_moment(system, 0).time_ps / 1e12;
    }
    system_free(system);
    return good;
}

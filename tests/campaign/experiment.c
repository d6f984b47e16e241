/* experiment.c - see experiment.h. */
#include "tests/campaign/experiment.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ft/compare.h"
#include "ft/system/system.h"
#include "ft/vmm/vmm.h"

static const char *const policies[] = {"", "disconnect", "uncertain", "reissue"};

enum failover_policy experiment_policy(const char *name)
{
    for (unsigned p = 1; p < sizeof policies / sizeof policies[0]; p++)
        if (!strcmp(policies[p], name))
            return (enum failover_policy)p;
    return FAILOVER_PROTOCOL;
}

const char *experiment_policy_name(enum failover_policy policy)
{
    return policies[policy];
}

void experiment_defaults(struct experiment *experiment)
{
    *experiment =
        (struct experiment){.protocol = "bs-revised", .mode = MODE_PAIR, .epoch = 4096, .seed = 1, .threads = 1};
}

static void hurry(struct settings *settings)
{
    settings->channel_latency_us = 2;
    settings->channel_bits_per_s = UINT64_C(100000000000);
    settings->heartbeat_us = 10;
    settings->timeout_us = 30;
    settings->disk_latency_us = 20;
    settings->disk_spread_us = 4;
}

static void config_of(const struct experiment *experiment, char *disk, size_t disk_size, struct system_config *config)
{
    system_config_defaults(config);
    snprintf(disk, disk_size, "/tmp/understudy-campaign-%d.img", (int)getpid());
    config->mode = experiment->mode;
    config->protocol = experiment->protocol;
    config->failover = experiment->failover;
    config->epoch_insns = experiment->epoch;
    config->ram_bytes = 4 << 20;
    config->disk_path = experiment->replay ? NULL : disk;
    config->disk_create_bytes = 128 << 10;
    system_config_snapshot(config); /* the file is never made */
    config->seed = experiment->seed;
    config->timeout_insns = UINT64_C(2000000000);
    if (experiment->settings)
        config->settings = *experiment->settings;
    config->threads = experiment->threads;
    config->broken = experiment->broken;
    config->console_plain = experiment->plain;
    config->faults = experiment->faults;
    config->fault_count = experiment->fault_count;
    config->repairs = experiment->repairs;
    config->repair_count = experiment->repair_count;
    config->record = experiment->record;
    config->replay = experiment->replay;
    if (experiment->digest_epochs)
        config->settings.digest_epochs = experiment->digest_epochs;
    if (experiment->computers)
        config->settings.computers = experiment->computers;
    if (experiment->hurry)
        hurry(&config->settings);
    if (experiment->lossy) {
        config->settings.channel_crash = 1;
        config->settings.channel_latency_us = 500; /* so that something is in it */
    }
}

/* Did the failed primary, the only one so far, perform something of an epoch whose end the survivor has not received?
 */
static bool performed_unlogged(const struct system *system)
{
    const struct computer *survivor = system->computer[system_acting(system)], *dead = survivor->other;
    if (system->world.failovers != 1 || !dead || !survivor->vmm || system->world.repairs.count)
        return false; /* one that was made new has the history of its survivor */
    uint64_t known = survivor->vmm->ended_epoch;
    const struct history *history = &dead->history;
    for (unsigned device = 0; device < DISK_DEVICES; device++) {
        size_t count;
        const struct disk_record *records = shared_disk_records(system->world.disks[device], &count);
        for (size_t i = 0; i < count; i++)
            if (records[i].generation == dead->generation &&
                history->operations.at[records[i].number - 1].epoch > known)
                return true;
    }
    return history->output_at.count && history->output_at.at[history->output_at.count - 1].epoch > known;
}

static bool mixed_generations(const struct system *system)
{
    for (unsigned device = 0; device < DISK_DEVICES; device++) {
        size_t count;
        const struct disk_record *records = shared_disk_records(system->world.disks[device], &count);
        for (size_t i = 1; i < count; i++)
            if (records[i].generation < records[i - 1].generation)
                return true;
    }
    return false;
}

static void count_row(void *arg, const char *text)
{
    ++*(unsigned *)arg;
}

static void keep(const struct experiment *experiment, struct system *system, struct shown *shown)
{
    memset(shown, 0, sizeof *shown);
    system_result(system, &shown->result);
    snprintf(shown->violation, sizeof shown->violation, "%s", shown->result.violation ? shown->result.violation : "");
    snprintf(shown->why, sizeof shown->why, "%s", shown->result.why ? shown->result.why : "it did not end by itself");
    shown->disk = system_disk_digest(system);
    const uint8_t *bytes = system_terminal_output(system, &shown->terminal_bytes);
    shown->terminal = malloc(shown->terminal_bytes + 1);
    assert(shown->terminal);
    memcpy(shown->terminal, bytes ? bytes : (const uint8_t *)"", shown->terminal_bytes);
    memcpy(shown->steps, system->world.step_count, sizeof shown->steps);
    shown->unlogged = performed_unlogged(system);
    shown->generations_mixed = mixed_generations(system);
    shown->time_ps = system->world.end_ps;
    shown->timeout_us = system->world.config.settings.timeout_us;
    for (unsigned i = 0; i < system_computers(system); i++) {
        bool alive = computer_alive(system, i);
        shown->alive += alive;
        bool acts = alive && computer_role(system, i) == ROLE_PRIMARY;
        shown->acting += acts;
        shown->allowed += acts && system->computer[i]->generation == system->world.generation;
    }
    computer_outstanding(system, system_acting(system), count_row, &shown->outstanding);
    if (experiment->record)
        system_recording(system, &shown->recording, &shown->recording_bytes);
}

void experiment_run(const struct experiment *experiment, struct shown *shown)
{
    char disk[64];
    struct system_config config;
    struct error error;
    config_of(experiment, disk, sizeof disk, &config);
    struct system *system = system_new(&config, &error);
    bool good = system && system_load(system, experiment->image, &error);
    if (good && experiment->typed)
        system_type(system, experiment->typed, strlen(experiment->typed));
    if (!good || !system_run(system, &error)) {
        fprintf(stderr, "campaign: %s\n", error.text);
        exit(2);
    }
    system_locate(system);
    keep(experiment, system, shown);
    system_free(system);
}

void shown_free(struct shown *shown)
{
    free(shown->terminal);
    free(shown->recording);
    shown->terminal = shown->recording = NULL;
}

bool shown_same_terminal(const struct shown *a, const struct shown *b)
{
    return a->terminal_bytes == b->terminal_bytes && !memcmp(a->terminal, b->terminal, a->terminal_bytes);
}

/* The settings that are not as they are by themselves. */
static size_t settings_command(const struct settings *settings, char *text, size_t size)
{
    struct settings usual;
    size_t at = 0;
    settings_defaults(&usual);
    for (size_t i = 0; i < setting_count && at < size; i++) {
        char mine[64], own[64];
        settings_format(settings, &setting_rows[i], mine, sizeof mine);
        settings_format(&usual, &setting_rows[i], own, sizeof own);
        if (strcmp(mine, own) != 0)
            at += (size_t)snprintf(text + at, size - at, " --set %s=%s", setting_rows[i].name, mine);
    }
    return at;
}

void experiment_command(const struct experiment *experiment, char *text, size_t size)
{
    size_t at = 0;
    if (experiment->computers && experiment->typed)
        at = (size_t)snprintf(text, size,
                              "echo '%.*s' | understudy run --mode bare --set computers=%u --ram 4M --seed %" PRIu64
                              " --disk disk.img,create=128K,snapshot",
                              (int)strcspn(experiment->typed, "\n"), experiment->typed, experiment->computers,
                              experiment->seed);
    else
        at = (size_t)snprintf(text, size,
                              "understudy run --mode pair --protocol %s%s%s --epoch %" PRIu64
                              " --ram 4M --seed %" PRIu64 "%s --disk disk.img,create=128K,snapshot",
                              experiment->protocol, experiment->failover ? " --failover " : "",
                              experiment_policy_name(experiment->failover), experiment->epoch, experiment->seed,
                              experiment->lossy ? " --set channel-crash=1 --set channel-latency-us=500" : "");
    if (experiment->plain && at < size)
        at += (size_t)snprintf(text + at, size - at, " --console plain");
    for (enum assumption i = 0; i < ASSUMPTION_COUNT && at < size; i++)
        if (experiment->broken >> i & 1)
            at += (size_t)snprintf(text + at, size - at, " --break-assumption %s", assumption_name(i));
    for (unsigned i = 0; i < experiment->fault_count && at < size; i++) {
        char place[128];
        fault_format(&experiment->faults[i], place, sizeof place);
        bool crash = experiment->faults[i].kind == FAULT_CRASH;
        at += (size_t)snprintf(text + at, size - at, " --%s %s", crash ? "crash" : "fault", place);
    }
    for (unsigned i = 0; i < experiment->repair_count && at < size; i++) {
        char place[128];
        fault_format(&experiment->repairs[i], place, sizeof place);
        at += (size_t)snprintf(text + at, size - at, " --repair %s", strchr(place, '@') + 1);
    }
    if (experiment->settings && at < size)
        at += settings_command(experiment->settings, text + at, size - at);
    if (experiment->hurry && at < size)
        at += (size_t)snprintf(text + at, size - at,
                               " --set channel-latency-us=2 --set channel-bits-per-s=100000000000 --set "
                               "heartbeat-us=10 --set timeout-us=30 --set disk-latency-us=20 --set disk-spread-us=4");
    if (at < size)
        snprintf(text + at, size - at, " %s", experiment->image);
}

/* bench_protocols.c - see bench_protocols.h. */
#include "monitor/program/bench_protocols.h"

#include <stdio.h>
#include <string.h>

#include "cpu/cpu.h"
#include "ft/protocols.h"
#include "ft/system.h"
#include "mmu/base/vtime.h"
#include "monitor/base/json.h"

enum {
    LENGTHS = 4,
    PROTOCOLS_MAX = 16,
    ROWS_MAX = PROTOCOLS_MAX * LENGTHS,
    /* What a monitor takes for a simulated instruction (Bressoud & Schneider, SOSP '95), for an epoch's boundary
     * without waits (our fit to their revised protocol: docs/measurements.md), and to copy a page of 4 KiB for a
     * checkpoint (ours: 1,024 loads and stores and some more, at 50 MHz). */
    COST_SIMULATE_NS = 15120,
    COST_EPOCH_NS = 170000,
    COST_PAGE_NS = 50000,
};
static const unsigned lengths[LENGTHS] = {1000, 4096, 32768, 262144};

/* What a run has shown. */
struct run {
    struct system_result result;
    uint64_t time_ps, forgotten_insns;
};

struct row {
    const char *protocol;
    unsigned epoch_insns;
    struct run undisturbed, crashed;
};

struct table {
    struct row rows[ROWS_MAX];
    unsigned count;          /* of those that have been measured */
    uint64_t bare_ps, crash; /* before which output of the guest's the primary fails */
};

/* What the primary that failed executed and the surviving guest has not: instructions. */
static uint64_t forgotten(struct system *system)
{
    unsigned acting = system_acting(system);
    uint64_t live = computer_live_from(system, acting);
    uint64_t dead = acting ? cpu_state(computer_cpu(system, 1 - acting))->insns : 0;
    return dead > live ? dead - live : 0;
}

/* Run IMAGE; a result that has texts is not kept with them. */
static bool run(const char *image, const struct system_config *config, struct bench_watch *watch, struct run *run,
                struct error *error)
{
    if (!bench_goes_on(watch))
        return true;
    struct system *system = system_new(config, error);
    if (!system)
        return false;
    bool good = system_load(system, image, error) && bench_run(watch, system, error);
    if (good && !watch->stopped) {
        struct system_result *result = &run->result;
        system_result(system, result);
        run->time_ps = computer_time_ps(system, system_acting(system));
        run->forgotten_insns = forgotten(system);
        if (result->end != END_EXIT || (!config->fault_count && !result->explainable))
            good = error_set(error, "'%s' cannot be measured: its run ended '%s', status %d%s%.300s", image,
                             result->end_name, result->status, result->violation ? ": " : "",
                             result->violation ? result->violation : "");
        result->violation = result->why = NULL; /* the system's */
    }
    system_free(system);
    bench_did(watch);
    return good;
}

static void configure(struct system_config *config, const struct row *row)
{
    struct settings *settings = &config->settings;
    system_config_defaults(config);
    config->disk_path = "protocols.img";
    config->disk_create_bytes = 1 << 20;
    config->disk_snapshot = true;
    if (!row) /* a bare computer */
        return;
    config->mode = MODE_PAIR;
    config->protocol = row->protocol;
    config->epoch_insns = row->epoch_insns;
    settings->cost_simulate_ns = COST_SIMULATE_NS;
    settings->cost_epoch_ns = COST_EPOCH_NS;
    settings->cost_page_ns = COST_PAGE_NS;
}

static bool measure_bare(const char *image, struct table *table, struct bench_watch *watch, struct error *error)
{
    struct system_config config;
    struct run bare = {0};
    configure(&config, NULL);
    if (!run(image, &config, watch, &bare, error) || watch->stopped)
        return watch->stopped;
    table->bare_ps = bare.time_ps;
    table->crash = (bare.result.operations.issued + 1) / 2;
    return table->crash || error_set(error, "'%s' cannot be measured: it puts nothing out", image);
}

static bool measure_row(const char *image, struct table *table, struct row *row, struct bench_watch *watch,
                        struct error *error)
{
    struct system_config config;
    struct fault crash = {
        .role = ROLE_PRIMARY, .place = FAULT_OPERATION, .number = table->crash, .phase = OPERATION_PERFORMED};
    configure(&config, row);
    if (!run(image, &config, watch, &row->undisturbed, error))
        return false;
    config.faults = &crash;
    config.fault_count = 1;
    return run(image, &config, watch, &row->crashed, error);
}

static bool measure_all(const char *image, struct table *table, struct bench_watch *watch, struct error *error)
{
    if (!measure_bare(image, table, watch, error))
        return false;
    for (unsigned p = 0; protocol_name(p); p++)
        for (unsigned i = 0; i < LENGTHS && bench_goes_on(watch); i++) {
            struct row *row = &table->rows[table->count];
            *row = (struct row){.protocol = protocol_name(p), .epoch_insns = lengths[i]};
            if (!measure_row(image, table, row, watch, error))
                return false;
            table->count += !watch->stopped;
        }
    return true;
}

/* ---- what is printed ---- */

static double normalized(const struct table *table, const struct row *row)
{
    return (double)row->undisturbed.time_ps / (double)table->bare_ps;
}

static double us(uint64_t ps)
{
    return (double)ps / PS_PER_US;
}

/* "yes", or "rule 5". */
static const char *explained(const struct system_result *result, char text[16])
{
    snprintf(text, 16, result->explainable ? "yes" : "rule %u", result->rule);
    return text;
}

static void print_text(const char *image, const struct table *table)
{
    char text[16];
    printf("%s: %.3f ms on a bare computer; the primary fails when output %llu has been performed\n", image,
           us(table->bare_ps) / 1000, (unsigned long long)table->crash);
    printf("%-11s %7s %11s %9s %11s %9s %9s | %9s %10s %9s  %s\n", "protocol", "epoch", "normalized", "messages",
           "bytes", "delay us", "longest", "down us", "forgotten", "repeated", "explained");
    for (unsigned i = 0; i < table->count; i++) {
        const struct row *row = &table->rows[i];
        const struct system_result *result = &row->undisturbed.result, *crashed = &row->crashed.result;
        printf("%-11s %7u %11.3f %9llu %11llu %9.1f %9.1f | %9.0f %10llu %9llu  %s\n", row->protocol, row->epoch_insns,
               normalized(table, row), (unsigned long long)result->messages, (unsigned long long)result->bytes,
               result->output_delay_us_mean, result->output_delay_us_max, us(crashed->downtime_ps),
               (unsigned long long)row->crashed.forgotten_insns, (unsigned long long)crashed->operations.repeated,
               explained(crashed, text));
    }
    printf("normalized: virtual time, pair to bare. delay: of an output, from the guest's store until it is issued.\n"
           "Behind the crash: silence until the backup is live; instructions that the failed primary executed and\n"
           "nobody else; disk operations performed again; is what the world has seen explained, else the rule.\n"
           "Costs: %.2f us an instruction simulated (Bressoud & Schneider 1995), %.0f us an epoch's boundary (our fit\n"
           "to them), %.0f us a page of a checkpoint (ours).\n",
           COST_SIMULATE_NS / 1e3, COST_EPOCH_NS / 1e3, COST_PAGE_NS / 1e3);
}

static void print_row(struct json *json, const struct table *table, const struct row *row)
{
    const struct system_result *result = &row->undisturbed.result, *crashed = &row->crashed.result;
    json_open(json, NULL, '{');
    json_string(json, "protocol", row->protocol);
    json_unsigned(json, "epoch", row->epoch_insns);
    json_seconds(json, "normalized", normalized(table, row));
    json_unsigned(json, "messages", result->messages);
    json_unsigned(json, "bytes", result->bytes);
    json_open(json, "output_delay_us", '{');
    json_seconds(json, "mean", result->output_delay_us_mean);
    json_seconds(json, "max", result->output_delay_us_max);
    json_close(json, '}');
    json_open(json, "crash", '{');
    json_seconds(json, "downtime_us", us(crashed->downtime_ps));
    json_unsigned(json, "forgotten_instructions", row->crashed.forgotten_insns);
    json_unsigned(json, "repeated_operations", crashed->operations.repeated);
    json_bool(json, "explainable", crashed->explainable);
    json_unsigned(json, "rule", crashed->rule);
    json_close(json, '}');
    json_close(json, '}');
}

static void print_json(const char *image, const struct table *table)
{
    struct json json;
    json_begin(&json, stdout);
    json_open(&json, NULL, '{');
    json_string(&json, "image", image);
    json_seconds(&json, "bare_us", us(table->bare_ps));
    json_unsigned(&json, "crash_output", table->crash);
    json_seconds(&json, "cost_simulate_us", COST_SIMULATE_NS / 1e3);
    json_seconds(&json, "cost_epoch_us", COST_EPOCH_NS / 1e3);
    json_seconds(&json, "cost_page_us", COST_PAGE_NS / 1e3);
    json_open(&json, "protocols", '[');
    for (unsigned i = 0; i < table->count; i++)
        print_row(&json, table, &table->rows[i]);
    json_close(&json, ']');
    json_close(&json, '}');
}

bool bench_protocols(const char *image, bool json, struct bench_watch *watch, struct error *error)
{
    struct table table = {0};
    unsigned protocols = 0;
    while (protocols < PROTOCOLS_MAX && protocol_name(protocols))
        protocols++;
    bench_begin(watch, 1 + (uint64_t)protocols * LENGTHS * 2, "runs");
    bool good = measure_all(image, &table, watch, error);
    bench_end(watch);
    if (!good)
        return false;
    if (!table.count)
        return error_set(error, "stopped: nothing is measured yet");
    bench_say_stopped(watch);
    if (json)
        print_json(image, &table);
    else
        print_text(image, &table);
    return true;
}

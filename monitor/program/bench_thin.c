/* bench_thin.c - see bench_thin.h. */
#include "monitor/program/bench_thin.h"

#include <stdio.h>
#include <string.h>

#include "ft/message.h"
#include "ft/system.h"
#include "monitor/base/json.h"

enum {
    RATES = 5,
    COST_SIMULATE_NS = 15120, /* Bressoud & Schneider, SOSP '95: of a simulated instruction, */
    COST_EPOCH_NS = 442590,   /* and of an epoch's boundary, P2's wait included */
    EPOCH_INSNS = 100000,     /* so long that hardly a point is chosen for its length */
};
static const unsigned rates[RATES] = {1, 2, 4, 8, 16};

/* What is typed: a stream of bytes, and the end of transmission. */
static const char stream[] = "the quick brown fox jumps over the lazy dog\nand over the lazy dog\n\x04";

struct row {
    uint64_t external, given, points, messages, bytes, time_ps;
};

static bool run(const char *image, const struct system_config *config, struct bench_watch *watch, struct row *row,
                struct error *error)
{
    if (!bench_goes_on(watch))
        return true;
    struct system_result result;
    struct system *system = system_new(config, error);
    if (!system)
        return false;
    system_type(system, stream, sizeof stream - 1);
    bool good = system_load(system, image, error) && bench_run(watch, system, error);
    if (good && !watch->stopped) {
        system_result(system, &result);
        *row = (struct row){.messages = result.messages,
                            .bytes = result.bytes,
                            .time_ps = computer_time_ps(system, system_acting(system))};
        for (unsigned i = 0; i < INTERRUPT_CLASSES; i++) {
            row->external += result.interrupts[i].external;
            row->given += result.interrupts[i].given;
        }
        for (unsigned i = 0; i < POINT_REASON_COUNT; i++)
            row->points += result.points.of[i];
        if (result.end != END_EXIT || result.status || !result.explainable)
            good = error_set(error, "'%s' cannot be measured: its run ended '%s', status %d%s%.300s", image,
                             result.end_name, result.status, result.violation ? ": " : "",
                             result.violation ? result.violation : "");
    }
    system_free(system);
    bench_did(watch);
    return good;
}

static double normalized(const struct row *row, const struct row *bare)
{
    return (double)row->time_ps / (double)bare->time_ps;
}

static void print_text(const char *image, const struct row *rows, unsigned count, const struct row *bare)
{
    printf("%s, protocol yokogawa, costs of Bressoud & Schneider (15.12 us an instruction simulated, 442.59 us an "
           "epoch)\n",
           image);
    printf("%-12s %10s %10s %10s %10s %12s %12s\n", "thin-timer", "raised", "given", "points", "messages", "bytes",
           "normalized");
    for (unsigned i = 0; i < count; i++)
        printf("%-12u %10llu %10llu %10llu %10llu %12llu %12.3f\n", rates[i], (unsigned long long)rows[i].external,
               (unsigned long long)rows[i].given, (unsigned long long)rows[i].points,
               (unsigned long long)rows[i].messages, (unsigned long long)rows[i].bytes, normalized(&rows[i], bare));
    printf("raised: interrupts of the hardware; given: virtual ones; normalized: virtual time, pair to bare\n");
}

static void print_json(const char *image, const struct row *rows, unsigned count, const struct row *bare)
{
    struct json json;
    json_begin(&json, stdout);
    json_open(&json, NULL, '{');
    json_string(&json, "image", image);
    json_open(&json, "thin", '[');
    for (unsigned i = 0; i < count; i++) {
        json_open(&json, NULL, '{');
        json_unsigned(&json, "rate", rates[i]);
        json_unsigned(&json, "external", rows[i].external);
        json_unsigned(&json, "virtual", rows[i].given);
        json_unsigned(&json, "points", rows[i].points);
        json_unsigned(&json, "messages", rows[i].messages);
        json_unsigned(&json, "bytes", rows[i].bytes);
        json_seconds(&json, "normalized", normalized(&rows[i], bare));
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_close(&json, '}');
}

/* The bare computer, and a pair at each of the rates. */
static bool run_all(const char *image, struct bench_watch *watch, struct row *rows, struct row *bare,
                    struct error *error)
{
    struct system_config config;
    system_config_defaults(&config);
    if (!run(image, &config, watch, bare, error))
        return false;
    config.mode = MODE_PAIR;
    config.protocol = "yokogawa";
    config.epoch_insns = EPOCH_INSNS;
    config.settings.cost_simulate_ns = COST_SIMULATE_NS;
    config.settings.cost_epoch_ns = COST_EPOCH_NS;
    for (unsigned i = 0; i < RATES; i++) {
        config.settings.thin_timer = rates[i];
        if (!run(image, &config, watch, &rows[i], error))
            return false;
    }
    return true;
}

bool bench_thin(const char *image, bool json, struct bench_watch *watch, struct error *error)
{
    struct row rows[RATES], bare = {0};
    bench_begin(watch, 1 + RATES, "runs");
    bool good = run_all(image, watch, rows, &bare, error);
    bench_end(watch);
    if (!good)
        return false;
    if (watch->done < 2) /* the bare computer, and a rate */
        return error_set(error, "stopped: nothing is measured yet");
    bench_say_stopped(watch);
    if (json)
        print_json(image, rows, (unsigned)watch->done - 1, &bare);
    else
        print_text(image, rows, (unsigned)watch->done - 1, &bare);
    return true;
}

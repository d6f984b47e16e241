/* bench_engines.c - see bench_engines.h. */
#include "monitor/program/bench_engines.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ft/system.h"
#include "mmu/base/memory.h"
#include "monitor/base/file.h"
#include "monitor/base/json.h"
#include "monitor/program/bench_qemu.h"
#include "monitor/program/median.h"

enum engine { INTERPRETER, TRANSLATOR, QEMU, QEMU_COUNTING, ENGINES };
static const char *const engine_names[ENGINES] = {"interpreter", "translator", "qemu", "qemu -icount"};
static const char *const engine_keys[ENGINES] = {"interpreter", "translator", "qemu", "qemu_icount"};
static const char *const colours[ENGINES] = {"#888", "#06c", "#c40", "#e9a"};

static const struct {
    const char *name, *title;
} guests[] = {
    {"integer", "small loops"},        {"mixed", "like CoreMark"}, {"floating", "floating point"},
    {"bytecode", "an interpreter"},    {"memory", "megabytes"},    {"virtual", "mixed, translated"},
    {"calls", "calls and TLB misses"},
};
enum { GUESTS = sizeof guests / sizeof guests[0], ROUNDS_MAX = 99 };

struct figures {
    unsigned rounds, engines; /* ENGINES, or QEMU where that is not installed */
    uint64_t insns[GUESTS];
    double seconds[GUESTS][ENGINES][ROUNDS_MAX];
};

/* What a guest came to: its line "end SUM". */
static bool end_of(struct system *system, uint32_t *sum)
{
    uint64_t size;
    const char *text = (const char *)system_terminal_output(system, &size);
    static const char word[] = "end ";
    const char *at = size ? memmem(text, size, word, sizeof word - 1) : NULL;
    if (!at || (size_t)(at - text) + 12 > size)
        return false;
    char digits[9] = {0};
    memcpy(digits, at + 4, 8);
    *sum = (uint32_t)strtoul(digits, NULL, 16);
    return true;
}

static bool run_own(const char *image, enum engine engine, struct bench_watch *watch, uint64_t *insns, double *seconds,
                    uint32_t *sum, struct error *error)
{
    struct system_config config;
    struct system_result result;
    system_config_defaults(&config);
    config.engine = engine == TRANSLATOR ? CPU_ENGINE_TRANSLATOR : CPU_ENGINE_INTERPRETER;
    struct system *system = system_new(&config, error);
    bool good = system && system_load(system, image, error) && bench_run(watch, system, error);
    if (good && !watch->stopped) {
        system_result(system, &result);
        *insns = result.instructions;
        *seconds = result.cpu_seconds[0];
        if (strcmp(result.engine, engine_names[engine]) != 0)
            good = error_set(error, "there is no translator here to be measured");
        else if (!end_of(system, sum))
            good = error_set(error, "'%s' has not come to its end: its run ended '%s'", image, result.end_name);
    }
    system_free(system);
    return good;
}

/* One guest on every engine, or until Ctrl-C. */
static bool run_guest(struct figures *figures, unsigned guest, unsigned round, const char *folder,
                      struct bench_watch *watch, struct error *error)
{
    char image[PATH_MAX];
    uint32_t wanted = 0;
    if (snprintf(image, sizeof image, "%s/engine_%s.elf", folder, guests[guest].name) >= (int)sizeof image)
        return error_set(error, "'%.60s...' is too long a path", folder);
    for (unsigned engine = 0; engine < figures->engines && bench_goes_on(watch); engine++) {
        uint32_t sum = 0;
        double *seconds = &figures->seconds[guest][engine][round];
        if (engine < QEMU ? !run_own(image, (enum engine)engine, watch, &figures->insns[guest], seconds, &sum, error)
                          : !bench_qemu(image, engine == QEMU_COUNTING, seconds, &sum, error))
            return false;
        if (engine && sum != wanted && !watch->stopped)
            return error_set(error, "'%s' comes to %08x with %s, and to %08x with %s", image, sum, engine_names[engine],
                             wanted, engine_names[0]);
        wanted = sum;
    }
    return true;
}

/* Millions of instructions a second of a processor's time. */
static double speed(const struct figures *figures, unsigned guest, unsigned engine)
{
    double values[ROUNDS_MAX];
    for (unsigned i = 0; i < figures->rounds; i++)
        values[i] = (double)figures->insns[guest] / figures->seconds[guest][engine][i] / 1e6;
    return median(values, figures->rounds);
}

/* How many times as fast the translator is as ENGINE, each in its round. */
static double ratio(const struct figures *figures, unsigned guest, unsigned engine)
{
    double values[ROUNDS_MAX];
    for (unsigned i = 0; i < figures->rounds; i++)
        values[i] = figures->seconds[guest][engine][i] / figures->seconds[guest][TRANSLATOR][i];
    return median(values, figures->rounds);
}

static double mean_ratio(const struct figures *figures, unsigned engine)
{
    double sum = 0;
    for (unsigned guest = 0; guest < GUESTS; guest++)
        sum += log(ratio(figures, guest, engine));
    return exp(sum / GUESTS);
}

static void print_text(const struct figures *figures)
{
    printf("%-22s %7s", "Minsn a processor's s", "Minsn");
    for (unsigned engine = 0; engine < figures->engines; engine++)
        printf(" %12s", engine_names[engine]);
    for (unsigned engine = 0; engine < figures->engines; engine++)
        if (engine != TRANSLATOR)
            printf("  x %-12s", engine_names[engine]);
    printf("\n");
    for (unsigned guest = 0; guest < GUESTS; guest++) {
        printf("%-22s %7.1f", guests[guest].title, (double)figures->insns[guest] / 1e6);
        for (unsigned engine = 0; engine < figures->engines; engine++)
            printf(" %12.0f", speed(figures, guest, engine));
        for (unsigned engine = 0; engine < figures->engines; engine++)
            if (engine != TRANSLATOR)
                printf("  %-14.2f", ratio(figures, guest, engine));
        printf("\n");
    }
    printf("%-*s", 30 + 13 * (int)figures->engines, "geometric mean");
    for (unsigned engine = 0; engine < figures->engines; engine++)
        if (engine != TRANSLATOR)
            printf("  %-14.2f", mean_ratio(figures, engine));
    printf("\nmedians of %u rounds; x: the translator's speed to it, in one round%s\n", figures->rounds,
           figures->engines == ENGINES ? "" : "; qemu-system-hppa is not installed");
}

static void print_json(const struct figures *figures)
{
    struct json json;
    json_begin(&json, stdout);
    json_open(&json, NULL, '{');
    json_unsigned(&json, "runs", figures->rounds);
    json_open(&json, "guests", '[');
    for (unsigned guest = 0; guest < GUESTS; guest++) {
        json_open(&json, NULL, '{');
        json_string(&json, "name", guests[guest].name);
        json_unsigned(&json, "instructions", figures->insns[guest]);
        for (unsigned engine = 0; engine < figures->engines; engine++) {
            json_open(&json, engine_keys[engine], '{');
            json_unsigned(&json, "insns_per_second", (uint64_t)(speed(figures, guest, engine) * 1e6));
            json_seconds(&json, "translator_ratio", ratio(figures, guest, engine));
            json_close(&json, '}');
        }
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_open(&json, "geometric_mean", '{');
    for (unsigned engine = 0; engine < figures->engines; engine++)
        if (engine != TRANSLATOR)
            json_seconds(&json, engine_keys[engine], mean_ratio(figures, engine));
    json_close(&json, '}');
    json_close(&json, '}');
}

/* ---- the drawing: a bar for each guest and engine ---- */

enum { WIDTH = 720, LEFT = 150, RIGHT = 70, TOP = 52, BAR = 11, GAP = 14, LEGEND = 130 };

static void draw_guest(FILE *out, const struct figures *figures, unsigned guest, double most)
{
    unsigned y = TOP + guest * (figures->engines * BAR + GAP);
    fprintf(out, "<text x='%d' y='%u' text-anchor='end'>%s</text>\n", LEFT - 8, y + figures->engines * BAR / 2 + 4,
            guests[guest].title);
    for (unsigned engine = 0; engine < figures->engines; engine++, y += BAR) {
        double minsns = speed(figures, guest, engine), width = (WIDTH - LEFT - RIGHT) * minsns / most;
        fprintf(out,
                "<rect x='%d' y='%u' width='%.1f' height='%d' fill='%s'/>"
                "<text x='%.1f' y='%u' font-size='9'>%.0f</text>\n",
                LEFT, y, width, BAR - 1, colours[engine], LEFT + width + 4, y + BAR - 2, minsns);
    }
}

static void draw(FILE *out, const void *what)
{
    const struct figures *figures = what;
    double most = 0;
    for (unsigned guest = 0; guest < GUESTS; guest++)
        for (unsigned engine = 0; engine < figures->engines; engine++)
            most = fmax(most, speed(figures, guest, engine));
    fprintf(out,
            "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%u' font-family='sans-serif' font-size='12'>\n"
            "<rect width='100%%' height='100%%' fill='white'/>\n"
            "<text x='%d' y='20'>million instructions in a second of a processor's time</text>\n",
            WIDTH, TOP + GUESTS * (figures->engines * BAR + GAP), LEFT);
    for (unsigned engine = 0; engine < figures->engines; engine++)
        fprintf(out, "<text x='%u' y='38' fill='%s'>%s</text>\n", LEFT + engine * LEGEND, colours[engine],
                engine_names[engine]);
    for (unsigned guest = 0; guest < GUESTS; guest++)
        draw_guest(out, figures, guest, most);
    fprintf(out, "</svg>\n");
}

/* All rounds, or, after Ctrl-C, those that are whole. */
static bool run_rounds(struct figures *figures, unsigned rounds, const char *folder, struct bench_watch *watch,
                       struct error *error)
{
    bool good = true;
    bench_begin(watch, (uint64_t)rounds * GUESTS, "runs");
    while (good && figures->rounds < rounds && !watch->stopped) {
        for (unsigned guest = 0; good && guest < GUESTS && bench_goes_on(watch); guest++) {
            good = run_guest(figures, guest, figures->rounds, folder, watch, error);
            bench_did(watch);
        }
        figures->rounds += !watch->stopped;
    }
    bench_end(watch);
    return good && (figures->rounds || error_set(error, "stopped in the first round: nothing is measured yet"));
}

bool bench_engines(const char *folder, unsigned runs, bool json, const char *plot_path, struct bench_watch *watch,
                   struct error *error)
{
    struct figures *figures = calloc(1, sizeof *figures);
    memory_need(figures);
    figures->engines = bench_qemu_installed() ? ENGINES : QEMU;
    bool good = runs <= ROUNDS_MAX && run_rounds(figures, runs, folder, watch, error);
    if (good)
        bench_say_stopped(watch);
    if (good && json)
        print_json(figures);
    else if (good)
        print_text(figures);
    good = good && file_print_whole(plot_path, draw, figures, error);
    free(figures);
    return good;
}

/* sweep_main.c - `understudy sweep [OPTIONS] IMAGE`: crash either computer everywhere and judge every run (ft/atlas.h).
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ft/atlas.h"
#include "mmu/base/memory.h"
#include "monitor/base/file.h"
#include "monitor/base/json.h"
#include "monitor/base/shell.h"
#include "monitor/session/options.h"
#include "monitor/program/subcommand.h"

/* WORD for a shell, but the host's time that was asked for as the number that it was. */
static void put_argument(FILE *out, const char *word, const struct settings *settings)
{
    const char *now = strstr(word, "world-clock=now");
    if (now && strcmp(now, "world-clock=now") == 0)
        fprintf(out, "%.*sworld-clock=%" PRIu64, (int)(now - word), word, settings->world_clock);
    else
        shell_put_word(out, word);
}

/* Does OPTION with VALUE (or all of `--option=value`) give a disk that keeps what is written? */
static bool keeps_disk(const char *option, const char *value)
{
    bool has_disk =
        strncmp(option, "--disk", 6) == 0 || (strncmp(option, "--virtio", 8) == 0 && strstr(value, ",disk=") != NULL);
    return has_disk && !strstr(value, ",snapshot");
}

/* The command that shows VIOLATION, of a run with SETTINGS, again, as often as one likes: its disks are snapshots, as
 * in the sweep. To be freed. */
static char *reproduce(unsigned count, char *const *words, const struct settings *settings,
                       const struct atlas_violation *violation)
{
    char *text = NULL, place[128];
    size_t size;
    FILE *out = open_memstream(&text, &size);
    memory_need(out);
    fault_format(&violation->fault, place, sizeof place);
    fprintf(out, "understudy run --mode pair --crash %s", place);
    for (unsigned i = 0; i < count; i++) {
        const char *option = words[i];
        bool is = strncmp(option, "--", 2) == 0 && option[2],
             follows = is && options_value_follows(option, OPTIONS_SWEEP);
        const char *value = follows ? words[i + 1] : option;
        i += follows;
        if (is && (!options_takes(option, OPTIONS_RUN) || !strncmp(option, "--json", 6)))
            continue;
        if (follows)
            fprintf(out, " %s", option);
        fputc(' ', out);
        put_argument(out, value, settings);
        fputs(is && keeps_disk(option, value) ? ",snapshot" : "", out);
    }
    fclose(out);
    return text;
}

struct report {
    const struct atlas *atlas;
    char **commands; /* one for each violation */
    double host_seconds;
};

static void json_class(struct json *json, const struct atlas *atlas, const struct atlas_class *row)
{
    char place[128];
    bool holds = row->violation == SIZE_MAX;
    fault_format(&row->fault, place, sizeof place);
    json_open(json, NULL, '{');
    json_string(json, "crash", place);
    json_unsigned(json, "points", row->points);
    json_bool(json, "explained", holds);
    json_bool(json, "probed", row->probed);
    json_string(json, "sentence", holds ? NULL : atlas->violations.at[row->violation].sentence);
    json_close(json, '}');
}

static void write_json(FILE *out, const struct report *report)
{
    struct json json;
    const struct atlas *atlas = report->atlas;
    json_begin(&json, out);
    json_open(&json, NULL, '{');
    json_unsigned(&json, "crash_points", atlas->crash_points);
    json_unsigned(&json, "classes", atlas->classes);
    json_unsigned(&json, "explained", atlas->explained);
    json_open(&json, "violations", '[');
    for (size_t i = 0; i < atlas->violations.count; i++) {
        json_open(&json, NULL, '{');
        json_string(&json, "sentence", atlas->violations.at[i].sentence);
        json_string(&json, "command", report->commands[i]);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_open(&json, "class_rows", '[');
    for (size_t i = 0; i < atlas->rows.count; i++)
        json_class(&json, atlas, &atlas->rows.at[i]);
    json_close(&json, ']');
    json_seconds(&json, "host_seconds", report->host_seconds);
    json_close(&json, '}');
}

static bool save_json(const char *path, const struct report *report, struct error *error)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    memory_need(out);
    write_json(out, report);
    fclose(out);
    bool good = file_write_whole(path, text, size, error);
    free(text);
    return good;
}

static void print_report(const struct report *report)
{
    enum { SHOWN_MAX = 20 };
    const struct atlas *atlas = report->atlas;
    for (size_t i = 0; i < atlas->violations.count && i < SHOWN_MAX; i++)
        printf("%s\n    %s\n", atlas->violations.at[i].sentence, report->commands[i]);
    if (atlas->violations.count > SHOWN_MAX)
        printf("... and %zu more\n", atlas->violations.count - SHOWN_MAX);
    printf("%" PRIu64 " crash points in %" PRIu64 " classes: %" PRIu64 " explained, %zu classes with a violation\n",
           atlas->crash_points, atlas->classes, atlas->explained, atlas->violations.count);
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Its disks are snapshots (atlas.h), so that nothing but the JSON object is written. */
static bool may_write(const struct options *options, struct error *error)
{
    struct claims claims;
    claims_begin(&claims);
    bool good = options_claim(options, options->image, &claims, error) &&
                (!options->json_path || file_writable(options->json_path, error));
    claims_free(&claims);
    return good;
}

static int sweep(struct options *options, unsigned count, char *const *words, struct error *error)
{
    struct atlas atlas;
    struct guest_files files = options_files(options, options->image);
    struct atlas_config config = {.system = &options->config,
                                  .files = &files,
                                  .jobs = options->jobs,
                                  .probes = options->probes,
                                  .sample = options->sample};
    if (!may_write(options, error) || !options_read_protocol(options, error))
        return EXIT_REFUSED;
    double start = seconds_now();
    bool good = atlas_sweep(&config, &atlas, error);
    int status = atlas.violations.count ? 1 : 0;
    if (good) {
        struct report report = {&atlas, calloc(atlas.violations.count + 1, sizeof(char *)), seconds_now() - start};
        memory_need(report.commands);
        for (size_t i = 0; i < atlas.violations.count; i++)
            report.commands[i] = reproduce(count, words, &options->config.settings, &atlas.violations.at[i]);
        print_report(&report);
        good = !options->json_path || save_json(options->json_path, &report, error);
        for (size_t i = 0; i < atlas.violations.count; i++)
            free(report.commands[i]);
        free(report.commands);
    }
    atlas_free(&atlas);
    return good ? status : EXIT_REFUSED;
}

int sweep_main(unsigned count, char *const *words, struct error *error)
{
    struct options options;
    int status = EXIT_REFUSED;
    options_init(&options);
    options.config.mode = MODE_PAIR;
    if (options_parse(&options, OPTIONS_SWEEP, count, words, error)) {
        if (options.help) {
            printf("understudy sweep [OPTIONS] IMAGE\n\n"
                   "Crash either computer of a pair everywhere: at every instruction, protocol step and phase of an\n"
                   "operation. Crashes that leave the same behind are one class, run once. Exit status 0: every run\n"
                   "is explainable and ends as the undisturbed one; 1: some do not; 2: refused.\n\n"
                   "Options (default):\n");
            options_help(stdout, OPTIONS_SWEEP);
            status = 0;
        } else {
            status = sweep(&options, count, words, error);
        }
    }
    options_free(&options);
    return status;
}

/* sweep_main.c - `understudy sweep`: let something fail everywhere in a run of IMAGE and judge every run (ft/atlas.h);
 * without an IMAGE, prove a protocol (sweep_prove.h); with --merge, join what shards have written.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "io/elf.h"
#include "monitor/base/ctrl_c.h"
#include "monitor/base/progress.h"
#include "monitor/program/subcommand.h"
#include "monitor/program/sweep_prove.h"
#include "monitor/program/sweep_report.h"
#include "monitor/session/plan.h"

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void show_progress(void *arg, uint64_t done, uint64_t of)
{
    progress_tell(arg, done, of);
}

/* Asked all the time: who waits for the first class sees that something is done. */
static bool is_asked(void *arg)
{
    struct progress *progress = arg;
    if (!atomic_load(&progress->shown))
        progress_tell(progress, 0, 1);
    return ctrl_c_asked();
}

/* Its disks are snapshots (atlas.h), so that nothing but the reports is written. */
static bool may_write(const struct options *options, const struct sweep_files *files, struct error *error)
{
    struct claims claims;
    claims_begin(&claims);
    bool good = options_claim(options, options->image, &claims, error) && sweep_files_writable(files, error);
    claims_free(&claims);
    return good;
}

/* As `run` says it of its one run (plan_missed). */
static void tell_missed(const struct atlas *atlas)
{
    enum { NAMED_MAX = 3 };
    char text[PLAN_TEXT_BYTES];
    size_t count = atlas->missed.count;
    if (!count)
        return;
    fprintf(stderr, "understudy: note: %zu fault%s did not happen in any run: ", count, count == 1 ? "" : "s");
    for (size_t i = 0; i < count && i < NAMED_MAX; i++) {
        plan_describe(&atlas->missed.at[i], text);
        fprintf(stderr, "%s%s", i ? ", " : "", text);
    }
    fprintf(stderr, "%s\n", count > NAMED_MAX ? ", ..." : "");
}

static int sweep(struct options *options, unsigned count, char *const *words, struct error *error)
{
    struct atlas atlas;
    struct guest_files guest = options_files(options, options->image);
    struct sweep_files files = {options->json_path, options->csv_path, options->svg_path};
    struct progress progress;
    double start = seconds_now();
    struct atlas_config config = {.system = &options->config,
                                  .files = &guest,
                                  .jobs = options->jobs,
                                  .probes = options->probes,
                                  .sample = options->sample,
                                  .faults = options->sweep_faults,
                                  .shard = options->shard,
                                  .shards = options->shards,
                                  .points_max = options->points,
                                  .to_the_end = options->to_the_end,
                                  .progress = show_progress,
                                  .asked = is_asked,
                                  .arg = &progress};
    int status = EXIT_REFUSED;
    if (!may_write(options, &files, error) || !options_read_protocol(options, error))
        return EXIT_REFUSED;
    ctrl_c_block(true);
    progress_begin(&progress, "classes");
    bool good = atlas_sweep(&config, &atlas, error), stopped = atlas.stopped;
    progress_end(&progress);
    if (good) {
        struct sweep_rows rows;
        sweep_rows_take(&rows, &atlas, options, count, words);
        rows.stopped = stopped;
        good = sweep_report(&rows, &files, seconds_now() - start, &status, error);
        sweep_rows_free(&rows);
        tell_missed(&atlas);
    }
    atlas_free(&atlas);
    return stopped ? EXIT_STOPPED : good ? status : EXIT_REFUSED;
}

/* ---- --merge ---- */

static bool merge_file(struct sweep_rows *rows, const char *path, struct error *error)
{
    size_t size;
    uint8_t *bytes = file_read(path, &size, error);
    bool good = bytes && sweep_rows_read(rows, (const char *)bytes, size, path, error);
    free(bytes);
    return good;
}

/* Take the words behind --merge: the files to read, and those to be written. */
static bool merge_words(struct sweep_rows *rows, struct sweep_files *files, struct claims *claims, unsigned count,
                        char *const *words, struct error *error)
{
    const struct {
        const char *name, *what, **path;
    } outputs[] = {{"--json", "the JSON object", &files->json},
                   {"--csv", "the table", &files->csv},
                   {"--svg", "the picture", &files->svg}};
    for (unsigned i = 0; i < count; i++) {
        bool taken = strcmp(words[i], "--merge") == 0;
        for (unsigned k = 0; !taken && k < sizeof outputs / sizeof outputs[0]; k++) {
            size_t length = strlen(outputs[k].name);
            if (strncmp(words[i], outputs[k].name, length) != 0 || (words[i][length] && words[i][length] != '='))
                continue;
            if (!words[i][length] && i + 1 == count)
                return error_set(error, "%s needs a value: %s FILE", words[i], words[i]);
            *outputs[k].path = words[i][length] ? words[i] + length + 1 : words[++i];
            if (!claims_write(claims, *outputs[k].path, outputs[k].what, error))
                return false;
            taken = true;
        }
        if (!taken && words[i][0] == '-' && words[i][1])
            return error_set(
                error, "unknown option '%s': 'understudy sweep --merge FILE...' takes --json, --csv, --svg", words[i]);
        if (!taken && (!claims_read(claims, words[i], "a shard", error) || !merge_file(rows, words[i], error)))
            return false;
    }
    return rows->about || error_set(error, "no file is given: 'understudy sweep --merge FILE...' is wanted");
}

static int merge(unsigned count, char *const *words, struct error *error)
{
    struct sweep_rows rows = {0};
    struct sweep_files files = {0};
    struct claims claims;
    int status = EXIT_REFUSED;
    claims_begin(&claims);
    bool good = merge_words(&rows, &files, &claims, count, words, error) && sweep_files_writable(&files, error) &&
                sweep_rows_join(&rows, error) && sweep_report(&rows, &files, 0, &status, error);
    claims_free(&claims);
    sweep_rows_free(&rows);
    return good ? status : EXIT_REFUSED;
}

/* ---- */

static void print_help(void)
{
    printf("understudy sweep [OPTIONS] IMAGE\n"
           "understudy sweep [OPTIONS]\n"
           "understudy sweep --merge [--json FILE] [--csv FILE] [--svg FILE] FILE...\n\n"
           "Crash either computer of a pair everywhere: at every instruction, protocol step and phase of an\n"
           "operation. Crashes that leave the same behind are one class, run once. Exit status 0: every run\n"
           "is explainable and ends as the undisturbed one; 1: some do not; 2: refused; 130: stopped by Ctrl-C,\n"
           "what was run until then is reported.\n"
           "Without an IMAGE: prove --protocol by a list of such sweeps, up to the first run that is wrong.\n"
           "--merge: what shards have written with --csv, put together.\n\n"
           "Options (default):\n");
    options_help(stdout, OPTIONS_SWEEP);
}

int sweep_main(unsigned count, char *const *words, struct error *error)
{
    struct options options;
    int status = EXIT_REFUSED;
    for (unsigned i = 0; i < count; i++)
        if (strcmp(words[i], "--merge") == 0)
            return merge(count, words, error);
    options_init(&options);
    options.config.mode = MODE_PAIR;
    if (options_parse(&options, OPTIONS_SWEEP, count, words, error)) {
        if (options.help) {
            print_help();
            status = 0;
        } else if (!options.image && !options.kernel) {
            status = sweep_prove(&options, error);
        } else {
            status = sweep(&options, count, words, error);
        }
    }
    options_free(&options);
    return status;
}

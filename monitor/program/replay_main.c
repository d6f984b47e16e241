/* replay_main.c - `understudy replay [--json FILE] LOG`: run a recording again, from the file alone, and check every
 * digest in it. The terminal's bytes appear on stdout as they did.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ft/recording.h"
#include "io/elf.h"
#include "monitor/base/claims.h"
#include "monitor/base/file.h"
#include "monitor/session/recorder.h"
#include "monitor/program/result.h"
#include "monitor/program/subcommand.h"
#include "monitor/base/ctrl_c.h"

struct replay_options {
    const char *log, *json;
    bool help;
};

static bool parse(struct replay_options *options, unsigned count, char *const *words, struct error *error)
{
    bool only_log = false;
    for (unsigned i = 0; i < count; i++) {
        const char *word = words[i];
        if (only_log || word[0] != '-' || !word[1]) {
            if (options->log)
                return error_set(error, "'%s' is a second recording after '%s': one is wanted", word, options->log);
            options->log = word;
        } else if (strcmp(word, "--") == 0) {
            only_log = true;
        } else if (strcmp(word, "--help") == 0) {
            options->help = true;
            return true;
        } else if (strncmp(word, "--json=", 7) == 0) {
            options->json = word + 7;
        } else if (strcmp(word, "--json") == 0) {
            if (i + 1 == count)
                return error_set(error, "--json needs a value: --json FILE");
            options->json = words[++i];
        } else {
            return error_set(error, "unknown option '%s': 'understudy replay [--json FILE] LOG' is wanted", word);
        }
    }
    return options->log || error_set(error, "no recording is given: 'understudy replay [--json FILE] LOG' is wanted");
}

static int run_file(const struct recording_file *file, const struct replay_options *options, struct error *error)
{
    struct system_config config;
    struct system_result result;
    struct ctrl_c ctrl_c;
    system_config_defaults(&config);
    system_config_replay(&config, file);
    config.output_fd = STDOUT_FILENO;
    ctrl_c_block(true);
    struct system *system = system_new(&config, error);
    int status = EXIT_REFUSED;
    if (!system)
        return status;
    if (system_load_image(system, file->about.image_name, file->about.image, file->about.image_bytes, error)) {
        ctrl_c_begin(&ctrl_c, system);
        bool good = system_run(system, error);
        ctrl_c_end(&ctrl_c);
        system_result(system, &result);
        if (good)
            status = recorder_status(&result, file, error);
        if (good && options->json && !result_save(options->json, system, &result, status, error))
            status = EXIT_REFUSED;
    }
    system_free(system);
    return status;
}

static bool may_write(const struct replay_options *options, struct error *error)
{
    struct claims claims;
    claims_begin(&claims);
    bool good = claims_read(&claims, options->log, "the recording", error) &&
                claims_write(&claims, options->json, "the JSON object", error) &&
                (!options->json || file_writable(options->json, error));
    claims_free(&claims);
    return good;
}

int replay_main(unsigned count, char *const *words, struct error *error)
{
    struct replay_options options = {0};
    struct recording_file file = {0};
    size_t size;
    int status = EXIT_REFUSED;
    if (!parse(&options, count, words, error) || (!options.help && !may_write(&options, error)))
        return EXIT_REFUSED;
    if (options.help) {
        printf(
            "understudy replay [--json FILE] LOG\n\n"
            "Run LOG, which 'understudy run --record LOG' wrote, again: without disk and terminal input, from the\n"
            "recording alone. Its terminal output goes to stdout. The exit status is 0 if every digest held, 125 if\n"
            "the replay differs (stderr says where), 2 if LOG is no whole recording (stderr says at which byte).\n");
        return 0;
    }
    uint8_t *bytes = file_read(options.log, &size, error);
    if (!bytes)
        return EXIT_REFUSED;
    if (recording_open(&file, bytes, size, options.log, error))
        status = run_file(&file, &options, error);
    recording_close(&file);
    free(bytes);
    return status;
}

/* command_save.c - save and restore: a whole system as a file (ft/save.h), with the options that built it. */
#include "ft/save.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "io/elf.h"
#include "monitor/command/command.h"
#include "monitor/base/file.h"
#include "monitor/session/recorder.h"

bool command_save(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    const char *path = arguments->at[0];
    if (!monitor_wants_image(monitor, error) || !file_writable(path, error) ||
        !claims_write(&monitor->claims, path, "a saved system", error) ||
        !system_save(monitor->system, monitor->options.words, monitor->options.word_count, &bytes, &size, error))
        return false;
    bool good = monitor_write_file(monitor, path, "a saved system", bytes, size, error);
    free(bytes);
    return good;
}

/* The options that built the system of SAVE: the monitor's own, or those of `run`. */
static bool parse_options(const struct save *save, struct options *options, struct error *error)
{
    static const enum options_user users[] = {OPTIONS_SYSTEM, OPTIONS_RUN};
    for (unsigned i = 0; i < sizeof users / sizeof users[0]; i++) {
        options_init(options);
        options->config.settings = save->about.settings;
        if (options_parse(options, users[i], save->about.word_count, save->about.words, error)) {
            options->config.settings = save->about.settings; /* as `set` has left them */
            options->config.record = save->about.record;
            return true;
        }
        options_free(options);
    }
    return false;
}

/* SYSTEM, OPTIONS and the image of SAVE are the session's from now on. */
static void take_over(struct monitor *monitor, struct system *system, struct options *options, struct save *save)
{
    struct system_result result;
    uint64_t shown = 0;
    options_free(&monitor->options);
    monitor->options = *options;
    monitor_take_system(monitor, system);
    recorder_forget(monitor);
    free(monitor->image_path);
    monitor->image_path = strdup(save->about.image_name);
    assert(monitor->image_path);
    symbols_free(&monitor->symbols);
    symbols_read(&monitor->symbols, save->about.image, save->about.image_bytes);
    save->about.image = NULL; /* theirs */
    system_terminal_output(system, &shown);
    monitor->expected_terminal = shown;
    monitor->expected_operator = strlen(system_account(system));
    system_result(system, &result);
    monitor->ended = result.end != END_NONE;
}

static bool restore(struct monitor *monitor, struct save *save, struct error *error)
{
    struct options options;
    if (!parse_options(save, &options, error))
        return false;
    struct system_config config = monitor_config(monitor, &options.config);
    size_t claimed = monitor->claims.rows.count;
    struct system *system = NULL;
    if (claims_read(&monitor->claims, save->name, "a saved system", error) &&
        options_claim(&options, NULL, &monitor->claims, error))
        system = system_new(&config, error);
    if (system && save_read(save, system, error) && system_make_files(system, error)) {
        take_over(monitor, system, &options, save);
        return true;
    }
    claims_cut(&monitor->claims, claimed);
    system_free(system);
    options_free(&options);
    return false;
}

bool command_restore(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    struct save save;
    size_t size;
    uint8_t *bytes = file_read(arguments->at[0], &size, error);
    if (!bytes)
        return false;
    bool good = save_open(&save, bytes, size, arguments->at[0], error) && restore(monitor, &save, error);
    save_close(&save);
    free(bytes);
    if (good)
        monitor_print_where(monitor);
    return good;
}

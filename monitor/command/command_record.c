/* command_record.c - the commands record and replay. */
#include <stdlib.h>
#include <string.h>

#include "io/elf.h"
#include "mmu/base/memory.h"
#include "monitor/base/file.h"
#include "monitor/command/command.h"
#include "monitor/session/recorder.h"

bool command_record(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    const struct system_config *config = &monitor->options.config;
    if (config->mode == MODE_BARE)
        return error_set(error, "record needs --mode solo or pair (the mode is bare): a bare computer has no log");
    if (config->broken)
        return error_set(error, "record needs every assumption: a recording holds what is delivered at epoch ends");
    if (monitor->replay)
        return error_set(error, "a recording is being replayed: 'system' ends that");
    if (monitor_has_run(monitor))
        return error_set(error, "the run has begun: 'record' comes before its first instruction ('load' begins again)");
    if (!reach_file(monitor, arguments->at[0], error) || !file_writable(arguments->at[0], error) ||
        !claims_write(&monitor->claims, arguments->at[0], "the recording", error))
        return false;
    free(monitor->record_path);
    monitor->record_path = strdup(arguments->at[0]);
    memory_need(monitor->record_path);
    monitor->options.config.record = true;
    return !monitor->system || monitor_build(monitor, monitor->image_path != NULL, error);
}

/* Options of a system that follows FILE. */
static void options_of(const struct recording_file *file, struct options *options)
{
    options_init(options);
    system_config_replay(&options->config, file);
}

bool command_replay(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    struct monitor_replay *replay = calloc(1, sizeof *replay), *replay_before = monitor->replay;
    struct options before = monitor->options;
    char *image_before = monitor->image_path;
    size_t size = 0;
    memory_need(replay);
    if (reach_file(monitor, arguments->at[0], error))
        replay->bytes = file_read(arguments->at[0], &size, error);
    if (!replay->bytes || !claims_read(&monitor->claims, arguments->at[0], "a recording", error) ||
        !recording_open(&replay->file, replay->bytes, size, arguments->at[0], error)) {
        replay_free(replay);
        return false;
    }
    options_of(&replay->file, &monitor->options);
    monitor->replay = replay;
    monitor->image_path = strdup(replay->file.about.image_name);
    memory_need(monitor->image_path);
    if (!monitor_build(monitor, true, error)) {
        free(monitor->image_path);
        monitor->image_path = image_before;
        monitor->options = before;
        monitor->replay = replay_before;
        replay_free(replay);
        return false;
    }
    replay_free(replay_before);
    options_free(&before);
    free(image_before);
    return true;
}

/* recorder.c - see recorder.h; and the commands record and replay. */
#include "monitor/session/recorder.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "io/elf.h"
#include "monitor/command/command.h"
#include "monitor/base/file.h"
#include "monitor/program/subcommand.h"

int recorder_status(const struct system_result *result, const struct recording_file *file, struct error *error)
{
    const struct recording_end *end = &file->end;
    if (result->end == END_STOPPED && end->end != END_STOPPED && !result->digests_differ) {
        error_set(error, "stopped after %" PRIu64 " instructions", result->instructions);
        return EXIT_STOPPED;
    }
    if (result->digests_differ) {
        error_set(error, "%s", result->violation);
        return EXIT_UNEXPLAINABLE;
    }
    if (result->end != (enum system_end)end->end || result->instructions != end->insns ||
        result->digest != end->digest) {
        error_set(error,
                  "the replay differs from the recording at its end, in epoch %" PRIu64 ", at instruction %" PRIu64
                  ": its digest is %016" PRIx64 " and the recording's, at instruction %" PRIu64 ", is %016" PRIx64,
                  result->epochs, result->instructions, result->digest, end->insns, end->digest);
        return EXIT_UNEXPLAINABLE;
    }
    return 0;
}

bool recorder_write(struct system *system, const char *path, struct error *error)
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    bool there = system_recording(system, &bytes, &size);
    assert(there); /* config.record was set */
    bool good = file_write_whole(path, bytes, size, error);
    free(bytes);
    return good;
}

bool recorder_finish(struct monitor *monitor, struct error *error)
{
    if (!monitor->record_path || !monitor->system || !monitor->options.config.record)
        return true;
    bool good = recorder_write(monitor->system, monitor->record_path, error);
    free(monitor->record_path);
    monitor->record_path = NULL;
    monitor->options.config.record = false;
    return good;
}

void recorder_forget(struct monitor *monitor)
{
    if (!monitor->replay)
        return;
    recording_close(&monitor->replay->file);
    free(monitor->replay->bytes);
    free(monitor->replay);
    monitor->replay = NULL;
}

bool recorder_judge(const struct monitor *monitor, struct error *error)
{
    struct system_result result;
    if (!monitor->replay)
        return error_set(error, "nothing is replayed: 'replay FILE' begins it");
    system_result(monitor->system, &result);
    if (result.end == END_NONE)
        return error_set(error, "the replay has not come to its end: 'continue' goes on");
    return recorder_status(&result, &monitor->replay->file, error) == 0;
}

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
    if (!file_writable(arguments->at[0], error))
        return false;
    free(monitor->record_path);
    monitor->record_path = strdup(arguments->at[0]);
    assert(monitor->record_path);
    monitor->options.config.record = true;
    return !monitor->system || monitor_build(monitor, monitor->image_path != NULL, error);
}

/* Options of a system that follows FILE. */
static void options_of(const struct recording_file *file, struct options *options)
{
    options_init(options);
    options->config.mode = MODE_SOLO;
    options->config.epoch_insns = file->about.epoch_insns;
    options->config.ram_bytes = file->about.ram_bytes;
    options->config.settings = file->about.settings;
    options->config.replay = file;
}

bool command_replay(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    struct monitor_replay *replay = calloc(1, sizeof *replay), *replay_before = monitor->replay;
    struct options before = monitor->options;
    char *image_before = monitor->image_path;
    size_t size;
    assert(replay);
    replay->bytes = file_read(arguments->at[0], &size, error);
    bool good = replay->bytes && recording_open(&replay->file, replay->bytes, size, arguments->at[0], error);
    if (good) {
        options_of(&replay->file, &monitor->options);
        monitor->replay = replay;
        monitor->image_path = strdup(replay->file.about.image_name);
        assert(monitor->image_path);
        good = monitor_build(monitor, true, error);
        if (!good) {
            free(monitor->image_path);
            monitor->image_path = image_before;
            monitor->options = before;
        }
    }
    /* Of the two, the one that is not followed goes. */
    monitor->replay = good ? replay_before : replay;
    recorder_forget(monitor);
    monitor->replay = good ? replay : replay_before;
    if (good) {
        options_free(&before);
        free(image_before);
    }
    return good;
}

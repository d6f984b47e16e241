/* recorder.c - see recorder.h. */
#include "monitor/session/recorder.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ft/hosts.h"
#include "io/elf.h"
#include "mmu/base/memory.h"
#include "monitor/base/file.h"
#include "monitor/base/exit_status.h"

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
    const char *name;
    for (unsigned i = 0; good && system_vm_recording(system, i, &name, &bytes, &size); i++) {
        char *other;
        memory_need(asprintf(&other, "%s.%s", path, name) > 0);
        good = file_write_whole(other, bytes, size, error);
        free(other);
        free(bytes);
    }
    return good;
}

bool recorder_finish(struct monitor *monitor, struct error *error)
{
    if (!monitor->record_path || !monitor->system || !monitor->options.config.record)
        return true;
    if (!recorder_write(monitor->system, monitor->record_path, error))
        return false; /* and the end of the session tries again, and fails with it */
    claims_written(&monitor->claims, "the recording");
    free(monitor->record_path);
    monitor->record_path = NULL;
    monitor->options.config.record = false;
    return true;
}

void replay_free(struct monitor_replay *replay)
{
    if (!replay)
        return;
    recording_close(&replay->file);
    free(replay->bytes);
    free(replay);
}

void recorder_forget(struct monitor *monitor)
{
    replay_free(monitor->replay);
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

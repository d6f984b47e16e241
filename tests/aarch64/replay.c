/* replay.c - `understudy replay` alone, for another host's processor: the recording is its argument. Status 0 if every
 * digest in it held, and its end was the same. live.sh has the rest.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ft/recording.h"
#include "ft/system.h"
#include "mmu/base/memory.h"

enum { DIFFERS = 125, REFUSED = 2 };

static uint8_t *read_whole(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END))
        return NULL;
    *size = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(*size);
    memory_need(bytes);
    if (fread(bytes, 1, *size, file) != *size) {
        free(bytes);
        bytes = NULL;
    }
    fclose(file);
    return bytes;
}

static int follow(const struct recording_file *file, struct error *error)
{
    struct system_config config;
    struct system_result result;
    system_config_defaults(&config);
    system_config_replay(&config, file);
    config.output_fd = STDOUT_FILENO;
    struct system *system = system_new(&config, error);
    if (!system ||
        !system_load_image(system, file->about.image_name, file->about.image, file->about.image_bytes, error) ||
        !system_run(system, error))
        return REFUSED;
    system_result(system, &result);
    bool same = !result.digests_differ && result.instructions == file->end.insns && result.digest == file->end.digest;
    fprintf(stderr, "replay: %" PRIu64 " instructions, %" PRIu64 " epochs: %s\n", result.instructions, result.epochs,
            same               ? "the same"
            : result.violation ? result.violation
                               : "another end");
    system_free(system);
    return same ? 0 : DIFFERS;
}

int main(int argc, char **argv)
{
    struct recording_file file = {0};
    struct error error = {""};
    size_t size = 0;
    uint8_t *bytes = argc > 1 ? read_whole(argv[1], &size) : NULL;
    int status = REFUSED;
    if (bytes && recording_open(&file, bytes, size, argv[1], &error))
        status = follow(&file, &error);
    if (status == REFUSED)
        fprintf(stderr, "replay: %s\n", error.text[0] ? error.text : "a recording is wanted");
    recording_close(&file);
    free(bytes);
    return status;
}

/* For all that cannot be without memory (mmu/base/memory.h). */
_Noreturn void memory_missing(void)
{
    fprintf(stderr, "replay: the host has no more memory\n");
    _exit(REFUSED);
}

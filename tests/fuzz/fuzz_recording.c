/* fuzz_recording.c - a recording with checksums that fit and foolish values in it: it is refused, or it is replayed to
 * an end.
 *
 * An input says how long the recorded run was, and which bytes behind the image become others, from the end on.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "ft/recording.h"
#include "ft/system.h"
#include "mmu/base/bits.h"
#include "tests/fuzz/fuzz.h"

enum {
    MAGIC_BYTES = 8,
    HEAD_BYTES = 8, /* of a chunk: what it is, its size */
    CHECKSUM_BYTES = 8,
    CHANGE_BYTES = 6, /* which chunk from the end (1), where in it (2), how much (1), what (2) */
    CHUNKS_MAX = 4096,
};

static struct system *begin(struct system_config *config, const struct recording_file *file)
{
    struct error error = {""};
    system_config_defaults(config);
    config->mode = MODE_SOLO;
    config->threads = 1;
    config->ram_bytes = 4 << 20;
    config->epoch_insns = 500;
    if (file) {
        system_config_replay(config, file);
    } else {
        config->record = true;
        config->disk_path = "fuzz-recording-disk-that-is-not-there";
        config->disk_create_bytes = 1 << 20;
        config->disk_snapshot = true;
    }
    return system_new(config, &error);
}

/* The recording of a run of INSNS instructions. */
static uint8_t *record(uint64_t insns, size_t *size)
{
    struct error error = {""};
    struct system_config config;
    struct system *system = begin(&config, NULL);
    uint8_t *bytes = NULL;
    assert(system);
    bool good = system_load(system, US_FUZZ_GUEST, &error);
    assert(good);
    system_run_until(system, &(struct system_until){.insns = insns});
    good = system_recording(system, &bytes, size);
    assert(good);
    system_free(system);
    return bytes;
}

static void change(uint8_t *file, size_t size, const uint8_t *bytes, size_t count)
{
    static const unsigned first = 2; /* after the configuration and the image */
    size_t chunk[CHUNKS_MAX], chunks = 0;
    for (size_t at = MAGIC_BYTES; at < size && chunks < CHUNKS_MAX; chunks++) {
        chunk[chunks] = at;
        at += HEAD_BYTES + (size_t)be32_load(file + at + 4) + CHECKSUM_BYTES;
    }
    assert(chunks > first);
    for (; count >= CHANGE_BYTES; bytes += CHANGE_BYTES, count -= CHANGE_BYTES) {
        uint8_t *at = file + chunk[chunks - 1 - bytes[0] % (chunks - first)];
        uint32_t length = be32_load(at + 4), where = (uint32_t)(bytes[1] << 8 | bytes[2]) % length;
        for (uint32_t i = where; i < length && i < where + 1 + bytes[3] % 8; i++)
            at[HEAD_BYTES + i] = bytes[4 + i % 2];
    }
    uint64_t checksum = be16_load(file + 6); /* the version */
    for (size_t i = 0; i < chunks; i++) {
        uint32_t length = be32_load(file + chunk[i] + 4);
        checksum = XXH3_64bits_withSeed(file + chunk[i], HEAD_BYTES + (size_t)length, checksum);
        be64_store(file + chunk[i] + HEAD_BYTES + length, checksum);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct error error = {""};
    struct recording_file recording;
    struct system_config config;
    struct system_result result;
    size_t file_size;
    if (size < 2)
        return 0;
    uint8_t *file = record(1 + 300 * (uint64_t)bytes[0] + bytes[1], &file_size);
    change(file, file_size, bytes + 2, size - 2);
    if (recording_open(&recording, file, file_size, "x.log", &error)) {
        struct system *system = begin(&config, &recording);
        const struct recording_about *about = &recording.about;
        if (system && system_load_image(system, about->image_name, about->image, about->image_bytes, &error)) {
            bool good = system_run(system, &error);
            system_result(system, &result);
            assert(!good || result.end != END_NONE);
        }
        system_free(system);
    } else {
        assert(error.text[0]);
    }
    recording_close(&recording);
    free(file);
    return 0;
}

size_t fuzz_make(struct insn_random *random, uint8_t *bytes)
{
    size_t size = 2;
    bytes[0] = (uint8_t)insn_random_bits(random);
    bytes[1] = (uint8_t)insn_random_bits(random);
    for (unsigned n = 1 + insn_random_below(random, 3); n > 0; n--) {
        for (unsigned i = 0; i < CHANGE_BYTES; i++)
            bytes[size++] = (uint8_t)insn_random_bits(random);
        if (insn_random_below(random, 2))
            bytes[size - CHANGE_BYTES] = 0; /* the last chunk says where it ends */
        if (insn_random_below(random, 2))
            memset(bytes + size - 2, insn_random_below(random, 2) ? 0 : 255, 2);
    }
    return size;
}

/* test_recording.c - test_log_recording GUEST.elf [--seed N]: a recording is whole or refused. Truncations, altered
 * bytes and pieces moved about are all found, each with its byte; a recording whose checksums are right but whose
 * content is another one is followed as far as it goes, and never further than that.
 */
#include "ft/recording.h"
#include "mmu/base/rng.h"
#include "ft/system.h"
#include "log_guest.h"
#include "tests/check.h"

enum { MUTATIONS = 200, REWRITES = 60 };

struct log_file {
    uint8_t *bytes;
    size_t size;
};

static struct log_file record(struct check *t, const char *guest)
{
    struct system_config config = log_config(MODE_PAIR);
    struct fault crash = {.role = ROLE_PRIMARY, .place = FAULT_EPOCH, .number = 4};
    struct log_file log = {0};
    struct system_result result;
    struct error error;
    config.record = true;
    config.settings.digest_epochs = 2;
    config.faults = &crash;
    config.fault_count = 1;
    struct system *system = log_system(&config, guest);
    CHECK(system_run(system, &error));
    system_result(system, &result);
    CHECK_EQ(result.end, END_EXIT);
    CHECK_EQ(result.failovers, 1);
    CHECK(system_recording(system, &log.bytes, &log.size));
    system_free(system);
    return log;
}

/* ---- refused ---- */

static void check_refused(struct check *t, const uint8_t *bytes, size_t size)
{
    /* A copy of exactly this size, so that the sanitizers see a read beyond it. */
    uint8_t *copy = malloc(size + !size);
    struct recording_file file;
    struct error error = {""};
    if (size)
        memcpy(copy, bytes, size);
    CHECK(!recording_open(&file, copy, size, "LOG", &error));
    CHECK_ONE_LINE(error.text);
    CHECK_HAS(error.text, " at byte ");
    recording_close(&file);
    free(copy);
}

static void mutate(struct check *t, const struct log_file *log, struct rng *rng)
{
    uint8_t *bad = malloc(log->size + 64);
    memcpy(bad, log->bytes, log->size);
    size_t size = log->size, at = rng_upto(rng, size - 1);
    switch (rng_upto(rng, 4)) {
    case 0: /* cut off */
        size = at;
        break;
    case 1: /* a bit */
        bad[at] ^= (uint8_t)(1u << rng_upto(rng, 7));
        break;
    case 2: /* bytes removed */
        size -= 1 + rng_upto(rng, at < size - 40 ? 38 : 0);
        memmove(bad + at, log->bytes + at + (log->size - size), size > at ? size - at : 0);
        break;
    case 3: /* bytes inserted */
        size += 1 + rng_upto(rng, 60);
        memmove(bad + at + (size - log->size), log->bytes + at, log->size - at);
        break;
    default: /* a word that is large */
        if (at + 4 > size)
            at = size - 4;
        memset(bad + at, 0xFF, 4);
    }
    if (size != log->size || memcmp(bad, log->bytes, size) != 0)
        check_refused(t, bad, size);
    free(bad);
}

/* ---- followed ---- */

/* Replay FILE in memory. True: it agreed with the recording to the end. */
static bool replay(struct check *t, const struct recording_file *file)
{
    struct system_config config = log_config(MODE_SOLO);
    struct system_result result;
    struct error error = {""};
    config.disk_path = NULL;
    system_config_replay(&config, file);
    struct system *system = system_new(&config, &error);
    CHECK(system && system_load_image(system, "guest", file->about.image, file->about.image_bytes, &error));
    CHECK(system_run(system, &error));
    system_result(system, &result);
    if (result.digests_differ) {
        CHECK_ONE_LINE(result.violation);
        CHECK_HAS(result.violation, "the replay differs from the recording in epoch ");
        CHECK_HAS(result.violation, ", at instruction ");
    }
    bool agreed = !result.digests_differ && result.digest == file->end.digest && result.instructions == file->end.insns;
    system_free(system);
    return agreed;
}

/* Something else in MESSAGE. */
static void alter(struct message *message, struct rng *rng)
{
    uint64_t other = rng_upto(rng, 3) ? rng_upto(rng, 100) : rng_next(rng);
    switch (rng_upto(rng, 5)) {
    case 0:
        message->epoch += 1 + rng_upto(rng, 3);
        break;
    case 1:
        message->index = message->index == other ? other + 1 : other;
        message->disk.number = message->index;
        break;
    case 2:
        message->value ^= UINT64_C(1) << rng_upto(rng, 63);
        break;
    case 3:
        message->disk.buffer = (uint32_t)rng_next(rng);
        message->disk.command = (uint32_t)rng_next(rng);
        break;
    case 4:
        message->disk.status = (uint32_t)rng_upto(rng, 4);
        message->disk.opcode = (uint32_t)rng_upto(rng, 5);
        break;
    default:
        message->message_class = message->message_class == MESSAGE_END ? MESSAGE_VALUE : MESSAGE_END;
        message->disk.size_bytes = 0;
    }
}

/* The recording with entry number VICTIM altered, left out or there twice, and its checksums right. */
static struct log_file rewrite(const struct recording_file *file, uint64_t victim, struct rng *rng)
{
    struct recording recording = {0};
    struct log_file log;
    struct message message;
    size_t offset = file->first;
    uint64_t how = rng_upto(rng, 3);
    for (uint64_t i = 0; recording_next(file, &offset, &message); i++) {
        if (i == victim && how >= 2)
            alter(&message, rng);
        if (i == victim && how == 1)
            recording_add(&recording, &message);
        if (i != victim || how)
            recording_add(&recording, &message);
    }
    recording_write(&recording, &file->about, &file->end, &log.bytes, &log.size);
    recording_free(&recording);
    return log;
}

static void follow_rewritten(struct check *t, const struct recording_file *file, struct rng *rng)
{
    unsigned differed = 0;
    for (unsigned i = 0; i < REWRITES; i++) {
        struct recording_file other;
        struct error error = {""};
        struct log_file log = rewrite(file, rng_upto(rng, file->end.entries - 1), rng);
        if (recording_open(&other, log.bytes, log.size, "LOG", &error))
            differed += !replay(t, &other);
        else
            differed++;
        recording_close(&other);
        free(log.bytes);
    }
    printf("%u of %d rewritten recordings differ\n", differed, REWRITES);
    CHECK(differed > REWRITES / 2); /* some changes make no difference: a clock value that decides nothing */
}

int main(int argc, char **argv)
{
    struct check checks = check_begin("log recording", argc, argv), *t = &checks;
    struct rng rng = rng_new(t->seed, 1);
    struct recording_file file;
    struct error error = {""};
    if (argc < 2)
        return 2;
    struct log_file log = record(t, argv[1]);
    CHECK(recording_open(&file, log.bytes, log.size, "LOG", &error));
    CHECK_TEXT(error.text, "");
    CHECK(file.end.entries > 10);
    CHECK(replay(t, &file));
    for (unsigned i = 0; i < MUTATIONS; i++)
        mutate(t, &log, &rng);
    for (size_t size = 0; size < 64; size++)
        check_refused(t, log.bytes, size);
    follow_rewritten(t, &file, &rng);
    recording_close(&file);
    free(log.bytes);
    return check_end(t);
}

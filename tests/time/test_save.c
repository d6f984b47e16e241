/* test_save.c - what is no good save file is refused with one line: foreign, cut, altered, another version, another
 * build; a good one gives the system back.
 *
 *   test_time_save [--seed S] GUEST
 */
#include <xxhash.h>
#include <zstd.h>

#include "mmu/base/rng.h"
#include "ft/save.h"
#include "mmu/base/bits.h"
#include "tests/check.h"

enum { HEADER_BYTES = 40, CHECKED_BYTES = 32 };

struct file {
    uint8_t *bytes;
    size_t size;
};

static struct system_config config_of(void)
{
    struct system_config config;
    system_config_defaults(&config);
    config.mode = MODE_PAIR;
    config.threads = 1;
    config.ram_bytes = 4 << 20;
    return config;
}

static struct file file_of(struct check *t, const char *guest)
{
    char mode[] = "--mode", pair[] = "pair", *const words[] = {mode, pair};
    struct error error = {""};
    struct file file = {0};
    struct system_config config = config_of();
    struct system *system = system_new(&config, &error);
    uint8_t *bytes;
    size_t size;
    CHECK(system && !system_save(system, words, 2, NULL, &bytes, &size, &error)); /* there is no image yet */
    CHECK_ONE_LINE(error.text);
    if (!system || !system_load(system, guest, &error)) {
        printf("%s\n", error.text);
        exit(1);
    }
    system_run_until(system, &(struct system_until){.insns = 20000});
    CHECK(system_save(system, words, 2, NULL, &file.bytes, &file.size, &error));
    system_free(system);
    return file;
}

/* Who waits for the file stops it after so many pieces. */
static bool stop_after(void *arg, uint64_t done, uint64_t of)
{
    unsigned *left = arg;
    return done <= of && (*left)-- > 0;
}

static void stopped(struct check *t, const char *guest)
{
    struct error error = {""};
    struct system_config config = config_of();
    struct system *system = system_new(&config, &error);
    CHECK(system && system_load(system, guest, &error));
    for (unsigned pieces = 0; pieces < 2; pieces++) {
        unsigned left = pieces;
        uint8_t *bytes = NULL;
        size_t size = 0;
        bool saved = system_save(system, NULL, 0, &(struct save_watch){stop_after, &left}, &bytes, &size, &error);
        CHECK(saved == (pieces > 0) && saved == (bytes != NULL)); /* a small system is one piece */
        if (!saved)
            CHECK_ONE_LINE(error.text);
        free(bytes);
    }
    system_free(system);
}

/* Is FILE refused, with one line that has PART in it? Whatever is read of it goes into a system of its own. */
static void refused(struct check *t, struct file file, const char *part)
{
    struct error error = {""};
    struct save save;
    bool good = save_open(&save, file.bytes, file.size, "x.save", &error);
    if (good) {
        struct system_config config = config_of();
        struct system *system = system_new(&config, &error);
        good = system && save_read(&save, system, &error);
        system_free(system);
    }
    save_close(&save);
    CHECK(!good);
    CHECK_ONE_LINE(error.text);
    CHECK_HAS(error.text, part);
    CHECK_HAS(error.text, "x.save");
}

static struct file copy_of(struct file file, size_t size)
{
    struct file copy = {malloc(size + 1), size};
    memcpy(copy.bytes, file.bytes, size < file.size ? size : file.size);
    return copy;
}

/* FILE with byte AT of its body another one, and the right checksum. */
static struct file other_body(struct file file, size_t at)
{
    size_t body_bytes = be64_load(file.bytes + 16), room = ZSTD_compressBound(body_bytes);
    uint8_t *body = malloc(body_bytes);
    struct file other = {malloc(HEADER_BYTES + room), 0};
    ZSTD_decompress(body, body_bytes, file.bytes + HEADER_BYTES, file.size - HEADER_BYTES);
    body[at % body_bytes] ^= 0x10;
    memcpy(other.bytes, file.bytes, HEADER_BYTES);
    size_t packed = ZSTD_compress(other.bytes + HEADER_BYTES, room, body, body_bytes, 1);
    be64_store(other.bytes + 24, packed);
    uint64_t head = XXH3_64bits(other.bytes, CHECKED_BYTES);
    be64_store(other.bytes + CHECKED_BYTES, XXH3_64bits_withSeed(other.bytes + HEADER_BYTES, packed, head));
    other.size = HEADER_BYTES + packed;
    free(body);
    return other;
}

static void test_refusals(struct check *t, struct file file)
{
    static const char foreign[] = "Somebody's shopping list, which is longer than any header.";
    struct rng rng = rng_new(t->seed, 79);
    struct file list = {(uint8_t *)strdup(foreign), sizeof foreign};
    refused(t, list, "is no saved system");
    free(list.bytes);
    for (unsigned i = 0; i < 20; i++) {
        struct file cut = copy_of(file, rng_upto(&rng, file.size - 1));
        refused(t, cut, cut.size < HEADER_BYTES ? "is no saved system" : "cut off");
        free(cut.bytes);
        struct file altered = copy_of(file, file.size);
        altered.bytes[HEADER_BYTES + rng_upto(&rng, file.size - HEADER_BYTES - 1)] ^=
            (uint8_t)(1u << rng_upto(&rng, 7));
        refused(t, altered, "altered");
        free(altered.bytes);
    }
    struct file longer = copy_of(file, file.size + 1);
    refused(t, longer, "cut off");
    free(longer.bytes);
    struct file newer = copy_of(file, file.size);
    newer.bytes[11]++;
    refused(t, newer, "reads version 7");
    free(newer.bytes);
    struct file build = other_body(file, 3); /* the first section's description */
    refused(t, build, "another build");
    free(build.bytes);
}

static void test_good(struct check *t, struct file file)
{
    struct error error = {""};
    struct save save;
    CHECK(save_open(&save, file.bytes, file.size, "x.save", &error));
    CHECK_EQ(save.about.word_count, 2);
    CHECK_TEXT(save.about.words[1], "pair");
    struct system_config config = config_of();
    struct system *system = system_new(&config, &error);
    CHECK(system && save_read(&save, system, &error));
    CHECK_EQ(cpu_state(computer_cpu(system, 0))->insns, 20000);
    save_close(&save);
    config.mode = MODE_SOLO; /* a system that is not what the file is of */
    struct system *other = system_new(&config, &error);
    CHECK(save_open(&save, file.bytes, file.size, "x.save", &error));
    CHECK(other && !save_read(&save, other, &error));
    CHECK_ONE_LINE(error.text);
    save_close(&save);
    system_free(other);
    system_free(system);
}

int main(int argc, char **argv)
{
    struct check begun = check_begin("test_time_save", argc, argv), *t = &begun;
    const char *guest = argc > 1 ? argv[argc - 1] : "";
    struct file file = file_of(t, guest);
    test_good(t, file);
    stopped(t, guest);
    test_refusals(t, file);
    free(file.bytes);
    return check_end(t);
}

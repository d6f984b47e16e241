/* fuzz_save.c - a save file with a checksum that fits and foolish values in it: it is refused, or it is a system that
 * runs, and ends when it is told to.
 *
 * An input says which system is saved (mode, after how many instructions), and which bytes of its body become others,
 * memory's pages and the guest's image left out: those are the guest's.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>
#include <zstd.h>

#include "ft/save.h"
#include "mmu/base/bits.h"
#include "tests/fuzz/fuzz.h"

enum {
    HEADER_BYTES = 40,
    CHECKED_BYTES = 32,
    CHANGE_BYTES = 6, /* where (3), how much (1), what (2) */
    NEAR_BYTES = 24,
    SPARSE = 61,
    RUN_INSNS = 4000,
};

static struct system_config config_of(unsigned mode)
{
    struct system_config config;
    system_config_defaults(&config);
    config.mode = mode % 3 == 0 ? MODE_PAIR : mode % 3 == 1 ? MODE_SOLO : MODE_BARE;
    config.threads = 1;
    config.ram_bytes = 4 << 20;
    config.epoch_insns = 500;
    config.timeout_insns = 10000000;
    config.disk_path = "fuzz-save-disk-that-is-not-there";
    config.disk_create_bytes = 1 << 20;
    config.disk_snapshot = true;
    return config;
}

static struct system *begin(const struct system_config *config)
{
    struct error error = {""};
    struct system *system = system_new(config, &error);
    assert(system);
    return system;
}

/* What SYSTEM's save file has in its body. */
static uint8_t *body_of(struct system *system, size_t *size)
{
    struct error error = {""};
    uint8_t *file = NULL;
    size_t file_size = 0;
    bool good = system_save(system, NULL, 0, NULL, &file, &file_size, &error);
    assert(good);
    *size = be64_load(file + 16);
    uint8_t *body = malloc(*size);
    assert(body);
    size_t got = ZSTD_decompress(body, *size, file + HEADER_BYTES, file_size - HEADER_BYTES);
    assert(got == *size);
    free(file);
    return body;
}

/* The file of which BODY is the body. */
static uint8_t *file_of(const uint8_t *body, size_t size, size_t *file_size)
{
    size_t room = ZSTD_compressBound(size);
    uint8_t *file = calloc(1, HEADER_BYTES + room);
    assert(file);
    size_t packed = ZSTD_compress(file + HEADER_BYTES, room, body, size, 1);
    memcpy(file, "USTSAVE", 8);
    be32_store(file + 8, SAVE_VERSION);
    be64_store(file + 16, size);
    be64_store(file + 24, packed);
    uint64_t head = XXH3_64bits(file, CHECKED_BYTES);
    be64_store(file + CHECKED_BYTES, XXH3_64bits_withSeed(file + HEADER_BYTES, packed, head));
    *file_size = HEADER_BYTES + packed;
    return file;
}

/* The places of BODY that are not the guest's: behind the image, outside of what is a page of memory now. */
static uint32_t *places_of(struct system *system, const uint8_t *body, size_t size, size_t *count)
{
    uint8_t *pages = calloc(1, size);
    uint32_t *places = malloc(size * sizeof *places);
    const uint8_t *elf = memmem(body, size, "\177ELF", 4);
    assert(pages && places && elf);
    for (unsigned c = 0; c < system_computers(system); c++) {
        struct phys *phys = computer_phys(system, c);
        for (uint32_t at = 0; at < phys_ram_bytes(phys); at += PHYS_PAGE_BYTES) {
            const uint8_t *page = phys_page_load(phys, at);
            uint8_t *there = memmem(body, size, page, PHYS_PAGE_BYTES);
            if (there)
                memset(pages + (there - body), 1, PHYS_PAGE_BYTES);
        }
    }
    size_t first = (size_t)(elf - body);
    uint64_t image_bytes; /* its length is before it */
    memcpy(&image_bytes, elf - sizeof image_bytes, sizeof image_bytes);
    assert(image_bytes <= size - first);
    memset(pages + first, 1, image_bytes);
    *count = 0;
    for (size_t i = 0, filled = size; i < size; i++) {
        filled = body[i] ? i : filled;
        bool near = filled < size && i - filled < NEAR_BYTES; /* of what nobody uses, and zero, a little will do */
        if (!pages[i] && (near || i % SPARSE == 0))
            places[(*count)++] = (uint32_t)i;
    }
    free(pages);
    return places;
}

static void change(uint8_t *body, const uint32_t *places, size_t count, const uint8_t *bytes, size_t size)
{
    for (; size >= CHANGE_BYTES; bytes += CHANGE_BYTES, size -= CHANGE_BYTES) {
        size_t at = ((size_t)bytes[0] << 16 | (size_t)bytes[1] << 8 | bytes[2]) % count;
        for (size_t i = 0; i < 1u + bytes[3] % 8 && at + i < count; i++)
            body[places[at + i]] = bytes[4 + i % 2];
    }
}

/* Take FILE for what it says it is, and run it. */
static void take(const struct system_config *config, const uint8_t *file, size_t size)
{
    struct error error = {""};
    struct save save;
    struct system_result result;
    struct system *system = NULL;
    if (save_open(&save, file, size, "x.save", &error)) {
        system = begin(config);
        if (save_read(&save, system, &error)) {
            unsigned acting = system_acting(system);
            uint64_t insns = cpu_state(computer_cpu(system, acting))->insns;
            system_run_until(system, &(struct system_until){.computer = acting, .insns = insns + RUN_INSNS});
            system_result(system, &result);
        } else {
            assert(error.text[0]);
        }
    } else {
        assert(error.text[0]);
    }
    save_close(&save);
    system_free(system);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct error error = {""};
    size_t body_size, count, file_size;
    if (size < 2)
        return 0;
    struct system_config config = config_of(bytes[0]);
    struct system *system = begin(&config);
    bool good = system_load(system, US_FUZZ_GUEST, &error);
    assert(good);
    system_run_until(system, &(struct system_until){.insns = 1 + 800 * (uint64_t)bytes[1]});
    uint8_t *body = body_of(system, &body_size);
    uint32_t *places = places_of(system, body, body_size, &count);
    system_free(system);
    change(body, places, count, bytes + 2, size - 2);
    uint8_t *file = file_of(body, body_size, &file_size);
    take(&config, file, file_size);
    free(file);
    free(places);
    free(body);
    return 0;
}

size_t fuzz_make(struct insn_random *random, uint8_t *bytes)
{
    static const uint8_t values[][2] = {{0, 0}, {255, 255}, {127, 255}, {1, 0}, {255, 0}, {0, 128}};
    size_t size = 2;
    bytes[0] = (uint8_t)insn_random_bits(random);
    bytes[1] = (uint8_t)insn_random_bits(random);
    for (unsigned n = 1 + insn_random_below(random, 3); n > 0; n--) {
        for (unsigned i = 0; i < CHANGE_BYTES; i++)
            bytes[size++] = (uint8_t)insn_random_bits(random);
        if (insn_random_below(random, 2))
            memcpy(bytes + size - 2, values[insn_random_below(random, 6)], 2);
    }
    return size;
}

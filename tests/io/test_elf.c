/* test_elf.c - the loader: a good image, every refusal in one line with RAM untouched, and 20,000 mutated images.
 *
 *     test_elf [--seed N]
 *
 * The images are built here from the ELF specification, field by field; none comes from a linker.
 */
#include "io/elf.h"

#include <sys/stat.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mmu/base/rng.h"
#include "mmu/base/bits.h"
#include "tests/check.h"

enum {
    RAM = PHYS_RAM_BYTES_MIN,
    PHDRS_AT = 52,
    TEXT_AT = 0x100,
    TEXT_BYTES = 0x80,
    DATA_AT = TEXT_AT + TEXT_BYTES,
    DATA_BYTES = 0x35,
    IMAGE_BYTES = DATA_AT + DATA_BYTES,
    TEXT_ADDRESS = 0x10000,
    DATA_ADDRESS = 0x20004,
    DATA_MEMORY = 0x1000,
    ENTRY = TEXT_ADDRESS + 0x20,
    SEGMENTS = 3,
    FILLING = 0xA7, /* what RAM holds before */
    FUZZ_CASES = 20000,
};

struct rig {
    struct phys *phys;
    uint8_t image[IMAGE_BYTES];
};

static void put_segment(uint8_t *image, unsigned index, uint32_t type, uint32_t offset, uint32_t address,
                        uint32_t file_bytes, uint32_t memory_bytes)
{
    const uint32_t words[8] = {type, offset, ~address, address, file_bytes, memory_bytes, 7, 4};
    for (unsigned i = 0; i < 8; i++) /* the virtual address is another one: it must not matter */
        be32_store(image + PHDRS_AT + index * 32 + i * 4, words[i]);
}

static void build(uint8_t *image)
{
    memset(image, 0, IMAGE_BYTES);
    memcpy(image, "\177ELF\1\2\1", 7); /* 32 bits, big-endian, version 1 */
    be16_store(image + 16, 2);         /* executable */
    be16_store(image + 18, 15);        /* PA-RISC */
    be32_store(image + 20, 1);
    be32_store(image + 24, ENTRY);
    be32_store(image + 28, PHDRS_AT);
    be16_store(image + 40, 52);
    be16_store(image + 42, 32);
    be16_store(image + 44, SEGMENTS);
    put_segment(image, 0, 1, TEXT_AT, TEXT_ADDRESS, TEXT_BYTES, TEXT_BYTES);
    put_segment(image, 1, 4, 0, 0, 16, 0xFFFFFFFF); /* a note: not loaded, whatever it says */
    put_segment(image, 2, 1, DATA_AT, DATA_ADDRESS, DATA_BYTES, DATA_MEMORY);
    for (unsigned i = 0; i < TEXT_BYTES + DATA_BYTES; i++)
        image[TEXT_AT + i] = (uint8_t)(i + 1);
}

static bool ram_is_filling(struct rig *rig)
{
    const uint8_t *ram = phys_ram(rig->phys);
    return ram[0] == FILLING && !memcmp(ram, ram + 1, RAM - 1);
}

static void fill_ram(struct rig *rig)
{
    memset(phys_ram(rig->phys), FILLING, RAM);
}

static void test_good(struct check *t, struct rig *rig)
{
    struct error error = {{0}};
    uint32_t entry = 0;
    const uint8_t *ram = phys_ram(rig->phys);
    build(rig->image);
    fill_ram(rig);
    phys_clear_dirty(rig->phys, PHYS_DIGEST);
    CHECK(elf_load(rig->image, IMAGE_BYTES, "good", rig->phys, &entry, &error));
    CHECK_EQ(entry, ENTRY);
    CHECK(!memcmp(ram + TEXT_ADDRESS, rig->image + TEXT_AT, TEXT_BYTES));
    CHECK(!memcmp(ram + DATA_ADDRESS, rig->image + DATA_AT, DATA_BYTES));
    for (uint32_t i = DATA_BYTES; i < DATA_MEMORY; i++)
        CHECK_EQ(ram[DATA_ADDRESS + i], 0);
    CHECK_EQ(ram[TEXT_ADDRESS - 1], FILLING);
    CHECK_EQ(ram[TEXT_ADDRESS + TEXT_BYTES], FILLING);
    CHECK_EQ(ram[DATA_ADDRESS - 1], FILLING);
    CHECK_EQ(ram[DATA_ADDRESS + DATA_MEMORY], FILLING);
    CHECK(phys_page_dirty(rig->phys, PHYS_DIGEST, TEXT_ADDRESS >> PHYS_PAGE_SHIFT));
    fill_ram(rig);
}

/* The one entry point outside of what is loaded: the firmware's, which enters it (boot_image.h). */
static void test_firmware_entry(struct check *t, struct rig *rig)
{
    struct error error = {{0}};
    uint32_t entry = 0;
    build(rig->image);
    be32_store(rig->image + 24, 0xF0000004);
    CHECK(elf_load(rig->image, IMAGE_BYTES, "firmware", rig->phys, &entry, &error));
    CHECK_EQ(entry, 0xF0000004);
    fill_ram(rig);
}

/* Loads what is in rig->image: refused, one line that names the file and has PART, RAM untouched, no entry. */
static void refused(struct check *t, struct rig *rig, size_t size, const char *part)
{
    struct error error = {{0}};
    uint32_t entry = 0x5A5A5A5A;
    uint8_t *exact = malloc(size ? size : 1); /* of its own size, so that the sanitizer sees a byte too far */
    if (!exact)
        abort();
    memcpy(exact, rig->image, size);
    CHECK(!elf_load(exact, size, "bad.elf", rig->phys, &entry, &error));
    CHECK_ONE_LINE(error.text);
    CHECK_HAS(error.text, "bad.elf");
    CHECK_HAS(error.text, part);
    CHECK_EQ(entry, 0x5A5A5A5A);
    CHECK(!elf_load(exact, size, "bad.elf", rig->phys, &entry, NULL));
    free(exact);
}

static void test_truncated(struct check *t, struct rig *rig)
{
    build(rig->image);
    for (size_t size = 0; size < IMAGE_BYTES; size++)
        refused(t, rig, size, size < 4 ? "not an ELF file" : "cut short");
    CHECK(ram_is_filling(rig));
}

/* One field wrong at a time. */
static void test_header(struct check *t, struct rig *rig)
{
    static const struct {
        unsigned at, bytes;
        uint32_t value;
        const char *part;
    } cases[] = {
        {0, 1, 'M', "not an ELF file"},
        {4, 1, 2, "64-bit big-endian"},
        {5, 1, 1, "32-bit little-endian"},
        {4, 2, 0x0201, "64-bit little-endian"},
        {18, 2, 3, "machine 3"},   /* i386 */
        {18, 2, 62, "machine 62"}, /* x86-64 */
        {16, 2, 1, "type 1"},      /* relocatable */
        {16, 2, 3, "type 3"},      /* shared object, or a position-independent program */
        {16, 2, 4, "type 4"},      /* core */
        {42, 2, 31, "program headers"},
        {42, 2, 56, "program headers"},
        {44, 2, 0, "program headers"},
        {44, 2, 0xFFFF, "cut short"},
        {28, 4, IMAGE_BYTES, "cut short"},
        {28, 4, 0xFFFFFFF0, "cut short"},
        {24, 4, TEXT_ADDRESS - 4, "entry point"},
        {24, 4, TEXT_ADDRESS + TEXT_BYTES, "entry point"},
        {24, 4, 0, "entry point"},
        {24, 4, 0xF0000008, "entry point"},
        {24, 4, ENTRY + 2, "entry point"}, /* not a word */
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        build(rig->image);
        if (cases[i].bytes == 1)
            rig->image[cases[i].at] = (uint8_t)cases[i].value;
        else if (cases[i].bytes == 2)
            be16_store(rig->image + cases[i].at, (uint16_t)cases[i].value);
        else
            be32_store(rig->image + cases[i].at, cases[i].value);
        refused(t, rig, IMAGE_BYTES, cases[i].part);
    }
    CHECK(ram_is_filling(rig));
}

/* The second loadable segment is the bad one: the first must not have been loaded either. */
static void test_segments(struct check *t, struct rig *rig)
{
    static const struct {
        uint32_t offset, address, file_bytes, memory_bytes;
        const char *part;
    } cases[] = {
        {DATA_AT + 1, DATA_ADDRESS, DATA_BYTES, DATA_MEMORY, "cut short"},
        {0xFFFFFFFF, DATA_ADDRESS, 1, 1, "cut short"},
        {DATA_AT, DATA_ADDRESS, 0xFFFFFFFF, 0xFFFFFFFF, "cut short"},
        {DATA_AT, DATA_ADDRESS, DATA_BYTES, DATA_BYTES - 1, "larger in the file"},
        {DATA_AT, RAM - 4, DATA_BYTES, DATA_BYTES, "--ram"},
        {DATA_AT, RAM, DATA_BYTES, DATA_BYTES, "--ram"},
        {DATA_AT, 0, DATA_BYTES, RAM + 1, "--ram"},
        {DATA_AT, DATA_ADDRESS, DATA_BYTES, 0xFFFFFFFF, "--ram"},
        {DATA_AT, 0xFFFFFFF0, DATA_BYTES, DATA_MEMORY, "--ram"}, /* wraps */
        {DATA_AT, 0xF0000000, DATA_BYTES, DATA_BYTES, "--ram"},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        build(rig->image);
        put_segment(rig->image, 2, 1, cases[i].offset, cases[i].address, cases[i].file_bytes, cases[i].memory_bytes);
        refused(t, rig, IMAGE_BYTES, cases[i].part);
    }
    build(rig->image); /* nothing to load at all */
    put_segment(rig->image, 0, 4, 0, 0, 0, 0);
    put_segment(rig->image, 2, 4, 0, 0, 0, 0);
    refused(t, rig, IMAGE_BYTES, "entry point");
    CHECK(ram_is_filling(rig));
    build(rig->image); /* up to the last byte of RAM is good */
    put_segment(rig->image, 2, 1, DATA_AT, RAM - DATA_BYTES, DATA_BYTES, DATA_BYTES);
    uint32_t entry;
    CHECK(elf_load(rig->image, IMAGE_BYTES, "good", rig->phys, &entry, NULL));
    CHECK_EQ(phys_ram(rig->phys)[RAM - 1], rig->image[IMAGE_BYTES - 1]);
    fill_ram(rig);
}

/* Mutate a few bytes, mostly of the headers, with values that tend to matter; sometimes cut it. */
static size_t mutate(struct rig *rig, struct rng *rng)
{
    static const uint32_t words[] = {0, 1, 4, 32, 52, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFE0, RAM, RAM - 4};
    build(rig->image);
    for (uint64_t n = rng_upto(rng, 3) + 1; n > 0; n--) {
        size_t at = (size_t)rng_upto(rng, rng_upto(rng, 7) ? PHDRS_AT + SEGMENTS * 32 - 1 : IMAGE_BYTES - 1);
        if (rng_upto(rng, 1))
            rig->image[at] = (uint8_t)rng_next(rng);
        else
            be32_store(rig->image + (at & ~(size_t)3), words[rng_upto(rng, sizeof words / sizeof words[0] - 1)]);
    }
    return rng_upto(rng, 5) ? IMAGE_BYTES : (size_t)rng_upto(rng, IMAGE_BYTES);
}

/* Whatever the bytes are: a clean answer, and RAM changed only if the answer was yes. Few are loaded, so that RAM need
 * be filled and looked at whole only now and then. */
static void test_fuzz(struct check *t, struct rig *rig)
{
    struct rng rng = rng_new(t->seed, 1);
    unsigned loaded = 0, refusals = 0;
    for (unsigned i = 0; i < FUZZ_CASES; i++) {
        size_t size = mutate(rig, &rng);
        uint8_t *exact = malloc(size ? size : 1);
        if (!exact)
            abort();
        memcpy(exact, rig->image, size);
        struct error error = {{0}};
        uint32_t entry = 1;
        const uint8_t *ram = phys_ram(rig->phys);
        if (elf_load(exact, size, "fuzz", rig->phys, &entry, &error)) {
            CHECK(entry % 4 == 0 && entry < RAM);
            loaded++;
            if (loaded % 64 == 0)
                fill_ram(rig);
            else
                memset(phys_ram(rig->phys) + TEXT_ADDRESS, FILLING, TEXT_BYTES);
        } else {
            CHECK_ONE_LINE(error.text);
            CHECK_EQ(entry, 1);
            CHECK(ram[TEXT_ADDRESS] == FILLING && ram[TEXT_ADDRESS + TEXT_BYTES - 1] == FILLING);
            refusals++;
        }
        free(exact);
    }
    printf("fuzz: %u loaded, %u refused\n", loaded, refusals);
    CHECK(loaded > FUZZ_CASES / 100);
    CHECK(refusals > FUZZ_CASES / 4);
}

static void test_file_read(struct check *t)
{
    char path[] = "/tmp/test_elf.XXXXXX";
    struct error error = {{0}};
    size_t size = 0;
    int fd = mkstemp(path);
    CHECK(fd >= 0 && write(fd, "four", 4) == 4);
    uint8_t *bytes = file_read(path, &size, &error);
    CHECK(bytes && size == 4 && !memcmp(bytes, "four", 4));
    free(bytes);
    CHECK(ftruncate(fd, ((off_t)1 << 30) + 1) == 0); /* sparse */
    CHECK(file_read(path, &size, &error) == NULL);
    CHECK_ONE_LINE(error.text);
    CHECK_HAS(error.text, "1 GiB");
    CHECK(ftruncate(fd, 0) == 0);
    bytes = file_read(path, &size, &error);
    CHECK(bytes && size == 0);
    free(bytes);
    close(fd);
    unlink(path);
    CHECK(file_read(path, &size, &error) == NULL);
    CHECK_ONE_LINE(error.text);
    CHECK_HAS(error.text, "No such file");
    CHECK(file_read("/tmp", &size, &error) == NULL);
    CHECK_HAS(error.text, "regular file");
    CHECK(mkfifo(path, 0600) == 0); /* nobody writes to it: it must not be waited for */
    CHECK(file_read(path, &size, &error) == NULL);
    CHECK_HAS(error.text, "regular file");
    unlink(path);
}

int main(int argc, char **argv)
{
    struct check t = check_begin("io.elf", argc, argv);
    struct rig rig = {.phys = phys_new(RAM)};
    if (!rig.phys)
        return 1;
    test_good(&t, &rig);
    test_firmware_entry(&t, &rig);
    test_truncated(&t, &rig);
    test_header(&t, &rig);
    test_segments(&t, &rig);
    test_fuzz(&t, &rig);
    test_file_read(&t);
    phys_free(rig.phys);
    return check_end(&t);
}

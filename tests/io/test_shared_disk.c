/* test_shared_disk.c - the disk that outlives the computers: overlay, commit, snapshot, fence, masks, the record D, and
 * every line with which it is refused. Works on small files in a folder of its own, which it removes.
 */
#include "io/shared_disk.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "tests/check.h"

enum { BLOCKS = 200 };

struct rig {
    struct image_files *files;
    char folder[64];
    char image[96]; /* BLOCKS blocks; block b filled with b ^ 0xC3 */
    char other[96]; /* a path where nothing is */
};

static void path_in(const struct rig *rig, char *path, const char *name)
{
    snprintf(path, 96, "%s/%s", rig->folder, name);
}

static void write_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "wb");
    for (size_t i = 0; file && i < size; i++)
        fputc((int)(i / DISK_BLOCK_BYTES) ^ 0xC3, file);
    if (!file || fclose(file))
        abort();
}

static void rig_init(struct rig *rig)
{
    snprintf(rig->folder, sizeof rig->folder, "/tmp/test_shared_disk.XXXXXX");
    if (!mkdtemp(rig->folder))
        abort();
    path_in(rig, rig->image, "image");
    path_in(rig, rig->other, "other");
    write_file(rig->image, BLOCKS * DISK_BLOCK_BYTES);
    rig->files = image_files_new();
}

/* Do all bytes of block BLOCK equal BYTE, as the disk has it now? */
static bool block_is(struct shared_disk *disk, uint32_t block, uint8_t byte)
{
    uint8_t data[DISK_BLOCK_BYTES];
    shared_disk_peek(disk, block, data);
    for (unsigned i = 0; i < sizeof data; i++)
        if (data[i] != byte)
            return false;
    return true;
}

/* And in the file? */
static bool file_block_is(const char *path, uint32_t block, uint8_t byte)
{
    uint8_t data[DISK_BLOCK_BYTES];
    int fd = open(path, O_RDONLY);
    bool same = fd >= 0 && pread(fd, data, sizeof data, (off_t)block * DISK_BLOCK_BYTES) == sizeof data;
    for (unsigned i = 0; same && i < sizeof data; i++)
        same = data[i] == byte;
    if (fd >= 0)
        close(fd);
    return same;
}

static struct shared_disk *open_disk(const struct rig *rig, const char *path, uint64_t create_bytes,
                                     enum disk_keeping keeping, struct error *error)
{
    struct shared_disk_config config = {
        .path = path, .create_bytes = create_bytes, .keeping = keeping, .keeps_before = true, .syncs = true};
    return shared_disk_open(&config, rig->files, error);
}

static struct shared_disk *open_good(struct check *t, const struct rig *rig, const char *path, uint64_t create_bytes,
                                     enum disk_keeping keeping)
{
    struct error error = {{0}};
    struct shared_disk *disk = open_disk(rig, path, create_bytes, keeping, &error);
    CHECK(disk != NULL);
    if (!disk) {
        printf("%s\n", error.text);
        abort();
    }
    return disk;
}

/* Perform OPCODE on COUNT blocks from BLOCK, data filled with BYTE. */
static enum disk_performance perform(struct shared_disk *disk, uint32_t generation, uint64_t number, uint32_t opcode,
                                     uint32_t block, uint32_t count, uint8_t byte, const uint64_t *mask)
{
    uint8_t *data = malloc((size_t)count * DISK_BLOCK_BYTES + 1);
    if (!data)
        abort();
    memset(data, byte, (size_t)count * DISK_BLOCK_BYTES);
    struct disk_operation op = {.number = number, .opcode = opcode, .block = block, .count = count, .data = data};
    enum disk_performance done = shared_disk_perform(disk, generation, &op, mask, number * 1000);
    free(data);
    return done;
}

static void test_overlay_and_commit(struct check *t, struct rig *rig)
{
    struct error error;
    struct shared_disk *disk = open_good(t, rig, rig->image, 0, DISK_OVERLAY);
    CHECK_EQ(shared_disk_blocks(disk), BLOCKS);
    for (uint32_t b = 0; b < BLOCKS; b++)
        CHECK(block_is(disk, b, (uint8_t)(b ^ 0xC3)));
    CHECK_EQ(perform(disk, 0, 1, DISK_WRITE, 10, 3, 0x11, NULL), DISK_PERFORMED);
    CHECK_EQ(perform(disk, 0, 2, DISK_WRITE, 11, 1, 0x22, NULL), DISK_PERFORMED);
    CHECK(block_is(disk, 9, 9 ^ 0xC3));
    CHECK(block_is(disk, 10, 0x11));
    CHECK(block_is(disk, 11, 0x22));
    CHECK(block_is(disk, 12, 0x11));
    CHECK(block_is(disk, 13, 13 ^ 0xC3));
    CHECK(file_block_is(rig->image, 10, 10 ^ 0xC3)); /* not yet */
    uint8_t data[2 * DISK_BLOCK_BYTES];
    struct disk_operation read = {.number = 3, .opcode = DISK_READ, .block = 12, .count = 2, .data = data};
    CHECK_EQ(shared_disk_perform(disk, 0, &read, NULL, 0), DISK_PERFORMED);
    CHECK_EQ(data[0], 0x11);
    CHECK_EQ(data[DISK_BLOCK_BYTES], 13 ^ 0xC3);
    CHECK(shared_disk_commit(disk, &error));
    CHECK(file_block_is(rig->image, 10, 0x11));
    CHECK(file_block_is(rig->image, 11, 0x22));
    CHECK(file_block_is(rig->image, 13, 13 ^ 0xC3));
    CHECK(block_is(disk, 11, 0x22));
    perform(disk, 0, 4, DISK_WRITE, 20, 1, 0x33, NULL);
    CHECK(block_is(disk, 11, 0x22));
    shared_disk_close(disk); /* without a commit: thrown away */
    CHECK(file_block_is(rig->image, 20, 20 ^ 0xC3));
    CHECK(file_block_is(rig->image, 11, 0x22));
}

/* Many changed blocks: the overlay grows, and each block keeps its own content through writes, commits and more. */
static void test_large_overlay(struct check *t, struct rig *rig)
{
    enum { MANY = 5000 };
    struct error error;
    struct shared_disk *disk = open_good(t, rig, rig->other, (uint64_t)MANY * DISK_BLOCK_BYTES, DISK_OVERLAY);
    CHECK_EQ(shared_disk_blocks(disk), MANY);
    CHECK(block_is(disk, MANY - 1, 0));
    for (unsigned round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < MANY; i++) {
            uint32_t b = i * 2477 % MANY; /* every one once, all over the place */
            perform(disk, 0, i + 1, DISK_WRITE, b, 1, (uint8_t)(b * 7 + round), NULL);
        }
        for (uint32_t b = 0; b < MANY; b++)
            CHECK(block_is(disk, b, (uint8_t)(b * 7 + round)));
        CHECK(round || access(rig->other, F_OK)); /* a new file appears at the commit */
        CHECK(shared_disk_commit(disk, &error));
        for (uint32_t b = 0; b < MANY; b += 99)
            CHECK(block_is(disk, b, (uint8_t)(b * 7 + round)) &&
                  file_block_is(rig->other, b, (uint8_t)(b * 7 + round)));
    }
    shared_disk_close(disk);
    disk = open_good(t, rig, rig->other, 512, DISK_OVERLAY); /* there now: its own size counts */
    CHECK_EQ(shared_disk_blocks(disk), MANY);
    shared_disk_close(disk);
    unlink(rig->other);
}

/* A commit that the host cannot do is reported, loses nothing, and can be done later. */
static void test_commit_fails(struct check *t, struct rig *rig)
{
    enum { MANY = 300, APART = 1024 }; /* so far apart that the overlay's table has them in one chain */
    struct error error = {{0}};
    struct rlimit before, tiny;
    struct shared_disk *disk = open_good(t, rig, rig->other, (uint64_t)MANY * APART * DISK_BLOCK_BYTES, DISK_OVERLAY);
    perform(disk, 0, 1, DISK_WRITE, 0, 1, 1, NULL);
    CHECK(shared_disk_commit(disk, &error)); /* the file is there, of its full size */
    for (uint32_t i = 0; i < MANY; i++)
        perform(disk, 0, i + 2, DISK_WRITE, i * APART, 1, (uint8_t)(i + 5), NULL);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    tiny = before;
    tiny.rlim_cur = (rlim_t)MANY / 2 * APART * DISK_BLOCK_BYTES;
    setrlimit(RLIMIT_FSIZE, &tiny);
    CHECK(!shared_disk_commit(disk, &error));
    setrlimit(RLIMIT_FSIZE, &before);
    CHECK_ONE_LINE(error.text);
    CHECK_HAS(error.text, "cannot be written");
    for (uint32_t i = 0; i < MANY; i++)
        CHECK(block_is(disk, i * APART, (uint8_t)(i + 5)));
    CHECK(shared_disk_commit(disk, &error));
    for (uint32_t i = 0; i < MANY; i++)
        CHECK(file_block_is(rig->other, i * APART, (uint8_t)(i + 5)));
    shared_disk_close(disk);
    unlink(rig->other);
}

static void test_snapshot(struct check *t, struct rig *rig)
{
    struct error error;
    chmod(rig->image, 0444); /* enough for a snapshot */
    struct shared_disk *disk = open_good(t, rig, rig->image, 0, DISK_SNAPSHOT);
    perform(disk, 0, 1, DISK_WRITE, 50, 1, 0x99, NULL);
    CHECK(block_is(disk, 50, 0x99));
    CHECK(shared_disk_commit(disk, &error));
    CHECK(block_is(disk, 50, 0x99));
    CHECK(file_block_is(rig->image, 50, 50 ^ 0xC3));
    shared_disk_close(disk);
    chmod(rig->image, 0644);
    disk = open_good(t, rig, rig->other, 4096, DISK_SNAPSHOT); /* a new one, thrown away: no file */
    CHECK_EQ(shared_disk_blocks(disk), 8);
    perform(disk, 0, 1, DISK_WRITE, 7, 1, 0x99, NULL);
    CHECK(shared_disk_commit(disk, &error));
    CHECK(access(rig->other, F_OK) != 0);
    shared_disk_close(disk);
    disk = open_good(t, rig, NULL, 0, DISK_THROUGH);
    CHECK_EQ(shared_disk_blocks(disk), 0);
    CHECK(shared_disk_commit(disk, &error));
    shared_disk_close(disk);
}

/* Fenced: an older generation is refused and leaves no trace; the fence never moves back. */
static void test_fence(struct check *t, struct rig *rig)
{
    size_t count;
    struct shared_disk *disk = open_good(t, rig, rig->image, 0, DISK_SNAPSHOT);
    CHECK_EQ(perform(disk, 1, 1, DISK_WRITE, 60, 1, 0x01, NULL), DISK_PERFORMED);
    shared_disk_fence(disk, 2);
    CHECK_EQ(perform(disk, 1, 2, DISK_WRITE, 60, 1, 0x02, NULL), DISK_FENCED);
    CHECK_EQ(perform(disk, 0, 3, DISK_FLUSH, 0, 0, 0, NULL), DISK_FENCED);
    CHECK(block_is(disk, 60, 0x01));
    shared_disk_fence(disk, 1);
    CHECK_EQ(perform(disk, 1, 4, DISK_WRITE, 60, 1, 0x04, NULL), DISK_FENCED);
    CHECK_EQ(perform(disk, 2, 5, DISK_WRITE, 60, 1, 0x05, NULL), DISK_PERFORMED);
    CHECK_EQ(perform(disk, 3, 6, DISK_WRITE, 61, 1, 0x06, NULL), DISK_PERFORMED);
    CHECK(block_is(disk, 60, 0x05));
    shared_disk_records(disk, &count);
    CHECK_EQ(count, 3);
    shared_disk_close(disk);
}

/* A crash in the middle of a write: exactly the blocks of the mask, which repeats every 64. */
static void test_mask(struct check *t, struct rig *rig)
{
    struct shared_disk *disk = open_good(t, rig, rig->image, 0, DISK_SNAPSHOT);
    uint64_t mask = UINT64_C(0x8000000000000005), none = 0;
    CHECK_EQ(perform(disk, 0, 1, DISK_WRITE, 20, 130, 0xAA, &mask), DISK_PERFORMED);
    for (uint32_t i = 0; i < 130; i++)
        CHECK(block_is(disk, 20 + i, mask >> (i % 64) & 1 ? 0xAA : (uint8_t)((20 + i) ^ 0xC3)));
    CHECK_EQ(perform(disk, 0, 2, DISK_WRITE, 0, 2, 0xBB, &none), DISK_PERFORMED);
    CHECK(block_is(disk, 0, 0xC3));
    size_t count;
    const struct disk_record *records = shared_disk_records(disk, &count);
    CHECK_EQ(count, 2);
    CHECK_EQ(records[0].mask, mask);
    CHECK(!records[0].full);
    CHECK(!records[1].full);
    shared_disk_close(disk);
}

/* D: everything that was performed, in order, with the content as taken at issue. */
static void test_record(struct check *t, struct rig *rig)
{
    static const struct {
        uint32_t opcode, block, count;
    } cases[] = {
        {DISK_CONNECT, 9, 9}, {DISK_WRITE, 30, 2}, {DISK_READ, 31, 4}, {DISK_FLUSH, 1, 1}, {DISK_DISCONNECT, 2, 2}};
    struct shared_disk *disk = open_good(t, rig, rig->image, 0, DISK_SNAPSHOT);
    uint8_t expected[4 * DISK_BLOCK_BYTES];
    for (uint32_t i = 0; i < 5; i++)
        perform(disk, 7, 100 + i, cases[i].opcode, cases[i].block, cases[i].count, 0x42, NULL);
    size_t count;
    const struct disk_record *records = shared_disk_records(disk, &count);
    CHECK_EQ(count, 5);
    for (uint32_t i = 0; i < 5 && i < count; i++) {
        bool moves = cases[i].opcode == DISK_READ || cases[i].opcode == DISK_WRITE;
        CHECK_EQ(records[i].number, 100 + i);
        CHECK_EQ(records[i].opcode, cases[i].opcode);
        CHECK_EQ(records[i].block, moves ? cases[i].block : 0);
        CHECK_EQ(records[i].count, moves ? cases[i].count : 0);
        CHECK_EQ(records[i].generation, 7);
        CHECK_EQ(records[i].time_ps, (100 + i) * 1000);
        CHECK(records[i].full);
        if (!moves)
            CHECK_EQ(records[i].content, 0);
    }
    memset(expected, 0x42, sizeof expected);
    CHECK_EQ(records[1].content, XXH3_64bits(expected, 2 * DISK_BLOCK_BYTES));
    memset(expected + 1 * DISK_BLOCK_BYTES, 32 ^ 0xC3, DISK_BLOCK_BYTES); /* 31 was written, 32 to 34 not */
    memset(expected + 2 * DISK_BLOCK_BYTES, 33 ^ 0xC3, DISK_BLOCK_BYTES);
    memset(expected + 3 * DISK_BLOCK_BYTES, 34 ^ 0xC3, DISK_BLOCK_BYTES);
    CHECK_EQ(records[2].content, XXH3_64bits(expected, sizeof expected));
    shared_disk_close(disk);
}

static void expect_refused(struct check *t, const struct rig *rig, const char *path, uint64_t create_bytes,
                           enum disk_keeping keeping, const char *part)
{
    struct error error = {{0}};
    struct shared_disk *disk = open_disk(rig, path, create_bytes, keeping, &error);
    CHECK(disk == NULL);
    CHECK_ONE_LINE(error.text);
    CHECK_HAS(error.text, part);
    shared_disk_close(disk);
    CHECK(open_disk(rig, path, create_bytes, keeping, NULL) == NULL); /* nobody need listen */
}

static void test_refusals(struct check *t, struct rig *rig)
{
    char path[96], odd[96], empty[96];
    expect_refused(t, rig, rig->other, 0, DISK_THROUGH, "No such file");
    expect_refused(t, rig, rig->other, 0, DISK_SNAPSHOT, "No such file");
    expect_refused(t, rig, rig->folder, 0, false, rig->folder);
    expect_refused(t, rig, rig->folder, 0, DISK_SNAPSHOT, "regular file");
    expect_refused(t, rig, "/dev/null", 0, DISK_SNAPSHOT, "regular file");
    path_in(rig, odd, "odd");
    CHECK(mkfifo(odd, 0600) == 0); /* nobody writes to it: it must not be waited for */
    expect_refused(t, rig, odd, 0, DISK_SNAPSHOT, "regular file");
    expect_refused(t, rig, odd, 0, DISK_THROUGH, "regular file");
    unlink(odd);
    write_file(odd, 700);
    expect_refused(t, rig, odd, 0, DISK_THROUGH, "700 bytes");
    path_in(rig, empty, "empty");
    write_file(empty, 0);
    expect_refused(t, rig, empty, 0, DISK_SNAPSHOT, "0 bytes");
    expect_refused(t, rig, empty, 4096, DISK_SNAPSHOT, "0 bytes"); /* it is there: create does not apply */
    expect_refused(t, rig, rig->other, 700, DISK_THROUGH, "multiple of 512");
    expect_refused(t, rig, rig->other, UINT64_C(512) << 32, DISK_THROUGH, "2^32");
    path_in(rig, path, "no/such/folder");
    expect_refused(t, rig, path, 4096, DISK_THROUGH, "No such file");
    path_in(rig, path, "image/file");
    expect_refused(t, rig, path, 4096, DISK_THROUGH, "Not a directory");
    unlink(odd);
    unlink(empty);
    CHECK(access(rig->other, F_OK) != 0); /* a refusal leaves nothing behind */
}

/* The host cannot give what the image holds: nobody may take zeros for it. */
static void test_host_fails(struct check *t, struct rig *rig)
{
    struct error error = {{0}};
    uint8_t data[DISK_BLOCK_BYTES];
    char path[96];
    path_in(rig, path, "short");
    write_file(path, 4 * DISK_BLOCK_BYTES);
    struct shared_disk *disk = open_disk(rig, path, 0, DISK_SNAPSHOT, &error);
    CHECK(disk && truncate(path, 2 * DISK_BLOCK_BYTES) == 0);
    if (!disk)
        return;
    struct disk_operation read = {.number = 1, .opcode = DISK_READ, .block = 1, .count = 1, .data = data};
    CHECK_EQ(shared_disk_perform(disk, 0, &read, NULL, 0), DISK_PERFORMED);
    CHECK(shared_disk_host_good(disk, &error));
    read.block = 2;
    CHECK_EQ(shared_disk_perform(disk, 0, &read, NULL, 0), DISK_FAILED_HOST);
    CHECK(!shared_disk_host_good(disk, &error));
    CHECK_ONE_LINE(error.text);
    CHECK_HAS(error.text, path);
    size_t records;
    shared_disk_records(disk, &records);
    CHECK_EQ(records, 1); /* that was no performance */
    shared_disk_close(disk);
    unlink(path);
}

/* Back in time, also to before a commit: the disk is as it was, and the next commit writes the file so. */
static void test_back(struct check *t, struct rig *rig)
{
    struct error error = {{0}};
    struct visit past, back;
    size_t records;
    struct shared_disk *disk = open_good(t, rig, rig->image, 0, DISK_OVERLAY);
    perform(disk, 0, 1, DISK_WRITE, 3, 1, 0x11, NULL);
    visit_write(&past, false);
    shared_disk_visit(disk, &past);
    perform(disk, 0, 2, DISK_WRITE, 3, 2, 0x22, NULL);
    perform(disk, 0, 3, DISK_WRITE, 100, 1, 0x33, NULL);
    CHECK(shared_disk_commit(disk, &error));
    CHECK(file_block_is(rig->image, 4, 0x22) && file_block_is(rig->image, 100, 0x33));
    visit_read(&back, false, past.bytes, past.count, past.maps, past.map_count);
    shared_disk_visit(disk, &back);
    CHECK(back.good && back.at == back.count);
    CHECK(block_is(disk, 3, 0x11) && block_is(disk, 4, 4 ^ 0xC3) && block_is(disk, 100, 100 ^ 0xC3));
    shared_disk_records(disk, &records);
    CHECK_EQ(records, 1);
    CHECK(shared_disk_commit(disk, &error));
    CHECK(file_block_is(rig->image, 3, 0x11) && file_block_is(rig->image, 4, 4 ^ 0xC3));
    CHECK(file_block_is(rig->image, 100, 100 ^ 0xC3));
    visit_free(&past);
    shared_disk_close(disk);
    write_file(rig->image, BLOCKS * DISK_BLOCK_BYTES);
}

/* The file has a write when it has been made, and goes back in time with the disk. */
static void test_followed(struct check *t, struct rig *rig)
{
    struct visit past, back;
    struct shared_disk *disk = open_good(t, rig, rig->image, 0, DISK_FOLLOWED);
    perform(disk, 0, 1, DISK_WRITE, 3, 1, 0x11, NULL);
    CHECK(file_block_is(rig->image, 3, 0x11) && file_block_is(rig->image, 4, 4 ^ 0xC3));
    visit_write(&past, false);
    shared_disk_visit(disk, &past);
    perform(disk, 0, 2, DISK_WRITE, 3, 2, 0x22, NULL);
    perform(disk, 0, 3, DISK_WRITE, 100, 1, 0x33, NULL);
    CHECK(file_block_is(rig->image, 4, 0x22) && file_block_is(rig->image, 100, 0x33));
    CHECK_EQ(shared_disk_uncommitted(disk), 0);
    for (unsigned i = 0; i < 2; i++) {
        visit_read(&back, false, past.bytes, past.count, past.maps, past.map_count);
        shared_disk_visit(disk, &back);
        CHECK(back.good && back.at == back.count);
        CHECK(block_is(disk, 3, 0x11) && block_is(disk, 4, 4 ^ 0xC3) && block_is(disk, 100, 100 ^ 0xC3));
        CHECK(file_block_is(rig->image, 3, 0x11) && file_block_is(rig->image, 4, 4 ^ 0xC3));
        CHECK(file_block_is(rig->image, 100, 100 ^ 0xC3));
        perform(disk, 0, 2, DISK_WRITE, 100, 1, 0x44, NULL); /* another future */
        CHECK(block_is(disk, 100, 0x44) && file_block_is(rig->image, 100, 0x44));
    }
    struct shared_disk *again = shared_disk_again(disk);
    for (uint32_t i = 0; i < BLOCKS; i++)
        CHECK(block_is(again, i, (uint8_t)(i ^ 0xC3)));
    shared_disk_close(again);
    visit_free(&past);
    shared_disk_close(disk);
    write_file(rig->image, BLOCKS * DISK_BLOCK_BYTES);
}

int main(int argc, char **argv)
{
    struct check t = check_begin("io.shared_disk", argc, argv);
    struct rig rig;
    rig_init(&rig);
    test_snapshot(&t, &rig);
    test_followed(&t, &rig);
    test_fence(&t, &rig);
    test_mask(&t, &rig);
    test_record(&t, &rig);
    test_refusals(&t, &rig);
    test_overlay_and_commit(&t, &rig);
    test_large_overlay(&t, &rig);
    test_commit_fails(&t, &rig);
    test_host_fails(&t, &rig);
    test_back(&t, &rig);
    image_files_free(rig.files);
    unlink(rig.image);
    rmdir(rig.folder);
    return check_end(&t);
}

/* test_disk_content.c - what a disk promises: a performance is in the file at once, the old content can be run again
 * from, an image has one writer, a host without room is noticed, and only what is there is read of a sparse image.
 * Works on small files in a folder of its own, which it removes.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/shared_disk.h"
#include "tests/check.h"

enum { BLOCKS = 200 };

struct rig {
    struct image_files *files;
    char folder[64], image[96], other[96];
};

static void fill_image(const struct rig *rig)
{
    FILE *file = fopen(rig->image, "wb");
    for (size_t i = 0; file && i < (size_t)BLOCKS * DISK_BLOCK_BYTES; i++)
        fputc((int)(i / DISK_BLOCK_BYTES) ^ 0xC3, file);
    if (!file || fclose(file))
        abort();
}

static void rig_init(struct rig *rig)
{
    snprintf(rig->folder, sizeof rig->folder, "/tmp/test_disk_content.XXXXXX");
    if (!mkdtemp(rig->folder))
        abort();
    snprintf(rig->image, sizeof rig->image, "%s/image", rig->folder);
    snprintf(rig->other, sizeof rig->other, "%s/other", rig->folder);
    fill_image(rig);
    rig->files = image_files_new();
}

static struct shared_disk *open_in(struct image_files *files, const char *path, uint64_t create_bytes,
                                   enum disk_keeping keeping, struct error *error)
{
    struct shared_disk_config config = {
        .path = path, .create_bytes = create_bytes, .keeping = keeping, .keeps_before = true, .syncs = true};
    return shared_disk_open(&config, files, error);
}

static struct shared_disk *open_good(struct check *t, const struct rig *rig, const char *path, uint64_t create_bytes,
                                     enum disk_keeping keeping)
{
    struct error error = {{0}};
    struct shared_disk *disk = open_in(rig->files, path, create_bytes, keeping, &error);
    CHECK(disk && shared_disk_make(disk, &error));
    if (!disk) {
        printf("%s\n", error.text);
        abort();
    }
    return disk;
}

static bool all_are(const uint8_t *data, size_t size, uint8_t byte)
{
    for (size_t i = 0; i < size; i++)
        if (data[i] != byte)
            return false;
    return true;
}

static bool block_is(struct shared_disk *disk, uint32_t block, uint8_t byte)
{
    uint8_t data[DISK_BLOCK_BYTES];
    shared_disk_peek(disk, block, data);
    return all_are(data, sizeof data, byte);
}

static bool file_block_is(const char *path, uint32_t block, uint8_t byte)
{
    uint8_t data[DISK_BLOCK_BYTES];
    int fd = open(path, O_RDONLY);
    bool same = fd >= 0 && pread(fd, data, sizeof data, (off_t)block * DISK_BLOCK_BYTES) == sizeof data &&
                all_are(data, sizeof data, byte);
    if (fd >= 0)
        close(fd);
    return same;
}

static enum disk_performance put(struct shared_disk *disk, uint32_t generation, uint32_t block, uint32_t count,
                                 uint8_t byte, const uint64_t *mask)
{
    uint8_t *data = malloc((size_t)count * DISK_BLOCK_BYTES);
    if (!data)
        abort();
    memset(data, byte, (size_t)count * DISK_BLOCK_BYTES);
    struct disk_operation op = {.number = 1, .opcode = DISK_WRITE, .block = block, .count = count, .data = data};
    enum disk_performance done = shared_disk_perform(disk, generation, &op, mask, 0);
    free(data);
    return done;
}

/* A performance is in the file when it has been made, a partial one in part; a refused one is not. */
static void test_through(struct check *t, struct rig *rig)
{
    uint64_t mask = UINT64_C(0x8000000000000005);
    struct shared_disk *disk = open_good(t, rig, rig->image, 0, DISK_THROUGH);
    CHECK_EQ(put(disk, 1, 10, 3, 0x11, NULL), DISK_PERFORMED);
    CHECK(file_block_is(rig->image, 10, 0x11) && file_block_is(rig->image, 12, 0x11));
    CHECK(file_block_is(rig->image, 9, 9 ^ 0xC3) && file_block_is(rig->image, 13, 13 ^ 0xC3));
    CHECK(block_is(disk, 12, 0x11));
    CHECK_EQ(put(disk, 1, 20, 130, 0xAA, &mask), DISK_PERFORMED);
    for (uint32_t i = 0; i < 130; i++)
        CHECK(file_block_is(rig->image, 20 + i, mask >> (i % 64) & 1 ? 0xAA : (uint8_t)((20 + i) ^ 0xC3)));
    shared_disk_fence(disk, 2);
    CHECK_EQ(put(disk, 1, 5, 1, 0x55, NULL), DISK_FENCED);
    shared_disk_fail_block(disk, 6);
    CHECK_EQ(put(disk, 2, 5, 2, 0x55, NULL), DISK_FAILED_MEDIUM);
    CHECK(file_block_is(rig->image, 5, 5 ^ 0xC3));
    struct disk_operation flush = {.number = 2, .opcode = DISK_FLUSH};
    CHECK_EQ(shared_disk_perform(disk, 2, &flush, NULL, 0), DISK_PERFORMED);
    shared_disk_close(disk);
    fill_image(rig);
}

/* The same disk once more has what the first had at the start, even if the path is another file now, and keeps its
 * changes to itself. */
static void test_again(struct check *t, struct rig *rig)
{
    struct shared_disk *first = open_good(t, rig, rig->image, 0, DISK_THROUGH);
    put(first, 0, 0, 4, 0x11, NULL);
    put(first, 0, 2, 1, 0x22, NULL);
    CHECK(rename(rig->image, rig->other) == 0);
    fill_image(rig);
    struct shared_disk *again = shared_disk_again(first);
    for (uint32_t i = 0; i < BLOCKS; i++)
        CHECK(block_is(again, i, (uint8_t)(i ^ 0xC3)));
    put(again, 0, 3, 7, 0x33, NULL);
    CHECK(block_is(again, 3, 0x33) && block_is(again, 2, 2 ^ 0xC3) && block_is(again, 10, 10 ^ 0xC3));
    CHECK(block_is(first, 3, 0x11) && file_block_is(rig->other, 3, 0x11) && file_block_is(rig->image, 3, 3 ^ 0xC3));
    struct shared_disk *third = shared_disk_again(again);
    CHECK(block_is(third, 3, 3 ^ 0xC3));
    shared_disk_close(third);
    shared_disk_close(again);
    shared_disk_close(first);
    unlink(rig->other);
}

static void refused(struct check *t, struct image_files *files, const char *path, enum disk_keeping keeping)
{
    struct error error = {{0}};
    struct shared_disk *disk = open_in(files, path, 0, keeping, &error);
    CHECK(!disk);
    CHECK_ONE_LINE(error.text);
    CHECK_HAS(error.text, "in use");
    CHECK_HAS(error.text, path);
    shared_disk_close(disk);
}

/* One writer, or readers; whatever name the file has. A set of files is one holder. */
static void test_locks(struct check *t, struct rig *rig)
{
    struct image_files *others = image_files_new();
    struct error error;
    CHECK(link(rig->image, rig->other) == 0);
    struct shared_disk *writer = open_good(t, rig, rig->image, 0, DISK_THROUGH);
    refused(t, others, rig->image, DISK_THROUGH);
    refused(t, others, rig->other, DISK_OVERLAY);
    refused(t, others, rig->image, DISK_SNAPSHOT);
    struct shared_disk *next = open_good(t, rig, rig->other, 0, DISK_OVERLAY);
    struct shared_disk *reader = open_good(t, rig, rig->image, 0, DISK_SNAPSHOT);
    shared_disk_close(writer);
    refused(t, others, rig->image, DISK_SNAPSHOT); /* the next one has it still */
    shared_disk_close(next);
    struct shared_disk *stranger =
        open_in(others, rig->image, 0, DISK_SNAPSHOT, &error); /* now only readers are left */
    CHECK(stranger);
    refused(t, others, rig->other, DISK_THROUGH);
    refused(t, rig->files, rig->image, DISK_THROUGH);
    refused(t, rig->files, rig->image, DISK_OVERLAY); /* and the first refusal has left the lock */
    shared_disk_close(stranger);
    writer = open_good(t, rig, rig->image, 0, DISK_THROUGH);
    refused(t, others, rig->image, DISK_SNAPSHOT);
    CHECK(block_is(reader, 1, 1 ^ 0xC3));
    shared_disk_close(reader);
    refused(t, others, rig->image, DISK_SNAPSHOT);
    shared_disk_close(writer);
    writer = open_in(others, rig->other, 0, DISK_THROUGH, &error);
    CHECK(writer);
    shared_disk_close(writer);
    unlink(rig->other);
    image_files_free(others);
}

/* A new image appears when everything else is accepted, sparse and at once; or not at all. */
static void test_make(struct check *t, struct rig *rig)
{
    struct error error = {{0}};
    struct stat info;
    struct rlimit before, tiny;
    struct shared_disk *disk = open_in(rig->files, rig->other, UINT64_C(1) << 34, DISK_THROUGH, &error);
    CHECK(disk && access(rig->other, F_OK) != 0);
    CHECK(shared_disk_make(disk, &error) && shared_disk_make(disk, &error));
    CHECK(stat(rig->other, &info) == 0 && info.st_size == (off_t)1 << 34 && info.st_blocks < 100);
    shared_disk_unmake(disk);
    CHECK(access(rig->other, F_OK) != 0);
    CHECK(link(rig->image, rig->other) == 0); /* somebody else was faster */
    CHECK(!shared_disk_make(disk, &error));
    CHECK_ONE_LINE(error.text);
    CHECK_HAS(error.text, "File exists");
    shared_disk_unmake(disk);
    CHECK(access(rig->other, F_OK) == 0);
    unlink(rig->other);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    tiny = before;
    tiny.rlim_cur = 4096;
    setrlimit(RLIMIT_FSIZE, &tiny);
    CHECK(!shared_disk_make(disk, &error));
    setrlimit(RLIMIT_FSIZE, &before);
    CHECK_HAS(error.text, "File too large");
    CHECK(access(rig->other, F_OK) != 0);
    shared_disk_close(disk);
}

/* The host takes no more in the middle of a write: the record has what it took, and nothing follows. */
static void test_no_room(struct check *t, struct rig *rig)
{
    enum { ROOM = 170, FIRST = 30 };
    struct error error = {{0}};
    struct rlimit before, tiny;
    size_t count;
    struct shared_disk *disk = open_good(t, rig, rig->image, 0, DISK_THROUGH);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    tiny = before;
    tiny.rlim_cur = (rlim_t)ROOM * DISK_BLOCK_BYTES;
    setrlimit(RLIMIT_FSIZE, &tiny);
    CHECK_EQ(put(disk, 0, FIRST, ROOM - FIRST + 10, 0x77, NULL), DISK_FAILED_HOST);
    CHECK_EQ(put(disk, 0, 0, 1, 0x78, NULL), DISK_FAILED_HOST); /* nothing comes after that */
    setrlimit(RLIMIT_FSIZE, &before);
    CHECK(!shared_disk_host_good(disk, &error));
    CHECK_ONE_LINE(error.text);
    CHECK_HAS(error.text, "cannot be written: File too large");
    CHECK_HAS(error.text, rig->image);
    const struct disk_record *records = shared_disk_records(disk, &count);
    CHECK_EQ(count, 1);
    CHECK(count == 1 && !records[0].full && records[0].mask == UINT64_MAX);
    CHECK(count == 1 && records[0].reached == ROOM - FIRST);
    for (uint32_t i = FIRST; i < BLOCKS; i++)
        CHECK(file_block_is(rig->image, i, i < ROOM ? 0x77 : (uint8_t)(i ^ 0xC3)));
    CHECK(file_block_is(rig->image, 0, 0xC3));
    shared_disk_close(disk);
    fill_image(rig);
}

/* A terabyte with little in it: reading every page would take an hour. */
static void test_sparse(struct check *t, struct rig *rig)
{
    enum { PIECES = 5 };
    static const uint32_t at[PIECES] = {0, 12345, 1 << 20, 2000000003, 2147483647};
    struct visit saved, back;
    uint64_t bytes = UINT64_C(1) << 40;
    struct shared_disk *disk = open_good(t, rig, rig->other, bytes, DISK_THROUGH);
    for (uint32_t i = 0; i < PIECES; i++)
        put(disk, 0, at[i], 1, (uint8_t)(i + 1), NULL);
    shared_disk_close(disk);
    disk = open_good(t, rig, rig->other, 0, DISK_OVERLAY);
    put(disk, 0, 99, 1, 0x99, NULL);
    CHECK_EQ(shared_disk_uncommitted(disk), 1);
    CHECK(shared_disk_zeros(disk, 4096) > 1000 && shared_disk_zeros(disk, 99) == 0);
    visit_write(&saved, true);
    shared_disk_visit(disk, &saved);
    CHECK(saved.count < 100000);
    shared_disk_close(disk);
    CHECK(truncate(rig->other, 0) == 0 && truncate(rig->other, (off_t)bytes) == 0); /* another content of that size */
    disk = open_good(t, rig, rig->other, 0, DISK_THROUGH);
    put(disk, 0, 7777, 1, 0x77, NULL);
    shared_disk_close(disk);
    disk = open_good(t, rig, rig->other, 0, DISK_SNAPSHOT);
    visit_read(&back, true, saved.bytes, saved.count, NULL, 0);
    shared_disk_visit(disk, &back);
    CHECK(back.good && back.at == back.count);
    for (uint32_t i = 0; i < PIECES; i++)
        CHECK(block_is(disk, at[i], (uint8_t)(i + 1)));
    CHECK(block_is(disk, 99, 0x99) && block_is(disk, 7777, 0) && block_is(disk, 1000000, 0));
    visit_free(&saved);
    shared_disk_close(disk);
    unlink(rig->other);
}

int main(int argc, char **argv)
{
    struct check t = check_begin("io.disk_content", argc, argv);
    struct rig rig;
    rig_init(&rig);
    test_through(&t, &rig);
    test_again(&t, &rig);
    test_locks(&t, &rig);
    test_make(&t, &rig);
    test_no_room(&t, &rig);
    test_sparse(&t, &rig);
    image_files_free(rig.files);
    unlink(rig.image);
    rmdir(rig.folder);
    return check_end(&t);
}

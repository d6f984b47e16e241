/* shared_disk.c - see shared_disk.h. A page of the overlay holds eight blocks, the unchanged ones of them as well. */
#include "io/shared_disk.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "mmu/base/vec.h"

enum { PAGE_BLOCKS = PAGE_BYTES / DISK_BLOCK_BYTES };

struct shared_disk {
    int fd; /* -1: none (a new file, or no disk) */
    char *path;
    bool snapshot;
    uint32_t blocks;
    uint32_t generation; /* the oldest that may still act */
    struct page_store *store;
    struct page_map overlay;
    struct page_map before; /* what the file had where changes have been committed */
    VEC(struct disk_record) records;
    VEC(uint32_t) failed_blocks;
    int host_error; /* the errno of the first read of the image file that failed; 0: none */
};

static bool open_existing(struct shared_disk *disk, const char *path, bool snapshot, struct error *error)
{
    struct stat info;
    disk->fd = open(path, (snapshot ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not be waited for */
    if (disk->fd < 0)
        return error_set(error, "disk '%s' cannot be opened: %s (a %s raw image file is wanted)", path, strerror(errno),
                         snapshot ? "readable" : "readable and writable");
    if (fstat(disk->fd, &info) || !S_ISREG(info.st_mode))
        return error_set(error, "disk '%s' is not a regular file: a raw image file is wanted", path);
    if (info.st_size == 0 || info.st_size % DISK_BLOCK_BYTES)
        return error_set(error, "disk '%s' is %lld bytes long: a whole, positive number of 512-byte blocks is wanted",
                         path, (long long)info.st_size);
    if (info.st_size / DISK_BLOCK_BYTES > UINT32_MAX)
        return error_set(error, "disk '%s' is too large: at most 2^32 - 1 blocks can be addressed", path);
    disk->blocks = (uint32_t)(info.st_size / DISK_BLOCK_BYTES);
    return true;
}

static bool prepare_new(struct shared_disk *disk, const char *path, uint64_t create_bytes, struct error *error)
{
    if (create_bytes % DISK_BLOCK_BYTES)
        return error_set(error, "disk '%s' cannot be created with %llu bytes: a multiple of 512 is wanted", path,
                         (unsigned long long)create_bytes);
    if (create_bytes / DISK_BLOCK_BYTES > UINT32_MAX)
        return error_set(error, "disk '%s' cannot be created with %llu bytes: at most 2^32 - 1 blocks can be addressed",
                         path, (unsigned long long)create_bytes);
    char directory[4096];
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) + 1 : 1;
    if (length >= sizeof directory)
        return error_set(error, "disk path is too long: at most %zu characters are wanted", sizeof directory - 1);
    memcpy(directory, slash ? path : ".", length);
    directory[length] = '\0';
    if (access(directory, W_OK | X_OK))
        return error_set(error, "disk '%s' cannot be created: %s", path, strerror(errno));
    disk->blocks = (uint32_t)(create_bytes / DISK_BLOCK_BYTES);
    return true;
}

struct shared_disk *shared_disk_open(const char *path, uint64_t create_bytes, bool snapshot, struct error *error)
{
    struct shared_disk *disk = calloc(1, sizeof *disk);
    assert(disk);
    disk->fd = -1;
    disk->snapshot = snapshot;
    bool good = true;
    if (path) {
        disk->path = strdup(path);
        assert(disk->path);
        if (create_bytes && access(path, F_OK) && errno == ENOENT)
            good = prepare_new(disk, path, create_bytes, error);
        else
            good = open_existing(disk, path, snapshot, error);
    }
    disk->store = page_store_new();
    assert(disk->store);
    page_map_init(&disk->overlay, disk->store, disk->blocks / PAGE_BLOCKS + 1);
    page_map_init(&disk->before, disk->store, disk->blocks / PAGE_BLOCKS + 1);
    if (good)
        return disk;
    shared_disk_close(disk);
    return NULL;
}

void shared_disk_close(struct shared_disk *disk)
{
    if (!disk)
        return;
    if (disk->fd >= 0)
        close(disk->fd);
    page_map_free(&disk->overlay);
    page_map_free(&disk->before);
    page_store_free(disk->store);
    VEC_FREE(&disk->records);
    VEC_FREE(&disk->failed_blocks);
    free(disk->path);
    free(disk);
}

uint32_t shared_disk_blocks(const struct shared_disk *disk)
{
    return disk->blocks;
}

/* SIZE bytes of the image file from byte AT on; zeros where the disk ends, and where there is no file. */
static void read_file(struct shared_disk *disk, uint64_t at, size_t size, uint8_t *to)
{
    uint64_t end = (uint64_t)disk->blocks * DISK_BLOCK_BYTES;
    size_t wanted = at >= end ? 0 : end - at < size ? (size_t)(end - at) : size;
    ssize_t got = disk->fd < 0 ? (ssize_t)0 : pread(disk->fd, to, wanted, (off_t)at);
    size_t there = got > 0 ? (size_t)got : 0;
    memset(to + there, 0, size - there);
    if (disk->fd >= 0 && there < wanted && !disk->host_error)
        disk->host_error = got < 0 ? errno : ENODATA; /* cut short while we ran */
}

static void read_page(struct shared_disk *disk, uint32_t page, uint8_t *to)
{
    const uint8_t *changed = page_map_get(&disk->overlay, page);
    if (!changed)
        changed = page_map_get(&disk->before, page);
    if (changed)
        memcpy(to, changed, PAGE_BYTES);
    else
        read_file(disk, (uint64_t)page * PAGE_BYTES, PAGE_BYTES, to);
}

static void poke(struct shared_disk *disk, uint32_t block, const uint8_t *from)
{
    uint8_t page[PAGE_BYTES];
    read_page(disk, block / PAGE_BLOCKS, page);
    memcpy(page + (size_t)(block % PAGE_BLOCKS) * DISK_BLOCK_BYTES, from, DISK_BLOCK_BYTES);
    page_map_set(&disk->overlay, block / PAGE_BLOCKS, page);
}

void shared_disk_peek(struct shared_disk *disk, uint32_t block, uint8_t *to)
{
    uint32_t page = block / PAGE_BLOCKS;
    const uint8_t *changed = page_map_get(&disk->overlay, page);
    if (!changed)
        changed = page_map_get(&disk->before, page);
    if (changed)
        memcpy(to, changed + (size_t)(block % PAGE_BLOCKS) * DISK_BLOCK_BYTES, DISK_BLOCK_BYTES);
    else
        read_file(disk, (uint64_t)block * DISK_BLOCK_BYTES, DISK_BLOCK_BYTES, to);
}

bool shared_disk_host_good(const struct shared_disk *disk, struct error *error)
{
    return !disk->host_error ||
           error_set(error, "disk '%s' cannot be read: %s", disk->path, strerror(disk->host_error));
}

static void move_blocks(struct shared_disk *disk, struct disk_operation *op, const uint64_t *mask)
{
    for (uint32_t i = 0; i < op->count; i++) {
        if (mask && !(*mask >> (i % 64) & 1))
            continue;
        if (op->opcode == DISK_WRITE)
            poke(disk, op->block + i, op->data + (size_t)i * DISK_BLOCK_BYTES);
        else
            shared_disk_peek(disk, op->block + i, op->data + (size_t)i * DISK_BLOCK_BYTES);
    }
}

enum disk_performance shared_disk_perform(struct shared_disk *disk, uint32_t generation, struct disk_operation *op,
                                          const uint64_t *mask, uint64_t time_ps)
{
    if (generation < disk->generation)
        return DISK_FENCED;
    uint32_t size = disk_data_bytes(op);
    for (size_t i = 0; size && i < disk->failed_blocks.count; i++)
        if (disk->failed_blocks.at[i] - op->block < op->count)
            return DISK_FAILED_MEDIUM;
    if (size)
        move_blocks(disk, op, mask);
    if (disk->host_error)
        return DISK_FAILED_HOST;
    *VEC_PUSH(&disk->records) = (struct disk_record){
        .number = op->number,
        .content = size ? XXH3_64bits(op->data, size) : 0,
        .time_ps = time_ps,
        .mask = mask ? *mask : UINT64_MAX,
        .device = op->device,
        .opcode = op->opcode,
        .block = size ? op->block : 0,
        .count = size ? op->count : 0,
        .generation = generation,
        .full = mask == NULL,
    };
    return DISK_PERFORMED;
}

void shared_disk_fail_block(struct shared_disk *disk, uint32_t block)
{
    *VEC_PUSH(&disk->failed_blocks) = block;
}

void shared_disk_fence(struct shared_disk *disk, uint32_t generation)
{
    if (generation > disk->generation)
        disk->generation = generation;
}

const struct disk_record *shared_disk_records(const struct shared_disk *disk, size_t *count)
{
    *count = disk->records.count;
    return disk->records.at;
}

static void visit_record(struct visit *visit, struct disk_record *record)
{
    VISIT(visit, record->number);
    VISIT(visit, record->content);
    VISIT(visit, record->time_ps);
    VISIT(visit, record->mask);
    VISIT(visit, record->device);
    VISIT(visit, record->opcode);
    VISIT(visit, record->block);
    VISIT(visit, record->count);
    VISIT(visit, record->generation);
    VISIT(visit, record->full);
}

static void visit_block(struct visit *visit, uint32_t *block)
{
    VISIT(visit, *block);
}

/* A file may be another one when the save file is read: everything that is not zero goes along. */
static void visit_content(struct shared_disk *disk, struct visit *visit)
{
    static const uint8_t zeros[PAGE_BYTES];
    uint8_t page[PAGE_BYTES], is[PAGE_BYTES];
    struct page_map all;
    page_map_empty(&all, &disk->overlay);
    for (uint32_t i = 0; i < disk->overlay.pages && !visit->reading; i++) {
        read_page(disk, i, page);
        if (memcmp(page, zeros, PAGE_BYTES) != 0)
            page_map_set(&all, i, page);
    }
    visit_pages(visit, &all);
    for (uint32_t i = 0; i < disk->overlay.pages && visit->reading; i++) {
        const uint8_t *content = page_map_get(&all, i);
        read_page(disk, i, is);
        if (memcmp(is, content ? content : zeros, PAGE_BYTES) != 0)
            page_map_set(&disk->overlay, i, content ? content : zeros);
    }
    page_map_free(&all);
}

void shared_disk_visit(struct shared_disk *disk, struct visit *visit)
{
    uint32_t blocks = disk->blocks;
    visit_begin(visit, "disk");
    VISIT(visit, blocks);
    if (blocks != disk->blocks)
        visit_refuse(visit);
    VISIT(visit, disk->generation);
    VISIT_GROWING(visit, &disk->records, visit_record);
    VISIT_GROWING(visit, &disk->failed_blocks, visit_block);
    if (visit->whole)
        visit_content(disk, visit);
    else
        visit_pages(visit, &disk->overlay);
    visit_end(visit);
}

uint64_t shared_disk_overlay_bytes(const struct shared_disk *disk)
{
    return page_store_bytes(disk->store);
}

/* ---- commit ---- */

struct commit {
    struct shared_disk *disk;
    int failed; /* errno */
};

/* Write page PAGE as it is now, and keep what the file had. */
static void commit_page(void *arg, uint32_t page)
{
    struct commit *commit = arg;
    struct shared_disk *disk = commit->disk;
    uint8_t now[PAGE_BYTES], then[PAGE_BYTES];
    off_t at = (off_t)page * PAGE_BYTES, end = (off_t)disk->blocks * DISK_BLOCK_BYTES;
    size_t size = at >= end ? 0 : end - at < PAGE_BYTES ? (size_t)(end - at) : PAGE_BYTES;
    read_page(disk, page, now);
    read_file(disk, (uint64_t)page * PAGE_BYTES, PAGE_BYTES, then);
    if (commit->failed || !size || memcmp(now, then, size) == 0)
        return;
    if (!page_map_get(&disk->before, page))
        page_map_set(&disk->before, page, then);
    if (pwrite(disk->fd, now, size, at) != (ssize_t)size)
        commit->failed = errno ? errno : ENOSPC;
}

bool shared_disk_commit(struct shared_disk *disk, struct error *error)
{
    if (!disk->path || disk->snapshot)
        return true;
    if (disk->fd < 0) {
        disk->fd = open(disk->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (disk->fd < 0 || ftruncate(disk->fd, (off_t)disk->blocks * DISK_BLOCK_BYTES))
            return error_set(error, "disk '%s' cannot be created: %s", disk->path, strerror(errno));
    }
    /* Also where a commit was made that has been left by going back in time: `before` is there, the overlay is not. */
    struct commit commit = {.disk = disk};
    struct page_map none, before;
    page_map_empty(&none, &disk->overlay);
    page_map_copy(&before, &disk->before);
    page_map_compare(&disk->overlay, &none, commit_page, &commit);
    page_map_compare(&before, &none, commit_page, &commit);
    page_map_free(&before);
    if (commit.failed)
        return error_set(error, "disk '%s' cannot be written: %s", disk->path, strerror(commit.failed));
    return true;
}

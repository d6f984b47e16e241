/* shared_disk.c - see shared_disk.h. The overlay is an open-addressing table from block number to its content. */
#include "io/shared_disk.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "io/vec.h"

struct overlay_block {
    uint32_t block;
    uint8_t data[DISK_BLOCK_BYTES];
};

struct shared_disk {
    int fd; /* -1: none (a new file, or no disk) */
    char *path;
    bool snapshot;
    uint32_t blocks;
    uint32_t generation;          /* the oldest that may still act */
    struct overlay_block **table; /* power-of-two slots */
    size_t slots, used;
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
    for (size_t i = 0; i < disk->slots; i++)
        free(disk->table[i]);
    free(disk->table);
    VEC_FREE(&disk->records);
    VEC_FREE(&disk->failed_blocks);
    free(disk->path);
    free(disk);
}

uint32_t shared_disk_blocks(const struct shared_disk *disk)
{
    return disk->blocks;
}

static size_t slot_of(const struct shared_disk *disk, uint32_t block)
{
    size_t i = XXH3_64bits(&block, sizeof block) & (disk->slots - 1);
    while (disk->table[i] && disk->table[i]->block != block)
        i = (i + 1) & (disk->slots - 1);
    return i;
}

static void grow(struct shared_disk *disk)
{
    struct overlay_block **old = disk->table;
    size_t old_slots = disk->slots;
    disk->slots = old_slots ? old_slots * 2 : HARD(1024, 4);
    disk->table = calloc(disk->slots, sizeof disk->table[0]);
    assert(disk->table);
    for (size_t i = 0; i < old_slots; i++)
        if (old[i])
            disk->table[slot_of(disk, old[i]->block)] = old[i];
    free(old);
}

static void poke(struct shared_disk *disk, uint32_t block, const uint8_t *from)
{
    if (disk->used * 2 >= disk->slots)
        grow(disk);
    size_t i = slot_of(disk, block);
    if (!disk->table[i]) {
        disk->table[i] = malloc(sizeof **disk->table);
        assert(disk->table[i]);
        disk->table[i]->block = block;
        disk->used++;
    }
    memcpy(disk->table[i]->data, from, DISK_BLOCK_BYTES);
}

void shared_disk_peek(struct shared_disk *disk, uint32_t block, uint8_t *to)
{
    const struct overlay_block *changed = disk->slots ? disk->table[slot_of(disk, block)] : NULL;
    if (changed) {
        memcpy(to, changed->data, DISK_BLOCK_BYTES);
        return;
    }
    memset(to, 0, DISK_BLOCK_BYTES);
    if (disk->fd < 0)
        return;
    ssize_t got = pread(disk->fd, to, DISK_BLOCK_BYTES, (off_t)block * DISK_BLOCK_BYTES);
    if (got != DISK_BLOCK_BYTES && !disk->host_error)
        disk->host_error = got < 0 ? errno : ENODATA; /* cut short while we ran */
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

bool shared_disk_commit(struct shared_disk *disk, struct error *error)
{
    if (!disk->path || disk->snapshot)
        return true;
    if (disk->fd < 0) {
        disk->fd = open(disk->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (disk->fd < 0 || ftruncate(disk->fd, (off_t)disk->blocks * DISK_BLOCK_BYTES))
            return error_set(error, "disk '%s' cannot be created: %s", disk->path, strerror(errno));
    }
    for (size_t i = 0; i < disk->slots; i++) {
        if (!disk->table[i])
            continue;
        off_t at = (off_t)disk->table[i]->block * DISK_BLOCK_BYTES;
        if (pwrite(disk->fd, disk->table[i]->data, DISK_BLOCK_BYTES, at) != DISK_BLOCK_BYTES)
            return error_set(error, "disk '%s' cannot be written: %s", disk->path, strerror(errno));
    }
    /* Only now: without its neighbours a block would no longer be found in the table, if the host had failed. */
    for (size_t i = 0; i < disk->slots; i++) {
        free(disk->table[i]);
        disk->table[i] = NULL;
    }
    disk->used = 0;
    return true;
}

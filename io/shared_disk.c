/* shared_disk.c - see shared_disk.h. */
#include "io/shared_disk.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "mmu/base/memory.h"
#include "mmu/base/vec.h"

struct shared_disk {
    struct disk_content content;
    uint32_t generation; /* the oldest that may still act */
    VEC(struct disk_record) records;
    VEC(uint32_t) failed_blocks;
};

static struct shared_disk *new_disk(void)
{
    struct shared_disk *disk = calloc(1, sizeof *disk);
    memory_need(disk);
    return disk;
}

struct shared_disk *shared_disk_open(const struct shared_disk_config *config, struct image_files *files,
                                     struct error *error)
{
    struct shared_disk *disk = new_disk();
    if (disk_content_open(&disk->content, config, files, error))
        return disk;
    shared_disk_close(disk);
    return NULL;
}

struct shared_disk *shared_disk_again(const struct shared_disk *first)
{
    struct shared_disk *disk = new_disk();
    disk_content_again(&disk->content, &first->content);
    return disk;
}

bool shared_disk_make(struct shared_disk *disk, struct error *error)
{
    return disk_content_make(&disk->content, error);
}

void shared_disk_unmake(struct shared_disk *disk)
{
    disk_content_unmake(&disk->content);
}

void shared_disk_close(struct shared_disk *disk)
{
    if (!disk)
        return;
    disk_content_close(&disk->content);
    VEC_FREE(&disk->records);
    VEC_FREE(&disk->failed_blocks);
    free(disk);
}

uint32_t shared_disk_blocks(const struct shared_disk *disk)
{
    return disk->content.blocks;
}

const char *shared_disk_path(const struct shared_disk *disk)
{
    return disk->content.path;
}

void shared_disk_peek(struct shared_disk *disk, uint32_t block, uint8_t *to)
{
    disk_content_read(&disk->content, block, 1, to);
}

bool shared_disk_host_good(const struct shared_disk *disk, struct error *error)
{
    return disk_content_good(&disk->content, error);
}

/* Blocks of a read that a crash leaves out keep what they had. */
static bool read_blocks(struct shared_disk *disk, struct disk_operation *op, const uint64_t *mask)
{
    bool good = true;
    if (!mask)
        return disk_content_read(&disk->content, op->block, op->count, op->data);
    for (uint32_t i = 0; i < op->count; i++)
        if (*mask >> (i % 64) & 1)
            good &= disk_content_read(&disk->content, op->block + i, 1, op->data + (size_t)i * DISK_BLOCK_BYTES);
    return good;
}

/* Move the data of OP. *REACHED: up to which block. */
static bool move_blocks(struct shared_disk *disk, struct disk_operation *op, const uint64_t *mask, uint32_t *reached)
{
    *reached = disk_data_bytes(op) ? op->count : 0;
    if (op->opcode == DISK_WRITE)
        return disk_content_write(&disk->content, op->block, op->count, op->data, mask, reached);
    if (op->opcode == DISK_READ)
        return read_blocks(disk, op, mask);
    return op->opcode != DISK_FLUSH || disk_content_flush(&disk->content);
}

enum disk_performance shared_disk_perform(struct shared_disk *disk, uint32_t generation, struct disk_operation *op,
                                          const uint64_t *mask, uint64_t time_ps)
{
    if (generation < disk->generation)
        return DISK_FENCED;
    if (!shared_disk_host_good(disk, NULL))
        return DISK_FAILED_HOST;
    uint32_t size = disk_data_bytes(op), reached;
    for (size_t i = 0; size && i < disk->failed_blocks.count; i++)
        if (disk->failed_blocks.at[i] - op->block < op->count)
            return DISK_FAILED_MEDIUM;
    bool good = move_blocks(disk, op, mask, &reached);
    if (!good && (op->opcode != DISK_WRITE || !reached))
        return DISK_FAILED_HOST;
    *VEC_PUSH(&disk->records) = (struct disk_record){
        .number = op->number,
        .content = size ? XXH3_64bits(op->data, size) : 0,
        .time_ps = time_ps,
        .mask = mask ? *mask : UINT64_MAX,
        .reached = reached,
        .device = op->device,
        .opcode = op->opcode,
        .block = size ? op->block : 0,
        .count = size ? op->count : 0,
        .generation = generation,
        .full = good && mask == NULL,
    };
    return good ? DISK_PERFORMED : DISK_FAILED_HOST;
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

void shared_disk_forget(struct shared_disk *disk, uint64_t last)
{
    size_t kept = 0;
    for (size_t i = 0; i < disk->records.count; i++)
        if (disk->records.at[i].number > last)
            disk->records.at[kept++] = disk->records.at[i];
    disk->records.count = kept;
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
    VISIT(visit, record->reached);
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

void shared_disk_visit(struct shared_disk *disk, struct visit *visit)
{
    uint32_t blocks = disk->content.blocks;
    visit_begin(visit, "disk");
    VISIT(visit, blocks);
    if (blocks != disk->content.blocks)
        visit_refuse(visit);
    VISIT(visit, disk->generation);
    VISIT_GROWING(visit, &disk->records, visit_record);
    VISIT_GROWING(visit, &disk->failed_blocks, visit_block);
    disk_content_visit(&disk->content, visit);
    visit_end(visit);
}

uint64_t shared_disk_overlay_bytes(const struct shared_disk *disk)
{
    return page_store_bytes(disk->content.store);
}

uint32_t shared_disk_zeros(const struct shared_disk *disk, uint32_t block)
{
    return disk_content_zeros(&disk->content, block);
}

uint64_t shared_disk_uncommitted(struct shared_disk *disk)
{
    return disk_content_uncommitted(&disk->content);
}

bool shared_disk_commit(struct shared_disk *disk, struct error *error)
{
    return disk_content_commit(&disk->content, error);
}

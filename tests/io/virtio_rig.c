/* virtio_rig.c - see virtio_rig.h. */
#include "tests/io/virtio_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    REG_DRIVER_FEATURES = 0x20,
    REG_DRIVER_FEATURES_SEL = 0x24,
    REG_QUEUE_SEL = 0x30,
    REG_QUEUE_NUM = 0x38,
    REG_QUEUE_READY = 0x44,
    REG_QUEUE_NOTIFY = 0x50,
    REG_STATUS = 0x70,
    REG_QUEUE_DESC = 0x80,
    REG_QUEUE_DRIVER = 0x90,
    REG_QUEUE_DEVICE = 0xA0,
};

/* ---- the world ---- */

static enum phys_result output_ready(void *arg)
{
    return ((struct virtio_rig *)arg)->ready;
}

static void output_begins(void *arg)
{
    ((struct virtio_rig *)arg)->outputs++;
}

static void output_issued(void *arg, bool has_outcome)
{
    struct virtio_rig *rig = arg;
    rig->issued++;
    rig->with_outcome += has_outcome;
}

static void later(void *arg, unsigned slot)
{
    ((struct virtio_rig *)arg)->laters++;
}

static void terminal_put(void *arg, const uint8_t *bytes, size_t size)
{
    struct virtio_rig *rig = arg;
    for (size_t i = 0; i < size; i++)
        rig->shown[rig->shown_bytes++ % sizeof rig->shown] = bytes[i];
}

static void input_wanted(void *arg)
{
    ((struct virtio_rig *)arg)->wanted++;
}

static uint64_t disk_number(void *arg)
{
    return ++((struct virtio_rig *)arg)->numbers;
}

static uint32_t disk_blocks(void *arg, unsigned device)
{
    return RIG_BLOCKS;
}

static void disk_issue(void *arg, const struct disk_operation *op)
{
    struct virtio_rig *rig = arg;
    if (rig->kept_count == RIG_KEPT_MAX)
        abort();
    rig->kept[rig->kept_count++] = *op;
}

/* As a computer does: what was told that its outcome is unknown is not performed any more. */
static void disk_told(void *arg, const struct disk_completion *end)
{
    struct virtio_rig *rig = arg;
    if (rig->tolds < RIG_KEPT_MAX)
        rig->told[rig->tolds++] = *end;
    for (unsigned i = 0; i < rig->kept_count && end->status == DISK_DISCONNECTED; i++) {
        if (rig->kept[i].number != end->number)
            continue;
        free(rig->kept[i].data);
        memmove(&rig->kept[i], &rig->kept[i + 1], (--rig->kept_count - i) * sizeof rig->kept[0]);
    }
}

static void net_mac(void *arg, uint8_t *bytes)
{
    static const uint8_t mac[NETWORK_MAC_BYTES] = {2, 0, 0, 0, 0, 9};
    memcpy(bytes, mac, sizeof mac);
}

static void frame_put(void *arg, const uint8_t *bytes, uint32_t size)
{
    struct virtio_rig *rig = arg;
    rig->frames++;
    rig->frame_bytes = size;
    memcpy(rig->frame, bytes, size);
}

static void frames_wanted(void *arg)
{
    ((struct virtio_rig *)arg)->frames_wanted++;
}

static enum phys_result entropy(void *arg, uint64_t *value)
{
    struct virtio_rig *rig = arg;
    *value = ++rig->random;
    return rig->entropy_ready;
}

static void log_line(void *arg, const char *line)
{
    struct virtio_rig *rig = arg;
    rig->logs++;
    snprintf(rig->log, sizeof rig->log, "%s", line);
}

static const struct virtio_backend backend = {output_ready, output_begins, output_issued, later,         terminal_put,
                                              input_wanted, net_mac,       frame_put,     frames_wanted, disk_number,
                                              disk_blocks,  disk_issue,    disk_told,     entropy,       log_line};

static void post(void *arg, unsigned number)
{
    ((struct virtio_rig *)arg)->posts[number]++;
}

struct virtio_rig *virtio_rig_new(const enum virtio_kind kinds[VIRTIO_SLOTS])
{
    struct virtio_rig *rig = calloc(1, sizeof *rig);
    if (rig)
        rig->phys = phys_new(RIG_RAM);
    if (!rig || !rig->phys)
        abort();
    virtio_slots_init(&rig->slots, kinds, rig->phys, &backend, rig, (struct irq_line){post, rig});
    return rig;
}

void virtio_rig_free(struct virtio_rig *rig)
{
    for (unsigned i = 0; i < rig->kept_count; i++)
        free(rig->kept[i].data);
    phys_free(rig->phys);
    free(rig);
}

/* ---- the driver ---- */

uint32_t rig_reg(struct virtio_rig *rig, unsigned slot, uint32_t offset)
{
    uint64_t value = 0;
    if (phys_load(rig->phys, VIRTIO_BASE + slot * VIRTIO_WINDOW_BYTES + offset, 4, &value) != PHYS_OK)
        abort();
    return __builtin_bswap32((uint32_t)value);
}

enum phys_result rig_set(struct virtio_rig *rig, unsigned slot, uint32_t offset, uint32_t value)
{
    return phys_store(rig->phys, VIRTIO_BASE + slot * VIRTIO_WINDOW_BYTES + offset, 4, __builtin_bswap32(value));
}

uint32_t rig_desc(unsigned slot, unsigned queue)
{
    return 0x10000 + slot * 0x8000 + queue * 0x2000;
}

uint32_t rig_avail(unsigned slot, unsigned queue)
{
    return rig_desc(slot, queue) + 0x1000;
}

uint32_t rig_used(unsigned slot, unsigned queue)
{
    return rig_desc(slot, queue) + 0x1800;
}

void rig_open(struct virtio_rig *rig, unsigned slot, unsigned queues)
{
    uint8_t zero[0x2000] = {0};
    rig_set(rig, slot, REG_STATUS, 0);
    rig_set(rig, slot, REG_STATUS, 3);
    rig_set(rig, slot, REG_DRIVER_FEATURES_SEL, 0);
    rig_set(rig, slot, REG_DRIVER_FEATURES, 1u << 28);
    rig_set(rig, slot, REG_DRIVER_FEATURES_SEL, 1);
    rig_set(rig, slot, REG_DRIVER_FEATURES, 1);
    rig_set(rig, slot, REG_STATUS, 11);
    for (unsigned i = 0; i < queues; i++) {
        phys_dma_write(rig->phys, rig_desc(slot, i), zero, sizeof zero);
        rig_set(rig, slot, REG_QUEUE_SEL, i);
        rig_set(rig, slot, REG_QUEUE_NUM, RIG_NUM);
        rig_set(rig, slot, REG_QUEUE_DESC, rig_desc(slot, i));
        rig_set(rig, slot, REG_QUEUE_DRIVER, rig_avail(slot, i));
        rig_set(rig, slot, REG_QUEUE_DEVICE, rig_used(slot, i));
        rig_set(rig, slot, REG_QUEUE_READY, 1);
    }
    rig_set(rig, slot, REG_STATUS, 15);
}

void rig_put16(struct virtio_rig *rig, uint32_t address, uint16_t value)
{
    uint8_t bytes[2];
    le16_store(bytes, value);
    phys_dma_write(rig->phys, address, bytes, sizeof bytes);
}

void rig_put32(struct virtio_rig *rig, uint32_t address, uint32_t value)
{
    uint8_t bytes[4];
    le32_store(bytes, value);
    phys_dma_write(rig->phys, address, bytes, sizeof bytes);
}

void rig_put64(struct virtio_rig *rig, uint32_t address, uint64_t value)
{
    rig_put32(rig, address, (uint32_t)value);
    rig_put32(rig, address + 4, (uint32_t)(value >> 32));
}

uint16_t rig_get16(struct virtio_rig *rig, uint32_t address)
{
    uint8_t bytes[2] = {0};
    phys_dma_read(rig->phys, address, bytes, sizeof bytes);
    return le16_load(bytes);
}

uint32_t rig_get32(struct virtio_rig *rig, uint32_t address)
{
    uint8_t bytes[4] = {0};
    phys_dma_read(rig->phys, address, bytes, sizeof bytes);
    return le32_load(bytes);
}

uint8_t rig_get8(struct virtio_rig *rig, uint32_t address)
{
    uint8_t byte = 0;
    phys_dma_read(rig->phys, address, &byte, 1);
    return byte;
}

void rig_descriptor(struct virtio_rig *rig, uint32_t table, unsigned index, uint64_t address, uint32_t size,
                    uint16_t flags, uint16_t next)
{
    rig_put64(rig, table + index * 16, address);
    rig_put32(rig, table + index * 16 + 8, size);
    rig_put16(rig, table + index * 16 + 12, flags);
    rig_put16(rig, table + index * 16 + 14, next);
}

enum phys_result rig_offer(struct virtio_rig *rig, unsigned slot, unsigned queue, uint16_t head)
{
    uint32_t avail = rig_avail(slot, queue);
    uint16_t index = rig_get16(rig, avail + 2);
    rig_put16(rig, avail + 4 + 2 * (index % RIG_NUM), head);
    rig_put16(rig, avail + 2, (uint16_t)(index + 1));
    return rig_set(rig, slot, REG_QUEUE_NOTIFY, queue);
}

unsigned rig_given(struct virtio_rig *rig, unsigned slot, unsigned queue)
{
    return rig_get16(rig, rig_used(slot, queue) + 2);
}

uint32_t rig_written(struct virtio_rig *rig, unsigned slot, unsigned queue)
{
    unsigned last = (rig_given(rig, slot, queue) - 1) % RIG_NUM;
    return rig_get32(rig, rig_used(slot, queue) + 4 + 8 * last + 4);
}

void rig_finish(struct virtio_rig *rig)
{
    virtio_slots_finish(&rig->slots);
}

void rig_perform(struct virtio_rig *rig, uint32_t status)
{
    while (rig->kept_count) {
        struct disk_operation op = rig->kept[0];
        memmove(&rig->kept[0], &rig->kept[1], --rig->kept_count * sizeof rig->kept[0]);
        uint8_t *at = rig->disk + (size_t)op.block * DISK_BLOCK_BYTES;
        bool read = op.opcode == DISK_READ && status == DISK_COMPLETED;
        if (op.opcode == DISK_WRITE && status == DISK_COMPLETED)
            memcpy(at, op.data, disk_data_bytes(&op));
        if (read)
            memcpy(op.data, at, disk_data_bytes(&op));
        struct disk_completion end = {.number = op.number,
                                      .device = op.device,
                                      .opcode = op.opcode,
                                      .status = status,
                                      .detail = status == DISK_ERROR ? DISK_MEDIUM_ERROR : DISK_DETAIL_NONE,
                                      .size_bytes = read ? disk_data_bytes(&op) : 0,
                                      .data = read ? op.data : NULL};
        struct virtio_disk *disk = virtio_slots_disk(&rig->slots, op.device);
        if (!disk)
            abort();
        virtio_disk_complete(disk, &end);
        free(op.data);
    }
}

bool rig_broken(struct virtio_rig *rig, unsigned slot)
{
    return (rig_reg(rig, slot, REG_STATUS) & 64) != 0;
}

/* virtio_blk.c - see virtio_blk.h. A request is a header of 16 bytes - type, reserved, sector - then data, then the
 * status byte, which is the last byte that the device writes.
 */
#include "io/virtio_blk.h"

#include <string.h>

#define F_SIZE_MAX (UINT64_C(1) << 1)
#define F_SEG_MAX  (UINT64_C(1) << 2)
#define F_FLUSH    (UINT64_C(1) << 9)

enum { TYPE_IN = 0, TYPE_OUT = 1, TYPE_FLUSH = 4, TYPE_GET_ID = 8 };
enum { STATUS_OK, STATUS_IOERR, STATUS_UNSUPP };
enum { HEADER_BYTES = 16, ID_BYTES = 20, CONFIG_BYTES = 60 };
/* With header and status a whole chain; and at most VIRTIO_DISK_SECTORS_MAX blocks with segments of that size. */
enum { SEG_MAX = VIRTIO_QUEUE_NUM_MAX - 2, SIZE_MAX_BYTES = 8192 };

static void config(void *device, uint8_t *bytes)
{
    le64_store(bytes, virtio_disk_blocks(device));
    le32_store(bytes + 8, SIZE_MAX_BYTES);
    le32_store(bytes + 12, SEG_MAX);
}

static bool place_good(const struct virtio_disk *disk, uint64_t sector, uint32_t data_bytes)
{
    uint64_t blocks = virtio_disk_blocks(disk), count = data_bytes / DISK_BLOCK_BYTES;
    return data_bytes % DISK_BLOCK_BYTES == 0 && count >= 1 && count <= VIRTIO_DISK_SECTORS_MAX && sector < blocks &&
           count <= blocks - sector;
}

static uint32_t request_type(struct virtio_disk *disk, const struct virtio_chain *chain, uint64_t *sector)
{
    uint8_t header[HEADER_BYTES] = {0};
    virtio_chain_read(disk->virtio, chain, 0, header, sizeof header);
    *sector = le64_load(header + 8);
    return le32_load(header);
}

static enum virtio_request parse(struct virtio_disk *disk, const struct virtio_chain *chain, struct disk_operation *op)
{
    uint64_t sector;
    if (chain->read_bytes < HEADER_BYTES || chain->write_bytes < 1)
        return VIRTIO_REQUEST_BROKEN;
    uint32_t type = request_type(disk, chain, &sector);
    uint32_t data_bytes = type == TYPE_OUT ? chain->read_bytes - HEADER_BYTES : chain->write_bytes - 1;
    if (type == TYPE_FLUSH) {
        op->opcode = DISK_FLUSH;
        return VIRTIO_REQUEST_DISK;
    }
    if ((type != TYPE_IN && type != TYPE_OUT) || !place_good(disk, sector, data_bytes))
        return VIRTIO_REQUEST_LOCAL;
    op->opcode = type == TYPE_IN ? DISK_READ : DISK_WRITE;
    op->block = (uint32_t)sector;
    op->count = data_bytes / DISK_BLOCK_BYTES;
    return VIRTIO_REQUEST_DISK;
}

/* The device's own answer; WRITTEN: bytes of data. */
static uint8_t answer_here(struct virtio_disk *disk, const struct virtio_chain *chain, uint32_t *written)
{
    uint64_t sector;
    switch (request_type(disk, chain, &sector)) {
    case TYPE_IN:
    case TYPE_OUT:
    case TYPE_FLUSH:
        return STATUS_IOERR;
    case TYPE_GET_ID: {
        uint8_t id[ID_BYTES] = "understudy-0";
        id[11] = (uint8_t)('a' + disk->virtio->slot);
        *written = virtio_chain_write(disk->virtio, chain, 0, id,
                                      chain->write_bytes - 1 < ID_BYTES ? chain->write_bytes - 1 : ID_BYTES);
        return STATUS_OK;
    }
    default:
        return STATUS_UNSUPP;
    }
}

static uint32_t answer(struct virtio_disk *disk, const struct virtio_chain *chain, const struct disk_completion *end)
{
    if (!chain->write_bytes)
        return 0; /* the driver has taken the status byte away since */
    uint32_t room = chain->write_bytes - 1, written = end ? end->size_bytes : 0;
    uint8_t status = !end                            ? answer_here(disk, chain, &written)
                     : end->status == DISK_COMPLETED ? STATUS_OK
                                                     : STATUS_IOERR;
    virtio_chain_write(disk->virtio, chain, room, &status, 1);
    return written < room ? written : room + 1; /* the status counts if there is no gap before it */
}

static bool notify(void *device, unsigned queue)
{
    return virtio_disk_take(device);
}

static void finish(void *device)
{
    virtio_disk_finish(device);
}

static void reset(void *device)
{
    virtio_disk_forget(device);
}

const struct virtio_disk_format virtio_blk_format = {
    .read_offset = HEADER_BYTES,
    .parse = parse,
    .answer = answer,
};

const struct virtio_ops virtio_blk_ops = {
    .name = "blk",
    .device_id = 2,
    .features = F_SIZE_MAX | F_SEG_MAX | F_FLUSH,
    .queues = 1,
    .config_bytes = CONFIG_BYTES,
    .config = config,
    .notify = notify,
    .finish = finish,
    .reset = reset,
};

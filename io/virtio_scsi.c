/* virtio_scsi.c - see virtio_scsi.h. A request is a header of 51 bytes - logical unit, tag, attributes, command - then
 * the data that go out; the answer is 108 bytes - sense length, residual, status, response, sense - then the data that
 * come in.
 */
#include "io/virtio_scsi.h"

#include <stdio.h>
#include <string.h>

#include "io/scsi.h"

enum { QUEUE_CONTROL, QUEUE_EVENT, QUEUE_REQUEST, QUEUES };
enum { CDB_AT = 19, HEADER_BYTES = CDB_AT + SCSI_CDB_BYTES, SENSE_BYTES = 96, ANSWER_BYTES = 12 + SENSE_BYTES };
enum { RESPONSE_OK = 0, RESPONSE_OVERRUN = 1, RESPONSE_BAD_TARGET = 3, RESPONSE_RESET = 4 };
enum { CONTROL_TASK_MANAGEMENT, CONTROL_NOTIFICATION_QUERY, CONTROL_NOTIFICATION_SUBSCRIBE };
enum { NEXUS_RESET = 4, LOGICAL_UNIT_RESET = 5 };
enum { RESPONSE_FUNCTION_COMPLETE = 0, RESPONSE_FUNCTION_REJECTED = 11, RESPONSE_INCORRECT_LUN = 12 };
enum { CONFIG_BYTES = 36, SEG_MAX = VIRTIO_QUEUE_NUM_MAX - 2 };

static void config(void *device, uint8_t *bytes)
{
    le32_store(bytes, 1); /* request queues */
    le32_store(bytes + 4, SEG_MAX);
    le32_store(bytes + 8, VIRTIO_DISK_SECTORS_MAX);
    le32_store(bytes + 12, VIRTIO_QUEUE_NUM_MAX); /* commands of a logical unit */
    le32_store(bytes + 16, 16);                   /* bytes of an event */
    le32_store(bytes + 20, SENSE_BYTES);
    le32_store(bytes + 24, SCSI_CDB_BYTES);
    /* No channel, target or logical unit above 0: the rest is 0. */
}

/* ---- requests ---- */

/* The single-level format: peripheral device or flat addressing of logical unit 0, or the well-known logical unit. */
static enum scsi_unit_kind unit_kind(const uint8_t level[6])
{
    static const uint8_t disk[2][6] = {{0x00}, {0x40}}, report_luns[6] = {0xC1, 0x01};
    if (!memcmp(level, disk[0], sizeof disk[0]) || !memcmp(level, disk[1], sizeof disk[1]))
        return SCSI_UNIT_DISK;
    return memcmp(level, report_luns, sizeof report_luns) ? SCSI_UNIT_NONE : SCSI_UNIT_REPORT_LUNS;
}

/* One target, 0; its well-known logical unit is the adapter's, too (5.6.6.1). False: another target. */
static bool find_unit(const struct virtio_disk *disk, const uint8_t lun[8], struct scsi_unit *unit)
{
    static const uint8_t report_luns[8] = {0xC1, 0x01};
    bool adapter = !memcmp(lun, report_luns, sizeof report_luns);
    *unit = (struct scsi_unit){.kind = adapter ? SCSI_UNIT_REPORT_LUNS : unit_kind(lun + 2),
                               .blocks = virtio_disk_blocks(disk),
                               .blocks_max = VIRTIO_DISK_SECTORS_MAX};
    snprintf(unit->serial, sizeof unit->serial, "VIRTIO%02u", disk->virtio->slot % 100);
    return adapter || (lun[0] == 1 && lun[1] == 0);
}

/* What the chain asks and what comes of it, if it is told of ATTENTION; the virtio response. */
static uint8_t examine(struct virtio_disk *disk, const struct virtio_chain *chain, enum scsi_sense attention,
                       struct scsi_answer *answer)
{
    uint8_t header[HEADER_BYTES] = {0};
    struct scsi_unit unit;
    memset(answer, 0, sizeof *answer);
    virtio_chain_read(disk->virtio, chain, 0, header, sizeof header);
    if (!find_unit(disk, header, &unit))
        return RESPONSE_BAD_TARGET;
    if (unit.kind == SCSI_UNIT_DISK)
        unit.attention = attention;
    scsi_command(&unit, header + CDB_AT, answer);
    uint32_t bytes = answer->disk ? answer->count * DISK_BLOCK_BYTES : 0;
    uint32_t out = answer->opcode == DISK_WRITE ? bytes : 0;
    uint32_t in = answer->opcode == DISK_READ ? bytes : answer->allotted_bytes;
    if (out > chain->read_bytes - HEADER_BYTES || in > chain->write_bytes - ANSWER_BYTES) {
        memset(answer, 0, sizeof *answer);
        return RESPONSE_OVERRUN; /* more than the driver has given room for: nothing is done */
    }
    return RESPONSE_OK;
}

static bool chain_whole(const struct virtio_chain *chain)
{
    return chain->read_bytes >= HEADER_BYTES && chain->write_bytes >= ANSWER_BYTES;
}

static enum virtio_request parse(struct virtio_disk *disk, const struct virtio_chain *chain, struct disk_operation *op)
{
    struct scsi_answer answer;
    if (!chain_whole(chain))
        return VIRTIO_REQUEST_BROKEN;
    uint8_t response = examine(disk, chain, disk->state.attention_request ? 0 : disk->state.attention, &answer);
    if (answer.attended)
        disk->state.attention_request = chain->head + 1u;
    if (response != RESPONSE_OK || !answer.disk)
        return VIRTIO_REQUEST_LOCAL;
    op->opcode = answer.opcode;
    op->block = answer.block;
    op->count = answer.count;
    return VIRTIO_REQUEST_DISK;
}

/* What the disk's completion is in SCSI's terms; the virtio response. */
static uint8_t from_completion(const struct disk_completion *end, uint32_t room_bytes, struct scsi_answer *answer)
{
    memset(answer, 0, sizeof *answer);
    answer->size_bytes = end->size_bytes < room_bytes ? end->size_bytes : room_bytes;
    if (end->status == DISK_DISCONNECTED && end->detail == DISK_CANCELLED)
        return RESPONSE_RESET;
    if (end->status == DISK_DISCONNECTED) {
        answer->status = SCSI_BUSY;
    } else if (end->status != DISK_COMPLETED) {
        answer->status = SCSI_CHECK_CONDITION;
        answer->sense = end->opcode == DISK_READ ? SCSI_SENSE_READ_ERROR : SCSI_SENSE_WRITE_ERROR;
    }
    return RESPONSE_OK;
}

/* The device's own answer; its data are written. A request that has become one for the disk since it was taken is not
 * performed: BUSY. */
static uint8_t answer_here(struct virtio_disk *disk, const struct virtio_chain *chain, struct scsi_answer *told)
{
    bool first = disk->state.attention_request == chain->head + 1u;
    uint8_t response = examine(disk, chain, first ? disk->state.attention : 0, told);
    if (first)
        disk->state.attention_request = 0;
    if (told->attended)
        disk->state.attention = SCSI_SENSE_NONE;
    if (told->disk)
        *told = (struct scsi_answer){.status = SCSI_BUSY};
    told->size_bytes = virtio_chain_write(disk->virtio, chain, ANSWER_BYTES, told->data, told->size_bytes);
    return response;
}

/* Bytes of the driver's data buffers that were not moved: IN_BYTES were moved in, and what a completed write asks for
 * was moved out. After a fail-over 0, as Linux wants it. */
static uint32_t residual(struct virtio_disk *disk, const struct virtio_chain *chain, const struct disk_completion *end,
                         uint32_t in_bytes)
{
    uint32_t out = chain->read_bytes - HEADER_BYTES, in = chain->write_bytes - ANSWER_BYTES, out_bytes = 0;
    struct scsi_answer asked;
    if (end && end->status == DISK_DISCONNECTED && end->detail != DISK_CANCELLED)
        return 0;
    if (end && end->status == DISK_COMPLETED && examine(disk, chain, 0, &asked) == RESPONSE_OK &&
        asked.opcode == DISK_WRITE)
        out_bytes = asked.count * DISK_BLOCK_BYTES;
    return out - out_bytes + in - in_bytes;
}

static uint32_t answer(struct virtio_disk *disk, const struct virtio_chain *chain, const struct disk_completion *end)
{
    uint8_t bytes[ANSWER_BYTES] = {0};
    struct scsi_answer told;
    if (!chain_whole(chain)) { /* the driver has taken its buffers away since */
        if (disk->state.attention_request == chain->head + 1u)
            disk->state.attention_request = 0;
        return 0;
    }
    if (end)
        bytes[11] = from_completion(end, chain->write_bytes - ANSWER_BYTES, &told);
    else
        bytes[11] = answer_here(disk, chain, &told);
    if (told.sense) {
        scsi_format_sense(told.sense, bytes + 12);
        le32_store(bytes, SCSI_SENSE_BYTES);
    }
    le32_store(bytes + 4, residual(disk, chain, end, told.size_bytes));
    bytes[10] = told.status;
    virtio_chain_write(disk->virtio, chain, 0, bytes, sizeof bytes);
    return ANSWER_BYTES + told.size_bytes;
}

/* ---- control ---- */

/* The only task management that there is to do: a reset. What is outstanding ends with it, and the disk's next command
 * is told of it. The well-known logical unit has nothing that a reset of it could end. */
static uint8_t manage(struct virtio_disk *disk, const uint8_t *request)
{
    struct scsi_unit unit;
    uint32_t function = le32_load(request + 4);
    if (!find_unit(disk, request + 8, &unit))
        return RESPONSE_BAD_TARGET;
    if (unit.kind == SCSI_UNIT_NONE)
        return RESPONSE_INCORRECT_LUN;
    if (function != LOGICAL_UNIT_RESET && function != NEXUS_RESET)
        return RESPONSE_FUNCTION_REJECTED;
    if (function == LOGICAL_UNIT_RESET && unit.kind != SCSI_UNIT_DISK)
        return RESPONSE_FUNCTION_COMPLETE;
    virtio_disk_cancel(disk);
    disk->state.attention = function == NEXUS_RESET ? SCSI_SENSE_NEXUS_LOST : SCSI_SENSE_UNIT_RESET;
    disk->state.attention_request = 0;
    return RESPONSE_FUNCTION_COMPLETE;
}

static void control(struct virtio_disk *disk)
{
    enum { TASK_MANAGEMENT_BYTES = 24, NOTIFICATION_BYTES = 16, TYPE_BYTES = 4 };
    struct virtio_chain chain;
    while (virtio_queue_take(disk->virtio, QUEUE_CONTROL, &chain)) {
        uint8_t request[TASK_MANAGEMENT_BYTES] = {0}, reply[5] = {0};
        uint32_t size = virtio_chain_read(disk->virtio, &chain, 0, request, sizeof request);
        uint32_t type = le32_load(request), reply_bytes = type == CONTROL_TASK_MANAGEMENT ? 1 : 5;
        if (size < (type == CONTROL_TASK_MANAGEMENT ? TASK_MANAGEMENT_BYTES : NOTIFICATION_BYTES) ||
            chain.write_bytes < reply_bytes) {
            virtio_break(disk->virtio, "a control request that has no room for its answer");
            return;
        }
        if (type == CONTROL_TASK_MANAGEMENT)
            reply[0] = manage(disk, request);
        else /* no event is ever reported: none of those asked for */
            reply[4] = type <= CONTROL_NOTIFICATION_SUBSCRIBE ? RESPONSE_OK : RESPONSE_FUNCTION_REJECTED;
        virtio_chain_write(disk->virtio, &chain, 0, reply, reply_bytes);
        virtio_queue_give(disk->virtio, QUEUE_CONTROL, chain.head, reply_bytes);
    }
}

static bool notify(void *device, unsigned queue)
{
    struct virtio_disk *disk = device;
    if (queue == QUEUE_REQUEST)
        return virtio_disk_take(disk);
    if (queue == QUEUE_CONTROL)
        virtio_later(disk->virtio);
    return false;
}

static void finish(void *device)
{
    virtio_disk_finish(device);
    control(device);
}

static void reset(void *device)
{
    virtio_disk_forget(device);
}

const struct virtio_disk_format virtio_scsi_format = {
    .queue = QUEUE_REQUEST,
    .read_offset = HEADER_BYTES,
    .write_offset = ANSWER_BYTES,
    .retries = true,
    .parse = parse,
    .answer = answer,
};

const struct virtio_ops virtio_scsi_ops = {
    .name = "scsi",
    .device_id = 8,
    .queues = QUEUES,
    .config_bytes = CONFIG_BYTES,
    .config = config,
    .notify = notify,
    .finish = finish,
    .reset = reset,
};

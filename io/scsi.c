/* scsi.c - see scsi.h. Names and numbers are those of SPC-3 and SBC-3. */
#include "io/scsi.h"

#include <string.h>

#include "io/disk_operation.h"
#include "mmu/base/bits.h"

enum {
    TEST_UNIT_READY = 0x00,
    REQUEST_SENSE = 0x03,
    READ_6 = 0x08,
    WRITE_6 = 0x0A,
    INQUIRY = 0x12,
    MODE_SENSE_6 = 0x1A,
    START_STOP_UNIT = 0x1B,
    PREVENT_ALLOW_MEDIUM_REMOVAL = 0x1E,
    READ_CAPACITY_10 = 0x25,
    READ_10 = 0x28,
    WRITE_10 = 0x2A,
    VERIFY_10 = 0x2F,
    SYNCHRONIZE_CACHE_10 = 0x35,
    MODE_SENSE_10 = 0x5A,
    READ_16 = 0x88,
    WRITE_16 = 0x8A,
    SYNCHRONIZE_CACHE_16 = 0x91,
    SERVICE_ACTION_IN_16 = 0x9E,
    REPORT_LUNS = 0xA0,
    READ_12 = 0xA8,
    WRITE_12 = 0xAA,
};

enum { READ_CAPACITY_16 = 0x10 }; /* service action of SERVICE_ACTION_IN_16 */

static void fail(struct scsi_answer *answer, enum scsi_sense sense)
{
    answer->status = SCSI_CHECK_CONDITION;
    answer->sense = sense;
    answer->size_bytes = 0;
}

/* The answer is the first SIZE bytes of data, but no more than the command's allocation length. */
static void allot(struct scsi_answer *answer, uint32_t size, uint32_t allocation)
{
    answer->allotted_bytes = allocation;
    answer->size_bytes = size < allocation ? size : allocation;
}

/* ---- what a unit says of itself ---- */

static void test_unit_ready(const struct scsi_unit *unit, const uint8_t *cdb, struct scsi_answer *answer)
{
}

static void inquiry(const struct scsi_unit *unit, const uint8_t *cdb, struct scsi_answer *answer)
{
    bool evpd = cdb[1] & 1, cmddt = cdb[1] & 2;
    uint32_t size = 0;
    if (!cmddt && evpd)
        size = scsi_vital_product_data(unit, cdb[2], answer->data);
    else if (!cmddt && !cdb[2])
        size = scsi_standard_inquiry(unit, answer->data);
    if (!size)
        fail(answer, SCSI_SENSE_INVALID_FIELD);
    else
        allot(answer, size, be16_load(cdb + 3));
}

static void mode_sense(const struct scsi_unit *unit, const uint8_t *cdb, struct scsi_answer *answer)
{
    enum { CHANGEABLE = 1, SAVED = 3, SUBPAGES_ALL = 0xFF };
    bool ten = cdb[0] == MODE_SENSE_10, descriptor = !(cdb[1] & 0x08);
    uint8_t *data = answer->data, page = cdb[2] & 0x3F, which = cdb[2] >> 6;
    uint32_t size = ten ? 8 : 4;
    if (descriptor) {
        be32_store(data + size, unit->blocks);
        be32_store(data + size + 4, DISK_BLOCK_BYTES);
        size += 8;
    }
    uint32_t pages = scsi_mode_pages(page, which == CHANGEABLE, data + size);
    if (!pages || (cdb[3] && cdb[3] != SUBPAGES_ALL)) {
        fail(answer, SCSI_SENSE_INVALID_FIELD);
        return;
    }
    if (which == SAVED) {
        fail(answer, SCSI_SENSE_NOTHING_SAVED);
        return;
    }
    size += pages;
    if (ten)
        be16_store(data, (uint16_t)(size - 2));
    else
        data[0] = (uint8_t)(size - 1);
    data[ten ? 7 : 3] = descriptor ? 8 : 0;
    allot(answer, size, ten ? be16_load(cdb + 7) : cdb[4]);
}

/* Partial medium indicator: the last block before a delay, which is the last one of all. */
static bool capacity_asked(const struct scsi_unit *unit, uint64_t block, bool partial, struct scsi_answer *answer)
{
    if (!partial && block)
        fail(answer, SCSI_SENSE_INVALID_FIELD);
    else if (block >= unit->blocks)
        fail(answer, SCSI_SENSE_BLOCK_OUT_OF_RANGE);
    return answer->status == SCSI_GOOD;
}

static void read_capacity_10(const struct scsi_unit *unit, const uint8_t *cdb, struct scsi_answer *answer)
{
    if (!capacity_asked(unit, be32_load(cdb + 2), cdb[8] & 1, answer))
        return;
    be32_store(answer->data, unit->blocks - 1);
    be32_store(answer->data + 4, DISK_BLOCK_BYTES);
    allot(answer, 8, 8);
}

static void service_action_in_16(const struct scsi_unit *unit, const uint8_t *cdb, struct scsi_answer *answer)
{
    if ((cdb[1] & 0x1F) != READ_CAPACITY_16) {
        fail(answer, SCSI_SENSE_INVALID_FIELD);
        return;
    }
    if (!capacity_asked(unit, be64_load(cdb + 2), cdb[14] & 1, answer))
        return;
    be64_store(answer->data, unit->blocks - 1);
    be32_store(answer->data + 8, DISK_BLOCK_BYTES);
    allot(answer, 32, be32_load(cdb + 10));
}

/* Logical unit 0; the well-known one; or both. */
static void report_luns(const struct scsi_unit *unit, const uint8_t *cdb, struct scsi_answer *answer)
{
    enum { ADDRESSED, WELL_KNOWN, ALL };
    uint32_t list = 0;
    if (cdb[2] > ALL) {
        fail(answer, SCSI_SENSE_INVALID_FIELD);
        return;
    }
    if (cdb[2] != WELL_KNOWN)
        list += 8;
    if (cdb[2] != ADDRESSED) {
        be16_store(answer->data + 8 + list, 0xC101);
        list += 8;
    }
    be32_store(answer->data, list);
    allot(answer, 8 + list, be32_load(cdb + 6));
}

void scsi_format_sense(enum scsi_sense sense, uint8_t bytes[SCSI_SENSE_BYTES])
{
    memset(bytes, 0, SCSI_SENSE_BYTES);
    bytes[0] = 0x70; /* fixed format, current error */
    bytes[2] = (uint8_t)(sense >> 16);
    bytes[7] = SCSI_SENSE_BYTES - 8;
    bytes[12] = (uint8_t)(sense >> 8);
    bytes[13] = (uint8_t)sense;
}

static void request_sense(const struct scsi_unit *unit, const uint8_t *cdb, struct scsi_answer *answer)
{
    if (cdb[1] & 1) { /* descriptor format */
        fail(answer, SCSI_SENSE_INVALID_FIELD);
        return;
    }
    scsi_format_sense(unit->kind == SCSI_UNIT_NONE ? SCSI_SENSE_NO_SUCH_UNIT : unit->attention, answer->data);
    answer->attended = unit->attention != SCSI_SENSE_NONE;
    allot(answer, SCSI_SENSE_BYTES, cdb[4]);
}

/* ---- blocks ---- */

/* From 10 bytes on byte 1 of a command about blocks has bits that nothing here can keep: protection information (7-5:
 * the disk has none), DPO and FUA (4, 3: the mode pages say so), FUA_NV (1), relative addresses (0). */
enum {
    TRANSFER_FLAGS = 0xFB,
    VERIFY_FLAGS = 0xF7,      /* 2, 1: what to compare the blocks with */
    SYNCHRONIZE_FLAGS = 0x03, /* 1: IMMED */
};

struct range {
    uint64_t block;
    uint32_t count;
};

static struct range range_of(const uint8_t *cdb)
{
    switch (cdb[0] >> 5) { /* the group: its length */
    case 0:
        return (struct range){be32_load(cdb) & 0x1FFFFF, cdb[4] ? cdb[4] : 256};
    case 4:
        return (struct range){be64_load(cdb + 2), be32_load(cdb + 10)};
    case 5:
        return (struct range){be32_load(cdb + 2), be32_load(cdb + 6)};
    default:
        return (struct range){be32_load(cdb + 2), be16_load(cdb + 7)};
    }
}

/* Are the command's blocks there? REFUSED: bits of its byte 1 that must be 0. */
static bool range_good(const struct scsi_unit *unit, const uint8_t *cdb, uint8_t refused, struct scsi_answer *answer)
{
    struct range range = range_of(cdb);
    if (cdb[0] >> 5 && (cdb[1] & refused))
        fail(answer, SCSI_SENSE_INVALID_FIELD);
    else if (range.block > unit->blocks || range.count > unit->blocks - range.block)
        fail(answer, SCSI_SENSE_BLOCK_OUT_OF_RANGE);
    return answer->status == SCSI_GOOD;
}

static void transfer(const struct scsi_unit *unit, const uint8_t *cdb, struct scsi_answer *answer)
{
    struct range range = range_of(cdb);
    if (!range_good(unit, cdb, TRANSFER_FLAGS, answer))
        return;
    if (range.count > unit->blocks_max) {
        fail(answer, SCSI_SENSE_INVALID_FIELD);
    } else if (range.count) { /* no blocks: nothing to do, and good */
        answer->disk = true;
        answer->opcode = cdb[0] & 2 ? DISK_WRITE : DISK_READ; /* 08, 28, 88, A8 and 0A, 2A, 8A, AA */
        answer->block = (uint32_t)range.block;
        answer->count = range.count;
    }
}

/* Without a comparison: every block can be read, or its read says so. */
static void verify(const struct scsi_unit *unit, const uint8_t *cdb, struct scsi_answer *answer)
{
    if (range_good(unit, cdb, VERIFY_FLAGS, answer) && range_of(cdb).count > unit->blocks_max)
        fail(answer, SCSI_SENSE_INVALID_FIELD);
}

static void synchronize_cache(const struct scsi_unit *unit, const uint8_t *cdb, struct scsi_answer *answer)
{
    if (!range_good(unit, cdb, SYNCHRONIZE_FLAGS, answer))
        return;
    answer->disk = true; /* all of it, whatever the range */
    answer->opcode = DISK_FLUSH;
}

/* ---- the medium ---- */

/* The disk runs, and its medium stays: what asks for something else is refused. */
static void start_stop_unit(const struct scsi_unit *unit, const uint8_t *cdb, struct scsi_answer *answer)
{
    enum { START = 0x01, NO_FLUSH = 0x04 };
    if ((cdb[4] & ~NO_FLUSH) != START)
        fail(answer, SCSI_SENSE_INVALID_FIELD);
}

static void prevent_allow_medium_removal(const struct scsi_unit *unit, const uint8_t *cdb, struct scsi_answer *answer)
{
    if ((cdb[4] & 3) > 1)
        fail(answer, SCSI_SENSE_INVALID_FIELD);
}

/* ---- all of them ---- */

/* Which units answer it besides the disk, and whether it comes before a unit attention. */
enum { NOWHERE = 1, WELL_KNOWN = 2, FIRST = 4 };

struct command {
    uint8_t opcode, flags;
    void (*answer)(const struct scsi_unit *unit, const uint8_t *cdb, struct scsi_answer *answer);
};

static const struct command commands[] = {
    {TEST_UNIT_READY, WELL_KNOWN, test_unit_ready},
    {REQUEST_SENSE, NOWHERE | WELL_KNOWN | FIRST, request_sense},
    {READ_6, 0, transfer},
    {WRITE_6, 0, transfer},
    {INQUIRY, NOWHERE | WELL_KNOWN | FIRST, inquiry},
    {MODE_SENSE_6, 0, mode_sense},
    {START_STOP_UNIT, 0, start_stop_unit},
    {PREVENT_ALLOW_MEDIUM_REMOVAL, 0, prevent_allow_medium_removal},
    {READ_CAPACITY_10, 0, read_capacity_10},
    {READ_10, 0, transfer},
    {WRITE_10, 0, transfer},
    {VERIFY_10, 0, verify},
    {SYNCHRONIZE_CACHE_10, 0, synchronize_cache},
    {MODE_SENSE_10, 0, mode_sense},
    {READ_16, 0, transfer},
    {WRITE_16, 0, transfer},
    {SYNCHRONIZE_CACHE_16, 0, synchronize_cache},
    {SERVICE_ACTION_IN_16, 0, service_action_in_16},
    {REPORT_LUNS, NOWHERE | WELL_KNOWN | FIRST, report_luns},
    {READ_12, 0, transfer},
    {WRITE_12, 0, transfer},
};

static const struct command *find(uint8_t opcode)
{
    for (unsigned i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (commands[i].opcode == opcode)
            return &commands[i];
    return NULL;
}

/* The control byte, the command's last: NACA and LINK ask for what this unit does not have. */
static bool control_good(const uint8_t *cdb)
{
    static const uint8_t last[8] = {5, 9, 9, 0, 15, 11};
    enum { LINK = 0x01, NACA = 0x04 };
    return !(cdb[last[cdb[0] >> 5]] & (LINK | NACA));
}

void scsi_command(const struct scsi_unit *unit, const uint8_t cdb[SCSI_CDB_BYTES], struct scsi_answer *answer)
{
    const struct command *command = find(cdb[0]);
    uint8_t flags = command ? command->flags : 0;
    memset(answer, 0, sizeof *answer);
    if (unit->kind == SCSI_UNIT_NONE && !(flags & NOWHERE)) {
        fail(answer, SCSI_SENSE_NO_SUCH_UNIT);
    } else if (unit->attention && !(flags & FIRST)) {
        fail(answer, unit->attention);
        answer->attended = true;
    } else if (!command || (unit->kind == SCSI_UNIT_REPORT_LUNS && !(flags & WELL_KNOWN))) {
        fail(answer, SCSI_SENSE_INVALID_OPCODE);
    } else if (!control_good(cdb)) {
        fail(answer, SCSI_SENSE_INVALID_FIELD);
    } else {
        command->answer(unit, cdb, answer);
    }
}

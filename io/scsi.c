/* scsi.c - see scsi.h. Names and numbers are those of SPC-3 and SBC-2. */
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
    answer->size_bytes = size < allocation ? size : allocation;
}

static void put_text(uint8_t *at, const char *text, unsigned size)
{
    memset(at, ' ', size);
    memcpy(at, text, strlen(text) < size ? strlen(text) : size);
}

/* ---- INQUIRY ---- */

enum {
    VPD_PAGES = 0x00,
    VPD_SERIAL = 0x80,
    VPD_IDENTIFICATION = 0x83,
    VPD_BLOCK_LIMITS = 0xB0,
    VPD_BLOCK_CHARACTERISTICS = 0xB1,
};

static uint32_t standard_inquiry(const struct scsi_unit *unit, uint8_t *data)
{
    data[0] = unit->present ? 0x00 : 0x7F; /* a direct-access block device; or nothing that could be there */
    data[2] = 0x05;                        /* SPC-3 */
    data[3] = 0x02;                        /* response data format */
    data[4] = 36 - 5;
    data[7] = 0x02; /* command queuing */
    put_text(data + 8, "UNDRSTDY", 8);
    put_text(data + 16, "DISK", 16);
    put_text(data + 32, "1", 4);
    return 36;
}

/* A page of vital product data; 0: there is no such page. */
static uint32_t vital_product_data(const struct scsi_unit *unit, uint8_t page, uint8_t *data)
{
    static const uint8_t pages[] = {VPD_PAGES, VPD_SERIAL, VPD_IDENTIFICATION, VPD_BLOCK_LIMITS,
                                    VPD_BLOCK_CHARACTERISTICS};
    uint8_t *at = data + 4;
    uint8_t length = 0;
    switch (page) {
    case VPD_PAGES:
        length = sizeof pages;
        memcpy(at, pages, sizeof pages);
        break;
    case VPD_SERIAL:
        length = 8;
        put_text(at, unit->serial, 8);
        break;
    case VPD_IDENTIFICATION: /* one designator: ASCII, T10 vendor identification, of the logical unit */
        length = 4 + 16;
        at[0] = 0x02;
        at[1] = 0x01;
        at[3] = 16;
        put_text(at + 4, "UNDRSTDY", 8);
        put_text(at + 12, unit->serial, 8);
        break;
    case VPD_BLOCK_LIMITS:
        length = 0x3C;
        be32_store(at + 4, unit->blocks_max);
        be32_store(at + 8, unit->blocks_max);
        break;
    case VPD_BLOCK_CHARACTERISTICS:
        length = 0x3C;
        be16_store(at, 1); /* it does not rotate */
        break;
    default:
        return 0;
    }
    data[0] = unit->present ? 0x00 : 0x7F;
    data[1] = page;
    data[3] = length;
    return 4 + (uint32_t)length;
}

static void inquiry(const struct scsi_unit *unit, const uint8_t *cdb, struct scsi_answer *answer)
{
    bool evpd = cdb[1] & 1;
    uint32_t size = evpd     ? vital_product_data(unit, cdb[2], answer->data)
                    : cdb[2] ? 0
                             : standard_inquiry(unit, answer->data);
    if (!size)
        fail(answer, SCSI_SENSE_INVALID_FIELD);
    else
        allot(answer, size, be16_load(cdb + 3));
}

/* ---- MODE SENSE ---- */

enum { PAGE_CACHING = 0x08, PAGE_CONTROL = 0x0A, PAGE_ALL = 0x3F, PAGE_CONTROL_CHANGEABLE = 1 };

/* Write cache enabled, so that drivers flush: what a flush promises is then theirs to see. */
static uint32_t caching_page(uint8_t *at, bool changeable)
{
    at[0] = PAGE_CACHING;
    at[1] = 0x12;
    at[2] = changeable ? 0 : 0x04;
    return 0x14;
}

static uint32_t control_page(uint8_t *at, bool changeable)
{
    at[0] = PAGE_CONTROL;
    at[1] = 0x0A;
    at[3] = changeable ? 0 : 0x10; /* commands may be reordered */
    return 0x0C;
}

static void mode_sense(const struct scsi_unit *unit, const uint8_t *cdb, bool ten, struct scsi_answer *answer)
{
    uint8_t *data = answer->data, page = cdb[2] & 0x3F, which = cdb[2] >> 6;
    uint32_t header = ten ? 8 : 4, size = header;
    bool descriptor = !(cdb[1] & 0x08), changeable = which == PAGE_CONTROL_CHANGEABLE;
    if (which == 3 || (cdb[3] && cdb[3] != 0xFF)) { /* saved values and subpages: there are none */
        fail(answer, SCSI_SENSE_INVALID_FIELD);
        return;
    }
    if (descriptor) {
        be32_store(data + size, unit->blocks);
        be32_store(data + size + 4, DISK_BLOCK_BYTES);
        size += 8;
    }
    uint32_t pages = size;
    if (page == PAGE_CACHING || page == PAGE_ALL)
        size += caching_page(data + size, changeable);
    if (page == PAGE_CONTROL || page == PAGE_ALL)
        size += control_page(data + size, changeable);
    if (size == pages) {
        fail(answer, SCSI_SENSE_INVALID_FIELD);
        return;
    }
    if (ten)
        be16_store(data, (uint16_t)(size - 2));
    else
        data[0] = (uint8_t)(size - 1);
    data[ten ? 7 : 3] = descriptor ? 8 : 0;
    allot(answer, size, ten ? be16_load(cdb + 7) : cdb[4]);
}

/* ---- the rest ---- */

static void transfer(const struct scsi_unit *unit, bool write, uint64_t block, uint32_t count,
                     struct scsi_answer *answer)
{
    if (block > unit->blocks || count > unit->blocks - block) {
        fail(answer, SCSI_SENSE_BLOCK_OUT_OF_RANGE);
    } else if (count > unit->blocks_max) {
        fail(answer, SCSI_SENSE_INVALID_FIELD);
    } else if (count) { /* no blocks: nothing to do, and good */
        answer->disk = true;
        answer->opcode = write ? DISK_WRITE : DISK_READ;
        answer->block = (uint32_t)block;
        answer->count = count;
    }
}

static void read_capacity(const struct scsi_unit *unit, bool sixteen, uint32_t allocation, struct scsi_answer *answer)
{
    if (!sixteen) {
        be32_store(answer->data, unit->blocks - 1);
        be32_store(answer->data + 4, DISK_BLOCK_BYTES);
        answer->size_bytes = 8;
        return;
    }
    be64_store(answer->data, unit->blocks - 1);
    be32_store(answer->data + 8, DISK_BLOCK_BYTES);
    allot(answer, 32, allocation);
}

/* One logical unit: number 0. */
static void report_luns(const uint8_t *cdb, struct scsi_answer *answer)
{
    if (cdb[2] > 2)
        fail(answer, SCSI_SENSE_INVALID_FIELD);
    else if (cdb[2] == 1) /* well-known logical units only */
        allot(answer, 8, be32_load(cdb + 6));
    else {
        be32_store(answer->data, 8);
        allot(answer, 16, be32_load(cdb + 6));
    }
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
    scsi_format_sense(unit->present ? SCSI_SENSE_NONE : SCSI_SENSE_NO_SUCH_UNIT, answer->data);
    allot(answer, SCSI_SENSE_BYTES, cdb[4]);
}

/* Commands that a logical unit answers even if it is not there. False: CDB is none of them. */
static bool always_answered(const struct scsi_unit *unit, const uint8_t *cdb, struct scsi_answer *answer)
{
    switch (cdb[0]) {
    case INQUIRY:
        inquiry(unit, cdb, answer);
        return true;
    case REPORT_LUNS:
        report_luns(cdb, answer);
        return true;
    case REQUEST_SENSE:
        request_sense(unit, cdb, answer);
        return true;
    default:
        return false;
    }
}

/* Commands that move blocks. False: CDB is none of them. */
static bool moves(const struct scsi_unit *unit, const uint8_t *cdb, struct scsi_answer *answer)
{
    switch (cdb[0]) {
    case READ_6:
    case WRITE_6:
        transfer(unit, cdb[0] == WRITE_6, be32_load(cdb) & 0x1FFFFF, cdb[4] ? cdb[4] : 256, answer);
        return true;
    case READ_10:
    case WRITE_10:
        transfer(unit, cdb[0] == WRITE_10, be32_load(cdb + 2), be16_load(cdb + 7), answer);
        return true;
    case READ_12:
    case WRITE_12:
        transfer(unit, cdb[0] == WRITE_12, be32_load(cdb + 2), be32_load(cdb + 6), answer);
        return true;
    case READ_16:
    case WRITE_16:
        transfer(unit, cdb[0] == WRITE_16, be64_load(cdb + 2), be32_load(cdb + 10), answer);
        return true;
    case SYNCHRONIZE_CACHE_10:
    case SYNCHRONIZE_CACHE_16:
        answer->disk = true;
        answer->opcode = DISK_FLUSH;
        return true;
    default:
        return false;
    }
}

void scsi_command(const struct scsi_unit *unit, const uint8_t cdb[SCSI_CDB_BYTES], struct scsi_answer *answer)
{
    memset(answer, 0, sizeof *answer);
    if (always_answered(unit, cdb, answer))
        return;
    if (!unit->present) {
        fail(answer, SCSI_SENSE_NO_SUCH_UNIT);
        return;
    }
    if (moves(unit, cdb, answer))
        return;
    switch (cdb[0]) {
    case TEST_UNIT_READY:
    case START_STOP_UNIT:
    case PREVENT_ALLOW_MEDIUM_REMOVAL:
        break;
    case VERIFY_10: /* without a comparison: every block can be read, or its read says so */
        if (cdb[1] & 0x06)
            fail(answer, SCSI_SENSE_INVALID_FIELD);
        break;
    case MODE_SENSE_6:
    case MODE_SENSE_10:
        mode_sense(unit, cdb, cdb[0] == MODE_SENSE_10, answer);
        break;
    case READ_CAPACITY_10:
        read_capacity(unit, false, 8, answer);
        break;
    case SERVICE_ACTION_IN_16:
        if ((cdb[1] & 0x1F) == READ_CAPACITY_16)
            read_capacity(unit, true, be32_load(cdb + 10), answer);
        else
            fail(answer, SCSI_SENSE_INVALID_FIELD);
        break;
    default:
        fail(answer, SCSI_SENSE_INVALID_OPCODE);
    }
}

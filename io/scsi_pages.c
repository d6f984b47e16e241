/* scsi_pages.c - see scsi.h: INQUIRY data, pages of vital product data (SPC-3, 7.6; SBC-3, 6.5), mode pages. */
#include "io/scsi.h"

#include <string.h>

#include "mmu/base/bits.h"

static void put_text(uint8_t *at, const char *text, unsigned size)
{
    memset(at, ' ', size);
    memcpy(at, text, strlen(text) < size ? strlen(text) : size);
}

/* Peripheral qualifier and device type: a direct-access block device, a well-known logical unit, or nothing that could
 * be there. */
static uint8_t peripheral(const struct scsi_unit *unit)
{
    return unit->kind == SCSI_UNIT_DISK ? 0x00 : unit->kind == SCSI_UNIT_REPORT_LUNS ? 0x1E : 0x7F;
}

uint32_t scsi_standard_inquiry(const struct scsi_unit *unit, uint8_t *data)
{
    data[0] = peripheral(unit);
    data[2] = 0x05; /* SPC-3 */
    data[3] = 0x02; /* response data format */
    data[4] = 36 - 5;
    data[7] = 0x02; /* command queuing */
    put_text(data + 8, "UNDRSTDY", 8);
    put_text(data + 16, "DISK", 16);
    put_text(data + 32, "1", 4);
    return 36;
}

/* ---- vital product data ---- */

enum {
    VPD_PAGES = 0x00,
    VPD_SERIAL = 0x80,
    VPD_IDENTIFICATION = 0x83,
    VPD_BLOCK_LIMITS = 0xB0,
    VPD_BLOCK_CHARACTERISTICS = 0xB1,
};

/* The pages that a kind of unit has. */
static const struct {
    uint8_t count, pages[5];
} vpd_pages[] = {
    [SCSI_UNIT_NONE] = {1, {VPD_PAGES}},
    [SCSI_UNIT_DISK] = {5, {VPD_PAGES, VPD_SERIAL, VPD_IDENTIFICATION, VPD_BLOCK_LIMITS, VPD_BLOCK_CHARACTERISTICS}},
    [SCSI_UNIT_REPORT_LUNS] = {2, {VPD_PAGES, VPD_IDENTIFICATION}},
};

/* One designator, ASCII, T10 vendor identification: of the logical unit; a well-known one names its target. */
static uint8_t identification(const struct scsi_unit *unit, uint8_t *at)
{
    bool disk = unit->kind == SCSI_UNIT_DISK;
    at[0] = 0x02;
    at[1] = disk ? 0x01 : 0x21;
    at[3] = 16;
    put_text(at + 4, "UNDRSTDY", 8);
    put_text(at + 12, disk ? unit->serial : "TARGET 0", 8);
    return 4 + 16;
}

static uint8_t page_content(const struct scsi_unit *unit, uint8_t page, uint8_t *at)
{
    switch (page) {
    case VPD_PAGES:
        memcpy(at, vpd_pages[unit->kind].pages, vpd_pages[unit->kind].count);
        return vpd_pages[unit->kind].count;
    case VPD_SERIAL:
        put_text(at, unit->serial, 8);
        return 8;
    case VPD_IDENTIFICATION:
        return identification(unit, at);
    case VPD_BLOCK_LIMITS:
        be32_store(at + 4, unit->blocks_max);
        be32_store(at + 8, unit->blocks_max);
        return 0x3C;
    default:               /* VPD_BLOCK_CHARACTERISTICS */
        be16_store(at, 1); /* it does not rotate */
        return 0x3C;
    }
}

uint32_t scsi_vital_product_data(const struct scsi_unit *unit, uint8_t page, uint8_t *data)
{
    if (!memchr(vpd_pages[unit->kind].pages, page, vpd_pages[unit->kind].count))
        return 0;
    data[0] = peripheral(unit);
    data[1] = page;
    data[3] = page_content(unit, page, data + 4);
    return 4 + (uint32_t)data[3];
}

/* ---- mode pages ---- */

enum { PAGE_CACHING = 0x08, PAGE_CONTROL = 0x0A, PAGE_ALL = 0x3F };

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

uint32_t scsi_mode_pages(uint8_t page, bool changeable, uint8_t *data)
{
    uint32_t size = 0;
    if (page == PAGE_CACHING || page == PAGE_ALL)
        size += caching_page(data + size, changeable);
    if (page == PAGE_CONTROL || page == PAGE_ALL)
        size += control_page(data + size, changeable);
    return size;
}

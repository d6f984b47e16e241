/* test_standard.c - every row of the table "What is claimed" in docs/virtio.md: a command, field or bit of SPC-3, SBC-3
 * and VIRTIO 1.2, and what the device does with it. The table and this test name the same rows.
 *
 *   test_virtio_standard VIRTIO_MD
 */
#include "io/scsi.h"
#include "mmu/base/bits.h"
#include "tests/check.h"
#include "tests/io/virtio_rig.h"

enum { BLK, SCSI, CONSOLE, RNG, NET, CONTROL = 0, REQUEST = 2, DATA_MAX = 4 };
enum { HEADER = RIG_DATA, ANSWER = RIG_DATA + 0x1000, OUT = RIG_DATA + 0x2000, IN = RIG_DATA + 0x110000 };
static const enum virtio_kind kinds[VIRTIO_SLOTS] = {VIRTIO_BLK, VIRTIO_SCSI, VIRTIO_CONSOLE, VIRTIO_RNG, VIRTIO_NET};

/* A SCSI command: what is asked, and what is wanted. */
struct row {
    const char *name; /* NULL: another case of the row before */
    const char *lun;  /* 8 bytes */
    uint8_t cdb[16];
    uint32_t out, in; /* room for data */
    uint8_t response, status;
    uint32_t sense, residual;
    uint32_t length; /* of data in */
    struct {
        uint32_t at, word; /* a word of them */
    } data[DATA_MAX];
};

#define DISK     "\x01\x00\x00\x00\x00\x00\x00\x00"
#define FLAT     "\x01\x00\x40\x00\x00\x00\x00\x00"
#define ADAPTER  "\xC1\x01\x00\x00\x00\x00\x00\x00"
#define WELL     "\x01\x00\xC1\x01\x00\x00\x00\x00"
#define UNIT_5   "\x01\x00\x40\x05\x00\x00\x00\x00"
#define TARGET_1 "\x01\x01\x40\x00\x00\x00\x00\x00"

#define GOOD    .status = 0
#define OPCODE  .status = 2, .sense = 0x052000
#define RANGE   .status = 2, .sense = 0x052100
#define FIELD   .status = 2, .sense = 0x052400
#define NO_UNIT .status = 2, .sense = 0x052500
#define SAVED   .status = 2, .sense = 0x053900
#define LAST    (RIG_BLOCKS - 1)

static const struct row rows[] = {
    /* ---- addresses ---- */
    {"lun-peripheral", DISK, {0x28, [8] = 1}, .in = 512, .length = 512},
    {"lun-flat", FLAT, {0x28, [8] = 1}, .in = 512, .length = 512},
    {"lun-other-method", "\x01\x00\x80\x00\x00\x00\x00\x00", {0x00}, NO_UNIT},
    {"lun-second-level", "\x01\x00\x40\x00\x00\x01\x00\x00", {0x00}, NO_UNIT},
    {NULL, "\x01\x00\x01\x00\x00\x00\x00\x00", {0x00}, NO_UNIT}, /* another bus */
    {"lun-not-there", UNIT_5, {0x00}, NO_UNIT},
    {NULL, UNIT_5, {0x28, [8] = 1}, .in = 512, .residual = 512, NO_UNIT},
    {NULL, UNIT_5, {0xFF}, NO_UNIT},
    {"lun-not-there-inquiry", UNIT_5, {0x12, [4] = 36}, .in = 36, .length = 36, .data = {{0, 0x7F000502}}},
    {NULL, UNIT_5, {0x12, 1, [4] = 8}, .in = 8, .length = 5, .residual = 3, .data = {{0, 0x7F000001}}},
    {NULL, UNIT_5, {0x12, 1, 0x83, [4] = 64}, .in = 64, .residual = 64, FIELD},
    {"lun-not-there-sense",
     UNIT_5,
     {0x03, [4] = 18},
     .in = 18,
     .length = 18,
     .data = {{0, 0x70000500}, {12, 0x25000000}}},
    {"lun-not-there-report", UNIT_5, {0xA0, [9] = 16}, .in = 16, .length = 16, .data = {{0, 8}}},
    {"target-other", TARGET_1, {0x00}, .response = 3},
    {NULL, "\x00\x00\x40\x00\x00\x00\x00\x00", {0x00}, .response = 3},
    {NULL, "\xC1\x02\x00\x00\x00\x00\x00\x00", {0x00}, .response = 3},
    {"well-known-read", ADAPTER, {0x28, [5] = 5, [8] = 1}, .in = 512, .residual = 512, OPCODE},
    {NULL, WELL, {0x28, [5] = 5, [8] = 1}, .in = 512, .residual = 512, OPCODE},
    {"well-known-write", ADAPTER, {0x2A, [5] = 5, [8] = 1}, .out = 512, .residual = 512, OPCODE},
    {NULL, WELL, {0x35}, OPCODE},
    {NULL, ADAPTER, {0x1A, 0, 0x3F, 0, 64}, .in = 64, .residual = 64, OPCODE},
    {"well-known-inquiry", ADAPTER, {0x12, [4] = 36}, .in = 36, .length = 36, .data = {{0, 0x1E000502}}},
    {NULL, WELL, {0x12, [4] = 36}, .in = 36, .length = 36, .data = {{0, 0x1E000502}}},
    {"well-known-pages", ADAPTER, {0x12, 1, [4] = 8}, .in = 8, .length = 6, .residual = 2, .data = {{0, 0x1E000002}}},
    {NULL, ADAPTER, {0x12, 1, 0x83, [4] = 64}, .in = 64, .length = 24, .residual = 40, .data = {{4, 0x02210010}}},
    {NULL, ADAPTER, {0x12, 1, 0x80, [4] = 64}, .in = 64, .residual = 64, FIELD},
    {"well-known-others", ADAPTER, {0x00}, GOOD},
    {NULL, ADAPTER, {0x03, [4] = 18}, .in = 18, .length = 18, .data = {{0, 0x70000000}}},
    {NULL, ADAPTER, {0xA0, [9] = 16}, .in = 16, .length = 16, .data = {{0, 8}}},
    /* ---- every command ---- */
    {"opcode-unknown", DISK, {0xA3}, OPCODE},
    {NULL, DISK, {0x04}, OPCODE},
    {NULL, DISK, {0xFF}, OPCODE},
    {"control-naca", DISK, {0x00, [5] = 4}, FIELD},
    {NULL, DISK, {0x12, [4] = 36, [5] = 4}, .in = 36, .residual = 36, FIELD},
    {NULL, DISK, {0x28, [8] = 1, [9] = 4}, .in = 512, .residual = 512, FIELD},
    {NULL, DISK, {0xA8, [9] = 1, [11] = 4}, .in = 512, .residual = 512, FIELD},
    {NULL, DISK, {0x88, [13] = 1, [15] = 4}, .in = 512, .residual = 512, FIELD},
    {"control-link", DISK, {0x00, [5] = 1}, FIELD},
    {NULL, DISK, {0x5A, 0, 0x3F, [8] = 64, [9] = 1}, .in = 64, .residual = 64, FIELD},
    {"control-other", DISK, {0x00, [5] = 0xFA}, GOOD},
    {"allocation-zero", DISK, {0x12}, .in = 36, .residual = 36},
    {NULL, DISK, {0x03}, .in = 18, .residual = 18},
    {NULL, DISK, {0x1A, 0, 0x3F}, .in = 64, .residual = 64},
    {NULL, DISK, {0xA0}, .in = 16, .residual = 16},
    {"allocation-short", DISK, {0x12, [4] = 5}, .in = 36, .length = 5, .residual = 31},
    {NULL, DISK, {0x12, 1, 0xB0, [4] = 6}, .in = 64, .length = 6, .residual = 58, .data = {{0, 0x00B0003C}}},
    {NULL, DISK, {0x03, [4] = 3}, .in = 18, .length = 3, .residual = 15},
    {NULL, DISK, {0x5A, 0, 0x3F, [8] = 4}, .in = 64, .length = 4, .residual = 60, .data = {{0, 0x002E0000}}},
    {NULL, DISK, {0x9E, 0x10, [13] = 12}, .in = 32, .length = 12, .residual = 20},
    {NULL, DISK, {0xA0, [9] = 9}, .in = 16, .length = 9, .residual = 7},
    {"allocation-long", DISK, {0x12, [3] = 1, [4] = 0}, .in = 256, .length = 36, .residual = 220},
    {"overrun-allocation", DISK, {0x12, [4] = 36}, .in = 35, .response = 1, .residual = 35},
    {NULL, DISK, {0x25}, .in = 7, .response = 1, .residual = 7},
    {NULL, DISK, {0x03, [4] = 18}, .response = 1},
    {"overrun-blocks", DISK, {0x28, [8] = 2}, .in = 1023, .response = 1, .residual = 1023},
    {NULL, DISK, {0x2A, [8] = 2}, .out = 1023, .response = 1, .residual = 1023},
    {NULL, DISK, {0x2A, [8] = 1}, .in = 512, .response = 1, .residual = 512}, /* the other direction */
    {"residual-in", DISK, {0x28, [8] = 1}, .in = 1536, .length = 512, .residual = 1024},
    {"residual-out", DISK, {0x2A, [8] = 1}, .out = 1024, .residual = 512},
    {NULL, DISK, {0x2A, [8] = 2}, .out = 1024},
    {"residual-failed", DISK, {0x2A, [4] = 1, [8] = 1}, .out = 512, .residual = 512, RANGE},
    /* ---- TEST UNIT READY, REQUEST SENSE ---- */
    {"test-unit-ready", DISK, {0x00}, GOOD},
    {"request-sense",
     DISK,
     {0x03, [4] = 252},
     .in = 252,
     .length = 18,
     .residual = 234,
     .data = {{0, 0x70000000}, {4, 0x0000000A}}},
    {"request-sense-desc", DISK, {0x03, 1, [4] = 18}, .in = 18, .residual = 18, FIELD},
    /* ---- INQUIRY ---- */
    {"inquiry",
     DISK,
     {0x12, [4] = 36},
     .in = 36,
     .length = 36,
     .data = {{0, 0x00000502}, {4, 0x1F000002}, {8, 0x554E4452}}},
    {"inquiry-page-without-evpd", DISK, {0x12, 0, 0x80, [4] = 36}, .in = 36, .residual = 36, FIELD},
    {"inquiry-cmddt", DISK, {0x12, 2, [4] = 36}, .in = 36, .residual = 36, FIELD},
    {NULL, DISK, {0x12, 3, [4] = 36}, .in = 36, .residual = 36, FIELD},
    {"vpd-00", DISK, {0x12, 1, 0, [4] = 9}, .in = 9, .length = 9, .data = {{0, 5}, {4, 0x008083B0}}},
    {"vpd-80", DISK, {0x12, 1, 0x80, [4] = 12}, .in = 12, .length = 12, .data = {{0, 0x00800008}, {4, 0x56495254}}},
    {"vpd-83", DISK, {0x12, 1, 0x83, [4] = 24}, .in = 24, .length = 24, .data = {{0, 0x00830014}, {4, 0x02010010}}},
    {"vpd-b0",
     DISK,
     {0x12, 1, 0xB0, [4] = 64},
     .in = 64,
     .length = 64,
     .data = {{0, 0x00B0003C}, {8, 2048}, {12, 2048}}},
    {"vpd-b1", DISK, {0x12, 1, 0xB1, [4] = 64}, .in = 64, .length = 64, .data = {{0, 0x00B1003C}, {4, 0x00010000}}},
    {"vpd-other", DISK, {0x12, 1, 0xB2, [4] = 64}, .in = 64, .residual = 64, FIELD},
    /* ---- MODE SENSE ---- */
    {"mode-sense-6",
     DISK,
     {0x1A, 0, 0x3F, 0, 44},
     .in = 44,
     .length = 44,
     .data = {{0, 0x2B000008}, {4, RIG_BLOCKS}, {8, 512}, {12, 0x08120400}}},
    {"mode-sense-10",
     DISK,
     {0x5A, 0, 0x3F, [8] = 48},
     .in = 48,
     .length = 48,
     .data = {{0, 0x002E0000}, {4, 8}, {16, 0x08120400}, {36, 0x0A0A0010}}},
    {"mode-sense-dbd",
     DISK,
     {0x1A, 8, 0x0A, 0, 16},
     .in = 16,
     .length = 16,
     .data = {{0, 0x0F000000}, {4, 0x0A0A0010}}},
    {"mode-sense-changeable",
     DISK,
     {0x1A, 8, 0x7F, 0, 36},
     .in = 36,
     .length = 36,
     .data = {{4, 0x08120000}, {24, 0x0A0A0000}}},
    {"mode-sense-default", DISK, {0x1A, 8, 0x88, 0, 24}, .in = 24, .length = 24, .data = {{4, 0x08120400}}},
    {"mode-sense-saved", DISK, {0x1A, 8, 0xC8, 0, 24}, .in = 24, .residual = 24, SAVED},
    {"mode-sense-subpage", DISK, {0x1A, 8, 0x3F, 0xFF, 36}, .in = 36, .length = 36},
    {NULL, DISK, {0x1A, 8, 0x0A, 1, 36}, .in = 36, .residual = 36, FIELD},
    {"mode-sense-other-page", DISK, {0x1A, 8, 0x1C, 0, 36}, .in = 36, .residual = 36, FIELD},
    /* ---- READ CAPACITY, REPORT LUNS ---- */
    {"read-capacity-10", DISK, {0x25}, .in = 8, .length = 8, .data = {{0, LAST}, {4, 512}}},
    {"read-capacity-16",
     DISK,
     {0x9E, 0x10, [13] = 32},
     .in = 32,
     .length = 32,
     .data = {{0, 0}, {4, LAST}, {8, 512}, {12, 0}}},
    {"read-capacity-block", DISK, {0x25, [5] = 1}, .in = 8, .residual = 8, FIELD},
    {NULL, DISK, {0x9E, 0x10, [9] = 1, [13] = 32}, .in = 32, .residual = 32, FIELD},
    {"read-capacity-pmi", DISK, {0x25, [5] = LAST, [8] = 1}, .in = 8, .length = 8, .data = {{0, LAST}}},
    {NULL, DISK, {0x25, [5] = RIG_BLOCKS, [8] = 1}, .in = 8, .residual = 8, RANGE},
    {NULL, DISK, {0x9E, 0x10, [2] = 1, [13] = 32, [14] = 1}, .in = 32, .residual = 32, RANGE},
    {"service-action-other", DISK, {0x9E, 0x12, [13] = 32}, .in = 32, .residual = 32, FIELD},
    {"report-luns-0", DISK, {0xA0, [9] = 24}, .in = 24, .length = 16, .residual = 8, .data = {{0, 8}, {8, 0}}},
    {"report-luns-1",
     DISK,
     {0xA0, 0, 1, [9] = 24},
     .in = 24,
     .length = 16,
     .residual = 8,
     .data = {{0, 8}, {8, 0xC1010000}}},
    {"report-luns-2",
     DISK,
     {0xA0, 0, 2, [9] = 24},
     .in = 24,
     .length = 24,
     .data = {{0, 16}, {8, 0}, {16, 0xC1010000}}},
    {"report-luns-other", DISK, {0xA0, 0, 3, [9] = 24}, .in = 24, .residual = 24, FIELD},
    /* ---- READ and WRITE ---- */
    {"read-write-6", DISK, {0x0A, 0, 0, LAST, 1}, .out = 512},
    {NULL, DISK, {0x08, 0xE0, 0, LAST, 1}, .in = 512, .length = 512}, /* bits 7-5: what was the unit in SCSI-2 */
    {"read-write-10", DISK, {0x2A, [5] = LAST, [8] = 1}, .out = 512},
    {NULL, DISK, {0x28, [5] = LAST, [8] = 1}, .in = 512, .length = 512},
    {"read-write-12", DISK, {0xAA, [5] = LAST, [9] = 1}, .out = 512},
    {NULL, DISK, {0xA8, [5] = LAST, [9] = 1}, .in = 512, .length = 512},
    {"read-write-16", DISK, {0x8A, [9] = LAST, [13] = 1}, .out = 512},
    {NULL, DISK, {0x88, [9] = LAST, [13] = 1}, .in = 512, .length = 512},
    {"length-0-of-6-bytes", DISK, {0x08, 0, 0, 0, 0}, .in = 512, .residual = 512, RANGE}, /* 256 blocks */
    {"length-0", DISK, {0x28}, .in = 512, .residual = 512},
    {NULL, DISK, {0x8A, [9] = RIG_BLOCKS}, GOOD},
    {NULL, DISK, {0x28, [5] = RIG_BLOCKS + 1}, RANGE},
    {"beyond-the-end", DISK, {0x28, [5] = LAST, [8] = 2}, .in = 1024, .residual = 1024, RANGE},
    {NULL, DISK, {0x2A, [5] = RIG_BLOCKS, [8] = 1}, .out = 512, .residual = 512, RANGE},
    {NULL, DISK, {0x0A, 0x1F, 0xFF, 0xFF, 1}, .out = 512, .residual = 512, RANGE},
    {NULL, DISK, {0xA8, [5] = LAST, [6] = 0xFF, 0xFF, 0xFF, 0xFF}, .in = 512, .residual = 512, RANGE},
    {"beyond-2-32", DISK, {0x88, [5] = 1, [13] = 1}, .in = 512, .residual = 512, RANGE},
    {NULL,
     DISK,
     {0x8A, [2] = 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, [13] = 1},
     .out = 512,
     .residual = 512,
     RANGE},
    {NULL, DISK, {0x91, [5] = 1, [13] = 1}, RANGE},
    {"protect", DISK, {0x28, 0x20, [8] = 1}, .in = 512, .residual = 512, FIELD},
    {NULL, DISK, {0x8A, 0xE0, [13] = 1}, .out = 512, .residual = 512, FIELD},
    {NULL, DISK, {0x2F, 0x20}, FIELD},
    {"dpo", DISK, {0x28, 0x10, [8] = 1}, .in = 512, .residual = 512, FIELD},
    {NULL, DISK, {0x2F, 0x10}, FIELD},
    {"fua", DISK, {0x2A, 0x08, [8] = 1}, .out = 512, .residual = 512, FIELD},
    {NULL, DISK, {0xAA, 0x08, [9] = 1}, .out = 512, .residual = 512, FIELD},
    {NULL, DISK, {0x8A, 0x02, [13] = 1}, .out = 512, .residual = 512, FIELD}, /* FUA_NV */
    {"reladr", DISK, {0x28, 0x01, [8] = 1}, .in = 512, .residual = 512, FIELD},
    {NULL, DISK, {0x35, 0x01}, FIELD},
    {"reserved-bit", DISK, {0x28, 0x04, [6] = 0x1F, [8] = 1}, .in = 512, .length = 512},
    /* ---- VERIFY, SYNCHRONIZE CACHE ---- */
    {"verify", DISK, {0x2F, [5] = LAST, [8] = 1}, GOOD},
    {NULL, DISK, {0x2F}, GOOD},
    {"verify-beyond", DISK, {0x2F, [5] = LAST, [8] = 2}, RANGE},
    {NULL, DISK, {0x2F, 0, 0xFF, [8] = 1}, RANGE},
    {"verify-bytchk", DISK, {0x2F, 2, [8] = 1}, .out = 512, .residual = 512, FIELD},
    {NULL, DISK, {0x2F, 4, [8] = 1}, FIELD},
    {"synchronize-cache", DISK, {0x35}, GOOD},
    {NULL, DISK, {0x91, [9] = LAST, [13] = 1}, GOOD},
    {NULL, DISK, {0x35, 0x04}, GOOD}, /* SYNC_NV: more than asked for */
    {"synchronize-beyond", DISK, {0x35, 0, 0xFF, [8] = 1}, RANGE},
    {NULL, DISK, {0x35, [5] = LAST, [8] = 2}, RANGE},
    {NULL, DISK, {0x91, [9] = RIG_BLOCKS + 1}, RANGE},
    {"synchronize-immed", DISK, {0x35, 2}, FIELD},
    /* ---- the medium ---- */
    {"start", DISK, {0x1B, 0, 0, 0, 1}, GOOD},
    {NULL, DISK, {0x1B, 1, 0, 0, 5}, GOOD}, /* IMMED, NO_FLUSH */
    {"stop", DISK, {0x1B, 0, 0, 0, 0}, FIELD},
    {NULL, DISK, {0x1B, 0, 0, 0, 3}, FIELD},    /* LOEJ */
    {NULL, DISK, {0x1B, 0, 0, 0, 0x31}, FIELD}, /* a power condition */
    {"prevent-removal", DISK, {0x1E}, GOOD},
    {NULL, DISK, {0x1E, 0, 0, 0, 1}, GOOD},
    {NULL, DISK, {0x1E, 0, 0, 0, 2}, FIELD},
};

/* ---- the driver ---- */

static struct virtio_rig *rig_new(void)
{
    struct virtio_rig *rig = virtio_rig_new(kinds);
    rig_open(rig, BLK, 1);
    rig_open(rig, SCSI, 3);
    rig_open(rig, CONSOLE, 2);
    rig_open(rig, RNG, 1);
    rig_open(rig, NET, 2);
    return rig;
}

/* Offer a command at descriptors HEAD to HEAD + 3. The answer is 0xEE before. */
static void offer(struct virtio_rig *rig, uint16_t head, const char *lun, const uint8_t *cdb, uint32_t out, uint32_t in)
{
    uint32_t desc = rig_desc(SCSI, REQUEST), header_at = HEADER + 64u * head, answer_at = ANSWER + 128u * head;
    uint8_t header[51] = {0}, mark[108];
    memset(mark, 0xEE, sizeof mark);
    memcpy(header, lun, 8);
    memcpy(header + 19, cdb, 16);
    phys_dma_write(rig->phys, header_at, header, sizeof header);
    phys_dma_write(rig->phys, answer_at, mark, sizeof mark);
    rig_descriptor(rig, desc, head, header_at, sizeof header, RIG_NEXT, (uint16_t)(head + (out ? 1 : 2)));
    rig_descriptor(rig, desc, head + 1u, OUT, out, RIG_NEXT, (uint16_t)(head + 2));
    rig_descriptor(rig, desc, head + 2u, answer_at, sizeof mark, RIG_WRITE | (in ? RIG_NEXT : 0), (uint16_t)(head + 3));
    rig_descriptor(rig, desc, head + 3u, IN, in, RIG_WRITE, 0);
    rig_offer(rig, SCSI, REQUEST, head);
}

static void command(struct virtio_rig *rig, const char *lun, const uint8_t *cdb, uint32_t out, uint32_t in)
{
    offer(rig, 0, lun, cdb, out, in);
    rig_perform(rig, DISK_COMPLETED);
    rig_finish(rig);
}

static uint32_t answer32(struct virtio_rig *rig, uint16_t head, uint32_t offset)
{
    return rig_get32(rig, ANSWER + 128u * head + offset);
}

static uint8_t answer8(struct virtio_rig *rig, uint16_t head, uint32_t offset)
{
    return rig_get8(rig, ANSWER + 128u * head + offset);
}

static uint32_t sense(struct virtio_rig *rig, uint16_t head)
{
    if (answer32(rig, head, 0) == 0)
        return 0;
    return (uint32_t)answer8(rig, head, 14) << 16 | (uint32_t)answer8(rig, head, 24) << 8 | answer8(rig, head, 25);
}

static void test_row(struct check *t, struct virtio_rig *rig, const struct row *row)
{
    uint64_t failures = t->failures;
    phys_dma_write(rig->phys, IN, (uint8_t[64]){0}, 64);
    command(rig, row->lun, row->cdb, row->out, row->in);
    CHECK_EQ(answer8(rig, 0, 11), row->response);
    CHECK_EQ(answer8(rig, 0, 10), row->status);
    CHECK_EQ(sense(rig, 0), row->sense);
    CHECK_EQ(answer32(rig, 0, 4), row->residual);
    CHECK_EQ(rig_written(rig, SCSI, REQUEST), 108 + row->length);
    for (unsigned i = 0; i < DATA_MAX && (row->data[i].at || row->data[i].word); i++)
        CHECK_EQ(__builtin_bswap32(rig_get32(rig, IN + row->data[i].at)), row->data[i].word);
    if (t->failures != failures)
        printf("  in row %u, of '%s'\n", (unsigned)(row - rows), row->name ? row->name : "the one before");
}

/* ---- rows of other kinds ---- */

static uint8_t manage(struct virtio_rig *rig, const char *lun, uint32_t function)
{
    uint32_t desc = rig_desc(SCSI, CONTROL);
    uint8_t request[24] = {0}, mark = 0xEE;
    le32_store(request + 4, function);
    memcpy(request + 8, lun, 8);
    phys_dma_write(rig->phys, OUT + 0x1000, request, sizeof request);
    phys_dma_write(rig->phys, IN + 0x1000, &mark, 1);
    rig_descriptor(rig, desc, 0, OUT + 0x1000, sizeof request, RIG_NEXT, 1);
    rig_descriptor(rig, desc, 1, IN + 0x1000, 1, RIG_WRITE, 0);
    rig_offer(rig, SCSI, CONTROL, 0);
    rig_finish(rig);
    return rig_get8(rig, IN + 0x1000);
}

static void read_block(struct virtio_rig *rig, uint16_t head)
{
    offer(rig, head, DISK, (const uint8_t[16]){0x28, [8] = 1}, 0, 512);
}

static void cancelled(struct check *t, struct virtio_rig *rig)
{
    read_block(rig, 0);
    CHECK_EQ(manage(rig, DISK, 5), 0);
    CHECK_EQ(answer8(rig, 0, 11), 4); /* VIRTIO_SCSI_S_RESET */
    CHECK_EQ(rig->kept_count, 0);
    CHECK_EQ(rig_written(rig, SCSI, REQUEST), 108);
    CHECK_EQ(rig_written(rig, SCSI, CONTROL), 1);
}

/* The first of two commands offered together is told, and not the one after it. */
static void attention(struct check *t, struct virtio_rig *rig)
{
    CHECK_EQ(manage(rig, DISK, 5), 0);
    command(rig, DISK, (const uint8_t[16]){0x12, [4] = 36}, 0, 36); /* these do not take it away */
    CHECK_EQ(sense(rig, 0), 0);
    command(rig, DISK, (const uint8_t[16]){0xA0, [9] = 16}, 0, 16);
    CHECK_EQ(sense(rig, 0), 0);
    command(rig, ADAPTER, (const uint8_t[16]){0x00}, 0, 0); /* it is the disk's */
    CHECK_EQ(sense(rig, 0), 0);
    read_block(rig, 0);
    read_block(rig, 4);
    CHECK_EQ(rig->kept_count, 1);
    rig_perform(rig, DISK_COMPLETED);
    rig_finish(rig);
    CHECK_EQ(answer8(rig, 0, 10), 2);
    CHECK_EQ(sense(rig, 0), 0x062903);
    CHECK_EQ(answer32(rig, 0, 4), 512);
    CHECK_EQ(answer8(rig, 4, 10), 0);
    CHECK_EQ(manage(rig, DISK, 4), 0);
    command(rig, DISK, (const uint8_t[16]){0xFF}, 0, 0); /* before whatever else is wrong */
    CHECK_EQ(sense(rig, 0), 0x062907);
    command(rig, DISK, (const uint8_t[16]){0x00}, 0, 0);
    CHECK_EQ(sense(rig, 0), 0);
}

static void attention_sense(struct check *t, struct virtio_rig *rig)
{
    CHECK_EQ(manage(rig, DISK, 5), 0);
    command(rig, DISK, (const uint8_t[16]){0x03, [4] = 18}, 0, 18);
    CHECK_EQ(answer8(rig, 0, 10), 0);
    CHECK_EQ(rig_get8(rig, IN + 2), 6);
    CHECK_EQ(rig_get8(rig, IN + 12), 0x29);
    CHECK_EQ(rig_get8(rig, IN + 13), 0x03);
    command(rig, DISK, (const uint8_t[16]){0x00}, 0, 0);
    CHECK_EQ(sense(rig, 0), 0);
}

static void attention_start(struct check *t, struct virtio_rig *rig)
{
    command(rig, DISK, (const uint8_t[16]){0x00}, 0, 0);
    CHECK_EQ(answer8(rig, 0, 10), 0);
    CHECK_EQ(manage(rig, DISK, 5), 0);
    rig_open(rig, SCSI, 3);
    command(rig, DISK, (const uint8_t[16]){0x00}, 0, 0);
    CHECK_EQ(answer8(rig, 0, 10), 0);
}

static void management(struct check *t, struct virtio_rig *rig)
{
    for (uint32_t function = 0; function < 9; function++)
        CHECK_EQ(manage(rig, DISK, function), function == 4 || function == 5 ? 0 : 11);
    CHECK_EQ(manage(rig, UNIT_5, 5), 12);
    CHECK_EQ(manage(rig, TARGET_1, 5), 3);
    command(rig, DISK, (const uint8_t[16]){0x00}, 0, 0);
    read_block(rig, 0);
    CHECK_EQ(manage(rig, ADAPTER, 5), 0); /* of the well-known unit: the disk's command goes on */
    CHECK_EQ(rig->kept_count, 1);
    rig_perform(rig, DISK_COMPLETED);
    CHECK_EQ(answer8(rig, 0, 11), 0);
}

static void errors(struct check *t, struct virtio_rig *rig)
{
    read_block(rig, 0);
    rig_perform(rig, DISK_ERROR);
    CHECK_EQ(sense(rig, 0), 0x031100);
    CHECK_EQ(answer32(rig, 0, 4), 512);
    CHECK_EQ(rig_written(rig, SCSI, REQUEST), 108);
    offer(rig, 0, DISK, (const uint8_t[16]){0x2A, [8] = 1}, 512, 0);
    rig_perform(rig, DISK_ERROR);
    CHECK_EQ(sense(rig, 0), 0x030C00);
    CHECK_EQ(answer32(rig, 0, 4), 512);
}

static void busy(struct check *t, struct virtio_rig *rig)
{
    read_block(rig, 0);
    virtio_slots_uncertain(&rig->slots);
    CHECK_EQ(answer8(rig, 0, 11), 0);
    CHECK_EQ(answer8(rig, 0, 10), 8);
    CHECK_EQ(answer32(rig, 0, 4), 0);
}

/* More blocks than one command may have: this needs a larger disk than the rig's, so the command itself is asked. */
static void too_many(struct check *t, struct virtio_rig *rig)
{
    struct scsi_unit unit = {.kind = SCSI_UNIT_DISK, .blocks = UINT32_MAX, .blocks_max = VIRTIO_DISK_SECTORS_MAX};
    struct scsi_answer answer;
    static const uint8_t opcodes[] = {0x28, 0x2A, 0x2F};
    for (unsigned i = 0; i < sizeof opcodes; i++) {
        uint8_t cdb[SCSI_CDB_BYTES] = {opcodes[i], [7] = 0x08};
        scsi_command(&unit, cdb, &answer);
        CHECK_EQ(answer.sense, 0);
        cdb[8] = 1;
        scsi_command(&unit, cdb, &answer);
        CHECK_EQ(answer.sense, 0x052400);
    }
    scsi_command(&unit, (const uint8_t[SCSI_CDB_BYTES]){0x25}, &answer); /* and the largest disk's capacity */
    CHECK_EQ(be32_load(answer.data), UINT32_MAX - 1);
    scsi_command(&unit, (const uint8_t[SCSI_CDB_BYTES]){0x28, 0, 0xFF, 0xFF, 0xFF, 0xFE, [8] = 1}, &answer);
    CHECK(answer.disk && answer.block == UINT32_MAX - 1);
    scsi_command(&unit, (const uint8_t[SCSI_CDB_BYTES]){0x28, 0, 0xFF, 0xFF, 0xFF, 0xFE, [8] = 2}, &answer);
    CHECK_EQ(answer.sense, 0x052100);
}

/* A request that becomes another one before it is answered. */
static void changed(struct check *t, struct virtio_rig *rig)
{
    uint8_t opcode = 0x2A, one = 1;
    offer(rig, 0, DISK, (const uint8_t[16]){0x00}, 512, 0);
    phys_dma_write(rig->phys, HEADER + 19, &opcode, 1);
    phys_dma_write(rig->phys, HEADER + 19 + 8, &one, 1);
    rig_finish(rig);
    CHECK_EQ(answer8(rig, 0, 10), 8);
    CHECK_EQ(rig->kept_count, 0);
}

/* ---- used.len ---- */

static const uint8_t blk_mark = 0xEE;

/* A blk request with SIZE bytes that the device may write before the status; used.len. */
static uint32_t blk(struct virtio_rig *rig, uint32_t type, uint64_t sector, uint32_t out, uint32_t in, uint32_t end)
{
    uint32_t desc = rig_desc(BLK, 0);
    phys_dma_write(rig->phys, ANSWER, &blk_mark, 1);
    rig_put32(rig, HEADER, type);
    rig_put64(rig, HEADER + 8, sector);
    rig_descriptor(rig, desc, 0, HEADER, 16, RIG_NEXT, out ? 1 : in ? 2 : 3);
    rig_descriptor(rig, desc, 1, OUT, out, RIG_NEXT, in ? 2 : 3);
    rig_descriptor(rig, desc, 2, IN, in, RIG_NEXT | RIG_WRITE, 3);
    rig_descriptor(rig, desc, 3, ANSWER, 1, RIG_WRITE, 0);
    rig_offer(rig, BLK, 0, 0);
    rig_perform(rig, end);
    rig_finish(rig);
    return rig_written(rig, BLK, 0);
}

static void length_blk(struct check *t, struct virtio_rig *rig)
{
    CHECK_EQ(blk(rig, 0, 0, 0, 1024, DISK_COMPLETED), 1025);
    CHECK_EQ(blk(rig, 1, 0, 512, 0, DISK_COMPLETED), 1);
    CHECK_EQ(blk(rig, 4, 0, 0, 0, DISK_COMPLETED), 1);
    CHECK_EQ(blk(rig, 8, 0, 0, 20, DISK_COMPLETED), 21);
    CHECK_EQ(blk(rig, 8, 0, 0, 12, DISK_COMPLETED), 13);
}

static void length_blk_gap(struct check *t, struct virtio_rig *rig)
{
    CHECK_EQ(blk(rig, 0, 0, 0, 512, DISK_ERROR), 0); /* the status is written behind bytes that are not */
    CHECK_EQ(rig_get8(rig, ANSWER), 1);
    CHECK_EQ(blk(rig, 0, RIG_BLOCKS, 0, 512, DISK_COMPLETED), 0);
    CHECK_EQ(blk(rig, 0, 0, 0, 511, DISK_COMPLETED), 0);
    CHECK_EQ(blk(rig, 11, 0, 0, 512, DISK_COMPLETED), 0);
    CHECK_EQ(rig_get8(rig, ANSWER), 2);
    CHECK_EQ(blk(rig, 8, 0, 0, 512, DISK_COMPLETED), 20);
    CHECK_EQ(blk(rig, 1, 0, 512, 512, DISK_COMPLETED), 0);
    CHECK_EQ(blk(rig, 4, 0, 0, 16, DISK_COMPLETED), 0);
    CHECK_EQ(blk(rig, 1, RIG_BLOCKS, 512, 0, DISK_COMPLETED), 1); /* no gap */
    CHECK_EQ(blk(rig, 1, 0, 512, 0, DISK_ERROR), 1);
}

static void length_scsi(struct check *t, struct virtio_rig *rig)
{
    command(rig, DISK, (const uint8_t[16]){0x28, [8] = 1}, 0, 1024);
    CHECK_EQ(rig_written(rig, SCSI, REQUEST), 108 + 512);
    command(rig, DISK, (const uint8_t[16]){0x12, [4] = 36}, 0, 100);
    CHECK_EQ(rig_written(rig, SCSI, REQUEST), 108 + 36);
    read_block(rig, 0); /* and its buffer becomes shorter before it is answered */
    rig_descriptor(rig, rig_desc(SCSI, REQUEST), 3, IN, 100, RIG_WRITE, 0);
    rig_perform(rig, DISK_COMPLETED);
    CHECK_EQ(rig_written(rig, SCSI, REQUEST), 108 + 100);
    CHECK_EQ(answer32(rig, 0, 4), 0);
    read_block(rig, 0); /* or too short for an answer */
    rig_descriptor(rig, rig_desc(SCSI, REQUEST), 2, ANSWER, 107, RIG_WRITE, 0);
    rig_perform(rig, DISK_COMPLETED);
    CHECK_EQ(rig_written(rig, SCSI, REQUEST), 0);
}

/* Offer a chain of a buffer to read and one to write. */
static void offer_pair(struct virtio_rig *rig, unsigned slot, unsigned queue, uint32_t out, uint32_t in)
{
    rig_descriptor(rig, rig_desc(slot, queue), 0, OUT, out, RIG_NEXT, 1);
    rig_descriptor(rig, rig_desc(slot, queue), 1, IN, in, RIG_WRITE, 0);
    rig_offer(rig, slot, queue, 0);
}

static void length_console(struct check *t, struct virtio_rig *rig)
{
    offer_pair(rig, CONSOLE, 1, 5, 5);
    CHECK_EQ(rig_written(rig, CONSOLE, 1), 0); /* sent: nothing is written */
    offer_pair(rig, CONSOLE, 0, 5, 5);
    virtio_console_receive(virtio_slots_console(&rig->slots), 'a');
    CHECK_EQ(rig_written(rig, CONSOLE, 0), 1);
}

static void length_net(struct check *t, struct virtio_rig *rig)
{
    for (uint32_t size = 1; size <= NETWORK_FRAME_MAX; size += 50) {
        offer_pair(rig, NET, 1, size, 64);
        CHECK_EQ(rig_written(rig, NET, 1), 0); /* sent, or no frame */
        offer_pair(rig, NET, 0, 5, 4000);
        virtio_net_receive(virtio_slots_net(&rig->slots), rig->frame, size);
        CHECK_EQ(rig_written(rig, NET, 0), 12 + size);
    }
}

static void length_rng(struct check *t, struct virtio_rig *rig)
{
    static const uint32_t sizes[] = {1, 255, 256, 257, 512, 3000};
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        offer_pair(rig, RNG, 0, 7, sizes[i]);
        rig_finish(rig);
        CHECK_EQ(rig_written(rig, RNG, 0), sizes[i]);
    }
    rig_descriptor(rig, rig_desc(RNG, 0), 0, OUT, 7, 0, 0);
    rig_offer(rig, RNG, 0, 0);
    rig_finish(rig);
    CHECK_EQ(rig_written(rig, RNG, 0), 0); /* nothing that may be written */
}

static void length_control(struct check *t, struct virtio_rig *rig)
{
    uint32_t desc = rig_desc(SCSI, CONTROL);
    for (uint32_t type = 0; type < 4; type++) {
        phys_dma_write(rig->phys, OUT, (uint8_t[24]){(uint8_t)type, [8] = 1}, 24);
        rig_descriptor(rig, desc, 0, OUT, 24, RIG_NEXT, 1);
        rig_descriptor(rig, desc, 1, IN, 64, RIG_WRITE, 0);
        rig_offer(rig, SCSI, CONTROL, 0);
        rig_finish(rig);
        CHECK_EQ(rig_written(rig, SCSI, CONTROL), type == 0 ? 1 : 5);
    }
}

/* Buffers in pieces, an empty one among them; direct descriptors and then an indirect one, whose own WRITE is ignored.
 */
static void chains(struct check *t, struct virtio_rig *rig)
{
    uint32_t desc = rig_desc(BLK, 0), table = OUT + 0x1000;
    rig_put32(rig, HEADER, 8);
    rig_descriptor(rig, desc, 0, HEADER, 3, RIG_NEXT, 1);
    rig_descriptor(rig, desc, 1, HEADER, 0, RIG_NEXT, 2);
    rig_descriptor(rig, desc, 2, table, 48, RIG_INDIRECT | RIG_WRITE, 0);
    rig_descriptor(rig, table, 0, HEADER + 3, 13, RIG_NEXT, 2);
    rig_descriptor(rig, table, 2, IN, 20, RIG_NEXT | RIG_WRITE, 1);
    rig_descriptor(rig, table, 1, ANSWER, 1, RIG_WRITE, 0);
    rig_offer(rig, BLK, 0, 0);
    rig_finish(rig);
    CHECK(!rig_broken(rig, BLK));
    CHECK_EQ(rig_written(rig, BLK, 0), 21);
    CHECK_EQ(rig_get8(rig, IN), 'u');
    CHECK_EQ(rig_get8(rig, ANSWER), 0);
}

static const struct other {
    const char *name;
    void (*test)(struct check *t, struct virtio_rig *rig);
} others[] = {
    {"too-many-blocks", too_many},
    {"medium-error", errors},
    {"outcome-unknown", busy},
    {"changed-meanwhile", changed},
    {"reset-cancels", cancelled},
    {"reset-attention", attention},
    {"reset-attention-sense", attention_sense},
    {"power-on", attention_start},
    {"task-management", management},
    {"used-len-scsi", length_scsi},
    {"used-len-control", length_control},
    {"used-len-blk", length_blk},
    {"used-len-blk-gap", length_blk_gap},
    {"used-len-console", length_console},
    {"used-len-net", length_net},
    {"used-len-rng", length_rng},
    {"descriptor-chains", chains},
};

/* ---- the documentation ---- */

static bool is_tested(const char *name, size_t size)
{
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].name && strlen(rows[i].name) == size && !memcmp(rows[i].name, name, size))
            return true;
    for (unsigned i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strlen(others[i].name) == size && !memcmp(others[i].name, name, size))
            return true;
    return false;
}

/* Each row of the table begins with its name: "| `name` |". */
static void test_documentation(struct check *t, const char *path)
{
    unsigned documented = 0, tested = sizeof others / sizeof others[0];
    bool inside = false;
    char line[1024];
    FILE *file = fopen(path, "r");
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        tested += rows[i].name != NULL;
    while (file && fgets(line, sizeof line, file)) {
        if (line[0] == '#')
            inside = strstr(line, "What is claimed") != NULL;
        if (!inside || strncmp(line, "| `", 3) != 0)
            continue;
        size_t size = strcspn(line + 3, "`");
        documented++;
        if (!is_tested(line + 3, size))
            printf("no test: %.*s\n", (int)size, line + 3);
        CHECK(is_tested(line + 3, size));
    }
    if (file)
        fclose(file);
    CHECK_EQ(documented, tested);
}

int main(int argc, char **argv)
{
    struct check t = check_begin("virtio.standard", argc, argv);
    struct virtio_rig *rig = rig_new();
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        test_row(&t, rig, &rows[i]);
    virtio_rig_free(rig);
    for (unsigned i = 0; i < sizeof others / sizeof others[0]; i++) {
        uint64_t failures = t.failures;
        rig = rig_new();
        others[i].test(&t, rig);
        virtio_rig_free(rig);
        if (t.failures != failures)
            printf("  in '%s'\n", others[i].name);
    }
    test_documentation(&t, argv[1]);
    return check_end(&t);
}

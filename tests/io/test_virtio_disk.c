/* test_virtio_disk.c - virtio-blk and virtio-scsi: what is for the disk and what the device answers, sense data, the
 * answers after a fail-over, resets (VIRTIO 1.2, 5.2 and 5.6; SPC-3; SBC-2).
 */
#include "mmu/base/bits.h"
#include "tests/check.h"
#include "tests/io/virtio_rig.h"

enum { BLK, SCSI, CONTROL = 0, REQUEST = 2 };
enum { HEADER = RIG_DATA, ANSWER = RIG_DATA + 0x1000, OUT = RIG_DATA + 0x2000, IN = RIG_DATA + 0x10000 };
static const enum virtio_kind kinds[VIRTIO_SLOTS] = {VIRTIO_BLK, VIRTIO_SCSI};

static struct virtio_rig *rig_with(unsigned slot, unsigned queues)
{
    struct virtio_rig *rig = virtio_rig_new(kinds);
    rig_open(rig, slot, queues);
    return rig;
}

/* ---- blk ---- */

/* Offer a request of TYPE with SIZE bytes of data; its status byte is 0xEE before. */
static void blk(struct virtio_rig *rig, uint32_t type, uint64_t sector, uint32_t size)
{
    uint32_t desc = rig_desc(BLK, 0);
    uint8_t mark = 0xEE;
    phys_dma_write(rig->phys, ANSWER, &mark, 1);
    rig_put32(rig, HEADER, type);
    rig_put64(rig, HEADER + 8, sector);
    rig_descriptor(rig, desc, 0, HEADER, 16, RIG_NEXT, size ? 1 : 2);
    rig_descriptor(rig, desc, 1, type == 1 ? OUT : IN, size, RIG_NEXT | (type == 1 ? 0 : RIG_WRITE), 2);
    rig_descriptor(rig, desc, 2, ANSWER, 1, RIG_WRITE, 0);
    rig_offer(rig, BLK, 0, 0);
}

static void test_blk(struct check *t)
{
    struct virtio_rig *rig = rig_with(BLK, 1);
    for (uint32_t i = 0; i < 1024; i += 4)
        rig_put32(rig, OUT + i, i * 2654435761u);
    blk(rig, 1, 7, 1024);
    CHECK_EQ(rig->kept_count, 1);
    CHECK_EQ(rig->kept[0].opcode, DISK_WRITE);
    CHECK_EQ(rig->kept[0].block, 7);
    CHECK_EQ(rig->kept[0].count, 2);
    CHECK_EQ(rig->kept[0].device, DISK_DEVICE_VIRTIO + BLK);
    CHECK_EQ(rig->with_outcome, 1);
    rig_put32(rig, OUT, 0); /* data are taken at the notification */
    CHECK_EQ(rig_get8(rig, ANSWER), 0xEE);
    rig_perform(rig, DISK_COMPLETED);
    CHECK_EQ(rig_get8(rig, ANSWER), 0);
    CHECK_EQ(rig_written(rig, BLK, 0), 1);
    CHECK_EQ(rig->posts[8 + BLK], 1);
    blk(rig, 0, 7, 1024);
    rig_perform(rig, DISK_COMPLETED);
    CHECK_EQ(rig_get8(rig, ANSWER), 0);
    CHECK_EQ(rig_written(rig, BLK, 0), 1025);
    CHECK_EQ(rig_get32(rig, IN + 1020), 1020 * 2654435761u);
    blk(rig, 4, 0, 0);
    CHECK_EQ(rig->kept[0].opcode, DISK_FLUSH);
    rig_perform(rig, DISK_ERROR);
    CHECK_EQ(rig_get8(rig, ANSWER), 1);
    CHECK_EQ(rig->tolds, 3);
    virtio_rig_free(rig);
}

static void test_blk_local(struct check *t)
{
    struct virtio_rig *rig = rig_with(BLK, 1);
    static const struct {
        uint32_t type;
        uint64_t sector;
        uint32_t size;
        uint8_t status;
    } cases[] = {
        {0, RIG_BLOCKS, 512, 1},
        {0, RIG_BLOCKS - 1, 1024, 1},
        {1, UINT64_MAX, 512, 1},
        {1, UINT64_C(1) << 32, 512, 1},
        {0, 0, 0, 1},
        {1, 0, 0, 1},
        {0, 0, 511, 1},
        {1, 0, 513, 1},
        {2, 0, 512, 2},
        {8, 0, 20, 0},
        {11, 0, 512, 2},
        {UINT32_MAX, 0, 512, 2},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        blk(rig, cases[i].type, cases[i].sector, cases[i].size);
        CHECK_EQ(rig->kept_count, 0);
        CHECK_EQ(rig_get8(rig, ANSWER), 0xEE); /* at the end of the epoch */
        rig_finish(rig);
        CHECK_EQ(rig_get8(rig, ANSWER), cases[i].status);
        CHECK_EQ(rig_given(rig, BLK, 0), i + 1);
    }
    CHECK_EQ(rig->numbers, 0);
    virtio_rig_free(rig);
}

static void test_blk_hostile(struct check *t)
{
    struct virtio_rig *rig = rig_with(BLK, 1);
    rig_descriptor(rig, rig_desc(BLK, 0), 0, HEADER, 15, RIG_NEXT, 1);
    rig_descriptor(rig, rig_desc(BLK, 0), 1, ANSWER, 1, RIG_WRITE, 0);
    rig_offer(rig, BLK, 0, 0);
    CHECK(rig_broken(rig, BLK)); /* half a header */
    rig_open(rig, BLK, 1);
    blk(rig, 4, 0, 0);
    rig_offer(rig, BLK, 0, 0);
    CHECK(rig_broken(rig, BLK)); /* the same chain twice */
    CHECK_HAS(rig->log, "in use");
    rig_perform(rig, DISK_COMPLETED); /* ends while broken: nothing is written any more */
    CHECK_EQ(rig_given(rig, BLK, 0), 0);
    rig_open(rig, BLK, 1);
    blk(rig, 0, 0, 512);
    rig_descriptor(rig, rig_desc(BLK, 0), 0, RIG_RAM, 512, RIG_WRITE, 0); /* changed while it was outstanding */
    rig_perform(rig, DISK_COMPLETED);
    CHECK(rig_broken(rig, BLK));
    rig_open(rig, BLK, 1);
    blk(rig, 0, 0, 512);
    rig_descriptor(rig, rig_desc(BLK, 0), 0, HEADER, 16, 0, 0); /* nothing left to write to */
    rig_perform(rig, DISK_COMPLETED);
    CHECK_EQ(rig_given(rig, BLK, 0), 1);
    CHECK_EQ(rig_written(rig, BLK, 0), 0);
    rig_open(rig, BLK, 1);
    blk(rig, 9, 0, 512); /* unknown; and becomes a write before it is answered: it is not performed */
    rig_put32(rig, HEADER, 1);
    rig_finish(rig);
    CHECK_EQ(rig_get8(rig, ANSWER), 1);
    CHECK_EQ(rig->kept_count, 0);
    rig_open(rig, BLK, 1);
    blk(rig, 0, 0, 512);
    rig_set(rig, BLK, 0x044, 0); /* the queue is taken away, and its size */
    rig_set(rig, BLK, 0x038, 0);
    rig_perform(rig, DISK_COMPLETED);
    CHECK(rig_broken(rig, BLK));
    virtio_rig_free(rig);
}

/* A reset forgets what is outstanding, and says so: it must not be performed any more. */
static void test_reset(struct check *t)
{
    struct virtio_rig *rig = rig_with(BLK, 1);
    blk(rig, 1, 3, 512);
    CHECK_EQ(rig->kept_count, 1);
    rig_set(rig, BLK, 0x070, 0);
    CHECK_EQ(rig->kept_count, 0);
    CHECK_EQ(rig->tolds, 1);
    CHECK_EQ(rig->told[0].status, DISK_DISCONNECTED);
    CHECK_EQ(rig->told[0].number, 1);
    rig_open(rig, BLK, 1);
    struct disk_completion late = {
        .number = 1, .device = DISK_DEVICE_VIRTIO + BLK, .opcode = DISK_WRITE, .status = DISK_COMPLETED};
    virtio_disk_complete(virtio_slots_disk(&rig->slots, DISK_DEVICE_VIRTIO + BLK), &late);
    CHECK_EQ(rig_given(rig, BLK, 0), 0);
    CHECK_EQ(rig->tolds, 1);
    blk(rig, 1, 3, 512);
    virtio_slots_uncertain(&rig->slots); /* blk has no answer for it: the VMM issues again */
    CHECK_EQ(rig->kept_count, 1);
    rig_perform(rig, DISK_COMPLETED);
    CHECK_EQ(rig_given(rig, BLK, 0), 1);
    virtio_rig_free(rig);
}

/* ---- scsi ---- */

/* Offer a command with room for OUT_BYTES and IN_BYTES; the answer is 0xEE before. */
static void scsi_at(struct virtio_rig *rig, uint16_t lun, const uint8_t *cdb, unsigned cdb_bytes, uint32_t out_bytes,
                    uint32_t in_bytes)
{
    uint32_t desc = rig_desc(SCSI, REQUEST);
    uint8_t header[51] = {1, 0, (uint8_t)(0x40 | lun >> 8), (uint8_t)lun}, mark[108];
    memset(mark, 0xEE, sizeof mark);
    memcpy(header + 19, cdb, cdb_bytes);
    phys_dma_write(rig->phys, HEADER, header, sizeof header);
    phys_dma_write(rig->phys, ANSWER, mark, sizeof mark);
    rig_descriptor(rig, desc, 0, HEADER, sizeof header, RIG_NEXT, out_bytes ? 1 : 2);
    rig_descriptor(rig, desc, 1, OUT, out_bytes, RIG_NEXT, 2);
    rig_descriptor(rig, desc, 2, ANSWER, sizeof mark, RIG_WRITE | (in_bytes ? RIG_NEXT : 0), 3);
    rig_descriptor(rig, desc, 3, IN, in_bytes, RIG_WRITE, 0);
    rig_offer(rig, SCSI, REQUEST, 0);
}

static void scsi(struct virtio_rig *rig, const uint8_t *cdb, unsigned cdb_bytes, uint32_t out_bytes, uint32_t in_bytes)
{
    scsi_at(rig, 0, cdb, cdb_bytes, out_bytes, in_bytes);
}

static uint32_t residual(struct virtio_rig *rig)
{
    return rig_get32(rig, ANSWER + 4);
}

static uint8_t scsi_status(struct virtio_rig *rig)
{
    return rig_get8(rig, ANSWER + 10);
}

static uint8_t response(struct virtio_rig *rig)
{
    return rig_get8(rig, ANSWER + 11);
}

/* Key, code and qualifier of fixed-format sense data; 0 if there are none. */
static uint32_t sense(struct virtio_rig *rig)
{
    if (rig_get32(rig, ANSWER) == 0)
        return 0;
    return (uint32_t)rig_get8(rig, ANSWER + 12 + 2) << 16 | (uint32_t)rig_get8(rig, ANSWER + 12 + 12) << 8 |
           rig_get8(rig, ANSWER + 12 + 13);
}

static uint32_t in32(struct virtio_rig *rig, uint32_t offset)
{
    return __builtin_bswap32(rig_get32(rig, IN + offset)); /* SCSI's own data are big-endian */
}

static void expect_good(struct check *t, struct virtio_rig *rig, uint32_t left)
{
    rig_finish(rig);
    CHECK_EQ(response(rig), 0);
    CHECK_EQ(scsi_status(rig), 0);
    CHECK_EQ(sense(rig), 0);
    CHECK_EQ(residual(rig), left);
}

static void test_scsi_questions(struct check *t)
{
    struct virtio_rig *rig = rig_with(SCSI, 3);
    scsi(rig, (const uint8_t[6]){0x12, 0, 0, 0, 36}, 6, 0, 36);
    CHECK_EQ(response(rig), 0xEE);
    expect_good(t, rig, 0);
    CHECK_EQ(in32(rig, 0), 0x00000502);
    scsi(rig, (const uint8_t[6]){0x12, 0, 0, 0, 255}, 6, 0, 255);
    expect_good(t, rig, 255 - 36);
    scsi(rig, (const uint8_t[6]){0x12, 0, 0, 0, 5}, 6, 0, 36);
    expect_good(t, rig, 36 - 5);
    scsi(rig, (const uint8_t[6]){0x12, 1, 0x00, 0, 64}, 6, 0, 64);
    expect_good(t, rig, 64 - 9);
    CHECK_EQ(in32(rig, 4), 0x008083B0);
    scsi(rig, (const uint8_t[6]){0x12, 1, 0x83, 0, 64}, 6, 0, 64);
    expect_good(t, rig, 64 - 24);
    scsi(rig, (const uint8_t[6]){0x12, 1, 0xB0, 0, 64}, 6, 0, 64);
    expect_good(t, rig, 0);
    CHECK_EQ(in32(rig, 8), VIRTIO_DISK_SECTORS_MAX);
    scsi(rig, (const uint8_t[10]){0x25}, 10, 0, 8);
    expect_good(t, rig, 0);
    CHECK_EQ(in32(rig, 0), RIG_BLOCKS - 1);
    CHECK_EQ(in32(rig, 4), 512);
    scsi(rig, (const uint8_t[16]){0x9E, 0x10, [13] = 32}, 16, 0, 32);
    expect_good(t, rig, 0);
    CHECK_EQ(in32(rig, 4), RIG_BLOCKS - 1);
    CHECK_EQ(in32(rig, 8), 512);
    scsi(rig, (const uint8_t[12]){0xA0, [9] = 16}, 12, 0, 16);
    expect_good(t, rig, 0);
    CHECK_EQ(in32(rig, 0), 8);
    scsi(rig, (const uint8_t[6]){0x1A, 0, 0x3F, 0, 64}, 6, 0, 64);
    expect_good(t, rig, 64 - (4 + 8 + 20 + 12));
    scsi(rig, (const uint8_t[10]){0x5A, 8, 8, [8] = 64}, 10, 0, 64);
    expect_good(t, rig, 64 - (8 + 20));
    CHECK_EQ(in32(rig, 8), 0x08120400); /* write cache on */
    scsi(rig, (const uint8_t[6]){0x03, 0, 0, 0, 18}, 6, 0, 18);
    expect_good(t, rig, 0);
    static const uint8_t plain[][6] = {{0x00}, {0x1B, 0, 0, 0, 1}, {0x1E}, {0x2F}};
    for (unsigned i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        scsi(rig, plain[i], 6, 0, 0);
        expect_good(t, rig, 0);
    }
    CHECK_EQ(rig->numbers, 0); /* nothing of this is for the disk */
    virtio_rig_free(rig);
}

static void expect_sense(struct check *t, struct virtio_rig *rig, uint32_t wanted)
{
    rig_finish(rig);
    CHECK_EQ(response(rig), 0);
    CHECK_EQ(scsi_status(rig), 2);
    CHECK_EQ(sense(rig), wanted);
    CHECK_EQ(rig_get8(rig, ANSWER + 12), 0x70);
    CHECK_EQ(rig->kept_count, 0);
}

static void test_scsi_refusals(struct check *t)
{
    struct virtio_rig *rig = rig_with(SCSI, 3);
    scsi(rig, (const uint8_t[12]){0xA3}, 12, 0, 0);
    expect_sense(t, rig, 0x052000);
    scsi(rig, (const uint8_t[6]){0x12, 1, 0x55, 0, 36}, 6, 0, 36);
    expect_sense(t, rig, 0x052400);
    scsi(rig, (const uint8_t[6]){0x12, 0, 0x80, 0, 36}, 6, 0, 36);
    expect_sense(t, rig, 0x052400);
    scsi(rig, (const uint8_t[6]){0x1A, 0, 0x1C, 0, 64}, 6, 0, 64);
    expect_sense(t, rig, 0x052400);
    scsi(rig, (const uint8_t[16]){0x9E, 0x12}, 16, 0, 0);
    expect_sense(t, rig, 0x052400);
    scsi(rig, (const uint8_t[10]){0x28, [5] = RIG_BLOCKS - 1, [8] = 2}, 10, 0, 1024);
    expect_sense(t, rig, 0x052100);
    scsi(rig, (const uint8_t[16]){0x8A, [2] = 1, [13] = 1}, 16, 512, 0);
    expect_sense(t, rig, 0x052100);
    scsi_at(rig, 5, (const uint8_t[6]){0x00}, 6, 0, 0);
    expect_sense(t, rig, 0x052500);
    scsi_at(rig, 5, (const uint8_t[6]){0x12, 0, 0, 0, 36}, 6, 0, 36);
    expect_good(t, rig, 0);
    CHECK_EQ(rig_get8(rig, IN), 0x7F);
    scsi(rig, (const uint8_t[10]){0x28, [8] = 4}, 10, 0, 512); /* more than there is room for: overrun, nothing done */
    rig_finish(rig);
    CHECK_EQ(response(rig), 1);
    CHECK_EQ(rig->kept_count, 0);
    uint8_t target_one[2] = {1, 1};
    scsi(rig, (const uint8_t[6]){0x00}, 6, 0, 0);
    phys_dma_write(rig->phys, HEADER, target_one, 2);
    rig_finish(rig);
    CHECK_EQ(response(rig), 3); /* bad target */
    virtio_rig_free(rig);
}

/* One write and one read of each length of command. */
static void test_scsi_transfers(struct check *t)
{
    struct virtio_rig *rig = rig_with(SCSI, 3);
    static const uint8_t writes[][16] = {
        {0x0A, 0, 0, 9, 2}, {0x2A, [5] = 9, [8] = 2}, {0xAA, [5] = 9, [9] = 2}, {0x8A, [9] = 9, [13] = 2}};
    static const uint8_t reads[][16] = {
        {0x08, 0, 0, 9, 2}, {0x28, [5] = 9, [8] = 2}, {0xA8, [5] = 9, [9] = 2}, {0x88, [9] = 9, [13] = 2}};
    for (unsigned i = 0; i < 4; i++) {
        rig_put32(rig, OUT, 0xABCD0000 + i);
        rig_put32(rig, OUT + 1020, i);
        scsi(rig, writes[i], 16, 1024, 0);
        CHECK_EQ(rig->kept[0].opcode, DISK_WRITE);
        CHECK_EQ(rig->kept[0].block, 9);
        CHECK_EQ(rig->kept[0].count, 2);
        rig_perform(rig, DISK_COMPLETED);
        expect_good(t, rig, 0);
        scsi(rig, reads[i], 16, 0, 1024 + 512);
        rig_perform(rig, DISK_COMPLETED);
        expect_good(t, rig, 512);
        CHECK_EQ(rig_get32(rig, IN), 0xABCD0000 + i);
        CHECK_EQ(rig_get32(rig, IN + 1020), i);
        CHECK_EQ(rig_written(rig, SCSI, REQUEST), 108 + 1024);
    }
    scsi(rig, (const uint8_t[10]){0x35}, 10, 0, 0);
    CHECK_EQ(rig->kept[0].opcode, DISK_FLUSH);
    rig_perform(rig, DISK_COMPLETED);
    expect_good(t, rig, 0);
    scsi(rig, (const uint8_t[10]){0x28}, 10, 0, 512); /* no blocks: good, nothing to do */
    expect_good(t, rig, 512);
    CHECK_EQ(rig->kept_count, 0);
    virtio_rig_free(rig);
}

static void test_scsi_outcomes(struct check *t)
{
    struct virtio_rig *rig = rig_with(SCSI, 3);
    scsi(rig, (const uint8_t[10]){0x28, [8] = 1}, 10, 0, 512);
    rig_perform(rig, DISK_ERROR);
    expect_sense(t, rig, 0x031100);
    CHECK_EQ(residual(rig), 512);
    scsi(rig, (const uint8_t[10]){0x2A, [8] = 1}, 10, 512, 0);
    rig_perform(rig, DISK_ERROR);
    expect_sense(t, rig, 0x030C00);
    /* After a fail-over: response 0, BUSY, residual 0, no sense. */
    scsi(rig, (const uint8_t[10]){0x28, [8] = 1}, 10, 0, 512);
    rig->tolds = 0;
    virtio_slots_uncertain(&rig->slots);
    CHECK_EQ(response(rig), 0);
    CHECK_EQ(scsi_status(rig), 8);
    CHECK_EQ(residual(rig), 0);
    CHECK_EQ(sense(rig), 0);
    CHECK_EQ(rig->tolds, 1);
    CHECK_EQ(rig->told[0].status, DISK_DISCONNECTED);
    CHECK_EQ(rig->kept_count, 0);
    virtio_rig_free(rig);
}

static void test_scsi_control(struct check *t)
{
    struct virtio_rig *rig = rig_with(SCSI, 3);
    uint32_t desc = rig_desc(SCSI, CONTROL);
    uint8_t reset[24] = {0, 0, 0, 0, 5, 0, 0, 0, 1, 0, 0x40, 0}, mark = 0xEE;
    scsi(rig, (const uint8_t[10]){0x2A, [8] = 1}, 10, 512, 0);
    phys_dma_write(rig->phys, OUT + 0x1000, reset, sizeof reset);
    phys_dma_write(rig->phys, IN + 0x1000, &mark, 1);
    rig_descriptor(rig, desc, 0, OUT + 0x1000, sizeof reset, RIG_NEXT, 1);
    rig_descriptor(rig, desc, 1, IN + 0x1000, 1, RIG_WRITE, 0);
    rig_offer(rig, SCSI, CONTROL, 0);
    rig_finish(rig);
    CHECK_EQ(rig_get8(rig, IN + 0x1000), 0);
    CHECK_EQ(rig->kept_count, 0); /* nothing is performed after the reset */
    CHECK_EQ(response(rig), 4); /* reset */
    rig_put32(rig, OUT + 0x1000 + 4, 0); /* abort one task */
    rig_offer(rig, SCSI, CONTROL, 0);
    rig_finish(rig);
    CHECK_EQ(rig_get8(rig, IN + 0x1000), 11);
    rig_put32(rig, OUT + 0x1000, 1); /* which events? none; and a request without room for the answer */
    rig_offer(rig, SCSI, CONTROL, 0);
    rig_finish(rig);
    CHECK(rig_broken(rig, SCSI));
    virtio_rig_free(rig);
}

int main(int argc, char **argv)
{
    struct check t = check_begin("io.virtio_disk", argc, argv);
    test_blk(&t);
    test_blk_local(&t);
    test_blk_hostile(&t);
    test_reset(&t);
    test_scsi_questions(&t);
    test_scsi_refusals(&t);
    test_scsi_transfers(&t);
    test_scsi_outcomes(&t);
    test_scsi_control(&t);
    return check_end(&t);
}

/* test_virtio.c - the transport and the rings: every register, negotiation, queues, and everything that a guest can put
 * wrongly into its rings, each of which breaks the device with a line and nothing else (VIRTIO 1.2, 2.7 and 4.2).
 */
#include "tests/check.h"
#include "tests/io/virtio_rig.h"

enum { CONSOLE, BLK, RNG, EMPTY, RECEIVE = 0, TRANSMIT = 1 };
static const enum virtio_kind kinds[VIRTIO_SLOTS] = {VIRTIO_CONSOLE, VIRTIO_BLK, VIRTIO_RNG};

static void test_identity(struct check *t)
{
    struct virtio_rig *rig = virtio_rig_new(kinds);
    static const unsigned ids[] = {3, 2, 4, 0, 0};
    for (unsigned slot = 0; slot < 5; slot++) {
        CHECK_EQ(rig_reg(rig, slot, 0x000), 0x74726976);
        CHECK_EQ(rig_reg(rig, slot, 0x004), 2);
        CHECK_EQ(rig_reg(rig, slot, 0x008), ids[slot]);
    }
    for (uint32_t offset = 0x10; offset < 0x120; offset += 4) { /* an empty slot: nothing, and no harm */
        CHECK_EQ(rig_set(rig, EMPTY, offset, UINT32_MAX), PHYS_OK);
        CHECK_EQ(rig_reg(rig, EMPTY, offset), 0);
    }
    uint64_t value;
    CHECK_EQ(phys_load(rig->phys, VIRTIO_BASE + 0x70, 2, &value), PHYS_NOTHING);
    CHECK_EQ(phys_store(rig->phys, VIRTIO_BASE + 0x70, 1, 0), PHYS_NOTHING);
    CHECK_EQ(phys_load(rig->phys, VIRTIO_BASE + 0x1100, 8, &value), PHYS_NOTHING);
    CHECK_EQ(rig_reg(rig, CONSOLE, 0x0B0), UINT32_MAX); /* no shared memory */
    virtio_rig_free(rig);
}

static void test_config(struct check *t)
{
    struct virtio_rig *rig = virtio_rig_new(kinds);
    uint64_t value;
    CHECK_EQ(rig_reg(rig, BLK, 0x100), RIG_BLOCKS); /* capacity, 64 bits little-endian */
    CHECK_EQ(rig_reg(rig, BLK, 0x104), 0);
    CHECK_EQ(phys_load(rig->phys, VIRTIO_BASE + 0x1100, 1, &value), PHYS_OK);
    CHECK_EQ(value, RIG_BLOCKS);
    CHECK_EQ(phys_load(rig->phys, VIRTIO_BASE + 0x1100, 2, &value), PHYS_OK);
    CHECK_EQ(value, RIG_BLOCKS << 8); /* the bytes in the order of their addresses */
    CHECK_EQ(rig_set(rig, BLK, 0x100, 5), PHYS_OK);
    CHECK_EQ(rig_reg(rig, BLK, 0x100), RIG_BLOCKS);
    CHECK_EQ(rig_reg(rig, BLK, 0x100 + 200), 0);
    CHECK_EQ(rig_reg(rig, BLK, 0x0FC), 0);
    virtio_rig_free(rig);
}

static void test_negotiation(struct check *t)
{
    struct virtio_rig *rig = virtio_rig_new(kinds);
    rig_set(rig, BLK, 0x014, 1);
    CHECK_EQ(rig_reg(rig, BLK, 0x010), 1); /* VERSION_1, not ACCESS_PLATFORM */
    rig_set(rig, BLK, 0x014, 0);
    CHECK_EQ(rig_reg(rig, BLK, 0x010), 1u << 28 | 1u << 9 | 1u << 2 | 1u << 1);
    rig_set(rig, BLK, 0x014, 2);
    CHECK_EQ(rig_reg(rig, BLK, 0x010), 0);
    rig_set(rig, BLK, 0x070, 3);
    rig_set(rig, BLK, 0x070, 11); /* without VERSION_1: not agreed */
    CHECK_EQ(rig_reg(rig, BLK, 0x070), 3);
    rig_set(rig, BLK, 0x024, 1);
    rig_set(rig, BLK, 0x020, 3); /* a feature that is not offered */
    rig_set(rig, BLK, 0x070, 11);
    CHECK_EQ(rig_reg(rig, BLK, 0x070), 3);
    rig_set(rig, BLK, 0x020, 1);
    rig_set(rig, BLK, 0x070, 11);
    CHECK_EQ(rig_reg(rig, BLK, 0x070), 11);
    rig_set(rig, BLK, 0x020, 3); /* too late */
    rig_set(rig, BLK, 0x070, 15);
    CHECK_EQ(rig_reg(rig, BLK, 0x070), 15);
    rig_set(rig, BLK, 0x070, 0);
    CHECK_EQ(rig_reg(rig, BLK, 0x070), 0);
    virtio_rig_free(rig);
}

static void test_queue_registers(struct check *t)
{
    struct virtio_rig *rig = virtio_rig_new(kinds);
    rig_set(rig, CONSOLE, 0x030, 2);
    CHECK_EQ(rig_reg(rig, CONSOLE, 0x034), 0); /* there are two queues */
    rig_open(rig, CONSOLE, 2);
    CHECK_EQ(rig_reg(rig, CONSOLE, 0x034), VIRTIO_QUEUE_NUM_MAX);
    CHECK_EQ(rig_reg(rig, CONSOLE, 0x044), 1);
    rig_set(rig, CONSOLE, 0x038, 4); /* a queue in use does not change */
    CHECK_EQ(rig->slots.slot[CONSOLE].virtio.state.queues[1].num, RIG_NUM);
    rig_set(rig, CONSOLE, 0x044, 0);
    CHECK_EQ(rig_reg(rig, CONSOLE, 0x044), 0);
    static const struct {
        uint32_t offset, value;
    } bad[] = {{0x038, 0}, {0x038, 12}, {0x038, 256}, {0x080, 8}, {0x084, 1}, {0x090, 1}, {0x0A0, 2}, {0x0A0, RIG_RAM}};
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        rig_open(rig, CONSOLE, 2);
        rig_set(rig, CONSOLE, 0x044, 0);
        rig_set(rig, CONSOLE, bad[i].offset, bad[i].value);
        rig_set(rig, CONSOLE, 0x044, 1);
        CHECK_EQ(rig_reg(rig, CONSOLE, 0x044), 0);
        CHECK(rig_broken(rig, CONSOLE));
        CHECK_EQ(rig->logs, i + 1);
        CHECK_HAS(rig->log, "virtio slot 0 (console)");
        CHECK_EQ(rig_reg(rig, CONSOLE, 0x060), 2); /* the driver is told by a configuration interrupt */
    }
    virtio_rig_free(rig);
}

/* ---- what a guest can put into its rings ---- */

/* A console whose chain at descriptor 0 is one good buffer to send. */
static struct virtio_rig *good_rig(void)
{
    struct virtio_rig *rig = virtio_rig_new(kinds);
    rig_open(rig, CONSOLE, 2);
    phys_dma_write(rig->phys, RIG_DATA, "hello", 5);
    rig_descriptor(rig, rig_desc(CONSOLE, TRANSMIT), 0, RIG_DATA, 5, 0, 0);
    return rig;
}

static void expect_broken(struct check *t, struct virtio_rig *rig, uint16_t head, const char *why)
{
    rig_offer(rig, CONSOLE, TRANSMIT, head);
    CHECK(rig_broken(rig, CONSOLE));
    CHECK_HAS(rig->log, why);
    CHECK_EQ(rig->shown_bytes, 0);
    CHECK_EQ(rig_given(rig, CONSOLE, TRANSMIT), 0);
    /* It does nothing more until it is reset; then everything is as new. */
    rig_offer(rig, CONSOLE, TRANSMIT, 0);
    CHECK_EQ(rig_given(rig, CONSOLE, TRANSMIT), 0);
    CHECK_EQ(rig->logs, 1);
    rig_open(rig, CONSOLE, 2);
    phys_dma_write(rig->phys, RIG_DATA, "again", 5);
    rig_descriptor(rig, rig_desc(CONSOLE, TRANSMIT), 0, RIG_DATA, 5, 0, 0);
    rig_offer(rig, CONSOLE, TRANSMIT, 0);
    CHECK_EQ(rig_given(rig, CONSOLE, TRANSMIT), 1);
    CHECK_EQ(rig->shown_bytes, 5);
    virtio_rig_free(rig);
}

static void test_chains(struct check *t)
{
    uint32_t desc = rig_desc(CONSOLE, TRANSMIT);
    struct virtio_rig *rig = good_rig();
    expect_broken(t, rig, RIG_NUM, "does not exist");
    rig = good_rig();
    expect_broken(t, rig, 0xFFFF, "does not exist");
    rig = good_rig(); /* a loop */
    rig_descriptor(rig, desc, 0, RIG_DATA, 5, RIG_NEXT, 1);
    rig_descriptor(rig, desc, 1, RIG_DATA, 5, RIG_NEXT, 0);
    expect_broken(t, rig, 0, "too long, or a loop");
    rig = good_rig();
    rig_descriptor(rig, desc, 0, RIG_DATA, 5, RIG_NEXT, RIG_NUM);
    expect_broken(t, rig, 0, "does not exist");
    static const uint64_t outside[] = {RIG_RAM,    RIG_RAM - 4,       0xF0000000,     0xFFFFFFFF,
                                       0xFFFFFFFE, UINT64_C(1) << 32, UINT64_MAX - 2, VIRTIO_BASE};
    for (unsigned i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        rig = good_rig();
        rig_descriptor(rig, desc, 0, outside[i], 5, 0, 0);
        expect_broken(t, rig, 0, "not in memory");
    }
    rig = good_rig();
    rig_descriptor(rig, desc, 0, RIG_DATA, UINT32_MAX, 0, 0);
    expect_broken(t, rig, 0, "not in memory");
    rig = good_rig(); /* many times the same memory */
    for (unsigned i = 0; i < RIG_NUM; i++)
        rig_descriptor(rig, desc, i, 0, RIG_RAM / 2, RIG_NEXT, (uint16_t)(i + 1));
    expect_broken(t, rig, 0, "more than 4 MiB");
    rig = good_rig();
    rig_descriptor(rig, desc, 0, RIG_DATA, 5, RIG_NEXT | RIG_WRITE, 1);
    rig_descriptor(rig, desc, 1, RIG_DATA, 5, 0, 0);
    expect_broken(t, rig, 0, "a buffer to read after one to write");
}

static void test_indirect(struct check *t)
{
    uint32_t desc = rig_desc(CONSOLE, TRANSMIT), table = RIG_DATA + 0x1000;
    struct virtio_rig *rig = good_rig();
    rig_descriptor(rig, desc, 0, table, 32, RIG_INDIRECT, 0);
    rig_descriptor(rig, table, 0, RIG_DATA, 2, RIG_NEXT, 1);
    rig_descriptor(rig, table, 1, RIG_DATA + 2, 3, 0, 0);
    rig_offer(rig, CONSOLE, TRANSMIT, 0);
    CHECK_EQ(rig->shown_bytes, 5);
    CHECK(!memcmp(rig->shown, "hello", 5));
    virtio_rig_free(rig);
    static const uint32_t sizes[] = {0, 8, 17, UINT32_MAX - 15};
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        rig = good_rig();
        rig_descriptor(rig, desc, 0, table, sizes[i], RIG_INDIRECT, 0);
        expect_broken(t, rig, 0, "indirect table");
    }
    rig = good_rig();
    rig_descriptor(rig, desc, 0, RIG_RAM - 16, 32, RIG_INDIRECT, 0);
    expect_broken(t, rig, 0, "indirect table");
    rig = good_rig();
    rig_descriptor(rig, desc, 0, table, 32, RIG_INDIRECT | RIG_NEXT, 1);
    expect_broken(t, rig, 0, "with a next one");
    rig = good_rig(); /* a table in a table */
    rig_descriptor(rig, desc, 0, table, 16, RIG_INDIRECT, 0);
    rig_descriptor(rig, table, 0, table, 16, RIG_INDIRECT, 0);
    expect_broken(t, rig, 0, "where there can be none");
    rig = good_rig();
    rig_descriptor(rig, desc, 0, table, 16, RIG_INDIRECT, 0);
    rig_descriptor(rig, table, 0, RIG_DATA, 1, RIG_NEXT, 1);
    expect_broken(t, rig, 0, "does not exist");
    rig = good_rig(); /* not negotiated */
    rig->slots.slot[CONSOLE].virtio.state.driver_features[0] = 0;
    rig_descriptor(rig, desc, 0, table, 16, RIG_INDIRECT, 0);
    expect_broken(t, rig, 0, "where there can be none");
}

static void test_available(struct check *t)
{
    struct virtio_rig *rig = good_rig();
    rig_put16(rig, rig_avail(CONSOLE, TRANSMIT) + 2, RIG_NUM); /* the ring says 17 with the one that is offered */
    expect_broken(t, rig, 0, "more entries than it has");
    rig = good_rig(); /* indices wrap at 65536 */
    rig_put16(rig, rig_avail(CONSOLE, TRANSMIT) + 2, 0xFFFE);
    rig->slots.slot[CONSOLE].virtio.state.queues[TRANSMIT].taken = 0xFFFE;
    rig->slots.slot[CONSOLE].virtio.state.queues[TRANSMIT].given = 0xFFFE;
    for (unsigned i = 0; i < 4; i++)
        rig_offer(rig, CONSOLE, TRANSMIT, 0);
    CHECK_EQ(rig->shown_bytes, 20);
    CHECK_EQ(rig_given(rig, CONSOLE, TRANSMIT), 2);
    CHECK(!rig_broken(rig, CONSOLE));
    virtio_rig_free(rig);
}

/* A notification that makes no sense is none; one that the world is not ready for has not happened. */
static void test_notify(struct check *t)
{
    struct virtio_rig *rig = good_rig();
    rig_set(rig, CONSOLE, 0x050, 2);
    rig_set(rig, CONSOLE, 0x050, UINT32_MAX);
    rig_set(rig, BLK, 0x050, 0); /* no driver */
    CHECK_EQ(rig->outputs, 0);
    struct virtio_state before = rig->slots.slot[CONSOLE].virtio.state;
    rig->ready = PHYS_STALL;
    CHECK_EQ(rig_offer(rig, CONSOLE, TRANSMIT, 0), PHYS_STALL);
    CHECK(!memcmp(&before, &rig->slots.slot[CONSOLE].virtio.state, sizeof before));
    CHECK_EQ(rig->outputs + rig->issued + (unsigned)rig->shown_bytes, 0);
    rig->ready = PHYS_OK;
    CHECK_EQ(rig_set(rig, CONSOLE, 0x050, TRANSMIT), PHYS_OK);
    CHECK_EQ(rig->outputs, 1);
    CHECK_EQ(rig->issued, 1);
    CHECK_EQ(rig->with_outcome, 0);
    CHECK_EQ(rig->shown_bytes, 5);
    CHECK_EQ(rig->posts[8], 1);
    CHECK_EQ(rig_reg(rig, CONSOLE, 0x060), 1);
    rig_set(rig, CONSOLE, 0x064, 1);
    CHECK_EQ(rig_reg(rig, CONSOLE, 0x060), 0);
    rig_put16(rig, rig_avail(CONSOLE, TRANSMIT), 1); /* the driver wants no interrupts */
    rig_offer(rig, CONSOLE, TRANSMIT, 0);
    CHECK_EQ(rig->posts[8], 1);
    CHECK_EQ(rig_reg(rig, CONSOLE, 0x060), 0);
    virtio_rig_free(rig);
}

/* ---- console and entropy ---- */

static void test_input(struct check *t)
{
    struct virtio_rig *rig = good_rig();
    uint32_t desc = rig_desc(CONSOLE, RECEIVE);
    CHECK(virtio_slots_console(&rig->slots) == NULL);
    for (unsigned i = 0; i < 3; i++)
        rig_descriptor(rig, desc, i, RIG_DATA + 0x100 * i, 4, RIG_WRITE, 0);
    rig_offer(rig, CONSOLE, RECEIVE, 0);
    struct virtio_console *console = virtio_slots_console(&rig->slots);
    CHECK(console != NULL);
    CHECK_EQ(rig->wanted, 1);
    if (!console) {
        virtio_rig_free(rig);
        return;
    }
    virtio_console_receive(console, 'a');
    CHECK_EQ(rig_given(rig, CONSOLE, RECEIVE), 1);
    CHECK_EQ(rig_written(rig, CONSOLE, RECEIVE), 1);
    CHECK_EQ(rig_get8(rig, RIG_DATA), 'a');
    for (unsigned i = 0; i < VIRTIO_CONSOLE_FIFO_BYTES; i++) { /* no buffers: they wait, as many as there is room for */
        CHECK_EQ(virtio_console_room(console), VIRTIO_CONSOLE_FIFO_BYTES - i);
        virtio_console_receive(console, (uint8_t)('b' + i));
    }
    CHECK_EQ(virtio_console_room(console), 0);
    virtio_console_receive(console, '!'); /* lost */
    rig_offer(rig, CONSOLE, RECEIVE, 1);
    CHECK_EQ(rig_given(rig, CONSOLE, RECEIVE), 1); /* not before the end of the epoch */
    CHECK(virtio_slots_wait(&rig->slots));
    rig_finish(rig);
    CHECK(!virtio_slots_wait(&rig->slots));
    CHECK_EQ(rig_given(rig, CONSOLE, RECEIVE), 2);
    CHECK_EQ(rig_written(rig, CONSOLE, RECEIVE), 4);
    CHECK_EQ(rig_get8(rig, RIG_DATA + 0x100), 'b');
    CHECK_EQ(rig_get8(rig, RIG_DATA + 0x103), 'e');
    CHECK_EQ(virtio_console_room(console), 4);
    rig_set(rig, CONSOLE, 0x070, 0);
    CHECK(virtio_slots_console(&rig->slots) == NULL);
    virtio_rig_free(rig);
}

static void test_entropy(struct check *t)
{
    struct virtio_rig *rig = virtio_rig_new(kinds);
    uint8_t first[300], second[300], zero[8] = {0};
    rig_open(rig, RNG, 1);
    rig_descriptor(rig, rig_desc(RNG, 0), 0, RIG_DATA, sizeof first, RIG_WRITE, 0);
    rig->entropy_ready = PHYS_STALL;
    CHECK_EQ(rig_offer(rig, RNG, 0, 0), PHYS_STALL);
    CHECK_EQ(rig->outputs, 0);
    rig->entropy_ready = PHYS_OK;
    CHECK_EQ(rig_set(rig, RNG, 0x050, 0), PHYS_OK);
    CHECK_EQ(rig_given(rig, RNG, 0), 0);
    rig_finish(rig);
    CHECK_EQ(rig_given(rig, RNG, 0), 1);
    CHECK_EQ(rig_written(rig, RNG, 0), sizeof first);
    phys_dma_read(rig->phys, RIG_DATA, first, sizeof first);
    rig_offer(rig, RNG, 0, 0);
    rig_finish(rig);
    phys_dma_read(rig->phys, RIG_DATA, second, sizeof second);
    CHECK(memcmp(first, second, sizeof first) != 0);
    CHECK(memcmp(first + sizeof first - 8, zero, 8) != 0);
    CHECK_EQ(rig->posts[8 + RNG], 2);
    virtio_rig_free(rig);
}

int main(int argc, char **argv)
{
    struct check t = check_begin("io.virtio", argc, argv);
    test_identity(&t);
    test_config(&t);
    test_negotiation(&t);
    test_queue_registers(&t);
    test_chains(&t);
    test_indirect(&t);
    test_available(&t);
    test_notify(&t);
    test_input(&t);
    test_entropy(&t);
    return check_end(&t);
}

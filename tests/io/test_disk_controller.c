/* test_disk_controller.c - Rules 0 to 3 of WO 93/09494 at the controller, every refusal and its detail, and what is
 * visible when (docs/board.md, "Disk controller").
 *
 * The backend here keeps the operations that it is given; the test ends them when it likes, in the order it likes.
 */
#include "io/disk_controller.h"

#include "mmu/base/bits.h"
#include "tests/check.h"

enum { CAPACITY = 4096, RAM = PHYS_RAM_BYTES_MIN, BLOCKS_AT = 0x10000, BUFFERS_AT = 0x100000, KEPT_MAX = 256 };

struct rig {
    struct phys *phys;
    struct disk_controller disk;
    enum phys_result ready;
    uint32_t capacity;
    struct disk_operation kept[KEPT_MAX]; /* by number - 1 */
    unsigned issued;
    uint64_t numbered;
    struct disk_completion told[KEPT_MAX];
    unsigned tolds;
    unsigned posts, wrong_posts;
    uint32_t watch; /* a command block: its status at the last interrupt ... */
    uint32_t status_at_post;
    uint32_t watch_data; /* ... and the word here */
    uint32_t data_at_post;
};

static uint32_t word_at(struct rig *rig, uint32_t address)
{
    uint64_t value;
    phys_load(rig->phys, address, 4, &value);
    return (uint32_t)value;
}

static uint32_t rig_capacity(void *arg)
{
    return ((struct rig *)arg)->capacity;
}

static uint64_t rig_next_number(void *arg)
{
    return ++((struct rig *)arg)->numbered;
}

static enum phys_result rig_ready(void *arg)
{
    return ((struct rig *)arg)->ready;
}

static void rig_issue(void *arg, const struct disk_operation *op)
{
    struct rig *rig = arg;
    rig->issued++;
    if (op->number <= KEPT_MAX)
        rig->kept[op->number - 1] = *op;
}

static void rig_told(void *arg, const struct disk_completion *end)
{
    struct rig *rig = arg;
    if (rig->tolds < KEPT_MAX)
        rig->told[rig->tolds++] = *end;
}

static void rig_post(void *arg, unsigned number)
{
    struct rig *rig = arg;
    rig->posts++;
    rig->wrong_posts += number != IRQ_DISK;
    if (rig->watch)
        rig->status_at_post = word_at(rig, rig->watch + 20);
    if (rig->watch_data)
        rig->data_at_post = word_at(rig, rig->watch_data);
}

static const struct disk_backend backend = {rig_capacity, rig_next_number, rig_ready, rig_issue, rig_told};

static struct rig *rig_new(void)
{
    struct rig *rig = calloc(1, sizeof *rig);
    if (rig)
        rig->phys = phys_new(RAM);
    if (!rig || !rig->phys)
        abort();
    rig->ready = PHYS_OK;
    rig->capacity = CAPACITY;
    disk_controller_init(&rig->disk, rig->phys, &backend, rig, (struct irq_line){rig_post, rig});
    phys_add_window(rig->phys, DISK_CONTROLLER_BASE, DISK_CONTROLLER_WINDOW_BYTES, &disk_controller_ops, &rig->disk);
    return rig;
}

static void rig_free(struct check *t, struct rig *rig)
{
    CHECK_EQ(rig->wrong_posts, 0);
    for (unsigned i = 0; i < rig->issued && i < KEPT_MAX; i++)
        free(rig->kept[i].data);
    phys_free(rig->phys);
    free(rig);
}

/* The I-th command block of the guest. */
static uint32_t at(unsigned i)
{
    return BLOCKS_AT + i * DISK_COMMAND_BYTES;
}

static enum phys_result store(struct rig *rig, uint32_t address)
{
    return phys_store(rig->phys, DISK_CONTROLLER_BASE + 8, 4, address);
}

static void write_command(struct rig *rig, uint32_t address, uint32_t opcode, uint32_t block, uint32_t count,
                          uint32_t buffer)
{
    const uint32_t words[8] = {opcode, 0xCAFE0000 | address, block, count, buffer, 0, 0, 0};
    for (unsigned i = 0; i < 8; i++)
        phys_store(rig->phys, address + i * 4, 4, words[i]);
}

/* Write a command block and issue it; its number. */
static uint64_t issue(struct check *t, struct rig *rig, uint32_t address, uint32_t opcode, uint32_t block,
                      uint32_t count, uint32_t buffer)
{
    write_command(rig, address, opcode, block, count, buffer);
    unsigned before = rig->issued;
    CHECK_EQ(store(rig, address), PHYS_OK);
    CHECK_EQ(rig->issued, before + 1);
    return rig->numbered;
}

/* The backend's end of command NUMBER. */
static void end(struct rig *rig, uint64_t number, uint32_t status, uint32_t detail)
{
    const struct disk_operation *op = &rig->kept[number - 1];
    bool data = op->opcode == DISK_READ && status == DISK_COMPLETED;
    struct disk_completion completion = {.number = number,
                                         .command = op->command,
                                         .opcode = op->opcode,
                                         .buffer = op->buffer,
                                         .size_bytes = data ? disk_data_bytes(op) : 0,
                                         .status = status,
                                         .detail = detail,
                                         .data = data ? op->data : NULL};
    disk_controller_complete(&rig->disk, &completion);
}

/* As the backend does: a refused command ends with what the controller found, another one well. */
static void end_well(struct rig *rig, uint64_t number)
{
    uint32_t refused = rig->kept[number - 1].refused;
    end(rig, number, refused ? DISK_ERROR : DISK_COMPLETED, refused);
}

static uint32_t status(struct rig *rig, uint32_t address)
{
    return word_at(rig, address + 20);
}

static uint32_t detail(struct rig *rig, uint32_t address)
{
    return word_at(rig, address + 24);
}

static struct rig *connected(struct check *t)
{
    struct rig *rig = rig_new();
    end_well(rig, issue(t, rig, at(0), DISK_CONNECT, 0, 0, 0));
    CHECK_EQ(status(rig, at(0)), DISK_COMPLETED);
    CHECK_EQ(rig->disk.state.connected, 1);
    CHECK_EQ(rig->posts, 1);
    rig->posts = 0;
    rig->tolds = 0;
    return rig;
}

static void test_registers(struct check *t)
{
    struct rig *rig = rig_new();
    uint64_t value;
    CHECK_EQ(word_at(rig, DISK_CONTROLLER_BASE), 0x55534431);
    CHECK_EQ(word_at(rig, DISK_CONTROLLER_BASE + 4), CAPACITY);
    CHECK_EQ(word_at(rig, DISK_CONTROLLER_BASE + 8), 0);
    CHECK_EQ(phys_store(rig->phys, DISK_CONTROLLER_BASE, 4, 0), PHYS_OK);
    CHECK_EQ(phys_store(rig->phys, DISK_CONTROLLER_BASE + 4, 4, 0), PHYS_OK);
    CHECK_EQ(word_at(rig, DISK_CONTROLLER_BASE + 4), CAPACITY);
    static const unsigned sizes[] = {1, 2, 8};
    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQ(phys_load(rig->phys, DISK_CONTROLLER_BASE, sizes[i], &value), PHYS_NOTHING);
        CHECK_EQ(phys_store(rig->phys, DISK_CONTROLLER_BASE + 8, sizes[i], at(0)), PHYS_NOTHING);
    }
    CHECK_EQ(rig->issued, 0);
    rig_free(t, rig);
}

/* Not 32-byte aligned, or not wholly in RAM: HPMC, and nothing has happened. */
static void test_command_address(struct check *t)
{
    struct rig *rig = rig_new();
    static const uint32_t bad[] = {BLOCKS_AT + 4, BLOCKS_AT + 16, BLOCKS_AT + 31, RAM,       RAM - 16,
                                   RAM + 32,      0xF0000000,     0xFFFFFFE0,     0xFFFFFFFF};
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK_EQ(store(rig, bad[i]), PHYS_NOTHING);
    CHECK_EQ(rig->issued, 0);
    CHECK_EQ(rig->numbered, 0);
    issue(t, rig, RAM - 32, DISK_CONNECT, 0, 0, 0); /* the last one */
    issue(t, rig, 0, DISK_CONNECT, 0, 0, 0);        /* and the first */
    CHECK_EQ(rig->kept[0].refused, 0);
    CHECK_EQ(rig->kept[1].refused, 0);
    /* While the backend stalls, nothing has happened either. */
    struct disk_controller_state before = rig->disk.state;
    rig->ready = PHYS_STALL;
    write_command(rig, at(1), DISK_CONNECT, 0, 0, 0);
    CHECK_EQ(store(rig, at(1)), PHYS_STALL);
    CHECK_EQ(rig->issued, 2);
    CHECK(!memcmp(&before, &rig->disk.state, sizeof before));
    rig_free(t, rig);
}

/* Issue a command that must be refused with WANTED, end it, and see the guest told so. */
static void expect_refusal(struct check *t, struct rig *rig, uint32_t opcode, uint32_t block, uint32_t count,
                           uint32_t buffer, uint32_t wanted)
{
    unsigned posts = rig->posts;
    struct disk_controller_state before = rig->disk.state;
    uint64_t number = issue(t, rig, at(200), opcode, block, count, buffer);
    CHECK_EQ(rig->kept[number - 1].refused, wanted);
    CHECK(rig->kept[number - 1].data == NULL);
    CHECK_EQ(status(rig, at(200)), DISK_PENDING); /* told when the backend says, not at the store */
    end_well(rig, number);
    CHECK_EQ(status(rig, at(200)), DISK_ERROR);
    CHECK_EQ(detail(rig, at(200)), wanted);
    CHECK_EQ(rig->posts, posts + 1);
    CHECK(!memcmp(&before, &rig->disk.state, sizeof before));
    CHECK_EQ(rig->told[rig->tolds - 1].number, number);
    CHECK_EQ(rig->told[rig->tolds - 1].detail, wanted);
}

/* Rule 0: not connected, every command but connect ends with error 1, whatever else is wrong with it. */
static void test_rule_0(struct check *t)
{
    struct rig *rig = rig_new();
    for (uint32_t opcode = DISK_READ; opcode <= DISK_DISCONNECT; opcode++)
        expect_refusal(t, rig, opcode, 0, 1, BUFFERS_AT, DISK_NOT_CONNECTED);
    expect_refusal(t, rig, DISK_READ, UINT32_MAX, 0, UINT32_MAX, DISK_NOT_CONNECTED);
    uint64_t number = issue(t, rig, at(0), DISK_CONNECT, 0, 0, 0);
    expect_refusal(t, rig, DISK_FLUSH, 0, 0, 0, DISK_NOT_CONNECTED); /* connecting is not connected */
    end_well(rig, number);
    uint64_t flush = issue(t, rig, at(1), DISK_FLUSH, 0, 0, 0);
    CHECK_EQ(rig->kept[flush - 1].refused, 0);
    rig_free(t, rig);
}

static void test_refusals(struct check *t)
{
    struct rig *rig = connected(t);
    static const struct {
        uint32_t opcode, block, count, buffer, detail;
    } cases[] = {
        {DISK_READ, 0, 0, BUFFERS_AT, DISK_BAD_BLOCK},
        {DISK_READ, 0, 2049, BUFFERS_AT, DISK_BAD_BLOCK},
        {DISK_READ, 0, UINT32_MAX, BUFFERS_AT, DISK_BAD_BLOCK},
        {DISK_WRITE, CAPACITY, 1, BUFFERS_AT, DISK_BAD_BLOCK},
        {DISK_WRITE, CAPACITY - 1, 2, BUFFERS_AT, DISK_BAD_BLOCK},
        {DISK_WRITE, UINT32_MAX, 1, BUFFERS_AT, DISK_BAD_BLOCK},
        {DISK_WRITE, UINT32_MAX, 2, BUFFERS_AT, DISK_BAD_BLOCK},
        {DISK_READ, 0, 1, RAM, DISK_BAD_ADDRESS},
        {DISK_READ, 0, 1, RAM - 511, DISK_BAD_ADDRESS},
        {DISK_READ, 0, 2048, RAM - 2047 * 512, DISK_BAD_ADDRESS},
        {DISK_WRITE, 0, 1, 0xF0000000, DISK_BAD_ADDRESS},
        {DISK_WRITE, 0, 2, UINT32_MAX - 511, DISK_BAD_ADDRESS}, /* wraps */
        {5, 0, 1, BUFFERS_AT, DISK_BAD_BLOCK},
        {UINT32_MAX, 0, 1, BUFFERS_AT, DISK_BAD_BLOCK},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_refusal(t, rig, cases[i].opcode, cases[i].block, cases[i].count, cases[i].buffer, cases[i].detail);
    static const struct {
        uint32_t opcode, block, count, buffer;
    } good[] = {
        {DISK_READ, CAPACITY - 1, 1, RAM - 512},   {DISK_READ, CAPACITY - 2048, 2048, BUFFERS_AT},
        {DISK_WRITE, 0, 1, 3} /* any alignment */, {DISK_WRITE, 0, 2048, RAM - 2048 * 512},
        {DISK_FLUSH, UINT32_MAX, 0, UINT32_MAX},   {DISK_CONNECT, UINT32_MAX, UINT32_MAX, UINT32_MAX},
    };
    for (unsigned i = 0; i < sizeof good / sizeof good[0]; i++) {
        uint64_t number = issue(t, rig, at(100 + i), good[i].opcode, good[i].block, good[i].count, good[i].buffer);
        CHECK_EQ(rig->kept[number - 1].refused, 0);
    }
    rig->capacity = 0; /* no disk */
    expect_refusal(t, rig, DISK_READ, 0, 1, BUFFERS_AT, DISK_BAD_BLOCK);
    rig_free(t, rig);
}

/* A command block is in use until its command ends; the connect's until disconnect. */
static void test_block_reuse(struct check *t)
{
    struct rig *rig = connected(t);
    uint64_t first = issue(t, rig, at(1), DISK_READ, 7, 1, BUFFERS_AT);
    uint64_t again = issue(t, rig, at(1), DISK_WRITE, 7, 1, BUFFERS_AT);
    CHECK_EQ(rig->kept[again - 1].refused, DISK_BAD_ADDRESS);
    uint64_t over_connect = issue(t, rig, at(0), DISK_FLUSH, 0, 0, 0);
    CHECK_EQ(rig->kept[over_connect - 1].refused, DISK_BAD_ADDRESS);
    end_well(rig, first);
    uint64_t free_again = issue(t, rig, at(1), DISK_WRITE, 7, 1, BUFFERS_AT);
    CHECK_EQ(rig->kept[free_again - 1].refused, 0);
    uint64_t second_connect = issue(t, rig, at(1), DISK_CONNECT, 0, 0, 0); /* that block is out there */
    CHECK_EQ(rig->kept[second_connect - 1].refused, DISK_BAD_ADDRESS);
    rig_free(t, rig);
}

/* Up to 32 at a time, ended in any order (Rule 2). */
static void test_thirty_two(struct check *t)
{
    struct rig *rig = connected(t);
    uint64_t numbers[DISK_COMMANDS_MAX];
    for (unsigned i = 0; i < DISK_COMMANDS_MAX; i++) {
        numbers[i] = issue(t, rig, at(1 + i), DISK_WRITE, i, 1, BUFFERS_AT + i * 512);
        CHECK_EQ(rig->kept[numbers[i] - 1].refused, 0);
    }
    expect_refusal(t, rig, DISK_WRITE, 40, 1, BUFFERS_AT, DISK_TOO_MANY);
    expect_refusal(t, rig, DISK_CONNECT, 0, 0, 0, DISK_TOO_MANY);
    struct disk_slot slots[DISK_COMMANDS_MAX];
    CHECK_EQ(disk_controller_outstanding(&rig->disk, slots), DISK_COMMANDS_MAX);
    for (unsigned i = 0; i < DISK_COMMANDS_MAX; i++) {
        CHECK_EQ(slots[i].number, numbers[i]); /* in order of issue */
        CHECK_EQ(slots[i].block, i);
    }
    for (unsigned i = 0; i < DISK_COMMANDS_MAX; i++) {
        unsigned k = (i * 11 + 5) % DISK_COMMANDS_MAX;
        end_well(rig, numbers[k]);
        CHECK_EQ(status(rig, at(1 + k)), DISK_COMPLETED);
        CHECK_EQ(disk_controller_outstanding(&rig->disk, slots), DISK_COMMANDS_MAX - 1 - i);
        if (i % 5 == 0) { /* a freed place serves again, and the order of issue is still known */
            uint64_t number = issue(t, rig, at(100 + i), DISK_FLUSH, 0, 0, 0);
            CHECK_EQ(rig->kept[number - 1].refused, 0);
            unsigned count = disk_controller_outstanding(&rig->disk, slots);
            CHECK_EQ(slots[count - 1].number, number);
            for (unsigned n = 1; n < count; n++)
                CHECK(slots[n - 1].number < slots[n].number);
            end_well(rig, number);
        }
    }
    rig_free(t, rig);
}

/* The command block and a write's data are read at the store: later changes do not matter. */
static void test_taken_at_store(struct check *t)
{
    struct rig *rig = connected(t);
    for (uint32_t i = 0; i < 256; i++)
        phys_store(rig->phys, BUFFERS_AT + i * 4, 4, i * 3);
    uint64_t number = issue(t, rig, at(1), DISK_WRITE, 9, 2, BUFFERS_AT);
    for (uint32_t i = 0; i < 256; i++)
        phys_store(rig->phys, BUFFERS_AT + i * 4, 4, UINT32_MAX);
    write_command(rig, at(1), DISK_READ, 11, 1, 0);
    const struct disk_operation *op = &rig->kept[number - 1];
    CHECK_EQ(op->opcode, DISK_WRITE);
    CHECK_EQ(op->block, 9);
    CHECK_EQ(op->count, 2);
    for (uint32_t i = 0; i < 256; i++)
        CHECK_EQ(be32_load(op->data + i * 4), i * 3);
    rig_free(t, rig);
}

/* Data, then status, then interrupt 5, visible together; nothing before. The tag is never touched. */
static void test_visible_together(struct check *t)
{
    struct rig *rig = connected(t);
    uint64_t number = issue(t, rig, at(1), DISK_READ, 5, 2, BUFFERS_AT);
    memset(rig->kept[number - 1].data, 0x5A, 1024);
    CHECK_EQ(word_at(rig, BUFFERS_AT), 0);
    CHECK_EQ(status(rig, at(1)), DISK_PENDING);
    CHECK_EQ(rig->posts, 0);
    rig->watch = at(1);
    rig->watch_data = BUFFERS_AT + 1020;
    end_well(rig, number);
    CHECK_EQ(rig->posts, 1);
    CHECK_EQ(rig->status_at_post, DISK_COMPLETED);
    CHECK_EQ(rig->data_at_post, 0x5A5A5A5A);
    CHECK_EQ(word_at(rig, BUFFERS_AT + 1024), 0);
    CHECK_EQ(word_at(rig, at(1) + 4), 0xCAFE0000 | at(1));
    /* The DMA is bookkept: the page is dirty, as after a store. */
    phys_clear_dirty(rig->phys, PHYS_DIGEST);
    number = issue(t, rig, at(1), DISK_READ, 5, 1, BUFFERS_AT);
    CHECK(!phys_page_dirty(rig->phys, PHYS_DIGEST, BUFFERS_AT >> PHYS_PAGE_SHIFT));
    end_well(rig, number);
    CHECK(phys_page_dirty(rig->phys, PHYS_DIGEST, BUFFERS_AT >> PHYS_PAGE_SHIFT));
    /* A medium error moves no data. */
    number = issue(t, rig, at(2), DISK_READ, 5, 1, BUFFERS_AT + 0x2000);
    memset(rig->kept[number - 1].data, 0x77, 512);
    end(rig, number, DISK_ERROR, DISK_MEDIUM_ERROR);
    CHECK_EQ(status(rig, at(2)), DISK_ERROR);
    CHECK_EQ(detail(rig, at(2)), DISK_MEDIUM_ERROR);
    CHECK_EQ(word_at(rig, BUFFERS_AT + 0x2000), 0);
    rig_free(t, rig);
}

/* A connect while connected completes: the old block gets 3, nothing is lost. */
static void test_connect_again(struct check *t)
{
    struct rig *rig = connected(t);
    uint64_t write = issue(t, rig, at(1), DISK_WRITE, 5, 1, BUFFERS_AT);
    uint64_t connect = issue(t, rig, at(2), DISK_CONNECT, 0, 0, 0);
    CHECK_EQ(status(rig, at(0)), DISK_COMPLETED); /* until it completes */
    end_well(rig, connect);
    CHECK_EQ(status(rig, at(0)), DISK_DISCONNECTED);
    CHECK_EQ(status(rig, at(2)), DISK_COMPLETED);
    CHECK_EQ(status(rig, at(1)), DISK_PENDING);
    CHECK_EQ(rig->disk.state.connect_block, at(2));
    end_well(rig, write);
    CHECK_EQ(status(rig, at(1)), DISK_COMPLETED);
    end_well(rig, issue(t, rig, at(2), DISK_CONNECT, 0, 0, 0)); /* with its own block */
    CHECK_EQ(status(rig, at(2)), DISK_COMPLETED);
    CHECK_EQ(rig->disk.state.connected, 1);
    rig_free(t, rig);
}

/* Disconnect: outstanding commands and the connect block get 3, itself 1. */
static void test_disconnect(struct check *t)
{
    struct rig *rig = connected(t);
    uint64_t numbers[5];
    for (unsigned i = 0; i < 5; i++)
        numbers[i] = issue(t, rig, at(1 + i), DISK_WRITE, i, 1, BUFFERS_AT);
    uint64_t disconnect = issue(t, rig, at(9), DISK_DISCONNECT, 0, 0, 0);
    rig->watch = at(9);
    end_well(rig, disconnect);
    CHECK_EQ(rig->posts, 1);
    CHECK_EQ(rig->status_at_post, DISK_COMPLETED);
    CHECK_EQ(status(rig, at(0)), DISK_DISCONNECTED);
    CHECK_EQ(rig->tolds, 6);
    for (unsigned i = 0; i < 5; i++) {
        CHECK_EQ(status(rig, at(1 + i)), DISK_DISCONNECTED);
        CHECK_EQ(detail(rig, at(1 + i)), 0);
        CHECK_EQ(rig->told[i].number, numbers[i]); /* oldest first */
        CHECK_EQ(rig->told[i].status, DISK_DISCONNECTED);
    }
    CHECK_EQ(rig->told[5].number, disconnect);
    CHECK_EQ(rig->disk.state.connected, 0);
    /* What the disk says of them later is no longer news: the block may be another command's. */
    phys_store(rig->phys, at(1) + 20, 4, 0x1234);
    end_well(rig, numbers[0]);
    CHECK_EQ(status(rig, at(1)), 0x1234);
    CHECK_EQ(rig->tolds, 6);
    CHECK_EQ(rig->posts, 1);
    expect_refusal(t, rig, DISK_FLUSH, 0, 0, 0, DISK_NOT_CONNECTED);
    rig_free(t, rig);
}

/* The connection is lost (Rule 3): status 3 everywhere, one interrupt; then the guest connects and issues again. */
static void test_lose(struct check *t)
{
    struct rig *rig = connected(t);
    uint64_t read = issue(t, rig, at(1), DISK_READ, 1, 1, BUFFERS_AT);
    uint64_t connect = issue(t, rig, at(2), DISK_CONNECT, 0, 0, 0);
    rig->watch = at(1);
    disk_controller_lose(&rig->disk);
    CHECK_EQ(rig->posts, 1);
    CHECK_EQ(rig->status_at_post, DISK_DISCONNECTED);
    for (unsigned i = 0; i < 3; i++)
        CHECK_EQ(status(rig, at(i)), DISK_DISCONNECTED);
    CHECK_EQ(rig->disk.state.connected, 0);
    end_well(rig, read);
    end_well(rig, connect); /* told disconnected: it cannot connect any more */
    CHECK_EQ(rig->disk.state.connected, 0);
    CHECK_EQ(rig->posts, 1);
    CHECK_EQ(rig->tolds, 2);
    end_well(rig, issue(t, rig, at(0), DISK_CONNECT, 0, 0, 0));
    read = issue(t, rig, at(1), DISK_READ, 1, 1, BUFFERS_AT);
    CHECK_EQ(rig->kept[read - 1].refused, 0);
    end_well(rig, read);
    CHECK_EQ(status(rig, at(1)), DISK_COMPLETED);
    rig_free(t, rig);
    /* Not connected: no block to tell, but the interrupt. */
    rig = rig_new();
    disk_controller_lose(&rig->disk);
    CHECK_EQ(word_at(rig, 20), 0);
    CHECK_EQ(rig->tolds, 0);
    rig_free(t, rig);
}

/* Policy `uncertain`: one command gets 3 and the connection lives on. */
static void test_uncertain(struct check *t)
{
    struct rig *rig = connected(t);
    uint64_t one = issue(t, rig, at(1), DISK_WRITE, 1, 1, BUFFERS_AT);
    uint64_t two = issue(t, rig, at(2), DISK_WRITE, 2, 1, BUFFERS_AT);
    disk_controller_uncertain(&rig->disk, one);
    CHECK_EQ(status(rig, at(1)), DISK_DISCONNECTED);
    CHECK_EQ(status(rig, at(2)), DISK_PENDING);
    CHECK_EQ(status(rig, at(0)), DISK_COMPLETED);
    CHECK_EQ(rig->disk.state.connected, 1);
    CHECK_EQ(rig->posts, 1);
    disk_controller_uncertain(&rig->disk, one); /* no longer outstanding */
    disk_controller_uncertain(&rig->disk, 999);
    disk_controller_uncertain(&rig->disk, 0);
    CHECK_EQ(rig->posts, 1);
    CHECK_EQ(rig->tolds, 1);
    end_well(rig, two);
    CHECK_EQ(status(rig, at(2)), DISK_COMPLETED);
    rig_free(t, rig);
}

static void test_reset(struct check *t)
{
    struct rig *rig = connected(t);
    issue(t, rig, at(1), DISK_FLUSH, 0, 0, 0);
    disk_controller_reset(&rig->disk);
    struct disk_slot slots[DISK_COMMANDS_MAX];
    CHECK_EQ(disk_controller_outstanding(&rig->disk, slots), 0);
    CHECK_EQ(rig->disk.state.connected, 0);
    rig_free(t, rig);
}

int main(int argc, char **argv)
{
    struct check t = check_begin("io.disk_controller", argc, argv);
    test_registers(&t);
    test_command_address(&t);
    test_rule_0(&t);
    test_refusals(&t);
    test_block_reuse(&t);
    test_thirty_two(&t);
    test_taken_at_store(&t);
    test_visible_together(&t);
    test_connect_again(&t);
    test_disconnect(&t);
    test_lose(&t);
    test_uncertain(&t);
    test_reset(&t);
    return check_end(&t);
}

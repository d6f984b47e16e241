/* disk_rules_test.c - the guests' disk driver against a controller that does everything Rules 0 to 3 allow.
 *
 * Hardware manual section 7. The controller here is written from the manual and shares nothing with the emulator's:
 * it ends commands in random order, loses connections (with the connect block's status 3, or without, as after a
 * fail-over that leaves commands uncertain), performs a lost multi-block write for any subset of its blocks, has
 * medium errors, and takes fewer commands than 32 at times. It fails the test if the driver breaks a rule: a command
 * block used twice, a status not 0 at issue, a bad address. The program on top checks every read against what it
 * wrote. Runs under qemu-hppa, because the driver's addresses are 32 bits.
 *
 *     disk_rules_test [SEED [OPERATIONS]]
 */
#include "mock_board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCKS = 512,
    EXTENT_MAX = 8,
    EXTENTS = BLOCKS / EXTENT_MAX,
    BLOCK_WORDS = DISK_BLOCK_BYTES / 4,
    OUTSTANDING_MAX = 40,
    IDLE_MAX = 100000, /* idles in a row without an end of anything: the driver hangs */
};

struct command {
    uint32_t opcode, tag, block, count, buffer;
    volatile uint32_t status, detail;
    uint32_t unused;
};

/* A command that the controller has: what it read at the store. */
struct taken {
    struct command *command;
    struct command copy;
    uint32_t data[EXTENT_MAX * BLOCK_WORDS];
};

static struct {
    uint32_t seed;
    uint32_t medium[BLOCKS][BLOCK_WORDS];
    struct taken taken[OUTSTANDING_MAX];
    unsigned count, limit;
    struct command *connection; /* the connect block in use */
    bool interrupts, pending;
    interrupt_handler handler;
    uint32_t enabled; /* EIEM */
    uint32_t idles;
    uint32_t failovers, uncertain, medium_errors, refused, not_connected, reconnected;
} board;

static _Noreturn void fail(const char *what)
{
    printf("FAILED: %s\n", what);
    exit(1);
}

static uint32_t random_below(uint32_t limit)
{
    board.seed = board.seed * UINT32_C(1664525) + UINT32_C(1013904223);
    return (board.seed >> 8) % limit;
}

static void end_command(unsigned index, uint32_t status, uint32_t detail)
{
    struct command *command = board.taken[index].command;
    command->detail = detail;
    command->status = status;
    board.taken[index] = board.taken[--board.count];
    board.pending = true;
    board.idles = 0;
}

/* Perform a command's blocks that are 1 in MASK. */
static void perform(const struct taken *taken, uint32_t mask)
{
    for (uint32_t i = 0; i < taken->copy.count; i++) {
        uint32_t *on_medium = board.medium[taken->copy.block + i];
        if (taken->copy.opcode == 2 && (mask >> i & 1))
            memcpy(on_medium, &taken->data[i * BLOCK_WORDS], DISK_BLOCK_BYTES);
        if (taken->copy.opcode == 1 && (mask >> i & 1))
            memcpy((void *)(taken->copy.buffer + i * DISK_BLOCK_BYTES), on_medium, DISK_BLOCK_BYTES);
    }
}

/* Everything outstanding gets status 3, performed, partly performed, or not; the connection too if LOSE. */
static void disconnect_all(bool lose)
{
    while (board.count > 0) {
        unsigned index = random_below(board.count);
        perform(&board.taken[index], random_below(3) == 0 ? 0xFFFFFFFF : random_below(256));
        end_command(index, 3, 0);
    }
    if (lose && board.connection) {
        board.connection->status = 3;
        board.connection = NULL;
    }
    board.pending = true;
}

static void end_one(void)
{
    unsigned index = random_below(board.count);
    struct taken *taken = &board.taken[index];
    if (taken->copy.opcode == 0) {
        if (board.connection) {
            board.connection->status = 3;
            board.reconnected++;
        }
        board.connection = taken->command;
        end_command(index, 1, 0);
    } else if (random_below(60) == 0 && taken->copy.opcode != 4) {
        board.medium_errors++;
        end_command(index, 2, 4);
    } else if (taken->copy.opcode == 4) {
        struct command *command = taken->command;
        end_command(index, 1, 0);
        disconnect_all(true);
        command->status = 1;
    } else {
        perform(taken, 0xFFFFFFFF);
        end_command(index, 1, 0);
    }
}

/* Time passes: perhaps something happens. */
static void step(void)
{
    uint32_t what = random_below(100);
    if (what == 0) {
        board.failovers++;
        disconnect_all(true);
    } else if (what == 1) {
        board.uncertain++;
        disconnect_all(false);
    } else if (what == 2) {
        board.limit = 4 + random_below(30);
    } else if (what < 40 && board.count > 0) {
        end_one();
    }
    while (board.interrupts && board.pending && board.handler) {
        board.pending = false;
        board.interrupts = false;
        board.handler(INTERRUPT_DISK);
        board.interrupts = true;
    }
}

void interrupt_connect(unsigned interrupt, interrupt_handler handler)
{
    if (interrupt != INTERRUPT_DISK)
        fail("not the disk's interrupt");
    board.handler = handler;
    board.enabled = handler ? interrupt_mask(interrupt) : 0;
}

uint32_t interrupts_off(void)
{
    step();
    uint32_t old = board.interrupts;
    board.interrupts = false;
    return old;
}

void interrupts_on(void)
{
    board.interrupts = true;
    step();
}

void interrupts_restore(uint32_t old)
{
    if (old & PSW_BIT_I)
        interrupts_on();
}

void interrupts_clear(uint32_t mask)
{
    if (mask & interrupt_mask(INTERRUPT_DISK))
        board.pending = false;
    step();
}

uint32_t interrupts_enabled(void)
{
    return board.enabled;
}

void interrupts_enable(uint32_t mask)
{
    board.enabled = mask;
}

void idle(void)
{
    if (!(board.enabled & interrupt_mask(INTERRUPT_DISK)))
        fail("idle with the disk's interrupt disabled: nothing would end it");
    if (++board.idles > IDLE_MAX)
        fail("the driver waits for something that never comes");
    if (!board.pending && board.count == 0 && board.connection)
        fail("idle with nothing outstanding");
    step();
}

uint32_t load32(uint32_t address)
{
    if (address != DISK_BASE + DISK_CAPACITY)
        fail("load of a wrong register");
    return BLOCKS;
}

/* A command block is issued. */
void store32(uint32_t address, uint32_t value)
{
    struct command *command = (struct command *)value;
    step();
    if (address != DISK_BASE + DISK_COMMAND || value % 32 != 0)
        fail("store to a wrong register, or of a bad address");
    if (command->status != 0)
        fail("status is not 0 at issue");
    if (command == board.connection)
        fail("the connect block is in use");
    for (unsigned i = 0; i < board.count; i++) {
        if (board.taken[i].command == command)
            fail("the command block is outstanding");
    }
    if (board.count == OUTSTANDING_MAX)
        fail("too many");
    struct taken *taken = &board.taken[board.count++];
    taken->command = command;
    taken->copy = *command;
    if (command->opcode == 2)
        memcpy(taken->data, (const void *)command->buffer, command->count * DISK_BLOCK_BYTES);
    if (command->opcode == 0 || command->opcode == 4)
        return;
    if (!board.connection) {
        board.not_connected++;
        end_command(board.count - 1, 2, 1);
    } else if (board.count > board.limit) {
        board.refused++;
        end_command(board.count - 1, 2, 5);
    }
}

/* The program on top: one command at a time on each extent, up to 32 extents at once. */
static struct {
    int slot[EXTENTS]; /* -1: nothing outstanding */
    uint32_t generation[EXTENTS], count[EXTENTS];
    bool reading[EXTENTS];
    uint32_t buffer[EXTENTS][EXTENT_MAX * BLOCK_WORDS];
} program;

static uint32_t content(uint32_t extent, uint32_t generation, uint32_t word)
{
    return extent * 1000003 + generation * 7919 + word;
}

static void start_extent(uint32_t extent)
{
    uint32_t *buffer = program.buffer[extent];
    uint32_t words = EXTENT_MAX * BLOCK_WORDS;
    program.reading[extent] = random_below(2);
    if (program.reading[extent]) {
        memset(buffer, 0xFF, words * 4);
        program.slot[extent] = disk_start_read(extent * EXTENT_MAX, EXTENT_MAX, buffer);
        return;
    }
    program.generation[extent]++;
    for (uint32_t i = 0; i < words; i++)
        buffer[i] = content(extent, program.generation[extent], i);
    program.slot[extent] = disk_start_write(extent * EXTENT_MAX, EXTENT_MAX, buffer);
    if (program.slot[extent] < 0)
        program.generation[extent]--; /* all slots taken: not started */
}

static void end_extent(uint32_t extent)
{
    if (disk_wait(program.slot[extent]) != DISK_OK)
        fail("a command failed");
    program.slot[extent] = -1;
    if (!program.reading[extent])
        return;
    for (uint32_t i = 0; i < EXTENT_MAX * BLOCK_WORDS; i++) {
        uint32_t generation = program.generation[extent];
        if (program.buffer[extent][i] != (generation ? content(extent, generation, i) : 0))
            fail("a read did not find what was written");
    }
}

static uint32_t extent_of(int slot)
{
    for (uint32_t extent = 0; extent < EXTENTS; extent++) {
        if (program.slot[extent] == slot)
            return extent;
    }
    fail("a slot that nobody started");
}

static void run(uint32_t operations)
{
    uint32_t started = 0, slot_count = 0;
    while (started < operations || slot_count > 0) {
        uint32_t extent = random_below(EXTENTS);
        if (started < operations && program.slot[extent] < 0 && random_below(3) > 0) {
            start_extent(extent);
            if (program.slot[extent] >= 0) {
                started++;
                slot_count++;
                continue;
            }
            if (slot_count != DISK_COMMANDS_MAX)
                fail("refused to start with slots free");
        }
        if (random_below(50) == 0 && slot_count < DISK_COMMANDS_MAX && disk_flush() != DISK_OK)
            fail("a flush failed");
        int slot = disk_wait_any();
        if (slot >= 0) {
            end_extent(extent_of(slot));
            slot_count--;
        } else if (slot_count > 0) {
            fail("nothing running, but something was started");
        }
    }
}

int main(int argc, char **argv)
{
    uint32_t seed = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 0) : 1;
    uint32_t operations = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 0) : 3000;
    printf("seed %u, %u operations, polled and by interrupt\n", seed, operations);
    board.seed = seed;
    board.limit = 32;
    for (uint32_t extent = 0; extent < EXTENTS; extent++)
        program.slot[extent] = -1;
    for (int round = 0; round < 2; round++) {
        board.interrupts = round == 1;
        if (disk_open() != BLOCKS)
            fail("capacity");
        run(operations);
        disk_close();
        if (!board.interrupts != (round == 0))
            fail("PSW[I] is not as it was");
    }
    printf("%u connections lost, %u times uncertain, %u connected again while connected, %u not connected, "
           "%u refused, %u medium errors, %u issued again\n",
           board.failovers, board.uncertain, board.reconnected, board.not_connected, board.refused, board.medium_errors,
           disk_reissued());
    if (!board.failovers || !board.uncertain || !board.reconnected || !board.refused || !board.medium_errors)
        fail("the controller was too kind: not everything was tried");
    return 0;
}

/* stubborn.c - wrong: a bad block is tried for ever. */
// says: the terminal has not shown 'block 5 cannot be written
#include <understudy.h>

enum { BLOCKS = 12, WORDS = DISK_BLOCK_BYTES / 4 };

enum opcode { CONNECT, READ, WRITE };

enum status {
    PENDING,     /* the controller has it */
    COMPLETED,   /* Rule 1: it was performed */
    FAILED,      /* it was not; `detail` says why */
    DISCONNECTED /* Rule 3: it may or may not have been performed */
};

enum detail {
    NOT_CONNECTED = 1, /* Rule 0 */
    BAD_BLOCK = 2,
    MEDIUM_ERROR = 4, /* the block cannot be read or written; perhaps another time */
};

/* What the controller reads when its address is stored to DISK_COMMAND. It must not change until its status does. */
struct command {
    uint32_t opcode, tag, block, count, buffer;
    volatile uint32_t status, detail; /* the controller writes these */
    uint32_t unused;
} __attribute__((aligned(32)));

static struct command connection, work;
static uint32_t data[WORDS];

/* Give COMMAND to the controller. */
static void start(struct command *command)
{
    command->detail = 0;
    command->status = PENDING;
    __asm__ volatile("" : : : "memory"); /* what was stored before is in memory */
    store32(DISK_BASE + DISK_COMMAND, (uint32_t)command);
}

/* Wait until the controller has ended COMMAND. */
static void await(const struct command *command)
{
    while (command->status == PENDING) {
        interrupts_enable(interrupt_mask(INTERRUPT_DISK));
        if (command->status == PENDING)
            idle();
        interrupts_clear(interrupt_mask(INTERRUPT_DISK));
    }
}

static bool connected;

/* Read block BLOCK into `data`, or write it from there. True if that was performed, for certain; false if the disk
 * cannot do it. */
static bool perform(enum opcode opcode, uint32_t block)
{
    do {
        if (!connected || connection.status != COMPLETED) {
            connection = (struct command){.opcode = CONNECT};
            start(&connection);
            await(&connection);
            connected = true;
        }
        work = (struct command){.opcode = opcode, .block = block, .count = 1, .buffer = (uint32_t)data};
        start(&work);
        await(&work);
    } while (work.status != COMPLETED);
    return true;
}

int main(void)
{
    uint32_t sum = 0, wanted = 0;
    if (load32(DISK_BASE + DISK_CAPACITY) < 1 + BLOCKS)
        return 3;
    for (uint32_t block = 1; block <= BLOCKS; block++) {
        for (uint32_t i = 0; i < WORDS; i++)
            data[i] = block * block + i;
        wanted += data[0];
        if (!perform(WRITE, block)) {
            printf("block %u cannot be written\n", block);
            return 4;
        }
        printf("block %u is written\n", block);
    }
    for (uint32_t block = 1; block <= BLOCKS; block++) {
        memset(data, 0, sizeof data);
        if (!perform(READ, block)) {
            printf("block %u cannot be read\n", block);
            return 4;
        }
        sum += data[0];
    }
    printf("sum %u of %u\n", sum, wanted);
    return sum == wanted ? 0 : 1;
}

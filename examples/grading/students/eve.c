/* eve.c - wrong: it drives the controller itself, and takes a lost connection for the end of the world. */
#include <understudy.h>

enum { CONTROLLER = 0xFFF82000, ISSUE = 8, CONNECT = 0, WRITE = 2, COMPLETED = 1 };

static struct command {
    uint32_t opcode, tag, block, count, buffer;
    volatile uint32_t status;
    uint32_t detail, filler;
} command[2] __attribute__((aligned(32)));

static uint32_t block[DISK_BLOCK_BYTES / 4];

/* Command 0 is the connection, whose block stays in use. */
static bool perform(struct command *at)
{
    at->count = 1;
    at->buffer = (uint32_t)block;
    at->status = 0;
    store32(CONTROLLER + ISSUE, (uint32_t)at);
    while (!at->status)
        continue;
    return at->status == COMPLETED;
}

int main(void)
{
    uint32_t number = 0;
    bool digits = false;
    command[0].opcode = CONNECT;
    command[1].opcode = WRITE;
    if (!perform(&command[0]))
        return 3;
    for (;;) {
        int byte = console_get();
        if (byte < 0)
            continue;
        if (byte != '\n') {
            number = number * 10 + (uint32_t)(byte - '0');
            digits = true;
            continue;
        }
        if (!digits)
            return 0;
        block[0] += number;
        if (!perform(&command[1]))
            return 4;
        printf("%u\n", block[0]);
        number = 0;
        digits = false;
    }
}

/* driver.c - the disk's driver, in two layers (hardware manual section 7; WO 93/09494, Rules 0 to 3).
 *
 * Above, the driver: which commands the program has issued, whether there is a connection, what to issue again. It
 * changes by the program's system calls and by delivered interrupts only, so it is equal on both computers; it is what
 * keeps track of the outstanding operations of a backup (claim 7). Below, the controller of this computer: its command
 * blocks, and the buffers in which reads wait for the end of their epoch. A backup's I/O is a no-op: nothing below.
 */
#include "alternate.h"

enum opcode { OP_CONNECT, OP_READ, OP_WRITE, OP_FLUSH };
enum { STATUS_COMPLETED = 1, STATUS_ERROR, STATUS_DISCONNECTED };
enum { DETAIL_NOT_CONNECTED = 1 };

enum slot_state {
    SLOT_FREE,
    SLOT_WAITING, /* to be issued (again) when there is a connection */
    SLOT_ISSUED,
    SLOT_ENDED,
};

struct slot {
    enum slot_state state;
    uint32_t opcode, block, count, buffer;
    uint32_t result;
};

static struct {
    struct slot slots[SLOTS];
    bool used, connected, connecting;
} driver;

struct command {
    uint32_t opcode, tag, block, count, buffer;
    volatile uint32_t status, detail;
    uint32_t unused;
} __attribute__((aligned(32)));

static struct {
    struct command commands[SLOTS + 1];
    bool issued[SLOTS + 1]; /* and its end not yet seen */
    uint32_t data[SLOTS]
                 [SLOT_BLOCKS_MAX * DISK_BLOCK_BYTES / 4]; /* where reads go: the program must not see them yet */
} controller;

/* ---- below ---- */

static void controller_issue(uint32_t index)
{
    struct command *command = &controller.commands[index];
    if (!is_live())
        return;
    if (index == SLOT_CONNECT) {
        command->opcode = OP_CONNECT;
    } else {
        const struct slot *slot = &driver.slots[index];
        command->opcode = slot->opcode;
        command->block = slot->block;
        command->count = slot->count;
        command->buffer = slot->opcode == OP_READ ? (uint32_t)controller.data[index] : slot->buffer;
    }
    command->status = command->detail = 0;
    controller.issued[index] = true;
    __asm__ volatile("" : : : "memory");
    store32(DISK_BASE + DISK_COMMAND, (uint32_t)command);
}

const struct interrupt *controller_ended(struct interrupts *interrupts)
{
    for (uint32_t i = 0; i <= SLOT_CONNECT; i++) {
        const struct command *command = &controller.commands[i];
        if (!controller.issued[i] || !command->status)
            continue;
        controller.issued[i] = false;
        struct interrupt *interrupt = &interrupts->at[interrupts->count++];
        *interrupt = (struct interrupt){CLASS_DISK, i, command->status, command->detail, 0, 0};
        if (command->opcode == OP_READ && command->status == STATUS_COMPLETED) {
            interrupt->words = command->count * (DISK_BLOCK_BYTES / 4);
            memcpy(interrupts->data[i], controller.data[i], command->count * DISK_BLOCK_BYTES);
        }
        return interrupt;
    }
    return NULL;
}

/* ---- above ---- */

static void connect(void)
{
    driver.connected = false;
    driver.connecting = true;
    controller_issue(SLOT_CONNECT);
}

static void issue_waiting(void)
{
    for (uint32_t i = 0; i < SLOTS; i++) {
        if (driver.slots[i].state == SLOT_WAITING) {
            driver.slots[i].state = SLOT_ISSUED;
            controller_issue(i);
        }
    }
}

void driver_start(void)
{
    driver.used = true;
    connect();
}

int driver_command(uint32_t opcode, uint32_t block, uint32_t count, uint32_t buffer)
{
    for (uint32_t i = 0; i < SLOTS; i++) {
        if (driver.slots[i].state != SLOT_FREE)
            continue;
        driver.slots[i] = (struct slot){SLOT_WAITING, opcode, block, count, buffer, 0};
        if (driver.connected)
            issue_waiting();
        return (int)i;
    }
    return -1;
}

bool driver_ended(uint32_t slot, uint32_t *result)
{
    if (driver.slots[slot].state != SLOT_ENDED)
        return false;
    *result = driver.slots[slot].result;
    driver.slots[slot].state = SLOT_FREE;
    return true;
}

static void end(uint32_t index, uint32_t result, const uint32_t *data, uint32_t words)
{
    struct slot *slot = &driver.slots[index];
    slot->state = SLOT_ENDED;
    slot->result = result;
    memcpy((void *)slot->buffer, data, words * 4);
}

/* Rule 3: what is outstanding may or may not have been performed. Connect, and issue it again. */
static void disconnected(void)
{
    for (uint32_t i = 0; i < SLOTS; i++) {
        if (driver.slots[i].state == SLOT_ISSUED)
            driver.slots[i].state = SLOT_WAITING;
    }
    if (driver.used)
        connect();
}

void driver_interrupt(const struct interrupt *interrupt, const uint32_t *data)
{
    if (interrupt->interrupt_class == CLASS_DISCONNECTED) {
        disconnected();
    } else if (interrupt->slot == SLOT_CONNECT) {
        driver.connecting = false;
        driver.connected = interrupt->status == STATUS_COMPLETED;
        if (driver.connected)
            issue_waiting();
        else
            connect();
    } else if (interrupt->status == STATUS_COMPLETED) {
        end(interrupt->slot, 0, data, interrupt->words);
    } else if (interrupt->status == STATUS_DISCONNECTED || interrupt->detail == DETAIL_NOT_CONNECTED) {
        driver.slots[interrupt->slot].state = SLOT_WAITING;
        if (!driver.connecting)
            connect();
    } else {
        end(interrupt->slot, interrupt->detail, data, 0);
    }
}

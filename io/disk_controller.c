/* disk_controller.c - see disk_controller.h. */
#include "io/disk_controller.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/base/bits.h"
#include "mmu/base/memory.h"

enum { REG_IDENTITY = 0, REG_CAPACITY = 4, REG_COMMAND = 8 };
enum { WORD_OPCODE = 0, WORD_BLOCK = 8, WORD_COUNT = 12, WORD_BUFFER = 16, WORD_STATUS = 20 };

#define STATE struct disk_controller_state
static const struct state_field disk_fields[] = {
    STATE_SCALAR(STATE, connected, "1 while connected"),
    STATE_SCALAR(STATE, connect_block, "address of the connect command's block"),
    STATE_MEMBERS(STATE, slots, number, "outstanding command's number, 0: free"),
    STATE_MEMBERS(STATE, slots, command, "address of its block"),
    STATE_MEMBERS(STATE, slots, opcode, "its opcode"),
    STATE_MEMBERS(STATE, slots, block, "its first block"),
    STATE_MEMBERS(STATE, slots, count, "its number of blocks"),
    STATE_MEMBERS(STATE, slots, buffer, "its buffer's address"),
};
#undef STATE
const struct state_table disk_controller_state_table = {"disk controller", disk_fields,
                                                        sizeof disk_fields / sizeof disk_fields[0]};

void disk_controller_reset(struct disk_controller *controller)
{
    memset(&controller->state, 0, sizeof controller->state);
}

void disk_controller_init(struct disk_controller *controller, struct phys *phys, const struct disk_backend *backend,
                          void *backend_arg, struct irq_line irq)
{
    controller->phys = phys;
    controller->backend = backend;
    controller->backend_arg = backend_arg;
    controller->irq = irq;
    disk_controller_reset(controller);
}

static struct disk_slot *slot_by_number(struct disk_controller_state *s, uint64_t number)
{
    for (unsigned i = 0; i < DISK_COMMANDS_MAX; i++)
        if (s->slots[i].number == number)
            return &s->slots[i];
    return NULL;
}

/* Is the block at COMMAND in use by an outstanding command, or by the connect in force? */
static bool block_in_use(const struct disk_controller_state *s, const struct disk_operation *op)
{
    for (unsigned i = 0; i < DISK_COMMANDS_MAX; i++)
        if (s->slots[i].number && s->slots[i].command == op->command)
            return true;
    /* A guest may connect again with the block of the connect in force: that one ends as the new one completes. */
    return s->connected && s->connect_block == op->command && op->opcode != DISK_CONNECT;
}

static bool in_ram(struct disk_controller *controller, uint32_t address, uint32_t size_bytes)
{
    uint32_t ram = phys_ram_bytes(controller->phys);
    return size_bytes <= ram && address <= ram - size_bytes;
}

/* What is wrong with OP, as the controller sees it: an enum disk_detail, 0 if nothing. An unknown opcode is answered
 * as a bad block: no command of that kind has a place on the disk. */
static uint32_t refuse(struct disk_controller *controller, const struct disk_operation *op, bool free_slot)
{
    const struct disk_controller_state *s = &controller->state;
    uint32_t capacity = controller->backend->capacity_blocks(controller->backend_arg);
    if (op->opcode != DISK_CONNECT && !s->connected)
        return DISK_NOT_CONNECTED; /* Rule 0 */
    if (block_in_use(s, op))
        return DISK_BAD_ADDRESS;
    if (!free_slot)
        return DISK_TOO_MANY;
    if (op->opcode > DISK_DISCONNECT)
        return DISK_BAD_BLOCK;
    if (op->opcode == DISK_READ || op->opcode == DISK_WRITE) {
        if (op->count < 1 || op->count > DISK_COUNT_MAX || op->count > capacity || op->block > capacity - op->count)
            return DISK_BAD_BLOCK;
        if (!in_ram(controller, op->buffer, op->count * DISK_BLOCK_BYTES))
            return DISK_BAD_ADDRESS;
    }
    return DISK_DETAIL_NONE;
}

static void fetch_command(struct disk_controller *controller, uint32_t address, struct disk_operation *op)
{
    uint8_t words[DISK_COMMAND_BYTES];
    bool there = phys_dma_read(controller->phys, address, words, sizeof words);
    assert(there); /* checked before */
    memset(op, 0, sizeof *op);
    op->command = address;
    op->opcode = be32_load(words + WORD_OPCODE);
    op->block = be32_load(words + WORD_BLOCK);
    op->count = be32_load(words + WORD_COUNT);
    op->buffer = be32_load(words + WORD_BUFFER);
}

static void take_data(struct disk_controller *controller, struct disk_operation *op)
{
    uint32_t size = disk_data_bytes(op);
    if (!size)
        return;
    op->data = calloc(1, size);
    memory_need(op->data);
    if (op->opcode == DISK_WRITE)
        phys_dma_read(controller->phys, op->buffer, op->data, size);
}

static enum phys_result store_command(struct disk_controller *controller, uint32_t address)
{
    struct disk_controller_state *s = &controller->state;
    struct disk_operation op;
    if (address % DISK_COMMAND_BYTES || !in_ram(controller, address, DISK_COMMAND_BYTES))
        return PHYS_NOTHING;
    enum phys_result ready = controller->backend->output_ready(controller->backend_arg);
    if (ready != PHYS_OK)
        return ready;
    fetch_command(controller, address, &op);
    op.number = controller->backend->next_number(controller->backend_arg);
    struct disk_slot *slot = slot_by_number(s, 0);
    op.refused = refuse(controller, &op, slot != NULL);
    if (!op.refused) {
        take_data(controller, &op);
        *slot = (struct disk_slot){op.number, op.command, op.opcode, op.block, op.count, op.buffer};
    }
    controller->backend->issue(controller->backend_arg, &op);
    return PHYS_OK;
}

static enum phys_result disk_load(void *device, uint32_t offset, unsigned size_bytes, uint32_t *value)
{
    struct disk_controller *controller = device;
    if (size_bytes != 4)
        return PHYS_NOTHING;
    switch (offset) {
    case REG_IDENTITY:
        *value = DISK_CONTROLLER_IDENTITY;
        return PHYS_OK;
    case REG_CAPACITY:
        *value = controller->backend->capacity_blocks(controller->backend_arg);
        return PHYS_OK;
    default:
        *value = 0; /* +8 is only stored to */
        return PHYS_OK;
    }
}

static enum phys_result disk_store(void *device, uint32_t offset, unsigned size_bytes, uint32_t value)
{
    if (size_bytes != 4)
        return PHYS_NOTHING;
    return offset == REG_COMMAND ? store_command(device, value) : PHYS_OK;
}

const struct phys_device_ops disk_controller_ops = {disk_load, disk_store};

static void write_status(struct disk_controller *controller, uint32_t command, uint32_t status, uint32_t detail)
{
    uint8_t words[8];
    be32_store(words, status);
    be32_store(words + 4, detail);
    phys_dma_write(controller->phys, command + WORD_STATUS, words, sizeof words);
}

/* Status 3 to an outstanding command: Rule 3, it may or may not have been performed. */
static void end_disconnected(struct disk_controller *controller, struct disk_slot *slot)
{
    struct disk_completion end = {
        .number = slot->number, .command = slot->command, .opcode = slot->opcode, .status = DISK_DISCONNECTED};
    write_status(controller, slot->command, DISK_DISCONNECTED, DISK_DETAIL_NONE);
    memset(slot, 0, sizeof *slot);
    controller->backend->told(controller->backend_arg, &end);
}

/* End every outstanding command, oldest first. */
static void end_all_disconnected(struct disk_controller *controller)
{
    struct disk_slot slots[DISK_COMMANDS_MAX];
    unsigned count = disk_controller_outstanding(controller, slots);
    for (unsigned i = 0; i < count; i++)
        end_disconnected(controller, slot_by_number(&controller->state, slots[i].number));
}

static void end_connection(struct disk_controller *controller)
{
    if (controller->state.connected)
        write_status(controller, controller->state.connect_block, DISK_DISCONNECTED, DISK_DETAIL_NONE);
    controller->state.connected = 0;
    controller->state.connect_block = 0;
}

void disk_controller_complete(struct disk_controller *controller, const struct disk_completion *end)
{
    struct disk_controller_state *s = &controller->state;
    struct disk_slot *slot = slot_by_number(s, end->number);
    bool refused = end->status == DISK_ERROR && end->detail != DISK_MEDIUM_ERROR;
    if (!slot && !refused)
        return;
    if (slot)
        memset(slot, 0, sizeof *slot);
    if (end->status == DISK_COMPLETED) {
        if (end->size_bytes)
            phys_dma_write(controller->phys, end->buffer, end->data, end->size_bytes);
        if (end->opcode == DISK_CONNECT) {
            end_connection(controller); /* a connect while connected: the old block gets 3, nothing is lost */
            s->connected = 1;
            s->connect_block = end->command;
        } else if (end->opcode == DISK_DISCONNECT) {
            end_all_disconnected(controller);
            end_connection(controller);
        }
    }
    write_status(controller, end->command, end->status, end->detail);
    controller->backend->told(controller->backend_arg, end);
    irq_post(&controller->irq, IRQ_DISK);
}

void disk_controller_lose(struct disk_controller *controller)
{
    end_all_disconnected(controller);
    end_connection(controller);
    irq_post(&controller->irq, IRQ_DISK);
}

void disk_controller_uncertain(struct disk_controller *controller, uint64_t number)
{
    struct disk_slot *slot = number ? slot_by_number(&controller->state, number) : NULL;
    if (!slot)
        return;
    end_disconnected(controller, slot);
    irq_post(&controller->irq, IRQ_DISK);
}

static int by_number(const void *a, const void *b)
{
    uint64_t left = ((const struct disk_slot *)a)->number, right = ((const struct disk_slot *)b)->number;
    return left < right ? -1 : left > right;
}

unsigned disk_controller_outstanding(const struct disk_controller *controller, struct disk_slot *slots)
{
    unsigned count = 0;
    for (unsigned i = 0; i < DISK_COMMANDS_MAX; i++)
        if (controller->state.slots[i].number)
            slots[count++] = controller->state.slots[i];
    qsort(slots, count, sizeof slots[0], by_number);
    return count;
}

/* disk_controller.h - the disk controller that a guest sees: connect, completed, disconnected (docs/board.md, "Disk
 * controller").
 *
 * Rules 0-3 of WO 93/09494 as guests may rely on them. The controller takes commands and says what became of them; who
 * performs them, and when their end becomes visible, is its backend's business: at once on a bare board, at the end of
 * an epoch under a VMM. `connected` is the state that the guest can have seen: true from the end of a connect command.
 */
#ifndef US_IO_DISK_CONTROLLER_H
#define US_IO_DISK_CONTROLLER_H

#include <stdbool.h>
#include <stdint.h>

#include "io/disk_operation.h"
#include "io/irq.h"
#include "mmu/phys.h"
#include "mmu/base/state.h"

#define DISK_CONTROLLER_BASE     UINT32_C(0xFFF82000)
#define DISK_CONTROLLER_IDENTITY UINT32_C(0x55534431)
enum { DISK_CONTROLLER_WINDOW_BYTES = 12, DISK_COMMAND_BYTES = 32 };

struct disk_slot {
    uint64_t number;  /* 0: free */
    uint32_t command; /* physical address of its block */
    uint32_t opcode, block, count, buffer;
};

struct disk_controller_state {
    uint32_t connected;
    uint32_t connect_block;                    /* address of the block of the connect in force */
    struct disk_slot slots[DISK_COMMANDS_MAX]; /* outstanding, in no order; see `number` */
};
extern const struct state_table disk_controller_state_table;

struct disk_backend {
    uint32_t (*capacity_blocks)(void *arg);
    uint64_t (*next_number)(void *arg);          /* of the command that is about to be issued */
    enum phys_result (*output_ready)(void *arg); /* PHYS_STALL: not yet, and nothing has happened */
    /* Take the command; owns op->data from here. If op->refused is not 0, only its end is to be delivered. */
    void (*issue)(void *arg, const struct disk_operation *op);
    /* The guest's command OP ended so (also for each command that a disconnection ends). For the history. */
    void (*told)(void *arg, const struct disk_completion *end);
};

struct disk_controller {
    struct disk_controller_state state;
    struct phys *phys;
    const struct disk_backend *backend;
    void *backend_arg;
    struct irq_line irq;
};

extern const struct phys_device_ops disk_controller_ops;

void disk_controller_init(struct disk_controller *controller, struct phys *phys, const struct disk_backend *backend,
                          void *backend_arg, struct irq_line irq);
void disk_controller_reset(struct disk_controller *controller);

/* The end of a command: its data, its status, then interrupt 5, all visible together. A completion of a command that is
 * no longer outstanding is ignored (it was told `disconnected` before). */
void disk_controller_complete(struct disk_controller *controller, const struct disk_completion *end);
/* The connection is lost: status 3 to the connect block and to every command outstanding, interrupt 5. */
void disk_controller_lose(struct disk_controller *controller);
/* Status 3 to one outstanding command; the connection lives on (policy `uncertain`). */
void disk_controller_uncertain(struct disk_controller *controller, uint64_t number);
/* The outstanding commands in the order in which they were issued; returns how many. SLOTS has DISK_COMMANDS_MAX. */
unsigned disk_controller_outstanding(const struct disk_controller *controller, struct disk_slot *slots);

#endif

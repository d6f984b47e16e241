/* board.h - what a guest sees: a processor, memory, and the board's devices (board.md section 4).
 *
 * A bare computer and a virtual processor are both a board; they differ in what is below it. Everything that can come
 * in from below, or go out, goes through `struct below`: attached to the devices of the world at once (bare.c), or to
 * the virtual machine monitor (vmm.c). A board's state is everything that two replicas must have in common.
 */
#ifndef US_FT_BOARD_H
#define US_FT_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/cpu.h"
#include "ft/settings.h"
#include "io/disk_controller.h"
#include "io/system_controller.h"
#include "io/uart.h"

enum output_kind { OUTPUT_DISK, OUTPUT_TERMINAL, OUTPUT_POWER, OUTPUT_RESET };

struct below {
    /* Environment instructions: the guest's clock in picoseconds since the world's start. May stall. */
    enum phys_result (*clock_read)(void *arg, uint64_t *time_ps);
    void (*timer_set)(void *arg); /* the interval timer's compare value changed */
    /* Outputs. output_ready is asked first and may stall; then exactly one of the others follows. */
    enum phys_result (*output_ready)(void *arg, enum output_kind kind);
    void (*terminal_put)(void *arg, uint64_t number, uint8_t byte);
    void (*disk_issue)(void *arg, const struct disk_operation *op);
    void (*power_off)(void *arg, uint8_t status);
    void (*reset)(void *arg);
    void (*disk_told)(void *arg, const struct disk_completion *end);
    void (*input_wanted)(void *arg); /* the guest has just begun to listen */
    uint32_t (*disk_blocks)(void *arg);
    /* The delayed-trap unit's hardware. */
    uint32_t (*trap_delay)(void *arg);
    void (*trap_delivered)(void *arg, unsigned destination, unsigned trap_class);
    enum phys_result (*drain)(void *arg);
};

/* What the board itself counts. */
struct board_state {
    uint64_t terminal_out; /* bytes output so far: the number of the last one */
    uint64_t terminal_in;  /* bytes of input taken into the port's FIFO so far */
    uint64_t outputs;      /* outputs of any kind so far */
};
extern const struct state_table board_state_table;

struct board {
    struct board_state state;
    struct cpu *cpu;
    const struct cpu_state *cpu_state; /* of cpu */
    struct phys *phys;
    struct uart uart;
    struct disk_controller disk;
    struct system_controller system;
    uint64_t clock_hz;
    uint32_t entry;
    const struct below *below;
    void *below_arg;
    struct digest *digest; /* what board_digest knows already (digest.h) */
};

/* A board at power-on. NULL if the host has no memory. */
struct board *board_new(uint32_t ram_bytes, const struct settings *settings, const struct cpu_config *cpu,
                        const struct below *below, void *below_arg);
void board_free(struct board *board);
/* The guest's image is in RAM: start at ENTRY. */
void board_enter(struct board *board, uint32_t entry);

/* Deliver a byte of terminal input. */
void board_receive(struct board *board, uint8_t byte);
/* Hash of all state that replicas must share. */
uint64_t board_digest(struct board *board);

/* The state structs of a board with their tables, for digest, compare and save; NULL table at the end. */
struct board_part {
    const struct state_table *table;
    void *at;
};
enum { BOARD_PARTS = 6 };
unsigned board_parts(struct board *board, struct board_part *parts);

#endif

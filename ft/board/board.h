/* board.h - what a guest sees: processors, memory, and the board's devices (docs/board.md).
 *
 * A bare computer and a virtual processor are both a board; they differ in its host: whoever
 * carries it (host.h). A board's state is everything that two replicas must have in common.
 *
 * A bare board may have several processors (docs/board.md, "Several processors"): they take turns, one instruction
 * each. Processor 0 is the board's clock: its instruction count is the guest's, and devices interrupt it.
 */
#ifndef US_FT_BOARD_BOARD_H
#define US_FT_BOARD_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/cpu.h"
#include "ft/board/host.h"
#include "ft/settings.h"
#include "io/channel_port.h"
#include "io/disk_controller.h"
#include "io/display.h"
#include "io/system_controller.h"
#include "io/uart.h"
#include "io/virtio_slots.h"

/* What the board itself counts. */
struct board_state {
    uint64_t terminal_out;    /* bytes output so far: the number of the last one */
    uint64_t terminal_in;     /* bytes of input taken so far */
    uint64_t events_in;       /* events of keyboard and pointer taken so far */
    uint64_t frames_out;      /* frames sent to the network so far: the number of the last one */
    uint64_t frames_in;       /* the number of the next frame to take from it */
    uint64_t outputs;         /* outputs of any kind so far */
    uint64_t disk_operations; /* to any disk so far: the number of the last one */
};
extern const struct state_table board_state_table;

/* Of a board with several processors. */
struct turns_state {
    uint32_t turn;    /* the processor whose instruction is next */
    uint32_t waiting; /* bit n: processor n has not been started (1 << n) */
};
extern const struct state_table turns_state_table;

struct board_processor {
    struct board *board;
    struct cpu *cpu;
    unsigned index;
};

enum { BOARD_LOG_LINES_MAX = 16 }; /* of the processors' log that are told */

struct board {
    struct board_state state;
    struct cpu *cpu;                   /* processor 0 */
    const struct cpu_state *cpu_state; /* of cpu */
    struct board_processor processor[BOARD_PROCESSORS_MAX];
    unsigned processors;
    struct turns_state turns;
    struct cpu *running; /* the processor that executes, or did so last */
    unsigned logged;     /* lines told so far */
    struct phys *phys;
    struct uart uart;
    struct disk_controller disk;
    struct virtio_slots virtio;
    struct system_controller system;
    struct display display;
    struct channel_port port; /* of a bare computer; port.backend is NULL where there is none */
    uint64_t clock_hz;
    uint32_t entry;
    const struct host *host;
    void *host_arg;
    struct digest *digest;  /* what board_digest knows already (digest.h) */
    struct page_map memory; /* as board_memory last saw it */
};

/* A board at power-on, with a device of kind VIRTIO[n] in virtio slot n. The pages of its maps are in STORE, which
 * outlives it. NULL if the host has no memory. */
struct board *board_new(uint32_t ram_bytes, const struct settings *settings, const enum virtio_kind *virtio,
                        const struct cpu_config *cpu, const struct host *host, void *host_arg,
                        struct page_store *store);
/* A bare computer's channel port, at END (0 or 1) of the channel. False if the host has no memory. */
bool board_add_channel_port(struct board *board, unsigned end, const struct channel_port_backend *backend, void *arg);
void board_free(struct board *board);
/* The guest's image is in RAM: start at ENTRY. */
void board_enter(struct board *board, uint32_t entry);
/* The tick after SEEN_TICKS at which the interval timer of PROCESSOR matches next. */
uint64_t board_timer_match(const struct board *board, unsigned processor, uint64_t seen_ticks);
/* Has the interval timer of processor 0 come due between *SEEN_TICKS and the time CLOCK_PS of its clock? *SEEN_TICKS
 * becomes that time. For boards whose timer is looked at now and then. */
bool board_timer_due(const struct board *board, uint64_t clock_ps, uint64_t *seen_ticks);

/* Run until processor 0 has executed LIMIT_INSNS (> 0) more instructions and the others have had their turns, or
 * something of cpu.h's comes first: at the processor `running`. The same as cpu_run where there is one processor. */
enum cpu_stop board_run(struct board *board, uint64_t limit_insns);

/* From a callback: leave board_run after the current instruction. */
static inline void board_request_stop(struct board *board)
{
    cpu_request_stop(board->running);
}

/* Terminal input goes to a virtio console that takes it, else to the console port. Does the guest listen, how many
 * bytes can it take now, how long does the line need for one? Deliver a byte. */
bool board_listening(struct board *board);
unsigned board_input_room(struct board *board);
/* How many more bytes does its port want before it interrupts for a full load of them? At least one. */
unsigned board_input_wanted(struct board *board);
uint64_t board_byte_time_ps(struct board *board);
/* From the moment at which it begins to listen: how long until the first byte? */
uint64_t board_input_delay_ps(struct board *board);
void board_receive(struct board *board, uint8_t byte);
/* The external interrupt that the guest has of a byte that is delivered now, as a bit of EIRR; 0: none. */
uint32_t board_input_external_bits(struct board *board);
/* The same for keyboard and pointer: does the guest listen to them, how many events can it take now? Deliver one. */
bool board_listening_to_events(const struct board *board);
unsigned board_events_room(const struct board *board);
void board_receive_event(struct board *board, uint32_t event);
/* And to the network: does it take frames, how many can it take now? Deliver frame NUMBER. */
bool board_listening_to_frames(struct board *board);
unsigned board_frames_room(struct board *board);
void board_receive_frame(struct board *board, uint64_t number, const uint8_t *bytes, uint32_t size);
/* Memory as it is now (mmu/phys.h), as a map of the pages that are not zero: costs what was written since it was last
 * asked for. */
const struct page_map *board_memory(struct board *board);
/* Let the next board_memory find less to do: at most COUNT pages that have changed, from page *FROM on, are looked at
 * now, and *FROM is where to go on. True: there are no more behind it. */
bool board_memory_some(struct board *board, uint32_t *from, unsigned count);
/* The board without memory: what a computer that joins is sent (join.c). */
void board_visit_devices(struct board *board, struct visit *visit);
/* All of it. */
void board_visit(struct board *board, struct visit *visit);
/* Deliver the end of a disk operation; or only a read's data, ahead of the rest. */
void board_disk_complete(struct board *board, const struct disk_completion *end);
void board_disk_data(struct board *board, const struct disk_completion *end);
/* Hash of all state that replicas must share. */
uint64_t board_digest(struct board *board);

/* The state structs of a board with their tables, for digest, compare and save; NULL table at the end. */
struct board_part {
    const struct state_table *table;
    void *at;
};
enum { BOARD_PARTS = 7 + 2 + 2 * (BOARD_PROCESSORS_MAX - 1) + 2 * VIRTIO_SLOTS }; /* at most */
unsigned board_parts(struct board *board, struct board_part *parts);

/* The numbers of all disk operations outstanding, in order of issue; returns how many. */
enum { BOARD_OUTSTANDING_MAX = DISK_COMMANDS_MAX + VIRTIO_SLOTS * VIRTIO_QUEUE_NUM_MAX };
unsigned board_outstanding(struct board *board, uint64_t numbers[BOARD_OUTSTANDING_MAX]);
/* Every connection of the disk controller is lost (status 3, interrupt 5), if there is one or a command outstanding;
 * every virtio command is uncertain. */
void board_lose(struct board *board);
/* What is outstanding becomes uncertain; connections live on. */
void board_uncertain(struct board *board);
/* Does the driver of disk DEVICE know how to issue a command again? Else the VMM must. */
bool board_retries(struct board *board, unsigned device);

/* Private to the board (board_ports.c). */
void board_virtio_init(struct board *board, const enum virtio_kind *virtio, struct irq_line irq);
/* A line of the log: a guest that does it once may do it a million times, only the first are told. */
void board_log(struct board *board, const char *line);
/* COUNT bytes to the terminal. */
void board_terminal_put(struct board *board, const uint8_t *bytes, size_t size);

#endif

/* channel_port.h - the channel port of a bare computer: its end of a FIFO to the other computer (docs/board.md,
 * "Channel port"), for guests that do the work of WO 93/09494 themselves, without a monitor below (claims 5 to 8 and 13
 * to 16).
 *
 * Words that have arrived wait in the port until the guest takes them. What is beyond the port - the line, the fault
 * monitor, the arbiter - is its backend's business. Interrupt 7 is posted when a word arrives in an empty FIFO, and
 * when the other computer is reported failed; the guest sees the failure only after it has taken the last word.
 */
#ifndef US_IO_CHANNEL_PORT_H
#define US_IO_CHANNEL_PORT_H

#include <stdint.h>

#include "io/irq.h"
#include "mmu/base/hard.h"
#include "mmu/phys.h"
#include "mmu/base/state.h"

#define CHANNEL_PORT_BASE     UINT32_C(0xFFF86000)
#define CHANNEL_PORT_IDENTITY UINT32_C(0x55534331)
enum { CHANNEL_PORT_WINDOW_BYTES = 40, CHANNEL_PORT_WORDS = HARD(4096, 2) };

enum channel_port_taken { CHANNEL_PORT_NOT_ASKED, CHANNEL_PORT_WON, CHANNEL_PORT_LOST };

struct channel_port_state {
    uint32_t first, count; /* of what waits in `words`, a ring */
    uint32_t failed;       /* 1: the other computer has been reported failed */
    uint32_t arbiter;      /* enum channel_port_taken: what the arbiter said last */
    uint32_t lost;         /* words stored when there was no room for them */
    uint32_t words[CHANNEL_PORT_WORDS];
};
extern const struct state_table channel_port_state_table;

struct channel_port_backend {
    /* How many words may be sent now. */
    uint32_t (*room)(void *arg);
    void (*send)(void *arg, uint32_t word); /* there is room */
    /* The guest has taken COUNT words, or they were thrown away: the sender will have room for as many. */
    void (*took)(void *arg, uint32_t count);
    /* Ask the arbiter; may stall. */
    enum phys_result (*take_over)(void *arg, enum channel_port_taken *said);
};

struct channel_port {
    struct channel_port_state state;
    uint32_t end; /* 0: the computer that began as the primary; 1: the other */
    /* How many bytes the guest counts as shown on the terminal, and as typed there: the board's own. */
    uint64_t *shown, *typed;
    const struct channel_port_backend *backend;
    void *backend_arg;
    struct irq_line irq;
};

extern const struct phys_device_ops channel_port_ops;

/* The guest begins anew: what waits is thrown away. */
void channel_port_reset(struct channel_port *port);
/* A word arrives; there is room, since the sender was told so. */
void channel_port_receive(struct channel_port *port, uint32_t word);
/* The fault monitor reports that the other computer has failed. */
void channel_port_report(struct channel_port *port);

#endif

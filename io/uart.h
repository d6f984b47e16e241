/* uart.h - the console port: a 16550A with 16-byte FIFOs, byte registers (docs/board.md, "Console port").
 *
 * A byte stored to THR is with the terminal at once, so LSR shows room always and the transmitter-empty interrupt rises
 * again right after each byte. A received byte below the trigger level raises the character time-out at once. External
 * interrupt 4 is posted when the port's interrupt output RISES; a driver reads IIR until it says none.
 *
 * The port changes by its guest's loads and stores and by uart_receive only. There is no host time in it.
 */
#ifndef US_IO_UART_H
#define US_IO_UART_H

#include <stdbool.h>
#include <stdint.h>

#include "io/irq.h"
#include "mmu/phys.h"
#include "mmu/base/state.h"

#define UART_BASE UINT32_C(0xFFD05800)
enum { UART_WINDOW_BYTES = 8, UART_FIFO_BYTES = 16 };

struct uart_state {
    uint8_t ier, fcr, lcr, mcr, scr, dll, dlm;
    uint8_t overrun;        /* LSR bit 1 until read */
    uint8_t transmit_empty; /* the transmitter-empty interrupt is pending */
    uint8_t output;         /* level of the interrupt output */
    uint8_t listening;      /* the guest has shown that it wants input (see uart_listening) */
    uint8_t status_reads;   /* LSR loads since the last THR store, at most 2 */
    uint8_t fifo_count;
    uint8_t fifo[UART_FIFO_BYTES]; /* oldest first */
};
extern const struct state_table uart_state_table;

/* The terminal's side. */
struct uart_backend {
    /* May an output be issued now? PHYS_STALL: not yet, and nothing has happened. */
    enum phys_result (*output_ready)(void *arg);
    void (*put)(void *arg, uint8_t byte); /* called only after output_ready said PHYS_OK */
    void (*listens)(void *arg);           /* the guest has just begun to listen (see uart_listening) */
};

struct uart {
    struct uart_state state;
    const struct uart_backend *backend;
    void *backend_arg;
    struct irq_line irq;
};

extern const struct phys_device_ops uart_ops;

void uart_init(struct uart *uart, const struct uart_backend *backend, void *backend_arg, struct irq_line irq);
void uart_reset(struct uart *uart);

/* A byte arrives. If the FIFO is full it is lost and LSR says overrun: ask uart_room first. */
void uart_receive(struct uart *uart, uint8_t byte);
/* How many bytes it can take now. */
unsigned uart_room(const struct uart *uart);
/* Does a byte that arrives now interrupt? */
bool uart_interrupts(const struct uart *uart);
/* How many more bytes until its FIFO is at its trigger level? At least one. */
unsigned uart_wanted(const struct uart *uart);
/* Has the guest listened: enabled the receive interrupt, loaded RBR, or polled LSR twice with no output between? Piped
 * input starts then, so that a guest that never reads needs no input to exist. */
bool uart_listening(const struct uart *uart);
/* Ten bit times at the programmed rate (8-N-1), in picoseconds. */
uint64_t uart_byte_time_ps(const struct uart *uart);

#endif

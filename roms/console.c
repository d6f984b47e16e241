/* console.c - the console port, a 16550A (hardware manual section 6).
 *
 * Output is polled: the port always has room. Input is read from the port, or by interrupt 4 into a ring. The port
 * posts its interrupt when its output rises, so a handler empties the port until IIR says that nothing is left.
 * Always holds: the ring's bytes were received before the port's.
 */
#include <understudy.h>

#include "runtime.h"

static struct {
    uint8_t bytes[CONSOLE_RING_BYTES];
    uint32_t in, out; /* count up; the difference is what the ring holds */
} ring;

void us_console_start(void)
{
    store8(CONSOLE_BASE + UART_LCR, 3);
    store8(CONSOLE_BASE + UART_FCR, 1);
    store8(CONSOLE_BASE + UART_MCR, 8);
    store8(CONSOLE_BASE + UART_IER, 0);
}

void console_put(char byte)
{
    while (!(load8(CONSOLE_BASE + UART_LSR) & 0x20))
        ;
    store8(CONSOLE_BASE + UART_THR, (uint8_t)byte);
}

void console_puts(const char *text)
{
    while (*text)
        console_put(*text++);
}

static bool port_has_byte(void)
{
    return load8(CONSOLE_BASE + UART_LSR) & 1;
}

/* Interrupt 4: move what has come into the ring. A full ring leaves the rest in the port, receive interrupts off. */
static void console_interrupt(unsigned interrupt)
{
    (void)interrupt;
    while (!(load8(CONSOLE_BASE + UART_IIR) & 1)) {
        while (ring.in - ring.out < CONSOLE_RING_BYTES && port_has_byte())
            ring.bytes[ring.in++ % CONSOLE_RING_BYTES] = load8(CONSOLE_BASE + UART_RBR);
        if (ring.in - ring.out == CONSOLE_RING_BYTES)
            store8(CONSOLE_BASE + UART_IER, 0);
    }
}

void console_interrupts(void)
{
    interrupt_connect(INTERRUPT_CONSOLE, console_interrupt);
    store8(CONSOLE_BASE + UART_IER, 1);
}

int console_get(void)
{
    int byte = -1;
    uint32_t old = interrupts_off();
    if (ring.in != ring.out) {
        byte = ring.bytes[ring.out++ % CONSOLE_RING_BYTES];
        if (ring.in - ring.out == CONSOLE_RING_BYTES - 1)
            store8(CONSOLE_BASE + UART_IER, 1); /* the ring was full */
    } else if (port_has_byte()) {
        byte = load8(CONSOLE_BASE + UART_RBR);
    }
    interrupts_restore(old);
    return byte;
}

/* Let something in EVENTS happen, or the program's own interrupts if it had PSW[I] on. Only what is waited for is
 * enabled meanwhile: any other pending interrupt would end every idle at once. Called with PSW[I] = 0. */
static void wait_for(uint32_t events, uint32_t old, uint32_t eiem)
{
    bool serve = old & PSW_BIT_I;
    interrupts_enable(serve ? eiem | events : events);
    idle();
    interrupts_enable(eiem);
    if (serve) {
        interrupts_on(); /* handlers run here */
        interrupts_off();
    }
}

int console_get_wait(uint32_t ticks)
{
    int byte;
    uint32_t old = interrupts_off();
    uint32_t eiem = interrupts_enabled();
    uint32_t events = interrupt_mask(INTERRUPT_TIMER) | interrupt_mask(INTERRUPT_CONSOLE);
    uint32_t end = timer_ticks() + ticks;
    store8(CONSOLE_BASE + UART_IER, 1);
    timer_alarm(end);
    for (;;) {
        interrupts_clear(events);
        byte = console_get();
        if (byte >= 0 || (int32_t)(timer_ticks() - end) >= 0)
            break;
        wait_for(events, old, eiem);
    }
    interrupts_restore(old);
    return byte;
}

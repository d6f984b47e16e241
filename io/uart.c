/* uart.c - see uart.h. Register names are the 16550A data sheet's. */
#include "io/uart.h"

#include <string.h>

enum { RBR_THR_DLL, IER_DLM, IIR_FCR, LCR, MCR, LSR, MSR, SCR };

enum {
    IER_RECEIVED = 0x01,
    IER_TRANSMIT_EMPTY = 0x02,
    IER_LINE_STATUS = 0x04,
    FCR_ENABLE = 0x01,
    FCR_CLEAR_RECEIVE = 0x02,
    LCR_DLAB = 0x80,
    MCR_LOOP = 0x10,
    LSR_DATA_READY = 0x01,
    LSR_OVERRUN = 0x02,
    LSR_THR_EMPTY = 0x20,
    LSR_IDLE = 0x40,
    MSR_CTS_DSR_DCD = 0xB0,
    IIR_NONE = 0x01,
    IIR_TRANSMIT_EMPTY = 0x02,
    IIR_RECEIVED = 0x04,
    IIR_LINE_STATUS = 0x06,
    IIR_TIME_OUT = 0x0C,
    IIR_FIFOS = 0xC0,
};

/* The port's clock, as on the machine whose port this is (7.272727 MHz); after reset the divisor gives 113,636 bit/s.
 */
enum { UART_CLOCK_HZ = 7272727, UART_RESET_DIVISOR = 4 };

#define FIELD(member, title) STATE_SCALAR(struct uart_state, member, title)
static const struct state_field uart_fields[] = {
    FIELD(ier, "interrupt enable register"),
    FIELD(fcr, "FIFO control register"),
    FIELD(lcr, "line control register"),
    FIELD(mcr, "modem control register"),
    FIELD(scr, "scratch register"),
    FIELD(dll, "divisor latch, low"),
    FIELD(dlm, "divisor latch, high"),
    FIELD(overrun, "overrun error until LSR is read"),
    FIELD(transmit_empty, "transmitter-empty interrupt pending"),
    FIELD(output, "level of the interrupt output"),
    FIELD(listening, "the guest has asked for input"),
    FIELD(status_reads, "LSR loads since the last THR store"),
    STATE_SCALAR_BELOW(struct uart_state, fifo_count, UART_FIFO_BYTES + 1, "bytes in the receive FIFO"),
    STATE_ARRAY(struct uart_state, fifo, "receive FIFO, oldest first"),
};
#undef FIELD
const struct state_table uart_state_table = {"uart", uart_fields, sizeof uart_fields / sizeof uart_fields[0]};

static unsigned capacity(const struct uart_state *s)
{
    return (s->fcr & FCR_ENABLE) ? UART_FIFO_BYTES : 1;
}

/* The FIFO's trigger level. */
static unsigned trigger_level(const struct uart_state *s)
{
    static const uint8_t levels[4] = {1, 4, 8, 14};
    return (s->fcr & FCR_ENABLE) ? levels[s->fcr >> 6] : 1;
}

/* The identification of the highest pending enabled interrupt. */
static uint8_t identify(const struct uart_state *s)
{
    if ((s->ier & IER_LINE_STATUS) && s->overrun)
        return IIR_LINE_STATUS;
    if ((s->ier & IER_RECEIVED) && s->fifo_count)
        return s->fifo_count >= trigger_level(s) ? IIR_RECEIVED : IIR_TIME_OUT;
    if ((s->ier & IER_TRANSMIT_EMPTY) && s->transmit_empty)
        return IIR_TRANSMIT_EMPTY;
    return IIR_NONE;
}

/* Follow the interrupt output; post on its rise. */
static void update(struct uart *uart)
{
    bool high = identify(&uart->state) != IIR_NONE;
    bool rises = high && !uart->state.output;
    uart->state.output = high;
    if (rises)
        irq_post(&uart->irq, IRQ_CONSOLE);
}

void uart_reset(struct uart *uart)
{
    memset(&uart->state, 0, sizeof uart->state);
    uart->state.dll = UART_RESET_DIVISOR;
    uart->state.transmit_empty = 1;
}

void uart_init(struct uart *uart, const struct uart_backend *backend, void *backend_arg, struct irq_line irq)
{
    uart->backend = backend;
    uart->backend_arg = backend_arg;
    uart->irq = irq;
    uart_reset(uart);
}

unsigned uart_room(const struct uart *uart)
{
    unsigned limit = capacity(&uart->state);
    return uart->state.fifo_count < limit ? limit - uart->state.fifo_count : 0;
}

unsigned uart_wanted(const struct uart *uart)
{
    unsigned level = trigger_level(&uart->state), count = uart->state.fifo_count;
    return level > count ? level - count : 1;
}

bool uart_interrupts(const struct uart *uart)
{
    return uart->state.ier & IER_RECEIVED;
}

bool uart_listening(const struct uart *uart)
{
    return uart->state.listening;
}

uint64_t uart_byte_time_ps(const struct uart *uart)
{
    unsigned divisor = uart->state.dlm << 8 | uart->state.dll;
    return UINT64_C(1000000000000) * 10 * 16 * (divisor ? divisor : 1) / UART_CLOCK_HZ;
}

void uart_receive(struct uart *uart, uint8_t byte)
{
    struct uart_state *s = &uart->state;
    if (uart_room(uart))
        s->fifo[s->fifo_count++] = byte;
    else
        s->overrun = 1;
    update(uart);
}

static uint8_t take(struct uart_state *s)
{
    if (!s->fifo_count)
        return 0;
    uint8_t byte = s->fifo[0];
    s->fifo_count--;
    memmove(s->fifo, s->fifo + 1, s->fifo_count);
    s->fifo[s->fifo_count] = 0;
    return byte;
}

static void listen(struct uart *uart)
{
    if (uart->state.listening)
        return;
    uart->state.listening = 1;
    uart->backend->listens(uart->backend_arg);
}

static uint8_t load_line_status(struct uart *uart)
{
    struct uart_state *s = &uart->state;
    uint8_t lsr = LSR_THR_EMPTY | LSR_IDLE | (s->fifo_count ? LSR_DATA_READY : 0) | (s->overrun ? LSR_OVERRUN : 0);
    s->overrun = 0;
    if (s->status_reads < 2)
        s->status_reads++;
    if (s->status_reads == 2)
        listen(uart);
    return lsr;
}

static uint8_t load_identification(struct uart_state *s)
{
    uint8_t iir = identify(s);
    if (iir == IIR_TRANSMIT_EMPTY)
        s->transmit_empty = 0;
    return iir | ((s->fcr & FCR_ENABLE) ? IIR_FIFOS : 0);
}

static uint8_t load_modem_status(const struct uart_state *s)
{
    if (!(s->mcr & MCR_LOOP))
        return MSR_CTS_DSR_DCD;
    /* In loop mode the modem outputs come back: RTS to CTS, DTR to DSR, OUT1 to RI, OUT2 to DCD. */
    return (uint8_t)((s->mcr & 2) << 3 | (s->mcr & 1) << 5 | (s->mcr & 4) << 4 | (s->mcr & 8) << 4);
}

static enum phys_result uart_load(void *device, uint32_t offset, unsigned size_bytes, uint32_t *value)
{
    struct uart *uart = device;
    struct uart_state *s = &uart->state;
    bool dlab = s->lcr & LCR_DLAB;
    if (size_bytes != 1)
        return PHYS_NOTHING;
    switch (offset) {
    case RBR_THR_DLL:
        if (!dlab)
            listen(uart);
        *value = dlab ? s->dll : take(s);
        break;
    case IER_DLM:
        *value = dlab ? s->dlm : s->ier;
        break;
    case IIR_FCR:
        *value = load_identification(s);
        break;
    case LCR:
        *value = s->lcr;
        break;
    case MCR:
        *value = s->mcr;
        break;
    case LSR:
        *value = load_line_status(uart);
        break;
    case MSR:
        *value = load_modem_status(s);
        break;
    default:
        *value = s->scr;
    }
    update(uart);
    return PHYS_OK;
}

static enum phys_result transmit(struct uart *uart, uint8_t byte)
{
    struct uart_state *s = &uart->state;
    if (s->mcr & MCR_LOOP) {
        uart_receive(uart, byte);
    } else {
        enum phys_result ready = uart->backend->output_ready(uart->backend_arg);
        if (ready != PHYS_OK)
            return ready;
        uart->backend->put(uart->backend_arg, byte);
    }
    s->status_reads = 0;
    /* The holding register fills and empties at once: the interrupt output falls and may rise again. */
    s->transmit_empty = 0;
    update(uart);
    s->transmit_empty = 1;
    return PHYS_OK;
}

static void store_fifo_control(struct uart_state *s, uint8_t value)
{
    if ((value ^ s->fcr) & FCR_ENABLE || value & FCR_CLEAR_RECEIVE) {
        s->fifo_count = 0;
        memset(s->fifo, 0, sizeof s->fifo);
    }
    s->fcr = (value & FCR_ENABLE) ? value & 0xC9 : 0;
}

static void store_interrupt_enable(struct uart *uart, uint8_t value)
{
    struct uart_state *s = &uart->state;
    if (value & ~s->ier & IER_TRANSMIT_EMPTY)
        s->transmit_empty = 1; /* enabling it while the holding register is empty raises it */
    if (value & IER_RECEIVED)
        listen(uart);
    s->ier = value & 0x0F;
}

static enum phys_result uart_store(void *device, uint32_t offset, unsigned size_bytes, uint32_t value)
{
    struct uart *uart = device;
    struct uart_state *s = &uart->state;
    bool dlab = s->lcr & LCR_DLAB;
    uint8_t byte = (uint8_t)value;
    if (size_bytes != 1)
        return PHYS_NOTHING;
    switch (offset) {
    case RBR_THR_DLL:
        if (dlab) {
            s->dll = byte;
        } else {
            enum phys_result result = transmit(uart, byte);
            if (result != PHYS_OK)
                return result;
        }
        break;
    case IER_DLM:
        if (dlab)
            s->dlm = byte;
        else
            store_interrupt_enable(uart, byte);
        break;
    case IIR_FCR:
        store_fifo_control(s, byte);
        break;
    case LCR:
        s->lcr = byte;
        break;
    case MCR:
        s->mcr = byte & 0x1F;
        break;
    case SCR:
        s->scr = byte;
        break;
    default: /* LSR and MSR are not written */
        break;
    }
    update(uart);
    return PHYS_OK;
}

const struct phys_device_ops uart_ops = {uart_load, uart_store};

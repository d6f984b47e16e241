/* test_uart.c - the console port: every register, the FIFO, the interrupt output, loop mode, the listening rule.
 *
 * The port is reached as a guest reaches it: byte accesses to its window in a physical address space. Expected values
 * are the 16550A data sheet's and docs/board.md, "Console port".
 */
#include "io/uart.h"

#include "tests/check.h"

enum { RBR, IER, IIR, LCR, MCR, LSR, MSR, SCR, THR = RBR, FCR = IIR, DLL = RBR, DLM = IER };

struct rig {
    struct phys *phys;
    struct uart uart;
    enum phys_result ready; /* what output_ready answers */
    unsigned posts, wrong_posts, listens, shown;
    uint8_t screen[64];
};

static enum phys_result rig_ready(void *arg)
{
    return ((struct rig *)arg)->ready;
}

static void rig_put(void *arg, uint8_t byte)
{
    struct rig *rig = arg;
    rig->screen[rig->shown++ % sizeof rig->screen] = byte;
}

static void rig_listens(void *arg)
{
    ((struct rig *)arg)->listens++;
}

static void rig_post(void *arg, unsigned number)
{
    struct rig *rig = arg;
    rig->posts++;
    rig->wrong_posts += number != IRQ_CONSOLE;
}

static const struct uart_backend backend = {rig_ready, rig_put, rig_listens};

static struct rig *rig_new(void)
{
    struct rig *rig = calloc(1, sizeof *rig);
    if (rig)
        rig->phys = phys_new(PHYS_RAM_BYTES_MIN);
    if (!rig || !rig->phys)
        abort();
    rig->ready = PHYS_OK;
    uart_init(&rig->uart, &backend, rig, (struct irq_line){rig_post, rig});
    phys_add_window(rig->phys, UART_BASE, UART_WINDOW_BYTES, &uart_ops, &rig->uart);
    return rig;
}

static void rig_free(struct check *t, struct rig *rig)
{
    CHECK_EQ(rig->wrong_posts, 0);
    phys_free(rig->phys);
    free(rig);
}

static uint8_t get(struct rig *rig, unsigned reg)
{
    uint64_t value;
    return phys_load(rig->phys, UART_BASE + reg, 1, &value) == PHYS_OK ? (uint8_t)value : 0xEE;
}

static enum phys_result put(struct rig *rig, unsigned reg, uint8_t value)
{
    return phys_store(rig->phys, UART_BASE + reg, 1, value);
}

/* How many interrupts were posted since the last call. */
static unsigned posts(struct rig *rig)
{
    unsigned count = rig->posts;
    rig->posts = 0;
    return count;
}

static void test_registers(struct check *t)
{
    struct rig *rig = rig_new();
    CHECK_EQ(get(rig, IER), 0);
    CHECK_EQ(get(rig, IIR), 0x01);
    CHECK_EQ(get(rig, LCR), 0);
    CHECK_EQ(get(rig, MCR), 0);
    CHECK_EQ(get(rig, LSR), 0x60);
    CHECK_EQ(get(rig, MSR), 0xB0); /* clear to send, data set ready, carrier */
    for (unsigned value = 0; value < 256; value++) {
        put(rig, SCR, (uint8_t)value);
        CHECK_EQ(get(rig, SCR), value);
        put(rig, LCR, (uint8_t)value & 0x7F);
        CHECK_EQ(get(rig, LCR), value & 0x7F);
        put(rig, IER, (uint8_t)value);
        CHECK_EQ(get(rig, IER), value & 0x0F);
        put(rig, MCR, (uint8_t)value);
        CHECK_EQ(get(rig, MCR), value & 0x1F);
        put(rig, MCR, 0);
        put(rig, LCR, 0x80);
        put(rig, DLL, (uint8_t)value);
        put(rig, DLM, (uint8_t)~value);
        CHECK_EQ(get(rig, DLL), value);
        CHECK_EQ(get(rig, DLM), (uint8_t)~value);
        put(rig, LCR, 0);
        CHECK_EQ(get(rig, IER), value & 0x0F); /* the divisor is beside it, not over it */
    }
    CHECK_EQ(rig->shown, 0); /* DLL is not THR */
    put(rig, LSR, 0xFF);
    put(rig, MSR, 0xFF);
    CHECK_EQ(get(rig, LSR), 0x60);
    CHECK_EQ(get(rig, MSR), 0xB0);
    rig_free(t, rig);
}

/* A register accessed in another width than its own answers nothing, without an effect (docs/board.md). */
static void test_widths(struct check *t)
{
    struct rig *rig = rig_new();
    uint64_t value;
    uart_receive(&rig->uart, 'x');
    for (unsigned size = 2; size <= 8; size *= 2) {
        for (unsigned reg = 0; reg < UART_WINDOW_BYTES; reg += size) {
            CHECK_EQ(phys_load(rig->phys, UART_BASE + reg, size, &value), PHYS_NOTHING);
            CHECK_EQ(phys_store(rig->phys, UART_BASE + reg, size, UINT64_MAX), PHYS_NOTHING);
        }
    }
    CHECK_EQ(rig->shown, 0);
    CHECK_EQ(rig->uart.state.fifo_count, 1);
    CHECK_EQ(rig->listens, 0);
    CHECK_EQ(phys_load(rig->phys, UART_BASE + UART_WINDOW_BYTES, 1, &value), PHYS_NOTHING);
    rig_free(t, rig);
}

static void test_reset(struct check *t)
{
    struct rig *rig = rig_new();
    uart_receive(&rig->uart, 'a');
    put(rig, FCR, 0x01);
    put(rig, IER, 0x0F);
    put(rig, LCR, 0x83);
    put(rig, DLL, 77);
    uart_reset(&rig->uart);
    CHECK_EQ(get(rig, IER), 0);
    CHECK_EQ(get(rig, IIR), 0x01);
    CHECK_EQ(get(rig, LCR), 0);
    CHECK(!uart_listening(&rig->uart));
    CHECK_EQ(uart_room(&rig->uart), 1);
    put(rig, LCR, 0x80);
    CHECK_EQ(get(rig, DLL), 4);
    CHECK_EQ(get(rig, DLM), 0);
    rig_free(t, rig);
}

/* Ten bit times at 7272727 / 16 / divisor; a divisor of 0 must not divide. */
static void test_byte_time(struct check *t)
{
    struct rig *rig = rig_new();
    static const unsigned divisors[] = {1, 2, 3, 4, 12, 48, 96, 384, 1024, 65535};
    put(rig, LCR, 0x80);
    for (unsigned i = 0; i < sizeof divisors / sizeof divisors[0]; i++) {
        put(rig, DLL, divisors[i] & 0xFF);
        put(rig, DLM, (uint8_t)(divisors[i] >> 8));
        uint64_t time_ps = uart_byte_time_ps(&rig->uart);
        double seconds = 10.0 * 16.0 * divisors[i] / 7272727.0;
        CHECK((double)time_ps >= seconds * 1e12 - 1.0 && (double)time_ps <= seconds * 1e12 + 1.0);
    }
    put(rig, DLL, 0);
    put(rig, DLM, 0);
    CHECK(uart_byte_time_ps(&rig->uart) > 0);
    rig_free(t, rig);
}

static void test_output(struct check *t)
{
    struct rig *rig = rig_new();
    CHECK_EQ(put(rig, THR, 'H'), PHYS_OK);
    CHECK_EQ(put(rig, THR, 'i'), PHYS_OK);
    CHECK_EQ(rig->shown, 2);
    CHECK(!memcmp(rig->screen, "Hi", 2));
    CHECK_EQ(get(rig, LSR), 0x60); /* room always */
    /* A stalled output has not happened: no byte, no interrupt, no change of state. */
    put(rig, IER, 0x02);
    get(rig, IIR);
    posts(rig);
    struct uart_state before = rig->uart.state;
    rig->ready = PHYS_STALL;
    CHECK_EQ(put(rig, THR, '!'), PHYS_STALL);
    CHECK(!memcmp(&before, &rig->uart.state, sizeof before));
    CHECK_EQ(rig->shown, 2);
    CHECK_EQ(posts(rig), 0);
    rig->ready = PHYS_OK;
    CHECK_EQ(put(rig, THR, '!'), PHYS_OK);
    CHECK_EQ(rig->shown, 3);
    CHECK_EQ(posts(rig), 1);
    rig_free(t, rig);
}

/* Without the FIFO there is one holding register; a byte too many is an overrun, which LSR tells once. */
static void test_holding_register(struct check *t)
{
    struct rig *rig = rig_new();
    CHECK_EQ(uart_room(&rig->uart), 1);
    uart_receive(&rig->uart, 'a');
    CHECK_EQ(uart_room(&rig->uart), 0);
    CHECK_EQ(get(rig, LSR), 0x61);
    uart_receive(&rig->uart, 'b');
    CHECK_EQ(get(rig, LSR), 0x63);
    CHECK_EQ(get(rig, LSR), 0x61);
    CHECK_EQ(get(rig, RBR), 'a');
    CHECK_EQ(get(rig, LSR), 0x60);
    CHECK_EQ(get(rig, RBR), 0);
    rig_free(t, rig);
}

static void test_fifo(struct check *t)
{
    struct rig *rig = rig_new();
    put(rig, FCR, 0x01);
    CHECK_EQ(get(rig, IIR), 0xC1);
    CHECK_EQ(uart_room(&rig->uart), 16);
    for (unsigned i = 0; i < 17; i++)
        uart_receive(&rig->uart, (uint8_t)('A' + i));
    CHECK_EQ(uart_room(&rig->uart), 0);
    CHECK_EQ(get(rig, LSR), 0x63);
    for (unsigned i = 0; i < 16; i++) {
        CHECK_EQ(get(rig, LSR), 0x61);
        CHECK_EQ(get(rig, RBR), 'A' + i);
        CHECK_EQ(uart_room(&rig->uart), i + 1);
    }
    CHECK_EQ(get(rig, LSR), 0x60);
    /* What was taken leaves no trace in the state that replicas compare. */
    for (unsigned i = 0; i < 16; i++)
        CHECK_EQ(rig->uart.state.fifo[i], 0);
    /* Clearing it, and switching it on and off, empty it. */
    static const uint8_t empties[] = {0x03, 0x00, 0x01, 0x03};
    for (unsigned i = 0; i < sizeof empties; i++) {
        uart_receive(&rig->uart, 'z');
        CHECK_EQ(get(rig, LSR), 0x61);
        put(rig, FCR, empties[i]);
        CHECK_EQ(get(rig, LSR), 0x60);
    }
    uart_receive(&rig->uart, 'k');
    put(rig, FCR, 0x41); /* another trigger level keeps what is in it */
    CHECK_EQ(get(rig, RBR), 'k');
    rig_free(t, rig);
}

/* Each trigger level: below it the character time-out at once, from it on received data. */
static void test_trigger_levels(struct check *t)
{
    static const unsigned levels[4] = {1, 4, 8, 14};
    for (unsigned code = 0; code < 4; code++) {
        struct rig *rig = rig_new();
        put(rig, FCR, (uint8_t)(0x01 | code << 6));
        put(rig, IER, 0x01);
        CHECK_EQ(get(rig, IIR), 0xC1);
        for (unsigned count = 1; count <= 16; count++) {
            uart_receive(&rig->uart, (uint8_t)count);
            CHECK_EQ(get(rig, IIR), count >= levels[code] ? 0xC4 : 0xCC);
        }
        CHECK_EQ(posts(rig), 1); /* one rise: the output was high all the time */
        for (unsigned count = 16; count > 0; count--) {
            CHECK_EQ(get(rig, IIR), count >= levels[code] ? 0xC4 : 0xCC);
            CHECK_EQ(get(rig, RBR), 17 - count);
        }
        CHECK_EQ(get(rig, IIR), 0xC1);
        CHECK_EQ(posts(rig), 0);
        uart_receive(&rig->uart, 'n'); /* and it rises again */
        CHECK_EQ(posts(rig), 1);
        rig_free(t, rig);
    }
}

static void test_transmit_interrupt(struct check *t)
{
    struct rig *rig = rig_new();
    CHECK_EQ(posts(rig), 0);
    put(rig, IER, 0x02); /* the holding register is empty: it rises at once */
    CHECK_EQ(posts(rig), 1);
    CHECK_EQ(get(rig, IIR), 0x02); /* this load takes it back */
    CHECK_EQ(get(rig, IIR), 0x01);
    CHECK_EQ(posts(rig), 0);
    for (unsigned i = 0; i < 3; i++) { /* each byte makes it fall and rise, read or not */
        put(rig, THR, 'x');
        CHECK_EQ(posts(rig), 1);
    }
    CHECK_EQ(get(rig, IIR), 0x02);
    put(rig, IER, 0x00);
    put(rig, THR, 'y');
    CHECK_EQ(posts(rig), 0);
    CHECK_EQ(get(rig, IIR), 0x01);
    put(rig, IER, 0x02);
    CHECK_EQ(posts(rig), 1);
    get(rig, IIR);
    put(rig, IER, 0x02); /* it was enabled already: nothing new */
    CHECK_EQ(posts(rig), 0);
    rig_free(t, rig);
}

/* Line status before received data before transmitter empty; a lower one shows when the higher is served. */
static void test_priorities(struct check *t)
{
    struct rig *rig = rig_new();
    put(rig, IER, 0x07);
    uart_receive(&rig->uart, 'a');
    uart_receive(&rig->uart, 'b'); /* overrun */
    CHECK_EQ(posts(rig), 1);
    CHECK_EQ(get(rig, IIR), 0x06);
    CHECK_EQ(get(rig, IIR), 0x06);
    CHECK_EQ(get(rig, LSR), 0x63);
    CHECK_EQ(get(rig, IIR), 0x04);
    CHECK_EQ(get(rig, RBR), 'a');
    CHECK_EQ(get(rig, IIR), 0x02);
    CHECK_EQ(get(rig, IIR), 0x01);
    CHECK_EQ(posts(rig), 0); /* it never fell in between */
    rig_free(t, rig);
}

/* A disabled source raises nothing; enabling it while it is pending does. */
static void test_enable_late(struct check *t)
{
    struct rig *rig = rig_new();
    uart_receive(&rig->uart, 'a');
    CHECK_EQ(posts(rig), 0);
    CHECK_EQ(get(rig, IIR), 0x01);
    put(rig, IER, 0x01);
    CHECK_EQ(posts(rig), 1);
    put(rig, IER, 0x00);
    put(rig, IER, 0x01); /* fell and rose */
    CHECK_EQ(posts(rig), 1);
    put(rig, IER, 0x00);
    uart_receive(&rig->uart, 'b');
    put(rig, IER, 0x04);
    CHECK_EQ(posts(rig), 1);
    CHECK_EQ(get(rig, IIR), 0x06);
    rig_free(t, rig);
}

static void test_loop(struct check *t)
{
    struct rig *rig = rig_new();
    put(rig, FCR, 0x01);
    put(rig, MCR, 0x10);
    rig->ready = PHYS_STALL; /* nothing goes out, so nothing has to wait */
    for (unsigned i = 0; i < 5; i++)
        CHECK_EQ(put(rig, THR, (uint8_t)('0' + i)), PHYS_OK);
    CHECK_EQ(rig->shown, 0);
    for (unsigned i = 0; i < 5; i++)
        CHECK_EQ(get(rig, RBR), '0' + i);
    CHECK_EQ(get(rig, LSR), 0x60);
    for (unsigned mcr = 0; mcr < 16; mcr++) {
        put(rig, MCR, (uint8_t)(0x10 | mcr));
        unsigned dtr = mcr & 1, rts = mcr >> 1 & 1, out1 = mcr >> 2 & 1, out2 = mcr >> 3 & 1;
        CHECK_EQ(get(rig, MSR), rts << 4 | dtr << 5 | out1 << 6 | out2 << 7);
    }
    put(rig, IER, 0x01);
    posts(rig);
    put(rig, THR, 'l'); /* interrupts work in loop mode: drivers probe the line with it */
    CHECK_EQ(posts(rig), 1);
    put(rig, MCR, 0);
    CHECK_EQ(get(rig, MSR), 0xB0);
    rig_free(t, rig);
}

/* Enabled the receive interrupt, loaded RBR, or polled LSR twice with no output between. */
static void test_listening(struct check *t)
{
    for (unsigned way = 0; way < 3; way++) {
        struct rig *rig = rig_new();
        for (unsigned i = 0; i < 10; i++) { /* polled output is not listening */
            get(rig, LSR);
            put(rig, THR, 'o');
        }
        put(rig, IER, 0x0E);
        put(rig, LCR, 0x80);
        put(rig, DLM, 0x01); /* not IER */
        get(rig, DLL);       /* not RBR */
        put(rig, LCR, 0);
        get(rig, MSR);
        CHECK(!uart_listening(&rig->uart));
        CHECK_EQ(rig->listens, 0);
        if (way == 0)
            put(rig, IER, 0x01);
        if (way == 1)
            get(rig, RBR);
        if (way == 2) {
            get(rig, LSR);
            CHECK(!uart_listening(&rig->uart));
            get(rig, LSR);
        }
        CHECK(uart_listening(&rig->uart));
        put(rig, THR, 'p');
        put(rig, IER, 0x00);
        put(rig, IER, 0x01);
        get(rig, RBR);
        CHECK(uart_listening(&rig->uart));
        CHECK_EQ(rig->listens, 1); /* said once */
        rig_free(t, rig);
    }
}

/* Every byte of the state is described, so that nothing that matters escapes digest and snapshot. */
static void test_table(struct check *t)
{
    uint8_t seen[sizeof(struct uart_state)] = {0};
    for (size_t i = 0; i < uart_state_table.count; i++) {
        const struct state_field *field = &uart_state_table.fields[i];
        for (unsigned k = 0; k < field->count; k++)
            for (unsigned byte = 0; byte < field->size_bytes; byte++)
                seen[field->offset + k * field->stride + byte]++;
    }
    for (size_t i = 0; i < sizeof seen; i++)
        CHECK_EQ(seen[i], 1);
}

int main(int argc, char **argv)
{
    struct check t = check_begin("io.uart", argc, argv);
    test_registers(&t);
    test_widths(&t);
    test_reset(&t);
    test_byte_time(&t);
    test_output(&t);
    test_holding_register(&t);
    test_fifo(&t);
    test_trigger_levels(&t);
    test_transmit_interrupt(&t);
    test_priorities(&t);
    test_enable_late(&t);
    test_loop(&t);
    test_listening(&t);
    test_table(&t);
    return check_end(&t);
}

/* console.c - the console port for the firmware, polled; and ENTRY_IO, through which a kernel uses it before it has a
 * driver of its own (docs/firmware.md, "IODC").
 */
#include "firmware.h"

enum { LSR_DATA_READY = 1, LSR_THR_EMPTY = 0x20, LCR_8_BITS = 3, FCR_FIFOS = 1 };

/* Options of ENTRY_IO. */
enum { IO_CONSOLE_IN = 2, IO_CONSOLE_OUT = 3 };

void console_start(void)
{
    store8(CONSOLE_BASE + UART_IER, 0);
    store8(CONSOLE_BASE + UART_LCR, LCR_8_BITS);
    store8(CONSOLE_BASE + UART_FCR, FCR_FIFOS);
}

void console_put(uint8_t byte)
{
    while (!(load8(CONSOLE_BASE + UART_LSR) & LSR_THR_EMPTY))
        ;
    store8(CONSOLE_BASE + UART_THR, byte);
}

void console_text(const char *text)
{
    for (; *text; text++) {
        if (*text == '\n')
            console_put('\r');
        console_put((uint8_t)*text);
    }
}

void console_hex(uint32_t value, unsigned digits)
{
    while (digits--) {
        unsigned digit = value >> 4 * digits & 15;
        console_put((uint8_t)(digit < 10 ? '0' + digit : 'a' + digit - 10));
    }
}

void console_decimal(uint32_t value)
{
    if (value >= 10)
        console_decimal(value / 10);
    console_put((uint8_t)('0' + value % 10));
}

bool console_get(uint8_t *byte)
{
    if (!(load8(CONSOLE_BASE + UART_LSR) & LSR_DATA_READY))
        return false;
    *byte = load8(CONSOLE_BASE + UART_RBR);
    return true;
}

int iodc_io(uint32_t hpa, uint32_t option, uint32_t spa, uint32_t layers, uint32_t result, uint32_t reserved,
            uint32_t buffer, uint32_t size, uint32_t line_feed)
{
    uint32_t done = 0;
    uint8_t byte;
    (void)hpa, (void)spa, (void)layers, (void)reserved, (void)line_feed;
    switch (option) {
    case IO_CONSOLE_OUT:
        for (; done < size; done++)
            console_put(load8(buffer + done));
        break;
    case IO_CONSOLE_IN: /* without waiting: at most one byte */
        if (size && console_get(&byte)) {
            store8(buffer, byte);
            done = 1;
        }
        break;
    default:
        return PDC_BAD_OPTION;
    }
    store32(result, done);
    return PDC_OK;
}

/* console.h - the terminal: output, input, printf.
 *
 * Output is polled and immediate: when a function here returns, the bytes are with the terminal. Input can be polled,
 * or collected by interrupts into a ring of CONSOLE_RING_BYTES (console_interrupts).
 */
#ifndef UNDERSTUDY_CONSOLE_H
#define UNDERSTUDY_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

enum { CONSOLE_RING_BYTES = 256 };

/* Send one byte, or a string, as they are (no carriage returns are added). */
void console_put(char byte);
void console_puts(const char *text);

/* The next byte typed (0..255), or -1 if there is none now. */
int console_get(void);
/* The same, but wait up to TICKS of the interval timer (1 <= TICKS < 2^31) for it. Uses the interval timer as its
 * alarm clock: not for programs whose own timer is running. */
int console_get_wait(uint32_t ticks);
/* Collect input by interrupts from now on. Needs interrupts_on(). Bytes beyond the ring's size stay in the port. */
void console_interrupts(void);

/* Formatted output: %d %i %u %x %X %o %c %s %p %%, with l and ll, the flags - and 0, a width (number or *), and a
 * precision for %s. Returns the number of bytes. Nothing else is supported: an unknown conversion is printed as is. */
int printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Into TEXT, at most SIZE bytes with the final NUL; returns the length that the whole would have had. */
int snprintf(char *text, unsigned long size, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif

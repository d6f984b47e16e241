/* firmware.h - what the firmware's files ask of each other. docs/firmware.md says what a kernel may ask of them.
 *
 * Always holds: no variables (firmware.ld), no floating point, no use of GR 27, which is the calling kernel's.
 */
#ifndef UNDERSTUDY_FIRMWARE_H
#define UNDERSTUDY_FIRMWARE_H

#include <stdbool.h>
#include <stdint.h>

#include <board.h>
#include <handover.h>

/* Status of a PDC or IODC call (GR 28). */
enum {
    PDC_OK = 0,
    PDC_BAD_PROCEDURE = -1,
    PDC_BAD_OPTION = -2,
    PDC_ERROR = -3,
    PDC_NO_MODULE = -4,
    PDC_NO_INDEX = -5,
    PDC_BAD_ARGUMENT = -10,
};

/* A kernel's two buffers are 128 bytes each; nothing is written beyond. */
enum { PDC_RESULT_WORDS = 32 };

/* The entry points that a kernel finds in PAGE0: mem_pdc, and iodc_io of its console. In real mode, PSW[I] = 0. */
int pdc_call(uint32_t procedure, uint32_t option, uint32_t arg2, uint32_t arg3, uint32_t arg4, uint32_t arg5,
             uint32_t arg6);
int iodc_io(uint32_t hpa, uint32_t option, uint32_t spa, uint32_t layers, uint32_t result, uint32_t reserved,
            uint32_t buffer, uint32_t size, uint32_t line_feed);

/* From entry.S. */
_Noreturn void firmware_enter(uint32_t entry, uint32_t arg0, uint32_t arg1, uint32_t arg2, uint32_t arg3);
/* For entry.S. */
_Noreturn void firmware_start(void);
_Noreturn void firmware_interrupted(uint32_t vector);

/* The console port, polled. */
void console_start(void);
void console_put(uint8_t byte);
/* TEXT, in which every line feed becomes carriage return and line feed. */
void console_text(const char *text);
void console_hex(uint32_t value, unsigned digits);
void console_decimal(uint32_t value);
/* The next byte typed; false if there is none. */
bool console_get(uint8_t *byte);

/* The end: power off with STATUS. */
_Noreturn void firmware_stop(uint32_t status);

static inline uint32_t load32(uint32_t address)
{
    return *(volatile uint32_t *)address;
}

static inline void store32(uint32_t address, uint32_t value)
{
    *(volatile uint32_t *)address = value;
}

static inline uint8_t load8(uint32_t address)
{
    return *(volatile uint8_t *)address;
}

static inline void store8(uint32_t address, uint8_t value)
{
    *(volatile uint8_t *)address = value;
}

static inline void store16(uint32_t address, uint16_t value)
{
    *(volatile uint16_t *)address = value;
}

#endif

/* mock_board.h - stands in for a guest's headers when its disk driver (roms/disk.c) is compiled as an ordinary
 * program, so that a controller written for the test alone answers it. Included before everything else; it takes the
 * place of interrupts.h and of the register accesses of understudy.h, and leaves the driver's text as it is.
 */
#ifndef MOCK_BOARD_H
#define MOCK_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "board.h"
#include "disk.h"

/* What is replaced. */
#define UNDERSTUDY_H
#define UNDERSTUDY_INTERRUPTS_H

typedef void (*interrupt_handler)(unsigned interrupt);
void interrupt_connect(unsigned interrupt, interrupt_handler handler);
uint32_t interrupts_off(void);
void interrupts_on(void);
void interrupts_restore(uint32_t old);
void interrupts_clear(uint32_t mask);
uint32_t interrupts_enabled(void);
void interrupts_enable(uint32_t mask);
void idle(void);
uint32_t load32(uint32_t address);
void store32(uint32_t address, uint32_t value);

static inline uint32_t interrupt_mask(unsigned interrupt)
{
    return UINT32_C(0x80000000) >> interrupt;
}

#endif

/* understudy.h - everything a guest program needs: include this one.
 *
 * A guest is a freestanding C program for the bare computer. It is linked at 0x00010000 with a small runtime that
 * sets up a stack (64 KiB), the interruption vectors and the console, calls main, and powers the computer off with
 * main's return value. It runs in absolute mode (addresses are physical) at privilege 0. In a CMakeLists.txt:
 *
 *     us_guest(NAME SOURCE...)      builds guests/NAME.elf
 *
 * and outside this tree: understudy-cc -o NAME.elf SOURCE... (docs/install.md)
 *
 * Device registers are reached by load32 and store32; board.h has their addresses.
 */
#ifndef UNDERSTUDY_H
#define UNDERSTUDY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <board.h>
#include <console.h>
#include <disk.h>
#include <display.h>
#include <dtu.h>
#include <interrupts.h>
#include <string.h>
#include <system.h>

/* The program. Its result is the exit status. */
int main(void);

/* One access to a 32-bit device register. */
static inline uint32_t load32(uint32_t address)
{
    return *(volatile uint32_t *)address;
}

static inline void store32(uint32_t address, uint32_t value)
{
    *(volatile uint32_t *)address = value;
}

/* One access to a byte register. */
static inline uint8_t load8(uint32_t address)
{
    return *(volatile uint8_t *)address;
}

static inline void store8(uint32_t address, uint8_t value)
{
    *(volatile uint8_t *)address = value;
}

#endif

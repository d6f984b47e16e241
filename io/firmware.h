/* firmware.h - the ROM's contents: the program carries its firmware (roms/firmware) in itself. */
#ifndef US_IO_FIRMWARE_H
#define US_IO_FIRMWARE_H

#include <stddef.h>
#include <stdint.h>

/* Where reset begins (docs/board.md). */
#define FIRMWARE_RESET UINT32_C(0xF0000004)

extern const uint8_t firmware_image[];
extern const size_t firmware_bytes;

#endif

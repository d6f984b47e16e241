/* unwind.h - what an image says about its functions' frames: the section .PARISC.unwind, which the GNU assembler makes
 * from .CALLINFO (PA-RISC ELF supplement, "Unwind Table"). An image without one, or with a damaged one, has no entries.
 */
#ifndef US_MONITOR_IMAGE_UNWIND_H
#define US_MONITOR_IMAGE_UNWIND_H

#include <stdbool.h>
#include <stdint.h>

#include "monitor/image/symbols.h"

/* One region of code, usually a function. */
struct unwind_entry {
    uint32_t start, last; /* addresses of its first and last instruction */
    uint32_t frame_bytes; /* the whole frame, the frame marker included; 0: a leaf without one */
    bool save_rp;         /* RP is stored into the frame marker of the caller, at its stack pointer - 20 */
    bool save_sp;         /* r3 holds the caller's stack pointer: the frame may grow */
    bool millicode;       /* returns through r31 */
};

/* The entry of the region that ADDRESS lies in. False if there is none. */
bool unwind_find(const struct symbols *symbols, uint32_t address, struct unwind_entry *entry);

#endif

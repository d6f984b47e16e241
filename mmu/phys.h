/* phys.h - the physical address space of one computer, or of one virtual processor: RAM, ROM, the display's frame
 * buffer and device windows.
 *
 * Knows no processor and no device: a window is a pair of callbacks. Several processors may share one address space.
 * Addresses are 32-bit physical byte addresses; guest memory is big-endian and kept so in host memory.
 *
 * RAM and frame buffer are what a guest writes, its MEMORY: the pages of the one, then those of the other, numbered
 * from 0. What is done to all of a computer's memory - hash, copy, compare, send - is done by these numbers. The frame
 * buffer differs from RAM in two things: no instruction is executed there, and no device reaches it.
 *
 * Each 4 KiB page of memory has two pieces of bookkeeping, both of which cost a fast store nothing:
 *  - dirty: set by the first store or DMA since it was last cleared, for each reader by itself (digests and snapshots
 *    cost what changed);
 *  - code lines: which 64-byte lines of it some processor holds decoded instructions of. A store or DMA that touches
 *    such a line tells every watcher, so that decoded code follows memory with no help from the guest.
 * A processor may keep a host pointer for fast stores to a page only while phys_page_fast_store() says so.
 */
#ifndef US_MMU_PHYS_H
#define US_MMU_PHYS_H

#include <stdbool.h>
#include <stdint.h>

enum {
    PHYS_PAGE_BYTES = 4096,
    PHYS_PAGE_SHIFT = 12,
    PHYS_LINE_BYTES = 64, /* granularity of code tracking: 64 lines a page, one bit each */
};

#define PHYS_ROM_BASE      UINT32_C(0xF0000000)
#define PHYS_ROM_BYTES     UINT32_C(0x40000)
#define PHYS_PIXELS_BASE   UINT32_C(0xF8000000) /* the frame buffer */
#define PHYS_PIXELS_BYTES  UINT32_C(0x12C000)
#define PHYS_RAM_BYTES_MIN UINT32_C(0x00400000)
#define PHYS_RAM_BYTES_MAX UINT32_C(0xE0000000)

/* Who looks at dirty pages: each clears its own marks only. */
enum phys_reader {
    PHYS_DIGEST,   /* hashes of pages */
    PHYS_SNAPSHOT, /* maps of pages */
    PHYS_READERS
};

/* What an access came to. */
enum phys_result {
    PHYS_OK,
    PHYS_NOTHING, /* nothing there, wrong width, or a store to ROM: HPMC for a processor */
    PHYS_STALL,   /* not yet: the processor leaves its run loop BEFORE this instruction, which will be run again */
};

struct phys_device_ops {
    /* One register access of SIZE_BYTES (1, 2 or 4) at OFFSET from the window's base, naturally aligned. A load may
     * have side effects; one that answers PHYS_STALL has none. */
    enum phys_result (*load)(void *device, uint32_t offset, unsigned size_bytes, uint32_t *value);
    enum phys_result (*store)(void *device, uint32_t offset, unsigned size_bytes, uint32_t value);
};

/* Told about decoded code (a processor is one). */
struct phys_watcher_ops {
    /* Lines of page PAGE_INDEX (physical address >> 12) that are in LINES (bit 0 = the page's first line) changed:
     * forget what was decoded from them. */
    void (*code_changed)(void *watcher, uint32_t page_index, uint64_t lines);
    /* Forget every host pointer kept for fast access: the page's bookkeeping changed. */
    void (*pointers_changed)(void *watcher);
};

struct phys;

/* A new address space with RAM_BYTES of zeroed RAM at 0 (a multiple of a page, PHYS_RAM_BYTES_MIN..MAX), 256 KiB of
 * zeroed ROM and a black frame buffer. NULL if the host has no memory for it. */
struct phys *phys_new(uint32_t ram_bytes);
void phys_free(struct phys *phys);

/* Add a device window. Windows do not overlap; at most 64. OPS and DEVICE outlive PHYS. */
void phys_add_window(struct phys *phys, uint32_t base, uint32_t size_bytes, const struct phys_device_ops *ops,
                     void *device);
/* Add a watcher; at most 16 (processors). */
void phys_add_watcher(struct phys *phys, const struct phys_watcher_ops *ops, void *watcher);
/* Forget the watcher (it is about to be freed). Nothing happens if it is not there. */
void phys_remove_watcher(struct phys *phys, void *watcher);

uint32_t phys_ram_bytes(const struct phys *phys);
uint8_t *phys_ram(struct phys *phys); /* host memory of RAM; writing through it bypasses the bookkeeping */
uint8_t *phys_rom(struct phys *phys); /* host memory of ROM, for the loader */
const uint8_t *phys_pixels(const struct phys *phys);            /* host memory of the frame buffer */
bool phys_is_memory(const struct phys *phys, uint32_t address); /* RAM, ROM or frame buffer */
bool phys_is_code(const struct phys *phys, uint32_t address);   /* RAM or ROM: an instruction may live there */

/* Host address of the page that holds ADDRESS if it is RAM, ROM or frame buffer, else NULL. For loads, and for fetches
 * where phys_is_code. */
const uint8_t *phys_page_load(const struct phys *phys, uint32_t address);
/* Host address of the page of memory that holds ADDRESS if stores to it need no bookkeeping now (already dirty, no
 * decoded code), else NULL: use phys_store. */
uint8_t *phys_page_fast_store(struct phys *phys, uint32_t address);

/* Any access of 1, 2, 4 or 8 bytes, naturally aligned; does all the bookkeeping. 8-byte accesses to devices are
 * PHYS_NOTHING. VALUE is in host order. */
enum phys_result phys_load(struct phys *phys, uint32_t address, unsigned size_bytes, uint64_t *value);
enum phys_result phys_store(struct phys *phys, uint32_t address, unsigned size_bytes, uint64_t value);

/* DMA: any length, RAM only. False, and nothing moved, if any byte is outside RAM. */
bool phys_dma_read(struct phys *phys, uint32_t address, void *to, uint32_t size_bytes);
bool phys_dma_write(struct phys *phys, uint32_t address, const void *from, uint32_t size_bytes);

/* A processor has decoded code from the lines LINES of page PAGE_INDEX (RAM; ROM needs no tracking and is ignored). */
void phys_note_code(struct phys *phys, uint32_t page_index, uint64_t lines);

/* ---- memory by its pages ---- */

/* How many there are; the physical address of the first byte of page INDEX; its content. */
uint32_t phys_pages(const struct phys *phys);
uint32_t phys_page_address(const struct phys *phys, uint32_t index);
const uint8_t *phys_page(const struct phys *phys, uint32_t index);
/* SIZE_BYTES from FROM become what page INDEX has from OFFSET on; the end is in the page. */
void phys_page_write(struct phys *phys, uint32_t index, uint32_t offset, const void *from, uint32_t size_bytes);
/* Is page INDEX dirty for READER? Clear its marks of every page (the watchers drop their pointers). */
bool phys_page_dirty(const struct phys *phys, enum phys_reader reader, uint32_t index);
/* The first page from INDEX on that is dirty for READER; phys_pages() if there is none. */
uint32_t phys_next_dirty(const struct phys *phys, enum phys_reader reader, uint32_t index);
void phys_clear_dirty(struct phys *phys, enum phys_reader reader);
/* The same of the pages from FIRST up to END only. */
void phys_clear_dirty_of(struct phys *phys, enum phys_reader reader, uint32_t first, uint32_t end);
/* After writing through phys_ram(): mark everything dirty for every reader, forget all decoded code and pointers. */
void phys_changed_all(struct phys *phys);

#endif

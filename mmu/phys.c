/* phys.c - see phys.h. Memory (RAM, then the frame buffer) and ROM are flat host memory; device windows are searched in
 * a short list.
 *
 * What always holds: a host pointer for fast stores to a page exists only while the page is dirty for every reader and
 * has no code line; whoever makes one of these false tells every watcher first. A code line's bit is cleared when its
 * watchers are told, so a page that is written often but no longer decoded becomes fast again.
 */
#include "mmu/phys.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/base/bits.h"

enum {
    WINDOWS_MAX = 64,
    WATCHERS_MAX = 16,
    DIRTY = (1 << PHYS_READERS) - 1, /* for every reader */
};

struct window {
    uint32_t base, size_bytes;
    const struct phys_device_ops *ops;
    void *device;
};

struct watcher {
    const struct phys_watcher_ops *ops;
    void *watcher;
};

struct phys {
    uint8_t *memory, *rom;
    uint32_t ram_bytes, pages;
    uint8_t *dirty;       /* by page of memory: bit r for reader r */
    uint64_t *code_lines; /* by page of memory; 0 for those of the frame buffer */
    unsigned window_count, watcher_count;
    struct window windows[WINDOWS_MAX];
    struct watcher watchers[WATCHERS_MAX];
};

struct phys *phys_new(uint32_t ram_bytes)
{
    assert(ram_bytes % PHYS_PAGE_BYTES == 0 && ram_bytes >= PHYS_RAM_BYTES_MIN && ram_bytes <= PHYS_RAM_BYTES_MAX);
    struct phys *phys = calloc(1, sizeof *phys);
    if (!phys)
        return NULL;
    phys->ram_bytes = ram_bytes;
    phys->pages = (ram_bytes + PHYS_PIXELS_BYTES) >> PHYS_PAGE_SHIFT;
    phys->memory = calloc(phys->pages, PHYS_PAGE_BYTES);
    phys->rom = calloc(1, PHYS_ROM_BYTES);
    phys->dirty = calloc(phys->pages, sizeof *phys->dirty);
    phys->code_lines = calloc(phys->pages, sizeof *phys->code_lines);
    if (!phys->memory || !phys->rom || !phys->dirty || !phys->code_lines) {
        phys_free(phys);
        return NULL;
    }
    return phys;
}

void phys_free(struct phys *phys)
{
    if (!phys)
        return;
    free(phys->memory);
    free(phys->rom);
    free(phys->dirty);
    free(phys->code_lines);
    free(phys);
}

void phys_add_window(struct phys *phys, uint32_t base, uint32_t size_bytes, const struct phys_device_ops *ops,
                     void *device)
{
    assert(phys->window_count < WINDOWS_MAX);
    phys->windows[phys->window_count++] = (struct window){base, size_bytes, ops, device};
}

void phys_add_watcher(struct phys *phys, const struct phys_watcher_ops *ops, void *watcher)
{
    assert(phys->watcher_count < WATCHERS_MAX);
    phys->watchers[phys->watcher_count++] = (struct watcher){ops, watcher};
}

void phys_remove_watcher(struct phys *phys, void *watcher)
{
    for (unsigned i = 0; i < phys->watcher_count; i++) {
        if (phys->watchers[i].watcher == watcher) {
            phys->watchers[i] = phys->watchers[--phys->watcher_count];
            return;
        }
    }
}

uint32_t phys_ram_bytes(const struct phys *phys)
{
    return phys->ram_bytes;
}

uint8_t *phys_ram(struct phys *phys)
{
    return phys->memory;
}

uint8_t *phys_rom(struct phys *phys)
{
    return phys->rom;
}

const uint8_t *phys_pixels(const struct phys *phys)
{
    return phys->memory + phys->ram_bytes;
}

static bool in_ram(const struct phys *phys, uint32_t address)
{
    return address < phys->ram_bytes;
}

/* Is ADDRESS in memory? Its page: *INDEX. */
static bool in_memory(const struct phys *phys, uint32_t address, uint32_t *index)
{
    uint32_t pixel = address - PHYS_PIXELS_BASE;
    if (!in_ram(phys, address) && pixel >= PHYS_PIXELS_BYTES)
        return false;
    *index = (in_ram(phys, address) ? address : phys->ram_bytes + pixel) >> PHYS_PAGE_SHIFT;
    return true;
}

static uint8_t *page_at(const struct phys *phys, uint32_t index)
{
    return phys->memory + ((size_t)index << PHYS_PAGE_SHIFT);
}

static bool in_rom(uint32_t address)
{
    return address - PHYS_ROM_BASE < PHYS_ROM_BYTES;
}

bool phys_is_code(const struct phys *phys, uint32_t address)
{
    return in_ram(phys, address) || in_rom(address);
}

bool phys_is_memory(const struct phys *phys, uint32_t address)
{
    uint32_t index;
    return in_memory(phys, address, &index) || in_rom(address);
}

const uint8_t *phys_page_load(const struct phys *phys, uint32_t address)
{
    uint32_t index;
    if (in_memory(phys, address, &index))
        return page_at(phys, index);
    if (in_rom(address))
        return phys->rom + ((address & ~UINT32_C(0xFFF)) - PHYS_ROM_BASE);
    return NULL;
}

uint8_t *phys_page_fast_store(struct phys *phys, uint32_t address)
{
    uint32_t index;
    if (!in_memory(phys, address, &index) || phys->dirty[index] != DIRTY || phys->code_lines[index])
        return NULL;
    return page_at(phys, index);
}

static struct window *find_window(struct phys *phys, uint32_t address)
{
    for (unsigned i = 0; i < phys->window_count; i++) {
        if (address - phys->windows[i].base < phys->windows[i].size_bytes)
            return &phys->windows[i];
    }
    return NULL;
}

static uint64_t load_bytes(const uint8_t *at, unsigned size_bytes)
{
    switch (size_bytes) {
    case 1:
        return *at;
    case 2:
        return be16_load(at);
    case 4:
        return be32_load(at);
    default:
        return be64_load(at);
    }
}

static void store_bytes(uint8_t *at, unsigned size_bytes, uint64_t value)
{
    switch (size_bytes) {
    case 1:
        *at = (uint8_t)value;
        break;
    case 2:
        be16_store(at, (uint16_t)value);
        break;
    case 4:
        be32_store(at, (uint32_t)value);
        break;
    default:
        be64_store(at, value);
        break;
    }
}

/* Bits of the lines that SIZE_BYTES (> 0) at OFFSET of a page touch; the end must be in the page. */
static uint64_t lines_of(uint32_t offset, uint32_t size_bytes)
{
    unsigned first = offset / PHYS_LINE_BYTES, last = (offset + size_bytes - 1) / PHYS_LINE_BYTES;
    return (UINT64_MAX << first) & (UINT64_MAX >> (63 - last));
}

static void pointers_changed(struct phys *phys)
{
    for (unsigned i = 0; i < phys->watcher_count; i++)
        phys->watchers[i].ops->pointers_changed(phys->watchers[i].watcher);
}

/* Bookkeeping of a store of SIZE_BYTES at OFFSET of page PAGE of memory; the end is in the page. */
static void note_store(struct phys *phys, uint32_t page, uint32_t offset, uint32_t size_bytes)
{
    phys->dirty[page] = DIRTY;
    if (!phys->code_lines[page])
        return;
    uint64_t hit = phys->code_lines[page] & lines_of(offset, size_bytes);
    if (!hit)
        return;
    phys->code_lines[page] &= ~hit;
    for (unsigned i = 0; i < phys->watcher_count; i++)
        phys->watchers[i].ops->code_changed(phys->watchers[i].watcher, page, hit);
}

enum phys_result phys_load(struct phys *phys, uint32_t address, unsigned size_bytes, uint64_t *value)
{
    assert(address % size_bytes == 0);
    *value = 0;
    const uint8_t *page = phys_page_load(phys, address);
    if (page) {
        *value = load_bytes(page + (address & (PHYS_PAGE_BYTES - 1)), size_bytes);
        return PHYS_OK;
    }
    struct window *window = find_window(phys, address);
    if (!window || size_bytes == 8)
        return PHYS_NOTHING;
    uint32_t word = 0;
    enum phys_result result = window->ops->load(window->device, address - window->base, size_bytes, &word);
    *value = word;
    return result;
}

enum phys_result phys_store(struct phys *phys, uint32_t address, unsigned size_bytes, uint64_t value)
{
    assert(address % size_bytes == 0);
    uint32_t index, offset = address & (PHYS_PAGE_BYTES - 1);
    if (in_memory(phys, address, &index)) {
        store_bytes(page_at(phys, index) + offset, size_bytes, value);
        note_store(phys, index, offset, size_bytes);
        return PHYS_OK;
    }
    struct window *window = find_window(phys, address);
    if (!window || size_bytes == 8)
        return PHYS_NOTHING;
    return window->ops->store(window->device, address - window->base, size_bytes, (uint32_t)value);
}

static bool dma_range(const struct phys *phys, uint32_t address, uint32_t size_bytes)
{
    return (uint64_t)address + size_bytes <= phys->ram_bytes;
}

bool phys_dma_read(struct phys *phys, uint32_t address, void *to, uint32_t size_bytes)
{
    if (!dma_range(phys, address, size_bytes))
        return false;
    memcpy(to, phys->memory + address, size_bytes);
    return true;
}

bool phys_dma_write(struct phys *phys, uint32_t address, const void *from, uint32_t size_bytes)
{
    if (!dma_range(phys, address, size_bytes))
        return false;
    memcpy(phys->memory + address, from, size_bytes);
    while (size_bytes > 0) {
        uint32_t offset = address & (PHYS_PAGE_BYTES - 1), room = PHYS_PAGE_BYTES - offset;
        uint32_t piece = size_bytes < room ? size_bytes : room;
        note_store(phys, address >> PHYS_PAGE_SHIFT, offset, piece);
        address += piece;
        size_bytes -= piece;
    }
    return true;
}

void phys_note_code(struct phys *phys, uint32_t page_index, uint64_t lines)
{
    if (page_index >= phys->ram_bytes >> PHYS_PAGE_SHIFT)
        return;
    bool was_fast = phys->dirty[page_index] == DIRTY && !phys->code_lines[page_index];
    phys->code_lines[page_index] |= lines;
    if (was_fast && lines)
        pointers_changed(phys);
}

/* ---- memory by its pages ---- */

uint32_t phys_pages(const struct phys *phys)
{
    return phys->pages;
}

uint32_t phys_page_address(const struct phys *phys, uint32_t index)
{
    uint32_t ram_pages = phys->ram_bytes >> PHYS_PAGE_SHIFT;
    assert(index < phys->pages);
    return index < ram_pages ? index << PHYS_PAGE_SHIFT : PHYS_PIXELS_BASE + ((index - ram_pages) << PHYS_PAGE_SHIFT);
}

const uint8_t *phys_page(const struct phys *phys, uint32_t index)
{
    assert(index < phys->pages);
    return page_at(phys, index);
}

void phys_page_write(struct phys *phys, uint32_t index, uint32_t offset, const void *from, uint32_t size_bytes)
{
    assert(index < phys->pages && size_bytes > 0 && offset + size_bytes <= PHYS_PAGE_BYTES);
    memcpy(page_at(phys, index) + offset, from, size_bytes);
    note_store(phys, index, offset, size_bytes);
}

bool phys_page_dirty(const struct phys *phys, enum phys_reader reader, uint32_t index)
{
    return phys->dirty[index] >> reader & 1;
}

/* Eight pages at once: most are clean. */
static uint64_t eight(const uint8_t *dirty)
{
    uint64_t word;
    memcpy(&word, dirty, sizeof word);
    return word;
}

uint32_t phys_next_dirty(const struct phys *phys, enum phys_reader reader, uint32_t index)
{
    uint64_t mark = UINT64_C(0x0101010101010101) << reader;
    while (index < phys->pages && !(phys->dirty[index] >> reader & 1)) {
        index++;
        while (index % 8 == 0 && index + 8 <= phys->pages && !(eight(phys->dirty + index) & mark))
            index += 8;
    }
    return index < phys->pages ? index : phys->pages;
}

void phys_clear_dirty_of(struct phys *phys, enum phys_reader reader, uint32_t first, uint32_t end)
{
    for (uint32_t page = first; page < end; page++)
        phys->dirty[page] &= (uint8_t) ~(1u << reader);
    pointers_changed(phys);
}

void phys_clear_dirty(struct phys *phys, enum phys_reader reader)
{
    phys_clear_dirty_of(phys, reader, 0, phys->pages);
}

void phys_changed_all(struct phys *phys)
{
    memset(phys->dirty, DIRTY, phys->pages);
    for (uint32_t page = 0; page < phys->pages; page++) {
        uint64_t lines = phys->code_lines[page];
        phys->code_lines[page] = 0;
        for (unsigned i = 0; lines && i < phys->watcher_count; i++)
            phys->watchers[i].ops->code_changed(phys->watchers[i].watcher, page, lines);
    }
    /* ROM is not tracked: whoever wrote it through phys_rom() tells the processors by page ROM's first number. */
    for (unsigned i = 0; i < phys->watcher_count; i++) {
        for (uint32_t page = 0; page < PHYS_ROM_BYTES >> PHYS_PAGE_SHIFT; page++)
            phys->watchers[i].ops->code_changed(phys->watchers[i].watcher, (PHYS_ROM_BASE >> PHYS_PAGE_SHIFT) + page,
                                                UINT64_MAX);
    }
    pointers_changed(phys);
}

/* elf.h - load a guest image: a 32-bit big-endian PA-RISC ELF executable, at its physical addresses. */
#ifndef US_IO_ELF_H
#define US_IO_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/base/error.h"
#include "mmu/phys.h"

/* Check the SIZE bytes at IMAGE and copy its loadable segments into RAM. NAME is for messages. On success *ENTRY is the
 * physical entry point: a word of a loaded segment, or the firmware's reset address. On failure RAM is untouched, and
 * ERROR says what is wrong and what would be right. */
bool elf_load(const uint8_t *image, size_t size, const char *name, struct phys *phys, uint32_t *entry,
              struct error *error);

enum { ELF_SEGMENT_LOAD = 1 };

/* A row of the program headers; the address is the physical one. */
struct elf_segment {
    uint32_t type, offset, address, file_bytes, memory_bytes;
};

/* Are the SIZE bytes at IMAGE such an executable, as far as its headers say? False with one line in ERROR. What
 * follows is for one that is. */
bool elf_check(const uint8_t *image, size_t size, const char *name, struct error *error);
uint32_t elf_entry(const uint8_t *image);
unsigned elf_segments(const uint8_t *image);
struct elf_segment elf_segment_at(const uint8_t *image, unsigned index);
/* Does SEGMENT lie within the SIZE bytes of its file, and within RAM bytes of memory? False with one line in ERROR. */
bool elf_check_segment(const struct elf_segment *segment, size_t size, uint32_t ram, const char *name,
                       struct error *error);

/* Read a whole file (at most 1 GiB) into memory to be freed. NULL with one line in ERROR. */
uint8_t *file_read(const char *path, size_t *size, struct error *error);

#endif

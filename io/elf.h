/* elf.h - load a guest image: a 32-bit big-endian PA-RISC ELF executable, at its physical addresses. */
#ifndef US_IO_ELF_H
#define US_IO_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/error.h"
#include "mmu/phys.h"

/* Check the SIZE bytes at IMAGE and copy its loadable segments into RAM. NAME is for messages. On success *ENTRY is the
 * physical entry point. On failure RAM is untouched, and ERROR says what is wrong and what would be right. */
bool elf_load(const uint8_t *image, size_t size, const char *name, struct phys *phys, uint32_t *entry,
              struct error *error);

/* Read a whole file (at most 1 GiB) into memory to be freed. NULL with one line in ERROR. */
uint8_t *file_read(const char *path, size_t *size, struct error *error);

#endif

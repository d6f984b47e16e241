/* boot_image.h - a kernel, its initial file system and its command line as one image that the firmware starts.
 *
 * The image is an ELF executable like any other (elf.h): the kernel's segments at their physical addresses, the initial
 * file system at the top of memory, the command line and the firmware's parameter block in low memory (handover.h), and
 * the firmware's reset address as its entry. So whatever loads, resets, records or replays an image does it with this.
 */
#ifndef US_IO_BOOT_IMAGE_H
#define US_IO_BOOT_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/base/error.h"

/* What a computer is to start with: an image, or else a kernel. */
struct guest_files {
    const char *image;  /* used if there is no kernel */
    const char *kernel; /* NULL: none */
    const char *initrd; /* NULL: none */
    const char *append; /* the kernel's command line; NULL: empty */
};

/* The image of FILES for a computer with RAM_BYTES of memory: *IMAGE (to be freed) has *SIZE bytes. False with one line
 * in ERROR: a file cannot be read, the kernel is no PA-RISC executable or does not fit, the initial file system does
 * not fit, the command line is too long. */
bool boot_image_read(const struct guest_files *files, uint32_t ram_bytes, uint8_t **image, size_t *size,
                     struct error *error);

/* The name of what FILES start, for messages. */
static inline const char *guest_files_name(const struct guest_files *files)
{
    return files->kernel ? files->kernel : files->image;
}

#endif

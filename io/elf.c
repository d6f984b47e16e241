/* elf.c - see elf.h. Field offsets are the ELF specification's (System V ABI, chapter 4 and 5). */
#include "io/elf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "io/firmware.h"
#include "mmu/base/bits.h"

enum {
    ELF_HEADER_BYTES = 52,
    ELF_PHDR_BYTES = 32,
    EI_CLASS = 4,
    EI_DATA = 5,
    CLASS_32 = 1,
    DATA_BIG = 2,
    TYPE_EXECUTABLE = 2,
    MACHINE_PARISC = 15,
    FILE_BYTES_MAX = 1 << 30,
};

bool elf_check(const uint8_t *image, size_t size, const char *name, struct error *error)
{
    if (size < 4 || memcmp(image, "\177ELF", 4) != 0)
        return error_set(error, "'%s' is not an ELF file: a 32-bit PA-RISC ELF executable is wanted", name);
    if (size < ELF_HEADER_BYTES)
        return error_set(error, "'%s' is cut short: its ELF header is %zu of %d bytes", name, size, ELF_HEADER_BYTES);
    if (image[EI_CLASS] != CLASS_32 || image[EI_DATA] != DATA_BIG)
        return error_set(error, "'%s' is a %d-bit %s-endian ELF file: a 32-bit big-endian PA-RISC one is wanted", name,
                         image[EI_CLASS] == CLASS_32 ? 32 : 64, image[EI_DATA] == DATA_BIG ? "big" : "little");
    unsigned machine = be16_load(image + 18), type = be16_load(image + 16);
    if (machine != MACHINE_PARISC)
        return error_set(error, "'%s' is for ELF machine %u: PA-RISC (%d) is wanted", name, machine, MACHINE_PARISC);
    if (type != TYPE_EXECUTABLE)
        return error_set(error, "'%s' is an ELF file of type %u: an executable (%d), linked statically, is wanted",
                         name, type, TYPE_EXECUTABLE);
    uint32_t at = be32_load(image + 28), count = be16_load(image + 44);
    if (be16_load(image + 42) != ELF_PHDR_BYTES || !count)
        return error_set(error, "'%s' has no program headers: a linked executable is wanted", name);
    if (at > size || count * ELF_PHDR_BYTES > size - at)
        return error_set(error, "'%s' is cut short: its program headers end at byte %llu of %zu", name,
                         (unsigned long long)at + count * ELF_PHDR_BYTES, size);
    return true;
}

uint32_t elf_entry(const uint8_t *image)
{
    return be32_load(image + 24);
}

unsigned elf_segments(const uint8_t *image)
{
    return be16_load(image + 44);
}

struct elf_segment elf_segment_at(const uint8_t *image, unsigned index)
{
    const uint8_t *header = image + be32_load(image + 28) + (size_t)index * ELF_PHDR_BYTES;
    return (struct elf_segment){be32_load(header), be32_load(header + 4), be32_load(header + 12),
                                be32_load(header + 16), be32_load(header + 20)};
}

bool elf_check_segment(const struct elf_segment *segment, size_t size, uint32_t ram, const char *name,
                       struct error *error)
{
    if (segment->offset > size || segment->file_bytes > size - segment->offset)
        return error_set(error, "'%s' is cut short: a segment ends at byte %llu of %zu", name,
                         (unsigned long long)segment->offset + segment->file_bytes, size);
    if (segment->memory_bytes < segment->file_bytes)
        return error_set(error, "'%s' has a segment larger in the file than in memory", name);
    if (segment->memory_bytes > ram || segment->address > ram - segment->memory_bytes)
        return error_set(error, "'%s' wants memory at 0x%08x to 0x%08llx: RAM ends at 0x%08x (--ram makes it larger)",
                         name, segment->address, (unsigned long long)segment->address + segment->memory_bytes, ram);
    return true;
}

/* Page by page, so that what is not loaded stays clean: who looks at what has changed (a join, a digest) passes it. */
static void enter_zeros(struct phys *phys, uint32_t address, uint32_t size_bytes)
{
    static const uint8_t zeros[PHYS_PAGE_BYTES];
    for (uint32_t piece; size_bytes > 0; address += piece, size_bytes -= piece) {
        piece = size_bytes < sizeof zeros ? size_bytes : sizeof zeros;
        phys_dma_write(phys, address, zeros, piece);
    }
}

bool elf_load(const uint8_t *image, size_t size, const char *name, struct phys *phys, uint32_t *entry,
              struct error *error)
{
    if (!elf_check(image, size, name, error))
        return false;
    unsigned count = elf_segments(image);
    uint32_t start = elf_entry(image);
    bool entered = start == FIRMWARE_RESET; /* boot_image.h: the firmware enters what was loaded */
    for (unsigned i = 0; i < count; i++) {
        struct elf_segment segment = elf_segment_at(image, i);
        if (segment.type != ELF_SEGMENT_LOAD)
            continue;
        if (!elf_check_segment(&segment, size, phys_ram_bytes(phys), name, error))
            return false;
        entered |= start >= segment.address && start - segment.address < segment.memory_bytes;
    }
    if (!entered || start % 4)
        return error_set(error, "'%s' has its entry point at 0x%08x: a word inside a loaded segment is wanted", name,
                         start);
    for (unsigned i = 0; i < count; i++) {
        struct elf_segment segment = elf_segment_at(image, i);
        if (segment.type != ELF_SEGMENT_LOAD)
            continue;
        phys_dma_write(phys, segment.address, image + segment.offset, segment.file_bytes);
        enter_zeros(phys, segment.address + segment.file_bytes, segment.memory_bytes - segment.file_bytes);
    }
    *entry = start;
    return true;
}

uint8_t *file_read(const char *path, size_t *size, struct error *error)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not be waited for */
    FILE *file = fd < 0 ? NULL : fdopen(fd, "rb");
    if (!file) {
        error_set(error, "'%s' cannot be read: %s", path, strerror(errno));
        return NULL;
    }
    uint8_t *bytes = NULL;
    if (fstat(fileno(file), &info) || !S_ISREG(info.st_mode)) {
        error_set(error, "'%s' is not a regular file", path);
    } else if (info.st_size > FILE_BYTES_MAX) {
        error_set(error, "'%s' is larger than 1 GiB", path);
    } else if (!(bytes = malloc((size_t)info.st_size + 1))) {
        error_set(error, "'%s' does not fit into memory", path);
    } else {
        *size = fread(bytes, 1, (size_t)info.st_size, file);
        if (*size != (size_t)info.st_size) {
            error_set(error, "'%s' cannot be read whole: %s", path,
                      ferror(file) ? strerror(errno) : "it has become shorter");
            free(bytes);
            bytes = NULL;
        }
    }
    fclose(file);
    return bytes;
}

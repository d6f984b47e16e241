/* boot_image.c - see boot_image.h. Where things lie: docs/firmware.md, "The hand-over". */
#include "io/boot_image.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "io/elf.h"
#include "io/firmware.h"
#include "mmu/base/bits.h"
#include "mmu/base/memory.h"
#include "mmu/phys.h"
#include "roms/include/handover.h"

enum {
    HEADER_BYTES = 52,
    ROW_BYTES = 32,
    OWN_SEGMENTS = 3,     /* initial file system, command line, parameter block */
    TOP_BYTES = 64 << 10, /* left free above the initial file system */
};

/* A kernel's segments say where they are in its virtual memory, which begins there: it is mapped to physical 0. */
#define KERNEL_PHYSICAL_MASK UINT32_C(0x0FFFFFFF)
/* The initial file system lies below this, where every kernel can reach it. */
#define INITRD_TOP_MAX UINT32_C(0x40000000)

struct part {
    const uint8_t *bytes;
    size_t size;
    uint32_t address;
};

struct boot {
    struct part kernel, initrd, command_line, block;
    uint8_t block_bytes[HANDOVER_BLOCK_BYTES];
    uint32_t kernel_end;
    uint32_t ram_bytes;
};

/* The kernel's segment INDEX where the loader puts it. */
static struct elf_segment kernel_segment(const struct boot *boot, unsigned index)
{
    struct elf_segment segment = elf_segment_at(boot->kernel.bytes, index);
    segment.address &= KERNEL_PHYSICAL_MASK;
    return segment;
}

static bool check_kernel(struct boot *boot, const char *name, struct error *error)
{
    if (!elf_check(boot->kernel.bytes, boot->kernel.size, name, error))
        return false;
    uint32_t entry = elf_entry(boot->kernel.bytes) & KERNEL_PHYSICAL_MASK;
    bool entered = false;
    for (unsigned i = 0; i < elf_segments(boot->kernel.bytes); i++) {
        struct elf_segment segment = kernel_segment(boot, i);
        if (segment.type != ELF_SEGMENT_LOAD)
            continue;
        if (!elf_check_segment(&segment, boot->kernel.size, boot->ram_bytes, name, error))
            return false;
        if (segment.address < HANDOVER_MEM_FREE)
            return error_set(error,
                             "'%s' wants memory at 0x%08x: a kernel that leaves the first %d bytes free is wanted",
                             name, segment.address, HANDOVER_MEM_FREE);
        uint32_t end = segment.address + segment.memory_bytes;
        entered |= entry >= segment.address && entry < end;
        boot->kernel_end = end > boot->kernel_end ? end : boot->kernel_end;
    }
    if (!entered || entry % 4)
        return error_set(error, "'%s' has its entry point at 0x%08x: a word inside a loaded segment is wanted", name,
                         elf_entry(boot->kernel.bytes));
    return true;
}

/* As high as possible, on a page of its own. */
static bool place_initrd(struct boot *boot, const char *name, struct error *error)
{
    uint32_t top = boot->ram_bytes < INITRD_TOP_MAX ? boot->ram_bytes : INITRD_TOP_MAX;
    uint32_t floor = (boot->kernel_end + PHYS_PAGE_BYTES - 1) & ~(uint32_t)(PHYS_PAGE_BYTES - 1);
    top -= TOP_BYTES;
    if (floor > top || boot->initrd.size > top - floor)
        return error_set(error,
                         "'%s' (%zu bytes) does not fit: there are %u bytes between the kernel's end and the top of "
                         "memory (--ram makes it larger)",
                         name, boot->initrd.size, floor > top ? 0 : top - floor);
    boot->initrd.address = (top - (uint32_t)boot->initrd.size) & ~(uint32_t)(PHYS_PAGE_BYTES - 1);
    return true;
}

static void fill_block(struct boot *boot)
{
    uint32_t start = boot->initrd.address;
    be32_store(boot->block_bytes + HANDOVER_MAGIC, HANDOVER_MAGIC_WORD);
    be32_store(boot->block_bytes + HANDOVER_ENTRY, elf_entry(boot->kernel.bytes) & KERNEL_PHYSICAL_MASK);
    be32_store(boot->block_bytes + HANDOVER_INITRD_START, start);
    be32_store(boot->block_bytes + HANDOVER_INITRD_END, start + (uint32_t)boot->initrd.size);
    boot->block = (struct part){boot->block_bytes, sizeof boot->block_bytes, HANDOVER_BLOCK};
}

/* ---- the image ---- */

struct writer {
    uint8_t *image;
    uint8_t *row; /* of the next segment */
    size_t at;    /* of the next part's bytes */
};

static void add_row(struct writer *writer, size_t offset, uint32_t address, uint32_t file_bytes, uint32_t memory_bytes)
{
    const uint32_t words[ROW_BYTES / 4] = {ELF_SEGMENT_LOAD, (uint32_t)offset, address, address,
                                           file_bytes,       memory_bytes,     7,       4};
    for (unsigned i = 0; i < ROW_BYTES / 4; i++)
        be32_store(writer->row + 4 * i, words[i]);
    writer->row += ROW_BYTES;
}

static size_t add_bytes(struct writer *writer, const struct part *part)
{
    size_t at = writer->at;
    if (part->size)
        memcpy(writer->image + at, part->bytes, part->size);
    writer->at += part->size;
    return at;
}

static void add_part(struct writer *writer, const struct part *part)
{
    add_row(writer, add_bytes(writer, part), part->address, (uint32_t)part->size, (uint32_t)part->size);
}

static void write_header(uint8_t *image, unsigned segments)
{
    memcpy(image, "\177ELF\1\2\1", 7); /* 32 bits, big-endian, version 1 */
    be16_store(image + 16, 2);         /* executable */
    be16_store(image + 18, 15);        /* PA-RISC */
    be32_store(image + 20, 1);
    be32_store(image + 24, FIRMWARE_RESET);
    be32_store(image + 28, HEADER_BYTES);
    be16_store(image + 40, HEADER_BYTES);
    be16_store(image + 42, ROW_BYTES);
    be16_store(image + 44, (uint16_t)segments);
}

static void write_image(const struct boot *boot, uint8_t **image, size_t *size)
{
    unsigned loaded = 0, all = elf_segments(boot->kernel.bytes);
    for (unsigned i = 0; i < all; i++)
        loaded += kernel_segment(boot, i).type == ELF_SEGMENT_LOAD;
    size_t head = HEADER_BYTES + (size_t)(loaded + OWN_SEGMENTS) * ROW_BYTES;
    *size = head + boot->kernel.size + boot->initrd.size + boot->command_line.size + boot->block.size;
    *image = calloc(1, *size);
    memory_need(*image);
    struct writer writer = {*image, *image + HEADER_BYTES, head};
    write_header(*image, loaded + OWN_SEGMENTS);
    size_t kernel_at = add_bytes(&writer, &boot->kernel);
    for (unsigned i = 0; i < all; i++) {
        struct elf_segment segment = kernel_segment(boot, i);
        if (segment.type == ELF_SEGMENT_LOAD)
            add_row(&writer, kernel_at + segment.offset, segment.address, segment.file_bytes, segment.memory_bytes);
    }
    add_part(&writer, &boot->initrd);
    add_part(&writer, &boot->command_line);
    add_part(&writer, &boot->block);
    assert(writer.at == *size);
}

static bool read_part(struct part *part, const char *path, struct error *error)
{
    part->bytes = file_read(path, &part->size, error);
    return part->bytes != NULL;
}

bool boot_image_read(const struct guest_files *files, uint32_t ram_bytes, uint8_t **image, size_t *size,
                     struct error *error)
{
    const char *append = files->append ? files->append : "";
    struct boot boot = {.ram_bytes = ram_bytes};
    boot.command_line = (struct part){(const uint8_t *)append, strlen(append) + 1, HANDOVER_COMMAND_LINE};
    if (boot.command_line.size > HANDOVER_COMMAND_LINE_BYTES)
        return error_set(error, "the kernel's command line has %zu bytes: at most %d are wanted (--append)",
                         boot.command_line.size - 1, HANDOVER_COMMAND_LINE_BYTES - 1);
    bool good = read_part(&boot.kernel, files->kernel, error) && check_kernel(&boot, files->kernel, error);
    if (good && files->initrd)
        good = read_part(&boot.initrd, files->initrd, error) && place_initrd(&boot, files->initrd, error);
    if (good) {
        fill_block(&boot);
        write_image(&boot, image, size);
    }
    free((void *)(uintptr_t)boot.kernel.bytes);
    free((void *)(uintptr_t)boot.initrd.bytes);
    return good;
}

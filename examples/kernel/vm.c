/* vm.c - address spaces: regions, page tables in memory, and pages that come into being when they are first touched.
 *
 * Architecture manual, "Virtual Memory" and "Access Control". What always holds: a translation is in a page table
 * before it is in a TLB; a frame belongs to one process, but for the text, the gateway and the shared page.
 */
#include "kernel.h"

/* Operand of IxTLBP: access rights type and levels (PL1 3, PL2 as given), D bit, access identifier. */
#define RIGHTS(type, pl2) ((uint32_t)(type) << 24 | UINT32_C(3) << 22 | (uint32_t)(pl2) << 20)
#define DIRTY             UINT32_C(0x10000000)
#define IDENTIFIER(id)    ((id) << 1)

enum {
    READ_WRITE = 1,
    READ_EXECUTE = 2,
    GATEWAY = 4, /* execute, and GATE promotes to level 0 */
};

/* From the linker script. */
extern char __user_text_start[], __user_text_end[], __user_data_start[], __user_data_end[], gateway[], __image_end[];

/* What a process's addresses mean. */
enum region_kind {
    COMMON,  /* the frame at the same physical address, as it is */
    PRIVATE, /* a copy of the page at the same physical address */
    ZERO,    /* zeros */
    SHARED,  /* the shared page */
};
struct region {
    uint32_t base, bytes;
    enum region_kind kind;
    uint32_t rights;
};

static uint32_t next_frame, shared_frame;

static struct region region_of(uint32_t offset)
{
    uint32_t text = (uint32_t)__user_text_start, data = (uint32_t)__user_data_start;
    const struct region regions[] = {
        {text, (uint32_t)__user_text_end - text, COMMON, RIGHTS(READ_EXECUTE, 3)}, /* at level 3 only */
        {(uint32_t)gateway, PAGE_BYTES, COMMON, RIGHTS(GATEWAY, 0)},
        {data, (uint32_t)__user_data_end - data, PRIVATE, RIGHTS(READ_WRITE, 3)},
        {STACK_BASE, STACK_BYTES, ZERO, RIGHTS(READ_WRITE, 3)},
        {HEAP_BASE, HEAP_BYTES, ZERO, RIGHTS(READ_WRITE, 3)},
        {SHARED_BASE, PAGE_BYTES, SHARED, RIGHTS(READ_WRITE, 3)},
    };
    for (unsigned i = 0; i < sizeof regions / sizeof regions[0]; i++) {
        if (offset - regions[i].base < regions[i].bytes)
            return regions[i];
    }
    return (struct region){0};
}

/* COUNT frames of zeros that nobody has; they are never given back. */
static uint32_t new_frames(uint32_t count)
{
    uint32_t frame = next_frame;
    next_frame += count * PAGE_BYTES;
    if (next_frame > system_ram_bytes()) {
        printf("kernel: out of memory\n");
        power_off(2);
    }
    memset((void *)frame, 0, count * PAGE_BYTES);
    return frame;
}

void vm_start(void)
{
    next_frame = ((uint32_t)__image_end + PAGE_BYTES - 1) & -(uint32_t)PAGE_BYTES;
    shared_frame = new_frames(1);
    __asm__ volatile("pdtlbe %%r0(%%sr1,%%r0)\n\tpitlbe %%r0(%%sr1,%%r0)" : : : "memory");
}

void vm_new(struct process *process)
{
    process->directory = (struct entry **)new_frames(DIRECTORY_ENTRIES * sizeof(struct entry *) / PAGE_BYTES);
}

void vm_activate(const struct process *process)
{
    uint32_t shared = SHARED_ID << 1 | (process->writes_shared ? 0 : 1); /* the low bit: write disable */
    __asm__ volatile("mtctl %0,%%cr25\n\tmtctl %1,%%cr8\n\tmtctl %2,%%cr9"
                     :
                     : "r"(process->directory), "r"(process->identifier << 1), "r"(shared)
                     : "memory");
    __asm__ volatile("mtsp %0,%%sr5\n\tmtsp %0,%%sr6\n\tmtsp %0,%%sr7" : : "r"(process->space) : "memory");
}

/* The entry for OFFSET; with MAKE its table is made if there is none, else the answer may be NULL. */
static struct entry *entry_of(struct process *process, uint32_t offset, bool make)
{
    struct entry **table = &process->directory[offset >> 21];
    if (!*table && make)
        *table = (struct entry *)new_frames(1);
    return *table ? &(*table)[offset >> PAGE_SHIFT & (TABLE_ENTRIES - 1)] : NULL;
}

bool vm_fault(struct process *process, uint32_t space, uint32_t offset)
{
    uint32_t page = offset & -(uint32_t)PAGE_BYTES, frame = page;
    struct region region = region_of(offset);
    if (space != process->space || region.bytes == 0)
        return false;
    struct entry *entry = entry_of(process, offset, true);
    if (entry->protection)
        return true;
    if (region.kind == SHARED) {
        frame = shared_frame;
    } else if (region.kind != COMMON) {
        frame = new_frames(1);
        process->pages_filled++;
        if (region.kind == PRIVATE)
            memcpy((void *)frame, (const void *)page, PAGE_BYTES);
    }
    uint32_t identifier = region.kind == COMMON ? 0 : region.kind == SHARED ? SHARED_ID : process->identifier;
    entry->frame = frame >> PAGE_SHIFT << 5;
    entry->protection = region.rights | IDENTIFIER(identifier);
    return true;
}

void vm_dirty(struct process *process, uint32_t space, uint32_t offset)
{
    struct entry *entry = entry_of(process, offset, true);
    entry->protection |= DIRTY;
    process->pages_dirty++;
    __asm__ volatile("mtsp %0,%%sr1\n\tpdtlb %%r0(%%sr1,%1)" : : "r"(space), "r"(offset) : "memory");
}

int vm_user_byte(struct process *process, uint32_t offset)
{
    struct region region = region_of(offset);
    if ((region.rights >> 24) > READ_EXECUTE || !vm_fault(process, process->space, offset))
        return -1;
    uint32_t frame = entry_of(process, offset, true)->frame >> 5 << PAGE_SHIFT;
    return *(const uint8_t *)(frame + (offset & (PAGE_BYTES - 1)));
}

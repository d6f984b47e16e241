/* kernel.h - what the parts of the kernel agree about: the layout of a process's memory, its saved state, system calls.
 *
 * A small preemptive kernel, to be read: docs/kernel.md tells its story. User programs run at privilege level 3 with
 * translation and protection identifiers on, each process in a space of its own; the kernel itself runs in absolute
 * mode at level 0 with interrupts off. This header is for C and for assembler.
 */
#ifndef EXAMPLES_KERNEL_H
#define EXAMPLES_KERNEL_H

/* A process's virtual memory. Text and data are at their linked addresses; quadrants 1 to 3 have the rest. */
#define STACK_BASE  0x60000000 /* grows upwards */
#define STACK_BYTES 0x00020000
#define HEAP_BASE   0xA0000000
#define HEAP_BYTES  0x00040000
#define SHARED_BASE 0xC0000000 /* one page, the same frame in every process */

/* System calls: the number in %r22, arguments in %r26 to %r23, the result in %r28. */
#define SYS_EXIT   0
#define SYS_WRITE  1
#define SYS_YIELD  2
#define SYS_GETPID 3
#define SYS_TIME   4

/* PSW (manual, "Processor Status Word"): a user program's, and the bits of which entry.S speaks. */
#define PSW_C    0x00040000
#define PSW_Q    0x00000008
#define PSW_P    0x00000004
#define PSW_D    0x00000002
#define PSW_I    0x00000001
#define USER_PSW (PSW_C + PSW_Q + PSW_P + PSW_D + PSW_I)

/* The vector that entry.S reports for a system call: no interruption has it. */
#define VECTOR_SYSTEM_CALL 0

/* Saved state of a process: byte offsets of struct context, for entry.S. */
#define CONTEXT_GR    0   /* word 0 holds the vector */
#define CONTEXT_IASQ  128 /* front, back */
#define CONTEXT_IAOQ  136
#define CONTEXT_IPSW  144
#define CONTEXT_IIR   148
#define CONTEXT_ISR   152
#define CONTEXT_IOR   156
#define CONTEXT_SAR   160
#define CONTEXT_SR    164 /* SR 0 to 4: those that a user program may change */
#define CONTEXT_FR    184
#define CONTEXT_BYTES 440

/* A page table entry is what the TLB insert instructions want: the operand of IxTLBA (the frame), then that of IxTLBP
 * (0: no translation). A directory has an entry for each 2 MiB: the table's physical address or 0. */
#define TABLE_ENTRIES     512
#define DIRECTORY_ENTRIES 2048

#ifndef __ASSEMBLER__
#include <understudy.h>

struct context {
    union {
        uint32_t vector;
        uint32_t gr[32];
    };
    uint32_t iasq[2], iaoq[2];
    uint32_t ipsw;
    uint32_t iir, isr, ior;
    uint32_t sar;
    uint32_t sr[5];
    uint64_t fr[32];
};

enum {
    PROCESSES = 4,
    OUTPUT_BYTES = 512,
    PAGE_BYTES = 4096,
    PAGE_SHIFT = 12,
    SHARED_ID = 0x1000, /* protection identifier of the shared page */
};

struct entry {
    uint32_t frame, protection;
};

enum process_state {
    RUNNABLE,
    EXITED,
    KILLED,
};

struct process {
    struct context context; /* first: entry.S knows a process by its address */
    struct entry **directory;
    uint32_t space, identifier;
    bool writes_shared;
    enum process_state state;
    uint32_t status;                     /* of exit */
    uint32_t vector, fault_at, fault_of; /* why it was killed: the interruption, the instruction, the address */
    uint32_t pages_filled, pages_dirty;  /* served lazily: by the first touch, the first store */
    uint32_t preemptions;
    uint32_t output_bytes;
    char output[OUTPUT_BYTES];
};

/* vm.c. Give PROCESS an empty address space with its own space number and protection identifier. */
void vm_start(void);
void vm_new(struct process *process);
/* Make PROCESS's the address space that the TLB handlers see. */
void vm_activate(const struct process *process);
/* A reference to OFFSET in SPACE found no translation: make one if the address is legal. False: it is not. */
bool vm_fault(struct process *process, uint32_t space, uint32_t offset);
/* The first store to a page: its D bit was 0. */
void vm_dirty(struct process *process, uint32_t space, uint32_t offset);
/* The byte at OFFSET of PROCESS, as the process itself might read it; -1 if it might not. */
int vm_user_byte(struct process *process, uint32_t offset);

/* entry.S. Go on with CONTEXT. */
_Noreturn void context_resume(struct context *context);
/* kernel.c, called by entry.S: CONTEXT was interrupted; returns the one to go on with. */
struct context *kernel_interruption(struct context *context);

#endif
#endif

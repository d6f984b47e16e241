/* diff_program.h - a random PA-RISC user program that reports what its registers became.
 *
 * The program is a static ELF image for Linux user mode: blocks of random instructions, each run several times. Before
 * each run registers are loaded from a table of random values; after it they, SAR, the carry and V are appended to a
 * report; after a block's last run scratch memory and report are written to descriptor 1. It uses two system calls,
 * write and exit, through the gateway at 0x100.
 *
 * What always holds: the program ends whatever the instructions compute. Branches go forward only, inside their block;
 * memory references stay in scratch memory and are aligned; nothing traps.
 */
#ifndef US_TESTS_DIFF_DIFF_PROGRAM_H
#define US_TESTS_DIFF_DIFF_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/base/error.h"

enum {
    DIFF_BASE = 0x00100000,    /* where the image is loaded, page-aligned */
    DIFF_SCRATCH_BYTES = 1024, /* scratch memory, the beginning of each write */
    DIFF_REPORT_WORDS = 48,    /* of one run: see diff_report_name */
    DIFF_REGISTERS = 25,       /* of them, general registers that random instructions use */
    DIFF_FLOATS = 8,           /* floating-point registers that they use, two words each, from FR 4 */
    DIFF_INPUTS = 2 * DIFF_FLOATS + DIFF_REGISTERS, /* words that a run begins with, the floating-point ones first */
    DIFF_STRIDE = DIFF_INPUTS + 1,                  /* words of the table from one run to the next: even */
    DIFF_BODY_MAX = 96,                             /* instructions in a block */
    DIFF_TAIL = 6,                                  /* instructions after them that do nothing */
    DIFF_GATEWAY = 0x100,                           /* address of the system call gateway */
    DIFF_SYS_EXIT = 1,
    DIFF_SYS_WRITE = 4,
};

struct diff_options {
    uint64_t seed;
    unsigned blocks;
    unsigned body; /* random instructions in a block, 1..DIFF_BODY_MAX */
    unsigned runs; /* of each block */
    unsigned qemu; /* the version that it is made for: see diff_rules.h */
};

struct diff_program {
    uint8_t *image; /* from DIFF_BASE, ELF header included */
    uint32_t image_bytes;
    uint32_t entry;
    uint32_t *bodies; /* address of each block's first random instruction */
    uint32_t *tables; /* address of the values that each block's first run begins with */
    uint8_t *items;   /* DIFF_BODY_MAX to a block: how many instructions belong together from here on; 0 inside */
    struct diff_options options;
};

/* Make the program. False if there is no memory. Free it with diff_program_free. */
bool diff_program_make(struct diff_program *program, const struct diff_options *options, struct error *error);
void diff_program_free(struct diff_program *program);

/* The word at ADDRESS of the image. */
uint32_t diff_program_word(const struct diff_program *program, uint32_t address);

/* Change the program so that it runs only BLOCK, and begins at program->entry. */
void diff_program_only(struct diff_program *program, unsigned block);

/* Put instructions that do nothing in the place of COUNT instructions of BLOCK, from its FIRST on. */
void diff_program_blank(struct diff_program *program, unsigned block, unsigned first, unsigned count);

/* The value that input INDEX (the registers in the order of the report) had at the beginning of run RUN of BLOCK. */
uint32_t diff_program_input(const struct diff_program *program, unsigned block, unsigned run, unsigned index);

/* What word INDEX of a run's report is: "r5", "fr4" (its left half), "sar", "carry", "v", "status". */
const char *diff_report_name(unsigned index);

#endif

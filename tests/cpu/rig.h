/* rig.h - a processor on a small bare board for tests: RAM, a console that collects bytes, power-off, a timer that
 * counts instructions, and a device that can stall. Nothing of io/ or ft/ is used.
 */
#ifndef US_TESTS_CPU_RIG_H
#define US_TESTS_CPU_RIG_H

#include "cpu/cpu.h"

enum {
    RIG_OUTPUT_MAX = 1 << 16,
};
#define RIG_CONSOLE UINT32_C(0xFFD05800)
#define RIG_SYSTEM  UINT32_C(0xFFF80000)
#define RIG_TEST_DEVICE                                                                                                \
    UINT32_C(0xFFF70000) /* +0 counter (a load counts), +4 stalls once per arming, +8 posts EIRR                       \
                          */

struct rig {
    struct phys *phys;
    struct cpu *cpu;
    char output[RIG_OUTPUT_MAX];
    unsigned output_length;
    bool echo; /* console bytes go to stdout at once */
    bool off;
    uint32_t status;
    /* the test device */
    uint32_t loads, stores;
    unsigned stalls_left; /* the next accesses to +4 that answer "not yet" */
    uint64_t seen_insns;  /* state inside the last callback */
    uint32_t seen_front;
    uint32_t last_store;
    /* environment */
    uint32_t delay; /* trap_delay */
    unsigned drains, drain_stalls;
    uint64_t delivered; /* classes and destinations delivered to the "monitor" */
    unsigned logged;    /* lines of the processor's log */
    char log[160];      /* the last one */
};

/* A board with RAM_BYTES; CONFIG NULL: 64-entry separate TLBs. Aborts if the host has no memory. */
struct rig *rig_new(uint32_t ram_bytes, const struct cpu_config *config);
void rig_free(struct rig *rig);
/* Load a flat file at ADDRESS. False if it cannot be read. */
bool rig_load_flat(struct rig *rig, const char *path, uint32_t address);
/* Load the PT_LOAD segments of a 32-bit big-endian ELF file at their physical addresses. */
bool rig_load_elf(struct rig *rig, const char *path, uint32_t *entry);
/* Run until power-off, a stop other than the limit, or LIMIT instructions; in slices of SLICE. */
enum cpu_stop rig_run(struct rig *rig, uint64_t limit, uint64_t slice);
/* Hash (FNV-1a) of the processor's and its TLB's state tables and of RAM; small: of the 32 KiB at 0x10000 only. */
uint64_t rig_digest(struct rig *rig);
uint64_t rig_digest_small(struct rig *rig);

#endif

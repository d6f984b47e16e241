/* assumption.h - what the protocols assume of the machines, each with a switch that breaks it (docs/faults.md,
 * "Assumptions"): to see which difference the rule hides, and what harm follows.
 */
#ifndef US_FT_ASSUMPTION_H
#define US_FT_ASSUMPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/base/error.h"

/* ASSUMPTION(id, "name", "what happens when it is broken") */
#define ASSUMPTIONS(ASSUMPTION)                                                                                        \
    ASSUMPTION(TLB, "tlb", "which entry a TLB evicts depends on the machine, and its misses reach the guest")          \
    ASSUMPTION(CLOCK, "clock", "clock registers show the machine's own clock; nothing is logged")                      \
    ASSUMPTION(DELIVERY, "delivery", "interrupts are delivered when they arrive, not at the end of an epoch")          \
    ASSUMPTION(DMA, "dma", "data of a read are in memory when the disk has them, inside an epoch")                     \
    ASSUMPTION(TRAPS, "traps", "delayed traps are delivered when the hardware likes")                                  \
    ASSUMPTION(UNDEFINED, "undefined", "undefined results differ between the machines")                                \
    ASSUMPTION(PRIVILEGE, "privilege", "link values show the level at which the monitor runs the guest")               \
    ASSUMPTION(FIFO, "fifo", "the channel lets a message overtake another")                                            \
    ASSUMPTION(DETECTION, "detection", "a failure is reported before the last message is received")                    \
    ASSUMPTION(OUTPUT_COMMIT, "output-commit", "outputs do not wait for acknowledgements, and a crash loses messages") \
    ASSUMPTION(FENCING, "fencing", "the devices go on serving an older generation")                                    \
    ASSUMPTION(ARBITER, "arbiter", "everyone who asks the arbiter wins")                                               \
    ASSUMPTION(SHARED_DISK, "shared-disk", "each computer has a disk of its own")

enum assumption {
#define ASSUMPTION(id, name, title) ASSUMPTION_##id,
    ASSUMPTIONS(ASSUMPTION)
#undef ASSUMPTION
        ASSUMPTION_COUNT
};

/* The assumption called NAME into *WHICH; false with a line that lists the names. */
bool assumption_find(const char *name, enum assumption *which, struct error *error);
const char *assumption_name(enum assumption which);
const char *assumption_title(enum assumption which);

#endif

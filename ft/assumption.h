/* assumption.h - what the protocols assume of the machines, each with a switch that breaks it (docs/faults.md,
 * "Assumptions"): to see which difference the rule hides, and what harm follows.
 */
#ifndef US_FT_ASSUMPTION_H
#define US_FT_ASSUMPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/base/error.h"

/* ASSUMPTION(id, "name", "what happens when it is broken", "what hides the difference while it holds") */
#define ASSUMPTIONS(ASSUMPTION)                                                                                        \
    ASSUMPTION(TLB, "tlb", "which entry a TLB evicts depends on the machine, and its misses reach the guest",          \
               "a TLB of the virtual processor's own, filled and evicted by rules that know no seed,")                 \
    ASSUMPTION(CLOCK, "clock", "clock registers show the machine's own clock; nothing is logged",                      \
               "P0 and P6, the values of the log, and the clock of [E, Tme] (P2, P5)")                                 \
    ASSUMPTION(DELIVERY, "delivery", "interrupts are delivered when they arrive, not at the end of an epoch",          \
               "delivery at the end of an epoch only (P1, P2, P5; figure 3)")                                          \
    ASSUMPTION(DMA, "dma", "data of a read are in memory when the disk has them, inside an epoch",                     \
               "keeping a read's data until the end of the epoch in which it completes (P1, P5)")                      \
    ASSUMPTION(TRAPS, "traps", "delayed traps are delivered when the hardware likes",                                  \
               "the delayed traps of figures 5 and 6, given to the guest at DRAIN and at the end of an epoch,")        \
    ASSUMPTION(UNDEFINED, "undefined", "undefined results differ between the machines",                                \
               "simulating what the architecture leaves undefined")                                                    \
    ASSUMPTION(PRIVILEGE, "privilege", "link values show the level at which the monitor runs the guest",               \
               "simulating the instructions that show the level")                                                      \
    ASSUMPTION(FIFO, "fifo", "the channel lets a message overtake another",                                            \
               "a channel in order, on which [end, E] comes after all that was sent in E,")                            \
    ASSUMPTION(DETECTION, "detection", "a failure is reported before the last message is received",                    \
               "reporting a failure after the last message has been received (figure 7, step 306; P7)")                \
    ASSUMPTION(OUTPUT_COMMIT, "output-commit", "outputs do not wait for acknowledgements, and a crash loses messages", \
               "output commit: acknowledgements before each output,")                                                  \
    ASSUMPTION(FENCING, "fencing", "the devices go on serving an older generation",                                    \
               "devices that refuse an older generation")                                                              \
    ASSUMPTION(ARBITER, "arbiter", "everyone who asks the arbiter wins", "an arbiter that only one computer can win")  \
    ASSUMPTION(SHARED_DISK, "shared-disk", "each computer has a disk of its own",                                      \
               "one disk that both computers reach")                                                                   \
    ASSUMPTION(EQUALIZE, "equalize", "each computer runs at its own speed, and nobody waits for the slower one",       \
               "the speed of the slower computer for both, which [perf] tells,")                                       \
    ASSUMPTION(VALID_FLAG, "valid-flag", "a VM is resumed from a save area whose valid flag is 0",                     \
               "the valid flag of the virtual machine save area (JP 8-263454)")

enum assumption {
#define ASSUMPTION(id, name, title, mechanism) ASSUMPTION_##id,
    ASSUMPTIONS(ASSUMPTION)
#undef ASSUMPTION
        ASSUMPTION_COUNT
};

/* The assumption called NAME into *WHICH; false with a line that lists the names. */
bool assumption_find(const char *name, enum assumption *which, struct error *error);
const char *assumption_name(enum assumption which);
const char *assumption_title(enum assumption which);
const char *assumption_mechanism(enum assumption which);

#endif

/* kind.h - what differs between computers: one without a virtual machine monitor (ft/bare/), and one with (ft/vmm/).
 * Everything else of a computer is the same code.
 */
#ifndef US_FT_COMPUTER_KIND_H
#define US_FT_COMPUTER_KIND_H

#include "ft/channel/inputs.h"
#include "ft/computer/computer.h"

struct computer_kind {
    /* What it sends goes to a backup, which acts only when it has heard nothing for the time-out. */
    bool has_backup;
    /* Let it go on for a while. */
    enum advance (*advance)(struct computer *computer);
    /* Where it is. */
    struct place (*place)(const struct computer *computer);
    /* It fails: what fails with it. */
    void (*die)(struct computer *computer);
    /* The number of the next byte, event or frame of STREAM, if there is room for one. */
    bool (*input_room)(const struct computer *computer, enum input_stream stream, uint64_t *number);
    /* It is VALUE, or FRAME; a disk command has ended (its data are the callee's). */
    void (*input)(struct computer *computer, enum input_stream stream, uint32_t value);
    void (*frame)(struct computer *computer, const struct network_frame *frame);
    void (*disk_ended)(struct computer *computer, const struct disk_completion *end);
    /* A fault of the channel or of acknowledgements happens now. */
    void (*strike)(struct computer *computer, const struct fault *fault);
    /* Its speed is another one; NULL: nobody is told. */
    void (*slowed)(struct computer *computer);
    /* The reset button (system_reset). */
    void (*reset)(struct computer *computer);
    /* Between runs: its part of the state. */
    void (*visit)(struct computer *computer, struct visit *visit);
    void (*free)(struct computer *computer);
};

#endif

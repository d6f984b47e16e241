/* timeline_ring.h - what a computer did lately, for a person: its epochs, what it sent and received, its outputs. The
 * ground of `who-knows` and `timeline`.
 *
 * A ring: what is oldest goes when there is no room. Each computer writes its own, from its own host thread, so nothing
 * is shared; a computer without one (system_config.chronicle_rows is 0) does nothing for it. It influences nothing.
 */
#ifndef US_FT_TIMELINE_RING_H
#define US_FT_TIMELINE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ft/message.h"

enum chronicle_kind {
    CHRONICLE_BEGINS,     /* the VP begins to execute the epoch; number: its instruction count */
    CHRONICLE_ENDS,       /* it has executed it */
    CHRONICLE_DELIVERED,  /* what was buffered for the epoch's end has been delivered to the VP */
    CHRONICLE_APPLIED,    /* a backup's VP has become what the checkpoint of the epoch says */
    CHRONICLE_SENT,       /* a message */
    CHRONICLE_RECEIVED,   /* a message, at its arrival */
    CHRONICLE_AWAITS,     /* acknowledgements are awaited before it goes on; arrival_ps: until then */
    CHRONICLE_ISSUED,     /* disk command `number` is with the disk */
    CHRONICLE_PERFORMED,  /* and was performed */
    CHRONICLE_SUPPRESSED, /* a backup keeps disk command `number` back */
    CHRONICLE_SHOWN,      /* `bytes` bytes to the terminal, the last of them `number` */
    CHRONICLE_HELD,       /* a backup keeps such bytes back */
    CHRONICLE_SPEED,      /* from now on an instruction takes the VP `number` picoseconds */
    /* Of a host with several processors or virtual machines: `processor` and, or -1, `vm` say which. */
    CHRONICLE_SLICE,  /* it has executed, until `number` picoseconds; epoch: of the virtual machine */
    CHRONICLE_FAILED, /* the processor; number: enum fault_kind */
    CHRONICLE_SAVED,  /* the virtual machine's state, from the processor */
    CHRONICLE_MOVED,  /* it goes on at the processor; number: where it came from */
};

struct chronicle_row {
    uint64_t time_ps, epoch, number;
    uint64_t arrival_ps; /* of CHRONICLE_SENT: when it arrives; UINT64_MAX: it waits, the channel is cut. Of
                            CHRONICLE_AWAITS: when the last acknowledgement does; UINT64_MAX: nobody knows */
    uint64_t frame;      /* of CHRONICLE_SENT: which message of its channel it is, from 0 */
    uint32_t bytes;
    enum chronicle_kind kind;
    enum message_class message_class;
    enum interrupt_device device;
    int processor, vm;
};

struct chronicle {
    struct chronicle_row *rows;
    size_t room;
    uint64_t count; /* of all that there were; the newest is row (count - 1) % room */
    uint64_t first; /* the oldest that is kept, of all that there were */
};

struct system;

/* How many rows are kept; row INDEX of them, the oldest is 0. */
size_t chronicle_count(const struct chronicle *chronicle);
const struct chronicle_row *chronicle_at(const struct chronicle *chronicle, size_t index);

/* What COMPUTER did; NULL: nothing was kept. */
const struct chronicle *system_chronicle(const struct system *system, unsigned computer);

/* What became of a message by a time. */
enum message_fate {
    FATE_WAITS, /* the channel is cut */
    FATE_UNDER_WAY,
    FATE_RECEIVED,
    FATE_ACKNOWLEDGED, /* and its sender has the acknowledgement */
    FATE_LOST,         /* its receiver, or its sender with a channel that loses, failed before */
};
/* What had become of ROW, a CHRONICLE_SENT of computer SENDER, at TIME_PS; *ARRIVAL_PS: when it arrived or will, or
 * UINT64_MAX. */
enum message_fate chronicle_fate(const struct system *system, unsigned sender, const struct chronicle_row *row,
                                 uint64_t time_ps, uint64_t *arrival_ps);
/* When SENDER has the acknowledgement of a message that arrives at ARRIVAL_PS; UINT64_MAX: it does not live to see it.
 */
uint64_t chronicle_acknowledged_ps(const struct system *system, unsigned sender, uint64_t arrival_ps);
/* The first epoch of which CHRONICLE has all that there was: what was before has gone, or was never there. UINT64_MAX:
 * there is none, not yet or not any more. */
uint64_t chronicle_kept_from(const struct chronicle *chronicle);

#endif

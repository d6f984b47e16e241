/* hold.h - outputs that wait while the virtual processor goes on (output rule 'hold'; Scales, Nelson and Venkitachalam
 * 2010): one row for all of them, in the order in which the guest made them.
 *
 * What is put out is taken at the store: bytes, a disk command with the data that it writes. It is issued - released -
 * when the backup has acknowledged everything that was sent before it; then, never before, [out, K] tells the backup
 * that outputs up to K are issued. Reads, connect and flush wait like writes, so a completion follows a release only. A
 * primary that is alone holds nothing, and before a power-off or a reset everything is released. Where checkpoints are
 * sent (checkpoint.h), it waits for the acknowledgement of the next one, and that one tells the backup.
 *
 * Private to ft/vmm/.
 */
#ifndef US_FT_VMM_HOLD_H
#define US_FT_VMM_HOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/disk_operation.h"
#include "mmu/base/queue.h"
#include "mmu/base/visit.h"
#include "mmu/base/vtime.h"

struct vmm;

enum { HOLD_MAX = 256 };            /* outputs, or parts; at so many the virtual processor waits */
enum { HOLD_BYTES_MAX = 16 << 20 }; /* of one of them */
#define HOLD_OPEN TIME_NEVER

struct hold_entry {
    uint64_t output;   /* K: which output of the guest it is, or a part of */
    uint64_t since_ps; /* when the guest first came to it */
    uint64_t place;    /* what was sent last before it (ft/channel/peer.h); HOLD_OPEN: its checkpoint is not sent */
    bool is_disk, is_frame;
    struct disk_operation op; /* its data owned */
    uint64_t first_number;    /* of `bytes`, which go to the terminal, or are a frame; owned */
    uint32_t size;
    uint8_t *bytes;
};

struct hold {
    QUEUE(struct hold_entry) row;
    bool has_outcome; /* of the output whose parts came last */
};

void hold_free(struct hold *hold);
void hold_visit(struct hold *hold, struct visit *visit);

/* Does an output that is made now wait? */
bool hold_wanted(const struct vmm *vmm);
/* Is there room for one more, or, where everything must be RELEASED first, nothing left? */
bool hold_room(const struct vmm *vmm, bool released);
/* A part of the output that is being made: SIZE bytes, or a command, whose data are taken over. */
void hold_bytes(struct vmm *vmm, uint64_t first_number, const uint8_t *bytes, size_t size);
void hold_frame(struct vmm *vmm, uint64_t number, const uint8_t *bytes, uint32_t size);
void hold_disk(struct vmm *vmm, const struct disk_operation *op);
/* That was all of it. */
void hold_made(struct vmm *vmm);
/* Where checkpoints are sent: does an output wait for one that is not sent yet? It has been sent: they wait for its
 * acknowledgement. */
bool hold_is_open(const struct vmm *vmm);
void hold_close(struct vmm *vmm);
/* Output number OUTPUT is issued: [out, K], to whoever may hold it. */
void hold_tell(struct vmm *vmm, uint64_t output);
/* When is the next one to be released? TIME_NEVER: none waits, or it is not known. */
uint64_t hold_due_ps(const struct vmm *vmm);
/* The channel is healed: what had place WAITED had waited there, and now has place LEFT. */
void hold_healed(struct vmm *vmm, uint64_t waited, uint64_t left);
/* Release what is due now. False: another computer could act before; ask again. */
bool hold_release(struct vmm *vmm);
/* The guest has been told that the outcome of disk operation NUMBER is unknown: it is not to be performed any more. */
void hold_forget_one(struct vmm *vmm, uint64_t number);

#endif

/* checkpoint.h - checkpoints (Cully and others, "Remus: High Availability via Asynchronous Virtual Machine
 * Replication", NSDI 2008): the backup executes nothing, and has the state of the primary's virtual processor as it was
 * at the end of the last epoch whose checkpoint has come as a whole.
 *
 * C_E is taken after the delivery at the end of E: the virtual processor with its TLB, V1/V2, the devices, the clock
 * (transfer.h); the pages of memory whose content is another than in C_(E-1); what H and the recording have grown by
 * since; the numbers of outputs and inputs; what is buffered for later epochs; the commands under way, and the outputs
 * that wait (hold.h). The last message of it has its digest, which is compared when it has been applied.
 *
 * What always holds: an output is issued when the checkpoint of its epoch has been acknowledged, so whatever the world
 * has seen is in a checkpoint that the backup has. What the primary executed after that is forgotten if it fails.
 *
 * Theirs: checkpoints of a speculating primary, network output that waits for them, a backup that buffers a checkpoint
 * and applies it when it is whole. Ours: that reads wait, too, and disk commands of the primary's disk (theirs has two
 * disks, and writes to the backup's are buffered there); that pages are compared by content; what becomes of
 * outstanding commands; the digest.
 *
 * Private to ft/vmm/.
 */
#ifndef US_FT_VMM_CHECKPOINT_H
#define US_FT_VMM_CHECKPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "ft/log/operations.h"
#include "mmu/base/pages.h"
#include "mmu/base/queue.h"
#include "mmu/base/visit.h"

struct message;
struct vmm;

/* At a backup: C_E, as far as it has come. */
struct received_checkpoint {
    uint64_t epoch, arrival_ps, digest;
    bool whole;
    uint32_t state_bytes;
    uint8_t *state; /* owned */
    uint32_t page_count;
    struct page_map pages; /* those that have changed; one of zeros is there, too */
};

struct checkpointing {
    bool used;
    /* A primary's that has a backup: */
    bool begun;
    struct page_map memory;              /* as the backup has it: in the last checkpoint that was sent */
    note_bytes notes;                    /* what H has grown by since */
    uint64_t copied_pages;               /* in the one of this epoch: what they cost is not counted yet */
    uint64_t taped_bytes, taped_entries; /* of the recording, how much the backup has */
    /* A backup's: only the last one may lack something. */
    QUEUE(struct received_checkpoint) received;
};

/* The VMM and its board are new. */
void checkpoint_init(struct vmm *vmm);
void checkpoint_free(struct vmm *vmm);
void checkpoint_visit(struct vmm *vmm, struct visit *visit);
/* What H grows by is noted from now on. To be called again when H has been replaced. */
void checkpoint_attach(struct vmm *vmm);

/* The four functions that follow do nothing where no checkpoints are sent. */

/* The backup, which has memory, H and recording as they are now, is sent checkpoints from here on; there is none any
 * more. */
void checkpoint_begin(struct vmm *vmm);
void checkpoint_end(struct vmm *vmm);
/* At the beginning of a primary's epoch: if it has a backup since power-on, it begins. */
void checkpoint_epoch_begins(struct vmm *vmm);
/* What came but not as a whole is forgotten. */
void checkpoint_drop_partial(struct vmm *vmm);

/* Does something wait for the end of the present epoch, so that a VP with nothing to do ends it? */
bool checkpoint_wanted(const struct vmm *vmm);
/* MESSAGE, a part of a checkpoint, has arrived. False if it makes no sense. */
bool checkpoint_receive(struct vmm *vmm, const struct message *message, uint64_t arrival_ps);
/* Is there one that is whole and not applied? */
bool checkpoint_is_here(const struct vmm *vmm);

#endif

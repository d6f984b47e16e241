/* state_digest.h - what primary and backup, or recording and replay, compare at epoch ends (docs/log.md, "Digests"). */
#ifndef US_FT_VMM_STATE_DIGEST_H
#define US_FT_VMM_STATE_DIGEST_H

#include "ft/vmm/vmm.h"

/* Hash of all that two replicas must share at the end of an epoch, after the delivery: the board, and the VMM's copies.
 */
uint64_t vmm_digest(struct vmm *vmm);
/* Everything of this epoch's end has been delivered. If its digest is due (digest-epochs): the primary sends it and
 * keeps the state; the backup compares; a recording notes it; a replay compares. */
void vmm_digest_due(struct vmm *vmm);

#endif

/* tape.h - the VMM's side of recordings and of state digests: what it notes as its VP consumes the log, and what
 * primary and backup compare at epoch ends (protocol.md sections 1 and 8). Private to ft/.
 */
#ifndef US_FT_VMM_TAPE_H
#define US_FT_VMM_TAPE_H

#include "ft/vmm/vmm.h"

/* All of these do nothing unless the run is recorded (system_config.record). */

/* The VMM is new: its VP's log begins. */
void record_begin(struct vmm *vmm);
/* COMPUTER's VP goes on where that of SURVIVOR is, at the beginning of an epoch (re-integration). */
void record_join(struct vmm *vmm, const struct vmm *survivor);
/* The VP has taken an environment value at the present instruction. */
void record_value(struct vmm *vmm, enum value_kind kind, uint64_t value);
/* The epoch is over and its clock known; what record_delivery notes is delivered now. */
void record_epoch_end(struct vmm *vmm);
void record_delivery(struct vmm *vmm, const struct interrupt *interrupt);
/* The VP turns itself off. */
void record_off(struct vmm *vmm, uint8_t status);
void record_free(struct vmm *vmm);

/* Hash of all that two replicas must share at the end of an epoch, after the delivery: the board, and the VMM's copies.
 */
uint64_t vmm_digest(struct vmm *vmm);
/* Everything of this epoch's end has been delivered. If its digest is due (digest-epochs): the primary sends it and
 * keeps the state; the backup compares; a recording notes it; a replay compares. */
void vmm_digest_due(struct vmm *vmm);
/* With digests, a primary is never further than the end of the epoch after the last digest that its backup has not
 * confirmed, so that a difference stops it at a place that does not depend on host threads. True: it must wait. Virtual
 * time does not notice. */
bool vmm_digest_waits(struct vmm *vmm, const struct computer *peer);

#endif

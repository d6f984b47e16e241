/* tape.h - the VMM's side of recordings: what it notes as its VP consumes the log (docs/protocols.md). */
#ifndef US_FT_VMM_TAPE_H
#define US_FT_VMM_TAPE_H

#include "ft/vmm/vmm.h"

/* All of these do nothing unless the run is recorded (system_config.record). */

/* The VMM is new: its VP's log begins. */
void tape_begin(struct vmm *vmm);
/* COMPUTER's VP goes on where that of SURVIVOR is, at the beginning of an epoch (re-integration). */
void tape_join(struct vmm *vmm, const struct vmm *survivor);
/* VMM's VP, which has executed nothing here, goes on here from its last checkpoint. */
void tape_take_over(struct vmm *vmm);
/* The VP has taken an environment value at the present instruction. */
void tape_value(struct vmm *vmm, enum value_kind kind, uint64_t value);
/* The epoch is over and its clock known; what tape_delivery notes is delivered now. */
void tape_epoch_end(struct vmm *vmm);
void tape_delivery(struct vmm *vmm, const struct interrupt *interrupt);
/* MESSAGE, a digest, is due at this epoch's end. */
void tape_digest(struct vmm *vmm, const struct message *message);
/* Somebody else, or its host, resets the VP: its epoch ends here. */
void tape_reset(struct vmm *vmm);
/* The VP turns itself off. */
void tape_off(struct vmm *vmm, uint8_t status);
void tape_free(struct vmm *vmm);

#endif

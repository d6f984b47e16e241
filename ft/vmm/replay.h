/* replay.h - a recording is run again: a VP under a VMM whose log comes from a file instead of the channel
 * (docs/log.md, "Replay": one mechanism). Nothing else reaches it: it has no disk and no terminal input, and its
 * outputs are suppressed, but for the terminal's bytes, which are shown.
 *
 * The entries are consumed in their order, each at the epoch and instruction where it was recorded; the first place
 * where guest and recording do not agree ends the replay (system_result: digests_differ, with the sentence).
 */
#ifndef US_FT_VMM_REPLAY_H
#define US_FT_VMM_REPLAY_H

#include "ft/vmm/vmm.h"

/* Make VMM, which is new, a replay of its system's config.replay. */
void replay_begin(struct vmm *vmm);
/* How far it has come. The recording is not part of it. */
void replay_visit(struct vmm *vmm, struct visit *visit);
extern const enum action replay_program[];
/* The VP wants an environment value. */
enum phys_result replay_value(struct vmm *vmm, enum value_kind kind, uint64_t *value);
/* If the VP was reset from outside at this instruction, it is. True: it was. */
bool replay_reset(struct vmm *vmm);
/* The VP is about to turn itself off. Did it then? STALL: not in this epoch; vmm->stall says why. */
enum phys_result replay_off_ready(struct vmm *vmm);
void replay_off(struct vmm *vmm, uint8_t status);
/* ACTION_FOLLOW: the epoch has been run; take its clock and what is delivered at its end from the recording. */
enum outcome replay_follow(struct vmm *vmm);
/* ACTION_FOLLOW_LATE: a VP can be promoted at the very end of the epoch with which it came to its computer (the epoch
 * before the first at power-on). What the fail-over adds to that end is delivered after the rest. */
enum outcome replay_follow_late(struct vmm *vmm);
/* After the delivery: compare with the digest recorded, if there is one. */
void replay_digest(struct vmm *vmm);
/* Before more is run: is this where the recorded run ended? Then the replay has ended too. */
bool replay_over(struct vmm *vmm);
/* The recording's run has ended here, but its entries go on: no guest does both. */
void replay_beyond(struct vmm *vmm);
/* Do the epochs of FILE end where its primary said? */
bool replay_has_points(const struct recording_file *file);
/* Then, of the epoch under way: how many instructions may it run before the recording is looked at again (0: it is
 * over), and why it ended. */
uint64_t replay_epoch_left(const struct vmm *vmm);
enum point_reason replay_reason(const struct vmm *vmm);
/* How many instructions may be run before replay_over must be asked again. */
uint64_t replay_limit(const struct vmm *vmm);

#endif

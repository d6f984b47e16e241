/* actions.h - the actions of a protocol's program, one function each (actions_run.c, actions_epoch.c,
 * actions_failover.c, checkpoint.c). An action is called until it is done; whatever it needs to remember meanwhile is
 * in struct vmm. Private to ft/vmm/.
 */
#ifndef US_FT_VMM_ACTIONS_H
#define US_FT_VMM_ACTIONS_H

#include "ft/vmm/vmm.h"

static inline bool vmm_is_backup(const struct vmm *vmm)
{
    return vmm->computer->role == ROLE_BACKUP;
}

/* The action is done, and protocol step STEP with it. */
static inline enum outcome vmm_step_done(struct vmm *vmm, enum protocol_step step)
{
    computer_step_taken(vmm->computer, step);
    return OUTCOME_DONE;
}

enum outcome act_run(struct vmm *vmm);
enum outcome act_run_one(struct vmm *vmm);
enum outcome act_take_clock(struct vmm *vmm);
enum outcome act_add_due(struct vmm *vmm);
enum outcome act_deliver(struct vmm *vmm);
enum outcome act_next_epoch(struct vmm *vmm);
enum outcome act_send_time(struct vmm *vmm);
enum outcome act_await_acks(struct vmm *vmm);
enum outcome act_send_end(struct vmm *vmm);
enum outcome act_send_checkpoint(struct vmm *vmm);
enum outcome act_await_checkpoint(struct vmm *vmm);
enum outcome act_apply_checkpoint(struct vmm *vmm);
enum outcome act_await_time(struct vmm *vmm);
enum outcome act_await_end(struct vmm *vmm);
enum outcome act_join(struct vmm *vmm);
enum outcome act_stand(struct vmm *vmm);
enum outcome act_ask_arbiter(struct vmm *vmm);
enum outcome act_fence(struct vmm *vmm);
enum outcome act_tell_operator(struct vmm *vmm);
enum outcome act_discard(struct vmm *vmm);
enum outcome act_connect(struct vmm *vmm);
enum outcome act_tell_outstanding(struct vmm *vmm);
enum outcome act_promote(struct vmm *vmm);

#endif

/* follower.c - see follower.h. */
#include "ft/vmm/follower.h"

#include <xxhash.h>

#include "ft/vmm/actions.h"
#include "ft/vmm/state_digest.h"
#include "mmu/base/vtime.h"

void follower_follow(struct vmm *vmm, struct vmm *leader)
{
    vmm->following.leader = leader;
    vmm->suppressed = leader->suppressed;
    *VEC_PUSH(&leader->following.followers) = vmm;
}

/* ---- turns ---- */

void followers_give_turn(struct vmm *leader)
{
    struct following *of = &leader->following;
    of->turns++;
    of->given_ps = computer_now(leader->computer);
    for (size_t i = 0; i < of->followers.count; i++) {
        struct vmm *vmm = of->followers.at[i];
        vmm->following.in_turn = !vmm->computer->over && !(vmm->following.sleeps && vmm_sleeps(vmm));
    }
}

bool followers_in_turn(const struct vmm *leader)
{
    const struct following *of = &leader->following;
    for (size_t i = 0; i < of->followers.count; i++)
        if (of->followers.at[i]->following.in_turn && !of->followers.at[i]->computer->over)
            return true;
    return false;
}

bool follower_may_run(const struct vmm *vmm)
{
    return !vmm->following.leader || vmm->following.in_turn;
}

void follower_end_turn(struct vmm *vmm, bool sleeps)
{
    struct following *following = &vmm->following;
    bool woken = following->sleeps && !sleeps; /* the epoch of an earlier turn is over: the next one is this turn's */
    following->sleeps = sleeps;
    if (!following->leader || woken)
        return;
    following->in_turn = false;
    following->turns++;
}

/* ---- its clock, and its output ---- */

uint64_t follower_clock(const struct vmm *vmm)
{
    return vmm->following.leader->end_clock_ps;
}

enum phys_result follower_output_ready(struct vmm *vmm, bool last)
{
    struct vmm *leader = vmm->following.leader;
    vmm->following.at_output = true;
    vmm->stall = STALL_LEADER;
    if (follower_wants_leader(vmm))
        return PHYS_STALL;
    enum phys_result ready = vmm_output_ready(leader, vmm_output_commit(leader) || last);
    if (leader->computer->dying)
        return PHYS_STALL;
    vmm->stall = leader->stall;
    if (ready != PHYS_OK)
        return ready;
    leader->peer.await_arrival_ps = 0;
    vmm->following.at_output = false;
    return PHYS_OK;
}

bool follower_wants_leader(const struct vmm *vmm)
{
    const struct following *following = &vmm->following;
    return following->at_output &&
           (following->leader->computer->dying || following->attended_ps != computer_now(vmm->computer));
}

void follower_attended(struct vmm *vmm)
{
    vmm->following.attended_ps = computer_now(vmm->computer);
}

enum outcome follower_await_acks(struct vmm *vmm)
{
    struct vmm *leader = vmm->following.leader;
    enum outcome outcome = vmm_await_acks(leader);
    uint64_t horizon = vmm_horizon_ps(leader);
    if (leader->computer->dying || (outcome == OUTCOME_SLEEP && computer_now(vmm->computer) >= horizon))
        return OUTCOME_BLOCKED;
    if (outcome != OUTCOME_SLEEP)
        return outcome;
    vmm->wake_ps = smallest(smallest(leader->wake_ps, vmm_due_ps(leader)), horizon);
    return OUTCOME_SLEEP;
}

bool follower_holds(const struct vmm *vmm, uint64_t *epoch)
{
    const struct vmm *leader = vmm->following.leader;
    *epoch = leader->epoch;
    return leader->epoch > leader->ended_epoch;
}

void followers_epoch_ended(struct vmm *leader, uint64_t epoch)
{
    struct following *of = &leader->following;
    for (size_t i = 0; i < of->followers.count; i++) {
        struct vmm *vmm = of->followers.at[i];
        while (QUEUE_COUNT(&vmm->held) && QUEUE_FRONT(&vmm->held)->epoch <= epoch)
            QUEUE_POP(&vmm->held);
    }
}

void followers_promote(struct vmm *leader)
{
    struct following *of = &leader->following;
    for (size_t i = 0; i < of->followers.count; i++) {
        struct vmm *vmm = of->followers.at[i];
        computer_sleep_until(vmm->computer, computer_now(leader->computer));
        computer_arbitrate(vmm->computer); /* of its own world, in which nobody else asks */
        computer_fence(vmm->computer);
        vmm->suppressed = false;
        vmm_issue_held(vmm);
    }
}

uint64_t followers_digest(const struct vmm *leader)
{
    const struct following *of = &leader->following;
    uint64_t digest = 0;
    for (size_t i = 0; i < of->followers.count; i++) {
        struct vmm *vmm = of->followers.at[i];
        const uint64_t all[] = {digest, vmm_digest(vmm), i, vmm->computer->over, vmm->idle, vmm->following.turns};
        digest = XXH3_64bits(all, sizeof all);
    }
    return digest;
}

void following_visit(struct following *following, struct visit *visit)
{
    VISIT_MOMENT(visit, following->turns);
    VISIT_MOMENT(visit, following->given_ps);
    VISIT(visit, following->in_turn);
    VISIT(visit, following->sleeps);
    VISIT(visit, following->at_output);
    VISIT_MOMENT(visit, following->attended_ps);
}

/* state_digest.c - see state_digest.h. */
#include "ft/vmm/state_digest.h"

#include <xxhash.h>

#include "ft/recording.h"
#include "ft/vmm/follower.h"
#include "ft/vmm/past.h"
#include "ft/vmm/replay.h"
#include "ft/vmm/tape.h"

uint64_t vmm_digest(struct vmm *vmm)
{
    const struct timer_thinning *thinning = &vmm->thinning;
    bool alike = !vmm->points.used; /* it is computed alike on both, and not logged */
    const uint64_t all[] = {
        board_digest(vmm->computer->board),
        vmm->traps.v1[0],
        vmm->traps.v1[1],
        vmm->traps.v2,
        vmm->timer_seen_ticks,
        vmm->frames_seen,
        alike ? thinning->rate : 0,
        alike ? thinning->given_ticks : 0,
        alike ? thinning->period_ticks : 0,
        alike && thinning->withheld ? thinning->due_ticks : 0,
    };
    return XXH3_64bits(all, sizeof all);
}

/* The backup's: is DIGEST what the primary sent for this epoch? A failover epoch is not compared: the primary did not
 * end it, and what is delivered at its end is not what the primary would have delivered. */
static void compare_digest(struct vmm *vmm, uint64_t digest, uint64_t followers)
{
    while (QUEUE_COUNT(&vmm->digests) && QUEUE_FRONT(&vmm->digests)->epoch < vmm->epoch)
        QUEUE_POP(&vmm->digests);
    if (!QUEUE_COUNT(&vmm->digests) || QUEUE_FRONT(&vmm->digests)->epoch != vmm->epoch || vmm->failing_over)
        return;
    vmm->by_digest = !vmm->differs && QUEUE_FRONT(&vmm->digests)->value != digest;
    if (QUEUE_FRONT(&vmm->digests)->index != followers)
        vmm_differs(vmm, "a virtual processor beside them is in another state");
    if (QUEUE_FRONT(&vmm->digests)->value != digest)
        vmm_differs(vmm, "their state digests at the end of the epoch are not equal");
}

/* Only a backup in this process can compare itself with what is kept. */
static void keep_past(struct vmm *vmm)
{
    if (vmm->peer.remote)
        return;
    if (!vmm->past)
        vmm->past = past_new(vmm->computer->board);
    past_note(vmm->past, vmm->epoch, order_executed(vmm->peer.order, vmm->peer.number));
}

void vmm_digest_due(struct vmm *vmm)
{
    uint64_t every = vmm->computer->world->config.settings.digest_epochs;
    bool backup = vmm->computer->role == ROLE_BACKUP;
    bool alone = vmm->checkpoint.used || (!vmm->linked && !backup); /* a checkpoint has its own */
    if (vmm->replay) {
        replay_digest(vmm);
        return;
    }
    if (!every || vmm->epoch % every || vmm->epoch == vmm->start_epoch || (alone && !vmm->recording))
        return;
    struct message message = {.message_class = MESSAGE_DIGEST, .epoch = vmm->epoch, .value = vmm_digest(vmm)};
    tape_digest(vmm, &message);
    if (alone)
        return;
    message.index = followers_digest(vmm); /* a recording is of the first one alone */
    if (backup) {
        compare_digest(vmm, message.value, message.index);
    } else {
        keep_past(vmm);
        vmm_send(vmm, &message);
    }
}

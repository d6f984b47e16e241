/* channel_faults.c - faults of the channel between two monitors, and of the acknowledgements on it. */
#include "ft/vmm/vmm.h"

#include "mmu/base/vtime.h"

/* From now on the backup hears nothing, and nothing is heard of it: its last heartbeat that came through was at the
 * last beat before now. What was acknowledged before counts as well; a heartbeat is never older than that by more than
 * one beat. */
static void cut(struct computer *computer)
{
    const struct settings *settings = &computer->world->config.settings;
    uint64_t now = computer_now(computer);
    if (computer->channel.cut || !computer->vmm->linked)
        return;
    vmm_send_waiting(computer->vmm);
    channel_cut(&computer->channel, now);
    computer->vmm->peer.lag_ps = 0; /* without reports nobody is slowed */
    events_cancel(&computer->events, EVENT_PEER_LOST);
    events_add(&computer->events, peer_report_ps(&computer->vmm->peer, last_heartbeat_ps(settings, now)),
               EVENT_PEER_LOST, 0);
    computer_tell(computer, "the channel is cut");
}

/* What has waited leaves now: whoever awaits its acknowledgement awaits the last arrival of it. */
static void heal(struct computer *computer)
{
    struct vmm *vmm = computer->vmm;
    if (!computer->channel.cut)
        return;
    if (!vmm->peer.silence_known)
        events_cancel(&computer->events, EVENT_PEER_LOST);
    uint64_t waited = peer_last_sent(&vmm->peer);
    channel_heal(&computer->channel, computer_now(computer));
    uint64_t left = peer_last_sent(&vmm->peer);
    if (vmm->peer.await_arrival_ps == waited)
        vmm->peer.await_arrival_ps = left;
    hold_healed(vmm, waited, left);
    join_healed(vmm, waited, left);
    computer_tell(computer, "the channel is healed");
}

static void lose_acks(struct computer *computer)
{
    peer_lose_acks(&computer->vmm->peer);
    computer_tell(computer, "the acknowledgements under way are lost");
}

void vmm_strike(struct computer *computer, const struct fault *fault)
{
    if (fault->kind == FAULT_CUT)
        cut(computer);
    else if (fault->kind == FAULT_HEAL)
        heal(computer);
    else
        lose_acks(computer);
}

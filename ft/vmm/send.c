/* send.c - what a primary's monitor sends, and what it awaits of it.
 *
 * Values of environment instructions (P0) that find the line busy wait, and leave together when it is free: a guest
 * that polls the clock sends one message for many. Nothing that comes after them overtakes them.
 */
#include "ft/vmm/vmm.h"

#include <string.h>

#include "ft/computer/crash_trail.h"
#include "ft/log/values.h"
#include "ft/computer/timeline_ring.h"
#include "mmu/base/memory.h"
#include "mmu/base/vtime.h"

static void send_now(struct vmm *vmm, const struct message *message)
{
    uint8_t small[MESSAGE_HEADER_BYTES + MESSAGE_POINT_BYTES];
    struct computer *computer = vmm->computer;
    size_t size = message_size(message);
    uint64_t now = computer_now(computer);
    uint8_t *bytes = size <= sizeof small ? small : malloc(size);
    memory_need(bytes);
    message_encode(message, bytes);
    stops_at_message(computer, message, true);
    uint64_t place = peer_send(&vmm->peer, bytes, size, message->message_class == MESSAGE_HEARTBEAT, now);
    trail_effect(computer);
    if (computer->channel.losing)
        trail_due(computer, place);
    trail_ack(computer, peer_acknowledged_ps(&vmm->peer, place, now));
    chronicle_sent(computer, message, place);
    if (bytes != small)
        free(bytes);
}

void vmm_lose_vp(struct vmm *vmm, bool rejoins)
{
    struct computer *computer = vmm->computer;
    vmm_send_waiting(vmm);
    /* A backup has no messages of its own: what it says comes as its acknowledgements do (ft/channel/peer.h). */
    if (vmm->linked && !vmm->suppressed)
        send_now(vmm, &(struct message){.message_class = MESSAGE_LOST, .epoch = vmm->epoch});
    computer_step_taken(computer, PROTOCOL_STEP_LOST_SENT);
    atomic_store(&computer->rejoins, rejoins && !computer->dying);
    computer_lose_vp(computer);
}

void vmm_send_waiting(struct vmm *vmm)
{
    struct logged_value *waiting = vmm->waiting_values.at;
    size_t count = vmm->waiting_values.count;
    if (!count)
        return;
    vmm->waiting_values.count = 0;
    events_cancel(&vmm->computer->events, EVENT_LINE);
    struct message message = {.message_class = MESSAGE_VALUE,
                              .value_kind = waiting[0].kind,
                              .epoch = waiting[0].epoch,
                              .index = waiting[0].index,
                              .value = waiting[0].value};
    if (count > 1) {
        vmm->packed.count = 0;
        for (size_t i = 0; i < count; i++)
            values_pack(&vmm->packed, i ? &waiting[i - 1] : NULL, &waiting[i]);
        message = (struct message){.message_class = MESSAGE_VALUES,
                                   .epoch = waiting[0].epoch,
                                   .index = count,
                                   .bulk = vmm->packed.at,
                                   .bulk_bytes = (uint32_t)vmm->packed.count};
    }
    send_now(vmm, &message);
}

void vmm_send_bulk(struct vmm *vmm, enum message_class message_class, uint64_t index, const uint8_t *bytes,
                   uint32_t size)
{
    vmm_send(
        vmm,
        &(struct message){
            .message_class = message_class, .epoch = vmm->epoch, .index = index, .bulk = bytes, .bulk_bytes = size});
}

void vmm_send(struct vmm *vmm, const struct message *message)
{
    if (!vmm->linked)
        return;
    vmm_send_waiting(vmm);
    send_now(vmm, message);
}

/* Values of one message are of one epoch: what ends an epoch sends them on their way. */
void vmm_send_value(struct vmm *vmm, const struct logged_value *value)
{
    struct computer *computer = vmm->computer;
    *VEC_PUSH(&vmm->waiting_values) = *value;
    trail_effect(computer); /* if the computer dies now, it is on the line */
    uint64_t now = computer_now(computer), free = peer_line_free_ps(&vmm->peer, now);
    bool busy = free > now && !computer->channel.cut;
    if (!busy || vmm->waiting_values.count == VALUES_MAX) {
        vmm_send_waiting(vmm);
    } else if (vmm->waiting_values.count == 1) {
        events_add(&computer->events, free, EVENT_LINE, 0);
        board_request_stop(computer->board); /* there is an event that the present run does not know of */
    }
}

/* ---- acknowledgements ---- */

enum outcome vmm_await_acks(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    struct peer *peer = &vmm->peer;
    if (vmm->alone)
        return OUTCOME_DONE;
    vmm_send_waiting(vmm);
    bool begins = !peer->await_arrival_ps;
    if (begins)
        peer->await_arrival_ps = peer_last_sent(peer);
    if (!peer->await_arrival_ps)
        return OUTCOME_DONE; /* nothing has ever been sent */
    vmm->wake_ps = peer_acknowledged_ps(peer, peer->await_arrival_ps, computer_now(computer));
    if (computer_now(computer) >= vmm->wake_ps)
        return OUTCOME_DONE;
    if (begins)
        chronicle_awaits(computer, vmm->wake_ps);
    return OUTCOME_SLEEP;
}

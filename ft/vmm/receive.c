/* receive.c - a backup's end of the channel: messages become the log, silence becomes a failed primary.
 *
 * A message is acknowledged when it arrives (P4), whatever the virtual processor is doing: by ft/channel/peer.c, which
 * also knows when the acknowledgement is there. The fault monitor judges by what was received: last message + time-out,
 * in virtual time (docs/protocols.md, "Fail-over").
 */
#include "ft/computer/crash_trail.h"
#include "ft/computer/timeline_ring.h"
#include "ft/vmm/vmm.h"

#include <inttypes.h>
#include <stdio.h>

#include "ft/vmm/follower.h"
#include "ft/vmm/tape.h"
#include "mmu/base/vtime.h"

static void see_clock(struct vmm *vmm, uint64_t clock_ps, uint64_t at_ps)
{
    vmm->seen_clock_ps = clock_ps;
    vmm->seen_at_ps = at_ps;
}

static void keep_value(struct vmm *vmm, const struct logged_value *value, uint64_t at_ps)
{
    *QUEUE_PUSH(&vmm->values) = *value;
    if (value->kind == VALUE_CLOCK)
        see_clock(vmm, value->value, at_ps);
}

static void keep_values(struct vmm *vmm, const struct message *message, uint64_t at_ps)
{
    struct logged_value value = {.epoch = message->epoch};
    size_t at = 0;
    for (uint64_t i = 0; i < message->index; i++) {
        if (!values_unpack(message->bulk, message->bulk_bytes, &at, &value)) {
            vmm_differs(vmm, "a message of values makes no sense");
            return;
        }
        keep_value(vmm, &value, at_ps);
    }
}

/* The clock of an epoch's end: bs sends it as [E, Tme], dec with [end, E]. */
static void keep_clock(struct vmm *vmm, const struct message *message)
{
    *QUEUE_PUSH(&vmm->clocks) = (struct logged_value){message->epoch, 0, message->value, VALUE_CLOCK};
}

/* What is beyond that is held. */
void vmm_see_performed(struct vmm *vmm, uint64_t number)
{
    vmm->performed_out = number;
    held_performed(&vmm->held, number);
}

void vmm_see_frames_performed(struct vmm *vmm, uint64_t number)
{
    vmm->performed_frames = number;
    held_frames_performed(&vmm->held_frames, number);
}

static void end_epoch(struct vmm *vmm, uint64_t epoch)
{
    vmm->ended_epoch = epoch;
    followers_epoch_ended(vmm, epoch);
}

/* Can MESSAGE be what a primary sends now? It sends the log of one epoch after the other, and an interrupt's data fit
 * what happened. Whether a completion is of a command that the guest has issued is seen when it is delivered. */
static bool makes_sense(const struct vmm *vmm, const struct message *message)
{
    bool of_epoch = message->message_class <= MESSAGE_OFF || message->message_class == MESSAGE_DIGEST ||
                    message->message_class == MESSAGE_VALUES || message->message_class == MESSAGE_PERFORMED;
    if (message_is_checkpoint(message->message_class) || (of_epoch && message->message_class != MESSAGE_OFF))
        if (message_is_checkpoint(message->message_class) != vmm->checkpoint.used)
            return false;
    of_epoch |= message_is_checkpoint(message->message_class);
    /* Where a primary says where E ends, it does so before it delivers: a digest is of what was delivered. */
    if (vmm->points.used && message->message_class == MESSAGE_DIGEST && message->epoch == vmm->ended_epoch)
        return true;
    if (message->message_class == MESSAGE_END && (message->point.reason != POINT_NONE) != vmm->points.used)
        return false;
    if (of_epoch && message->epoch != vmm->ended_epoch + 1 && !broken(vmm->computer->world, ASSUMPTION_FIFO))
        return false;
    if (message->message_class == MESSAGE_HARDWARE || message->message_class == MESSAGE_RESET ||
        (message->message_class == MESSAGE_OUT && (vmm->protocol->output != OUTPUT_HOLD || vmm->checkpoint.used)))
        return false;
    if (message->message_class ==
        MESSAGE_LOST) /* with its only processor a computer is lost itself, and says nothing */
        return vmm->computer->world->config.settings.processors > 1;
    if (message->message_class != MESSAGE_INTERRUPT)
        return !vmm->off_known || !of_epoch || message->message_class == MESSAGE_DIGEST;
    return input_makes_sense(message);
}

static void keep(struct vmm *vmm, const struct message *message, uint64_t at_ps)
{
    struct interrupt interrupt;
    if (!makes_sense(vmm, message)) {
        char how[160];
        snprintf(how, sizeof how,
                 "a message in the channel makes no sense (%s of epoch %" PRIu64 ", after the end of epoch %" PRIu64
                 ")",
                 message_class_name(message->message_class), message->epoch, vmm->ended_epoch);
        vmm_differs(vmm, how);
        return;
    }
    switch (message->message_class) {
    case MESSAGE_INTERRUPT:
        interrupt = interrupt_from_message(message);
        vmm_buffer(vmm, &interrupt);
        break;
    case MESSAGE_DIGEST:
        *QUEUE_PUSH(&vmm->digests) = (struct logged_value){message->epoch, message->index, message->value, VALUE_CLOCK};
        break;
    case MESSAGE_VALUE:
        keep_value(vmm, &(struct logged_value){message->epoch, message->index, message->value, message->value_kind},
                   at_ps);
        break;
    case MESSAGE_VALUES:
        keep_values(vmm, message, at_ps);
        break;
    case MESSAGE_TIME:
        keep_clock(vmm, message);
        see_clock(vmm, message->value, at_ps);
        break;
    case MESSAGE_END:
        if (!QUEUE_COUNT(&vmm->clocks) || vmm->clocks.items.at[vmm->clocks.items.count - 1].epoch != message->epoch)
            keep_clock(vmm, message);
        see_clock(vmm, message->value, at_ps);
        if (vmm->points.used)
            points_received(vmm, message);
        else
            vmm_see_performed(vmm, message->index);
        end_epoch(vmm, message->epoch);
        break;
    case MESSAGE_PERFORMED:
        vmm_see_frames_performed(vmm, message->index);
        break;
    case MESSAGE_OUT:
        vmm_see_performed(vmm, message->value);
        break;
    case MESSAGE_OFF:
        vmm->off_known = true;
        end_epoch(vmm, message->epoch);
        break;
    case MESSAGE_JOIN_STATE:
    case MESSAGE_JOIN_PAGE:
    case MESSAGE_JOIN_DONE:
        if (!join_receive(vmm, message))
            vmm_differs(vmm, "a message of a joining computer's state makes no sense");
        break;
    case MESSAGE_CHECKPOINT_STATE:
    case MESSAGE_CHECKPOINT_PAGE:
    case MESSAGE_CHECKPOINT_DONE:
        if (!checkpoint_receive(vmm, message, at_ps))
            vmm_differs(vmm, "a part of a checkpoint makes no sense");
        else if (message->message_class == MESSAGE_CHECKPOINT_DONE)
            end_epoch(vmm, message->epoch);
        break;
    case MESSAGE_LOST:
        vmm->peer_lost = true;
        break;
    case MESSAGE_HARDWARE:
    case MESSAGE_RESET:
    case MESSAGE_HEARTBEAT:
    case MESSAGE_CLASS_END:
        break;
    }
}

/* Take the next message, which has arrived. False if the computer, or its processor, fails at it, or it is no message.
 */
static bool receive_one(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    struct frame frame;
    struct message message;
    peer_take(&vmm->peer, &frame);
    bool good = message_decode(frame_bytes(&frame), frame.size, &message);
    trail_due(computer, frame.arrival_ps);
    if (good && message.message_class == MESSAGE_HEARTBEAT)
        /* Its own last heartbeat, which no message carries: each of its own has one of the primary's after it. */
        trail_due(computer, last_heartbeat_ps(&computer->world->config.settings, frame.arrival_ps));
    if (!good)
        vmm_differs(vmm, "a channel message does not parse");
    else if (!computer_step_taken(computer, PROTOCOL_STEP_B_MESSAGE_RECEIVED)) {
        keep(vmm, &message, frame.arrival_ps);
        chronicle_received(computer, &message, frame.arrival_ps);
        stops_at_message(computer, &message, false);
        computer_step_taken(computer, PROTOCOL_STEP_B_ACKED);
    }
    frame_free(&frame);
    return good && !computer->dying && !computer_stands(computer);
}

static bool detects_early(const struct vmm *vmm)
{
    return broken(vmm->computer->world, ASSUMPTION_DETECTION);
}

/* ---- on arrival ---- */

bool vmm_receives_on_arrival(const struct vmm *vmm)
{
    const struct computer *computer = vmm->computer;
    return vmm->suppressed && vmm->linked && !vmm->failing_over && !computer->over &&
           (computer->world->config.trails || stops_at_messages(computer) ||
            computer_fault_at_step(computer, PROTOCOL_STEP_B_MESSAGE_RECEIVED) ||
            computer_fault_at_step(computer, PROTOCOL_STEP_B_ACKED));
}

void vmm_receive_arrived(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    struct peer *peer = &vmm->peer;
    bool early = detects_early(vmm);
    uint64_t quiet = peer_quiet_ps(peer, early), begin, arrival;
    while (!computer->dying && !stops_hit(computer) && peer_next(peer, quiet, &begin, &arrival) &&
           arrival <= computer_now(computer) && begin <= peer_deadline_ps(peer) &&
           peer_certain(peer, quiet, early, arrival))
        receive_one(vmm);
}

uint64_t vmm_next_arrival_ps(const struct vmm *vmm)
{
    uint64_t quiet = peer_quiet_ps(&vmm->peer, detects_early(vmm)), begin, arrival;
    if (!peer_next(&vmm->peer, quiet, &begin, &arrival) || begin > peer_deadline_ps(&vmm->peer))
        return quiet >= TIME_REPORTED ? TIME_NEVER : quiet;
    return arrival;
}

bool vmm_has_heard_all(struct vmm *vmm)
{
    const struct channel *in = vmm->peer.in;
    uint64_t now = computer_now(vmm->computer);
    bool early = detects_early(vmm);
    if (peer_quiet_ps(&vmm->peer, early) <= now + (in->losing && !early ? in->latency_ps : 0))
        return false;
    peer_acknowledge(&vmm->peer, early, now);
    return true;
}

/* ---- silence ---- */

static void fail_over(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    if (!vmm->joined) {
        computer_tell(computer, "the survivor failed before this computer had joined: the system is lost");
        computer->dying = true;
        return;
    }
    vmm->failing_over = true;
    computer->detected_seconds = host_thread_seconds();
    tape_take_over(vmm);
    vmm->program = vmm->protocol->failover;
    vmm->at = 0;
    /* The clock goes on from the last one seen, plus the time since (docs/protocols.md, "Fail-over"). */
    uint64_t since = computer_hardware_clock(computer, vmm->seen_at_ps);
    vmm->clock_offset_ps = (int64_t)(vmm->seen_clock_ps - since);
    computer_step_taken(computer, PROTOCOL_STEP_DETECTED);
}

/* Nothing has come for the time-out, or [lost] has. That is the end of the run, or the primary has failed: both are the
 * world's to say, when nobody can touch it before. One whose VP is not the primary's any more does not take over: it
 * ends the run.
 */
static enum outcome silence(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    if (vmm->off_known && vmm->joined && !vmm->differs) { /* one that still joins has no VP to follow with */
        vmm_differs(vmm, "the backup did not follow the primary to its power-off");
        return OUTCOME_AGAIN;
    }
    if (!computer_may_act(computer))
        return OUTCOME_BLOCKED;
    if (vmm->differs)
        computer_end(computer, END_STOPPED, 0, NULL);
    else
        fail_over(vmm);
    return OUTCOME_SWITCH;
}

/* Nothing is in the channel: sleep as far as it is certain that nothing will come, at most until DEADLINE_PS. */
static enum outcome await_silence(struct vmm *vmm, uint64_t quiet_ps, uint64_t deadline_ps)
{
    uint64_t now = computer_now(vmm->computer);
    if (now >= deadline_ps && quiet_ps >= deadline_ps)
        return silence(vmm);
    vmm->wake_ps = smallest(quiet_ps, deadline_ps);
    if (vmm->wake_ps > now)
        return OUTCOME_SLEEP;
    vmm->computer->sleep = SLEEP_DEEP;
    return OUTCOME_BLOCKED;
}

enum outcome vmm_await(struct vmm *vmm, bool (*ready)(const struct vmm *vmm))
{
    struct computer *computer = vmm->computer;
    struct peer *peer = &vmm->peer;
    if (ready(vmm))
        return OUTCOME_DONE;
    if (vmm->peer_lost)
        return silence(vmm);
    /* What the sender has promised bounds what it may still send; look at that before looking into the channel. */
    bool early = detects_early(vmm);
    uint64_t quiet = peer_quiet_ps(peer, early), begin, arrival;
    uint64_t died = early ? peer_died_early_ps(peer, quiet) : TIME_NEVER;
    while (peer_next(peer, quiet, &begin, &arrival)) {
        uint64_t deadline = peer_deadline_ps(peer);
        bool sure = peer_certain(peer, quiet, early, arrival);
        if (!sure && died != TIME_NEVER)
            break; /* the primary is declared failed before what is still in the channel is received */
        if (begin > deadline)
            return await_silence(vmm, begin, deadline);
        /* Nothing happens here before, whether or not it arrives: the sender may wait for this clock to go on. */
        vmm->wake_ps = sure ? arrival : smallest(arrival, quiet);
        if (vmm->wake_ps > computer_now(computer))
            return OUTCOME_SLEEP;
        if (!sure)
            return OUTCOME_BLOCKED;
        if (!receive_one(vmm) || vmm->differs)
            return OUTCOME_AGAIN;
        if (stops_hit(computer))
            return OUTCOME_AGAIN;
        if (ready(vmm))
            return OUTCOME_DONE;
        if (vmm->peer_lost)
            return silence(vmm);
    }
    if (computer_now(computer) >= died && vmm->differs)
        return silence(vmm); /* its VP takes over nothing, however early it knows */
    if (computer_now(computer) >= died) {
        fail_over(vmm);
        return OUTCOME_SWITCH;
    }
    return await_silence(vmm, smallest(quiet, died), peer_silence_ps(peer, quiet));
}

/* receive.c - a backup's end of the channel: messages become the log, silence becomes a failed primary.
 *
 * A message is acknowledged when it arrives (P4), whatever the virtual processor is doing; channel.h has the times. The
 * fault monitor judges by what was received: last message + time-out, in virtual time (docs/protocols.md, "Fail-over").
 */
#include "ft/computer/timeline_ring.h"
#include "ft/vmm/vmm.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ft/vmm/companion.h"
#include "mmu/base/vtime.h"

static void keep_interrupt(struct vmm *vmm, const struct message *message)
{
    struct interrupt interrupt = {.epoch = message->epoch};
    if (message->device == DEVICE_CONSOLE) {
        interrupt.kind = INTERRUPT_CONSOLE;
        interrupt.number = message->index;
        interrupt.byte = (uint8_t)message->value;
        vmm->input_number = message->index + 1;
        vmm->console_buffered++;
    } else {
        interrupt.kind = INTERRUPT_DISK;
        interrupt.disk = message->disk;
        if (message->disk.size_bytes) {
            uint8_t *data = malloc(message->disk.size_bytes);
            assert(data);
            memcpy(data, message->disk.data, message->disk.size_bytes);
            interrupt.disk.data = data;
        }
    }
    vmm_buffer(vmm, &interrupt);
}

static void see_clock(struct vmm *vmm, uint64_t clock_ps, uint64_t at_ps)
{
    vmm->seen_clock_ps = clock_ps;
    vmm->seen_at_ps = at_ps;
}

/* The clock of an epoch's end: bs sends it as [E, Tme], dec with [end, E]. */
static void keep_clock(struct vmm *vmm, const struct message *message)
{
    *QUEUE_PUSH(&vmm->clocks) = (struct logged_value){message->epoch, 0, message->value, VALUE_CLOCK};
}

static void end_epoch(struct vmm *vmm, uint64_t epoch)
{
    vmm->ended_epoch = epoch;
    held_ended(&vmm->held, epoch);
    companions_epoch_ended(vmm->computer, epoch);
}

/* Can MESSAGE be what a primary sends now? It sends the log of one epoch after the other, and an interrupt's data fit
 * what happened. Whether a completion is of a command that the guest has issued is seen when it is delivered. */
static bool makes_sense(const struct vmm *vmm, const struct message *message)
{
    const struct disk_completion *disk = &message->disk;
    bool of_epoch = message->message_class <= MESSAGE_OFF || message->message_class == MESSAGE_DIGEST;
    if (of_epoch && message->epoch != vmm->ended_epoch + 1 && !broken(vmm->computer->world, ASSUMPTION_FIFO))
        return false;
    if (message->message_class == MESSAGE_HARDWARE)
        return false;
    if (message->message_class != MESSAGE_INTERRUPT)
        return !vmm->off_known || !of_epoch || message->message_class == MESSAGE_DIGEST;
    if (message->device == DEVICE_CONSOLE)
        return message->value <= UINT8_MAX;
    return message->device == DEVICE_DISK &&
           (disk->status == DISK_COMPLETED || (disk->status == DISK_ERROR && disk->detail == DISK_MEDIUM_ERROR));
}

static void keep(struct vmm *vmm, const struct message *message, uint64_t at_ps)
{
    if (!makes_sense(vmm, message)) {
        computer_diverged(vmm->computer, "a message in the channel makes no sense");
        return;
    }
    switch (message->message_class) {
    case MESSAGE_INTERRUPT:
        keep_interrupt(vmm, message);
        break;
    case MESSAGE_DIGEST:
        *QUEUE_PUSH(&vmm->digests) = (struct logged_value){message->epoch, message->index, message->value, VALUE_CLOCK};
        break;
    case MESSAGE_VALUE:
        *QUEUE_PUSH(&vmm->values) =
            (struct logged_value){message->epoch, message->index, message->value, message->value_kind};
        if (message->value_kind == VALUE_CLOCK)
            see_clock(vmm, message->value, at_ps);
        break;
    case MESSAGE_TIME:
        keep_clock(vmm, message);
        see_clock(vmm, message->value, at_ps);
        break;
    case MESSAGE_END:
        if (!QUEUE_COUNT(&vmm->clocks) || vmm->clocks.items.at[vmm->clocks.items.count - 1].epoch != message->epoch)
            keep_clock(vmm, message);
        see_clock(vmm, message->value, at_ps);
        end_epoch(vmm, message->epoch);
        break;
    case MESSAGE_OFF:
        vmm->off_known = true;
        end_epoch(vmm, message->epoch);
        break;
    case MESSAGE_JOIN_STATE:
    case MESSAGE_JOIN_PAGE:
    case MESSAGE_JOIN_DONE:
        if (!join_receive(vmm, message))
            computer_diverged(vmm->computer, "a message of a joining computer's state makes no sense");
        break;
    case MESSAGE_HARDWARE:
    case MESSAGE_HEARTBEAT:
    case MESSAGE_CLASS_END:
        break;
    }
}

/* Take the next message, which has arrived. False if the computer dies at it, or it is no message. */
static bool receive_one(struct vmm *vmm, struct computer *sender)
{
    struct computer *computer = vmm->computer;
    struct frame frame;
    struct message message;
    channel_take(&sender->channel, &frame);
    bool good = message_decode(frame_bytes(&frame), frame.size, &message);
    vmm->received_ps = frame.arrival_ps;
    if (!good)
        computer_diverged(computer, "a channel message does not parse");
    else if (!computer_step_taken(computer, PROTOCOL_STEP_B_MESSAGE_RECEIVED)) {
        keep(vmm, &message, frame.arrival_ps);
        chronicle_received(computer, &message, frame.arrival_ps);
        stops_at_message(computer, &message, false);
        computer_step_taken(computer, PROTOCOL_STEP_B_ACKED);
    }
    frame_free(&frame);
    return good && !computer->dying;
}

/* May a message that arrives at ARRIVAL_PS be taken: will it really arrive? With a channel that loses, only once the
 * sender is known to have lived until then, or to have died. Where failures are detected too early, what had not
 * arrived then is not received at all. */
static bool certain(const struct vmm *vmm, struct computer *sender, uint64_t arrival_ps)
{
    const struct world *world = vmm->computer->world;
    bool early = broken(world, ASSUMPTION_DETECTION);
    if (!world->config.settings.channel_crash && !early)
        return true;
    if (atomic_load(&sender->published_dead))
        return !early || arrival_ps <= sender->died_ps;
    return atomic_load(&sender->published_ps) >= arrival_ps;
}

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
    vmm->program = vmm->protocol->failover;
    vmm->at = 0;
    /* The clock goes on from the last one seen, plus the time since (docs/protocols.md, "Fail-over"). */
    uint64_t since = computer_hardware_clock(computer, vmm->seen_at_ps);
    vmm->clock_offset_ps = (int64_t)(vmm->seen_clock_ps - since);
    computer_step_taken(computer, PROTOCOL_STEP_DETECTED);
}

/* Nothing is in the channel: sleep as far as it is certain that nothing will come, and declare the primary failed when
 * that reaches the time-out. */
static enum outcome await_silence(struct vmm *vmm, uint64_t quiet_ps)
{
    struct computer *computer = vmm->computer;
    uint64_t deadline = vmm->received_ps + computer->world->config.settings.timeout_us * PS_PER_US;
    uint64_t now = computer_now(computer);
    if (now >= deadline && quiet_ps >= deadline) {
        /* The run has ended at the primary, and nothing more comes. */
        bool finished = atomic_load(&computer->world->finished);
        if (finished && (!vmm->joined || computer->world->end != END_EXIT)) {
            computer->over = true;
            return OUTCOME_BLOCKED;
        }
        if (vmm->off_known) { /* the primary has turned off; its backup should have come to the same end */
            computer_diverged(computer, "the backup did not follow the primary to its power-off");
            return OUTCOME_BLOCKED;
        }
        fail_over(vmm);
        return OUTCOME_SWITCH;
    }
    vmm->wake_ps = quiet_ps < deadline ? quiet_ps : deadline;
    /* Letting the clock go on changes nothing, so it is done only if somebody looks at it. */
    bool wanted = quiet_ps >= deadline || atomic_load(&computer->world->clock_wanted) ||
                  atomic_load(&computer->world->backup_faults) || computer->world->stepping;
    return wanted && vmm->wake_ps > now ? OUTCOME_SLEEP : OUTCOME_BLOCKED;
}

enum outcome vmm_await(struct vmm *vmm, bool (*ready)(const struct vmm *vmm))
{
    struct computer *computer = vmm->computer, *sender = computer_peer(computer);
    if (ready(vmm))
        return OUTCOME_DONE;
    /* What the sender has published bounds what it may still send; look at that before looking into the channel. */
    bool dead = atomic_load(&sender->published_dead);
    uint64_t clock = atomic_load(&sender->published_ps);
    bool early = broken(computer->world, ASSUMPTION_DETECTION);
    uint64_t quiet = dead || clock == TIME_NEVER ? TIME_NEVER : clock + (early ? 0 : sender->channel.latency_ps);
    uint64_t begin, arrival;
    if (dead && early && computer_now(computer) >= sender->died_ps) {
        fail_over(vmm); /* before what is still in the channel is received */
        return OUTCOME_SWITCH;
    }
    while (channel_peek(&sender->channel, &begin, &arrival)) {
        uint64_t deadline = vmm->received_ps + computer->world->config.settings.timeout_us * PS_PER_US;
        bool sure = certain(vmm, sender, arrival);
        if (begin > deadline)
            return await_silence(vmm, begin);
        /* Nothing happens here before, whether or not it arrives: the sender may wait for this clock to go on. */
        vmm->wake_ps = sure || arrival < deadline ? arrival : deadline;
        if (vmm->wake_ps > computer_now(computer))
            return OUTCOME_SLEEP;
        if (!sure)
            return OUTCOME_BLOCKED;
        if (!receive_one(vmm, sender))
            return OUTCOME_BLOCKED;
        if (stops_hit(computer))
            return OUTCOME_AGAIN;
        if (ready(vmm))
            return OUTCOME_DONE;
    }
    return await_silence(vmm, quiet);
}

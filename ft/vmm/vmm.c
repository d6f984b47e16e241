/* vmm.c - see vmm.h: the VMM's life, its clock, what it sends, and its events. */
#include "ft/vmm/vmm.h"

#include <inttypes.h>
#include <string.h>

#include "ft/computer/kind.h"
#include "ft/computer/pace.h"
#include "ft/computer/timeline_ring.h"
#include "ft/vmm/companion.h"
#include "ft/vmm/past.h"
#include "ft/vmm/tape.h"
#include "ft/vmm/replay.h"
#include "ft/computer/crash_trail.h"
#include "mmu/base/vtime.h"

void interrupt_free(struct interrupt *interrupt)
{
    if (interrupt->kind == INTERRUPT_DISK)
        completion_free(&interrupt->disk);
}

bool vmm_init(struct computer *computer, struct error *error)
{
    struct world *world = computer->world;
    const struct system_config *config = &world->config;
    struct vmm *vmm = calloc(1, sizeof *vmm);
    struct cpu_config cpu;
    assert(vmm);
    computer->kind = &vmm_kind;
    computer_power_on(computer, &cpu);
    computer->vmm = vmm;
    vmm->computer = computer;
    vmm->protocol = protocol_find(config->protocol, error);
    if (!vmm->protocol)
        return false;
    vmm->policy = config->failover ? config->failover : vmm->protocol->policy;
    vmm->suppressed = computer->role == ROLE_BACKUP;
    vmm->linked = config->mode == MODE_PAIR;
    vmm->alone = !vmm->linked;
    vmm->joined = true;
    vmm->program = vmm->suppressed ? vmm->protocol->backup : vmm->protocol->primary;
    vmm->at = vmm->suppressed ? vmm->protocol->backup_start : 0;
    vmm->epoch = vmm->suppressed ? 0 : 1;
    if (config->mode == MODE_PAIR && !vmm->suppressed)
        events_add(&computer->events, config->settings.heartbeat_us * PS_PER_US, EVENT_HEARTBEAT, 0);
    computer->board =
        board_new(config->ram_bytes, &config->settings, world->virtio, &cpu, &vmm_host, computer, world->pages);
    tape_begin(vmm);
    replay_begin(vmm);
    return computer->board || error_set(error, "no memory for a computer with %u bytes of RAM", config->ram_bytes);
}

void vmm_drop_buffers(struct vmm *vmm)
{
    for (; QUEUE_COUNT(&vmm->buffered); QUEUE_POP(&vmm->buffered))
        interrupt_free(QUEUE_FRONT(&vmm->buffered));
    vmm_forget_unperformed(vmm);
}

void vmm_forget_unperformed(struct vmm *vmm)
{
    for (size_t i = 0; i < vmm->unperformed.count; i++)
        free(vmm->unperformed.at[i].data);
    vmm->unperformed.count = 0;
}

void vmm_free(struct vmm *vmm)
{
    if (!vmm)
        return;
    vmm_drop_buffers(vmm);
    QUEUE_FREE(&vmm->buffered);
    QUEUE_FREE(&vmm->values);
    QUEUE_FREE(&vmm->clocks);
    QUEUE_FREE(&vmm->held);
    VEC_FREE(&vmm->unperformed);
    join_abandon(vmm);
    tape_free(vmm);
    past_free(vmm->past);
    QUEUE_FREE(&vmm->digests);
    free(vmm->replay);
    free(vmm);
}

uint64_t vmm_clock(struct vmm *vmm)
{
    const struct computer *computer = vmm->computer;
    uint64_t hardware = computer_hardware_clock(computer, computer_now(computer));
    uint64_t clock = hardware + (uint64_t)vmm->clock_offset_ps;
    if (clock > vmm->last_clock_ps || vmm->last_clock_ps == 0)
        vmm->last_clock_ps = clock;
    return vmm->last_clock_ps;
}

void vmm_send(struct vmm *vmm, const struct message *message)
{
    uint8_t small[MESSAGE_HEADER_BYTES + MESSAGE_DISK_BYTES];
    size_t size = message_size(message);
    if (!vmm->linked)
        return;
    uint8_t *bytes = size <= sizeof small ? small : malloc(size);
    assert(bytes);
    message_encode(message, bytes);
    stops_at_message(vmm->computer, message, true);
    uint64_t arrival = channel_send(&vmm->computer->channel, bytes, size, computer_now(vmm->computer));
    trail_effect(vmm->computer);
    trail_due(computer_peer(vmm->computer), arrival);
    if (vmm->computer->channel.losing)
        trail_due(vmm->computer, arrival);
    chronicle_sent(vmm->computer, message, arrival);
    if (vmm->acks_lost_to_ps && !vmm->ack_instead_ps)
        vmm->ack_instead_ps = arrival;
    if (bytes != small)
        free(bytes);
}

enum outcome vmm_await_acks(struct vmm *vmm)
{
    struct computer *computer = vmm->computer, *peer = computer_peer(computer);
    if (vmm->alone)
        return OUTCOME_DONE;
    if (!vmm->await_arrival_ps)
        vmm->await_arrival_ps = computer->channel.last_arrival_ps;
    uint64_t arrival = vmm->await_arrival_ps;
    if (!arrival)
        return OUTCOME_DONE; /* nothing has ever been sent */
    if (arrival <= vmm->acks_lost_to_ps)
        arrival = vmm->ack_instead_ps;
    vmm->wake_ps = arrival + channel_line_time_ps(&computer->channel, MESSAGE_ACK_BYTES) + computer->channel.latency_ps;
    if (atomic_load(&peer->published_dead)) {
        if (atomic_load(&peer->published_ps) <= arrival)
            vmm->wake_ps = TIME_NEVER; /* it died before: until the fault monitor says so */
    } else if (atomic_load(&computer->world->backup_faults) && atomic_load(&peer->published_ps) <= arrival &&
               computer_now(computer) >= atomic_load(&peer->published_ps)) {
        return OUTCOME_BLOCKED; /* it may yet turn out to have died before */
    }
    const struct channel *channel = &computer->channel;
    if (!arrival || (channel->cut && (channel->waiting.count || vmm->wake_ps > channel->cut_ps)))
        vmm->wake_ps = TIME_NEVER; /* until something is sent that is acknowledged; until the channel is healed */
    return computer_now(computer) >= vmm->wake_ps ? OUTCOME_DONE : OUTCOME_SLEEP;
}

/* Does A come before B, or may it? */
static bool in_order(const struct interrupt *a, const struct interrupt *b)
{
    bool logged = b->kind == INTERRUPT_DISK || b->kind == INTERRUPT_CONSOLE;
    if (a->epoch != b->epoch)
        return a->epoch < b->epoch;
    return a->kind <= b->kind || (logged && (a->kind == INTERRUPT_DISK || a->kind == INTERRUPT_CONSOLE));
}

/* The two assumptions that are broken where an interrupt becomes known. True if nothing is left to buffer. */
static bool deliver_early(struct vmm *vmm, const struct interrupt *interrupt)
{
    const struct world *world = vmm->computer->world;
    bool logged = interrupt->kind == INTERRUPT_DISK || interrupt->kind == INTERRUPT_CONSOLE;
    if (logged && interrupt->disk.size_bytes && broken(world, ASSUMPTION_DMA))
        board_disk_data(vmm->computer->board, &interrupt->disk);
    if (!logged || !broken(world, ASSUMPTION_DELIVERY))
        return false;
    struct interrupt early = *interrupt;
    vmm_deliver(vmm, &early);
    return true;
}

void vmm_buffer(struct vmm *vmm, const struct interrupt *interrupt)
{
    if (vmm->computer->world->config.broken && deliver_early(vmm, interrupt))
        return;
    (void)QUEUE_PUSH(&vmm->buffered);
    struct interrupt *at = vmm->buffered.items.at;
    size_t i = vmm->buffered.items.count - 1;
    for (; i > vmm->buffered.first && !in_order(&at[i - 1], interrupt); i--)
        at[i] = at[i - 1];
    at[i] = *interrupt;
}

/* Send [E, Int]. */
static void send_interrupt(struct vmm *vmm, const struct interrupt *interrupt)
{
    struct message message = {.message_class = MESSAGE_INTERRUPT, .epoch = interrupt->epoch};
    if (interrupt->kind == INTERRUPT_DISK) {
        message.device = DEVICE_DISK;
        message.index = interrupt->disk.number;
        message.disk = interrupt->disk;
    } else {
        message.device = DEVICE_CONSOLE;
        message.index = interrupt->number;
        message.value = interrupt->byte;
    }
    vmm_send(vmm, &message);
}

void vmm_send_buffered(struct vmm *vmm)
{
    for (size_t i = vmm->buffered.first; i < vmm->buffered.items.count; i++) {
        const struct interrupt *interrupt = &vmm->buffered.items.at[i];
        if (interrupt->kind == INTERRUPT_DISK || interrupt->kind == INTERRUPT_CONSOLE)
            send_interrupt(vmm, interrupt);
    }
}

/* P1: buffer it for the end of this epoch and send [E, Int]. */
void vmm_interrupt(struct vmm *vmm, const struct interrupt *interrupt)
{
    bool early = broken(vmm->computer->world, ASSUMPTION_DELIVERY);
    if (!early)
        vmm_buffer(vmm, interrupt);
    if (computer_step_taken(vmm->computer, PROTOCOL_STEP_INTERRUPT_BUFFERED))
        return;
    send_interrupt(vmm, interrupt);
    if (early)
        vmm_buffer(vmm, interrupt);
    computer_step_taken(vmm->computer, PROTOCOL_STEP_INTERRUPT_SENT);
}

/* ---- events ---- */

static void disk_ended(struct computer *computer, const struct disk_completion *end)
{
    struct vmm *vmm = computer->vmm;
    vmm_interrupt(vmm, &(struct interrupt){.epoch = vmm->epoch, .kind = INTERRUPT_DISK, .disk = *end});
}

/* Will the virtual port have room for another byte, when what is buffered has been delivered? */
static bool input_room(const struct computer *computer, uint64_t *number)
{
    *number = computer->vmm->input_number;
    return board_input_room(computer->board) > computer->vmm->console_buffered;
}

static void input(struct computer *computer, uint8_t byte)
{
    struct vmm *vmm = computer->vmm;
    struct interrupt interrupt = {
        .epoch = vmm->epoch, .kind = INTERRUPT_CONSOLE, .number = vmm->input_number, .byte = byte};
    vmm->input_number++;
    vmm->console_buffered++;
    vmm_interrupt(vmm, &interrupt);
}

static void heartbeat_event(struct vmm *vmm, uint64_t time_ps)
{
    struct message message = {.message_class = MESSAGE_HEARTBEAT, .epoch = vmm->epoch};
    if (!vmm->linked)
        return;
    vmm_send(vmm, &message);
    trail_due(computer_peer(vmm->computer), time_ps);
    events_add(&vmm->computer->events, time_ps + vmm->computer->world->config.settings.heartbeat_us * PS_PER_US,
               EVENT_HEARTBEAT, 0);
}

/* The backup is declared failed: take the arbiter, stop waiting, go on alone (docs/protocols.md, "Fail-over"). */
static void peer_lost_event(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    if (!computer_arbitrate(computer)) {
        computer->dying = true;
        return;
    }
    computer_fence(computer);
    join_abandon(vmm);
    vmm->linked = false;
    vmm->alone = true;
    vmm->await_arrival_ps = 0;
    computer_tell(computer, "the backup is declared failed in epoch %" PRIu64 ": the primary goes on alone",
                  vmm->epoch);
}

static void handle_event(struct vmm *vmm, const struct event *event)
{
    switch (event->kind) {
    case EVENT_DISK:
        computer_disk_event(vmm->computer, event->number);
        break;
    case EVENT_INPUT:
        computer_input_event(vmm->computer);
        break;
    case EVENT_HEARTBEAT:
        heartbeat_event(vmm, event->time_ps);
        break;
    case EVENT_PEER_LOST:
        peer_lost_event(vmm);
        break;
    case EVENT_JOIN:
        join_event(vmm);
        break;
    case EVENT_VIRTIO:
    case EVENT_TIMER:
        assert(!"a virtual processor's timer and devices are looked at when an epoch ends");
    }
}

/* Does handling EVENT touch what another computer could touch before? */
static bool touches_shared(const struct event *event)
{
    return event->kind == EVENT_DISK || event->kind == EVENT_INPUT || event->kind == EVENT_PEER_LOST;
}

/* ---- the loop ---- */

/* The backup has died: when will the fault monitor tell the primary? The last message from it was a heartbeat or an
 * acknowledgement; what was sent to it and not taken is still in the channel. */
static void note_peer_death(struct vmm *vmm)
{
    struct computer *computer = vmm->computer, *peer = computer_peer(computer);
    const struct settings *settings = &computer->world->config.settings;
    if (!peer || !vmm->linked || vmm->suppressed || vmm->peer_loss_known || !atomic_load(&peer->published_dead) ||
        computer_now(computer) < peer->died_ps)
        return;
    vmm->peer_loss_known = true;
    uint64_t last = last_heartbeat_ps(settings, peer->died_ps);
    uint64_t taken = peer->vmm->received_ps, begin, arrival;
    while (channel_peek(&computer->channel, &begin, &arrival)) {
        struct frame frame;
        channel_take(&computer->channel, &frame);
        frame_free(&frame);
        if (arrival <= peer->died_ps)
            taken = arrival;
    }
    if (taken > last)
        last = taken;
    events_add(&computer->events, last + computer->channel.latency_ps + settings->timeout_us * PS_PER_US,
               EVENT_PEER_LOST, 0);
}

static enum advance sleep_now(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    uint64_t until = vmm->wake_ps, next = events_next_time(&computer->events);
    uint64_t fault = computer_next_fault_time(computer), horizon = vmm_look_ahead_ps(vmm);
    if (next < until)
        until = next;
    if (fault < until)
        until = fault;
    until = computer_stop_time(computer, until);
    if (!computer_may_fail(computer) || computer_now(computer) >= horizon) {
        /* Two that wait for each other asleep need not do it picosecond by picosecond. One latency ahead is safe: what
         * the other does now is not felt here before. */
        uint64_t ahead = computer_now(computer) + computer->channel.latency_ps;
        computer->idle_until_ps = until < ahead ? until : ahead;
        return ADVANCE_BLOCKED;
    }
    if (horizon < until)
        until = horizon;
    assert(until != TIME_NEVER);
    uint64_t before = computer_now(computer);
    computer_sleep_until(computer, vmm->idle ? pace_limit(computer, until) : until);
    if (vmm->idle)
        pace_idle(computer, before);
    computer_fault_due(computer, computer_insns(computer), 0);
    return ADVANCE_MORE;
}

/* Events that are due. False if one must wait for the other computer. */
static bool handle_events(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    while (!computer->dying && events_next_time(&computer->events) <= computer_now(computer)) {
        struct event event = events_pop(&computer->events);
        if (touches_shared(&event) && !computer_may_act(computer)) {
            *VEC_PUSH(&computer->events.queue) = event; /* back to where it was: it is the next one */
            return false;
        }
        handle_event(vmm, &event);
    }
    return true;
}

static enum advance act_once(struct vmm *vmm)
{
    enum action action = vmm->program[vmm->at];
    switch (vmm_act(vmm, action)) {
    case OUTCOME_DONE:
        vmm->at++;
        return ADVANCE_MORE;
    case OUTCOME_AGAIN:
    case OUTCOME_SWITCH:
        return ADVANCE_MORE;
    case OUTCOME_SLEEP:
        return sleep_now(vmm);
    case OUTCOME_BLOCKED:
        return ADVANCE_BLOCKED;
    case OUTCOME_REACHED:
        return ADVANCE_REACHED;
    }
    return ADVANCE_BLOCKED;
}

static enum advance advance(struct computer *computer)
{
    if (atomic_load(&computer->published_dead)) {
        bool may = computer_may_repair(computer);
        /* Look again: it may have been repaired, and the survivor have died, since the first look. */
        if (atomic_load(&computer->published_dead))
            return may ? ADVANCE_BLOCKED : ADVANCE_OVER;
    }
    struct vmm *vmm = computer->vmm;
    uint64_t epoch = vmm->epoch;
    computer->idle_until_ps = 0;
    for (;;) {
        if (!computer->dying && !computer->over) {
            note_peer_death(vmm);
            if (!handle_events(vmm))
                return ADVANCE_BLOCKED;
        }
        if (stops_hit(computer) && !computer->dying)
            return ADVANCE_REACHED;
        if (computer->dying) {
            computer_die(computer);
            return computer_may_repair(computer) ? ADVANCE_BLOCKED : ADVANCE_OVER; /* nobody might wake it */
        }
        if (computer->over || atomic_load(&computer->world->ended))
            return ADVANCE_OVER;
        if (computer_now(computer) >= computer->stop_time_ps || computer_at_moment(computer))
            return ADVANCE_REACHED;
        enum advance result = act_once(vmm);
        if (computer->dying)
            continue;
        if (result != ADVANCE_MORE || vmm->epoch != epoch)
            return result;
    }
}

/* ---- a computer of this kind ---- */

static struct place place(const struct computer *computer)
{
    const struct vmm *vmm = computer->vmm;
    return (struct place){vmm->epoch, vmm->program, vmm->at, vmm->in_epoch};
}

static void press_reset(struct computer *computer)
{
    computer->vmm->resetting = computer->vmm->epoch_over = true;
}

static void visit_all(struct computer *computer, struct visit *visit)
{
    companions_visit(computer, visit);
    vmm_visit(computer->vmm, visit);
}

static void free_all(struct computer *computer)
{
    companions_free(computer);
    vmm_free(computer->vmm);
}

const struct computer_kind vmm_kind = {
    .advance = advance,
    .place = place,
    .die = companions_die,
    .input_room = input_room,
    .input = input,
    .disk_ended = disk_ended,
    .strike = vmm_strike,
    .reset = press_reset,
    .visit = visit_all,
    .free = free_all,
};

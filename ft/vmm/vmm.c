/* vmm.c - see vmm.h: the VMM's life, its clock, and its events. */
#include "ft/vmm/vmm.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ft/computer/kind.h"
#include "ft/computer/pace.h"
#include "ft/computer/timeline_ring.h"
#include "ft/vmm/follower.h"
#include "ft/vmm/past.h"
#include "ft/vmm/quiet.h"
#include "ft/vmm/tape.h"
#include "ft/vmm/replay.h"
#include "ft/computer/crash_trail.h"
#include "mmu/base/memory.h"
#include "mmu/base/vtime.h"

bool vmm_init(struct computer *computer, struct error *error)
{
    struct world *world = computer->world;
    const struct system_config *config = &world->config;
    struct vmm *vmm = calloc(1, sizeof *vmm);
    struct cpu_config cpu;
    memory_need(vmm);
    computer->kind = &vmm_kind;
    computer_power_on(computer, &cpu);
    computer->vmm = vmm;
    vmm->computer = computer;
    vmm->protocol = protocol_of(config, error);
    if (!vmm->protocol)
        return false;
    vmm->policy = config->failover ? config->failover : vmm->protocol->policy;
    vmm->suppressed = computer->role == ROLE_BACKUP;
    peer_init(&vmm->peer, &world->order, computer->peer_number, &computer->channel,
              computer->other ? &computer->other->channel : NULL, &config->settings, computer->clock_ps);
    peer_performs(&vmm->peer, computer_own_insn_ps(computer), computer->clock_ps);
    vmm_link(vmm, config->mode == MODE_PAIR);
    vmm->alone = !vmm->linked;
    vmm->joined = true;
    vmm->join_if_due = join_if_repaired;
    vmm->points.used = config->replay ? replay_has_points(config->replay) : protocol_has_points(vmm->protocol);
    cpu.count_branches = vmm->points.used;
    adjust_begin(vmm);
    vmm->program = vmm->suppressed ? vmm->protocol->backup : vmm->protocol->primary;
    vmm->at = vmm->suppressed ? protocol_backup_start(vmm->protocol) : 0;
    vmm->epoch = vmm->suppressed ? 0 : 1;
    if (config->mode == MODE_PAIR && !vmm->suppressed)
        events_add(&computer->events, config->settings.heartbeat_us * PS_PER_US, EVENT_HEARTBEAT, 0);
    struct settings settings = config->settings;
    settings.processors = 1; /* of the VP; those of the computer are the host's */
    computer->board = board_new(config->ram_bytes, &settings, world->virtio, &cpu, &vmm_host, computer, world->pages);
    if (computer->board)
        checkpoint_init(vmm);
    tape_begin(vmm);
    replay_begin(vmm);
    if (computer->board && computer->insn_ps != computer->hardware_insn_ps)
        chronicle_speed(computer);
    return computer->board || error_set(error, "no memory for a computer with %u bytes of RAM", config->ram_bytes);
}

void vmm_link(struct vmm *vmm, bool linked)
{
    vmm->linked = linked;
    vmm->computer->sends = linked && !vmm->suppressed;
}

const enum action stand_program[] = {ACTION_STAND};

void vmm_stands(struct vmm *vmm, const char *sentence)
{
    struct computer *computer = vmm->computer;
    if (vmm->differs)
        return;
    vmm->differs = true;
    vmm->peer.differs_ps = computer_now(computer);
    snprintf(vmm->how, sizeof vmm->how, "%s", sentence);
    board_request_stop(computer->board);
}

void vmm_differs(struct vmm *vmm, const char *how)
{
    struct computer *computer = vmm->computer;
    char sentence[sizeof vmm->how];
    if (!vmm->suppressed || vmm->replay) {
        computer_diverged(computer, how);
        return;
    }
    snprintf(sentence, sizeof sentence, "the computers differ: %s (epoch %" PRIu64 ", instruction %" PRIu64 ")", how,
             vmm->epoch, computer_insns(computer));
    vmm_stands(vmm, sentence);
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
    held_frames_performed(&vmm->held_frames, UINT64_MAX);
    QUEUE_FREE(&vmm->held_frames);
    points_free(&vmm->points);
    gathering_free(&vmm->gathering);
    hold_free(&vmm->hold);
    checkpoint_free(vmm);
    VEC_FREE(&vmm->waiting_values);
    VEC_FREE(&vmm->packed);
    VEC_FREE(&vmm->quiet_places);
    VEC_FREE(&vmm->quiet_wanted);
    peer_free(&vmm->peer);
    VEC_FREE(&vmm->unperformed);
    join_abandon(vmm);
    tape_free(vmm);
    past_free(vmm->past);
    VEC_FREE(&vmm->following.followers);
    QUEUE_FREE(&vmm->digests);
    free(vmm->replay);
    free(vmm);
}

uint64_t vmm_clock(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    if (vmm->following.leader)
        return vmm->last_clock_ps = follower_clock(vmm);
    computer_be_led(computer);
    uint64_t hardware = computer_hardware_clock(computer, computer_now(computer));
    uint64_t clock = hardware + (uint64_t)vmm->clock_offset_ps;
    if (clock > vmm->last_clock_ps || vmm->last_clock_ps == 0)
        vmm->last_clock_ps = clock;
    return vmm->last_clock_ps;
}

/* ---- events ---- */

static void disk_ended(struct computer *computer, const struct disk_completion *end)
{
    struct vmm *vmm = computer->vmm;
    adjust_interrupt(vmm, &(struct interrupt){.epoch = vmm->epoch, .kind = INTERRUPT_DISK, .disk = *end});
}

/* Will the virtual device have room for another one, when what is buffered has been delivered? */
static bool input_room(const struct computer *computer, enum input_stream stream, uint64_t *number)
{
    struct board *board = computer->board;
    const unsigned room[INPUT_STREAMS] = {board_input_room(board), board_events_room(board), board_frames_room(board)};
    const struct vmm *vmm = computer->vmm;
    uint64_t gathered = adjust_waiting(vmm, stream);
    *number = vmm->input[stream].next + gathered;
    return room[stream] > vmm->input[stream].buffered + gathered;
}

static void input(struct computer *computer, enum input_stream stream, uint32_t value)
{
    struct vmm *vmm = computer->vmm;
    uint64_t gathered = adjust_waiting(vmm, stream);
    adjust_interrupt(vmm, &(struct interrupt){.epoch = vmm->epoch,
                                              .kind = stream == STREAM_TERMINAL ? INTERRUPT_CONSOLE : INTERRUPT_DISPLAY,
                                              .number = vmm->input[stream].next + gathered,
                                              .value = value});
}

static void frame(struct computer *computer, const struct network_frame *frame)
{
    struct vmm *vmm = computer->vmm;
    uint8_t *bytes = malloc(frame->size_bytes);
    memory_need(bytes);
    memcpy(bytes, frame->bytes, frame->size_bytes);
    adjust_interrupt(vmm, &(struct interrupt){.epoch = vmm->epoch,
                                              .kind = INTERRUPT_NETWORK,
                                              .number = frame->number,
                                              .size_bytes = frame->size_bytes,
                                              .bytes = bytes});
}

static void heartbeat_event(struct vmm *vmm, uint64_t time_ps)
{
    struct message message = {.message_class = MESSAGE_HEARTBEAT, .epoch = vmm->epoch, .value = time_ps};
    if (!vmm->linked)
        return;
    if (vmm->peer.differs) /* an idle VP sleeps no longer: its epoch ends, and the run with it */
        vmm->idle = false;
    vmm_send(vmm, &message);
    events_add(&vmm->computer->events, time_ps + vmm->computer->world->config.settings.heartbeat_us * PS_PER_US,
               EVENT_HEARTBEAT, 0);
}

/* The backup is declared failed: take the arbiter, stop waiting, go on alone (docs/protocols.md, "Fail-over"). False:
 * the arbiter has not answered yet. */
static bool peer_lost_event(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    enum arbiter_answer answer = computer_arbitrate(computer);
    if (answer == ARBITER_LOST)
        computer_lose(computer);
    if (answer != ARBITER_WON)
        return answer != ARBITER_NOT_YET;
    computer_fence(computer);
    join_abandon(vmm);
    vmm->waiting_values.count = 0;
    computer_equalize(computer, 0); /* there is no slower one any more */
    vmm_link(vmm, false);
    checkpoint_end(vmm);
    vmm->alone = true;
    vmm->peer.await_arrival_ps = 0;
    computer_tell(computer, "the backup is declared failed in epoch %" PRIu64 ": the primary goes on alone",
                  vmm->epoch);
    return true;
}

/* False: it must wait for an answer, and be handled again. */
static bool handle_event(struct vmm *vmm, const struct event *event)
{
    switch (event->kind) {
    case EVENT_DISK:
        computer_disk_event(vmm->computer, event->number);
        break;
    case EVENT_INPUT:
        computer_input_event(vmm->computer);
        break;
    case EVENT_SEAT:
        computer_seat_event(vmm->computer);
        break;
    case EVENT_NETWORK:
        computer_network_event(vmm->computer);
        break;
    case EVENT_HEARTBEAT:
        heartbeat_event(vmm, event->time_ps);
        break;
    case EVENT_PEER_LOST:
        return peer_lost_event(vmm);
    case EVENT_LINE:
        vmm_send_waiting(vmm);
        break;
    case EVENT_JOIN:
        join_event(vmm);
        break;
    case EVENT_GATHERED:
        adjust_gathered(vmm, (enum gathered_kind)event->number);
        break;
    case EVENT_VIRTIO:
    case EVENT_TIMER:
    case EVENT_FRAME:
        assert(!"a virtual processor's timer and devices are looked at when an epoch ends");
    }
    return true;
}

/* Does handling EVENT touch what another computer could touch before? */
static bool touches_shared(const struct event *event)
{
    return event->kind == EVENT_DISK || event->kind == EVENT_INPUT || event->kind == EVENT_SEAT ||
           event->kind == EVENT_NETWORK || event->kind == EVENT_PEER_LOST;
}

/* ---- the loop ---- */

/* The lags are the computer's to count: a peer may be replaced. */
void vmm_hear(struct vmm *vmm, uint64_t now_ps)
{
    struct lags *to = &vmm->computer->lags, *from = &vmm->peer.lags;
    peer_listen(&vmm->peer, now_ps);
    to->sum_ps += from->sum_ps;
    to->count += from->count;
    to->max_ps = from->max_ps > to->max_ps ? from->max_ps : to->max_ps;
    *from = (struct lags){0};
    if (vmm->peer.perf.insn_ps)
        computer_equalize(vmm->computer, vmm->peer.perf.insn_ps);
}

void vmm_hear_rest(struct vmm *vmm)
{
    if (vmm->linked && !vmm->suppressed)
        vmm_hear(vmm, computer_now(vmm->computer));
}

/* What a primary hears of its backup: its reports, and its silence, which the fault monitor reports. */
static void listen(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    uint64_t now = computer_now(computer), report;
    if (!vmm->linked || vmm->suppressed)
        return;
    vmm_hear(vmm, now);
    if (peer_judged(&vmm->peer, now, &report))
        events_add(&computer->events, report, EVENT_PEER_LOST, 0);
}

static enum advance sleep_now(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    /* What strikes before an instruction that the VP is at already strikes now, not at some waking. */
    if (computer_may_be_struck(computer))
        computer_fault_due(computer, computer_insns(computer), 0);
    if (computer->dying || computer_stands(computer))
        return ADVANCE_MORE;
    uint64_t wakes = smallest(smallest(vmm->wake_ps, vmm_due_ps(vmm)), points_due_ps(vmm));
    wakes = smallest(wakes, computer_next_fault_time(computer));
    uint64_t until = computer_stop_time(computer, wakes);
    uint64_t before = computer_now(computer), horizon = vmm_horizon_ps(vmm);
    if (before >= horizon || computer->led) {
        computer->idle_until_ps = until; /* it sends nothing before, whatever it hears */
        return ADVANCE_BLOCKED;
    }
    until = smallest(until, horizon);
    assert(until != TIME_NEVER);
    if (computer->yields) { /* its host lets others have the processor, its clock go on, and a person stop it there */
        computer->yield_until_ps = smallest(wakes, horizon);
        vmm->slept = true;
        return ADVANCE_BLOCKED;
    }
    computer_sleep_until(computer, vmm->idle ? pace_limit(computer, until) : until);
    if (vmm->idle)
        pace_idle(computer, before);
    vmm->slept = true;
    return ADVANCE_MORE;
}

/* Events that are due. False if one must wait for the other computer, or for an answer of the world. */
static bool handle_events(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    while (!computer->dying && events_next_time(&computer->events) <= computer_now(computer)) {
        struct event event = events_pop(&computer->events);
        bool may = !touches_shared(&event) || computer_may_act(computer);
        if (!may || !handle_event(vmm, &event)) {
            *VEC_PUSH(&computer->events.queue) = event; /* back to where it was: it is the next one */
            return false;
        }
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

/* A fault has struck in the middle of something. A backup's receiver lives until then: it takes what arrives before. */
static enum advance die(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    if (vmm->linked && vmm->suppressed && !vmm->failing_over && !vmm_has_heard_all(vmm))
        return ADVANCE_BLOCKED;
    computer_die(computer);
    return ADVANCE_OVER;
}

/* What has come by now. False if it must wait for another computer, or is over. */
static bool catch_up(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    if (!vmm->suppressed && computer_cut_off(computer))
        return false;
    if (!vmm->suppressed && vmm_at_horizon(vmm)) /* a cost may have made the clock jump */
        return false;
    if (!computer_in_order(computer))
        return false;
    if (vmm->slept && computer_fault_due(computer, computer_insns(computer), 0))
        return false;
    vmm->slept = false;
    listen(vmm);
    if (!handle_events(vmm) || !hold_release(vmm))
        return false;
    if (vmm_receives_on_arrival(vmm))
        vmm_receive_arrived(vmm);
    return true;
}

uint64_t vmm_turns(const struct vmm *vmm)
{
    bool slowed = vmm->slow_until_ps;
    return vmm->following.leader ? vmm->following.turns : vmm->epoch - slowed;
}

/* Go on until there is something to publish. */
static enum advance go_on(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    uint64_t turns = vmm_turns(vmm), given = vmm->following.turns, begin_insns = computer_insns(computer);
    enum role role = computer->role;
    for (;;) {
        if (computer->over || atomic_load(&computer->world->ended))
            return ADVANCE_OVER;
        if (!computer->dying && !catch_up(vmm) && !computer->dying)
            return computer->over ? ADVANCE_OVER : ADVANCE_BLOCKED;
        if (computer->dying)
            return die(vmm);
        if (computer_stands(computer))
            return ADVANCE_STRUCK;
        if (stops_hit(computer))
            return ADVANCE_REACHED;
        if (vmm->differs && vmm->program != stand_program) {
            vmm->program = stand_program;
            vmm->at = 0;
        }
        if (computer_now(computer) >= computer->stop_time_ps || computer_at_moment(computer))
            return ADVANCE_REACHED;
        enum advance result = act_once(vmm);
        if (computer->dying || computer_stands(computer))
            continue;
        bool turn_over = computer_insns(computer) - begin_insns >= computer->turn_insns;
        turn_over |= (vmm_turns(vmm) != turns && !quiet_at_end(vmm)) || computer->role != role;
        turn_over |= vmm->following.turns != given;
        turn_over |= atomic_load_explicit(&computer->world->interrupted, memory_order_relaxed); /* however long E is */
        if (result != ADVANCE_MORE || turn_over)
            return computer->over ? ADVANCE_OVER : result;
    }
}

static enum advance advance(struct computer *computer)
{
    struct vmm *vmm = computer->vmm;
    computer->idle_until_ps = computer->yield_until_ps = 0;
    computer->sleep = SLEEP_LIGHT;
    enum advance result = go_on(vmm);
    bool backup = vmm->suppressed && vmm->linked && !vmm->failing_over && computer->alive;
    if (backup && peer_acknowledge(&vmm->peer, broken(computer->world, ASSUMPTION_DETECTION), computer_now(computer)))
        computer->reported = true;
    bool told = computer->world->config.settings.processors > 1; /* by [lost], before a time-out has passed */
    computer->touches_from_ps = backup && !told ? peer_deadline_ps(&vmm->peer) : 0;
    return result;
}

uint64_t vmm_attention_ps(const struct vmm *vmm)
{
    const struct computer *computer = vmm->computer;
    /* Not vmm_due_ps: no horizon bounds this, and which reports are here beyond it the host decides. */
    uint64_t due = smallest(events_next_time(&computer->events), hold_due_ps(vmm)), now = computer_now(computer);
    due = smallest(due, computer_next_fault_time(computer));
    return due > now && !computer->dying ? due : now; /* one that dies hears all of before, and nobody goes on beyond */
}

enum advance vmm_attend(struct vmm *vmm, uint64_t time_ps)
{
    struct computer *computer = vmm->computer;
    const uint64_t stop_ps = computer->stop_time_ps;
    computer_sleep_until(computer, time_ps);
    vmm->slept = true;
    computer->stop_time_ps = computer_now(computer);
    enum advance result = advance(computer);
    computer->stop_time_ps = stop_ps;
    return result == ADVANCE_REACHED && !stops_hit(computer) ? ADVANCE_MORE : result;
}

/* ---- a computer of this kind ---- */

static struct place place(const struct computer *computer)
{
    const struct vmm *vmm = computer->vmm;
    return (struct place){vmm->epoch, vmm->program, vmm->at, vmm->in_epoch};
}

static void tell_speed(struct computer *computer)
{
    peer_performs(&computer->vmm->peer, computer_own_insn_ps(computer), computer_now(computer));
}

static void press_reset(struct computer *computer)
{
    tape_reset(computer->vmm);
    computer->vmm->resetting = computer->vmm->epoch_over = true;
    computer->vmm->idle = false; /* it sleeps no longer */
}

static void visit_all(struct computer *computer, struct visit *visit)
{
    vmm_visit(computer->vmm, visit);
    /* A computer that joins has the survivor's history before it has the VP. */
    if (visit->reading && visit->whole && computer->vmm->joined && !computer_has_its_history(computer))
        visit_refuse(visit);
}

static void die_all(struct computer *computer)
{
    vmm_send_waiting(computer->vmm); /* they are on the line, as far as the guest is concerned (P0) */
}

static void free_all(struct computer *computer)
{
    vmm_free(computer->vmm);
}

const struct computer_kind vmm_kind = {
    .has_backup = true,
    .advance = advance,
    .place = place,
    .die = die_all,
    .input_room = input_room,
    .input = input,
    .frame = frame,
    .disk_ended = disk_ended,
    .strike = vmm_strike,
    .slowed = tell_speed,
    .reset = press_reset,
    .visit = visit_all,
    .free = free_all,
};

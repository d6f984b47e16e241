/* quiet.c - see quiet.h. */
#include "ft/vmm/quiet.h"

#include <assert.h>

#include "ft/vmm/companion.h"
#include "mmu/base/vtime.h"

enum { ENDS_MAX = 512 };

/* How long an epoch takes a VP that only runs. */
static uint64_t epoch_ps(const struct vmm *vmm)
{
    return vmm->computer->world->config.epoch_insns * vmm->computer->insn_ps;
}

/* When the present epoch ends, if the VP only runs. */
static uint64_t end_ps(const struct vmm *vmm)
{
    const struct computer *computer = vmm->computer;
    uint64_t run = computer_insns(computer) - vmm->epoch_start_insns;
    return computer_now(computer) + (computer->world->config.epoch_insns - run) * computer->insn_ps;
}

/* ---- when ---- */

/* Is this a run in which an end can be quiet at all? */
static bool nobody_looks(const struct vmm *vmm)
{
    const struct computer *computer = vmm->computer;
    struct world *world = computer->world;
    const struct system_config *config = &world->config;
    const struct settings *settings = &config->settings;
    bool stops = world->stepping || computer->led || computer->turn_insns != UINT64_MAX;
    bool counted = world_whole(world)->faults.count || world->processor_faults || world->repairs.count ||
                   config->trails || config->broken;
    bool looked_at = computer->chronicle || vmm->recording || vmm->replay || settings->digest_epochs;
    bool costs = settings->cost_epoch_ns || settings->cost_simulate_ns || settings->cost_other_ns;
    return !stops && !counted && !looked_at && !costs && !settings->epoch_counts && !companions_count(computer);
}

/* Has the VP, or its monitor, something for the next end? */
static bool nothing_waits(struct vmm *vmm)
{
    struct board *board = vmm->computer->board;
    const struct traps *traps = &vmm->traps;
    return !vmm->epoch_over && !vmm->idle && !vmm->resetting && !vmm->differs && !vmm->join && vmm->joined &&
           !vmm->failing_over && !QUEUE_COUNT(&vmm->buffered) && !board->cpu_state->dtu_count &&
           !(traps->v1[0] | traps->v1[1] | traps->v2) && !virtio_slots_wait(&board->virtio) &&
           !board->display.state.frames_wanted;
}

/* How many bytes each message has that a primary sends at an end. */
static uint32_t end_bytes(const struct vmm *vmm)
{
    return MESSAGE_HEADER_BYTES + (vmm->points.used ? MESSAGE_POINT_BYTES : 0);
}

/* Which messages does a primary send at an epoch's end, if its program is one whose ends can be quiet? Their number;
 * *TIME: [E, Tme] is one. */
static bool sends_only(const struct vmm *vmm, unsigned *messages, bool *time)
{
    *messages = 0;
    *time = false;
    for (const enum action *action = vmm->program; *action != ACTION_LOOP; action++) {
        if ((*action == ACTION_AWAIT_ACKS && !vmm->alone) || (*action == ACTION_SEND_CHECKPOINT && vmm->linked))
            return false;
        *time |= *action == ACTION_SEND_TIME && !*messages;
        *messages += *action == ACTION_SEND_TIME || *action == ACTION_SEND_END || *action == ACTION_SEND_CHECKPOINT;
    }
    return *messages == (*time ? 2 : 1); /* [end, E] last */
}

/* Would the clock of an end at TIME_PS, CLOCK_PS, make the timer due? */
static bool timer_due(const struct vmm *vmm, uint64_t clock_ps)
{
    return adjust_timer_due_ticks(vmm) <= time_to_ticks(clock_ps, vmm->computer->board->clock_hz);
}

static uint64_t clock_at(const struct vmm *vmm, uint64_t time_ps)
{
    return computer_hardware_clock(vmm->computer, time_ps) + (uint64_t)vmm->clock_offset_ps;
}

static uint64_t primary_ends(struct vmm *vmm, uint64_t most)
{
    unsigned messages;
    bool time;
    uint64_t first = end_ps(vmm), every = epoch_ps(vmm);
    const struct computer *computer = vmm->computer;
    if (computer->drift_ppm || vmm->join_if_due != join_if_repaired) /* clocks are not one step apart; it must ask */
        return 0;
    if (computer_frames_performed(computer) != vmm->frames_told)
        return 0;
    if (!sends_only(vmm, &messages, &time) || vmm->slow_until_ps || clock_at(vmm, first) <= vmm->last_clock_ps)
        return 0;
    if (vmm->linked) {
        uint64_t allowed = computer_other_executed(computer) + computer->world->config.settings.lag_epochs;
        most = smallest(most, allowed > vmm->epoch ? allowed - vmm->epoch : 0);
        if (vmm->peer.differs || !vmm_keeps_up(vmm) || vmm->waiting_values.count ||
            !peer_takes_train(&vmm->peer, end_bytes(vmm), messages, first, every))
            return 0;
    }
    while (most && timer_due(vmm, clock_at(vmm, first + (most - 1) * every)))
        most /= 2;
    return most;
}

/* The clock of the end of the present epoch, at a backup that has been sent it. */
static bool own_clock(const struct vmm *vmm, uint64_t *clock_ps)
{
    for (size_t i = vmm->clocks.first; i < vmm->clocks.items.count; i++)
        if (vmm->clocks.items.at[i].epoch == vmm->epoch) {
            *clock_ps = vmm->clocks.items.at[i].value;
            return true;
        }
    return false;
}

static uint64_t backup_ends(struct vmm *vmm, uint64_t most)
{
    struct train_ahead ahead;
    uint64_t clock, first = end_ps(vmm), every = epoch_ps(vmm);
    if (!vmm->linked || vmm_receives_on_arrival(vmm) || QUEUE_COUNT(&vmm->values) || !own_clock(vmm, &clock) ||
        !peer_train(&vmm->peer, &ahead))
        return 0;
    bool follows = vmm->ended_epoch == vmm->epoch && ahead.epoch == vmm->epoch + 1;
    bool in_time =
        ahead.arrival_ps <= first && ahead.every_ps == every && ahead.begin_ps <= peer_deadline_ps(&vmm->peer);
    if (!follows || !in_time || clock <= vmm->last_clock_ps)
        return 0;
    most = smallest(most, ahead.times);
    while (most && timer_due(vmm, most == 1 ? clock : ahead.value + (most - 2) * ahead.value_step))
        most /= 2;
    return most;
}

/* So many ends come before another virtual machine wants the processor: that waits for an end to be looked at. */
static uint64_t ends_alone(const struct vmm *vmm)
{
    uint64_t until = vmm->computer->alone_until_ps, first = end_ps(vmm);
    if (until == TIME_NEVER)
        return ENDS_MAX;
    return until <= first ? 0 : (until - first + epoch_ps(vmm) - 1) / epoch_ps(vmm);
}

uint64_t quiet_begin(struct vmm *vmm)
{
    const struct settings *settings = &vmm->computer->world->config.settings;
    uint64_t most = smallest(settings->lag_epochs / 2, smallest(ENDS_MAX, ends_alone(vmm)));
    vmm->quiet_ends = 0;
    if (nobody_looks(vmm) && nothing_waits(vmm) && (!vmm->points.used || points_by_length(vmm))) {
        if (vmm->program == vmm->protocol->primary && !vmm->suppressed)
            vmm->quiet_ends = primary_ends(vmm, most);
        else if (vmm->program == vmm->protocol->backup && vmm->suppressed)
            vmm->quiet_ends = backup_ends(vmm, most);
    }
    return vmm->quiet_ends;
}

/* ---- on the way ---- */

/* The places of the quiet ends are noted on the way, and at a backup are where they should be. */
static void note_places(struct vmm *vmm)
{
    uint64_t epoch_insns = vmm->computer->world->config.epoch_insns;
    struct cpu_places places = {vmm->epoch_start_insns + epoch_insns, epoch_insns, vmm->quiet_ends, NULL, NULL};
    while (vmm->quiet_places.count < places.count)
        VEC_PUSH(&vmm->quiet_places);
    places.noted = vmm->quiet_places.at;
    if (vmm->suppressed) {
        struct train_ahead ahead;
        bool found = peer_train(&vmm->peer, &ahead);
        assert(found && ahead.times >= places.count);
        vmm->quiet_wanted.count = 0;
        *VEC_PUSH(&vmm->quiet_wanted) = points_wanted(vmm);
        for (size_t i = 1; i < places.count; i++)
            *VEC_PUSH(&vmm->quiet_wanted) = ahead.places[i - 1];
        places.wanted = vmm->quiet_wanted.at;
    }
    cpu_note_places(vmm->computer->board->cpu, &places);
}

enum cpu_stop quiet_run(struct vmm *vmm, uint64_t limit)
{
    if (vmm->points.used && vmm->quiet_ends)
        note_places(vmm);
    return cpu_run(vmm->computer->board->cpu, limit);
}

/* ---- what they were ---- */

/* The clock of the last of them, which is over. */
static void end_with_clock(struct vmm *vmm, uint64_t clock_ps)
{
    struct board *board = vmm->computer->board;
    vmm->end_clock_ps = vmm->last_clock_ps = clock_ps;
    struct interrupt match;
    bool due = adjust_timer_due(vmm, clock_ps, true, &match) ||
               display_frame_due(&board->display, clock_ps, &vmm->frames_seen);
    assert(!due);
}

/* What the primary has sent at TIMES ends, the first of them at FIRST_PS. */
static void send_ends(struct vmm *vmm, uint64_t times, uint64_t first_ps)
{
    struct train train = {.size = end_bytes(vmm),
                          .times = (uint32_t)times,
                          .first_ps = first_ps,
                          .every_ps = epoch_ps(vmm),
                          .value_step = epoch_ps(vmm)};
    struct message message = {.epoch = vmm->epoch, .value = clock_at(vmm, first_ps)};
    bool time;
    sends_only(vmm, &train.messages, &time);
    message.message_class = MESSAGE_TIME;
    if (time)
        message_encode(&message, train.bytes);
    message.message_class = MESSAGE_END;
    message.index = computer_terminal_performed(vmm->computer);
    if (vmm->points.used) {
        message.index = vmm->points.last_insns;
        message.point = vmm->points.last; /* but for its place */
        train.places = vmm->quiet_places.at;
    }
    message_encode(&message, train.bytes + (time ? MESSAGE_HEADER_BYTES : 0));
    peer_send_train(&vmm->peer, &train);
}

/* What the backup has taken from the channel and done at TIMES ends, the first of them at FIRST_PS. */
static void take_ends(struct vmm *vmm, uint64_t times, uint64_t first_ps)
{
    struct train_ahead ahead;
    uint64_t clock = 0;
    bool found = own_clock(vmm, &clock) && peer_train(&vmm->peer, &ahead);
    assert(found && times <= ahead.times);
    struct logged_value last = {.epoch = vmm->epoch + times - 1, .kind = VALUE_CLOCK, .value = clock};
    if (times > 1)
        last.value = ahead.value + (times - 2) * ahead.value_step;
    if (vmm->points.used)
        points_ends_at(vmm, vmm->epoch + times, &ahead.places[times - 1]);
    peer_take_train(&vmm->peer, &ahead, (uint32_t)times);
    for (uint64_t i = 0; i < times; i++)
        peer_executed(&vmm->peer, vmm->epoch + i, first_ps + i * epoch_ps(vmm));
    end_with_clock(vmm, last.value);
    while (QUEUE_COUNT(&vmm->clocks))
        QUEUE_POP(&vmm->clocks);
    *QUEUE_PUSH(&vmm->clocks) = last; /* as it stays until the next clock is taken */
    last.epoch++;
    last.value = ahead.value + (times - 1) * ahead.value_step;
    *QUEUE_PUSH(&vmm->clocks) = last;
    vmm->seen_clock_ps = last.value;
    vmm->seen_at_ps = ahead.arrival_ps + (times - 1) * ahead.every_ps;
    vmm->ended_epoch += times;
    if (!vmm->points.used)
        vmm_see_performed(vmm, ahead.index);
}

void quiet_settle(struct vmm *vmm, bool under_way)
{
    struct computer *computer = vmm->computer;
    uint64_t epoch_insns = computer->world->config.epoch_insns;
    if (!vmm->quiet_ends)
        return;
    if (vmm->linked && !vmm->suppressed) /* what is due at the end of the last instruction, the loop takes */
        vmm_hear(vmm, computer_now(computer) - (under_way ? 0 : computer->insn_ps));
    uint64_t run = computer_insns(computer) - vmm->epoch_start_insns, times = run / epoch_insns;
    if (times && run % epoch_insns == 0 && !under_way)
        times--;
    assert(times <= vmm->quiet_ends);
    vmm->quiet_ends = 0;
    if (under_way)
        board_request_stop(computer->board); /* the end of this epoch is the next to be looked at */
    if (vmm->points.used) {
        size_t noted = cpu_places_end(computer->board->cpu, under_way);
        assert(noted == times);
    }
    if (!times)
        return;
    if (vmm->points.used)
        points_settle(vmm, times, &vmm->quiet_places.at[times - 1]);
    uint64_t first = computer_now(computer) - (run - epoch_insns) * computer->insn_ps;
    uint64_t last = first + (times - 1) * epoch_ps(vmm);
    if (vmm->suppressed) {
        take_ends(vmm, times, first);
    } else {
        if (vmm->linked)
            send_ends(vmm, times, first);
        end_with_clock(vmm, clock_at(vmm, last));
    }
    computer->executed = vmm->epoch + times - 1;
    vmm->simulated_seen = cpu_simulated(computer->board->cpu); /* nothing of it costs */
    vmm->epoch += times;
    vmm->epoch_start_insns += times * epoch_insns;
    vmm->epoch_start_references = cpu_references(computer->board->cpu);
    vmm->epoch_start_ps = last;
}

bool quiet_at_end(const struct vmm *vmm)
{
    const struct computer *computer = vmm->computer;
    return vmm->in_epoch && computer_insns(computer) - vmm->epoch_start_insns == computer->world->config.epoch_insns;
}

/* quiet.c - see quiet.h. */
#include "ft/vmm/quiet.h"

#include <assert.h>

#include "mmu/base/vtime.h"

/* So many ends a run passes at most: while somebody follows, and alone. */
enum { ENDS_MAX = 512, ENDS_ALONE_MAX = 4096 };

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
    bool turns = vmm->following.leader || vmm->following.followers.count; /* at each end */
    return !stops && !counted && !looked_at && !costs && !settings->epoch_counts && !turns;
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

/* From which clock on is the timer due at an end? */
static uint64_t timer_due_ps(const struct vmm *vmm)
{
    return ticks_to_time(adjust_timer_due_ticks(vmm), vmm->computer->board->clock_hz);
}

/* So many of the times FIRST_PS, and every EVERY_PS later, come before DUE_PS. */
static uint64_t times_before(uint64_t due_ps, uint64_t first_ps, uint64_t every_ps)
{
    return due_ps <= first_ps ? 0 : (due_ps - first_ps - 1) / every_ps + 1;
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
    return smallest(most, times_before(timer_due_ps(vmm), clock_at(vmm, first), every));
}

/* So many heartbeats a primary may pass. Values that wait for the line would leave with the first. */
static uint64_t primary_beats(const struct vmm *vmm)
{
    if (!vmm->linked || vmm->waiting_values.count || vmm->slow_until_ps || !vmm_keeps_up(vmm))
        return 0;
    return peer_beats_without_news(&vmm->peer, vmm_lag_max_ps(vmm), quiet_foreseen_lag_ps(vmm));
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

/* The trains that lie before a backup, one after the other. */
static uint64_t backup_ends(struct vmm *vmm, uint64_t most)
{
    struct train_ahead ahead;
    struct channel_place place = channel_place(vmm->peer.in);
    uint64_t clock, end = end_ps(vmm), every = epoch_ps(vmm), ends = 0, before = vmm->last_clock_ps;
    uint64_t deadline = peer_deadline_ps(&vmm->peer), due = timer_due_ps(vmm);
    if (!vmm->linked || vmm_receives_on_arrival(vmm) || QUEUE_COUNT(&vmm->values) || vmm->ended_epoch != vmm->epoch ||
        !own_clock(vmm, &clock))
        return 0;
    while (ends < most && peer_train(&vmm->peer, &place, &ahead)) {
        uint64_t times = smallest(most - ends, ahead.times);
        bool in_time = ahead.arrival_ps <= end && ahead.every_ps == every && ahead.begin_ps <= deadline;
        if (!in_time || ahead.epoch != vmm->epoch + ends + 1 || clock <= before || ahead.value_step != every)
            break;
        times = clock < due ? smallest(times, 1 + times_before(due, ahead.value, ahead.value_step)) : 0;
        ends += times;
        if (times < ahead.times)
            break;
        before = times == 1 ? clock : ahead.value + (times - 2) * ahead.value_step;
        clock = ahead.value + (times - 1) * ahead.value_step;
        deadline = ahead.arrival_ps + (times - 1) * every + vmm->peer.in->timeout_ps;
        end += times * every;
    }
    return ends;
}

/* So many ends a backup passes at most: its reports are made when a run is over, and none may be late by more than half
 * of what its primary gives it for one. (One in another process has no time of its own, and no trains.) */
static uint64_t ends_unreported(const struct vmm *vmm)
{
    uint64_t every = epoch_ps(vmm);
    return every ? vmm->computer->world->config.settings.lag_report_us * PS_PER_US / 2 / every + 1 : 0;
}

uint64_t quiet_insns(const struct vmm *vmm)
{
    uint64_t epoch_insns = vmm->computer->world->config.epoch_insns;
    uint64_t insns = vmm->quiet_ends * epoch_insns;
    if (!insns || !vmm->suppressed || vmm->quiet_ends < ends_unreported(vmm))
        return insns;
    /* In the midst of an epoch: its end will be quiet in the next run. */
    return insns - (epoch_insns - epoch_insns / 2);
}

/* So many ends come before another virtual machine wants the processor: that waits for an end to be looked at. */
static uint64_t ends_alone(const struct vmm *vmm)
{
    uint64_t until = vmm->computer->alone_until_ps, first = end_ps(vmm);
    if (until == TIME_NEVER)
        return ENDS_ALONE_MAX;
    return times_before(until, first, epoch_ps(vmm));
}

bool quiet_begin(struct vmm *vmm)
{
    const struct settings *settings = &vmm->computer->world->config.settings;
    uint64_t most = ends_alone(vmm);
    if (vmm->linked)
        most = smallest(most, smallest(settings->lag_epochs / 2, ENDS_MAX));
    vmm->quiet_ends = vmm->quiet_beats = 0;
    if (nobody_looks(vmm) && nothing_waits(vmm) && (!vmm->points.used || points_by_length(vmm))) {
        if (vmm->program == vmm->protocol->primary && !vmm->suppressed) {
            vmm->quiet_ends = primary_ends(vmm, most);
            vmm->quiet_beats = primary_beats(vmm);
        } else if (vmm->program == vmm->protocol->backup && vmm->suppressed) {
            vmm->quiet_ends = backup_ends(vmm, smallest(most, ends_unreported(vmm)));
        }
    }
    return vmm->quiet_ends || vmm->quiet_beats;
}

static uint64_t beat_ps(const struct vmm *vmm)
{
    return vmm->computer->world->config.settings.heartbeat_us * PS_PER_US;
}

uint64_t quiet_due_ps(const struct vmm *vmm)
{
    const struct events *events = &vmm->computer->events;
    uint64_t due = smallest(events_next_time_but(events, EVENT_HEARTBEAT), hold_due_ps(vmm));
    uint64_t beat = events_next_time_of(events, EVENT_HEARTBEAT);
    due = smallest(due, beat == TIME_NEVER ? beat : beat + vmm->quiet_beats * beat_ps(vmm));
    if (!vmm->linked || vmm->suppressed)
        return due;
    return smallest(due, peer_news_due_ps(&vmm->peer, vmm_lag_max_ps(vmm), computer_now(vmm->computer)));
}

/* ---- reports that are not awaited ---- */

/* Half of what a host thread may be ahead, in epochs: it comes to no stop there. */
static uint64_t half_of_lag_epochs_ps(const struct vmm *vmm)
{
    return vmm->computer->world->config.settings.lag_epochs / 2 * epoch_ps(vmm);
}

uint64_t quiet_foreseen_lag_ps(const struct vmm *vmm)
{
    const struct world *world = vmm->computer->world;
    /* A protocol that somebody wrote may let the replicas differ, and one that is flipped does. */
    bool may_differ = world->config.written || world->flipped || world->config.settings.counter_skid;
    if (vmm->join || may_differ || !nobody_looks(vmm))
        return 0;
    return smallest(vmm_lag_max_ps(vmm), half_of_lag_epochs_ps(vmm));
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
        struct channel_place place = channel_place(vmm->peer.in);
        vmm->quiet_wanted.count = 0;
        *VEC_PUSH(&vmm->quiet_wanted) = points_wanted(vmm);
        while (vmm->quiet_wanted.count < places.count) {
            bool found = peer_train(&vmm->peer, &place, &ahead);
            assert(found);
            for (uint32_t i = 0; i < ahead.times && vmm->quiet_wanted.count < places.count; i++)
                *VEC_PUSH(&vmm->quiet_wanted) = ahead.places[i];
        }
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

/* What the primary has sent at TIMES ends, the first of them that of the present epoch at FIRST_PS: one train, where
 * nothing else is sent between. */
static struct train train_of_ends(const struct vmm *vmm, uint64_t times, uint64_t first_ps)
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
    return train;
}

/* Send TIMES of what is left of ENDS; where the first finds the line busy with a heartbeat, that only. */
static void send_ends(struct vmm *vmm, struct train *ends, uint64_t times)
{
    uint32_t left = ends->times;
    ends->times = peer_line_is_free(&vmm->peer, ends->first_ps) ? (uint32_t)times : 1;
    peer_send_train(&vmm->peer, ends);
    for (unsigned i = 0; i < ends->messages; i++)
        message_later(ends->bytes + (size_t)i * ends->size, ends->times, ends->times * ends->value_step);
    ends->first_ps += ends->times * ends->every_ps;
    ends->places = ends->places ? ends->places + ends->times : NULL;
    ends->times = left - ends->times;
}

/* The heartbeat due at DUE_PS, sent at NOW_PS in EPOCH. */
static void send_beat(struct vmm *vmm, uint64_t epoch, uint64_t due_ps, uint64_t now_ps)
{
    struct events *events = &vmm->computer->events;
    struct message message = {.message_class = MESSAGE_HEARTBEAT, .epoch = epoch, .value = due_ps};
    uint8_t bytes[MESSAGE_HEADER_BYTES];
    message_encode(&message, bytes);
    peer_send(&vmm->peer, bytes, sizeof bytes, true, now_ps);
    events_cancel(events, EVENT_HEARTBEAT);
    events_add(events, due_ps + beat_ps(vmm), EVENT_HEARTBEAT, 0);
}

/* So many of the heartbeats that ENDS has, from the first on, find the line free, and so do the ends around them. */
static uint32_t beats_on_free_line(const struct vmm *vmm, const struct train *ends)
{
    uint64_t busy_ps = ends->messages * channel_line_time_ps(vmm->peer.out, ends->size);
    uint64_t beat_busy_ps = channel_line_time_ps(vmm->peer.out, MESSAGE_HEADER_BYTES);
    uint32_t free = 0;
    if (!peer_line_is_free(&vmm->peer, smallest(ends->first_ps, ends->beat_first_ps)))
        return 0;
    for (; free < ends->beats; free++) {
        uint64_t at = ends->beat_first_ps + free * ends->beat_every_ps;
        uint64_t before = smallest(times_before(at + 1, ends->first_ps, ends->every_ps), ends->times); /* or with it */
        uint64_t next_ps = ends->first_ps + before * ends->every_ps;
        if ((before && next_ps - ends->every_ps + busy_ps > at) ||
            (before < ends->times && at + beat_busy_ps > next_ps))
            break;
    }
    return free;
}

/* Send what is left of ENDS, with the heartbeats of which the first is due at DUE_PS and sent at AT_PS, as far as each
 * finds the line free, as one train; PASSED_PS is after the last of them. False: nothing is sent. */
static bool send_with_beats(struct vmm *vmm, struct train *ends, uint64_t due_ps, uint64_t at_ps, uint64_t passed_ps)
{
    struct events *events = &vmm->computer->events;
    uint64_t every = beat_ps(vmm), beats = times_before(passed_ps, at_ps, every), times = ends->times;
    if (every % vmm->computer->insn_ps) /* some would be later than others */
        return false;
    ends->beats = (uint32_t)beats;
    ends->beat_first_ps = at_ps;
    ends->beat_every_ps = every;
    ends->beat_value = due_ps;
    ends->beats = beats_on_free_line(vmm, ends);
    if (ends->beats && ends->beats < beats) /* the ends before the last one that does */
        times = smallest(times, times_before(at_ps + (ends->beats - 1) * every, ends->first_ps, ends->every_ps));
    bool sends = ends->beats && times;
    for (uint32_t i = 1; sends && i <= ends->beats; i++) {
        events_cancel(events, EVENT_HEARTBEAT);
        events_add(events, due_ps + i * every, EVENT_HEARTBEAT, 0);
    }
    if (sends)
        send_ends(vmm, ends, times);
    ends->beats = 0;
    return sends;
}

/* What the primary has sent on the way: at TIMES ends, the first of them at FIRST_PS, and the heartbeats that were due
 * before, or (UNDER_WAY) when the present instruction began. Each left at the first instruction boundary not before it
 * was due, and before the messages of an end there. */
static void send_passed(struct vmm *vmm, uint64_t times, uint64_t first_ps, bool under_way)
{
    uint64_t now = computer_now(vmm->computer), insn_ps = vmm->computer->insn_ps, passed_ps = now + under_way;
    struct train ends = times ? train_of_ends(vmm, times, first_ps) : (struct train){0};
    for (;;) {
        uint64_t due = events_next_time_of(&vmm->computer->events, EVENT_HEARTBEAT);
        uint64_t at = due <= now ? now - (now - due) / insn_ps * insn_ps : TIME_NEVER;
        uint64_t end = ends.times ? ends.first_ps : TIME_NEVER;
        bool beat = at < passed_ps;
        if (beat && ends.times && send_with_beats(vmm, &ends, due, at, passed_ps))
            continue;
        if (beat && at <= end) {
            send_beat(vmm, vmm->epoch + times - ends.times, due, at);
        } else if (ends.times) {
            uint64_t before = beat ? (at - end + ends.every_ps - 1) / ends.every_ps : ends.times;
            send_ends(vmm, &ends, smallest(before, ends.times));
        } else {
            return;
        }
    }
}

/* TIMES ends are over, the last of them at LAST_PS. */
static void count_ends(struct vmm *vmm, uint64_t times, uint64_t last_ps)
{
    struct computer *computer = vmm->computer;
    computer->executed = vmm->epoch + times - 1;
    vmm->epoch += times;
    vmm->epoch_start_insns += times * computer->world->config.epoch_insns;
    vmm->epoch_start_ps = last_ps;
}

/* The clocks of the end at which the backup has come to be last, and of the next one, as they stay until that is taken.
 */
static void keep_clocks(struct vmm *vmm, uint64_t epoch, uint64_t clock_ps, uint64_t next_clock_ps)
{
    while (QUEUE_COUNT(&vmm->clocks))
        QUEUE_POP(&vmm->clocks);
    *QUEUE_PUSH(&vmm->clocks) = (struct logged_value){.epoch = epoch, .value = clock_ps, .kind = VALUE_CLOCK};
    *QUEUE_PUSH(&vmm->clocks) = (struct logged_value){.epoch = epoch + 1, .value = next_clock_ps, .kind = VALUE_CLOCK};
}

/* The backup has come beyond TIMES ends, the first of them at FIRST_PS: it has taken from the channel, train by train,
 * the ends that come next, and is as the last of them leaves it. */
static void take_passed(struct vmm *vmm, uint64_t times, uint64_t first_ps)
{
    struct train_ahead ahead;
    struct position next_place = {0};
    uint64_t clock = 0, next_clock = 0, every = epoch_ps(vmm), of_it;
    bool found = own_clock(vmm, &next_clock);
    for (uint64_t left = times; found && left; left -= of_it) {
        struct channel_place place = channel_place(vmm->peer.in);
        found = peer_train(&vmm->peer, &place, &ahead);
        of_it = smallest(left, ahead.times);
        clock = of_it > 1 ? ahead.value + (of_it - 2) * ahead.value_step : next_clock;
        next_clock = ahead.value + (of_it - 1) * ahead.value_step;
        if (vmm->points.used)
            next_place = ahead.places[of_it - 1];
        vmm->seen_at_ps = ahead.arrival_ps + (of_it - 1) * ahead.every_ps;
        peer_take_train(&vmm->peer, &ahead, (uint32_t)of_it, first_ps + (times - left) * every);
    }
    assert(found);
    end_with_clock(vmm, clock);
    keep_clocks(vmm, vmm->epoch + times - 1, clock, next_clock);
    vmm->seen_clock_ps = next_clock;
    vmm->ended_epoch += times;
    if (vmm->points.used)
        points_ends_at(vmm, vmm->epoch + times, &next_place);
    else
        vmm_see_performed(vmm, ahead.index);
    count_ends(vmm, times, first_ps + (times - 1) * every);
}

/* So many quiet ends the VP has passed. One that the run has just come to is not over. */
static uint64_t ends_passed(const struct vmm *vmm, bool under_way)
{
    uint64_t epoch_insns = vmm->computer->world->config.epoch_insns;
    uint64_t run = computer_insns(vmm->computer) - vmm->epoch_start_insns, times = run / epoch_insns;
    return times && run % epoch_insns == 0 && !under_way ? times - 1 : times;
}

void quiet_settle(struct vmm *vmm, bool under_way)
{
    struct computer *computer = vmm->computer;
    if (!vmm->quiet_ends && !vmm->quiet_beats)
        return;
    uint64_t times = ends_passed(vmm, under_way);
    bool noted = vmm->points.used && vmm->quiet_ends;
    assert(times <= vmm->quiet_ends);
    vmm->quiet_ends = vmm->quiet_beats = 0;
    if (under_way)
        board_request_stop(computer->board); /* the end of this epoch is the next to be looked at */
    if (noted) {
        size_t places = cpu_places_end(computer->board->cpu, under_way);
        assert(places == times);
    }
    if (noted && times)
        points_settle(vmm, times, &vmm->quiet_places.at[times - 1]);
    uint64_t run = computer_insns(computer) - vmm->epoch_start_insns;
    uint64_t first =
        computer_now(computer) + computer->world->config.epoch_insns * computer->insn_ps - run * computer->insn_ps;
    uint64_t last = first + (times - 1) * epoch_ps(vmm);
    if (vmm->linked && !vmm->suppressed) {
        send_passed(vmm, times, first, under_way);
        /* What is due at the end of the last instruction, the loop takes. */
        vmm_hear(vmm, computer_now(computer) - (under_way ? 0 : computer->insn_ps));
    }
    if (!times)
        return;
    if (vmm->suppressed) {
        take_passed(vmm, times, first);
    } else {
        end_with_clock(vmm, clock_at(vmm, last));
        count_ends(vmm, times, last);
    }
    vmm->simulated_seen = cpu_simulated(computer->board->cpu); /* nothing of it costs */
    vmm->epoch_start_references = cpu_references(computer->board->cpu);
}

bool quiet_at_end(const struct vmm *vmm)
{
    const struct computer *computer = vmm->computer;
    return vmm->in_epoch && computer_insns(computer) - vmm->epoch_start_insns == computer->world->config.epoch_insns;
}

/* channel.c - see channel.h. */
#include "ft/channel/channel.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ft/channel/train.h"
#include "ft/message.h"
#include "mmu/base/bits.h"
#include "mmu/base/memory.h"
#include "mmu/base/vtime.h"

static struct segment *segment_new(void)
{
    struct segment *segment = malloc(sizeof *segment);
    memory_need(segment);
    segment->next = NULL;
    return segment;
}

void channel_init(struct channel *channel, const struct settings *settings)
{
    memset(channel, 0, sizeof *channel);
    channel->head = channel->scan = channel->tail = segment_new();
    channel->silent_ps = TIME_NEVER;
    channel->says_lost = false;
    channel->lost = UINT64_MAX;
    channel->losing = settings->channel_crash;
    channel->latency_ps = settings->channel_latency_us * PS_PER_US;
    channel->bits_per_s = settings->channel_bits_per_s;
    channel->timeout_ps = settings->timeout_us * PS_PER_US;
    channel->beat_ps = settings->heartbeat_us * PS_PER_US;
}

void channel_renew(struct channel *channel, const struct settings *settings)
{
    uint64_t messages = channel->messages, bytes = channel->bytes;
    bool overtaking = channel->overtaking;
    struct rng rng = channel->rng;
    channel_init(channel, settings);
    channel->overtaking = overtaking;
    channel->rng = rng;
    channel->messages = messages;
    channel->bytes = bytes;
}

void frame_free(struct frame *frame)
{
    free(frame->bytes);
    frame->bytes = NULL;
}

const uint8_t *frame_bytes(const struct frame *frame)
{
    return frame->bytes ? frame->bytes : frame->inline_bytes;
}

/* Free what it holds; the segment in use stays. */
static void drop_frames(struct channel *channel)
{
    struct frame frame;
    while (channel->taken != atomic_load(&channel->sent)) {
        channel_take(channel, &frame);
        frame_free(&frame);
    }
    for (size_t i = 0; i < channel->waiting.count; i++)
        frame_free(&channel->waiting.at[i]);
    channel->waiting.count = 0;
    if (channel->holding)
        frame_free(&channel->held);
    channel->holding = false;
}

void channel_free(struct channel *channel)
{
    drop_frames(channel);
    free(channel->head);
    VEC_FREE(&channel->waiting);
    QUEUE_FREE(&channel->under_way);
    QUEUE_FREE(&channel->beats);
    VEC_FREE(&channel->took);
}

uint64_t channel_line_time_ps(const struct channel *channel, size_t size)
{
    if (size <= UINT64_MAX / PS_PER_S / 8) /* nearly everything: the host divides 64 bits faster */
        return size * 8 * PS_PER_S / channel->bits_per_s;
    return (uint64_t)((unsigned __int128)size * 8 * PS_PER_S / channel->bits_per_s);
}

uint64_t channel_ack_ps(const struct channel *channel, uint64_t arrival_ps)
{
    return arrival_ps + channel_line_time_ps(channel, MESSAGE_ACK_BYTES) + channel->latency_ps;
}

uint64_t channel_room_ps(const struct channel *channel)
{
    uint64_t full = channel_line_time_ps(channel, CHANNEL_WAITING_BYTES_MAX);
    return channel->busy_until_ps > full ? channel->busy_until_ps - full : 0;
}

/* ---- places in the chain of frames ---- */

/* A place in the chain of frames goes on beyond its frame, if PART is at the end of that. */
static void leave_frame(struct segment **segment, unsigned *slot, struct train_place *part)
{
    if (train_parts_before(&(*segment)->frames[*slot], part) < train_parts(&(*segment)->frames[*slot]))
        return;
    *part = (struct train_place){0};
    if (++*slot < SEGMENT_FRAMES)
        return;
    *slot = 0;
    *segment = (*segment)->next;
}

/* A place in the chain of frames goes on by one message. */
static void next_part(struct segment **segment, unsigned *slot, struct train_place *part)
{
    train_goes_on(&(*segment)->frames[*slot], part);
    leave_frame(segment, slot, part);
}

/* ---- the sender's ---- */

/* What was sent last, at NOW_PS, has been noted: forget what nobody asks for any more. Who asks for the last arrival
 * before a death (channel_arrived_before) learns of it at most a latency later, and then asks at most a heartbeat
 * later; the second beat is for an instruction that is under way. */
static void forget_arrived(struct channel *channel, uint64_t now_ps)
{
    uint64_t kept = channel->latency_ps + 2 * channel->beat_ps;
    while (QUEUE_COUNT(&channel->under_way) > 2 && QUEUE_FRONT(&channel->under_way)[1] + kept < now_ps)
        QUEUE_POP(&channel->under_way);
}

/* Remember when the messages of TRAIN, a frame, arrive: they were sent SENT_PS before they begin to come in. Returns
 * when the last one does. */
static uint64_t note_train_under_way(struct channel *channel, const struct frame *train, uint64_t sent_ps)
{
    uint64_t line = train->arrival_ps - train->begin_ps, last = 0, begin = 0;
    uint64_t beat_line = train->beats ? channel_line_time_ps(channel, MESSAGE_HEADER_BYTES) : 0;
    for (struct train_place part = {0}; part.time < train->times || part.beat < train->beats;) {
        uint32_t times = train_times_ahead(train, &part);
        for (; times; times--, part.time++) {
            begin = train_time_begins_ps(train, part.time);
            for (uint32_t message = 0; message < train->messages; message++)
                *QUEUE_PUSH(&channel->under_way) = last = begin + (message + 1) * line;
        }
        for (; train_beat_is_at(train, &part); part.beat++) {
            begin = train_beat_begins_ps(train, part.beat);
            *QUEUE_PUSH(&channel->under_way) = *QUEUE_PUSH(&channel->beats) = last = begin + beat_line;
        }
    }
    forget_arrived(channel, begin - sent_ps);
    return last;
}

/* FRAME is the next one for the receiver. */
static void append(struct channel *channel, const struct frame *frame)
{
    uint64_t sent = atomic_load_explicit(&channel->sent, memory_order_relaxed);
    channel->tail->frames[channel->tail_slot] = *frame;
    if (++channel->tail_slot == SEGMENT_FRAMES) {
        channel->tail = channel->tail->next = segment_new();
        channel->tail_slot = 0;
    }
    atomic_store_explicit(&channel->sent, sent + train_parts(frame), memory_order_release);
}

static void *copy_of(const void *bytes, size_t size)
{
    void *copy = malloc(size);
    memory_need(copy);
    memcpy(copy, bytes, size);
    return copy;
}

/* A frame of SIZE bytes; of `inline_bytes` no more than these are written. */
static void frame_make(struct frame *frame, const void *bytes, size_t size, bool beat)
{
    memset(frame, 0, offsetof(struct frame, inline_bytes));
    frame->size = (uint32_t)size;
    frame->beat = beat;
    if (size > FRAME_INLINE_BYTES)
        frame->bytes = copy_of(bytes, size);
    else
        memcpy(frame->inline_bytes, bytes, size);
}

/* What is sent at NOW_PS leaves then, or when the line is free. */
static uint64_t line_free_from(const struct channel *channel, uint64_t now_ps)
{
    return now_ps > channel->busy_until_ps ? now_ps : channel->busy_until_ps;
}

/* When does what leaves at START_PS begin to come in? FIFO: it never arrives before what was sent before. */
static uint64_t begins_ps(const struct channel *channel, uint64_t start_ps)
{
    uint64_t begin = start_ps + channel->latency_ps + channel->delay_ps;
    return begin < channel->last_arrival_ps ? channel->last_arrival_ps : begin;
}

/* FRAME leaves at NOW_PS, or when the line is free. */
static void transmit(struct channel *channel, struct frame *frame, uint64_t now_ps)
{
    uint64_t start = line_free_from(channel, now_ps);
    uint64_t line = channel_line_time_ps(channel, frame->size);
    channel->busy_until_ps = start + line;
    frame->begin_ps = begins_ps(channel, start);
    frame->arrival_ps = frame->begin_ps + line;
    channel->judged |= frame->begin_ps > channel_detects_ps(channel);
    if (!channel->judged)
        channel->heard_ps = frame->arrival_ps;
    channel->last_arrival_ps = frame->arrival_ps;
    *QUEUE_PUSH(&channel->under_way) = frame->arrival_ps;
    forget_arrived(channel, now_ps);
    if (frame->beat)
        *QUEUE_PUSH(&channel->beats) = frame->arrival_ps;
    append(channel, frame);
}

bool channel_line_is_free(const struct channel *channel, uint64_t time_ps)
{
    return channel->busy_until_ps <= time_ps &&
           time_ps + channel->latency_ps + channel->delay_ps >= channel->last_arrival_ps;
}

bool channel_takes_train(const struct channel *channel, uint32_t size, unsigned messages, uint64_t first_ps,
                         uint64_t every_ps)
{
    return !channel->cut && !channel->losing && !channel->overtaking && !channel->judged &&
           channel_line_is_free(channel, first_ps) && messages * channel_line_time_ps(channel, size) <= every_ps &&
           first_ps + channel->latency_ps + channel->delay_ps <= channel_detects_ps(channel) &&
           every_ps <= channel->timeout_ps;
}

/* As transmit does with each of its messages. */
void channel_send_train(struct channel *channel, const struct train *train)
{
    uint64_t line = channel_line_time_ps(channel, train->size);
    uint64_t start = line_free_from(channel, train->first_ps);
    assert(start == train->first_ps || train->times == 1);
    struct frame frame;
    frame_make(&frame, train->bytes, train->messages * train->size, false);
    frame.size = train->size;
    frame.messages = (uint8_t)train->messages;
    frame.times = train->times;
    frame.every_ps = train->every_ps;
    frame.value_step = train->value_step;
    frame.begin_ps = begins_ps(channel, start);
    frame.arrival_ps = frame.begin_ps + line;
    uint64_t sent_ps = frame.begin_ps - train->first_ps; /* before it begins to come in */
    frame.beats = train->beats;
    frame.beat_begin_ps = train->beat_first_ps + sent_ps;
    frame.beat_every_ps = train->beat_every_ps;
    frame.beat_value = train->beat_value;
    if (train->places)
        frame.places = copy_of(train->places, train->times * sizeof *train->places);
    channel->heard_ps = channel->last_arrival_ps = note_train_under_way(channel, &frame, sent_ps);
    channel->busy_until_ps = channel->last_arrival_ps - (frame.begin_ps - start);
    channel->messages += train_parts(&frame);
    channel->bytes += (uint64_t)train->times * train->messages * train->size + train->beats * MESSAGE_HEADER_BYTES;
    append(channel, &frame);
}

/* Is FRAME held back, for the next one to overtake it? */
static bool hold_back(struct channel *channel, const struct frame *frame)
{
    if (!channel->overtaking || channel->holding || rng_upto(&channel->rng, 15))
        return false;
    channel->held = *frame;
    channel->holding = true;
    return true;
}

static uint64_t send_frame(struct channel *channel, const void *bytes, size_t size, bool beat, uint64_t now_ps)
{
    struct frame frame;
    frame_make(&frame, bytes, size, beat);
    channel->messages++;
    channel->bytes += size;
    if (channel->cut) {
        *VEC_PUSH(&channel->waiting) = frame;
    } else if (!hold_back(channel, &frame)) {
        transmit(channel, &frame, now_ps);
        if (channel->holding)
            transmit(channel, &channel->held, now_ps);
        channel->holding = false;
    }
    return channel->last_arrival_ps;
}

uint64_t channel_send(struct channel *channel, const uint8_t *bytes, size_t size, uint64_t now_ps)
{
    return send_frame(channel, bytes, size, false, now_ps);
}

uint64_t channel_send_beat(struct channel *channel, const uint8_t *bytes, size_t size, uint64_t now_ps)
{
    return send_frame(channel, bytes, size, true, now_ps);
}

void channel_report(struct channel *channel, const void *bytes, size_t size, uint64_t time_ps)
{
    struct frame frame;
    assert(size <= FRAME_INLINE_BYTES);
    frame_make(&frame, bytes, size, false);
    frame.begin_ps = frame.arrival_ps = time_ps;
    append(channel, &frame);
}

void channel_deliver(struct channel *channel, const void *bytes, size_t size, uint64_t begin_ps, uint64_t arrival_ps)
{
    struct frame frame;
    frame_make(&frame, bytes, size, false);
    frame.begin_ps = begin_ps;
    frame.arrival_ps = arrival_ps;
    append(channel, &frame);
}

uint64_t channel_judged_ps(const struct channel *channel, uint64_t now_ps)
{
    uint64_t end = channel_detects_ps(channel);
    return channel->judged || now_ps + channel->latency_ps + channel->delay_ps > end ? end : TIME_NEVER;
}

uint64_t channel_arrived_before(const struct channel *channel, uint64_t time_ps)
{
    uint64_t last = 0;
    for (size_t i = channel->under_way.first; i < channel->under_way.items.count; i++)
        if (channel->under_way.items.at[i] <= time_ps)
            last = channel->under_way.items.at[i];
    return last;
}

void channel_cut(struct channel *channel, uint64_t now_ps)
{
    channel->cut = true;
    channel->cut_ps = now_ps;
}

void channel_heal(struct channel *channel, uint64_t now_ps)
{
    channel->cut = false;
    for (size_t i = 0; i < channel->waiting.count; i++)
        transmit(channel, &channel->waiting.at[i], now_ps);
    channel->waiting.count = 0;
}

bool channel_peek(struct channel *channel, uint64_t *begin_ps, uint64_t *arrival_ps)
{
    if (channel->taken >= channel->known)
        channel->known = atomic_load_explicit(&channel->sent, memory_order_acquire);
    if (channel->taken >= channel->known)
        return false;
    train_part_times(channel, &channel->head->frames[channel->head_slot], &channel->head_part, begin_ps, arrival_ps);
    return true;
}

uint64_t channel_count(const struct channel *channel)
{
    return atomic_load_explicit(&channel->sent, memory_order_acquire) - channel->taken;
}

struct channel_place channel_place(const struct channel *channel)
{
    return (struct channel_place){channel->head, channel->head_slot, channel->head_part, channel->taken};
}

static const struct frame *frame_at(const struct channel_place *place)
{
    return &place->segment->frames[place->slot];
}

const struct frame *channel_at(const struct channel_place *place)
{
    assert(!frame_at(place)->messages);
    return frame_at(place);
}

static void next_frame(struct channel_place *place)
{
    place->number += train_parts(frame_at(place)) - train_parts_before(frame_at(place), &place->part);
    place->part = (struct train_place){0};
    if (++place->slot == SEGMENT_FRAMES) {
        place->slot = 0;
        place->segment = place->segment->next;
    }
}

void channel_place_next(struct channel_place *place)
{
    assert(!frame_at(place)->messages);
    next_frame(place);
}

uint64_t channel_last_arrival(const struct channel *channel)
{
    uint64_t end = atomic_load_explicit(&channel->sent, memory_order_acquire), begin, last = 0;
    struct segment *segment = channel->head;
    unsigned slot = channel->head_slot;
    struct train_place part = channel->head_part;
    for (uint64_t i = channel->taken; i < end && i < channel->lost; i++) {
        train_part_times(channel, &segment->frames[slot], &part, &begin, &last);
        next_part(&segment, &slot, &part);
    }
    return last;
}

const struct frame *channel_scan(struct channel *channel)
{
    if (channel->scanned >= channel->known)
        channel->known = atomic_load_explicit(&channel->sent, memory_order_acquire);
    if (channel->scanned >= channel->known)
        return NULL;
    const struct frame *frame = &channel->scan->frames[channel->scan_slot];
    if (!frame->messages)
        return frame;
    channel->scanned_frame = train_part(channel, frame, &channel->scan_part);
    return &channel->scanned_frame;
}

void channel_scan_next(struct channel *channel)
{
    channel->scanned++;
    next_part(&channel->scan, &channel->scan_slot, &channel->scan_part);
}

/* The receiver has taken COUNT messages more: head_part of the frame that it is at is beyond them. */
static void take_parts(struct channel *channel, uint32_t count)
{
    struct segment *segment = channel->head;
    struct frame *frame = &segment->frames[channel->head_slot];
    channel->taken += count;
    leave_frame(&channel->head, &channel->head_slot, &channel->head_part);
    if (frame->messages && train_parts_before(frame, &channel->head_part) == 0)
        free(frame->places);
    if (channel->scanned < channel->taken) {
        channel->scanned = channel->taken;
        channel->scan = channel->head;
        channel->scan_slot = channel->head_slot;
        channel->scan_part = channel->head_part;
    }
    if (segment != channel->head)
        free(segment);
}

void channel_take(struct channel *channel, struct frame *frame)
{
    assert(channel->taken < channel->known ||
           channel->taken != atomic_load_explicit(&channel->sent, memory_order_acquire));
    const struct frame *next = &channel->head->frames[channel->head_slot];
    *frame = train_part(channel, next, &channel->head_part);
    train_goes_on(next, &channel->head_part);
    take_parts(channel, 1);
}

/* Has something been sent that is at PLACE? */
static bool is_sent(struct channel *channel, const struct channel_place *place)
{
    if (place->number >= channel->known)
        channel->known = atomic_load_explicit(&channel->sent, memory_order_acquire);
    return place->number < channel->known;
}

static void pass_beat(struct channel_place *place)
{
    const struct frame *frame = frame_at(place);
    if (!frame->messages || train_parts_before(frame, &place->part) + 1 == train_parts(frame)) {
        next_frame(place);
    } else {
        place->part.beat++;
        place->number++;
    }
}

bool channel_train(struct channel *channel, struct channel_place *place, struct train_ahead *ahead)
{
    unsigned beats = 0;
    for (; is_sent(channel, place) && train_beat_is_at(frame_at(place), &place->part); beats++)
        pass_beat(place);
    if (!is_sent(channel, place))
        return false;
    const struct frame *frame = frame_at(place);
    if (!frame->messages || place->part.message)
        return false;
    uint32_t time = place->part.time;
    const uint8_t *last = frame->inline_bytes + (size_t)(frame->messages - 1) * frame->size;
    struct message_numbers numbers = message_numbers(last);
    uint64_t begin, arrival;
    train_part_times(channel, frame, &place->part, &begin, &arrival);
    *ahead = (struct train_ahead){.beats = beats,
                                  .epoch = numbers.epoch + time,
                                  .index = numbers.index,
                                  .value = numbers.value + time * frame->value_step,
                                  .begin_ps = begin,
                                  .arrival_ps = begin + frame->messages * (arrival - begin),
                                  .every_ps = frame->every_ps,
                                  .value_step = frame->value_step,
                                  .times = frame->times - time,
                                  .messages = frame->messages};
    if (frame->places)
        ahead->places = frame->places + time;
    next_frame(place);
    return true;
}

bool channel_beat_is_next(const struct channel *channel)
{
    return train_beat_is_at(&channel->head->frames[channel->head_slot], &channel->head_part);
}

void channel_skip(struct channel *channel)
{
    const struct frame *frame = &channel->head->frames[channel->head_slot];
    assert(channel->taken < channel->known && (frame->messages || !frame->bytes));
    train_goes_on(frame, &channel->head_part);
    take_parts(channel, 1);
}

uint32_t channel_times_ahead(const struct channel *channel)
{
    const struct frame *frame = &channel->head->frames[channel->head_slot];
    assert(frame->messages && !channel->head_part.message);
    return train_times_ahead(frame, &channel->head_part);
}

void channel_take_times(struct channel *channel, uint32_t times)
{
    const struct frame *frame = &channel->head->frames[channel->head_slot];
    assert(times && times <= channel_times_ahead(channel));
    channel->head_part.time += times;
    take_parts(channel, times * frame->messages);
}

void channel_silent(struct channel *channel, uint64_t now_ps, struct rng *rng)
{
    const uint64_t *arrivals = channel->under_way.items.at;
    uint64_t under_way = 0;
    channel->silent_ps = now_ps;
    for (size_t i = channel->under_way.items.count; rng && i > channel->under_way.first && arrivals[i - 1] > now_ps;
         i--)
        under_way++;
    if (rng)
        channel->lost = atomic_load(&channel->sent) - under_way + rng_upto(rng, under_way);
}

static void visit_frame(struct visit *visit, struct frame *frame)
{
    VISIT_MOMENT(visit, frame->begin_ps);
    VISIT_MOMENT(visit, frame->arrival_ps);
    VISIT(visit, frame->size);
    VISIT(visit, frame->beat);
    if (frame->size > FRAME_INLINE_BYTES)
        visit_owned(visit, &frame->bytes, frame->size);
    else
        visit_bytes(visit, "bytes", frame->inline_bytes, frame->size);
    if (visit->reading && frame->size > FRAME_INLINE_BYTES && !frame->bytes) {
        visit_refuse(visit);
        frame->size = 0;
    }
}

/* The frames that the receiver has not taken; frame number TAKEN is the first. */
static void visit_frames(struct channel *channel, struct visit *visit, uint64_t taken)
{
    uint64_t sent = atomic_load(&channel->sent);
    size_t count = visit_count(visit, (size_t)(sent - channel->taken), 1);
    struct segment *segment = channel->head;
    unsigned slot = channel->head_slot;
    struct train_place part = channel->head_part;
    if (visit->reading) {
        free(channel->head);
        channel->head = channel->scan = channel->tail = segment_new();
        channel->head_slot = channel->scan_slot = channel->tail_slot = 0;
        channel->head_part = channel->scan_part = (struct train_place){0};
        channel->taken = channel->known = taken;
        channel->scanned = taken;
        atomic_store(&channel->sent, taken);
    }
    for (uint64_t i = taken; i < taken + count; i++) {
        struct frame frame = {0};
        if (!visit->reading) {
            frame = train_part(channel, &segment->frames[slot], &part);
            next_part(&segment, &slot, &part);
        }
        visit_frame(visit, &frame);
        if (visit->reading)
            append(channel, &frame);
    }
}

/* How far the receiver is: SCANNED frames beyond those that it has taken. */
static void visit_scanned(struct channel *channel, struct visit *visit, uint64_t scanned)
{
    VISIT(visit, scanned);
    if (!visit->reading)
        return;
    if (scanned > channel_count(channel))
        visit_refuse(visit);
    else
        while (scanned--)
            channel_scan_next(channel);
}

static void visit_time(struct visit *visit, uint64_t *time_ps)
{
    VISIT_MOMENT(visit, *time_ps);
}

void channel_visit(struct channel *channel, struct visit *visit)
{
    uint64_t taken = channel->taken;
    visit_begin(visit, "channel");
    if (visit->reading)
        drop_frames(channel);
    VISIT_MOMENT(visit, taken);
    VISIT(visit, channel->silent_ps);
    VISIT(visit, channel->lost);
    VISIT(visit, channel->says_lost);
    uint64_t scanned = channel->scanned - taken;
    visit_frames(channel, visit, taken);
    visit_scanned(channel, visit, scanned);
    VISIT_MOMENT(visit, channel->delay_ps);
    VISIT(visit, channel->cut);
    VISIT_MOMENT(visit, channel->cut_ps);
    VISIT_ROW(visit, &channel->waiting, visit_frame);
    VISIT(visit, channel->holding);
    if (channel->holding)
        visit_frame(visit, &channel->held);
    VISIT(visit, channel->rng);
    VISIT_MOMENT(visit, channel->heard_ps);
    VISIT(visit, channel->judged);
    VISIT_MOMENT(visit, channel->busy_until_ps);
    VISIT_MOMENT(visit, channel->last_arrival_ps);
    VISIT(visit, channel->messages);
    VISIT(visit, channel->bytes);
    VISIT_QUEUE(visit, &channel->under_way, visit_time);
    VISIT_QUEUE(visit, &channel->beats, visit_time);
    VISIT_ROW(visit, &channel->took, visit_time);
    visit_end(visit);
}

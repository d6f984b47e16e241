/* channel.c - see channel.h. */
#include "ft/channel/channel.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

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
    return (uint64_t)((unsigned __int128)size * 8 * PS_PER_S / channel->bits_per_s);
}

uint64_t channel_room_ps(const struct channel *channel)
{
    uint64_t full = channel_line_time_ps(channel, CHANNEL_WAITING_BYTES_MAX);
    return channel->busy_until_ps > full ? channel->busy_until_ps - full : 0;
}

/* The frame that will be number sent; the receiver does not look at it yet. */
static struct frame *next_frame(struct channel *channel, uint64_t sent)
{
    return &channel->tail->frames[sent % SEGMENT_FRAMES];
}

/* Remember when the newest frame arrives. Who asks for the last arrival before a death (channel_arrived_before) learns
 * of it at most a latency later, and then asks at most a heartbeat later; the second beat is for an instruction that is
 * under way. */
static void note_under_way(struct channel *channel, const struct frame *frame, uint64_t now_ps)
{
    uint64_t kept = channel->latency_ps + 2 * channel->beat_ps;
    while (QUEUE_COUNT(&channel->under_way) > 1 && QUEUE_FRONT(&channel->under_way)[1] + kept < now_ps)
        QUEUE_POP(&channel->under_way);
    *QUEUE_PUSH(&channel->under_way) = frame->arrival_ps;
    if (frame->beat)
        *QUEUE_PUSH(&channel->beats) = frame->arrival_ps;
}

/* FRAME is the next one for the receiver. */
static void append(struct channel *channel, const struct frame *frame)
{
    uint64_t sent = atomic_load_explicit(&channel->sent, memory_order_relaxed);
    *next_frame(channel, sent) = *frame;
    if ((sent + 1) % SEGMENT_FRAMES == 0)
        channel->tail = channel->tail->next = segment_new();
    atomic_store_explicit(&channel->sent, sent + 1, memory_order_release);
}

static struct frame frame_of(const void *bytes, size_t size, bool beat)
{
    struct frame frame = {.size = (uint32_t)size, .beat = beat};
    if (size > FRAME_INLINE_BYTES) {
        frame.bytes = malloc(size);
        memory_need(frame.bytes);
    }
    memcpy(frame.bytes ? frame.bytes : frame.inline_bytes, bytes, size);
    return frame;
}

/* FRAME leaves at NOW_PS, or when the line is free. FIFO: it never arrives before what was sent before. */
static void transmit(struct channel *channel, struct frame frame, uint64_t now_ps)
{
    uint64_t start = now_ps > channel->busy_until_ps ? now_ps : channel->busy_until_ps;
    uint64_t line = channel_line_time_ps(channel, frame.size);
    channel->busy_until_ps = start + line;
    frame.begin_ps = start + channel->latency_ps + channel->delay_ps;
    if (frame.begin_ps < channel->last_arrival_ps)
        frame.begin_ps = channel->last_arrival_ps;
    frame.arrival_ps = frame.begin_ps + line;
    channel->judged |= frame.begin_ps > channel_detects_ps(channel);
    if (!channel->judged)
        channel->heard_ps = frame.arrival_ps;
    channel->last_arrival_ps = frame.arrival_ps;
    note_under_way(channel, &frame, now_ps);
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

static uint64_t send_frame(struct channel *channel, struct frame frame, uint64_t now_ps)
{
    channel->messages++;
    channel->bytes += frame.size;
    if (channel->cut) {
        *VEC_PUSH(&channel->waiting) = frame;
    } else if (!hold_back(channel, &frame)) {
        transmit(channel, frame, now_ps);
        if (channel->holding)
            transmit(channel, channel->held, now_ps);
        channel->holding = false;
    }
    return channel->last_arrival_ps;
}

uint64_t channel_send(struct channel *channel, const uint8_t *bytes, size_t size, uint64_t now_ps)
{
    return send_frame(channel, frame_of(bytes, size, false), now_ps);
}

uint64_t channel_send_beat(struct channel *channel, const uint8_t *bytes, size_t size, uint64_t now_ps)
{
    return send_frame(channel, frame_of(bytes, size, true), now_ps);
}

void channel_report(struct channel *channel, const void *bytes, size_t size, uint64_t time_ps)
{
    struct frame frame = frame_of(bytes, size, false);
    assert(size <= FRAME_INLINE_BYTES);
    frame.begin_ps = frame.arrival_ps = time_ps;
    append(channel, &frame);
}

void channel_deliver(struct channel *channel, const void *bytes, size_t size, uint64_t begin_ps, uint64_t arrival_ps)
{
    struct frame frame = frame_of(bytes, size, false);
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
        transmit(channel, channel->waiting.at[i], now_ps);
    channel->waiting.count = 0;
}

bool channel_peek(struct channel *channel, uint64_t *begin_ps, uint64_t *arrival_ps)
{
    if (channel->taken >= channel->known)
        channel->known = atomic_load_explicit(&channel->sent, memory_order_acquire);
    if (channel->taken >= channel->known)
        return false;
    const struct frame *frame = &channel->head->frames[channel->taken % SEGMENT_FRAMES];
    *begin_ps = frame->begin_ps;
    *arrival_ps = frame->arrival_ps;
    return true;
}

uint64_t channel_count(const struct channel *channel)
{
    return atomic_load_explicit(&channel->sent, memory_order_acquire) - channel->taken;
}

uint64_t channel_last_arrival(const struct channel *channel)
{
    uint64_t end = atomic_load_explicit(&channel->sent, memory_order_acquire), last = 0;
    const struct segment *segment = channel->head;
    for (uint64_t i = channel->taken; i < end && i < channel->lost; i++) {
        last = segment->frames[i % SEGMENT_FRAMES].arrival_ps;
        if ((i + 1) % SEGMENT_FRAMES == 0)
            segment = segment->next;
    }
    return last;
}

const struct frame *channel_scan(struct channel *channel)
{
    if (channel->scanned >= channel->known)
        channel->known = atomic_load_explicit(&channel->sent, memory_order_acquire);
    return channel->scanned < channel->known ? &channel->scan->frames[channel->scanned % SEGMENT_FRAMES] : NULL;
}

void channel_scan_next(struct channel *channel)
{
    if (++channel->scanned % SEGMENT_FRAMES == 0)
        channel->scan = channel->scan->next;
}

void channel_take(struct channel *channel, struct frame *frame)
{
    assert(channel->taken < channel->known ||
           channel->taken != atomic_load_explicit(&channel->sent, memory_order_acquire));
    *frame = channel->head->frames[channel->taken % SEGMENT_FRAMES];
    channel->taken++;
    if (channel->scanned < channel->taken)
        channel_scan_next(channel);
    if (channel->taken % SEGMENT_FRAMES == 0) {
        struct segment *empty = channel->head;
        channel->head = empty->next;
        free(empty);
    }
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
    const struct segment *segment = channel->head;
    if (visit->reading) {
        free(channel->head);
        channel->head = channel->scan = channel->tail = segment_new();
        channel->taken = channel->known = taken;
        channel->scanned = taken;
        atomic_store(&channel->sent, taken);
    }
    for (uint64_t i = taken; i < taken + count; i++) {
        struct frame frame = {0};
        if (!visit->reading)
            frame = segment->frames[i % SEGMENT_FRAMES];
        if (!visit->reading && (i + 1) % SEGMENT_FRAMES == 0)
            segment = segment->next;
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

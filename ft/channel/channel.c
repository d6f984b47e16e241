/* channel.c - see channel.h. */
#include "ft/channel/channel.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/base/vtime.h"

static struct segment *segment_new(void)
{
    struct segment *segment = malloc(sizeof *segment);
    assert(segment);
    segment->next = NULL;
    return segment;
}

void channel_init(struct channel *channel, const struct settings *settings)
{
    memset(channel, 0, sizeof *channel);
    channel->head = channel->tail = segment_new();
    atomic_store(&channel->lost, UINT64_MAX);
    channel->losing = settings->channel_crash;
    channel->latency_ps = settings->channel_latency_us * PS_PER_US;
    channel->bits_per_s = settings->channel_bits_per_s;
    channel->timeout_ps = settings->timeout_us * PS_PER_US;
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

/* Remember when the newest frame arrives, and forget those that have arrived. */
static void note_under_way(struct channel *channel, uint64_t now_ps)
{
    while (QUEUE_COUNT(&channel->under_way) && *QUEUE_FRONT(&channel->under_way) <= now_ps)
        QUEUE_POP(&channel->under_way);
    *QUEUE_PUSH(&channel->under_way) = channel->last_arrival_ps;
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

static struct frame frame_of(const uint8_t *bytes, size_t size)
{
    struct frame frame = {.size = (uint32_t)size};
    if (size > FRAME_INLINE_BYTES) {
        frame.bytes = malloc(size);
        assert(frame.bytes);
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
    if (frame.begin_ps <= channel->heard_ps + channel->timeout_ps && channel->heard_ps == channel->last_arrival_ps)
        channel->heard_ps = frame.arrival_ps;
    channel->last_arrival_ps = frame.arrival_ps;
    if (channel->losing)
        note_under_way(channel, now_ps);
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

uint64_t channel_send(struct channel *channel, const uint8_t *bytes, size_t size, uint64_t now_ps)
{
    channel->messages++;
    channel->bytes += size;
    struct frame frame = frame_of(bytes, size);
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
    if (channel->taken >= channel->known ||
        channel->taken >= atomic_load_explicit(&channel->lost, memory_order_acquire))
        return false;
    const struct frame *frame = &channel->head->frames[channel->taken % SEGMENT_FRAMES];
    *begin_ps = frame->begin_ps;
    *arrival_ps = frame->arrival_ps;
    return true;
}

uint64_t channel_last_arrival(const struct channel *channel)
{
    uint64_t end = atomic_load_explicit(&channel->sent, memory_order_acquire);
    uint64_t lost = atomic_load_explicit(&channel->lost, memory_order_acquire), last = 0;
    const struct segment *segment = channel->head;
    for (uint64_t i = channel->taken; i < end && i < lost; i++) {
        last = segment->frames[i % SEGMENT_FRAMES].arrival_ps;
        if ((i + 1) % SEGMENT_FRAMES == 0)
            segment = segment->next;
    }
    return last;
}

void channel_take(struct channel *channel, struct frame *frame)
{
    assert(channel->taken < channel->known ||
           channel->taken != atomic_load_explicit(&channel->sent, memory_order_acquire));
    *frame = channel->head->frames[channel->taken % SEGMENT_FRAMES];
    channel->taken++;
    if (channel->taken % SEGMENT_FRAMES == 0) {
        struct segment *empty = channel->head;
        channel->head = empty->next;
        free(empty);
    }
}

void channel_lose_suffix(struct channel *channel, uint64_t now_ps, struct rng *rng)
{
    while (QUEUE_COUNT(&channel->under_way) && *QUEUE_FRONT(&channel->under_way) <= now_ps)
        QUEUE_POP(&channel->under_way);
    uint64_t under_way = QUEUE_COUNT(&channel->under_way);
    uint64_t sent = atomic_load(&channel->sent);
    atomic_store(&channel->lost, sent - under_way + rng_upto(rng, under_way));
}

static void visit_frame(struct visit *visit, struct frame *frame)
{
    VISIT_MOMENT(visit, frame->begin_ps);
    VISIT_MOMENT(visit, frame->arrival_ps);
    VISIT(visit, frame->size);
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
        channel->head = channel->tail = segment_new();
        channel->taken = taken;
        channel->known = taken;
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
    VISIT_ATOMIC(visit, uint64_t, channel->lost);
    visit_frames(channel, visit, taken);
    VISIT_MOMENT(visit, channel->delay_ps);
    VISIT(visit, channel->cut);
    VISIT_MOMENT(visit, channel->cut_ps);
    VISIT_ROW(visit, &channel->waiting, visit_frame);
    VISIT(visit, channel->holding);
    if (channel->holding)
        visit_frame(visit, &channel->held);
    VISIT(visit, channel->rng);
    VISIT_MOMENT(visit, channel->heard_ps);
    VISIT_MOMENT(visit, channel->busy_until_ps);
    VISIT_MOMENT(visit, channel->last_arrival_ps);
    VISIT(visit, channel->messages);
    VISIT(visit, channel->bytes);
    VISIT_QUEUE(visit, &channel->under_way, visit_time);
    visit_end(visit);
}

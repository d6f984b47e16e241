/* channel.c - see channel.h. */
#include "ft/channel.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ft/vtime.h"
#include "mmu/hard.h"

void channel_init(struct channel *channel, const struct settings *settings)
{
    memset(channel, 0, sizeof *channel);
    pthread_mutex_init(&channel->lock, NULL);
    channel->latency_ps = settings->channel_latency_us * PS_PER_US;
    channel->bits_per_s = settings->channel_bits_per_s;
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

void channel_free(struct channel *channel)
{
    while (channel->head != channel->tail)
        frame_free(&channel->ring[channel->head++ & (channel->room - 1)]);
    free(channel->ring);
    pthread_mutex_destroy(&channel->lock);
}

static void grow(struct channel *channel)
{
    size_t room = channel->room ? channel->room * 2 : HARD(64, 1);
    struct frame *ring = malloc(room * sizeof *ring);
    assert(ring);
    for (size_t i = channel->head; i != channel->tail; i++)
        ring[i & (room - 1)] = channel->ring[i & (channel->room - 1)];
    free(channel->ring);
    channel->ring = ring;
    channel->room = room;
}

uint64_t channel_line_time_ps(const struct channel *channel, size_t size)
{
    return (uint64_t)((unsigned __int128)size * 8 * PS_PER_S / channel->bits_per_s);
}

uint64_t channel_send(struct channel *channel, const uint8_t *bytes, size_t size, uint64_t now_ps)
{
    uint64_t start = now_ps > channel->busy_until_ps ? now_ps : channel->busy_until_ps;
    channel->busy_until_ps = start + channel_line_time_ps(channel, size);
    channel->last_arrival_ps = channel->busy_until_ps + channel->latency_ps;
    channel->messages++;
    channel->bytes += size;
    uint8_t *copy = NULL;
    if (size > FRAME_INLINE_BYTES) {
        copy = malloc(size);
        assert(copy);
        memcpy(copy, bytes, size);
    }
    pthread_mutex_lock(&channel->lock);
    if (channel->tail - channel->head == channel->room)
        grow(channel);
    struct frame *frame = &channel->ring[channel->tail & (channel->room - 1)];
    frame->begin_ps = start + channel->latency_ps;
    frame->arrival_ps = channel->last_arrival_ps;
    frame->size = (uint32_t)size;
    frame->bytes = copy;
    if (!copy)
        memcpy(frame->inline_bytes, bytes, size);
    channel->tail++;
    pthread_mutex_unlock(&channel->lock);
    return channel->last_arrival_ps;
}

bool channel_peek(struct channel *channel, uint64_t *begin_ps, uint64_t *arrival_ps)
{
    pthread_mutex_lock(&channel->lock);
    bool there = channel->head != channel->tail;
    if (there) {
        *begin_ps = channel->ring[channel->head & (channel->room - 1)].begin_ps;
        *arrival_ps = channel->ring[channel->head & (channel->room - 1)].arrival_ps;
    }
    pthread_mutex_unlock(&channel->lock);
    return there;
}

void channel_take(struct channel *channel, struct frame *frame)
{
    pthread_mutex_lock(&channel->lock);
    assert(channel->head != channel->tail);
    *frame = channel->ring[channel->head & (channel->room - 1)];
    channel->head++;
    pthread_mutex_unlock(&channel->lock);
}

void channel_lose_suffix(struct channel *channel, uint64_t now_ps, struct rng *rng)
{
    pthread_mutex_lock(&channel->lock);
    size_t first = channel->head;
    while (first != channel->tail && channel->ring[first & (channel->room - 1)].arrival_ps <= now_ps)
        first++;
    size_t keep = first + rng_upto(rng, channel->tail - first);
    while (channel->tail != keep)
        frame_free(&channel->ring[--channel->tail & (channel->room - 1)]);
    pthread_mutex_unlock(&channel->lock);
}

/* train.c - see train.h. */
#include "ft/channel/train.h"

#include <string.h>

#include "ft/message.h"
#include "mmu/base/vtime.h"

uint32_t train_parts(const struct frame *frame)
{
    return frame->messages ? frame->messages * frame->times + frame->beats : 1;
}

uint32_t train_parts_before(const struct frame *frame, const struct train_place *place)
{
    return place->time * frame->messages + place->message + place->beat;
}

uint64_t train_time_begins_ps(const struct frame *train, uint32_t time)
{
    return train->begin_ps + time * train->every_ps;
}

uint64_t train_beat_begins_ps(const struct frame *train, uint32_t beat)
{
    return train->beat_begin_ps + beat * train->beat_every_ps;
}

bool train_beat_is_at(const struct frame *frame, const struct train_place *place)
{
    if (!frame->messages)
        return frame->beat;
    if (place->beat == frame->beats || place->message)
        return false;
    return place->time == frame->times ||
           train_beat_begins_ps(frame, place->beat) < train_time_begins_ps(frame, place->time);
}

uint32_t train_times_ahead(const struct frame *train, const struct train_place *place)
{
    if (train_beat_is_at(train, place))
        return 0;
    if (place->beat == train->beats)
        return train->times - place->time;
    uint64_t ahead = train_beat_begins_ps(train, place->beat) - train_time_begins_ps(train, place->time);
    return (uint32_t)smallest((ahead + train->every_ps - 1) / train->every_ps, train->times - place->time);
}

void train_part_times(const struct channel *channel, const struct frame *frame, const struct train_place *place,
                      uint64_t *begin_ps, uint64_t *arrival_ps)
{
    uint64_t line = frame->arrival_ps - frame->begin_ps;
    *begin_ps = frame->begin_ps;
    if (frame->messages && train_beat_is_at(frame, place)) {
        *begin_ps = train_beat_begins_ps(frame, place->beat);
        line = channel_line_time_ps(channel, MESSAGE_HEADER_BYTES);
    } else if (frame->messages) {
        *begin_ps = train_time_begins_ps(frame, place->time) + place->message * line;
    }
    *arrival_ps = *begin_ps + line;
}

/* The heartbeat at PLACE. */
static struct frame beat_of(const struct frame *train, const struct train_place *place)
{
    struct frame beat = {.size = MESSAGE_HEADER_BYTES, .beat = true};
    const uint64_t first_epoch = message_numbers(train->inline_bytes).epoch;
    const struct message message = {.message_class = MESSAGE_HEARTBEAT,
                                    .epoch = first_epoch + place->time,
                                    .value = train->beat_value + place->beat * train->beat_every_ps};
    message_encode(&message, beat.inline_bytes);
    return beat;
}

struct frame train_part(const struct channel *channel, const struct frame *frame, const struct train_place *place)
{
    if (!frame->messages)
        return *frame;
    struct frame one = {.size = frame->size};
    if (train_beat_is_at(frame, place)) {
        one = beat_of(frame, place);
    } else {
        memcpy(one.inline_bytes, frame->inline_bytes + (size_t)place->message * frame->size, frame->size);
        message_later(one.inline_bytes, place->time, place->time * frame->value_step);
        if (frame->places)
            message_set_position(one.inline_bytes, &frame->places[place->time]);
    }
    train_part_times(channel, frame, place, &one.begin_ps, &one.arrival_ps);
    return one;
}

void train_goes_on(const struct frame *frame, struct train_place *place)
{
    if (frame->messages && train_beat_is_at(frame, place))
        place->beat++;
    else
        place->message++;
    if (frame->messages && place->message == frame->messages) {
        place->message = 0;
        place->time++;
    }
}

/* train.h - private to ft/channel/: a frame that is a train (channel.h) as the messages that it stands for. Any other
 * frame is one message, at the place {0}. Times are virtual, in picoseconds.
 */
#ifndef US_FT_CHANNEL_TRAIN_H
#define US_FT_CHANNEL_TRAIN_H

#include "ft/channel/channel.h"

/* How many messages FRAME is; and how many of them lie before PLACE. */
uint32_t train_parts(const struct frame *frame);
uint32_t train_parts_before(const struct frame *frame, const struct train_place *place);
/* When the first message of a TIME of TRAIN begins to come in; and heartbeat BEAT. */
uint64_t train_time_begins_ps(const struct frame *train, uint32_t time);
uint64_t train_beat_begins_ps(const struct frame *train, uint32_t beat);
/* Is the message at PLACE, which is not the end, a heartbeat? At the end of a train: no. */
bool train_beat_is_at(const struct frame *frame, const struct train_place *place);
/* So many times of TRAIN follow at PLACE before a heartbeat, or the train's end. */
uint32_t train_times_ahead(const struct frame *train, const struct train_place *place);
/* When the message at PLACE begins and ends to come in on CHANNEL. */
void train_part_times(const struct channel *channel, const struct frame *frame, const struct train_place *place,
                      uint64_t *begin_ps, uint64_t *arrival_ps);
/* The message at PLACE as a frame of its own; of one that is no train, itself. */
struct frame train_part(const struct channel *channel, const struct frame *frame, const struct train_place *place);
/* PLACE goes on by one message. */
void train_goes_on(const struct frame *frame, struct train_place *place);

#endif

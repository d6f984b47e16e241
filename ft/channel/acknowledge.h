/* acknowledge.h - private to ft/channel/: acknowledgements between two computers of this process, which are functions
 * of what was sent (peer.h). Times are virtual, in picoseconds.
 */
#ifndef US_FT_CHANNEL_ACKNOWLEDGE_H
#define US_FT_CHANNEL_ACKNOWLEDGE_H

#include "ft/channel/peer.h"

/* At the primary: when the acknowledgement of what arrives at ARRIVAL_PS is here; TIME_NEVER: never, as known at
 * NOW_PS. */
uint64_t acknowledged_here(const struct peer *peer, uint64_t arrival_ps, uint64_t now_ps);
/* When the acknowledgement is here that carries the report of the heartbeat INDEX places behind the front one;
 * TIME_NEVER if that heartbeat has not been sent yet. */
uint64_t report_here_ps(const struct peer *peer, uint64_t index);
/* How many of the next reports are in the queue, and say nothing but that the backup works as fast as it did, that the
 * replicas do not differ, and that it lags by MOST_LAG_PS at most? */
uint64_t reports_without_news(const struct peer *peer, uint64_t most_lag_ps);
/* How many of the next reports, in the queue or not yet, can be no such news? Whoever asks knows that the backup's
 * speed does not change and that nobody compares the replicas, so that a report could only say that the lag is larger.
 * What had been executed when the last report in the queue was made bounds the lag of those that are to come. */
uint64_t reports_foreseen(const struct peer *peer, uint64_t most_lag_ps);
/* Take the reports whose acknowledgements have come by NOW_PS. */
void listen_here(struct peer *peer, uint64_t now_ps);

/* At the backup: the next frame that the receiver has not scanned, FRAME, has arrived. True if that puts a report on
 * its way. */
bool acknowledge_one(struct peer *peer, const struct frame *frame);
/* The same for a heartbeat, which arrives at ARRIVAL_PS. */
void acknowledge_beat(struct peer *peer, uint64_t arrival_ps);
/* All that has arrived by NOW_PS, as far as is certain; EARLY as in peer_quiet_ps. True if there is a new report. */
bool acknowledge_here(struct peer *peer, bool early, uint64_t now_ps);

/* peer.c: will frame NUMBER, which arrives at ARRIVAL_PS, really arrive (peer_certain)? */
bool peer_frame_certain(const struct peer *peer, uint64_t number, uint64_t quiet_ps, bool early, uint64_t arrival_ps);

#endif

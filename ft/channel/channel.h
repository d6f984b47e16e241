/* channel.h - one direction of the FIFO between two computers: latency, bandwidth, and what a crash does to it.
 *
 * Arrival times are computed by the sender when it sends, so that a message is acknowledged at a known virtual time:
 * the receiving VMM answers when it arrives, whatever its virtual processor is doing.
 *
 * One sender and one receiver, which may be on two host threads: frames lie in a chain of segments that the sender
 * makes and the receiver frees; the count of frames sent is all that they share.
 */
#ifndef US_FT_CHANNEL_CHANNEL_H
#define US_FT_CHANNEL_CHANNEL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/base/rng.h"
#include "ft/message.h"
#include "ft/settings.h"
#include "mmu/base/queue.h"
#include "mmu/base/vec.h"
#include "mmu/base/hard.h"
#include "mmu/base/visit.h"
#include "mmu/base/vtime.h"

enum { CACHE_LINE_BYTES = 64 };
enum { FRAME_INLINE_BYTES = 72 };             /* the largest message that comes often: [end, E] with its point */
enum { CHANNEL_WAITING_BYTES_MAX = 4 << 20 }; /* of what is sent faster than the line carries it; a sender waits then */

struct frame {
    uint64_t begin_ps, arrival_ps; /* its first and last bit at the receiver; of a train, the first message's */
    uint32_t size;                 /* of a train, of one message */
    bool beat;                     /* a heartbeat */
    uint8_t messages;              /* of a train, each time; 0: it is one message */
    uint32_t times;
    uint64_t every_ps, value_step;
    /* Of a train: so many heartbeats are among its messages; the first begins to come in then, each other so much
     * later, and as much is added to its value. */
    uint32_t beats;
    uint64_t beat_begin_ps, beat_every_ps, beat_value;
    uint8_t *bytes;          /* NULL: in `inline_bytes`, as those of a train */
    struct position *places; /* of a train, or NULL */
    uint8_t inline_bytes[FRAME_INLINE_BYTES];
};

/* A train: the ends of epochs that are all alike (ft/vmm/quiet.h), sent at once and as if each were sent in its time;
 * and heartbeats, if each of all that finds the line free. The receiver finds single messages; how many there are in a
 * row, it may ask. */
struct train {
    uint8_t bytes[FRAME_INLINE_BYTES]; /* of the first time: MESSAGES of SIZE bytes each, one after the other */
    uint32_t size;
    unsigned messages;
    uint32_t times;
    uint64_t first_ps, every_ps;   /* when the first ones are sent, and how much later the next */
    uint64_t value_step;           /* what is added to their values each time; 1 is added to their epochs */
    const struct position *places; /* NULL; or the one message of each time is an [end, E], and its point is there */
    uint32_t beats;                /* heartbeats among them; their epochs are those that they are sent in */
    uint64_t beat_first_ps, beat_every_ps; /* when the first heartbeat is sent, and how much later the next */
    uint64_t beat_value;                   /* of the first; to the next ones as much is added */
};

/* What is next before the receiver, after BEATS heartbeats, is the rest of a train. */
struct train_ahead {
    unsigned beats;
    uint64_t epoch, index, value;            /* of the last message of its next time */
    uint64_t begin_ps, arrival_ps, every_ps; /* when that time begins and ends to come in; and the next ones later */
    uint64_t value_step;
    uint32_t times; /* left */
    unsigned messages;
    const struct position *places; /* NULL, or of those that are left */
};

enum { SEGMENT_FRAMES = HARD(64, 1) };

struct segment {
    struct segment *next;
    struct frame frames[SEGMENT_FRAMES];
};

/* A place in a train: so many times, messages of the next time, and heartbeats lie before it. */
struct train_place {
    uint32_t time, message, beat;
};

/* A place among the messages that lie before the receiver. */
struct channel_place {
    const struct segment *segment;
    unsigned slot;           /* of its frame there */
    struct train_place part; /* of that, if it is a train */
    uint64_t number;         /* so many messages lie before it, since the beginning */
};

struct channel {
    /* What hardly ever changes. The groups are apart by cache lines, so that sender and receiver wait for each other's
     * core only where they have something to say to each other. */
    char apart_before[CACHE_LINE_BYTES];
    uint64_t latency_ps, bits_per_s, timeout_ps, beat_ps;
    bool losing;     /* setting channel-crash */
    bool overtaking; /* the channel is no FIFO: now and then a message is held back, and the next one overtakes it */
    /* The last entry of the queue: the sender fell silent for ever then (TIME_NEVER: no such entry), and frames from
     * number `lost` on went with it. The sender writes it before its promise says that nothing more will come, and
     * nobody reads it before he has seen that promise (ft/order/). */
    uint64_t silent_ps, lost;
    bool says_lost; /* it has said so: no time-out has to pass */
    char apart_sent[CACHE_LINE_BYTES];
    _Atomic uint64_t sent; /* messages that the receiver may look at */
    char apart_receiver[CACHE_LINE_BYTES];
    /* The receiver's. It takes frames when its virtual processor comes to need them; before that, at their arrival, it
     * scans them: acknowledges. */
    struct segment *head, *scan;
    uint64_t taken, scanned;                 /* messages */
    unsigned head_slot, scan_slot;           /* the frame of the next one, in its segment */
    struct train_place head_part, scan_part; /* which one it is of a train */
    struct frame scanned_frame;              /* room for a message of a train */
    uint64_t known;                          /* `sent` when the receiver looked last */
    char apart_sender[CACHE_LINE_BYTES];
    /* The sender's. */
    struct segment *tail;
    unsigned tail_slot;
    uint64_t delay_ps; /* that messages take longer now */
    bool cut;          /* what is sent waits in `waiting` */
    uint64_t cut_ps;   /* since then */
    VEC(struct frame) waiting;
    bool holding;
    struct frame held;
    struct rng rng;
    uint64_t heard_ps; /* the last arrival before the first silence of a time-out's length; the last one if there was
                          none */
    bool judged;       /* such a silence lies behind what was sent last: the receiver has judged it at its end */
    uint64_t busy_until_ps;   /* the line is free then */
    uint64_t last_arrival_ps; /* of the last message sent */
    uint64_t messages, bytes;
    QUEUE(uint64_t) under_way; /* arrival times of the frames sent lately: those that have not arrived, and one more */
    QUEUE(uint64_t) beats;     /* and of heartbeats, until channel_beat_taken */
    /* Of two bare computers, on one host thread: when the receiver's guest took words, those of which the sender does
     * not know yet. */
    VEC(uint64_t) took;
    char apart_after[CACHE_LINE_BYTES];
};

void channel_init(struct channel *channel, const struct settings *settings);
void channel_free(struct channel *channel);
/* After channel_free: an empty channel that goes on counting its messages. */
void channel_renew(struct channel *channel, const struct settings *settings);

/* Between runs only: neither end is in use. */
void channel_visit(struct channel *channel, struct visit *visit);

/* How long SIZE bytes occupy the line. */
uint64_t channel_line_time_ps(const struct channel *channel, size_t size);
/* When the acknowledgement of what arrived at ARRIVAL_PS is at the sender: a message of its own, on a free line. */
uint64_t channel_ack_ps(const struct channel *channel, uint64_t arrival_ps);
/* From when on does no more than CHANNEL_WAITING_BYTES_MAX wait for the line? */
uint64_t channel_room_ps(const struct channel *channel);
/* Send SIZE bytes at time NOW_PS. Returns when they arrive. */
uint64_t channel_send(struct channel *channel, const uint8_t *bytes, size_t size, uint64_t now_ps);
/* The same for a heartbeat, whose acknowledgement carries a report (peer.h). */
uint64_t channel_send_beat(struct channel *channel, const uint8_t *bytes, size_t size, uint64_t now_ps);
/* Beside the line, from a receiver back to the sender: SIZE bytes, at most FRAME_INLINE_BYTES, stamped with TIME_PS. */
void channel_report(struct channel *channel, const void *bytes, size_t size, uint64_t time_ps);
/* Of a receiver whose sender is in another process: SIZE bytes have come since BEGIN_PS, and were found at ARRIVAL_PS.
 */
void channel_deliver(struct channel *channel, const void *bytes, size_t size, uint64_t begin_ps, uint64_t arrival_ps);
/* Can a train leave whose MESSAGES of SIZE bytes are sent at FIRST_PS and every EVERY_PS, so that each finds the line
 * free? */
bool channel_takes_train(const struct channel *channel, uint32_t size, unsigned messages, uint64_t first_ps,
                         uint64_t every_ps);
/* Is the line free for what is sent at TIME_PS? If it is not, the first messages of a train wait for it. */
bool channel_line_is_free(const struct channel *channel, uint64_t time_ps);
/* Send it; of more times than one only if the line is free for the first. */
void channel_send_train(struct channel *channel, const struct train *train);
/* Before this time, as the sender knows, its receiver does not judge it failed: it must first have heard nothing for
 * the time-out. */
static inline uint64_t channel_detects_ps(const struct channel *channel)
{
    return channel->heard_ps + channel->timeout_ps;
}
/* By when, as the sender knows at NOW_PS, will its receiver have judged it failed, because nothing came for the
 * time-out? TIME_NEVER: not that it knows. */
uint64_t channel_judged_ps(const struct channel *channel, uint64_t now_ps);
/* The sender knows: the last arrival of a frame at or before TIME_PS, which is not more than a latency and a heartbeat
 * ago; 0: none. */
uint64_t channel_arrived_before(const struct channel *channel, uint64_t time_ps);
/* When does the next message begin to come in, and when has it arrived? False if none is on its way. */
bool channel_peek(struct channel *channel, uint64_t *begin_ps, uint64_t *arrival_ps);
/* How many frames lie before the receiver? */
uint64_t channel_count(const struct channel *channel);
/* Where the receiver is, and what is at a place that is not the last sent: a frame of one message, which stays.
 * channel_place_next: the place after it. */
struct channel_place channel_place(const struct channel *channel);
const struct frame *channel_at(const struct channel_place *place);
void channel_place_next(struct channel_place *place);
/* When does the last message on its way arrive? 0 if none is. */
uint64_t channel_last_arrival(const struct channel *channel);
/* The next frame that the receiver has not scanned; NULL if there is none. channel_scan_next: it has now. */
const struct frame *channel_scan(struct channel *channel);
void channel_scan_next(struct channel *channel);
/* Take the next message; there is one. The caller frees it with frame_free. */
void channel_take(struct channel *channel, struct frame *frame);
/* Is the next message at *PLACE that is no heartbeat the first one of a time of a train? *PLACE is beyond the train
 * then. */
bool channel_train(struct channel *channel, struct channel_place *place, struct train_ahead *ahead);
/* Is the next message, which there is, a heartbeat? */
bool channel_beat_is_next(const struct channel *channel);
/* Take the next message, a heartbeat or a report that channel_peek has seen: nobody wants its bytes any more. */
void channel_skip(struct channel *channel);
/* The next message is the first one of a time of a train: so many times follow before a heartbeat, or its end.
 * channel_take_times: take so many of them. */
uint32_t channel_times_ahead(const struct channel *channel);
void channel_take_times(struct channel *channel, uint32_t times);
void frame_free(struct frame *frame);
const uint8_t *frame_bytes(const struct frame *frame);
/* What is sent from NOW_PS on does not leave; acknowledgements do not come back. channel_heal sends it all. */
void channel_cut(struct channel *channel, uint64_t now_ps);
void channel_heal(struct channel *channel, uint64_t now_ps);
/* The sender falls silent for ever at NOW_PS. It dies, and RNG is not NULL: a suffix of what has not arrived, chosen by
 * RNG, is lost. */
void channel_silent(struct channel *channel, uint64_t now_ps, struct rng *rng);

/* The last heartbeat that a computer sends which falls silent at TIME_PS. */
static inline uint64_t last_heartbeat_ps(const struct settings *settings, uint64_t time_ps)
{
    uint64_t beat = settings->heartbeat_us * PS_PER_US;
    return time_ps / beat * beat;
}

#endif

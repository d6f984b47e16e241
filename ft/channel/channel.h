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
#include "ft/settings.h"
#include "mmu/base/queue.h"
#include "mmu/base/hard.h"
#include "mmu/base/visit.h"
#include "mmu/base/vtime.h"

enum { CACHE_LINE_BYTES = 64 };
enum { FRAME_INLINE_BYTES = 64 };
enum { CHANNEL_WAITING_BYTES_MAX = 4 << 20 }; /* of what is sent faster than the line carries it; a sender waits then */

struct frame {
    uint64_t begin_ps, arrival_ps; /* its first and last bit at the receiver */
    uint32_t size;
    uint8_t *bytes; /* NULL: in `inline_bytes` */
    uint8_t inline_bytes[FRAME_INLINE_BYTES];
};

enum { SEGMENT_FRAMES = HARD(64, 1) };

struct segment {
    struct segment *next;
    struct frame frames[SEGMENT_FRAMES];
};

struct channel {
    /* What hardly ever changes. The groups are apart by cache lines, so that sender and receiver wait for each other's
     * core only where they have something to say to each other. */
    char apart_before[CACHE_LINE_BYTES];
    _Atomic uint64_t lost; /* this frame, and what follows, was lost in the sender's crash */
    uint64_t latency_ps, bits_per_s, timeout_ps;
    bool losing;     /* setting channel-crash */
    bool overtaking; /* the channel is no FIFO: now and then a message is held back, and the next one overtakes it */
    char apart_sent[CACHE_LINE_BYTES];
    _Atomic uint64_t sent; /* frames that the receiver may look at */
    char apart_receiver[CACHE_LINE_BYTES];
    /* The receiver's. */
    struct segment *head;
    uint64_t taken;
    uint64_t known; /* `sent` when the receiver looked last */
    char apart_sender[CACHE_LINE_BYTES];
    /* The sender's. */
    struct segment *tail;
    uint64_t delay_ps; /* that messages take longer now */
    bool cut;          /* what is sent waits in `waiting` */
    uint64_t cut_ps;   /* since then */
    VEC(struct frame) waiting;
    bool holding;
    struct frame held;
    struct rng rng;
    uint64_t heard_ps;        /* until then the receiver is sure to hear something at least every time-out */
    uint64_t busy_until_ps;   /* the line is free then */
    uint64_t last_arrival_ps; /* of the last message sent */
    uint64_t messages, bytes;
    QUEUE(uint64_t) under_way; /* arrival times of the last frames sent, those that may not have arrived */
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
/* From when on does no more than CHANNEL_WAITING_BYTES_MAX wait for the line? */
uint64_t channel_room_ps(const struct channel *channel);
/* Send SIZE bytes at time NOW_PS. Returns when they arrive. */
uint64_t channel_send(struct channel *channel, const uint8_t *bytes, size_t size, uint64_t now_ps);
/* When does the next message begin to come in, and when has it arrived? False if none is on its way. */
bool channel_peek(struct channel *channel, uint64_t *begin_ps, uint64_t *arrival_ps);
/* When does the last message on its way arrive? 0 if none is. */
uint64_t channel_last_arrival(const struct channel *channel);
/* Take the next message; there is one. The caller frees it with frame_free. */
void channel_take(struct channel *channel, struct frame *frame);
void frame_free(struct frame *frame);
const uint8_t *frame_bytes(const struct frame *frame);
/* What is sent from NOW_PS on does not leave; acknowledgements do not come back. channel_heal sends it all. */
void channel_cut(struct channel *channel, uint64_t now_ps);
void channel_heal(struct channel *channel, uint64_t now_ps);
/* The sender dies at NOW_PS: lose a suffix, chosen by RNG, of what has not arrived. */
void channel_lose_suffix(struct channel *channel, uint64_t now_ps, struct rng *rng);

/* The last heartbeat that a computer sends which falls silent at TIME_PS. */
static inline uint64_t last_heartbeat_ps(const struct settings *settings, uint64_t time_ps)
{
    uint64_t beat = settings->heartbeat_us * PS_PER_US;
    return time_ps / beat * beat;
}

#endif

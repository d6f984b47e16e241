/* peer.h - what a virtual machine monitor may know of the computer at the other end of its channel, and all that it may
 * know: what it was sent and when, what was acknowledged, for how long the other has been silent. It never looks into
 * the other computer; over a network it would know the same.
 *
 * The receiver of a living computer answers a message when it arrives, whatever its virtual processor is doing (P4). So
 * acknowledgements, and a backup's heartbeats, need no frames: their times are functions of what was sent, which the
 * sender evaluates here. What a backup has to say beside - how far it lags, that the replicas differ - is a REPORT,
 * which the acknowledgement of a heartbeat carries: that of heartbeat k says how it was when heartbeat k - r arrived,
 * so that no heartbeat waits for the backup's execution (r = lag-report-us / heartbeat-us, rounded up).
 *
 * A death is the last entry of the queue from the dead one (channel.h); here it becomes missing acknowledgements and
 * silence, and a monitor hears no more of it than that. docs/time.md has the rule. It may use ft/order/.
 *
 * That is a peer in this process. One in another process sends its acknowledgements as messages: `calls` is all that
 * differs (struct peer_calls). What a backup has received lies in a queue of frames for both.
 */
#ifndef US_FT_CHANNEL_PEER_H
#define US_FT_CHANNEL_PEER_H

#include "ft/channel/channel.h"
#include "ft/order/process.h"

/* [end, E] at a backup: when it arrived, and when the VP had executed E; TIME_NEVER: not yet. */
struct ended_epoch {
    uint64_t epoch, arrival_ps, executed_ps;
};

/* [perf], operation performance information (US 9,465,634, claim 1): what a backup says of itself at the start, when it
 * has joined, and after a change. In one process, where both have one host, it is a time that goes with the
 * acknowledgements of heartbeats; else it is a frame of its own. */
enum { REPORTS_PARTS = 2 }; /* peer_beats_without_news */
enum { PERF_NAME_BYTES = 24, PERF_INSN_MAX_PS = 1000000000 };
struct perf {
    uint64_t insn_ps;           /* what an instruction takes the computer, PERF_INSN_MAX_PS at most; 0: not known yet */
    char host[PERF_NAME_BYTES]; /* the architecture of its host, "x86-64", ...; "": the same as here, */
    char engine[PERF_NAME_BYTES]; /* and what executes its virtual processor: "interpreter", ... */
};

/* The lags of a backup that were reported. */
struct lags {
    uint64_t sum_ps, count, max_ps;
};

struct peer;

/* What is otherwise where the peer is in another process. A place in what was sent is a time at which it arrives there,
 * or a count of messages: whoever asks compares places only, and 0 is before the first. */
struct peer_calls {
    /* Send SIZE bytes, a heartbeat or not, at NOW_PS; returns their place. */
    uint64_t (*send)(struct peer *peer, const uint8_t *bytes, size_t size, bool beat, uint64_t now_ps);
    /* The place of what was sent last. */
    uint64_t (*last_sent)(const struct peer *peer);
    /* What is sent before this time leaves with what is sent then. */
    uint64_t (*line_free_ps)(const struct peer *peer, uint64_t now_ps);
    /* As peer_pages_wait, below. */
    bool (*pages_wait)(const struct peer *peer);
    /* From when on is there room for an epoch's messages? */
    uint64_t (*room_ps)(const struct peer *peer);
    /* As peer_acknowledged_ps and the functions after it, below. */
    uint64_t (*acknowledged_ps)(const struct peer *peer, uint64_t place, uint64_t now_ps);
    uint64_t (*horizon_ps)(struct peer *peer, uint64_t foreseen_lag_ps);
    void (*listen)(struct peer *peer, uint64_t now_ps);
    bool (*judged)(struct peer *peer, uint64_t now_ps, uint64_t *report_ps);
    bool (*acknowledge)(struct peer *peer, bool early, uint64_t now_ps);
};
/* Of a peer in this process. */
extern const struct peer_calls peer_calls_here;

struct peer {
    const struct peer_calls *calls;
    void *remote; /* theirs */
    const struct order *order;
    unsigned number;          /* the peer's process */
    struct channel *out, *in; /* to it, and from it: the line's two directions */
    uint64_t reports_behind;  /* r */

    /* A primary's. */
    uint64_t await_arrival_ps; /* the acknowledgement of what arrives then is awaited; 0: of nothing */
    uint64_t acks_lost_to_ps;  /* fault ack-loss: of what arrived until then; and when what was sent next arrives */
    uint64_t ack_instead_ps;
    bool silence_known;         /* the silence has been judged: the fault monitor's report is an event */
    uint64_t lag_ps, lag_at_ps; /* the last report: the backup's lag when the heartbeat that arrived then did */
    struct perf perf;           /* the backup's, as it reported last */
    uint64_t executed_insns;    /* how far its VP was then, if it is in another process; else 0 */
    struct lags lags;           /* all reports since the monitor looked last */
    bool differs;               /* the backup has reported that the replicas differ */

    /* A backup's. */
    uint64_t received_ps;                     /* when the last message that it has taken arrived */
    uint64_t heard_ps;                        /* and the last that its receiver has acknowledged */
    uint64_t own_insn_ps, own_insn_ps_before; /* what an instruction takes this computer, since then and before */
    uint64_t own_since_ps;
    uint64_t differs_ps; /* since when it knows that the replicas differ; TIME_NEVER: they do not */
    QUEUE(struct ended_epoch) ended;
};

/* A peer that is process NUMBER of ORDER, as at power-on; time-outs begin at NOW_PS. */
void peer_init(struct peer *peer, const struct order *order, unsigned number, struct channel *out, struct channel *in,
               const struct settings *settings, uint64_t now_ps);
void peer_free(struct peer *peer);
void peer_visit(struct peer *peer, struct visit *visit);

/* ---- a primary ---- */

/* Since when has the peer not answered any more, as known at NOW_PS: it has died, or it has judged this computer failed
 * and hears it no more? TIME_NEVER: it answers. */
uint64_t peer_silent_since(const struct peer *peer, uint64_t now_ps);
/* Send SIZE bytes, a heartbeat (BEAT) or not, at NOW_PS; returns the place of it. */
uint64_t peer_send(struct peer *peer, const uint8_t *bytes, size_t size, bool beat, uint64_t now_ps);
/* Can, and do, trains leave for it (channel.h)? Only for a peer in this process. */
bool peer_takes_train(const struct peer *peer, uint32_t size, unsigned messages, uint64_t first_ps, uint64_t every_ps);
bool peer_line_is_free(const struct peer *peer, uint64_t time_ps);
void peer_send_train(struct peer *peer, const struct train *train);
/* The place of what was sent last; 0: nothing has ever been sent. What a cut channel keeps gets its own when it is
 * healed, and has that of what left last until then. */
uint64_t peer_last_sent(const struct peer *peer);
/* When is the line free for what is sent at NOW_PS? Until then more may be put into one message. */
uint64_t peer_line_free_ps(const struct peer *peer, uint64_t now_ps);
/* Does so much of what was sent lie unacknowledged that no page of a joining computer's memory follows yet? In one
 * process the line's speed is the bound (peer_line_free_ps), and this is false. */
bool peer_pages_wait(const struct peer *peer);
/* From when on does no more wait for the line than may? */
uint64_t peer_room_ps(const struct peer *peer);
/* The acknowledgements under way are lost: that of what is sent next stands in for them. */
void peer_lose_acks(struct peer *peer);
/* When will the acknowledgement of what has PLACE be here? TIME_NEVER: never, as known at NOW_PS. */
uint64_t peer_acknowledged_ps(const struct peer *peer, uint64_t place, uint64_t now_ps);
/* Before this time, exclusive, nothing of the peer can be noticed here that is not in the queue. FORESEEN_LAG_PS: who
 * asks knows that the next reports can say nothing but a lag, and can do without those that say so much at most,
 * however the backup executes; 0: with none. It hears them later then, when they are in the queue. */
uint64_t peer_horizon_ps(struct peer *peer, uint64_t foreseen_lag_ps);
/* When the next report is to be taken that is in the queue, or [lost] of a backup, as far as is known; TIME_NEVER: not
 * after NOW_PS. */
uint64_t peer_report_due_ps(const struct peer *peer, uint64_t now_ps);
/* The same, but the next reports do not count that say that all is as it was, with a lag of MOST_LAG_PS at most: who
 * goes on beyond that is to listen as soon as anybody could ask. */
uint64_t peer_news_due_ps(const struct peer *peer, uint64_t most_lag_ps, uint64_t now_ps);
/* So many heartbeats more can be sent, and the reports that their acknowledgements will carry are in the queue and say
 * likewise that all is as it was, or need not be there (FORESEEN_LAG_PS, as above). Not more than a part of those that
 * may be under way: so that the backup has a part of the work while the next one is done. Only of a peer in this
 * process. */
uint64_t peer_beats_without_news(const struct peer *peer, uint64_t most_lag_ps, uint64_t foreseen_lag_ps);
/* Take the reports whose acknowledgements have come by NOW_PS, which lies before the horizon. */
void peer_listen(struct peer *peer, uint64_t now_ps);
/* LAG_PS has been reported. */
void lags_add(struct lags *lags, uint64_t lag_ps);
/* Has the peer fallen silent, as is certain at NOW_PS, and has not been judged? Then it is from now on, and *REPORT_PS
 * is when the fault monitor reports it: a time-out after its last sign of life, an acknowledgement or a heartbeat. */
bool peer_judged(struct peer *peer, uint64_t now_ps, uint64_t *report_ps);
/* When the fault monitor reports a peer of which the last heartbeat that came is that of LAST_PS or before. */
uint64_t peer_report_ps(const struct peer *peer, uint64_t last_ps);
/* ---- a backup ---- */

/* Up to when is it certain that nothing more arrives than what is in the queue now? EARLY: where failures are detected
 * before the last message is received, up to when is the sender known to live? To be asked before the queue is looked
 * at. TIME_NEVER: nothing more will ever come. */
uint64_t peer_quiet_ps(const struct peer *peer, bool early);
/* Where failures are detected EARLY, with what peer_quiet_ps said: has the sender died, and when is that known here?
 * TIME_NEVER: it lives, or has ended. */
uint64_t peer_died_early_ps(const struct peer *peer, uint64_t quiet_ps);
/* The next message: when it begins and ends to come in. False if there is none, or it was lost in the sender's death as
 * far as QUIET_PS tells. */
bool peer_next(const struct peer *peer, uint64_t quiet_ps, uint64_t *begin_ps, uint64_t *arrival_ps);
/* Will the next message, which arrives at ARRIVAL_PS, really arrive? On a channel that loses that is certain only when
 * the sender is known to have lived until then; where failures are detected EARLY, what had not arrived then is not
 * received at all. */
bool peer_certain(const struct peer *peer, uint64_t quiet_ps, bool early, uint64_t arrival_ps);
/* When it is declared failed if nothing comes. */
uint64_t peer_deadline_ps(const struct peer *peer);
/* The same, when nothing comes any more as far as QUIET_PS tells: a message that had begun to come in by the deadline
 * when its sender died ended only with what the sender had sent of it. */
uint64_t peer_silence_ps(const struct peer *peer, uint64_t quiet_ps);
/* Take the next message; there is one. To be freed with frame_free. */
void peer_take(struct peer *peer, struct frame *frame);
/* As channel_train: is what is next at *PLACE, but for heartbeats, a train? peer_take_train: take AHEAD's heartbeats
 * and so many TIMES of it, which are next and have arrived. The VP has executed the epoch before the first of them at
 * EXECUTED_PS, and those of all but the last as much later as these come in. */
bool peer_train(const struct peer *peer, struct channel_place *place, struct train_ahead *ahead);
void peer_take_train(struct peer *peer, const struct train_ahead *ahead, uint32_t times, uint64_t executed_ps);
/* The receiver acknowledges what has arrived by NOW_PS, as far as is certain, and puts the reports on their way. True
 * if there is a new one. */
bool peer_acknowledge(struct peer *peer, bool early, uint64_t now_ps);
/* An instruction takes this computer INSN_PS from NOW_PS on: it will be reported. */
void peer_performs(struct peer *peer, uint64_t insn_ps, uint64_t now_ps);
/* The VP has executed EPOCH, at NOW_PS. */
void peer_executed(struct peer *peer, uint64_t epoch, uint64_t now_ps);

#endif

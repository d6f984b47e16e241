/* events.h - what will happen at one computer: a queue ordered by virtual time, then by order of scheduling. */
#ifndef US_FT_COMPUTER_EVENTS_H
#define US_FT_COMPUTER_EVENTS_H

#include <stdint.h>

#include "mmu/base/vtime.h"
#include "mmu/base/vec.h"
#include "mmu/base/visit.h"

enum event_kind {
    EVENT_DISK,      /* the command `number` at this computer's controller ends */
    EVENT_INPUT,     /* the terminal sends the next byte, if there is room */
    EVENT_SEAT,      /* a frame begins: what was done at keyboard and pointer comes, if there is room */
    EVENT_NETWORK,   /* frames may have come */
    EVENT_VIRTIO,    /* bare: what the device in virtio slot `number` answered itself becomes visible */
    EVENT_TIMER,     /* the interval timer of processor `number` of a bare board matches */
    EVENT_FRAME,     /* a frame of a bare board's display begins */
    EVENT_HEARTBEAT, /* say to the other computer that this one is alive */
    EVENT_LINE,      /* the channel's line is free: the values that wait for it leave */
    EVENT_JOIN,      /* send the next pages to the computer that joins */
    EVENT_GATHERED,  /* no more interrupts of kind `number` are waited for */
    EVENT_PEER_LOST, /* the fault monitor tells the primary that the backup failed */
};

struct event {
    uint64_t time_ps, order, number;
    enum event_kind kind;
};

struct events {
    uint64_t next_order;
    VEC(struct event) queue; /* latest first, so that the next one is popped off the end */
};

/* The time of the next event, TIME_NEVER if there is none; of those of KIND, and of all others. */
uint64_t events_next_time(const struct events *events);
uint64_t events_next_time_of(const struct events *events, enum event_kind kind);
uint64_t events_next_time_but(const struct events *events, enum event_kind kind);
void events_add(struct events *events, uint64_t time_ps, enum event_kind kind, uint64_t number);
/* Take the next event; there is one. */
struct event events_pop(struct events *events);
/* Forget all events of KIND, or only those of NUMBER. */
void events_cancel(struct events *events, enum event_kind kind);
void events_cancel_one(struct events *events, enum event_kind kind, uint64_t number);
void events_visit(struct events *events, struct visit *visit);
void events_free(struct events *events);

#endif

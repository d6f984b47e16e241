/* stop.h - the places where a run can stop for a person, where they are come to (ft/stop.h). */
#ifndef US_FT_COMPUTER_STOP_H
#define US_FT_COMPUTER_STOP_H

#include "ft/stop.h"

struct computer;
struct system_until;

/* Of a computer that is run to a point. */
struct stops {
    const struct stop_point *points;
    unsigned count;
    uint64_t begin_insns, begin_epoch; /* where the run began; begin_epoch 0: inside an epoch */
    bool at_breakpoint;                /* of the processor, whoever set it */
    struct stop_hit hit;
};

/* Set what the points of UNTIL need in COMPUTER's processors, for one run. */
void stops_arm(struct computer *computer, const struct system_until *until);
/* Take it out again. True, and which in HIT, if the run has come to a stop point. */
bool stops_disarm(struct computer *computer, struct stop_hit *hit);
/* Has the run come to a stop point? */
bool stops_hit(const struct computer *computer);

/* The places, where they are come to. Those that return bool: true if the run stops before it. */
bool stops_at_epoch(struct computer *computer, uint64_t epoch);
bool stops_at_output(struct computer *computer);
void stops_at_step(struct computer *computer, enum protocol_step step, uint64_t count);
/* Is there a stop at STEP; at messages, or the steps of receiving one? */
bool stops_at_a_step(const struct computer *computer, enum protocol_step step);
bool stops_at_messages(const struct computer *computer);
void stops_at_message(struct computer *computer, const struct message *message, bool sent);
/* The processor came back with STOP. True if it was for a person. */
bool stops_processor(struct computer *computer, enum cpu_stop stop);

#endif

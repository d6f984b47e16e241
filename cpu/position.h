/* position.h - a place in an instruction stream that does not count its instructions (US 9,400,666, claim 1). */
#ifndef US_CPU_POSITION_H
#define US_CPU_POSITION_H

#include <stdbool.h>
#include <stdint.h>

/* How many branches were completed since a place that both sides know, and both elements of the queues of instruction
 * addresses. At most one moment since then has it. */
struct position {
    uint64_t branches;
    uint32_t front_space, front, back_space, back;
};

static inline bool position_is(const struct position *a, const struct position *b)
{
    return a->branches == b->branches && a->front_space == b->front_space && a->front == b->front &&
           a->back_space == b->back_space && a->back == b->back;
}

#endif

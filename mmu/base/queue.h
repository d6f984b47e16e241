/* queue.h - a queue of plain values, taken from the front: a row (mmu/base/vec.h) and where it begins.
 *
 * The room at its front is used again before there is more: a queue that is never quite empty needs no more memory than
 * the most that ever waited, however long the run. A push may move what waits.
 */
#ifndef US_MMU_BASE_QUEUE_H
#define US_MMU_BASE_QUEUE_H

#include <string.h>

#include "mmu/base/vec.h"
#include "mmu/base/visit.h"

#define QUEUE(type)                                                                                                    \
    struct {                                                                                                           \
        VEC(type) items;                                                                                               \
        size_t first;                                                                                                  \
    }
#define QUEUE_COUNT(q) ((q)->items.count - (q)->first)
#define QUEUE_FRONT(q) (&(q)->items.at[(q)->first])
#define QUEUE_POP(q)   (++(q)->first == (q)->items.count ? (void)((q)->items.count = (q)->first = 0) : (void)0)
#define QUEUE_PUSH(q)                                                                                                  \
    ((q)->items.count == (q)->items.room && (q)->first >= QUEUE_COUNT(q)                                               \
         ? queue_to_front((q)->items.at, &(q)->items.count, &(q)->first, sizeof *(q)->items.at)                        \
         : (void)0,                                                                                                    \
     VEC_PUSH(&(q)->items))
#define QUEUE_FREE(q) (VEC_FREE(&(q)->items), (q)->first = 0)

static inline void queue_to_front(void *at, size_t *count, size_t *first, size_t element_bytes)
{
    *count -= *first;
    if (*first)
        memmove(at, (char *)at + *first * element_bytes, *count * element_bytes);
    *first = 0;
}

/* A queue is written from its front. */
#define VISIT_QUEUE(visit, queue, element)                                                                             \
    do {                                                                                                               \
        size_t waiting_ = visit_count((visit), QUEUE_COUNT(queue), 1);                                                 \
        if ((visit)->reading)                                                                                          \
            (queue)->items.count = (queue)->first = 0;                                                                 \
        for (size_t q_ = 0; q_ < waiting_; q_++) {                                                                     \
            if ((visit)->reading)                                                                                      \
                memset(QUEUE_PUSH(queue), 0, sizeof *(queue)->items.at);                                               \
            element((visit), &(queue)->items.at[(queue)->first + q_]);                                                 \
        }                                                                                                              \
    } while (0)

#endif

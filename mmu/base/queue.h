/* queue.h - a queue of plain values, taken from the front: a row (mmu/base/vec.h) and where it begins. */
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
#define QUEUE_PUSH(q)  VEC_PUSH(&(q)->items)
#define QUEUE_FREE(q)  VEC_FREE(&(q)->items)

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

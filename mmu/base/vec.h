/* vec.h - a growable array of plain values, for records whose number is not known beforehand.
 *
 *   VEC(struct record) log = {0};   *VEC_PUSH(&log) = (struct record){...};   log.at[i], log.count;   VEC_FREE(&log);
 *
 * Memory that the host does not have ends the program: memory.h.
 */
#ifndef US_MMU_BASE_VEC_H
#define US_MMU_BASE_VEC_H

#include <stdlib.h>

#include "mmu/base/hard.h"

#include "mmu/base/memory.h"

#define VEC(type)                                                                                                      \
    struct {                                                                                                           \
        type *at;                                                                                                      \
        size_t count, room;                                                                                            \
    }

static inline void *vec_grown(void *at, size_t *room, size_t element_bytes)
{
    *room = *room ? *room * 2 : HARD(16, 1);
    void *grown = realloc(at, *room * element_bytes);
    memory_need(grown);
    return grown;
}

#define VEC_PUSH(v)                                                                                                    \
    ((v)->count == (v)->room ? (void)((v)->at = vec_grown((v)->at, &(v)->room, sizeof *(v)->at)) : (void)0,            \
     &(v)->at[(v)->count++])

#define VEC_FREE(v) (free((v)->at), (v)->at = NULL, (v)->count = (v)->room = 0)

#endif

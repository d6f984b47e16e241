/* endings.c - see endings.h: a hash table, open, whose places are never given free. */
#include "ft/search/endings.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/base/memory.h"
#include "mmu/base/vec.h"

enum { PLACES_FIRST = 1024 };

struct place {
    struct future future;
    size_t outcome; /* its number, from 1 on; 0: the place is free */
};

struct endings {
    pthread_mutex_t lock;
    size_t outcome_bytes, outcome_count;
    VEC(uint8_t) outcomes;
    struct place *places;
    size_t room, used; /* room: a power of two */
};

static struct place *places_new(size_t room)
{
    struct place *places = calloc(room, sizeof *places);
    memory_need(places);
    return places;
}

struct endings *endings_new(size_t outcome_bytes)
{
    struct endings *endings = calloc(1, sizeof *endings);
    memory_need(endings);
    pthread_mutex_init(&endings->lock, NULL);
    endings->outcome_bytes = outcome_bytes;
    endings->places = places_new(PLACES_FIRST);
    endings->room = PLACES_FIRST;
    return endings;
}

void endings_free(struct endings *endings)
{
    pthread_mutex_destroy(&endings->lock);
    VEC_FREE(&endings->outcomes);
    free(endings->places);
    free(endings);
}

/* The place of FUTURE, or the free one where it would be. */
static struct place *place_of(struct place *places, size_t room, const struct future *future)
{
    size_t i = (size_t)future->low & (room - 1);
    while (places[i].outcome && (places[i].future.low != future->low || places[i].future.high != future->high))
        i = (i + 1) & (room - 1);
    return &places[i];
}

bool endings_find(struct endings *endings, const struct future *future, void *outcome)
{
    pthread_mutex_lock(&endings->lock);
    size_t number = place_of(endings->places, endings->room, future)->outcome;
    if (number)
        memcpy(outcome, endings->outcomes.at + (number - 1) * endings->outcome_bytes, endings->outcome_bytes);
    pthread_mutex_unlock(&endings->lock);
    return number > 0;
}

static void grow(struct endings *endings)
{
    struct place *places = places_new(endings->room * 2);
    for (size_t i = 0; i < endings->room; i++)
        if (endings->places[i].outcome)
            *place_of(places, endings->room * 2, &endings->places[i].future) = endings->places[i];
    free(endings->places);
    endings->places = places;
    endings->room *= 2;
}

void endings_add(struct endings *endings, const struct path *path, const void *outcome)
{
    pthread_mutex_lock(&endings->lock);
    for (size_t i = 0; i < endings->outcome_bytes; i++)
        *VEC_PUSH(&endings->outcomes) = ((const uint8_t *)outcome)[i];
    endings->outcome_count++;
    for (unsigned i = 0; i < path->count; i++) {
        if (endings->used * 2 >= endings->room)
            grow(endings);
        struct place *place = place_of(endings->places, endings->room, &path->at[i]);
        endings->used += !place->outcome;
        *place = (struct place){path->at[i], endings->outcome_count};
    }
    pthread_mutex_unlock(&endings->lock);
}

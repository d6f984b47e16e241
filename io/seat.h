/* seat.h - keyboard and pointer, and the person before them: they belong to the world and not to a computer, as the
 * terminal does (docs/explainability.md, rule 6).
 *
 * What is done there is a row of events, numbered from 0: whoever serves asks for event N, and may ask again. Moves of
 * the pointer become events only when somebody asks for the next one or a key or button follows: those between are one.
 * A guest that looks 60 times a second is told of at most 60.
 */
#ifndef US_IO_SEAT_H
#define US_IO_SEAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/base/vec.h"
#include "mmu/base/visit.h"

struct seat {
    uint64_t before;         /* so many events are not kept any more (live pairs) */
    VEC(uint32_t) events;    /* those behind them: io/input_event.h */
    uint32_t x, y, buttons;  /* where the pointer is, and what is down */
    uint32_t told_x, told_y; /* where it is by the events */
};

void seat_free(struct seat *seat);
/* A key goes down or up: CODE of io/input_event.h. */
void seat_key(struct seat *seat, uint32_t code, bool down);
/* The pointer is at X, Y of the display, which they are made to fit, with these BUTTONS down. */
void seat_pointer(struct seat *seat, uint32_t x, uint32_t y, uint32_t buttons);
/* Event NUMBER; false: not yet, or it is not kept any more. */
bool seat_event(struct seat *seat, uint64_t number, uint32_t *event);
/* The first COUNT that are kept are not any more. */
void seat_forget(struct seat *seat, uint64_t count);
/* What was done so far is done at TO, too, at which nothing was. */
void seat_repeat(struct seat *to, const struct seat *from);
void seat_visit(struct seat *seat, struct visit *visit);

#endif

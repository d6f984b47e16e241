/* seat.c - see seat.h. */
#include "io/seat.h"

#include <string.h>

#include "io/display.h"
#include "io/input_event.h"

void seat_free(struct seat *seat)
{
    VEC_FREE(&seat->events);
}

static void add(struct seat *seat, enum input_event_kind kind, uint32_t code)
{
    *VEC_PUSH(&seat->events) = input_event(kind, code);
}

/* The pointer's moves so far become events. */
static void tell_moves(struct seat *seat)
{
    if (seat->x != seat->told_x)
        add(seat, INPUT_POINTER_X, seat->told_x = seat->x);
    if (seat->y != seat->told_y)
        add(seat, INPUT_POINTER_Y, seat->told_y = seat->y);
}

void seat_key(struct seat *seat, uint32_t code, bool down)
{
    tell_moves(seat);
    add(seat, down ? INPUT_KEY_DOWN : INPUT_KEY_UP, code & INPUT_CODE_MAX);
}

void seat_pointer(struct seat *seat, uint32_t x, uint32_t y, uint32_t buttons)
{
    seat->x = x < DISPLAY_WIDTH ? x : DISPLAY_WIDTH - 1;
    seat->y = y < DISPLAY_HEIGHT ? y : DISPLAY_HEIGHT - 1;
    if (buttons == seat->buttons)
        return;
    tell_moves(seat);
    add(seat, INPUT_BUTTONS, seat->buttons = buttons & INPUT_BUTTONS_ALL);
}

bool seat_event(struct seat *seat, uint64_t number, uint32_t *event)
{
    if (number < seat->before)
        return false;
    number -= seat->before;
    if (number >= seat->events.count)
        tell_moves(seat);
    if (number >= seat->events.count)
        return false;
    *event = seat->events.at[number];
    return true;
}

void seat_forget(struct seat *seat, uint64_t count)
{
    seat->events.count -= count;
    if (count)
        memmove(seat->events.at, seat->events.at + count, seat->events.count * sizeof seat->events.at[0]);
    seat->before += count;
}

void seat_repeat(struct seat *to, const struct seat *from)
{
    for (size_t i = 0; i < from->events.count; i++)
        *VEC_PUSH(&to->events) = from->events.at[i];
    to->x = from->x;
    to->y = from->y;
    to->buttons = from->buttons;
    to->told_x = from->told_x;
    to->told_y = from->told_y;
}

static void visit_event(struct visit *visit, uint32_t *event)
{
    VISIT(visit, *event);
    if (!input_event_good(*event))
        visit_refuse(visit);
}

void seat_visit(struct seat *seat, struct visit *visit)
{
    visit_begin(visit, "seat");
    VISIT_GROWING(visit, &seat->events, visit_event);
    VISIT_BELOW(visit, seat->x, DISPLAY_WIDTH);
    VISIT_BELOW(visit, seat->y, DISPLAY_HEIGHT);
    VISIT_BELOW(visit, seat->buttons, INPUT_BUTTONS_ALL + 1);
    VISIT_BELOW(visit, seat->told_x, DISPLAY_WIDTH);
    VISIT_BELOW(visit, seat->told_y, DISPLAY_HEIGHT);
    visit_end(visit);
}

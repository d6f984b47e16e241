/* events.c - see events.h. Queues are short (commands outstanding, a timer, a heartbeat): a sorted array will do. */
#include "ft/computer/events.h"

#include <assert.h>
#include <string.h>

uint64_t events_next_time(const struct events *events)
{
    return events->queue.count ? events->queue.at[events->queue.count - 1].time_ps : TIME_NEVER;
}

static uint64_t next_time(const struct events *events, enum event_kind kind, bool of)
{
    size_t i = events->queue.count;
    while (i > 0 && (events->queue.at[i - 1].kind == kind) != of)
        i--;
    return i > 0 ? events->queue.at[i - 1].time_ps : TIME_NEVER;
}

uint64_t events_next_time_of(const struct events *events, enum event_kind kind)
{
    return next_time(events, kind, true);
}

uint64_t events_next_time_but(const struct events *events, enum event_kind kind)
{
    return next_time(events, kind, false);
}

void events_add(struct events *events, uint64_t time_ps, enum event_kind kind, uint64_t number)
{
    (void)VEC_PUSH(&events->queue);
    size_t i = events->queue.count - 1;
    /* Earlier events stay to the right; of equal times, those scheduled before stay to the right as well. */
    while (i > 0 && events->queue.at[i - 1].time_ps <= time_ps) {
        events->queue.at[i] = events->queue.at[i - 1];
        i--;
    }
    events->queue.at[i] = (struct event){time_ps, events->next_order++, number, kind};
}

struct event events_pop(struct events *events)
{
    assert(events->queue.count);
    return events->queue.at[--events->queue.count];
}

void events_cancel(struct events *events, enum event_kind kind)
{
    size_t kept = 0;
    for (size_t i = 0; i < events->queue.count; i++)
        if (events->queue.at[i].kind != kind)
            events->queue.at[kept++] = events->queue.at[i];
    events->queue.count = kept;
}

void events_cancel_one(struct events *events, enum event_kind kind, uint64_t number)
{
    size_t kept = 0;
    for (size_t i = 0; i < events->queue.count; i++)
        if (events->queue.at[i].kind != kind || events->queue.at[i].number != number)
            events->queue.at[kept++] = events->queue.at[i];
    events->queue.count = kept;
}

static void visit_event(struct visit *visit, struct event *event)
{
    VISIT_MOMENT(visit, event->time_ps);
    if (!visit->future) /* its place in the queue says that */
        VISIT(visit, event->order);
    VISIT(visit, event->number);
    VISIT_BELOW(visit, event->kind, EVENT_PEER_LOST + 1);
}

void events_visit(struct events *events, struct visit *visit)
{
    visit_begin(visit, "events");
    if (!visit->future)
        VISIT(visit, events->next_order);
    VISIT_ROW(visit, &events->queue, visit_event);
    visit_end(visit);
}

void events_free(struct events *events)
{
    VEC_FREE(&events->queue);
}

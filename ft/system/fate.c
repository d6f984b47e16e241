/* fate.c - what became of a message by a time, for a person (ft/timeline_ring.h). */
#include "ft/timeline_ring.h"

#include "ft/message.h"
#include "ft/system/system.h"

const struct chronicle *system_chronicle(const struct system *system, unsigned computer)
{
    return system->computer[computer]->chronicle;
}

/* When a message that had to wait arrived: its receiver knows. */
static uint64_t received_ps(const struct computer *receiver, const struct chronicle_row *sent)
{
    const struct chronicle *chronicle = receiver->chronicle;
    for (size_t i = chronicle_count(chronicle); i-- > 0;) {
        const struct chronicle_row *row = chronicle_at(chronicle, i);
        if (row->kind == CHRONICLE_RECEIVED && row->message_class == sent->message_class &&
            row->device == sent->device && row->epoch == sent->epoch && row->number == sent->number)
            return row->time_ps;
    }
    return UINT64_MAX;
}

/* When FROM has the acknowledgement of what arrives at ARRIVAL_PS; TIME_NEVER: it has died before. */
static uint64_t acknowledged_ps(const struct computer *from, uint64_t arrival_ps)
{
    const struct channel *channel = &from->channel;
    uint64_t comes = channel_ack_ps(channel, arrival_ps);
    return from->alive || comes <= from->died_ps ? comes : TIME_NEVER;
}

enum message_fate chronicle_fate(const struct system *system, unsigned sender, const struct chronicle_row *row,
                                 uint64_t time_ps, uint64_t *arrival_ps)
{
    const struct computer *from = system->computer[sender], *to = system->computer[1 - sender];
    const struct channel *channel = &from->channel;
    *arrival_ps = row->arrival_ps;
    if (system->world.computers == 1) /* of a live pair: when it arrives, only the other process knows */
        return FATE_UNDER_WAY;
    if (*arrival_ps == UINT64_MAX)
        *arrival_ps = received_ps(to, row);
    if (*arrival_ps == UINT64_MAX && channel->cut)
        return FATE_WAITS;
    if (!to->alive && to->died_ps < *arrival_ps)
        return FATE_LOST;
    if (!from->alive && row->frame >= channel->lost)
        return FATE_LOST;
    if (*arrival_ps > time_ps)
        return FATE_UNDER_WAY;
    return acknowledged_ps(from, *arrival_ps) <= time_ps ? FATE_ACKNOWLEDGED : FATE_RECEIVED;
}

uint64_t chronicle_acknowledged_ps(const struct system *system, unsigned sender, uint64_t arrival_ps)
{
    return acknowledged_ps(system->computer[sender], arrival_ps);
}

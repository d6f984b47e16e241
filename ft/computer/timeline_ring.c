/* timeline_ring.c - see timeline_ring.h. */
#include "ft/computer/timeline_ring.h"

#include <assert.h>
#include <stdlib.h>

#include "ft/computer/computer.h"

struct chronicle *chronicle_new(size_t room)
{
    if (!room)
        return NULL;
    struct chronicle *chronicle = calloc(1, sizeof *chronicle);
    struct chronicle_row *rows = calloc(room, sizeof *rows);
    if (!chronicle || !rows) {
        free(chronicle);
        free(rows);
        return NULL;
    }
    chronicle->room = room;
    chronicle->rows = rows;
    return chronicle;
}

void chronicle_free(struct chronicle *chronicle)
{
    if (chronicle)
        free(chronicle->rows);
    free(chronicle);
}

size_t chronicle_count(const struct chronicle *chronicle)
{
    return (size_t)(chronicle->count - chronicle->first);
}

/* Where the row goes that is NUMBER of all that there were. */
static struct chronicle_row *slot(const struct chronicle *chronicle, uint64_t number)
{
    assert(chronicle->rows);
    return &chronicle->rows[number % chronicle->room];
}

const struct chronicle_row *chronicle_at(const struct chronicle *chronicle, size_t index)
{
    return slot(chronicle, chronicle->first + index);
}

static struct chronicle_row *newest(struct chronicle *chronicle)
{
    return chronicle->count > chronicle->first ? slot(chronicle, chronicle->count - 1) : NULL;
}

struct chronicle_mark chronicle_mark(const struct chronicle *chronicle)
{
    struct chronicle_mark mark = {0};
    if (chronicle)
        mark.count = chronicle->count;
    if (chronicle && chronicle->count > chronicle->first)
        mark.newest = *slot(chronicle, chronicle->count - 1);
    return mark;
}

void chronicle_forget(struct chronicle *chronicle, const struct chronicle_mark *mark)
{
    if (!chronicle || mark->count > chronicle->count)
        return;
    chronicle->count = mark->count;
    if (chronicle->first > mark->count) /* the ring has come round since */
        chronicle->first = mark->count;
    if (newest(chronicle))
        *newest(chronicle) = mark->newest; /* it may have grown since */
}

uint64_t chronicle_kept_from(const struct chronicle *chronicle)
{
    size_t count = chronicle_count(chronicle);
    for (size_t i = 0; i < count; i++) {
        const struct chronicle_row *row = chronicle_at(chronicle, i);
        if (row->kind == CHRONICLE_BEGINS || row->kind == CHRONICLE_APPLIED)
            return row->epoch == 1 ? 0 : row->epoch;
    }
    return UINT64_MAX;
}

static void add(struct computer *computer, struct chronicle_row row)
{
    struct chronicle *chronicle = computer->chronicle;
    *slot(chronicle, chronicle->count++) = row;
    if (chronicle->count - chronicle->first > chronicle->room)
        chronicle->first++;
}

static uint64_t epoch_of(const struct computer *computer)
{
    return computer_place(computer).epoch;
}

void chronicle_epoch(struct computer *computer, enum chronicle_kind kind, uint64_t epoch)
{
    if (computer->chronicle)
        add(computer,
            (struct chronicle_row){
                .kind = kind, .time_ps = computer_now(computer), .epoch = epoch, .number = computer_insns(computer)});
}

void chronicle_sent(struct computer *computer, const struct message *message, uint64_t arrival_ps)
{
    const struct channel *channel = &computer->channel;
    if (!computer->chronicle)
        return;
    uint64_t sent = atomic_load(&channel->sent) + channel->waiting.count;
    add(computer, (struct chronicle_row){.kind = CHRONICLE_SENT,
                                         .time_ps = computer_now(computer),
                                         .epoch = message->epoch,
                                         .number = message->index,
                                         .arrival_ps = channel->cut ? UINT64_MAX : arrival_ps,
                                         .frame = sent ? sent - 1 : 0,
                                         .bytes = (uint32_t)message_size(message),
                                         .message_class = message->message_class,
                                         .device = message->device});
}

void chronicle_received(struct computer *computer, const struct message *message, uint64_t arrival_ps)
{
    if (computer->chronicle)
        add(computer, (struct chronicle_row){.kind = CHRONICLE_RECEIVED,
                                             .time_ps = arrival_ps,
                                             .epoch = message->epoch,
                                             .number = message->index,
                                             .bytes = (uint32_t)message_size(message),
                                             .message_class = message->message_class,
                                             .device = message->device});
}

void chronicle_awaits(struct computer *computer, uint64_t until_ps)
{
    if (computer->chronicle)
        add(computer, (struct chronicle_row){.kind = CHRONICLE_AWAITS,
                                             .time_ps = computer_now(computer),
                                             .epoch = epoch_of(computer),
                                             .number = computer_insns(computer),
                                             .arrival_ps = until_ps});
}

void chronicle_disk(struct computer *computer, enum chronicle_kind kind, uint64_t number)
{
    if (computer->chronicle)
        add(computer,
            (struct chronicle_row){
                .kind = kind, .time_ps = computer_now(computer), .epoch = epoch_of(computer), .number = number});
}

void chronicle_terminal(struct computer *computer, enum chronicle_kind kind, uint64_t last, uint32_t bytes)
{
    if (!computer->chronicle)
        return;
    struct chronicle_row *before = newest(computer->chronicle);
    if (before && before->kind == kind && before->epoch == epoch_of(computer)) { /* one row for what comes in a row */
        uint64_t first = before->number - before->bytes + 1; /* which stays, also where time has gone back */
        before->number = last;
        before->bytes = (uint32_t)(last - first + 1);
        return;
    }
    add(computer, (struct chronicle_row){.kind = kind,
                                         .time_ps = computer_now(computer),
                                         .epoch = epoch_of(computer),
                                         .number = last,
                                         .bytes = bytes});
}

void chronicle_speed(struct computer *computer)
{
    if (computer->chronicle)
        add(computer, (struct chronicle_row){.kind = CHRONICLE_SPEED,
                                             .time_ps = computer_now(computer),
                                             .epoch = epoch_of(computer),
                                             .number = computer->insn_ps});
}

void chronicle_host(struct computer *computer, const struct chronicle_row *row)
{
    if (!computer->chronicle)
        return;
    struct chronicle_row *before = newest(computer->chronicle);
    if (before && row->kind == CHRONICLE_SLICE && before->kind == row->kind && before->processor == row->processor &&
        before->vm == row->vm && before->number == row->time_ps) {
        before->number = row->number;
        return;
    }
    add(computer, *row);
}

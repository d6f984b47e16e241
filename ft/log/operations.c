/* operations.c - see operations.h. */
#include "ft/log/operations.h"

#include <assert.h>
#include <string.h>
#include <xxhash.h>

#include "ft/log/notes.h"
#include "mmu/base/memory.h"

/* The first operation told disconnected that is of the same kind, place and content as the newest one. */
static uint64_t issued_again(struct history *history)
{
    const struct history_operation *now = &history->operations.at[history->operations.count - 1];
    for (size_t i = 0; i < history->open.count; i++) {
        const struct history_operation *then = history_operation(history, history->open.at[i]);
        if (then->device != now->device || then->opcode != now->opcode || then->block != now->block ||
            then->count != now->count || then->content != now->content)
            continue;
        history->open.count--;
        for (size_t k = i; k < history->open.count; k++)
            history->open.at[k] = history->open.at[k + 1];
        return then->number;
    }
    return 0;
}

void history_add(struct history *history, const struct history_operation *op)
{
    struct history_operation *added = VEC_PUSH(&history->operations);
    *added = *op;
    added->number = history_operations(history);
    added->issued_at = ++history->position;
    *VEC_PUSH(&history->untold) = added->number;
    if (history->notes)
        note_issue(history->notes, added);
}

uint64_t history_issue(struct history *history, const struct disk_operation *op, uint64_t epoch, uint64_t insns)
{
    assert(op->number == history_operations(history) + 1);
    bool moves = !op->refused && (op->opcode == DISK_READ || op->opcode == DISK_WRITE);
    const struct history_operation issued = {
        .epoch = epoch,
        .insns = insns,
        .content = moves && op->opcode == DISK_WRITE ? XXH3_64bits(op->data, disk_data_bytes(op)) : 0,
        .device = op->device,
        .opcode = op->opcode,
        .block = moves ? op->block : 0,
        .count = moves ? op->count : 0,
        .refused = op->refused != 0,
    };
    history_add(history, &issued);
    return op->refused ? 0 : issued_again(history);
}

/* NUMBER is no longer untold. */
static void forget_untold(struct history *history, uint64_t number)
{
    for (size_t i = 0; i < history->untold.count; i++) {
        if (history->untold.at[i] != number)
            continue;
        history->untold.at[i] = history->untold.at[--history->untold.count];
        return;
    }
}

void history_tell(struct history *history, uint64_t number, uint8_t status, uint8_t detail, uint64_t content)
{
    struct history_operation *op = history_operation(history, number);
    forget_untold(history, number);
    op->told_at = ++history->position;
    op->status = status;
    op->detail = detail;
    op->content = content;
    if (status == DISK_DISCONNECTED)
        *VEC_PUSH(&history->open) = number;
    if (history->notes)
        note_told(history->notes, op);
}

void history_told(struct history *history, const struct disk_completion *end)
{
    const struct history_operation *op = history_operation(history, end->number);
    assert(op);
    uint64_t content = end->size_bytes ? XXH3_64bits(end->data, end->size_bytes) : op->content;
    history_tell(history, end->number, (uint8_t)end->status, (uint8_t)end->detail, content);
}

void history_reissue(struct history *history, uint64_t number)
{
    history_operation(history, number)->reissued = true;
    if (history->notes)
        note_reissue(history->notes, number);
}

void history_repeat(struct history *history, const struct history_repetition *repetition)
{
    *VEC_PUSH(&history->repetitions) = *repetition;
    if (history->notes)
        note_repeat(history->notes, repetition);
}

void history_output(struct history *history, uint8_t byte, struct history_place place)
{
    *VEC_PUSH(&history->output) = byte;
    *VEC_PUSH(&history->output_at) = place;
    if (history->notes)
        note_output(history->notes, byte, place);
}

void history_input(struct history *history, uint8_t byte, struct history_place place)
{
    *VEC_PUSH(&history->input) = byte;
    *VEC_PUSH(&history->input_at) = place;
    if (history->notes)
        note_input(history->notes, byte, place);
}

void history_event(struct history *history, uint32_t event, struct history_place place)
{
    *VEC_PUSH(&history->events) = event;
    *VEC_PUSH(&history->events_at) = place;
    if (history->notes)
        note_event(history->notes, event, place);
}

void history_send(struct history *history, const struct history_frame *frame)
{
    *VEC_PUSH(&history->sent) = *frame;
    if (history->notes)
        note_frame(history->notes, true, frame);
}

void history_take(struct history *history, const struct history_frame *frame)
{
    *VEC_PUSH(&history->taken) = *frame;
    if (history->notes)
        note_frame(history->notes, false, frame);
}

uint64_t history_outputs(const struct history *history)
{
    uint64_t outputs = history->sent.count;
    for (size_t i = 0; i < history->operations.count; i++)
        outputs += !history->operations.at[i].refused;
    for (size_t i = 0; i < history->output_at.count; i++)
        outputs += !i || history->output_at.at[i].insns != history->output_at.at[i - 1].insns;
    return outputs;
}

uint64_t history_output_epoch(const struct history *history, uint64_t number)
{
    uint64_t index = number - 1 - history->before.output;
    return number > history->before.output && index < history->output_at.count ? history->output_at.at[index].epoch : 0;
}

uint64_t history_frame_epoch(const struct history *history, uint64_t number)
{
    uint64_t index = number - 1 - history->before.sent;
    return number > history->before.sent && index < history->sent.count ? history->sent.at[index].place.epoch : 0;
}

uint64_t history_settled(const struct history *history)
{
    uint64_t settled = history_operations(history);
    for (size_t i = 0; i < history->untold.count; i++)
        settled = history->untold.at[i] <= settled ? history->untold.at[i] - 1 : settled;
    for (size_t i = 0; i < history->open.count; i++)
        settled = history->open.at[i] <= settled ? history->open.at[i] - 1 : settled;
    return settled;
}

/* The first COUNT elements of a row are not kept any more. */
#define FORGET(row, count_)                                                                                            \
    do {                                                                                                               \
        size_t gone_ = (size_t)(count_);                                                                               \
        (row)->count -= gone_;                                                                                         \
        if (gone_)                                                                                                     \
            memmove((row)->at, (row)->at + gone_, (row)->count * sizeof *(row)->at);                                   \
    } while (0)

void history_forget(struct history *history, const struct history_before *to)
{
    const struct history_before *before = &history->before;
    FORGET(&history->operations, to->operations - before->operations);
    FORGET(&history->output, to->output - before->output);
    FORGET(&history->output_at, to->output - before->output);
    FORGET(&history->input, to->input - before->input);
    FORGET(&history->input_at, to->input - before->input);
    FORGET(&history->events, to->events - before->events);
    FORGET(&history->events_at, to->events - before->events);
    FORGET(&history->sent, to->sent - before->sent);
    FORGET(&history->taken, to->taken - before->taken);
    history->before = *to;
}

#define COPY_VEC(to, from)                                                                                             \
    for (size_t i_ = 0; i_ < (from)->count; i_++)                                                                      \
    *VEC_PUSH(to) = (from)->at[i_]

void history_copy(struct history *to, const struct history *from)
{
    memset(to, 0, sizeof *to);
    to->before = from->before;
    to->position = from->position;
    COPY_VEC(&to->operations, &from->operations);
    COPY_VEC(&to->untold, &from->untold);
    COPY_VEC(&to->open, &from->open);
    COPY_VEC(&to->output, &from->output);
    COPY_VEC(&to->input, &from->input);
    COPY_VEC(&to->output_at, &from->output_at);
    COPY_VEC(&to->input_at, &from->input_at);
    COPY_VEC(&to->events, &from->events);
    COPY_VEC(&to->events_at, &from->events_at);
    COPY_VEC(&to->sent, &from->sent);
    COPY_VEC(&to->taken, &from->taken);
    COPY_VEC(&to->repetitions, &from->repetitions);
}

static void visit_operation(struct visit *visit, struct history_operation *op)
{
    VISIT(visit, op->number);
    VISIT(visit, op->epoch);
    VISIT(visit, op->insns);
    VISIT(visit, op->issued_at);
    VISIT(visit, op->told_at);
    VISIT(visit, op->content);
    VISIT_BELOW(visit, op->device, DISK_DEVICES);
    VISIT_BELOW(visit, op->opcode, DISK_DISCONNECT + 1);
    VISIT(visit, op->block);
    VISIT(visit, op->count);
    VISIT_BELOW(visit, op->status, DISK_DISCONNECTED + 1);
    VISIT_BELOW(visit, op->detail, DISK_CANCELLED + 1);
    VISIT(visit, op->refused);
    VISIT(visit, op->reissued);
}

static void visit_number(struct visit *visit, uint64_t *number)
{
    VISIT(visit, *number);
}

static void visit_event(struct visit *visit, uint32_t *event)
{
    VISIT(visit, *event);
}

static void visit_place(struct visit *visit, struct history_place *place)
{
    VISIT(visit, place->epoch);
    VISIT(visit, place->insns);
}

static void visit_frame(struct visit *visit, struct history_frame *frame)
{
    VISIT(visit, frame->number);
    VISIT(visit, frame->content);
    visit_place(visit, &frame->place);
}

static void visit_repetition(struct visit *visit, struct history_repetition *repetition)
{
    VISIT(visit, repetition->generation);
    VISIT(visit, repetition->from);
    VISIT(visit, repetition->frames_from);
    VISIT(visit, repetition->epoch);
}

void history_visit(struct history *history, struct visit *visit)
{
    visit_begin(visit, "history");
    VISIT(visit, history->position);
    VISIT_GROWING(visit, &history->operations, visit_operation);
    VISIT_ROW(visit, &history->untold, visit_number);
    for (size_t i = 0; i < history->untold.count && !visit->whole; i++) /* of the row that grows, what can change */
        visit_operation(visit, history_operation(history, history->untold.at[i]));
    VISIT_ROW(visit, &history->open, visit_number);
    VISIT_GROWING_BYTES(visit, &history->output);
    VISIT_GROWING_BYTES(visit, &history->input);
    VISIT_GROWING(visit, &history->output_at, visit_place);
    VISIT_GROWING(visit, &history->input_at, visit_place);
    VISIT_GROWING(visit, &history->events, visit_event);
    VISIT_GROWING(visit, &history->events_at, visit_place);
    VISIT_GROWING(visit, &history->sent, visit_frame);
    VISIT_GROWING(visit, &history->taken, visit_frame);
    VISIT_GROWING(visit, &history->repetitions, visit_repetition);
    for (size_t i = 0; i < history->untold.count + history->open.count; i++) {
        uint64_t number =
            i < history->untold.count ? history->untold.at[i] : history->open.at[i - history->untold.count];
        if (number < 1 || number > history->operations.count)
            visit_refuse(visit);
    }
    visit_end(visit);
}

void history_free(struct history *history)
{
    VEC_FREE(&history->operations);
    VEC_FREE(&history->untold);
    VEC_FREE(&history->open);
    VEC_FREE(&history->output);
    VEC_FREE(&history->input);
    VEC_FREE(&history->output_at);
    VEC_FREE(&history->input_at);
    VEC_FREE(&history->events);
    VEC_FREE(&history->events_at);
    VEC_FREE(&history->sent);
    VEC_FREE(&history->taken);
    VEC_FREE(&history->repetitions);
}

void disk_operation_visit(struct disk_operation *op, struct visit *visit)
{
    VISIT(visit, op->number);
    VISIT_BELOW(visit, op->device, DISK_DEVICES);
    VISIT(visit, op->command);
    VISIT_BELOW(visit, op->opcode, DISK_DISCONNECT + 1);
    VISIT(visit, op->block);
    VISIT(visit, op->count);
    VISIT(visit, op->buffer);
    VISIT_BELOW(visit, op->refused, DISK_CANCELLED + 1);
    bool moves = op->opcode == DISK_READ || op->opcode == DISK_WRITE;
    if (moves && op->count > DISK_COUNT_MAX)
        visit_refuse(visit);
    uint32_t size = moves && visit->good ? disk_data_bytes(op) : 0;
    bool has_data = size && (visit->reading || op->data);
    VISIT(visit, has_data);
    if (visit->reading) {
        op->data = has_data && size ? calloc(1, size) : NULL; /* for a read: room */
        memory_need(op->data || !has_data || !size);
    }
    if (op->data && op->opcode == DISK_WRITE)
        visit_bytes(visit, "data", op->data, size);
}

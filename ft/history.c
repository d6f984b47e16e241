/* history.c - see history.h. */
#include "ft/history.h"

#include <xxhash.h>

void history_issue(struct history *history, const struct disk_operation *op, uint64_t epoch, uint64_t insns)
{
    assert(op->number == history->operations.count + 1);
    bool moves = !op->refused && (op->opcode == DISK_READ || op->opcode == DISK_WRITE);
    *VEC_PUSH(&history->operations) = (struct history_operation){
        .number = op->number,
        .epoch = epoch,
        .insns = insns,
        .issued_at = ++history->position,
        .content = moves && op->opcode == DISK_WRITE ? XXH3_64bits(op->data, disk_data_bytes(op)) : 0,
        .opcode = op->opcode,
        .block = moves ? op->block : 0,
        .count = moves ? op->count : 0,
        .refused = op->refused != 0,
    };
}

void history_told(struct history *history, const struct disk_completion *end)
{
    assert(end->number >= 1 && end->number <= history->operations.count);
    struct history_operation *op = &history->operations.at[end->number - 1];
    op->told_at = ++history->position;
    op->status = (uint8_t)end->status;
    op->detail = (uint8_t)end->detail;
    if (end->size_bytes)
        op->content = XXH3_64bits(end->data, end->size_bytes);
}

void history_free(struct history *history)
{
    VEC_FREE(&history->operations);
    VEC_FREE(&history->output);
    VEC_FREE(&history->input);
    VEC_FREE(&history->repetitions);
}

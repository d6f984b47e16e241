/* notes.c - see notes.h. */
#include "ft/log/notes.h"

#include "mmu/base/bits.h"

enum note {
    NOTE_ISSUE = 1,
    NOTE_TOLD,
    NOTE_OUTPUT,
    NOTE_INPUT,
    NOTE_REISSUE,
    NOTE_REPEAT,
    NOTE_SENT,
    NOTE_TAKEN,
    NOTE_EVENT,
    NOTE_END
};

enum {
    ISSUE_BYTES = 1 + 3 * 8 + 4 * 4 + 1,
    TOLD_BYTES = 1 + 2 * 8 + 2,
    BYTE_BYTES = 1 + 2 * 8 + 1,
    EVENT_BYTES = 1 + 2 * 8 + 4,
    NUMBER_BYTES = 1 + 8,
    REPEAT_BYTES = 1 + 4 + 3 * 8,
    FRAME_BYTES = 1 + 4 * 8
};

/* Room for SIZE more bytes, the first of which says what they are. */
static uint8_t *add(note_bytes *notes, enum note note, size_t size)
{
    while (notes->room - notes->count < size)
        notes->at = vec_grown(notes->at, &notes->room, 1);
    uint8_t *at = notes->at + notes->count;
    notes->count += size;
    at[0] = (uint8_t)note;
    return at + 1;
}

void note_issue(note_bytes *notes, const struct history_operation *op)
{
    uint8_t *at = add(notes, NOTE_ISSUE, ISSUE_BYTES);
    be64_store(at, op->epoch);
    be64_store(at + 8, op->insns);
    be64_store(at + 16, op->content);
    be32_store(at + 24, op->device);
    be32_store(at + 28, op->opcode);
    be32_store(at + 32, op->block);
    be32_store(at + 36, op->count);
    at[40] = op->refused;
}

void note_told(note_bytes *notes, const struct history_operation *op)
{
    uint8_t *at = add(notes, NOTE_TOLD, TOLD_BYTES);
    be64_store(at, op->number);
    be64_store(at + 8, op->content);
    at[16] = op->status;
    at[17] = op->detail;
}

static void note_byte(note_bytes *notes, enum note note, uint8_t byte, struct history_place place)
{
    uint8_t *at = add(notes, note, BYTE_BYTES);
    be64_store(at, place.epoch);
    be64_store(at + 8, place.insns);
    at[16] = byte;
}

void note_output(note_bytes *notes, uint8_t byte, struct history_place place)
{
    note_byte(notes, NOTE_OUTPUT, byte, place);
}

void note_input(note_bytes *notes, uint8_t byte, struct history_place place)
{
    note_byte(notes, NOTE_INPUT, byte, place);
}

void note_event(note_bytes *notes, uint32_t event, struct history_place place)
{
    uint8_t *at = add(notes, NOTE_EVENT, EVENT_BYTES);
    be64_store(at, place.epoch);
    be64_store(at + 8, place.insns);
    be32_store(at + 16, event);
}

void note_frame(note_bytes *notes, bool sent, const struct history_frame *frame)
{
    uint8_t *at = add(notes, sent ? NOTE_SENT : NOTE_TAKEN, FRAME_BYTES);
    be64_store(at, frame->number);
    be64_store(at + 8, frame->content);
    be64_store(at + 16, frame->place.epoch);
    be64_store(at + 24, frame->place.insns);
}

void note_reissue(note_bytes *notes, uint64_t number)
{
    be64_store(add(notes, NOTE_REISSUE, NUMBER_BYTES), number);
}

void note_repeat(note_bytes *notes, const struct history_repetition *repetition)
{
    uint8_t *at = add(notes, NOTE_REPEAT, REPEAT_BYTES);
    be32_store(at, repetition->generation);
    be64_store(at + 4, repetition->from);
    be64_store(at + 12, repetition->frames_from);
    be64_store(at + 20, repetition->epoch);
}

/* ---- following ---- */

static bool follow_issue(struct history *history, const uint8_t *at)
{
    struct history_operation op = {.epoch = be64_load(at),
                                   .insns = be64_load(at + 8),
                                   .content = be64_load(at + 16),
                                   .device = be32_load(at + 24),
                                   .opcode = be32_load(at + 28),
                                   .block = be32_load(at + 32),
                                   .count = be32_load(at + 36),
                                   .refused = at[40] != 0};
    if (op.device >= DISK_DEVICES || op.opcode > DISK_DISCONNECT || at[40] > 1)
        return false;
    history_add(history, &op);
    return true;
}

static bool follow_told(struct history *history, const uint8_t *at)
{
    uint64_t number = be64_load(at);
    if (!history_operation(history, number) || at[16] > DISK_DISCONNECTED || at[17] > DISK_CANCELLED)
        return false;
    history_tell(history, number, at[16], at[17], be64_load(at + 8));
    return true;
}

static struct history_frame frame_at(const uint8_t *at)
{
    return (struct history_frame){be64_load(at), be64_load(at + 8), {be64_load(at + 16), be64_load(at + 24)}};
}

static bool follow_one(struct history *history, const uint8_t *at)
{
    struct history_frame frame;
    switch (at[-1]) {
    case NOTE_ISSUE:
        return follow_issue(history, at);
    case NOTE_TOLD:
        return follow_told(history, at);
    case NOTE_OUTPUT:
        history_output(history, at[16], (struct history_place){be64_load(at), be64_load(at + 8)});
        return true;
    case NOTE_INPUT:
        history_input(history, at[16], (struct history_place){be64_load(at), be64_load(at + 8)});
        return true;
    case NOTE_REISSUE:
        if (!history_operation(history, be64_load(at)))
            return false;
        history_reissue(history, be64_load(at));
        return true;
    case NOTE_SENT:
        frame = frame_at(at);
        history_send(history, &frame);
        return frame.number == history->before.sent + history->sent.count;
    case NOTE_EVENT:
        history_event(history, be32_load(at + 16), (struct history_place){be64_load(at), be64_load(at + 8)});
        return true;
    case NOTE_TAKEN:
        frame = frame_at(at);
        history_take(history, &frame);
        return true;
    default:
        history_repeat(history, &(struct history_repetition){be32_load(at), be64_load(at + 4), be64_load(at + 12),
                                                             be64_load(at + 20)});
        return true;
    }
}

bool notes_follow(struct history *history, const uint8_t *bytes, size_t size)
{
    static const size_t sizes[NOTE_END] = {
        [NOTE_ISSUE] = ISSUE_BYTES, [NOTE_TOLD] = TOLD_BYTES,      [NOTE_OUTPUT] = BYTE_BYTES,
        [NOTE_INPUT] = BYTE_BYTES,  [NOTE_REISSUE] = NUMBER_BYTES, [NOTE_REPEAT] = REPEAT_BYTES,
        [NOTE_SENT] = FRAME_BYTES,  [NOTE_TAKEN] = FRAME_BYTES,    [NOTE_EVENT] = EVENT_BYTES,
    };
    for (size_t at = 0, length; at < size; at += length) {
        length = bytes[at] && bytes[at] < NOTE_END ? sizes[bytes[at]] : size + 1;
        if (length > size - at || !follow_one(history, bytes + at + 1))
            return false;
    }
    return true;
}

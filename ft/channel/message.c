/* message.c - see message.h. */
#include "ft/message.h"

#include <assert.h>
#include <string.h>

#include "ft/channel/inputs.h"
#include "mmu/base/bits.h"

static bool has_frame(const struct message *message)
{
    const struct input *input = message->message_class == MESSAGE_INTERRUPT ? input_of_device(message->device) : NULL;
    return input && input->data == INPUT_BYTES;
}

static bool has_disk(const struct message *message)
{
    const struct input *input = message->message_class == MESSAGE_INTERRUPT ? input_of_device(message->device) : NULL;
    return input && input->data == INPUT_COMPLETION;
}

static bool has_point(const struct message *message)
{
    return message->message_class == MESSAGE_END && message->point.reason != POINT_NONE;
}

bool message_is_bulk(enum message_class message_class)
{
    return message_class == MESSAGE_JOIN_STATE || message_class == MESSAGE_JOIN_PAGE ||
           message_class == MESSAGE_VALUES || message_class == MESSAGE_CHECKPOINT_STATE ||
           message_class == MESSAGE_CHECKPOINT_PAGE;
}

bool message_is_checkpoint(enum message_class message_class)
{
    return message_class >= MESSAGE_CHECKPOINT_STATE && message_class <= MESSAGE_CHECKPOINT_DONE;
}

const char *message_class_name(enum message_class message_class)
{
    static const char *const names[MESSAGE_CLASS_END] = {
        [MESSAGE_INTERRUPT] = "interrupt",
        [MESSAGE_VALUE] = "value",
        [MESSAGE_TIME] = "time",
        [MESSAGE_END] = "end",
        [MESSAGE_OFF] = "off",
        [MESSAGE_HEARTBEAT] = "heartbeat",
        [MESSAGE_JOIN_STATE] = "join-state",
        [MESSAGE_JOIN_PAGE] = "join-page",
        [MESSAGE_JOIN_DONE] = "join-done",
        [MESSAGE_DIGEST] = "digest",
        [MESSAGE_HARDWARE] = "hardware",
        [MESSAGE_VALUES] = "values",
        [MESSAGE_PERFORMED] = "performed",
        [MESSAGE_LOST] = "lost",
        [MESSAGE_OUT] = "out",
        [MESSAGE_CHECKPOINT_STATE] = "checkpoint-state",
        [MESSAGE_CHECKPOINT_PAGE] = "checkpoint-page",
        [MESSAGE_CHECKPOINT_DONE] = "checkpoint-done",
        [MESSAGE_RESET] = "reset",
    };
    assert(message_class < MESSAGE_CLASS_END && names[message_class]);
    return names[message_class];
}

const char *point_reason_name(enum point_reason reason)
{
    static const char *const names[POINT_REASONS] = {"none", "interrupt", "output", "length", "idle", "off"};
    assert(reason < POINT_REASONS);
    return names[reason];
}

bool message_ends_epoch(const uint8_t *bytes, size_t size, uint64_t *epoch)
{
    if (size < MESSAGE_HEADER_BYTES ||
        (bytes[0] != MESSAGE_END && bytes[0] != MESSAGE_OFF && bytes[0] != MESSAGE_CHECKPOINT_DONE))
        return false;
    *epoch = be64_load(bytes + 8);
    return true;
}

size_t message_size(const struct message *message)
{
    return MESSAGE_HEADER_BYTES + message->bulk_bytes + (has_point(message) ? MESSAGE_POINT_BYTES : 0) +
           (has_disk(message) ? MESSAGE_DISK_BYTES + (size_t)message->disk.size_bytes : 0);
}

/* A point's place in a message: its reason, 0, the position, and the theoretical value. */
enum { POSITION_AT = 8, THEORY_AT = 32 };

static void encode_position(const struct position *position, uint8_t *at)
{
    be64_store(at, position->branches);
    be32_store(at + 8, position->front_space);
    be32_store(at + 12, position->front);
    be32_store(at + 16, position->back_space);
    be32_store(at + 20, position->back);
}

static void encode_point(const struct sync_point *point, uint8_t *at)
{
    be32_store(at, point->reason);
    be32_store(at + 4, 0);
    encode_position(&point->position, at + POSITION_AT);
    be64_store(at + THEORY_AT, point->theory_ps);
}

static bool decode_point(const uint8_t *at, struct sync_point *point)
{
    const uint8_t *position = at + POSITION_AT;
    *point = (struct sync_point){
        .reason = be32_load(at),
        .position = {be64_load(position), be32_load(position + 8), be32_load(position + 12), be32_load(position + 16),
                     be32_load(position + 20)},
        .theory_ps = be64_load(at + THEORY_AT),
    };
    return point->reason > POINT_NONE && point->reason < POINT_REASONS && be32_load(at + 4) == 0;
}

void message_set_position(uint8_t *bytes, const struct position *position)
{
    encode_position(position, bytes + MESSAGE_HEADER_BYTES + POSITION_AT);
}

void message_encode(const struct message *message, uint8_t *bytes)
{
    memset(bytes, 0, MESSAGE_HEADER_BYTES);
    bytes[0] = (uint8_t)message->message_class;
    bytes[1] = (uint8_t)message->device;
    bytes[2] = (uint8_t)message->value_kind;
    be32_store(bytes + 4, (uint32_t)(message_size(message) - MESSAGE_HEADER_BYTES));
    be64_store(bytes + 8, message->epoch);
    be64_store(bytes + 16, message->index);
    be64_store(bytes + 24, message->value);
    if (message->bulk_bytes)
        memcpy(bytes + MESSAGE_HEADER_BYTES, message->bulk, message->bulk_bytes);
    if (has_point(message))
        encode_point(&message->point, bytes + MESSAGE_HEADER_BYTES);
    if (!has_disk(message))
        return;
    const struct disk_completion *disk = &message->disk;
    uint8_t *at = bytes + MESSAGE_HEADER_BYTES;
    const uint32_t words[8] = {disk->command, disk->opcode, disk->buffer, disk->size_bytes,
                               disk->status,  disk->detail, disk->device};
    for (unsigned i = 0; i < 8; i++)
        be32_store(at + (size_t)i * 4, words[i]);
    if (disk->size_bytes)
        memcpy(at + MESSAGE_DISK_BYTES, disk->data, disk->size_bytes);
}

struct message_numbers message_numbers(const uint8_t *bytes)
{
    return (struct message_numbers){be64_load(bytes + 8), be64_load(bytes + 16), be64_load(bytes + 24)};
}

void message_later(uint8_t *bytes, uint64_t epochs, uint64_t value)
{
    be64_store(bytes + 8, be64_load(bytes + 8) + epochs);
    be64_store(bytes + 24, be64_load(bytes + 24) + value);
}

bool message_decode(const uint8_t *bytes, size_t size, struct message *message)
{
    memset(message, 0, sizeof *message);
    if (size < MESSAGE_HEADER_BYTES || be32_load(bytes + 4) != size - MESSAGE_HEADER_BYTES)
        return false;
    message->message_class = bytes[0];
    message->device = bytes[1];
    message->value_kind = bytes[2];
    message->epoch = be64_load(bytes + 8);
    message->index = be64_load(bytes + 16);
    message->value = be64_load(bytes + 24);
    if (message->message_class < MESSAGE_INTERRUPT || message->message_class >= MESSAGE_CLASS_END)
        return false;
    if (message->value_kind >= VALUE_KINDS || (message->value_kind && message->message_class != MESSAGE_VALUE))
        return false;
    if (message->message_class == MESSAGE_INTERRUPT && !input_of_device(message->device))
        return false;
    if (message_is_bulk(message->message_class) || has_frame(message)) {
        message->bulk = bytes + MESSAGE_HEADER_BYTES;
        message->bulk_bytes = (uint32_t)(size - MESSAGE_HEADER_BYTES);
        return message->bulk_bytes > 0;
    }
    if (message->message_class == MESSAGE_END && size == MESSAGE_HEADER_BYTES + MESSAGE_POINT_BYTES)
        return decode_point(bytes + MESSAGE_HEADER_BYTES, &message->point);
    if (!has_disk(message))
        return size == MESSAGE_HEADER_BYTES;
    if (size < MESSAGE_HEADER_BYTES + MESSAGE_DISK_BYTES)
        return false;
    const uint8_t *at = bytes + MESSAGE_HEADER_BYTES;
    message->disk = (struct disk_completion){
        .number = message->index,
        .command = be32_load(at),
        .opcode = be32_load(at + 4),
        .buffer = be32_load(at + 8),
        .size_bytes = be32_load(at + 12),
        .status = be32_load(at + 16),
        .detail = be32_load(at + 20),
        .device = be32_load(at + 24),
    };
    if (message->disk.size_bytes)
        message->disk.data = at + MESSAGE_DISK_BYTES;
    return message->disk.device < DISK_DEVICES && message->disk.opcode <= DISK_DISCONNECT &&
           message->disk.status <= DISK_DISCONNECTED && message->disk.detail <= DISK_CANCELLED &&
           message->disk.size_bytes == size - MESSAGE_HEADER_BYTES - MESSAGE_DISK_BYTES;
}

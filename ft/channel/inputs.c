/* inputs.c - see inputs.h. */
#include "ft/channel/inputs.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ft/settings.h"
#include "io/input_event.h"
#include "io/network.h"
#include "mmu/base/memory.h"

const struct input input_rows[INTERRUPT_COUNT] = {
#define INPUT(id, ...) [INTERRUPT_##id] = {__VA_ARGS__},
    INPUTS(INPUT)
#undef INPUT
};

const struct input *input_of_device(enum interrupt_device device)
{
    for (unsigned i = 0; i < INTERRUPT_COUNT && device; i++)
        if (input_rows[i].device == device)
            return &input_rows[i];
    return NULL;
}

const char *interrupt_device_name(enum interrupt_device device)
{
    const struct input *input = input_of_device(device);
    return input && input->name ? input->name : "device";
}

bool input_stream_good(enum input_stream stream, uint64_t value)
{
    switch (stream) {
    case STREAM_TERMINAL:
        return value <= UINT8_MAX;
    case STREAM_SEAT:
        return value <= UINT32_MAX && input_event_good((uint32_t)value);
    case STREAM_NETWORK: /* its data are bytes */
    case INPUT_STREAMS:
        break;
    }
    return false;
}

bool input_makes_sense(const struct message *message)
{
    const struct input *input = input_of_device(message->device);
    const struct disk_completion *disk = &message->disk;
    if (!input || input->source != INPUT_OF_WORLD)
        return false;
    switch (input->data) {
    case INPUT_NUMBERED:
        return input_stream_good(input->stream, message->value);
    case INPUT_BYTES:
        return message->bulk_bytes >= NETWORK_FRAME_MIN && message->bulk_bytes <= NETWORK_FRAME_MAX;
    case INPUT_COMPLETION:
        return disk->status == DISK_COMPLETED || (disk->status == DISK_ERROR && disk->detail == DISK_MEDIUM_ERROR);
    case INPUT_NUMBERS:
        return message->device != DEVICE_RATE || (message->value >= 1 && message->value <= THIN_TIMER_MAX);
    case INPUT_NOTHING:
        break;
    }
    return true;
}

struct message interrupt_to_message(const struct interrupt *interrupt)
{
    const struct input *input = interrupt_input(interrupt);
    struct message message = {.message_class = MESSAGE_INTERRUPT,
                              .device = input->device,
                              .epoch = interrupt->epoch,
                              .index = interrupt->number};
    assert(input->device);
    switch (input->data) {
    case INPUT_NUMBERED:
    case INPUT_NUMBERS:
        message.value = interrupt->value;
        break;
    case INPUT_BYTES:
        message.bulk = interrupt->bytes;
        message.bulk_bytes = interrupt->size_bytes;
        break;
    case INPUT_COMPLETION:
        message.index = interrupt->disk.number;
        message.disk = interrupt->disk;
        break;
    case INPUT_NOTHING:
        break;
    }
    return message;
}

static uint8_t *copy_of(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size);
    memory_need(copy);
    memcpy(copy, bytes, size);
    return copy;
}

struct interrupt interrupt_from_message(const struct message *message)
{
    const struct input *input = input_of_device(message->device);
    assert(input);
    struct interrupt interrupt = {.epoch = message->epoch, .kind = (enum interrupt_kind)(input - input_rows)};
    switch (input->data) {
    case INPUT_NUMBERED:
    case INPUT_NUMBERS:
        interrupt.number = message->index;
        interrupt.value = (uint32_t)message->value;
        break;
    case INPUT_BYTES:
        interrupt.number = message->index;
        interrupt.size_bytes = message->bulk_bytes;
        interrupt.bytes = copy_of(message->bulk, message->bulk_bytes);
        break;
    case INPUT_COMPLETION:
        interrupt.disk = message->disk;
        if (message->disk.size_bytes)
            interrupt.disk.data = copy_of(message->disk.data, message->disk.size_bytes);
        break;
    case INPUT_NOTHING:
        break;
    }
    return interrupt;
}

void interrupt_visit(struct visit *visit, struct interrupt *interrupt)
{
    union {
        const uint8_t *read_only;
        uint8_t *owned;
    } data = {.read_only = interrupt->disk.data};
    VISIT(visit, interrupt->epoch);
    VISIT(visit, interrupt->number);
    VISIT_BELOW(visit, interrupt->kind, INTERRUPT_COUNT);
    VISIT(visit, interrupt->value);
    VISIT_BELOW(visit, interrupt->size_bytes, NETWORK_FRAME_MAX + 1);
    visit_owned(visit, &interrupt->bytes, interrupt->size_bytes);
    VISIT_MOMENT(visit, interrupt->since_ps);
    VISIT(visit, interrupt->disk.number);
    VISIT_BELOW(visit, interrupt->disk.device, DISK_DEVICES);
    VISIT(visit, interrupt->disk.command);
    VISIT_BELOW(visit, interrupt->disk.opcode, DISK_DISCONNECT + 1);
    VISIT(visit, interrupt->disk.buffer);
    VISIT_BELOW(visit, interrupt->disk.size_bytes, DISK_COUNT_MAX * DISK_BLOCK_BYTES + 1);
    VISIT_BELOW(visit, interrupt->disk.status, DISK_DISCONNECTED + 1);
    VISIT_BELOW(visit, interrupt->disk.detail, DISK_CANCELLED + 1);
    visit_owned(visit, &data.owned, interrupt->disk.size_bytes);
    const struct input *input = visit->good ? interrupt_input(interrupt) : NULL;
    if (input && input->data == INPUT_NUMBERED && !input_stream_good(input->stream, interrupt->value))
        visit_refuse(visit);
    if (input && input->data == INPUT_BYTES && interrupt->size_bytes < NETWORK_FRAME_MIN)
        visit_refuse(visit);
    interrupt->disk.data = data.read_only;
}

void interrupt_free(struct interrupt *interrupt)
{
    completion_free(&interrupt->disk);
    free(interrupt->bytes);
}

/* fuzz_message.c - what arrives on the channel between the computers: any bytes are a message or are refused.
 */
#include "ft/message.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

/* What was understood, sent again, is understood the same. */
static void again(const struct message *message, size_t size)
{
    struct message other;
    size_t length = message_size(message);
    assert(length == size);
    uint8_t *bytes = malloc(length);
    assert(bytes);
    message_encode(message, bytes);
    bool good = message_decode(bytes, length, &other);
    assert(good);
    assert(other.message_class == message->message_class && other.device == message->device);
    assert(other.epoch == message->epoch && other.index == message->index && other.value == message->value);
    const struct disk_completion *a = &message->disk, *b = &other.disk;
    assert(a->command == b->command && a->opcode == b->opcode && a->buffer == b->buffer && a->status == b->status);
    assert(a->detail == b->detail && a->size_bytes == b->size_bytes && !a->data == !b->data);
    assert(!a->data || !memcmp(a->data, b->data, a->size_bytes));
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct message message;
    if (message_decode(bytes, size, &message))
        again(&message, size);
    return 0;
}

size_t fuzz_make(struct insn_random *random, uint8_t *bytes)
{
    static const uint8_t data[512] = {1, 2, 3};
    struct message message = {
        .message_class = MESSAGE_INTERRUPT + insn_random_below(random, MESSAGE_CLASS_END - MESSAGE_INTERRUPT),
        .device = insn_random_below(random, 2) ? DEVICE_DISK : DEVICE_CONSOLE,
        .epoch = insn_random_bits(random),
        .index = insn_random_bits(random),
        .value = insn_random_bits(random),
    };
    if (message.device == DEVICE_DISK) {
        message.disk.command = (uint32_t)insn_random_bits(random);
        message.disk.status = insn_random_below(random, 4);
        message.disk.size_bytes = insn_random_below(random, 2) * insn_random_below(random, sizeof data);
        message.disk.data = message.disk.size_bytes ? data : NULL;
    }
    message_encode(&message, bytes);
    return message_size(&message);
}

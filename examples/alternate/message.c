/* message.c - the messages of figure 4, word by word over the channel port (hardware manual section 10).
 *
 * A message is a word with its class and how many words follow, the epoch, and its data. At the receiver, words go from
 * the port into a ring in memory at once, and are looked at when an epoch's end is awaited: the ring is the log.
 */
#include "alternate.h"

enum message_class { MESSAGE_DISK = 1, MESSAGE_CONSOLE, MESSAGE_VALUE, MESSAGE_END, MESSAGE_OFF };

enum { RING_WORDS = 16384, VALUES_MAX = EPOCH_INSNS };

static struct {
    bool nobody;
    uint32_t ring[RING_WORDS];
    uint32_t first, count;
    uint64_t values[VALUES_MAX]; /* of the epoch received last */
    uint32_t value_first, value_count;
    uint32_t hash;
    bool off;
} channel;

static uint32_t port(uint32_t offset)
{
    return load32(CHANNEL_BASE + offset);
}

/* ---- sending ---- */

static void send(uint32_t word)
{
    while (!channel.nobody && !port(CHANNEL_ROOM))
        ; /* no interrupt tells; the other takes words, or is reported failed and then there is room */
    if (!channel.nobody)
        store32(CHANNEL_BASE + CHANNEL_SEND, word);
}

static void send_header(enum message_class message_class, uint32_t words, uint32_t epoch)
{
    send((uint32_t)message_class << 24 | words);
    send(epoch);
}

void send_interrupt(uint32_t epoch, const struct interrupt *interrupt, const uint32_t *data)
{
    if (interrupt->interrupt_class == CLASS_CONSOLE) {
        send_header(MESSAGE_CONSOLE, 2, epoch);
        send(interrupt->byte);
        return;
    }
    send_header(MESSAGE_DISK, 4 + interrupt->words, epoch);
    send(interrupt->slot);
    send(interrupt->status);
    send(interrupt->detail);
    for (uint32_t i = 0; i < interrupt->words; i++)
        send(data[i]);
}

void send_value(uint32_t epoch, uint64_t value)
{
    send_header(MESSAGE_VALUE, 3, epoch);
    send((uint32_t)(value >> 32));
    send((uint32_t)value);
}

void send_end(uint32_t epoch, uint32_t hash)
{
    send_header(MESSAGE_END, 2, epoch);
    send(hash);
}

void send_off(uint32_t epoch, uint32_t status)
{
    send_header(MESSAGE_OFF, 2, epoch);
    send(status);
}

void send_to_nobody(void)
{
    channel.nobody = true;
}

/* ---- receiving ---- */

void receive_words(void)
{
    while (channel.count < RING_WORDS && port(CHANNEL_RECEIVED)) {
        channel.ring[(channel.first + channel.count) % RING_WORDS] = port(CHANNEL_TAKE);
        channel.count++;
    }
}

static uint32_t word(uint32_t index)
{
    return channel.ring[(channel.first + index) % RING_WORDS];
}

static uint32_t take(void)
{
    uint32_t taken = word(0);
    channel.first = (channel.first + 1) % RING_WORDS;
    channel.count--;
    return taken;
}

static void keep_disk(struct interrupts *interrupts, uint32_t words)
{
    struct interrupt *interrupt = &interrupts->at[interrupts->count++];
    *interrupt = (struct interrupt){.interrupt_class = CLASS_DISK, .slot = take(), .words = words - 3};
    interrupt->status = take();
    interrupt->detail = take();
    for (uint32_t i = 0; i < interrupt->words; i++)
        interrupts->data[interrupt->slot][i] = take();
}

/* Take one message, which is in the ring as a whole. True if it ends its epoch. */
static bool take_message(struct interrupts *interrupts)
{
    uint32_t header = take(), words = (header & 0xFFFFFF) - 1;
    (void)take(); /* the epoch: that which is awaited, since the channel is a FIFO */
    switch (header >> 24) {
    case MESSAGE_DISK:
        keep_disk(interrupts, words);
        return false;
    case MESSAGE_CONSOLE:
        interrupts->at[interrupts->count++] =
            (struct interrupt){.interrupt_class = CLASS_CONSOLE, .byte = (uint8_t)take()};
        return false;
    case MESSAGE_VALUE: {
        uint64_t high = take();
        channel.values[channel.value_count++] = high << 32 | take();
        return false;
    }
    case MESSAGE_OFF:
        channel.off = true;
        (void)take();
        return true;
    default:
        channel.hash = take();
        return true;
    }
}

bool receive_epoch(uint32_t epoch, struct interrupts *interrupts)
{
    (void)epoch;
    interrupts->count = channel.value_first = channel.value_count = 0;
    for (;;) {
        interrupts_clear(interrupt_mask(INTERRUPT_CHANNEL));
        bool failed = port(CHANNEL_FAILED); /* then there is nothing left in the port */
        receive_words();
        while (channel.count && channel.count > (word(0) & 0xFFFFFF)) {
            if (take_message(interrupts))
                return true;
        }
        if (failed && !port(CHANNEL_RECEIVED))
            return false;
        idle();
    }
}

bool receive_value(uint64_t *value)
{
    if (channel.value_first == channel.value_count)
        return false;
    *value = channel.values[channel.value_first++];
    return true;
}

uint32_t received_hash(void)
{
    return channel.hash;
}

bool received_off(void)
{
    return channel.off;
}

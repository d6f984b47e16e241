/* inputs.h - what can come into a virtual processor: one row for each kind, which everybody reads who has to do with
 * them - the message, the recording, the buffer of a virtual machine monitor, what shows it to a person.
 *
 * A row says who makes an input, and so in which order it is delivered and whether it is logged; what data it has, and
 * so how it is encoded; and its number on the wire. What a monitor does with it is a second row, in ft/vmm/deliver.c.
 */
#ifndef US_FT_CHANNEL_INPUTS_H
#define US_FT_CHANNEL_INPUTS_H

#include "ft/message.h"
#include "mmu/base/visit.h"

/* Who makes it. What is buffered for the end of one epoch is delivered in this order; what has one source, in the order
 * in which it became known, which is that of the log. So both computers deliver the same in the same order, whatever
 * they knew first. */
enum input_source {
    INPUT_OF_CONTROLLER, /* a virtual device itself: every VMM knows without a message, and a replay makes it again */
    INPUT_OF_WORLD,      /* logged: buffered and sent by the VMM whose VP is live */
    INPUT_OF_FAILOVER,   /* by its policy: at the new primary, and in a recording; never sent */
    INPUT_OF_CLOCK,      /* of the epoch's end: like the first */
};

/* What it brings with it. */
enum input_data {
    INPUT_NOTHING,
    INPUT_NUMBERED,   /* one of a numbered stream */
    INPUT_BYTES,      /* the same with some bytes: a frame */
    INPUT_NUMBERS,    /* a number and a value of its own */
    INPUT_COMPLETION, /* how a disk operation ended, and what a read has read */
};

/* What a person does or the network brings, numbered by the world, which repeats what no live virtual processor has
 * (of frames, those that it still keeps). */
enum input_stream {
    STREAM_TERMINAL, /* bytes typed at the terminal */
    STREAM_SEAT,     /* events of keyboard and pointer (io/seat.h) */
    STREAM_NETWORK,  /* frames (io/network.h) */
    INPUT_STREAMS
};

/* INPUT(id, its row) */
#define INPUTS(INPUT)                                                                                                  \
    /* A command that the virtual controller refused. */                                                               \
    INPUT(REFUSED, .source = INPUT_OF_CONTROLLER, .data = INPUT_COMPLETION)                                            \
    /* A command ended; a byte of terminal input; an event of keyboard or pointer. */                                  \
    INPUT(DISK, .source = INPUT_OF_WORLD, .data = INPUT_COMPLETION, .device = DEVICE_DISK, .name = "disk")             \
    INPUT(CONSOLE, .source = INPUT_OF_WORLD, .data = INPUT_NUMBERED, .stream = STREAM_TERMINAL,                        \
          .device = DEVICE_CONSOLE, .name = "console")                                                                 \
    INPUT(DISPLAY, .source = INPUT_OF_WORLD, .data = INPUT_NUMBERED, .stream = STREAM_SEAT, .device = DEVICE_DISPLAY,  \
          .name = "display")                                                                                           \
    /* A frame has come. */                                                                                            \
    INPUT(NETWORK, .source = INPUT_OF_WORLD, .data = INPUT_BYTES, .stream = STREAM_NETWORK, .device = DEVICE_NETWORK,  \
          .name = "network")                                                                                           \
    /* The interval timer matched, where a protocol sends that like what devices do. */                                \
    /* Number: at which tick of the clock; value: how many ticks later it was due. */                                  \
    INPUT(MATCH, .source = INPUT_OF_WORLD, .data = INPUT_NUMBERS, .device = DEVICE_TIMER, .name = "timer",             \
          .text = "the interval timer is due")                                                                         \
    /* The rate at which it is thinned changes to the value. */                                                        \
    INPUT(RATE, .source = INPUT_OF_WORLD, .data = INPUT_NUMBERS, .device = DEVICE_RATE, .name = "rate",                \
          .text = "the interval timer is thinned at another rate")                                                     \
    /* Policies disconnect and uncertain. */                                                                           \
    INPUT(LOST, .source = INPUT_OF_FAILOVER, .device = DEVICE_LOST, .text = "every connection is lost")                \
    INPUT(UNCERTAIN, .source = INPUT_OF_FAILOVER, .device = DEVICE_UNCERTAIN,                                          \
          .text = "what is outstanding has an unknown outcome")                                                        \
    /* The clock of the epoch's end made the interval timer due; a frame began that the guest wants to know of. */     \
    INPUT(TIMER, .source = INPUT_OF_CLOCK, .text = "the interval timer is due")                                        \
    INPUT(FRAME, .source = INPUT_OF_CLOCK, .text = "a frame begins")

enum interrupt_kind {
#define INPUT(id, ...) INTERRUPT_##id,
    INPUTS(INPUT)
#undef INPUT
        INTERRUPT_COUNT
};

struct input {
    enum input_source source;
    enum input_data data;
    enum input_stream stream;     /* of INPUT_NUMBERED and INPUT_BYTES */
    enum interrupt_device device; /* in messages and recordings; 0: it is in none */
    const char *name;             /* of that device, for a person; NULL: it is no device */
    const char *text;             /* what happened, if there are no data that say it */
};

extern const struct input input_rows[INTERRUPT_COUNT];

/* What is buffered for the end of an epoch. */
struct interrupt {
    uint64_t epoch;
    uint64_t number;     /* of INPUT_NUMBERED, INPUT_BYTES and INPUT_NUMBERS; */
    uint32_t value;      /* and the byte or event itself, */
    uint32_t size_bytes; /* or so many bytes, owned */
    uint8_t *bytes;
    struct disk_completion disk; /* of INPUT_COMPLETION; data owned */
    enum interrupt_kind kind;
    uint64_t since_ps; /* of what is gathered (ft/vmm/adjust.h): when it came */
};

static inline const struct input *interrupt_input(const struct interrupt *interrupt)
{
    return &input_rows[interrupt->kind];
}

static inline bool interrupt_logged(const struct interrupt *interrupt)
{
    return input_rows[interrupt->kind].source == INPUT_OF_WORLD;
}

/* Can VALUE be one of STREAM? */
bool input_stream_good(enum input_stream stream, uint64_t value);
/* The input with this number on the wire; NULL: there is none. */
const struct input *input_of_device(enum interrupt_device device);
/* Can MESSAGE, a MESSAGE_INTERRUPT, be what a VMM sends: do its data fit what happened? */
bool input_makes_sense(const struct message *message);

/* [E, Int] of INTERRUPT, which goes on owning the data. Its input has a device. */
struct message interrupt_to_message(const struct interrupt *interrupt);
/* And back, with a copy of the data. */
struct interrupt interrupt_from_message(const struct message *message);
void interrupt_visit(struct visit *visit, struct interrupt *interrupt);
void interrupt_free(struct interrupt *interrupt);

#endif

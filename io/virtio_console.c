/* virtio_console.c - see virtio_console.h. */
#include "io/virtio_console.h"

#include <string.h>

#include "io/virtio_queue.h"

enum { QUEUE_RECEIVE, QUEUE_TRANSMIT, QUEUES, PIECE_BYTES = 4096 };

static const struct state_field console_fields[] = {
    STATE_SCALAR(struct virtio_console_state, listening, "the driver has given buffers for input"),
    STATE_SCALAR_BELOW(struct virtio_console_state, fifo_count, VIRTIO_CONSOLE_FIFO_BYTES + 1,
                       "bytes of input that wait for a buffer"),
    STATE_ARRAY(struct virtio_console_state, fifo, "those bytes, oldest first"),
};
const struct state_table virtio_console_state_table = {"virtio console", console_fields,
                                                       sizeof console_fields / sizeof console_fields[0]};

bool virtio_console_listening(const struct virtio_console *console)
{
    return console->state.listening && virtio_live(console->virtio);
}

unsigned virtio_console_room(const struct virtio_console *console)
{
    return VIRTIO_CONSOLE_FIFO_BYTES - console->state.fifo_count;
}

/* What waits goes into the driver's buffers, as many bytes into each as there are. */
static void move_input(struct virtio_console *console)
{
    struct virtio_console_state *s = &console->state;
    struct virtio_chain chain;
    while (s->fifo_count && virtio_queue_take(console->virtio, QUEUE_RECEIVE, &chain)) {
        uint32_t moved = virtio_chain_write(console->virtio, &chain, 0, s->fifo, s->fifo_count);
        memmove(s->fifo, s->fifo + moved, s->fifo_count - moved);
        s->fifo_count = (uint8_t)(s->fifo_count - moved);
        memset(s->fifo + s->fifo_count, 0, VIRTIO_CONSOLE_FIFO_BYTES - s->fifo_count);
        virtio_queue_give(console->virtio, QUEUE_RECEIVE, chain.head, moved);
    }
}

void virtio_console_receive(struct virtio_console *console, uint8_t byte)
{
    struct virtio_console_state *s = &console->state;
    if (virtio_console_room(console))
        s->fifo[s->fifo_count++] = byte;
    move_input(console);
}

static void transmit(struct virtio_console *console)
{
    struct virtio *virtio = console->virtio;
    struct virtio_chain chain;
    uint8_t bytes[PIECE_BYTES];
    while (virtio_queue_take(virtio, QUEUE_TRANSMIT, &chain)) {
        uint32_t moved, offset = 0;
        for (; (moved = virtio_chain_read(virtio, &chain, offset, bytes, sizeof bytes)) != 0; offset += moved)
            virtio->backend->terminal_put(virtio->backend_arg, bytes, moved);
        virtio_queue_give(virtio, QUEUE_TRANSMIT, chain.head, 0);
    }
}

static bool notify(void *device, unsigned queue)
{
    struct virtio_console *console = device;
    struct virtio *virtio = console->virtio;
    if (queue == QUEUE_TRANSMIT) {
        transmit(console);
        return false;
    }
    if (!console->state.listening && virtio_queue_waits(virtio, QUEUE_RECEIVE)) {
        console->state.listening = 1;
        virtio->backend->input_wanted(virtio->backend_arg);
    }
    if (console->state.fifo_count)
        virtio_later(virtio);
    return false;
}

static void finish(void *device)
{
    move_input(device);
}

static void reset(void *device)
{
    struct virtio_console *console = device;
    console->state = (struct virtio_console_state){0};
}

const struct virtio_ops virtio_console_ops = {
    .name = "console",
    .device_id = 3,
    .queues = QUEUES,
    .notify = notify,
    .finish = finish,
    .reset = reset,
};

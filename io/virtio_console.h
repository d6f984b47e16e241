/* virtio_console.h - virtio-console (VIRTIO 1.2, section 5.3) with one port, whose other end is the terminal.
 *
 * Output is taken and given back at QueueNotify, on a bare board and under a VMM: an output without an outcome, like a
 * byte stored to the console port. Input waits in a FIFO as deep as the console port's until the driver has buffers;
 * it moves into them when it is delivered, and at virtio_finish.
 */
#ifndef US_IO_VIRTIO_CONSOLE_H
#define US_IO_VIRTIO_CONSOLE_H

#include "io/virtio.h"

enum { VIRTIO_CONSOLE_FIFO_BYTES = 16 };

struct virtio_console_state {
    uint8_t listening; /* the driver has given buffers for input */
    uint8_t fifo_count;
    uint8_t fifo[VIRTIO_CONSOLE_FIFO_BYTES]; /* oldest first */
};
extern const struct state_table virtio_console_state_table;

struct virtio_console {
    struct virtio_console_state state;
    struct virtio *virtio;
};

extern const struct virtio_ops virtio_console_ops;

/* Does its driver take input? Then what is typed comes here and not to the console port. */
bool virtio_console_listening(const struct virtio_console *console);
/* How many bytes it can take now, and take one; a byte too many is lost. */
unsigned virtio_console_room(const struct virtio_console *console);
void virtio_console_receive(struct virtio_console *console, uint8_t byte);

#endif

/* virtio_net.h - virtio-net (VIRTIO 1.2, section 5.1) with one pair of queues and no offloads; its other end is the
 * world's network (network.h, docs/network.md).
 *
 * A frame that the driver sends is taken and given back at QueueNotify, on a bare board and under a VMM: an output
 * without an outcome, like a byte of the console. A frame that comes in is moved into the driver's next buffer when it
 * is delivered; who brings frames asks first for how many there is room, and one too many is lost, as on any network.
 */
#ifndef US_IO_VIRTIO_NET_H
#define US_IO_VIRTIO_NET_H

#include "io/virtio.h"

enum { VIRTIO_NET_MAC_BYTES = 6 };

struct virtio_net_state {
    uint32_t listening; /* the driver has given buffers for frames */
    uint64_t lost;      /* frames that came when there was no buffer for them */
};
extern const struct state_table virtio_net_state_table;

struct virtio_net {
    struct virtio_net_state state;
    struct virtio *virtio;
};

extern const struct virtio_ops virtio_net_ops;

/* Does its driver take frames? */
bool virtio_net_listening(const struct virtio_net *net);
/* How many frames it can take now. */
unsigned virtio_net_room(const struct virtio_net *net);
/* A frame has come: SIZE bytes, NETWORK_FRAME_MIN to NETWORK_FRAME_MAX of them. */
void virtio_net_receive(struct virtio_net *net, const uint8_t *bytes, uint32_t size);

#endif

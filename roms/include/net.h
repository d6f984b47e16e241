/* net.h - a driver for the network device (virtio-net: virtio.h), polled: frames, as they are on the wire.
 *
 * A frame is 14 to 1514 bytes: two addresses of 6 bytes, the destination first, a 16-bit type, and what it carries. A
 * network may lose frames, repeat them, and after a while they come no more: who needs more than that, asks again.
 */
#ifndef UNDERSTUDY_NET_H
#define UNDERSTUDY_NET_H

#include <stdbool.h>
#include <stdint.h>

#include <virtio.h>

enum { NET_MAC_BYTES = 6, NET_FRAME_MIN = 14, NET_FRAME_MAX = 1514, NET_HEADER_BYTES = 12, NET_BUFFERS = 16 };

struct net {
    struct virtio_device device;
    struct virtio_queue queue[2]; /* receive, transmit */
    uint8_t mac[NET_MAC_BYTES];
    uint8_t of_head[VIRTIO_QUEUE_NUM]; /* which buffer a request of the receive queue has */
    uint8_t buffer[NET_BUFFERS][NET_HEADER_BYTES + NET_FRAME_MAX];
    uint8_t out[NET_HEADER_BYTES + NET_FRAME_MAX];
};

/* Make the first network device ready. False: there is none, or it does not agree. */
bool net_open(struct net *net);
/* Send a frame of SIZE bytes, which may be changed when this returns. */
void net_send(struct net *net, const uint8_t *frame, uint32_t size);
/* The next frame that has come, into FRAME; its size, 0 if there is none. */
uint32_t net_receive(struct net *net, uint8_t frame[NET_FRAME_MAX]);
/* The same, waiting for it at most TIMEOUT_US microseconds. */
uint32_t net_wait(struct net *net, uint8_t frame[NET_FRAME_MAX], uint32_t timeout_us);

#endif

/* virtio_net.c - see virtio_net.h. */
#include "io/virtio_net.h"

#include <stdio.h>

#include "io/network.h"
#include "io/virtio_queue.h"

#define NET_F_MAC (UINT64_C(1) << 5)

enum {
    QUEUE_RECEIVE,
    QUEUE_TRANSMIT,
    QUEUES,
    HEADER_BYTES = 12,  /* virtio_net_hdr of a device without VIRTIO_NET_F_MRG_RXBUF that offers VERSION_1 */
    NUM_BUFFERS_AT = 10 /* its last field: 1 */
};

static const struct state_field net_fields[] = {
    STATE_SCALAR(struct virtio_net_state, listening, "the driver has given buffers for frames"),
    STATE_SCALAR(struct virtio_net_state, lost, "frames that came when there was no buffer"),
};
const struct state_table virtio_net_state_table = {"virtio net", net_fields, sizeof net_fields / sizeof net_fields[0]};

static void config(void *device, uint8_t *bytes)
{
    const struct virtio *virtio = ((struct virtio_net *)device)->virtio;
    virtio->backend->net_mac(virtio->backend_arg, bytes);
}

bool virtio_net_listening(const struct virtio_net *net)
{
    return net->state.listening && virtio_live(net->virtio);
}

unsigned virtio_net_room(const struct virtio_net *net)
{
    return virtio_queue_waiting(net->virtio, QUEUE_RECEIVE);
}

void virtio_net_receive(struct virtio_net *net, const uint8_t *bytes, uint32_t size)
{
    struct virtio *virtio = net->virtio;
    uint8_t header[HEADER_BYTES] = {0};
    struct virtio_chain chain;
    if (!virtio_queue_take(virtio, QUEUE_RECEIVE, &chain)) {
        net->state.lost++;
        return;
    }
    if (chain.write_bytes < HEADER_BYTES + size) {
        virtio_break(virtio, "a buffer that is too small for a frame");
        return;
    }
    le16_store(header + NUM_BUFFERS_AT, 1);
    virtio_chain_write(virtio, &chain, 0, header, HEADER_BYTES);
    virtio_chain_write(virtio, &chain, HEADER_BYTES, bytes, size);
    virtio_queue_give(virtio, QUEUE_RECEIVE, chain.head, HEADER_BYTES + size);
}

static void send(struct virtio *virtio, const struct virtio_chain *chain)
{
    uint8_t bytes[NETWORK_FRAME_MAX];
    char line[120];
    uint32_t size = chain->read_bytes > HEADER_BYTES ? chain->read_bytes - HEADER_BYTES : 0;
    if (size < NETWORK_FRAME_MIN || size > NETWORK_FRAME_MAX) {
        snprintf(line, sizeof line, "virtio slot %u (net): a frame of %u bytes is not sent: %d to %d are wanted",
                 virtio->slot, size, NETWORK_FRAME_MIN, NETWORK_FRAME_MAX);
        virtio->backend->log(virtio->backend_arg, line);
        return;
    }
    virtio_chain_read(virtio, chain, HEADER_BYTES, bytes, size);
    virtio->backend->frame_put(virtio->backend_arg, bytes, size);
}

static bool notify(void *device, unsigned queue)
{
    struct virtio_net *net = device;
    struct virtio *virtio = net->virtio;
    struct virtio_chain chain;
    if (queue == QUEUE_RECEIVE) {
        if (!net->state.listening && virtio_queue_waits(virtio, QUEUE_RECEIVE)) {
            net->state.listening = 1;
            virtio->backend->frames_wanted(virtio->backend_arg);
        }
        return false;
    }
    while (virtio_queue_take(virtio, QUEUE_TRANSMIT, &chain)) {
        send(virtio, &chain);
        virtio_queue_give(virtio, QUEUE_TRANSMIT, chain.head, 0);
    }
    return false;
}

static void reset(void *device)
{
    struct virtio_net *net = device;
    net->state = (struct virtio_net_state){0};
}

const struct virtio_ops virtio_net_ops = {
    .name = "net",
    .device_id = 1,
    .features = NET_F_MAC,
    .queues = QUEUES,
    .config_bytes = VIRTIO_NET_MAC_BYTES,
    .config = config,
    .notify = notify,
    .reset = reset,
};
